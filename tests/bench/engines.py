"""The limits: what the raw engines do with the same rows and nothing of ours around them.

The same columns and indexes as our adapters', SQLite with WAL and synchronous=FULL, PostgreSQL with fsync.
`raw` commits each event by itself, for SQLite without any event loop, for PostgreSQL on one connection.
`plain` is a group commit: no expected revision, no repeats recognised, positions given by the engine.
"""

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import asyncpg

Row = tuple[bytes | UUID, str, int, str, str, int, bytes, bytes, str]
"""id, stream, revision, category, type, time_us, data, metadata, trace."""


@dataclass(frozen=True, slots=True)
class Work:
    """What one pass writes: the rows of each writer, in a stream of its own."""

    writers: int
    rows: list[list[Row]] = field(repr=False)

    @property
    def count(self) -> int:
        return sum(len(rows) for rows in self.rows)


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


def sqlite_table(folder: Path) -> sqlite3.Connection:
    """An empty table of events in `folder`."""
    connection = sqlite3.connect(folder / "raw.db", isolation_level=None, check_same_thread=False)
    connection.executescript(SQLITE_TABLE)
    return connection


async def sqlite_raw(work: Work, folder: Path) -> float:
    """Seconds for one commit an event."""
    rows = [row for rows in work.rows for row in rows]
    with closing(sqlite_table(folder)) as connection:
        started = time.perf_counter()
        for row in rows:
            connection.execute(SQLITE_INSERT, row)
        return time.perf_counter() - started


async def sqlite_plain(work: Work, folder: Path) -> float:
    """Seconds for the plain group commit."""
    with closing(sqlite_table(folder)) as connection:

        def commit(rows: Sequence[Row]) -> None:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(SQLITE_INSERT, rows)
            connection.execute("COMMIT")

        async def in_thread(rows: Sequence[Row]) -> None:
            await asyncio.get_running_loop().run_in_executor(None, commit, rows)

        return await plain_group_commit(work, in_thread)


async def connect(url: str) -> asyncpg.Connection:
    """A plain connection to a database of the private server."""
    return await asyncpg.connect(url.replace("postgresql+asyncpg", "postgresql"))


def with_uuids(work: Work) -> Work:
    """The same work with ids as asyncpg takes them; making them is not what is measured."""
    rows: list[list[Row]] = [[(as_uuid(row), *row[1:]) for row in rows] for rows in work.rows]
    return Work(work.writers, rows)


def as_uuid(row: Row) -> UUID:
    """The id of a row."""
    id_ = row[0]
    return UUID(bytes=id_) if isinstance(id_, bytes) else id_


async def postgres_raw(work: Work, url: str) -> float:
    """Seconds for one commit an event."""
    rows = [row for rows in with_uuids(work).rows for row in rows]
    connection = await connect(url)
    try:
        await connection.execute(POSTGRES_TABLE)
        started = time.perf_counter()
        for row in rows:
            await connection.execute(POSTGRES_INSERT, *row)
        return time.perf_counter() - started
    finally:
        await connection.close()


async def postgres_plain(work: Work, url: str) -> float:
    """Seconds for the plain group commit."""
    connection = await connect(url)

    async def commit(rows: Sequence[Row]) -> None:
        async with connection.transaction():
            await connection.executemany(POSTGRES_INSERT, rows)

    try:
        await connection.execute(POSTGRES_TABLE)
        return await plain_group_commit(with_uuids(work), commit)
    finally:
        await connection.close()


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
