"""Models that may be the same work, over HTTP: found, shown side by side, answered, listed."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from services.registration.service import SERVICE
from shared.contracts import evaluation, registration
from shared.contracts.values import ModelId, OrganizationId
from shared.host.policy import Role
from tests.integration.test_registration_quota_http import LEFT_OUT
from tests.integration.test_registration_rules_http import LAUNCHED, RULES
from tests.integration.test_registration_running_http import SURVEYED, ok, user
from tests.support import story
from tests.support.recorded import World, world
from tests.support.story import CELL, COMMITTEE, MODEL, MOVEMENT, OFFICE, UNION, YEAR

FEBRUARY = datetime(YEAR, 2, 10, 3, tzinfo=UTC)
OTHER = ModelId(UUID("018f0000-0000-7000-8000-0000000000d7"))
USERS = (
    user("cell", Role.REGISTRANT, CELL),
    user("union", Role.REGISTRANT, UNION),
    user("officer", Role.COMMITTEE_OFFICER, COMMITTEE),
)


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path, [SERVICE], (evaluation.EVENTS,), USERS, FEBRUARY) as here:
        stands = ((OFFICE, None), (COMMITTEE, OFFICE), (CELL, COMMITTEE), (UNION, COMMITTEE))
        for body, above in stands:
            await here.record(
                registration.EVENTS,
                f"organization-{body}",
                story.created(body, "Đơn vị"),
                story.line(body, "party", above),
            )
        await here.record(registration.EVENTS, f"movement-{MOVEMENT}", LAUNCHED, story.CALENDAR)
        await here.record(evaluation.EVENTS, f"ruleset-{story.RULE_SET}", RULES)
        for model in (MODEL, OTHER):
            surveyed = msgspec.structs.replace(SURVEYED, model_id=model)
            await here.record(registration.EVENTS, f"model-{model}", surveyed)
        await here.get("/registration/models")
        yield here


async def register(
    here: World, model: UUID, holder: OrganizationId, **changed: str
) -> dict[str, Any]:
    whole = msgspec.to_builtins(story.registered())
    form = {name: value for name, value in whole.items() if name not in LEFT_OUT}
    form |= {"holder": str(holder), **changed}
    as_user = "union" if holder == UNION else "cell"
    written = await ok(here, f"/registration/models/{model}/registration", form, as_user)
    await here.get("/registration/models")
    return written


async def duplicates(here: World, state: str) -> list[str]:
    found = await here.get("/registration/duplicates", user="officer", state=state)
    return [row["model_id"] for row in found["items"]]


async def test_the_same_work_of_a_parallel_line_is_found_and_accepted_with_a_reason(
    here: World,
) -> None:
    await register(here, MODEL, CELL)
    written = await register(
        here, OTHER, UNION, name="DUONG HOA ban Cua Rao", content="Hội viên cùng làm."
    )
    assert written["events"][-1] == "dvk.registration.SimilarityFound.v1"
    shown = await here.get(f"/registration/models/{OTHER}/similar")
    (beside,) = shown["similar"]
    assert (beside["other"], beside["other_name"]) == (str(MODEL), story.MODEL_NAME)
    assert (beside["name_percent"], beside["place_percent"]) == (100, 100)
    assert beside["content"] == "Hội viên cùng làm."
    assert await duplicates(here, "open") == [str(OTHER)]

    refused = await here.post(f"/registration/models/{OTHER}/acceptance", {}, user="officer")
    assert (refused.status_code, refused.json()["practice"]) == (409, "similarity")
    reason = {"reason": "Hội Phụ nữ chăm sóc một đoạn khác."}
    await ok(here, f"/registration/models/{OTHER}/acceptance", reason, "officer")
    shown = await here.get(f"/registration/models/{OTHER}/similar")
    assert shown["accepted_because"] == reason["reason"]
    assert (await duplicates(here, "open"), await duplicates(here, "accepted")) == (
        [],
        [str(OTHER)],
    )
    assert (await here.read("/registration/duplicates")).status_code == 401


async def test_of_two_that_registered_the_earlier_is_asked_at_its_acceptance(here: World) -> None:
    await register(here, MODEL, CELL)
    await register(here, OTHER, UNION)
    refused = await here.post(f"/registration/models/{MODEL}/acceptance", {}, user="officer")
    assert refused.json()["practice"] == "similarity"


async def test_another_place_and_a_returned_or_withdrawn_model_are_no_finding(here: World) -> None:
    await register(here, MODEL, CELL)
    await ok(here, f"/registration/models/{MODEL}/return", {"reasons": "Chưa rõ."}, "officer")
    await here.get("/registration/models")
    other = await register(here, OTHER, UNION)
    assert other["events"] == ["dvk.registration.ModelRegistered.v1"]
    elsewhere = await register(here, MODEL, CELL, address="Tổ dân phố 3, phường Vinh Tân")
    assert elsewhere["events"] == ["dvk.registration.ModelRegistered.v1"]
    await ok(here, f"/registration/models/{MODEL}/return", {"reasons": "Chưa rõ."}, "officer")
    again = await register(here, MODEL, CELL)
    assert again["events"][-1] == "dvk.registration.SimilarityFound.v1"
    await ok(here, f"/registration/models/{MODEL}/return", {"reasons": "Chưa rõ."}, "officer")
    away = {"reason": "Đã sáp nhập."}
    await ok(here, f"/registration/models/{OTHER}/withdrawal", away, "union")
    await here.get("/registration/models")
    alone = await register(here, MODEL, CELL)
    assert alone["events"] == ["dvk.registration.ModelRegistered.v1"]
    await ok(here, f"/registration/models/{MODEL}/acceptance", {}, "officer")
