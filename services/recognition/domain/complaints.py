"""Complaints about a decision: in time, each with one answer in public, and what follows if it is upheld."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from services.recognition.domain import after_refusals as refuse
from services.recognition.domain import revocation
from services.recognition.domain.case_state import Case, Decision, decided, last_decision
from services.recognition.domain.revocation import AfterRules, GroundTerms
from shared.contracts.recognition import (
    CaseReopened,
    ComplaintAnswered,
    ComplaintLodged,
    ComplaintOutcome,
    Declined,
    Remedy,
    RevocationProposed,
)
from shared.contracts.values import Forgettable, Line, Text
from shared.domain.decider import Request
from shared.domain.time import Instant, legal_date

UNANSWERED_MAX: Final = 100
"""Complaints about one decision that wait for an answer: each has to be read by a person."""

# --- commands ---------------------------------------------------------------------------------


class LodgeComplaintForm(Request, frozen=True, kw_only=True):
    """A complaint, signed with name and address."""

    name: Line
    address: Line
    words: Text


class LodgeComplaint(Request, frozen=True, kw_only=True):
    """Record that a complaint came in; name, address and words lie in the vault."""

    complaint_id: UUID
    complaint: Forgettable
    at: Instant
    rules: AfterRules | None


class AnswerComplaintForm(Request, frozen=True, kw_only=True):
    """The public answer. One that upholds the complaint names the remedy: a revocation with its ground, of
    a refusal a new decision.
    """

    outcome: ComplaintOutcome
    answer: Text
    remedy: Remedy | None = None
    reported: GroundTerms | None = None


class AnswerComplaint(AnswerComplaintForm, frozen=True, kw_only=True):
    """Answer the complaint."""

    complaint_id: UUID
    at: Instant
    rules: AfterRules | None


# --- rules ------------------------------------------------------------------------------------


def takes_complaint(state: Case, at: Instant, rules: AfterRules | None) -> Decision:
    """The decision, if a complaint about it is taken now. Raises RefusedError."""
    _, decision = decided(state)
    if rules is None:
        raise refuse.RULES_UNKNOWN()
    last_day = decision.decided_on + timedelta(days=rules.complaint_days)
    if legal_date(at) > last_day:
        raise refuse.COMPLAINT_LATE(last_day=last_day.isoformat(), days=rules.complaint_days)
    waiting = sum(complaint.answer is None for complaint in state.complaints.values())
    if waiting >= UNANSWERED_MAX:
        raise refuse.COMPLAINTS_FULL(number=waiting)
    return decision


def lodge(state: Case, command: LodgeComplaint) -> tuple[ComplaintLodged, ...]:
    """Within the days of the rule set, the last one included; the same complaint once."""
    if command.complaint_id in state.complaints:
        return ()
    decision = takes_complaint(state, command.at, command.rules)
    return (
        ComplaintLodged(
            case_id=decision.case_id,
            model=decision.model,
            complaint_id=command.complaint_id,
            lodged_on=legal_date(command.at),
            complaint=command.complaint,
        ),
    )


def answer(
    state: Case, command: AnswerComplaint
) -> tuple[ComplaintAnswered | CaseReopened | RevocationProposed, ...]:
    """Once; upholding it with a revocation is the proposal at the same time, with a new decision the
    reopening.
    """
    decision = last_decision(state)
    complaint = state.complaints.get(command.complaint_id)
    if complaint is None:
        raise refuse.COMPLAINT_UNKNOWN()
    if complaint.answer is not None:
        raise refuse.COMPLAINT_ANSWERED()
    _check_remedy(command, decision)
    answered = ComplaintAnswered(
        case_id=decision.case_id,
        model=decision.model,
        complaint_id=command.complaint_id,
        answered_by=decision.decided_by,
        answered_on=legal_date(command.at),
        outcome=command.outcome,
        answer=command.answer,
        remedy=command.remedy,
    )
    if command.remedy == "new_decision" and state.decision is not None:
        reopened = CaseReopened(
            case_id=decision.case_id,
            model=decision.model,
            complaint_id=command.complaint_id,
            former_decision=decision.decision_number,
            reopened_on=legal_date(command.at),
        )
        return (answered, reopened)
    if command.reported is None:
        return (answered,)
    proposed = revocation.proposal(
        state,
        command.reported,
        decision.decided_by,
        command.at,
        rules=command.rules,
        complaint=command.complaint_id,
    )
    return (answered, proposed)


def _check_remedy(command: AnswerComplaint, decision: Decision) -> None:
    if command.outcome == "upheld" and command.remedy is None:
        raise refuse.REMEDY_MISSING()
    if command.outcome == "dismissed" and command.remedy is not None:
        raise refuse.REMEDY_IDLE()
    if command.remedy == "revocation" and command.reported is None:
        raise refuse.REMEDY_MISSING()
    if command.remedy != "revocation" and command.reported is not None:
        raise refuse.REMEDY_IDLE()
    if command.remedy == "new_decision" and not isinstance(decision, Declined):
        raise refuse.REMEDY_FOR_REFUSALS()
