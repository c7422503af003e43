"""Events of the registration service: organisations, movements, models up to their results."""

from datetime import date
from types import MappingProxyType
from typing import Final, Literal, get_args

import msgspec

from shared.contracts.event import Catalogue, Event
from shared.contracts.holding import HolderChanged, JointHolderConsented, JointHolders
from shared.contracts.intake import (
    QuotaPlaceFreed,
    QuotaPlaceLapsed,
    QuotaPlaceTaken,
    SimilarityFound,
)
from shared.contracts.papers import PaperKept
from shared.contracts.particulars import Particulars
from shared.contracts.personal import PersonalDataErased
from shared.contracts.running import (
    CoreTeamAssigned,
    CoreTeamChanged,
    DifficultyRaised,
    DifficultyResolved,
    EntryCorrected,
    EvidenceAttached,
    EvidenceWithdrawn,
    ExtensionGranted,
    ExtensionRefused,
    FeedbackAnswered,
    FeedbackRaised,
    Figure,
    HelpAssigned,
    InterimAssessmentRecorded,
    ModelEnded,
    ModelFellQuiet,
    ModelPraised,
    ModelReattested,
    ModelResumed,
    ModelSuspended,
    PlanAdopted,
    PlanRevised,
    ProgressReported,
    ReplicationRecorded,
)
from shared.contracts.standing import DelegationEnded, DelegationGranted, OfficeHandedOver
from shared.contracts.term import ModelContinued, TermChanged, TermYearBegun
from shared.contracts.values import (
    Aim,
    CategoryId,
    CompetenceClause,
    Duty,
    Forgettable,
    HolderKind,
    LatenessEffect,
    Level,
    Line,
    LineKind,
    ModelId,
    MovementId,
    OrganizationCode,
    OrganizationId,
    RuleSetId,
    Text,
    WorkField,
)


class OrganizationCreated(Event, frozen=True):
    """A body of the province exists. `category` is the one of clause I.1.1 it falls under, if any; `code`
    is what the province's own lists call it, if they do.
    """

    organization_id: OrganizationId
    name: Line
    kind: Line
    level: Level
    place: Line
    established_on: date
    category: CategoryId | None = None
    code: OrganizationCode | None = None


class OrganizationLineChanged(Event, frozen=True):
    """From `valid_from` on, `superior` stands above the body in this line; None ends the line."""

    organization_id: OrganizationId
    line: LineKind
    superior: OrganizationId | None
    valid_from: date


class CompetenceAssigned(Event, frozen=True):
    """From `valid_from` on the body recognises under `clause`, advised by the unit in charge of mass
    mobilisation (clause III.2.1c). `source` names the document that says so.
    """

    organization_id: OrganizationId
    clause: CompetenceClause
    advised_by: OrganizationId
    valid_from: date
    source: Line


class CompetenceSucceeded(Event, frozen=True):
    """From `valid_from` on the body recognises under `clause` in place of `former`, whose competence under
    that clause ends; several bodies may succeed one. After the districts' end this says who holds clause
    I.2.2d. `source` names the document that says so.
    """

    organization_id: OrganizationId
    clause: CompetenceClause
    former: OrganizationId
    advised_by: OrganizationId
    valid_from: date
    source: Line


class OrganizationRenamed(Event, frozen=True):
    """From `valid_from` on the body has this name, by the document `source`."""

    organization_id: OrganizationId
    name: Line
    valid_from: date
    source: Line


class OrganizationMoved(Event, frozen=True):
    """From `valid_from` on the body is at this place and level, by the document `source`."""

    organization_id: OrganizationId
    place: Line
    level: Level
    valid_from: date
    source: Line


class OrganizationDissolved(Event, frozen=True):
    """From `effective_on` on the body is no more. `successor` takes over its duties; None says that
    expressly nobody does. `source` names the deciding document.
    """

    organization_id: OrganizationId
    effective_on: date
    successor: OrganizationId | None
    source: Line


class OrganizationMerged(Event, frozen=True):
    """From `effective_on` on the body is part of `into`, which takes over its duties."""

    organization_id: OrganizationId
    into: OrganizationId
    effective_on: date
    source: Line


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A body that came out of a split and what it takes: whole duties, and every duty towards the models
    it names.
    """

    organization: OrganizationId
    duties: tuple[Duty, ...] = ()
    models: tuple[ModelId, ...] = ()


class OrganizationSplit(Event, frozen=True):
    """From `effective_on` on the body is split into `parts`. What none of them names goes to
    `default_successor`, one of them.
    """

    organization_id: OrganizationId
    effective_on: date
    parts: tuple[Part, ...]
    default_successor: OrganizationId
    source: Line


# --- movements --------------------------------------------------------------------------------


class MovementLaunched(Event, frozen=True):
    """The movement of a period, its legal bases, the launching body, and the rules it runs under."""

    movement_id: MovementId
    name: Line
    first_year: int
    last_year: int
    legal_bases: tuple[Line, ...]
    launching_body: OrganizationId
    rule_set: RuleSetId
    rule_set_version: int


class CalendarSet(Event, frozen=True):
    """The dates of one year. Results are reported before `results_before` (clause III.2.1b: 1 October);
    decisions fall between `month_from` and `month_to` (clause III.2.1c), both included.
    """

    movement_id: MovementId
    year: int
    registration_opens: date
    registration_closes: date
    results_before: date
    month_from: date
    month_to: date


# --- models -----------------------------------------------------------------------------------


class SiteSurveyed(Event, frozen=True):
    """The place was surveyed (clause III.1.1b)."""

    model_id: ModelId
    surveyed_by: OrganizationId
    surveyed_on: date
    place: Line
    situation: Text
    advantages: Text
    difficulties: Text


class ModelRegistered(Event, frozen=True):
    """A model, or an exemplar to be, was registered with a party committee and the launching body.

    `holder` is the organisation of the collective, or of the committee of residence or work of an
    individual, whose name is `holder_person`; `holder_name` names a collective. `answer_by` is the last
    day the committee has to accept or return it (practice: `registration_answer_working_days`).
    """

    model_id: ModelId
    movement: MovementId
    year: int
    aim: Aim
    name: Line
    address: Line
    field: WorkField
    content: Text
    basis: Text
    holder_kind: HolderKind
    holder: OrganizationId
    category: CategoryId
    committee: OrganizationId
    launching_body: OrganizationId
    deciding_body: OrganizationId
    rule_set: RuleSetId
    rule_set_version: int
    answer_by: date
    holder_name: Line | None = None
    holder_person: Forgettable | None = None
    sub_field: CategoryId | None = None
    particulars: Particulars = Particulars()
    joint_holders: JointHolders = ()
    """Who holds it together with `holder`, which leads: its committee, its place in the quota (practice)."""
    last_year: int | None = None
    """The last year of its term (practice); None where it is registered for its year alone."""

    @property
    def ends_with(self) -> int:
        """The last year of its term, `year` where none is named."""
        return self.year if self.last_year is None else self.last_year


class LaunchingBodyRegistrationRecorded(Event, frozen=True):
    """The launching body took the model into its register (clause II.2)."""

    model_id: ModelId
    launching_body: OrganizationId
    register_number: Line


class RegistrationAccepted(Event, frozen=True):
    """The party committee accepted the registration (practice; clause III.1.1c). `reason` says why, where another
    model was found to be alike.
    """

    model_id: ModelId
    committee: OrganizationId
    reason: Text | None = None


class RegistrationReturned(Event, frozen=True):
    """The party committee returned the registration with reasons (practice)."""

    model_id: ModelId
    committee: OrganizationId
    reasons: Text


class SupplementRequested(Event, frozen=True):
    """The party committee asked for what is missing in a registration (practice: supplements_max).

    Its time to answer stands still: `working_days_left` of it, counted after `requested_on`, remain from
    the day of supply on; 0 where the day it was due on has come.
    """

    model_id: ModelId
    committee: OrganizationId
    number: int
    missing: Text
    reasons: Text
    requested_on: date
    answer_was_due_on: date
    working_days_left: int


class SupplementSupplied(Event, frozen=True):
    """The holder supplied what was asked for; the committee's time runs on, to `answer_by`.

    `changed` are the items of the registration that read differently now: ModelRegistered, with which
    they stand anew, follows at once.
    """

    model_id: ModelId
    supplied_on: date
    answer: Text
    changed: tuple[Line, ...]
    answer_by: date


class WrittenResultsSubmitted(Event, frozen=True):
    """The holder's written report on the year's results (clause III.2.1b)."""

    model_id: ModelId
    year: int
    submitted_on: date
    summary: Text
    figures: tuple[Figure, ...]
    households: int | None = None


class LatenessRecorded(Event, frozen=True):
    """Written results came on or after the date they were due before. `effect` is the rule set's."""

    model_id: ModelId
    year: int
    due_before: date
    days_late: int
    effect: LatenessEffect
    reason: Text | None = None


class LateReportAccepted(Event, frozen=True):
    """The committee accepted a late report for its stated reason (practice: accept_with_reason)."""

    model_id: ModelId
    year: int
    committee: OrganizationId
    reason: Text


class ReportingSessionScheduled(Event, frozen=True):
    """The mobilisation system called a session where the holder reports (clause III.2.1b)."""

    model_id: ModelId
    year: int
    organizer: OrganizationId
    held_on: date
    place: Line


class ReportingSessionHeld(Event, frozen=True):
    """The session took place; `minutes` is the number or title of its minutes."""

    model_id: ModelId
    year: int
    organizer: OrganizationId
    held_on: date
    minutes: Line


class ReportingSessionMissed(Event, frozen=True):
    """No session was held before the due date: the organising body's overdue duty, never the holder's
    fault (clause III.2.1b).
    """

    model_id: ModelId
    year: int
    organizer: OrganizationId
    due_before: date
    written_results: bool


class ResultsReported(Event, frozen=True):
    """The year's results are in hand and the model can be appraised: written results are in, and they
    were reported in a session, or the organising body missed to hold one (clause III.2.1b).
    """

    model_id: ModelId
    year: int
    late: bool
    session: Literal["held", "missed"]


class ModelWithdrawn(Event, frozen=True):
    """The holder withdrew the model; nothing further follows."""

    model_id: ModelId
    reason: Text


HeardOf = (
    PlanAdopted
    | ModelResumed
    | ProgressReported
    | InterimAssessmentRecorded
    | WrittenResultsSubmitted
    | ResultsReported
    | ModelReattested
    | TermYearBegun
)
HEARD_OF: Final[tuple[type[HeardOf], ...]] = get_args(HeardOf)
"""What ends a silence: a running model is heard of by a report of its holder, an assessment or attestation, and
when it starts, goes on or enters a new year of its term (clauses III.2.1a, IV.2; practice: `quiet_after_days`).
"""

EVENTS: Final = Catalogue(
    service="registration",
    categories=(
        "organization",
        "movement",
        "model",
        "quota",
        "feedback",
        "delegation",
        "office",
        "paper_registration",
        "personal_registration",
    ),
    current=MappingProxyType(
        {
            "OrganizationCreated.v1": OrganizationCreated,
            "OrganizationLineChanged.v1": OrganizationLineChanged,
            "CompetenceAssigned.v1": CompetenceAssigned,
            "CompetenceSucceeded.v1": CompetenceSucceeded,
            "OrganizationRenamed.v1": OrganizationRenamed,
            "OrganizationMoved.v1": OrganizationMoved,
            "OrganizationDissolved.v1": OrganizationDissolved,
            "OrganizationMerged.v1": OrganizationMerged,
            "OrganizationSplit.v1": OrganizationSplit,
            "DelegationGranted.v1": DelegationGranted,
            "DelegationEnded.v1": DelegationEnded,
            "OfficeHandedOver.v1": OfficeHandedOver,
            "PaperKept.v1": PaperKept,
            "MovementLaunched.v1": MovementLaunched,
            "CalendarSet.v1": CalendarSet,
            "SiteSurveyed.v1": SiteSurveyed,
            "ModelRegistered.v1": ModelRegistered,
            "LaunchingBodyRegistrationRecorded.v1": LaunchingBodyRegistrationRecorded,
            "RegistrationAccepted.v1": RegistrationAccepted,
            "RegistrationReturned.v1": RegistrationReturned,
            "PlanAdopted.v1": PlanAdopted,
            "CoreTeamAssigned.v1": CoreTeamAssigned,
            "PlanRevised.v1": PlanRevised,
            "CoreTeamChanged.v1": CoreTeamChanged,
            "ProgressReported.v1": ProgressReported,
            "ModelPraised.v1": ModelPraised,
            "DifficultyRaised.v1": DifficultyRaised,
            "HelpAssigned.v1": HelpAssigned,
            "DifficultyResolved.v1": DifficultyResolved,
            "InterimAssessmentRecorded.v1": InterimAssessmentRecorded,
            "EvidenceAttached.v1": EvidenceAttached,
            "EvidenceWithdrawn.v1": EvidenceWithdrawn,
            "ExtensionGranted.v1": ExtensionGranted,
            "ExtensionRefused.v1": ExtensionRefused,
            "EntryCorrected.v1": EntryCorrected,
            "ModelSuspended.v1": ModelSuspended,
            "ModelResumed.v1": ModelResumed,
            "ModelEnded.v1": ModelEnded,
            "ModelFellQuiet.v1": ModelFellQuiet,
            "ModelReattested.v1": ModelReattested,
            "ReplicationRecorded.v1": ReplicationRecorded,
            "FeedbackRaised.v1": FeedbackRaised,
            "FeedbackAnswered.v1": FeedbackAnswered,
            "SimilarityFound.v1": SimilarityFound,
            "JointHolderConsented.v1": JointHolderConsented,
            "HolderChanged.v1": HolderChanged,
            "TermYearBegun.v1": TermYearBegun,
            "TermChanged.v1": TermChanged,
            "ModelContinued.v1": ModelContinued,
            "QuotaPlaceTaken.v1": QuotaPlaceTaken,
            "QuotaPlaceFreed.v1": QuotaPlaceFreed,
            "QuotaPlaceLapsed.v1": QuotaPlaceLapsed,
            "SupplementRequested.v1": SupplementRequested,
            "SupplementSupplied.v1": SupplementSupplied,
            "WrittenResultsSubmitted.v1": WrittenResultsSubmitted,
            "LatenessRecorded.v1": LatenessRecorded,
            "LateReportAccepted.v1": LateReportAccepted,
            "ReportingSessionScheduled.v1": ReportingSessionScheduled,
            "ReportingSessionHeld.v1": ReportingSessionHeld,
            "ReportingSessionMissed.v1": ReportingSessionMissed,
            "ResultsReported.v1": ResultsReported,
            "ModelWithdrawn.v1": ModelWithdrawn,
            "PersonalDataErased.v1": PersonalDataErased,
        }
    ),
)
