"""Where a service's own data lies: SQLite files in a folder, or schemas of a PostgreSQL database.

Two kinds of data: the *state* (checkpoints, parked subjects, personal data), which is kept, and
*generations* of the read model, which can be thrown away and rebuilt.
"""

import asyncio
import hashlib
import re
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Final, Protocol

from sqlalchemy import Connection, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.host.engines import postgres_engine, sqlite_connection, sqlite_engine
from shared.host.lease import FileLease, Lease, PostgresLease
from shared.host.transactions import PostgresTransactions, SqliteTransactions, Transactions
from shared.sqlite_wal import make_wal

READERS_MAX: Final = 8
"""Connections of one process that read a service's read model at the same time."""

STATE_CONNECTIONS_MAX: Final = 4
"""Connections to the state on PostgreSQL; on SQLite one, because it has one writer anyway."""

KEPT: Final = ("synchronous = FULL", "secure_delete = ON")
"""Pragmas of the state on SQLite: durable on commit, and what was erased stays in no free page."""

SERVICE_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")


class Storage(Protocol):
    """The place of one service's data."""

    def state(self) -> AsyncEngine:
        """The kept data, for reading and writing, durable on commit."""
        ...

    def state_writer(self) -> Transactions:
        """The kept data, for what is written again and again, durable on commit."""
        ...

    def reader(self, generation: int) -> AsyncEngine:
        """A generation, for reading only; a transaction sees one moment."""
        ...

    def writer(self, generation: int) -> Transactions:
        """A generation, for its one writer."""
        ...

    async def prepare(self) -> None:
        """Make the place of the state. Idempotent, also when replicas do it at once."""
        ...

    async def exclusively(
        self, engine: AsyncEngine, work: Callable[[AsyncConnection], Awaitable[None]]
    ) -> None:
        """Run `work` in a transaction that no other process's `exclusively` overlaps."""
        ...

    async def make(self, generation: int, create: Callable[[Connection], None]) -> None:
        """Make the place of a generation, whatever a crash left there, and run `create` in it."""
        ...

    async def drop(self, generation: int) -> None:
        """Remove a generation. Idempotent."""
        ...

    def lease(self) -> Lease:
        """What makes one worker of the service active."""
        ...

    async def forget(self) -> None:
        """After deleting from the state: leave no copy where the engine would keep one."""
        ...


def storage_at(url: str, service: str) -> Storage:
    """The storage `url` names: `sqlite:///<folder>` or `postgresql+asyncpg://…`. Raises ValueError."""
    if SERVICE_NAME.fullmatch(service) is None:
        raise ValueError(
            f"{service!r}: a service's name is lower-case letters, digits, underscores"
        )
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if not parsed.database:
            raise ValueError("a sqlite URL names a folder: sqlite:///<folder>")
        return SqliteStorage(Path(parsed.database), service)
    if parsed.get_backend_name() == "postgresql":
        return PostgresStorage(parsed.set(drivername="postgresql+asyncpg"), service)
    raise ValueError(f"{parsed.get_backend_name()}: read models lie in SQLite or PostgreSQL")


class SqliteStorage:
    """Files `<service>.state.db`, `<service>.read-<n>.db` and `<service>.lock` in a folder."""

    def __init__(self, folder: Path, service: str) -> None:
        self._folder = folder
        self._service = service

    def state(self) -> AsyncEngine:
        return sqlite_engine(self._state_path, KEPT, "BEGIN IMMEDIATE", connections_max=1)

    def state_writer(self) -> Transactions:
        return SqliteTransactions(partial(sqlite_connection, self._state_path, KEPT))

    def reader(self, generation: int) -> AsyncEngine:
        return sqlite_engine(
            self._path(generation), ("query_only = ON",), "BEGIN", connections_max=READERS_MAX
        )

    def writer(self, generation: int) -> Transactions:
        # NORMAL may lose the last transactions with the power, never half of one: rows and checkpoint
        # go back together, and what is missing is read from the log again.
        pragmas = ("synchronous = NORMAL",)
        return SqliteTransactions(partial(sqlite_connection, self._path(generation), pragmas))

    async def prepare(self) -> None:
        await asyncio.to_thread(self._folder.mkdir, parents=True, exist_ok=True)
        await asyncio.to_thread(make_wal, self._state_path)

    async def exclusively(
        self, engine: AsyncEngine, work: Callable[[AsyncConnection], Awaitable[None]]
    ) -> None:
        async with engine.begin() as connection:
            await work(connection)

    async def make(self, generation: int, create: Callable[[Connection], None]) -> None:
        await self.drop(generation)
        pragmas = ("journal_mode = WAL",)  # it stays so
        path = self._path(generation)
        await _run_once(sqlite_engine(path, pragmas, "BEGIN IMMEDIATE", connections_max=1), create)

    async def drop(self, generation: int) -> None:
        path = self._path(generation)
        for file in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
            await asyncio.to_thread(file.unlink, missing_ok=True)

    def lease(self) -> Lease:
        return FileLease(self._folder / f"{self._service}.lock")

    async def forget(self) -> None:
        engine = sqlite_engine(self._state_path, (), None, connections_max=1)
        try:
            async with engine.connect() as connection:
                await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            await engine.dispose()

    @property
    def _state_path(self) -> Path:
        return self._folder / f"{self._service}.state.db"

    def _path(self, generation: int) -> Path:
        return self._folder / f"{self._service}.read-{generation}.db"


class PostgresStorage:
    """Schemas `<service>_state` and `<service>_read_<n>` of one database."""

    def __init__(self, url: URL, service: str) -> None:
        self._url = url
        self._service = service
        self._state_schema = f"{service}_state"
        digest = hashlib.sha256(f"dvk/prepare/{service}".encode()).digest()
        self._preparing = int.from_bytes(digest[:8], "big", signed=True)

    def state(self) -> AsyncEngine:
        return postgres_engine(self._url, self._state_schema, connections_max=STATE_CONNECTIONS_MAX)

    def state_writer(self) -> Transactions:
        engine = postgres_engine(self._url, self._state_schema, connections_max=1)
        return PostgresTransactions(engine)

    def reader(self, generation: int) -> AsyncEngine:
        only_reading = {
            "default_transaction_read_only": "on",
            "default_transaction_isolation": "repeatable read",
        }
        return postgres_engine(
            self._url, self._schema(generation), connections_max=READERS_MAX, settings=only_reading
        )

    def writer(self, generation: int) -> Transactions:
        # As on SQLite: what the last moments before a power cut lose is read from the log again.
        relaxed = {"synchronous_commit": "off"}
        schema = self._schema(generation)
        return PostgresTransactions(
            postgres_engine(self._url, schema, connections_max=1, settings=relaxed)
        )

    async def prepare(self) -> None:
        await self._run(f'CREATE SCHEMA IF NOT EXISTS "{self._state_schema}"')

    async def exclusively(
        self, engine: AsyncEngine, work: Callable[[AsyncConnection], Awaitable[None]]
    ) -> None:
        async with engine.begin() as connection:
            await self._lock(connection)
            await work(connection)

    async def make(self, generation: int, create: Callable[[Connection], None]) -> None:
        schema = self._schema(generation)
        await self._run(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE', f'CREATE SCHEMA "{schema}"')
        await _run_once(postgres_engine(self._url, schema, connections_max=1), create)

    async def drop(self, generation: int) -> None:
        await self._run(f'DROP SCHEMA IF EXISTS "{self._schema(generation)}" CASCADE')

    def lease(self) -> Lease:
        return PostgresLease(self._url, self._service)

    async def forget(self) -> None:
        """PostgreSQL reuses the space of deleted rows by itself (autovacuum)."""

    async def _run(self, *statements: str) -> None:
        engine = postgres_engine(self._url, "public", connections_max=1)
        try:
            async with engine.begin() as connection:
                # Two replicas that start together would both find nothing and one would fail.
                await self._lock(connection)
                for statement in statements:
                    await connection.exec_driver_sql(statement)
        finally:
            await engine.dispose()

    async def _lock(self, connection: AsyncConnection) -> None:
        await connection.execute(
            text("SELECT pg_advisory_xact_lock(:key)"), {"key": self._preparing}
        )

    def _schema(self, generation: int) -> str:
        return f"{self._service}_read_{generation}"


async def _run_once(engine: AsyncEngine, work: Callable[[Connection], None]) -> None:
    """Run `work` in a transaction of `engine`, which is closed then."""
    try:
        async with engine.begin() as connection:
            await connection.run_sync(work)
    finally:
        await engine.dispose()
