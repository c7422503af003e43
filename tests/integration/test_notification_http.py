"""Notification over HTTP: who finds what in the inbox, once, and what may be done with it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.notification.service import notification_service
from shared.contracts import evaluation, recognition, registration
from shared.contracts.recognition import Recognized
from shared.contracts.registration import (
    RegistrationAccepted,
    ReportingSessionMissed,
    ResultsReported,
)
from shared.contracts.values import CaseId, OrganizationId
from shared.host.issuer import User
from shared.host.policy import Role
from tests.support import story
from tests.support.recorded import World, world
from tests.support.story import CELL, COMMITTEE, MODEL, OFFICE, SECTION, YEAR

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
INBOX = "/notification/inbox"
CASE = CaseId(UUID("018f0000-0000-7000-8000-0000000000c1"))


def user(name: str, role: Role, organization: OrganizationId | None) -> User:
    return User(user=name, subject=name, roles=(role,), organization=organization)


USERS = (
    user("holder", Role.REGISTRANT, CELL),
    user("committee", Role.COMMITTEE_OFFICER, COMMITTEE),
    user("section", Role.APPRAISER, SECTION),
    user("office", Role.OFFICE_CLERK, OFFICE),
    user("auditor", Role.AUDITOR, None),
)


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[World]:
    sources = (registration.EVENTS, evaluation.EVENTS, recognition.EVENTS)
    async with world(tmp_path, [notification_service(None)], sources, USERS, NOW) as here:
        await here.record(
            registration.EVENTS,
            f"organization-{COMMITTEE}",
            story.competence(COMMITTEE, "I.2.2b"),
            story.competence(COMMITTEE, "I.2.2d"),
        )
        await here.record(registration.EVENTS, f"model-{MODEL}", story.registered())
        yield here


def recognized() -> Recognized:
    return Recognized(
        case_id=CASE,
        model=MODEL,
        movement=story.MOVEMENT,
        year=YEAR,
        aim="model",
        holder=CELL,
        committee=COMMITTEE,
        appraising_unit=SECTION,
        decided_by=COMMITTEE,
        clauses=("I.2.2b",),
        decision_number="15-QĐ/ĐU",
        decided_on=NOW.date(),
        signer_office="Bí thư",
        signer=story.PERSON,
    )


async def inbox(here: World, name: str, kind: str) -> list[dict[str, Any]]:
    """The notices of a kind, once there are some."""

    async def look() -> list[dict[str, Any]] | None:
        page = await here.get(INBOX, user=name)
        return [row for row in page["items"] if row["kind"] == kind] or None

    return await here.until(look)


async def test_a_registration_is_told_to_committee_and_launching_body(running: World) -> None:
    (told,) = await inbox(running, "committee", "ModelRegistered")
    assert told["relation"] == "committee"
    assert story.MODEL_NAME in told["vi"] and story.MODEL_NAME in told["en"]
    (told,) = await inbox(running, "office", "ModelRegistered")
    assert told["relation"] == "launching_body"
    assert (await running.get(INBOX, user="holder"))["items"] == []


async def test_a_decision_is_told_to_everyone_concerned_once(running: World) -> None:
    await running.record(recognition.EVENTS, f"case-{CASE}", recognized())
    for name, relation in (
        ("holder", "holder"),
        ("committee", "committee"),
        ("section", "appraising_unit"),
        ("office", "launching_body"),
    ):
        (told,) = await inbox(running, name, "Recognized")
        assert told["relation"] == relation


async def test_results_go_to_the_unit_that_advises_the_deciding_body_once(
    running: World,
) -> None:
    await running.record(
        registration.EVENTS,
        f"model-{MODEL}",
        ResultsReported(model_id=MODEL, year=YEAR, late=False, session="held"),
    )
    (told,) = await inbox(running, "section", "ResultsReported")
    assert told["relation"] == "appraising_unit"


async def test_a_missed_session_is_told_to_the_organising_body_and_the_office(
    running: World,
) -> None:
    missed = ReportingSessionMissed(
        model_id=MODEL,
        year=YEAR,
        organizer=SECTION,
        due_before=story.CALENDAR.results_before,
        written_results=True,
    )
    await running.record(registration.EVENTS, f"model-{MODEL}", missed)
    (told,) = await inbox(running, "section", "ReportingSessionMissed")
    assert told["relation"] == "organizer"
    assert len(await inbox(running, "office", "ReportingSessionMissed")) == 1


async def test_a_notice_is_marked_read_by_its_recipient_alone(running: World) -> None:
    await running.record(
        registration.EVENTS,
        f"model-{MODEL}",
        RegistrationAccepted(model_id=MODEL, committee=COMMITTEE),
    )
    (told,) = await inbox(running, "holder", "RegistrationAccepted")
    one = f"/notification/notices/{told['notice_id']}/acknowledgements"
    for name in ("committee", "office", "auditor"):
        assert (await running.post(one, user=name)).status_code in (403, 404), name
    assert len((await running.get(INBOX, user="holder", unread="true"))["items"]) == 1

    assert (await running.post(one, user="holder")).status_code == 200
    assert (await running.get(INBOX, user="holder", unread="true"))["items"] == []
    assert (await running.get(INBOX, user="holder"))["items"][0]["acknowledged"] is True


async def test_the_inbox_goes_page_by_page(running: World) -> None:
    for _ in range(5):
        await running.record(
            registration.EVENTS,
            f"model-{MODEL}",
            RegistrationAccepted(model_id=MODEL, committee=COMMITTEE),
        )

    async def all_there() -> bool | None:
        return len(await inbox(running, "holder", "RegistrationAccepted")) == 5 or None

    await running.until(all_there)
    causes: list[str] = []
    cursor = None
    while True:
        page = await running.get(INBOX, user="holder", limit=2, cursor=cursor)
        causes += [row["cause"] for row in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert len(causes) == len(set(causes)) == 5


async def test_an_organisation_sets_and_reads_its_own_subscription(running: World) -> None:
    own = "/notification/subscriptions/own"
    assert (await running.get(own, user="holder"))["email"] is None
    wanted = {"language": "en", "email": "chi-bo@cua-rao.example"}
    first = await running.post("/notification/subscriptions", wanted, user="holder")
    assert first.status_code == 200, first.text
    same = await running.post("/notification/subscriptions", wanted, user="holder")
    assert same.json()["events"] == []

    assert (await running.get(own, user="holder"))["email"] == "chi-bo@cua-rao.example"
    assert (await running.get(own, user="committee"))["email"] is None
    page = await running.runtime.store.read_stream(f"subscription-{CELL}")
    assert b"cua-rao.example" not in b"".join(event.data + event.metadata for event in page)


async def test_who_acts_for_no_organisation_has_neither_inbox_nor_subscription(
    running: World,
) -> None:
    assert (await running.read(INBOX, user="auditor")).status_code == 404
    assert (await running.read(INBOX)).status_code == 401
    answer = await running.post("/notification/subscriptions", {}, user="auditor")
    assert answer.status_code in (403, 404)


async def test_only_the_office_sees_what_was_not_sent(running: World) -> None:
    assert (await running.get("/notification/notices", user="office"))["items"] == []
    assert (await running.read("/notification/notices", user="holder")).status_code == 403
    retry = f"/notification/notices/{UUID(int=1)}/retries"
    assert (await running.post(retry, user="holder")).status_code == 403
    answer = await running.post(retry, user="office")
    assert answer.json()["type"].endswith("/notice-unknown")


@pytest.mark.parametrize(
    "body",
    [
        {"email": "không phải địa chỉ"},
        {"language": "fr"},
        {"unknown": 1},
        {"email": "a@b.example\r\nBcc: c@d.example"},
    ],
)
async def test_bad_input_changes_nothing(running: World, body: dict[str, Any]) -> None:
    answer = await running.post("/notification/subscriptions", body, user="holder")
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert not await running.runtime.store.read_stream(f"subscription-{CELL}")
