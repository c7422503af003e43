"""Working days: Monday to Friday without holidays, counted from the day after."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.evaluation.presets import load_presets
from shared.domain.refusal import RefusedError
from shared.domain.workingdays import HOLIDAYS_UNKNOWN, is_working_day, last_of_working_days

HOLIDAYS = load_presets()[0].rule_set.settings.holidays.value

# Ten working days and their holidays stay inside the years the preset lists.
starts = st.dates(min_value=date(2025, 1, 1), max_value=date(2027, 8, 31))
counts = st.integers(min_value=1, max_value=60)


def test_ten_working_days_without_holidays_take_two_weeks() -> None:
    assert last_of_working_days(date(2026, 10, 5), 10, HOLIDAYS) == date(2026, 10, 19)


def test_the_day_itself_is_not_counted() -> None:
    assert last_of_working_days(date(2026, 10, 5), 1, HOLIDAYS) == date(2026, 10, 6)
    assert last_of_working_days(date(2026, 10, 9), 1, HOLIDAYS) == date(2026, 10, 12)


def test_tet_does_not_count() -> None:
    assert last_of_working_days(date(2026, 2, 13), 1, HOLIDAYS) == date(2026, 2, 23)


def test_no_days_end_on_the_day_itself() -> None:
    assert last_of_working_days(date(2026, 10, 4), 0, HOLIDAYS) == date(2026, 10, 4)


def test_a_year_without_any_holiday_is_refused_and_not_guessed() -> None:
    with pytest.raises(RefusedError) as caught:
        last_of_working_days(date(2027, 12, 30), 3, HOLIDAYS)
    assert caught.value.refusal is HOLIDAYS_UNKNOWN
    assert caught.value.values == {"year": 2028}


@given(start=starts, days=counts)
def test_the_last_day_is_always_a_working_day_and_exactly_that_many_lie_between(
    start: date, days: int
) -> None:
    last = last_of_working_days(start, days, HOLIDAYS)
    assert last.weekday() < 5
    assert last not in HOLIDAYS
    between = (start + timedelta(days=n) for n in range(1, (last - start).days + 1))
    assert sum(is_working_day(day, HOLIDAYS) for day in between) == days


@given(start=starts, days=counts, later=st.integers(min_value=0, max_value=60))
def test_starting_later_never_ends_earlier(start: date, days: int, later: int) -> None:
    first = last_of_working_days(start, days, HOLIDAYS)
    if start + timedelta(days=later) <= date(2027, 8, 31):
        assert last_of_working_days(start + timedelta(days=later), days, HOLIDAYS) >= first


@given(start=starts, days=counts)
def test_one_day_more_always_ends_later(start: date, days: int) -> None:
    assert last_of_working_days(start, days + 1, HOLIDAYS) > last_of_working_days(
        start, days, HOLIDAYS
    )
