"""A unit's quota over HTTP: two at once, a crash in between, a withdrawal; and who is below it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest

from services.registration.quota_places import HELD, quota_id
from services.registration.service import SERVICE
from shared.contracts import evaluation, registration
from shared.contracts.evaluation import Quota, Setting
from shared.contracts.intake import QuotaPlaceTaken
from shared.contracts.values import ModelId
from shared.host.ids import new_key
from shared.host.policy import Role
from tests.integration.test_registration_rules_http import LAUNCHED, RULES
from tests.integration.test_registration_running_http import SURVEYED, ok, user
from tests.support import story
from tests.support.recorded import World, world
from tests.support.story import CELL, COMMITTEE, MODEL, MOVEMENT, OFFICE, UNION, YEAR

FEBRUARY = datetime(YEAR, 2, 10, 3, tzinfo=UTC)
OTHER = ModelId(UUID("018f0000-0000-7000-8000-0000000000d7"))
ONE_EACH = Setting(value=Quota(at_least=1, at_most=1), source="practice: mẫu")
LIMITED = msgspec.structs.replace(
    RULES, settings=msgspec.structs.replace(RULES.settings, models_per_unit=ONE_EACH)
)
USERS = (
    user("registrant", Role.REGISTRANT, CELL),
    user("officer", Role.COMMITTEE_OFFICER, COMMITTEE),
)
LEFT_OUT = (
    *("model_id", "rule_set", "rule_set_version", "launching_body", "holder_person"),
    "answer_by",
)


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path, [SERVICE], (evaluation.EVENTS,), USERS, FEBRUARY) as here:
        for body, above in (
            (OFFICE, None),
            (COMMITTEE, OFFICE),
            (CELL, COMMITTEE),
            (UNION, COMMITTEE),
        ):
            await here.record(
                registration.EVENTS,
                f"organization-{body}",
                story.created(body, "Hội Phụ nữ" if body == UNION else "Đơn vị"),
                story.line(body, "party", above),
            )
        await here.record(registration.EVENTS, f"movement-{MOVEMENT}", LAUNCHED, story.CALENDAR)
        await here.record(evaluation.EVENTS, f"ruleset-{story.RULE_SET}", LIMITED)
        for model in (MODEL, OTHER):
            surveyed = msgspec.structs.replace(SURVEYED, model_id=model)
            await here.record(registration.EVENTS, f"model-{model}", surveyed)
        await here.get("/registration/models")
        yield here


def form() -> dict[str, Any]:
    whole = msgspec.to_builtins(story.registered())
    return {name: value for name, value in whole.items() if name not in LEFT_OUT}


async def register(here: World, model: UUID, key: UUID | None = None) -> httpx.Response:
    return await here.post(
        f"/registration/models/{model}/registration", form(), user="registrant", key=key
    )


async def test_of_two_registrations_at_once_one_finds_no_place(here: World) -> None:
    answers = await asyncio.gather(register(here, MODEL), register(here, OTHER))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    (refused,) = [answer.json() for answer in answers if not answer.is_success]
    assert refused["practice"] == "models_per_unit"
    assert refused["type"].endswith("quota-full")
    assert len((await here.get("/registration/models"))["items"]) == 1


async def test_the_same_request_again_gives_the_same_answer(here: World) -> None:
    key = new_key(FEBRUARY)
    first, again = await register(here, MODEL, key), await register(here, MODEL, key)
    assert (first.status_code, first.json()) == (200, again.json())


async def test_what_a_crash_left_lapses_and_the_place_is_used(here: World) -> None:
    left = QuotaPlaceTaken(
        place_id=UUID(int=9),
        unit=CELL,
        movement=MOVEMENT,
        year=YEAR,
        model_id=MODEL,
        at_most=1,
        taken_at=FEBRUARY,
    )
    await here.record(registration.EVENTS, f"quota-{quota_id(CELL, MOVEMENT, YEAR)}", left)
    assert (await register(here, OTHER)).status_code == 409
    here.clock.pin(FEBRUARY + HELD + timedelta(seconds=1))
    assert (await register(here, OTHER)).status_code == 200
    stored = await here.runtime.store.read_stream(f"model-{MODEL}")
    assert stored[-1].type == "dvk.registration.QuotaPlaceLapsed.v1"
    assert (await register(here, MODEL)).status_code == 409


async def test_what_is_refused_for_another_reason_takes_no_place(here: World) -> None:
    wrong = {**form(), "category": "none"}
    refused = await here.post(
        f"/registration/models/{MODEL}/registration", wrong, user="registrant"
    )
    assert refused.json()["type"].endswith("category-not-listed")
    assert (await register(here, OTHER)).status_code == 200


async def test_a_withdrawal_gives_the_place_back(here: World) -> None:
    assert (await register(here, MODEL)).status_code == 200
    await ok(
        here, f"/registration/models/{MODEL}/withdrawal", {"reason": "Đã sáp nhập."}, "registrant"
    )
    await here.until(here.is_settled)
    await here.get("/registration/models")
    assert (await register(here, OTHER)).status_code == 200


async def test_units_below_their_quota_are_listed_as_at_a_day(here: World) -> None:
    async def below(**more: object) -> list[tuple[str, int, int]]:
        found = await here.get(
            "/registration/units-below-quota",
            user="officer",
            **{"movement": MOVEMENT, "year": YEAR, "above": COMMITTEE, **more},
        )
        return [(row["organization_id"], row["models"], row["at_least"]) for row in found["items"]]

    both = [(str(CELL), 0, 1), (str(UNION), 0, 1)]
    assert await below() == both
    assert (await register(here, MODEL)).status_code == 200
    assert await below() == both[1:]
    assert await below(on="2026-02-09") == both
    assert await below(above=OFFICE) == [(str(COMMITTEE), 0, 1)]
    unknown = await here.read(
        "/registration/units-below-quota",
        user="officer",
        movement=OTHER,
        year=YEAR,
        above=COMMITTEE,
    )
    assert unknown.status_code == 404
