"""A village cell's model, recognised by its commune committee: since July 2025 the commune does so by itself."""

from pathlib import Path

from tests.support.country import IDS
from tests.support.telling import CLOSED, DECIDED, telling


async def test_a_cells_model_is_recognised_by_its_commune(tmp_path: Path) -> None:
    async with telling(tmp_path) as tale:
        # January: the cell surveys its place, and registers its model with the commune committee.
        garden = await tale.surveys_and_registers(
            "cell", "Đường hoa bản Cửa Rào", decides="commune"
        )
        await tale.hears("officer-of-commune", "ModelRegistered", garden)
        await tale.hears("clerk-of-commission", "ModelRegistered", garden)
        await tale.forbidden(f"{garden.model}/acceptance", by="officer-of-neighbour")

        # It is accepted, planned and built, and reported on before October.
        await tale.works_through_the_year(garden)
        await tale.hears("registrant-of-cell", "RegistrationAccepted", garden)
        await tale.hears("appraiser-of-section", "ResultsReported", garden)

        # October: the section appraises and posts it; a citizen is answered; nobody votes before the days are over.
        await tale.is_appraised(garden)
        await tale.is_posted(garden)
        opinion = {"name": "Người Dân Thử", "address": "Bản Cửa Rào", "words": "Ai tưới hoa?"}
        await tale.write(f"{garden.posting}/opinions", opinion, by=garden.registrant)
        early = await tale.refused(
            f"{garden.appraisal}/posting/closure", by=garden.appraiser, because="posting-runs"
        )
        assert early["practice"] == "posting_working_days"
        await tale.on(CLOSED)
        await tale.refused(
            f"{garden.appraisal}/posting/closure",
            by=garden.appraiser,
            because="opinions-unanswered",
        )
        (asked,) = (await tale.here.get(f"{garden.appraisal}/opinions", user=garden.appraiser))[
            "opinions"
        ]
        answer = {"answer": "Mỗi hộ một tuần, theo lịch của bản."}
        answering = f"{garden.appraisal}/opinions/{asked['opinion_id']}/answer"
        await tale.write(answering, answer, by=garden.appraiser)
        await tale.posting_ends(garden)
        tally = await tale.council_votes(garden, approve=5, reject=1)
        assert (tally["approve"], tally["reject"], tally["adopted"]) == (5, 1, True)

        # The commune is competent twice over, by its party line and by its area, and recognises.
        await tale.on(DECIDED)
        case = await tale.advice_on(garden)
        assert case["opened"]["advice"] == "recognise"
        assert {(one["organization"], one["clause"]) for one in case["competence"]["bodies"]} == {
            (str(IDS["commune"]), "I.2.2b"),
            (str(IDS["commune"]), "I.2.2d"),
        }
        document = tale.decision(garden, "15-QĐ/ĐU")
        await tale.forbidden(f"{garden.case}/recognition", document, by="signer-of-neighbour")
        await tale.forbidden(f"{garden.case}/recognition", document, by="signer-of-commission")
        await tale.is_recognised(garden, "15-QĐ/ĐU")
        certificate = {"certificate_number": "GCN-01"}
        await tale.write(f"{garden.case}/certificate", certificate, by=garden.clerk)
        (found,) = (await tale.here.get("/recognition/certificates", number="GCN-01"))["items"]
        assert (found["model_name"], found["standing"]) == (garden.name, "stands")

        # What the inboxes say: everybody concerned heard of it, and nobody twice.
        for user in (garden.registrant, garden.officer, garden.appraiser, "clerk-of-commission"):
            await tale.hears(user, "Recognized", garden)
            assert (await tale.inbox(user, garden)).count("Recognized") == 1, user
        assert await tale.inbox("signer-of-neighbour", garden) == []

        # What the audit says: the whole way, from the survey on, and the state of any day.
        await tale.tells_in_order(
            garden,
            *("SiteSurveyed", "ModelRegistered", "RegistrationAccepted", "PlanAdopted"),
            *("WrittenResultsSubmitted", "ReportingSessionHeld", "ResultsReported"),
            *("AppraisalOpened", "GateChecked", "CriterionScored", "Appraised", "PostingOpened"),
            *("OpinionReceived", "OpinionAnswered", "PostingClosed", "BallotTallied"),
            *("AdviceIssued", "CaseOpened", "CompetenceDetermined", "Recognized"),
        )
        before = await tale.state_of(garden, "appraisal", on=CLOSED)
        assert before["advice"] is None
        decided = await tale.state_of(garden, "case")
        assert decided["decision"]["decided_by"] == str(IDS["commune"])
        assert decided["decision"]["clauses"] == ["I.2.2b", "I.2.2d"]
        await tale.all_follows_from_the_record()
