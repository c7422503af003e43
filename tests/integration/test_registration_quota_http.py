"""A unit's quota over HTTP: two at once, a crash in between, a withdrawal; and who is below it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from services.registration.quota_places import HELD, quota_id
from shared.contracts import registration
from shared.contracts.evaluation import Quota
from shared.contracts.intake import QuotaPlaceTaken
from shared.host.ids import new_key
from tests.support import story
from tests.support.recorded import World, ok
from tests.support.registering import FEBRUARY, OTHER_MODEL, RULES, form, registering
from tests.support.story import CELL, COMMITTEE, MODEL, MOVEMENT, OFFICE, UNION, YEAR

LIMITED = story.with_settings(RULES, models_per_unit=Quota(at_least=1, at_most=1))


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[World]:
    bodies = (OFFICE, COMMITTEE, CELL, UNION)
    surveyed = (MODEL, OTHER_MODEL)
    async with registering(tmp_path, bodies=bodies, rules=LIMITED, surveyed=surveyed) as here:
        yield here


async def register(here: World, model: UUID, key: UUID | None = None) -> httpx.Response:
    return await here.post(
        f"/registration/models/{model}/registration", form(), user="registrant", key=key
    )


async def test_of_two_registrations_at_once_one_finds_no_place(here: World) -> None:
    answers = await asyncio.gather(register(here, MODEL), register(here, OTHER_MODEL))
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
    assert (await register(here, OTHER_MODEL)).status_code == 409
    here.clock.pin(FEBRUARY + HELD + timedelta(seconds=1))
    assert (await register(here, OTHER_MODEL)).status_code == 200
    stored = await here.runtime.store.read_stream(f"model-{MODEL}")
    assert stored[-1].type == "dvk.registration.QuotaPlaceLapsed.v1"
    assert (await register(here, MODEL)).status_code == 409


async def test_what_is_refused_for_another_reason_takes_no_place(here: World) -> None:
    wrong = form(category="none")
    refused = await here.post(
        f"/registration/models/{MODEL}/registration", wrong, user="registrant"
    )
    assert refused.json()["type"].endswith("category-not-listed")
    assert (await register(here, OTHER_MODEL)).status_code == 200


async def test_a_withdrawal_gives_the_place_back(here: World) -> None:
    assert (await register(here, MODEL)).status_code == 200
    await ok(
        here, f"/registration/models/{MODEL}/withdrawal", {"reason": "Đã sáp nhập."}, "registrant"
    )
    await here.until(here.is_settled)
    await here.get("/registration/models")
    assert (await register(here, OTHER_MODEL)).status_code == 200


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
        movement=OTHER_MODEL,
        year=YEAR,
        above=COMMITTEE,
    )
    assert unknown.status_code == 404
