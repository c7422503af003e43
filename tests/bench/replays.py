"""Row 4: read the whole log and decode it to typed events."""

import sqlite3
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Final

import msgspec

from services.registration.service import SERVICE
from shared.contracts.event import TYPE_PREFIX, Event
from shared.contracts.registration import EVENTS
from shared.eventstore.port import EventStore
from shared.eventstore.postgres import PostgresEventStore
from shared.eventstore.sqlite import SqliteEventStore
from shared.host.projection import Codec
from tests.bench import engines, history, peers
from tests.bench.report import Bench, Result, run_async

EVENTS_READ: Final = 80_000
EVENTS_EVENTSOURCING: Final = 8_000
PAGE: Final = 4096
_PAGES_WARM: Final = 5
_COLUMNS: Final = "id, type, time_us, data, metadata, trace, stream, revision, position"

DECODERS: Final[Mapping[str, msgspec.json.Decoder[Event]]] = {
    f"{TYPE_PREFIX}.{EVENTS.service}.{name}": msgspec.json.Decoder(struct)
    for name, struct in EVENTS.current.items()
}


def resident_megabytes() -> float:
    """Memory this process holds now."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * 4096 / 1e6


async def replay(store: EventStore, expected: int, growth: list[float]) -> float:
    """Seconds for a replay through port and codec; how much memory it gained once it was warm."""
    codec = Codec(SERVICE)
    started, count, after, pages, warm, most = time.perf_counter(), 0, 0, 0, 0.0, 0.0
    while True:
        page = await store.read_log(after=after, limit=PAGE)
        if not page.events:
            break
        for stored in page.events:
            if codec.recorded(stored) is None:
                raise AssertionError(f"{stored.type} is not known")
        count, after, pages = count + len(page.events), page.scanned_to, pages + 1
        if pages == _PAGES_WARM:
            warm = resident_megabytes()
        most = max(most, resident_megabytes())
    elapsed = time.perf_counter() - started
    if count != expected:
        raise AssertionError(f"{count} of {expected} events were read")
    if warm:
        growth.append(max(0.0, most - warm))
    return elapsed


def _rate(count: int, expected: int, elapsed: float) -> float:
    if count != expected:
        raise AssertionError(f"{count} of {expected} events were read")
    return count / elapsed


def _sqlite_raw(file: Path, expected: int) -> float:
    select = f"SELECT {_COLUMNS} FROM events WHERE position > ? ORDER BY position LIMIT {PAGE}"  # noqa: S608 - our own names
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        started, count, after = time.perf_counter(), 0, 0
        while rows := connection.execute(select, (after,)).fetchall():
            for row in rows:
                DECODERS[row[1]].decode(row[3])
            count, after = count + len(rows), rows[-1][8]
        elapsed = time.perf_counter() - started
    return _rate(count, expected, elapsed)


async def _postgres_raw(url: str, expected: int) -> float:
    select = (
        f"SELECT {_COLUMNS} FROM event_store.events WHERE position > $1"  # noqa: S608 - our own names
        f" ORDER BY position LIMIT {PAGE}"
    )
    connection = await engines.connect(url)
    try:
        started, count, after = time.perf_counter(), 0, 0
        while rows := await connection.fetch(select, after):
            for row in rows:
                DECODERS[row[1]].decode(row[3])
            count, after = count + len(rows), rows[-1][8]
        elapsed = time.perf_counter() - started
    finally:
        await connection.close()
    return _rate(count, expected, elapsed)


Opening = Callable[[], Awaitable[EventStore]]


async def _filled(open_it: Opening, models: int) -> None:
    store = await open_it()
    try:
        await history.fill(store, models)
    finally:
        await store.close()


async def _replayed(open_it: Opening, expected: int, growth: list[float]) -> float:
    store = await open_it()
    try:
        return await replay(store, expected, growth)
    finally:
        await store.close()


def run(bench: Bench) -> Result:
    """Measure the row."""
    result = Result("4 replay and decode to typed events")
    models = bench.count(EVENTS_READ) // history.EVENTS_PER_MODEL
    expected = models * history.EVENTS_PER_MODEL
    growth: list[float] = []
    with bench.fresh_folder() as folder, bench.fresh_database() as url:
        file = folder / "events.db"
        run_async(_filled(lambda: SqliteEventStore.open(file), models))
        run_async(_filled(lambda: PostgresEventStore.open(url), models))
        with (
            bench.fresh_folder() as peer_folder,
            bench.fresh_database() as peer_url,
            peers.application(peers.sqlite_environment(peer_folder)) as on_sqlite,
            peers.application(peers.postgres_environment(peer_url)) as on_postgres,
        ):
            peer_models = bench.count(EVENTS_EVENTSOURCING) // 8
            for app in (on_sqlite, on_postgres):
                recorded = peers.fill(app, peer_models, 7, history.NARRATIVE)
            contestants: dict[str, Callable[[], float]] = {
                "SQLite raw + msgspec": lambda: _sqlite_raw(file, expected),
                "SQLite ours": lambda: (
                    expected
                    / run_async(_replayed(lambda: SqliteEventStore.open(file), expected, growth))
                ),
                "SQLite eventsourcing": lambda: peers.replay_rate(on_sqlite, recorded),
                "PostgreSQL raw + msgspec": lambda: run_async(_postgres_raw(url, expected)),
                "PostgreSQL ours": lambda: (
                    expected
                    / run_async(_replayed(lambda: PostgresEventStore.open(url), expected, growth))
                ),
                "PostgreSQL eventsourcing": lambda: peers.replay_rate(on_postgres, recorded),
            }
            result.add("events", "/s", bench.in_turns(contestants))
    for engine in ("SQLite", "PostgreSQL"):
        result.aim("events", f"{engine} ours", f"{engine} raw + msgspec", 0.70)
        result.aim("events", f"{engine} ours", f"{engine} eventsourcing", 5)
    if growth:
        result.add("memory gained once warm", "MB", {"ours": growth})
    return result
