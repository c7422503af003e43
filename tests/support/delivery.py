"""Two small services to try the delivery engine with: `parcels` sends, `depot` reacts and shelves."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Column, Integer, MetaData, String, Table, select

from shared.bus.inprocess import InProcessBus
from shared.bus.port import Bus, BusUnavailableError, Message
from shared.contracts.event import Catalogue, Event
from shared.domain.decider import Decider, Request
from shared.domain.refusal import Refusal
from shared.eventstore.port import EventStore
from shared.host.clock import Clock, SystemClock
from shared.host.commands import Caller, Executor
from shared.host.database import ServiceDatabase
from shared.host.ids import new_key
from shared.host.rows import Add, Patch, Put, Row, RowChange
from shared.host.service import (
    Outcome,
    Reaction,
    ReadModel,
    Recorded,
    Schedule,
    Service,
    Work,
    on,
    when,
)
from shared.host.worker import Worker

WAIT_SECONDS = 10.0


# ── parcels ──────────────────────────────────────────────────────────────────────────────────────


class ParcelSent(Event, frozen=True):
    to: str
    weight: int


class ParcelMarked(Event, frozen=True):
    note: str


class Send(Request, frozen=True):
    to: str
    weight: int


class Mark(Request, frozen=True):
    note: str


def decide_parcel(state: int, command: Send | Mark) -> Sequence[Event]:
    if isinstance(command, Send):
        return [ParcelSent(to=command.to, weight=command.weight)] if state == 0 else []
    return [ParcelMarked(note=command.note)]


PARCEL: Decider[int, Any, Any] = Decider(
    category="parcel",
    initial_state=0,
    decide=decide_parcel,
    evolve=lambda state, _: state + 1,
    commands={"send": Send, "mark": Mark},
)
PARCELS = Catalogue(
    "parcels", ("parcel",), {"ParcelSent.v1": ParcelSent, "ParcelMarked.v1": ParcelMarked}
)


def parcels_service(*, version: int = 1, extra: bool = False) -> Service:
    """`extra` adds a column, as a later release might."""
    tables = MetaData()
    columns = [Column("notes", String)] if extra else []
    table = Table(
        "sent",
        tables,
        Column("id", String, primary_key=True),
        Column("receiver", String, nullable=False),
        Column("weight", Integer, nullable=False),
        Column("marks", Integer, nullable=False),
        *columns,
    )
    totals = Table(
        "totals",
        tables,
        Column("receiver", String, primary_key=True),
        Column("count", Integer, nullable=False),
        Column("weight", Integer, nullable=False),
    )

    def sent(recorded: Recorded[ParcelSent]) -> Iterable[RowChange]:
        parcel = recorded.event
        row: Row = {
            "id": recorded.stored.stream,
            "receiver": parcel.to,
            "weight": parcel.weight,
            "marks": 0,
        }
        yield Put(table, row)
        yield Add(totals, {"receiver": parcel.to}, {"count": 1, "weight": parcel.weight})

    def marked(recorded: Recorded[ParcelMarked]) -> Iterable[RowChange]:
        key = {"id": recorded.stored.stream}
        yield Add(table, key, {"marks": 1})
        if extra:
            yield Patch(table, key, {"notes": recorded.event.note})

    return Service(
        name="parcels",
        catalogue=PARCELS,
        rules=(),
        consumes=(),
        read_model=ReadModel(version, tables, (on(ParcelSent, sent), on(ParcelMarked, marked))),
        reactions=(),
        schedules=(),
        routes=lambda _: None,
    )


# ── depot ────────────────────────────────────────────────────────────────────────────────────────


class Shelved(Event, frozen=True):
    parcel: str


class NoteTaken(Event, frozen=True):
    note: str


class Shelve(Request, frozen=True):
    parcel: str


class TakeNote(Request, frozen=True):
    note: str


NO_ROOM = Refusal("no-room", vi="Không còn chỗ.", en="There is no room.")


def decide_shelf(state: int, command: Shelve | TakeNote) -> Sequence[Event]:
    if isinstance(command, Shelve):
        return [Shelved(parcel=command.parcel)]
    return [NoteTaken(note=command.note)]


SHELF: Decider[int, Any, Any] = Decider(
    category="shelf",
    initial_state=0,
    decide=decide_shelf,
    evolve=lambda state, _: state + 1,
    commands={"shelve": Shelve, "take-note": TakeNote},
)
DEPOT = Catalogue("depot", ("shelf",), {"Shelved.v1": Shelved, "NoteTaken.v1": NoteTaken})


@dataclass
class Faults:
    """Streams whose rows or reactions fail for now, and what was reacted to, in order."""

    rows: set[str] = field(default_factory=set)
    reactions: dict[str, Exception] = field(default_factory=dict)
    reacted: list[tuple[str, int]] = field(default_factory=list)
    seen_rows: list[str | None] = field(default_factory=list)
    ticks: int = 0


def depot_service(faults: Faults, *, every_seconds: int = 3600) -> Service:
    tables = MetaData()
    table = Table(
        "expected",
        tables,
        Column("id", String, primary_key=True),
        Column("receiver", String),
        Column("notes", Integer, nullable=False),
        Column("shelf", String),
    )

    def sent(recorded: Recorded[ParcelSent]) -> Iterable[RowChange]:
        if recorded.stored.stream in faults.rows:
            raise ValueError(f"personal data of {recorded.event.to}")
        row: Row = {"id": recorded.stored.stream, "receiver": recorded.event.to, "notes": 0}
        return [Put(table, row)]

    def marked(recorded: Recorded[ParcelMarked]) -> Iterable[RowChange]:
        if recorded.event.note == "unstorable":
            return [Patch(table, {"id": recorded.stored.stream}, {"shelf": 2**80})]
        return [Add(table, {"id": recorded.stored.stream}, {"notes": 1})]

    def shelved(recorded: Recorded[Shelved]) -> Iterable[RowChange]:
        # A row that another service's event makes: lost if the two came in the wrong order.
        return [Patch(table, {"id": recorded.event.parcel}, {"shelf": recorded.stored.stream})]

    async def react_sent(recorded: Recorded[ParcelSent], work: Work) -> None:
        stream = recorded.stored.stream
        if stream in faults.reactions:
            raise faults.reactions[stream]
        faults.reacted.append((stream, recorded.stored.revision))
        query = select(table.c.receiver).where(table.c.id == stream)
        faults.seen_rows.append((await work.read.execute(query)).scalar_one_or_none())
        shelf = stream.removeprefix("parcel-")
        await work.execute(SHELF, shelf, Shelve(parcel=stream))

    async def react_marked(recorded: Recorded[ParcelMarked], work: Work) -> None:
        stream = recorded.stored.stream
        if stream in faults.reactions:
            raise faults.reactions[stream]
        faults.reacted.append((stream, recorded.stored.revision))
        shelf = stream.removeprefix("parcel-")
        # Two commands on one stream: both must take effect, each once.
        await work.execute(SHELF, shelf, TakeNote(note=recorded.event.note))
        await work.execute(SHELF, shelf, TakeNote(note="again " + recorded.event.note))

    async def tick(work: Work) -> None:
        faults.ticks += 1

    reactions: tuple[Reaction, ...] = (
        when(ParcelSent, react_sent),
        when(ParcelMarked, react_marked),
    )
    return Service(
        name="depot",
        catalogue=DEPOT,
        rules=(),
        consumes=(PARCELS,),
        read_model=ReadModel(
            1, tables, (on(ParcelSent, sent), on(ParcelMarked, marked), on(Shelved, shelved))
        ),
        reactions=reactions,
        schedules=(Schedule("tick", every_seconds, tick),),
        routes=lambda _: None,
    )


# ── a bus that does what buses may do ────────────────────────────────────────────────────────────


class UnreliableBus(InProcessBus):
    """Loses, repeats and reorders what is published, as `mangle` says; all a bus may do."""

    def __init__(self, mangle: Callable[[Sequence[Message]], Sequence[Message]]) -> None:
        super().__init__()
        self.mangle = mangle
        self.down = False
        self.published: list[Message] = []

    async def publish(self, messages: Sequence[Message]) -> int:
        if self.down:
            raise BusUnavailableError("no broker")
        self.published += messages
        return await super().publish(self.mangle(messages))


# ── running them ─────────────────────────────────────────────────────────────────────────────────


@dataclass
class Running:
    """A service with its database and worker, not started."""

    service: Service
    store: EventStore
    database: ServiceDatabase
    executor: Executor
    worker: Worker

    async def rows(self, table: str) -> list[tuple[object, ...]]:
        """A table's rows, by primary key."""
        declared = self.service.read_model.tables.tables[table]
        async with self.database.reader() as connection:
            result = await connection.execute(select(declared).order_by(*declared.primary_key))
            return [tuple(row) for row in result]

    async def head(self) -> int:
        """The position of the last event of this service's sources."""
        categories = [*self.service.catalogue.categories]
        for catalogue in self.service.consumes:
            categories += catalogue.categories
        page = await self.store.read_log_backwards(categories=categories, limit=1)
        return page.events[0].position if page.events else 0

    async def caught_up(self, seconds_max: float = WAIT_SECONDS) -> None:
        """Wait until rows and reactions have taken everything, also what the reactions added."""
        async with asyncio.timeout(seconds_max):
            while True:
                head = await self.head()
                done = await self.database.wait_for(self.service.name, head, seconds_max)
                reactor = self.worker._consumer.reactor
                if done and reactor is not None and reactor.position >= head == await self.head():
                    return
                await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def opened(
    service: Service,
    store: EventStore,
    bus: Bus,
    url: str,
    *,
    clock: Clock | None = None,
    idle_seconds: float = 5.0,
) -> AsyncIterator[Running]:
    clock = clock or SystemClock()
    database = await ServiceDatabase.open(url, service.name, service.read_model)
    executor = Executor(store, service.catalogue, clock=clock)
    worker = Worker(service, store, bus, database, executor, clock, idle_seconds=idle_seconds)
    try:
        yield Running(service, store, database, executor, worker)
    finally:
        await database.close()


@contextlib.asynccontextmanager
async def running(
    service: Service,
    store: EventStore,
    bus: Bus,
    url: str,
    *,
    clock: Clock | None = None,
    idle_seconds: float = 5.0,
) -> AsyncIterator[Running]:
    """The service with its worker at work."""
    async with (
        opened(service, store, bus, url, clock=clock, idle_seconds=idle_seconds) as it,
        at_work(it.worker),
    ):
        yield it


@contextlib.asynccontextmanager
async def at_work(worker: Worker) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(worker.run())
    try:
        yield task
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def someone() -> Caller:
    key = new_key(SystemClock().now())
    return Caller(actor="someone", organization=None, cause=key, correlation=key, trace="")


async def send(executor: Executor, parcel: str, to: str = "Lan", weight: int = 2) -> Outcome:
    return await executor.execute(PARCEL, parcel, Send(to=to, weight=weight), caller=someone())


async def mark(executor: Executor, parcel: str, note: str = "fragile") -> Outcome:
    return await executor.execute(PARCEL, parcel, Mark(note=note), caller=someone())


async def until(holds: Callable[[], bool]) -> None:
    """Wait, briefly, for something that another task brings about."""
    async with asyncio.timeout(WAIT_SECONDS):
        while not holds():  # noqa: ASYNC110 - what it waits for sets no event
            await asyncio.sleep(0.005)


async def streams(store: EventStore, category: str) -> Mapping[str, list[Any]]:
    """The events of a category by stream."""
    found: dict[str, list[Any]] = {}
    after = 0
    while (page := await store.read_log(after=after, categories=[category])).events:
        for stored in page.events:
            found.setdefault(stored.stream, []).append(
                (stored.type.split(".")[2], msgspec.json.decode(stored.data))
            )
        after = page.scanned_to
    return found


def an_id(number: int) -> str:
    """A stream id."""
    return str(UUID(int=number))
