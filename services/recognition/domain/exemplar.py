"""What an exemplar needs beyond a model: a review, models to rest on, endorsements; and what happens when one of
those models falls.
"""

from collections.abc import Callable, Collection
from typing import Annotated, Final

import msgspec

from services.recognition.domain import after_refusals
from services.recognition.domain import review_refusals as refuse
from services.recognition.domain.case_state import Case, Endorsement, recognition, undecided
from shared.contracts.evaluation import ExemplarBasis
from shared.contracts.exemplar import (
    BasisModel,
    DependentRecognitionDecided,
    DependentRecognitionSuspended,
    EndorsementGiven,
    EndorsementRefused,
    EndorsementWaived,
    EndorsingPart,
    ExemplarPutForward,
)
from shared.contracts.recognition import CaseOpened
from shared.contracts.values import (
    CaseId,
    Forgettable,
    Line,
    ModelId,
    MovementId,
    OrganizationId,
    ReviewId,
    Text,
)
from shared.domain.decider import Request
from shared.domain.time import Instant, legal_date

PARTS: Final[tuple[EndorsingPart, ...]] = ("committee", "government", "front", "organisations")

# --- commands ---------------------------------------------------------------------------------


class ReviewFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A review as it stands now; `closed_on` is None while it is open."""

    movement: MovementId
    opened_by: OrganizationId
    launching_body: OrganizationId | None
    closed_on: str | None


class BasisFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A model to rest on, as its case stands now; no `case_id` where it has none."""

    model: ModelId
    case_id: CaseId | None
    recognised: bool
    effective: bool


class ExemplarFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What recognising an exemplar has to know of other streams."""

    review: ReviewFacts | None
    basis: tuple[BasisFacts, ...]


class PutForwardForm(Request, frozen=True, kw_only=True):
    """The review, and the models the exemplar rests on."""

    review: ReviewId
    models: Annotated[tuple[ModelId, ...], msgspec.Meta(min_length=1, max_length=20)]


class PutForward(PutForwardForm, frozen=True, kw_only=True):
    """Put the exemplar's case before the review."""

    facts: ExemplarFacts
    exemplar_basis: ExemplarBasis | None


class GiveEndorsementForm(Request, frozen=True, kw_only=True):
    """Who endorses, as which part, by which document."""

    part: EndorsingPart
    endorser: OrganizationId
    document_number: Line


class GiveEndorsement(GiveEndorsementForm, frozen=True, kw_only=True):
    """Endorse the exemplar. `same_place` says that the endorser is of the holder's place."""

    same_place: bool
    at: Instant


class RefuseEndorsementForm(Request, frozen=True, kw_only=True):
    """Who does not endorse, as which part, and why."""

    part: EndorsingPart
    endorser: OrganizationId
    reasons: Text


class RefuseEndorsement(RefuseEndorsementForm, frozen=True, kw_only=True):
    """Do not endorse the exemplar."""

    same_place: bool
    at: Instant


class WaiveEndorsementForm(Request, frozen=True, kw_only=True):
    """Which part does not apply here, and why."""

    part: EndorsingPart
    reason: Text


class WaiveEndorsement(WaiveEndorsementForm, frozen=True, kw_only=True):
    """Record that the part does not apply."""

    at: Instant


class Suspend(Request, frozen=True, kw_only=True):
    """What the exemplar rested on fell."""

    fallen: CaseId


class DecideAnewTerms(Request, frozen=True, kw_only=True):
    """The document that decides a suspended recognition anew, and its reasons."""

    holds: bool
    decision_number: Line
    reasons: Text
    signer_office: Line


class DecideAnewForm(DecideAnewTerms, frozen=True, kw_only=True):
    """The decision as its signer enters it. The name is kept apart, forgettable."""

    signer_name: Line


class DecideAnewRecord(DecideAnewTerms, frozen=True, kw_only=True):
    """The decision with its signer as a reference: what stands in the record."""

    signer: Forgettable


class DecideAnew(DecideAnewRecord, frozen=True, kw_only=True):
    """Decide the suspended recognition anew; `basis` is how its models stand now."""

    at: Instant
    basis: tuple[BasisFacts, ...]
    exemplar_basis: ExemplarBasis | None


# --- rules ------------------------------------------------------------------------------------


def put_forward(state: Case, command: PutForward) -> tuple[ExemplarPutForward, ...]:
    """Before an open review of its movement, resting on one model or several (clause III.2.2)."""
    opened = _exemplar(undecided(state))
    _check_review(state, opened, command.facts.review)
    _check_basis(command.facts.basis, command.exemplar_basis)
    return (
        ExemplarPutForward(
            case_id=opened.case_id,
            model=opened.model,
            review=command.review,
            rests_on=tuple(
                BasisModel(model=one.model, case_id=one.case_id)
                for one in command.facts.basis
                if one.case_id is not None
            ),
        ),
    )


def check(state: Case, facts: ExemplarFacts, basis: ExemplarBasis) -> None:
    """Whether an exemplar may be recognised now. Raises RefusedError."""
    opened = undecided(state)
    if state.forward is None:
        raise refuse.NO_REVIEW()
    _check_review(state, opened, facts.review)
    if state.fallen:
        raise refuse.EXEMPLAR_SUSPENDED()
    _check_basis(facts.basis, basis)
    refused = _parts(state, lambda found: isinstance(found, EndorsementRefused))
    if refused:
        raise refuse.ENDORSEMENT_REFUSED(parts=", ".join(refused))
    missing = _parts(state, lambda found: found is None)
    if missing:
        raise refuse.ENDORSEMENT_MISSING(parts=", ".join(missing))


def give(state: Case, command: GiveEndorsement) -> tuple[EndorsementGiven, ...]:
    """By one of its own place, agency or unit, for a case put forward."""
    opened = _forward(state)
    if not command.same_place:
        raise refuse.ENDORSER_ELSEWHERE()
    return (
        EndorsementGiven(
            case_id=opened.case_id,
            part=command.part,
            endorser=command.endorser,
            document_number=command.document_number,
            given_on=legal_date(command.at),
        ),
    )


def refuse_endorsement(state: Case, command: RefuseEndorsement) -> tuple[EndorsementRefused, ...]:
    """By one of its own place, agency or unit, with reasons; it may be given later."""
    opened = _forward(state)
    if not command.same_place:
        raise refuse.ENDORSER_ELSEWHERE()
    return (
        EndorsementRefused(
            case_id=opened.case_id,
            part=command.part,
            endorser=command.endorser,
            refused_on=legal_date(command.at),
            reasons=command.reasons,
        ),
    )


def waive(state: Case, command: WaiveEndorsement) -> tuple[EndorsementWaived, ...]:
    """Where there is none such; a refusal is not waived away."""
    opened = _forward(state)
    if isinstance(state.endorsements.get(command.part), EndorsementRefused):
        raise refuse.ENDORSEMENT_REFUSED(parts=command.part)
    return (
        EndorsementWaived(
            case_id=opened.case_id,
            part=command.part,
            waived_on=legal_date(command.at),
            reason=command.reason,
        ),
    )


def suspend(state: Case, command: Suspend) -> tuple[DependentRecognitionSuspended, ...]:
    """Quiet where nothing rests on it any more, or it is suspended for it already."""
    forward = state.forward
    rests = forward is not None and any(one.case_id == command.fallen for one in forward.rests_on)
    if not rests or state.opened is None or command.fallen in state.fallen:
        return ()
    if state.ended_without_recognition:
        return ()
    return (
        DependentRecognitionSuspended(
            dependent="case", dependent_id=state.opened.case_id, fallen=command.fallen
        ),
    )


def decide_anew(state: Case, command: DecideAnew) -> tuple[DependentRecognitionDecided, ...]:
    """A suspended recognition holds if a model is left for it to rest on, or has ended."""
    opened, recognized = recognition(state)
    if not state.fallen:
        raise refuse.NOT_SUSPENDED()
    if command.exemplar_basis is None:
        raise after_refusals.RULES_UNKNOWN()
    left = [one for one in command.basis if _holds(one, command.exemplar_basis)]
    if command.holds and not left:
        raise refuse.NOTHING_LEFT()
    return (
        DependentRecognitionDecided(
            case_id=opened.case_id,
            model=opened.model,
            holds=command.holds,
            decided_by=recognized.decided_by,
            decision_number=command.decision_number,
            decided_on=legal_date(command.at),
            reasons=command.reasons,
            signer_office=command.signer_office,
            signer=command.signer,
        ),
    )


def _exemplar(opened: CaseOpened) -> CaseOpened:
    if opened.aim != "exemplar":
        raise refuse.NOT_EXEMPLAR()
    return opened


def _forward(state: Case) -> CaseOpened:
    opened = _exemplar(undecided(state))
    if state.forward is None:
        raise refuse.NO_REVIEW()
    return opened


def _check_review(state: Case, opened: CaseOpened, review: ReviewFacts | None) -> None:
    if review is None:
        raise refuse.REVIEW_UNKNOWN()
    bodies = {state.deciding_body, review.launching_body}
    if review.movement != opened.movement or review.opened_by not in bodies:
        raise refuse.REVIEW_ELSEWHERE()
    if review.closed_on is not None:
        raise refuse.REVIEW_OVER(on=review.closed_on)


def _check_basis(basis: Collection[BasisFacts], setting: ExemplarBasis | None) -> None:
    if setting is None:
        raise after_refusals.RULES_UNKNOWN()
    for one in basis:
        if one.case_id is None:
            raise refuse.MODEL_WITHOUT_CASE(model=str(one.model))
        if _holds(one, setting):
            continue
        if setting == "recognised":
            raise refuse.BASIS_NOT_RECOGNISED(model=str(one.model))
        raise refuse.BASIS_NOT_EFFECTIVE(model=str(one.model))


def _holds(one: BasisFacts, setting: ExemplarBasis) -> bool:
    return one.recognised if setting == "recognised" else one.effective


def _parts(state: Case, wanted: Callable[[Endorsement | None], bool]) -> list[str]:
    return [part for part in PARTS if wanted(state.endorsements.get(part))]
