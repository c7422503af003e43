"""Deadlines over HTTP: who is reminded when, and told once of what was missed."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from shared.contracts import evaluation, registration
from shared.contracts.registration import (
    SupplementRequested,
    SupplementSupplied,
    WrittenResultsSubmitted,
)
from shared.contracts.running import DifficultyRaised, ExtensionGranted
from shared.contracts.term import TermYearBegun
from shared.contracts.values import DifficultyId
from tests.support import story
from tests.support.notifying import (
    CASE,
    NOW,
    accept,
    deadlines_told,
    help_assigned,
    inbox,
    notifying,
)
from tests.support.recorded import World
from tests.support.story import COMMITTEE, MODEL, OFFICE, SECTION, YEAR


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[World]:
    async with notifying(tmp_path) as here:
        yield here


async def test_a_deadline_is_reminded_of_on_each_day_the_rules_name_and_missed_once(
    running: World,
) -> None:
    await accept(running)
    # 31 days before the last day, 30 September, there is nothing to say.
    for day in (date(YEAR, 8, 30), date(YEAR, 8, 31), date(YEAR, 9, 2)):
        running.clock.pin(datetime(day.year, day.month, day.day, 2, tzinfo=UTC))
    await deadlines_told(running, "holder", 1)
    running.clock.pin(datetime(YEAR, 9, 23, 2, tzinfo=UTC))
    await deadlines_told(running, "holder", 2)
    running.clock.pin(datetime(YEAR, 10, 1, 2, tzinfo=UTC))
    told = await deadlines_told(running, "holder", 3)
    assert told == ["DeadlineApproached.written_results"] * 2 + ["DeadlineMissed.written_results"]
    assert await deadlines_told(running, "office", 1) == ["DeadlineMissed.written_results"]
    sessions = await deadlines_told(running, "committee", 3)
    assert sessions.count("DeadlineApproached.reporting_session") == 2


async def test_of_what_was_done_or_put_off_nobody_is_reminded(running: World) -> None:
    await accept(running)
    submitted = WrittenResultsSubmitted(
        model_id=MODEL, year=YEAR, submitted_on=NOW.date(), summary="Xong.", figures=()
    )
    helped = help_assigned(SECTION, date(YEAR, 9, 30))
    await running.record(registration.EVENTS, f"model-{MODEL}", submitted, helped)
    await inbox(running, "section", "HelpAssigned")
    running.clock.pin(datetime(YEAR, 9, 29, 2, tzinfo=UTC))
    assert await deadlines_told(running, "section", 1) == ["DeadlineApproached.help"]
    assert await deadlines_told(running, "committee", 1) == ["DeadlineApproached.reporting_session"]
    # Another run says what the first has not come to.
    running.clock.pin(datetime(YEAR, 10, 1, 2, tzinfo=UTC))
    assert (await deadlines_told(running, "section", 2))[1] == "DeadlineMissed.help"
    assert await deadlines_told(running, "holder", 0) == []


async def test_more_time_moves_the_reminders(running: World) -> None:
    await accept(running)
    granted = ExtensionGranted(
        model_id=MODEL,
        year=YEAR,
        committee=COMMITTEE,
        due_before=date(YEAR, 11, 1),
        reason="Mưa lũ.",
    )
    await running.record(registration.EVENTS, f"model-{MODEL}", granted)
    await inbox(running, "holder", "ExtensionGranted")
    running.clock.pin(datetime(YEAR, 9, 30, 2, tzinfo=UTC))
    running.clock.pin(datetime(YEAR, 10, 24, 2, tzinfo=UTC))
    assert await deadlines_told(running, "holder", 1) == ["DeadlineApproached.written_results"]


async def test_each_year_of_a_term_is_reminded_of_by_its_own_calendar(running: World) -> None:
    await accept(running)
    submitted = WrittenResultsSubmitted(
        model_id=MODEL, year=YEAR, submitted_on=NOW.date(), summary="Xong.", figures=()
    )
    begun = TermYearBegun(
        model_id=MODEL,
        year=YEAR + 1,
        committee=COMMITTEE,
        begun_on=date(YEAR + 1, 1, 2),
        results_before=date(YEAR + 1, 9, 16),
    )
    calendar = msgspec.structs.replace(
        story.CALENDAR, year=YEAR + 1, results_before=date(YEAR + 1, 9, 16)
    )
    movement = f"movement-{story.MOVEMENT}"
    await running.record(registration.EVENTS, movement, calendar)
    await running.record(registration.EVENTS, f"model-{MODEL}", submitted, begun)
    await inbox(running, "holder", "TermYearBegun")
    running.clock.pin(datetime(YEAR, 9, 30, 2, tzinfo=UTC))
    running.clock.pin(datetime(YEAR + 1, 9, 8, 2, tzinfo=UTC))
    assert await deadlines_told(running, "holder", 1) == ["DeadlineApproached.written_results"]
    running.clock.pin(datetime(YEAR + 1, 9, 16, 2, tzinfo=UTC))
    assert await deadlines_told(running, "holder", 2) == [
        "DeadlineApproached.written_results",
        "DeadlineMissed.written_results",
    ]


async def test_who_takes_help_over_is_reminded_too(running: World) -> None:
    await accept(running)
    due_on = date(YEAR, 3, 20)
    await running.record(registration.EVENTS, f"model-{MODEL}", help_assigned(SECTION, due_on))
    await inbox(running, "section", "HelpAssigned")
    running.clock.pin(NOW + timedelta(hours=1))
    assert await deadlines_told(running, "section", 1) == ["DeadlineApproached.help"]
    await running.record(registration.EVENTS, f"model-{MODEL}", help_assigned(OFFICE, due_on))
    await inbox(running, "office", "HelpAssigned")
    running.clock.pin(NOW + timedelta(days=1))
    assert await deadlines_told(running, "office", 1) == ["DeadlineApproached.help"]


async def test_who_has_to_answer_a_registration_is_reminded_and_a_late_answer_is_missed(
    running: World,
) -> None:
    await running.record(registration.EVENTS, f"movement-{story.MOVEMENT}", story.CALENDAR)
    await running.record(evaluation.EVENTS, f"ruleset-{story.RULE_SET}", story.RULES)
    await inbox(running, "committee", "ModelRegistered")
    assert story.registered().answer_by == date(YEAR, 3, 9)
    running.clock.pin(NOW + timedelta(hours=1))
    assert await deadlines_told(running, "committee", 1) == [
        "DeadlineApproached.registration_answer"
    ]
    running.clock.pin(datetime(YEAR, 3, 10, 2, tzinfo=UTC))
    told = await deadlines_told(running, "committee", 2)
    assert told[-1] == "DeadlineMissed.registration_answer"
    assert await deadlines_told(running, "office", 1) == ["DeadlineMissed.registration_answer"]


async def test_while_a_supplement_is_awaited_no_answer_is_missed_and_then_the_days_run_on(
    running: World,
) -> None:
    await running.record(registration.EVENTS, f"movement-{story.MOVEMENT}", story.CALENDAR)
    await running.record(evaluation.EVENTS, f"ruleset-{story.RULE_SET}", story.RULES)
    await inbox(running, "committee", "ModelRegistered")
    asked = SupplementRequested(
        model_id=MODEL,
        committee=story.COMMITTEE,
        number=1,
        missing="Danh sách hộ.",
        reasons="Chưa rõ đối tượng.",
        requested_on=NOW.date(),
        answer_was_due_on=date(YEAR, 3, 9),
        working_days_left=3,
    )
    await running.record(registration.EVENTS, f"model-{MODEL}", asked)
    await inbox(running, "holder", "SupplementRequested")
    running.clock.pin(datetime(YEAR, 3, 20, 2, tzinfo=UTC))
    supplied = SupplementSupplied(
        model_id=MODEL,
        supplied_on=date(YEAR, 3, 20),
        answer="Có 42 hộ.",
        changed=(),
        answer_by=date(YEAR, 3, 25),
    )
    await running.record(registration.EVENTS, f"model-{MODEL}", supplied)
    await inbox(running, "committee", "SupplementSupplied")
    running.clock.pin(datetime(YEAR, 3, 24, 2, tzinfo=UTC))
    told = await deadlines_told(running, "committee", 1)
    assert set(told) == {"DeadlineApproached.registration_answer"}
    running.clock.pin(datetime(YEAR, 3, 26, 2, tzinfo=UTC))
    assert await deadlines_told(running, "office", 1) == ["DeadlineMissed.registration_answer"]


async def test_help_that_nobody_assigned_in_time_is_told_to_the_committee(running: World) -> None:
    await accept(running)
    raised = DifficultyRaised(
        model_id=MODEL,
        difficulty_id=DifficultyId(CASE),
        raised_on=NOW.date(),
        help_by=date(YEAR, 3, 17),
        description="Thiếu cây giống.",
    )
    await running.record(registration.EVENTS, f"model-{MODEL}", raised)
    await inbox(running, "committee", "DifficultyRaised")
    running.clock.pin(datetime(YEAR, 3, 18, 2, tzinfo=UTC))
    assert "DeadlineMissed.help_assignment" in await deadlines_told(running, "committee", 1)
