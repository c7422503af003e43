"""Events of the evaluation service about one appraisal: scored, posted in public, advised on."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from shared.contracts.event import Event
from shared.contracts.holding import JointHolders
from shared.contracts.running import CorrectableEntry, Sha256
from shared.contracts.values import (
    Account,
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
    TeamId,
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
    joint_holders: JointHolders = ()


class GateChecked(Event, frozen=True):
    """Compliance with Party lines and State law: pass or fail, no points (clause II.2)."""

    appraisal_id: AppraisalId
    gate: Literal["compliance"]
    passed: bool
    finding: Text


class Appraiser(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A member of an appraising team; `person` holds account and name."""

    appraiser_id: UUID
    person: Forgettable


class TeamAssigned(Event, frozen=True):
    """The appraising unit assigned its team (practice: Cửa Lò 2018, teams by field). Only its appraisers
    score from now on, each for himself; without members the unit's officers do again. `reason` is asked
    for where a team is changed; `follows_field` where the unit's team of the field was taken over.
    """

    appraisal_id: AppraisalId
    members: tuple[Appraiser, ...]
    follows_field: bool
    reason: Text | None = None


class FieldTeamAssigned(Event, frozen=True):
    """A unit assigned a team to a field (practice: Cửa Lò 2018): appraisals that open from now on follow it."""

    team_id: TeamId
    unit: OrganizationId
    field: WorkField
    members: tuple[Appraiser, ...]
    reason: Text | None = None


class EnteredOnBehalf(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody entered it for a person without an account, from a paper the person signed (practice): the account
    that did, and the hash of the scan.
    """

    entered_by: Account
    paper: Sha256


class ScoreSealed(Event, frozen=True):
    """An appraiser of the team scored a criterion (practice). Points and evidence lie in the vault until
    every appraiser's are in, so that nobody scores by another's; sealing again replaces the former.
    """

    appraisal_id: AppraisalId
    appraiser: UUID
    criterion: CategoryId
    score: Forgettable
    on_behalf: EnteredOnBehalf | None = None


class CriterionScored(Event, frozen=True):
    """Points for one criterion, with the evidence for them; scoring again replaces the former. Of a team
    each `appraiser` has one, opened when the last is in; without a team the unit has one. `files` are
    hashes of evidence attached to the model.
    """

    appraisal_id: AppraisalId
    criterion: CategoryId
    points: int
    evidence: Text
    files: tuple[Sha256, ...] = ()
    appraiser: UUID | None = None
    on_behalf: EnteredOnBehalf | None = None


class DivergenceFlagged(Event, frozen=True):
    """The team's points for a criterion lie further apart than the rules let stand (practice `divergence`):
    the appraisal is not complete before they were discussed.
    """

    appraisal_id: AppraisalId
    criterion: CategoryId
    lowest: int
    highest: int
    points_max: int


class RevisedScore(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The points an appraiser gives after the discussion."""

    appraiser: UUID
    points: Annotated[int, msgspec.Meta(ge=0, le=1000)]


class DivergenceResolved(Event, frozen=True):
    """The team discussed a criterion on which it was far apart (practice); who changed his points is in
    `revised`. Resolving again replaces the former.
    """

    appraisal_id: AppraisalId
    criterion: CategoryId
    discussion: Text
    revised: tuple[RevisedScore, ...] = ()


class ScoreCorrected(Event, frozen=True):
    """An appraiser corrected his own score after the team's were opened and before the appraisal was complete,
    and said why (practice: corrections are events with reasons). The former one stays in the record;
    `former_points` are those that counted until then.
    """

    appraisal_id: AppraisalId
    appraiser: UUID
    criterion: CategoryId
    former_points: int
    points: int
    evidence: Text
    reason: Text
    files: tuple[Sha256, ...] = ()
    on_behalf: EnteredOnBehalf | None = None


class DossierCorrected(Event, frozen=True):
    """What registration says of the model was corrected while it is appraised, at `corrected_at` and for the
    `reason` given there (practice: corrections are events with reasons). Scores given before stand; that they
    were given before follows from the order of events.
    """

    appraisal_id: AppraisalId
    model: ModelId
    entry: CorrectableEntry
    was: Text
    becomes: Text
    reason: Text
    corrected_at: datetime
    target: Line | None = None


class SiteVisitScheduled(Event, frozen=True):
    """A visit to the site is to be on a day (practice: Cửa Lò 2018); scheduling it again moves it."""

    appraisal_id: AppraisalId
    model: ModelId
    visit_id: UUID
    on: date
    place: Line


class SiteVisited(Event, frozen=True):
    """The site was visited (practice: Cửa Lò 2018): by `appraisers` of the team, by `visitors` whose names are
    kept apart, or both. `files` are hashes of evidence attached to the model.
    """

    appraisal_id: AppraisalId
    model: ModelId
    visit_id: UUID
    on: date
    place: Line
    appraisers: tuple[UUID, ...]
    visitors: Forgettable | None
    findings: Text
    files: tuple[Sha256, ...] = ()


class CriterionResult(msgspec.Struct, frozen=True, kw_only=True):
    """The points of a criterion, as they follow from all appraisers' scores."""

    criterion: CategoryId
    points: int


class Appraised(Event, frozen=True):
    """Every criterion is scored and every gate checked; whether the standard is met follows. `results` are
    the points of each criterion, by the rules' `score_rule`.
    """

    appraisal_id: AppraisalId
    model: ModelId
    year: int
    points: int
    points_required: int
    gates_passed: bool
    meets_standard: bool
    summary: Text
    results: tuple[CriterionResult, ...] = ()


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
    joint_holders: JointHolders = ()


ConflictTie = Literal["holder", "holder_line", "core_team", "family", "other"]
"""A council member's or an appraiser's tie to a dossier: works at the holder, or in its line; was of the core team; is family."""


class ConflictDeclared(Event, frozen=True):
    """A member of a council declared a tie to the model (practice); it does not vote on it."""

    appraisal_id: AppraisalId
    council: CouncilId
    member_id: UUID
    tie: ConflictTie


class AppraiserRecused(Event, frozen=True):
    """An appraiser does not score, for a tie to the model found by the system or declared (practice). What
    he had scored does not count.
    """

    appraisal_id: AppraisalId
    appraiser: UUID
    person: Forgettable
    tie: ConflictTie
    found: bool
    reason: Text


class AppraisalDiscontinued(Event, frozen=True):
    """The model was withdrawn while being appraised; nothing further follows."""

    appraisal_id: AppraisalId
    model: ModelId
    reason: Text
