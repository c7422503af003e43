"""A case in its usual states, and the commands that lead it on, for all its specifications."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from uuid import UUID

import msgspec

from services.recognition.domain.achievement import EnterAchievement
from services.recognition.domain.afterwards import AmendDecision
from services.recognition.domain.case import CASE, AdviceFacts, CaseCommand, OpenCase
from services.recognition.domain.case_state import Case, CaseEvent
from services.recognition.domain.competence import Graph, GraphCompetence
from services.recognition.domain.complaints import AnswerComplaint
from services.recognition.domain.deciding import DecisionRules, Decline, EarlierCase, Recognize
from services.recognition.domain.revocation import AfterRules, GroundTerms
from shared.contracts.recognition import (
    AchievementEntered,
    Advice,
    CaseDiscontinued,
    CaseOpened,
    CompetenceDetermined,
    CompetentBody,
    ComplaintAnswered,
    ComplaintLodged,
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
from shared.domain.graph import GraphLine
from shared.domain.refusal import RefusedError

CASE_ID, OTHER_CASE, THIRD_CASE = (CaseId(UUID(int=n)) for n in (1, 101, 102))
MODEL, OTHER_MODEL = ModelId(UUID(int=2)), ModelId(UUID(int=103))
MOVEMENT, RULE_SET = MovementId(UUID(int=3)), RuleSetId(UUID(int=5))
APPRAISAL, ACHIEVEMENT_ID = AppraisalId(UUID(int=4)), AchievementId(UUID(int=6))
CELL, COMMITTEE, SECTION, UNION = (OrganizationId(UUID(int=n)) for n in range(11, 15))
SIGNER = Forgettable(payload=UUID(int=20), commitment="ab" * 32)
COMPLAINT_ID = UUID(int=50)
NOW, TODAY = datetime(2026, 10, 12, 3, tzinfo=UTC), date(2026, 10, 12)
AFTER_THE_MONTH = datetime(2026, 11, 20, 3, tzinfo=UTC)
RULES = DecisionRules(
    month_from=date(2026, 10, 1),
    month_to=date(2026, 10, 31),
    outside_month="reason_required",
    proposal="none",
    same_achievement="recognised_once",
    exemplar_basis="recognised",
)
PROPOSAL_REQUIRED = msgspec.structs.replace(RULES, proposal="required")
AFTER_RULES = AfterRules(
    complaint_days=90,
    revocation_report_days=7,
    revocation_decision_working_days=5,
    holidays=(date(2026, 1, 1), date(2027, 1, 1)),
)
SINCE = date(2025, 7, 1)
GRAPH = Graph(
    lines=(
        GraphLine(organization=CELL, line="party", superior=COMMITTEE, valid_from=SINCE),
        GraphLine(organization=CELL, line="territory", superior=COMMITTEE, valid_from=SINCE),
    ),
    competences=(
        GraphCompetence(organization=COMMITTEE, clause="I.2.2b", valid_from=SINCE),
        GraphCompetence(organization=COMMITTEE, clause="I.2.2d", valid_from=SINCE),
    ),
)
REGISTRATION = Ground(clause="I.2.1a", event_id=UUID(int=31))
POSTING = Ground(clause="I.2.1b", event_id=UUID(int=32))
APPRAISED = Ground(clause="I.2.1c", event_id=UUID(int=33))

# --- what happens to a case -------------------------------------------------------------------

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
    grounds=(REGISTRATION, POSTING, APPRAISED),
    rule_set=RULE_SET,
    rule_set_version=1,
)
COMPETENT = CompetenceDetermined(
    case_id=CASE_ID,
    as_of=date(2026, 10, 10),
    bodies=(
        CompetentBody(organization=COMMITTEE, clause="I.2.2b"),
        CompetentBody(organization=COMMITTEE, clause="I.2.2d"),
    ),
    named_body_competent=True,
)
OTHERS_COMPETENT = msgspec.structs.replace(
    COMPETENT,
    bodies=(CompetentBody(organization=UNION, clause="I.2.2c"),),
    named_body_competent=False,
)
NOBODY_COMPETENT = msgspec.structs.replace(OTHERS_COMPETENT, bodies=())
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
    clauses=("I.2.2b", "I.2.2d"),
    decision_number="15-QĐ/ĐU",
    decided_on=TODAY,
    signer_office="Bí thư Đảng ủy",
    signer=SIGNER,
)
DECLINED = msgspec.convert(
    msgspec.structs.asdict(RECOGNIZED)
    | {"decision_number": "16-QĐ/ĐU", "reasons": "Chưa đủ người dân tham gia."},
    Declined,
)
DISCONTINUED = CaseDiscontinued(case_id=CASE_ID, model=MODEL, reason="Tổ dân vận đã giải thể.")
LODGED = ComplaintLodged(
    case_id=CASE_ID,
    model=MODEL,
    complaint_id=COMPLAINT_ID,
    lodged_on=TODAY,
    complaint=Forgettable(payload=UUID(int=51), commitment="cd" * 32),
)
UPHELD = ComplaintAnswered(
    case_id=CASE_ID,
    model=MODEL,
    complaint_id=COMPLAINT_ID,
    answered_by=COMMITTEE,
    answered_on=TODAY,
    outcome="upheld",
    answer="Tên chủ thể ghi sai; sẽ sửa.",
    remedy="amendment",
)


def opened(
    advice: Advice = "recognise",
    *,
    grounds: tuple[Ground, ...] = OPENED.grounds,
    unit: OrganizationId = SECTION,
) -> CaseOpened:
    return msgspec.structs.replace(OPENED, advice=advice, grounds=grounds, appraising_unit=unit)


def duplicate_by_name(other: CaseId) -> DuplicateFound:
    return DuplicateFound(
        case_id=CASE_ID, model=MODEL, other_case=other, other_model=MODEL, other_body=COMMITTEE
    )


def entered(of: CaseId, again: UUID | None = None) -> AchievementEntered:
    return AchievementEntered(
        achievement=ACHIEVEMENT_ID, case_id=of, model=MODEL, deciding_body=COMMITTEE, again=again
    )


# --- its usual states -------------------------------------------------------------------------

READY_CASE: tuple[CaseEvent, ...] = (OPENED, COMPETENT)
DUPLICATE_CASE: tuple[CaseEvent, ...] = (OPENED, DUPLICATE, COMPETENT)
RECOGNIZED_CASE: tuple[CaseEvent, ...] = (*READY_CASE, RECOGNIZED)
DECLINED_CASE: tuple[CaseEvent, ...] = (*READY_CASE, DECLINED)

# --- what leads it on -------------------------------------------------------------------------


def open_case(
    advice: Advice = "recognise", *, earlier: tuple[AchievementEntered, ...] = ()
) -> OpenCase:
    return OpenCase(
        case_id=CASE_ID,
        at=NOW,
        advice=msgspec.convert(opened(advice), AdviceFacts, from_attributes=True),
        holder_kind="collective",
        grounds=OPENED.grounds,
        achievement=ACHIEVEMENT_ID,
        earlier=earlier,
    )


def entering(of: CaseId, again: UUID | None = None) -> EnterAchievement:
    return EnterAchievement(
        achievement=ACHIEVEMENT_ID, case_id=of, model=MODEL, deciding_body=COMMITTEE, again=again
    )


def earlier(
    *, ended: bool = False, number: str | None = None, stands_behind: bool = False
) -> EarlierCase:
    return EarlierCase(
        case_id=OTHER_CASE,
        ended_without_recognition=ended,
        decision_number=number,
        stands_behind=stands_behind,
    )


def recognize(
    *earlier: EarlierCase,
    rules: DecisionRules | None = RULES,
    at: datetime = NOW,
    departure: str | None = None,
    outside: str | None = None,
) -> Recognize:
    return Recognize(
        decision_number="15-QĐ/ĐU",
        signer_office="Bí thư Đảng ủy",
        signer=SIGNER,
        departure_reason=departure,
        outside_month_reason=outside,
        at=at,
        rules=rules,
        earlier=earlier,
    )


def decline(
    *, rules: DecisionRules | None = RULES, at: datetime = NOW, departure: str | None = None
) -> Decline:
    return Decline(
        decision_number="16-QĐ/ĐU",
        signer_office="Bí thư Đảng ủy",
        signer=SIGNER,
        reasons="Chưa đủ người dân tham gia.",
        departure_reason=departure,
        at=at,
        rules=rules,
    )


def amend(complaint: UUID | None = None) -> AmendDecision:
    return AmendDecision(
        amendment_number="21-QĐ/ĐU",
        changes="Tên chủ thể: Tổ dân vận bản Cửa Rào.",
        reasons="Ghi sai tên.",
        signer_office="Bí thư Đảng ủy",
        complaint=complaint,
        signer=SIGNER,
        at=NOW,
    )


def answering(
    event: ComplaintAnswered,
    reported: GroundTerms | None = None,
    *,
    rules: AfterRules | None = AFTER_RULES,
) -> AnswerComplaint:
    return AnswerComplaint(
        outcome=event.outcome,
        answer=event.answer,
        remedy=event.remedy,
        reported=reported,
        complaint_id=event.complaint_id,
        at=NOW,
        rules=rules,
    )


def asked(
    commands: Iterable[CaseCommand], history: tuple[CaseEvent, ...] = ()
) -> Iterator[tuple[Case, tuple[CaseEvent, ...]]]:
    """Whatever is asked of a case, one after the other: the state a command met and what followed from it.
    What is refused is passed over: it changes nothing.
    """
    state = CASE.fold(history)
    for command in commands:
        try:
            events = tuple(CASE.decide(state, command))
        except RefusedError:
            continue
        yield state, events
        state = CASE.fold(events, state)
