"""A ballot over HTTP: votes under pseudonyms, once a member, counted exactly as their voters were told."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from shared.contracts import registration
from shared.contracts.holding import JointHolder
from shared.contracts.registration import OrganizationLineChanged
from shared.host.ids import derive_id, new_key
from tests.support.evaluating import (
    AFTER_POSTING,
    MEMBERS,
    ONE,
    Evaluation,
    evaluating,
    sitting_of,
)
from tests.support.story import CELL, COMMITTEE, ELSEWHERE


@pytest.fixture
async def evaluation(tmp_path: Path) -> AsyncIterator[Evaluation]:
    async with evaluating(tmp_path) as evaluation:
        yield evaluation


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
    roll = (await here.get(f"/evaluation/sittings/{opened['sitting']}"))["opened"]["roll"]
    said += [one for seat in roll for one in (seat["seat"], seat["person"]["commitment"])]
    roots += [UUID(opened["sitting"]), *(UUID(seat["seat"]) for seat in roll)]
    guesses = {str(derive_id(root, text)) for root in roots for text in said}
    guesses |= {str(derive_id(root, a, b)) for root in roots for a in said for b in members}
    assert not guesses & set(opened["electorate"])


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
    await evaluation.close(ballot)
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
    sitting = await evaluation.sitting_of(ballot)
    votes = [here.post(f"{ballot}/votes", {"choice": "approve"}, user=v) for v in voters]
    answers = await asyncio.gather(
        *votes[:3], here.post(f"{sitting}/closure", user="chair"), *votes[3:]
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
    council = (await evaluation.here.get(ballot))["opened"]["council"]
    problem = await evaluation.refused(
        "/evaluation/sittings", sitting_of(council), user="secretary"
    )
    assert problem["type"].endswith("/ballot-exists")
    await evaluation.vote(ballot, "approve", *MEMBERS[:3])
    await evaluation.close(ballot)
    missed = (await evaluation.result(ballot))["quorum_missed"]
    assert (missed["eligible"], missed["voted"]) == (6, 3)

    second = await evaluation.open_ballot(council)
    opened = (await here.get(second))["opened"]
    assert (opened["round"], opened["former"]) == (2, ballot.rpartition("/")[2])
    await evaluation.everyone_present(second)
    await evaluation.vote(second, "approve", "chair", *MEMBERS)
    await evaluation.close(second)
    advice = (await evaluation.appraisal("advice"))["advice"]
    assert (advice["advice"], advice["ballot"]) == ("recognise", second.rpartition("/")[2])


async def test_when_the_repeats_run_out_the_advice_is_to_decline(evaluation: Evaluation) -> None:
    setting = {"value": 1, "source": "practice: the committee's own rules"}
    await evaluation.posting_closed(ballot_repeats_max=setting)
    ballot = await evaluation.ballot()
    council = (await evaluation.here.get(ballot))["opened"]["council"]
    for repeatable in (True, False):
        await evaluation.vote(ballot, "approve", *MEMBERS[:2])
        await evaluation.close(ballot)
        missed = (await evaluation.result(ballot))["quorum_missed"]
        assert missed["repeatable"] is repeatable
        if repeatable:
            ballot = await evaluation.open_ballot(council)
            await evaluation.everyone_present(ballot)
    problem = await evaluation.refused(
        "/evaluation/sittings", sitting_of(council), user="secretary"
    )
    assert problem["practice"] == "ballot_repeats_max"
    advice = (await evaluation.appraisal("advice"))["advice"]
    assert (advice["advice"], advice["ballot"]) == ("decline", ballot.rpartition("/")[2])
    assert "2/6 người tham gia" in advice["reasons"]
    rows = (await evaluation.here.get("/evaluation/ballots"))["items"]
    assert sorted((row["round"], row["repeatable"]) for row in rows) == [(1, True), (2, False)]


async def test_a_tie_is_voted_on_again_and_decides_nothing_before(evaluation: Evaluation) -> None:
    source = "practice: the committee's own rules"
    await evaluation.posting_closed(tie_rule={"value": "repeat", "source": source})
    ballot = await evaluation.ballot()
    await evaluation.vote(ballot, "approve", *MEMBERS[:3])
    await evaluation.vote(ballot, "reject", "chair", *MEMBERS[3:])
    await evaluation.close(ballot)
    tallied = (await evaluation.result(ballot))["tallied"]
    assert (tallied["tied"], tallied["repeatable"], tallied["adopted"]) == (True, True, False)
    council = (await evaluation.here.get(ballot))["opened"]["council"]
    second = await evaluation.open_ballot(council)
    assert (await evaluation.appraisal())["advice"] is None
    await evaluation.everyone_present(second)
    await evaluation.vote(second, "approve", "chair", *MEMBERS)
    await evaluation.close(second)
    assert (await evaluation.appraisal("advice"))["advice"]["advice"] == "recognise"


async def test_where_the_chair_decides_a_tie_follows_the_chair(evaluation: Evaluation) -> None:
    source = "practice: the committee's own rules"
    half = {"value": {"numerator": 1, "denominator": 2}, "source": source}
    await evaluation.posting_closed(
        tie_rule={"value": "chair_decides", "source": source}, threshold=half
    )
    ballot = await evaluation.ballot()
    await evaluation.vote(ballot, "approve", "chair", *MEMBERS[:2])
    await evaluation.vote(ballot, "reject", *MEMBERS[2:])
    await evaluation.close(ballot)
    advice = (await evaluation.appraisal("advice"))["advice"]
    assert advice["advice"] == "recognise"
    assert "theo ý kiến người chủ trì" in advice["reasons"]


async def test_a_council_changes_and_a_substitute_votes_in_the_members_place(
    evaluation: Evaluation,
) -> None:
    here = evaluation.here
    await evaluation.posting_closed()
    council = f"/evaluation/councils/{await evaluation.council()}"
    named = (await here.get(f"{council}/members", user="secretary"))["members"]
    ids = {member["account"]: member["member_id"] for member in named}
    joining = {"account": "stranger", "name": "Người thay", "role": "member"}
    joining["organization"] = str(COMMITTEE)
    change = {
        "left": [ids[MEMBERS[0]]],
        "joined": [joining | {"substitutes": ids[MEMBERS[1]]}],
        "term_until": "2027-12-31",
        "reason": "Một ủy viên chuyển công tác, một ủy viên nghỉ ốm",
    }
    denied = await evaluation.refused(f"{council}/changes", change, user="foreign-secretary")
    assert denied["status"] in (403, 404)
    twice = change | {"joined": [joining | {"account": MEMBERS[2]}]}
    problem = await evaluation.refused(f"{council}/changes", twice, user="secretary")
    assert problem["type"].endswith("/council-account-twice")
    await evaluation.ok(f"{council}/changes", change, user="secretary")
    assert [m["substitutes"] for m in (await here.get(council))["members"]].count(None) == 6
    (row,) = (await here.get("/evaluation/councils"))["items"]
    assert row["members"] == 7
    ballot = await evaluation.open_ballot(council.rpartition("/")[2])
    electorate = await here.get(f"{ballot}/electorate", user="secretary")
    voters = {voter["account"] for voter in electorate["voters"]}
    assert voters == {"chair", "stranger", *MEMBERS[2:]}
    await evaluation.vote(ballot, "approve", "stranger")
    away = await evaluation.refused(f"{ballot}/votes", {"choice": "approve"}, user=MEMBERS[1])
    assert away["type"].endswith("/not-a-voter")


async def test_who_works_at_a_joint_holder_is_recused_as_well(evaluation: Evaluation) -> None:
    evaluation.joint = (JointHolder(organization=ELSEWHERE, name="Chi hội Phụ nữ"),)
    await evaluation.posting_closed()
    council = await evaluation.council({MEMBERS[0]: CELL, MEMBERS[1]: ELSEWHERE})
    ballot = await evaluation.open_ballot(council)
    shown = await evaluation.here.get(ballot)
    assert [one["tie"] for one in shown["recused"]] == ["holder", "holder"]


async def test_who_has_a_tie_to_the_holder_is_recused_before_the_ballot_opens(
    evaluation: Evaluation,
) -> None:
    here = evaluation.here
    await evaluation.posting_closed()
    under = OrganizationLineChanged(
        organization_id=ELSEWHERE, line="party", superior=CELL, valid_from=date(2026, 1, 1)
    )
    await here.record(registration.EVENTS, f"organization-{ELSEWHERE}", under)
    council = await evaluation.council({MEMBERS[0]: CELL, MEMBERS[1]: ELSEWHERE})
    declaration = f"{ONE}/conflicts"
    family = {"council": council, "tie": "family"}
    await evaluation.ok(declaration, family, user=MEMBERS[2])
    stranger = await evaluation.refused(declaration, family, user="stranger")
    assert stranger["type"].endswith("/conflict-not-a-member")
    assert (await evaluation.refused(declaration, family, user="appraiser"))["status"] == 403

    ballot = await evaluation.open_ballot(council)
    shown = await here.get(ballot)
    ties = [one["tie"] for one in shown["recused"]]
    assert sorted(ties) == ["family", "holder", "holder_line"]
    stored = await evaluation.stored(f"ballot-{ballot.rpartition('/')[2]}")
    told = {"family": ["MemberRecused"]}
    recusals = [e for tie in ties for e in told.get(tie, ["ConflictFound", "MemberRecused"])]
    assert [event.type.split(".")[2] for event in stored] == [*recusals, "BallotOpened"]
    assert not any(name in (e.data + e.metadata).decode() for e in stored for name in MEMBERS)
    voters = (await here.get(f"{ballot}/electorate", user="secretary"))["voters"]
    assert {voter["account"] for voter in voters} == {"chair", *MEMBERS[3:]}
    refused = await evaluation.refused(f"{ballot}/votes", {"choice": "approve"}, user=MEMBERS[2])
    assert (refused["type"].rpartition("/")[2], refused["practice"]) == ("voter-recused", "council")
    late = await evaluation.refused(declaration, family, user=MEMBERS[4])
    assert late["type"].endswith("/conflict-after-opening")

    # Quorum and base are those of the electorate without the recused.
    await evaluation.everyone_present(ballot)
    await evaluation.vote(ballot, "approve", "chair", *MEMBERS[3:])
    await evaluation.close(ballot)
    tallied = (await evaluation.result(ballot))["tallied"]
    assert {line["denominator"]: line["base"] for line in tallied["lines"]} == {
        "all": 3,
        "present": 3,
        "present_and_consulted": 3,
    }


async def test_a_council_too_small_without_the_recused_holds_no_ballot(
    evaluation: Evaluation,
) -> None:
    await evaluation.posting_closed()
    council = await evaluation.council(dict.fromkeys(MEMBERS[:4], CELL))
    body = sitting_of(council)
    problem = await evaluation.refused("/evaluation/sittings", body, user="secretary")
    assert problem["type"].endswith("/council-too-small")


async def test_a_ballot_is_held_by_a_council_in_its_term_and_of_the_makeup_its_rules_ask(
    evaluation: Evaluation,
) -> None:
    source = "practice: the committee's own rules"
    await evaluation.posting_closed(
        council={
            "value": {"voters_min": 6, "single_roles": ["chair", "secretary"]},
            "source": source,
        }
    )
    council = await evaluation.council()
    one = f"/evaluation/councils/{council}"
    member = (await evaluation.here.get(one))["members"][-1]["member_id"]
    over = {"left": [member], "term_until": "2027-12-31", "reason": "Thôi tham gia"}
    problem = await evaluation.refused(f"{one}/changes", over, user="secretary")
    assert problem["practice"] == "council"
    ended = {"term_until": "2026-10-19", "reason": "Kết thúc sớm"}
    await evaluation.ok(f"{one}/changes", ended, user="secretary")
    body = sitting_of(council)
    problem = await evaluation.refused("/evaluation/sittings", body, user="secretary")
    assert problem["type"].endswith("/council-out-of-term")


async def test_a_ballot_waits_for_the_posting_and_opens_once_with_one_electorate(
    evaluation: Evaluation,
) -> None:
    await evaluation.posted()
    council = await evaluation.council()
    body = sitting_of(council)
    early = await evaluation.refused("/evaluation/sittings", body, user="secretary")
    assert early["practice"] == "posting_working_days"
    evaluation.here.clock.pin(AFTER_POSTING)
    await evaluation.ok(f"{ONE}/posting/closure", user="appraiser")
    key = new_key(AFTER_POSTING)
    first = await evaluation.here.post("/evaluation/sittings", body, user="secretary", key=key)
    assert first.status_code == 201
    again = await evaluation.here.post("/evaluation/sittings", body, user="secretary", key=key)
    assert again.json() == first.json()
    path = first.headers["location"]

    async def settled() -> bool | None:
        return (await evaluation.here.get(path))["settled"] or None

    await evaluation.here.until(settled)
    second = await evaluation.refused("/evaluation/sittings", body, user="secretary")
    assert second["type"].endswith("/ballot-exists")
    (candidate,) = (await evaluation.here.get(path))["candidates"]
    found = await evaluation.here.get(f"/evaluation/ballots/{candidate['ballot']}")
    assert len(found["opened"]["electorate"]) == 6
