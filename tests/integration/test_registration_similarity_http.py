"""Models that may be the same work, over HTTP: found, shown side by side, answered, listed."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from shared.contracts.values import OrganizationId
from tests.support import story
from tests.support.recorded import World, ok
from tests.support.registering import OTHER_MODEL, form, registering
from tests.support.story import CELL, COMMITTEE, MODEL, OFFICE, UNION


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[World]:
    bodies = (OFFICE, COMMITTEE, CELL, UNION)
    async with registering(tmp_path, bodies=bodies, surveyed=(MODEL, OTHER_MODEL)) as here:
        yield here


async def register(
    here: World, model: UUID, holder: OrganizationId, **changed: str
) -> dict[str, Any]:
    body = form(holder=str(holder), **changed)
    as_user = "union" if holder == UNION else "registrant"
    written = await ok(here, f"/registration/models/{model}/registration", body, as_user)
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
        here, OTHER_MODEL, UNION, name="DUONG HOA ban Cua Rao", content="Hội viên cùng làm."
    )
    assert written["events"][-1] == "dvk.registration.SimilarityFound.v1"
    shown = await here.get(f"/registration/models/{OTHER_MODEL}/similar")
    (beside,) = shown["similar"]
    assert (beside["other"], beside["other_name"]) == (str(MODEL), story.MODEL_NAME)
    assert (beside["name_percent"], beside["place_percent"]) == (100, 100)
    assert beside["content"] == "Hội viên cùng làm."
    assert await duplicates(here, "open") == [str(OTHER_MODEL)]

    refused = await here.post(f"/registration/models/{OTHER_MODEL}/acceptance", {}, user="officer")
    assert (refused.status_code, refused.json()["practice"]) == (409, "similarity")
    reason = {"reason": "Hội Phụ nữ chăm sóc một đoạn khác."}
    await ok(here, f"/registration/models/{OTHER_MODEL}/acceptance", reason, "officer")
    shown = await here.get(f"/registration/models/{OTHER_MODEL}/similar")
    assert shown["accepted_because"] == reason["reason"]
    assert (await duplicates(here, "open"), await duplicates(here, "accepted")) == (
        [],
        [str(OTHER_MODEL)],
    )
    assert (await here.read("/registration/duplicates")).status_code == 401


async def test_of_two_that_registered_the_earlier_is_asked_at_its_acceptance(here: World) -> None:
    await register(here, MODEL, CELL)
    await register(here, OTHER_MODEL, UNION)
    refused = await here.post(f"/registration/models/{MODEL}/acceptance", {}, user="officer")
    assert refused.json()["practice"] == "similarity"


async def test_another_place_and_a_returned_or_withdrawn_model_are_no_finding(here: World) -> None:
    await register(here, MODEL, CELL)
    await ok(here, f"/registration/models/{MODEL}/return", {"reasons": "Chưa rõ."}, "officer")
    await here.get("/registration/models")
    other = await register(here, OTHER_MODEL, UNION)
    assert other["events"] == ["dvk.registration.ModelRegistered.v1"]
    elsewhere = await register(here, MODEL, CELL, address="Tổ dân phố 3, phường Vinh Tân")
    assert elsewhere["events"] == ["dvk.registration.ModelRegistered.v1"]
    await ok(here, f"/registration/models/{MODEL}/return", {"reasons": "Chưa rõ."}, "officer")
    again = await register(here, MODEL, CELL)
    assert again["events"][-1] == "dvk.registration.SimilarityFound.v1"
    await ok(here, f"/registration/models/{MODEL}/return", {"reasons": "Chưa rõ."}, "officer")
    away = {"reason": "Đã sáp nhập."}
    await ok(here, f"/registration/models/{OTHER_MODEL}/withdrawal", away, "union")
    await here.get("/registration/models")
    alone = await register(here, MODEL, CELL)
    assert alone["events"] == ["dvk.registration.ModelRegistered.v1"]
    await ok(here, f"/registration/models/{MODEL}/acceptance", {}, "officer")
