"""A Women's Union exemplar, recognised at the final review by the provincial organisation (clauses I.2.2c, III.2.2)."""

from datetime import date
from pathlib import Path

from tests.support.country import IDS, YEAR
from tests.support.telling import DECIDED, telling

REVIEWED = date(YEAR, 12, 10)
"""The Mass Mobilisation Month is long over: it does not bind an exemplar, whose occasion is the review."""


async def test_an_exemplar_is_recognised_at_the_final_review(tmp_path: Path) -> None:
    async with telling(tmp_path) as tale:
        # The commune's Women's Union has a model, and aims at an exemplar that grows out of it.
        kitchen = await tale.surveys_and_registers("women", "Bếp ấm tình thương", decides="union")
        example = await tale.surveys_and_registers(
            "women", "Điển hình phụ nữ xã Môn Sơn", decides="union", aim="exemplar"
        )
        await tale.works_through_the_year(kitchen, example)
        await tale.is_assessed(kitchen, example)

        # October: for the exemplar four bodies are competent; no one takes precedence, the registrant named one.
        await tale.on(DECIDED)
        case = await tale.advice_on(example)
        assert {(one["organization"], one["clause"]) for one in case["competence"]["bodies"]} == {
            (str(IDS["commission"]), "I.2.2a"),
            (str(IDS["commune"]), "I.2.2b"),
            (str(IDS["union"]), "I.2.2c"),
            (str(IDS["commune"]), "I.2.2d"),
        }
        document = tale.decision(example, "40-QĐ/HPN")
        deciding = f"{example.case}/recognition"
        refused = await tale.refused(
            deciding, document, by=example.signer, because="review-missing"
        )
        assert refused["clause"] == "III.2.2a"

        # The model is recognised in the month, by the Union in its own line.
        await tale.is_recognised(kitchen, "39-QĐ/HPN")

        # December: the Commission opens the final review, and the exemplar is put forward, resting on the model.
        await tale.on(REVIEWED)
        review = await tale.opens_review("commission", "final", "Tổng kết phong trào")
        await tale.is_put_forward(example, review, resting_on=[kitchen])

        # Its place stands behind it: committee, government, organisations; the Front after it was heard.
        await tale.is_endorsed(example, "committee", "commune")
        await tale.is_endorsed(example, "government", "people")
        await tale.is_endorsed(example, "organisations", "women")
        refused = await tale.refused(
            deciding, document, by=example.signer, because="endorsement-missing"
        )
        assert refused["clause"] == "III.2.2c"
        await tale.is_endorsed(example, "front", "front")
        await tale.forbidden(deciding, document, by="signer-of-commune")
        await tale.is_recognised(example, "40-QĐ/HPN")

        # An award is proposed and granted.
        award = {
            "award": "Bằng khen",
            "proposed_to": "Ủy ban nhân dân tỉnh",
            "document_number": "9-TTr/HPN",
        }
        await tale.write(f"{example.case}/awards", award, by=example.clerk)
        (proposed,) = (await tale.here.get("/recognition/awards"))["items"]
        granted = {
            "outcome": "granted",
            "document_number": "88/QĐ-UBND",
            "decided_on": REVIEWED.isoformat(),
        }
        outcome = f"/recognition/awards/{proposed['award_id']}/outcome"
        await tale.write(outcome, granted, by=example.clerk)

        # What the inboxes say.
        for user in (example.registrant, example.officer, example.appraiser, "clerk-of-commission"):
            await tale.hears(user, "Recognized", example)
            assert (await tale.inbox(user, example)).count("Recognized") == 1, user

        # What the audit says: of both, that they came one after the other, and how the exemplar was reached.
        await tale.tells_in_order(kitchen, "AdviceIssued", "CaseOpened", "Recognized")
        await tale.tells_in_order(
            example,
            *("ModelRegistered", "ResultsReported", "AdviceIssued", "CaseOpened"),
            *("ExemplarPutForward", *["EndorsementGiven"] * 4, "Recognized"),
        )
        waiting = await tale.state_of(example, "case", on=DECIDED)
        assert waiting["decision"] is None
        decided = await tale.state_of(example, "case")
        assert decided["decision"]["decided_by"] == str(IDS["union"])
        assert decided["decision"]["clauses"] == ["I.2.2c"]
        assert decided["decision"]["outside_month_reason"] is None
        await tale.all_follows_from_the_record()
