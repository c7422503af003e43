"""Reactions to different streams run side by side, those to one stream one after the other."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import text

from shared.bus.inprocess import InProcessBus
from shared.contracts.metadata import Metadata
from shared.eventstore.port import (
    Appended,
    EventStore,
    Expected,
    NewEvent,
    StoredEvent,
    StoreUnavailableError,
)
from shared.eventstore.postgres import PostgresEventStore
from shared.eventstore.sqlite import SqliteEventStore
from shared.host.clock import SystemClock
from shared.host.commands import SERVICE_ACTOR_PREFIX, Executor
from shared.host.database import ServiceDatabase
from shared.host.reactions import CHECKPOINT, STREAMS_AT_ONCE_MAX, Reactor, Tools
from shared.host.service import Recorded, Work, when
from shared.host.storage import READERS_MAX
from shared.host.vault import Vault
from tests.support.delivery import (
    DEPOT,
    SHELF,
    WAIT_SECONDS,
    Faults,
    ParcelMarked,
    ParcelSent,
    TakeNote,
    depot_service,
    mark,
    opened,
    parcels_service,
    running,
    send,
    someone,
    streams,
    until,
)

React = Callable[[str, int, Work], Awaitable[None]]


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}"


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteEventStore]:
    store = await SqliteEventStore.open(tmp_path / "log.db")
    yield store
    await store.close()


@asynccontextmanager
async def reacting(
    store: EventStore, url: str, react: React
) -> AsyncIterator[tuple[Reactor, ServiceDatabase]]:
    """The reactions of a depot that does nothing but `react`, given an event's stream and revision."""

    async def on_event(recorded: Recorded[ParcelSent] | Recorded[ParcelMarked], work: Work) -> None:
        await react(recorded.stored.stream, recorded.stored.revision, work)

    reactions = (when(ParcelSent, on_event), when(ParcelMarked, on_event))
    service = replace(depot_service(Faults()), reactions=reactions)
    async with running(service, store, InProcessBus(), url) as depot:
        await depot.database.readable()
    async with opened(service, store, InProcessBus(), url) as depot:
        vault = Vault(depot.database)
        tools = Tools(service, depot.database, depot.executor, vault, SystemClock())
        yield await Reactor.open(tools), depot.database


async def parcels(store: EventStore, url: str, *names: str) -> list[StoredEvent]:
    """A parcel of each name is sent, then marked; all their events."""
    async with opened(parcels_service(), store, InProcessBus(), url) as sender:
        for name in names:
            await send(sender.executor, name)
        for name in names:
            await mark(sender.executor, name)
    return list((await store.read_log(after=0)).events)


async def test_streams_are_reacted_to_side_by_side_but_no_more_than_readers_allow(
    store: EventStore, url: str
) -> None:
    at_work, most = 0, 0
    full = asyncio.Event()

    async def react(_stream: str, _revision: int, _: Work) -> None:
        nonlocal at_work, most
        at_work += 1
        most = max(most, at_work)
        if at_work == STREAMS_AT_ONCE_MAX:
            full.set()
        await asyncio.wait_for(full.wait(), WAIT_SECONDS)
        await asyncio.sleep(0)
        at_work -= 1

    async with reacting(store, url, react) as (reactor, database):
        events = await parcels(store, url, *(f"p{n}" for n in range(3 * STREAMS_AT_ONCE_MAX)))
        await reactor.react(events, events[-1].position, frozenset())
        assert most == STREAMS_AT_ONCE_MAX
        assert await database.state.checkpoint(CHECKPOINT) == events[-1].position


async def test_a_streams_events_are_reacted_to_in_order_and_after_one_that_fails_none(
    store: EventStore, url: str
) -> None:
    begun, ended = list[tuple[str, int]](), list[tuple[str, int]]()

    async def react(stream: str, revision: int, _: Work) -> None:
        begun.append((stream, revision))
        await asyncio.sleep(0.01 if revision == 0 else 0)
        if stream == "parcel-bad":
            raise ValueError("cannot be handled")
        ended.append((stream, revision))

    async with reacting(store, url, react) as (reactor, _):
        events = await parcels(store, url, "a", "bad", "b")
        await reactor.react(events, events[-1].position, frozenset())
        for stream in ("parcel-a", "parcel-b"):
            assert [revision for s, revision in ended if s == stream] == [0, 1]
        assert [revision for s, revision in begun if s == "parcel-bad"] == [0]
        assert [(s, parked.revision) for s, parked in reactor.parked.items()] == [("parcel-bad", 0)]


async def test_an_outage_ends_them_all_and_nothing_counts_as_done(
    store: EventStore, url: str
) -> None:
    begun, cut_off = list[str](), list[str]()

    async def react(stream: str, _revision: int, _: Work) -> None:
        begun.append(stream)
        if stream == "parcel-b":
            raise StoreUnavailableError("the store does not answer")
        try:
            await asyncio.get_running_loop().create_future()
        except asyncio.CancelledError:
            cut_off.append(stream)
            raise

    async with reacting(store, url, react) as (reactor, database):
        events = await parcels(store, url, "a", "b", *(f"later{n}" for n in range(8)))
        tasks = asyncio.all_tasks()
        with pytest.raises(StoreUnavailableError):
            await reactor.react(events, events[-1].position, frozenset())
        assert sorted(cut_off) == sorted(stream for stream in begun if stream != "parcel-b")
        assert len(begun) <= STREAMS_AT_ONCE_MAX, "no stream begins after the outage"
        assert asyncio.all_tasks() == tasks, "none goes on beside the next attempt"
        assert reactor.position == await database.state.checkpoint(CHECKPOINT) == 0
        assert reactor.parked == {}


async def test_after_an_outage_the_batch_comes_again_and_what_was_done_is_recognised(
    store: EventStore, url: str
) -> None:
    away = True

    async def react(stream: str, _revision: int, work: Work) -> None:
        await work.execute(SHELF, "one", TakeNote(note=stream))
        if away and stream == "parcel-c":
            raise StoreUnavailableError("the store does not answer")

    async with reacting(store, url, react) as (reactor, database):
        events = await parcels(store, url, "a", "b", "c", "d")
        with pytest.raises(StoreUnavailableError):
            await reactor.react(events, events[-1].position, frozenset())
        assert 0 < len((await streams(store, "shelf"))["shelf-one"]) < len(events)
        away = False
        await reactor.react(events, events[-1].position, frozenset())
        assert await database.state.checkpoint(CHECKPOINT) == events[-1].position
    notes = [data["note"] for _, data in (await streams(store, "shelf"))["shelf-one"]]
    assert sorted(notes) == sorted(2 * [f"parcel-{name}" for name in "abcd"])


async def test_cancelled_it_leaves_no_task_and_no_reader_behind(
    store: EventStore, url: str
) -> None:
    begun = 0

    async def react(_stream: str, _revision: int, work: Work) -> None:
        nonlocal begun
        await work.read.execute(text("SELECT 1"))
        begun += 1
        await asyncio.get_running_loop().create_future()

    async with reacting(store, url, react) as (reactor, database):
        events = await parcels(store, url, *(f"p{n}" for n in range(STREAMS_AT_ONCE_MAX)))
        tasks = asyncio.all_tasks()
        doing = asyncio.create_task(reactor.react(events, events[-1].position, frozenset()))
        await until(lambda: begun == STREAMS_AT_ONCE_MAX)
        doing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await doing
        assert asyncio.all_tasks() == tasks
        assert reactor.position == await database.state.checkpoint(CHECKPOINT) == 0
        async with asyncio.timeout(WAIT_SECONDS), AsyncExitStack() as requests:
            for _ in range(READERS_MAX):
                await requests.enter_async_context(database.reader())


async def test_requests_find_a_reader_while_reactions_hold_theirs(
    store: EventStore, url: str
) -> None:
    at_work, full, left = 0, asyncio.Event(), asyncio.Event()

    async def react(_stream: str, _revision: int, work: Work) -> None:
        nonlocal at_work
        await work.read.execute(text("SELECT 1"))
        at_work += 1
        if at_work == STREAMS_AT_ONCE_MAX:
            full.set()
        await left.wait()

    async with reacting(store, url, react) as (reactor, database):
        events = await parcels(store, url, *(f"p{n}" for n in range(STREAMS_AT_ONCE_MAX)))
        reacting_to = asyncio.create_task(reactor.react(events, events[-1].position, frozenset()))
        try:
            async with asyncio.timeout(WAIT_SECONDS), AsyncExitStack() as requests:
                await full.wait()
                for _ in range(READERS_MAX // 2):
                    read = await requests.enter_async_context(database.reader())
                    await read.execute(text("SELECT 1"))
        finally:
            left.set()
            await reacting_to


async def test_whose_statement_fails_spoils_no_other_streams_reads(postgres_url: str) -> None:
    """PostgreSQL refuses everything that follows a failed statement in its transaction."""
    read = list[str]()

    async def react(stream: str, revision: int, work: Work) -> None:
        await work.read.execute(text("SELECT 1"))
        if stream.startswith("parcel-bad"):
            await work.read.execute(text("SELECT 1 / 0"))
        if revision == 0:
            read.append(stream)

    store = await PostgresEventStore.open(postgres_url)
    bad = [f"bad{n}" for n in range(2 * STREAMS_AT_ONCE_MAX)]
    good = [f"good{n}" for n in range(2 * STREAMS_AT_ONCE_MAX)]
    try:
        async with reacting(store, postgres_url, react) as (reactor, _):
            events = await parcels(store, postgres_url, *bad, *good)
            await reactor.react(events, events[-1].position, frozenset())
            assert sorted(reactor.parked) == [f"parcel-{name}" for name in bad]
            assert sorted(read) == [f"parcel-{name}" for name in good]
    finally:
        await store.close()


async def test_reactions_that_write_one_stream_lose_nothing_also_when_another_process_is_first(
    store: EventStore, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried, append = set[UUID](), store.append
    rival = Executor(store, DEPOT, clock=SystemClock())

    async def overtaken(stream: str, expected: Expected, events: Sequence[NewEvent]) -> Appended:
        """Each append of a reaction finds, at its first attempt, that a stranger was a moment faster."""
        actor = msgspec.json.decode(events[0].metadata, type=Metadata).actor
        if actor.startswith(SERVICE_ACTOR_PREFIX) and events[0].id not in tried:
            tried.add(events[0].id)
            await rival.execute(SHELF, "one", TakeNote(note="stranger"), caller=someone())
        return await append(stream, expected, events)

    async def react(stream: str, revision: int, work: Work) -> None:
        await work.execute(SHELF, "one", TakeNote(note=f"{stream}/{revision}"))

    names = [f"p{n}" for n in range(3 * STREAMS_AT_ONCE_MAX)]
    async with reacting(store, url, react) as (reactor, database):
        events = await parcels(store, url, *names)
        monkeypatch.setattr(store, "append", overtaken)
        await reactor.react(events, events[-1].position, frozenset())
        assert reactor.parked == {}
        assert await database.state.checkpoint(CHECKPOINT) == events[-1].position
    notes = [data["note"] for _, data in (await streams(store, "shelf"))["shelf-one"]]
    written = [note for note in notes if note != "stranger"]
    assert sorted(written) == sorted(f"parcel-{name}/{n}" for name in names for n in (0, 1))
    assert len(notes) == 2 * len(written), "every one of them was overtaken once"
    assert all(written.index(f"parcel-{n}/0") < written.index(f"parcel-{n}/1") for n in names)
