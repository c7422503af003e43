"""Inspections over HTTP: the Office finds, the body answers, what it leaves undone goes up the line (IV.2)."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from shared.contracts import evaluation, registration
from tests.support import story
from tests.support.notifying import INBOX, inbox, notifying
from tests.support.recorded import World, denied, ok
from tests.support.story import CELL, COMMITTEE, MODEL, OFFICE, SECTION, YEAR

INSPECTIONS = "/notification/inspections"
DEMANDS = "/notification/inspection-demands"
OPENING: dict[str, Any] = {
    "body": str(CELL),
    "movement": str(story.MOVEMENT),
    "document_number": "21-QĐ/BTGDV",
    "issued_on": "2026-03-02",
    "begins_on": "2026-03-02",
    "ends_on": "2026-03-03",
    "purpose": "Việc theo dõi, báo cáo tiến độ các mô hình.",
    "inspectors": ["Phó Trưởng phòng Đoàn thể"],
}
FINDING: dict[str, Any] = {
    "nature": "shortcoming",
    "text": "Chưa có sổ theo dõi.",
    "about": "III.2.1a",
    "remedy": "Lập sổ theo dõi.",
    "remedy_by": "2026-04-10",
}
CONCLUSION = {
    "document_number": "25-KL/BTGDV",
    "concluded_on": "2026-03-02",
    "conclusion": "Có theo dõi; còn thiếu sổ sách.",
}


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[World]:
    async with notifying(tmp_path) as here:
        await here.record(
            registration.EVENTS,
            f"organization-{CELL}",
            story.created(CELL, "Chi bộ bản Cửa Rào"),
            story.line(CELL, "party", COMMITTEE),
            story.line(COMMITTEE, "party", SECTION),
        )
        await here.record(registration.EVENTS, f"movement-{story.MOVEMENT}", story.LAUNCHED)
        await here.record(evaluation.EVENTS, f"ruleset-{story.RULE_SET}", story.RULES)
        await here.get(INSPECTIONS)  # waits until what was recorded has arrived
        yield here


async def opened(here: World, **more: object) -> str:
    return str((await ok(here, INSPECTIONS, OPENING | more, "office"))["id"])


async def found(here: World, one: str) -> str:
    """The id of a finding that asks for a remedy."""
    await ok(here, f"{INSPECTIONS}/{one}/findings", FINDING, "office")
    whole = await here.get(f"{INSPECTIONS}/{one}")
    return str(whole["findings"][-1]["recorded"]["finding_id"])


async def test_what_is_found_is_told_remedied_and_accepted(here: World) -> None:
    one = await opened(here)
    finding = f"{INSPECTIONS}/{one}/findings/{await found(here, one)}"
    for kind in ("InspectionOpened", "FindingRecorded"):
        (told,) = await inbox(here, "holder", kind)
        assert (told["relation"], told["document"]) == ("inspected_body", one)
    (demand,) = (await here.get(DEMANDS, body=CELL))["items"]
    assert (demand["remedy"], demand["remedy_by"]) == ("due", "2026-04-10")

    await ok(here, f"{INSPECTIONS}/{one}/comments", {"text": "Cán bộ nghỉ ốm."}, "holder")
    await ok(here, f"{INSPECTIONS}/{one}/conclusion", CONCLUSION, "office")
    assert len(await inbox(here, "office", "FindingsCommented")) == 1
    (told,) = await inbox(here, "committee", "InspectionConcluded")
    assert told["relation"] == "body_above"

    await ok(here, f"{finding}/remedy", {"text": "Đã lập sổ."}, "holder")
    await ok(
        here,
        f"{finding}/remedy/return",
        {"reason": "Sổ chưa ghi.", "remedy_by": "2026-04-20"},
        "office",
    )
    (demand,) = (await here.get(DEMANDS, inspected_by=OFFICE, remedy="due"))["items"]
    assert demand["remedy_by"] == "2026-04-20"
    await ok(here, f"{finding}/remedy", {"text": "Đã ghi sổ."}, "holder")
    await ok(here, f"{finding}/remedy/acceptance", {}, "office")
    whole = await here.get(f"{INSPECTIONS}/{one}")
    assert (whole["status"], whole["comments"]) == ("concluded", ["Cán bộ nghỉ ốm."])
    assert (whole["findings"][0]["remedy"], whole["findings"][0]["report"]) == (
        "accepted",
        "Đã ghi sổ.",
    )
    (row,) = (await here.get(INSPECTIONS, body=CELL, status="concluded"))["items"]
    assert row["inspection_id"] == one


async def test_what_is_left_undone_is_reminded_of_and_goes_up_the_line(here: World) -> None:
    one = await opened(here)
    finding = await found(here, one)
    here.clock.pin(datetime(YEAR, 4, 4, 2, tzinfo=UTC))
    (told,) = await inbox(here, "holder", "DeadlineApproached.remedy")
    assert "21-QĐ/BTGDV" in told["vi"]
    here.clock.pin(datetime(YEAR, 4, 11, 2, tzinfo=UTC))
    assert len(await inbox(here, "holder", "DeadlineMissed.remedy")) == 1
    (missed,) = await inbox(here, "office", "DeadlineMissed.remedy")
    assert (missed["model_id"], missed["document"]) == (None, one)
    (late,) = (await here.get(DEMANDS, overdue="true"))["items"]
    assert late["finding_id"] == finding
    drafts = await here.get("/notification/urging-drafts", user="office")
    (draft,) = [row for row in drafts["items"] if row["body"] == str(CELL)]
    assert "văn bản “21-QĐ/BTGDV”" in draft["vi"]
    here.clock.pin(datetime(YEAR, 4, 18, 2, tzinfo=UTC))

    async def told_up() -> bool | None:
        told = (await here.get(INBOX, user="committee"))["items"]
        return any((row["kind"], row["document"]) == ("Escalated", one) for row in told) or None

    await here.until(told_up)
    await ok(here, f"{INSPECTIONS}/{one}/findings/{finding}/remedy", {"text": "Đã xong."}, "holder")
    await here.get(f"{INSPECTIONS}/{one}")
    assert (await here.get(DEMANDS, overdue="true"))["items"] == []


async def test_one_model_is_inspected_and_one_opened_wrongly_is_withdrawn(here: World) -> None:
    one = await opened(here, model=str(MODEL))
    (row,) = (await here.get(INSPECTIONS, model=MODEL))["items"]
    assert row["inspection_id"] == one
    await ok(here, f"{INSPECTIONS}/{one}/withdrawal", {"reason": "Nhầm đơn vị."}, "office")
    late = await here.post(f"{INSPECTIONS}/{one}/findings", FINDING, user="office")
    assert late.json()["type"].endswith("/inspection-withdrawn")
    assert len(await inbox(here, "holder", "InspectionWithdrawn")) == 1


async def test_who_stands_above_inspects_and_the_body_answers_for_itself(here: World) -> None:
    await denied(here, INSPECTIONS, OPENING, "holder", "committee", "auditor", "section")
    unknown = {**OPENING, "body": "018f0000-0000-7000-8000-00000000dead"}
    assert (await here.post(INSPECTIONS, unknown, user="office")).status_code == 404
    one = await opened(here)
    finding = f"{INSPECTIONS}/{one}/findings/{await found(here, one)}"
    await denied(here, f"{INSPECTIONS}/{one}/findings", FINDING, "holder", "committee")
    await denied(here, f"{INSPECTIONS}/{one}/conclusion", CONCLUSION, "holder", "committee")
    await denied(here, f"{INSPECTIONS}/{one}/comments", {"text": "Ý kiến."}, "office", "committee")
    await denied(here, f"{finding}/remedy", {"text": "Xong."}, "office", "committee")
    await ok(here, f"{finding}/remedy", {"text": "Xong."}, "holder")
    await denied(here, f"{finding}/remedy/acceptance", {}, "holder", "committee")
    assert (await here.get(INBOX, user="late"))["items"] == []
