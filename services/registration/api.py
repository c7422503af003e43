"""The HTTP API of registration: each route turns a request into a command, or a query into an answer."""

from typing import Final

from msgspec.structs import asdict

from services.registration import (
    answering_api,
    continuing_api,
    course_api,
    evidence_api,
    facts,
    feedback_api,
    holders_api,
    organization_api,
    paper_api,
    queries,
    quota_places,
    running_api,
    similarity_queries,
    standing_api,
)
from services.registration.domain.erasure import ERASURE
from services.registration.domain.model import MODEL
from services.registration.domain.model_commands import (
    AcceptLateReport,
    AcceptLateReportForm,
    AcceptRegistration,
    AcceptRegistrationForm,
    HoldReportingSession,
    HoldReportingSessionForm,
    RecordLaunchingBodyRegistration,
    RecordLaunchingBodyRegistrationForm,
    RegisterModel,
    RegisterModelForm,
    ReportProgress,
    ReportProgressForm,
    ReturnRegistration,
    ReturnRegistrationForm,
    ScheduleReportingSession,
    ScheduleReportingSessionForm,
    SubmitWrittenResults,
    SubmitWrittenResultsForm,
    SurveySite,
    SurveySiteForm,
    WithdrawModel,
    WithdrawModelForm,
)
from services.registration.domain.movement import (
    MOVEMENT,
    LaunchMovement,
    LaunchMovementForm,
    SetCalendar,
    SetCalendarForm,
)
from services.registration.registering import register, similar_of
from shared.contracts.values import ModelId, MovementId
from shared.host.cursor import PageParameters
from shared.host.erasure import erasure_routes
from shared.host.service import Api, Call, NotFoundError, Outcome, Page

# --- movements --------------------------------------------------------------------------------


async def launch_movement(call: Call[LaunchMovementForm]) -> Outcome:
    """Launch a movement under a rule set."""
    movement = MovementId(call.new_id)
    command = LaunchMovement(**asdict(call.body), movement_id=movement, at=call.now)
    return await call.execute(MOVEMENT, movement, command)


async def set_calendar(call: Call[SetCalendarForm]) -> Outcome:
    """Set the dates of a year of the movement."""
    command = SetCalendar(**asdict(call.body), at=call.now)
    return await call.execute(MOVEMENT, call.path_id("movement_id"), command)


# --- models -----------------------------------------------------------------------------------


async def survey_site(call: Call[SurveySiteForm]) -> Outcome:
    """Begin a model: record the survey of its place (clause III.1.1b)."""
    model = ModelId(call.new_id)
    command = SurveySite(**asdict(call.body), model_id=model, at=call.now)
    return await call.execute(MODEL, model, command)


async def survey_again(call: Call[SurveySiteForm]) -> Outcome:
    """Record another survey of a model's place."""
    model = ModelId(call.path_id("model_id"))
    command = SurveySite(**asdict(call.body), model_id=model, at=call.now)
    return await call.execute(MODEL, model, command)


async def register_model(call: Call[RegisterModelForm]) -> Outcome:
    """Register a surveyed model with its party committee and the launching body (clauses II.1, II.2,
    III.1.1c), or register it again after a return.
    """
    model = ModelId(call.path_id("model_id"))
    if (await call.load(MODEL, model)).revision < 0:
        raise NotFoundError("model")
    return await register(call, call.body, model)


async def register_unsurveyed_model(call: Call[RegisterModelForm]) -> Outcome:
    """Begin a model with its registration, where the rule set lets the survey follow (survey_gate)."""
    return await register(call, call.body, ModelId(call.new_id))


async def record_launching_body_registration(
    call: Call[RecordLaunchingBodyRegistrationForm],
) -> Outcome:
    """Take a model into the launching body's register (clause II.2)."""
    model = call.path_id("model_id")
    successions, cites = await facts.of_duties(call, model)
    command = RecordLaunchingBodyRegistration(
        **asdict(call.body), at=call.now, successions=successions
    )
    return await call.execute(MODEL, model, command, cites=cites)


async def accept_registration(call: Call[AcceptRegistrationForm]) -> Outcome:
    """Accept a registration as its party committee; with a reason where another model was found alike, also one
    that was registered since (practice: similarity).
    """
    model = call.path_id("model_id")
    state = (await call.load(MODEL, model)).state
    known = await facts.of_model(call, state)
    successions, ends = await facts.of_duties(call, model)
    similar = (
        ()
        if state.registration is None
        else await similar_of(call, state.registration, state.term.continued, known.rules)
    )
    command = AcceptRegistration(
        **asdict(call.body), at=call.now, successions=successions, similar=similar
    )
    cites = tuple(dict.fromkeys((*known.cites, *ends)))
    return await call.execute(MODEL, model, command, cites=cites, rules=known.rule_set_name)


async def return_registration(call: Call[ReturnRegistrationForm]) -> Outcome:
    """Return a registration with reasons as its party committee."""
    model = call.path_id("model_id")
    successions, cites = await facts.of_duties(call, model)
    command = ReturnRegistration(**asdict(call.body), at=call.now, successions=successions)
    return await call.execute(MODEL, model, command, cites=cites)


async def report_progress(call: Call[ReportProgressForm]) -> Outcome:
    """Report progress with figures for targets of the plan."""
    command = ReportProgress(**asdict(call.body), at=call.now)
    return await call.execute(MODEL, call.path_id("model_id"), command)


async def submit_written_results(call: Call[SubmitWrittenResultsForm]) -> Outcome:
    """Submit the year's written results, due before 1 October (clause III.2.1b)."""
    model = call.path_id("model_id")
    known = await facts.of_model(call, (await call.load(MODEL, model)).state)
    command = SubmitWrittenResults(
        **asdict(call.body), at=call.now, movement_year=known.year, rules=known.rules
    )
    return await call.execute(MODEL, model, command, cites=known.cites, rules=known.rule_set_name)


async def accept_late_report(call: Call[AcceptLateReportForm]) -> Outcome:
    """Accept a late report for its stated reason (practice)."""
    model = call.path_id("model_id")
    successions, cites = await facts.of_duties(call, model)
    command = AcceptLateReport(**asdict(call.body), at=call.now, successions=successions)
    return await call.execute(MODEL, model, command, cites=cites)


async def schedule_reporting_session(call: Call[ScheduleReportingSessionForm]) -> Outcome:
    """Call the session where the holder reports (clause III.2.1b)."""
    model = call.path_id("model_id")
    year, cites = await facts.calendar_of(call, (await call.load(MODEL, model)).state)
    successions, ends = await facts.of_duties(call, model)
    command = ScheduleReportingSession(
        **asdict(call.body), at=call.now, movement_year=year, successions=successions
    )
    return await call.execute(MODEL, model, command, cites=tuple(dict.fromkeys((*cites, *ends))))


async def hold_reporting_session(call: Call[HoldReportingSessionForm]) -> Outcome:
    """Record the minutes of the reporting session (clause III.2.1b)."""
    model = call.path_id("model_id")
    successions, cites = await facts.of_duties(call, model)
    command = HoldReportingSession(**asdict(call.body), at=call.now, successions=successions)
    return await call.execute(MODEL, model, command, cites=cites)


async def withdraw_model(call: Call[WithdrawModelForm]) -> Outcome:
    """Withdraw a model, with the reason."""
    command = WithdrawModel(**asdict(call.body), at=call.now)
    return await call.execute(MODEL, call.path_id("model_id"), command)


def routes(api: Api) -> None:
    """Declare every route."""
    erasure_routes(api, ERASURE, files=True)
    organization_api.routes(api)
    _movement_routes(api)
    _registering_routes(api)
    _building_routes(api)
    _results_routes(api)
    answering_api.routes(api)
    holders_api.routes(api)
    continuing_api.routes(api)
    quota_places.routes(api)
    similarity_queries.routes(api)
    running_api.routes(api)
    evidence_api.routes(api)
    course_api.routes(api)
    paper_api.routes(api)
    feedback_api.routes(api)
    standing_api.standing_routes(api)
    api.read(
        "/models",
        queries.ListModels,
        queries.list_models,
        answer=Page[queries.ModelRow],
        tag="models",
        public=True,
    )
    api.read(
        "/models/{model_id}",
        queries.NoParameters,
        queries.get_model,
        answer=queries.ModelView,
        tag="models",
        public=True,
    )


def _movement_routes(api: Api) -> None:
    tag, one = "movements", "/movements/{movement_id}"
    api.write(
        "/movements",
        LaunchMovementForm,
        launch_movement,
        command=LaunchMovement,
        tag=tag,
        creates=True,
    )
    api.write(f"{one}/calendars", SetCalendarForm, set_calendar, command=SetCalendar, tag=tag)
    api.read(
        "/movements",
        PageParameters,
        queries.list_movements,
        answer=Page[queries.MovementRow],
        tag=tag,
        public=True,
    )
    api.read(
        one,
        queries.NoParameters,
        queries.get_movement,
        answer=queries.MovementView,
        tag=tag,
        public=True,
    )


_MODELS: Final = "models"
_ONE_MODEL: Final = "/models/{model_id}"


def _registering_routes(api: Api) -> None:
    tag, one = _MODELS, _ONE_MODEL
    api.write("/models", SurveySiteForm, survey_site, command=SurveySite, tag=tag, creates=True)
    api.write(
        "/registrations",
        RegisterModelForm,
        register_unsurveyed_model,
        command=RegisterModel,
        tag=tag,
        creates=True,
    )
    api.write(f"{one}/surveys", SurveySiteForm, survey_again, command=SurveySite, tag=tag)
    api.write(
        f"{one}/registration", RegisterModelForm, register_model, command=RegisterModel, tag=tag
    )
    api.write(
        f"{one}/register-number",
        RecordLaunchingBodyRegistrationForm,
        record_launching_body_registration,
        command=RecordLaunchingBodyRegistration,
        tag=tag,
    )
    api.write(
        f"{one}/acceptance",
        AcceptRegistrationForm,
        accept_registration,
        command=AcceptRegistration,
        tag=tag,
    )
    api.write(
        f"{one}/return",
        ReturnRegistrationForm,
        return_registration,
        command=ReturnRegistration,
        tag=tag,
    )
    api.write(
        f"{one}/withdrawal", WithdrawModelForm, withdraw_model, command=WithdrawModel, tag=tag
    )


def _building_routes(api: Api) -> None:
    tag, one = _MODELS, _ONE_MODEL
    api.write(
        f"{one}/progress", ReportProgressForm, report_progress, command=ReportProgress, tag=tag
    )


def _results_routes(api: Api) -> None:
    tag, one = _MODELS, _ONE_MODEL
    api.write(
        f"{one}/results",
        SubmitWrittenResultsForm,
        submit_written_results,
        command=SubmitWrittenResults,
        tag=tag,
    )
    api.write(
        f"{one}/late-acceptance",
        AcceptLateReportForm,
        accept_late_report,
        command=AcceptLateReport,
        tag=tag,
    )
    api.write(
        f"{one}/session",
        ScheduleReportingSessionForm,
        schedule_reporting_session,
        command=ScheduleReportingSession,
        tag=tag,
    )
    api.write(
        f"{one}/session/minutes",
        HoldReportingSessionForm,
        hold_reporting_session,
        command=HoldReportingSession,
        tag=tag,
    )
