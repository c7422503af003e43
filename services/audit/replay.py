"""Re-executes history: any stream's state as at any time, by the services' own deciders."""

from collections.abc import Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final

import msgspec

from services.audit.domain.deciders import DECIDERS, decode
from shared.domain.logentry import category_of
from shared.domain.time import to_microseconds
from shared.eventstore.port import StoredEvent
from shared.host.service import Log

STREAM_EVENTS_MAX: Final = 50_000
"""A stream is read up to here; the longest real ones, busy ballots and models, have some hundreds."""

_READ_EVENTS: Final = 1_000


class TooLongError(Exception):
    """The stream is longer than what is replayed in one answer."""


class Replayed(msgspec.Struct, frozen=True):
    """A stream's state after `events`, as JSON."""

    events: tuple[StoredEvent, ...]
    state: msgspec.Raw


def up_to(events: Sequence[StoredEvent], at: int | datetime | None) -> tuple[StoredEvent, ...]:
    """The events that stood at a position or an instant, both included; all of them for None.

    An instant ends at the first later event: should a clock have run backwards, order beats time.
    """
    if at is None:
        return tuple(events)
    limit = at if isinstance(at, int) else to_microseconds(at)
    taken = []
    for event in events:
        if (event.position if isinstance(at, int) else event.time_us) > limit:
            break
        taken.append(event)
    return tuple(taken)


def replay(events: Sequence[StoredEvent]) -> Replayed:
    """Fold the events of one stream, at least one, by its service's own decider."""
    decider = DECIDERS[events[0].category]
    state = decider.fold(decode(event) for event in events)
    return Replayed(tuple(events), msgspec.Raw(msgspec.json.encode(state, enc_hook=_plain)))


async def read_whole(log: Log, stream: str) -> list[StoredEvent]:
    """Every event of a stream. Raises TooLongError."""
    events: list[StoredEvent] = []
    while page := await log.read_stream(stream, after_revision=len(events) - 1, limit=_READ_EVENTS):
        events.extend(page)
        if len(events) > STREAM_EVENTS_MAX:
            raise TooLongError(stream)
    return events


def is_ours(stream: str) -> bool:
    """Whether the stream's category is a published one."""
    return category_of(stream) in DECIDERS


def _plain(value: object) -> object:
    if isinstance(value, MappingProxyType):
        return dict(value)
    raise TypeError(f"{type(value).__name__} in a state has no JSON form")
