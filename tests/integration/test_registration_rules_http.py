"""Which rules a registration falls under: those that hold on its day, the deciding body's own before the
movement's; later amendments leave it where it is.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from services.registration.service import SERVICE
from shared.contracts import evaluation, registration
from shared.contracts.evaluation import Category, RuleSetAdopted, RuleSetVersion, Setting
from shared.contracts.registration import MovementLaunched, SiteSurveyed
from shared.contracts.values import ModelId, RuleSetId
from shared.host.issuer import User
from shared.host.policy import Role
from shared.host.storage import READERS_MAX
from tests.support import story
from tests.support.recorded import World, world
from tests.support.story import CELL, COMMITTEE, OFFICE, RULE_SET, YEAR

replace = msgspec.structs.replace
FEBRUARY = datetime(YEAR, 2, 10, 3, tzinfo=UTC)
MARCH = datetime(YEAR, 3, 10, 3, tzinfo=UTC)
OWN, LATER = RuleSetId(UUID(int=51)), RuleSetId(UUID(int=52))
CATEGORIES = Setting(
    value=(Category(id="I.1.1-4", holder_kind="collective", title="Chi bộ, tổ dân vận"),),
    source="guideline I.1.1",
)
RULES = replace(story.RULES, settings=replace(story.SETTINGS, categories=CATEGORIES))
AMENDED = replace(RULES, version=2, effective_on=date(YEAR, 3, 1))
OF_COMMUNE = replace(
    RULES,
    rule_set_id=OWN,
    adopted_by=COMMITTEE,
    parent=RuleSetVersion(rule_set=RULE_SET, version=1),
    effective_on=date(YEAR, 2, 1),
)
LAUNCHED = MovementLaunched(
    movement_id=story.MOVEMENT,
    name="Dân vận khéo",
    first_year=YEAR,
    last_year=YEAR + 4,
    legal_bases=("01-HD/BTGDV",),
    launching_body=OFFICE,
    rule_set=RULE_SET,
    rule_set_version=1,
)
USERS = (User(user="r", subject="r", roles=(Role.REGISTRANT,), organization=CELL),)


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path, [SERVICE], (evaluation.EVENTS,), USERS, FEBRUARY) as here:
        for body, above in ((OFFICE, None), (COMMITTEE, OFFICE), (CELL, COMMITTEE)):
            await here.record(
                registration.EVENTS,
                f"organization-{body}",
                story.created(body, "Đơn vị"),
                story.line(body, "party", above),
            )
        stream = f"movement-{story.MOVEMENT}"
        await here.record(registration.EVENTS, stream, LAUNCHED, story.CALENDAR)
        yield here


async def adopted(here: World, *versions: RuleSetAdopted) -> None:
    for version in versions:
        await here.record(evaluation.EVENTS, f"ruleset-{version.rule_set_id}", version)
    await here.get("/registration/models")  # waits until what was recorded has arrived


async def register(here: World, number: int) -> dict[str, Any]:
    """The answer to registering a surveyed model of the cell with its committee, which also decides."""
    model = ModelId(UUID(int=0xE0 + number))
    surveyed = SiteSurveyed(
        model_id=model,
        surveyed_by=CELL,
        surveyed_on=date(YEAR, 1, 15),
        place="Bản Cửa Rào",
        situation="Đường làng nhiều cỏ dại.",
        advantages="Nhân dân đồng tình.",
        difficulties="Thiếu cây giống.",
    )
    await here.record(registration.EVENTS, f"model-{model}", surveyed)
    whole = msgspec.to_builtins(story.registered(model, f"Đường hoa {number}"))
    left_out = (
        *("model_id", "rule_set", "rule_set_version", "launching_body", "holder_person"),
        "answer_by",
    )
    body = {name: value for name, value in whole.items() if name not in left_out}
    body |= {"category": "I.1.1-4", "committee": str(COMMITTEE), "deciding_body": str(COMMITTEE)}
    answer = await here.post(f"/registration/models/{model}/registration", body, user="r")
    found: dict[str, Any] = answer.json()
    if answer.is_success:
        (*_, event) = await here.runtime.store.read_stream(f"model-{model}")
        found["metadata"] = event.metadata.decode()
    return found


async def rules_of(here: World, number: int) -> str:
    answer = await register(here, number)
    assert "metadata" in answer, answer
    rules: str = msgspec.json.decode(answer["metadata"])["rules"]
    return rules


async def test_a_registration_falls_under_the_version_that_holds_that_day(here: World) -> None:
    await adopted(here, RULES, AMENDED)
    assert await rules_of(here, 1) == f"{RULE_SET}/1"
    here.clock.pin(MARCH)
    assert await rules_of(here, 2) == f"{RULE_SET}/2"


async def test_what_replaces_the_movements_rule_set_governs_from_its_day_on(here: World) -> None:
    replacing = replace(
        RULES, rule_set_id=LATER, effective_on=date(YEAR, 3, 1), replaces=(RULE_SET,)
    )
    await adopted(here, RULES, replacing)
    assert await rules_of(here, 1) == f"{RULE_SET}/1"
    here.clock.pin(MARCH)
    assert await rules_of(here, 2) == f"{LATER}/1"


async def test_the_deciding_bodys_own_set_goes_before_the_movements_it_builds_on(
    here: World,
) -> None:
    await adopted(here, RULES, OF_COMMUNE)
    assert await rules_of(here, 1) == f"{OWN}/1"


async def test_a_set_that_builds_on_no_rules_of_the_movement_governs_nothing_in_it(
    here: World,
) -> None:
    await adopted(here, RULES, replace(OF_COMMUNE, parent=None))
    assert await rules_of(here, 1) == f"{RULE_SET}/1"


async def test_without_rules_in_force_nothing_is_registered(here: World) -> None:
    refused = await register(here, 1)
    assert refused["type"].rpartition("/")[2] == "rule-set-missing"
    await adopted(here, replace(RULES, expires_on=date(YEAR, 2, 10)))
    refused = await register(here, 2)
    assert refused["type"].rpartition("/")[2] == "rule-set-not-in-force"
    assert refused["clause"] == "IV.1"


async def test_more_register_at_once_than_there_are_connections_to_read_with(here: World) -> None:
    """Each reads the rules, and then asks who succeeded whom."""
    await adopted(here, RULES)
    answers = await asyncio.gather(*(register(here, one) for one in range(2 * READERS_MAX)))
    assert [answer for answer in answers if "metadata" not in answer] == []
