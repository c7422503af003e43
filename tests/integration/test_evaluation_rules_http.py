"""Rule sets and criteria over HTTP: adopted by documents, one after the other, from the province to a body."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from shared.contracts import registration
from shared.contracts.registration import OrganizationDissolved
from shared.contracts.running import FeedbackRaised
from shared.contracts.values import FeedbackId
from tests.support import story
from tests.support.evaluating import (
    APPRAISAL,
    DOCUMENT,
    ONE,
    POSTED,
    Evaluation,
    evaluating,
)
from tests.support.story import COMMITTEE, ELSEWHERE, OFFICE

RULES, CRITERIA = "/evaluation/rule-sets", "/evaluation/criteria-sets"
NEXT_YEAR = datetime(2027, 1, 5, tzinfo=UTC)
FOUR_DAYS = {"value": 4, "source": "practice: Quy định của xã Môn Sơn"}


@pytest.fixture
async def evaluation(tmp_path: Path) -> AsyncIterator[Evaluation]:
    async with evaluating(tmp_path) as evaluation:
        yield evaluation


async def seen(evaluation: Evaluation) -> None:
    """Wait until the service's own lists have everything written and recorded."""
    await evaluation.caught_up()
    await evaluation.here.get(RULES)


async def province(evaluation: Evaluation) -> str:
    """The office holds the province's competence and has its rule set in force."""
    here = evaluation.here
    for body, name in ((OFFICE, "Ban Dân vận tỉnh"), (COMMITTEE, "Đảng ủy xã"), (ELSEWHERE, "Sở")):
        await here.record(registration.EVENTS, f"organization-{body}", story.created(body, name))
    held = story.competence(OFFICE, "I.2.2a")
    await here.record(registration.EVENTS, f"organization-{OFFICE}", held)
    rule_set = await evaluation.adopt_rules()
    await seen(evaluation)
    return rule_set


def of_commune(**changed: object) -> dict[str, Any]:
    return {
        "adopted_by": str(COMMITTEE),
        "title": "Quy định của Đảng ủy xã Môn Sơn",
        **DOCUMENT,
        **changed,
    }


async def test_a_body_builds_on_the_provinces_set_and_every_setting_shows_where_it_comes_from(
    evaluation: Evaluation,
) -> None:
    here, provinces = evaluation.here, await province(evaluation)
    whole = of_commune(settings=evaluation.preset["rule_set"]["settings"])
    refused = await evaluation.refused(RULES, whole, user="officer")
    assert (refused["type"].rpartition("/")[2], refused["clause"]) == ("parent-missing", "IV.1")

    parent = {"rule_set": provinces, "version": 1}
    before_plan = {"value": "before_plan", "source": "practice: Quy định của xã"}
    weaker = of_commune(parent=parent, settings={"survey_gate": before_plan})
    refused = await evaluation.refused(RULES, weaker, user="officer")
    assert refused["clause"] == "III.1.1b"

    body = of_commune(parent=parent, settings={"posting_working_days": FOUR_DAYS})
    own = (await evaluation.ok(RULES, body, user="officer"))["id"]
    await seen(evaluation)
    view = await here.get(f"{RULES}/{own}/versions/1")
    assert view["standing"] == "in_force"
    settings = {one["setting"]: one for one in view["settings"]}
    assert settings["posting_working_days"]["own"] is True
    assert settings["posting_working_days"]["value"] == 4
    assert settings["posting_working_days"]["decided_in"] == {"rule_set": own, "version": 1}
    assert settings["survey_gate"]["kind"] == "guideline"
    assert settings["survey_gate"]["own"] is False
    assert settings["survey_gate"]["decided_in"] == parent
    assert settings["quorum"]["kind"] == "practice"
    (event,) = await evaluation.stored(f"ruleset-{own}")
    (above,) = await evaluation.stored(f"ruleset-{provinces}")
    assert str(above.id) in event.metadata.decode()


async def test_what_overlaps_says_what_it_replaces_and_the_former_is_superseded_from_that_day(
    evaluation: Evaluation,
) -> None:
    here, former = evaluation.here, await evaluation.adopt_rules()
    await seen(evaluation)
    body = {
        **evaluation.preset["rule_set"],
        "adopted_by": str(OFFICE),
        "document_number": "09-HD/BTGDV",
        "effective_on": "2027-01-01",
    }
    refused = await evaluation.refused(RULES, body, user="clerk")
    assert refused["type"].rpartition("/")[2] == "adoption-overlaps"
    assert former in refused["detail"]
    later = (await evaluation.ok(RULES, {**body, "replaces": [former]}, user="clerk"))["id"]
    await seen(evaluation)

    async def standing() -> dict[str, str]:
        listed = await here.get(RULES, adopted_by=OFFICE)
        return {row["rule_set_id"]: row["standing"] for row in listed["items"]}

    assert await standing() == {former: "in_force", later: "upcoming"}
    here.clock.pin(NEXT_YEAR)
    assert await standing() == {former: "superseded", later: "in_force"}
    amended = {**body, "document_number": "10-HD/BTGDV", "effective_on": "2027-02-01"}
    amended.pop("adopted_by")
    refused = await evaluation.refused(f"{RULES}/{former}/versions", amended, user="clerk")
    assert refused["type"].rpartition("/")[2] == "adoption-replaced-already"


async def test_a_set_whose_time_is_over_is_expired(evaluation: Evaluation) -> None:
    evaluation.preset["rule_set"]["expires_on"] = "2026-12-31"
    rule_set = await evaluation.adopt_rules()
    await seen(evaluation)
    evaluation.here.clock.pin(NEXT_YEAR)
    view = await evaluation.here.get(f"{RULES}/{rule_set}/versions/1")
    assert (view["standing"], view["ends_on"]) == ("expired", "2026-12-31")
    unknown = await evaluation.here.read(f"{RULES}/{rule_set}/versions/2", user="clerk")
    assert unknown.status_code == 404


async def test_nothing_takes_effect_in_the_past_and_no_secret_ballot_is_adopted(
    evaluation: Evaluation,
) -> None:
    body = {**evaluation.preset["rule_set"], "adopted_by": str(OFFICE)}
    past = {**body, "effective_on": "2026-09-24"}
    refused = await evaluation.refused(RULES, past, user="clerk")
    assert refused["clause"] == "IV.1"
    secret = {"value": "secret", "source": "practice: Decree 91/2017 art. 45 §8"}
    settings = {**body["settings"], "ballot_mode": secret}
    refused = await evaluation.refused(RULES, {**body, "settings": settings}, user="clerk")
    assert refused["practice"] == "ballot_mode"


async def test_a_dossier_stays_on_its_stamp_when_its_rule_set_is_amended(
    evaluation: Evaluation,
) -> None:
    await evaluation.opened()
    opened = (await evaluation.appraisal())["opened"]
    amended = {
        **evaluation.preset["rule_set"],
        "settings": {
            **evaluation.preset["rule_set"]["settings"],
            "posting_working_days": {"value": 30, "source": "practice: own"},
        },
    }
    path = f"{RULES}/{opened['rule_set']}/versions"
    await evaluation.ok(path, amended, user="clerk")
    await seen(evaluation)
    await evaluation.appraise()
    evaluation.here.clock.pin(POSTED)
    await evaluation.ok(f"{ONE}/posting", {"where": "Nhà văn hóa bản"}, user="appraiser")
    posting = (await evaluation.appraisal("posting"))["posting"]
    assert posting["closes_on"] < "2026-10-25"
    (first, *_) = await evaluation.stored(f"appraisal-{APPRAISAL}")
    assert f'"rules":"{opened["rule_set"]}/1"' in first.metadata.decode()


async def test_criteria_are_weighed_by_the_models_field_and_locality(
    evaluation: Evaluation,
) -> None:
    criteria = evaluation.preset["criteria_set"]["criteria"]
    criteria.append({**criteria[3], "points_max": 30, "field": "culture-society"})
    criteria.append({**criteria[4], "points_max": 10, "field": "culture-society"})
    criteria.append({**criteria[4], "points_max": 10, "locality": str(ELSEWHERE)})
    criteria.append({**criteria[3], "points_max": 30, "locality": str(ELSEWHERE)})
    await evaluation.opened()
    opened = (await evaluation.appraisal())["opened"]
    assert opened["field"] == "culture-society"
    version = f"{CRITERIA}/{opened['criteria_set']}/versions/1"
    for asked, points in (
        ({"field": "culture-society"}, [20, 20, 20, 30, 10]),
        ({"field": "economy"}, [20] * 5),
        ({"field": "economy", "locality": str(ELSEWHERE)}, [20, 20, 20, 30, 10]),
    ):
        view = await evaluation.here.get(version, user=None, **asked)
        assert [one["points_max"] for one in view["criteria"]] == points
        assert (view["standing"], view["points_total"]) == ("in_force", 100)
    for unknown in ("2", "0", "x", "9" * 30):
        answer = await evaluation.here.read(
            f"{CRITERIA}/{opened['criteria_set']}/versions/{unknown}", field="economy"
        )
        assert answer.status_code == 404
    one = f"{ONE}/scores"
    score = {"criterion": "4", "points": 30, "evidence": "x"}
    await evaluation.ok(one, score, user="appraiser")
    refused = await evaluation.refused(one, {**score, "criterion": "5"}, user="appraiser")
    assert refused["type"].rpartition("/")[2] == "points-above-maximum"


async def test_who_has_issued_theirs_and_who_has_not_on_a_day(evaluation: Evaluation) -> None:
    here, provinces = evaluation.here, await province(evaluation)
    parent = {"rule_set": provinces, "version": 1}
    await evaluation.ok(RULES, of_commune(parent=parent, effective_on="2026-10-01"), user="officer")
    await evaluation.adopt_criteria(COMMITTEE, "officer")
    await seen(evaluation)

    async def issuers(**asked: str) -> dict[str, tuple[bool, bool]]:
        listed = await here.get("/evaluation/issuers", user=None, **asked)
        return {
            row["name"]: (row["rule_set"] is not None, row["criteria_set"] is not None)
            for row in listed["items"]
        }

    assert await issuers() == {
        "Ban Dân vận tỉnh": (True, False),
        "Sở": (False, False),
        "Đảng ủy xã": (False, True),
    }
    assert set(await issuers(rules="false")) == {"Sở", "Đảng ủy xã"}
    assert set(await issuers(rules="false", on="2026-10-01")) == {"Sở"}
    assert set(await issuers(criteria="true")) == {"Đảng ủy xã"}
    assert await issuers(q="so", level="province") == {}
    gone = OrganizationDissolved(
        organization_id=ELSEWHERE,
        effective_on=datetime(2026, 12, 1, tzinfo=UTC).date(),
        successor=None,
        source="Nghị quyết 01",
    )
    await here.record(registration.EVENTS, f"organization-{ELSEWHERE}", gone)
    await seen(evaluation)
    assert set(await issuers(rules="false", on="2026-11-30")) == {"Sở"}
    assert set(await issuers(rules="false", on="2026-12-01")) == set()


async def test_an_amended_set_cites_the_feedback_it_follows(evaluation: Evaluation) -> None:
    rule_set = await evaluation.adopt_rules()
    await seen(evaluation)
    feedback = FeedbackId(UUID(int=77))
    raised = FeedbackRaised(
        feedback_id=feedback,
        movement=story.MOVEMENT,
        launching_body=OFFICE,
        raised_by=COMMITTEE,
        raised_on=datetime(2026, 9, 1, tzinfo=UTC).date(),
        subject="Số ngày công khai",
        content="Mười ngày là quá dài với bản vùng cao.",
    )
    amended = {**evaluation.preset["rule_set"], "document_number": "02", "answers": [str(feedback)]}
    path = f"{RULES}/{rule_set}/versions"
    assert (await evaluation.refused(path, amended, user="clerk"))["clause"] == "IV.3"
    (event,) = await evaluation.here.record(registration.EVENTS, f"feedback-{feedback}", raised)
    await seen(evaluation)
    await evaluation.ok(path, amended, user="clerk")
    (_, stored) = await evaluation.stored(f"ruleset-{rule_set}")
    assert str(event) in stored.metadata.decode()
    (_, second) = (await evaluation.here.get(f"{RULES}/{rule_set}"))["versions"]
    assert second["answers"] == [str(feedback)]
