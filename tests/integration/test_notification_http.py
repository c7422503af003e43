"""Notification over HTTP: who is told what, in which relation, and once."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from shared.contracts import evaluation, recognition, registration
from shared.contracts.exemplar import DependentRecognitionSuspended
from shared.contracts.holding import JointHolder, JointHolderConsented
from shared.contracts.metadata import OnBehalf
from shared.contracts.recognition import (
    CaseOpened,
    DuplicateFound,
    DuplicateWithdrawn,
    ProposalReturned,
    Recognized,
)
from shared.contracts.registration import ReportingSessionMissed, ResultsReported
from shared.contracts.running import (
    ExtensionRefused,
    FeedbackAnswered,
    FeedbackRaised,
    ModelPraised,
    ProgressReported,
)
from shared.contracts.values import AchievementId, CaseId, FeedbackId, ModelId
from tests.support import story
from tests.support.notifying import CASE, INBOX, LATE, NOW, help_assigned, inbox, notifying
from tests.support.recorded import World
from tests.support.story import CELL, COMMITTEE, MODEL, OFFICE, SECTION, YEAR


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[World]:
    async with notifying(tmp_path) as here:
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
        assert told["source"] == "guideline I.2.2b"


async def test_a_notice_names_the_rules_that_what_it_tells_was_recorded_under(
    running: World,
) -> None:
    rules = f"{story.RULE_SET}/1"
    await running.record(recognition.EVENTS, f"case-{CASE}", recognized(), rules=rules)
    (told,) = await inbox(running, "holder", "Recognized")
    assert told["rules"] == rules
    (other,) = await inbox(running, "committee", "ModelRegistered")
    assert (other["source"], other["rules"]) == ("practice: recipients", None)


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


async def test_praise_help_and_time_are_told_to_those_they_concern(running: World) -> None:
    await running.record(
        registration.EVENTS,
        f"model-{MODEL}",
        ModelPraised(model_id=MODEL, by=SECTION, reasons="Đường sạch cả ba tháng."),
        help_assigned(SECTION, NOW.date()),
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


async def test_a_body_is_told_once_of_what_one_command_entered_in_its_name(
    running: World,
) -> None:
    progress = ProgressReported(
        model_id=MODEL, until=NOW.date(), narrative="Đã trồng 400 m.", figures=()
    )
    model, paper = f"model-{MODEL}", OnBehalf(bodies=(CELL,), paper="ab" * 32)
    await running.record(registration.EVENTS, model, progress)
    await running.record(
        registration.EVENTS, model, progress, progress, organization=COMMITTEE, on_behalf=paper
    )
    (told,) = await inbox(running, "holder", "EnteredFromPaper")
    assert told["relation"] == "represented"
    assert story.MODEL_NAME in told["vi"] and "correction" in told["en"]
    # What has a notice of its own is told as well.
    await running.record(
        registration.EVENTS,
        model,
        ModelPraised(model_id=MODEL, by=SECTION, reasons="Đường sạch."),
        organization=COMMITTEE,
        on_behalf=paper,
    )
    await running.until(running.is_settled)
    assert len(await inbox(running, "holder", "EnteredFromPaper")) == 2
    assert len(await inbox(running, "holder", "ModelPraised")) == 1


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


async def test_that_two_cases_are_not_the_same_after_all_is_told_like_the_finding(
    running: World,
) -> None:
    other = CaseId(UUID(int=0xC7))
    found = DuplicateFound(
        case_id=CASE,
        model=MODEL,
        other_case=other,
        other_model=ModelId(UUID(int=0xD7)),
        other_body=OFFICE,
    )
    withdrawn = DuplicateWithdrawn(
        case_id=CASE, model=MODEL, other_case=other, reason="Khác địa bàn."
    )
    await running.record(recognition.EVENTS, f"case-{CASE}", found, withdrawn)
    for name in ("committee", "section"):
        assert len(await inbox(running, name, "DuplicateWithdrawn")) == 1


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
