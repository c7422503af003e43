"""What is known of a model, and how it follows from its events. Stream `model-<id>`."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal
from uuid import UUID

import msgspec

from services.registration.domain import (
    answering,
    correction,
    evidence,
    extension,
    holders,
    life,
    plan,
    support,
    term,
)
from services.registration.domain.answering import Answering, AnsweringEvent
from services.registration.domain.correction import Entries
from services.registration.domain.evidence import NO_FILES, EvidenceEvent, Files
from services.registration.domain.extension import ExtensionEvent, Extensions
from services.registration.domain.life import Life, LifeEvent
from services.registration.domain.plan import Plan, Planning, PlanningEvent
from services.registration.domain.support import Support, SupportEvent
from services.registration.domain.term import Term, YearOver
from shared.contracts.event import Event
from shared.contracts.holding import HolderChanged, JointHolderConsented
from shared.contracts.intake import QuotaPlaceLapsed, SimilarityFound
from shared.contracts.registration import (
    LatenessRecorded,
    LateReportAccepted,
    LaunchingBodyRegistrationRecorded,
    ModelRegistered,
    ModelWithdrawn,
    RegistrationAccepted,
    RegistrationReturned,
    ReportingSessionHeld,
    ReportingSessionMissed,
    ReportingSessionScheduled,
    ResultsReported,
    SiteSurveyed,
    SupplementRequested,
    SupplementSupplied,
    WrittenResultsSubmitted,
)
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
from shared.contracts.term import ModelContinued, TermChanged, TermYearBegun
from shared.contracts.values import OrganizationId

ModelEvent = (
    SiteSurveyed
    | ModelRegistered
    | LaunchingBodyRegistrationRecorded
    | RegistrationAccepted
    | RegistrationReturned
    | AnsweringEvent
    | JointHolderConsented
    | HolderChanged
    | QuotaPlaceLapsed
    | SimilarityFound
    | PlanningEvent
    | SupportEvent
    | EvidenceEvent
    | ExtensionEvent
    | EntryCorrected
    | LifeEvent
    | LatenessRecorded
    | LateReportAccepted
    | ReportingSessionScheduled
    | ReportingSessionHeld
    | ReportingSessionMissed
    | ResultsReported
    | TermYearBegun
    | TermChanged
    | ModelContinued
    | ModelWithdrawn
)

Status = Literal[
    "unknown",
    "surveyed",
    "registered",
    "supplementing",
    "returned",
    "accepted",
    "running",
    "reported",
    "ended",
    "withdrawn",
]


class Model(msgspec.Struct, frozen=True):
    """A model from survey to results. `status` is where it stands; the rest is what was recorded last. Extensions,
    results, lateness and session are those of the year under report.
    """

    status: Status = "unknown"
    survey: SiteSurveyed | None = None
    registration: ModelRegistered | None = None
    term: Term = Term()
    answering: Answering = Answering()
    consents: frozenset[OrganizationId] = frozenset()
    lapsed_places: frozenset[UUID] = frozenset()
    similar: tuple[SimilarityFound, ...] = ()
    accepted_because: str | None = None
    register_number: str | None = None
    planning: Planning = Planning()
    support: Support = Support()
    files: Files = NO_FILES
    extensions: Extensions = Extensions()
    life: Life = Life()
    last_progress: ProgressReported | None = None
    results: WrittenResultsSubmitted | None = None
    lateness: LatenessRecorded | None = None
    late_report_accepted: bool = False
    session: ReportingSessionScheduled | None = None
    session_held: bool = False
    session_missed: bool = False

    def counts_for(self, unit: UUID, movement: UUID, year: int) -> bool:
        """Whether it takes a place of the unit's quota of that year."""
        registration = self.registration
        return (
            registration is not None
            and self.status != "withdrawn"
            and registration.holder_kind == "collective"
            and (registration.holder, registration.movement) == (unit, movement)
            and registration.year <= year <= self.term.last_year
        )

    @property
    def has_next_year(self) -> bool:
        """Whether its term goes on after the year under report."""
        return self.term.year < self.term.last_year

    @property
    def plan(self) -> Plan | None:
        """The plan in force."""
        return self.planning.plan

    @property
    def entries(self) -> Entries:
        """What can be corrected."""
        return Entries(
            register_number=self.register_number,
            progress=self.last_progress,
            results=self.results,
            planning=self.planning,
        )


def evolve(state: Model, event: ModelEvent) -> Model:
    """What is known after `event`."""
    known = msgspec.structs.replace
    match event:
        case SiteSurveyed():
            status: Status = "surveyed" if state.status == "unknown" else state.status
            return known(state, status=status, survey=event)
        case ModelRegistered() | SupplementSupplied():
            return _awaiting_answer(state, event)
        case SupplementRequested() | RegistrationAccepted() | RegistrationReturned():
            return _answered(state, event)
        case QuotaPlaceLapsed() | SimilarityFound():
            return _noted(state, event)
        case JointHolderConsented() | HolderChanged():
            return _held(state, event)
        case LaunchingBodyRegistrationRecorded():
            return known(state, register_number=event.register_number)
        case PlanAdopted():
            return known(state, status="running", planning=plan.evolve(state.planning, event))
        case PlanRevised() | CoreTeamAssigned() | CoreTeamChanged():
            return known(state, planning=plan.evolve(state.planning, event))
        case ProgressReported():
            planning = plan.evolve(state.planning, event)
            return known(state, last_progress=event, planning=planning)
        case WrittenResultsSubmitted():
            return known(state, results=event, planning=plan.evolve(state.planning, event))
        case InterimAssessmentRecorded():
            planning = plan.evolve(state.planning, event)
            return known(state, planning=planning, support=support.evolve(state.support, event))
        case ModelPraised() | DifficultyRaised() | HelpAssigned() | DifficultyResolved():
            return known(state, support=support.evolve(state.support, event))
        case EvidenceAttached() | EvidenceWithdrawn():
            return known(state, files=evidence.evolve(state.files, event))
        case ExtensionGranted() | ExtensionRefused():
            return known(state, extensions=extension.evolve(state.extensions, event))
        case EntryCorrected():
            return _corrected(state, correction.evolve(state.entries, event))
        case ModelEnded():
            return known(state, status="ended", life=life.evolve(state.life, event))
        case (
            ModelSuspended()
            | ModelResumed()
            | ModelReattested()
            | ReplicationRecorded()
            | ModelFellQuiet()
        ):
            return known(state, life=life.evolve(state.life, event))
        case (
            LatenessRecorded()
            | LateReportAccepted()
            | ReportingSessionScheduled()
            | ReportingSessionHeld()
            | ReportingSessionMissed()
            | ResultsReported()
        ):
            return _reported_on(state, event)
        case TermYearBegun() | TermChanged() | ModelContinued():
            return _in_term(state, event)
        case ModelWithdrawn():
            return known(state, status="withdrawn")


_ANSWERED: Final[Mapping[type[Event], Status]] = MappingProxyType(
    {
        SupplementRequested: "supplementing",
        RegistrationAccepted: "accepted",
        RegistrationReturned: "returned",
    }
)


def _answered(
    state: Model, event: SupplementRequested | RegistrationAccepted | RegistrationReturned
) -> Model:
    because = event.reason if isinstance(event, RegistrationAccepted) else None
    return msgspec.structs.replace(
        state,
        status=_ANSWERED[type(event)],
        answering=answering.evolve(state.answering, event),
        accepted_because=because,
    )


def _noted(state: Model, event: QuotaPlaceLapsed | SimilarityFound) -> Model:
    if isinstance(event, SimilarityFound):
        return msgspec.structs.replace(state, similar=(*state.similar, event))
    return msgspec.structs.replace(state, lapsed_places=state.lapsed_places | {event.place_id})


def _awaiting_answer(state: Model, event: ModelRegistered | SupplementSupplied) -> Model:
    due = answering.evolve(state.answering, event)
    known = msgspec.structs.replace(state, status="registered", answering=due)
    if isinstance(event, ModelRegistered):
        # What was alike before it changed is asked anew, and another dossier is another promise.
        years = term.registered(state.term, event)
        return msgspec.structs.replace(
            known, registration=event, similar=(), consents=frozenset(), term=years
        )
    return known


def _held(state: Model, event: JointHolderConsented | HolderChanged) -> Model:
    known, registration = msgspec.structs.replace, state.registration
    if isinstance(event, JointHolderConsented):
        return known(state, consents=state.consents | {event.holder})
    if registration is None:
        return state
    return known(state, registration=holders.with_holder(registration, event))


def _reported_on(
    state: Model,
    event: LatenessRecorded
    | LateReportAccepted
    | ReportingSessionScheduled
    | ReportingSessionHeld
    | ReportingSessionMissed
    | ResultsReported,
) -> Model:
    known = msgspec.structs.replace
    match event:
        case LatenessRecorded():
            return known(state, lateness=event)
        case LateReportAccepted():
            return known(state, late_report_accepted=True)
        case ReportingSessionScheduled():
            return known(state, session=event)
        case ReportingSessionHeld():
            return known(state, session_held=True)
        case ReportingSessionMissed():
            return known(state, session_missed=True)
        case ResultsReported():
            return known(state, status="reported")


def _in_term(state: Model, event: TermYearBegun | TermChanged | ModelContinued) -> Model:
    known, years = msgspec.structs.replace, state.term
    if isinstance(event, ModelContinued):
        return known(state, term=known(years, continued=event))
    if isinstance(event, TermChanged):
        return known(state, term=known(years, last_year=event.last_year))
    return known(
        state,
        status="running",
        term=term.begun(years, event, _over(state)),
        extensions=Extensions(),
        results=None,
        lateness=None,
        late_report_accepted=False,
        session=None,
        session_held=False,
        session_missed=False,
    )


def _over(state: Model) -> YearOver:
    """What the year under report came to."""
    session: Literal["none", "held", "missed"] = "none"
    if state.session_held:
        session = "held"
    elif state.session_missed:
        session = "missed"
    return YearOver(
        year=state.term.year,
        results_submitted_on=None if state.results is None else state.results.submitted_on,
        days_late=None if state.lateness is None else state.lateness.days_late,
        session=session,
        reported=state.status == "reported",
    )


def _corrected(state: Model, entries: Entries) -> Model:
    return msgspec.structs.replace(
        state,
        register_number=entries.register_number,
        last_progress=entries.progress,
        results=entries.results,
        planning=entries.planning,
    )
