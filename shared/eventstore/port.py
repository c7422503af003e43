"""The event store port: what every adapter promises. The contract suite holds each to it."""

from collections.abc import AsyncGenerator, Collection, Sequence
from enum import Enum
from typing import Final, Protocol
from uuid import UUID

import msgspec

from shared.domain.logentry import category_of

START: Final = 0
"""The position before the first event; positions of events are greater."""

READ_LIMIT_MAX: Final = 4096
"""No page is larger, whatever is asked for."""

APPEND_EVENTS_MAX: Final = 512
"""Events in one append."""

STREAM_NAME_BYTES_MAX: Final = 200


class Expect(Enum):
    """Expected revision of a stream where it is not an exact number."""

    NO_STREAM = "no stream"
    ANY = "any"


Expected = Expect | int


class NewEvent(msgspec.Struct, frozen=True):
    """An event to append. `data` and `metadata` are stored, hashed and given back byte for byte.

    `type` is the stored name with its version (`dvk.registration.ModelRegistered.v1`). `time_us` is
    our time, microseconds since 1970 UTC. `trace` is a W3C traceparent, stored beside and never hashed.
    """

    id: UUID
    type: str
    time_us: int
    data: bytes
    metadata: bytes
    trace: str = ""


class StoredEvent(msgspec.Struct, frozen=True):
    """An event as stored. `revision` counts from 0 in its stream; `position` increases over the log."""

    id: UUID
    type: str
    time_us: int
    data: bytes
    metadata: bytes
    trace: str
    stream: str
    revision: int
    position: int

    @property
    def category(self) -> str:
        """What stands before the first hyphen of the stream name."""
        return category_of(self.stream)


class Appended(msgspec.Struct, frozen=True):
    """Where an append stands: revision and position of its last event."""

    revision: int
    position: int


class LogPage(msgspec.Struct, frozen=True):
    """Consecutive events of some categories, and how far the log has been looked through.

    Nothing of those categories stands between the last event and `scanned_to`, and nothing will:
    a reader that goes on from `scanned_to` misses nothing. As a checkpoint, `scanned_to` and the
    position of the last event are equally good.
    """

    events: Sequence[StoredEvent]
    scanned_to: int


class StoreError(Exception):
    """Base of what a store raises."""


class WrongRevisionError(StoreError):
    """The stream is not at the expected revision; nothing was appended. `actual` is None for no stream."""

    def __init__(self, stream: str, expected: Expected, actual: int | None) -> None:
        self.stream = stream
        self.expected = expected
        self.actual = actual
        super().__init__(f"{stream} is at {actual}, expected {expected}")


class EventIdTakenError(StoreError):
    """An event id of the append already stands elsewhere in the log; nothing was appended."""


class InvalidAppendError(StoreError):
    """The append breaks a limit or a naming rule and can never succeed; nothing was appended."""


class StoreUnavailableError(StoreError):
    """The store cannot be reached or did not answer. Whether an append took effect is unknown:
    the same append, ids and expected revision unchanged, may be repeated and tells.
    """


class EventStore(Protocol):
    """An append-only log of events in one total order, each event in one stream.

    Durable: when `append` returns, its events survive a crash of process and machine.
    Atomic: all events of an append or none, at consecutive revisions.
    Idempotent: the same ids with the same expected revision (no stream or exact) give the first
    result again, for ever and after any later append. With `Expect.ANY` the same holds in the SQL
    adapters and is best effort on EventStoreDB, as is noticing an id that stands in another stream.
    No skips: a reader that has seen a position never misses a lower one that commits later.
    Categories: a stream's category is its name before the first hyphen. Names are NFC, without
    control characters.
    """

    async def append(self, stream: str, expected: Expected, events: Sequence[NewEvent]) -> Appended:
        """Append `events` to `stream` if it stands at `expected`.

        Raises WrongRevisionError, EventIdTakenError, InvalidAppendError, StoreUnavailableError.
        """
        ...

    async def read_stream(
        self, stream: str, *, after_revision: int = -1, limit: int = READ_LIMIT_MAX
    ) -> Sequence[StoredEvent]:
        """Events of `stream` with a revision greater than `after_revision`, ascending. Empty if none."""
        ...

    async def read_stream_backwards(
        self, stream: str, *, before_revision: int | None = None, limit: int = READ_LIMIT_MAX
    ) -> Sequence[StoredEvent]:
        """Events of `stream` below `before_revision` (from its end when None), descending."""
        ...

    async def read_log(
        self,
        *,
        after: int = START,
        categories: Collection[str] | None = None,
        limit: int = READ_LIMIT_MAX,
    ) -> LogPage:
        """The next events after position `after`, of `categories` (all when None), ascending.

        An empty page means the end of the log was reached; a page shorter than `limit` may also
        just have stopped looking: go on from `scanned_to` until a page is empty.
        """
        ...

    async def read_log_backwards(
        self,
        *,
        before: int | None = None,
        categories: Collection[str] | None = None,
        limit: int = READ_LIMIT_MAX,
    ) -> LogPage:
        """The previous events below position `before` (from the end when None), descending."""
        ...

    def follow(
        self, *, after: int = START, categories: Collection[str] | None = None
    ) -> AsyncGenerator[LogPage, None]:
        """Pages of events after `after`, for ever: history first, then each append as it commits.

        Woken by the append, not by polling. After a lost connection it goes on by itself from the last
        page given, with bounded back-off. Pages are non-empty. Close the iterator to stop.
        """
        ...

    async def head(self) -> int:
        """Position of the last event in the log, START when it is empty."""
        ...

    async def close(self) -> None:
        """Release connections and threads. Appends under way finish first."""
        ...
