"""Connections to SQLite files and PostgreSQL schemas, for whoever asks in SQLAlchemy's words."""

import asyncio
import contextlib
import sqlite3
from functools import partial
from pathlib import Path
from typing import Final

import aiosqlite
from sqlalchemy import event
from sqlalchemy.engine import URL, Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

BUSY_SECONDS_MAX: Final = 10
"""How long a SQLite connection waits for another one's write."""

POOL_WAIT_SECONDS_MAX: Final = 30
CONNECT_SECONDS_MAX: Final = 10


def sqlite_connection(path: Path, pragmas: tuple[str, ...]) -> sqlite3.Connection:
    """A connection that begins nothing by itself, for one thread at a time. Raises sqlite3.Error."""
    connection = sqlite3.connect(
        path, timeout=BUSY_SECONDS_MAX, isolation_level=None, check_same_thread=False
    )
    try:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


def sqlite_engine(
    path: Path, pragmas: tuple[str, ...], begin: str | None, *, connections_max: int
) -> AsyncEngine:
    """Connections to a file, each transaction begun as `begin` says."""
    engine = create_async_engine(
        URL.create("sqlite+aiosqlite", database=str(path)),
        pool_size=connections_max,
        max_overflow=0,
        pool_timeout=POOL_WAIT_SECONDS_MAX,
        async_creator=partial(_connect, path),
    )

    def opened(connection: DBAPIConnection, _record: object) -> None:
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    def begun(connection: Connection) -> None:
        if begin is not None:
            connection.exec_driver_sql(begin)

    event.listen(engine.sync_engine, "connect", opened)
    event.listen(engine.sync_engine, "begin", begun)
    return engine


async def _connect(path: Path) -> aiosqlite.Connection:
    """A connection that is not left behind open when whoever wanted it is cancelled meanwhile."""
    # The driver would begin by itself, and only before a write: a read would not be one moment.
    connecting = aiosqlite.connect(path, timeout=BUSY_SECONDS_MAX, isolation_level=None)
    # As SQLAlchemy does it: a thread that waits for work must not keep the process from ending.
    connecting._thread.daemon = True  # noqa: SLF001 - there is no public way
    opening = asyncio.ensure_future(_opened(connecting))
    try:
        return await asyncio.shield(opening)
    except asyncio.CancelledError:
        # The thread opens the file in any case; only who waits for it can close it.
        with contextlib.suppress(aiosqlite.Error):
            await (await opening).close()
        raise


async def _opened(connecting: aiosqlite.Connection) -> aiosqlite.Connection:
    return await connecting


def postgres_engine(
    url: URL, schema: str, *, connections_max: int, settings: dict[str, str] | None = None
) -> AsyncEngine:
    """Connections whose unqualified names are in `schema`; `settings` are the server's."""
    return create_async_engine(
        url,
        pool_size=connections_max,
        max_overflow=0,
        pool_timeout=POOL_WAIT_SECONDS_MAX,
        pool_pre_ping=True,
        connect_args={
            "timeout": CONNECT_SECONDS_MAX,
            "server_settings": {"search_path": f'"{schema}"', **(settings or {})},
        },
    )
