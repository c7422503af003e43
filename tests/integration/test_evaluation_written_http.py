"""Absent members vote in writing: the signed paper of one without an account, and one's own sheet from afar."""

import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from shared.host.files import hash_of
from shared.host.ids import new_key
from tests.support.evaluating import (
    AFTER_POSTING,
    APPRAISAL,
    MEMBERS,
    Evaluation,
    evaluating,
)
from tests.support.story import CELL

SCAN = b"%PDF-1.7\n% phieu lay y kien"
SOURCE = "practice: the committee's own rules"
ABSENT = MEMBERS[4]


@pytest.fixture
async def evaluation(tmp_path: Path) -> AsyncIterator[Evaluation]:
    async with evaluating(tmp_path) as evaluation:
        yield evaluation


def lines(choice: str, appraisal: object = APPRAISAL) -> dict[str, Any]:
    return {"votes": [{"appraisal": str(appraisal), "choice": choice}]}


def paper(choice: str, scan: bytes = SCAN) -> dict[str, Any]:
    return lines(choice) | {"content": base64.b64encode(scan).decode()}


async def asked(evaluation: Evaluation, **rules: object) -> tuple[str, str]:
    """A sitting with five present and one without an account asked in writing: the sitting, and the seat."""
    await evaluation.posting_closed(**rules)
    sitting = await evaluation.sitting(await evaluation.council(without_account=(ABSENT,)))
    await evaluation.attend(sitting, "chair", *MEMBERS[:4], consulted=(ABSENT,))
    return sitting, f"{sitting}/seats/{(await evaluation.seats(sitting))[ABSENT]}"


async def test_a_paper_counts_once_in_writing_and_is_kept_as_evidence(
    evaluation: Evaluation,
) -> None:
    here = evaluation.here
    sitting, seat = await asked(evaluation)
    denied = await evaluation.refused(f"{seat}/paper", paper("approve"), user="foreign-secretary")
    assert denied["status"] == 403
    assert (await evaluation.refused(f"{seat}/paper", paper("approve"), user="chair"))[
        "status"
    ] == 403
    key = new_key(AFTER_POSTING)
    first = await here.post(f"{seat}/paper", paper("approve"), user="secretary", key=key)
    assert first.json()["events"] == ["dvk.evaluation.VoteCast.v1"], first.text
    again = await here.post(f"{seat}/paper", paper("approve"), user="secretary", key=key)
    assert again.json() == first.json()
    head = await here.runtime.store.head()
    assert (await here.post(f"{seat}/paper", paper("approve"), user="secretary")).is_success
    assert await here.runtime.store.head() == head

    ballot = (await here.get(sitting))["candidates"][0]["ballot"]
    electorate = await here.get(f"/evaluation/ballots/{ballot}/electorate", user="secretary")
    (voter,) = [one["pseudonym"] for one in electorate["voters"] if one["account"] is None]
    (event,) = await evaluation.stored(f"vote-{ballot}-{voter}")
    said = msgspec.json.decode(event.data)
    assert said["on_behalf"] == {"entered_by": "secretary", "paper": hash_of(SCAN)}
    assert seat.rpartition("/")[2] not in (event.data + event.metadata).decode()
    assert ABSENT not in (event.data + event.metadata).decode()

    await evaluation.vote(f"/evaluation/ballots/{ballot}", "approve", "chair", *MEMBERS[:3])
    hidden = await here.read(f"{seat}/paper", user="secretary")
    assert hidden.status_code == 404, "choices sway nobody before the close"
    await evaluation.ok(f"{sitting}/closure", user="secretary")
    shown = (await evaluation.counted(sitting))["candidates"][0]
    counts = [
        tuple(line[name] for name in ("base", "voted_present", "voted_in_writing", "not_voting"))
        for line in shown["lines"]
    ]
    assert counts == [(6, 4, 1, 1), (5, 4, 0, 1), (6, 4, 1, 1)]
    assert (await here.read(f"{seat}/paper", user="auditor")).content == SCAN
    assert (await here.read(f"{seat}/paper", user="foreign-secretary")).status_code == 404
    late = await evaluation.refused(f"{seat}/corrections", correction("reject"), user="secretary")
    assert late["type"].endswith("/sitting-already-closed")


def correction(choice: str) -> dict[str, str]:
    return {"appraisal": str(APPRAISAL), "choice": choice, "reason": "Nhập nhầm dòng."}


async def test_what_was_entered_wrongly_is_put_right_before_the_close(
    evaluation: Evaluation,
) -> None:
    here = evaluation.here
    sitting, seat = await asked(evaluation)
    path = f"{seat}/corrections"
    early = await evaluation.refused(path, correction("reject"), user="secretary")
    assert early["type"].endswith("/vote-not-from-paper")
    await evaluation.ok(f"{seat}/paper", paper("approve"), user="secretary")
    other = await evaluation.refused(f"{seat}/paper", paper("reject"), user="secretary")
    assert other["type"].endswith("/written-vote-recorded")
    assert (await evaluation.refused(path, correction("reject"), user="chair"))["status"] == 403
    await evaluation.ok(path, correction("reject"), user="secretary")
    await evaluation.ok(f"{sitting}/closure", user="secretary")
    shown = (await evaluation.counted(sitting))["candidates"][0]
    ballot = await here.get(f"/evaluation/ballots/{shown['ballot']}")
    assert [one["choice"] for one in ballot["votes"]] == ["reject"]
    # One of six is no quorum, but its vote stands as corrected.
    assert ballot["quorum_missed"]["voted"] == 1


@pytest.mark.parametrize("own", [False, True])
async def test_whose_paper_is_in_stays_recorded_as_asked(
    evaluation: Evaluation, *, own: bool
) -> None:
    sitting, seat = await asked(evaluation)
    seats = await evaluation.seats(sitting)
    if own:  # with an account one votes from afar oneself, and a paper is refused
        await evaluation.attend(sitting, "chair", *MEMBERS[:3], consulted=MEMBERS[3:])
        has = f"{sitting}/seats/{seats[MEMBERS[3]]}/paper"
        refused = await evaluation.refused(has, paper("approve"), user="secretary")
        assert refused["type"].endswith("/written-vote-for-an-account")
        await evaluation.ok(f"{sitting}/sheets", lines("approve"), user=MEMBERS[3])
        return
    await evaluation.ok(f"{seat}/paper", paper("approve"), user="secretary")
    everyone = {"present": [seats[one] for one in ("chair", *MEMBERS)]}
    refused = await evaluation.refused(f"{sitting}/attendance", everyone, user="secretary")
    assert refused["type"].endswith("/written-voter-present")
    assert f"Người {ABSENT}" in refused["detail"]


async def test_a_paper_of_one_present_unasked_or_unknown_or_of_another_dossier_is_refused(
    evaluation: Evaluation,
) -> None:
    sitting, seat = await asked(evaluation)
    seats = await evaluation.seats(sitting)

    async def refusal(path: str, body: dict[str, Any]) -> str:
        problem = await evaluation.refused(path, body, user="secretary")
        return str(problem["type"].rpartition("/")[2])

    path = f"{seat}/paper"
    foreign = paper("approve") | lines("approve", "018f0000-0000-7000-8000-0000000000ee")
    assert await refusal(path, foreign) == "sheet-line-foreign"
    assert await refusal(path, paper("approve", b"no scan")) == "evidence-type"
    secretary = f"{sitting}/seats/{seats['secretary']}/paper"
    assert await refusal(secretary, paper("approve")) == "attendance-not-on-roll"
    await evaluation.attend(sitting, "chair", *MEMBERS)
    assert await refusal(path, paper("approve")) == "written-vote-of-one-present"
    await evaluation.attend(sitting, "chair")
    assert await refusal(path, paper("approve")) == "written-vote-not-asked"
    await evaluation.ok(f"{sitting}/closure", user="secretary")
    assert await refusal(path, paper("approve")) == "ballot-closed"


async def test_a_recused_member_votes_on_no_paper(evaluation: Evaluation) -> None:
    await evaluation.posting_closed()
    council = await evaluation.council({ABSENT: CELL}, without_account=(ABSENT,))
    sitting = await evaluation.sitting(council)
    await evaluation.attend(sitting, "chair", *MEMBERS[:4], consulted=(ABSENT,))
    seat = f"{sitting}/seats/{(await evaluation.seats(sitting))[ABSENT]}"
    refused = await evaluation.refused(f"{seat}/paper", paper("approve"), user="secretary")
    assert refused["type"].endswith("/voter-recused")


async def test_where_the_rules_ask_nobody_in_writing_only_those_present_vote(
    evaluation: Evaluation,
) -> None:
    await evaluation.posting_closed(written_votes={"value": "none", "source": SOURCE})
    sitting = await evaluation.sitting(await evaluation.council(without_account=(ABSENT,)))
    seats = await evaluation.seats(sitting)
    body = {"present": [seats["chair"]], "consulted": [seats[ABSENT]]}
    refused = await evaluation.refused(f"{sitting}/attendance", body, user="secretary")
    assert (refused["type"].rpartition("/")[2], refused["practice"]) == (
        "written-votes-not-allowed",
        "written_votes",
    )
    path = f"{sitting}/seats/{seats[ABSENT]}/paper"
    assert (await evaluation.refused(path, paper("approve"), user="secretary"))["type"].endswith(
        "/written-votes-not-allowed"
    )
    early = await evaluation.refused(f"{sitting}/sheets", lines("approve"), user=MEMBERS[0])
    assert early["type"].endswith("/voter-not-present")
    await evaluation.attend(sitting, "chair", *MEMBERS[:4])
    await evaluation.ok(f"{sitting}/sheets", lines("approve"), user=MEMBERS[0])
