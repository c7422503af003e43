"""Evaluation over HTTP: from reported results to the advice, on the real host, store and vault."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from shared.contracts import evaluation as contracts
from shared.contracts import registration
from tests.support import story
from tests.support.evaluating import (
    AFTER_POSTING,
    APPRAISAL,
    MEMBERS,
    ONE,
    POSTED,
    POSTING,
    Evaluation,
    evaluating,
)
from tests.support.story import COMMITTEE, MODEL, OFFICE, SECTION, UNION


@pytest.fixture
async def evaluation(tmp_path: Path) -> AsyncIterator[Evaluation]:
    async with evaluating(tmp_path) as evaluation:
        yield evaluation


# --- from results to advice --------------------------------------------------------------------


async def test_results_lead_through_appraisal_posting_and_ballot_to_the_advice(
    evaluation: Evaluation,
) -> None:
    here = evaluation.here
    await evaluation.posting_closed()
    ballot = await evaluation.ballot()
    await evaluation.vote(ballot, "approve", "chair", *MEMBERS[:4])
    await evaluation.vote(ballot, "reject", MEMBERS[4])
    await evaluation.close(ballot)

    tallied = (await evaluation.result(ballot))["tallied"]
    assert (tallied["eligible"], tallied["approve"], tallied["reject"]) == (6, 5, 1)
    assert [line["governs"] for line in tallied["lines"]] == [False, False, True]
    assert tallied["adopted"] is True

    advice = (await evaluation.appraisal("advice"))["advice"]
    assert advice["advice"] == "recognise"
    assert advice["appraising_unit"] == str(SECTION)
    assert advice["deciding_body"] == str(COMMITTEE)
    assert advice["ballot"] == ballot.rpartition("/")[2]
    assert "75 điểm" in advice["reasons"]
    assert "5/6" in advice["reasons"]

    await evaluation.caught_up()
    (row,) = (
        await here.get("/evaluation/appraisals", user="chair", q="duong hoa", status="advised")
    )["items"]
    assert (row["points"], row["meets_standard"], row["advice"]) == (75, True, "recognise")
    (listed,) = (await here.get("/evaluation/ballots", appraisal=APPRAISAL))["items"]
    assert (listed["status"], listed["adopted"]) == ("tallied", True)


async def test_an_appraisal_cites_what_it_rests_on_and_names_its_rule_set(
    evaluation: Evaluation,
) -> None:
    await evaluation.opened()
    (event,) = await evaluation.stored(f"appraisal-{APPRAISAL}")
    metadata = event.metadata.decode()
    cited = [event.id for event in await evaluation.stored(f"model-{MODEL}")]
    cited += [event.id for event in await evaluation.stored(f"organization-{COMMITTEE}")]
    assert all(str(event_id) in metadata for event_id in cited)
    opened = (await evaluation.appraisal())["opened"]
    assert f'"rules":"{opened["rule_set"]}/1"' in metadata
    assert '"actor":"service:evaluation"' in metadata


async def test_where_the_rules_have_no_ballot_the_closed_posting_leads_to_the_advice(
    evaluation: Evaluation,
) -> None:
    await evaluation.posting_closed(ballot_mode={"value": "none", "source": "practice: own"})
    advice = (await evaluation.appraisal("advice"))["advice"]
    assert advice["advice"] == "recognise"
    assert advice["ballot"] is None


async def test_too_few_points_lead_to_a_decline_though_the_council_approves(
    evaluation: Evaluation,
) -> None:
    await evaluation.opened()
    await evaluation.appraise(points=13)
    evaluation.here.clock.pin(POSTED)
    await evaluation.ok(f"{ONE}/posting", {"where": "Nhà văn hóa"}, user="appraiser")
    evaluation.here.clock.pin(AFTER_POSTING)
    await evaluation.ok(f"{ONE}/posting/closure", user="appraiser")
    ballot = await evaluation.ballot()
    await evaluation.vote(ballot, "approve", "chair", *MEMBERS)
    await evaluation.close(ballot)
    assert (await evaluation.appraisal("advice"))["advice"]["advice"] == "decline"


async def test_the_deciding_bodys_own_criteria_go_before_the_provinces(
    evaluation: Evaluation,
) -> None:
    own = await evaluation.adopt_criteria(COMMITTEE, "officer")
    await evaluation.opened()
    assert (await evaluation.appraisal())["opened"]["criteria_set"] == own


# --- waiting and withdrawal --------------------------------------------------------------------


async def test_without_criteria_the_model_waits_visibly_and_opens_once_they_are_there(
    evaluation: Evaluation,
) -> None:
    here = evaluation.here
    rule_set = await evaluation.adopt_rules()
    await evaluation.register(rule_set)
    await evaluation.report_results()
    (waiting,) = (await here.get("/evaluation/appraisals/waiting", user="registrant"))["items"]
    assert (waiting["model"], waiting["reason"]) == (str(MODEL), "no-adviser")
    await evaluation.assign_competence()
    (waiting,) = (await here.get("/evaluation/appraisals/waiting", user="registrant"))["items"]
    assert waiting["reason"] == "no-criteria"
    assert waiting["vi"].endswith(".")

    await evaluation.adopt_criteria()
    await evaluation.appraisal()
    await evaluation.caught_up()
    waiting_list = await here.get("/evaluation/appraisals/waiting", user="registrant")
    assert waiting_list["items"] == []


async def test_an_appraisal_is_of_whoever_holds_the_model_now_and_cites_the_change(
    evaluation: Evaluation,
) -> None:
    here = evaluation.here
    rule_set = await evaluation.adopt_rules()
    await evaluation.adopt_criteria()
    await evaluation.assign_competence()
    await evaluation.register(rule_set)
    (changed,) = await here.record(registration.EVENTS, f"model-{MODEL}", story.holder_changed())
    await evaluation.report_results()
    assert (await evaluation.appraisal())["opened"]["holder"] == str(UNION)
    (opened,) = await evaluation.stored(f"appraisal-{APPRAISAL}")
    assert str(changed) in opened.metadata.decode()
    await evaluation.caught_up()
    found = await here.get("/evaluation/appraisals", user="chair", q="chi hoi phu nu")
    assert [row["holder"] for row in found["items"]] == [str(UNION)]


async def test_an_appraisal_that_waits_for_a_date_opens_when_it_comes(
    evaluation: Evaluation,
) -> None:
    here = evaluation.here
    rule_set = await evaluation.adopt_rules()
    evaluation.preset["criteria_set"]["effective_on"] = "2026-10-01"
    await evaluation.adopt_criteria()
    await evaluation.assign_competence()
    await evaluation.register(rule_set)
    await evaluation.report_results()
    (waiting,) = (await here.get("/evaluation/appraisals/waiting", user="registrant"))["items"]
    assert waiting["reason"] == "no-criteria"
    here.clock.pin(POSTED)
    await evaluation.appraisal()


async def test_a_withdrawn_model_ends_its_appraisal_and_nothing_more_is_done(
    evaluation: Evaluation,
) -> None:
    await evaluation.opened()
    await evaluation.here.record(registration.EVENTS, f"model-{MODEL}", story.withdrawn())
    ended = await evaluation.appraisal("discontinued")
    assert ended["discontinued"]["reason"] == story.withdrawn().reason
    problem = await evaluation.refused(
        f"{ONE}/gate", {"passed": True, "finding": "Tốt."}, user="appraiser"
    )
    assert problem["type"].endswith("/appraisal-discontinued")


async def test_an_appraisal_that_opened_while_its_model_was_withdrawn_ends_by_itself(
    evaluation: Evaluation,
) -> None:
    here = evaluation.here
    rule_set = await evaluation.adopt_rules()
    await evaluation.register(rule_set)
    await here.record(registration.EVENTS, f"model-{MODEL}", story.withdrawn())
    # What a run of the schedule records that looked at the model just before its withdrawal came.
    opened = msgspec.structs.replace(story.appraisal_opened(), appraisal_id=APPRAISAL)
    await here.record(contracts.EVENTS, f"appraisal-{APPRAISAL}", opened)
    ended = await evaluation.appraisal("discontinued")
    assert ended["discontinued"]["reason"] == story.withdrawn().reason


async def test_a_model_withdrawn_while_waiting_never_opens(evaluation: Evaluation) -> None:
    rule_set = await evaluation.adopt_rules()
    await evaluation.register(rule_set)
    await evaluation.report_results()
    await evaluation.here.record(registration.EVENTS, f"model-{MODEL}", story.withdrawn())
    waiting = await evaluation.here.get("/evaluation/appraisals/waiting", user="registrant")
    assert waiting["items"] == []


# --- who may what ------------------------------------------------------------------------------


async def test_foreign_roles_and_bodies_are_denied_and_nothing_changes(
    evaluation: Evaluation,
) -> None:
    await evaluation.posting_closed()
    ballot = await evaluation.ballot()
    before = len(await evaluation.stored(f"appraisal-{APPRAISAL}"))
    gate = {"passed": False, "finding": "x"}
    for who in ("foreign-appraiser", "chair", "registrant"):
        assert (await evaluation.refused(f"{ONE}/gate", gate, user=who))["status"] == 403
    close = f"{await evaluation.sitting_of(ballot)}/closure"
    for who in ("foreign-secretary", "appraiser", *MEMBERS[:1]):
        assert (await evaluation.refused(close, user=who))["status"] == 403
    rules = {**evaluation.preset["rule_set"], "adopted_by": str(COMMITTEE)}
    assert (await evaluation.refused("/evaluation/rule-sets", rules, user="clerk"))["status"] == 403
    assert len(await evaluation.stored(f"appraisal-{APPRAISAL}")) == before


async def test_names_are_for_the_councils_own_secretary_and_chair_and_for_auditors(
    evaluation: Evaluation,
) -> None:
    here = evaluation.here
    await evaluation.posting_closed()
    ballot = await evaluation.ballot()
    council = (await here.get(ballot))["opened"]["council"]
    for path in (f"{ballot}/electorate", f"/evaluation/councils/{council}/members"):
        assert (await here.read(path, user="auditor")).status_code == 200
        assert (await here.read(path, user="chair")).status_code == 200
        assert (await here.read(path, user="foreign-secretary")).status_code == 404
        assert (await here.read(path, user=MEMBERS[0])).status_code == 403
        assert (await here.read(path)).status_code == 401
    public = await here.get(f"/evaluation/councils/{council}")
    assert "Người" not in str(public)
    assert len(public["members"]) == 7
    assert (await here.read(f"{ONE}/opinions", user="foreign-appraiser")).status_code == 404


async def test_scores_are_a_draft_until_the_appraisal_is_complete(evaluation: Evaluation) -> None:
    await evaluation.opened()
    body = {"criterion": "1", "points": 15, "evidence": "Biên bản số 3"}
    await evaluation.ok(f"{ONE}/scores", body, user="appraiser")
    assert len((await evaluation.here.get(ONE, user="appraiser"))["scores"]) == 1
    assert (await evaluation.here.get(ONE, user="registrant"))["scores"] == []
    assert (await evaluation.here.read(POSTING)).status_code == 404


@pytest.mark.parametrize(
    "path,body,user,status",
    [
        ("/evaluation/ballots/none/votes", {"choice": "approve"}, "chair", 404),
        (f"/evaluation/ballots/{UUID(int=9)}/votes", {"choice": "approve"}, "chair", 404),
        (f"/evaluation/ballots/{UUID(int=9)}/votes", {"choice": "maybe"}, "chair", 422),
        (f"/evaluation/ballots/{UUID(int=9)}/votes", {"choice": "reject", "x": 1}, "chair", 422),
        (f"/evaluation/appraisals/{UUID(int=9)}/gate", {"passed": 1}, "appraiser", 422),
        (
            f"/evaluation/appraisals/{UUID(int=9)}/completion",
            {"summary": "x"},
            "appraiser",
            403,
        ),
        (
            "/evaluation/sittings",
            {"appraisals": [str(UUID(int=9))], "council": str(UUID(int=8)), "question": "?"},
            "secretary",
            404,
        ),
        ("/evaluation/councils", {"body": "x", "name": "y", "members": []}, "secretary", 422),
        ("/evaluation/criteria-sets", {"title": "\x00"}, "clerk", 422),
    ],
)
async def test_bad_input_gets_a_clear_problem_and_changes_nothing(
    evaluation: Evaluation, path: str, body: dict[str, Any], user: str, status: int
) -> None:
    head = await evaluation.here.runtime.store.head()
    answer = await evaluation.here.post(path, body, user=user)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.json()["detail"]
    assert await evaluation.here.runtime.store.head() == head


async def test_rule_sets_criteria_and_councils_are_listed_and_versioned(
    evaluation: Evaluation,
) -> None:
    here = evaluation.here
    rule_set = await evaluation.adopt_rules()
    later = {**evaluation.preset["rule_set"], "document_number": "02", "effective_on": "2027-01-01"}
    await evaluation.ok(f"/evaluation/rule-sets/{rule_set}/versions", later, user="clerk")
    denied = await evaluation.refused(
        f"/evaluation/rule-sets/{rule_set}/versions", later, user="officer"
    )
    assert denied["status"] == 403
    listed = await here.get("/evaluation/rule-sets", adopted_by=OFFICE, q="dan van kheo")
    assert [row["version"] for row in listed["items"]] == [2, 1]
    stands = [(row["standing"], row["ends_on"]) for row in listed["items"]]
    assert stands == [("upcoming", None), ("in_force", "2027-01-01")]
    assert len((await here.get(f"/evaluation/rule-sets/{rule_set}"))["versions"]) == 2

    criteria = await evaluation.adopt_criteria()
    stricter = {**evaluation.preset["criteria_set"], "points_required": 80}
    await evaluation.ok(f"/evaluation/criteria-sets/{criteria}/versions", stricter, user="clerk")
    listed = await here.get("/evaluation/criteria-sets", adopted_by=OFFICE)
    assert [row["points_required"] for row in listed["items"]] == [80, 70]
    assert len((await here.get(f"/evaluation/criteria-sets/{criteria}"))["versions"]) == 2

    council = await evaluation.council()
    (row,) = (await here.get("/evaluation/councils", q="binh xet", body=COMMITTEE))["items"]
    assert (row["council_id"], row["members"]) == (council, 7)
