"""How the mobilisation system stands by a model: praise, help with difficulties, interim assessments
(clause III.2.1a).
"""

from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final

import msgspec

from services.registration.domain.plan import NOT_RUNNING, Figures, Plan, check_figures
from shared.contracts.registration import ModelRegistered
from shared.contracts.running import (
    DifficultyRaised,
    DifficultyResolved,
    HelpAssigned,
    InterimAssessmentRecorded,
    ModelPraised,
    Standing,
)
from shared.contracts.values import DifficultyId, OrganizationId, Text
from shared.domain.decider import Request
from shared.domain.refusal import Refusal
from shared.domain.time import Instant, legal_date

OPEN_DIFFICULTIES_MAX: Final = 50

# --- state ------------------------------------------------------------------------------------


class Difficulty(msgspec.Struct, frozen=True, kw_only=True):
    """A difficulty, the help it has last been given, and how it was resolved."""

    raised: DifficultyRaised
    help: HelpAssigned | None = None
    resolved: DifficultyResolved | None = None


class Support(msgspec.Struct, frozen=True):
    """What the mobilisation system did for a model, in the order it was recorded."""

    praises: tuple[ModelPraised, ...] = ()
    difficulties: Mapping[DifficultyId, Difficulty] = MappingProxyType({})
    assessments: tuple[InterimAssessmentRecorded, ...] = ()

    @property
    def open_difficulties(self) -> int:
        """How many are not resolved."""
        return sum(one.resolved is None for one in self.difficulties.values())


SupportEvent = (
    ModelPraised | DifficultyRaised | HelpAssigned | DifficultyResolved | InterimAssessmentRecorded
)


def evolve(state: Support, event: SupportEvent) -> Support:
    """What is known of the support after `event`."""
    known = msgspec.structs.replace
    match event:
        case ModelPraised():
            return known(state, praises=(*state.praises, event))
        case DifficultyRaised():
            return _with(state, Difficulty(raised=event))
        case HelpAssigned():
            return _with(state, known(state.difficulties[event.difficulty_id], help=event))
        case DifficultyResolved():
            return _with(state, known(state.difficulties[event.difficulty_id], resolved=event))
        case InterimAssessmentRecorded():
            return known(state, assessments=(*state.assessments, event))


def _with(state: Support, one: Difficulty) -> Support:
    difficulties = {**state.difficulties, one.raised.difficulty_id: one}
    return msgspec.structs.replace(state, difficulties=MappingProxyType(difficulties))


# --- commands ---------------------------------------------------------------------------------


class PraiseModelForm(Request, frozen=True, kw_only=True):
    """What the praise is for."""

    reasons: Text


class PraiseModel(PraiseModelForm, frozen=True, kw_only=True):
    """Praise the model in time. `by` is the body of the mobilisation system that acts, here and below."""

    by: OrganizationId
    at: Instant


class RaiseDifficultyForm(Request, frozen=True, kw_only=True):
    """What stands in the way."""

    description: Text


class RaiseDifficulty(RaiseDifficultyForm, frozen=True, kw_only=True):
    """Tell the mobilisation system of a difficulty. `help_days` are those of the dossier's rule set."""

    difficulty_id: DifficultyId
    help_days: int
    at: Instant


class AssignHelpForm(Request, frozen=True, kw_only=True):
    """Which body helps, with what, by when."""

    helper: OrganizationId
    task: Text
    due_on: date


class AssignHelp(AssignHelpForm, frozen=True, kw_only=True):
    """Assign help with a difficulty, or assign it anew."""

    difficulty_id: DifficultyId
    by: OrganizationId
    at: Instant


class ResolveDifficultyForm(Request, frozen=True, kw_only=True):
    """How the difficulty was overcome."""

    resolution: Text


class ResolveDifficulty(ResolveDifficultyForm, frozen=True, kw_only=True):
    """Record that a difficulty is resolved."""

    difficulty_id: DifficultyId
    at: Instant


class RecordInterimAssessmentForm(Request, frozen=True, kw_only=True):
    """What the body found, beside the holder's own reports; its own figures for targets of the plan."""

    assessed_on: date
    standing: Standing
    quality: Text
    effectiveness: Text
    figures: Figures = ()


class RecordInterimAssessment(RecordInterimAssessmentForm, frozen=True, kw_only=True):
    """Record an assessment of quality and effect."""

    by: OrganizationId
    at: Instant


SupportCommand = (
    PraiseModel | RaiseDifficulty | AssignHelp | ResolveDifficulty | RecordInterimAssessment
)

# --- rules ------------------------------------------------------------------------------------

UNKNOWN_DIFFICULTY: Final = Refusal(
    "difficulty-unknown",
    vi="Mô hình không có khó khăn này. Hãy xem lại danh sách khó khăn.",
    en="The model has no such difficulty. Look at the list of its difficulties.",
    clause="III.2.1a",
)
ALREADY_RESOLVED: Final = Refusal(
    "difficulty-resolved",
    vi="Khó khăn này đã được giải quyết. Nếu còn vướng mắc, hãy nêu khó khăn mới.",
    en="This difficulty is resolved. If something still stands in the way, raise it anew.",
    clause="III.2.1a",
)
TOO_MANY_OPEN: Final = Refusal(
    "difficulties-too-many",
    vi="Đang có {most} khó khăn chưa giải quyết. Hãy giải quyết bớt trước khi nêu thêm.",
    en="{most} difficulties are open. Resolve some before raising more.",
)
HELP_DUE_IN_PAST: Final = Refusal(
    "help-due-in-past",
    vi="Hạn giúp đỡ {due_on} đã qua. Hãy chọn ngày từ hôm nay trở đi.",
    en="The help would be due on {due_on}, which has passed. Choose a day from today on.",
    clause="III.2.1a",
)
ASSESSED_IN_FUTURE: Final = Refusal(
    "assessment-in-future",
    vi="Ngày đánh giá {assessed_on} ở sau hôm nay. Hãy ghi ngày đã đánh giá.",
    en="The assessment's date {assessed_on} lies in the future. Enter the day it was made.",
)


def decide(
    state: Support, command: SupportCommand, registration: ModelRegistered, plan: Plan | None
) -> tuple[SupportEvent, ...]:
    """What follows from `command` for an accepted model. Raises RefusedError."""
    model_id = registration.model_id
    match command:
        case PraiseModel():
            praise = ModelPraised(model_id=model_id, by=command.by, reasons=command.reasons)
            return () if praise in state.praises else (praise,)
        case RaiseDifficulty():
            return _raise(state, command, registration)
        case AssignHelp():
            return _assign_help(state, command, registration)
        case ResolveDifficulty():
            return _resolve(state, command, registration)
        case RecordInterimAssessment():
            return _assess(state, command, registration, plan)


def _raise(
    state: Support, command: RaiseDifficulty, registration: ModelRegistered
) -> tuple[SupportEvent, ...]:
    if command.difficulty_id in state.difficulties:
        return ()
    if state.open_difficulties >= OPEN_DIFFICULTIES_MAX:
        raise TOO_MANY_OPEN(most=OPEN_DIFFICULTIES_MAX)
    return (
        DifficultyRaised(
            model_id=registration.model_id,
            difficulty_id=command.difficulty_id,
            raised_on=legal_date(command.at),
            help_by=legal_date(command.at) + timedelta(days=command.help_days),
            description=command.description,
        ),
    )


def _difficulty(state: Support, difficulty_id: DifficultyId) -> Difficulty:
    found = state.difficulties.get(difficulty_id)
    if found is None:
        raise UNKNOWN_DIFFICULTY()
    return found


def _assign_help(
    state: Support, command: AssignHelp, registration: ModelRegistered
) -> tuple[SupportEvent, ...]:
    difficulty = _difficulty(state, command.difficulty_id)
    if difficulty.resolved is not None:
        raise ALREADY_RESOLVED()
    assigned = HelpAssigned(
        model_id=registration.model_id,
        difficulty_id=command.difficulty_id,
        by=command.by,
        helper=command.helper,
        task=command.task,
        due_on=command.due_on,
    )
    if difficulty.help == assigned:
        return ()
    if command.due_on < legal_date(command.at):
        raise HELP_DUE_IN_PAST(due_on=command.due_on.isoformat())
    return (assigned,)


def _resolve(
    state: Support, command: ResolveDifficulty, registration: ModelRegistered
) -> tuple[SupportEvent, ...]:
    difficulty = _difficulty(state, command.difficulty_id)
    if difficulty.resolved is not None:
        if difficulty.resolved.resolution == command.resolution:
            return ()
        raise ALREADY_RESOLVED()
    return (
        DifficultyResolved(
            model_id=registration.model_id,
            difficulty_id=command.difficulty_id,
            resolved_on=legal_date(command.at),
            resolution=command.resolution,
        ),
    )


def _assess(
    state: Support,
    command: RecordInterimAssessment,
    registration: ModelRegistered,
    plan: Plan | None,
) -> tuple[SupportEvent, ...]:
    if plan is None:
        raise NOT_RUNNING()
    check_figures(plan, command.figures)
    if command.assessed_on > legal_date(command.at):
        raise ASSESSED_IN_FUTURE(assessed_on=command.assessed_on.isoformat())
    assessment = InterimAssessmentRecorded(
        model_id=registration.model_id,
        by=command.by,
        assessed_on=command.assessed_on,
        standing=command.standing,
        quality=command.quality,
        effectiveness=command.effectiveness,
        figures=command.figures,
    )
    return () if assessment in state.assessments else (assessment,)
