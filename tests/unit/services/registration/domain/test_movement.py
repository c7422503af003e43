"""Movements: a period, legal bases, and a calendar for each year that keeps results before October."""

from datetime import UTC, date, datetime
from uuid import UUID

import msgspec
import pytest

from services.registration.domain.movement import (
    ALREADY_LAUNCHED,
    DATES_OUT_OF_ORDER,
    MOVEMENT,
    OUTSIDE_PERIOD,
    PERIOD_REVERSED,
    RESULTS_AFTER_OCTOBER,
    UNKNOWN,
    LaunchMovement,
    SetCalendar,
)
from shared.contracts.registration import CalendarSet, MovementLaunched
from shared.contracts.values import MovementId, OrganizationId, RuleSetId
from tests.support.specification import specification

MOVEMENT_ID = MovementId(UUID(int=1))
NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)

launched = MovementLaunched(
    movement_id=MOVEMENT_ID,
    name="Dân vận khéo",
    first_year=2026,
    last_year=2030,
    legal_bases=("Kế hoạch số 21-KH/BDVTU ngày 31/8/2016",),
    launching_body=OrganizationId(UUID(int=2)),
    rule_set=RuleSetId(UUID(int=3)),
    rule_set_version=1,
)
launch = LaunchMovement(
    movement_id=MOVEMENT_ID,
    name=launched.name,
    first_year=2026,
    last_year=2030,
    legal_bases=launched.legal_bases,
    launching_body=launched.launching_body,
    rule_set=launched.rule_set,
    rule_set_version=1,
    at=NOW,
)
calendar = CalendarSet(
    movement_id=MOVEMENT_ID,
    year=2026,
    registration_opens=date(2026, 1, 2),
    registration_closes=date(2026, 3, 31),
    results_before=date(2026, 10, 1),
    month_from=date(2026, 10, 1),
    month_to=date(2026, 10, 31),
)
set_calendar = SetCalendar(
    year=2026,
    registration_opens=calendar.registration_opens,
    registration_closes=calendar.registration_closes,
    results_before=calendar.results_before,
    month_from=calendar.month_from,
    month_to=calendar.month_to,
    at=NOW,
)
movement = specification(MOVEMENT)


def test_a_movement_is_launched_with_its_legal_bases_and_rules() -> None:
    movement.given().when(launch).then(launched)


def test_a_movement_is_launched_once() -> None:
    movement.given(launched).when(launch).then_refused(ALREADY_LAUNCHED)


def test_a_period_runs_forward() -> None:
    reversed_period = msgspec.structs.replace(launch, last_year=2025)
    movement.given().when(reversed_period).then_refused(PERIOD_REVERSED)


def test_a_year_gets_its_calendar() -> None:
    movement.given(launched).when(set_calendar).then(calendar)


def test_the_same_calendar_again_stays_quiet() -> None:
    movement.given(launched, calendar).when(set_calendar).then_nothing()


def test_a_calendar_needs_its_movement() -> None:
    movement.given().when(set_calendar).then_refused(UNKNOWN)


def test_a_year_outside_the_period_has_no_calendar() -> None:
    outside = msgspec.structs.replace(set_calendar, year=2031)
    movement.given(launched).when(outside).then_refused(OUTSIDE_PERIOD)


@pytest.mark.parametrize(
    "wrong",
    [
        {"registration_closes": date(2026, 1, 1)},
        {"results_before": date(2026, 2, 1)},
        {"month_from": date(2026, 9, 1)},
        {"month_to": date(2026, 9, 30)},
    ],
)
def test_the_dates_follow_each_other(wrong: dict[str, date]) -> None:
    command = msgspec.structs.replace(set_calendar, **wrong)
    movement.given(launched).when(command).then_refused(DATES_OUT_OF_ORDER)


def test_results_are_never_due_after_the_first_of_october() -> None:
    late = msgspec.structs.replace(
        set_calendar, results_before=date(2026, 10, 2), month_from=date(2026, 10, 2)
    )
    refused = movement.given(launched).when(late).then_refused(RESULTS_AFTER_OCTOBER)
    assert refused.refusal.clause == "III.2.1b"
