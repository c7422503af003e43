"""Events of the evaluation service: rule sets, criteria, appraisals, postings, councils, ballots, votes."""

from datetime import date, datetime
from types import MappingProxyType
from typing import Annotated, Final, Generic, Literal, TypeVar
from uuid import UUID

import msgspec

from shared.contracts.event import Catalogue, Event
from shared.contracts.values import (
    Aim,
    AppraisalId,
    BallotId,
    CategoryId,
    CouncilId,
    CriteriaSetId,
    Forgettable,
    HolderKind,
    LatenessEffect,
    Line,
    ModelId,
    MovementId,
    OrganizationId,
    RuleSetId,
    SurveyGate,
    Text,
)

V = TypeVar("V")

# --- rule sets --------------------------------------------------------------------------------


class Setting(msgspec.Struct, Generic[V], frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rule as data. `source` is `guideline <clause>` or `practice: <document>`."""

    value: V
    source: Line


class Category(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A category of those who may register (clauses I.1.1, I.1.2)."""

    id: CategoryId
    holder_kind: HolderKind
    title: Line


class Fraction(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An exact share: `numerator` out of `denominator`."""

    numerator: Annotated[int, msgspec.Meta(ge=0, le=10_000)]
    denominator: Annotated[int, msgspec.Meta(ge=1, le=10_000)]


BallotMode = Literal["open", "none"]
Denominator = Literal["all", "present", "present_and_consulted"]


class RuleSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a body may decide differently, each setting with its source."""

    categories: Setting[tuple[Category, ...]]
    survey_gate: Setting[SurveyGate]
    lateness_effect: Setting[LatenessEffect]
    posting_working_days: Setting[Annotated[int, msgspec.Meta(ge=0, le=60)]]
    holidays: Setting[tuple[date, ...]]
    ballot_mode: Setting[BallotMode]
    quorum: Setting[Fraction]
    """Share of all members that must have voted for the ballot to count."""
    threshold: Setting[Fraction]
    """Share of the denominator that must approve."""
    threshold_denominator: Setting[Denominator]
    outside_month: Setting[Literal["reason_required", "allowed"]]


class RuleSetAdopted(Event, frozen=True):
    """A body adopted a rule set, or a new version of it, by a document."""

    rule_set_id: RuleSetId
    version: int
    adopted_by: OrganizationId
    title: Line
    document_number: Line
    effective_on: date
    expires_on: date | None
    settings: RuleSettings


CommonCriterion = Literal["II.1", "II.2", "II.3", "II.4", "II.5"]


class Criterion(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A criterion; it makes the common one of clause II concrete, with points on the body's own scale."""

    id: CategoryId
    common: CommonCriterion
    title: Line
    points_max: Annotated[int, msgspec.Meta(ge=1, le=1000)]


class CriteriaSetAdopted(Event, frozen=True):
    """A body adopted criteria. All five common ones are there (clause II); a model meets the standard
    with at least `points_required` in total and every gate passed.
    """

    criteria_set_id: CriteriaSetId
    version: int
    adopted_by: OrganizationId
    title: Line
    effective_on: date
    criteria: tuple[Criterion, ...]
    points_required: int


# --- councils ---------------------------------------------------------------------------------

CouncilRole = Literal["chair", "secretary", "member"]


class CouncilMember(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A member; `person` holds account and name."""

    member_id: UUID
    person: Forgettable
    role: CouncilRole


class CouncilFormed(Event, frozen=True):
    """A body formed a council that votes (practice)."""

    council_id: CouncilId
    body: OrganizationId
    name: Line
    members: tuple[CouncilMember, ...]


# --- appraisals and postings ------------------------------------------------------------------


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


class AppraisalDiscontinued(Event, frozen=True):
    """The model was withdrawn while being appraised; nothing further follows."""

    appraisal_id: AppraisalId
    model: ModelId
    reason: Text


# --- ballots and votes ------------------------------------------------------------------------


class Voter(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Someone entitled to vote in one ballot; `person` holds account and name."""

    pseudonym: UUID
    person: Forgettable


class BallotOpened(Event, frozen=True):
    """An open ballot on one appraisal: its frozen electorate and the rules that govern it.

    `round` counts from 1; a repeated ballot is a new one that names the `former`.
    """

    ballot_id: BallotId
    appraisal_id: AppraisalId
    model: ModelId
    council: CouncilId
    council_body: OrganizationId
    appraising_unit: OrganizationId
    question: Line
    electorate: tuple[Voter, ...]
    quorum: Fraction
    threshold: Fraction
    threshold_denominator: Denominator
    rule_set: RuleSetId
    rule_set_version: int
    round: int
    former: BallotId | None = None


class AttendanceRecorded(Event, frozen=True):
    """Who was present and who was asked in writing, by pseudonym; the secretary's record."""

    ballot_id: BallotId
    present: tuple[UUID, ...]
    consulted: tuple[UUID, ...]


Choice = Literal["approve", "reject", "abstain"]


class VoteCast(Event, frozen=True):
    """One voter's vote, the only event of its stream."""

    ballot_id: BallotId
    pseudonym: UUID
    choice: Choice


class BallotClosed(Event, frozen=True):
    """The cut-off: votes that stand before this event in the log count, later ones do not."""

    ballot_id: BallotId
    appraisal_id: AppraisalId
    closed_at: datetime


class TallyLine(msgspec.Struct, frozen=True, kw_only=True):
    """The result under one denominator; `governs` marks the one the rules go by."""

    denominator: Denominator
    base: int
    approve: int
    reached: bool
    governs: bool


class BallotTallied(Event, frozen=True):
    """The count of a closed ballot that had its quorum, under every denominator. `counted` names the
    votes that count, in the order they stand in the log.
    """

    ballot_id: BallotId
    appraisal_id: AppraisalId
    model: ModelId
    eligible: int
    present: int
    consulted: int
    approve: int
    reject: int
    abstain: int
    lines: tuple[TallyLine, ...]
    adopted: bool
    counted: tuple[UUID, ...] = ()


class QuorumMissed(Event, frozen=True):
    """Too few voted: the ballot decides nothing and may be repeated."""

    ballot_id: BallotId
    appraisal_id: AppraisalId
    model: ModelId
    eligible: int
    voted: int
    quorum: Fraction
    counted: tuple[UUID, ...] = ()


EVENTS: Final = Catalogue(
    service="evaluation",
    categories=("ruleset", "criteria", "council", "appraisal", "ballot", "vote"),
    current=MappingProxyType(
        {
            "RuleSetAdopted.v1": RuleSetAdopted,
            "CriteriaSetAdopted.v1": CriteriaSetAdopted,
            "CouncilFormed.v1": CouncilFormed,
            "AppraisalOpened.v1": AppraisalOpened,
            "GateChecked.v1": GateChecked,
            "CriterionScored.v1": CriterionScored,
            "Appraised.v1": Appraised,
            "PostingOpened.v1": PostingOpened,
            "OpinionReceived.v1": OpinionReceived,
            "OpinionAnswered.v1": OpinionAnswered,
            "PostingClosed.v1": PostingClosed,
            "AdviceIssued.v1": AdviceIssued,
            "AppraisalDiscontinued.v1": AppraisalDiscontinued,
            "BallotOpened.v1": BallotOpened,
            "AttendanceRecorded.v1": AttendanceRecorded,
            "VoteCast.v1": VoteCast,
            "BallotClosed.v1": BallotClosed,
            "BallotTallied.v1": BallotTallied,
            "QuorumMissed.v1": QuorumMissed,
        }
    ),
)
