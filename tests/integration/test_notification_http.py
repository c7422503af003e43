"""Notification over HTTP: who finds what in the inbox, once, and what may be done with it."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from services.notification.service import notification_service
from shared.contracts import evaluation, recognition, registration
from shared.contracts.exemplar import DependentRecognitionSuspended
from shared.contracts.holding import JointHolder, JointHolderConsented
from shared.contracts.recognition import CaseOpened, ProposalReturned, Recognized
from shared.contracts.registration import (
    RegistrationAccepted,
    ReportingSessionMissed,
    ResultsReported,
    SupplementRequested,
    SupplementSupplied,
    WrittenResultsSubmitted,
)
from shared.contracts.running import (
    DifficultyRaised,
    ExtensionGranted,
    ExtensionRefused,
    FeedbackAnswered,
    FeedbackRaised,
    HelpAssigned,
    ModelFellQuiet,
    ModelPraised,
)
from shared.contracts.values import (
    AchievementId,
    CaseId,
    DifficultyId,
    FeedbackId,
    ModelId,
    OrganizationId,
)
from shared.host.issuer import User
from shared.host.policy import Role
from tests.support import story
from tests.support.recorded import World, world
from tests.support.story import CELL, COMMITTEE, MODEL, OFFICE, SECTION, YEAR

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
INBOX = "/notification/inbox"
CASE = CaseId(UUID("018f0000-0000-7000-8000-0000000000c1"))

LATE = OrganizationId(UUID("018f0000-0000-7000-8000-0000000000d1"))


def user(name: str, role: Role, organization: OrganizationId | None) -> User:
    return User(user=name, subject=name, roles=(role,), organization=organization)


USERS = (
    user("holder", Role.REGISTRANT, CELL),
    user("committee", Role.COMMITTEE_OFFICER, COMMITTEE),
    user("section", Role.APPRAISER, SECTION),
    user("office", Role.OFFICE_CLERK, OFFICE),
    user("auditor", Role.AUDITOR, None),
    user("late", Role.REGISTRANT, LATE),
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


async def test_praise_help_and_time_are_told_to_those_they_concern(running: World) -> None:
    await running.record(
        registration.EVENTS,
        f"model-{MODEL}",
        ModelPraised(model_id=MODEL, by=SECTION, reasons="Đường sạch cả ba tháng."),
        HelpAssigned(
            model_id=MODEL,
            difficulty_id=DifficultyId(CASE),
            by=COMMITTEE,
            helper=SECTION,
            task="Vận động hộ còn lại.",
            due_on=NOW.date(),
        ),
        ExtensionRefused(
            model_id=MODEL,
            year=YEAR,
            committee=COMMITTEE,
            asked_for=NOW.date(),
            reason="Còn đủ thời gian.",
        ),
    )
    assert len(await inbox(running, "holder", "ModelPraised")) == 1
    (told,) = await inbox(running, "section", "HelpAssigned")
    assert told["relation"] == "helper"
    assert len(await inbox(running, "holder", "ExtensionRefused")) == 1


async def test_a_change_of_holder_is_told_to_both_and_what_follows_to_the_new_one(
    running: World,
) -> None:
    await running.record(
        registration.EVENTS,
        f"model-{MODEL}",
        msgspec.structs.replace(story.holder_changed(), holder=LATE),
    )
    for name in ("holder", "late", "office"):
        assert len(await inbox(running, name, "HolderChanged")) == 1
    await running.record(
        registration.EVENTS,
        f"model-{MODEL}",
        ModelPraised(model_id=MODEL, by=SECTION, reasons="Đường sạch cả ba tháng."),
    )
    assert len(await inbox(running, "late", "ModelPraised")) == 1
    told = (await running.get(INBOX, user="holder"))["items"]
    assert [row["kind"] for row in told] == ["HolderChanged"]


async def test_joint_holders_are_asked_and_told_like_the_leading_one(running: World) -> None:
    other = ModelId(UUID(int=0xD9))
    joint = (JointHolder(organization=LATE, name="Chi hội Phụ nữ"),)
    await running.record(
        registration.EVENTS,
        f"model-{other}",
        msgspec.structs.replace(story.registered(other), joint_holders=joint),
        JointHolderConsented(model_id=other, holder=LATE),
        ModelPraised(model_id=other, by=SECTION, reasons="Đường sạch cả ba tháng."),
    )
    (asked,) = await inbox(running, "late", "ModelRegistered")
    assert asked["relation"] == "joint_holder"
    for name in ("committee", "holder"):
        assert len(await inbox(running, name, "JointHolderConsented")) == 1
    for name in ("late", "holder"):
        (told,) = await inbox(running, name, "ModelPraised")
        assert told["relation"] == "holder"


async def test_what_names_its_case_alone_is_told_about_the_cases_model(running: World) -> None:
    opened = CaseOpened(
        case_id=CASE,
        model=MODEL,
        movement=story.MOVEMENT,
        year=YEAR,
        achievement=AchievementId(CASE),
        aim="model",
        holder=CELL,
        holder_kind="collective",
        committee=COMMITTEE,
        appraisal=story.APPRAISAL,
        appraising_unit=SECTION,
        deciding_body=COMMITTEE,
        advice="recognise",
        grounds=(),
        rule_set=story.RULE_SET,
        rule_set_version=1,
    )
    returned = ProposalReturned(
        case_id=CASE,
        returned_by=COMMITTEE,
        returned_to=SECTION,
        returned_on=NOW.date(),
        reasons="Thiếu biên bản.",
    )
    suspended = DependentRecognitionSuspended(dependent="case", dependent_id=CASE, fallen=CASE)
    await running.record(recognition.EVENTS, f"case-{CASE}", opened, returned, suspended)
    (told,) = await inbox(running, "section", "ProposalReturned")
    assert (told["relation"], told["model_id"]) == ("submitting_unit", str(MODEL))
    assert len(await inbox(running, "committee", "DependentRecognitionSuspended")) == 1


async def test_feedback_goes_to_the_launching_body_and_its_answer_back(running: World) -> None:
    feedback_id = FeedbackId(CASE)
    raised = FeedbackRaised(
        feedback_id=feedback_id,
        movement=story.MOVEMENT,
        launching_body=OFFICE,
        raised_by=CELL,
        raised_on=NOW.date(),
        subject="Hộ đi làm xa",
        content="Tính thế nào?",
    )
    answered = FeedbackAnswered(
        feedback_id=feedback_id,
        answered_by=OFFICE,
        answered_on=NOW.date(),
        outcome="explained",
        answer="Tính theo hộ có mặt.",
    )
    await running.record(registration.EVENTS, f"feedback-{feedback_id}", raised, answered)
    assert len(await inbox(running, "office", "FeedbackRaised")) == 1
    (told,) = await inbox(running, "holder", "FeedbackAnswered")
    assert (told["title"], told["model_id"], told["document"]) == (
        "Hộ đi làm xa",
        None,
        str(feedback_id),
    )


async def test_a_rule_set_goes_to_those_it_names_as_the_graph_stood(running: World) -> None:
    stream = f"organization-{CELL}"
    await running.record(
        registration.EVENTS,
        stream,
        story.created(CELL, "Chi bộ"),
        story.line(CELL, "party", OFFICE),
    )
    rules = f"ruleset-{story.RULE_SET}"
    await running.record(evaluation.EVENTS, rules, story.RULES)
    await running.record(
        registration.EVENTS,
        f"organization-{LATE}",
        story.created(LATE, "Chi bộ mới"),
        story.line(LATE, "party", OFFICE),
    )
    (told,) = await inbox(running, "holder", "RuleSetAdopted")
    assert (told["relation"], told["document"]) == ("body_below", str(story.RULE_SET))
    assert story.RULES.title in told["vi"]
    assert (await running.get(INBOX, user="late"))["items"] == []
    kinds = {row["kind"] for row in (await running.get(INBOX, user="office"))["items"]}
    assert "RuleSetAdopted" not in kinds


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


async def test_a_deadline_is_reminded_of_on_each_day_the_rules_name_and_missed_once(
    running: World,
) -> None:
    await accept(running)
    # 31 days before the last day, 30 September, there is nothing to say.
    for day in (date(YEAR, 8, 30), date(YEAR, 8, 31), date(YEAR, 9, 2)):
        running.clock.pin(datetime(day.year, day.month, day.day, 2, tzinfo=UTC))
    await deadlines_told(running, "holder", 1)
    running.clock.pin(datetime(YEAR, 9, 23, 2, tzinfo=UTC))
    await deadlines_told(running, "holder", 2)
    running.clock.pin(datetime(YEAR, 10, 1, 2, tzinfo=UTC))
    told = await deadlines_told(running, "holder", 3)
    assert told == ["DeadlineApproached.written_results"] * 2 + ["DeadlineMissed.written_results"]
    assert await deadlines_told(running, "office", 1) == ["DeadlineMissed.written_results"]
    sessions = await deadlines_told(running, "committee", 3)
    assert sessions.count("DeadlineApproached.reporting_session") == 2


async def test_of_what_was_done_or_put_off_nobody_is_reminded(running: World) -> None:
    await accept(running)
    submitted = WrittenResultsSubmitted(
        model_id=MODEL, year=YEAR, submitted_on=NOW.date(), summary="Xong.", figures=()
    )
    help_assigned = HelpAssigned(
        model_id=MODEL,
        difficulty_id=DifficultyId(CASE),
        by=COMMITTEE,
        helper=SECTION,
        task="Vận động hộ còn lại.",
        due_on=date(YEAR, 9, 30),
    )
    await running.record(registration.EVENTS, f"model-{MODEL}", submitted, help_assigned)
    await inbox(running, "section", "HelpAssigned")
    running.clock.pin(datetime(YEAR, 9, 29, 2, tzinfo=UTC))
    assert await deadlines_told(running, "section", 1) == ["DeadlineApproached.help"]
    assert await deadlines_told(running, "committee", 1) == ["DeadlineApproached.reporting_session"]
    # Another run says what the first has not come to.
    running.clock.pin(datetime(YEAR, 10, 1, 2, tzinfo=UTC))
    assert (await deadlines_told(running, "section", 2))[1] == "DeadlineMissed.help"
    assert await deadlines_told(running, "holder", 0) == []


async def test_more_time_moves_the_reminders(running: World) -> None:
    await accept(running)
    granted = ExtensionGranted(
        model_id=MODEL,
        year=YEAR,
        committee=COMMITTEE,
        due_before=date(YEAR, 11, 1),
        reason="Mưa lũ.",
    )
    await running.record(registration.EVENTS, f"model-{MODEL}", granted)
    await inbox(running, "holder", "ExtensionGranted")
    running.clock.pin(datetime(YEAR, 9, 30, 2, tzinfo=UTC))
    running.clock.pin(datetime(YEAR, 10, 24, 2, tzinfo=UTC))
    assert await deadlines_told(running, "holder", 1) == ["DeadlineApproached.written_results"]


async def test_who_takes_help_over_is_reminded_too(running: World) -> None:
    await accept(running)

    def help_by(helper: OrganizationId) -> HelpAssigned:
        return HelpAssigned(
            model_id=MODEL,
            difficulty_id=DifficultyId(CASE),
            by=COMMITTEE,
            helper=helper,
            task="Vận động hộ còn lại.",
            due_on=date(YEAR, 3, 20),
        )

    await running.record(registration.EVENTS, f"model-{MODEL}", help_by(SECTION))
    await inbox(running, "section", "HelpAssigned")
    running.clock.pin(NOW + timedelta(hours=1))
    assert await deadlines_told(running, "section", 1) == ["DeadlineApproached.help"]
    await running.record(registration.EVENTS, f"model-{MODEL}", help_by(OFFICE))
    await inbox(running, "office", "HelpAssigned")
    running.clock.pin(NOW + timedelta(days=1))
    assert await deadlines_told(running, "office", 1) == ["DeadlineApproached.help"]


async def test_who_has_to_answer_a_registration_is_reminded_and_a_late_answer_is_missed(
    running: World,
) -> None:
    await running.record(registration.EVENTS, f"movement-{story.MOVEMENT}", story.CALENDAR)
    await running.record(evaluation.EVENTS, f"ruleset-{story.RULE_SET}", story.RULES)
    await inbox(running, "committee", "ModelRegistered")
    assert story.registered().answer_by == date(YEAR, 3, 9)
    running.clock.pin(NOW + timedelta(hours=1))
    assert await deadlines_told(running, "committee", 1) == [
        "DeadlineApproached.registration_answer"
    ]
    running.clock.pin(datetime(YEAR, 3, 10, 2, tzinfo=UTC))
    told = await deadlines_told(running, "committee", 2)
    assert told[-1] == "DeadlineMissed.registration_answer"
    assert await deadlines_told(running, "office", 1) == ["DeadlineMissed.registration_answer"]


async def test_while_a_supplement_is_awaited_no_answer_is_missed_and_then_the_days_run_on(
    running: World,
) -> None:
    await running.record(registration.EVENTS, f"movement-{story.MOVEMENT}", story.CALENDAR)
    await running.record(evaluation.EVENTS, f"ruleset-{story.RULE_SET}", story.RULES)
    await inbox(running, "committee", "ModelRegistered")
    asked = SupplementRequested(
        model_id=MODEL,
        committee=story.COMMITTEE,
        number=1,
        missing="Danh sách hộ.",
        reasons="Chưa rõ đối tượng.",
        requested_on=NOW.date(),
        answer_was_due_on=date(YEAR, 3, 9),
        working_days_left=3,
    )
    await running.record(registration.EVENTS, f"model-{MODEL}", asked)
    await inbox(running, "holder", "SupplementRequested")
    running.clock.pin(datetime(YEAR, 3, 20, 2, tzinfo=UTC))
    supplied = SupplementSupplied(
        model_id=MODEL,
        supplied_on=date(YEAR, 3, 20),
        answer="Có 42 hộ.",
        changed=(),
        answer_by=date(YEAR, 3, 25),
    )
    await running.record(registration.EVENTS, f"model-{MODEL}", supplied)
    await inbox(running, "committee", "SupplementSupplied")
    running.clock.pin(datetime(YEAR, 3, 24, 2, tzinfo=UTC))
    told = await deadlines_told(running, "committee", 1)
    assert set(told) == {"DeadlineApproached.registration_answer"}
    running.clock.pin(datetime(YEAR, 3, 26, 2, tzinfo=UTC))
    assert await deadlines_told(running, "office", 1) == ["DeadlineMissed.registration_answer"]


async def test_help_that_nobody_assigned_in_time_is_told_to_the_committee(running: World) -> None:
    await accept(running)
    raised = DifficultyRaised(
        model_id=MODEL,
        difficulty_id=DifficultyId(CASE),
        raised_on=NOW.date(),
        help_by=date(YEAR, 3, 17),
        description="Thiếu cây giống.",
    )
    await running.record(registration.EVENTS, f"model-{MODEL}", raised)
    await inbox(running, "committee", "DifficultyRaised")
    running.clock.pin(datetime(YEAR, 3, 18, 2, tzinfo=UTC))
    assert "DeadlineMissed.help_assignment" in await deadlines_told(running, "committee", 1)


async def test_a_quiet_model_is_told_to_holder_and_committee(running: World) -> None:
    quiet = ModelFellQuiet(model_id=MODEL, heard_on=NOW.date(), quiet_after_days=60)
    await running.record(registration.EVENTS, f"model-{MODEL}", quiet)
    assert len(await inbox(running, "holder", "ModelFellQuiet")) == 1
    assert len(await inbox(running, "committee", "ModelFellQuiet")) == 1


async def escalations_told(here: World, name: str, count: int) -> int:
    async def look() -> int | None:
        page = await here.get(INBOX, user=name)
        found = sum(row["kind"] == "Escalated" for row in page["items"])
        return found if found >= count else None

    return await here.until(look)


async def test_what_stays_open_goes_up_the_line_until_it_is_done(running: World) -> None:
    await running.record(
        registration.EVENTS,
        f"organization-{CELL}",
        story.created(CELL, "Chi bộ bản Cửa Rào"),
        story.line(CELL, "party", COMMITTEE),
        story.line(COMMITTEE, "party", SECTION),
    )
    await accept(running)
    running.clock.pin(datetime(YEAR, 10, 1, 2, tzinfo=UTC))
    await inbox(running, "holder", "DeadlineMissed.written_results")
    running.clock.pin(datetime(YEAR, 10, 7, 2, tzinfo=UTC))
    assert await escalations_told(running, "committee", 1) == 1
    running.clock.pin(datetime(YEAR, 10, 14, 2, tzinfo=UTC))
    assert await escalations_told(running, "section", 1) == 1
    assert await escalations_told(running, "committee", 0) == 1
    submitted = WrittenResultsSubmitted(
        model_id=MODEL, year=YEAR, submitted_on=date(YEAR, 10, 15), summary="Xong.", figures=()
    )
    reported = ResultsReported(model_id=MODEL, year=YEAR, late=True, session="held")
    help_assigned = HelpAssigned(
        model_id=MODEL,
        difficulty_id=DifficultyId(CASE),
        by=COMMITTEE,
        helper=LATE,
        task="Vận động hộ còn lại.",
        due_on=date(YEAR, 10, 20),
    )
    await running.record(registration.EVENTS, f"model-{MODEL}", submitted, reported, help_assigned)
    await inbox(running, "section", "ResultsReported")
    running.clock.pin(datetime(YEAR, 12, 1, 2, tzinfo=UTC))
    await inbox(running, "late", "DeadlineMissed.help")
    running.clock.pin(datetime(YEAR, 12, 2, 2, tzinfo=UTC))
    # The help that another owes goes up in the same run; the results, which came, do not.
    assert await escalations_told(running, "office", 1) == 1
    assert await escalations_told(running, "holder", 0) == 2


async def test_the_launching_body_is_the_last_step_where_no_line_leads_to_it(
    running: World,
) -> None:
    await accept(running)
    running.clock.pin(datetime(YEAR, 10, 1, 2, tzinfo=UTC))
    await inbox(running, "holder", "DeadlineMissed.written_results")
    running.clock.pin(datetime(YEAR, 10, 7, 2, tzinfo=UTC))
    assert await escalations_told(running, "office", 1) == 1


async def test_the_office_urges_a_body_from_a_draft_and_the_letter_stands_on_record(
    running: World,
) -> None:
    stream = f"organization-{CELL}"
    await running.record(registration.EVENTS, stream, story.created(CELL, "Chi bộ bản Cửa Rào"))
    launched = registration.MovementLaunched(
        movement_id=story.MOVEMENT,
        name="Dân vận khéo",
        first_year=YEAR,
        last_year=YEAR,
        legal_bases=("Kế hoạch 21-KH/BDVTU",),
        launching_body=OFFICE,
        rule_set=story.RULE_SET,
        rule_set_version=1,
    )
    await running.record(registration.EVENTS, f"movement-{story.MOVEMENT}", launched)
    await accept(running)
    running.clock.pin(datetime(YEAR, 10, 1, 2, tzinfo=UTC))
    await inbox(running, "office", "DeadlineMissed.written_results")
    drafts = await running.get("/notification/urging-drafts", user="office")
    (draft,) = [one for one in drafts["items"] if one["body"] == str(CELL)]
    assert "Kính gửi: Chi bộ bản Cửa Rào" in draft["vi"]
    assert story.MODEL_NAME in draft["vi"] and "30/09/2026" in draft["vi"]
    letter = {
        "body": str(CELL),
        "document_number": "12-CV/VP",
        "issued_on": f"{YEAR}-10-01",
        "deadlines": [one["deadline_id"] for one in draft["matters"]],
        "text": draft["vi"],
    }
    path = "/notification/urging-letters"
    for name in ("holder", "committee", "auditor"):
        assert (await running.post(path, letter, user=name)).status_code == 403, name
    assert (await running.post(path, letter, user="office")).status_code == 200
    (told,) = await inbox(running, "holder", "BodyUrged")
    assert "12-CV/VP" in told["vi"]
    again = await running.post(path, {**letter, "document_number": "13-CV/VP"}, user="office")
    assert again.json()["type"].endswith("/urged-lately")
    for name in ("holder", "auditor"):
        (row,) = (await running.get(path, user=name))["items"]
        assert row["document_number"] == "12-CV/VP"
    assert (await running.get(path, user="committee"))["items"] == []
    assert (await running.read("/notification/urging-drafts", user="holder")).status_code == 403
