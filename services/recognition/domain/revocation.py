"""Revoking a recognition on one of the four grounds, with its clocks (practice: emulation law art. 93 §2)."""

from datetime import date, timedelta
from uuid import UUID

import msgspec

from services.recognition.domain import after_refusals as refuse
from services.recognition.domain.case_state import Case, recognition
from shared.contracts.recognition import (
    RecognitionRevoked,
    RevocationDismissed,
    RevocationGround,
    RevocationProposed,
)
from shared.contracts.values import Forgettable, Line, OrganizationId, Text
from shared.domain.decider import Request
from shared.domain.time import Instant, legal_date
from shared.domain.workingdays import last_of_working_days

# --- commands ---------------------------------------------------------------------------------


class AfterRules(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of the case's rule set that govern complaints and revocations."""

    complaint_days: int
    revocation_report_days: int
    revocation_decision_working_days: int
    holidays: tuple[date, ...]


class GroundTerms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A ground for revocation, what was found, and the day it was concluded."""

    ground: RevocationGround
    finding: Text
    concluded_on: date


class ProposeRevocationForm(Request, frozen=True, kw_only=True):
    """The ground and its conclusion, as the submitting level reports them."""

    reported: GroundTerms


class ProposeRevocation(ProposeRevocationForm, frozen=True, kw_only=True):
    """Propose that the recognition be revoked."""

    proposed_by: OrganizationId
    at: Instant
    rules: AfterRules | None


class DismissRevocationForm(Request, frozen=True, kw_only=True):
    """Why there is no ground to revoke."""

    reasons: Text


class DismissRevocation(DismissRevocationForm, frozen=True, kw_only=True):
    """Let the recognition stand."""

    at: Instant


class RevokeTerms(Request, frozen=True, kw_only=True):
    """The revoking document and its reasons."""

    decision_number: Line
    reasons: Text
    signer_office: Line


class RevokeForm(RevokeTerms, frozen=True, kw_only=True):
    """A revocation as its signer enters it. The name is kept apart, forgettable."""

    signer_name: Line


class RevokeRecord(RevokeTerms, frozen=True, kw_only=True):
    """The revocation with its signer as a reference: what stands in the record."""

    signer: Forgettable


class Revoke(RevokeRecord, frozen=True, kw_only=True):
    """Revoke the recognition."""

    at: Instant


# --- rules ------------------------------------------------------------------------------------


def propose(state: Case, command: ProposeRevocation) -> tuple[RevocationProposed, ...]:
    """See `proposal`."""
    reported = command.reported
    return (proposal(state, reported, command.proposed_by, command.at, rules=command.rules),)


def proposal(
    state: Case,
    reported: GroundTerms,
    proposed_by: OrganizationId,
    at: Instant,
    *,
    rules: AfterRules | None,
    complaint: UUID | None = None,
) -> RevocationProposed:
    """The proposal with its clocks, for a recognition that stands and none that waits already. A late
    report counts all the same and is marked: fraud does not lapse because someone was slow.
    """
    opened, _ = recognition(state)
    if state.revocation is not None:
        raise refuse.REVOCATION_PENDING(decide_by=state.revocation.decide_by.isoformat())
    if rules is None:
        raise refuse.RULES_UNKNOWN()
    today = legal_date(at)
    if reported.concluded_on > today:
        raise refuse.CONCLUSION_AHEAD()
    report_by = reported.concluded_on + timedelta(days=rules.revocation_report_days)
    days = rules.revocation_decision_working_days
    decide_by = last_of_working_days(today, days, rules.holidays)
    return RevocationProposed(
        case_id=opened.case_id,
        model=opened.model,
        ground=reported.ground,
        finding=reported.finding,
        concluded_on=reported.concluded_on,
        proposed_by=proposed_by,
        proposed_on=today,
        report_by=report_by,
        reported_late=today > report_by,
        decide_by=decide_by,
        complaint=complaint,
    )


def dismiss(state: Case, command: DismissRevocation) -> tuple[RevocationDismissed, ...]:
    """Only what was proposed."""
    opened, recognized = recognition(state)
    if state.revocation is None:
        raise refuse.NO_REVOCATION()
    return (
        RevocationDismissed(
            case_id=opened.case_id,
            model=opened.model,
            dismissed_by=recognized.decided_by,
            dismissed_on=legal_date(command.at),
            reasons=command.reasons,
        ),
    )


def revoke(state: Case, command: Revoke) -> tuple[RecognitionRevoked, ...]:
    """Only on a ground that was proposed; a late decision counts and is marked."""
    opened, recognized = recognition(state)
    if state.revocation is None:
        raise refuse.NO_REVOCATION()
    today = legal_date(command.at)
    return (
        RecognitionRevoked(
            case_id=opened.case_id,
            model=opened.model,
            movement=opened.movement,
            year=opened.year,
            aim=opened.aim,
            holder=opened.holder,
            committee=opened.committee,
            appraising_unit=opened.appraising_unit,
            revoked_by=recognized.decided_by,
            ground=state.revocation.ground,
            reasons=command.reasons,
            revokes=recognized.decision_number,
            decision_number=command.decision_number,
            decided_on=today,
            decided_late=today > state.revocation.decide_by,
            signer_office=command.signer_office,
            signer=command.signer,
        ),
    )
