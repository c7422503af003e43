"""Recognition over HTTP: from the advice to the published decision, on the real host and store."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from shared.contracts import evaluation, registration
from shared.contracts.values import AppraisalId, ModelId
from shared.host.ids import new_key
from tests.support import story
from tests.support.recognising import (
    DECISION,
    IN_MONTH,
    LATER,
    SIGNER_NAME,
    advise,
    case_path,
    case_stream,
    case_with,
    recognition,
    stored,
)
from tests.support.recorded import World
from tests.support.story import COMMITTEE, MODEL, UNION, YEAR

CASE, _ = case_stream()
ONE = case_path()


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[World]:
    async with recognition(tmp_path) as here:
        yield here


async def test_the_advice_opens_a_case_with_its_grounds_and_every_competent_body(
    running: World,
) -> None:
    case = await advise(running)
    clauses = [ground["clause"] for ground in case["opened"]["grounds"]]
    assert clauses == ["I.2.1a", "I.2.1b", "I.2.1b", "I.2.1c"]
    (registration_event,) = await stored(running, f"model-{MODEL}")
    assert case["opened"]["grounds"][0]["event_id"] == str(registration_event.id)
    assert case["competence"]["bodies"] == [
        {"organization": str(COMMITTEE), "clause": "I.2.2b"},
        {"organization": str(COMMITTEE), "clause": "I.2.2d"},
    ]
    assert case["competence"]["named_body_competent"] is True


async def test_the_competent_body_recognises_and_the_decision_is_public(running: World) -> None:
    await advise(running)
    answer = await running.post(f"{ONE}/recognition", DECISION, user="signer")
    assert answer.status_code == 200, answer.text
    assert answer.json()["events"] == ["dvk.recognition.Recognized.v1"]

    case = await running.get(ONE)
    assert case["recognized"]["decision_number"] == "15-QĐ/ĐU"
    assert case["recognized"]["decided_on"] == "2026-10-20"
    assert case["recognized"]["clauses"] == ["I.2.2b", "I.2.2d"]

    decisions = await running.get("/recognition/decisions", q="duong hoa", year=YEAR)
    (decision,) = decisions["items"]
    assert decision["model_name"] == story.MODEL_NAME
    assert decision["status"] == "recognized"
    assert (await running.get("/recognition/decisions", outcome="declined"))["items"] == []
    assert (await running.get("/recognition/cases", body=UNION))["items"] == []
    assert len((await running.get("/recognition/cases", body=COMMITTEE))["items"]) == 1
    assert (await running.get("/recognition/cases", status="open"))["items"] == []


async def test_the_decision_cites_calendar_and_rules_and_names_nobody(running: World) -> None:
    await advise(running)
    await running.post(f"{ONE}/recognition", DECISION, user="signer")
    decision = (await stored(running, f"case-{CASE}"))[-1]
    cited = {str(event.id) for event in await stored(running, f"movement-{story.MOVEMENT}")}
    cited |= {str(event.id) for event in await stored(running, f"ruleset-{story.RULE_SET}")}
    metadata = decision.metadata.decode()
    assert all(event in metadata for event in cited)
    assert f'"rules":"{story.RULE_SET}/1"' in metadata
    assert SIGNER_NAME not in decision.data.decode() + metadata


async def test_the_same_request_again_is_answered_again_and_another_decision_refused(
    running: World,
) -> None:
    await advise(running)
    key = new_key(IN_MONTH)
    first = await running.post(f"{ONE}/recognition", DECISION, user="signer", key=key)
    again = await running.post(f"{ONE}/recognition", DECISION, user="signer", key=key)
    assert again.status_code == 200
    assert again.json()["revision"] == first.json()["revision"]
    assert again.headers["idempotent-replayed"] == "true"

    second = await running.post(f"{ONE}/recognition", DECISION, user="signer")
    assert second.json()["type"].endswith("/case-decided")
    refusal = await running.post(
        f"{ONE}/refusal", {**DECISION, "reasons": "Đổi ý.", "departure_reason": "…"}, user="signer"
    )
    assert refusal.json()["type"].endswith("/case-decided")


async def test_only_the_signer_of_the_deciding_body_decides(running: World) -> None:
    await advise(running)
    for name in ("foreign-signer", "appraiser", "officer"):
        answer = await running.post(f"{ONE}/recognition", DECISION, user=name)
        assert answer.status_code in (403, 404), name
    assert (await running.get(ONE))["recognized"] is None


async def test_departing_from_the_advice_is_public_with_its_reason(running: World) -> None:
    await advise(running, "decline")
    refused = await running.post(f"{ONE}/recognition", DECISION, user="signer")
    assert refused.json()["clause"] == "III.2.1c"
    reason = "Đạt chuẩn; hội đồng chỉ thiếu một phiếu."
    answer = await running.post(
        f"{ONE}/recognition", {**DECISION, "departure_reason": reason}, user="signer"
    )
    assert answer.status_code == 200
    assert (await running.get(ONE))["departure"]["reason"] == reason


async def test_what_does_not_meet_the_standard_is_declined_never_recognised(
    running: World,
) -> None:
    await advise(running, "decline", meets_standard=False)
    refused = await running.post(
        f"{ONE}/recognition", {**DECISION, "departure_reason": "Dân ủng hộ."}, user="signer"
    )
    assert refused.json()["clause"] == "I.2.1c"
    answer = await running.post(
        f"{ONE}/refusal", {**DECISION, "reasons": "Chưa đạt tiêu chuẩn."}, user="signer"
    )
    assert answer.status_code == 200
    (decision,) = (await running.get("/recognition/decisions"))["items"]
    assert decision["status"] == "declined"


async def test_outside_the_month_a_reason_is_asked(running: World) -> None:
    await advise(running)
    running.clock.pin(LATER)
    refused = await running.post(f"{ONE}/recognition", DECISION, user="signer")
    assert refused.json()["practice"] == "outside_month"
    reason = "Bão làm hoãn phiên họp."
    answer = await running.post(
        f"{ONE}/recognition", {**DECISION, "outside_month_reason": reason}, user="signer"
    )
    assert answer.status_code == 200
    assert (await running.get(ONE))["recognized"]["outside_month_reason"] == reason


async def test_a_body_without_competence_cannot_decide_until_its_line_is_corrected(
    running: World,
) -> None:
    await running.record(
        registration.EVENTS,
        f"organization-{story.CELL}",
        story.line(story.CELL, "party", UNION),
        story.line(story.CELL, "territory", None),
    )
    case = await advise(running)
    assert case["competence"]["named_body_competent"] is False
    refused = await running.post(f"{ONE}/recognition", DECISION, user="signer")
    assert refused.json()["clause"] == "I.2.2"

    await running.record(
        registration.EVENTS,
        f"organization-{story.CELL}",
        story.line(story.CELL, "party", COMMITTEE),
    )
    await running.get("/recognition/cases")
    determined = await running.post(f"{ONE}/competence", user="officer")
    assert determined.json()["events"] == ["dvk.recognition.CompetenceDetermined.v1"]
    answer = await running.post(f"{ONE}/recognition", DECISION, user="signer")
    assert answer.status_code == 200
    assert (await running.get(ONE))["recognized"]["clauses"] == ["I.2.2b"]


async def test_the_holder_names_a_competent_body_in_the_place_of_one_that_is_not(
    running: World,
) -> None:
    await running.record(
        registration.EVENTS,
        f"organization-{story.CELL}",
        story.line(story.CELL, "party", None),
        story.line(story.CELL, "territory", None),
        story.line(story.CELL, "vertical", UNION),
    )
    await running.record(
        registration.EVENTS, f"organization-{UNION}", story.competence(UNION, "I.2.2c")
    )
    case = await advise(running)
    assert case["competence"]["named_body_competent"] is False
    naming = {"organization": str(UNION)}
    path = f"{ONE}/deciding-body"
    for name in ("union-signer", "foreign-officer", "signer"):
        assert (await running.post(path, naming, user=name)).status_code == 403, name
    nobody = await running.post(path, {"organization": str(story.ELSEWHERE)}, user="registrant")
    assert nobody.json()["clause"] == "I.2.2"
    answer = await running.post(path, naming, user="registrant")
    assert answer.status_code == 200, answer.text
    (row,) = (await running.get("/recognition/cases", body=str(UNION)))["items"]
    assert row["named_body_competent"] is True
    answer = await running.post(f"{ONE}/recognition", DECISION, user="union-signer")
    assert answer.status_code == 200, answer.text
    assert (await running.get(ONE))["recognized"]["decided_by"] == str(UNION)


async def test_a_withdrawn_model_ends_its_open_case(running: World) -> None:
    await advise(running)
    await running.record(registration.EVENTS, f"model-{MODEL}", story.withdrawn())
    await case_with(running, "discontinued")
    refused = await running.post(f"{ONE}/recognition", DECISION, user="signer")
    assert refused.json()["type"].endswith("/case-discontinued")


async def test_a_model_withdrawn_before_the_advice_gets_a_case_that_has_ended(
    running: World,
) -> None:
    await running.record(registration.EVENTS, f"model-{MODEL}", story.withdrawn())
    await advise(running)
    case = await case_with(running, "discontinued")
    assert case["discontinued"]["reason"] == "Bản đã sáp nhập."


async def test_lists_go_page_by_page(running: World) -> None:
    for number in range(5):
        model = ModelId(UUID(int=0x018F << 112 | 7 << 76 | 2 << 62 | 1000 + number))
        appraisal = AppraisalId(UUID(int=2000 + number))
        name = f"Mô hình số {number}"
        await running.record(registration.EVENTS, f"model-{model}", story.registered(model, name))
        await running.record(
            evaluation.EVENTS,
            f"appraisal-{appraisal}",
            story.advice_issued(model=model, appraisal=appraisal),
        )

    async def all_there() -> bool | None:
        return len((await running.get("/recognition/cases"))["items"]) == 5 or None

    await running.until(all_there)
    found: list[str] = []
    cursor = None
    while True:
        page = await running.get("/recognition/cases", limit=2, cursor=cursor)
        found += [row["model_name"] for row in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert sorted(found) == [f"Mô hình số {number}" for number in range(5)]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {**DECISION, "unknown": 1},
        {**DECISION, "decision_number": ""},
        {**DECISION, "signer_name": 7},
        {**DECISION, "signer_name": "a\u0000b"},
    ],
)
async def test_bad_input_changes_nothing(running: World, body: dict[str, Any]) -> None:
    await advise(running)
    answer = await running.post(f"{ONE}/recognition", body, user="signer")
    assert answer.status_code in (400, 422), answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert (await running.get(ONE))["recognized"] is None


async def test_an_unknown_case_is_not_found(running: World) -> None:
    for path in ("/recognition/cases/none", f"/recognition/cases/{UUID(int=1)}"):
        assert (await running.read(path)).status_code == 404
    answer = await running.post(
        f"/recognition/cases/{UUID(int=1)}/recognition", DECISION, user="signer"
    )
    assert answer.status_code == 403, "as for a case that is another body's"
