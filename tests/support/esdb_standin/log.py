"""The stand-in's log: records in one order, and the product's decision about each append.

Kept in memory, and in a SQLite file where one is given, so that a killed process loses nothing
it has answered for.
"""

import json
import sqlite3
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

Expected = int | Literal["no stream", "any", "stream exists"]

FIRST_POSITION: Final = 1_000
"""A node writes records of its own before anyone else's; the first event is never at position 0."""

RECORD_OVERHEAD_BYTES: Final = 77
"""Positions are byte offsets in the product's log, so they are sparse."""

RECENT_IDS_MAX: Final = 1_000
"""Ids remembered for appends at any revision; the product's cache is bounded too."""

APPEND_BYTES_MAX: Final = 1_048_576
"""The product's default for the size of one append."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """An event somebody wants appended."""

    id: str
    type: str
    content_type: str
    data: bytes
    metadata: bytes

    @property
    def size(self) -> int:
        return RECORD_OVERHEAD_BYTES + len(self.type) + len(self.data) + len(self.metadata)


@dataclass(frozen=True, slots=True)
class Record:
    """An event in the log."""

    event: Proposed
    stream: str
    revision: int
    position: int


@dataclass(frozen=True, slots=True)
class Done:
    """Where the last event of an append stands; the first result, when it was done before."""

    revision: int
    position: int


@dataclass(frozen=True, slots=True)
class WrongVersion:
    """The append was refused; `current` is None for no stream."""

    current: int | None


class Log:
    """Records in order of position. `file` keeps them over a restart of the process."""

    def __init__(self, file: Path | None = None) -> None:
        self.records: list[Record] = []
        self._positions: list[int] = []
        self._streams: dict[str, list[Record]] = {}
        self._recent: dict[str, Record] = {}
        self.compares_ids = True
        """Whether an append at a passed revision is compared with what stands there."""
        self._end = FIRST_POSITION
        self._database = sqlite3.connect(file or ":memory:", isolation_level=None)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=FULL")
        self._database.execute(
            "CREATE TABLE IF NOT EXISTS record (position INTEGER PRIMARY KEY, stream TEXT,"
            " revision INTEGER, id TEXT, type TEXT, content_type TEXT, data BLOB, metadata BLOB)"
        )
        rows = self._database.execute("SELECT * FROM record ORDER BY position")
        for position, stream, revision, *event in rows:
            self._keep(Record(Proposed(*event), stream, revision, position))

    @property
    def end(self) -> int:
        """The position the next record will get."""
        return self._end

    def append(
        self, stream: str, expected: Expected, events: Sequence[Proposed]
    ) -> Done | WrongVersion:
        """Append, or say again where the same append stands, or refuse: as IndexWriter.CheckCommit."""
        standing = self._streams.get(stream, [])
        current = len(standing) - 1
        if expected in ("any", "stream exists"):
            if expected == "stream exists" and not standing:
                return WrongVersion(None)
            earlier = self._appended_recently(stream, events)
        else:
            version = -1 if expected == "no stream" else int(expected)
            if version > current:
                return WrongVersion(current if standing else None)
            # At the current version nothing is compared: the same events are appended again.
            earlier = self._standing_after(standing, version, events) if version < current else []
        if earlier is None:
            return WrongVersion(current)
        if earlier:
            return Done(earlier[-1].revision, earlier[-1].position)
        return self._write(stream, current + 1, events)

    def _standing_after(
        self, standing: list[Record], version: int, events: Sequence[Proposed]
    ) -> list[Record] | None:
        found = standing[version + 1 : version + 1 + len(events)]
        same = [record.event.id for record in found] == [event.id for event in events]
        return found if same and self.compares_ids else None

    def _appended_recently(self, stream: str, events: Sequence[Proposed]) -> list[Record] | None:
        known = [self._recent.get(event.id) for event in events]
        found = [record for record in known if record is not None and record.stream == stream]
        if known[0] is None or known[0].stream != stream:
            return []
        return found if len(found) == len(events) else None

    def _write(self, stream: str, revision: int, events: Sequence[Proposed]) -> Done:
        position = self._end
        written: list[Record] = []
        for number, event in enumerate(events):
            written.append(Record(event, stream, revision + number, position))
            position += event.size
        # A crash before COMMIT leaves none of the events, after it all of them.
        self._database.execute("BEGIN")
        self._database.executemany(
            "INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (r.position, r.stream, r.revision, e.id, e.type, e.content_type, e.data, e.metadata)
                for r in written
                for e in [r.event]
            ],
        )
        self._database.execute("COMMIT")
        for record in written:
            self._keep(record)
        return Done(written[-1].revision, written[-1].position)

    def _keep(self, record: Record) -> None:
        self.records.append(record)
        self._positions.append(record.position)
        self._streams.setdefault(record.stream, []).append(record)
        self._recent.pop(record.event.id, None)
        self._recent[record.event.id] = record
        if len(self._recent) > RECENT_IDS_MAX:
            del self._recent[next(iter(self._recent))]
        self._end = record.position + record.event.size

    def forget_recent_ids(self) -> None:
        """As after a restart or a change of leader: appends at any revision are no longer recognised."""
        self._recent.clear()

    def stream(self, name: str) -> Sequence[Record] | None:
        """The records of a stream, less those its metadata hides, or None where there is none."""
        records = self._streams.get(name)
        metadata = self._streams.get(f"$${name}")
        if records is None or metadata is None:
            return records
        return records[json.loads(metadata[-1].event.data).get("$tb", 0) :]

    def is_boundary(self, position: int) -> bool:
        """Whether a record starts at `position`, or the log starts or ends there."""
        index = bisect_left(self._positions, position)
        starts = index < len(self._positions) and self._positions[index] == position
        return starts or position in (0, self._end)

    def index_from(self, position: int) -> int:
        """Index of the first record at or after `position`."""
        return bisect_left(self._positions, position)

    def index_after(self, position: int) -> int:
        """Index of the first record after `position`."""
        return bisect_right(self._positions, position)

    def backwards_from(self, position: int | None) -> Sequence[Record]:
        """The records below `position`, last first."""
        end = len(self.records) if position is None else self.index_from(position)
        return self.records[:end][::-1]

    def close(self) -> None:
        """Close the file."""
        self._database.close()


Filter = Callable[[Record], bool]
