"""What was recorded up to a place in the log, folded as it is read: what a check looks into."""

from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from services.audit.domain.deciders import DECIDERS, AnyDecider, decode
from shared.contracts.event import Event
from shared.contracts.metadata import Metadata
from shared.domain.decider import Decider, Request
from shared.domain.logentry import Entry, category_of

S = TypeVar("S")
E = TypeVar("E", bound=Event)


class Record(msgspec.Struct, frozen=True):
    """An entry of the log, read: `index` is its leaf number, `event` stands in today's shape."""

    index: int
    entry: Entry
    event: Event
    metadata: Metadata


def read(index: int, entry: Entry) -> Record:
    """Raises KeyError for a category nobody publishes, UnknownEventTypeError, msgspec.ValidationError."""
    return Record(
        index,
        entry,
        decode(entry),
        msgspec.json.decode(entry.metadata, type=Metadata),
    )


class Step(msgspec.Struct, frozen=True):
    """One append: what was commanded, on what stood before it in its stream, and what was recorded of it.

    `command` is the struct of `decider.commands` that the record names; `before` the state that was folded.
    """

    stream: str
    decider: AnyDecider
    command: Request
    before: Any
    records: tuple[Record, ...]

    @property
    def first(self) -> Record:
        """The one that carries the command."""
        return self.records[0]

    @property
    def id(self) -> str:
        """The aggregate's id: what stands behind the category in the stream's name."""
        return self.stream.partition("-")[2]


class History:
    """Everything before a place in the log. Grows by `add`, in the order of the log."""

    def __init__(self) -> None:
        self._streams: dict[str, list[Record]] = {}
        self._states: dict[str, Any] = {}
        self._by_id: dict[UUID, Record] = {}
        self._by_type: dict[type[Event], list[Record]] = {}
        self._by_category: dict[str, list[str]] = {}

    def add(self, record: Record) -> None:
        """The next entry. What it says of its revision is not looked at here."""
        stream = record.entry.stream
        decider = DECIDERS[category_of(stream)]
        if stream not in self._streams:
            self._streams[stream] = []
            self._states[stream] = decider.initial_state
            self._by_category.setdefault(decider.category, []).append(stream)
        self._streams[stream].append(record)
        self._states[stream] = decider.evolve(self._states[stream], record.event)
        self._by_id[record.entry.id] = record
        self._by_type.setdefault(type(record.event), []).append(record)

    def state(self, decider: Decider[S, Any, Any], aggregate_id: UUID | str) -> S:
        """As the aggregate stands; its initial state where it has no event."""
        state: S = self._states.get(f"{decider.category}-{aggregate_id}", decider.initial_state)
        return state

    def state_at(self, decider: Decider[S, Any, Any], aggregate_id: UUID | str, index: int) -> S:
        """As the aggregate stood once the entry `index` was there."""
        events = (
            record.event
            for record in self.records(f"{decider.category}-{aggregate_id}")
            if record.index <= index
        )
        return decider.fold(events)

    def records(self, stream: str) -> Sequence[Record]:
        """Of one stream, in order."""
        return self._streams.get(stream, ())

    def find(self, event_id: UUID) -> Record | None:
        """The entry with this id."""
        return self._by_id.get(event_id)

    def of(self, event_type: type[E]) -> Sequence[Record]:
        """Every entry whose event has this type, in the order of the log."""
        return self._by_type.get(event_type, ())

    def streams(self, category: str) -> Sequence[str]:
        """The names of the streams of a category, in the order of their first entries."""
        return self._by_category.get(category, ())
