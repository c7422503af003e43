"""Opening an appraisal, checking the gate, scoring the criteria, and what follows from them."""

from collections.abc import Collection
from typing import Annotated, Final, Literal

import msgspec

from services.evaluation.domain.appraisal_state import Appraisal, unfinished
from services.evaluation.domain.result import points_of, result
from shared.contracts.appraisal import (
    AppraisalOpened,
    Appraised,
    CriterionResult,
    CriterionScored,
    GateChecked,
)
from shared.contracts.evaluation import Criterion, ScoreRule, SiteVisitRule
from shared.contracts.holding import JointHolders
from shared.contracts.running import Sha256
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

FILES_MAX: Final = 20
"""Files that one score or one visit refers to."""


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
    joint_holders: JointHolders = ()
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
    files: Annotated[tuple[Sha256, ...], msgspec.Meta(max_length=FILES_MAX)] = ()
    """Hashes of evidence attached to the model."""


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
    score_rule: ScoreRule
    site_visit: SiteVisitRule
    at: Instant


# --- rules ------------------------------------------------------------------------------------

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
TEAM_SCORES: Final = Refusal(
    "team-scores",
    vi="Hồ sơ này có tổ thẩm định: chỉ thành viên tổ chấm điểm, mỗi người tự chấm.",
    en="A team appraises this dossier: only its members score, each for himself.",
)
EVIDENCE_UNKNOWN: Final = Refusal(
    "score-evidence-unknown",
    vi="Mô hình không có tệp minh chứng «{hash}…», hoặc tệp đã rút. Hãy đính kèm trước rồi dẫn mã của tệp.",
    en="No file “{hash}…” is attached to the model, or it was withdrawn. Attach it first, then cite its hash.",
)
DIVERGENCE_UNRESOLVED: Final = Refusal(
    "divergence-unresolved",
    vi="Điểm của tổ lệch nhau nhiều ở tiêu chí: {criteria}. Hãy thảo luận và ghi kết quả trước.",
    en="The team's points lie far apart for: {criteria}. Discuss them and record what came of it first.",
    practice="divergence",
)
SITE_UNVISITED: Final = Refusal(
    "site-unvisited",
    vi="Quy định yêu cầu kiểm tra thực địa trước khi kết luận. Hãy ghi kết quả một buổi kiểm tra.",
    en="The rules ask for a visit to the site before the appraisal is complete. Record one.",
    practice="site_visit",
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
            joint_holders=command.joint_holders,
        ),
    )


def check_gate(state: Appraisal, command: CheckGate) -> tuple[GateChecked, ...]:
    """A gate has no points (clause II.2)."""
    opening = unfinished(state)
    event = GateChecked(
        appraisal_id=opening.appraisal_id,
        gate=command.gate,
        passed=command.passed,
        finding=command.finding,
    )
    return () if state.gate == event else (event,)


def score_criterion(state: Appraisal, command: ScoreCriterion) -> tuple[CriterionScored, ...]:
    """The unit's own score, where no team is assigned. The same again says that it holds for what was
    corrected meanwhile.
    """
    opening = unfinished(state)
    if state.team:
        raise TEAM_SCORES()
    refuse_points(command.standard, command.criterion, command.points)
    event = CriterionScored(
        appraisal_id=opening.appraisal_id,
        criterion=command.criterion,
        points=command.points,
        evidence=command.evidence,
        files=command.files,
    )
    same = state.score(command.criterion, None) == event
    return () if same and not state.is_before_correction(command.criterion, None) else (event,)


def refuse_points(standard: Standard, criterion: CategoryId, points: int) -> None:
    """Points within the maximum of a criterion that there is. Raises RefusedError."""
    maxima = {one.id: one.points_max for one in standard.criteria}
    maximum = maxima.get(criterion)
    if maximum is None:
        raise CRITERION_UNKNOWN(criterion=criterion, known=", ".join(maxima))
    if points > maximum:
        raise POINTS_ABOVE_MAX(criterion=criterion, maximum=maximum, points=points)


def refuse_unknown_files(files: tuple[Sha256, ...], attached: Collection[Sha256]) -> None:
    """Refuse evidence that is not attached to the model. Decided before the score goes to the vault."""
    for one in files:
        if one not in attached:
            raise EVIDENCE_UNKNOWN(hash=one[:12])


def complete_appraisal(state: Appraisal, command: CompleteAppraisal) -> tuple[Appraised, ...]:
    """The standard is met with the gate passed and enough points; a failed gate outweighs any points."""
    if state.appraised is not None and state.appraised.summary == command.summary:
        return ()
    opening = unfinished(state)
    if state.gate is None:
        raise GATE_UNCHECKED()
    if command.site_visit == "required" and not state.visited:
        raise SITE_UNVISITED()
    results = _results(state, command)
    points = sum(one.points for one in results)
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
            results=results,
        ),
    )


def _results(state: Appraisal, command: CompleteAppraisal) -> tuple[CriterionResult, ...]:
    """The points of each criterion, from every appraiser's score. Raises RefusedError."""
    appraisers = len(state.team) or 1
    given = {one.id: points_of(state, one.id) for one in command.standard.criteria}
    missing = [criterion for criterion, points in given.items() if len(points) < appraisers]
    if missing:
        raise CRITERIA_UNSCORED(missing=", ".join(missing))
    undiscussed = [one for one in state.divergences if one not in state.resolutions]
    if undiscussed:
        raise DIVERGENCE_UNRESOLVED(criteria=", ".join(undiscussed))
    return tuple(
        CriterionResult(criterion=criterion, points=result(points, command.score_rule))
        for criterion, points in given.items()
    )
