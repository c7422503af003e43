"""The mobilisation system praises, helps with difficulties and assesses in between (clause III.2.1a)."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from services.registration.domain import model_refusals as refuse
from services.registration.domain import plan, support
from services.registration.domain.model import MODEL
from services.registration.domain.model_state import ModelEvent
from services.registration.domain.support import (
    AssignHelp,
    PraiseModel,
    RaiseDifficulty,
    RecordInterimAssessment,
    ResolveDifficulty,
    SupportCommand,
)
from shared.contracts.running import (
    DifficultyRaised,
    DifficultyResolved,
    Figure,
    HelpAssigned,
    InterimAssessmentRecorded,
    ModelPraised,
)
from shared.contracts.values import DifficultyId, OrganizationId
from shared.domain.refusal import RefusedError
from tests.support.dossier import (
    COMMITTEE,
    LAUNCHING,
    MODEL_ID,
    accepted,
    model,
    registered,
    running,
    surveyed,
    withdrawn,
)

MAY = datetime(2026, 5, 10, 3, tzinfo=UTC)
DIFFICULTY = DifficultyId(UUID(int=20))
UNION = OrganizationId(UUID(int=21))

praise = PraiseModel(by=COMMITTEE, reasons="Huy động được 65 hộ hiến đất.", at=MAY)
praised = ModelPraised(model_id=MODEL_ID, by=COMMITTEE, reasons=praise.reasons)
raise_it = RaiseDifficulty(
    difficulty_id=DIFFICULTY, description="Thiếu xi măng.", help_days=15, at=MAY
)
raised = DifficultyRaised(
    model_id=MODEL_ID,
    difficulty_id=DIFFICULTY,
    raised_on=date(2026, 5, 10),
    help_by=date(2026, 5, 25),
    description="Thiếu xi măng.",
)
assign = AssignHelp(
    difficulty_id=DIFFICULTY,
    by=COMMITTEE,
    helper=UNION,
    task="Vận động doanh nghiệp hỗ trợ xi măng.",
    due_on=date(2026, 5, 31),
    at=MAY,
)
assigned = HelpAssigned(
    model_id=MODEL_ID,
    difficulty_id=DIFFICULTY,
    by=COMMITTEE,
    helper=UNION,
    task=assign.task,
    due_on=assign.due_on,
)
resolve = ResolveDifficulty(difficulty_id=DIFFICULTY, resolution="Đã nhận 10 tấn xi măng.", at=MAY)
resolved = DifficultyResolved(
    model_id=MODEL_ID,
    difficulty_id=DIFFICULTY,
    resolved_on=date(2026, 5, 10),
    resolution=resolve.resolution,
)
assess = RecordInterimAssessment(
    by=LAUNCHING,
    assessed_on=date(2026, 5, 9),
    standing="strong",
    quality="Đúng kế hoạch.",
    effectiveness="Nhân dân đồng tình.",
    figures=(Figure(target="Đường bê tông", value=Decimal(300)),),
    at=MAY,
)
assessed = InterimAssessmentRecorded(
    model_id=MODEL_ID,
    by=LAUNCHING,
    assessed_on=assess.assessed_on,
    standing="strong",
    quality=assess.quality,
    effectiveness=assess.effectiveness,
    figures=assess.figures,
)
COMMANDS: tuple[SupportCommand, ...] = (praise, raise_it, assign, resolve, assess)


def test_nothing_of_it_comes_before_acceptance_or_after_withdrawal() -> None:
    for command in COMMANDS:
        model.given(surveyed, registered).when(command).then_refused(refuse.NOT_ACCEPTED)
        model.given(*running, withdrawn).when(command).then_refused(refuse.WITHDRAWN)


class TestPraise:
    def test_a_model_is_praised_in_time(self) -> None:
        model.given(surveyed, registered, accepted).when(praise).then(praised)

    def test_the_same_praise_is_recorded_once(self) -> None:
        model.given(*running, praised).when(praise).then_nothing()
        other = msgspec.structs.replace(praise, by=LAUNCHING)
        model.given(*running, praised).when(other).then(
            msgspec.structs.replace(praised, by=LAUNCHING)
        )


class TestDifficulty:
    def test_a_difficulty_is_raised(self) -> None:
        model.given(*running).when(raise_it).then(raised)
        model.given(*running, raised).when(raise_it).then_nothing()

    def test_open_difficulties_are_bounded(self) -> None:
        many = tuple(
            msgspec.structs.replace(raised, difficulty_id=DifficultyId(UUID(int=100 + number)))
            for number in range(support.OPEN_DIFFICULTIES_MAX)
        )
        model.given(*running, *many).when(raise_it).then_refused(support.TOO_MANY_OPEN)

    def test_help_is_assigned_with_a_due_date_and_may_be_assigned_anew(self) -> None:
        model.given(*running, raised).when(assign).then(assigned)
        model.given(*running, raised, assigned).when(assign).then_nothing()
        later = msgspec.structs.replace(assign, due_on=date(2026, 6, 30))
        model.given(*running, raised, assigned).when(later).then(
            msgspec.structs.replace(assigned, due_on=date(2026, 6, 30))
        )

    def test_help_is_for_a_difficulty_that_was_raised_and_stands(self) -> None:
        model.given(*running).when(assign).then_refused(support.UNKNOWN_DIFFICULTY)
        model.given(*running, raised, resolved).when(assign).then_refused(support.ALREADY_RESOLVED)

    def test_help_is_due_today_at_the_earliest(self) -> None:
        today = msgspec.structs.replace(assign, due_on=date(2026, 5, 10))
        model.given(*running, raised).when(today).then(
            msgspec.structs.replace(assigned, due_on=date(2026, 5, 10))
        )
        yesterday = msgspec.structs.replace(assign, due_on=date(2026, 5, 9))
        model.given(*running, raised).when(yesterday).then_refused(support.HELP_DUE_IN_PAST)

    def test_it_is_resolved_with_help_or_without(self) -> None:
        model.given(*running, raised, assigned).when(resolve).then(resolved)
        model.given(*running, raised).when(resolve).then(resolved)

    def test_it_is_resolved_once(self) -> None:
        model.given(*running).when(resolve).then_refused(support.UNKNOWN_DIFFICULTY)
        model.given(*running, raised, resolved).when(resolve).then_nothing()
        other = msgspec.structs.replace(resolve, resolution="Cách khác.")
        model.given(*running, raised, resolved).when(other).then_refused(support.ALREADY_RESOLVED)


class TestInterimAssessment:
    def test_a_body_assesses_beside_the_holders_reports(self) -> None:
        model.given(*running).when(assess).then(assessed)
        model.given(*running, assessed).when(assess).then_nothing()

    def test_it_measures_against_the_plan(self) -> None:
        model.given(surveyed, registered, accepted).when(assess).then_refused(plan.NOT_RUNNING)
        other = (Figure(target="Cây xanh", value=Decimal(1)),)
        model.given(*running).when(msgspec.structs.replace(assess, figures=other)).then_refused(
            plan.UNKNOWN_TARGET
        )

    def test_it_has_been_made(self) -> None:
        tomorrow = msgspec.structs.replace(assess, assessed_on=date(2026, 5, 11))
        model.given(*running).when(tomorrow).then_refused(support.ASSESSED_IN_FUTURE)


@given(st.lists(st.sampled_from(COMMANDS), max_size=20))
def test_a_difficulty_is_resolved_at_most_once_and_never_helped_after(
    commands: list[SupportCommand],
) -> None:
    events: list[ModelEvent] = list(running)
    for command in commands:
        try:
            events.extend(MODEL.decide(MODEL.fold(events), command))
        except RefusedError:
            continue
    kinds = [type(event) for event in events]
    assert kinds.count(DifficultyResolved) <= 1
    if DifficultyResolved in kinds:
        assert HelpAssigned not in kinds[kinds.index(DifficultyResolved) :]
