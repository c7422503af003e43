"""A decision that departs from the advice: it says so with its reason, in public (clause III.2.1c)."""

from datetime import date
from pathlib import Path

from tests.support.country import YEAR
from tests.support.telling import DECIDED, telling

NOVEMBER = date(YEAR, 11, 10)
WHY = "Mô hình đạt tiêu chuẩn, nhân dân đồng tình; yêu cầu khắc phục điểm hội đồng nêu."
WHY_LATE = "Chờ kết quả xác minh."


async def test_who_departs_from_the_advice_says_why(tmp_path: Path) -> None:
    async with telling(tmp_path) as tale:
        # Two models: of one the council is not convinced; the other does not reach the standard.
        library = await tale.surveys_and_registers("cell", "Tủ sách bản", decides="commune")
        pond = await tale.surveys_and_registers("people", "Ao cá xã", decides="commune")
        await tale.works_through_the_year(library, pond)
        await tale.is_appraised(library)
        await tale.is_appraised(pond, points=10)
        for work in (library, pond):
            await tale.is_posted(work)
        for work in (library, pond):
            await tale.posting_ends(work)
        await tale.council_votes(library, approve=2, reject=4)
        await tale.council_votes(pond, approve=6)
        await tale.on(DECIDED)
        for work in (library, pond):
            assert (await tale.advice_on(work))["opened"]["advice"] == "decline"

        # The commune recognises the first all the same: not silently.
        recognising = f"{library.case}/recognition"
        document = tale.decision(library, "17-QĐ/ĐU")
        refused = await tale.refused(
            recognising, document, by=library.signer, because="departure-reason-missing"
        )
        assert refused["clause"] == "III.2.1c"
        await tale.is_recognised(library, "17-QĐ/ĐU", departure_reason=WHY)

        # What no appraisal found to meet the standard is recognised by nobody, whatever the reason.
        against = tale.decision(pond, "18-QĐ/ĐU", departure_reason=WHY)
        refused = await tale.refused(
            f"{pond.case}/recognition", against, by=pond.signer, because="ground-standard-missing"
        )
        assert refused["clause"] == "I.2.1c"

        # In November one declines with the advice: the month is over, which takes a reason of its own.
        await tale.on(NOVEMBER)
        declining = tale.decision(pond, "18-QĐ/ĐU", reasons="Chưa đạt tiêu chuẩn.")
        refusal = f"{pond.case}/refusal"
        refused = await tale.refused(refusal, declining, by=pond.signer, because="outside-month")
        assert refused["practice"] == "outside_month"
        idle = declining | {"outside_month_reason": WHY_LATE, "departure_reason": WHY}
        await tale.refused(refusal, idle, by=pond.signer, because="departure-reason-idle")
        late = declining | {"outside_month_reason": WHY_LATE}
        await tale.write(refusal, late, by=pond.signer)

        # Everybody reads both, with the reasons.
        shown = await tale.public_decision(library)
        assert shown["departure"]["reason"] == WHY
        assert (await tale.public_decision(pond))["declined"]["outside_month_reason"] == WHY_LATE
        rows = (await tale.here.get("/recognition/decisions", year=YEAR))["items"]
        told = {row["model_id"]: (row["status"], row["advice"]) for row in rows}
        assert told == {
            str(library.id): ("recognized", "decline"),
            str(pond.id): ("declined", "decline"),
        }

        # What the inboxes say.
        for user in (library.registrant, library.officer, library.appraiser, "clerk-of-commission"):
            await tale.hears(user, "Recognized", library)
        for user in (pond.registrant, pond.officer, pond.appraiser, "clerk-of-commission"):
            await tale.hears(user, "Declined", pond)

        # What the audit says.
        await tale.tells_in_order(
            library, "BallotTallied", "AdviceIssued", "Recognized", "DecisionDepartedFromAdvice"
        )
        await tale.tells_in_order(pond, "Appraised", "AdviceIssued", "Declined")
        kinds = [one["type"].split(".")[2] for one in await tale.timeline(pond)]
        assert "DecisionDepartedFromAdvice" not in kinds
        departed = await tale.state_of(library, "case")
        assert departed["departure"]["reason"] == WHY
        await tale.all_follows_from_the_record()
