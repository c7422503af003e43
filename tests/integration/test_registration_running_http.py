"""A running model over HTTP: its plan and team, and how the mobilisation system stands by it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.registration.service import SERVICE
from shared.contracts import evaluation, registration
from shared.contracts.registration import RegistrationAccepted
from shared.contracts.values import OrganizationId
from shared.host.issuer import User
from shared.host.policy import Role
from tests.support import story
from tests.support.recorded import World, world
from tests.support.story import CELL, COMMITTEE, ELSEWHERE, MODEL, OFFICE, UNION

MAY = datetime(2026, 5, 10, 3, tzinfo=UTC)
JUNE = datetime(2026, 6, 10, 3, tzinfo=UTC)
JULY = datetime(2026, 7, 25, 3, tzinfo=UTC)
ONE = f"/registration/models/{MODEL}"
PLAN: dict[str, Any] = {
    "targets": [{"name": "Đường hoa", "unit": "m", "goal": 800}],
    "measures": "Họp dân, phân công từng hộ.",
    "resources": "Ngày công của nhân dân.",
    "starts_on": "2026-02-01",
    "ends_on": "2026-09-30",
}
TEAM = {"members": [{"person": "Lô Văn Thử", "role": "Tổ trưởng", "group": "Tổ dân vận"}]}


def user(name: str, role: Role, organization: OrganizationId) -> User:
    return User(user=name, subject=name, roles=(role,), organization=organization)


USERS = (
    user("registrant", Role.REGISTRANT, CELL),
    user("officer", Role.COMMITTEE_OFFICER, COMMITTEE),
    user("clerk", Role.OFFICE_CLERK, OFFICE),
    user("helper", Role.COMMITTEE_OFFICER, UNION),
    user("foreigner", Role.COMMITTEE_OFFICER, ELSEWHERE),
    user("auditor", Role.AUDITOR, ELSEWHERE),
)


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path, [SERVICE], (evaluation.EVENTS,), USERS, MAY) as here:
        await here.record(
            registration.EVENTS,
            f"organization-{UNION}",
            story.created(UNION, "Hội Liên hiệp Phụ nữ xã"),
        )
        await here.record(registration.EVENTS, f"movement-{story.MOVEMENT}", story.CALENDAR)
        await here.record(evaluation.EVENTS, f"ruleset-{story.RULE_SET}", story.RULES)
        await here.record(
            registration.EVENTS,
            f"model-{MODEL}",
            SURVEYED,
            story.registered(),
            RegistrationAccepted(model_id=MODEL, committee=COMMITTEE),
        )
        await ok(here, f"{ONE}/plan", PLAN, "registrant")
        yield here


SURVEYED = registration.SiteSurveyed(
    model_id=MODEL,
    surveyed_by=CELL,
    surveyed_on=datetime(2026, 1, 15, tzinfo=UTC).date(),
    place="Bản Cửa Rào",
    situation="Đường làng nhiều cỏ dại.",
    advantages="Nhân dân đồng tình.",
    difficulties="Thiếu cây giống.",
)


async def ok(here: World, path: str, body: object, user: str) -> dict[str, Any]:
    answer = await here.post(path, body, user=user)
    assert answer.is_success, answer.text
    written: dict[str, Any] = answer.json()
    return written


async def denied(here: World, path: str, body: object, *users: str) -> None:
    for user in users:
        answer = await here.post(path, body, user=user)
        assert answer.status_code == 403, (user, answer.text)


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
    assert (await here.get("/registration/quiet-models", user="clerk"))["items"] == []
    here.clock.pin(JULY)
    (row,) = (await here.get("/registration/quiet-models", user="clerk"))["items"]
    assert (row["model_id"], row["heard_on"]) == (str(MODEL), "2026-05-10")

    async def noted() -> int | None:
        stream = await here.runtime.store.read_stream(f"model-{MODEL}")
        return sum(event.type.endswith("ModelFellQuiet.v1") for event in stream) or None

    assert await here.until(noted) == 1
    assessment = {
        "assessed_on": "2026-07-20",
        "standing": "weak",
        "quality": "Hoa chưa được chăm sóc.",
        "effectiveness": "Chưa rõ.",
        "figures": [{"target": "Đường hoa", "value": 300}],
    }
    await denied(here, f"{ONE}/interim-assessments", assessment, "registrant", "foreigner")
    await ok(here, f"{ONE}/interim-assessments", assessment, "officer")
    assert (await here.get("/registration/quiet-models", user="clerk"))["items"] == []
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
