"""Vietnamese working days, computed from the holidays a rule set lists.

A working day is Monday to Friday and no holiday. Saturdays that were declared working days in exchange
for a day off are not counted: a posting then stands longer than asked for, never shorter.
"""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Final

from shared.domain.refusal import Refusal

_SATURDAY: Final = 5
_DAY: Final = timedelta(days=1)


# Declared beside the count and raised by it, so that no deadline anywhere rests on a guessed year.
HOLIDAYS_UNKNOWN: Final = Refusal(
    "holidays-unknown",
    vi="Quy định đang áp dụng chưa có ngày nghỉ lễ năm {year} nên chưa tính được thời hạn."
    " Hãy bổ sung vào bộ quy định.",
    en="The rule set lists no holidays for {year}, so no deadline can be computed."
    " Add them to the rule set.",
    practice="holidays",
)


def is_working_day(day: date, holidays: Collection[date]) -> bool:
    """Whether people work on `day`. Refuses a year without any holiday."""
    if all(holiday.year != day.year for holiday in holidays):
        raise HOLIDAYS_UNKNOWN(year=day.year)
    return day.weekday() < _SATURDAY and day not in holidays


def last_of_working_days(after: date, days: int, holidays: Collection[date]) -> date:
    """The last of `days` working days counted from the day after `after`; `after` itself for none.

    The day something happens is not counted: it is no full day. Refuses like `is_working_day`.
    """
    known = frozenset(holidays)
    day = after
    while days > 0:
        day += _DAY
        if is_working_day(day, known):
            days -= 1
    return day
