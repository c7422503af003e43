"""Whatever is sent to any write of any service, badly: a clear problem document, and nothing changed."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import httpx
import msgspec
import pytest
import pytest_asyncio

from dvk.services import SERVICES
from shared.host.issuer import User
from shared.host.operations import Operations, WriteOperation
from shared.host.policy import Role
from shared.host.process import Runtime, open_runtime
from shared.host.settings import Settings
from tests.support.examples import example
from tests.support.notebooks import Client, following

NOBODYS = UUID("018f0000-0000-7000-8000-0000000000aa")
NESTED = b'{"x":' * 20_000 + b"1" + b"}" * 20_000
WRITES = [
    (name, operation)
    for name, make in SERVICES.items()
    for operation in Operations.of(make(Settings.of({})))
    if isinstance(operation, WriteOperation)
]
IDS = [f"{name}-{operation.id}" for name, operation in WRITES]


class Sender:
    """Sends to a process that serves every service, and checks that nothing is ever recorded."""

    def __init__(self, runtime: Runtime, http: httpx.AsyncClient, tokens: dict[str, str]) -> None:
        self.runtime, self.http, self.tokens = runtime, http, tokens

    async def refused(
        self, path: str, user: str | None, body: bytes, headers: dict[str, str] | None = None
    ) -> tuple[int, str]:
        """Status and problem code; the same in both languages, each with its sentences."""
        found = set()
        for language in ("vi", "en"):
            sent = {"content-type": "application/json", "accept-language": language}
            if user is not None:
                sent["authorization"] = f"Bearer {self.tokens[user]}"
            answer = await self.http.post(path, content=body, headers=sent | (headers or {}))
            assert answer.headers["content-type"] == "application/problem+json", answer.text
            document = answer.json()
            assert document["title"]
            assert document["detail"]
            assert document["status"] == answer.status_code
            found.add((answer.status_code, document["type"].removeprefix("/problems/")))
        assert len(found) == 1
        assert await self.runtime.store.head() == 0
        return found.pop()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sender(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Sender]:
    folder: Path = tmp_path_factory.mktemp("everything")
    users = [
        User(user="stranger", subject="stranger", roles=tuple(Role), organization=NOBODYS),
        User(user="nobody", subject="nobody", roles=(Role.AUDITOR,), organization=NOBODYS),
    ]
    (folder / "users.json").write_bytes(msgspec.json.encode(users))
    settings = Settings.of({"data_dir": folder, "public_url": "http://dvk.test"})
    services = [make(settings) for make in SERVICES.values()]
    async with open_runtime(services, settings) as runtime:
        transport = httpx.ASGITransport(app=runtime.app)
        async with (
            httpx.AsyncClient(transport=transport, base_url="http://dvk.test") as http,
            following(runtime, Client(http)),
        ):
            tokens = {}
            for user in users:
                answer = await http.post("/identity/token", json={"user": user.user})
                tokens[user.user] = answer.json()["access_token"]
            yield Sender(runtime, http, tokens)


def address(service: str, operation: WriteOperation) -> str:
    return f"/{service}" + re.sub(r"\{\w+\}", str(NOBODYS), operation.path)


def body_of(operation: WriteOperation) -> bytes:
    return msgspec.json.encode(example(operation.body))


everywhere = [
    pytest.mark.parametrize("service,operation", WRITES, ids=IDS),
    pytest.mark.asyncio(loop_scope="module"),
]


class TestEveryWrite:
    pytestmark = everywhere

    async def test_unreadable_bodies(
        self, sender: Sender, service: str, operation: WriteOperation
    ) -> None:
        path = address(service, operation)
        for body in (b"{", b"nonsense", b'{"\xff": 1}'):
            assert await sender.refused(path, "stranger", body) == (400, "malformed"), body
        # A field that does not exist is refused as such before its text is read.
        for body in (b'{"a": "\x00"}', b'{"a": "\\ud800"}', b'{"a": "\\u0000"}'):
            assert (await sender.refused(path, "stranger", body))[0] in {400, 422}, body

    async def test_nested_and_oversized_bodies(
        self, sender: Sender, service: str, operation: WriteOperation
    ) -> None:
        path = address(service, operation)
        status, _ = await sender.refused(path, "stranger", NESTED)
        assert status in {400, 422}
        large = b'{"a":"' + b"x" * (operation.body_bytes_max or 300_000) + b'"}'
        assert await sender.refused(path, "stranger", large) == (413, "too-large")

    async def test_wrong_shapes(
        self, sender: Sender, service: str, operation: WriteOperation
    ) -> None:
        path, valid = address(service, operation), body_of(operation)
        unknown = b'{"surprise":1' + (b"," + valid[1:] if valid != b"{}" else b"}")
        for body in (b"[]", b"null", b"7", b'"text"', unknown):
            assert await sender.refused(path, "stranger", body) == (422, "invalid"), body
        fields = msgspec.json.decode(valid, type=dict[str, msgspec.Raw])
        for name in fields:
            wrong = msgspec.json.encode({**fields, name: [[{"deep": [True]}]]})
            assert await sender.refused(path, "stranger", wrong) == (422, "invalid"), name

    async def test_what_is_not_json_by_its_own_word(
        self, sender: Sender, service: str, operation: WriteOperation
    ) -> None:
        declared = {"content-type": "text/plain"}
        refused = await sender.refused(
            address(service, operation), "stranger", body_of(operation), declared
        )
        assert refused == (415, "unsupported-media-type")

    async def test_without_or_with_a_forged_token(
        self, sender: Sender, service: str, operation: WriteOperation
    ) -> None:
        if any(grant.role is Role.PUBLIC for grant in operation.grants):
            return
        path, body = address(service, operation), body_of(operation)
        assert (await sender.refused(path, None, body))[0] == 401
        forged = {"authorization": f"Bearer {sender.tokens['stranger'][:-4]}AAAA"}
        assert (await sender.refused(path, None, body, forged))[0] == 401

    async def test_who_has_no_row_or_stands_in_no_relation(
        self, sender: Sender, service: str, operation: WriteOperation
    ) -> None:
        """Every role there is, of an organisation that has nothing to do with it, on unknown ids."""
        path, body = address(service, operation), body_of(operation)
        status, code = await sender.refused(path, "nobody", body)
        if any(grant.role is Role.PUBLIC for grant in operation.grants):
            assert status in {403, 404, 409}, code
        else:
            assert status in {403, 404}, code
        if not _for_anyone_with_the_role(operation):
            status, code = await sender.refused(path, "stranger", body)
            assert status in {403, 404, 409}, code

    async def test_stale_revisions_and_wrong_keys(
        self, sender: Sender, service: str, operation: WriteOperation
    ) -> None:
        path, body = address(service, operation), body_of(operation)
        status, _ = await sender.refused(path, "stranger", body, {"idempotency-key": "not-a-uuid"})
        assert status == 400
        version_4 = {"idempotency-key": "0e4b8f6e-8a4c-4d0e-9b1a-5a1f3c2d7e90"}
        assert (await sender.refused(path, "stranger", body, version_4))[0] == 400
        if_match = {"if-match": '"7"'}
        if not _for_anyone_with_the_role(operation):
            status, _ = await sender.refused(path, "stranger", body, if_match)
            assert status in {403, 404, 409, 412}


def _for_anyone_with_the_role(operation: WriteOperation) -> bool:
    """Whether whoever has the role may do it for an organisation of their own, so that it would be
    recorded: what makes something new, and a body's own subscription.
    """
    return operation.creates or operation.id == "set_subscription"
