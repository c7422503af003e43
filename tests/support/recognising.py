"""Recognition on the real host and store, among the recorded events of registration and evaluation."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from services.recognition.reactions import case_id
from services.recognition.service import SERVICE
from shared.contracts import evaluation, registration
from shared.contracts.evaluation import RuleSetAdopted
from shared.contracts.recognition import Advice
from shared.contracts.values import Aim, AppraisalId, CaseId, ModelId, OrganizationId
from shared.eventstore.port import StoredEvent
from shared.host.policy import Role
from tests.support import story
from tests.support.recorded import World, user, world
from tests.support.story import (
    COMMITTEE,
    ELSEWHERE,
    MODEL,
    MODEL_NAME,
    OFFICE,
    SECTION,
    UNION,
    YEAR,
)

IN_MONTH = datetime(2026, 10, 20, 2, tzinfo=UTC)
LATER = datetime(2026, 11, 20, 2, tzinfo=UTC)
SIGNER_NAME = "Người Ký Thử"
DECISION = {
    "decision_number": "15-QĐ/ĐU",
    "signer_office": "Bí thư Đảng ủy xã Môn Sơn",
    "signer_name": SIGNER_NAME,
}
OTHER_MODEL = ModelId(UUID("018f0000-0000-7000-8000-0000000000c1"))
OTHER_APPRAISAL = AppraisalId(UUID("018f0000-0000-7000-8000-0000000000c2"))


USERS = (
    user("signer", Role.SIGNER, COMMITTEE),
    user("clerk", Role.OFFICE_CLERK, COMMITTEE),
    user("union-signer", Role.SIGNER, UNION),
    user("foreign-signer", Role.SIGNER, ELSEWHERE),
    user("foreign-clerk", Role.OFFICE_CLERK, ELSEWHERE),
    user("appraiser", Role.APPRAISER, SECTION),
    user("officer", Role.COMMITTEE_OFFICER, COMMITTEE),
    user("foreign-officer", Role.COMMITTEE_OFFICER, ELSEWHERE),
    user("office", Role.OFFICE_CLERK, OFFICE),
    user("office-signer", Role.SIGNER, OFFICE),
    user("registrant", Role.REGISTRANT, story.CELL),
)


def case_path(model: ModelId = MODEL) -> str:
    """The address of a model's case."""
    return f"/recognition/cases/{case_id(model, YEAR)}"


@asynccontextmanager
async def recognition(folder: Path, rules: RuleSetAdopted = story.RULES) -> AsyncIterator[World]:
    """A cell under a committee that is competent under b and d, and the year's calendar and rules."""
    sources = (registration.EVENTS, evaluation.EVENTS)
    async with world(folder, [SERVICE], sources, USERS, IN_MONTH) as here:
        await here.record(
            registration.EVENTS,
            f"organization-{story.CELL}",
            story.line(story.CELL, "party", COMMITTEE),
            story.line(story.CELL, "territory", COMMITTEE),
            story.line(story.CELL, "vertical", UNION),
        )
        await here.record(
            registration.EVENTS,
            f"organization-{COMMITTEE}",
            story.competence(COMMITTEE, "I.2.2b"),
            story.competence(COMMITTEE, "I.2.2d"),
        )
        await here.record(registration.EVENTS, f"movement-{story.MOVEMENT}", story.CALENDAR)
        await here.record(evaluation.EVENTS, f"ruleset-{story.RULE_SET}", rules)
        await here.record(registration.EVENTS, f"model-{MODEL}", story.registered())
        yield here


async def advise(
    here: World, advice: Advice = "recognise", *, meets_standard: bool = True
) -> dict[str, Any]:
    """The evaluation's events up to its advice, and the case that follows."""
    await here.record(
        evaluation.EVENTS,
        f"appraisal-{story.APPRAISAL}",
        story.appraised(meets_standard=meets_standard),
        story.posting_closed(),
    )
    await here.record(evaluation.EVENTS, f"ballot-{story.BALLOT}", story.ballot_tallied())
    await here.record(
        evaluation.EVENTS, f"appraisal-{story.APPRAISAL}", story.advice_issued(advice)
    )
    return await case_with(here, "competence")


async def advise_other(
    here: World,
    name: str = MODEL_NAME,
    *,
    aim: Aim = "model",
    deciding_body: OrganizationId = COMMITTEE,
) -> dict[str, Any]:
    """The registration of what the cell has besides, the evaluation of it, and its case."""
    model, appraisal = OTHER_MODEL, OTHER_APPRAISAL
    registered = story.registered(model, name, aim=aim, deciding_body=deciding_body)
    await here.record(registration.EVENTS, f"model-{model}", registered)
    await here.record(
        evaluation.EVENTS,
        f"appraisal-{appraisal}",
        story.appraised(model=model, appraisal=appraisal),
        story.advice_issued(model=model, appraisal=appraisal, aim=aim, deciding_body=deciding_body),
    )
    return await case_with(here, "competence", model)


async def case_with(here: World, part: str, model: ModelId = MODEL) -> dict[str, Any]:
    """The case once `part` of it is there."""

    async def look() -> dict[str, Any] | None:
        answer = await here.read(case_path(model))
        case: dict[str, Any] = answer.json()
        return case if answer.status_code == 200 and case[part] else None

    return await here.until(look)


async def signed(here: World, path: str, body: object, user: str) -> httpx.Response:
    """The answer to a decision, once the case stands in the rows of its achievement."""

    async def sign() -> httpx.Response | None:
        answer = await here.post(path, body, user=user)
        behind = answer.status_code == 409 and answer.json()["type"].endswith("row-behind")
        return None if behind else answer

    return await here.until(sign)


async def stored(here: World, stream: str) -> list[StoredEvent]:
    """The events of a stream."""
    return list(await here.runtime.store.read_stream(stream))


def case_stream(model: ModelId = MODEL) -> tuple[CaseId, str]:
    """The id of a model's case, and its stream."""
    case = case_id(model, YEAR)
    return case, f"case-{case}"
