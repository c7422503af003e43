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

from shared.contracts import evaluation, registration
from shared.contracts.evaluation import RuleSetAdopted, RuleSetVersion
from shared.contracts.values import ModelId, RuleSetId
from shared.host.storage import READERS_MAX
from tests.support import story
from tests.support.recorded import World
from tests.support.registering import RULES, form, registering
from tests.support.story import COMMITTEE, RULE_SET, YEAR

replace = msgspec.structs.replace
MARCH = datetime(YEAR, 3, 10, 3, tzinfo=UTC)
OWN, LATER = RuleSetId(UUID(int=51)), RuleSetId(UUID(int=52))
AMENDED = replace(RULES, version=2, effective_on=date(YEAR, 3, 1))
OF_COMMUNE = replace(
    RULES,
    rule_set_id=OWN,
    adopted_by=COMMITTEE,
    parent=RuleSetVersion(rule_set=RULE_SET, version=1),
    effective_on=date(YEAR, 2, 1),
)


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[World]:
    async with registering(tmp_path, rules=None) as here:
        yield here


async def adopted(here: World, *versions: RuleSetAdopted) -> None:
    for version in versions:
        await here.record(evaluation.EVENTS, f"ruleset-{version.rule_set_id}", version)
    await here.get("/registration/models")  # waits until what was recorded has arrived


async def register(here: World, number: int) -> dict[str, Any]:
    """The answer to registering a surveyed model of the cell."""
    model = ModelId(UUID(int=0xE0 + number))
    await here.record(registration.EVENTS, f"model-{model}", story.surveyed(model))
    body = form(name=f"Đường hoa {number}")
    answer = await here.post(f"/registration/models/{model}/registration", body, user="registrant")
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
