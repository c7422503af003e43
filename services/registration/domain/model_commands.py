"""What one can ask of a model: the forms people fill in, and the commands they become."""

from datetime import date
from typing import Annotated

import msgspec

from services.registration.domain.facts import HolderFacts, MovementYear, RegistrationRules
from shared.contracts.registration import CoreMember, Figure, Milestone, Target
from shared.contracts.values import (
    Aim,
    CategoryId,
    Forgettable,
    HolderKind,
    Line,
    ModelId,
    MovementId,
    OrganizationId,
    Text,
    WorkField,
    Year,
)
from shared.domain.decider import Request
from shared.domain.time import Instant

Figures = Annotated[tuple[Figure, ...], msgspec.Meta(max_length=50)]


class SurveySiteForm(Request, frozen=True, kw_only=True):
    """What the survey of the place found."""

    surveyed_by: OrganizationId
    surveyed_on: date
    place: Line
    situation: Text
    advantages: Text
    difficulties: Text


class SurveySite(SurveySiteForm, frozen=True, kw_only=True):
    """Record the survey; it may open the model's stream."""

    model_id: ModelId
    at: Instant


class RegistrationDossier(Request, frozen=True, kw_only=True):
    """The registration itself, without who an individual is."""

    movement: MovementId
    year: Year
    aim: Aim = "model"
    name: Line
    address: Line
    field: WorkField
    content: Text
    basis: Text
    holder_kind: HolderKind
    holder: OrganizationId
    holder_name: Line | None = None
    category: CategoryId
    committee: OrganizationId
    deciding_body: OrganizationId


class RegisterModelForm(RegistrationDossier, frozen=True, kw_only=True):
    """A registration as one enters it. `person` names an individual and is kept apart, forgettable."""

    person: Line | None = None


class RegistrationRecord(RegistrationDossier, frozen=True, kw_only=True):
    """The registration with its person as a reference: what stands in the record."""

    holder_person: Forgettable | None = None


class RegisterModel(RegistrationRecord, frozen=True, kw_only=True):
    """Register, or register again after a return."""

    model_id: ModelId
    at: Instant
    holder_facts: HolderFacts
    movement_year: MovementYear
    rules: RegistrationRules


class RecordLaunchingBodyRegistrationForm(Request, frozen=True, kw_only=True):
    """The number in the launching body's register."""

    register_number: Line


class RecordLaunchingBodyRegistration(
    RecordLaunchingBodyRegistrationForm, frozen=True, kw_only=True
):
    """Take the model into the launching body's register (clause II.2)."""

    at: Instant


class AcceptRegistrationForm(Request, frozen=True, kw_only=True):
    """Nothing to fill in."""


class AcceptRegistration(AcceptRegistrationForm, frozen=True, kw_only=True):
    """The committee accepts the registration."""

    at: Instant


class ReturnRegistrationForm(Request, frozen=True, kw_only=True):
    """Why the registration goes back."""

    reasons: Text


class ReturnRegistration(ReturnRegistrationForm, frozen=True, kw_only=True):
    """The committee returns the registration."""

    at: Instant


class AdoptPlanForm(Request, frozen=True, kw_only=True):
    """The plan of clause III.1.2a."""

    targets: Annotated[tuple[Target, ...], msgspec.Meta(max_length=50)]
    measures: Text
    milestones: Annotated[tuple[Milestone, ...], msgspec.Meta(max_length=50)] = ()
    resources: Text
    starts_on: date
    ends_on: date


class AdoptPlan(AdoptPlanForm, frozen=True, kw_only=True):
    """Adopt the plan; the model runs from then on."""

    at: Instant


class CoreMemberForm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A core member as one enters it; the name is kept apart, forgettable."""

    person: Line
    role: Line
    group: Line


class AssignCoreTeamForm(Request, frozen=True, kw_only=True):
    """The core members of clause III.1.2b."""

    members: Annotated[tuple[CoreMemberForm, ...], msgspec.Meta(min_length=1, max_length=100)]


class CoreTeamRecord(Request, frozen=True, kw_only=True):
    """The core members with their names as references: what stands in the record."""

    members: tuple[CoreMember, ...]


class AssignCoreTeam(CoreTeamRecord, frozen=True, kw_only=True):
    """Assign the core members, or replace them."""

    at: Instant


class ReportProgressForm(Request, frozen=True, kw_only=True):
    """How far the model has come."""

    until: date
    narrative: Text
    figures: Figures = ()


class ReportProgress(ReportProgressForm, frozen=True, kw_only=True):
    """Report progress."""

    at: Instant


class SubmitWrittenResultsForm(Request, frozen=True, kw_only=True):
    """The year's written report. `reason` says why it is late, where it is."""

    summary: Text
    figures: Figures = ()
    households: Annotated[int, msgspec.Meta(ge=0, le=10_000_000)] | None = None
    reason: Text | None = None


class SubmitWrittenResults(SubmitWrittenResultsForm, frozen=True, kw_only=True):
    """Submit the written results."""

    at: Instant
    movement_year: MovementYear
    rules: RegistrationRules


class AcceptLateReportForm(Request, frozen=True, kw_only=True):
    """Why the late report is accepted."""

    reason: Text


class AcceptLateReport(AcceptLateReportForm, frozen=True, kw_only=True):
    """The committee accepts a late report."""

    at: Instant


class ScheduleReportingSessionForm(Request, frozen=True, kw_only=True):
    """When and where the holder reports."""

    held_on: date
    place: Line


class ScheduleReportingSession(ScheduleReportingSessionForm, frozen=True, kw_only=True):
    """Call the reporting session."""

    at: Instant
    movement_year: MovementYear


class HoldReportingSessionForm(Request, frozen=True, kw_only=True):
    """The minutes of the session."""

    minutes: Line


class HoldReportingSession(HoldReportingSessionForm, frozen=True, kw_only=True):
    """Record that the session took place today."""

    at: Instant


class MissReportingSession(Request, frozen=True, kw_only=True):
    """The due date has passed without a session."""

    at: Instant
    movement_year: MovementYear


class WithdrawModelForm(Request, frozen=True, kw_only=True):
    """Why the holder withdraws."""

    reason: Text


class WithdrawModel(WithdrawModelForm, frozen=True, kw_only=True):
    """Withdraw the model."""

    at: Instant


ModelCommand = (
    SurveySite
    | RegisterModel
    | RecordLaunchingBodyRegistration
    | AcceptRegistration
    | ReturnRegistration
    | AdoptPlan
    | AssignCoreTeam
    | ReportProgress
    | SubmitWrittenResults
    | AcceptLateReport
    | ScheduleReportingSession
    | HoldReportingSession
    | MissReportingSession
    | WithdrawModel
)
