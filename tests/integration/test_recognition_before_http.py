"""What comes before a decision, over HTTP: the proposal, and one achievement recognised once."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from services.recognition.reactions import case_id
from shared.contracts import evaluation, registration
from shared.contracts.appraisal import AdviceIssued
from shared.contracts.holding import JointHolder
from shared.contracts.values import ModelId
from tests.support import story
from tests.support.recognising import (
    DECISION,
    OTHER_APPRAISAL,
    OTHER_MODEL,
    advise,
    advise_other,
    case_path,
    case_stream,
    case_with,
    recognition,
    signed,
)
from tests.support.recorded import World
from tests.support.story import COMMITTEE, MODEL, MODEL_NAME, SECTION, UNION, YEAR

ONE, OTHER = case_path(), case_path(OTHER_MODEL)
PROPOSAL = {"document_number": "07-TTr/BDV", "summary": "Đề nghị công nhận."}
RULES = story.with_settings(story.RULES, proposal="required")


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[World]:
    async with recognition(tmp_path) as here:
        yield here


@pytest.fixture
async def with_proposals(tmp_path: Path) -> AsyncIterator[World]:
    async with recognition(tmp_path, RULES) as here:
        yield here


async def advise_union(here: World, name: str = MODEL_NAME) -> None:
    """The same cell's work, registered with the Women's Union as well."""
    await here.record(
        registration.EVENTS, f"organization-{UNION}", story.competence(UNION, "I.2.2c")
    )
    await advise_other(here, name, deciding_body=UNION)


async def test_recognition_waits_for_the_proposal_its_rules_ask_for(with_proposals: World) -> None:
    here = with_proposals
    await advise(here)
    refused = await here.post(f"{ONE}/recognition", DECISION, user="signer")
    assert refused.json()["practice"] == "proposal"

    for name in ("foreign-officer", "signer", "registrant"):
        answer = await here.post(f"{ONE}/proposal", PROPOSAL, user=name)
        assert answer.status_code in (403, 404), name
    assert (await here.post(f"{ONE}/proposal", PROPOSAL, user="appraiser")).status_code == 200
    (waiting,) = (await here.get("/recognition/cases", proposal="submitted"))["items"]
    assert waiting["case_id"] == str(case_stream()[0])

    reasons = {"reasons": "Thiếu biên bản họp."}
    assert (await here.post(f"{ONE}/proposal/return", reasons, user="officer")).status_code == 403
    assert (await here.post(f"{ONE}/proposal/return", reasons, user="clerk")).status_code == 200
    case = await here.get(ONE)
    assert case["proposal"] is None
    assert case["proposal_returned"]["returned_to"] == str(SECTION)
    refused = await here.post(f"{ONE}/recognition", DECISION, user="signer")
    assert refused.json()["type"].endswith("/proposal-missing")

    assert (await here.post(f"{ONE}/proposal", PROPOSAL, user="officer")).status_code == 200
    assert (await here.get(ONE))["proposal"]["submitted_by"] == str(COMMITTEE)
    assert (await here.post(f"{ONE}/recognition", DECISION, user="signer")).status_code == 200


async def test_the_same_work_before_two_bodies_is_recognised_by_one(running: World) -> None:
    await advise(running)
    await advise_union(running, name="ĐƯỜNG HOA bản  Cửa Rào")
    (found,) = (await running.get(OTHER))["duplicates"]
    assert found["other_case"] == str(case_stream()[0])
    assert found["other_body"] == str(COMMITTEE)
    assert (await running.get(ONE))["duplicates"] == []

    waiting = await running.post(f"{OTHER}/recognition", DECISION, user="union-signer")
    assert waiting.json()["type"].endswith("/achievement-under-consideration")
    assert (await running.post(f"{ONE}/recognition", DECISION, user="signer")).status_code == 200
    refused = await running.post(f"{OTHER}/recognition", DECISION, user="union-signer")
    assert refused.json()["practice"] == "same_achievement"
    assert DECISION["decision_number"] in refused.json()["detail"]


async def test_each_year_of_a_term_is_an_achievement_of_its_own(running: World) -> None:
    await advise(running)
    assert (await running.post(f"{ONE}/recognition", DECISION, user="signer")).status_code == 200
    later = msgspec.structs.replace(story.advice_issued(appraisal=OTHER_APPRAISAL), year=YEAR + 1)
    await running.record(
        evaluation.EVENTS,
        f"appraisal-{OTHER_APPRAISAL}",
        story.appraised(appraisal=OTHER_APPRAISAL),
        msgspec.structs.replace(story.posting_closed(), appraisal_id=OTHER_APPRAISAL),
        later,
    )
    path = f"/recognition/cases/{case_id(MODEL, YEAR + 1)}"

    async def opened() -> dict[str, Any] | None:
        answer = await running.read(path)
        found: dict[str, Any] = answer.json()
        return found if answer.is_success and found["competence"] else None

    case = await running.until(opened)
    assert (case["opened"]["year"], case["duplicates"]) == (YEAR + 1, [])
    assert case["opened"]["achievement"] != (await running.get(ONE))["opened"]["achievement"]


async def test_an_achievement_is_of_whoever_holds_the_model_now(running: World) -> None:
    """The cell handed its model to the union, which registered the same work itself as well."""
    changed = story.holder_changed()
    await running.record(registration.EVENTS, f"model-{MODEL}", changed)
    await of_union(running, story.advice_issued())
    case = await case_with(running, "competence")
    assert case["opened"]["holder"] == str(UNION)
    own = msgspec.structs.replace(
        story.registered(OTHER_MODEL), holder=UNION, holder_name=changed.holder_name
    )
    await running.record(registration.EVENTS, f"model-{OTHER_MODEL}", own)
    await of_union(running, story.advice_issued(model=OTHER_MODEL, appraisal=OTHER_APPRAISAL))
    await case_with(running, "competence", OTHER_MODEL)
    (found,) = (await running.get(OTHER))["duplicates"]
    assert found["other_case"] == case["opened"]["case_id"]
    await running.until(running.is_settled)
    listed = (await running.get("/recognition/cases", q="chi hoi phu nu"))["items"]
    assert [row["holder"] for row in listed] == [str(UNION), str(UNION)]


async def test_work_of_any_of_its_joint_holders_is_one_achievement_and_papers_name_all(
    running: World,
) -> None:
    """The cell and the union hold a model together; the union registered the same work alone as well."""
    named = [{"organization": str(UNION), "name": UNION_JOINTLY.name}]
    case = await advise_jointly(running)
    assert case["opened"]["joint_holders"] == named
    (found,) = (await running.get(OTHER))["duplicates"]
    assert found["other_case"] == case["opened"]["case_id"]

    decided = await signed(running, f"{ONE}/recognition", DECISION, "signer")
    assert decided.is_success, decided.text
    certificate = {"certificate_number": "07/GCN"}
    answer = await running.post(f"{ONE}/certificate", certificate, user="clerk")
    assert answer.is_success, answer.text
    await running.until(running.is_settled)
    (shown,) = (await running.get("/recognition/certificates", number="07/GCN"))["items"]
    assert (shown["holder"], shown["joint_holders"]) == (str(story.CELL), named)


async def test_a_joint_model_that_is_decided_anew_comes_behind_the_work_of_one_of_its_holders(
    running: World,
) -> None:
    await running.record(
        registration.EVENTS,
        f"organization-{UNION}",
        story.line(UNION, "party", COMMITTEE),
        story.line(UNION, "territory", COMMITTEE),
    )
    await advise_jointly(running)
    refusal = {**DECISION, "reasons": "Chưa đủ.", "departure_reason": "Cần xác minh."}
    declined = await signed(running, f"{ONE}/refusal", refusal, "signer")
    assert declined.is_success, declined.text
    words = {"name": "Người Dân Thử", "address": "Bản", "words": "Danh sách đủ."}
    await running.post(f"{ONE}/complaints", words, user="registrant")
    await running.until(running.is_settled)
    (complaint,) = (await running.get(f"{ONE}/complaints", user="clerk"))["complaints"]
    upheld = {"outcome": "upheld", "answer": "Danh sách đủ.", "remedy": "new_decision"}
    answer = f"{ONE}/complaints/{complaint['complaint_id']}/answer"
    reopened = await running.post(answer, upheld, user="signer")
    assert reopened.is_success, reopened.text
    await running.until(running.is_settled)

    waits = await signed(running, f"{ONE}/recognition", DECISION, "signer")
    assert waits.json()["type"].endswith("achievement-under-consideration"), waits.text
    again = {**DECISION, "decision_number": "25-QĐ/ĐU"}
    decided = await signed(running, f"{OTHER}/recognition", again, "signer")
    assert decided.is_success, decided.text


UNION_JOINTLY = JointHolder(organization=UNION, name="Chi hội Phụ nữ bản Cửa Rào")


async def advise_jointly(running: World) -> dict[str, Any]:
    """What the cell and the union hold together, then what the union registered alone; the case of the former."""
    joint = msgspec.structs.replace(story.registered(), joint_holders=(UNION_JOINTLY,))
    await running.record(registration.EVENTS, f"model-{MODEL}", joint)
    advised = msgspec.structs.replace(story.advice_issued(), joint_holders=(UNION_JOINTLY,))
    await running.record(
        evaluation.EVENTS,
        f"appraisal-{story.APPRAISAL}",
        story.appraised(),
        story.posting_closed(),
        advised,
    )
    case = await case_with(running, "competence")
    own = msgspec.structs.replace(
        story.registered(OTHER_MODEL), holder=UNION, holder_name=UNION_JOINTLY.name
    )
    await running.record(registration.EVENTS, f"model-{OTHER_MODEL}", own)
    await running.record(
        evaluation.EVENTS,
        f"appraisal-{OTHER_APPRAISAL}",
        story.appraised(model=OTHER_MODEL, appraisal=OTHER_APPRAISAL),
    )
    await of_union(running, story.advice_issued(model=OTHER_MODEL, appraisal=OTHER_APPRAISAL))
    await case_with(running, "competence", OTHER_MODEL)
    return case


async def of_union(here: World, advice: AdviceIssued) -> None:
    advice = msgspec.structs.replace(advice, holder=UNION)
    await here.record(evaluation.EVENTS, f"appraisal-{advice.appraisal_id}", advice)


async def test_two_bodies_that_sign_at_the_same_moment_recognise_it_once(running: World) -> None:
    await asyncio.gather(advise(running), advise_union(running))
    answers = await asyncio.gather(
        *(
            running.post(f"{case}/recognition", DECISION, user=name)
            for _ in range(3)
            for case, name in ((ONE, "signer"), (OTHER, "union-signer"))
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409, 409]
    decisions = await running.get("/recognition/decisions", outcome="recognized")
    assert len(decisions["items"]) == 1


async def test_once_the_first_body_declined_the_second_may_recognise(running: World) -> None:
    await advise(running, "decline")
    await advise_union(running)
    declining = {**DECISION, "reasons": "Hội Phụ nữ đã theo dõi từ đầu."}
    assert (await running.post(f"{ONE}/refusal", declining, user="signer")).status_code == 200
    answer = await running.post(f"{OTHER}/recognition", DECISION, user="union-signer")
    assert answer.status_code == 200, answer.text


async def test_a_duplicate_under_another_name_is_put_on_record_by_whoever_compared(
    running: World,
) -> None:
    await advise(running)
    await advise_union(running, name="Tuyến phố phụ nữ tự quản")
    assert (await running.get(OTHER))["duplicates"] == []
    finding = {"other_case": str(case_stream()[0]), "finding": "Cùng một đoạn đường."}
    answer = await running.post(f"{OTHER}/duplicates", finding, user="foreign-signer")
    assert answer.status_code == 403
    answer = await running.post(f"{OTHER}/duplicates", finding, user="union-signer")
    assert answer.status_code == 200, answer.text
    back = {**finding, "other_case": str(case_stream(OTHER_MODEL)[0])}
    mutual = await running.post(f"{ONE}/duplicates", back, user="officer")
    assert mutual.json()["type"].endswith("/duplicate-mutual")
    unknown = {**finding, "other_case": str(ModelId(MODEL))}
    nothing = await running.post(f"{ONE}/duplicates", unknown, user="officer")
    assert nothing.status_code in (403, 404)

    assert (await running.post(f"{ONE}/recognition", DECISION, user="signer")).status_code == 200
    refused = await signed(running, f"{OTHER}/recognition", DECISION, "union-signer")
    assert refused.json()["type"].endswith("/achievement-recognised")

    withdrawal = f"{OTHER}/duplicates/{finding['other_case']}/withdrawal"
    reason = {"reason": "Hai đoạn đường khác nhau."}
    assert (await running.post(withdrawal, reason, user="signer")).status_code == 403
    answer = await running.post(withdrawal, reason, user="union-signer")
    assert answer.status_code == 200, answer.text
    assert (await running.get(OTHER))["duplicates"] == []
    answer = await running.post(f"{OTHER}/recognition", DECISION, user="union-signer")
    assert answer.status_code == 200, answer.text
