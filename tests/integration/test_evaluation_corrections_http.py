"""Corrections while a dossier is appraised, over HTTP: told to who judges it, and scores given before marked."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from shared.contracts import registration
from shared.contracts.running import EntryCorrected
from tests.support.evaluating import ONE, POSTED, POSTING, Evaluation, evaluating
from tests.support.story import MODEL

CORRECTED = EntryCorrected(
    model_id=MODEL,
    entry="results.figure",
    target="Đường hoa",
    was="800",
    becomes="780",
    reason="Cộng trùng một đoạn.",
)


@pytest.fixture
async def evaluation(tmp_path: Path) -> AsyncIterator[Evaluation]:
    async with evaluating(tmp_path) as evaluation:
        yield evaluation


async def correct(evaluation: Evaluation, correction: EntryCorrected, told: int) -> dict[str, Any]:
    """The appraisal once it was told of so many corrected entries."""
    await evaluation.here.record(registration.EVENTS, f"model-{MODEL}", correction)

    async def look() -> dict[str, Any] | None:
        view: dict[str, Any] = await evaluation.here.get(ONE, user="appraiser")
        return view if len(view["corrections"]) == told else None

    return await evaluation.here.until(look)


def marked(view: dict[str, Any]) -> list[str]:
    return [one["criterion"] for one in view["scores"] if one["before_correction"]]


async def test_who_appraises_sees_what_was_corrected_and_which_scores_came_before(
    evaluation: Evaluation,
) -> None:
    here = evaluation.here
    await evaluation.opened()
    (one, *rest) = evaluation.preset["criteria_set"]["criteria"]
    score = {"points": 15, "evidence": "Biên bản số 3"}
    await evaluation.ok(f"{ONE}/scores", {"criterion": one["id"], **score}, user="appraiser")
    view = await correct(evaluation, CORRECTED, 1)
    (told,) = view["corrections"]
    assert (told["entry"], told["target"]) == ("results.figure", "Đường hoa")
    assert (told["was"], told["becomes"], told["reason"]) == ("800", "780", CORRECTED.reason)
    assert told["corrected_at"] == here.clock.now().isoformat().replace("+00:00", "Z")
    assert (marked(view), view["scores"][0]["points"]) == ([one["id"]], 15)
    (row,) = (await here.get("/evaluation/appraisals", user="auditor"))["items"]
    assert row["corrected_at"] is not None

    for criterion in rest:
        body = {"criterion": criterion["id"], **score}
        await evaluation.ok(f"{ONE}/scores", body, user="appraiser")
    assert marked(await here.get(ONE, user="appraiser")) == [one["id"]]
    scores = await here.get(f"{ONE}/scores", user="appraiser")
    assert marked(scores["appraisers"][0]) == [one["id"]]
    assert scores["corrections"] == view["corrections"]
    # The same points again: they hold for the corrected figure too.
    await evaluation.ok(f"{ONE}/scores", {"criterion": one["id"], **score}, user="appraiser")
    assert marked(await here.get(ONE, user="appraiser")) == []


async def test_a_correction_after_the_appraisal_shows_in_the_posting(
    evaluation: Evaluation,
) -> None:
    await evaluation.opened()
    await evaluation.appraise()
    evaluation.here.clock.pin(POSTED)
    await evaluation.ok(f"{ONE}/posting", {"where": "Nhà văn hóa bản"}, user="appraiser")
    await correct(evaluation, CORRECTED, 1)
    posting = await evaluation.here.get(POSTING)
    assert len(marked(posting)) == len(posting["scores"]) == 5
    assert posting["corrections"][0]["becomes"] == "780"
    stored = await evaluation.stored(ONE.rsplit("/", 1)[1].join(("appraisal-", "")))
    assert stored[-1].type == "dvk.evaluation.DossierCorrected.v1"


async def test_a_correction_before_the_opening_is_what_it_judges(evaluation: Evaluation) -> None:
    await evaluation.here.record(registration.EVENTS, f"model-{MODEL}", CORRECTED)
    await evaluation.opened()
    view = await evaluation.here.get(ONE, user="appraiser")
    assert view["corrections"] == []
