"""What becomes of a decision, over HTTP: certificate, complaint, amendment, revocation, all of it public."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support import story
from tests.support.recognising import (
    DECISION,
    advise,
    case_path,
    case_stream,
    recognition,
    signed,
    stored,
)
from tests.support.recorded import World, ok

ONE = case_path()
PUBLIC = ONE.replace("/cases/", "/decisions/")
COMPLAINT = {"name": "Người Dân Thử", "address": "Bản Cửa Rào", "words": "Tên chủ thể ghi sai."}
AMENDMENT = {
    "amendment_number": "21-QĐ/ĐU",
    "changes": "Tên chủ thể: Tổ dân vận.",
    "reasons": "Ghi sai tên.",
    "signer_office": "Bí thư",
    "signer_name": "Người Ký Thử",
}
GROUND = {
    "reported": {
        "ground": "false_achievements",
        "finding": "Khai khống số hộ.",
        "concluded_on": "2026-10-19",
    }
}
REVOKING = {
    "decision_number": "30-QĐ/ĐU",
    "reasons": "Gian dối.",
    "signer_office": "Bí thư",
    "signer_name": "Người Ký Thử",
}
AFTER_90_DAYS = datetime(2027, 1, 19, 2, tzinfo=UTC)


@pytest.fixture
async def decided(tmp_path: Path) -> AsyncIterator[World]:
    async with recognition(tmp_path) as here:
        await advise(here)
        answer = await here.post(f"{ONE}/recognition", DECISION, user="signer")
        assert answer.status_code == 200, answer.text
        yield here


async def test_the_certificate_can_be_checked_by_its_number(decided: World) -> None:
    body = {"certificate_number": "GCN-042"}
    for name in ("foreign-clerk", "appraiser", "registrant"):
        answer = await decided.post(f"{ONE}/certificate", body, user=name)
        assert answer.status_code == 403, name
    (waits,) = (await decided.get("/recognition/decisions", certified="false"))["items"]
    assert (waits["status"], waits["standing"]) == ("recognized", "stands")
    assert (await decided.get("/recognition/decisions", certified="true"))["items"] == []
    await ok(decided, f"{ONE}/certificate", body, "clerk")
    assert (await decided.get("/recognition/decisions", certified="false"))["items"] == []
    (row,) = (await decided.get("/recognition/certificates", number="GCN-042"))["items"]
    assert row["model_name"] == story.MODEL_NAME
    assert row["standing"] == "stands"
    assert (await decided.get("/recognition/certificates", number="GCN-043"))["items"] == []
    assert (await decided.get(PUBLIC))["certificate"]["certificate_number"] == "GCN-042"


async def test_an_undecided_case_has_no_decision_to_show(tmp_path: Path) -> None:
    async with recognition(tmp_path) as here:
        await advise(here)
        assert (await here.read(PUBLIC)).status_code == 404
        refused = await here.post(f"{ONE}/complaints", COMPLAINT, user="registrant")
        assert refused.json()["type"].endswith("/case-undecided")


async def test_a_complaint_is_upheld_and_the_decision_amended_in_public(decided: World) -> None:
    await ok(decided, f"{ONE}/complaints", COMPLAINT, "registrant")
    (row,) = (await decided.get("/recognition/decisions"))["items"]
    assert row["complaints_open"] == 1
    event = (await stored(decided, case_stream()[1]))[-1]
    recorded = event.data.decode() + event.metadata.decode()
    assert all(words not in recorded for words in COMPLAINT.values())
    assert '"actor":"public"' in recorded

    for name in ("foreign-clerk", "foreign-signer"):
        assert (await decided.read(f"{ONE}/complaints", user=name)).status_code == 404
    assert (await decided.read(f"{ONE}/complaints", user="registrant")).status_code == 403
    (complaint,) = (await decided.get(f"{ONE}/complaints", user="clerk"))["complaints"]
    assert complaint["words"] == COMPLAINT["words"]

    answer = f"{ONE}/complaints/{complaint['complaint_id']}/answer"
    body = {"outcome": "upheld", "answer": "Đúng, sẽ sửa.", "remedy": "amendment"}
    assert (await decided.post(answer, body, user="foreign-signer")).status_code == 403
    await ok(decided, answer, body, "signer")
    amending = {**AMENDMENT, "complaint": complaint["complaint_id"]}
    assert (await decided.post(f"{ONE}/amendments", amending, user="clerk")).status_code == 403
    await ok(decided, f"{ONE}/amendments", amending, "signer")

    shown = await decided.get(PUBLIC)
    assert shown["amendments"][0]["changes"] == AMENDMENT["changes"]
    assert shown["complaints"][0]["outcome"] == "upheld"
    assert shown["complaints"][0]["amended"] is True
    assert COMPLAINT["name"] not in str(shown)
    (row,) = (await decided.get("/recognition/decisions"))["items"]
    assert row["complaints_open"] == 0


async def test_a_refusal_that_a_complaint_undid_is_decided_anew(tmp_path: Path) -> None:
    async with recognition(tmp_path) as here:
        await advise(here)
        declining = {**DECISION, "reasons": "Chưa đủ hộ.", "departure_reason": "Thiếu danh sách."}
        await ok(here, f"{ONE}/refusal", declining, "signer")
        await ok(here, f"{ONE}/complaints", COMPLAINT, "registrant")
        (complaint,) = (await here.get(f"{ONE}/complaints", user="clerk"))["complaints"]
        answer = f"{ONE}/complaints/{complaint['complaint_id']}/answer"
        upheld = {"outcome": "upheld", "answer": "Danh sách đủ.", "remedy": "new_decision"}
        assert (await here.post(answer, upheld, user="foreign-signer")).status_code == 403
        await ok(here, answer, upheld, "signer")

        shown = await here.get(PUBLIC)
        assert (shown["standing"], shown["recognized"], shown["declined"]) == (
            "reopened",
            None,
            None,
        )
        assert shown["former"][0]["declined"]["reasons"] == "Chưa đủ hộ."
        (row,) = (await here.get("/recognition/cases", status="open"))["items"]
        assert row["standing"] == "reopened"
        refused = await here.post(f"{ONE}/certificate", {"certificate_number": "1"}, user="clerk")
        assert refused.json()["type"].endswith("/case-undecided")

        again = {**DECISION, "decision_number": "25-QĐ/ĐU"}
        await signed(here, f"{ONE}/recognition", again, "signer")
        shown = await here.get(PUBLIC)
        assert shown["standing"] == "stands"
        assert shown["recognized"]["decision_number"] == "25-QĐ/ĐU"
        assert len(shown["former"]) == 1


async def test_after_its_days_no_complaint_is_taken(decided: World) -> None:
    decided.clock.pin(AFTER_90_DAYS)
    refused = await decided.post(f"{ONE}/complaints", COMPLAINT, user="registrant")
    assert refused.json()["practice"] == "complaint_days"
    assert (await decided.get(PUBLIC))["complaints"] == []


async def test_a_fraud_is_reported_and_the_recognition_revoked(decided: World) -> None:
    await ok(decided, f"{ONE}/certificate", {"certificate_number": "GCN-042"}, "clerk")
    refused = await decided.post(f"{ONE}/revocation/decision", REVOKING, user="signer")
    assert refused.json()["type"].endswith("/no-revocation")
    for name in ("foreign-officer", "registrant", "foreign-clerk"):
        answer = await decided.post(f"{ONE}/revocation", GROUND, user=name)
        assert answer.status_code == 403, name
    await ok(decided, f"{ONE}/revocation", GROUND, "officer")
    proposed = (await decided.get(PUBLIC))["revocation_proposed"]
    assert proposed["reported_late"] is False
    assert proposed["decide_by"] == "2026-10-27"
    (row,) = (await decided.get("/recognition/decisions"))["items"]
    assert row["revocation_due"] == "2026-10-27"

    assert (
        await decided.post(f"{ONE}/revocation/decision", REVOKING, user="officer")
    ).status_code == 403
    await ok(decided, f"{ONE}/revocation/decision", REVOKING, "signer")
    shown = await decided.get(PUBLIC)
    assert shown["standing"] == "revoked"
    assert shown["revoked"]["revokes"] == DECISION["decision_number"]
    (row,) = (await decided.get("/recognition/certificates", number="GCN-042"))["items"]
    assert row["standing"] == "revoked"
    assert (await decided.get("/recognition/decisions", standing="stands"))["items"] == []


async def test_a_proposal_to_revoke_may_be_dismissed(decided: World) -> None:
    await ok(decided, f"{ONE}/revocation", GROUND, "appraiser")
    await ok(decided, f"{ONE}/revocation/dismissal", {"reasons": "Không đủ căn cứ."}, "signer")
    shown = await decided.get(PUBLIC)
    assert shown["standing"] == "stands"
    assert shown["revocation_proposed"] is None
    assert shown["revocation_dismissed"]["reasons"] == "Không đủ căn cứ."
