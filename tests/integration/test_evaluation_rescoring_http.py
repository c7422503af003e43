"""Opened scores that turn out wrong, over HTTP: corrected with the reason until the appraisal is complete."""

from base64 import b64encode
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.support.evaluating import ONE, Evaluation, evaluating
from tests.support.scoring import ALL, BOTH, SCORES, TEAM, member, opened, score
from tests.support.story import ELSEWHERE

CORRECTIONS = f"{TEAM}/scores/corrections"
WRONG = {"criterion": "1", "points": 12, "evidence": "Biên bản số 4", "reason": "Cộng nhầm."}


@pytest.fixture
async def evaluation(tmp_path: Path) -> AsyncIterator[Evaluation]:
    async with evaluating(tmp_path) as evaluation:
        yield evaluation


def of_first(view: dict[str, Any], evidence: str) -> dict[str, Any]:
    """The score of the first criterion that rests on the evidence."""
    (found,) = [s for s in view["scores"] if (s["criterion"], s["evidence"]) == ("1", evidence)]
    return dict(found)


async def test_an_appraiser_corrects_his_own_score_until_the_appraisal_is_complete(
    evaluation: Evaluation,
) -> None:
    await evaluation.opened()
    await evaluation.ok(TEAM, BOTH, user="appraiser")
    await score(evaluation, "appraiser", *ALL)
    sealed = await evaluation.refused(CORRECTIONS, WRONG, user="appraiser")
    assert sealed["type"] == "/problems/scores-sealed"
    await score(evaluation, "foreign-appraiser", *ALL)
    await opened(evaluation)
    outsider = await evaluation.refused(CORRECTIONS, WRONG, user="chair")
    assert outsider["status"] == 403
    silent = {name: said for name, said in WRONG.items() if name != "reason"}
    assert (await evaluation.refused(CORRECTIONS, silent, user="appraiser"))["status"] == 422
    unknown = await evaluation.refused(
        CORRECTIONS, {**WRONG, "files": ["ab" * 32]}, user="appraiser"
    )
    assert unknown["type"] == "/problems/score-evidence-unknown"

    written = await evaluation.ok(CORRECTIONS, WRONG, user="appraiser")
    assert written["events"] == ["dvk.evaluation.ScoreCorrected.v1"]
    corrected = of_first(await evaluation.here.get(ONE, user="appraiser"), "Biên bản số 4")
    assert corrected["points"] == 12
    told = corrected["corrected"]
    assert (told["former_points"], told["reason"]) == (15, "Cộng nhầm.")
    wide = {**WRONG, "points": 2}
    written = await evaluation.ok(CORRECTIONS, wide, user="foreign-appraiser")
    assert written["events"][-1] == "dvk.evaluation.DivergenceFlagged.v1"
    await evaluation.ok(CORRECTIONS, {**WRONG, "points": 13}, user="foreign-appraiser")
    await evaluation.ok(f"{ONE}/gate", {"passed": True, "finding": "Tốt."}, user="appraiser")
    refused = await evaluation.refused(f"{ONE}/completion", {"summary": "x"}, user="appraiser")
    assert refused["practice"] == "divergence"
    discussed = {"criterion": "1", "discussion": "Hai điểm nay sát nhau.", "revised": []}
    await evaluation.ok(f"{ONE}/divergences", discussed, user="appraiser")
    await evaluation.ok(f"{ONE}/completion", {"summary": "Đạt."}, user="appraiser")
    appraised = (await evaluation.appraisal("appraised"))["appraised"]
    assert appraised["results"][0]["points"] == 13
    late = await evaluation.refused(CORRECTIONS, {**WRONG, "points": 9}, user="appraiser")
    assert late["type"] == "/problems/already-appraised"


async def test_the_score_of_one_without_an_account_is_corrected_from_paper(
    evaluation: Evaluation,
) -> None:
    here = evaluation.here
    await evaluation.opened()
    elder = {"name": "Già làng Thử", "organization": str(ELSEWHERE)}
    await evaluation.ok(TEAM, {"members": [member("appraiser"), elder]}, user="appraiser")
    own, elders = (one["appraiser"] for one in (await here.get(TEAM, user="auditor"))["members"])
    await score(evaluation, "appraiser", *ALL)
    scan, later = b"%PDF-1.7 phieu cham", b"%PDF-1.7 dinh chinh"
    scores = [
        {"criterion": criterion["id"], "points": 14, "evidence": "Phiếu giấy"}
        for criterion in evaluation.preset["criteria_set"]["criteria"]
    ]
    sheet = {"scores": scores, "content": b64encode(scan).decode()}
    await evaluation.ok(f"{TEAM}/{elders}/sheet", sheet, user="appraiser")
    await opened(evaluation)

    body = {**WRONG, "content": b64encode(later).decode()}
    path = f"{TEAM}/{elders}/sheet"
    for_an_account = await evaluation.refused(
        f"{TEAM}/{own}/sheet/corrections", body, user="appraiser"
    )
    assert for_an_account["type"] == "/problems/sheet-for-an-account"
    foreign = await evaluation.refused(f"{path}/corrections", body, user="foreign-appraiser")
    assert foreign["status"] == 403
    text = {**body, "content": b64encode(b"text").decode()}
    refused = await evaluation.refused(f"{path}/corrections", text, user="appraiser")
    assert refused["type"] == "/problems/evidence-type"
    await evaluation.ok(f"{path}/corrections", body, user="appraiser")
    paper = sha256(later).hexdigest()
    shown = await here.get(SCORES, user="appraiser")
    (corrected,) = [s for s in shown["appraisers"][1]["scores"] if s["corrected"] is not None]
    by = {"entered_by": "appraiser", "paper": paper}
    assert (corrected["points"], corrected["on_behalf"]) == (12, by)
    assert corrected["corrected"]["former_points"] == 14
    assert (await here.read(path, user="auditor")).content == scan
    assert (await here.read(path, user="auditor", paper=paper)).content == later
    assert (await here.read(path, user="auditor", paper="ab" * 32)).status_code == 404
    assert (await here.read(path, user="chair", paper=paper)).status_code in (403, 404)
