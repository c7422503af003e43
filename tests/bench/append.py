"""Durable appends per second: the raw engine, a plain group commit, and our adapter.

    python -m tests.bench.append [--passes 5] [--json FILE]

One event per append, 319 bytes of JSON, each writer in a stream of its own. All three do the same
durable work: the same columns and indexes, SQLite with WAL and synchronous=FULL, PostgreSQL with fsync on.
`raw` commits each event by itself, without any event loop for SQLite and on one connection for
PostgreSQL. `plain` is an asyncio group commit with nothing around it: no expected revision, no repeats
recognised, positions given by the engine. The three take turns, so that the machine's moods hit all alike.
"""

import argparse
import asyncio
import json
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import asyncpg

from shared.domain.time import to_microseconds
from shared.eventstore.port import EventStore, Expect, NewEvent
from shared.eventstore.postgres import PostgresEventStore
from shared.eventstore.sqlite import SqliteEventStore
from shared.host.ids import new_key
from tests.support.servers import PrivatePostgres, private_postgres

WRITERS = (1, 64)
EVENTS_SINGLE = 3_000
EVENTS_GROUPED = 32_000
DATA = json.dumps({"text": "x" * 307}).encode()
METADATA = b'{"actor":"user:7"}'
AT = datetime(2026, 1, 1, tzinfo=UTC)
TYPE = "dvk.registration.ModelRegistered.v1"

Row = tuple[bytes | UUID, str, int, str, str, int, bytes, bytes, str]


@dataclass(frozen=True, slots=True)
class Work:
    """What one pass writes: the same for every contestant."""

    writers: int
    rows: list[list[Row]] = field(repr=False)

    @property
    def count(self) -> int:
        return sum(len(rows) for rows in self.rows)


def make_work(writers: int, events: int) -> Work:
    """`events` events, divided among the writers' streams, their ids as local in time as real ones."""
    each = events // writers
    rows: list[list[Row]] = [[] for _ in range(writers)]
    for number in range(each):
        for writer in range(writers):
            at = AT + timedelta(milliseconds=number)
            id_ = new_key(at).bytes
            stream = f"model-{writer:012d}-aaaa-bbbb-cccc"
            time_us = to_microseconds(at)
            rows[writer].append((id_, stream, number, "model", TYPE, time_us, DATA, METADATA, ""))
    return Work(writers, rows)


# ── SQLite ───────────────────────────────────────────────────────────────────────────────────────

SQLITE_TABLE = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
CREATE TABLE events (
    position INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, stream TEXT NOT NULL,
    revision INTEGER NOT NULL, category TEXT NOT NULL, type TEXT NOT NULL, time_us INTEGER NOT NULL,
    data BLOB NOT NULL, metadata BLOB NOT NULL, trace TEXT NOT NULL, UNIQUE (stream, revision)
) STRICT;
CREATE INDEX events_by_category ON events (category, position);
"""
SQLITE_INSERT = "INSERT INTO events VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


def sqlite_table(folder: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(folder / "raw.db", isolation_level=None, check_same_thread=False)
    connection.executescript(SQLITE_TABLE)
    return connection


async def sqlite_raw(work: Work, folder: Path) -> float:
    rows = [row for rows in work.rows for row in rows]
    with closing(sqlite_table(folder)) as connection:
        started = time.perf_counter()
        for row in rows:
            connection.execute(SQLITE_INSERT, row)
        return time.perf_counter() - started


async def sqlite_plain(work: Work, folder: Path) -> float:
    with closing(sqlite_table(folder)) as connection:

        def commit(rows: Sequence[Row]) -> None:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(SQLITE_INSERT, rows)
            connection.execute("COMMIT")

        async def in_thread(rows: Sequence[Row]) -> None:
            await asyncio.get_running_loop().run_in_executor(None, commit, rows)

        return await plain_group_commit(work, in_thread)


async def sqlite_ours(work: Work, folder: Path) -> float:
    store = await SqliteEventStore.open(folder / "ours.db")
    try:
        return await through_port(work, store)
    finally:
        await store.close()


# ── PostgreSQL ───────────────────────────────────────────────────────────────────────────────────

POSTGRES_TABLE = """
CREATE TABLE events (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id uuid NOT NULL UNIQUE,
    stream text COLLATE "C" NOT NULL, revision bigint NOT NULL, category text COLLATE "C" NOT NULL,
    type text NOT NULL, time_us bigint NOT NULL, data bytea NOT NULL, metadata bytea NOT NULL,
    trace text NOT NULL, UNIQUE (stream, revision)
);
CREATE INDEX events_by_category ON events (category, position);
"""
POSTGRES_INSERT = (
    "INSERT INTO events (id, stream, revision, category, type, time_us, data, metadata, trace)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
)


async def postgres_table(server: PrivatePostgres) -> asyncpg.Connection:
    connection = await asyncpg.connect(
        server.create_database().replace("postgresql+asyncpg", "postgresql")
    )
    await connection.execute(POSTGRES_TABLE)
    return connection


def with_uuids(work: Work) -> Work:
    """The same work with ids as asyncpg takes them; making them is not what is measured."""
    rows: list[list[Row]] = [[(as_uuid(row), *row[1:]) for row in rows] for rows in work.rows]
    return Work(work.writers, rows)


async def postgres_raw(work: Work, server: PrivatePostgres) -> float:
    rows = [row for rows in with_uuids(work).rows for row in rows]
    connection = await postgres_table(server)
    try:
        started = time.perf_counter()
        for row in rows:
            await connection.execute(POSTGRES_INSERT, *row)
        return time.perf_counter() - started
    finally:
        await connection.close()


async def postgres_plain(work: Work, server: PrivatePostgres) -> float:
    connection = await postgres_table(server)

    async def commit(rows: Sequence[Row]) -> None:
        async with connection.transaction():
            await connection.executemany(POSTGRES_INSERT, rows)

    try:
        return await plain_group_commit(with_uuids(work), commit)
    finally:
        await connection.close()


async def postgres_ours(work: Work, server: PrivatePostgres) -> float:
    store = await PostgresEventStore.open(server.create_database())
    try:
        return await through_port(work, store)
    finally:
        await store.close()


# ── What both engines share ──────────────────────────────────────────────────────────────────────


async def plain_group_commit(
    work: Work, commit: Callable[[Sequence[Row]], Awaitable[None]]
) -> float:
    """Everybody puts rows into one queue; one task commits whatever is there."""
    queue: asyncio.Queue[tuple[Row, asyncio.Future[None]]] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    async def committer() -> None:
        while True:
            batch = [await queue.get()]
            while not queue.empty():
                batch.append(queue.get_nowait())
            await commit([row for row, _ in batch])
            for _, done in batch:
                done.set_result(None)

    async def writer(rows: Sequence[Row]) -> None:
        for row in rows:
            done = loop.create_future()
            queue.put_nowait((row, done))
            await done

    committing = asyncio.create_task(committer())
    started = time.perf_counter()
    await asyncio.gather(*map(writer, work.rows))
    elapsed = time.perf_counter() - started
    committing.cancel()
    return elapsed


async def through_port(work: Work, store: EventStore) -> float:
    async def writer(stream: str, events: Sequence[NewEvent]) -> None:
        for revision, event in enumerate(events):
            await store.append(stream, revision - 1 if revision else Expect.NO_STREAM, [event])

    writers = [(rows[0][1], [new_event(row) for row in rows]) for rows in work.rows]
    started = time.perf_counter()
    await asyncio.gather(*(writer(stream, events) for stream, events in writers))
    elapsed = time.perf_counter() - started
    assert await store.head() == work.count
    return elapsed


def new_event(row: Row) -> NewEvent:
    return NewEvent(as_uuid(row), row[4], row[5], row[6], row[7], row[8])


def as_uuid(row: Row) -> UUID:
    id_ = row[0]
    return UUID(bytes=id_) if isinstance(id_, bytes) else id_


Contestant = Callable[[Work], Awaitable[float]]


@contextmanager
def contestants() -> Iterator[dict[str, dict[str, Contestant]]]:
    """Contestants by engine, in the order they take turns."""

    def in_folder(run: Callable[[Work, Path], Awaitable[float]]) -> Contestant:
        async def contestant(work: Work) -> float:
            with tempfile.TemporaryDirectory(prefix="dvk-bench-") as folder:
                return await run(work, Path(folder))

        return contestant

    with private_postgres(fsync=True) as server:
        yield {
            "SQLite": {
                "raw": in_folder(sqlite_raw),
                "plain": in_folder(sqlite_plain),
                "ours": in_folder(sqlite_ours),
            },
            "PostgreSQL": {
                "raw": lambda work: postgres_raw(work, server),
                "plain": lambda work: postgres_plain(work, server),
                "ours": lambda work: postgres_ours(work, server),
            },
        }


@dataclass(frozen=True, slots=True)
class Result:
    """Appends per second over the passes."""

    engine: str
    writers: int
    contestant: str
    rates: list[int]

    @property
    def median(self) -> int:
        return round(statistics.median(self.rates))


def measure(passes: int) -> list[Result]:
    results = []
    with contestants() as by_engine:
        for engine, runs in by_engine.items():
            for writers in WRITERS:
                work = make_work(writers, EVENTS_SINGLE if writers == 1 else EVENTS_GROUPED)
                # 64 writers, each with a commit of its own, say nothing about one connection.
                chosen = {name: run for name, run in runs.items() if writers == 1 or name != "raw"}
                rates: dict[str, list[int]] = {name: [] for name in chosen}
                for _ in range(passes):
                    for name, run in chosen.items():
                        rates[name].append(round(work.count / asyncio.run(once(run, work))))
                results += [Result(engine, writers, name, found) for name, found in rates.items()]
    return results


async def once(run: Contestant, work: Work) -> float:
    return await run(work)


def table(results: Sequence[Result]) -> str:
    """Median and spread of each, and its share of the limit: raw for one writer, plain for many."""
    limits = {
        (result.engine, result.writers): result.median
        for result in results
        if result.contestant == ("raw" if result.writers == 1 else "plain")
    }
    lines = ["engine      writers  who    appends/s     min … max     of the limit"]
    for result in results:
        share = result.median / limits[result.engine, result.writers]
        spread = f"{min(result.rates)} … {max(result.rates)}"
        lines.append(
            f"{result.engine:11} {result.writers:7}  {result.contestant:6}{result.median:9}"
            f"{spread:>18}{share:12.0%}"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description="Durable appends per second, side by side.")
    parser.add_argument("--passes", type=int, default=5)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rates here as well")
    arguments = parser.parse_args()
    results = measure(arguments.passes)
    sys.stdout.write(table(results) + "\n")
    if arguments.json is not None:
        rows = [
            {
                "engine": result.engine,
                "writers": result.writers,
                "contestant": result.contestant,
                "appends_per_second": result.rates,
            }
            for result in results
        ]
        arguments.json.write_text(json.dumps(rows, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
