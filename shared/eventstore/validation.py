"""Limits and naming rules of an append, checked by every adapter before it touches its store."""

import unicodedata
from collections.abc import Collection, Sequence
from typing import Final

from shared.domain.logentry import ENTRY_BYTES_MAX, NUMBER_MAX, entry_size
from shared.eventstore.port import (
    APPEND_EVENTS_MAX,
    READ_LIMIT_MAX,
    STREAM_NAME_BYTES_MAX,
    Expect,
    Expected,
    InvalidAppendError,
    NewEvent,
)

TYPE_NAME_BYTES_MAX: Final = 200

TRACE_BYTES_MAX: Final = 256
"""A W3C traceparent has 55."""

CATEGORIES_MAX: Final = 128
"""Categories one reader may ask for; SQLite joins at most 500 selects."""


def check_append(stream: str, expected: Expected, events: Sequence[NewEvent]) -> None:
    """Raise InvalidAppendError, with a sentence that says what is wrong, for what no store may take."""
    fault = (
        name_fault(stream, STREAM_NAME_BYTES_MAX)
        or _expected_fault(expected)
        or _count_fault(events)
    )
    if fault is not None:
        raise InvalidAppendError(f"stream {stream!r}: {fault}")
    for event in events:
        fault = _event_fault(stream, event)
        if fault is not None:
            raise InvalidAppendError(f"event {event.id} for stream {stream!r}: {fault}")


def name_fault(name: str, bytes_max: int) -> str | None:
    """What keeps `name` from naming a stream or an event type, or None.

    A name is NFC text without control characters or lone surrogates, has a category, and leaves `$`
    at its start to stores that keep streams of their own under it.
    """
    if not (name.isascii() and name.isprintable()):
        if any(unicodedata.category(character) in {"Cc", "Cs"} for character in name):
            return "its name has a control character or half a surrogate pair"
        if not unicodedata.is_normalized("NFC", name):
            return "its name is not in Unicode normal form C"
    if not name or name[0] in "-$":
        return "its name is empty or starts with '-' or '$'"
    if len(name) * 4 > bytes_max and len(name.encode()) > bytes_max:
        return f"its name has more than {bytes_max} bytes"
    return None


def page_limit(limit: int) -> int:
    """Events a page may hold when `limit` are asked for. Raises ValueError below 1."""
    if limit < 1:
        raise ValueError(f"a page holds at least one event, {limit} were asked for")
    return min(limit, READ_LIMIT_MAX)


def category_set(categories: Collection[str]) -> list[str]:
    """`categories` once each, in order. Raises ValueError when there are too many."""
    distinct = sorted(set(categories))
    if len(distinct) > CATEGORIES_MAX:
        raise ValueError(
            f"{len(distinct)} categories were asked for, at most {CATEGORIES_MAX} are possible"
        )
    return distinct


def _expected_fault(expected: Expected) -> str | None:
    if isinstance(expected, Expect) or 0 <= expected <= NUMBER_MAX:
        return None
    return f"expected revision {expected} is outside 0 … 2^63-1"


def _count_fault(events: Sequence[NewEvent]) -> str | None:
    if not 1 <= len(events) <= APPEND_EVENTS_MAX:
        return f"{len(events)} events in an append, 1 to {APPEND_EVENTS_MAX} are possible"
    if len(events) > 1 and len({event.id for event in events}) < len(events):
        return "two events of the append have the same id"
    return None


def _event_fault(stream: str, event: NewEvent) -> str | None:
    fault = name_fault(event.type, TYPE_NAME_BYTES_MAX)
    if fault is not None:
        return f"type {event.type!r}: {fault}"
    if not 0 <= event.time_us <= NUMBER_MAX:
        return f"time {event.time_us} is outside 0 … 2^63-1 microseconds"
    trace = event.trace
    if trace and not (trace.isascii() and trace.isprintable() and len(trace) <= TRACE_BYTES_MAX):
        return f"its trace is not printable ASCII of at most {TRACE_BYTES_MAX} bytes"
    size = entry_size(event, stream)
    if size > ENTRY_BYTES_MAX:
        return f"its log entry has {size} bytes, at most {ENTRY_BYTES_MAX} are possible"
    return None
