"""A sitting over HTTP: several dossiers, attendance once, one sheet a member, places, closed once."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from services.evaluation import facts
from shared.contracts import registration
from shared.contracts.values import AppraisalId, ModelId, RuleSetId
from shared.host.ids import new_key
from tests.support import story
from tests.support.evaluating import (
    AFTER_POSTING,
    APPRAISAL,
    MEMBERS,
    POSTED,
    Evaluation,
    evaluating,
    sitting_of,
)
from tests.support.story import YEAR

SECOND = ModelId(UUID("018f0000-0000-7000-8000-0000000000e1"))
OTHER = facts.appraisal_id(SECOND, YEAR)


@pytest.fixture
async def evaluation(tmp_path: Path) -> AsyncIterator[Evaluation]:
    async with evaluating(tmp_path) as evaluation:
        yield evaluation


async def two_dossiers(evaluation: Evaluation) -> None:
    """Two dossiers of one committee, both postings closed."""
    await evaluation.opened()
    rule_set = RuleSetId(UUID(evaluation.rule_set))
    registered = msgspec.structs.replace(story.registered(SECOND), rule_set=rule_set)
    await evaluation.here.record(registration.EVENTS, f"model-{SECOND}", registered)
    await evaluation.report_results(SECOND)
    other = f"/evaluation/appraisals/{OTHER}"
    await evaluation.appraisal(one=other)
    dossiers = (f"/evaluation/appraisals/{APPRAISAL}", other)
    for one in dossiers:
        await evaluation.appraise(one=one)
    evaluation.here.clock.pin(POSTED)
    for one in dossiers:
        await evaluation.ok(f"{one}/posting", {"where": "Nhà văn hóa bản"}, user="appraiser")
    evaluation.here.clock.pin(AFTER_POSTING)
    for one in dossiers:
        await evaluation.ok(f"{one}/posting/closure", user="appraiser")


def sheet(first: str, second: str) -> dict[str, Any]:
    lines = ((APPRAISAL, first), (OTHER, second))
    return {"votes": [{"appraisal": str(one), "choice": choice} for one, choice in lines]}


async def test_members_vote_on_all_dossiers_at_once_and_each_gets_its_advice(
    evaluation: Evaluation,
) -> None:
    here = evaluation.here
    await two_dossiers(evaluation)
    sitting = await evaluation.sitting(await evaluation.council(), APPRAISAL, OTHER)
    await evaluation.attend(sitting, "chair", *MEMBERS[:4], consulted=MEMBERS[4:])
    path, key = f"{sitting}/sheets", new_key(AFTER_POSTING)
    body = sheet("approve", "reject")
    first = await here.post(path, body, user="chair", key=key)
    assert first.json()["events"] == ["dvk.evaluation.VoteCast.v1"] * 2
    again = await here.post(path, body, user="chair", key=key)
    assert again.json() == first.json()
    assert again.headers["idempotent-replayed"] == "true"
    # Under another key too: nothing is recorded twice, and nothing is replaced.
    head = await here.runtime.store.head()
    assert (await here.post(path, body, user="chair")).is_success
    other = await evaluation.refused(path, sheet("approve", "approve"), user="chair")
    assert other["type"].endswith("/sheet-voted-otherwise")
    half = {"votes": body["votes"][:1]}
    incomplete = await evaluation.refused(path, half, user=MEMBERS[0])
    assert incomplete["type"].endswith("/sheet-votes-missing")
    assert await here.runtime.store.head() == head
    assert (await evaluation.refused(path, body, user="stranger"))["type"].endswith("/not-a-voter")
    for member in MEMBERS:
        await evaluation.ok(path, body, user=member)
    await evaluation.ok(f"{sitting}/closure", user="secretary")
    shown = await evaluation.counted(sitting)
    assert [one["outcome"] for one in shown["candidates"]] == ["adopted", "not_adopted"]
    lines = shown["candidates"][0]["lines"]
    assert [(one["denominator"], one["base"], one["governs"]) for one in lines] == [
        ("all", 6, False),
        ("present", 5, False),
        ("present_and_consulted", 6, True),
    ]
    advice = [
        (await evaluation.appraisal("advice", one=f"/evaluation/appraisals/{one}"))["advice"]
        for one in (APPRAISAL, OTHER)
    ]
    assert [one["advice"] for one in advice] == ["recognise", "decline"]
    (row,) = (await here.get("/evaluation/sittings"))["items"]
    assert (row["candidates"], row["status"]) == (2, "counted")


async def test_places_go_to_the_one_with_most_approvals(evaluation: Evaluation) -> None:
    await two_dossiers(evaluation)
    council = await evaluation.council()
    sitting = await evaluation.sitting(council, APPRAISAL, OTHER, places=1)
    await evaluation.attend(sitting, "chair", *MEMBERS)
    await evaluation.ok(f"{sitting}/sheets", sheet("abstain", "approve"), user="chair")
    for member in MEMBERS:
        await evaluation.ok(f"{sitting}/sheets", sheet("approve", "approve"), user=member)
    await evaluation.ok(f"{sitting}/closure", user="secretary")
    shown = await evaluation.counted(sitting)
    assert [one["outcome"] for one in shown["candidates"]] == ["no_place", "adopted"]
    advice = (await evaluation.appraisal("advice"))["advice"]
    assert advice["advice"] == "decline"
    assert "xếp sau trong số 1 suất" in advice["reasons"]


async def test_who_voted_and_stands_nowhere_in_the_attendance_is_named_at_the_close(
    evaluation: Evaluation,
) -> None:
    await evaluation.posting_closed()
    ballot = await evaluation.ballot()
    sitting = await evaluation.sitting_of(ballot)
    await evaluation.attend(sitting, "chair", *MEMBERS[:4])
    await evaluation.vote(ballot, "approve", *MEMBERS)
    problem = await evaluation.refused(f"{sitting}/closure", user="secretary")
    assert problem["type"].endswith("/voted-unattended")
    assert f"Người {MEMBERS[4]}" in problem["detail"]
    assert f"Người {MEMBERS[3]}" not in problem["detail"]
    await evaluation.attend(sitting, "chair", *MEMBERS[:4], consulted=MEMBERS[4:])
    await evaluation.ok(f"{sitting}/closure", user="secretary")
    late = await evaluation.refused(f"{ballot}/votes", {"choice": "approve"}, user="chair")
    assert late["type"].endswith("/ballot-closed")


async def test_a_dossier_that_is_not_ready_is_named_and_nothing_is_written(
    evaluation: Evaluation,
) -> None:
    await two_dossiers(evaluation)
    council = await evaluation.council()
    await evaluation.sitting(council, OTHER)
    head = await evaluation.here.runtime.store.head()
    body = sitting_of(council, APPRAISAL, OTHER)
    problem = await evaluation.refused("/evaluation/sittings", body, user="secretary")
    assert problem["type"].endswith("/ballot-exists")
    assert problem["detail"].startswith(("Hồ sơ «", "The dossier “"))
    assert await evaluation.here.runtime.store.head() == head


async def test_of_two_sittings_opened_at_once_one_holds_the_ballot(evaluation: Evaluation) -> None:
    await evaluation.posting_closed()
    council = await evaluation.council()
    body = sitting_of(council, AppraisalId(APPRAISAL))
    answers = [await evaluation.here.post("/evaluation/sittings", body, user="secretary")]
    answers.append(await evaluation.here.post("/evaluation/sittings", body, user="secretary"))
    candidates = 0
    for answer in answers:
        if not answer.is_success:
            continue
        path = answer.headers["location"]

        async def settled(path: str = path) -> dict[str, Any] | None:
            found: dict[str, Any] = await evaluation.here.get(path)
            return found if found["settled"] else None

        candidates += len((await evaluation.here.until(settled))["candidates"])
    assert candidates == 1
