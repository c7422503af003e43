"""What every service's OpenAPI document says is so: schemathesis tries each operation, at its boundaries and
at random, in the middle of a recorded year, as users of every role.

Never a 5xx but the 503 of `at_least`; every answer is of a documented status, media type and schema; a refusal
is a problem document and leaves nothing in the record; and what was accepted every service can follow.
"""

import asyncio
import random
import re
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import msgspec
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import BaseSchema, Case, GenerationMode, Response
from schemathesis.checks import CheckFunction
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from dvk.services import SERVICES
from shared.contracts.appraisal import OpinionReceived
from shared.contracts.recognition import ComplaintLodged
from shared.contracts.sitting import SittingOpened
from shared.eventstore.port import START, EventStore
from shared.host.operations import Operation, Operations, WriteOperation
from shared.host.settings import Settings
from shared.host.worker import Lag
from tests.support.listening import Listening, listening
from tests.support.october import USERS, record_october

OPERATIONS: Final = [
    (name, operation)
    for name, make in SERVICES.items()
    for operation in Operations.of(make(Settings.of({})))
]
IDS: Final = [f"{name}-{operation.id}" for name, operation in OPERATIONS]
EXAMPLES_DIVIDED_BY: Final = 10
"""The usual profile has a hundred examples for a test; for each of many operations ten are enough."""
SEED: Final = 2026
MODES: Final = (GenerationMode.POSITIVE, GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
"""At random more is well-formed: at the boundaries most is not."""
UUID_CHARACTERS: Final = 36
CATEGORIES: Final = {
    "organization_id": "organization",
    "movement_id": "movement",
    "model_id": "model",
    "difficulty_id": "difficulty",
    "hash": "file",
    "payload_id": "payload",
    "delegation_id": "delegation",
    "feedback_id": "feedback",
    "rule_set_id": "ruleset",
    "criteria_set_id": "criteria",
    "version": "version",
    "council_id": "council",
    "appraisal_id": "appraisal",
    "opinion_id": "opinion",
    "ballot_id": "ballot",
    "case_id": "case",
    "other_case": "case",
    "complaint_id": "complaint",
    "review_id": "review",
    "award_id": "award",
    "notice_id": "notice",
    "sitting_id": "sitting",
    "seat": "seat",
    "report_id": "report",
    "inspection_id": "inspection",
    "finding_id": "finding",
    "paper_id": "paper_registration",
    "appraiser": "appraiser",
    "unit": "organization",
    "stream": "stream",
}
"""What each parameter in an address is an id of."""
WRITE_HEADERS: Final = frozenset({"Idempotency-Key", "If-Match", "Dvk-Acting-For", "Dvk-Paper"})
CONFIG: Final = {
    # Tokens are the users' own; NUL and lone surrogates have a test at every write of their own.
    "generation": {"with-security-parameters": False, "allow-x00": False},
    "checks": {
        "not_a_server_error": {"expected-statuses": ["2xx", "3xx", "4xx", "503"]},
        # A well-formed request may be forbidden, refused by a rule, stale or too early.
        "positive_data_acceptance": {
            "expected-statuses": ["2xx", "401", "403", "404", "409", "412", "503"]
        },
    },
}
PAYLOAD: Final = re.compile(rb'"payload":"([0-9a-f-]{36})"')
"""A reference to personal data in an event."""
FOLLOW_SECONDS_MAX: Final = 60.0
LOOK_SECONDS: Final = 0.05
Document = dict[str, Any]
AnyCase = Case[Any]


@dataclass
class Province:
    """What is tried, and whose tokens there are."""

    listening: Listening
    tokens: Mapping[str, str]
    session: requests.Session

    def document(self, service: str) -> Document:
        """The service's own, with the ids in addresses drawn from those that exist."""
        answer = self.session.get(f"{self.listening.address}/{service}/openapi.json", timeout=10)
        document: Document = answer.json()
        for parameter in _parameters(document):
            if parameter["in"] == "path":
                assert parameter["name"] in CATEGORIES
                parameter["schema"]["format"] = parameter["name"]
        return document

    def head(self) -> int:
        return self.listening.call(self.listening.runtime.store.head)

    def tries(self, service: str, case: AnyCase, user: str | None) -> None:
        """Send it, and compare all that happens with what the document and the house promise."""
        if case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE:
            case.body = _whole_numbers_as_such(case.body)
        address = f"{self.listening.address}/{service}"
        headers = {} if user is None else {"Authorization": f"Bearer {self.tokens[user]}"}
        before = self.head()
        answer = case.call(address, self.session, headers)
        if not answer.status_code < 300 or case.method == "GET":
            assert self.head() == before, _told(case, answer)
        if answer.status_code >= 400:
            _is_a_problem(case, answer)
        case.validate_response(
            answer,
            headers=headers,
            transport_kwargs={"base_url": address, "session": self.session, "headers": headers},
            excluded_checks=_not_for(case, answer),
        )


def _is_a_problem(case: AnyCase, answer: Response) -> None:
    told = _told(case, answer)
    assert answer.headers["content-type"] == ["application/problem+json"], told
    problem = answer.json()
    assert problem["status"] == answer.status_code, told
    assert problem["title"] and problem["detail"], told
    if answer.status_code == 503:
        assert problem["type"] == "/problems/not-yet" and "at_least" in (case.query or {}), told


def _not_for(case: AnyCase, answer: Response) -> list[CheckFunction]:
    """The checks that go by the document alone where it cannot say what makes a request good or bad."""
    if answer.status_code in (200, 412) and not answer.request.body:
        return [negative_data_rejection]  # an empty body that is called wrong is one left out
    if answer.status_code in (400, 422):
        kind, query = answer.json()["type"].removeprefix("/problems/"), case.query or {}
        unless = (
            kind == "malformed" and "cursor" in query,  # one is given out, none made up
            kind == "invalid" and "at" in query,  # a position or an instant: no pattern tells them
            kind == "idempotency-conflict" and "Idempotency-Key" in (case.headers or {}),
        )
        if any(unless):
            return [positive_data_acceptance]
    return []


def _told(case: AnyCase, answer: Response) -> str:
    return f"{case.as_curl_command()}\n{answer.status_code} {answer.text}"


def _parameters(document: Document) -> Iterator[Document]:
    for methods in document["paths"].values():
        for operation in methods.values():
            yield from operation["parameters"]


def _without_write_headers(document: Document) -> Document:
    """Those headers have their own tests at every write; at their boundaries nothing else would be met."""
    for methods in document["paths"].values():
        for operation in methods.values():
            operation["parameters"] = [
                parameter
                for parameter in operation["parameters"]
                if parameter["name"] not in WRITE_HEADERS
            ]
    return document


def _whole_numbers_as_such(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """JSON Schema calls 7.0 an integer too; the services take it for what it is written as."""
    if isinstance(value, dict):
        return {name: _whole_numbers_as_such(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_whole_numbers_as_such(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


async def _known(store: EventStore) -> dict[str, set[str]]:
    """The ids there are, by category, and the streams' whole names."""
    known: dict[str, set[str]] = defaultdict(set)
    position = START
    while (page := await store.read_log(after=position)).events:
        for stored in page.events:
            known["stream"].add(stored.stream)
            known[stored.category].add(stored.stream.partition("-")[2])
            known["payload"].update(found.decode() for found in PAYLOAD.findall(stored.data))
            if stored.type.endswith(".OpinionReceived.v1"):
                opinion = msgspec.json.decode(stored.data, type=OpinionReceived)
                known["opinion"].add(str(opinion.opinion_id))
            if stored.type.endswith(".SittingOpened.v1"):
                sitting = msgspec.json.decode(stored.data, type=SittingOpened)
                known["seat"] |= {str(one.seat) for one in sitting.roll}
            if stored.type.endswith((".RuleSetAdopted.v1", ".CriteriaSetAdopted.v1")):
                known["version"].add(str(msgspec.json.decode(stored.data)["version"]))
            if stored.type.endswith(".ComplaintLodged.v1"):
                complaint = msgspec.json.decode(stored.data, type=ComplaintLodged)
                known["complaint"].add(str(complaint.complaint_id))
        position = page.scanned_to
    return known


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Province]:
    folder = tmp_path_factory.mktemp("october")
    asyncio.run(record_october(folder))
    chosen = Settings.of({"data_dir": folder, "clock": "demo", "public_url": "http://dvk.test"})
    with listening([make(chosen) for make in SERVICES.values()], chosen) as here:
        session = requests.Session()
        session.trust_env = False
        tokens = {}
        for user in USERS:
            asked = {"user": user.user}
            answer = session.post(f"{here.address}/identity/token", json=asked, timeout=10)
            tokens[user.user] = answer.json()["access_token"]
        _teach(here.call(partial(_known, here.runtime.store)))
        yield Province(here, tokens, session)


def _teach(known: Mapping[str, set[str]]) -> None:
    """Have schemathesis draw ids that exist, bodies more often than other things."""
    uuids = sorted(one for ids in known.values() for one in ids if len(one) == UUID_CHARACTERS)
    any_uuid = st.one_of(
        st.sampled_from(sorted(known["organization"])),
        st.sampled_from(uuids),
        st.uuids().map(str),
    )
    schemathesis.openapi.format("uuid", any_uuid)
    schemathesis.openapi.format("decimal", st.decimals(-999, 999, places=2).map(str))
    for parameter, category in CATEGORIES.items():
        schemathesis.openapi.format(parameter, st.sampled_from(sorted(known[category]) or uuids))


def _users(operation: Operation) -> list[str | None]:
    """Whoever has a role that the document asks for, one who has none of them, and nobody."""
    roles = (
        {grant.role for grant in operation.grants}
        if isinstance(operation, WriteOperation)
        else set(operation.roles)
    )
    fitting = [user.user for user in USERS if not roles or roles.intersection(user.roles)]
    others = [user.user for user in USERS if user.user not in fitting]
    return [*fitting, *others[:1], None]


def _schema(document: Document) -> BaseSchema:
    return schemathesis.openapi.from_dict(document, config=SchemathesisConfig.from_dict(CONFIG))


@pytest.mark.parametrize("service,operation", OPERATIONS, ids=IDS)
class TestEveryOperation:
    def test_at_the_boundaries_of_its_document(
        self, province: Province, service: str, operation: Operation
    ) -> None:
        document = _without_write_headers(province.document(service))
        schema = _schema(document)
        tried = schema[operation.path][operation.method]
        users, choice = _users(operation), random.Random(SEED)  # noqa: S311 - the same users every time
        cases = schema.iter_coverage_cases(
            tried,
            generation_modes=list(GenerationMode),
            generation_config=schema.config.generation_for(operation=tried, phase="coverage"),
        )
        for case in cases:
            province.tries(service, case, choice.choice(users))

    def test_at_random(self, province: Province, service: str, operation: Operation) -> None:
        tried = _schema(province.document(service))[operation.path][operation.method]
        strategies = {mode: tried.as_strategy(generation_mode=mode) for mode in GenerationMode}
        cases = st.sampled_from(MODES).flatmap(strategies.__getitem__)

        @settings(
            max_examples=settings().max_examples // EXAMPLES_DIVIDED_BY,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=cases, user=st.sampled_from(_users(operation)))
        def tries(case: AnyCase, user: str | None) -> None:
            province.tries(service, case, user)

        tries()


def test_every_service_can_follow_all_that_was_accepted(province: Province) -> None:
    """Strange as it may be: nothing waits for a correction."""
    ask, workers = province.listening.call, province.listening.runtime.workers
    with province.listening.following():
        until = time.monotonic() + FOLLOW_SECONDS_MAX
        head = -1
        while province.head() != head or any(_is_behind(ask(worker.lag)) for worker in workers):
            assert time.monotonic() < until
            time.sleep(LOOK_SECONDS)
            head = province.head()
        assert [ask(worker.parking.list) for worker in workers] == [[]] * len(workers)


def _is_behind(parts: Mapping[str, Lag]) -> bool:
    return any(lag.events for lag in parts.values())
