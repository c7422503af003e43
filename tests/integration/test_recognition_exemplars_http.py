"""An exemplar over HTTP: put forward at a review, endorsed, recognised, proposed for an award; and the fall of
the model it rests on, which takes all of it along.
"""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import msgspec
import pytest

from shared.contracts import registration
from shared.contracts.registration import OrganizationMoved
from tests.support import story
from tests.support.recognising import (
    DECISION,
    OTHER_MODEL,
    advise,
    advise_other,
    case_path,
    case_stream,
    case_with,
    recognition,
)
from tests.support.recorded import World, ok
from tests.support.story import CELL, COMMITTEE, ELSEWHERE, MODEL, UNION

BASIS, ONE = case_path(), case_path(OTHER_MODEL)
EXEMPLAR_ID, BASIS_ID = str(case_stream(OTHER_MODEL)[0]), str(case_stream()[0])
REVIEW = {"movement": str(story.MOVEMENT), "occasion": "final", "title": "Tổng kết 2021–2026"}
AWARD = {
    "award": "Bằng khen",
    "proposed_to": "Ủy ban nhân dân tỉnh",
    "document_number": "9-TTr/ĐU",
}
OUTCOME = {"outcome": "granted", "document_number": "88/QĐ-UBND", "decided_on": "2026-10-20"}
EXEMPLAR_DECISION = {**DECISION, "decision_number": "40-QĐ/ĐU"}
ANEW = {
    "holds": False,
    "decision_number": "41-QĐ/ĐU",
    "reasons": "Không còn mô hình làm cơ sở.",
    "signer_office": "Bí thư",
    "signer_name": "Người Ký Thử",
}


@pytest.fixture
async def advised(tmp_path: Path) -> AsyncIterator[World]:
    """A recognised model, and the exemplar's case of the same holder."""
    async with recognition(tmp_path) as here:
        launched = msgspec.structs.replace(story.LAUNCHED, first_year=2021, last_year=2026)
        await here.record(registration.EVENTS, f"movement-{story.MOVEMENT}", launched)
        for body in (CELL, COMMITTEE, UNION):
            created = story.created(body, "Đơn vị")
            await here.record(registration.EVENTS, f"organization-{body}", created)
        other = msgspec.structs.replace(story.created(ELSEWHERE, "Nơi khác"), place="xa-khac")
        await here.record(registration.EVENTS, f"organization-{ELSEWHERE}", other)
        await advise(here)
        await ok(here, f"{BASIS}/recognition", DECISION, "signer")

        await advise_other(here, aim="exemplar")
        yield here


async def open_review(here: World) -> str:
    review: str = (await ok(here, "/recognition/reviews", REVIEW, "office"))["id"]
    return review


async def endorse(here: World) -> None:
    by = {"document_number": "5-CV", "endorser": str(UNION)}
    endorsing = f"{ONE}/endorsements"
    await ok(here, endorsing, {**by, "part": "organisations"}, "union-signer")
    for part in ("committee", "government"):
        given = {**by, "endorser": str(COMMITTEE), "part": part}
        await ok(here, endorsing, given, "officer")
    waived = {"part": "front", "reason": "Bản không có Ban công tác Mặt trận riêng."}
    await ok(here, f"{endorsing}/waivers", waived, "officer")


async def recognised(here: World) -> None:
    review = await open_review(here)
    forward = {"review": review, "models": [str(MODEL)]}
    await ok(here, f"{ONE}/review", forward, "appraiser")
    await endorse(here)
    await ok(here, f"{ONE}/recognition", EXEMPLAR_DECISION, "signer")


async def revoke_the_model(here: World) -> None:
    ground = {
        "ground": "false_achievements",
        "finding": "Khai khống.",
        "concluded_on": "2026-10-19",
    }
    await ok(here, f"{BASIS}/revocation", {"reported": ground}, "officer")
    revoking = {
        "decision_number": "30-QĐ/ĐU",
        "reasons": "Gian dối.",
        "signer_office": "Bí thư",
        "signer_name": "Người Ký Thử",
    }
    await ok(here, f"{BASIS}/revocation/decision", revoking, "signer")


async def test_an_exemplar_is_recognised_at_a_review_with_its_endorsements(advised: World) -> None:
    refused = await advised.post(f"{ONE}/recognition", EXEMPLAR_DECISION, user="signer")
    assert refused.json()["clause"] == "III.2.2a"
    registrant = await advised.post("/recognition/reviews", REVIEW, user="registrant")
    assert registrant.status_code == 403
    review = await open_review(advised)
    (listed,) = (await advised.get("/recognition/reviews", status="open"))["items"]
    assert listed["review_id"] == review

    forward = {"review": review, "models": [str(MODEL)]}
    foreign = await advised.post(f"{ONE}/review", forward, user="foreign-officer")
    assert foreign.status_code == 403
    itself = {**forward, "models": [str(OTHER_MODEL)]}
    refused = await advised.post(f"{ONE}/review", itself, user="appraiser")
    assert refused.json()["practice"] == "exemplar_basis"
    await ok(advised, f"{ONE}/review", forward, "appraiser")
    (row,) = (await advised.get("/recognition/cases", review=review))["items"]
    assert row["case_id"] == EXEMPLAR_ID

    refused = await advised.post(f"{ONE}/recognition", EXEMPLAR_DECISION, user="signer")
    assert refused.json()["clause"] == "III.2.2c"
    elsewhere = {"document_number": "5", "endorser": str(ELSEWHERE), "part": "front"}
    refused = await advised.post(f"{ONE}/endorsements", elsewhere, user="foreign-signer")
    assert refused.json()["type"].endswith("/endorser-elsewhere")
    moved = OrganizationMoved(
        organization_id=ELSEWHERE,
        place="xa-mon-son",
        level="commune",
        valid_from=date(2026, 10, 1),
        source="01/NQ",
    )
    await advised.record(registration.EVENTS, f"organization-{ELSEWHERE}", moved)
    await advised.get("/recognition/reviews")
    await ok(advised, f"{ONE}/endorsements", elsewhere, "foreign-signer")
    unions = {**elsewhere, "endorser": str(UNION)}
    foreign = await advised.post(f"{ONE}/endorsements", unions, user="foreign-signer")
    assert foreign.status_code == 403
    await endorse(advised)
    case = await advised.get(ONE)
    assert [given["part"] for given in case["endorsed"]] == [
        "organisations",
        "committee",
        "government",
    ]
    assert [waived["part"] for waived in case["endorsements_waived"]] == ["front"]
    await ok(advised, f"{ONE}/recognition", EXEMPLAR_DECISION, "signer")


async def test_after_the_review_nothing_is_recognised_at_it(advised: World) -> None:
    review = await open_review(advised)
    forward = {"review": review, "models": [str(MODEL)]}
    await ok(advised, f"{ONE}/review", forward, "officer")
    await endorse(advised)
    closing = {"conclusions": "Hoàn thành."}
    closure = f"/recognition/reviews/{review}/closure"
    assert (await advised.post(closure, closing, user="clerk")).status_code == 403
    await ok(advised, closure, closing, "office")
    refused = await advised.post(f"{ONE}/recognition", EXEMPLAR_DECISION, user="signer")
    assert refused.json()["type"].endswith("/review-closed")
    assert (await advised.get(f"/recognition/reviews/{review}"))["closed"] is not None


async def test_a_fraud_takes_along_the_exemplar_and_the_award_that_rest_on_it(
    advised: World,
) -> None:
    await recognised(advised)
    await ok(advised, f"{ONE}/awards", AWARD, "clerk")
    (award,) = (await advised.get("/recognition/awards"))["items"]
    outcome = f"/recognition/awards/{award['award_id']}/outcome"

    await revoke_the_model(advised)
    case = await case_with(advised, "fallen", OTHER_MODEL)
    assert case["fallen"] == [BASIS_ID]

    async def suspended() -> bool | None:
        (row,) = (await advised.get("/recognition/awards"))["items"]
        return row["suspended_by"] == BASIS_ID or None

    await advised.until(suspended)
    (row,) = (await advised.get("/recognition/decisions", standing="suspended"))["items"]
    assert row["case_id"] == EXEMPLAR_ID
    refused = await advised.post(outcome, OUTCOME, user="clerk")
    assert refused.json()["clause"] == "III.2.2b"

    anew = f"{ONE}/suspension/decision"
    assert (await advised.post(anew, ANEW, user="officer")).status_code == 403
    holding = await advised.post(anew, {**ANEW, "holds": True}, user="signer")
    assert holding.json()["type"].endswith("/basis-gone")
    await ok(advised, anew, ANEW, "signer")
    shown = await advised.get(ONE.replace("/cases/", "/decisions/"))
    assert shown["standing"] == "ended"
    await ok(advised, outcome, {**OUTCOME, "outcome": "withdrawn"}, "clerk")


async def test_an_exemplar_that_waits_is_suspended_too(advised: World) -> None:
    review = await open_review(advised)
    forward = {"review": review, "models": [str(MODEL)]}
    await ok(advised, f"{ONE}/review", forward, "officer")
    await endorse(advised)
    await revoke_the_model(advised)
    await case_with(advised, "fallen", OTHER_MODEL)
    refused = await advised.post(f"{ONE}/recognition", EXEMPLAR_DECISION, user="signer")
    assert refused.json()["type"].endswith("/basis-fallen")
    again = await advised.post(f"{ONE}/review", forward, user="officer")
    assert again.json()["type"].endswith("/basis-not-recognised")


async def test_an_award_is_granted_while_its_exemplar_stands(advised: World) -> None:
    refused = await advised.post(f"{ONE}/awards", AWARD, user="clerk")
    assert refused.json()["type"].endswith("/recognition-not-standing")
    await recognised(advised)
    assert (await advised.post(f"{ONE}/awards", AWARD, user="foreign-clerk")).status_code == 403
    await ok(advised, f"{ONE}/awards", AWARD, "clerk")
    twice = await advised.post(f"{ONE}/awards", AWARD, user="signer")
    assert twice.json()["type"].endswith("/award-proposed")
    (award,) = (await advised.get("/recognition/awards", case_id=EXEMPLAR_ID))["items"]
    await ok(advised, f"/recognition/awards/{award['award_id']}/outcome", OUTCOME, "clerk")
    shown = await advised.get(f"/recognition/awards/{award['award_id']}")
    assert shown["outcome"]["outcome"] == "granted"
    (row,) = (await advised.get("/recognition/awards", status="granted"))["items"]
    assert row["model_name"] == story.MODEL_NAME
