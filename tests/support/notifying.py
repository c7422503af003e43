"""Notification among recorded events of registration, evaluation and recognition, and what its users find."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from services.notification.service import notification_service
from shared.contracts import evaluation, recognition, registration
from shared.contracts.registration import RegistrationAccepted
from shared.contracts.running import HelpAssigned
from shared.contracts.values import CaseId, DifficultyId, OrganizationId
from shared.host.policy import Role
from tests.support import story
from tests.support.recorded import World, user, world
from tests.support.story import CELL, COMMITTEE, MODEL, OFFICE, SECTION

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
INBOX = "/notification/inbox"
CASE = CaseId(UUID("018f0000-0000-7000-8000-0000000000c1"))
LATE = OrganizationId(UUID("018f0000-0000-7000-8000-0000000000d1"))


USERS = (
    user("holder", Role.REGISTRANT, CELL),
    user("committee", Role.COMMITTEE_OFFICER, COMMITTEE),
    user("section", Role.APPRAISER, SECTION),
    user("office", Role.OFFICE_CLERK, OFFICE),
    user("auditor", Role.AUDITOR, None),
    user("late", Role.REGISTRANT, LATE),
)


@asynccontextmanager
async def notifying(folder: Path) -> AsyncIterator[World]:
    """With a registered model, and the committee that decides on it."""
    sources = (registration.EVENTS, evaluation.EVENTS, recognition.EVENTS)
    async with world(folder, [notification_service(None)], sources, USERS, NOW) as here:
        await here.record(
            registration.EVENTS,
            f"organization-{COMMITTEE}",
            story.competence(COMMITTEE, "I.2.2b"),
            story.competence(COMMITTEE, "I.2.2d"),
        )
        await here.record(registration.EVENTS, f"model-{MODEL}", story.registered())
        yield here


async def inbox(here: World, name: str, kind: str) -> list[dict[str, Any]]:
    """The notices of a kind, once there are some."""

    async def look() -> list[dict[str, Any]] | None:
        page = await here.get(INBOX, user=name)
        return [row for row in page["items"] if row["kind"] == kind] or None

    return await here.until(look)


async def accept(here: World) -> None:
    """A model that runs under rules reminding 30, 7 and 1 days before, due before 1 October."""
    await here.record(registration.EVENTS, f"movement-{story.MOVEMENT}", story.CALENDAR)
    await here.record(evaluation.EVENTS, f"ruleset-{story.RULE_SET}", story.RULES)
    accepted = RegistrationAccepted(model_id=MODEL, committee=COMMITTEE)
    await here.record(registration.EVENTS, f"model-{MODEL}", accepted)
    await inbox(here, "holder", "RegistrationAccepted")


async def deadlines_told(here: World, name: str, count: int) -> list[str]:
    """The kinds of notices of deadlines, oldest first, once there are `count`."""

    async def look() -> list[str] | None:
        page = await here.get(INBOX, user=name)
        kinds = [row["kind"] for row in page["items"] if row["kind"].startswith("Deadline")]
        return list(reversed(kinds)) if len(kinds) >= count else None

    return await here.until(look)


def help_assigned(helper: OrganizationId, due_on: date) -> HelpAssigned:
    """The committee asks a body to help the model in its one difficulty."""
    return HelpAssigned(
        model_id=MODEL,
        difficulty_id=DifficultyId(CASE),
        by=COMMITTEE,
        helper=helper,
        task="Vận động hộ còn lại.",
        due_on=due_on,
    )
