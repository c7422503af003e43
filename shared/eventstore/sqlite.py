"""The event store in one SQLite file: nothing to install, the same durability, one server process."""

import asyncio
import contextlib
import fcntl
import io
import os
import sqlite3
import threading
import time
from collections.abc import AsyncGenerator, Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, TypeVar

from shared.domain.logentry import category_of
from shared.eventstore import sqlite_log
from shared.eventstore.follow import FOLLOW_PAGE_EVENTS, Bell, follow_pages
from shared.eventstore.groupcommit import Append, GroupCommit, Outcome
from shared.eventstore.port import (
    READ_LIMIT_MAX,
    START,
    Appended,
    Expected,
    LogPage,
    NewEvent,
    StoredEvent,
    StoreError,
    StoreUnavailableError,
)
from shared.eventstore.validation import category_set, check_append, page_limit

INLINE_COMMIT_US_MAX: Final = 1000
"""A lone append is committed on the event loop's own thread while commits take no longer than this."""

READ_THREADS: Final = 2

T = TypeVar("T")


class SqliteEventStore:
    """EventStore in a SQLite file (WAL, synchronous=FULL). Use it from the event loop that opened it.

    One process at a time: an operating-system lock beside the file refuses a second one, and goes with
    the process however that ends. Positions are 1, 2, 3 … without gaps.

    Repeats: an append whose ids stand in its stream, in order and one after the other, right where its
    expected revision says (anywhere for Expect.ANY), gives its first result. The same ids expected
    elsewhere raise WrongRevisionError, or EventIdTakenError if the stream is at that revision now.
    Some ids known and others not, another order or another stream raise EventIdTakenError.
    """

    def __init__(self, path: Path, lock: io.FileIO, writer: sqlite_log.Writer) -> None:
        """Use `open`."""
        self._path = path
        self._lock = lock
        self._writer = writer
        self._commit_us = 0
        self._bell = Bell()
        self._appends = GroupCommit(self._commit)
        self._write_thread = ThreadPoolExecutor(1, "event-store-write")
        self._read_threads = ThreadPoolExecutor(READ_THREADS, "event-store-read")
        self._readers = _ReaderPerThread(path)

    @classmethod
    async def open(cls, path: Path) -> "SqliteEventStore":
        """Open the store at `path`, making it if there is none.

        Raises StoreError when another process has it open, when it is no event store or a newer one;
        StoreUnavailableError when the file cannot be used.
        """
        return await asyncio.to_thread(cls._open, path)

    @classmethod
    def _open(cls, path: Path) -> "SqliteEventStore":
        lock = _lock(path)
        try:
            return cls(path, lock, sqlite_log.Writer.open(path))
        except BaseException:
            lock.close()
            raise

    async def append(self, stream: str, expected: Expected, events: Sequence[NewEvent]) -> Appended:
        """See EventStore.append."""
        check_append(stream, expected, events)
        return await self._appends.append(Append(stream, expected, events))

    async def read_stream(
        self, stream: str, *, after_revision: int = -1, limit: int = READ_LIMIT_MAX
    ) -> Sequence[StoredEvent]:
        """See EventStore.read_stream."""
        count = page_limit(limit)
        return await self._read(lambda log: log.stream(stream, after_revision, count))

    async def read_stream_backwards(
        self, stream: str, *, before_revision: int | None = None, limit: int = READ_LIMIT_MAX
    ) -> Sequence[StoredEvent]:
        """See EventStore.read_stream_backwards."""
        count = page_limit(limit)
        return await self._read(lambda log: log.stream_backwards(stream, before_revision, count))

    async def read_log(
        self,
        *,
        after: int = START,
        categories: Collection[str] | None = None,
        limit: int = READ_LIMIT_MAX,
    ) -> LogPage:
        """See EventStore.read_log."""
        count = page_limit(limit)
        wanted = None if categories is None else category_set(categories)
        return await self._read(lambda log: log.page(after, wanted, count))

    async def read_log_backwards(
        self,
        *,
        before: int | None = None,
        categories: Collection[str] | None = None,
        limit: int = READ_LIMIT_MAX,
    ) -> LogPage:
        """See EventStore.read_log_backwards."""
        count = page_limit(limit)
        wanted = None if categories is None else category_set(categories)
        return await self._read(lambda log: log.page_backwards(before, wanted, count))

    def follow(
        self, *, after: int = START, categories: Collection[str] | None = None
    ) -> AsyncGenerator[LogPage, None]:
        """See EventStore.follow."""
        wanted = None if categories is None else category_set(categories)
        return follow_pages(
            lambda position: self._read(lambda log: log.page(position, wanted, FOLLOW_PAGE_EVENTS)),
            self._bell,
            after,
            wanted,
        )

    async def head(self) -> int:
        """See EventStore.head."""
        return await self._read(lambda log: log.head())

    async def close(self) -> None:
        """See EventStore.close."""
        await self._appends.close()
        self._bell.close()
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._write_thread.shutdown()
        self._read_threads.shutdown()
        self._readers.close()
        self._writer.close()
        self._lock.close()

    async def _commit(self, batch: Sequence[Append]) -> Sequence[Outcome]:
        # The hop to a thread and back costs more than a fast commit. A slow disk would hold up
        # everything else on the loop, and there the hop does not matter.
        if len(batch) == 1 and self._commit_us <= INLINE_COMMIT_US_MAX:
            outcomes = self._write(batch)
        else:
            loop = asyncio.get_running_loop()
            outcomes = await loop.run_in_executor(self._write_thread, self._write, batch)
        self._bell.ring({category_of(append.stream) for append in batch})
        return outcomes

    def _write(self, batch: Sequence[Append]) -> Sequence[Outcome]:
        started_ns = time.perf_counter_ns()
        outcomes = self._writer.write(batch)
        self._commit_us = (time.perf_counter_ns() - started_ns) // 1000
        return outcomes

    async def _read(self, read: Callable[[sqlite_log.Reader], T]) -> T:
        self._bell.check_open()

        def on_reader() -> T:
            try:
                return read(self._readers.get())
            except sqlite3.Error as error:
                raise _unavailable(self._path, error) from error

        return await asyncio.get_running_loop().run_in_executor(self._read_threads, on_reader)


class _ReaderPerThread:
    """A connection for each reading thread: they never wait for each other or for the writer."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self._opened: list[sqlite_log.Reader] = []

    def get(self) -> sqlite_log.Reader:
        reader: sqlite_log.Reader | None = getattr(self._local, "reader", None)
        if reader is None:
            reader = self._local.reader = sqlite_log.Reader.open(self._path)
            self._opened.append(reader)
        return reader

    def close(self) -> None:
        """Once no thread reads any more."""
        for reader in self._opened:
            reader.close()


def _lock(path: Path) -> io.FileIO:
    """The locked file `<path>.lock`. SQLite's own locks would let a second server write in turn."""
    try:
        lock = io.FileIO(path.with_name(f"{path.name}.lock"), "a+")
    except OSError as error:
        raise _unavailable(path, error) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(lock.fileno(), 20, 0).decode("ascii", "replace").strip() or "unknown"
        lock.close()
        raise StoreError(
            f"The event store {path} is open in another process (id {holder}). Stop that one first, "
            "let it do the work, or use PostgreSQL to run several server processes."
        ) from None
    with contextlib.suppress(OSError):  # the id only makes the sentence above more helpful
        lock.truncate(0)
        lock.write(str(os.getpid()).encode())
    return lock


def _unavailable(path: Path, error: Exception) -> StoreUnavailableError:
    return StoreUnavailableError(f"the event store {path} did not answer: {error}")
