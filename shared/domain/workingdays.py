"""Vietnamese working days, computed from the holidays a rule set lists.

A working day is Monday to Friday and no holiday. Saturdays that were declared working days in exchange
for a day off are not counted: a posting then stands longer than asked for, never shorter.
"""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Final

_SATURDAY: Final = 5
_DAY: Final = timedelta(days=1)


class HolidaysUnknownError(Exception):
    """The list has no holiday in `year`: nobody has entered that year, and a guess is no legal date."""

    def __init__(self, year: int) -> None:
        self.year = year
        super().__init__(f"no holidays are listed for {year}")


def is_working_day(day: date, holidays: Collection[date]) -> bool:
    """Whether people work on `day`. Raises HolidaysUnknownError for a year without any holiday."""
    if all(holiday.year != day.year for holiday in holidays):
        raise HolidaysUnknownError(day.year)
    return day.weekday() < _SATURDAY and day not in holidays


def last_of_working_days(after: date, days: int, holidays: Collection[date]) -> date:
    """The last of `days` working days counted from the day after `after`; `after` itself for none.

    The day something happens is not counted: it is no full day. Raises HolidaysUnknownError.
    """
    known = frozenset(holidays)
    day = after
    while days > 0:
        day += _DAY
        if is_working_day(day, known):
            days -= 1
    return day
