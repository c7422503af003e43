"""A model of several years over HTTP: its years begin by themselves, each is reported on; later it is continued."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from shared.contracts import registration
from shared.contracts.evaluation import Category, Quota
from shared.contracts.registration import CalendarSet, OrganizationMerged
from shared.host.policy import Role
from tests.support import story
from tests.support.recorded import World, denied, ok, user
from tests.support.registering import (
    CATEGORIES,
    ONE,
    OTHER_MODEL,
    PLAN,
    RULES,
    USERS,
    form,
    registering,
)
from tests.support.story import CELL, COMMITTEE, MODEL, MOVEMENT, OFFICE, UNION, YEAR

NEXT = YEAR + 1
LIMITED = story.with_settings(
    RULES,
    models_per_unit=Quota(at_least=1, at_most=1),
    categories=(
        *CATEGORIES,
        Category(id="I.1.2-2", holder_kind="individual", title="Người lao động"),
    ),
)
RESULTS = {"summary": "Đạt 800 m đường hoa."}
CONTINUE = f"{ONE}/continuation"


def calendar(year: int) -> CalendarSet:
    return msgspec.structs.replace(
        story.CALENDAR,
        year=year,
        registration_opens=date(year, 1, 2),
        registration_closes=date(year, 3, 31),
        results_before=date(year, 10, 1),
        month_from=date(year, 10, 1),
        month_to=date(year, 10, 31),
    )


def day(year: int, month: int, of_month: int) -> datetime:
    return datetime(year, month, of_month, 3, tzinfo=UTC)


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[World]:
    bodies = (OFFICE, COMMITTEE, CELL, UNION)
    surveyed = (MODEL, OTHER_MODEL)
    users = (*USERS, user("administrator", Role.ADMINISTRATOR, OFFICE))
    async with registering(
        tmp_path, bodies=bodies, rules=LIMITED, surveyed=surveyed, users=users
    ) as here:
        for year in (NEXT, NEXT + 1):
            await here.record(registration.EVENTS, f"movement-{MOVEMENT}", calendar(year))
        yield here


async def runs(here: World, **changed: object) -> None:
    """The cell's model is registered, accepted and planned."""
    await ok(here, f"{ONE}/registration", form(**changed), "registrant")
    await ok(here, f"{ONE}/acceptance", {}, "officer")
    await ok(here, f"{ONE}/plan", PLAN, "registrant")


async def until_year(here: World, year: int) -> dict[str, Any]:
    async def look() -> dict[str, Any] | None:
        found: dict[str, Any] = await here.get(ONE)
        return found if found["reports_year"] == year else None

    return await here.until(look)


async def until_missed(here: World) -> None:
    async def look() -> bool | None:
        return (await here.get(ONE))["session_missed"] or None

    await here.until(look)


async def listed(here: World, year: int) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await here.get("/registration/models", year=year))["items"]
    return items


async def test_each_year_of_a_term_is_reported_by_itself_and_a_missed_one_stays_missed(
    here: World,
) -> None:
    await runs(here, last_year=NEXT + 1)
    here.clock.pin(day(YEAR, 9, 20))
    await ok(here, f"{ONE}/results", RESULTS, "registrant")
    session = {"held_on": f"{YEAR}-09-21", "place": "Nhà văn hóa"}
    await ok(here, f"{ONE}/session", session, "officer")
    here.clock.pin(day(YEAR, 9, 21))
    written = await ok(here, f"{ONE}/session/minutes", {"minutes": "BB 01"}, "officer")
    assert written["events"][-1].endswith("ResultsReported.v1")

    await here.get("/registration/models")  # what time looks at has seen the results
    here.clock.pin(day(NEXT, 1, 2))
    seen = await until_year(here, NEXT)
    await here.until(here.is_settled)
    assert (seen["status"], seen["results"], seen["session_held"]) == ("running", None, False)
    (over,) = seen["years_over"]
    assert (over["year"], over["session"], over["reported"]) == (YEAR, "held", True)
    (row,) = await listed(here, NEXT)
    assert (row["reports_year"], row["session"], row["results_submitted_on"]) == (
        NEXT,
        "none",
        None,
    )
    assert len(await listed(here, YEAR)) == len(await listed(here, NEXT + 1)) == 1
    assert await listed(here, NEXT + 2) == []

    here.clock.pin(day(NEXT, 10, 1))
    await until_missed(here)
    await here.until(here.is_settled)
    here.clock.pin(day(NEXT + 1, 1, 2))
    seen = await until_year(here, NEXT + 1)
    assert [(one["year"], one["session"]) for one in seen["years_over"]] == [
        (YEAR, "held"),
        (NEXT, "missed"),
    ]


async def test_its_committee_alone_changes_a_term_and_says_why(here: World) -> None:
    await runs(here)
    change = {"last_year": NEXT, "reason": "Còn hai ngõ chưa làm."}
    await denied(here, f"{ONE}/term", change, "registrant", "foreigner", "clerk")
    written = await ok(here, f"{ONE}/term", change, "officer")
    assert written["events"] == ["dvk.registration.TermChanged.v1"]
    assert (await here.get(ONE))["last_year"] == NEXT
    assert len(await listed(here, NEXT)) == 1
    long = await here.post(f"{ONE}/term", change | {"last_year": YEAR + 3}, user="officer")
    assert (long.status_code, long.json()["practice"]) == (409, "term_years_max")


async def test_a_term_counts_in_the_quota_of_each_of_its_years(here: World) -> None:
    await runs(here, last_year=NEXT)
    below = await here.get(
        "/registration/units-below-quota",
        user="officer",
        movement=MOVEMENT,
        year=NEXT,
        above=COMMITTEE,
    )
    assert str(CELL) not in {row["organization_id"] for row in below["items"]}
    here.clock.pin(day(NEXT, 1, 5))
    other = f"/registration/models/{OTHER_MODEL}/registration"
    full = await here.post(other, form(year=NEXT), user="registrant")
    assert (full.status_code, full.json()["practice"]) == (409, "models_per_unit")
    await ok(here, f"{ONE}/end", {"ended_on": f"{YEAR}-12-31", "reason": "Xong."}, "registrant")
    await here.get("/registration/models")  # waits until the end is known there
    await ok(here, other, form(year=NEXT), "registrant")


async def test_last_years_model_is_continued_in_one_step_with_plan_and_lineage(here: World) -> None:
    await runs(here, joint_holders=[])
    here.clock.pin(day(NEXT, 1, 10))
    await denied(here, CONTINUE, {"year": NEXT}, "stranger", "foreigner")
    written = await ok(here, CONTINUE, {"year": NEXT}, "registrant")
    assert [event.split(".")[2] for event in written["events"]] == [
        "SiteSurveyed",
        "ModelRegistered",
        "ModelContinued",
    ]  # nothing is said of likeness to its own forerunner
    later = written["id"]
    await ok(here, f"/registration/models/{later}/acceptance", {}, "officer")
    seen = await here.get(f"/registration/models/{later}")
    former = await here.get(ONE)
    assert (seen["status"], seen["continues"]) == ("running", str(MODEL))
    assert seen["registration"]["content"] == former["registration"]["content"]
    assert seen["plan"]["targets"] == former["plan"]["targets"]
    assert (seen["plan"]["starts_on"], seen["reports_year"]) == (f"{NEXT}-02-01", NEXT)
    lineage = await here.get(f"/registration/models/{later}/lineage")
    assert lineage["forerunners"] == [str(MODEL)]
    assert (await here.get(f"{ONE}/lineage"))["continued_by"] == [later]

    again = await here.post(CONTINUE, {"year": NEXT}, user="registrant")
    assert (again.status_code, again.json()["type"].rpartition("/")[2]) == (
        409,
        "already-continued",
    )


async def test_what_still_runs_is_not_continued_and_what_is_no_model_either(here: World) -> None:
    await runs(here, last_year=NEXT)
    still = await here.post(CONTINUE, {"year": NEXT}, user="registrant")
    assert still.json()["type"].endswith("forerunner-still-runs")
    nobody = f"/registration/models/{UUID(int=9)}/continuation"
    assert (await here.post(nobody, {"year": NEXT}, user="registrant")).status_code == 403


async def test_whoever_succeeded_the_holder_continues_its_model(here: World) -> None:
    merged = OrganizationMerged(
        organization_id=CELL, into=UNION, effective_on=date(YEAR, 12, 1), source="QĐ 9"
    )
    await here.record(registration.EVENTS, f"organization-{CELL}", merged)
    await runs(here)
    here.clock.pin(day(NEXT, 1, 10))
    written = await ok(here, CONTINUE, {"year": NEXT, "last_year": NEXT + 1}, "union")
    later = written["id"]
    seen = await here.get(f"/registration/models/{later}")
    assert seen["registration"]["holder"] == str(UNION)
    assert (seen["last_year"], seen["similar"]) == (NEXT + 1, [])


async def test_an_individual_goes_on_under_the_name_that_is_kept_anew(here: World) -> None:
    person = "Lô Thị Thử"
    alone = {"holder_kind": "individual", "holder_name": None, "category": "I.1.2-2"}
    await runs(here, **alone, person=person)
    here.clock.pin(day(NEXT, 1, 10))
    written = await ok(here, CONTINUE, {"year": NEXT, "with_plan": False}, "registrant")
    former, later = [
        (await here.get(path))["registration"]["holder_person"]["payload"]
        for path in (ONE, f"/registration/models/{written['id']}")
    ]
    assert former != later  # each is forgotten by itself
    erase = f"/registration/personal-data/{former}/erasure"
    await ok(here, erase, {"reason": "asked_by_the_person"}, "administrator")
    again = await here.post(CONTINUE, {"year": NEXT + 1}, user="registrant")
    assert again.json()["type"].endswith("holder-name-erased")
    await ok(here, f"/registration/models/{written['id']}/acceptance", {}, "officer")
    seen = await here.get(f"/registration/models/{written['id']}")
    assert (seen["status"], seen["plan"]) == ("accepted", None)
