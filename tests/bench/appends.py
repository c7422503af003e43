"""Row 1: durable appends of one event, by one writer and by 64 at once."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

from shared.domain.time import to_microseconds
from shared.eventstore.port import EventStore, Expect, NewEvent
from shared.eventstore.postgres import PostgresEventStore
from shared.eventstore.sqlite import SqliteEventStore
from shared.host.ids import new_key
from tests.bench import engines, peers
from tests.bench.engines import Row, Work, as_uuid
from tests.bench.report import Bench, Result, run_async

WRITERS: Final = 64
EVENTS_ALONE: Final = 2_000
EVENTS_TOGETHER: Final = 20_000
EVENTS_UMADB: Final = 5_000
EVENTS_EVENTSOURCING: Final = 1_000
DATA: Final = b'{"text":"%s"}' % (b"x" * 308)
METADATA: Final = b'{"actor":"user:7"}'
AT: Final = datetime(2026, 1, 1, tzinfo=UTC)
TYPE: Final = "dvk.registration.ModelRegistered.v1"


def make_work(writers: int, events: int, data: bytes = DATA, metadata: bytes = METADATA) -> Work:
    """`events` events, divided among the writers' streams, their ids as local in time as real ones."""
    each = max(1, events // writers)
    rows: list[list[Row]] = [[] for _ in range(writers)]
    for number in range(each):
        for writer in range(writers):
            at = AT + timedelta(milliseconds=number)
            id_ = new_key(at).bytes
            stream = f"model-{writer:012d}-aaaa-bbbb-cccc"
            time_us = to_microseconds(at)
            rows[writer].append((id_, stream, number, "model", TYPE, time_us, data, metadata, ""))
    return Work(writers, rows)


async def through_port(work: Work, store: EventStore) -> float:
    """Seconds for our adapter: expected revisions, repeats recognised, positions without gaps to readers."""

    async def writer(stream: str, events: Sequence[NewEvent]) -> None:
        for revision, event in enumerate(events):
            await store.append(stream, revision - 1 if revision else Expect.NO_STREAM, [event])

    writers = [(rows[0][1], [new_event(row) for row in rows]) for rows in work.rows]
    started = time.perf_counter()
    await asyncio.gather(*(writer(stream, events) for stream, events in writers))
    elapsed = time.perf_counter() - started
    if await store.head() != work.count:
        raise AssertionError("what was appended is not in the log")
    return elapsed


def new_event(row: Row) -> NewEvent:
    """A row as the port takes it."""
    return NewEvent(as_uuid(row), row[4], row[5], row[6], row[7], row[8])


async def sqlite_ours(work: Work, folder: Path) -> float:
    """Seconds on SQLite."""
    store = await SqliteEventStore.open(folder / "ours.db")
    try:
        return await through_port(work, store)
    finally:
        await store.close()


async def postgres_ours(work: Work, url: str) -> float:
    """Seconds on PostgreSQL."""
    store = await PostgresEventStore.open(url)
    try:
        return await through_port(work, store)
    finally:
        await store.close()


def run(bench: Bench) -> Result:
    """Measure the row."""
    result = Result("1 append one event")
    for writers in (1, WRITERS):
        alone = writers == 1
        work = make_work(writers, bench.count(EVENTS_ALONE if alone else EVENTS_TOGETHER))
        for_peer = make_work(writers, bench.count(EVENTS_EVENTSOURCING))
        for_umadb = make_work(writers, bench.count(EVENTS_ALONE if alone else EVENTS_UMADB))
        contestants: dict[str, Callable[[], float]] = {}
        if alone:
            # 64 writers, each with a commit of its own, say nothing about one connection.
            contestants["SQLite raw"] = in_folder(bench, work, engines.sqlite_raw)
        contestants["SQLite plain group commit"] = in_folder(bench, work, engines.sqlite_plain)
        contestants["SQLite ours"] = in_folder(bench, work, sqlite_ours)
        contestants["SQLite eventsourcing"] = partial(peers.sqlite_rate, bench, for_peer)
        if alone:
            contestants["PostgreSQL raw"] = in_database(bench, work, engines.postgres_raw)
        contestants["PostgreSQL plain group commit"] = in_database(
            bench, work, engines.postgres_plain
        )
        contestants["PostgreSQL ours"] = in_database(bench, work, postgres_ours)
        contestants["PostgreSQL eventsourcing"] = partial(peers.postgres_rate, bench, for_peer)
        contestants["umadb"] = partial(peers.umadb_rate, bench, for_umadb)
        name = "1 writer" if alone else f"{writers} writers"
        result.add(name, "/s", bench.in_turns(contestants))
        for engine in ("SQLite", "PostgreSQL"):
            ours = f"{engine} ours"
            if alone:
                result.aim(name, ours, f"{engine} raw", 0.70)
            else:
                result.aim(name, ours, f"{engine} plain group commit", 0.70)
                result.aim(name, ours, "umadb", 3)
                result.aim(name, ours, f"{engine} eventsourcing", 10)
    return result


Timed = Callable[[Work, Path], Coroutine[Any, Any, float]]


def in_folder(bench: Bench, work: Work, timed: Timed) -> Callable[[], float]:
    """Events a second, in an empty folder each time."""

    def rate() -> float:
        with bench.fresh_folder() as folder:
            return work.count / run_async(timed(work, folder))

    return rate


def in_database(
    bench: Bench, work: Work, timed: Callable[[Work, str], Coroutine[Any, Any, float]]
) -> Callable[[], float]:
    """Events a second, in an empty database each time."""

    def rate() -> float:
        with bench.fresh_database() as url:
            return work.count / run_async(timed(work, url))

    return rate
