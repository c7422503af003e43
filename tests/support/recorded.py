"""Runs services of ours among events of services that are not there: written straight into the store, and
relayed to the bus as their own host would.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import httpx
import msgspec
from sqlalchemy import MetaData

from shared.contracts.event import Catalogue, Event
from shared.contracts.metadata import CommandRecord, Metadata, OnBehalf
from shared.domain.time import to_microseconds
from shared.eventstore.port import Expect, NewEvent
from shared.host.clock import DemoClock
from shared.host.ids import new_key
from shared.host.issuer import User
from shared.host.policy import Role
from shared.host.process import Runtime, open_runtime
from shared.host.service import Api, ReadModel, Service
from shared.host.settings import Settings

WAIT_SECONDS = 10.0
LOOK_SECONDS = 0.02

T = TypeVar("T")


@dataclass
class World:
    """A running process: its HTTP, its clock, and a pen for the events of absent services."""

    runtime: Runtime
    http: httpx.AsyncClient
    clock: DemoClock
    position: int = 0
    _tokens: dict[str, str] = field(default_factory=dict)

    async def record(
        self,
        catalogue: Catalogue,
        stream: str,
        *events: Event,
        actor: str = "someone",
        organization: UUID | None = None,
        cites: tuple[UUID, ...] = (),
        rules: str | None = None,
        on_behalf: OnBehalf | None = None,
    ) -> list[UUID]:
        """Append events as their service would have; their ids."""
        now = self.clock.now()
        entries = [
            NewEvent(
                id=new_key(now),
                type=catalogue.type_of(event),
                time_us=to_microseconds(now),
                data=msgspec.json.encode(event),
                metadata=msgspec.json.encode(
                    Metadata(
                        actor=actor,
                        correlation=new_key(now),
                        causation=new_key(now),
                        software="test",
                        organization=organization,
                        cites=cites,
                        rules=rules,
                        on_behalf=on_behalf,
                        command=CommandRecord("Told", msgspec.Raw(b"{}")) if first else None,
                    )
                ),
            )
            for first, event in zip((True, *[False] * len(events)), events, strict=False)
        ]
        appended = await self.runtime.store.append(stream, Expect.ANY, entries)
        self.position = appended.position
        return [entry.id for entry in entries]

    async def get(self, path: str, *, user: str | None = None, **parameters: object) -> Any:  # noqa: ANN401 -- JSON
        """The answer to a read that has seen everything recorded and written here."""
        answer = await self.read(path, user=user, **parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def read(
        self, path: str, *, user: str | None = None, **parameters: object
    ) -> httpx.Response:
        if self.position and "at_least" not in parameters:
            parameters["at_least"] = self.position
        query = {name: str(value) for name, value in parameters.items() if value is not None}
        return await self.http.get(path, params=query, headers=await self._headers(user))

    async def post(
        self,
        path: str,
        body: object = None,
        *,
        user: str,
        key: UUID | None = None,
        acting_for: UUID | None = None,
        paper: str | None = None,
    ) -> httpx.Response:
        headers = await self._headers(user)
        if paper is not None:
            headers["dvk-paper"] = paper
        if acting_for is not None:
            headers["dvk-acting-for"] = str(acting_for)
        headers["idempotency-key"] = str(key or new_key(self.clock.now()))
        answer = await self.http.post(path, json=body or {}, headers=headers)
        if answer.is_success:
            self.position = max(self.position, answer.json()["position"])
        return answer

    async def until(self, look: Callable[[], Awaitable[T | None]]) -> T:
        """What `look` finds, looked for until it finds something; fails after a time."""
        async with asyncio.timeout(WAIT_SECONDS):
            while (found := await look()) is None:  # noqa: ASYNC110 -- nothing rings
                await asyncio.sleep(LOOK_SECONDS)
        return found

    async def is_ready(self) -> bool | None:
        """True once every service has caught up."""
        return (await self.http.get("/health/ready")).is_success or None

    async def is_settled(self) -> bool | None:
        """True once all that follows by itself has followed."""
        return (await self.http.get("/health/settled")).json()["settled"] or None

    async def _headers(self, user: str | None) -> dict[str, str]:
        if user is None:
            return {}
        if user not in self._tokens:
            answer = await self.http.post("/identity/token", json={"user": user})
            self._tokens[user] = answer.json()["access_token"]
        return {"authorization": f"Bearer {self._tokens[user]}"}


def user(name: str, role: Role | None, organization: UUID | None) -> User:
    """Somebody who signs in under the name, with one role or none, for one body or none."""
    roles = () if role is None else (role,)
    return User(user=name, subject=name, roles=roles, organization=organization)


async def ok(
    here: World, path: str, body: object, user: str, paper: str | None = None
) -> dict[str, Any]:
    """What a command wrote, which is carried out."""
    answer = await here.post(path, body, user=user, paper=paper)
    assert answer.status_code in (200, 201), answer.text
    written: dict[str, Any] = answer.json()
    return written


async def denied(here: World, path: str, body: object, *users: str) -> None:
    """A command that none of them may give."""
    for name in users:
        answer = await here.post(path, body, user=name)
        assert answer.status_code == 403, (name, answer.text)


@asynccontextmanager
async def world(
    folder: Path,
    services: Sequence[Service],
    sources: Sequence[Catalogue],
    users: Sequence[User],
    at: datetime,
) -> AsyncIterator[World]:
    """Run `services`, and for each of `sources` a relay without a service."""
    (folder / "users.json").write_bytes(msgspec.json.encode(users))
    settings = Settings.of({"data_dir": folder, "clock": "demo", "public_url": "http://dvk.test"})
    everyone = [*services, *(_relay_only(source) for source in sources)]
    async with _connections_closed(), open_runtime(everyone, settings) as runtime:
        assert isinstance(runtime.clock, DemoClock)
        runtime.clock.pin(at)
        following = [asyncio.create_task(worker.run()) for worker in runtime.workers]
        transport = httpx.ASGITransport(app=runtime.app)
        try:
            async with httpx.AsyncClient(transport=transport, base_url="http://dvk.test") as http:
                here = World(runtime, http, runtime.clock)
                # A worker that is cancelled while it starts leaves connections half open.
                await here.until(here.is_ready)
                yield here
        finally:
            for task in following:
                task.cancel()
            # All of them: a worker that still finishes must not lose its databases under its hands.
            ended = await asyncio.gather(*following, return_exceptions=True)
            assert not [error for error in ended if isinstance(error, Exception)], ended


@asynccontextmanager
async def _connections_closed() -> AsyncIterator[None]:
    """SQLAlchemy closes the connection of a cancelled statement in a task of its own, which the loop of a
    test must not cut off.
    """
    yield
    closing = [
        task
        for task in asyncio.all_tasks()
        if getattr(task.get_coro(), "__name__", "") == "_terminate_graceful_close"
    ]
    if closing:
        await asyncio.wait(closing, timeout=WAIT_SECONDS)


def _relay_only(catalogue: Catalogue) -> Service:
    return Service(
        name=catalogue.service,
        catalogue=catalogue,
        rules=(),
        consumes=(),
        read_model=ReadModel(version=1, tables=MetaData(), handlers=()),
        reactions=(),
        schedules=(),
        routes=_no_routes,
    )


def _no_routes(_: Api) -> None:
    """A service that is not there answers nothing."""
