"""The HTTP API of registration: each route turns a request into a command, or a query into an answer."""

from typing import Final

from msgspec.structs import asdict

from services.registration import facts, queries
from services.registration.domain.model import MODEL
from services.registration.domain.model_commands import (
    AcceptLateReport,
    AcceptLateReportForm,
    AcceptRegistration,
    AcceptRegistrationForm,
    AdoptPlan,
    AdoptPlanForm,
    AssignCoreTeam,
    AssignCoreTeamForm,
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
from services.registration.domain.organization import (
    ORGANIZATION,
    AssignCompetence,
    AssignCompetenceForm,
    ChangeLine,
    ChangeLineForm,
    CreateOrganization,
    CreateOrganizationForm,
)
from shared.contracts.registration import CoreMember
from shared.contracts.values import ModelId, MovementId, OrganizationId
from shared.domain.time import legal_date
from shared.host.cursor import PageParameters
from shared.host.service import Api, Call, NotFoundError, Outcome, Page

# --- organisations ----------------------------------------------------------------------------


async def create_organization(call: Call[CreateOrganizationForm]) -> Outcome:
    """Create a body of the province with its lines."""
    organization = OrganizationId(call.new_id)
    command = CreateOrganization(**asdict(call.body), organization_id=organization, at=call.now)
    return await call.execute(ORGANIZATION, organization, command)


async def change_line(call: Call[ChangeLineForm]) -> Outcome:
    """Change who stands above a body in a line, from a day on."""
    command = ChangeLine(**asdict(call.body), at=call.now)
    return await call.execute(ORGANIZATION, call.path_id("organization_id"), command)


async def assign_competence(call: Call[AssignCompetenceForm]) -> Outcome:
    """Give a body a competence of clause I.2.2, with the unit that advises it."""
    command = AssignCompetence(**asdict(call.body), at=call.now)
    return await call.execute(ORGANIZATION, call.path_id("organization_id"), command)


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
    return await _register(call, model)


async def register_unsurveyed_model(call: Call[RegisterModelForm]) -> Outcome:
    """Begin a model with its registration, where the rule set lets the survey follow (survey_gate)."""
    return await _register(call, ModelId(call.new_id))


async def _register(call: Call[RegisterModelForm], model: ModelId) -> Outcome:
    body = asdict(call.body)
    name = body.pop("person")
    known = await facts.of_movement(call, call.body.movement, call.body.year)
    holder, cited = await facts.of_holder(
        call, call.body.holder, call.body.holder_kind, legal_date(call.now)
    )
    person = None if name is None else await call.keep("holder", name.encode())
    command = RegisterModel(
        **body,
        model_id=model,
        at=call.now,
        holder_person=person,
        holder_facts=holder,
        movement_year=known.year,
        rules=known.rules,
    )
    return await call.execute(
        MODEL, model, command, cites=(*known.cites, *cited), rules=known.rule_set_name
    )


async def record_launching_body_registration(
    call: Call[RecordLaunchingBodyRegistrationForm],
) -> Outcome:
    """Take a model into the launching body's register (clause II.2)."""
    command = RecordLaunchingBodyRegistration(**asdict(call.body), at=call.now)
    return await call.execute(MODEL, call.path_id("model_id"), command)


async def accept_registration(call: Call[AcceptRegistrationForm]) -> Outcome:
    """Accept a registration as its party committee."""
    return await call.execute(MODEL, call.path_id("model_id"), AcceptRegistration(at=call.now))


async def return_registration(call: Call[ReturnRegistrationForm]) -> Outcome:
    """Return a registration with reasons as its party committee."""
    command = ReturnRegistration(**asdict(call.body), at=call.now)
    return await call.execute(MODEL, call.path_id("model_id"), command)


async def adopt_plan(call: Call[AdoptPlanForm]) -> Outcome:
    """Adopt the plan: targets, measures, time, resources (clause III.1.2a)."""
    command = AdoptPlan(**asdict(call.body), at=call.now)
    return await call.execute(MODEL, call.path_id("model_id"), command)


async def assign_core_team(call: Call[AssignCoreTeamForm]) -> Outcome:
    """Assign core members (clause III.1.2b); their names are kept apart and can be erased."""
    members = [
        CoreMember(
            person=await call.keep(f"core-{index}", member.person.encode()),
            role=member.role,
            group=member.group,
        )
        for index, member in enumerate(call.body.members)
    ]
    command = AssignCoreTeam(members=tuple(members), at=call.now)
    return await call.execute(MODEL, call.path_id("model_id"), command)


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
    command = AcceptLateReport(**asdict(call.body), at=call.now)
    return await call.execute(MODEL, call.path_id("model_id"), command)


async def schedule_reporting_session(call: Call[ScheduleReportingSessionForm]) -> Outcome:
    """Call the session where the holder reports (clause III.2.1b)."""
    model = call.path_id("model_id")
    year, cites = await facts.calendar_of(call, (await call.load(MODEL, model)).state)
    command = ScheduleReportingSession(**asdict(call.body), at=call.now, movement_year=year)
    return await call.execute(MODEL, model, command, cites=cites)


async def hold_reporting_session(call: Call[HoldReportingSessionForm]) -> Outcome:
    """Record the minutes of the reporting session (clause III.2.1b)."""
    command = HoldReportingSession(**asdict(call.body), at=call.now)
    return await call.execute(MODEL, call.path_id("model_id"), command)


async def withdraw_model(call: Call[WithdrawModelForm]) -> Outcome:
    """Withdraw a model, with the reason."""
    command = WithdrawModel(**asdict(call.body), at=call.now)
    return await call.execute(MODEL, call.path_id("model_id"), command)


def routes(api: Api) -> None:
    """Declare every route."""
    _organization_routes(api)
    _movement_routes(api)
    _registering_routes(api)
    _building_routes(api)
    _results_routes(api)
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


def _organization_routes(api: Api) -> None:
    tag, one = "organizations", "/organizations/{organization_id}"
    api.write(
        "/organizations",
        CreateOrganizationForm,
        create_organization,
        command=CreateOrganization,
        tag=tag,
        creates=True,
    )
    api.write(f"{one}/lines", ChangeLineForm, change_line, command=ChangeLine, tag=tag)
    api.write(
        f"{one}/competences",
        AssignCompetenceForm,
        assign_competence,
        command=AssignCompetence,
        tag=tag,
    )
    api.read(
        "/organizations",
        queries.ListOrganizations,
        queries.list_organizations,
        answer=Page[queries.OrganizationRow],
        tag=tag,
        public=True,
    )
    api.read(
        one,
        queries.NoParameters,
        queries.get_organization,
        answer=queries.OrganizationView,
        tag=tag,
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
    api.write(f"{one}/plan", AdoptPlanForm, adopt_plan, command=AdoptPlan, tag=tag)
    api.write(
        f"{one}/core-team", AssignCoreTeamForm, assign_core_team, command=AssignCoreTeam, tag=tag
    )
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
