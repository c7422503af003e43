"""After the decision: certificate, amendment, complaint and revocation, each with its clock and its reasons."""

from datetime import UTC, date, datetime
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.recognition.domain import after_refusals as refuse
from services.recognition.domain import case_refusals
from services.recognition.domain.afterwards import IssueCertificate
from services.recognition.domain.case import CASE, CaseCommand
from services.recognition.domain.case_state import CaseEvent
from services.recognition.domain.complaints import UNANSWERED_MAX, LodgeComplaint
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
from shared.domain.refusal import Refusal
from shared.domain.workingdays import HOLIDAYS_UNKNOWN
from tests.support.specification import specification
from tests.unit.services.recognition.domain import cases as c

case = specification(CASE)

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
DISMISSED = msgspec.structs.replace(
    c.UPHELD, outcome="dismissed", answer="Đã kiểm tra, đúng thực tế.", remedy=None
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


def lodge(at: datetime = c.NOW, rules: AfterRules | None = c.AFTER_RULES) -> LodgeComplaint:
    return LodgeComplaint(
        complaint_id=c.COMPLAINT_ID, complaint=c.LODGED.complaint, at=at, rules=rules
    )


def propose(
    at: datetime = DECEMBER,
    rules: AfterRules | None = c.AFTER_RULES,
    reported: GroundTerms = REPORTED,
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


@pytest.mark.parametrize("command", [CERTIFICATE, c.amend(), lodge(), propose(), DISMISS, revoke()])
def test_nothing_follows_where_nothing_is_decided(command: CaseCommand) -> None:
    case.given().when(command).then_refused(case_refusals.UNKNOWN)
    case.given(*c.READY_CASE).when(command).then_refused(refuse.NOT_DECIDED)


@pytest.mark.parametrize("command", [CERTIFICATE, propose(), DISMISS, revoke()])
def test_what_was_declined_has_no_certificate_and_is_not_revoked(command: CaseCommand) -> None:
    case.given(*c.DECLINED_CASE).when(command).then_refused(refuse.NOT_RECOGNISED)


@pytest.mark.parametrize("command", [CERTIFICATE, c.amend(), propose(), DISMISS, revoke()])
def test_nothing_follows_from_what_was_revoked(command: CaseCommand) -> None:
    case.given(*c.RECOGNIZED_CASE, PROPOSED, REVOKED).when(command).then_refused(refuse.REVOKED)


# --- certificate ------------------------------------------------------------------------------


def test_a_recognition_has_one_certificate_under_its_number() -> None:
    case.given(*c.RECOGNIZED_CASE).when(CERTIFICATE).then(CERTIFIED)
    case.given(*c.RECOGNIZED_CASE, CERTIFIED).when(CERTIFICATE).then_refused(
        refuse.CERTIFICATE_ISSUED
    )


# --- amendment --------------------------------------------------------------------------------


def test_a_decision_is_amended_with_what_changes_and_why() -> None:
    case.given(*c.RECOGNIZED_CASE).when(c.amend()).then(AMENDED)
    declined = msgspec.structs.replace(AMENDED, decision_number="16-QĐ/ĐU")
    case.given(*c.DECLINED_CASE).when(c.amend()).then(declined)


def test_an_upheld_complaint_leads_to_one_amendment() -> None:
    after = msgspec.structs.replace(AMENDED, complaint=c.COMPLAINT_ID)
    case.given(*c.RECOGNIZED_CASE, c.LODGED, c.UPHELD).when(c.amend(c.COMPLAINT_ID)).then(after)
    for before in (
        (),
        (c.LODGED,),
        (c.LODGED, DISMISSED),
        (c.LODGED, c.UPHELD, after),
        (c.LODGED, msgspec.structs.replace(c.UPHELD, remedy="revocation")),
    ):
        case.given(*c.RECOGNIZED_CASE, *before).when(c.amend(c.COMPLAINT_ID)).then_refused(
            refuse.AMENDMENT_WITHOUT_COMPLAINT
        )


# --- complaint --------------------------------------------------------------------------------


def test_a_complaint_is_taken_until_the_last_of_its_days() -> None:
    case.given(*c.DECLINED_CASE).when(lodge()).then(c.LODGED)
    last = datetime(2027, 1, 10, 16, 59, tzinfo=UTC)
    case.given(*c.RECOGNIZED_CASE).when(lodge(last)).then(
        msgspec.structs.replace(c.LODGED, lodged_on=date(2027, 1, 10))
    )
    late = datetime(2027, 1, 10, 17, tzinfo=UTC)
    error = case.given(*c.RECOGNIZED_CASE).when(lodge(late)).then_refused(refuse.COMPLAINT_LATE)
    assert "2027-01-10" in error.sentence("vi")


def test_how_long_complaints_are_taken_is_the_rule_sets() -> None:
    ten = msgspec.structs.replace(c.AFTER_RULES, complaint_days=10)
    case.given(*c.RECOGNIZED_CASE).when(lodge(DECEMBER, ten)).then_refused(refuse.COMPLAINT_LATE)
    case.given(*c.RECOGNIZED_CASE).when(lodge(rules=None)).then_refused(refuse.RULES_UNKNOWN)


def test_complaints_that_wait_are_bounded() -> None:
    waiting = [
        msgspec.structs.replace(c.LODGED, complaint_id=UUID(int=1000 + number))
        for number in range(UNANSWERED_MAX)
    ]
    case.given(*c.RECOGNIZED_CASE, *waiting[1:]).when(lodge()).then(c.LODGED)
    case.given(*c.RECOGNIZED_CASE, *waiting).when(lodge()).then_refused(refuse.COMPLAINTS_FULL)


def test_a_complaint_gets_one_answer_in_public() -> None:
    case.given(*c.RECOGNIZED_CASE, c.LODGED).when(c.answering(c.UPHELD)).then(c.UPHELD)
    case.given(*c.RECOGNIZED_CASE, c.LODGED).when(c.answering(DISMISSED)).then(DISMISSED)
    case.given(*c.RECOGNIZED_CASE).when(c.answering(c.UPHELD)).then_refused(
        refuse.COMPLAINT_UNKNOWN
    )
    case.given(*c.RECOGNIZED_CASE, c.LODGED, DISMISSED).when(c.answering(c.UPHELD)).then_refused(
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
    changed = msgspec.structs.replace(c.UPHELD, outcome=outcome, remedy=remedy)
    case.given(*c.RECOGNIZED_CASE, c.LODGED).when(c.answering(changed, reported)).then_refused(
        refusal
    )


def test_upholding_with_a_revocation_proposes_it_at_once() -> None:
    upheld = msgspec.structs.replace(c.UPHELD, remedy="revocation")
    reported = msgspec.structs.replace(REPORTED, concluded_on=date(2026, 10, 10))
    case.given(*c.RECOGNIZED_CASE, c.LODGED).when(c.answering(upheld, reported)).then(
        upheld,
        msgspec.structs.replace(
            PROPOSED,
            concluded_on=date(2026, 10, 10),
            proposed_by=c.COMMITTEE,
            proposed_on=c.TODAY,
            report_by=date(2026, 10, 17),
            decide_by=date(2026, 10, 19),
            complaint=c.COMPLAINT_ID,
        ),
    )
    case.given(*c.DECLINED_CASE, c.LODGED).when(c.answering(upheld, reported)).then_refused(
        refuse.NOT_RECOGNISED
    )


# --- revocation -------------------------------------------------------------------------------


def test_a_ground_is_reported_with_its_clocks() -> None:
    case.given(*c.RECOGNIZED_CASE).when(propose()).then(PROPOSED)


def test_on_its_last_day_a_report_is_in_time() -> None:
    last = datetime(2026, 12, 11, 16, 59, tzinfo=UTC)
    case.given(*c.RECOGNIZED_CASE).when(propose(last)).then(
        msgspec.structs.replace(
            PROPOSED, proposed_on=date(2026, 12, 11), decide_by=date(2026, 12, 18)
        )
    )


def test_a_late_report_counts_and_is_marked() -> None:
    later = datetime(2026, 12, 14, 3, tzinfo=UTC)
    case.given(*c.RECOGNIZED_CASE).when(propose(later)).then(
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
    case.given(*c.RECOGNIZED_CASE).when(propose(new_year, reported=concluded)).then(
        msgspec.structs.replace(
            PROPOSED,
            concluded_on=date(2026, 12, 30),
            proposed_on=date(2026, 12, 30),
            report_by=date(2027, 1, 6),
            decide_by=date(2027, 1, 7),
        )
    )
    unlisted = msgspec.structs.replace(c.AFTER_RULES, holidays=(date(2026, 1, 1),))
    case.given(*c.RECOGNIZED_CASE).when(
        propose(new_year, rules=unlisted, reported=concluded)
    ).then_refused(HOLIDAYS_UNKNOWN)


def test_no_ground_is_concluded_in_the_future_or_without_rules() -> None:
    ahead = msgspec.structs.replace(REPORTED, concluded_on=date(2026, 12, 11))
    case.given(*c.RECOGNIZED_CASE).when(propose(reported=ahead)).then_refused(
        refuse.CONCLUSION_AHEAD
    )
    case.given(*c.RECOGNIZED_CASE).when(propose(rules=None)).then_refused(refuse.RULES_UNKNOWN)


def test_one_proposal_to_revoke_waits_at_a_time() -> None:
    case.given(*c.RECOGNIZED_CASE, PROPOSED).when(propose()).then_refused(refuse.REVOCATION_PENDING)


def test_a_recognition_is_revoked_only_on_a_ground_that_was_proposed() -> None:
    case.given(*c.RECOGNIZED_CASE).when(revoke()).then_refused(refuse.NO_REVOCATION)
    case.given(*c.RECOGNIZED_CASE, PROPOSED).when(revoke()).then(REVOKED)


def test_deciding_late_counts_and_is_marked() -> None:
    case.given(*c.RECOGNIZED_CASE, PROPOSED).when(
        revoke(datetime(2026, 12, 18, 3, tzinfo=UTC))
    ).then(msgspec.structs.replace(REVOKED, decided_on=date(2026, 12, 18), decided_late=True))


def test_without_a_ground_the_recognition_stands_with_reasons_and_may_be_questioned_again() -> None:
    dismissed = RevocationDismissed(
        case_id=c.CASE_ID,
        model=c.MODEL,
        dismissed_by=c.COMMITTEE,
        dismissed_on=date(2026, 12, 10),
        reasons="Không đủ căn cứ.",
    )
    case.given(*c.RECOGNIZED_CASE).when(DISMISS).then_refused(refuse.NO_REVOCATION)
    case.given(*c.RECOGNIZED_CASE, PROPOSED).when(DISMISS).then(dismissed)
    case.given(*c.RECOGNIZED_CASE, PROPOSED, dismissed).when(revoke()).then_refused(
        refuse.NO_REVOCATION
    )
    case.given(*c.RECOGNIZED_CASE, PROPOSED, dismissed).when(propose()).then(PROPOSED)


commands: st.SearchStrategy[CaseCommand] = st.sampled_from(
    (
        CERTIFICATE,
        c.amend(),
        c.amend(c.COMPLAINT_ID),
        lodge(),
        c.answering(c.UPHELD),
        c.answering(DISMISSED),
        propose(),
        DISMISS,
        revoke(),
    )
)


@given(st.sampled_from((c.RECOGNIZED_CASE, c.DECLINED_CASE)), st.lists(commands, max_size=25))
def test_whatever_is_asked_there_is_one_certificate_and_one_end(
    history: tuple[CaseEvent, ...], asked: list[CaseCommand]
) -> None:
    events = [event for _, new in c.asked(asked, history) for event in new]
    kinds = [type(event) for event in events]
    assert kinds.count(CertificateIssued) <= 1
    assert kinds.count(RecognitionRevoked) <= 1
    if RecognitionRevoked in kinds:
        after = set(kinds[kinds.index(RecognitionRevoked) + 1 :])
        assert after <= {ComplaintLodged, ComplaintAnswered}
    answers = [e.complaint_id for e in events if isinstance(e, ComplaintAnswered)]
    assert len(answers) == len(set(answers))
