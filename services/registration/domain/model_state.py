"""What is known of a model, and how it follows from its events. Stream `model-<id>`."""

from typing import Literal

import msgspec

from shared.contracts.registration import (
    CoreTeamAssigned,
    LatenessRecorded,
    LateReportAccepted,
    LaunchingBodyRegistrationRecorded,
    ModelRegistered,
    ModelWithdrawn,
    PlanAdopted,
    ProgressReported,
    RegistrationAccepted,
    RegistrationReturned,
    ReportingSessionHeld,
    ReportingSessionMissed,
    ReportingSessionScheduled,
    ResultsReported,
    SiteSurveyed,
    WrittenResultsSubmitted,
)

ModelEvent = (
    SiteSurveyed
    | ModelRegistered
    | LaunchingBodyRegistrationRecorded
    | RegistrationAccepted
    | RegistrationReturned
    | PlanAdopted
    | CoreTeamAssigned
    | ProgressReported
    | WrittenResultsSubmitted
    | LatenessRecorded
    | LateReportAccepted
    | ReportingSessionScheduled
    | ReportingSessionHeld
    | ReportingSessionMissed
    | ResultsReported
    | ModelWithdrawn
)

Status = Literal[
    "unknown", "surveyed", "registered", "returned", "accepted", "running", "reported", "withdrawn"
]


class Model(msgspec.Struct, frozen=True):
    """A model from survey to results. `status` is where it stands; the rest is what was recorded last."""

    status: Status = "unknown"
    survey: SiteSurveyed | None = None
    registration: ModelRegistered | None = None
    register_number: str | None = None
    plan: PlanAdopted | None = None
    core_team: CoreTeamAssigned | None = None
    last_progress: ProgressReported | None = None
    results: WrittenResultsSubmitted | None = None
    lateness: LatenessRecorded | None = None
    late_report_accepted: bool = False
    session: ReportingSessionScheduled | None = None
    session_held: bool = False
    session_missed: bool = False


def evolve(state: Model, event: ModelEvent) -> Model:
    """What is known after `event`."""
    known = msgspec.structs.replace
    match event:
        case SiteSurveyed():
            status: Status = "surveyed" if state.status == "unknown" else state.status
            return known(state, status=status, survey=event)
        case ModelRegistered():
            return known(state, status="registered", registration=event)
        case LaunchingBodyRegistrationRecorded():
            return known(state, register_number=event.register_number)
        case RegistrationAccepted():
            return known(state, status="accepted")
        case RegistrationReturned():
            return known(state, status="returned")
        case PlanAdopted():
            return known(state, status="running", plan=event)
        case CoreTeamAssigned():
            return known(state, core_team=event)
        case ProgressReported():
            return known(state, last_progress=event)
        case WrittenResultsSubmitted():
            return known(state, results=event)
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
        case ModelWithdrawn():
            return known(state, status="withdrawn")
