"""A fraud is found: the recognition is revoked, and all that rested on it falls with it."""

from datetime import date
from pathlib import Path

from tests.support.country import YEAR
from tests.support.telling import DECIDED, Tale, Work, telling

REVIEWED, CONCLUDED, REPORTED = date(YEAR, 11, 5), date(YEAR, 11, 16), date(YEAR, 11, 18)
REVOKED, ANEW = date(YEAR, 11, 23), date(YEAR, 11, 26)
FRAUD = {
    "reported": {
        "ground": "false_achievements",
        "finding": "Khai khống số hộ tham gia.",
        "concluded_on": CONCLUDED.isoformat(),
    }
}


async def test_what_rested_on_a_fraud_falls_with_it(tmp_path: Path) -> None:
    async with telling(tmp_path) as tale:
        # A model and the exemplar that rests on it are recognised; an award is proposed for the exemplar.
        kitchen = await tale.surveys_and_registers("women", "Bếp ấm tình thương", decides="union")
        example = await tale.surveys_and_registers(
            "women", "Điển hình phụ nữ xã Môn Sơn", decides="union", aim="exemplar"
        )
        await tale.works_through_the_year(kitchen, example)
        await tale.is_assessed(kitchen, example)
        await tale.on(DECIDED)
        await tale.is_recognised(kitchen, "39-QĐ/HPN")
        certificate = {"certificate_number": "GCN-39"}
        await tale.write(f"{kitchen.case}/certificate", certificate, by=kitchen.clerk)
        await tale.on(REVIEWED)
        await tale.advice_on(example)
        review = await tale.opens_review("union", "interim", "Sơ kết giữa kỳ")
        await tale.is_put_forward(example, review, resting_on=[kitchen])
        await tale.is_endorsed_by_its_place(example)
        await tale.is_recognised(example, "40-QĐ/HPN")
        award = await _an_award_is_proposed(tale, example)

        await _the_recognition_is_revoked(tale, kitchen)
        await _what_rests_on_it_is_suspended(tale, kitchen, example, award)
        await _and_ends(tale, example, award)

        # What the inboxes say: of the ground, of the revocation, of what it takes along.
        for user in (kitchen.signer, kitchen.registrant, kitchen.officer):
            await tale.hears(user, "RevocationProposed", kitchen)
        for user in (kitchen.registrant, kitchen.officer, kitchen.appraiser, "clerk-of-commission"):
            await tale.hears(user, "RecognitionRevoked", kitchen)
            await tale.hears(user, "DependentRecognitionDecided", example)
        for user in (example.signer, example.registrant, example.officer):
            await tale.hears(user, "DependentRecognitionSuspended", example)

        # What the audit says: each as it was before and after.
        await tale.tells_in_order(kitchen, "Recognized", "RevocationProposed", "RecognitionRevoked")
        await tale.tells_in_order(
            example,
            *("ExemplarPutForward", "Recognized"),
            *("DependentRecognitionSuspended", "DependentRecognitionDecided"),
        )
        for work in (kitchen, example):
            before = await tale.state_of(work, "case", on=REPORTED)
            assert before["revoked"] is None
            assert before["fallen"] == before["decided_anew"] == []
        assert (await tale.state_of(kitchen, "case"))["revoked"]["ground"] == "false_achievements"
        assert not (await tale.state_of(example, "case"))["decided_anew"][0]["holds"]
        await tale.all_follows_from_the_record()


async def _an_award_is_proposed(tale: Tale, example: Work) -> str:
    award = {
        "award": "Bằng khen",
        "proposed_to": "Ủy ban nhân dân tỉnh",
        "document_number": "9-TTr/HPN",
    }
    await tale.write(f"{example.case}/awards", award, by=example.clerk)
    (proposed,) = (await tale.here.get("/recognition/awards"))["items"]
    return str(proposed["award_id"])


async def _the_recognition_is_revoked(tale: Tale, kitchen: Work) -> None:
    """Reported within seven days of its conclusion, decided within five working days of the report."""
    await tale.on(REPORTED)
    await tale.forbidden(f"{kitchen.case}/revocation", FRAUD, by="officer-of-neighbour")
    await tale.write(f"{kitchen.case}/revocation", FRAUD, by=kitchen.officer)
    proposed = (await tale.public_decision(kitchen))["revocation_proposed"]
    assert (proposed["reported_late"], proposed["decide_by"]) == (False, "2026-11-25")

    await tale.on(REVOKED)
    revoking = {
        "decision_number": "41-QĐ/HPN",
        "reasons": "Gian dối trong kê khai thành tích.",
        "signer_office": "Chủ tịch Hội",
        "signer_name": "Người Ký Thử",
    }
    deciding = f"{kitchen.case}/revocation/decision"
    await tale.forbidden(deciding, revoking, by="signer-of-commune")
    await tale.write(deciding, revoking, by=kitchen.signer)
    shown = await tale.public_decision(kitchen)
    assert shown["standing"] == "revoked"
    assert (shown["revoked"]["revokes"], shown["revoked"]["decided_late"]) == ("39-QĐ/HPN", False)
    (found,) = (await tale.here.get("/recognition/certificates", number="GCN-39"))["items"]
    assert found["standing"] == "revoked"


async def _what_rests_on_it_is_suspended(
    tale: Tale, kitchen: Work, example: Work, award: str
) -> None:
    case = await tale.case_with(example, "fallen")
    assert case["fallen"] == [str(kitchen.case_id)]
    assert (await tale.public_decision(example))["standing"] == "suspended"

    async def suspended() -> bool | None:
        found = await tale.here.get(f"/recognition/awards/{award}")
        return (found["suspended"] or {}).get("fallen") == str(kitchen.case_id) or None

    await tale.here.until(suspended)
    granted = {"outcome": "granted", "document_number": "88/QĐ-UBND", "decided_on": str(REVOKED)}
    outcome = f"/recognition/awards/{award}/outcome"
    refused = await tale.refused(
        outcome, granted, by=example.clerk, because="recognition-not-standing"
    )
    assert refused["clause"] == "III.2.2b"


async def _and_ends(tale: Tale, example: Work, award: str) -> None:
    """With no model left to rest on, the exemplar cannot hold; its award is withdrawn."""
    await tale.on(ANEW)
    deciding = {
        "holds": True,
        "decision_number": "42-QĐ/HPN",
        "reasons": "Không còn mô hình làm cơ sở.",
        "signer_office": "Chủ tịch Hội",
        "signer_name": "Người Ký Thử",
    }
    anew = f"{example.case}/suspension/decision"
    await tale.refused(anew, deciding, by=example.signer, because="basis-gone")
    await tale.write(anew, deciding | {"holds": False}, by=example.signer)
    assert (await tale.public_decision(example))["standing"] == "ended"
    withdrawn = {"outcome": "withdrawn", "document_number": "89", "decided_on": str(ANEW)}
    await tale.write(f"/recognition/awards/{award}/outcome", withdrawn, by=example.clerk)
    (row,) = (await tale.here.get("/recognition/decisions", standing="ended"))["items"]
    assert row["case_id"] == str(example.case_id)
