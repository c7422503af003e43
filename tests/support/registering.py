"""Registration on the real host and store: a movement with its year and rules, and the steps up to a running model."""

from base64 import b64encode
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from services.registration.service import SERVICE
from shared.contracts import evaluation, registration
from shared.contracts.evaluation import Category, RuleSetAdopted
from shared.contracts.registration import RegistrationAccepted
from shared.contracts.values import ModelId, OrganizationId
from shared.host.issuer import User
from shared.host.policy import Role
from tests.support import story
from tests.support.recorded import World, ok, user, world
from tests.support.story import CELL, COMMITTEE, ELSEWHERE, MODEL, OFFICE, UNION, YEAR

FEBRUARY = datetime(YEAR, 2, 10, 3, tzinfo=UTC)
"""A Tuesday on which one may register."""
ONE = f"/registration/models/{MODEL}"
OTHER_MODEL = ModelId(UUID("018f0000-0000-7000-8000-0000000000d7"))
CATEGORIES = (Category(id="I.1.1-4", holder_kind="collective", title="Chi bộ, tổ dân vận"),)
RULES = story.with_settings(story.RULES, categories=CATEGORIES)
PLAN: dict[str, Any] = {
    "targets": [{"name": "Đường hoa", "unit": "m", "goal": 800}],
    "measures": "Họp dân, phân công từng hộ.",
    "resources": "Ngày công của nhân dân.",
    "starts_on": "2026-02-01",
    "ends_on": "2026-09-30",
}
TEAM = {"members": [{"person": "Lô Văn Thử", "role": "Tổ trưởng", "group": "Tổ dân vận"}]}
USERS = (
    user("registrant", Role.REGISTRANT, CELL),
    user("union", Role.REGISTRANT, UNION),
    user("stranger", Role.REGISTRANT, ELSEWHERE),
    user("officer", Role.COMMITTEE_OFFICER, COMMITTEE),
    user("helper", Role.COMMITTEE_OFFICER, UNION),
    user("foreigner", Role.COMMITTEE_OFFICER, ELSEWHERE),
    user("clerk", Role.OFFICE_CLERK, OFFICE),
    user("appraiser", Role.APPRAISER, ELSEWHERE),
    user("auditor", Role.AUDITOR, ELSEWHERE),
)
_BODIES = {
    OFFICE: ("Đơn vị", None),
    COMMITTEE: ("Đơn vị", OFFICE),
    ELSEWHERE: ("Đơn vị", OFFICE),
    CELL: ("Đơn vị", COMMITTEE),
    UNION: ("Hội Phụ nữ", COMMITTEE),
}
"""Their names, and who stands above them in the party's line."""
_SET_BY_THE_SERVER = (
    *("model_id", "launching_body", "holder_person"),
    *("rule_set", "rule_set_version", "answer_by"),
)


@asynccontextmanager
async def registering(
    folder: Path,
    *,
    at: datetime = FEBRUARY,
    users: Sequence[User] = USERS,
    bodies: Iterable[OrganizationId] = (OFFICE, COMMITTEE, CELL),
    rules: RuleSetAdopted | None = RULES,
    surveyed: Iterable[ModelId] = (),
) -> AsyncIterator[World]:
    """The movement is launched for its year, the rules are adopted, the bodies stand in their line, and the
    sites of these models are surveyed by the cell.
    """
    async with world(folder, [SERVICE], (evaluation.EVENTS,), users, at) as here:
        for body in bodies:
            name, above = _BODIES[body]
            await here.record(
                registration.EVENTS,
                f"organization-{body}",
                story.created(body, name),
                story.line(body, "party", above),
            )
        movement = f"movement-{story.MOVEMENT}"
        await here.record(registration.EVENTS, movement, story.LAUNCHED, story.CALENDAR)
        if rules is not None:
            await here.record(evaluation.EVENTS, f"ruleset-{rules.rule_set_id}", rules)
        for model in surveyed:
            await here.record(registration.EVENTS, f"model-{model}", story.surveyed(model))
        await here.get("/registration/models")  # waits until what was recorded has arrived
        yield here


def form(**changed: object) -> dict[str, Any]:
    """What the cell fills in to register its model with its committee, which also decides."""
    whole: dict[str, Any] = msgspec.to_builtins(story.registered())
    return {k: v for k, v in whole.items() if k not in _SET_BY_THE_SERVER} | changed


async def runs_by_plan(here: World, model: ModelId = MODEL) -> None:
    """The model is surveyed, registered and accepted, and the cell adopts its plan."""
    await here.record(
        registration.EVENTS,
        f"model-{model}",
        story.surveyed(model),
        story.registered(model),
        RegistrationAccepted(model_id=model, committee=COMMITTEE),
    )
    await ok(here, f"/registration/models/{model}/plan", PLAN, "registrant")


async def paper_of(
    here: World, *signers: OrganizationId, user: str = "officer", what: str = "Báo cáo giấy tháng 2"
) -> str:
    """The hash of a scan that the user's organisation keeps of these bodies' paper."""
    scan = f"%PDF-1.4\n% {what}\n%%EOF\n".encode()
    body = {
        "what": what,
        "signed_by": [str(one) for one in signers],
        "content": b64encode(scan).decode(),
    }
    await ok(here, "/registration/papers", body, user)
    return sha256(scan).hexdigest()
