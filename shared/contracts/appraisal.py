"""Events of the evaluation service about one appraisal: scored, posted in public, advised on."""

from datetime import date
from typing import Literal
from uuid import UUID

from shared.contracts.event import Event
from shared.contracts.values import (
    Aim,
    AppraisalId,
    BallotId,
    CategoryId,
    CouncilId,
    CriteriaSetId,
    Forgettable,
    Line,
    ModelId,
    MovementId,
    OrganizationId,
    RuleSetId,
    Text,
    WorkField,
)


class AppraisalOpened(Event, frozen=True):
    """A model whose results are in is appraised by the unit that advises its deciding body."""

    appraisal_id: AppraisalId
    model: ModelId
    movement: MovementId
    year: int
    aim: Aim
    holder: OrganizationId
    committee: OrganizationId
    appraising_unit: OrganizationId
    deciding_body: OrganizationId
    rule_set: RuleSetId
    rule_set_version: int
    criteria_set: CriteriaSetId
    criteria_set_version: int
    field: WorkField


class GateChecked(Event, frozen=True):
    """Compliance with Party lines and State law: pass or fail, no points (clause II.2)."""

    appraisal_id: AppraisalId
    gate: Literal["compliance"]
    passed: bool
    finding: Text


class CriterionScored(Event, frozen=True):
    """Points for one criterion, with the evidence for them; scoring again replaces the former."""

    appraisal_id: AppraisalId
    criterion: CategoryId
    points: int
    evidence: Text


class Appraised(Event, frozen=True):
    """Every criterion is scored and every gate checked; whether the standard is met follows."""

    appraisal_id: AppraisalId
    model: ModelId
    year: int
    points: int
    points_required: int
    gates_passed: bool
    meets_standard: bool
    summary: Text


class PostingOpened(Event, frozen=True):
    """The appraisal is posted in public until `closes_on`, included (practice; clause I.2.1b)."""

    appraisal_id: AppraisalId
    model: ModelId
    opens_on: date
    closes_on: date
    where: Line


class OpinionReceived(Event, frozen=True):
    """A citizen's opinion on the posting; words, name and address are kept apart."""

    appraisal_id: AppraisalId
    opinion_id: UUID
    received_on: date
    opinion: Forgettable


class OpinionAnswered(Event, frozen=True):
    """The public answer to an opinion."""

    appraisal_id: AppraisalId
    opinion_id: UUID
    answer: Text


class PostingClosed(Event, frozen=True):
    """The posting's days are over and every opinion has its answer."""

    appraisal_id: AppraisalId
    model: ModelId
    opinions: int


class AdviceIssued(Event, frozen=True):
    """The appraising unit advises the deciding body (clause III.2.1c); derived from appraisal and
    ballot, never typed in.
    """

    appraisal_id: AppraisalId
    model: ModelId
    movement: MovementId
    year: int
    aim: Aim
    holder: OrganizationId
    committee: OrganizationId
    appraising_unit: OrganizationId
    deciding_body: OrganizationId
    advice: Literal["recognise", "decline"]
    reasons: Text
    rule_set: RuleSetId
    rule_set_version: int
    ballot: BallotId | None = None


ConflictTie = Literal["holder", "holder_line", "core_team", "family", "other"]
"""A council member's tie to a dossier: works at the holder, or in its line; was of the core team; is family."""


class ConflictDeclared(Event, frozen=True):
    """A member of a council declared a tie to the model (practice); it does not vote on it."""

    appraisal_id: AppraisalId
    council: CouncilId
    member_id: UUID
    tie: ConflictTie


class AppraisalDiscontinued(Event, frozen=True):
    """The model was withdrawn while being appraised; nothing further follows."""

    appraisal_id: AppraisalId
    model: ModelId
    reason: Text
