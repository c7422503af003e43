"""The committee's answer over HTTP: supplement once, its day, and what is overdue."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from services.registration.service import SERVICE
from shared.contracts import evaluation, registration
from shared.host.policy import Role
from tests.integration.test_registration_rules_http import LAUNCHED, RULES
from tests.integration.test_registration_running_http import SURVEYED, denied, ok, user
from tests.support import story
from tests.support.recorded import World, world
from tests.support.story import CELL, COMMITTEE, ELSEWHERE, MODEL, OFFICE, YEAR

REGISTERED_AT = datetime(YEAR, 2, 10, 3, tzinfo=UTC)  # Tuesday; the answer is due on the 17th
FRIDAY = datetime(YEAR, 2, 13, 3, tzinfo=UTC)
LATER = datetime(YEAR, 3, 2, 3, tzinfo=UTC)
AFTER = datetime(YEAR, 3, 5, 3, tzinfo=UTC)
ONE = f"/registration/models/{MODEL}"
USERS = (
    user("registrant", Role.REGISTRANT, CELL),
    user("officer", Role.COMMITTEE_OFFICER, COMMITTEE),
    user("foreigner", Role.COMMITTEE_OFFICER, ELSEWHERE),
    user("stranger", Role.REGISTRANT, ELSEWHERE),
)
ASKED = {"missing": "Danh sách hộ tham gia.", "reasons": "Chưa rõ đối tượng."}


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path, [SERVICE], (evaluation.EVENTS,), USERS, REGISTERED_AT) as here:
        for body, above in ((OFFICE, None), (COMMITTEE, OFFICE), (CELL, COMMITTEE)):
            await here.record(
                registration.EVENTS,
                f"organization-{body}",
                story.created(body, "Đơn vị"),
                story.line(body, "party", above),
            )
        await here.record(
            registration.EVENTS, f"movement-{story.MOVEMENT}", LAUNCHED, story.CALENDAR
        )
        await here.record(evaluation.EVENTS, f"ruleset-{story.RULE_SET}", RULES)
        await here.record(registration.EVENTS, f"model-{MODEL}", SURVEYED)
        await here.get("/registration/models")
        await ok(here, f"{ONE}/registration", form(), "registrant")
        yield here


def form(**changed: object) -> dict[str, Any]:
    whole = msgspec.to_builtins(story.registered())
    for name in ("model_id", "rule_set", "rule_set_version", "launching_body", "holder_person"):
        del whole[name]
    del whole["answer_by"]
    return {**whole, **changed}


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
