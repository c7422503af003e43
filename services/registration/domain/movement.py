"""An emulation movement: its period, legal bases, rules and the calendar of each year. Stream `movement-<id>`."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Annotated, Final

import msgspec

from shared.contracts.registration import CalendarSet, MovementLaunched
from shared.contracts.values import Line, MovementId, OrganizationId, RuleSetId, Year
from shared.domain.decider import Decider, Request
from shared.domain.refusal import Refusal
from shared.domain.time import Instant

MovementEvent = MovementLaunched | CalendarSet

# --- state ------------------------------------------------------------------------------------


class Movement(msgspec.Struct, frozen=True):
    """`launched` is None before the first event; `calendars` holds the latest calendar of each year."""

    launched: MovementLaunched | None = None
    calendars: Mapping[int, CalendarSet] = MappingProxyType({})


def evolve(state: Movement, event: MovementEvent) -> Movement:
    """What is known after `event`."""
    match event:
        case MovementLaunched():
            return msgspec.structs.replace(state, launched=event)
        case CalendarSet():
            calendars = MappingProxyType({**state.calendars, event.year: event})
            return msgspec.structs.replace(state, calendars=calendars)


# --- commands ---------------------------------------------------------------------------------


class LaunchMovementForm(Request, frozen=True, kw_only=True):
    """A movement as its launching body enters it."""

    name: Line
    first_year: Year
    last_year: Year
    legal_bases: Annotated[tuple[Line, ...], msgspec.Meta(min_length=1, max_length=50)]
    launching_body: OrganizationId
    rule_set: RuleSetId
    rule_set_version: Annotated[int, msgspec.Meta(ge=1, le=10_000)]


class LaunchMovement(LaunchMovementForm, frozen=True, kw_only=True):
    """Launch the movement."""

    movement_id: MovementId
    at: Instant


class SetCalendarForm(Request, frozen=True, kw_only=True):
    """The dates of a year."""

    year: Year
    registration_opens: date
    registration_closes: date
    results_before: date
    month_from: date
    month_to: date


class SetCalendar(SetCalendarForm, frozen=True, kw_only=True):
    """Set or replace the calendar of a year."""

    at: Instant


MovementCommand = LaunchMovement | SetCalendar

# --- rules ------------------------------------------------------------------------------------

ALREADY_LAUNCHED: Final = Refusal(
    "movement-exists",
    vi="Phong trào này đã được phát động.",
    en="This movement has already been launched.",
)
UNKNOWN: Final = Refusal(
    "movement-unknown",
    vi="Chưa có phong trào này. Hãy phát động phong trào trước.",
    en="There is no such movement. Launch it first.",
)
PERIOD_REVERSED: Final = Refusal(
    "movement-period-reversed",
    vi="Năm kết thúc {last_year} đứng trước năm bắt đầu {first_year}. Hãy sửa giai đoạn.",
    en="The last year {last_year} lies before the first year {first_year}. Correct the period.",
    clause="0",
)
OUTSIDE_PERIOD: Final = Refusal(
    "calendar-outside-period",
    vi="Năm {year} nằm ngoài giai đoạn {first_year}–{last_year} của phong trào.",
    en="The year {year} lies outside the movement's period {first_year}–{last_year}.",
    clause="0",
)
DATES_OUT_OF_ORDER: Final = Refusal(
    "calendar-out-of-order",
    vi="Các mốc phải theo thứ tự: mở đăng ký, khép đăng ký, báo cáo kết quả, bắt đầu rồi kết thúc tháng "
    "công nhận. Hãy xem lại các ngày.",
    en="The dates follow each other: registration opens, closes, results are due, the month of "
    "recognition begins, ends. Check the dates.",
    clause="III.2.1b",
)
RESULTS_AFTER_OCTOBER: Final = Refusal(
    "results-due-too-late",
    vi="Kết quả phải được báo cáo trước ngày 01/10 của năm {year}. Hãy chọn mốc không muộn hơn ngày đó.",
    en="Results are reported before 1 October {year}. Choose a date no later than that.",
    clause="III.2.1b",
)


def decide(state: Movement, command: MovementCommand) -> tuple[MovementEvent, ...]:
    """What follows from `command`. Raises RefusedError."""
    match command:
        case LaunchMovement():
            return _launch(state, command)
        case SetCalendar():
            return _set_calendar(state, command)


def _launch(state: Movement, command: LaunchMovement) -> tuple[MovementEvent, ...]:
    if state.launched is not None:
        raise ALREADY_LAUNCHED()
    if command.last_year < command.first_year:
        raise PERIOD_REVERSED(first_year=command.first_year, last_year=command.last_year)
    return (
        MovementLaunched(
            movement_id=command.movement_id,
            name=command.name,
            first_year=command.first_year,
            last_year=command.last_year,
            legal_bases=command.legal_bases,
            launching_body=command.launching_body,
            rule_set=command.rule_set,
            rule_set_version=command.rule_set_version,
        ),
    )


def _set_calendar(state: Movement, command: SetCalendar) -> tuple[MovementEvent, ...]:
    launched = state.launched
    if launched is None:
        raise UNKNOWN()
    if not launched.first_year <= command.year <= launched.last_year:
        raise OUTSIDE_PERIOD(
            year=command.year, first_year=launched.first_year, last_year=launched.last_year
        )
    dates = (
        command.registration_opens,
        command.registration_closes,
        command.results_before,
        command.month_from,
        command.month_to,
    )
    if list(dates) != sorted(dates):
        raise DATES_OUT_OF_ORDER()
    if command.results_before > date(command.year, 10, 1):
        raise RESULTS_AFTER_OCTOBER(year=command.year)
    event = CalendarSet(
        movement_id=launched.movement_id,
        year=command.year,
        registration_opens=command.registration_opens,
        registration_closes=command.registration_closes,
        results_before=command.results_before,
        month_from=command.month_from,
        month_to=command.month_to,
    )
    return () if state.calendars.get(command.year) == event else (event,)


MOVEMENT: Final[Decider[Movement, MovementCommand, MovementEvent]] = Decider(
    category="movement",
    initial_state=Movement(),
    decide=decide,
    evolve=evolve,
    commands=MappingProxyType({"LaunchMovement": LaunchMovement, "SetCalendar": SetCalendar}),
)
