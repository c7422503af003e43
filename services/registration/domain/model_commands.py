"""What one can ask of a model: the forms people fill in, and the commands they become."""

from datetime import date
from typing import Annotated, Final
from uuid import UUID

import msgspec

from services.registration.domain.answering import AnsweringCommand
from services.registration.domain.continuing import Forerunner
from services.registration.domain.correction import CorrectEntry
from services.registration.domain.evidence import EvidenceCommand
from services.registration.domain.extension import ExtensionCommand
from services.registration.domain.facts import HolderFacts, MovementYear, RegistrationRules
from services.registration.domain.holders import ChangeHolder, ConsentToHolding
from services.registration.domain.life import LifeCommand
from services.registration.domain.plan import Figures, PlanningCommand
from services.registration.domain.similarity import Similar
from services.registration.domain.support import SupportCommand
from services.registration.domain.term import BeginTermYear, ChangeTerm
from shared.contracts.holding import JointHolders
from shared.contracts.particulars import Particulars
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
from shared.domain.graph import Graph
from shared.domain.time import Instant

SIMILAR_MAX: Final = 10
"""Models alike that are recorded of one registration, the most alike first."""

SimilarModels = Annotated[tuple[Similar, ...], msgspec.Meta(max_length=SIMILAR_MAX)]


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
    last_year: Year | None = None
    """The last year of its term, where it runs for more than its year."""
    aim: Aim = "model"
    name: Line
    address: Line
    field: WorkField
    content: Text
    sub_field: CategoryId | None = None
    particulars: Particulars = Particulars()
    basis: Text
    """The political tasks and the wishes of people it was chosen from (clause III.1.1a)."""
    holder_kind: HolderKind
    holder: OrganizationId
    holder_name: Line | None = None
    category: CategoryId
    joint_holders: JointHolders = ()
    """Who holds it together with `holder`, which leads; each has to agree before it is accepted."""
    committee: OrganizationId
    deciding_body: OrganizationId


class RegisterModelForm(RegistrationDossier, frozen=True, kw_only=True):
    """A registration as one enters it. `person` names an individual and is kept apart, forgettable."""

    person: Line | None = None


class RegistrationRecord(RegistrationDossier, frozen=True, kw_only=True):
    """The registration with its person as a reference: what stands in the record."""

    holder_person: Forgettable | None = None


class RegisterModel(RegistrationRecord, frozen=True, kw_only=True):
    """Register, or register again after a return. `successions` say who succeeds the bodies it names; `place` is
    the one it took of its unit's quota, where the rule set has an upper limit.
    """

    model_id: ModelId
    at: Instant
    holder_facts: HolderFacts
    successions: Graph = Graph()
    movement_year: MovementYear
    rules: RegistrationRules
    place: UUID | None = None
    similar: SimilarModels = ()


class ContinueModelForm(Request, frozen=True, kw_only=True):
    """For which year a model goes on, and until when. What is stated here replaces what the forerunner said; all else, who
    holds it and where it is registered too, is carried over. `with_plan` carries its plan over as well.
    """

    year: Year
    last_year: Year | None = None
    movement: MovementId | None = None
    with_plan: bool = True
    content: Text | None = None
    basis: Text | None = None
    particulars: Particulars | None = None


class ContinueModel(RegisterModel, frozen=True, kw_only=True):
    """Register a model that carries on `forerunner`."""

    forerunner: Forerunner


class LapsePlace(Request, frozen=True, kw_only=True):
    """Let a place of `unit` lapse that was taken for this model, unless it is registered there. `committee` is the
    one whose registration finds no place.
    """

    place_id: UUID
    model_id: ModelId
    unit: OrganizationId
    movement: MovementId
    year: Year
    committee: OrganizationId
    at: Instant


class RecordLaunchingBodyRegistrationForm(Request, frozen=True, kw_only=True):
    """The number in the launching body's register."""

    register_number: Line


class RecordLaunchingBodyRegistration(
    RecordLaunchingBodyRegistrationForm, frozen=True, kw_only=True
):
    """Take the model into the launching body's register (clause II.2)."""

    at: Instant
    successions: Graph = Graph()


class AcceptRegistrationForm(Request, frozen=True, kw_only=True):
    """Why it is accepted: to be said where another model was found to be alike."""

    reason: Text | None = None


class AcceptRegistration(AcceptRegistrationForm, frozen=True, kw_only=True):
    """The committee accepts the registration. `similar` are the models that are alike today."""

    at: Instant
    similar: SimilarModels = ()
    successions: Graph = Graph()


class ReturnRegistrationForm(Request, frozen=True, kw_only=True):
    """Why the registration goes back."""

    reasons: Text


class ReturnRegistration(ReturnRegistrationForm, frozen=True, kw_only=True):
    """The committee returns the registration."""

    at: Instant
    successions: Graph = Graph()


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
    successions: Graph = Graph()


class ScheduleReportingSessionForm(Request, frozen=True, kw_only=True):
    """When and where the holder reports."""

    held_on: date
    place: Line


class ScheduleReportingSession(ScheduleReportingSessionForm, frozen=True, kw_only=True):
    """Call the reporting session."""

    at: Instant
    successions: Graph = Graph()
    movement_year: MovementYear


class HoldReportingSessionForm(Request, frozen=True, kw_only=True):
    """The minutes of the session."""

    minutes: Line


class HoldReportingSession(HoldReportingSessionForm, frozen=True, kw_only=True):
    """Record that the session took place today."""

    at: Instant
    successions: Graph = Graph()


class MissReportingSession(Request, frozen=True, kw_only=True):
    """The due date has passed without a session."""

    at: Instant
    successions: Graph = Graph()
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
    | ContinueModel
    | LapsePlace
    | RecordLaunchingBodyRegistration
    | AcceptRegistration
    | ReturnRegistration
    | AnsweringCommand
    | ConsentToHolding
    | ChangeHolder
    | PlanningCommand
    | SupportCommand
    | EvidenceCommand
    | ExtensionCommand
    | CorrectEntry
    | LifeCommand
    | ReportProgress
    | SubmitWrittenResults
    | AcceptLateReport
    | ScheduleReportingSession
    | HoldReportingSession
    | MissReportingSession
    | BeginTermYear
    | ChangeTerm
    | WithdrawModel
)
