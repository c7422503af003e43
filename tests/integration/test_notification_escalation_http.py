"""What stays undone, over HTTP: silence is told, what is overdue goes up the line, the office urges."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from shared.contracts import registration
from shared.contracts.registration import ResultsReported, WrittenResultsSubmitted
from shared.contracts.running import ModelFellQuiet
from tests.support import story
from tests.support.notifying import INBOX, LATE, NOW, accept, help_assigned, inbox, notifying
from tests.support.recorded import World
from tests.support.story import CELL, COMMITTEE, MODEL, OFFICE, SECTION, YEAR


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[World]:
    async with notifying(tmp_path) as here:
        yield here


async def test_a_quiet_model_is_told_to_holder_and_committee(running: World) -> None:
    quiet = ModelFellQuiet(model_id=MODEL, heard_on=NOW.date(), quiet_after_days=60)
    await running.record(registration.EVENTS, f"model-{MODEL}", quiet)
    assert len(await inbox(running, "holder", "ModelFellQuiet")) == 1
    assert len(await inbox(running, "committee", "ModelFellQuiet")) == 1


async def escalations_told(here: World, name: str, count: int) -> int:
    async def look() -> int | None:
        page = await here.get(INBOX, user=name)
        found = sum(row["kind"] == "Escalated" for row in page["items"])
        return found if found >= count else None

    return await here.until(look)


async def test_what_stays_open_goes_up_the_line_until_it_is_done(running: World) -> None:
    await running.record(
        registration.EVENTS,
        f"organization-{CELL}",
        story.created(CELL, "Chi bộ bản Cửa Rào"),
        story.line(CELL, "party", COMMITTEE),
        story.line(COMMITTEE, "party", SECTION),
    )
    await accept(running)
    running.clock.pin(datetime(YEAR, 10, 1, 2, tzinfo=UTC))
    await inbox(running, "holder", "DeadlineMissed.written_results")
    running.clock.pin(datetime(YEAR, 10, 7, 2, tzinfo=UTC))
    assert await escalations_told(running, "committee", 1) == 1
    running.clock.pin(datetime(YEAR, 10, 14, 2, tzinfo=UTC))
    assert await escalations_told(running, "section", 1) == 1
    assert await escalations_told(running, "committee", 0) == 1
    submitted = WrittenResultsSubmitted(
        model_id=MODEL, year=YEAR, submitted_on=date(YEAR, 10, 15), summary="Xong.", figures=()
    )
    reported = ResultsReported(model_id=MODEL, year=YEAR, late=True, session="held")
    helped = help_assigned(LATE, date(YEAR, 10, 20))
    await running.record(registration.EVENTS, f"model-{MODEL}", submitted, reported, helped)
    await inbox(running, "section", "ResultsReported")
    running.clock.pin(datetime(YEAR, 12, 1, 2, tzinfo=UTC))
    await inbox(running, "late", "DeadlineMissed.help")
    running.clock.pin(datetime(YEAR, 12, 2, 2, tzinfo=UTC))
    # The help that another owes goes up in the same run; the results, which came, do not.
    assert await escalations_told(running, "office", 1) == 1
    assert await escalations_told(running, "holder", 0) == 2


async def test_the_launching_body_is_the_last_step_where_no_line_leads_to_it(
    running: World,
) -> None:
    await accept(running)
    running.clock.pin(datetime(YEAR, 10, 1, 2, tzinfo=UTC))
    await inbox(running, "holder", "DeadlineMissed.written_results")
    running.clock.pin(datetime(YEAR, 10, 7, 2, tzinfo=UTC))
    assert await escalations_told(running, "office", 1) == 1


async def test_the_office_urges_a_body_from_a_draft_and_the_letter_stands_on_record(
    running: World,
) -> None:
    stream = f"organization-{CELL}"
    await running.record(registration.EVENTS, stream, story.created(CELL, "Chi bộ bản Cửa Rào"))
    launched = registration.MovementLaunched(
        movement_id=story.MOVEMENT,
        name="Dân vận khéo",
        first_year=YEAR,
        last_year=YEAR,
        legal_bases=("Kế hoạch 21-KH/BDVTU",),
        launching_body=OFFICE,
        rule_set=story.RULE_SET,
        rule_set_version=1,
    )
    await running.record(registration.EVENTS, f"movement-{story.MOVEMENT}", launched)
    await accept(running)
    running.clock.pin(datetime(YEAR, 10, 1, 2, tzinfo=UTC))
    await inbox(running, "office", "DeadlineMissed.written_results")
    drafts = await running.get("/notification/urging-drafts", user="office")
    (draft,) = [one for one in drafts["items"] if one["body"] == str(CELL)]
    assert "Kính gửi: Chi bộ bản Cửa Rào" in draft["vi"]
    assert story.MODEL_NAME in draft["vi"] and "30/09/2026" in draft["vi"]
    letter = {
        "body": str(CELL),
        "document_number": "12-CV/VP",
        "issued_on": f"{YEAR}-10-01",
        "deadlines": [one["deadline_id"] for one in draft["matters"]],
        "text": draft["vi"],
    }
    path = "/notification/urging-letters"
    for name in ("holder", "committee", "auditor"):
        assert (await running.post(path, letter, user=name)).status_code == 403, name
    assert (await running.post(path, letter, user="office")).status_code == 200
    (told,) = await inbox(running, "holder", "BodyUrged")
    assert "12-CV/VP" in told["vi"]
    again = await running.post(path, {**letter, "document_number": "13-CV/VP"}, user="office")
    assert again.json()["type"].endswith("/urged-lately")
    for name in ("holder", "auditor"):
        (row,) = (await running.get(path, user=name))["items"]
        assert row["document_number"] == "12-CV/VP"
    assert (await running.get(path, user="committee"))["items"] == []
    assert (await running.read("/notification/urging-drafts", user="holder")).status_code == 403
