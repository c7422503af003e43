"""The deployed form: a year is played through the processes of `docker-compose.yml`.

No container engine is needed. Every service runs as a process of its own with the command and environment
of the file; `tests/support/deployment.py` lists the few things that are replaced, each with its reason.
"""

import asyncio
import json
import os
import re
import tempfile
import threading
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import httpx
import msgspec
import pytest

from dvk.api import Addresses, Api
from dvk.demo.fates import DECIDED, DECLINED, Fate
from dvk.demo.play import Order, Summary, play
from dvk.demo.province import ADMINISTRATOR, load_province, users_file
from dvk.services import SERVICES
from shared.host.issuer import TOKEN_SECONDS, Issuer, TokenRequest
from shared.host.process import open_store
from shared.host.signing import SigningKeys
from tests.support.chronicle import Chronicle, once
from tests.support.compose import (
    BASE,
    POSTGRES_EVENTS,
    composition,
)
from tests.support.deployment import (
    Deployment,
    Process,
    Surroundings,
    deployed,
    prepare,
    replacements,
)
from tests.support.deployment import variables as filled_in
from tests.support.esdb_standin.peers import standin_process
from tests.support.postgres import PrivatePostgres, private_postgres
from tests.support.rabbitmq import PrivateRabbitMQ

BOTH = (BASE, POSTGRES_EVENTS)
GIVEN = os.environ.get("DVK_TEST_EVENTSTOREDB")
MODELS = len(Fate)
"""The smallest year that holds every fate."""
SEED = 11
CONCURRENCY = 8
YEAR_SECONDS_MAX = 900
"""A minute or so on an idle machine of two cores; nine processes and three servers share a busy one."""
REPLICAS = {"registration": 2, "evaluation": 2}

PERSONAL = re.compile(r"\(trình diễn\)|@dan-van-kheo\.example|eyJ[\w-]{10}|Bearer")
"""Names and addresses of persons as the demonstration makes them up, and tokens."""


# --- what it runs on here ---------------------------------------------------------------------


@pytest.fixture
def own_postgres() -> Iterator[PrivatePostgres]:
    """A server of its own: the roles and databases of the file have fixed names."""
    with private_postgres(fsync=False) as server:
        yield server


@pytest.fixture
def vhost(rabbitmq: PrivateRabbitMQ) -> Iterator[str]:
    url = rabbitmq.create_vhost()
    yield url.rpartition("/")[2]
    rabbitmq.drop_vhost(url)


@dataclass(frozen=True)
class OidcIssuer:
    """An OIDC issuer as the services see one: a name and keys at an address. It knows the demo users."""

    issuer: Issuer
    name: str
    jwks_url: str

    @property
    def variables(self) -> dict[str, str]:
        return {"IDENTITY_JWKS_URL": self.jwks_url, "IDENTITY_ISSUER": self.name}

    async def sign_everybody_in(self, api: Api) -> None:
        for user in load_province().offices:
            token = await self.issuer.token(TokenRequest(user))
            api.use_token(user, token.access_token)

    async def header(self, user: str) -> dict[str, str]:
        token = await self.issuer.token(TokenRequest(user))
        return {"authorization": f"Bearer {token.access_token}"}


@contextmanager
def publishing(document: bytes) -> Iterator[str]:
    """An address that answers every GET with a JSON document."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(document)))
            self.end_headers()
            self.wfile.write(document)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def oidc() -> Iterator[OidcIssuer]:
    name = "https://identity.example"
    with tempfile.TemporaryDirectory() as folder:
        users = Path(folder) / "users.json"
        users.write_bytes(msgspec.json.encode(users_file(load_province())))
        issuer = Issuer(SigningKeys(Path(folder), TOKEN_SECONDS), users, name, "dvk")
        with publishing(issuer.published_keys()) as url:
            yield OidcIssuer(issuer, name, f"{url}/keys")


@pytest.fixture
def given(
    own_postgres: PrivatePostgres, rabbitmq: PrivateRabbitMQ, vhost: str, oidc: OidcIssuer
) -> Surroundings:
    values = filled_in(BOTH, (own_postgres, rabbitmq), **oidc.variables)
    return Surroundings(own_postgres, rabbitmq, vhost, values)


def test_what_is_replaced_is_what_is_said_and_nothing_else(
    given: Surroundings, tmp_path: Path
) -> None:
    named = {one.what for one in replacements(given, port=1, data=tmp_path, demo=True)}
    assert named == {
        *("postgres:5432", "PGHOST", "PGPORT", "rabbitmq:5672/", "eventstore:2113"),
        *("DVK_HOST", "DVK_PORT", "DVK_DATA_DIR", "DVK_ENVIRONMENT", "DVK_CLOCK"),
    }
    usual = {one.what for one in replacements(given, port=1, data=tmp_path, demo=False)}
    assert named - usual == {"DVK_ENVIRONMENT", "DVK_CLOCK"}


# --- production, as written -------------------------------------------------------------------


async def test_in_production_every_service_starts_serves_and_stops_and_keeps_to_its_own(
    given: Surroundings, tmp_path: Path
) -> None:
    file = composition(BOTH, given.variables)
    async with deployed(file, given, tmp_path / "run", demo=False) as running:
        assert [process.name for process in running.processes] == list(SERVICES)
        for process in running.processes:
            assert process.environment["DVK_ENVIRONMENT"] == "production"
            assert await asyncio.to_thread(process.healthy)
        async with httpx.AsyncClient(trust_env=False) as http:
            body = {"name": "x"}
            url = f"{running.addresses['registration']}/registration/organizations"
            assert (await http.post(url, json=body)).status_code == 401
        await _each_role_keeps_to_its_own(given)
        for process in running.processes:
            await asyncio.to_thread(process.stop)
            assert json.loads(process.lines()[-1])["event"] == "stopped"
        assert not any([await asyncio.to_thread(p.healthy) for p in running.processes])


async def _each_role_keeps_to_its_own(given: Surroundings) -> None:
    """A service's role enters its own database alone, and adds to its own categories of the record alone."""
    password = given.variables["EVALUATION_DB_PASSWORD"]
    server = f"postgresql://evaluation:{password}@127.0.0.1:{given.postgres.port}"
    await (await asyncpg.connect(f"{server}/evaluation")).close()
    for foreign in ("registration", "audit"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await asyncpg.connect(f"{server}/{foreign}")
    record = await asyncpg.connect(f"{server}/events")
    try:
        entry = (
            "INSERT INTO event_store.events (position, id, stream, revision, type, time_us,"
            " data, metadata, trace) VALUES (1, gen_random_uuid(), $1, 0, 't', 0, '', '', '')"
        )
        for foreign in ("model-1", "case-1", "notice-1"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await record.execute(entry, foreign)
        undone = record.transaction()
        await undone.start()
        await record.execute(entry, "council-1")
        await undone.rollback()
    finally:
        await record.close()


async def test_preparing_again_changes_nothing_and_takes_over_a_changed_password(
    given: Surroundings,
) -> None:
    await asyncio.to_thread(prepare, composition(BOTH, given.variables), given)
    new = "0" * 32
    changed = replace(given, variables={**given.variables, "AUDIT_DB_PASSWORD": new})
    await asyncio.to_thread(prepare, composition(BOTH, changed.variables), changed)
    server = f"127.0.0.1:{given.postgres.port}"
    for database in ("audit", "events"):
        await (await asyncpg.connect(f"postgresql://audit:{new}@{server}/{database}")).close()
    old = given.variables["AUDIT_DB_PASSWORD"]
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(f"postgresql://audit:{old}@{server}/audit")


# --- the year ---------------------------------------------------------------------------------


class Unwatched:
    """Nobody looks at the progress."""

    def begin(self, vi: str, en: str, total: int) -> None:
        """See Stage.begin."""

    def advance(self) -> None:
        """See Stage.advance."""

    def end(self) -> None:
        """See Stage.end."""


@asynccontextmanager
async def playing(running: Deployment, oidc: OidcIssuer) -> AsyncIterator[Api]:
    """Callers who know each service's address, and everybody's token. Every replica's clock is theirs."""
    own = dict(running.addresses)
    for process in running.processes:
        own[process.url] = process.url
    async with Api(Addresses(own["registration"], own)) as api:
        await oidc.sign_everybody_in(api)
        yield api


async def play_year(running: Deployment, oidc: OidcIssuer) -> tuple[Summary, Mapping[str, object]]:
    """Play every fate; the summary, and what the public lists and timelines then say."""
    async with playing(running, oidc) as api:
        summary = await play(api, Order(MODELS, SEED, CONCURRENCY), Unwatched())
        decided = [row async for row in api.pages("recognition", "/decisions", {"year": 2026})]
        models = [row async for row in api.pages("registration", "/models", {"year": 2026})]
        timelines: dict[str, list[dict[str, object]]] = {}
        for model in models:
            wanted = {"model": model["model_id"]}
            timelines[model["model_id"]] = [
                step async for step in api.pages("audit", "/timeline", wanted)
            ]
    return summary, {"decided": decided, "timelines": timelines}


async def the_year_is_whole(
    running: Deployment, given: Surroundings, oidc: OidcIssuer, record_url: str
) -> Chronicle:
    """Play it, and check all it must have left, in each service and in the record."""
    summary, told = await play_year(running, oidc)
    assert summary.fates == {fate.value: 1 for fate in Fate}
    decided = told["decided"]
    assert isinstance(decided, list)
    outcomes = Counter(row["status"] for row in decided)
    assert outcomes == {"recognized": len(DECIDED - DECLINED), "declined": len(DECLINED)}
    store = await open_store(record_url)
    try:
        chronicle = await Chronicle.read(store)
    finally:
        await store.close()
    assert chronicle.notices() == chronicle.due_notices(load_province())
    _nothing_happened_twice(chronicle)
    _timelines_are_complete(chronicle, told["timelines"])
    for process in running.processes:
        assert await asyncio.to_thread(process.healthy), process.name
    await _nothing_is_parked(running, oidc)
    for process in running.processes:
        _logs_are_json_without_personal_data(process, given)
    return chronicle


def _nothing_happened_twice(chronicle: Chronicle) -> None:
    for name in ("SiteSurveyed", "AppraisalOpened", "AdviceIssued", "CaseOpened"):
        assert once(chronicle.about(name).values()), name
    decided = chronicle.about("Recognized") + chronicle.about("Declined")
    # A refusal that a complaint undid is decided anew.
    assert once((decided - chronicle.about("CaseReopened")).values())
    counted = chronicle.per_stream("BallotTallied") + chronicle.per_stream("QuorumMissed")
    assert once(counted.values())
    assert counted.keys() == chronicle.per_stream("BallotOpened").keys()
    assert once(chronicle.per_stream("VoteCast").values())


def _timelines_are_complete(chronicle: Chronicle, told: object) -> None:
    assert isinstance(told, dict)
    expected = chronicle.timelines()
    assert len(told) == MODELS - 1  # the one that was refused is on no list
    for model, steps in told.items():
        assert [step["event_id"] for step in steps] == [
            str(event)
            for event in expected[msgspec.convert(model, type=type(next(iter(expected))))]
        ]
        assert all(step["vi"] and step["en"] for step in steps)


async def _nothing_is_parked(running: Deployment, oidc: OidcIssuer) -> None:
    async with httpx.AsyncClient(trust_env=False) as http:
        for process in running.processes:
            url = f"{process.url}/{process.name}/admin/parked"
            answer = await http.get(url, headers=await oidc.header(ADMINISTRATOR))
            assert answer.json() == {"items": []}, process.name


def _logs_are_json_without_personal_data(process: Process, given: Surroundings) -> None:
    lines = process.lines()
    assert lines
    passwords = {value for name, value in given.variables.items() if "PASSWORD" in name}
    for line in lines:
        entry = json.loads(line)
        assert {"event", "level", "timestamp"} <= entry.keys()
        assert entry["level"] in ("debug", "info", "warning"), line
        assert not PERSONAL.search(line), line
        assert not any(password in line for password in passwords), process.name


@pytest.mark.timeout(YEAR_SECONDS_MAX)
async def test_the_year_runs_over_postgresql_with_two_replicas_each_of_the_busiest_services(
    given: Surroundings, oidc: OidcIssuer, tmp_path: Path
) -> None:
    file = composition(BOTH, given.variables)
    run = deployed(file, given, tmp_path / "run", demo=True, replicas=REPLICAS)
    async with run as running:
        assert Counter(process.name for process in running.processes) == {
            name: REPLICAS.get(name, 1) for name in SERVICES
        }
        events = given.postgres.database_url("events", role="postgres")
        await the_year_is_whole(running, given, oidc, events)
        for service in REPLICAS:
            await _one_replica_is_active(running, given, oidc, service)
            await _both_replicas_served(running, service)


async def _one_replica_is_active(
    running: Deployment, given: Surroundings, oidc: OidcIssuer, service: str
) -> None:
    """One holds the lease, one waits for it; and only the holder would rebuild."""
    leases = given.postgres.sql(
        "SELECT granted, count(*) FROM pg_locks WHERE locktype = 'advisory'"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        " GROUP BY 1 ORDER BY 1",
        database=service,
    )
    assert leases.split() == ["f|1", "t|1"]
    async with httpx.AsyncClient(trust_env=False) as http:
        header = await oidc.header(ADMINISTRATOR)
        answers = [
            (await http.post(f"{one.url}/{service}/admin/rebuild", headers=header)).status_code
            for one in running.of(service)
        ]
    assert [status == 202 for status in sorted(answers)] == [True, False], answers


async def _both_replicas_served(running: Deployment, service: str) -> None:
    async with httpx.AsyncClient(trust_env=False) as http:
        for one in running.of(service):
            figures = (await http.get(f"{one.url}/metrics")).text
            answered = re.findall(
                r'^dvk_http_requests_total\{.*status="20[01]"\} (\S+)$', figures, re.MULTILINE
            )
            assert sum(map(float, answered)) > 20, figures


@asynccontextmanager
async def eventstoredb(folder: Path) -> AsyncIterator[tuple[str, str | None]]:
    """Its connection string, and host and port where it is the stand-in and the file's string stays."""
    if GIVEN is not None:
        yield GIVEN, None
        return
    async with standin_process(folder / "record") as (_, connection_string):
        yield connection_string, urlsplit(connection_string).netloc


@pytest.mark.timeout(YEAR_SECONDS_MAX)
@pytest.mark.parametrize("peer", ["protocol-check" if GIVEN is None else "server"])
async def test_the_year_runs_over_the_eventstoredb_client(
    peer: str, given: Surroundings, oidc: OidcIssuer, tmp_path: Path
) -> None:
    async with eventstoredb(tmp_path) as (record_url, address):
        values = dict(given.variables)
        if address is None:
            values["EVENT_STORE_URL"] = record_url
        surroundings = replace(given, eventstore=address, variables=values)
        file = composition((BASE,), values)
        async with deployed(file, surroundings, tmp_path / "run", demo=True) as running:
            await the_year_is_whole(running, surroundings, oidc, record_url)
