"""What a service declares, and what the host hands to its code. Nothing here runs anything."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import MetaData, Table
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.contracts.event import Catalogue, Event
from shared.contracts.metadata import Metadata
from shared.contracts.values import Forgettable
from shared.domain.decider import Decider, Request
from shared.domain.paper import Papers
from shared.domain.time import from_microseconds
from shared.eventstore.port import READ_LIMIT_MAX, START, LogPage, StoredEvent
from shared.host.files import FileStore
from shared.host.policy import Actor, Rules
from shared.host.rows import RowChange

if TYPE_CHECKING:
    from shared.host.standing import StandingTables

E = TypeVar("E", bound=Event)
E_co = TypeVar("E_co", bound=Event, covariant=True)
S = TypeVar("S")
C = TypeVar("C", bound=Request)
R = TypeVar("R", bound=msgspec.Struct)
R_co = TypeVar("R_co", bound=msgspec.Struct, covariant=True)
A = TypeVar("A", bound=msgspec.Struct)


@dataclass(frozen=True)
class Recorded(Generic[E_co]):
    """An event in today's shape with how it was recorded."""

    event: E_co
    stored: StoredEvent

    @property
    def id(self) -> UUID:
        """The event's id."""
        return self.stored.id

    @property
    def at(self) -> datetime:
        """When it was recorded, UTC."""
        return from_microseconds(self.stored.time_us)

    @cached_property
    def metadata(self) -> Metadata:
        """Who, why, under which rules."""
        return msgspec.json.decode(self.stored.metadata, type=Metadata)

    @cached_property
    def is_on_behalf(self) -> bool:
        """Whether it was entered in the name of another, from paper; for the many that were not, at no cost."""
        return b'"on_behalf":' in self.stored.metadata and self.metadata.on_behalf is not None


# --- projections ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Handler:
    """How one event type changes rows; made by `on`, which keeps the types together."""

    event_type: type[Event]
    changes: Callable[[Recorded[Any]], Iterable[RowChange]]


def on(event_type: type[E], changes: Callable[[Recorded[E]], Iterable[RowChange]]) -> Handler:
    """Declare that `event_type`, own or consumed, changes rows as `changes` says.

    `changes` is pure: what it returns depends on the event alone, so any batch can be merged and a
    rebuild gives the same rows.
    """
    return Handler(event_type, changes)


@dataclass(frozen=True)
class ReadModel:
    """Tables of a service that can be thrown away, and how they follow from events.

    Raise `version` with every change of tables or handlers: the host then builds a new generation
    from the log beside the old one and switches when it has caught up.
    """

    version: int
    tables: MetaData
    handlers: tuple[Handler, ...]


# --- reactions and schedules ------------------------------------------------------------------


@dataclass(frozen=True)
class Outcome:
    """What a command led to. `revision` and `position` are of the stream's last event."""

    stream: str
    revision: int
    position: int
    events: tuple[Event, ...]
    repeated: bool


@dataclass(frozen=True)
class Loaded(Generic[S]):
    """An aggregate as it stands: always current. `revision` is -1 and `position` 0 for none;
    `event_id` is its last event's, for a decision elsewhere to cite.
    """

    state: S
    revision: int
    position: int
    event_id: UUID | None = None


class Work(Protocol):
    """What the host hands to code that acts: commands, reading, time, personal data."""

    @property
    def now(self) -> datetime:
        """The instant to put into commands."""
        ...

    @property
    def read(self) -> AsyncConnection:
        """The service's own read model, for reading only."""
        ...

    async def load(self, decider: Decider[S, Any, Any], aggregate_id: UUID | str) -> Loaded[S]:
        """Fold the stream `<category>-<aggregate_id>`."""
        ...

    async def execute(
        self,
        decider: Decider[S, C, Any],
        aggregate_id: UUID | str,
        command: C,
        *,
        cites: Collection[UUID] = (),
        rules: str | None = None,
    ) -> Outcome:
        """Decide and append. The ids derive from the cause, so a retry is recognised and gives the
        first outcome (`repeated`). `cites` are the events of other streams relied on, `rules` the
        rule-set version. Raises RefusedError, and on HTTP the errors of authorisation and If-Match.
        """
        ...

    async def keep(self, name: str, content: bytes) -> Forgettable:
        """Store personal data durably before the event that refers to it. The same cause, name and
        content give the same reference.
        """
        ...

    async def reveal(self, reference: Forgettable) -> bytes | None:
        """The personal data behind a reference, None once erased."""
        ...

    async def erase(self, payload: UUID) -> bool:
        """Delete a piece of the service's personal data for good; False where it keeps none of this id.
        `PersonalDataErased` is recorded before.
        """
        ...

    async def erase_file(self, sha256: str) -> bool:
        """The same for a file."""
        ...

    def derive(self, *parts: str) -> UUID:
        """An id that follows from the cause (idempotency key, event, schedule run) and `parts`."""
        ...


@dataclass(frozen=True)
class Reaction:
    """What a service does on an event; made by `when`."""

    event_type: type[Event]
    react: Callable[[Recorded[Any], Work], Awaitable[None]]


def when(event_type: type[E], react: Callable[[Recorded[E], Work], Awaitable[None]]) -> Reaction:
    """Declare what happens on `event_type`, own or consumed.

    Runs after the projection has taken the event, at least once, in order per stream, those to other
    streams beside it; the commands it executes take effect once. So a command that reactions to different
    streams give to one aggregate has to be right in any order. Raising parks the stream for this
    service until someone replays it.
    """
    return Reaction(event_type, react)


@dataclass(frozen=True)
class Schedule:
    """Something due with time: `run` is called at least every `every_seconds`, and when the demo clock
    moves. It finds what is due in the read model; its commands are guarded by `decide`, so running
    twice changes nothing. For ids that survive a retry it derives from what is due, not from the run.
    """

    name: str
    every_seconds: int
    run: Callable[[Work], Awaitable[None]]


# --- HTTP -------------------------------------------------------------------------------------


class Call(Work, Protocol[R_co]):
    """A write over HTTP, authenticated, parsed, with its idempotency key."""

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
        """See Work.execute. With a `pseudonym` the record names it as the actor, and neither account
        nor organisation (a vote); who may is still asked of the caller. A command that `prepares` another
        leaves If-Match to that one.
        """
        ...

    @property
    def body(self) -> R_co:
        """The parsed request body."""
        ...

    @property
    def actor(self) -> Actor:
        """Who calls."""
        ...

    async def permit(
        self, decider: Decider[S, C, Any], aggregate_id: UUID | str, command: C
    ) -> None:
        """Ask what execute will ask of the caller, before something costly. Raises ForbiddenError."""
        ...

    @property
    def files(self) -> FileStore:
        """Where files are kept by their content: before the event that holds their hash."""
        ...

    def path_id(self, name: str) -> UUID:
        """A UUID from the path. Raises NotFoundError when it is not one."""
        ...

    def path_text(self, name: str) -> str:
        """A segment of the path as it came: any text."""
        ...

    @property
    def new_id(self) -> UUID:
        """The id of the aggregate a creating command makes, derived from actor and key."""
        ...


class Log(Protocol):
    """The event log, for reading only; as in the event store's port. It holds every service's events, so
    it is for the audit alone.
    """

    async def read_stream(
        self, stream: str, *, after_revision: int = -1, limit: int = READ_LIMIT_MAX
    ) -> Sequence[StoredEvent]:
        """See EventStore.read_stream."""
        ...

    async def read_log(
        self,
        *,
        after: int = START,
        categories: Collection[str] | None = None,
        limit: int = READ_LIMIT_MAX,
    ) -> LogPage:
        """See EventStore.read_log."""
        ...


class Query(Protocol[R_co]):
    """A read over HTTP."""

    @property
    def parameters(self) -> R_co:
        """The parsed query parameters."""
        ...

    @property
    def actor(self) -> Actor | None:
        """Who asks; None without a token, which only public reads allow."""
        ...

    @property
    def now(self) -> datetime:
        """The present instant."""
        ...

    @property
    def read(self) -> AsyncConnection:
        """The service's read model."""
        ...

    async def load(self, decider: Decider[S, Any, Any], aggregate_id: UUID | str) -> Loaded[S]:
        """Fold the stream `<category>-<aggregate_id>`."""
        ...

    async def reveal(self, reference: Forgettable) -> bytes | None:
        """The personal data behind a reference, None once erased."""
        ...

    @property
    def log(self) -> Log:
        """The event log."""
        ...

    @property
    def files(self) -> FileStore:
        """The service's files."""
        ...

    def path_id(self, name: str) -> UUID:
        """A UUID from the path. Raises NotFoundError when it is not one."""
        ...

    def path_text(self, name: str) -> str:
        """A segment of the path as it came: any text."""
        ...


class Api(Protocol):
    """Where a service declares its routes. The operation id is the function's name, the summary the
    first line of its docstring, the description the rest.
    """

    def write(
        self,
        path: str,
        body: type[R],
        handler: Callable[[Call[R]], Awaitable[Outcome]],
        *,
        command: type[Request],
        tag: str,
        creates: bool = False,
        method: str = "POST",
        body_bytes_max: int | None = None,
    ) -> None:
        """A command over HTTP. `body_bytes_max` is said where the process's own limit is too low. Answers 201 with Location when `creates`, else 200; body
        `{"id", "revision", "position", "events": [stored types]}`, ETag = revision, `Dvk-Position`.
        """
        ...

    def read(
        self,
        path: str,
        parameters: type[R],
        handler: Callable[[Query[R]], Awaitable[A]],
        *,
        answer: type[A],
        tag: str,
        public: bool = False,
        roles: Collection[str] = (),
        refuses: bool = False,
    ) -> None:
        """A read. `public` without a token; else any of `roles`, any signed-in caller when empty.
        Query parameters parse into `parameters`; `at_least` is understood on every read.
        `refuses` says that a rule may say no to the question (409).
        """
        ...


class Download(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of a read that gives a file instead of JSON; `name` is offered to save it under, in ASCII."""

    content: bytes
    media_type: str
    name: str | None = None


class NotFoundError(Exception):
    """There is no such thing, or the caller may not know of it. `what` is a plain noun."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(what)


class Page(msgspec.Struct, Generic[A], frozen=True):
    """A page of a list. `next` is the cursor for `?cursor=` of the next page, None on the last."""

    items: list[A]
    next: str | None = None


# --- the declaration --------------------------------------------------------------------------


@dataclass(frozen=True)
class Service:
    """A service, declared. It appends to the categories of `catalogue` alone. `standing` are the tables
    in its read model that say who acts for whom; without them tokens alone say it. `successions` is the
    table that says who succeeded which body (see successions.py); without it every body stands for itself.
    `papers` are what entries on behalf of others are made from, for a table with such rows.
    """

    name: str
    catalogue: Catalogue
    rules: tuple[Rules[Any, Any, Any], ...]
    consumes: tuple[Catalogue, ...]
    read_model: ReadModel
    reactions: tuple[Reaction, ...]
    schedules: tuple[Schedule, ...]
    routes: Callable[[Api], None]
    standing: "StandingTables | None" = None
    successions: Table | None = None
    papers: Papers | None = None
