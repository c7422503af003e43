"""The period of a report and the one before it: a month, a half-year, a year, or any days (clause IV.2)."""

import calendar
import re
from datetime import date, timedelta
from typing import Final

import msgspec

from shared.domain.refusal import Refusal

PERIOD_DAYS_MAX: Final = 3_660
"""Ten years: two terms of the movement."""

_YEAR: Final = re.compile(r"(20\d\d|2100)")
_HALF: Final = re.compile(r"(20\d\d|2100)-H([12])")
_MONTH: Final = re.compile(r"(20\d\d|2100)-(0[1-9]|1[0-2])")
_DAY: Final = timedelta(days=1)

PERIOD_UNCLEAR: Final = Refusal(
    "report-period-unclear",
    vi="Hãy nêu kỳ báo cáo: period là 2026, 2026-H1 hoặc 2026-06; hoặc from và until, từ ngày đến ngày.",
    en="Say which period: period is 2026, 2026-H1 or 2026-06; or from and until, both days included.",
    clause="IV.2",
)
PERIOD_BACKWARDS: Final = Refusal(
    "report-period-backwards",
    vi="Kỳ báo cáo từ {first} đến {last} không hợp lệ: ngày cuối phải từ ngày đầu trở đi, tối đa 10 năm.",
    en="A period from {first} until {last} does not hold: it ends on or after its first day, within 10 years.",
    clause="IV.2",
)
PERIOD_AHEAD: Final = Refusal(
    "report-period-ahead",
    vi="Kỳ báo cáo bắt đầu ngày {first}, chưa tới: hãy chọn kỳ đã bắt đầu.",
    en="The period begins on {first}, which is still to come: choose one that has begun.",
    clause="IV.2",
)


class Period(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Legal dates, both included."""

    first: date
    last: date

    @property
    def code(self) -> str:
        """`2026`, `2026-H1`, `2026-06`, or both dates."""
        year = self.first.year
        for code in (f"{year}", f"{year}-H1", f"{year}-H2", f"{year}-{self.first.month:02d}"):
            if parse(code) == self:
                return code
        return f"{self.first.isoformat()}/{self.last.isoformat()}"

    @property
    def before(self) -> "Period":
        """The year, half-year or month before; else as many days just before."""
        year, code = self.first.year, self.code
        if _YEAR.fullmatch(code):
            return _year(year - 1)
        if _HALF.fullmatch(code):
            return _half(year, 1) if self.first.month > 1 else _half(year - 1, 2)
        if _MONTH.fullmatch(code):
            end = self.first - _DAY
            return _month(end.year, end.month)
        days = self.last - self.first
        return Period(first=self.first - days - _DAY, last=self.first - _DAY)

    @property
    def vi(self) -> str:
        """In words, Vietnamese."""
        year, code = self.first.year, self.code
        if _YEAR.fullmatch(code):
            return f"năm {year}"
        if _HALF.fullmatch(code):
            return f"6 tháng {'đầu' if self.first.month == 1 else 'cuối'} năm {year}"
        if _MONTH.fullmatch(code):
            return f"tháng {self.first.month}/{year}"
        return f"từ {self.first:%d/%m/%Y} đến {self.last:%d/%m/%Y}"


def parse(code: str) -> Period | None:
    """The period called `code`, None where that says none."""
    if _YEAR.fullmatch(code):
        return _year(int(code))
    if found := _HALF.fullmatch(code):
        return _half(int(found[1]), int(found[2]))
    if found := _MONTH.fullmatch(code):
        return _month(int(found[1]), int(found[2]))
    return None


def period_of(code: str | None, first: date | None, last: date | None) -> Period:
    """The period asked for: by its code, or by its two dates. Raises RefusedError."""
    if code is not None and first is None and last is None:
        named = parse(code)
        if named is None:
            raise PERIOD_UNCLEAR()
        return named
    if code is not None or first is None or last is None:
        raise PERIOD_UNCLEAR()
    if not 0 <= (last - first).days < PERIOD_DAYS_MAX or first.year < _FIRST_YEAR:
        raise PERIOD_BACKWARDS(first=first.isoformat(), last=last.isoformat())
    return Period(first=first, last=last)


_FIRST_YEAR: Final = 1990
"""Far enough from the first date there is for every period to have one before it."""


def _year(year: int) -> Period:
    return Period(first=date(year, 1, 1), last=date(year, 12, 31))


def _half(year: int, half: int) -> Period:
    if half == 1:
        return Period(first=date(year, 1, 1), last=date(year, 6, 30))
    return Period(first=date(year, 7, 1), last=date(year, 12, 31))


def _month(year: int, month: int) -> Period:
    return Period(
        first=date(year, month, 1), last=date(year, month, calendar.monthrange(year, month)[1])
    )
