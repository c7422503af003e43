"""Appraising teams over HTTP: assigned, sealed scores, opened together, discussed; names stay in the vault."""

from base64 import b64encode
from collections.abc import AsyncIterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from shared.contracts import evaluation as evaluation_events
from shared.contracts import registration
from shared.contracts.appraisal import AppraisalOpened, Appraiser, TeamAssigned
from shared.contracts.running import EvidenceAttached, EvidenceWithdrawn
from shared.contracts.values import AppraisalId, Forgettable
from tests.support import story
from tests.support.evaluating import APPRAISAL, ONE, POSTED, POSTING, Evaluation, evaluating
from tests.support.scoring import ALL, BOTH, NAMES, SCORES, TEAM, member, opened, score
from tests.support.story import CELL, COMMITTEE, ELSEWHERE, MODEL, SECTION

VISITS = f"{ONE}/visits"
FILE = "ab" * 32


@pytest.fixture
async def evaluation(tmp_path: Path) -> AsyncIterator[Evaluation]:
    async with evaluating(tmp_path) as evaluation:
        yield evaluation


def _id(number: int) -> UUID:
    return UUID(int=0x018F << 112 | number)


async def seen(evaluation: Evaluation, user: str) -> Mapping[str, list[int]]:
    """Whose points a user sees, by the name the team's view gives them."""
    view = await evaluation.here.get(TEAM, user="auditor")
    names = {one["appraiser"]: one["account"] for one in view["members"]}
    scores = await evaluation.here.get(SCORES, user=user)
    return {
        names[one["appraiser"]]: [given["points"] for given in one["scores"]]
        for one in scores["appraisers"]
    }


async def test_nobody_sees_anothers_points_before_the_own_are_in(evaluation: Evaluation) -> None:
    await evaluation.opened()
    await evaluation.ok(TEAM, BOTH, user="appraiser")
    await score(evaluation, "appraiser", *ALL[:4])
    await score(evaluation, "foreign-appraiser", 14, 14)
    assert await seen(evaluation, "appraiser") == {
        "appraiser": [15, 15, 15, 15],
        "foreign-appraiser": [],
    }
    await score(evaluation, "appraiser", *ALL)
    assert (await seen(evaluation, "appraiser"))["foreign-appraiser"] == [14, 14]
    assert (await seen(evaluation, "foreign-appraiser"))["appraiser"] == []
    for user in ("auditor", "registrant", "chair"):
        assert set(map(len, (await seen(evaluation, user)).values())) == {0}
    log = b"".join(
        event.data + event.metadata for event in await evaluation.stored(f"appraisal-{APPRAISAL}")
    )
    assert "Của appraiser".encode() not in log, "what is in the log is public at once"
    assert b'"points":15' not in log
    assert not any(name.encode() in log for name in NAMES.values())


async def test_with_the_last_score_all_are_opened_and_the_result_follows(
    evaluation: Evaluation,
) -> None:
    await evaluation.opened()
    await evaluation.ok(TEAM, BOTH, user="appraiser")
    await score(evaluation, "appraiser", *ALL)
    await score(evaluation, "foreign-appraiser", 14, 16, 15, 15, 18)
    view = await opened(evaluation)
    assert {one["evidence"] for one in view["scores"]} == {"Của appraiser", "Của foreign-appraiser"}
    before = await seen(evaluation, "registrant")
    assert set(map(len, before.values())) == {0}, "outsiders wait for the completion"
    again = {"criterion": "1", "points": 2, "evidence": "x"}
    refused = await evaluation.refused(f"{TEAM}/scores", again, user="appraiser")
    assert refused["type"] == "/problems/scores-open"
    await evaluation.ok(f"{ONE}/gate", {"passed": True, "finding": "Tốt."}, user="appraiser")
    await evaluation.ok(f"{ONE}/completion", {"summary": "Đạt."}, user="appraiser")
    appraised = (await evaluation.appraisal("appraised"))["appraised"]
    assert [one["points"] for one in appraised["results"]] == [15, 16, 15, 15, 17]
    assert appraised["points"] == 78
    outside = await seen(evaluation, "registrant")
    assert outside["foreign-appraiser"] == [14, 16, 15, 15, 18]
    await evaluation.ok(f"{ONE}/posting", {"where": "Nhà văn hóa bản"}, user="appraiser")
    assert len((await evaluation.here.get(POSTING))["scores"]) == 10


async def test_what_lies_far_apart_is_discussed_before_it_is_complete(
    evaluation: Evaluation,
) -> None:
    await evaluation.opened()
    await evaluation.ok(TEAM, BOTH, user="appraiser")
    await score(evaluation, "appraiser", *ALL)
    await score(evaluation, "foreign-appraiser", 5, 15, 15, 15, 15)
    await opened(evaluation)
    await evaluation.ok(f"{ONE}/gate", {"passed": True, "finding": "Tốt."}, user="appraiser")
    refused = await evaluation.refused(f"{ONE}/completion", {"summary": "x"}, user="appraiser")
    assert refused["practice"] == "divergence"
    scores = await evaluation.here.get(SCORES, user="appraiser")
    (flagged,) = scores["divergences"]
    assert (flagged["criterion"], flagged["lowest"], flagged["highest"]) == ("1", 5, 15)
    second = scores["appraisers"][1]["appraiser"]
    body = {
        "criterion": "1",
        "discussion": "Tổ xem lại ảnh hiện trường.",
        "revised": [{"appraiser": second, "points": 14}],
    }
    refused = await evaluation.refused(f"{ONE}/divergences", body, user="foreign-appraiser")
    assert refused["status"] == 403
    await evaluation.ok(f"{ONE}/divergences", body, user="appraiser")
    await evaluation.ok(f"{ONE}/completion", {"summary": "Đạt."}, user="appraiser")
    appraised = (await evaluation.appraisal("appraised"))["appraised"]
    assert appraised["results"][0]["points"] == 15


async def test_who_has_a_tie_is_neither_assigned_nor_follows_with_the_field(
    evaluation: Evaluation,
) -> None:
    tied = {"members": [member("appraiser"), member("foreign-appraiser", CELL)]}
    field = {"unit": str(SECTION), "field": story.registered().field, **tied}
    await evaluation.ok("/evaluation/teams", field, user="appraiser")
    await evaluation.opened()

    async def assigned() -> dict[str, Any] | None:
        view: dict[str, Any] = await evaluation.here.get(TEAM, user="appraiser")
        return view if view["members"] else None

    view = await evaluation.here.until(assigned)
    assert [one["account"] for one in view["members"]] == ["appraiser"]
    assert [one["account"] for one in view["recused"]] == ["foreign-appraiser"]
    refused = await evaluation.refused(TEAM, {**tied, "reason": "x"}, user="appraiser")
    assert refused["type"] == "/problems/appraiser-recused"
    (listed,) = (await evaluation.here.get(f"/evaluation/teams/{SECTION}", user="appraiser"))[
        "teams"
    ]
    assert [one["name"] for one in listed["members"]] == list(NAMES.values())
    foreign = await evaluation.here.read(f"/evaluation/teams/{SECTION}", user="foreign-appraiser")
    assert foreign.status_code == 404


async def test_the_last_who_had_not_scored_steps_back_and_the_rest_is_opened(
    evaluation: Evaluation,
) -> None:
    await evaluation.opened()
    await evaluation.ok(TEAM, BOTH, user="appraiser")
    await score(evaluation, "appraiser", *ALL)
    await evaluation.here.until(evaluation.here.is_settled)
    await evaluation.ok(f"{TEAM}/recusals", {"tie": "family"}, user="foreign-appraiser")

    async def look() -> bool | None:
        view = await evaluation.here.get(ONE, user="appraiser")
        return True if len(view["scores"]) == 5 else None

    assert await evaluation.here.until(look)
    gone = await evaluation.refused(
        f"{TEAM}/scores", {"criterion": "1", "points": 1, "evidence": "x"}, user="foreign-appraiser"
    )
    assert gone["type"] == "/problems/not-an-appraiser"


async def test_an_appraiser_finds_what_is_to_be_done(evaluation: Evaluation) -> None:
    here = evaluation.here
    await evaluation.opened()
    mine = "/evaluation/appraisals/mine"
    assert (await here.get(mine, user="appraiser"))["items"] == []
    await evaluation.ok(TEAM, BOTH, user="appraiser")
    await score(evaluation, "appraiser", 15, 15)
    await score(evaluation, "appraiser", 16)
    (row,) = (await here.get(mine, user="appraiser"))["items"]
    assert (row["appraisal_id"], row["scored"]) == (str(APPRAISAL), 2)
    assert (await here.get(mine, user="foreign-appraiser"))["items"] == []
    (row,) = (await here.get(mine, user="foreign-appraiser", unit=SECTION))["items"]
    assert row["scored"] == 0
    alone = {"members": [member("appraiser")], "reason": "Đồng chí Lô bận."}
    await evaluation.ok(TEAM, alone, user="appraiser")
    assert (await here.get(mine, user="foreign-appraiser", unit=SECTION))["items"] == []


async def test_an_appraisers_list_is_whole_however_many_appraise_for_the_unit(
    evaluation: Evaluation,
) -> None:
    """In pages, and nobody else's are on it."""
    here = evaluation.here
    await evaluation.opened()
    await evaluation.ok(TEAM, BOTH, user="appraiser")
    found = await evaluation.stored(f"appraisal-{APPRAISAL}")
    opened_here = msgspec.json.decode(found[0].data, type=AppraisalOpened)
    for number in range(4):
        other = AppraisalId(_id(number + 1))
        first = 1000 * (number + 1)
        members = tuple(
            Appraiser(
                appraiser_id=_id(first + place),
                person=Forgettable(payload=_id(10_000 + first + place), commitment="ab" * 32),
            )
            for place in range(150)
        )
        await here.record(
            evaluation_events.EVENTS,
            f"appraisal-{other}",
            msgspec.structs.replace(opened_here, appraisal_id=other),
            TeamAssigned(appraisal_id=other, members=members, follows_field=False),
        )
    for user in ("appraiser", "foreign-appraiser"):
        rows, asked = [], {"unit": SECTION, "limit": 100}
        while True:
            page = await here.get("/evaluation/appraisals/mine", user=user, **asked)
            rows += page["items"]
            if page["next"] is None:
                break
            asked["cursor"] = page["next"]
        assert [row["appraisal_id"] for row in rows] == [str(APPRAISAL)], user
        assert "payload" not in rows[0] and "commitment" not in rows[0]


async def test_evidence_is_what_is_attached_to_the_model(evaluation: Evaluation) -> None:
    await evaluation.opened()
    body = {"criterion": "1", "points": 15, "evidence": "Ảnh", "files": [FILE]}
    refused = await evaluation.refused(SCORES, body, user="appraiser")
    assert refused["type"] == "/problems/score-evidence-unknown"
    attached = EvidenceAttached(
        model_id=MODEL, sha256=FILE, media_type="image/png", size_bytes=9, shows="Đường hoa"
    )
    await evaluation.here.record(registration.EVENTS, f"model-{MODEL}", attached)
    await evaluation.caught_up()
    await evaluation.here.get("/evaluation/appraisals", user="appraiser")
    await evaluation.ok(SCORES, body, user="appraiser")
    withdrawn = EvidenceWithdrawn(model_id=MODEL, sha256=FILE, reason="Ảnh nhầm nơi.")
    await evaluation.here.record(registration.EVENTS, f"model-{MODEL}", withdrawn)
    await evaluation.caught_up()
    await evaluation.here.get("/evaluation/appraisals", user="appraiser")
    await evaluation.ok(TEAM, BOTH, user="appraiser")
    refused = await evaluation.refused(f"{TEAM}/scores", body, user="appraiser")
    assert refused["type"] == "/problems/score-evidence-unknown"


async def test_the_sheet_of_one_without_an_account_is_entered_from_paper(
    evaluation: Evaluation,
) -> None:
    here = evaluation.here
    await evaluation.opened()
    elder = {"name": "Già làng Thử", "organization": str(ELSEWHERE)}
    body = {"members": [member("appraiser"), elder]}
    await evaluation.ok(TEAM, body, user="appraiser")
    members = (await here.get(TEAM, user="auditor"))["members"]
    first, second = (f"{TEAM}/{one['appraiser']}/sheet" for one in members)
    scan = b"%PDF-1.7 phieu cham"
    scores = [
        {"criterion": criterion["id"], "points": 14, "evidence": "Phiếu giấy"}
        for criterion in evaluation.preset["criteria_set"]["criteria"]
    ]
    sheet = {"scores": scores, "content": b64encode(scan).decode()}
    refused = await evaluation.refused(second, sheet, user="appraiser")
    assert refused["type"] == "/problems/sheet-before-own"
    await score(evaluation, "appraiser", *ALL)
    refused = await evaluation.refused(first, sheet, user="appraiser")
    assert refused["type"] == "/problems/sheet-for-an-account"
    assert (await evaluation.refused(second, sheet, user="foreign-appraiser"))["status"] == 403
    text = {**sheet, "content": b64encode(b"text").decode()}
    refused = await evaluation.refused(second, text, user="appraiser")
    assert refused["type"] == "/problems/evidence-type"
    part = {**sheet, "scores": scores[1:]}
    refused = await evaluation.refused(second, part, user="appraiser")
    assert refused["type"] == "/problems/sheet-incomplete"
    too_much = {**sheet, "scores": [{**scores[0], "points": 21}, *scores[1:]]}
    refused = await evaluation.refused(second, too_much, user="appraiser")
    assert refused["practice"] == "criteria"
    assert (await here.read(second, user="appraiser")).status_code == 404

    await evaluation.ok(second, sheet, user="appraiser")
    view = await opened(evaluation)
    by = {"entered_by": "appraiser", "paper": sha256(scan).hexdigest()}
    told = [one["on_behalf"] for one in view["scores"]]
    assert told == [None] * 5 + [by] * 5
    assert (await here.read(second, user="appraiser")).content == scan
    assert (await here.read(second, user="auditor")).content == scan
    assert (await here.read(second, user="foreign-appraiser")).status_code == 404
    assert (await here.read(first, user="appraiser")).status_code == 404


async def test_a_visit_is_called_and_recorded_and_the_rules_may_ask_for_one(
    evaluation: Evaluation,
) -> None:
    here = evaluation.here
    await evaluation.opened(site_visit={"value": "required", "source": "practice: own"})
    await evaluation.ok(TEAM, {"members": [member("appraiser")]}, user="appraiser")
    await score(evaluation, "appraiser", *ALL)
    await evaluation.ok(f"{ONE}/gate", {"passed": True, "finding": "Tốt."}, user="appraiser")
    refused = await evaluation.refused(f"{ONE}/completion", {"summary": "x"}, user="appraiser")
    assert refused["practice"] == "site_visit"
    call = {"on": "2026-09-28", "place": "Bản Cửa Rào"}
    assert (await evaluation.refused(f"{VISITS}/schedule", call, user="chair"))["status"] == 403
    await evaluation.ok(f"{VISITS}/schedule", call, user="appraiser")
    (row,) = (await here.get("/evaluation/visits", user="auditor", unit=SECTION))["items"]
    assert (row["visit_on"], row["done"], row["model"]) == ("2026-09-28", False, str(MODEL))
    assert (await here.get("/evaluation/visits", user="auditor", done=True))["items"] == []
    here.clock.pin(POSTED)
    (one,) = (await here.get(ONE, user="appraiser"))["appraisers"]
    found = {
        **call,
        "visit": row["visit_id"],
        "appraisers": [one],
        "visitors": [NAMES["foreign-appraiser"]],
        "findings": "Đường hoa dài 1,2 km.",
    }
    unknown = {**found, "visit": str(MODEL)}
    refused = await evaluation.refused(VISITS, unknown, user="appraiser")
    assert refused["type"] == "/problems/visit-unknown"
    await evaluation.ok(VISITS, found, user="appraiser")
    (row,) = (await here.get("/evaluation/visits", user="auditor", until="2026-09-28"))["items"]
    assert row["done"] is True
    later = await here.get("/evaluation/visits", user="auditor", since="2026-09-29")
    assert later["items"] == []
    assert (await here.get(ONE, user="registrant"))["visits"] == []
    await evaluation.ok(f"{ONE}/completion", {"summary": "Đạt."}, user="appraiser")
    (visit,) = (await here.get(ONE, user="registrant"))["visits"]
    assert visit["findings"] == found["findings"]
    log = b"".join(event.data for event in await evaluation.stored(f"appraisal-{APPRAISAL}"))
    assert NAMES["foreign-appraiser"].encode() not in log


async def test_only_the_unit_assigns_and_who_is_in_a_team_is_not_for_everyone(
    evaluation: Evaluation,
) -> None:
    await evaluation.opened()
    for user in ("foreign-appraiser", "chair", "officer", "registrant"):
        assert (await evaluation.refused(TEAM, BOTH, user=user))["status"] == 403
    field = {"unit": str(SECTION), "field": "economy", **BOTH}
    assert (await evaluation.refused("/evaluation/teams", field, user="clerk"))["status"] == 403
    assert (await evaluation.here.read(TEAM, user="foreign-appraiser")).status_code == 404
    await evaluation.ok(TEAM, BOTH, user="appraiser")
    assert (await evaluation.here.read(TEAM, user="foreign-appraiser")).status_code == 200
    assert str(COMMITTEE) not in str(await evaluation.here.get(TEAM, user="appraiser"))
    twice = {"members": [member("appraiser"), member("appraiser")], "reason": "x"}
    refused = await evaluation.refused(TEAM, twice, user="appraiser")
    assert refused["type"] == "/problems/appraiser-twice"
