"""A proposal to award a recognised exemplar, and what became of it. Stream `award-<id>`."""

from datetime import date
from types import MappingProxyType
from typing import Final, Literal

import msgspec

from services.recognition.domain import review_refusals as refuse
from shared.contracts.exemplar import (
    AwardOutcomeRecorded,
    AwardProposed,
    DependentRecognitionSuspended,
)
from shared.contracts.values import (
    Aim,
    AwardId,
    CaseId,
    Line,
    ModelId,
    OrganizationId,
    Text,
)
from shared.domain.decider import Decider, Request
from shared.domain.time import Instant, legal_date

AwardEvent = AwardProposed | DependentRecognitionSuspended | AwardOutcomeRecorded


class Award(msgspec.Struct, frozen=True):
    """None for what has not happened. A suspended proposal goes on once its exemplar stands again."""

    proposed: AwardProposed | None = None
    suspended: DependentRecognitionSuspended | None = None
    outcome: AwardOutcomeRecorded | None = None


def stage(state: Award) -> str:
    """How far it has come."""
    if state.outcome is not None:
        return state.outcome.outcome
    if state.suspended is not None:
        return "suspended"
    return "unknown" if state.proposed is None else "proposed"


def evolve(state: Award, event: AwardEvent) -> Award:
    """What is known after `event`."""
    match event:
        case AwardProposed():
            return msgspec.structs.replace(state, proposed=event)
        case DependentRecognitionSuspended():
            return msgspec.structs.replace(state, suspended=event)
        case AwardOutcomeRecorded():
            return msgspec.structs.replace(state, outcome=event)


# --- commands ---------------------------------------------------------------------------------


class ExemplarStands(msgspec.Struct, frozen=True, kw_only=True):
    """The exemplar's case as it stands now; `stands` while it is recognised, neither suspended nor fallen."""

    case_id: CaseId
    model: ModelId
    aim: Aim
    holder: OrganizationId
    decided_by: OrganizationId
    stands: bool


class ProposeAwardForm(Request, frozen=True, kw_only=True):
    """Which award is proposed, to whom, by which document."""

    award: Line
    proposed_to: Line
    document_number: Line


class ProposeAward(ProposeAwardForm, frozen=True, kw_only=True):
    """Propose the award for the exemplar."""

    award_id: AwardId
    exemplar: ExemplarStands
    at: Instant


class RecordOutcomeForm(Request, frozen=True, kw_only=True):
    """What the body that decides on awards decided, by which document."""

    outcome: Literal["granted", "refused", "withdrawn"]
    document_number: Line
    decided_on: date
    remarks: Text | None = None


class RecordOutcome(RecordOutcomeForm, frozen=True, kw_only=True):
    """Record the outcome."""

    stands: bool
    at: Instant


class SuspendAward(Request, frozen=True, kw_only=True):
    """The exemplar's recognition fell or was suspended."""

    fallen: CaseId


AwardCommand = ProposeAward | RecordOutcome | SuspendAward

# --- rules ------------------------------------------------------------------------------------


def decide(state: Award, command: AwardCommand) -> tuple[AwardEvent, ...]:
    """What follows from `command`. Raises RefusedError."""
    match command:
        case ProposeAward():
            return _propose(state, command)
        case RecordOutcome():
            return _record(state, command)
        case SuspendAward():
            return _suspend(state, command)


def _propose(state: Award, command: ProposeAward) -> tuple[AwardProposed, ...]:
    if state.proposed is not None:
        raise refuse.AWARD_PROPOSED(number=state.proposed.document_number)
    exemplar = command.exemplar
    if exemplar.aim != "exemplar":
        raise refuse.NOT_EXEMPLAR()
    if not exemplar.stands:
        raise refuse.RECOGNITION_DOWN()
    return (
        AwardProposed(
            award_id=command.award_id,
            case_id=exemplar.case_id,
            model=exemplar.model,
            holder=exemplar.holder,
            proposed_by=exemplar.decided_by,
            award=command.award,
            proposed_to=command.proposed_to,
            document_number=command.document_number,
            proposed_on=legal_date(command.at),
        ),
    )


def _record(state: Award, command: RecordOutcome) -> tuple[AwardOutcomeRecorded, ...]:
    proposed = state.proposed
    if proposed is None:
        raise refuse.AWARD_UNKNOWN()
    if state.outcome is not None:
        raise refuse.AWARD_DECIDED(number=state.outcome.document_number)
    if command.outcome == "granted" and not command.stands:
        raise refuse.RECOGNITION_DOWN()
    if command.decided_on > legal_date(command.at):
        raise refuse.OUTCOME_AHEAD()
    return (
        AwardOutcomeRecorded(
            award_id=proposed.award_id,
            case_id=proposed.case_id,
            outcome=command.outcome,
            document_number=command.document_number,
            decided_on=command.decided_on,
            remarks=command.remarks,
        ),
    )


def _suspend(state: Award, command: SuspendAward) -> tuple[DependentRecognitionSuspended, ...]:
    """Whatever its outcome: an award granted before is for its own body to take back, which is told."""
    proposed = state.proposed
    if proposed is None or state.suspended is not None:
        return ()
    return (
        DependentRecognitionSuspended(
            dependent="award", dependent_id=proposed.award_id, fallen=command.fallen
        ),
    )


AWARD: Final[Decider[Award, AwardCommand, AwardEvent]] = Decider(
    category="award",
    initial_state=Award(),
    decide=decide,
    evolve=evolve,
    stage=stage,
    commands=MappingProxyType(
        {
            "ProposeAward": ProposeAward,
            "RecordOutcome": RecordOutcome,
            "SuspendAward": SuspendAward,
        }
    ),
)
