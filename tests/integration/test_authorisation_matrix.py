"""Who may do what, tried: every write route in every role and every relation to a thing, and somebody else's.

A small demonstration year is played over the APIs. Right before a route has its effect, its request is tried
in every role × for every organisation that stands in a relation to the thing, a foreign one, and none, with an
If-Match that no revision meets: whoever may act is told that (412), everybody else that it is not for them. So
the thing is real, and nothing changes. What the policy table says is read off the table, not off the host.

A new route is tried by itself: where no year plays it, on things that are not there.
"""

import json
import re
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import httpx
import msgspec
import pytest
import pytest_asyncio
from joserfc import jwt
from joserfc.jwk import OKPKey

from dvk.api import Addresses, Api
from dvk.demo.play import Order, play
from dvk.demo.province import load_province, users_file
from dvk.services import SERVICES
from shared.contracts.metadata import Metadata
from shared.domain.paper import PAPER_NEEDED
from shared.host.asgi import Receive, Scope, Send
from shared.host.endpoints import PAPER_HEADER
from shared.host.issuer import TOKEN_SECONDS
from shared.host.operations import Operations, WriteOperation
from shared.host.policy import ANY, Grant, Role, Rules
from shared.host.process import Runtime, open_runtime
from shared.host.routing import Router
from shared.host.service import Service
from shared.host.settings import Settings
from shared.host.signing import SigningKeys
from tests.support.examples import example
from tests.support.notebooks import Client, following
from tests.support.silence import Silent

FOREIGN = UUID("018f0000-0000-7000-8000-0000000000ff")
NOBODYS = UUID("018f0000-0000-7000-8000-0000000000aa")
ADDRESS = "http://dvk.test"
INTRUDER = "intruder-"
NO_REVISION = b'"999999999999"'
MODELS = 12
TRIES_PER_ROUTE = 2
FOR_EVER = 4_000_000_000

ROLES = tuple(role for role in Role if role is not Role.PUBLIC)
ASKS_FOR_THE_PERSON = {
    "evaluation-cast_vote": "not-a-voter",
    "evaluation-hand_in_sheet": "not-a-voter",
    "evaluation-enter_reservation": "not-a-voter",
    "evaluation-sign_minutes": "minutes-not-yours",
    "evaluation-seal_score": "not-an-appraiser",
    "evaluation-correct_score": "not-an-appraiser",
    "evaluation-recuse_appraiser": "not-an-appraiser",
}
"""Where the table lets a role pass and a rule asks for the very person: who else comes is refused."""

ALLOWED, DENIED, FROM_PAPER = "allowed", "denied", "from paper"

Parties = Mapping[str, Collection[UUID]]
Message = dict[str, Any]
"""What ASGI hands over."""


@dataclass
class Tried:
    """How one attempt was answered, and how the table would have it."""

    route: str
    who: str
    expected: str
    status: int
    body: str

    @property
    def is_right(self) -> bool:
        if self.expected == ALLOWED:
            code = ASKS_FOR_THE_PERSON.get(self.route)
            return self.status == 412 or (code is not None and self.code == code)
        if self.expected == FROM_PAPER:
            return self.status == 409 and self.code == PAPER_NEEDED.code
        if self.expected == "unknown caller":
            return self.status == 401
        return self.status in {403, 404}

    @property
    def code(self) -> str:
        """The kind of problem it was answered with."""
        code: str = json.loads(self.body)["type"].removeprefix("/problems/")
        return code


@dataclass
class Matrix:
    """Stands in front of the application and tries each write that passes, before it has its effect."""

    runtime: Runtime
    routes: Router[tuple[str, WriteOperation]]
    keys: SigningKeys
    parties: list[Parties]
    tried: list[Tried] = field(default_factory=list)
    leaks: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    from_paper: int = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        found = self._operation(scope)
        if found is None:
            await self.runtime.app(scope, receive, send)
            return
        message = await whole(receive)
        name, operation = found
        route = f"{name}-{operation.id}"
        if self.counts.get(route, 0) < TRIES_PER_ROUTE:
            before = len(self.tried)
            await self._try(route, operation, scope, message)
            if len(self.tried) > before:
                self.counts[route] = self.counts.get(route, 0) + 1

        async def again() -> Message:
            return message

        await self.runtime.app(scope, again, send)

    def _operation(self, scope: Scope) -> tuple[str, WriteOperation] | None:
        if scope["type"] != "http" or scope["method"] not in {"POST", "PUT", "PATCH", "DELETE"}:
            return None
        methods, _ = self.routes.find(scope["path"])
        return methods.get(scope["method"])

    async def _try(
        self,
        route: str,
        operation: WriteOperation,
        scope: Scope,
        message: Message,
    ) -> None:
        original = dict(scope["headers"]).get(b"authorization")
        status, _, parties = await self._send(scope, message, original, with_paper=True)
        if status != 412:
            return  # this very request is refused for another reason: nothing to learn from it
        self.from_paper += PAPER_HEADER in dict(scope["headers"])
        organizations = {one for related in parties.values() for one in related}
        anonymous = ALLOWED if Role.PUBLIC in _roles(operation.grants) else "unknown caller"
        forged = b"Bearer " + signed(
            OKPKey.generate_key("Ed25519", {"kid": "x"}), Role.SIGNER, None
        )
        for who, header in (("nobody", None), ("forged", forged)):
            status, body, _ = await self._send(scope, message, header)
            self.tried.append(Tried(route, who, anonymous, status, body))
        if anonymous == ALLOWED:
            return
        for role in ROLES:
            for organization in (*organizations, FOREIGN, None):
                token = signed(self.keys.signing(), role, organization)
                status, body, parties = await self._send(scope, message, b"Bearer " + token)
                expected = said(operation.grants, role, organization, parties)
                who = f"{role} of {names_of(parties, organization)}"
                one = Tried(route, who, expected, status, body)
                self.tried.append(one)
                if expected == DENIED and organization == FOREIGN:
                    await self._compare(one, scope, message, b"Bearer " + token)

    async def _compare(
        self, one: Tried, scope: Scope, message: Message, authorization: bytes
    ) -> None:
        """Whoever is denied a thing is told the same as of one that is not there."""
        path = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", str(NOBODYS), scope["path"])
        missing = {**scope, "path": path, "raw_path": path.encode()}
        status, body, _ = await self._send(missing, message, authorization)
        if status != one.status:
            self.leaks.append(f"{one.route} {one.who}: {one.status}, and {status} {body}")

    async def _send(
        self,
        scope: Scope,
        message: Message,
        authorization: bytes | None,
        *,
        with_paper: bool = False,
    ) -> tuple[int, str, Parties]:
        dropped = {b"authorization", b"idempotency-key", b"if-match"}
        if not with_paper:
            dropped.add(PAPER_HEADER)
        headers = [(name, value) for name, value in scope["headers"] if name not in dropped]
        headers.append((b"if-match", NO_REVISION))
        if authorization is not None:
            headers.append((b"authorization", authorization))
        status, body = 0, b""

        async def receive() -> Message:
            return message

        async def send(sent: MutableMapping[str, Any]) -> None:
            nonlocal status, body
            if sent["type"] == "http.response.start":
                status = sent["status"]
            else:
                body += sent.get("body", b"")

        self.parties.clear()
        await self.runtime.app({**scope, "headers": headers}, receive, send)
        return status, body.decode(), self.parties[-1] if self.parties else {}


async def whole(receive: Receive) -> Message:
    """A request's body in one message."""
    body, more = b"", True
    while more:
        part = await receive()
        body += part.get("body", b"")
        more = part.get("more_body", False)
    return {"type": "http.request", "body": body, "more_body": False}


def said(grants: tuple[Grant, ...], role: Role, organization: UUID | None, parties: Parties) -> str:
    """What the table says, in this test's own words, of who brings no paper."""
    answers = {DENIED}
    for grant in grants:
        if grant.role != role:
            continue
        if grant.relation != ANY and organization not in parties.get(grant.relation, ()):
            continue
        others = () if grant.paper_of is None else parties.get(grant.paper_of, ())
        if grant.paper_of is None or organization in others:
            answers.add(ALLOWED)
        elif others:
            answers.add(FROM_PAPER)
    return next(one for one in (ALLOWED, FROM_PAPER, DENIED) if one in answers)


def names_of(parties: Parties, organization: UUID | None) -> str:
    if organization is None:
        return "no organisation"
    names = [name for name, related in parties.items() if organization in related]
    return "+".join(names) or ("a foreign one" if organization == FOREIGN else "another")


def signed(key: OKPKey, role: Role, organization: UUID | None) -> bytes:
    """A token as the embedded issuer would sign it for such a person, if there was one."""
    claims: dict[str, object] = {
        "iss": f"{ADDRESS}/identity",
        "aud": "dvk",
        "sub": f"{INTRUDER}{role}-{organization}",
        "exp": FOR_EVER,
        "roles": [role.value],
    }
    if organization is not None:
        claims["organization"] = str(organization)
    header = {"alg": "Ed25519", "kid": key.kid}
    return jwt.encode(header, claims, key, algorithms=["Ed25519"]).encode()


def _roles(grants: tuple[Grant, ...]) -> set[Role]:
    return {grant.role for grant in grants}


def noting(service: Service, parties: list[Parties]) -> Service:
    """The service, whose policy table tells what it finds."""

    def told(rules: Rules[Any, Any, Any]) -> Rules[Any, Any, Any]:
        def find(state: object, command: object) -> Parties:
            found = rules.parties(state, command)
            parties.append(found)
            return found

        return replace(rules, parties=find)

    return replace(service, rules=tuple(told(rules) for rules in service.rules))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def matrix(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Matrix]:
    folder: Path = tmp_path_factory.mktemp("matrix")
    (folder / "users.json").write_bytes(msgspec.json.encode(users_file(load_province())))
    settings = Settings.of({"data_dir": folder, "clock": "demo", "public_url": ADDRESS})
    parties: list[Parties] = []
    services = [noting(make(settings), parties) for make in SERVICES.values()]
    routes: Router[tuple[str, WriteOperation]] = Router()
    for service in services:
        for operation in writes(service):
            path = f"/{service.name}{operation.path}"
            routes.add(operation.method, path, (service.name, operation))
    async with open_runtime(services, settings) as runtime:
        yield Matrix(runtime, routes, SigningKeys(folder, TOKEN_SECONDS), parties)


def writes(service: Service) -> Iterator[WriteOperation]:
    for operation in Operations.of(service):
        if isinstance(operation, WriteOperation):
            yield operation


@pytest.mark.asyncio(loop_scope="module")
async def test_every_write_is_open_to_exactly_those_the_table_names(matrix: Matrix) -> None:
    plain = httpx.ASGITransport(app=matrix.runtime.app)
    tried = httpx.ASGITransport(app=cast("Any", matrix))
    async with (
        httpx.AsyncClient(transport=plain, base_url=ADDRESS) as http,
        following(matrix.runtime, Client(http)),
        Api(Addresses(ADDRESS)) as api,
        httpx.AsyncClient(transport=tried, base_url=ADDRESS) as through,
    ):
        await nobody_reaches_what_is_not_there(matrix, http)
        api._client = through  # the play over the same application, without a socket
        await play(api, Order(MODELS, 1, 1), Silent())
        wrong = [one for one in matrix.tried if not one.is_right]
        assert not wrong, "\n".join(map(str, wrong[:20]))
        assert not matrix.leaks, "\n".join(matrix.leaks[:20])
        assert await intruders_in(matrix.runtime) == []
    allowed = sum(one.expected == ALLOWED for one in matrix.tried)
    assert len(matrix.counts) >= PLAYED_ROUTES_MIN, sorted(matrix.counts)
    assert allowed > len(matrix.counts)
    assert len(matrix.tried) - allowed > 10 * len(matrix.counts)
    assert matrix.from_paper > 0, "nothing was entered on behalf"
    assert any(one.expected == FROM_PAPER for one in matrix.tried)


PLAYED_ROUTES_MIN = 34
"""The routes a year of the demonstration used when this was written; it may grow, not shrink."""


async def nobody_reaches_what_is_not_there(matrix: Matrix, http: httpx.AsyncClient) -> None:
    """Every route, played or not: on a thing that is not there, in each role, for a foreign organisation."""
    for name, make in SERVICES.items():
        for operation in writes(make(Settings.of({}))):
            if Role.PUBLIC in _roles(operation.grants):
                continue
            path = f"/{name}" + re.sub(r"\{\w+\}", str(NOBODYS), operation.path)
            content = msgspec.json.encode(example(operation.body))
            headers = {"content-type": "application/json", "if-match": NO_REVISION.decode()}
            answer = await http.request(operation.method, path, content=content, headers=headers)
            assert answer.status_code == 401, (path, answer.text)
            for role in ROLES:
                token = signed(matrix.keys.signing(), role, FOREIGN).decode()
                sent = {**headers, "authorization": f"Bearer {token}"}
                answer = await http.request(operation.method, path, content=content, headers=sent)
                what = (path, role, answer.status_code, answer.text)
                if role not in _roles(operation.grants):
                    assert answer.status_code == 403, what
                assert not answer.is_success, what
                assert answer.status_code < 500, what


async def intruders_in(runtime: Runtime) -> list[str]:
    """Events that one of those who only tried has recorded."""
    found, after = [], 0
    while (page := await runtime.store.read_log(after=after)).events:
        for event in page.events:
            actor = msgspec.json.decode(event.metadata, type=Metadata).actor
            if actor.startswith(INTRUDER):
                found.append(f"{event.type} by {actor}")
        after = page.events[-1].position
    return found
