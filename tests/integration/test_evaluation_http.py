"""Evaluation over HTTP: from reported results to the advice, on the real host, store and vault."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from services.evaluation import facts
from services.evaluation.service import SERVICE
from shared.contracts import evaluation as contracts
from shared.contracts import registration
from shared.contracts.registration import ResultsReported
from shared.contracts.values import ModelId, OrganizationId, RuleSetId
from shared.eventstore.port import StoredEvent
from shared.host.ids import derive_id, new_key
from shared.host.issuer import User
from shared.host.policy import Role
from tests.support import story
from tests.support.recorded import World, world
from tests.support.story import COMMITTEE, ELSEWHERE, MODEL, OFFICE, SECTION, YEAR

RESULTS_IN = datetime(2026, 9, 25, 2, tzinfo=UTC)
POSTED = datetime(2026, 10, 5, 2, tzinfo=UTC)
AFTER_POSTING = datetime(2026, 10, 20, 2, tzinfo=UTC)
APPRAISAL = facts.appraisal_id(MODEL, YEAR)
ONE = f"/evaluation/appraisals/{APPRAISAL}"
POSTING = f"/evaluation/postings/{APPRAISAL}"
MEMBERS = tuple(f"hd-{n}" for n in range(5))
WORDS = "Đường hoa đẹp nhưng đoạn cuối bản bỏ cỏ"
CITIZEN = {"name": "Lò Thị Thử Nghiệm", "address": "Bản Cửa Rào", "words": WORDS}


def user(name: str, role: Role, organization: OrganizationId) -> User:
    return User(user=name, subject=name, roles=(role,), organization=organization)


USERS = (
    user("clerk", Role.OFFICE_CLERK, OFFICE),
    user("officer", Role.COMMITTEE_OFFICER, COMMITTEE),
    user("appraiser", Role.APPRAISER, SECTION),
    user("foreign-appraiser", Role.APPRAISER, ELSEWHERE),
    user("chair", Role.CHAIR, COMMITTEE),
    user("secretary", Role.SECRETARY, COMMITTEE),
    user("foreign-secretary", Role.SECRETARY, ELSEWHERE),
    user("registrant", Role.REGISTRANT, story.CELL),
    user("auditor", Role.AUDITOR, ELSEWHERE),
    user("stranger", Role.COUNCIL_MEMBER, ELSEWHERE),
    *(user(name, Role.COUNCIL_MEMBER, COMMITTEE) for name in MEMBERS),
)


@dataclass
class Evaluation:
    """The world with evaluation in it, and the steps every test takes."""

    here: World
    preset: dict[str, Any]

    async def ok(self, path: str, body: object = None, *, user: str) -> dict[str, Any]:
        answer = await self.here.post(path, body, user=user)
        assert answer.is_success, answer.text
        written: dict[str, Any] = answer.json()
        return written

    async def refused(self, path: str, body: object = None, *, user: str) -> dict[str, Any]:
        answer = await self.here.post(path, body, user=user)
        assert not answer.is_success, answer.text
        problem: dict[str, Any] = answer.json()
        return problem

    async def adopt_rules(self, **changed: object) -> str:
        body = msgspec.json.decode(msgspec.json.encode(self.preset["rule_set"]))
        body["settings"] |= changed
        written = await self.ok(
            "/evaluation/rule-sets", {**body, "adopted_by": str(OFFICE)}, user="clerk"
        )
        return str(written["id"])

    async def adopt_criteria(self, by: OrganizationId = OFFICE, user: str = "clerk") -> str:
        body = {**self.preset["criteria_set"], "adopted_by": str(by)}
        return str((await self.ok("/evaluation/criteria-sets", body, user=user))["id"])

    async def register(self, rule_set: str) -> None:
        registered = msgspec.structs.replace(story.registered(), rule_set=RuleSetId(UUID(rule_set)))
        await self.here.record(registration.EVENTS, f"model-{MODEL}", registered)

    async def assign_competence(self) -> None:
        await self.here.record(
            registration.EVENTS,
            f"organization-{COMMITTEE}",
            story.competence(COMMITTEE, "I.2.2b"),
        )

    async def report_results(self, model: ModelId = MODEL) -> None:
        reported = ResultsReported(model_id=model, year=YEAR, late=False, session="held")
        await self.here.record(registration.EVENTS, f"model-{model}", reported)

    async def appraisal(self, part: str = "opened") -> dict[str, Any]:
        """The appraisal, once that part of it is there."""

        async def look() -> dict[str, Any] | None:
            answer = await self.here.read(ONE, user="appraiser")
            found: dict[str, Any] = answer.json()
            return found if answer.status_code == 200 and found[part] is not None else None

        return await self.here.until(look)

    async def opened(self, **changed: object) -> None:
        """Rules, criteria, competence, registration and results are in: the appraisal is open."""
        rule_set = await self.adopt_rules(**changed)
        await self.adopt_criteria()
        await self.assign_competence()
        await self.register(rule_set)
        await self.report_results()
        await self.appraisal()

    async def appraise(self, points: int = 15) -> None:
        await self.ok(
            f"{ONE}/gate", {"passed": True, "finding": "Chấp hành tốt."}, user="appraiser"
        )
        for criterion in self.preset["criteria_set"]["criteria"]:
            body = {"criterion": criterion["id"], "points": points, "evidence": "Biên bản số 3"}
            await self.ok(f"{ONE}/scores", body, user="appraiser")
        await self.ok(f"{ONE}/completion", {"summary": "Mô hình đạt."}, user="appraiser")

    async def posted(self, **changed: object) -> None:
        await self.opened(**changed)
        await self.appraise()
        self.here.clock.pin(POSTED)
        await self.ok(f"{ONE}/posting", {"where": "Nhà văn hóa bản"}, user="appraiser")

    async def posting_closed(self, **changed: object) -> None:
        await self.posted(**changed)
        self.here.clock.pin(AFTER_POSTING)
        await self.ok(f"{ONE}/posting/closure", user="appraiser")

    async def council(self) -> str:
        places = [("chair", "chair"), ("secretary", "secretary")]
        places += [(member, "member") for member in MEMBERS]
        body = {
            "body": str(COMMITTEE),
            "name": "Hội đồng bình xét xã Môn Sơn",
            "members": [
                {"account": account, "name": f"Người {account}", "role": role}
                for account, role in places
            ],
        }
        return str((await self.ok("/evaluation/councils", body, user="secretary"))["id"])

    async def ballot(self) -> str:
        """An open ballot of a council with six votes, where everyone is present."""
        body = {
            "appraisal": str(APPRAISAL),
            "council": await self.council(),
            "question": "Đề nghị công nhận mô hình?",
        }
        written = await self.ok("/evaluation/ballots", body, user="secretary")
        one = f"/evaluation/ballots/{written['id']}"
        await self.everyone_present(one)
        return one

    async def everyone_present(self, ballot: str) -> None:
        electorate = await self.here.get(f"{ballot}/electorate", user="secretary")
        present = [voter["pseudonym"] for voter in electorate["voters"]]
        await self.ok(f"{ballot}/attendance", {"present": present}, user="secretary")

    async def vote(self, ballot: str, choice: str, *voters: str) -> None:
        for voter in voters:
            await self.ok(f"{ballot}/votes", {"choice": choice}, user=voter)

    async def result(self, ballot: str) -> dict[str, Any]:
        """The ballot once it is counted."""

        async def look() -> dict[str, Any] | None:
            found: dict[str, Any] = await self.here.get(ballot)
            return found if found["tallied"] or found["quorum_missed"] else None

        return await self.here.until(look)

    async def caught_up(self) -> None:
        """Let the next reads see what evaluation did by itself."""
        self.here.position = await self.here.runtime.store.head()

    async def stored(self, stream: str) -> list[StoredEvent]:
        return list(await self.here.runtime.store.read_stream(stream))


@pytest.fixture
async def evaluation(tmp_path: Path) -> AsyncIterator[Evaluation]:
    async with world(tmp_path, [SERVICE], (registration.EVENTS,), USERS, RESULTS_IN) as here:
        (preset,) = (await here.get("/evaluation/presets"))["items"]
        yield Evaluation(here, preset)


# --- from results to advice --------------------------------------------------------------------


async def test_results_lead_through_appraisal_posting_and_ballot_to_the_advice(
    evaluation: Evaluation,
) -> None:
    here = evaluation.here
    await evaluation.posting_closed()
    ballot = await evaluation.ballot()
    await evaluation.vote(ballot, "approve", "chair", *MEMBERS[:4])
    await evaluation.vote(ballot, "reject", MEMBERS[4])
    await evaluation.ok(f"{ballot}/closure", user="chair")

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
    await evaluation.ok(f"{ballot}/closure", user="chair")
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


# --- posting and opinions ----------------------------------------------------------------------


async def test_anyone_reads_the_posting_and_sends_an_opinion_that_is_answered_in_public(
    evaluation: Evaluation,
) -> None:
    here = evaluation.here
    await evaluation.posted()
    (row,) = (await here.get("/evaluation/postings", q="DUONG HOA", open="true"))["items"]
    assert (row["opens_on"], row["closes_on"]) == ("2026-10-05", "2026-10-19")

    sent = await here.http.post(f"{POSTING}/opinions", json=CITIZEN)
    assert sent.status_code == 200, sent.text
    here.position = sent.json()["position"]
    shown = await here.get(POSTING)
    (opinion,) = shown["opinions"]
    assert opinion["answer"] is None
    assert WORDS not in str(shown)

    here.clock.pin(AFTER_POSTING)
    problem = await evaluation.refused(f"{ONE}/posting/closure", user="appraiser")
    assert problem["type"].endswith("/opinions-unanswered")
    inside = await here.get(f"{ONE}/opinions", user="appraiser")
    assert inside["opinions"][0]["words"] == WORDS
    await evaluation.ok(
        f"{ONE}/opinions/{opinion['opinion_id']}/answer",
        {"answer": "Chi bộ đã phân công chăm sóc."},
        user="appraiser",
    )
    await evaluation.ok(f"{ONE}/posting/closure", user="appraiser")
    shown = await here.get(POSTING)
    assert shown["closed"] is True
    assert shown["opinions"][0]["answer"] == "Chi bộ đã phân công chăm sóc."


async def test_the_log_holds_neither_the_citizens_words_nor_who_sent_them(
    evaluation: Evaluation,
) -> None:
    here = evaluation.here
    await evaluation.posted()
    token = (await here.http.post("/identity/token", json={"user": "registrant"})).json()
    headers = {"authorization": f"Bearer {token['access_token']}"}
    sent = await here.http.post(f"{POSTING}/opinions", json=CITIZEN, headers=headers)
    assert sent.is_success
    event = (await evaluation.stored(f"appraisal-{APPRAISAL}"))[-1]
    record = (event.data + event.metadata).decode()
    for secret in (*CITIZEN.values(), "registrant", str(story.CELL)):
        assert secret not in record
    assert msgspec.json.decode(event.metadata)["actor"] == "public"


async def test_an_opinion_sent_again_with_its_key_is_received_once(evaluation: Evaluation) -> None:
    here = evaluation.here
    await evaluation.posted()
    headers = {"idempotency-key": str(new_key(POSTED))}
    first = await here.http.post(f"{POSTING}/opinions", json=CITIZEN, headers=headers)
    again = await here.http.post(f"{POSTING}/opinions", json=CITIZEN, headers=headers)
    assert first.json() == again.json()
    other = {**CITIZEN, "words": "Khác"}
    conflict = await here.http.post(f"{POSTING}/opinions", json=other, headers=headers)
    assert conflict.status_code == 422


async def test_the_posting_does_not_close_early_and_takes_nothing_afterwards(
    evaluation: Evaluation,
) -> None:
    await evaluation.posted()
    problem = await evaluation.refused(f"{ONE}/posting/closure", user="appraiser")
    assert problem["practice"] == "posting_working_days"
    assert problem["rule_set"].endswith("/1")
    evaluation.here.clock.pin(AFTER_POSTING)
    late = await evaluation.here.http.post(f"{POSTING}/opinions", json=CITIZEN)
    assert late.json()["type"].endswith("/posting-over")


# --- ballots and votes -------------------------------------------------------------------------


async def test_a_vote_is_recorded_under_its_pseudonym_and_names_nobody(
    evaluation: Evaluation,
) -> None:
    here = evaluation.here
    await evaluation.posting_closed()
    ballot = await evaluation.ballot()
    written = await evaluation.ok(f"{ballot}/votes", {"choice": "approve"}, user=MEMBERS[0])
    (event,) = await evaluation.stored(f"vote-{written['id']}")
    metadata = msgspec.json.decode(event.metadata)
    pseudonym = written["id"][-36:]
    assert metadata["actor"] == pseudonym
    assert "organization" not in metadata
    assert MEMBERS[0] not in (event.data + event.metadata).decode()
    guesses = {derive_id(UUID(metadata["causation"]), name, "id") for name in MEMBERS}
    assert event.id not in guesses

    electorate = await here.get(f"{ballot}/electorate", user="secretary")
    names = {voter["pseudonym"]: voter["account"] for voter in electorate["voters"]}
    assert names[pseudonym] == MEMBERS[0]
    assert sorted(names.values()) == sorted(["chair", *MEMBERS])
    shown = await here.get(ballot)
    assert (shown["votes_cast"], shown["votes"]) == (1, [])


async def test_pseudonyms_do_not_follow_from_what_is_published(evaluation: Evaluation) -> None:
    here = evaluation.here
    await evaluation.posting_closed()
    ballot = await evaluation.ballot()
    opened = (await here.get(ballot))["opened"]
    council = (await here.get(f"/evaluation/councils/{opened['council']}"))["members"]
    members = [member["member_id"] for member in council]
    roots = [UUID(opened["ballot_id"]), UUID(opened["council"]), *map(UUID, members)]
    said = [*members, opened["ballot_id"], *MEMBERS, *(str(n) for n in range(8))]
    said += [voter["person"]["commitment"] for voter in opened["electorate"]]
    guesses = {str(derive_id(root, text)) for root in roots for text in said}
    guesses |= {str(derive_id(root, a, b)) for root in roots for a in said for b in members}
    assert not guesses & {voter["pseudonym"] for voter in opened["electorate"]}


async def test_who_does_not_belong_does_not_vote_and_nobody_votes_twice(
    evaluation: Evaluation,
) -> None:
    here = evaluation.here
    await evaluation.posting_closed()
    ballot = await evaluation.ballot()
    path, approve = f"{ballot}/votes", {"choice": "approve"}
    assert (await evaluation.refused(path, approve, user="stranger"))["type"].endswith(
        "/not-a-voter"
    )
    assert (await evaluation.refused(path, approve, user="secretary"))["status"] == 403
    key = new_key(AFTER_POSTING)
    first = await here.post(path, approve, user=MEMBERS[0], key=key)
    again = await here.post(path, approve, user=MEMBERS[0], key=key)
    assert first.json() == again.json()
    assert again.headers["idempotent-replayed"] == "true"
    changed = await here.post(path, {"choice": "reject"}, user=MEMBERS[0], key=key)
    assert changed.status_code == 422
    second = await evaluation.refused(path, {"choice": "reject"}, user=MEMBERS[0])
    assert second["type"].endswith("/already-voted")


async def test_a_closed_ballot_takes_no_vote_and_repeats_the_first_answer(
    evaluation: Evaluation,
) -> None:
    here = evaluation.here
    await evaluation.posting_closed()
    ballot = await evaluation.ballot()
    path, approve = f"{ballot}/votes", {"choice": "approve"}
    key = new_key(AFTER_POSTING)
    first = await here.post(path, approve, user=MEMBERS[0], key=key)
    await evaluation.ok(f"{ballot}/closure", user="chair")
    late = await evaluation.refused(path, approve, user=MEMBERS[1])
    assert late["type"].endswith("/ballot-closed")
    again = await here.post(path, approve, user=MEMBERS[0], key=key)
    assert again.json() == first.json()


async def test_votes_racing_the_close_count_exactly_where_their_voters_were_told_so(
    evaluation: Evaluation,
) -> None:
    here = evaluation.here
    await evaluation.posting_closed()
    ballot = await evaluation.ballot()
    voters = ["chair", *MEMBERS]
    for voter in voters:  # tokens first, so that the race is about the votes
        await here.read("/evaluation/appraisals", user=voter)
    votes = [here.post(f"{ballot}/votes", {"choice": "approve"}, user=v) for v in voters]
    answers = await asyncio.gather(
        *votes[:3], here.post(f"{ballot}/closure", user="chair"), *votes[3:]
    )
    close = answers.pop(3)
    assert close.is_success
    told = {a.json()["id"][-36:] for a in answers if a.is_success}
    refusals = {a.json()["type"].rpartition("/")[2] for a in answers if not a.is_success}
    assert refusals <= {"ballot-closed", "vote-after-close"}
    result = await evaluation.result(ballot)
    counted = set((result["tallied"] or result["quorum_missed"])["counted"])
    assert counted == told


async def test_without_quorum_the_council_votes_again_in_a_new_round(
    evaluation: Evaluation,
) -> None:
    here = evaluation.here
    await evaluation.posting_closed()
    ballot = await evaluation.ballot()
    again = {"council": (await here.get(ballot))["opened"]["council"], "question": "Lần hai?"}
    problem = await evaluation.refused(f"{ballot}/repeat", again, user="secretary")
    assert problem["practice"] == "quorum"
    await evaluation.vote(ballot, "approve", *MEMBERS[:3])
    await evaluation.ok(f"{ballot}/closure", user="chair")
    missed = (await evaluation.result(ballot))["quorum_missed"]
    assert (missed["eligible"], missed["voted"]) == (6, 3)

    written = await evaluation.ok(f"{ballot}/repeat", again, user="secretary")
    second = f"/evaluation/ballots/{written['id']}"
    opened = (await here.get(second))["opened"]
    assert (opened["round"], opened["former"]) == (2, ballot.rpartition("/")[2])
    await evaluation.everyone_present(second)
    await evaluation.vote(second, "approve", "chair", *MEMBERS)
    await evaluation.ok(f"{second}/closure", user="chair")
    advice = (await evaluation.appraisal("advice"))["advice"]
    assert (advice["advice"], advice["ballot"]) == ("recognise", written["id"])


async def test_a_ballot_waits_for_the_posting_and_opens_once_with_one_electorate(
    evaluation: Evaluation,
) -> None:
    await evaluation.posted()
    council = await evaluation.council()
    body = {"appraisal": str(APPRAISAL), "council": council, "question": "Đề nghị?"}
    early = await evaluation.refused("/evaluation/ballots", body, user="secretary")
    assert early["practice"] == "posting_working_days"
    evaluation.here.clock.pin(AFTER_POSTING)
    await evaluation.ok(f"{ONE}/posting/closure", user="appraiser")
    key = new_key(AFTER_POSTING)
    first = await evaluation.here.post("/evaluation/ballots", body, user="secretary", key=key)
    assert first.status_code == 201
    again = await evaluation.here.post("/evaluation/ballots", body, user="secretary", key=key)
    assert again.json() == first.json()
    second = await evaluation.refused("/evaluation/ballots", body, user="secretary")
    assert second["type"].endswith("/ballot-exists")
    found = await evaluation.here.get(first.headers["location"])
    assert len(found["opened"]["electorate"]) == 6


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
    close = f"{ballot}/closure"
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
            404,
        ),
        (
            "/evaluation/ballots",
            {"appraisal": str(UUID(int=9)), "council": str(UUID(int=8)), "question": "?"},
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
