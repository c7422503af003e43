"""Events of the recognition service about exemplars: reviews, endorsements, awards, and what fell with a model."""

from datetime import date
from typing import Literal
from uuid import UUID

import msgspec

from shared.contracts.event import Event
from shared.contracts.values import (
    AwardId,
    CaseId,
    Forgettable,
    Line,
    ModelId,
    MovementId,
    OrganizationId,
    ReviewId,
    Text,
)


class ReviewOpened(Event, frozen=True):
    """A body opened an interim or final review of the movement, the occasion on which exemplars are
    recognised (clause III.2.2a).
    """

    review_id: ReviewId
    movement: MovementId
    opened_by: OrganizationId
    occasion: Literal["interim", "final"]
    title: Line
    opened_on: date


class ReviewClosed(Event, frozen=True):
    """The review is over; nothing more is recognised at it."""

    review_id: ReviewId
    closed_on: date
    conclusions: Text


class BasisModel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A model an exemplar rests on, and its case."""

    model: ModelId
    case_id: CaseId


class ExemplarPutForward(Event, frozen=True):
    """The exemplar's case lies before a review and rests on these models (clauses III.2.2a, III.2.2b).
    Putting it forward again replaces review and models.
    """

    case_id: CaseId
    model: ModelId
    review: ReviewId
    rests_on: tuple[BasisModel, ...]


EndorsingPart = Literal["committee", "government", "front", "organisations"]
"""Who recognises an exemplar in its own place, agency or unit (clause III.2.2c)."""


class EndorsementGiven(Event, frozen=True):
    """One of those of clause III.2.2c endorses the exemplar, by a document."""

    case_id: CaseId
    part: EndorsingPart
    endorser: OrganizationId
    document_number: Line
    given_on: date


class EndorsementRefused(Event, frozen=True):
    """One of those of clause III.2.2c does not endorse the exemplar."""

    case_id: CaseId
    part: EndorsingPart
    endorser: OrganizationId
    refused_on: date
    reasons: Text


class EndorsementWaived(Event, frozen=True):
    """The exemplar's place or unit has none such: not applicable, with the reason (clause III.2.2c)."""

    case_id: CaseId
    part: EndorsingPart
    waived_on: date
    reason: Text


class DependentRecognitionSuspended(Event, frozen=True):
    """What an exemplar or an award proposal rested on fell; it is suspended until decided anew. `fallen` is
    the case whose recognition fell.
    """

    dependent: Literal["case", "award"]
    dependent_id: UUID
    fallen: CaseId


class DependentRecognitionDecided(Event, frozen=True):
    """The deciding body decided a suspended recognition anew: it holds on what is left, or has ended."""

    case_id: CaseId
    model: ModelId
    holds: bool
    decided_by: OrganizationId
    decision_number: Line
    decided_on: date
    reasons: Text
    signer_office: Line
    signer: Forgettable


# --- awards -------------------------------------------------------------------------------------


class AwardProposed(Event, frozen=True):
    """An award is proposed for a recognised exemplar (clause III.2.2b)."""

    award_id: AwardId
    case_id: CaseId
    model: ModelId
    holder: OrganizationId
    proposed_by: OrganizationId
    award: Line
    proposed_to: Line
    document_number: Line
    proposed_on: date


class AwardOutcomeRecorded(Event, frozen=True):
    """What became of the proposal, by the document of the body that decides on awards."""

    award_id: AwardId
    case_id: CaseId
    outcome: Literal["granted", "refused", "withdrawn"]
    document_number: Line
    decided_on: date
    remarks: Text | None = None
