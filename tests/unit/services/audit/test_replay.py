"""Replay: every category has its decider, and a moment takes exactly what stood then."""

from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.audit.domain.deciders import DECIDERS, SOURCES
from services.audit.replay import up_to
from shared.domain.time import from_microseconds
from shared.eventstore.port import StoredEvent

NOON_US = 1_791_000_000_000_000


def event(revision: int, position: int, time_us: int) -> StoredEvent:
    return StoredEvent(
        id=UUID(int=position),
        type="t",
        time_us=time_us,
        data=b"{}",
        metadata=b"{}",
        trace="",
        stream="model-1",
        revision=revision,
        position=position,
    )


def test_every_published_category_can_be_replayed() -> None:
    assert DECIDERS.keys() == {category for source in SOURCES for category in source.categories}


def test_a_moment_includes_what_was_recorded_at_it() -> None:
    events = [event(0, 5, NOON_US), event(1, 9, NOON_US + 1)]
    noon = from_microseconds(NOON_US)
    assert up_to(events, None) == tuple(events)
    assert up_to(events, noon) == (events[0],)
    assert up_to(events, 5) == (events[0],)
    assert up_to(events, 8) == (events[0],)
    assert up_to(events, 4) == ()
    assert up_to(events, datetime(2020, 1, 1, tzinfo=UTC)) == ()


def test_where_a_clock_ran_backwards_order_beats_time() -> None:
    events = [event(0, 1, NOON_US), event(1, 2, NOON_US + 9), event(2, 3, NOON_US + 1)]
    assert up_to(events, from_microseconds(NOON_US + 1)) == (events[0],)


@given(st.lists(st.integers(0, 100), max_size=20), st.integers(0, 100))
def test_what_stood_at_a_moment_is_always_a_beginning_of_the_stream(
    times: list[int], at: int
) -> None:
    events = [event(i, 10 * i, NOON_US + time) for i, time in enumerate(times)]
    taken = up_to(events, from_microseconds(NOON_US + at))
    assert taken == tuple(events[: len(taken)])
    assert all(one.time_us <= NOON_US + at for one in taken)
    assert len(taken) == len(events) or events[len(taken)].time_us > NOON_US + at
