"""What is known of a case before a deciding body. Stream `case-<id>`."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from uuid import UUID

import msgspec

from services.recognition.domain import after_refusals as after
from services.recognition.domain import case_refusals as refuse
from shared.contracts.exemplar import (
    DependentRecognitionDecided,
    DependentRecognitionSuspended,
    EndorsementGiven,
    EndorsementRefused,
    EndorsementWaived,
    EndorsingPart,
    ExemplarPutForward,
)
from shared.contracts.recognition import (
    CaseDiscontinued,
    CaseOpened,
    CaseReopened,
    CertificateIssued,
    CompetenceDetermined,
    ComplaintAnswered,
    ComplaintLodged,
    DecidingBodyNamed,
    DecisionAmended,
    DecisionDepartedFromAdvice,
    Declined,
    DuplicateFound,
    DuplicateWithdrawn,
    ProposalReturned,
    ProposalSubmitted,
    RecognitionRevoked,
    Recognized,
    RevocationDismissed,
    RevocationProposed,
)
from shared.contracts.values import CaseId, OrganizationId

Decision = Recognized | Declined
Endorsement = EndorsementGiven | EndorsementRefused | EndorsementWaived
AfterEvent = (
    CertificateIssued
    | DecisionAmended
    | ComplaintLodged
    | ComplaintAnswered
    | CaseReopened
    | RevocationProposed
    | RevocationDismissed
    | RecognitionRevoked
    | ExemplarPutForward
    | Endorsement
    | DependentRecognitionSuspended
    | DependentRecognitionDecided
)
CaseEvent = (
    CaseOpened
    | DuplicateFound
    | DuplicateWithdrawn
    | CompetenceDetermined
    | DecidingBodyNamed
    | ProposalSubmitted
    | ProposalReturned
    | Decision
    | DecisionDepartedFromAdvice
    | CaseDiscontinued
    | AfterEvent
)
Events = tuple[CaseEvent, ...]


class Complaint(msgspec.Struct, frozen=True):
    """A complaint, its answer, and the amendment it led to."""

    lodged: ComplaintLodged
    answer: ComplaintAnswered | None = None
    amendment: DecisionAmended | None = None


class FormerRefusal(msgspec.Struct, frozen=True, kw_only=True):
    """A refusal that a complaint undid, with its departure from the advice."""

    declined: Declined
    departure: DecisionDepartedFromAdvice | None


_NO_ENDORSEMENTS: Final[Mapping[EndorsingPart, Endorsement]] = MappingProxyType({})
_NO_COMPLAINTS: Final[Mapping[UUID, Complaint]] = MappingProxyType({})


class Case(msgspec.Struct, frozen=True):
    """`opened` is None before the first event; the others until they happened. `returned` is the latest
    return, None again once the proposal was submitted anew; `revocation` the proposal that waits; `fallen`
    are the cases it rested on that fell since it was last put forward or decided; `endorsements` the latest by part;
    `named` is the body the holder named in the place of the registration's; `former` are refusals that complaints undid, `reopened` the last time that happened.
    """

    opened: CaseOpened | None = None
    duplicates: tuple[DuplicateFound, ...] = ()
    competence: CompetenceDetermined | None = None
    named: OrganizationId | None = None
    proposal: ProposalSubmitted | None = None
    returned: ProposalReturned | None = None
    decision: Decision | None = None
    departure: DecisionDepartedFromAdvice | None = None
    discontinued: CaseDiscontinued | None = None
    certificate: CertificateIssued | None = None
    amendments: tuple[DecisionAmended, ...] = ()
    complaints: Mapping[UUID, Complaint] = _NO_COMPLAINTS
    revocation: RevocationProposed | None = None
    revocation_dismissed: RevocationDismissed | None = None
    revoked: RecognitionRevoked | None = None
    forward: ExemplarPutForward | None = None
    endorsements: Mapping[EndorsingPart, Endorsement] = _NO_ENDORSEMENTS
    fallen: tuple[CaseId, ...] = ()
    decided_anew: tuple[DependentRecognitionDecided, ...] = ()
    former: tuple[FormerRefusal, ...] = ()
    reopened: CaseReopened | None = None

    @property
    def deciding_body(self) -> OrganizationId | None:
        """Who decides: the body the registration named, the one named or determined in its place."""
        if self.competence is not None and self.competence.successor is not None:
            return self.competence.successor
        if self.named is not None:
            return self.named
        return None if self.opened is None else self.opened.deciding_body

    @property
    def fell(self) -> bool:
        """Whether a recognition was taken away: revoked, or ended with what it rested on."""
        ended = bool(self.decided_anew) and not self.decided_anew[-1].holds
        return self.revoked is not None or ended

    @property
    def stands(self) -> bool:
        """Whether something is recognised here now, neither fallen nor suspended."""
        return isinstance(self.decision, Recognized) and not self.fell and not self.fallen

    @property
    def ended_without_recognition(self) -> bool:
        """Whether nothing is recognised here, now or later unless a refusal is undone."""
        return self.discontinued is not None or self.fell or isinstance(self.decision, Declined)


def stage(state: Case) -> str:
    """Where the case stands, and after it the recognition."""
    if state.opened is None:
        return "unknown"
    if state.discontinued is not None:
        return "discontinued"
    match state.decision:
        case None:
            return _waiting(state)
        case Declined():
            return "declined"
        case Recognized():
            return _standing(state)


def _waiting(state: Case) -> str:
    if state.returned is not None:
        return "returned"
    return "open" if state.proposal is None else "proposed"


def _standing(state: Case) -> str:
    if state.fell:
        return "ended" if state.revoked is None else "revoked"
    if state.revocation is not None:
        return "revocation-proposed"
    return "suspended" if state.fallen else "recognized"


def evolve(state: Case, event: CaseEvent) -> Case:
    """What is known after `event`."""
    match event:
        case CaseOpened():
            return msgspec.structs.replace(state, opened=event)
        case DuplicateFound():
            return msgspec.structs.replace(state, duplicates=(*state.duplicates, event))
        case DuplicateWithdrawn():
            left = tuple(one for one in state.duplicates if one.other_case != event.other_case)
            return msgspec.structs.replace(state, duplicates=left)
        case CompetenceDetermined():
            return msgspec.structs.replace(state, competence=event)
        case DecidingBodyNamed():
            return _named(state, event)
        case ProposalSubmitted():
            return msgspec.structs.replace(state, proposal=event, returned=None)
        case ProposalReturned():
            return msgspec.structs.replace(state, proposal=None, returned=event)
        case Recognized() | Declined():
            return msgspec.structs.replace(state, decision=event)
        case DecisionDepartedFromAdvice():
            return msgspec.structs.replace(state, departure=event)
        case CaseDiscontinued():
            return msgspec.structs.replace(state, discontinued=event)
        case _:
            return _afterwards(state, event)


def _afterwards(state: Case, event: AfterEvent) -> Case:
    match event:
        case CertificateIssued():
            return msgspec.structs.replace(state, certificate=event)
        case DecisionAmended():
            amended = msgspec.structs.replace(state, amendments=(*state.amendments, event))
            return _with_complaint(amended, event.complaint, amendment=event)
        case ComplaintLodged():
            complaints = {**state.complaints, event.complaint_id: Complaint(event)}
            return msgspec.structs.replace(state, complaints=complaints)
        case ComplaintAnswered():
            return _with_complaint(state, event.complaint_id, answer=event)
        case CaseReopened():
            return _reopened(state, event)
        case RevocationProposed():
            return msgspec.structs.replace(state, revocation=event)
        case RevocationDismissed():
            return msgspec.structs.replace(state, revocation=None, revocation_dismissed=event)
        case RecognitionRevoked():
            return msgspec.structs.replace(state, revocation=None, revoked=event)
        case ExemplarPutForward():
            return msgspec.structs.replace(state, forward=event, fallen=())
        case EndorsementGiven() | EndorsementRefused() | EndorsementWaived():
            found = {**state.endorsements, event.part: event}
            return msgspec.structs.replace(state, endorsements=found)
        case DependentRecognitionSuspended():
            return msgspec.structs.replace(state, fallen=(*state.fallen, event.fallen))
        case DependentRecognitionDecided():
            decided_anew = (*state.decided_anew, event)
            return msgspec.structs.replace(state, fallen=(), decided_anew=decided_anew)


def _named(state: Case, event: DecidingBodyNamed) -> Case:
    known = state.competence
    competence = known and msgspec.structs.replace(known, successor=None, named_body_competent=True)
    return msgspec.structs.replace(state, competence=competence, named=event.organization)


def _reopened(state: Case, event: CaseReopened) -> Case:
    undone = state.decision
    if not isinstance(undone, Declined):
        return state
    former = (*state.former, FormerRefusal(declined=undone, departure=state.departure))
    return msgspec.structs.replace(
        state, decision=None, departure=None, former=former, reopened=event
    )


def _with_complaint(
    state: Case, complaint_id: UUID | None, **changed: ComplaintAnswered | DecisionAmended
) -> Case:
    if complaint_id is None:
        return state
    complaint = msgspec.structs.replace(state.complaints[complaint_id], **changed)
    return msgspec.structs.replace(state, complaints={**state.complaints, complaint_id: complaint})


def undecided(state: Case) -> CaseOpened:
    """The case while it waits for its decision. Raises RefusedError."""
    if state.opened is None:
        raise refuse.UNKNOWN()
    if state.discontinued is not None:
        raise refuse.DISCONTINUED()
    if state.decision is not None:
        raise refuse.ALREADY_DECIDED(number=state.decision.decision_number)
    return state.opened


def decided(state: Case) -> tuple[CaseOpened, Decision]:
    """The case and its decision. Raises RefusedError."""
    if state.opened is None:
        raise refuse.UNKNOWN()
    if state.decision is None:
        raise after.NOT_DECIDED()
    return state.opened, state.decision


def last_decision(state: Case) -> Decision:
    """The decision, or while the case is reopened the one that was undone. Raises RefusedError."""
    if state.decision is None and state.former:
        return state.former[-1].declined
    return decided(state)[1]


def recognition(state: Case) -> tuple[CaseOpened, Recognized]:
    """The case and its recognition, which was not revoked. Raises RefusedError."""
    opened, decision = decided(state)
    if not isinstance(decision, Recognized):
        raise after.NOT_RECOGNISED()
    if state.revoked is not None:
        raise after.REVOKED(number=state.revoked.decision_number)
    if state.fell:
        raise after.REVOKED(number=state.decided_anew[-1].decision_number)
    return opened, decision
