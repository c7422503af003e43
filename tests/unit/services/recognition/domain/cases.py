"""A case in its usual states, for the specifications of what leads up to and follows its decision."""

from datetime import UTC, date, datetime
from uuid import UUID

import msgspec

from services.recognition.domain.deciding import DecisionRules, EarlierCase, Recognize
from shared.contracts.recognition import (
    CaseDiscontinued,
    CaseOpened,
    CompetenceDetermined,
    CompetentBody,
    Declined,
    DuplicateFound,
    Ground,
    ProposalReturned,
    ProposalSubmitted,
    Recognized,
)
from shared.contracts.values import (
    AchievementId,
    AppraisalId,
    CaseId,
    Forgettable,
    ModelId,
    MovementId,
    OrganizationId,
    RuleSetId,
)

CASE_ID, OTHER_CASE, THIRD_CASE = (CaseId(UUID(int=n)) for n in (1, 101, 102))
MODEL, OTHER_MODEL = ModelId(UUID(int=2)), ModelId(UUID(int=103))
MOVEMENT, RULE_SET = MovementId(UUID(int=3)), RuleSetId(UUID(int=5))
APPRAISAL, ACHIEVEMENT_ID = AppraisalId(UUID(int=4)), AchievementId(UUID(int=6))
CELL, COMMITTEE, SECTION, UNION = (OrganizationId(UUID(int=n)) for n in range(11, 15))
SIGNER = Forgettable(payload=UUID(int=20), commitment="ab" * 32)
NOW = datetime(2026, 10, 12, 3, tzinfo=UTC)
TODAY = date(2026, 10, 12)
RULES = DecisionRules(
    month_from=date(2026, 10, 1),
    month_to=date(2026, 10, 31),
    outside_month="reason_required",
    proposal="none",
    same_achievement="recognised_once",
    exemplar_basis="recognised",
)
PROPOSAL_REQUIRED = msgspec.structs.replace(RULES, proposal="required")

OPENED = CaseOpened(
    case_id=CASE_ID,
    model=MODEL,
    movement=MOVEMENT,
    year=2026,
    achievement=ACHIEVEMENT_ID,
    aim="model",
    holder=CELL,
    holder_kind="collective",
    committee=COMMITTEE,
    appraisal=APPRAISAL,
    appraising_unit=SECTION,
    deciding_body=COMMITTEE,
    advice="recognise",
    grounds=(
        Ground(clause="I.2.1a", event_id=UUID(int=31)),
        Ground(clause="I.2.1c", event_id=UUID(int=33)),
    ),
    rule_set=RULE_SET,
    rule_set_version=1,
)
COMPETENT = CompetenceDetermined(
    case_id=CASE_ID,
    as_of=date(2026, 10, 10),
    bodies=(CompetentBody(organization=COMMITTEE, clause="I.2.2d"),),
    named_body_competent=True,
)
OTHERS_COMPETENT = msgspec.structs.replace(
    COMPETENT,
    bodies=(CompetentBody(organization=UNION, clause="I.2.2c"),),
    named_body_competent=False,
)
DUPLICATE = DuplicateFound(
    case_id=CASE_ID,
    model=MODEL,
    other_case=OTHER_CASE,
    other_model=OTHER_MODEL,
    other_body=UNION,
    finding="Cùng đoạn đường, cùng tổ dân vận thực hiện.",
)
SUBMITTED = ProposalSubmitted(
    case_id=CASE_ID,
    submitted_by=SECTION,
    submitted_to=COMMITTEE,
    document_number="07-TTr/BDV",
    submitted_on=TODAY,
    summary="Đề nghị công nhận mô hình.",
)
RETURNED = ProposalReturned(
    case_id=CASE_ID,
    returned_by=COMMITTEE,
    returned_to=SECTION,
    returned_on=TODAY,
    reasons="Thiếu biên bản họp.",
)
RECOGNIZED = Recognized(
    case_id=CASE_ID,
    model=MODEL,
    movement=MOVEMENT,
    year=2026,
    aim="model",
    holder=CELL,
    committee=COMMITTEE,
    appraising_unit=SECTION,
    decided_by=COMMITTEE,
    clauses=("I.2.2d",),
    decision_number="15-QĐ/ĐU",
    decided_on=TODAY,
    signer_office="Bí thư Đảng ủy",
    signer=SIGNER,
)
DECLINED = Declined(
    case_id=CASE_ID,
    model=MODEL,
    movement=MOVEMENT,
    year=2026,
    aim="model",
    holder=CELL,
    committee=COMMITTEE,
    appraising_unit=SECTION,
    decided_by=COMMITTEE,
    clauses=("I.2.2d",),
    decision_number="16-QĐ/ĐU",
    decided_on=TODAY,
    signer_office="Bí thư Đảng ủy",
    signer=SIGNER,
    reasons="Chưa đủ người dân tham gia.",
)
DISCONTINUED = CaseDiscontinued(case_id=CASE_ID, model=MODEL, reason="Tổ dân vận đã giải thể.")


def recognize(*earlier: EarlierCase, rules: DecisionRules = RULES, at: datetime = NOW) -> Recognize:
    return Recognize(
        decision_number="15-QĐ/ĐU",
        signer_office="Bí thư Đảng ủy",
        signer=SIGNER,
        at=at,
        rules=rules,
        earlier=earlier,
    )


def earlier(*, ended: bool = False, number: str | None = None) -> EarlierCase:
    return EarlierCase(case_id=OTHER_CASE, ended_without_recognition=ended, decision_number=number)
