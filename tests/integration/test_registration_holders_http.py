"""Who holds a model, over HTTP: joint holders agree and act alike; another takes it over, and who may act follows."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from services.registration.quota_places import quota_id
from shared.contracts.evaluation import Category, Quota
from tests.support import story
from tests.support.recorded import World, denied, ok
from tests.support.registering import (
    CATEGORIES,
    ONE,
    OTHER_MODEL,
    PLAN,
    RULES,
    form,
    paper_of,
    registering,
)
from tests.support.story import CELL, COMMITTEE, ELSEWHERE, MODEL, MOVEMENT, OFFICE, UNION, YEAR

NAME = "Nguyễn Thị Thử Nghiệm"
HAND_OVER: dict[str, Any] = {
    "holder_kind": "collective",
    "holder": str(UNION),
    "holder_name": "Chi hội Phụ nữ bản Cửa Rào",
    "category": "I.1.1-4",
    "reason": "Chi bộ bàn giao cho chi hội.",
    "agreement": "Biên bản bàn giao số 3",
}
PROGRESS = {"until": "2026-02-09", "narrative": "Đã trồng 400 m.", "figures": []}
INDIVIDUALS = Category(id="I.1.2-1", holder_kind="individual", title="Cán bộ, đảng viên")
BOTH_KINDS = story.with_settings(
    RULES, categories=(*CATEGORIES, INDIVIDUALS), models_per_unit=Quota(at_least=1, at_most=1)
)


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[World]:
    bodies = (OFFICE, COMMITTEE, ELSEWHERE, CELL, UNION)
    surveyed = (MODEL, OTHER_MODEL)
    async with registering(tmp_path, bodies=bodies, rules=BOTH_KINDS, surveyed=surveyed) as here:
        yield here


async def running_model(here: World) -> None:
    await ok(here, f"{ONE}/registration", form(), "registrant")
    await ok(here, f"{ONE}/acceptance", {}, "officer")
    await ok(here, f"{ONE}/plan", PLAN, "registrant")


async def test_another_takes_a_model_over_and_who_may_act_follows(here: World) -> None:
    await ok(here, f"{ONE}/registration", form(), "registrant")
    early = await here.post(f"{ONE}/holder", HAND_OVER, user="officer")
    assert early.json()["type"].endswith("/registration-not-accepted")
    await ok(here, f"{ONE}/acceptance", {}, "officer")
    await ok(here, f"{ONE}/plan", PLAN, "registrant")
    await denied(here, f"{ONE}/holder", HAND_OVER, "registrant", "union", "foreigner", "clerk")
    await denied(here, f"{ONE}/progress", PROGRESS, "union")

    written = await ok(here, f"{ONE}/holder", HAND_OVER, "officer")
    assert written["events"] == ["dvk.registration.HolderChanged.v1"]
    await ok(here, f"{ONE}/progress", PROGRESS, "union")
    await denied(here, f"{ONE}/progress", PROGRESS, "registrant")
    held = (await here.get(ONE))["registration"]
    assert (held["holder"], held["holder_name"]) == (str(UNION), HAND_OVER["holder_name"])
    (row,) = (await here.get("/registration/models", holder=UNION, q="chi hoi phu nu"))["items"]
    assert (row["holder"], row["status"]) == (str(UNION), "running")
    for nobody in ({"holder": CELL}, {"q": "chi bo ban"}):
        assert (await here.get("/registration/models", **nobody))["items"] == []

    await ok(here, f"{ONE}/results", {"summary": "Đạt."}, "union")
    back = HAND_OVER | {"holder": str(CELL), "holder_name": "Chi bộ bản Cửa Rào"}
    late = await here.post(f"{ONE}/holder", back, user="officer")
    assert (late.status_code, late.json()["clause"]) == (409, "III.2.1b")


async def test_a_persons_name_stays_in_the_vault(here: World) -> None:
    await running_model(here)
    person = HAND_OVER | {
        "holder_kind": "individual",
        "holder": str(COMMITTEE),
        "holder_name": None,
        "person": NAME,
        "category": "I.1.2-1",
    }
    await ok(here, f"{ONE}/holder", person, "officer")
    held = (await here.get(ONE))["registration"]
    assert held["holder_name"] is None and held["holder_person"]["payload"]
    stored = await here.runtime.store.read_stream(f"model-{MODEL}")
    assert all(
        NAME.encode() not in event.data and NAME.encode() not in event.metadata for event in stored
    )


async def test_bad_changes_are_refused_with_what_to_do(here: World) -> None:
    await running_model(here)
    foreign = await here.post(
        f"{ONE}/holder", HAND_OVER | {"holder": str(ELSEWHERE)}, user="officer"
    )
    assert foreign.json()["type"].endswith("/new-holder-of-other-committee")
    assert foreign.json()["clause"] == "III.1.1c"
    nowhere = HAND_OVER | {"holder": str(OTHER_MODEL)}
    unregistered = f"/registration/models/{OTHER_MODEL}/holder"
    for path, body in ((f"{ONE}/holder", nowhere), (unregistered, HAND_OVER)):
        assert (await here.post(path, body, user="officer")).status_code in (403, 404)
    for bad in ({"agreement": ""}, {"reason": " "}, {"holder_kind": "both"}, {"more": 1}):
        answer = await here.post(f"{ONE}/holder", HAND_OVER | bad, user="officer")
        assert answer.status_code in (400, 422), bad


async def test_it_takes_a_place_of_the_new_unit_and_gives_the_former_back(here: World) -> None:
    await running_model(here)
    union_form = form(holder=str(UNION), holder_name="Chi hội Phụ nữ")
    other = f"/registration/models/{OTHER_MODEL}"
    paper = await paper_of(here, UNION)
    await ok(here, f"{other}/registration", union_form, "officer", paper)
    full = await here.post(f"{ONE}/holder", HAND_OVER, user="officer")
    assert full.json()["type"].endswith("/quota-full")
    await ok(here, f"{other}/withdrawal", {"reason": "Nhường chỗ."}, "union")
    await here.until(here.is_settled)
    await here.get("/registration/models")

    await ok(here, f"{ONE}/holder", HAND_OVER, "officer")
    await here.until(here.is_settled)
    stored = await here.runtime.store.read_stream(f"quota-{quota_id(CELL, MOVEMENT, YEAR)}")
    assert [event.type.split(".")[-2] for event in stored] == ["QuotaPlaceTaken", "QuotaPlaceFreed"]
    assert b"holder-changed" in stored[-1].data


JOINT = {"joint_holders": [{"organization": str(UNION), "name": "Chi hội Phụ nữ bản Cửa Rào"}]}
AGREES = {"holder": str(UNION)}


async def test_joint_holders_agree_first_and_then_act_alike(here: World) -> None:
    await ok(here, f"{ONE}/registration", form(**JOINT), "registrant")
    waiting = await here.post(f"{ONE}/acceptance", {}, user="officer")
    assert waiting.json()["type"].endswith("/joint-consent-missing")
    assert "Chi hội Phụ nữ" in waiting.json()["detail"]
    await denied(here, f"{ONE}/joint-consents", AGREES, "registrant", "foreigner", "clerk")
    written = await ok(here, f"{ONE}/joint-consents", AGREES, "union")
    assert written["events"] == ["dvk.registration.JointHolderConsented.v1"]
    assert (await here.get(ONE))["consents"] == [str(UNION)]
    await ok(here, f"{ONE}/acceptance", {}, "officer")
    await ok(here, f"{ONE}/plan", PLAN, "union")
    await ok(here, f"{ONE}/progress", PROGRESS, "registrant")
    for holder in (CELL, UNION):
        (row,) = (await here.get("/registration/models", holder=holder))["items"]
        assert row["model_id"] == str(MODEL)
    found = (await here.get("/registration/models", q="chi hoi phu nu"))["items"]
    assert [row["holder"] for row in found] == [str(CELL)]


async def test_it_takes_the_leading_holders_place_alone(here: World) -> None:
    await ok(here, f"{ONE}/registration", form(**JOINT), "registrant")
    other = f"/registration/models/{OTHER_MODEL}/registration"
    full = await here.post(other, form(), user="registrant")
    assert full.json()["type"].endswith("/quota-full")
    await ok(here, other, form(holder=str(UNION), holder_name="Chi hội Phụ nữ"), "union")


async def test_who_is_left_out_of_a_dossier_after_a_return_is_no_holder_any_more(
    here: World,
) -> None:
    await ok(here, f"{ONE}/registration", form(**JOINT), "registrant")
    await ok(here, f"{ONE}/return", {"reasons": "Chưa rõ phần việc."}, "officer")
    await ok(here, f"{ONE}/registration", form(), "registrant")
    await ok(here, f"{ONE}/acceptance", {}, "officer")
    await denied(here, f"{ONE}/plan", PLAN, "union")
    assert (await here.get("/registration/models", holder=UNION))["items"] == []


async def test_the_committee_enters_a_consent_on_paper_and_bad_ones_are_refused(
    here: World,
) -> None:
    await ok(here, f"{ONE}/registration", form(**JOINT), "registrant")
    paper = await paper_of(here, CELL, UNION, ELSEWHERE)
    foreign = {"holder": str(ELSEWHERE)}
    stranger = await here.post(f"{ONE}/joint-consents", foreign, user="officer", paper=paper)
    assert stranger.json()["type"].endswith("/not-a-joint-holder")
    await ok(here, f"{ONE}/joint-consents", AGREES, "officer", paper)
    other = f"/registration/models/{OTHER_MODEL}/registration"
    many = JOINT["joint_holders"] * 5
    for joint in (many, [{"organization": str(UNION)}], [{"name": "Chi hội"}]):
        answer = await here.post(other, form(joint_holders=joint), user="officer", paper=paper)
        assert answer.status_code in (400, 422), joint
    nowhere = [{"organization": str(OTHER_MODEL), "name": "Không có"}]
    answer = await here.post(other, form(joint_holders=nowhere), user="officer", paper=paper)
    assert answer.status_code in (403, 404)
