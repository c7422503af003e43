"""Events of the evaluation service: rule sets, criteria, councils, ballots, votes; its catalogue."""

from datetime import date, datetime
from types import MappingProxyType
from typing import Annotated, Final, Generic, Literal, TypeVar
from uuid import UUID

import msgspec

from shared.contracts.appraisal import (
    AdviceIssued,
    AppraisalDiscontinued,
    AppraisalOpened,
    Appraised,
    AppraiserRecused,
    ConflictDeclared,
    CriterionScored,
    DivergenceFlagged,
    DivergenceResolved,
    DossierCorrected,
    EnteredOnBehalf,
    FieldTeamAssigned,
    GateChecked,
    OpinionAnswered,
    OpinionReceived,
    PostingClosed,
    PostingOpened,
    ScoreCorrected,
    ScoreSealed,
    SiteVisited,
    SiteVisitScheduled,
    TeamAssigned,
)
from shared.contracts.council import CouncilChanged, CouncilFormed
from shared.contracts.event import Catalogue, Event
from shared.contracts.particulars import RegistrationItem, SubField
from shared.contracts.personal import PersonalDataErased
from shared.contracts.sitting import (
    AgendaSettled,
    ConflictFound,
    MemberRecused,
    MinutesDrafted,
    MinutesSigned,
    ReservationEntered,
    SittingAttendanceRecorded,
    SittingClosed,
    SittingCounted,
    SittingOpened,
    WrittenVoteCorrected,
)
from shared.contracts.values import (
    AppraisalId,
    BallotId,
    CategoryId,
    Choice,
    CouncilId,
    CouncilRole,
    CriteriaSetId,
    HolderKind,
    LatenessEffect,
    Likeness,
    Line,
    ModelId,
    OrganizationId,
    RuleSetId,
    SittingId,
    SurveyGate,
    WorkField,
    WrittenVotes,
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


BallotMode = Literal["open", "secret", "none"]
Denominator = Literal["all", "present", "present_and_consulted"]
TieRule = Literal["not_adopted", "chair_decides", "repeat"]
"""What an equal number of approvals and rejections leads to."""

ExemplarBasis = Literal["recognised", "effective"]
"""What the models behind an exemplar must be (clause III.2.2b)."""

OpenDossiers = Literal["stay", "more_favourable"]
"""What happens to dossiers that are open when a version takes effect."""

ScoreRule = Literal["mean", "median"]
"""How the points of a criterion follow from its appraisers': halves are rounded up."""

SiteVisitRule = Literal["required", "optional"]
"""Whether an appraisal waits for a visit to the site."""

DaysMax = Annotated[int, msgspec.Meta(ge=0, le=366)]
SomeDays = Annotated[int, msgspec.Meta(ge=1, le=366)]
Times = Annotated[int, msgspec.Meta(ge=0, le=10)]
TermYears = Annotated[int, msgspec.Meta(ge=1, le=10)]


class CouncilMakeup(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who sits in a council: those who vote at least, and the roles that have exactly one holder."""

    voters_min: Annotated[int, msgspec.Meta(ge=1, le=100)]
    single_roles: tuple[CouncilRole, ...]


class Quota(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Models a unit registers in a year; None is without an upper limit."""

    at_least: Annotated[int, msgspec.Meta(ge=0, le=1000)]
    at_most: Annotated[int, msgspec.Meta(ge=1, le=1000)] | None


class Addressees(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Bodies that are told of a rule set: those of certain kinds that stand to its body in a relation.

    `above` is directly above it in any line, `beside` directly under the same body in any line, `below`
    under it in any line, through whomever. Without `kinds` all kinds are meant.
    """

    relation: Literal["above", "beside", "below"]
    kinds: Annotated[tuple[Line, ...], msgspec.Meta(max_length=100)] = ()


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
    written_votes: Setting[WrittenVotes]
    """Whether absent members of a council are asked in writing."""
    outside_month: Setting[Literal["reason_required", "allowed"]]
    score_rule: Setting[ScoreRule]
    """How a criterion's points follow from those of the appraisers of a team."""
    divergence: Setting[Fraction]
    """Share of a criterion's points: appraisers further apart discuss it before the appraisal is complete."""
    site_visit: Setting[SiteVisitRule]
    council: Setting[CouncilMakeup]
    minutes: Setting[Annotated[tuple[CouncilRole, ...], msgspec.Meta(max_length=3)]]
    """The roles that sign the minutes of a sitting before the advice follows from it; without any it follows
    from the count.
    """
    tie_rule: Setting[TieRule]
    ballot_repeats_max: Setting[Times]
    """How often a ballot may be repeated after the first."""
    models_per_unit: Setting[Quota]
    registration_items: Setting[Annotated[tuple[RegistrationItem, ...], msgspec.Meta(max_length=8)]]
    """The items a registration has to state beyond those the guideline asks for (II.1, III.1.1a)."""
    sub_fields: Setting[Annotated[tuple[SubField, ...], msgspec.Meta(max_length=100)]]
    """Local fields under the four."""
    supplements_max: Setting[Times]
    """How often a registration may be sent back for a supplement."""
    registration_answer_working_days: Setting[SomeDays]
    """Working days the committee has to accept a registration, or return it with reasons."""
    term_years_max: Setting[TermYears]
    """Years for which a model may be registered at once."""
    similarity: Setting[Likeness]
    """When a registration is held against another model that may be the same work."""
    quiet_after_days: Setting[SomeDays]
    """Days without a report or an assessment after which a running model counts as quiet."""
    help_days: Setting[SomeDays]
    """Days within which a difficulty raised gets its help assigned."""
    exemplar_basis: Setting[ExemplarBasis]
    reminder_days: Setting[Annotated[tuple[DaysMax, ...], msgspec.Meta(max_length=10)]]
    """Days before a deadline on which those concerned are reminded, the farthest first."""
    escalation_days: Setting[SomeDays]
    """Days after a missed deadline, and after each step, before the next body up the line is told."""
    urging_days: Setting[SomeDays]
    """Days within which a body is not urged again for the same matter, unless for a reason."""
    complaint_days: Setting[SomeDays]
    """Days after a decision within which a complaint is taken."""
    revocation_report_days: Setting[SomeDays]
    """Days the submitting level has to report a ground for revocation after its conclusion."""
    revocation_decision_working_days: Setting[SomeDays]
    """Working days the deciding body has on a full revocation dossier."""
    proposal: Setting[Literal["required", "none"]]
    """Whether a recognition waits for the proposal of the submitting unit."""
    same_achievement: Setting[Literal["recognised_once", "allowed"]]
    """Whether two bodies, or one twice, may recognise the same achievement of a year."""
    recipients: Setting[Annotated[tuple[Addressees, ...], msgspec.Meta(max_length=10)]]
    """Who is told of the rule set and its new versions (clause N)."""


class RuleSetVersion(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A version of a rule set."""

    rule_set: RuleSetId
    version: Annotated[int, msgspec.Meta(ge=1, le=10_000)]


class InheritedSetting(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A setting the body left as it was, and the version that decided it."""

    setting: Line
    decided_in: RuleSetVersion


class RuleSetAdopted(Event, frozen=True):
    """A body adopted a rule set, or a new version of it, by a document (clause IV.1).

    `settings` are whole: what the body left to its `parent` stands in `inherited`, with the version
    that decided it. A version follows the former one of its set from `effective_on` on; `replaces`
    names other sets of the body that end with it. `answers` are the feedbacks it cites (clause IV.3).
    """

    rule_set_id: RuleSetId
    version: int
    adopted_by: OrganizationId
    title: Line
    document_number: Line
    issued_on: date
    effective_on: date
    expires_on: date | None
    """The first day on which it no longer holds."""
    settings: RuleSettings
    transition: Setting[OpenDossiers]
    parent: RuleSetVersion | None = None
    inherited: tuple[InheritedSetting, ...] = ()
    replaces: tuple[RuleSetId, ...] = ()
    answers: tuple[UUID, ...] = ()


CommonCriterion = Literal["II.1", "II.2", "II.3", "II.4", "II.5"]


class Criterion(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A criterion; it makes the common one of clause II concrete, with points on the body's own scale.

    With a `field` or a `locality` (a body) it holds there alone, in place of the more general one of
    its id.
    """

    id: CategoryId
    common: CommonCriterion
    title: Line
    points_max: Annotated[int, msgspec.Meta(ge=1, le=1000)]
    field: WorkField | None = None
    locality: OrganizationId | None = None


class CriteriaSetVersion(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A version of a set of criteria."""

    criteria_set: CriteriaSetId
    version: Annotated[int, msgspec.Meta(ge=1, le=10_000)]


class CriteriaSetAdopted(Event, frozen=True):
    """A body adopted criteria by a document. All five common ones are there in every field and locality
    (clause II); a model meets the standard with at least `points_required` in total and every gate
    passed. With a `parent` the standard asks for no smaller share of its scale than the parent's.
    """

    criteria_set_id: CriteriaSetId
    version: int
    adopted_by: OrganizationId
    title: Line
    document_number: Line
    issued_on: date
    effective_on: date
    expires_on: date | None
    """The first day on which it no longer holds."""
    criteria: tuple[Criterion, ...]
    points_required: int
    transition: Setting[OpenDossiers]
    parent: CriteriaSetVersion | None = None
    replaces: tuple[CriteriaSetId, ...] = ()
    answers: tuple[UUID, ...] = ()


# --- ballots and votes ------------------------------------------------------------------------


class BallotOpened(Event, frozen=True):
    """An open ballot on one appraisal, held in a sitting: its frozen electorate and the rules that govern it.

    The electorate are pseudonyms; whose they are follows from the sitting's roll and from what only the
    vault knows. `round` counts from 1; a repeated ballot is a new one that names the `former`. `chair` is the
    chair's pseudonym where the tie rule asks how the chair voted, None elsewhere.
    """

    ballot_id: BallotId
    sitting: SittingId
    appraisal_id: AppraisalId
    model: ModelId
    council: CouncilId
    council_body: OrganizationId
    appraising_unit: OrganizationId
    question: Line
    electorate: tuple[UUID, ...]
    quorum: Fraction
    threshold: Fraction
    threshold_denominator: Denominator
    tie_rule: TieRule
    repeats_max: int
    rule_set: RuleSetId
    rule_set_version: int
    round: int
    former: BallotId | None = None
    chair: UUID | None = None


class AttendanceRecorded(Event, frozen=True):
    """Who of a ballot's electorate was present and who was asked in writing, by pseudonym: what the sitting's
    attendance says of it. It stands with the close.
    """

    ballot_id: BallotId
    present: tuple[UUID, ...]
    consulted: tuple[UUID, ...]


class VoteCast(Event, frozen=True):
    """One voter's vote, the only event of its stream. `on_behalf` where the secretary entered it from the signed
    paper of a member without an account who was asked in writing (practice).
    """

    ballot_id: BallotId
    pseudonym: UUID
    choice: Choice
    on_behalf: EnteredOnBehalf | None = None


class BallotClosed(Event, frozen=True):
    """The cut-off: votes that stand before this event in the log count, later ones do not."""

    ballot_id: BallotId
    appraisal_id: AppraisalId
    closed_at: datetime


class TallyLine(msgspec.Struct, frozen=True, kw_only=True):
    """The result under one denominator; `governs` marks the one the rules go by. Of the `base`, so many voted
    at the meeting, so many in writing, and so many not at all.
    """

    denominator: Denominator
    base: int
    voted_present: int
    voted_in_writing: int
    not_voting: int
    approve: int
    reached: bool
    governs: bool


class BallotTallied(Event, frozen=True):
    """The count of a closed ballot that had its quorum, under every denominator. `counted` names the
    votes that count, in the order they stand in the log. `repeatable`: tied, under rules by which the
    council votes again; nothing is decided yet.
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
    tied: bool
    repeatable: bool
    counted: tuple[UUID, ...] = ()


class QuorumMissed(Event, frozen=True):
    """Too few voted: nothing is adopted. While `repeatable` the council may vote again; after the last
    round the advice is to decline.
    """

    ballot_id: BallotId
    appraisal_id: AppraisalId
    model: ModelId
    eligible: int
    voted: int
    quorum: Fraction
    repeatable: bool
    counted: tuple[UUID, ...] = ()


EVENTS: Final = Catalogue(
    service="evaluation",
    categories=(
        "ruleset",
        "criteria",
        "council",
        "team",
        "appraisal",
        "sitting",
        "ballot",
        "vote",
        "personal_evaluation",
    ),
    current=MappingProxyType(
        {
            "RuleSetAdopted.v1": RuleSetAdopted,
            "CriteriaSetAdopted.v1": CriteriaSetAdopted,
            "CouncilFormed.v1": CouncilFormed,
            "CouncilChanged.v1": CouncilChanged,
            "AppraisalOpened.v1": AppraisalOpened,
            "GateChecked.v1": GateChecked,
            "TeamAssigned.v1": TeamAssigned,
            "FieldTeamAssigned.v1": FieldTeamAssigned,
            "AppraiserRecused.v1": AppraiserRecused,
            "ScoreSealed.v1": ScoreSealed,
            "CriterionScored.v1": CriterionScored,
            "DivergenceFlagged.v1": DivergenceFlagged,
            "DivergenceResolved.v1": DivergenceResolved,
            "ScoreCorrected.v1": ScoreCorrected,
            "DossierCorrected.v1": DossierCorrected,
            "SiteVisitScheduled.v1": SiteVisitScheduled,
            "SiteVisited.v1": SiteVisited,
            "Appraised.v1": Appraised,
            "PostingOpened.v1": PostingOpened,
            "OpinionReceived.v1": OpinionReceived,
            "OpinionAnswered.v1": OpinionAnswered,
            "PostingClosed.v1": PostingClosed,
            "AdviceIssued.v1": AdviceIssued,
            "AppraisalDiscontinued.v1": AppraisalDiscontinued,
            "ConflictDeclared.v1": ConflictDeclared,
            "ConflictFound.v1": ConflictFound,
            "MemberRecused.v1": MemberRecused,
            "SittingOpened.v1": SittingOpened,
            "AgendaSettled.v1": AgendaSettled,
            "SittingAttendanceRecorded.v1": SittingAttendanceRecorded,
            "SittingClosed.v1": SittingClosed,
            "SittingCounted.v1": SittingCounted,
            "MinutesDrafted.v1": MinutesDrafted,
            "ReservationEntered.v1": ReservationEntered,
            "MinutesSigned.v1": MinutesSigned,
            "BallotOpened.v1": BallotOpened,
            "AttendanceRecorded.v1": AttendanceRecorded,
            "VoteCast.v1": VoteCast,
            "WrittenVoteCorrected.v1": WrittenVoteCorrected,
            "BallotClosed.v1": BallotClosed,
            "BallotTallied.v1": BallotTallied,
            "QuorumMissed.v1": QuorumMissed,
            "PersonalDataErased.v1": PersonalDataErased,
        }
    ),
)
