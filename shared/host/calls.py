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
from shared.domain.graph import Graph
from shared.domain.paper import Paper, Papers
from shared.domain.time import legal_date
from shared.eventstore.port import EventStore
from shared.host.authority import Authority
from shared.host.commands import Caller, Executor
from shared.host.database import ServiceDatabase
from shared.host.files import FileStore
from shared.host.ids import derive_id, paper_id
from shared.host.known_successions import KnownSuccessions
from shared.host.policy import Actor, Rules
from shared.host.service import Loaded, Log, NotFoundError, Outcome
from shared.host.vault import Vault

S = TypeVar("S")
T = TypeVar("T")
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
    @property
    def files(self) -> FileStore: ...
    @property
    def successions(self) -> KnownSuccessions: ...
    @property
    def papers(self) -> Papers | None: ...


class LazyReader:
    """A connection to the read model that is opened by its first statement: most commands need none.
    Once given back it is opened again by the next.
    """

    def __init__(self, database: ServiceDatabase) -> None:
        self._database = database
        self._stack = AsyncExitStack()
        self._connection: AsyncConnection | None = None

    async def give_back(self) -> None:
        self._connection = None
        await self._stack.aclose()

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
        self._reader: LazyReader | None = None

    @property
    def now(self) -> datetime:
        return self._now

    @property
    def read(self) -> AsyncConnection:
        if self._reader is None:
            self._reader = LazyReader(self._backing.database)
        return cast("AsyncConnection", self._reader)

    async def load(self, decider: Decider[S, Any, Any], aggregate_id: UUID | str) -> Loaded[S]:
        return await self._backing.executor.load(decider, aggregate_id)

    @property
    def files(self) -> FileStore:
        return self._backing.files

    async def reveal(self, reference: Forgettable) -> bytes | None:
        return await self._backing.vault.reveal(reference)

    def path_id(self, name: str) -> UUID:
        try:
            return UUID(self._path[name])
        except ValueError as error:
            raise NotFoundError(name.removesuffix("_id")) from error

    def path_text(self, name: str) -> str:
        return self._path[name]

    async def close(self) -> None:
        """Give back what was opened."""
        if self._reader is not None:
            await self._reader.give_back()


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
        paper: str | None = None,
    ) -> None:
        super().__init__(backing, path, now)
        self._body = body
        self._paper = paper
        self._kept: Loaded[Paper] | None = None
        self._authority = Authority(
            backing.rules, backing.successions, actor, legal_date(now), paper
        )
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

    async def permit(
        self, decider: Decider[S, C, Any], aggregate_id: UUID | str, command: C
    ) -> None:
        state = (await self.load(decider, aggregate_id)).state
        await self._look_for_paper()
        # Else as many calls as there are connections, each with its own, would all wait for one more.
        await self.close()

        async def ask(graph: Graph) -> None:
            self._authority.authorise(decider, state, command, graph)

        await self._authority.on_the_graph(ask)

    async def keep(self, name: str, content: bytes) -> Forgettable:
        return await self._backing.vault.keep(self.derive("keep"), name, content)

    async def erase(self, payload: UUID) -> bool:
        return await self._backing.vault.erase(payload)

    async def erase_file(self, sha256: str) -> bool:
        return await self._backing.vault.erase_file(sha256)

    async def execute(
        self,
        decider: Decider[S, C, Any],
        aggregate_id: UUID | str,
        command: C,
        *,
        cites: Collection[UUID] = (),
        rules: str | None = None,
        pseudonym: UUID | None = None,
        prepares: bool = False,
    ) -> Outcome:
        self.rules_cited = rules
        caller = self._caller_for(f"{decider.category}-{aggregate_id}")
        if pseudonym is None:
            cites = (*cites, *self._actor.standing)
        else:
            caller = msgspec.structs.replace(caller, actor=str(pseudonym), organization=None)
        paper = self._paper if self._authority.takes_paper(decider, command) else None
        if paper is not None and (kept := await self._look_for_paper()) is not None:
            cites = (*cites, kept)
        if_match = None
        if not prepares:
            if_match, self._if_match = self._if_match, None

        async def execute(graph: Graph) -> Outcome:
            return await self._backing.executor.execute(
                decider,
                aggregate_id,
                command,
                caller=caller,
                cites=cites,
                rules=rules,
                if_match=if_match,
                authorise=lambda state: self._authority.authorise(decider, state, command, graph),
                paper=paper,
            )

        # Else as many calls as there are connections, each with its own, would all wait for one more.
        await self.close()
        return await self._authority.on_the_graph(execute)

    async def _look_for_paper(self) -> UUID | None:
        """The event that says that the caller's organisation keeps the paper, to cite."""
        papers, keeper = self._backing.papers, self._actor.organization
        if self._paper is None or papers is None or keeper is None:
            return None
        if self._kept is None:
            self._kept = await self.load(papers, paper_id(keeper, self._paper))
            self._authority.signed_by = self._kept.state.signed_by
        return self._kept.event_id

    def _caller_for(self, stream: str) -> Caller:
        """Event ids derive from cause and stream: a second command on a stream has its own cause."""
        number = self._commands.get(stream, 0)
        self._commands[stream] = number + 1
        if number == 0:
            return self._caller
        cause = derive_id(self._caller.cause, stream, "command", str(number))
        return msgspec.structs.replace(self._caller, cause=cause)
