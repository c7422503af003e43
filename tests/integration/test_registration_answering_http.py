"""The committee's answer over HTTP: supplement once, its day, and what is overdue."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from tests.support.recorded import World, denied, ok
from tests.support.registering import ONE, form, registering
from tests.support.story import COMMITTEE, ELSEWHERE, MODEL, OFFICE, YEAR

FRIDAY = datetime(YEAR, 2, 13, 3, tzinfo=UTC)
LATER = datetime(YEAR, 3, 2, 3, tzinfo=UTC)
AFTER = datetime(YEAR, 3, 5, 3, tzinfo=UTC)
ASKED = {"missing": "Danh sách hộ tham gia.", "reasons": "Chưa rõ đối tượng."}


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[World]:
    async with registering(tmp_path, surveyed=[MODEL]) as here:
        await ok(here, f"{ONE}/registration", form(), "registrant")
        yield here


async def overdue(here: World, **query: UUID) -> list[str]:
    found = await here.get("/registration/overdue-answers", user="officer", **query)
    return [row["answer_by"] for row in found["items"]]


async def test_a_supplement_is_asked_for_once_and_the_days_stand_still(here: World) -> None:
    assert (await here.get(ONE))["answer_by"] == "2026-02-17"
    here.clock.pin(FRIDAY)
    await denied(here, f"{ONE}/supplement-request", ASKED, "registrant", "foreigner")
    await ok(here, f"{ONE}/supplement-request", ASKED, "officer")
    seen = await here.get(ONE)
    assert (seen["status"], seen["answer_by"]) == ("supplementing", None)
    assert seen["supplement_asked"]["working_days_left"] == 2

    here.clock.pin(LATER)
    given = {"answer": "Có 42 hộ.", "changes": {"name": "Đường hoa 42 hộ"}}
    await denied(here, f"{ONE}/supplement", given, "stranger", "foreigner")
    written = await ok(here, f"{ONE}/supplement", given, "registrant")
    assert written["events"] == [
        "dvk.registration.SupplementSupplied.v1",
        "dvk.registration.ModelRegistered.v1",
    ]
    seen = await here.get(ONE)
    assert (seen["status"], seen["answer_by"], seen["supplements"]) == (
        "registered",
        "2026-03-04",
        1,
    )
    (row,) = (await here.get("/registration/models"))["items"]
    assert (row["name"], row["status"]) == ("Đường hoa 42 hộ", "registered")

    refused = await here.post(f"{ONE}/supplement-request", ASKED, user="officer")
    assert (refused.status_code, refused.json()["practice"]) == (409, "supplements_max")
    await ok(here, f"{ONE}/acceptance", {}, "officer")
    assert (await here.get(ONE))["answer_by"] is None


async def test_overdue_answers_are_found_by_the_committee_and_the_body_above(here: World) -> None:
    here.clock.pin(datetime(YEAR, 2, 17, 3, tzinfo=UTC))
    assert await overdue(here, committee=COMMITTEE) == []
    here.clock.pin(datetime(YEAR, 2, 18, 3, tzinfo=UTC))
    assert await overdue(here, committee=COMMITTEE) == ["2026-02-17"]
    assert await overdue(here, above=OFFICE) == ["2026-02-17"]
    assert await overdue(here, committee=OFFICE) == []
    for body in (COMMITTEE, ELSEWHERE):
        assert await overdue(here, above=body) == []
    assert (await here.read("/registration/overdue-answers")).status_code == 401

    await ok(here, f"{ONE}/supplement-request", ASKED, "officer")
    assert await overdue(here, committee=COMMITTEE) == []
    here.clock.pin(AFTER)
    await ok(here, f"{ONE}/supplement", {"answer": "Đã rõ."}, "registrant")
    assert (await here.get(ONE))["answer_by"] == "2026-03-05"
    await ok(here, f"{ONE}/withdrawal", {"reason": "Chuyển nguồn lực."}, "registrant")
    here.clock.pin(datetime(YEAR, 3, 9, 3, tzinfo=UTC))
    assert await overdue(here, above=OFFICE) == []
