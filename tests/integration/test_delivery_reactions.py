"""Reactions to different streams run side by side, those to one stream one after the other."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from shared.bus.inprocess import InProcessBus
from shared.eventstore.port import StoredEvent, StoreUnavailableError
from shared.eventstore.sqlite import SqliteEventStore
from shared.host.clock import SystemClock
from shared.host.database import ServiceDatabase
from shared.host.reactions import CHECKPOINT, STREAMS_AT_ONCE_MAX, Reactor, Tools
from shared.host.service import Recorded, Work, when
from shared.host.vault import Vault
from tests.support.delivery import (
    WAIT_SECONDS,
    Faults,
    ParcelMarked,
    ParcelSent,
    depot_service,
    mark,
    opened,
    parcels_service,
    running,
    send,
)

React = Callable[[str, int], Awaitable[None]]


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteEventStore]:
    store = await SqliteEventStore.open(tmp_path / "log.db")
    yield store
    await store.close()


@asynccontextmanager
async def reacting(
    store: SqliteEventStore, folder: Path, react: React
) -> AsyncIterator[tuple[Reactor, ServiceDatabase]]:
    """The reactions of a depot that does nothing but `react`, given an event's stream and revision."""

    async def on_event(recorded: Recorded[ParcelSent] | Recorded[ParcelMarked], _: Work) -> None:
        await react(recorded.stored.stream, recorded.stored.revision)

    reactions = (when(ParcelSent, on_event), when(ParcelMarked, on_event))
    service = replace(depot_service(Faults()), reactions=reactions)
    url = f"sqlite:///{folder}"
    async with running(service, store, InProcessBus(), url) as depot:
        await depot.database.readable()
    async with opened(service, store, InProcessBus(), url) as depot:
        vault = Vault(depot.database)
        tools = Tools(service, depot.database, depot.executor, vault, SystemClock())
        yield await Reactor.open(tools), depot.database


async def parcels(store: SqliteEventStore, folder: Path, *names: str) -> list[StoredEvent]:
    """A parcel of each name is sent, then marked; all their events."""
    async with opened(parcels_service(), store, InProcessBus(), f"sqlite:///{folder}") as sender:
        for name in names:
            await send(sender.executor, name)
        for name in names:
            await mark(sender.executor, name)
    return list((await store.read_log(after=0)).events)


async def test_streams_are_reacted_to_side_by_side_but_no_more_than_readers_allow(
    store: SqliteEventStore, tmp_path: Path
) -> None:
    at_work, most = 0, 0
    full = asyncio.Event()

    async def react(_stream: str, _revision: int) -> None:
        nonlocal at_work, most
        at_work += 1
        most = max(most, at_work)
        if at_work == STREAMS_AT_ONCE_MAX:
            full.set()
        await asyncio.wait_for(full.wait(), WAIT_SECONDS)
        await asyncio.sleep(0)
        at_work -= 1

    async with reacting(store, tmp_path, react) as (reactor, database):
        events = await parcels(store, tmp_path, *(f"p{n}" for n in range(3 * STREAMS_AT_ONCE_MAX)))
        await reactor.react(events, events[-1].position, frozenset())
        assert most == STREAMS_AT_ONCE_MAX
        assert await database.state.checkpoint(CHECKPOINT) == events[-1].position


async def test_a_streams_events_are_reacted_to_in_order_and_after_one_that_fails_none(
    store: SqliteEventStore, tmp_path: Path
) -> None:
    begun, ended = list[tuple[str, int]](), list[tuple[str, int]]()

    async def react(stream: str, revision: int) -> None:
        begun.append((stream, revision))
        await asyncio.sleep(0.01 if revision == 0 else 0)
        if stream == "parcel-bad":
            raise ValueError("cannot be handled")
        ended.append((stream, revision))

    async with reacting(store, tmp_path, react) as (reactor, _):
        events = await parcels(store, tmp_path, "a", "bad", "b")
        await reactor.react(events, events[-1].position, frozenset())
        for stream in ("parcel-a", "parcel-b"):
            assert [revision for s, revision in ended if s == stream] == [0, 1]
        assert [revision for s, revision in begun if s == "parcel-bad"] == [0]
        assert [(s, parked.revision) for s, parked in reactor.parked.items()] == [("parcel-bad", 0)]


async def test_an_outage_ends_them_all_and_nothing_counts_as_done(
    store: SqliteEventStore, tmp_path: Path
) -> None:
    begun, cut_off = list[str](), list[str]()

    async def react(stream: str, _revision: int) -> None:
        begun.append(stream)
        if stream == "parcel-b":
            raise StoreUnavailableError("the store does not answer")
        try:
            await asyncio.get_running_loop().create_future()
        except asyncio.CancelledError:
            cut_off.append(stream)
            raise

    async with reacting(store, tmp_path, react) as (reactor, database):
        events = await parcels(store, tmp_path, "a", "b", *(f"later{n}" for n in range(8)))
        tasks = asyncio.all_tasks()
        with pytest.raises(StoreUnavailableError):
            await reactor.react(events, events[-1].position, frozenset())
        assert cut_off == [stream for stream in begun if stream != "parcel-b"]
        assert len(begun) <= STREAMS_AT_ONCE_MAX, "no stream begins after the outage"
        assert asyncio.all_tasks() == tasks, "none goes on beside the next attempt"
        assert reactor.position == await database.state.checkpoint(CHECKPOINT) == 0
        assert reactor.parked == {}
