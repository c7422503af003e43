"""One active worker per service, however many replicas run."""

import asyncio
import fcntl
import hashlib
import io
from pathlib import Path
from typing import Final, Protocol

import asyncpg
from sqlalchemy.engine import URL

RETRY_SECONDS: Final = 0.25
"""How often a stand-by tries for a file lock; no notice comes when it is let go."""

CHECK_SECONDS: Final = 2.0
"""How often the holder asks whether its connection still stands."""

ANSWER_SECONDS_MAX: Final = 5.0
NO_ANSWER: Final = (
    OSError,
    TimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    # Asked between the server's farewell and the end of the connection.
    asyncpg.InternalClientError,
)
"""How the driver says that the server did not answer on a connection."""
KEEPALIVES: Final = {
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "2",
}
"""So that the server lets go, within some 15 s, of a holder whose machine is gone."""


class Lease(Protocol):
    """Held by at most one process.

    A holder may learn late that it lost the lease. So the lease only saves work: what a stale holder
    writes is refused by the guarded checkpoints, and what it appends is recognised by its ids.
    """

    async def acquire(self) -> None:
        """Return once it is held. Raises OSError or asyncpg errors when the place is unreachable."""
        ...

    async def lost(self) -> None:
        """Return when it is no longer held."""
        ...

    async def release(self) -> None:
        """Let go. Idempotent."""
        ...


class FileLease:
    """A lock on a file; the operating system releases it with the process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: io.FileIO | None = None

    async def acquire(self) -> None:
        opening = asyncio.ensure_future(asyncio.to_thread(io.FileIO, self._path, "a"))
        try:
            file = await asyncio.shield(opening)
        except asyncio.CancelledError:
            # The thread opens it in any case; only who waits for it can close it.
            (await opening).close()
            raise
        try:
            while not _locked(file):  # noqa: ASYNC110 - the system gives no notice
                await asyncio.sleep(RETRY_SECONDS)
        except BaseException:
            file.close()
            raise
        self._file = file

    async def lost(self) -> None:
        await asyncio.get_running_loop().create_future()

    async def release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def _locked(file: io.FileIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class PostgresLease:
    """A session's advisory lock on a connection of its own; it goes with the connection."""

    def __init__(self, url: URL, service: str) -> None:
        self._url = url
        digest = hashlib.sha256(f"dvk/lease/{service}".encode()).digest()
        self._key = int.from_bytes(digest[:8], "big", signed=True)
        self._connection: asyncpg.Connection | None = None
        self._ended = asyncio.Event()

    async def acquire(self) -> None:
        connection = await asyncpg.connect(
            self._url.set(drivername="postgresql").render_as_string(hide_password=False),
            timeout=ANSWER_SECONDS_MAX,
            server_settings=KEEPALIVES,
        )
        try:
            # Waits at the server, which wakes the next in line the moment the lock is free.
            await connection.execute("SELECT pg_advisory_lock($1)", self._key)
        except BaseException:
            connection.terminate()
            raise
        self._ended = ended = asyncio.Event()
        connection.add_termination_listener(lambda _: ended.set())
        self._connection = connection

    async def lost(self) -> None:
        connection = self._connection
        while connection is not None and not self._ended.is_set():
            try:
                async with asyncio.timeout(CHECK_SECONDS):
                    await self._ended.wait()
            except TimeoutError:
                try:
                    await connection.fetchval("SELECT 1", timeout=ANSWER_SECONDS_MAX)
                except NO_ANSWER:
                    return

    async def release(self) -> None:
        if self._connection is not None:
            # Nothing to say goodbye for: closing the socket frees the lock, and cannot hang.
            self._connection.terminate()
            self._connection = None
