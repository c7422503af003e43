"""A dossier as the specifications of appraisal, posting and advice use it."""

from datetime import UTC, date, datetime
from uuid import UUID

from services.evaluation.domain.appraisal_state import AppraisalEvent
from services.evaluation.domain.posting import PostingRules
from services.evaluation.domain.scoring import OpenAppraisal, Standard
from services.evaluation.presets import load_presets
from shared.contracts.appraisal import (
    AppraisalDiscontinued,
    AppraisalOpened,
    Appraised,
    CriterionResult,
    CriterionScored,
    GateChecked,
    PostingClosed,
    PostingOpened,
)
from shared.contracts.values import (
    AppraisalId,
    CriteriaSetId,
    ModelId,
    MovementId,
    OrganizationId,
    RuleSetId,
)

NOW = datetime(2026, 10, 5, 2, tzinfo=UTC)
"""Monday, nine in the morning in Viet Nam."""

PRESET = load_presets()[0]
STANDARD = Standard(
    criteria=PRESET.criteria_set.criteria, points_required=PRESET.criteria_set.points_required
)
POSTING_RULES = PostingRules(working_days=10, holidays=PRESET.rule_set.settings.holidays.value)

opened = AppraisalOpened(
    appraisal_id=AppraisalId(UUID(int=1)),
    model=ModelId(UUID(int=2)),
    movement=MovementId(UUID(int=3)),
    year=2026,
    aim="model",
    holder=OrganizationId(UUID(int=4)),
    committee=OrganizationId(UUID(int=5)),
    appraising_unit=OrganizationId(UUID(int=6)),
    deciding_body=OrganizationId(UUID(int=7)),
    rule_set=RuleSetId(UUID(int=8)),
    rule_set_version=1,
    criteria_set=CriteriaSetId(UUID(int=9)),
    criteria_set_version=1,
    field="economy",
)
open_appraisal = OpenAppraisal(
    appraisal_id=opened.appraisal_id,
    model=opened.model,
    movement=opened.movement,
    year=opened.year,
    aim=opened.aim,
    holder=opened.holder,
    committee=opened.committee,
    appraising_unit=opened.appraising_unit,
    deciding_body=opened.deciding_body,
    rule_set=opened.rule_set,
    rule_set_version=1,
    criteria_set=opened.criteria_set,
    criteria_set_version=1,
    field="economy",
    at=NOW,
)
gate = GateChecked(
    appraisal_id=opened.appraisal_id,
    gate="compliance",
    passed=True,
    finding="Chấp hành tốt chủ trương của Đảng, pháp luật của Nhà nước.",
)


def scored(criterion: str, points: int) -> CriterionScored:
    return CriterionScored(
        appraisal_id=opened.appraisal_id,
        criterion=criterion,
        points=points,
        evidence="Biên bản kiểm tra tại cơ sở",
    )


def results(*points: int) -> tuple[CriterionResult, ...]:
    return tuple(
        CriterionResult(criterion=criterion.id, points=given)
        for criterion, given in zip(STANDARD.criteria, points, strict=True)
    )


scores = tuple(scored(criterion.id, 15) for criterion in STANDARD.criteria)
appraised = Appraised(
    appraisal_id=opened.appraisal_id,
    model=opened.model,
    year=2026,
    points=75,
    points_required=70,
    gates_passed=True,
    meets_standard=True,
    summary="Mô hình đạt yêu cầu.",
    results=results(15, 15, 15, 15, 15),
)
posted = PostingOpened(
    appraisal_id=opened.appraisal_id,
    model=opened.model,
    opens_on=date(2026, 10, 5),
    closes_on=date(2026, 10, 19),
    where="Nhà văn hóa xóm và cổng thông tin xã",
)
closed = PostingClosed(appraisal_id=opened.appraisal_id, model=opened.model, opinions=0)
discontinued = AppraisalDiscontinued(
    appraisal_id=opened.appraisal_id, model=opened.model, reason="Không còn điều kiện thực hiện."
)
COMPLETE: tuple[AppraisalEvent, ...] = (opened, gate, *scores, appraised)
