"""Makes a SQLite file one that can be read while it is written (write-ahead log)."""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Hold `folder` against every other process's and thread's `alone_in`. Blocking: keep it short."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def make_wal(path: Path) -> None:
    """Make the file if need be and switch it; it stays so. Idempotent, also when several do it at once.

    Alone, because two connections that switch at once wait for each other's lock, and SQLite then tells
    one of them at once, whatever its timeout, that the file is locked.
    """
    with alone_in(path.parent), closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
