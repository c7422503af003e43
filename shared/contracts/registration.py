"""Events of the registration service: organisations, movements, models up to their results."""

from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Final, Literal

import msgspec

from shared.contracts.event import Catalogue, Event
from shared.contracts.values import (
    Aim,
    CategoryId,
    CompetenceClause,
    Forgettable,
    HolderKind,
    LatenessEffect,
    Level,
    Line,
    LineKind,
    ModelId,
    MovementId,
    OrganizationId,
    RuleSetId,
    Text,
    WorkField,
)

# --- organisations ----------------------------------------------------------------------------


class OrganizationCreated(Event, frozen=True):
    """A body of the province exists. `category` is the one of clause I.1.1 it falls under, if any."""

    organization_id: OrganizationId
    name: Line
    kind: Line
    level: Level
    place: Line
    established_on: date
    category: CategoryId | None = None


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
    individual, whose name is `holder_person`; `holder_name` names a collective.
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
    holder_name: Line | None = None
    holder_person: Forgettable | None = None


class LaunchingBodyRegistrationRecorded(Event, frozen=True):
    """The launching body took the model into its register (clause II.2)."""

    model_id: ModelId
    launching_body: OrganizationId
    register_number: Line


class RegistrationAccepted(Event, frozen=True):
    """The party committee accepted the registration (practice; clause III.1.1c)."""

    model_id: ModelId
    committee: OrganizationId


class RegistrationReturned(Event, frozen=True):
    """The party committee returned the registration with reasons (practice)."""

    model_id: ModelId
    committee: OrganizationId
    reasons: Text


class Target(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something to reach that can be measured: `goal` in `unit`."""

    name: Line
    unit: Line
    goal: Decimal


class Milestone(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What should stand by when."""

    name: Line
    due_on: date


class PlanAdopted(Event, frozen=True):
    """The plan: criteria to reach, ways and measures, time, resources (clause III.1.2a)."""

    model_id: ModelId
    targets: tuple[Target, ...]
    measures: Text
    milestones: tuple[Milestone, ...]
    resources: Text
    starts_on: date
    ends_on: date


class CoreMember(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A core member: who (kept apart, forgettable), in which role, from which group."""

    person: Forgettable
    role: Line
    group: Line


class CoreTeamAssigned(Event, frozen=True):
    """Core members were assigned (clause III.1.2b)."""

    model_id: ModelId
    members: tuple[CoreMember, ...]


class Figure(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A value reached for a target of the plan, in the target's unit."""

    target: Line
    value: Decimal


class ProgressReported(Event, frozen=True):
    """The holder reported progress for the time up to `until`."""

    model_id: ModelId
    until: date
    narrative: Text
    figures: tuple[Figure, ...]


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


EVENTS: Final = Catalogue(
    service="registration",
    categories=("organization", "movement", "model"),
    current=MappingProxyType(
        {
            "OrganizationCreated.v1": OrganizationCreated,
            "OrganizationLineChanged.v1": OrganizationLineChanged,
            "CompetenceAssigned.v1": CompetenceAssigned,
            "MovementLaunched.v1": MovementLaunched,
            "CalendarSet.v1": CalendarSet,
            "SiteSurveyed.v1": SiteSurveyed,
            "ModelRegistered.v1": ModelRegistered,
            "LaunchingBodyRegistrationRecorded.v1": LaunchingBodyRegistrationRecorded,
            "RegistrationAccepted.v1": RegistrationAccepted,
            "RegistrationReturned.v1": RegistrationReturned,
            "PlanAdopted.v1": PlanAdopted,
            "CoreTeamAssigned.v1": CoreTeamAssigned,
            "ProgressReported.v1": ProgressReported,
            "WrittenResultsSubmitted.v1": WrittenResultsSubmitted,
            "LatenessRecorded.v1": LatenessRecorded,
            "LateReportAccepted.v1": LateReportAccepted,
            "ReportingSessionScheduled.v1": ReportingSessionScheduled,
            "ReportingSessionHeld.v1": ReportingSessionHeld,
            "ReportingSessionMissed.v1": ReportingSessionMissed,
            "ResultsReported.v1": ResultsReported,
            "ModelWithdrawn.v1": ModelWithdrawn,
        }
    ),
)
