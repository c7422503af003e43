"""A ballot over HTTP: votes under pseudonyms, once a member, counted exactly as their voters were told."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from shared.host.ids import derive_id, new_key
from tests.support.evaluating import (
    AFTER_POSTING,
    APPRAISAL,
    MEMBERS,
    ONE,
    Evaluation,
    evaluating,
)


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
