"""The log as a SQLite table: schema, the one writer's transaction, and reading. Blocking, no event loop."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec

from shared.domain.logentry import category_of
from shared.eventstore.groupcommit import (
    NO_REVISION,
    Append,
    Outcome,
    Place,
    Placed,
    expected_revision,
    ids_of,
    place_events,
    settle,
)
from shared.eventstore.port import (
    START,
    Appended,
    Expect,
    LogPage,
    StoredEvent,
    StoreError,
    StoreUnavailableError,
)
from shared.sqlite_wal import alone_in

SCHEMA_VERSION: Final = 1
APPLICATION_ID: Final = 0x44564B45
"""`DVKE`, in the file header: tells an event store from any other SQLite file."""

BUSY_MS_MAX: Final = 5000
"""A backup that reads the file may hold its locks for a moment."""

CACHE_KIB: Final = 32 * 1024
WAL_KEPT_BYTES_MAX: Final = 64 * 1024 * 1024

_SCHEMA: Final = f"""
BEGIN IMMEDIATE;
CREATE TABLE events (
    position INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
    stream TEXT NOT NULL,
    revision INTEGER NOT NULL CHECK (revision >= 0),
    category TEXT NOT NULL,
    type TEXT NOT NULL,
    time_us INTEGER NOT NULL,
    data BLOB NOT NULL,
    metadata BLOB NOT NULL,
    trace TEXT NOT NULL,
    UNIQUE (stream, revision)
) STRICT;
CREATE INDEX events_by_category ON events (category, position);
CREATE TRIGGER events_are_kept BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END;
CREATE TRIGGER events_are_final BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'the event log is append-only'); END;
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {SCHEMA_VERSION};
COMMIT;
"""

_SELECT: Final = (
    "SELECT id, type, time_us, data, metadata, trace, stream, revision, position FROM events"
)
_POSITIONS: Final = "SELECT position FROM events"
_ALL_OF: Final = "SELECT * FROM"
_INSERT: Final = "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_INSERT_ALONE: Final = """
INSERT INTO events SELECT NULL, ?1, ?2, ?3 + 1, ?4, ?5, ?6, ?7, ?8, ?9
WHERE ?3 = -1 OR EXISTS (SELECT 1 FROM events WHERE stream = ?2 AND revision = ?3)"""
_HEAD: Final = "SELECT coalesce(max(position), 0) FROM events"
_REVISION: Final = "SELECT max(revision) FROM events WHERE stream = ?"
_REVISIONS: Final = """
SELECT value, (SELECT max(revision) FROM events WHERE stream = value) FROM json_each(?)"""
_PLACE: Final = "SELECT stream, revision, position FROM events WHERE id = ?"

_Row = tuple[bytes, str, int, bytes, bytes, str, str, int, int]


class Writer:
    """The only connection that writes."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        """Use `open`."""
        self._connection = connection
        self._path = path

    @classmethod
    def open(cls, path: Path) -> "Writer":
        """Open or make the log at `path`. Raises StoreError when it is not ours to open."""
        try:
            with alone_in(path.parent):
                connection = _connect(path)
                try:
                    _prepare(connection, path)
                except BaseException:
                    connection.close()
                    raise
        except (sqlite3.Error, OSError) as error:
            raise StoreUnavailableError(
                f"The event store {path} cannot be opened: {error}."
            ) from error
        return cls(connection, path)

    def write(self, batch: Sequence[Append]) -> Sequence[Outcome]:
        """Commit `batch` in one transaction; durable on return, each append with an outcome of its own.

        A crash before the commit's sync ends leaves nothing of the batch, after it all of it.
        """
        try:
            if len(batch) == 1:
                appended = self._append_alone(batch[0])
                if appended is not None:
                    return [appended]
            try:
                return self._transact(batch, look_ids_up=False)
            except sqlite3.IntegrityError:
                # An id of a fitting append stands in the log: rare enough to find out by failing.
                return self._transact(batch, look_ids_up=True)
        except sqlite3.Error as error:
            reason = f"the event store {self._path} did not take the append: {error}"
            return [StoreUnavailableError(reason) for _ in batch]

    def close(self) -> None:
        """Close the connection, moving the write-ahead log into the file if nobody reads."""
        self._connection.close()

    def _append_alone(self, append: Append) -> Appended | None:
        """Store a single event in one statement, itself a transaction; None when that cannot be done.

        That nothing stands above the expected revision, and the id nowhere, is held by the constraints.
        """
        if len(append.events) > 1 or append.expected is Expect.ANY:
            return None
        event = append.events[0]
        expected = expected_revision(append.expected)
        try:
            cursor = self._connection.execute(
                _INSERT_ALONE,
                (
                    event.id.bytes,
                    append.stream,
                    expected,
                    category_of(append.stream),
                    event.type,
                    event.time_us,
                    event.data,
                    event.metadata,
                    event.trace,
                ),
            )
        except sqlite3.IntegrityError:
            return None
        # NULL became the largest position plus one: nothing is ever deleted.
        position = cursor.lastrowid
        if cursor.rowcount == 0 or position is None:
            return None
        return Appended(expected + 1, position)

    def _transact(self, batch: Sequence[Append], *, look_ids_up: bool) -> Sequence[Outcome]:
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            outcomes = self._apply(batch, look_ids_up=look_ids_up)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        return outcomes

    def _apply(self, batch: Sequence[Append], *, look_ids_up: bool) -> Sequence[Outcome]:
        connection = self._connection
        head: int = connection.execute(_HEAD).fetchone()[0]
        heads = self._revisions(batch)
        taken = self._places(ids_of(batch)) if look_ids_up else {}
        placed, results = place_events(batch, head=head, heads=heads, taken=taken)
        connection.executemany(_INSERT, map(_row, placed))
        return [
            result or settle(append, heads[append.stream], self._places(ids_of([append])))
            for append, result in zip(batch, results, strict=True)
        ]

    def _revisions(self, batch: Sequence[Append]) -> dict[str, int]:
        rows: list[tuple[str, int | None]]
        if len(batch) == 1:
            stream = batch[0].stream
            rows = [(stream, self._connection.execute(_REVISION, (stream,)).fetchone()[0])]
        else:
            streams = msgspec.json.encode({append.stream for append in batch}).decode()
            rows = self._connection.execute(_REVISIONS, (streams,)).fetchall()
        return {stream: NO_REVISION if last is None else last for stream, last in rows}

    def _places(self, ids: Sequence[UUID]) -> dict[UUID, Place]:
        found = {id_: self._connection.execute(_PLACE, (id_.bytes,)).fetchone() for id_ in ids}
        return {id_: Place(*row) for id_, row in found.items() if row is not None}


class Reader:
    """A connection that reads, undisturbed by the writer."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Use `open`."""
        self._connection = connection

    @classmethod
    def open(cls, path: Path) -> "Reader":
        """Open the existing log at `path` for reading. Raises sqlite3.Error."""
        connection = _connect(path)
        connection.execute("PRAGMA query_only = ON")
        return cls(connection)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def head(self) -> int:
        """Position of the last event, START if none."""
        head: int = self._connection.execute(_HEAD).fetchone()[0]
        return head

    def stream(self, stream: str, after_revision: int, limit: int) -> Sequence[StoredEvent]:
        """Events of `stream` above `after_revision`, ascending."""
        return self._events(
            _SELECT + " WHERE stream = ? AND revision > ? ORDER BY revision LIMIT ?",
            (stream, after_revision, limit),
        )

    def stream_backwards(
        self, stream: str, before_revision: int | None, limit: int
    ) -> Sequence[StoredEvent]:
        """Events of `stream` below `before_revision`, descending."""
        below = 2**63 - 1 if before_revision is None else before_revision
        return self._events(
            _SELECT + " WHERE stream = ? AND revision < ? ORDER BY revision DESC LIMIT ?",
            (stream, below, limit),
        )

    def page(self, after: int, categories: Sequence[str] | None, limit: int) -> LogPage:
        """Events above position `after`, ascending."""
        # Before the events: what is committed in between may be on the page, and is not skipped.
        head = max(self.head(), after)
        events = self._log_events(">", after, categories, limit)
        last = events[-1].position if events else after
        return LogPage(events, last if len(events) == limit else max(last, head))

    def page_backwards(
        self, before: int | None, categories: Sequence[str] | None, limit: int
    ) -> LogPage:
        """Events below position `before`, descending."""
        below = 2**63 - 1 if before is None else before
        events = self._log_events("<", below, categories, limit)
        return LogPage(events, events[-1].position if len(events) == limit else START)

    def _log_events(
        self, side: str, position: int, categories: Sequence[str] | None, limit: int
    ) -> Sequence[StoredEvent]:
        order = "ASC" if side == ">" else "DESC"
        if categories is None:
            return self._events(
                _SELECT + f" WHERE position {side} ? ORDER BY position {order} LIMIT ?",
                (position, limit),
            )
        if not categories:
            return []
        # One bounded index scan per category. `category IN (…)` would sort the whole rest of the log
        # for each page.
        ordered = f"ORDER BY position {order} LIMIT ?"
        scan = _POSITIONS + f" WHERE category = ? AND position {side} ? {ordered}"
        scans = " UNION ALL ".join([f"{_ALL_OF} ({scan})"] * len(categories))
        parameters = [value for category in categories for value in (category, position, limit)]
        return self._events(
            _SELECT
            + f" JOIN ({scans} {ordered}) AS wanted USING (position) ORDER BY position {order}",
            (*parameters, limit),
        )

    def _events(self, query: str, parameters: Sequence[str | int]) -> Sequence[StoredEvent]:
        rows: list[_Row] = self._connection.execute(query, parameters).fetchall()
        # All at once: UUID's own constructor would take longer than everything else here.
        ids = msgspec.convert([row[0] for row in rows], list[UUID])
        return [StoredEvent(id_, *row[1:]) for id_, row in zip(ids, rows, strict=True)]


def _row(placed: Placed) -> tuple[int, bytes, str, int, str, str, int, bytes, bytes, str]:
    event, stream, revision, position = placed
    return (
        position,
        event.id.bytes,
        stream,
        revision,
        category_of(stream),
        event.type,
        event.time_us,
        event.data,
        event.metadata,
        event.trace,
    )


def _connect(path: Path) -> sqlite3.Connection:
    # Transactions are ours (isolation_level None). One thread at a time uses a connection, not always
    # the same one.
    connection = sqlite3.connect(
        path, timeout=BUSY_MS_MAX / 1000, isolation_level=None, check_same_thread=False
    )
    connection.execute(f"PRAGMA cache_size = {-CACHE_KIB}")
    return connection


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    application: int = connection.execute("PRAGMA application_id").fetchone()[0]
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    tables: int = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    if tables and application != APPLICATION_ID:
        raise StoreError(
            f"{path} is a database of something else, not an event store. Choose another path."
        )
    if version > SCHEMA_VERSION:
        raise StoreError(
            f"The event store {path} has schema version {version}, this software knows versions up to "
            f"{SCHEMA_VERSION}. Install the newer software that made it; nothing was changed."
        )
    connection.execute("PRAGMA journal_mode = WAL")
    # NORMAL would lose acknowledged appends in a power cut.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA journal_size_limit = {WAL_KEPT_BYTES_MAX}")
    if not tables:
        connection.executescript(_SCHEMA)
