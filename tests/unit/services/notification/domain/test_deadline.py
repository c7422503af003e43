"""Of a deadline one is reminded on the days the rule set names, each once; what is over is missed once."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from services.notification.domain.deadline import DEADLINE, NOT_DUE, Miss, Remind
from shared.contracts.notification import DeadlineApproached, DeadlineMissed
from shared.contracts.values import ModelId
from tests.support.specification import specification

LAST_DAY = date(2026, 9, 30)
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


def miss(left: int) -> Miss:
    return Miss(
        at=days_before(left),
        deadline_id=ID,
        matter="written_results",
        subject=MODEL,
        model=MODEL,
        last_day=LAST_DAY,
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
