"""Instants and legal dates. Instants are UTC; every legal date is a date in Viet Nam."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Annotated

import msgspec

Instant = Annotated[datetime, msgspec.Meta(tz=True)]
"""A moment, RFC 3339 with microseconds on the wire; naive values do not parse."""

VIET_NAM = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")
"""Viet Nam has kept UTC+7 without daylight saving since 1975, long before any date handled here."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def legal_date(at: datetime) -> date:
    """The date in Viet Nam at the moment `at`."""
    return at.astimezone(VIET_NAM).date()


def to_microseconds(at: datetime) -> int:
    """Whole microseconds since 1970-01-01T00:00:00Z, exact (no float in between)."""
    return (at - _EPOCH) // _MICROSECOND


def from_microseconds(value_us: int) -> datetime:
    """The UTC instant `value_us` microseconds after 1970-01-01T00:00:00Z."""
    return _EPOCH + value_us * _MICROSECOND
