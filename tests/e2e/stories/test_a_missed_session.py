"""A reporting session is missed, a late report accepted, a complaint upheld, the decision amended."""

from datetime import date
from pathlib import Path

from tests.support.country import IDS, YEAR
from tests.support.telling import DECIDED, Tale, Work, telling

SECOND_OF_OCTOBER, THIRD = date(YEAR, 10, 2), date(YEAR, 10, 3)
COMPLAINED, ANSWERED = date(YEAR, 11, 20), date(YEAR, 11, 30)
FLOOD = "Mưa lũ cuối tháng 9 làm gián đoạn việc tổng hợp."


async def test_a_late_report_is_accepted_and_the_decision_later_amended(tmp_path: Path) -> None:
    async with telling(tmp_path) as tale:
        road = await tale.surveys_and_registers("cell", "Đường bản sáng, sạch", decides="commune")
        await tale.is_accepted(road)
        await tale.is_planned(road)
        await _october_comes_without_a_session(tale, road)
        await _the_late_report_is_accepted(tale, road)

        # From here on the model is treated as any other.
        await tale.is_assessed(road)
        await tale.on(DECIDED)
        await tale.is_recognised(road, "16-QĐ/ĐU")
        await _a_complaint_leads_to_an_amendment(tale, road)

        # What the inboxes say: the committee and the Office heard of the missed session, the holder of all after.
        for user in (road.officer, "clerk-of-commission"):
            await tale.hears(user, "ReportingSessionMissed", road)
        for kind in ("Recognized", "ComplaintAnswered", "DecisionAmended"):
            await tale.hears(road.registrant, kind, road)
        assert "ReportingSessionMissed" not in await tale.inbox(road.registrant, road)
        await tale.hears(road.signer, "ComplaintLodged", road)

        # What the audit says.
        await tale.tells_in_order(
            road,
            *("ReportingSessionMissed", "WrittenResultsSubmitted", "LatenessRecorded"),
            *("LateReportAccepted", "ResultsReported", "AdviceIssued", "Recognized"),
            *("ComplaintLodged", "ComplaintAnswered", "DecisionAmended"),
        )
        assert (await tale.state_of(road, "model", on=SECOND_OF_OCTOBER))["status"] == "running"
        assert (await tale.state_of(road, "model"))["status"] == "reported"
        assert (await tale.state_of(road, "case", on=DECIDED))["amendments"] == []
        await tale.all_follows_from_the_record()


async def _october_comes_without_a_session(tale: Tale, road: Work) -> None:
    """The session is the committee's to hold: that it was missed is recorded as its overdue duty."""
    await tale.on(SECOND_OF_OCTOBER)

    async def missed() -> bool | None:
        return (await tale.here.get(road.model))["session_missed"] or None

    await tale.here.until(missed)
    await tale.here.until(tale.here.is_settled)  # the audit reads behind the others
    recorded = await tale.state_of(road, "model")
    assert recorded["session_missed"]
    (step,) = [
        one
        for one in await tale.timeline(road)
        if one["type"].split(".")[2] == "ReportingSessionMissed"
    ]
    assert step["clause"] == "III.2.1b"


async def _the_late_report_is_accepted(tale: Tale, road: Work) -> None:
    """Nothing late without a reason; with one it waits for the committee; until then nobody appraises."""
    results = f"{road.model}/results"
    refused = await tale.refused(
        results, tale.results(), by=road.registrant, because="late-without-reason"
    )
    assert refused["practice"] == "lateness_effect: accept_with_reason"
    await tale.write(results, tale.results(FLOOD), by=road.registrant)
    await tale.here.until(tale.here.is_settled)
    assert not (await tale.here.read(road.appraisal, user=road.appraiser)).is_success

    await tale.on(THIRD)
    accepting = {"reason": "Thiên tai, xã đã xác nhận."}
    await tale.forbidden(f"{road.model}/late-acceptance", accepting, by="officer-of-neighbour")
    await tale.write(f"{road.model}/late-acceptance", accepting, by=road.officer)
    lateness = (await tale.state_of(road, "model"))["lateness"]
    assert (lateness["days_late"], lateness["reason"]) == (2, FLOOD)


async def _a_complaint_leads_to_an_amendment(tale: Tale, road: Work) -> None:
    """Within ninety days; its words are for the deciding body, its answer for everybody."""
    await tale.on(COMPLAINED)
    words = "Quyết định ghi sai tên chủ thể."
    complaint = await tale.complains(road, words)
    answering = f"{road.case}/complaints/{complaint}/answer"
    upheld = {"outcome": "upheld", "answer": "Đúng, sẽ sửa.", "remedy": "amendment"}
    await tale.forbidden(answering, upheld, by="signer-of-neighbour")

    await tale.on(ANSWERED)
    amending = {
        "amendment_number": "21-QĐ/ĐU",
        "changes": "Tên chủ thể: Chi bộ bản Cửa Rào.",
        "reasons": "Ghi sai tên.",
        "signer_office": "Bí thư",
        "signer_name": "Người Ký Thử",
        "complaint": complaint,
    }
    amendments = f"{road.case}/amendments"
    await tale.refused(amendments, amending, by=road.signer, because="amendment-complaint")
    await tale.write(answering, upheld, by=road.signer)
    await tale.write(amendments, amending, by=road.signer)
    await tale.refused(amendments, amending, by=road.signer, because="amendment-complaint")

    shown = await tale.public_decision(road)
    assert shown["standing"] == "stands"
    assert shown["amendments"][0]["amended_by"] == str(IDS["commune"])
    assert shown["complaints"][0]["answer"] == "Đúng, sẽ sửa."
    assert words not in str(shown)
