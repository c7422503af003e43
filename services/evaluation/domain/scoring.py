"""Opening an appraisal, checking the gate, scoring the criteria, and what follows from them."""

from typing import Annotated, Final, Literal

import msgspec

from services.evaluation.domain.appraisal_state import Appraisal, opened
from shared.contracts.appraisal import AppraisalOpened, Appraised, CriterionScored, GateChecked
from shared.contracts.evaluation import Criterion
from shared.contracts.values import (
    Aim,
    AppraisalId,
    CategoryId,
    CriteriaSetId,
    ModelId,
    MovementId,
    OrganizationId,
    RuleSetId,
    Text,
    WorkField,
)
from shared.domain.decider import Request
from shared.domain.refusal import Refusal
from shared.domain.time import Instant


class Standard(msgspec.Struct, frozen=True, kw_only=True):
    """The criteria the appraisal goes by and the points that make the standard."""

    criteria: tuple[Criterion, ...]
    points_required: int


# --- commands ---------------------------------------------------------------------------------


class OpenAppraisal(Request, frozen=True, kw_only=True):
    """Open the appraisal of a model whose results are in. Nobody asks for it: it follows."""

    appraisal_id: AppraisalId
    model: ModelId
    movement: MovementId
    year: int
    aim: Aim
    holder: OrganizationId
    committee: OrganizationId
    appraising_unit: OrganizationId
    deciding_body: OrganizationId
    rule_set: RuleSetId
    rule_set_version: int
    criteria_set: CriteriaSetId
    criteria_set_version: int
    field: WorkField
    at: Instant


class CheckGateForm(Request, frozen=True, kw_only=True):
    """Whether Party lines and State law are complied with, and what was found."""

    passed: bool
    finding: Text
    gate: Literal["compliance"] = "compliance"


class CheckGate(CheckGateForm, frozen=True, kw_only=True):
    """Check the gate, or check it again before the appraisal is complete."""

    at: Instant


class ScoreCriterionForm(Request, frozen=True, kw_only=True):
    """Points for a criterion and the evidence for them."""

    criterion: CategoryId
    points: Annotated[int, msgspec.Meta(ge=0, le=1000)]
    evidence: Text


class ScoreCriterion(ScoreCriterionForm, frozen=True, kw_only=True):
    """Score a criterion, or score it again before the appraisal is complete."""

    standard: Standard
    at: Instant


class CompleteAppraisalForm(Request, frozen=True, kw_only=True):
    """The appraisal in a few sentences."""

    summary: Text


class CompleteAppraisal(CompleteAppraisalForm, frozen=True, kw_only=True):
    """Complete the appraisal; whether the standard is met follows from gate and points."""

    standard: Standard
    at: Instant


# --- rules ------------------------------------------------------------------------------------

ALREADY_APPRAISED: Final = Refusal(
    "already-appraised",
    vi="Thẩm định đã hoàn thành, điểm và kết luận không sửa được nữa.",
    en="The appraisal is complete; points and findings can no longer be changed.",
)
CRITERION_UNKNOWN: Final = Refusal(
    "criterion-unknown",
    vi="Bộ tiêu chí đang áp dụng không có tiêu chí «{criterion}». Các tiêu chí: {known}.",
    en="The criteria in force have no “{criterion}”. They are: {known}.",
)
POINTS_ABOVE_MAX: Final = Refusal(
    "points-above-maximum",
    vi="Tiêu chí «{criterion}» cho tối đa {maximum} điểm, không thể chấm {points}.",
    en="The criterion “{criterion}” gives {maximum} points at most, not {points}.",
    practice="criteria",
)
GATE_UNCHECKED: Final = Refusal(
    "gate-unchecked",
    vi="Chưa kết luận việc chấp hành chủ trương của Đảng, pháp luật của Nhà nước. Hãy kết luận trước.",
    en="Compliance with Party lines and State law has not been checked. Check it first.",
    clause="II.2",
)
CRITERIA_UNSCORED: Final = Refusal(
    "criteria-unscored",
    vi="Chưa chấm đủ tiêu chí; còn thiếu: {missing}.",
    en="Some criteria have no score yet: {missing}.",
    clause="I.2.1c",
)


def open_appraisal(state: Appraisal, command: OpenAppraisal) -> tuple[AppraisalOpened, ...]:
    """One model and year have one appraisal: opening it again changes nothing."""
    if state.opened is not None:
        return ()
    return (
        AppraisalOpened(
            appraisal_id=command.appraisal_id,
            model=command.model,
            movement=command.movement,
            year=command.year,
            aim=command.aim,
            holder=command.holder,
            committee=command.committee,
            appraising_unit=command.appraising_unit,
            deciding_body=command.deciding_body,
            rule_set=command.rule_set,
            rule_set_version=command.rule_set_version,
            criteria_set=command.criteria_set,
            criteria_set_version=command.criteria_set_version,
            field=command.field,
        ),
    )


def check_gate(state: Appraisal, command: CheckGate) -> tuple[GateChecked, ...]:
    """A gate has no points (clause II.2)."""
    opening = _unfinished(state)
    event = GateChecked(
        appraisal_id=opening.appraisal_id,
        gate=command.gate,
        passed=command.passed,
        finding=command.finding,
    )
    return () if state.gate == event else (event,)


def score_criterion(state: Appraisal, command: ScoreCriterion) -> tuple[CriterionScored, ...]:
    """Points within the criterion's maximum."""
    opening = _unfinished(state)
    maxima = {criterion.id: criterion.points_max for criterion in command.standard.criteria}
    maximum = maxima.get(command.criterion)
    if maximum is None:
        raise CRITERION_UNKNOWN(criterion=command.criterion, known=", ".join(maxima))
    if command.points > maximum:
        raise POINTS_ABOVE_MAX(criterion=command.criterion, maximum=maximum, points=command.points)
    event = CriterionScored(
        appraisal_id=opening.appraisal_id,
        criterion=command.criterion,
        points=command.points,
        evidence=command.evidence,
    )
    return () if state.scores.get(command.criterion) == event else (event,)


def complete_appraisal(state: Appraisal, command: CompleteAppraisal) -> tuple[Appraised, ...]:
    """The standard is met with the gate passed and enough points; a failed gate outweighs any points."""
    if state.appraised is not None and state.appraised.summary == command.summary:
        return ()
    opening = _unfinished(state)
    if state.gate is None:
        raise GATE_UNCHECKED()
    criteria = [criterion.id for criterion in command.standard.criteria]
    missing = [criterion for criterion in criteria if criterion not in state.scores]
    if missing:
        raise CRITERIA_UNSCORED(missing=", ".join(missing))
    points = sum(state.scores[criterion].points for criterion in criteria)
    required = command.standard.points_required
    return (
        Appraised(
            appraisal_id=opening.appraisal_id,
            model=opening.model,
            year=opening.year,
            points=points,
            points_required=required,
            gates_passed=state.gate.passed,
            meets_standard=state.gate.passed and points >= required,
            summary=command.summary,
        ),
    )


def _unfinished(state: Appraisal) -> AppraisalOpened:
    opening = opened(state)
    if state.appraised is not None:
        raise ALREADY_APPRAISED()
    return opening
