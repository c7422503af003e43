"""The aggregates a process has folded: kept by stream, dropped when unused, never trusted blindly."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

CACHED_EVENTS_MAX: Final = 200_000
"""Events whose folded streams are kept, all aggregates together: some 30 MB of ids and states."""

SLOT_WEIGHT: Final = 8
"""What a stream's fold weighs beside its ids, in events."""


@dataclass(slots=True)
class Known:
    """A stream as far as it was read: its fold, and at which revision each event id stands."""

    state: Any
    revision: int = -1
    position: int = 0
    ids: dict[UUID, int] = field(default_factory=dict)


@dataclass(slots=True)
class Slot:
    """A cached stream. Commands of this process take turns on it, so they never race each other:
    otherwise of n commands on one stream n - 1 would lose each round.

    `doubtful` after an append whose effect is unknown: what the store answers next may be the
    first attempt's events, which differ from ours in time, so they are read instead of assumed.
    """

    stream: str
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    known: Known | None = None
    doubtful: bool = False


class AggregateCache:
    """Slots by stream, the ones used longest ago dropped first."""

    def __init__(self, events_max: int = CACHED_EVENTS_MAX) -> None:
        self._slots: OrderedDict[str, Slot] = OrderedDict()
        self._events_max = events_max
        self._weight = 0

    def slot(self, stream: str) -> Slot:
        """The slot of `stream`, made empty if it is not there."""
        slot = self._slots.get(stream)
        if slot is None:
            slot = self._slots[stream] = Slot(stream)
            self._weight += SLOT_WEIGHT
            self._evict()
        else:
            self._slots.move_to_end(stream)
        return slot

    def advance(
        self, slot: Slot, known: Known, state: object, ids: list[UUID], position: int
    ) -> Known:
        """Keep that `known` gained events `ids`, which lead to `state`; `known` belongs to the slot."""
        advanced = Known(state, known.revision + len(ids), position, known.ids)
        for revision, event_id in enumerate(ids, known.revision + 1):
            advanced.ids[event_id] = revision
        if self._slots.get(slot.stream) is slot:
            self._weight += len(advanced.ids) if slot.known is None else len(ids)
        slot.known = advanced
        self._evict()
        return advanced

    def forget(self, slot: Slot) -> None:
        """Drop what was folded; the next use reads the stream from its start."""
        if slot.known is not None and self._slots.get(slot.stream) is slot:
            self._weight -= len(slot.known.ids)
        slot.known = None

    def _evict(self) -> None:
        """Forget the streams used longest ago, but none whose append is under way or in doubt."""
        for _ in range(len(self._slots) - 1):
            if self._weight <= self._events_max:
                return
            stream, slot = self._slots.popitem(last=False)
            if slot.turn.locked() or slot.doubtful:
                self._slots[stream] = slot
            else:
                self._weight -= SLOT_WEIGHT + (0 if slot.known is None else len(slot.known.ids))
