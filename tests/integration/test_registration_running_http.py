"""A running model over HTTP: its plan and team, and how the mobilisation system stands by it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support import story
from tests.support.recorded import World, denied, ok
from tests.support.registering import ONE, PLAN, TEAM, registering, runs_by_plan
from tests.support.story import COMMITTEE, ELSEWHERE, MODEL, OFFICE, UNION

MAY = datetime(2026, 5, 10, 3, tzinfo=UTC)
JUNE = datetime(2026, 6, 10, 3, tzinfo=UTC)
JULY = datetime(2026, 7, 25, 3, tzinfo=UTC)


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[World]:
    async with registering(tmp_path, at=MAY, bodies=[UNION]) as here:
        await runs_by_plan(here)
        yield here


async def test_a_revised_plan_shows_its_history_and_the_figures_against_its_targets(
    here: World,
) -> None:
    progress = {
        "until": "2026-05-09",
        "narrative": "Đã trồng 400 m.",
        "figures": [{"target": "Đường hoa", "value": 400}],
    }
    await ok(here, f"{ONE}/progress", progress, "registrant")
    revision = {
        **PLAN,
        "targets": [{"name": "Đường hoa", "unit": "m", "goal": 900}],
        "reason": "Thêm đoạn cuối bản.",
    }
    await denied(here, f"{ONE}/plan/revisions", revision, "foreigner", "auditor")
    written = await ok(here, f"{ONE}/plan/revisions", revision, "registrant")
    assert written["events"] == ["dvk.registration.PlanRevised.v1"]
    shown = await here.get(f"{ONE}/plan")
    assert (shown["plan"]["version"], shown["plan"]["reason"]) == (2, "Thêm đoạn cuối bản.")
    assert [version["version"] for version in shown["history"]] == [1, 2]
    (target,) = shown["targets"]
    assert (target["goal"], target["reported"]["value"]) == ("900", "400")
    assert (target["reached_percent"], target["assessed"]) == (44, None)


async def test_core_members_come_and_go_and_only_those_concerned_read_their_names(
    here: World,
) -> None:
    await ok(here, f"{ONE}/core-team", TEAM, "registrant")
    (member,) = (await here.get(f"{ONE}/core-team", user="officer"))["members"]
    assert member["name"] == "Lô Văn Thử"
    change = {
        "joined": [{"person": "Vi Thị Mẫu", "role": "Tổ trưởng", "group": "Hội Phụ nữ"}],
        "left": [member["member"]],
        "reason": "Chuyển công tác.",
    }
    await ok(here, f"{ONE}/core-team/changes", change, "registrant")
    (member,) = (await here.get(f"{ONE}/core-team", user="auditor"))["members"]
    assert member["name"] == "Vi Thị Mẫu"
    assert (await here.read(f"{ONE}/core-team", user="foreigner")).status_code == 404
    assert (await here.read(f"{ONE}/core-team")).status_code == 401
    for event in await here.runtime.store.read_stream(f"model-{MODEL}"):
        assert "Lô Văn Thử" not in (event.data + event.metadata).decode()


async def test_praise_comes_from_the_bodies_of_the_mobilisation_system(here: World) -> None:
    praise = {"reasons": "Huy động được cả bản tham gia."}
    await denied(here, f"{ONE}/praises", praise, "registrant", "foreigner")
    await ok(here, f"{ONE}/praises", praise, "officer")
    await ok(here, f"{ONE}/praises", praise, "clerk")
    shown = await here.get(f"{ONE}/support", user="registrant")
    assert [one["by"] for one in shown["praises"]] == [str(COMMITTEE), str(OFFICE)]
    assert (await here.get(ONE))["praises"] == 2


async def test_a_difficulty_is_helped_overdue_and_resolved_by_the_helper(here: World) -> None:
    await ok(here, f"{ONE}/difficulties", {"description": "Thiếu cây giống."}, "registrant")
    (row,) = (await here.get("/registration/difficulties", user="officer", status="open"))["items"]
    one = f"{ONE}/difficulties/{row['difficulty_id']}"
    resolution = {"resolution": "Đã nhận 500 cây giống."}
    await denied(here, f"{one}/resolution", resolution, "helper")
    help_ = {
        "helper": str(UNION),
        "task": "Vận động hội viên góp cây giống.",
        "due_on": "2026-05-31",
    }
    await denied(here, f"{one}/help", help_, "registrant", "foreigner")
    missing = await here.post(f"{one}/help", {**help_, "helper": str(ELSEWHERE)}, user="officer")
    assert missing.json()["type"].endswith("/helper-unknown")
    await ok(here, f"{one}/help", help_, "officer")

    late = {"overdue": "true", "committee": COMMITTEE}
    assert (await here.get("/registration/difficulties", user="clerk", **late))["items"] == []
    here.clock.pin(JUNE)
    (row,) = (await here.get("/registration/difficulties", user="clerk", **late))["items"]
    assert (row["helper"], row["due_on"], row["model_name"]) == (
        str(UNION),
        "2026-05-31",
        story.MODEL_NAME,
    )
    await ok(here, f"{one}/resolution", resolution, "helper")
    assert (await here.get("/registration/difficulties", user="clerk", **late))["items"] == []
    assert (await here.get(ONE))["open_difficulties"] == 0
    assert (await here.read("/registration/difficulties")).status_code == 401


async def test_a_model_is_quiet_after_its_rule_sets_interval_until_something_is_heard(
    here: World,
) -> None:
    async def quiet() -> list[dict[str, object]] | None:
        return (await here.get("/registration/quiet-models", user="clerk"))["items"] or None

    assert await quiet() is None
    here.clock.pin(JULY)
    (row,) = await here.until(quiet)
    assert (row["model_id"], row["heard_on"]) == (str(MODEL), "2026-05-10")
    stream = await here.runtime.store.read_stream(f"model-{MODEL}")
    assert sum(event.type.endswith("ModelFellQuiet.v1") for event in stream) == 1
    assessment = {
        "assessed_on": "2026-07-20",
        "standing": "weak",
        "quality": "Hoa chưa được chăm sóc.",
        "effectiveness": "Chưa rõ.",
        "figures": [{"target": "Đường hoa", "value": 300}],
    }
    await denied(here, f"{ONE}/interim-assessments", assessment, "registrant", "foreigner")
    await ok(here, f"{ONE}/interim-assessments", assessment, "officer")
    assert await quiet() is None
    (target,) = (await here.get(f"{ONE}/plan"))["targets"]
    assert (target["reported"], target["assessed"]["value"]) == (None, "300")


async def test_a_difficulty_without_help_is_overdue_after_the_days_of_the_rule_set(
    here: World,
) -> None:
    await ok(here, f"{ONE}/difficulties", {"description": "Thiếu cây giống."}, "registrant")
    late = {"overdue": "true"}
    assert (await here.get("/registration/difficulties", user="clerk", **late))["items"] == []
    here.clock.pin(MAY + timedelta(days=15))
    assert (await here.get("/registration/difficulties", user="clerk", **late))["items"] == []
    here.clock.pin(MAY + timedelta(days=16))
    (row,) = (await here.get("/registration/difficulties", user="clerk", **late))["items"]
    assert (row["status"], row["helper"]) == ("open", None)
