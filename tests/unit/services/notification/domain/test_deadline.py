"""Of a deadline one is reminded on the days the rule set names, each once; what is over is missed once."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import asdict, replace

from services.notification.domain.deadline import (
    DEADLINE,
    ESCALATION_NOT_DUE,
    NOT_DUE,
    DeadlineEvent,
    Escalate,
    Miss,
    Remind,
)
from shared.contracts.notification import DeadlineApproached, DeadlineMissed, Escalated
from shared.contracts.values import ModelId, OrganizationId
from shared.domain.refusal import RefusedError
from tests.support.specification import specification

LAST_DAY = date(2026, 9, 30)
COMMITTEE, PROVINCE, COMMISSION = (OrganizationId(UUID(int=n)) for n in (3, 4, 5))
WAY = (COMMITTEE, PROVINCE, COMMISSION)
ID, MODEL = UUID(int=1), ModelId(UUID(int=2))
deadline = specification(DEADLINE)


def days_before(days: int) -> datetime:
    return datetime(2026, 9, 30, 2, tzinfo=UTC) - timedelta(days=days)


def remind(reminder: int, *, left: int) -> Remind:
    return Remind(
        at=days_before(left),
        deadline_id=ID,
        matter="written_results",
        subject=MODEL,
        model=MODEL,
        last_day=LAST_DAY,
        days_before=reminder,
    )


def miss(left: int, way: tuple[OrganizationId, ...] = ()) -> Miss:
    return Miss(
        at=days_before(left),
        deadline_id=ID,
        matter="written_results",
        subject=MODEL,
        model=MODEL,
        last_day=LAST_DAY,
        way=way,
        escalation_days=7,
    )


def escalate(left: int, way: tuple[OrganizationId, ...] = ()) -> Escalate:
    return Escalate(**asdict(miss(left, way or WAY)))


def escalated(step: int, to: OrganizationId, escalates_on: date | None) -> Escalated:
    return Escalated(
        deadline_id=ID,
        matter="written_results",
        subject=MODEL,
        model=MODEL,
        last_day=LAST_DAY,
        step=step,
        to=to,
        escalates_on=escalates_on,
    )


def approached(reminder: int) -> DeadlineApproached:
    return DeadlineApproached(
        deadline_id=ID,
        matter="written_results",
        subject=MODEL,
        model=MODEL,
        last_day=LAST_DAY,
        days_before=reminder,
    )


MISSED = DeadlineMissed(
    deadline_id=ID, matter="written_results", subject=MODEL, model=MODEL, last_day=LAST_DAY
)


@pytest.mark.parametrize("left", [30, 12])
def test_a_reminder_is_recorded_on_its_day_or_later(left: int) -> None:
    deadline.given().when(remind(30, left=left)).then(approached(30))


def test_a_nearer_reminder_follows_a_farther_one() -> None:
    deadline.given(approached(30)).when(remind(7, left=7)).then(approached(7))


def test_the_last_day_itself_is_not_too_late_for_a_reminder() -> None:
    deadline.given().when(remind(1, left=0)).then(approached(1))


@pytest.mark.parametrize("reminder", [7, 30])
def test_no_reminder_comes_twice_or_after_a_nearer_one(reminder: int) -> None:
    deadline.given(approached(7)).when(remind(reminder, left=5)).then_nothing()


@pytest.mark.parametrize("left", [31, -1])
def test_a_reminder_is_refused_before_its_day_and_after_the_last(left: int) -> None:
    deadline.given().when(remind(30, left=left)).then_refused(NOT_DUE)


def test_what_was_not_done_by_the_last_day_is_missed_the_day_after_and_once() -> None:
    deadline.given(approached(1)).when(miss(-1)).then(MISSED)
    deadline.given(MISSED).when(miss(-2)).then_nothing()


def test_on_the_last_day_nothing_is_missed_yet() -> None:
    deadline.given().when(miss(0)).then_refused(NOT_DUE)


OPEN = replace(MISSED, escalates_on=date(2026, 10, 7))
FIRST = escalated(1, COMMITTEE, date(2026, 10, 14))
SECOND = escalated(2, PROVINCE, date(2026, 10, 21))
THIRD = escalated(3, COMMISSION, None)


class TestUpTheLine:
    def test_what_is_missed_says_from_when_on_it_goes_up(self) -> None:
        deadline.given().when(miss(-1, WAY)).then(OPEN)

    def test_it_goes_up_step_by_step_to_the_launching_body(self) -> None:
        deadline.given(OPEN).when(escalate(-7)).then(FIRST)
        deadline.given(OPEN, FIRST).when(escalate(-14)).then(SECOND)
        deadline.given(OPEN, FIRST, SECOND).when(escalate(-21)).then(THIRD)

    def test_after_the_last_step_it_stays_quiet(self) -> None:
        deadline.given(OPEN, FIRST, SECOND, THIRD).when(escalate(-90)).then_nothing()
        deadline.given(MISSED).when(escalate(-90)).then_nothing()

    @pytest.mark.parametrize("past", [(), (approached(1),), (OPEN,), (OPEN, FIRST)])
    def test_it_is_refused_before_the_days_are_over(self, past: tuple[DeadlineEvent, ...]) -> None:
        left = -13 if FIRST in past else -6
        refused = deadline.given(*past).when(escalate(left)).then_refused(ESCALATION_NOT_DUE)
        assert refused.refusal.practice == "escalation_days"

    def test_where_the_line_changed_meanwhile_nobody_is_told_twice(self) -> None:
        turned = (PROVINCE, COMMITTEE, COMMISSION)
        last = escalated(2, COMMISSION, None)
        deadline.given(OPEN, FIRST).when(escalate(-14, turned)).then(last)


ways = st.lists(
    st.integers(10, 16).map(lambda n: OrganizationId(UUID(int=n))), unique=True, max_size=6
).map(tuple)


@given(ways, st.lists(st.tuples(st.integers(0, 20), ways), max_size=25))
def test_nobody_is_told_twice_no_step_comes_early_and_the_last_is_the_last(
    first: tuple[OrganizationId, ...], course: list[tuple[int, tuple[OrganizationId, ...]]]
) -> None:
    state = DEADLINE.fold(DEADLINE.decide(DEADLINE.initial_state, miss(-1, first)))
    told: list[OrganizationId] = []
    since, over, left = -1, not first, -1
    for days, way in course:
        left -= days
        try:
            events = DEADLINE.decide(state, escalate(left, way or first or (COMMISSION,)))
        except RefusedError:
            continue
        for event in events:
            assert isinstance(event, Escalated)
            assert not over
            assert since - left >= 6
            told.append(event.to)
            since, over = left, event.escalates_on is None
        state = DEADLINE.fold(events, state)
    assert len(told) == len(set(told))
