"""A model from survey to results: what follows from each command. Stream `model-<id>`."""

from collections.abc import Iterable
from types import MappingProxyType
from typing import Final

from services.registration.domain import model_refusals as refuse
from services.registration.domain.model_commands import (
    AcceptLateReport,
    AcceptRegistration,
    AdoptPlan,
    AssignCoreTeam,
    HoldReportingSession,
    MissReportingSession,
    ModelCommand,
    RecordLaunchingBodyRegistration,
    RegisterModel,
    ReportProgress,
    ReturnRegistration,
    ScheduleReportingSession,
    SubmitWrittenResults,
    SurveySite,
    WithdrawModel,
)
from services.registration.domain.model_state import Model, ModelEvent, evolve
from shared.contracts.registration import (
    CoreTeamAssigned,
    Figure,
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
from shared.domain.decider import Decider
from shared.domain.time import legal_date

Events = tuple[ModelEvent, ...]


def decide(state: Model, command: ModelCommand) -> Events:
    """What follows from `command`. Raises RefusedError."""
    if state.status == "withdrawn":
        if isinstance(command, WithdrawModel | MissReportingSession):
            return ()
        raise refuse.WITHDRAWN()
    match command:
        case SurveySite():
            return _survey(state, command)
        case RegisterModel():
            return _register(state, command)
        case RecordLaunchingBodyRegistration():
            return _record_launching_body(state, command)
        case AcceptRegistration():
            return _accept(state)
        case ReturnRegistration():
            return _return(state, command)
        case AdoptPlan():
            return _adopt_plan(state, command)
        case AssignCoreTeam():
            return _assign_core_team(state, command)
        case ReportProgress():
            return _report_progress(state, command)
        case SubmitWrittenResults():
            return _submit_results(state, command)
        case AcceptLateReport():
            return _accept_late_report(state, command)
        case ScheduleReportingSession():
            return _schedule_session(state, command)
        case HoldReportingSession():
            return _hold_session(state, command)
        case MissReportingSession():
            return _miss_session(state, command)
        case WithdrawModel():
            return _withdraw(state, command)


# --- choosing and registering (III.1.1) ---------------------------------------------------------


def _survey(state: Model, command: SurveySite) -> Events:
    if command.surveyed_on > legal_date(command.at):
        raise refuse.SURVEY_IN_FUTURE(surveyed_on=command.surveyed_on.isoformat())
    survey = SiteSurveyed(
        model_id=command.model_id,
        surveyed_by=command.surveyed_by,
        surveyed_on=command.surveyed_on,
        place=command.place,
        situation=command.situation,
        advantages=command.advantages,
        difficulties=command.difficulties,
    )
    return () if state.survey == survey else (survey,)


def _register(state: Model, command: RegisterModel) -> Events:
    if state.status not in ("unknown", "surveyed", "returned"):
        raise refuse.ALREADY_REGISTERED()
    if command.rules.survey_gate == "before_registration" and state.survey is None:
        raise refuse.SURVEY_MISSING()
    _check_holder(command)
    year = command.movement_year
    if not year.registration_opens <= legal_date(command.at) <= year.registration_closes:
        raise refuse.REGISTRATION_CLOSED(
            year=year.year,
            opens=year.registration_opens.isoformat(),
            closes=year.registration_closes.isoformat(),
        )
    return (
        ModelRegistered(
            model_id=command.model_id,
            movement=command.movement,
            year=command.year,
            aim=command.aim,
            name=command.name,
            address=command.address,
            field=command.field,
            content=command.content,
            basis=command.basis,
            holder_kind=command.holder_kind,
            holder=command.holder,
            holder_name=command.holder_name,
            holder_person=command.holder_person,
            category=command.category,
            committee=command.committee,
            launching_body=year.launching_body,
            deciding_body=command.deciding_body,
            rule_set=command.rules.rule_set,
            rule_set_version=command.rules.version,
        ),
    )


def _check_holder(command: RegisterModel) -> None:
    listed = {
        entry.id for entry in command.rules.categories if entry.holder_kind == command.holder_kind
    }
    if command.holder_kind == "collective":
        if command.category not in listed:
            raise refuse.NOT_IN_CATEGORIES(category=command.category)
        named = command.holder_name is not None and command.holder_person is None
    else:
        if command.category not in listed:
            raise refuse.INDIVIDUAL_NOT_IN_CATEGORIES(category=command.category)
        named = command.holder_person is not None and command.holder_name is None
    if not named:
        raise refuse.HOLDER_UNNAMED()
    if command.committee not in command.holder_facts.committees:
        raise refuse.FOREIGN_COMMITTEE()


def _registration(state: Model) -> ModelRegistered:
    if state.registration is None:
        raise refuse.NOT_REGISTERED()
    return state.registration


def _record_launching_body(state: Model, command: RecordLaunchingBodyRegistration) -> Events:
    registration = _registration(state)
    if state.register_number == command.register_number:
        return ()
    if state.register_number is not None:
        raise refuse.REGISTER_NUMBER_DIFFERS(register_number=state.register_number)
    return (
        LaunchingBodyRegistrationRecorded(
            model_id=registration.model_id,
            launching_body=registration.launching_body,
            register_number=command.register_number,
        ),
    )


def _accept(state: Model) -> Events:
    registration = _registration(state)
    if state.status != "registered":
        raise refuse.NOT_AWAITING_DECISION()
    return (RegistrationAccepted(model_id=registration.model_id, committee=registration.committee),)


def _return(state: Model, command: ReturnRegistration) -> Events:
    registration = _registration(state)
    if state.status != "registered":
        raise refuse.NOT_AWAITING_DECISION()
    return (
        RegistrationReturned(
            model_id=registration.model_id,
            committee=registration.committee,
            reasons=command.reasons,
        ),
    )


# --- building (III.1.2) -------------------------------------------------------------------------


def _accepted(state: Model) -> ModelRegistered:
    registration = _registration(state)
    if state.status in ("registered", "returned"):
        raise refuse.NOT_ACCEPTED()
    return registration


def _adopt_plan(state: Model, command: AdoptPlan) -> Events:
    registration = _accepted(state)
    if state.survey is None:
        raise refuse.SURVEY_MISSING()
    if not command.targets:
        raise refuse.PLAN_WITHOUT_TARGETS()
    names = [target.name for target in command.targets]
    for name in names:
        if names.count(name) > 1:
            raise refuse.TARGET_TWICE(target=name)
    if command.ends_on < command.starts_on:
        raise refuse.PLAN_ENDS_BEFORE_START()
    if state.status == "reported":
        raise refuse.RESULTS_ALREADY_IN(year=registration.year)
    plan = PlanAdopted(
        model_id=registration.model_id,
        targets=command.targets,
        measures=command.measures,
        milestones=command.milestones,
        resources=command.resources,
        starts_on=command.starts_on,
        ends_on=command.ends_on,
    )
    return () if state.plan == plan else (plan,)


def _assign_core_team(state: Model, command: AssignCoreTeam) -> Events:
    registration = _accepted(state)
    team = CoreTeamAssigned(model_id=registration.model_id, members=command.members)
    return () if state.core_team == team else (team,)


def _running(state: Model) -> tuple[ModelRegistered, PlanAdopted]:
    registration = _accepted(state)
    if state.plan is None:
        raise refuse.NOT_RUNNING()
    return registration, state.plan


def _check_figures(plan: PlanAdopted, figures: Iterable[Figure]) -> None:
    targets = {target.name for target in plan.targets}
    for figure in figures:
        if figure.target not in targets:
            raise refuse.UNKNOWN_TARGET(target=figure.target)


def _report_progress(state: Model, command: ReportProgress) -> Events:
    registration, plan = _running(state)
    _check_figures(plan, command.figures)
    if command.until > legal_date(command.at):
        raise refuse.REPORT_IN_FUTURE(until=command.until.isoformat())
    report = ProgressReported(
        model_id=registration.model_id,
        until=command.until,
        narrative=command.narrative,
        figures=command.figures,
    )
    return () if state.last_progress == report else (report,)


# --- results (III.2.1b) -------------------------------------------------------------------------


def _submit_results(state: Model, command: SubmitWrittenResults) -> Events:
    registration, plan = _running(state)
    if state.results is not None:
        raise refuse.RESULTS_ALREADY_IN(year=registration.year)
    _check_figures(plan, command.figures)
    submitted_on = legal_date(command.at)
    results = WrittenResultsSubmitted(
        model_id=registration.model_id,
        year=registration.year,
        submitted_on=submitted_on,
        summary=command.summary,
        figures=command.figures,
        households=command.households,
    )
    due_before = command.movement_year.results_before
    if submitted_on < due_before:
        return (results, *_reported_without_session(evolve(state, results)))
    effect = command.rules.lateness_effect
    if effect == "accept_with_reason" and command.reason is None:
        raise refuse.LATE_WITHOUT_REASON(due_before=due_before.isoformat())
    lateness = LatenessRecorded(
        model_id=registration.model_id,
        year=registration.year,
        due_before=due_before,
        days_late=(submitted_on - due_before).days + 1,
        effect=effect,
        reason=command.reason,
    )
    after = evolve(evolve(state, results), lateness)
    return (results, lateness, *_reported_without_session(after))


def _results_count(state: Model) -> bool:
    """Whether the written results may be considered: on time, only marked as late, or accepted."""
    if state.results is None:
        return False
    return state.lateness is None or state.lateness.effect == "mark" or state.late_report_accepted


def _reported_without_session(state: Model) -> Events:
    """The organising body missed the session; that must not hold the holder back."""
    if not (state.session_missed and _results_count(state)) or state.status == "reported":
        return ()
    registration = _registration(state)
    return (
        ResultsReported(
            model_id=registration.model_id,
            year=registration.year,
            late=state.lateness is not None,
            session="missed",
        ),
    )


def _accept_late_report(state: Model, command: AcceptLateReport) -> Events:
    registration = _registration(state)
    if state.lateness is None or state.lateness.effect == "mark":
        raise refuse.NOTHING_LATE()
    if state.lateness.effect == "ineligible":
        raise refuse.LATE_INELIGIBLE(year=registration.year)
    if state.late_report_accepted:
        return ()
    accepted = LateReportAccepted(
        model_id=registration.model_id,
        year=registration.year,
        committee=registration.committee,
        reason=command.reason,
    )
    after = evolve(state, accepted)
    if after.session_held:
        return (accepted, _reported_in_session(after))
    return (accepted, *_reported_without_session(after))


def _schedule_session(state: Model, command: ScheduleReportingSession) -> Events:
    registration, _ = _running(state)
    if state.session_held:
        raise refuse.SESSION_ALREADY_HELD()
    due_before = command.movement_year.results_before
    # After the due date has passed the session is overdue and any day is better than none.
    if command.held_on >= due_before and not state.session_missed:
        raise refuse.SESSION_TOO_LATE(due_before=due_before.isoformat())
    session = ReportingSessionScheduled(
        model_id=registration.model_id,
        year=registration.year,
        organizer=registration.committee,
        held_on=command.held_on,
        place=command.place,
    )
    return () if state.session == session else (session,)


def _reported_in_session(state: Model) -> ResultsReported:
    registration = _registration(state)
    return ResultsReported(
        model_id=registration.model_id,
        year=registration.year,
        late=state.lateness is not None,
        session="held",
    )


def _hold_session(state: Model, command: HoldReportingSession) -> Events:
    registration, _ = _running(state)
    if state.session is None:
        raise refuse.SESSION_MISSING()
    if state.session_held:
        raise refuse.SESSION_ALREADY_HELD()
    if state.results is None:
        raise refuse.RESULTS_MISSING()
    today = legal_date(command.at)
    if today < state.session.held_on:
        raise refuse.SESSION_NOT_YET(held_on=state.session.held_on.isoformat())
    held = ReportingSessionHeld(
        model_id=registration.model_id,
        year=registration.year,
        organizer=state.session.organizer,
        held_on=today,
        minutes=command.minutes,
    )
    if state.status == "reported" or not _results_count(state):
        return (held,)
    return (held, _reported_in_session(state))


def _miss_session(state: Model, command: MissReportingSession) -> Events:
    if state.plan is None or state.session_held or state.session_missed:
        return ()
    registration = _registration(state)
    due_before = command.movement_year.results_before
    if legal_date(command.at) < due_before:
        raise refuse.SESSION_NOT_DUE(due_before=due_before.isoformat())
    missed = ReportingSessionMissed(
        model_id=registration.model_id,
        year=registration.year,
        organizer=registration.committee,
        due_before=due_before,
        written_results=state.results is not None,
    )
    return (missed, *_reported_without_session(evolve(state, missed)))


def _withdraw(state: Model, command: WithdrawModel) -> Events:
    registration = _registration(state)
    return (ModelWithdrawn(model_id=registration.model_id, reason=command.reason),)


MODEL: Final[Decider[Model, ModelCommand, ModelEvent]] = Decider(
    category="model",
    initial_state=Model(),
    decide=decide,
    evolve=evolve,
    commands=MappingProxyType(
        {
            "SurveySite": SurveySite,
            "RegisterModel": RegisterModel,
            "RecordLaunchingBodyRegistration": RecordLaunchingBodyRegistration,
            "AcceptRegistration": AcceptRegistration,
            "ReturnRegistration": ReturnRegistration,
            "AdoptPlan": AdoptPlan,
            "AssignCoreTeam": AssignCoreTeam,
            "ReportProgress": ReportProgress,
            "SubmitWrittenResults": SubmitWrittenResults,
            "AcceptLateReport": AcceptLateReport,
            "ScheduleReportingSession": ScheduleReportingSession,
            "HoldReportingSession": HoldReportingSession,
            "MissReportingSession": MissReportingSession,
            "WithdrawModel": WithdrawModel,
        }
    ),
)
