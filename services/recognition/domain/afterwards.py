"""What follows a decision: the certificate of a recognition, and amendments."""

from uuid import UUID

from services.recognition.domain import after_refusals as refuse
from services.recognition.domain.case_state import Case, decided, recognition
from shared.contracts.recognition import CertificateIssued, DecisionAmended
from shared.contracts.values import Forgettable, Line, Text
from shared.domain.decider import Request
from shared.domain.time import Instant, legal_date

# --- commands ---------------------------------------------------------------------------------


class IssueCertificateForm(Request, frozen=True, kw_only=True):
    """The number the certificate has in the deciding body's register."""

    certificate_number: Line


class IssueCertificate(IssueCertificateForm, frozen=True, kw_only=True):
    """Issue the certificate."""

    at: Instant


class AmendTerms(Request, frozen=True, kw_only=True):
    """The amending document: what changes in the decision, and why."""

    amendment_number: Line
    changes: Text
    reasons: Text
    signer_office: Line
    complaint: UUID | None = None


class AmendDecisionForm(AmendTerms, frozen=True, kw_only=True):
    """An amendment as its signer enters it. The name is kept apart, forgettable."""

    signer_name: Line


class AmendRecord(AmendTerms, frozen=True, kw_only=True):
    """The amendment with its signer as a reference: what stands in the record."""

    signer: Forgettable


class AmendDecision(AmendRecord, frozen=True, kw_only=True):
    """Amend the decision."""

    at: Instant


# --- rules ------------------------------------------------------------------------------------


def issue_certificate(state: Case, command: IssueCertificate) -> tuple[CertificateIssued, ...]:
    """For a recognition that stands, once."""
    opened, recognized = recognition(state)
    if state.fallen:
        raise refuse.SUSPENDED()
    if state.certificate is not None:
        raise refuse.CERTIFICATE_ISSUED(number=state.certificate.certificate_number)
    return (
        CertificateIssued(
            case_id=opened.case_id,
            model=opened.model,
            issued_by=recognized.decided_by,
            certificate_number=command.certificate_number,
            issued_on=legal_date(command.at),
            decision_number=recognized.decision_number,
            joint_holders=recognized.joint_holders,
        ),
    )


def amend(state: Case, command: AmendDecision) -> tuple[DecisionAmended, ...]:
    """Any decision that stands; where a complaint is named, one that was upheld with an amendment."""
    opened, decision = decided(state)
    if state.fell:
        recognition(state)  # refuses, naming the decision by which it fell
    if command.complaint is not None:
        complaint = state.complaints.get(command.complaint)
        waits = complaint is not None and complaint.amendment is None
        answer = None if complaint is None else complaint.answer
        if not waits or answer is None or answer.remedy != "amendment":
            raise refuse.AMENDMENT_WITHOUT_COMPLAINT()
    return (
        DecisionAmended(
            case_id=opened.case_id,
            model=opened.model,
            decision_number=decision.decision_number,
            amended_by=decision.decided_by,
            amendment_number=command.amendment_number,
            amended_on=legal_date(command.at),
            changes=command.changes,
            reasons=command.reasons,
            signer_office=command.signer_office,
            signer=command.signer,
            complaint=command.complaint,
        ),
    )
