"""After the decision: certificate, amendment, complaint and revocation, each with its clock and its reasons."""

from datetime import UTC, date, datetime
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.recognition.domain import after_refusals as refuse
from services.recognition.domain import case_refusals
from services.recognition.domain.afterwards import AmendDecision, IssueCertificate
from services.recognition.domain.case import CASE, CaseCommand
from services.recognition.domain.case_state import CaseEvent
from services.recognition.domain.complaints import (
    UNANSWERED_MAX,
    AnswerComplaint,
    LodgeComplaint,
)
from services.recognition.domain.revocation import (
    AfterRules,
    DismissRevocation,
    GroundTerms,
    ProposeRevocation,
    Revoke,
)
from shared.contracts.recognition import (
    CertificateIssued,
    ComplaintAnswered,
    ComplaintLodged,
    DecisionAmended,
    RecognitionRevoked,
    RevocationDismissed,
    RevocationProposed,
)
from shared.contracts.values import Forgettable
from shared.domain.refusal import Refusal, RefusedError
from shared.domain.workingdays import HOLIDAYS_UNKNOWN
from tests.support.specification import specification
from tests.unit.services.recognition.domain import cases as c

case = specification(CASE)

RULES = AfterRules(
    complaint_days=90,
    revocation_report_days=7,
    revocation_decision_working_days=5,
    holidays=(date(2026, 1, 1), date(2027, 1, 1)),
)
COMPLAINT_ID = UUID(int=50)
WORDS = Forgettable(payload=UUID(int=51), commitment="cd" * 32)
RECOGNIZED = (c.OPENED, c.COMPETENT, c.RECOGNIZED)
DECLINED = (c.OPENED, c.COMPETENT, c.DECLINED)
DECEMBER = datetime(2026, 12, 10, 3, tzinfo=UTC)

CERTIFICATE = IssueCertificate(certificate_number="GCN-042", at=c.NOW)
CERTIFIED = CertificateIssued(
    case_id=c.CASE_ID,
    model=c.MODEL,
    issued_by=c.COMMITTEE,
    certificate_number="GCN-042",
    issued_on=c.TODAY,
    decision_number="15-QĐ/ĐU",
)
LODGED = ComplaintLodged(
    case_id=c.CASE_ID,
    model=c.MODEL,
    complaint_id=COMPLAINT_ID,
    lodged_on=c.TODAY,
    complaint=WORDS,
)
UPHELD = ComplaintAnswered(
    case_id=c.CASE_ID,
    model=c.MODEL,
    complaint_id=COMPLAINT_ID,
    answered_by=c.COMMITTEE,
    answered_on=c.TODAY,
    outcome="upheld",
    answer="Tên chủ thể ghi sai; sẽ sửa.",
    remedy="amendment",
)
DISMISSED = msgspec.structs.replace(
    UPHELD, outcome="dismissed", answer="Đã kiểm tra, đúng thực tế.", remedy=None
)
AMENDED = DecisionAmended(
    case_id=c.CASE_ID,
    model=c.MODEL,
    decision_number="15-QĐ/ĐU",
    amended_by=c.COMMITTEE,
    amendment_number="21-QĐ/ĐU",
    amended_on=c.TODAY,
    changes="Tên chủ thể: Tổ dân vận bản Cửa Rào.",
    reasons="Ghi sai tên.",
    signer_office="Bí thư Đảng ủy",
    signer=c.SIGNER,
)
REPORTED = GroundTerms(
    ground="false_achievements",
    finding="Số hộ hiến đất khai khống.",
    concluded_on=date(2026, 12, 4),
)
PROPOSED = RevocationProposed(
    case_id=c.CASE_ID,
    model=c.MODEL,
    ground="false_achievements",
    finding="Số hộ hiến đất khai khống.",
    concluded_on=date(2026, 12, 4),
    proposed_by=c.SECTION,
    proposed_on=date(2026, 12, 10),
    report_by=date(2026, 12, 11),
    reported_late=False,
    decide_by=date(2026, 12, 17),
)
REVOKED = RecognitionRevoked(
    case_id=c.CASE_ID,
    model=c.MODEL,
    movement=c.MOVEMENT,
    year=2026,
    aim="model",
    holder=c.CELL,
    committee=c.COMMITTEE,
    appraising_unit=c.SECTION,
    revoked_by=c.COMMITTEE,
    ground="false_achievements",
    reasons="Gian dối trong kê khai.",
    revokes="15-QĐ/ĐU",
    decision_number="30-QĐ/ĐU",
    decided_on=date(2026, 12, 10),
    decided_late=False,
    signer_office="Bí thư Đảng ủy",
    signer=c.SIGNER,
)


def amend(complaint: UUID | None = None) -> AmendDecision:
    return AmendDecision(
        amendment_number="21-QĐ/ĐU",
        changes="Tên chủ thể: Tổ dân vận bản Cửa Rào.",
        reasons="Ghi sai tên.",
        signer_office="Bí thư Đảng ủy",
        complaint=complaint,
        signer=c.SIGNER,
        at=c.NOW,
    )


def lodge(at: datetime = c.NOW, rules: AfterRules | None = RULES) -> LodgeComplaint:
    return LodgeComplaint(complaint_id=COMPLAINT_ID, complaint=WORDS, at=at, rules=rules)


def answered(event: ComplaintAnswered, reported: GroundTerms | None = None) -> AnswerComplaint:
    return AnswerComplaint(
        outcome=event.outcome,
        answer=event.answer,
        remedy=event.remedy,
        reported=reported,
        complaint_id=event.complaint_id,
        at=c.NOW,
        rules=RULES,
    )


def propose(
    at: datetime = DECEMBER, rules: AfterRules | None = RULES, reported: GroundTerms = REPORTED
) -> ProposeRevocation:
    return ProposeRevocation(reported=reported, proposed_by=c.SECTION, at=at, rules=rules)


def revoke(at: datetime = DECEMBER) -> Revoke:
    return Revoke(
        decision_number="30-QĐ/ĐU",
        reasons="Gian dối trong kê khai.",
        signer_office="Bí thư Đảng ủy",
        signer=c.SIGNER,
        at=at,
    )


DISMISS = DismissRevocation(reasons="Không đủ căn cứ.", at=DECEMBER)


@pytest.mark.parametrize("command", [CERTIFICATE, amend(), lodge(), propose(), DISMISS, revoke()])
def test_nothing_follows_where_nothing_is_decided(command: CaseCommand) -> None:
    case.given().when(command).then_refused(case_refusals.UNKNOWN)
    case.given(c.OPENED, c.COMPETENT).when(command).then_refused(refuse.NOT_DECIDED)


@pytest.mark.parametrize("command", [CERTIFICATE, propose(), DISMISS, revoke()])
def test_what_was_declined_has_no_certificate_and_is_not_revoked(command: CaseCommand) -> None:
    case.given(*DECLINED).when(command).then_refused(refuse.NOT_RECOGNISED)


@pytest.mark.parametrize("command", [CERTIFICATE, amend(), propose(), DISMISS, revoke()])
def test_nothing_follows_from_what_was_revoked(command: CaseCommand) -> None:
    case.given(*RECOGNIZED, PROPOSED, REVOKED).when(command).then_refused(refuse.REVOKED)


# --- certificate ------------------------------------------------------------------------------


def test_a_recognition_has_one_certificate_under_its_number() -> None:
    case.given(*RECOGNIZED).when(CERTIFICATE).then(CERTIFIED)
    case.given(*RECOGNIZED, CERTIFIED).when(CERTIFICATE).then_refused(refuse.CERTIFICATE_ISSUED)


# --- amendment --------------------------------------------------------------------------------


def test_a_decision_is_amended_with_what_changes_and_why() -> None:
    case.given(*RECOGNIZED).when(amend()).then(AMENDED)
    declined = msgspec.structs.replace(AMENDED, decision_number="16-QĐ/ĐU")
    case.given(*DECLINED).when(amend()).then(declined)


def test_an_upheld_complaint_leads_to_one_amendment() -> None:
    after = msgspec.structs.replace(AMENDED, complaint=COMPLAINT_ID)
    case.given(*RECOGNIZED, LODGED, UPHELD).when(amend(COMPLAINT_ID)).then(after)
    for before in (
        (),
        (LODGED,),
        (LODGED, DISMISSED),
        (LODGED, UPHELD, after),
        (LODGED, msgspec.structs.replace(UPHELD, remedy="revocation")),
    ):
        case.given(*RECOGNIZED, *before).when(amend(COMPLAINT_ID)).then_refused(
            refuse.AMENDMENT_WITHOUT_COMPLAINT
        )


# --- complaint --------------------------------------------------------------------------------


def test_a_complaint_is_taken_until_the_last_of_its_days() -> None:
    case.given(*DECLINED).when(lodge()).then(LODGED)
    last = datetime(2027, 1, 10, 16, 59, tzinfo=UTC)
    case.given(*RECOGNIZED).when(lodge(last)).then(
        msgspec.structs.replace(LODGED, lodged_on=date(2027, 1, 10))
    )
    late = datetime(2027, 1, 10, 17, tzinfo=UTC)
    error = case.given(*RECOGNIZED).when(lodge(late)).then_refused(refuse.COMPLAINT_LATE)
    assert "2027-01-10" in error.sentence("vi")


def test_how_long_complaints_are_taken_is_the_rule_sets() -> None:
    ten = msgspec.structs.replace(RULES, complaint_days=10)
    case.given(*RECOGNIZED).when(lodge(DECEMBER, ten)).then_refused(refuse.COMPLAINT_LATE)
    case.given(*RECOGNIZED).when(lodge(rules=None)).then_refused(refuse.RULES_UNKNOWN)


def test_complaints_that_wait_are_bounded() -> None:
    waiting = [
        msgspec.structs.replace(LODGED, complaint_id=UUID(int=1000 + number))
        for number in range(UNANSWERED_MAX)
    ]
    case.given(*RECOGNIZED, *waiting[1:]).when(lodge()).then(LODGED)
    case.given(*RECOGNIZED, *waiting).when(lodge()).then_refused(refuse.COMPLAINTS_FULL)


def test_a_complaint_gets_one_answer_in_public() -> None:
    case.given(*RECOGNIZED, LODGED).when(answered(UPHELD)).then(UPHELD)
    case.given(*RECOGNIZED, LODGED).when(answered(DISMISSED)).then(DISMISSED)
    case.given(*RECOGNIZED).when(answered(UPHELD)).then_refused(refuse.COMPLAINT_UNKNOWN)
    case.given(*RECOGNIZED, LODGED, DISMISSED).when(answered(UPHELD)).then_refused(
        refuse.COMPLAINT_ANSWERED
    )


@pytest.mark.parametrize(
    "outcome,remedy,reported,refusal",
    [
        ("upheld", None, None, refuse.REMEDY_MISSING),
        ("upheld", "revocation", None, refuse.REMEDY_MISSING),
        ("dismissed", "amendment", None, refuse.REMEDY_IDLE),
        ("dismissed", None, REPORTED, refuse.REMEDY_IDLE),
        ("upheld", "amendment", REPORTED, refuse.REMEDY_IDLE),
    ],
)
def test_an_upheld_complaint_alone_has_a_remedy(
    outcome: str, remedy: str | None, reported: GroundTerms | None, refusal: Refusal
) -> None:
    changed = msgspec.structs.replace(UPHELD, outcome=outcome, remedy=remedy)
    case.given(*RECOGNIZED, LODGED).when(answered(changed, reported)).then_refused(refusal)


def test_upholding_with_a_revocation_proposes_it_at_once() -> None:
    upheld = msgspec.structs.replace(UPHELD, remedy="revocation")
    reported = msgspec.structs.replace(REPORTED, concluded_on=date(2026, 10, 10))
    case.given(*RECOGNIZED, LODGED).when(answered(upheld, reported)).then(
        upheld,
        msgspec.structs.replace(
            PROPOSED,
            concluded_on=date(2026, 10, 10),
            proposed_by=c.COMMITTEE,
            proposed_on=c.TODAY,
            report_by=date(2026, 10, 17),
            decide_by=date(2026, 10, 19),
            complaint=COMPLAINT_ID,
        ),
    )
    case.given(*DECLINED, LODGED).when(answered(upheld, reported)).then_refused(
        refuse.NOT_RECOGNISED
    )


# --- revocation -------------------------------------------------------------------------------


def test_a_ground_is_reported_with_its_clocks() -> None:
    case.given(*RECOGNIZED).when(propose()).then(PROPOSED)


def test_on_its_last_day_a_report_is_in_time() -> None:
    last = datetime(2026, 12, 11, 16, 59, tzinfo=UTC)
    case.given(*RECOGNIZED).when(propose(last)).then(
        msgspec.structs.replace(
            PROPOSED, proposed_on=date(2026, 12, 11), decide_by=date(2026, 12, 18)
        )
    )


def test_a_late_report_counts_and_is_marked() -> None:
    later = datetime(2026, 12, 14, 3, tzinfo=UTC)
    case.given(*RECOGNIZED).when(propose(later)).then(
        msgspec.structs.replace(
            PROPOSED,
            proposed_on=date(2026, 12, 14),
            reported_late=True,
            decide_by=date(2026, 12, 21),
        )
    )


def test_the_days_to_decide_are_working_days() -> None:
    new_year = datetime(2026, 12, 30, 3, tzinfo=UTC)
    concluded = msgspec.structs.replace(REPORTED, concluded_on=date(2026, 12, 30))
    case.given(*RECOGNIZED).when(propose(new_year, reported=concluded)).then(
        msgspec.structs.replace(
            PROPOSED,
            concluded_on=date(2026, 12, 30),
            proposed_on=date(2026, 12, 30),
            report_by=date(2027, 1, 6),
            decide_by=date(2027, 1, 7),
        )
    )
    unlisted = msgspec.structs.replace(RULES, holidays=(date(2026, 1, 1),))
    case.given(*RECOGNIZED).when(
        propose(new_year, rules=unlisted, reported=concluded)
    ).then_refused(HOLIDAYS_UNKNOWN)


def test_no_ground_is_concluded_in_the_future_or_without_rules() -> None:
    ahead = msgspec.structs.replace(REPORTED, concluded_on=date(2026, 12, 11))
    case.given(*RECOGNIZED).when(propose(reported=ahead)).then_refused(refuse.CONCLUSION_AHEAD)
    case.given(*RECOGNIZED).when(propose(rules=None)).then_refused(refuse.RULES_UNKNOWN)


def test_one_proposal_to_revoke_waits_at_a_time() -> None:
    case.given(*RECOGNIZED, PROPOSED).when(propose()).then_refused(refuse.REVOCATION_PENDING)


def test_a_recognition_is_revoked_only_on_a_ground_that_was_proposed() -> None:
    case.given(*RECOGNIZED).when(revoke()).then_refused(refuse.NO_REVOCATION)
    case.given(*RECOGNIZED, PROPOSED).when(revoke()).then(REVOKED)


def test_deciding_late_counts_and_is_marked() -> None:
    case.given(*RECOGNIZED, PROPOSED).when(revoke(datetime(2026, 12, 18, 3, tzinfo=UTC))).then(
        msgspec.structs.replace(REVOKED, decided_on=date(2026, 12, 18), decided_late=True)
    )


def test_without_a_ground_the_recognition_stands_with_reasons_and_may_be_questioned_again() -> None:
    dismissed = RevocationDismissed(
        case_id=c.CASE_ID,
        model=c.MODEL,
        dismissed_by=c.COMMITTEE,
        dismissed_on=date(2026, 12, 10),
        reasons="Không đủ căn cứ.",
    )
    case.given(*RECOGNIZED).when(DISMISS).then_refused(refuse.NO_REVOCATION)
    case.given(*RECOGNIZED, PROPOSED).when(DISMISS).then(dismissed)
    case.given(*RECOGNIZED, PROPOSED, dismissed).when(revoke()).then_refused(refuse.NO_REVOCATION)
    case.given(*RECOGNIZED, PROPOSED, dismissed).when(propose()).then(PROPOSED)


commands: st.SearchStrategy[CaseCommand] = st.sampled_from(
    (
        CERTIFICATE,
        amend(),
        amend(COMPLAINT_ID),
        lodge(),
        answered(UPHELD),
        answered(DISMISSED),
        propose(),
        DISMISS,
        revoke(),
    )
)


@given(st.sampled_from((RECOGNIZED, DECLINED)), st.lists(commands, max_size=25))
def test_whatever_is_asked_there_is_one_certificate_and_one_end(
    history: tuple[CaseEvent, ...], asked: list[CaseCommand]
) -> None:
    state, events = CASE.fold(history), list[CaseEvent]()
    for command in asked:
        try:
            new = tuple(CASE.decide(state, command))
        except RefusedError:
            continue
        state = CASE.fold(new, state)
        events += new
    kinds = [type(event) for event in events]
    assert kinds.count(CertificateIssued) <= 1
    assert kinds.count(RecognitionRevoked) <= 1
    if RecognitionRevoked in kinds:
        after = set(kinds[kinds.index(RecognitionRevoked) + 1 :])
        assert after <= {ComplaintLodged, ComplaintAnswered}
    answers = [e.complaint_id for e in events if isinstance(e, ComplaintAnswered)]
    assert len(answers) == len(set(answers))
