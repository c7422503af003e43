"""What a handler of an HTTP operation is given."""

from collections.abc import Collection
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar, cast
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.contracts.values import Forgettable
from shared.domain.decider import Decider, Request
from shared.eventstore.port import EventStore
from shared.host.commands import Caller, Executor
from shared.host.database import ServiceDatabase
from shared.host.errors import ForbiddenError
from shared.host.ids import derive_id
from shared.host.policy import Actor, Rules, permits
from shared.host.service import Loaded, Log, NotFoundError, Outcome
from shared.host.vault import Vault

S = TypeVar("S")
C = TypeVar("C", bound=Request)
R = TypeVar("R", bound=msgspec.Struct)


class Backing(Protocol):
    """What the calls of one service share."""

    @property
    def rules(self) -> tuple[Rules[Any, Any, Any], ...]: ...
    @property
    def executor(self) -> Executor: ...
    @property
    def database(self) -> ServiceDatabase: ...
    @property
    def vault(self) -> Vault: ...
    @property
    def store(self) -> EventStore: ...


class LazyReader:
    """A connection to the read model that is opened by its first statement: most commands need none."""

    def __init__(self, database: ServiceDatabase, stack: AsyncExitStack) -> None:
        self._database = database
        self._stack = stack
        self._connection: AsyncConnection | None = None

    async def _opened(self) -> AsyncConnection:
        if self._connection is None:
            self._connection = await self._stack.enter_async_context(self._database.reader())
        return self._connection

    # The signatures are AsyncConnection's, which this stands for.
    async def execute(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        return await (await self._opened()).execute(*args, **kwargs)

    async def scalar(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        return await (await self._opened()).scalar(*args, **kwargs)

    async def scalars(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        return await (await self._opened()).scalars(*args, **kwargs)


class _Reading:
    """What commands and queries have in common."""

    def __init__(self, backing: Backing, path: dict[str, str], now: datetime) -> None:
        self._backing = backing
        self._path = path
        self._now = now
        self._stack = AsyncExitStack()
        self._reader: AsyncConnection | None = None

    @property
    def now(self) -> datetime:
        return self._now

    @property
    def read(self) -> AsyncConnection:
        if self._reader is None:
            lazy = LazyReader(self._backing.database, self._stack)
            self._reader = cast("AsyncConnection", lazy)
        return self._reader

    async def load(self, decider: Decider[S, Any, Any], aggregate_id: UUID | str) -> Loaded[S]:
        return await self._backing.executor.load(decider, aggregate_id)

    async def reveal(self, reference: Forgettable) -> bytes | None:
        return await self._backing.vault.reveal(reference)

    def path_id(self, name: str) -> UUID:
        try:
            return UUID(self._path[name])
        except ValueError as error:
            raise NotFoundError(name.removesuffix("_id")) from error

    async def close(self) -> None:
        """Give back what was opened."""
        if self._reader is not None:
            await self._stack.aclose()


class HttpQuery(_Reading, Generic[R]):
    """See service.Query."""

    def __init__(
        self,
        backing: Backing,
        path: dict[str, str],
        now: datetime,
        parameters: R,
        actor: Actor | None,
    ) -> None:
        super().__init__(backing, path, now)
        self._parameters = parameters
        self._actor = actor

    @property
    def parameters(self) -> R:
        return self._parameters

    @property
    def log(self) -> Log:
        return self._backing.store

    def path_text(self, name: str) -> str:
        return self._path[name]

    @property
    def actor(self) -> Actor | None:
        return self._actor


class HttpCall(_Reading, Generic[R]):
    """See service.Call. `rules_cited` is the rule set of the last command, for a refusal's document."""

    def __init__(
        self,
        backing: Backing,
        path: dict[str, str],
        *,
        now: datetime,
        body: R,
        actor: Actor,
        caller: Caller,
        if_match: int | None,
    ) -> None:
        super().__init__(backing, path, now)
        self._body = body
        self._actor = actor
        self._caller = caller
        self._if_match = if_match
        self._commands: dict[str, int] = {}
        self.rules_cited: str | None = None

    @property
    def body(self) -> R:
        return self._body

    @property
    def actor(self) -> Actor:
        return self._actor

    @property
    def new_id(self) -> UUID:
        return self.derive("id")

    def derive(self, *parts: str) -> UUID:
        # With the actor: whoever guesses another's key makes other ids with it.
        return derive_id(self._caller.cause, self._actor.subject, *parts)

    async def keep(self, name: str, content: bytes) -> Forgettable:
        return await self._backing.vault.keep(self.derive("keep"), name, content)

    async def execute(
        self,
        decider: Decider[S, C, Any],
        aggregate_id: UUID | str,
        command: C,
        *,
        cites: Collection[UUID] = (),
        rules: str | None = None,
        pseudonym: UUID | None = None,
    ) -> Outcome:
        self.rules_cited = rules
        caller = self._caller_for(f"{decider.category}-{aggregate_id}")
        if pseudonym is not None:
            caller = msgspec.structs.replace(caller, actor=str(pseudonym), organization=None)
        if_match, self._if_match = self._if_match, None

        def authorise(state: S) -> None:
            self._authorise(decider, state, command)

        return await self._backing.executor.execute(
            decider,
            aggregate_id,
            command,
            caller=caller,
            cites=cites,
            rules=rules,
            if_match=if_match,
            authorise=authorise,
        )

    def _caller_for(self, stream: str) -> Caller:
        """Event ids derive from cause and stream: a second command on a stream has its own cause."""
        number = self._commands.get(stream, 0)
        self._commands[stream] = number + 1
        if number == 0:
            return self._caller
        cause = derive_id(self._caller.cause, stream, "command", str(number))
        return msgspec.structs.replace(self._caller, cause=cause)

    def _authorise(self, decider: Decider[S, C, Any], state: S, command: C) -> None:
        """Deny unless a row of the table allows this actor this command on this thing."""
        for rules in self._backing.rules:
            if rules.decider is decider:
                grants = rules.grants.get(type(command), ())
                if permits(grants, self._actor, rules.parties(state, command)):
                    return
        raise forbidden()


def forbidden() -> ForbiddenError:
    """One sentence for a thing that is not the caller's and for one that does not exist."""
    return ForbiddenError(
        "Vai trò hoặc tổ chức của bạn không được làm việc này ở đây.",
        "Your role or organisation may not do this here.",
    )
