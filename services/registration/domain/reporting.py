"""The year's results of a model: written, late or not, and reported in a session (clause III.2.1b); and the next
year of its term.
"""

from services.registration.domain import model_refusals as refuse
from services.registration.domain import plan, term
from services.registration.domain.model_commands import (
    AcceptLateReport,
    HoldReportingSession,
    MissReportingSession,
    ScheduleReportingSession,
    SubmitWrittenResults,
)
from services.registration.domain.model_state import Model, ModelEvent, evolve
from services.registration.domain.stages import registration_of, running
from services.registration.domain.term import BeginTermYear
from shared.contracts.registration import (
    LatenessRecorded,
    LateReportAccepted,
    ReportingSessionHeld,
    ReportingSessionMissed,
    ReportingSessionScheduled,
    ResultsReported,
    WrittenResultsSubmitted,
)
from shared.domain.time import legal_date

Events = tuple[ModelEvent, ...]
ReportingCommand = (
    AcceptLateReport
    | HoldReportingSession
    | MissReportingSession
    | ScheduleReportingSession
    | SubmitWrittenResults
    | BeginTermYear
)


def decide(state: Model, command: ReportingCommand) -> Events:
    """What follows from `command`. Raises RefusedError."""
    match command:
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
        case BeginTermYear():
            return _begin_year(state, command)


def _submit_results(state: Model, command: SubmitWrittenResults) -> Events:
    registration, adopted = running(state)
    if state.results is not None:
        raise refuse.RESULTS_ALREADY_IN(year=state.term.year)
    plan.check_figures(adopted, command.figures)
    submitted_on = legal_date(command.at)
    results = WrittenResultsSubmitted(
        model_id=registration.model_id,
        year=state.term.year,
        submitted_on=submitted_on,
        summary=command.summary,
        figures=command.figures,
        households=command.households,
    )
    due_before = state.extensions.due_before(command.movement_year)
    if submitted_on < due_before:
        return (results, *_reported_without_session(evolve(state, results)))
    effect = command.rules.lateness_effect
    if effect == "accept_with_reason" and command.reason is None:
        raise refuse.LATE_WITHOUT_REASON(due_before=due_before.isoformat())
    lateness = LatenessRecorded(
        model_id=registration.model_id,
        year=state.term.year,
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
    registration = registration_of(state)
    return (
        ResultsReported(
            model_id=registration.model_id,
            year=state.term.year,
            late=state.lateness is not None,
            session="missed",
        ),
    )


def _accept_late_report(state: Model, command: AcceptLateReport) -> Events:
    registration = registration_of(state)
    if state.lateness is None or state.lateness.effect == "mark":
        raise refuse.NOTHING_LATE()
    if state.lateness.effect == "ineligible":
        raise refuse.LATE_INELIGIBLE(year=state.term.year)
    if state.late_report_accepted:
        return ()
    accepted = LateReportAccepted(
        model_id=registration.model_id,
        year=state.term.year,
        committee=registration.committee,
        reason=command.reason,
    )
    after = evolve(state, accepted)
    if after.session_held:
        return (accepted, _reported_in_session(after))
    return (accepted, *_reported_without_session(after))


def _schedule_session(state: Model, command: ScheduleReportingSession) -> Events:
    registration, _ = running(state)
    if state.session_held:
        raise refuse.SESSION_ALREADY_HELD()
    due_before = state.extensions.due_before(command.movement_year)
    # After the due date has passed the session is overdue and any day is better than none.
    if command.held_on >= due_before and not state.session_missed:
        raise refuse.SESSION_TOO_LATE(due_before=due_before.isoformat())
    session = ReportingSessionScheduled(
        model_id=registration.model_id,
        year=state.term.year,
        organizer=registration.committee,
        held_on=command.held_on,
        place=command.place,
    )
    return () if state.session == session else (session,)


def _reported_in_session(state: Model) -> ResultsReported:
    registration = registration_of(state)
    return ResultsReported(
        model_id=registration.model_id,
        year=state.term.year,
        late=state.lateness is not None,
        session="held",
    )


def _hold_session(state: Model, command: HoldReportingSession) -> Events:
    registration, _ = running(state)
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
        year=state.term.year,
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
    if state.life.suspended is not None:
        return ()
    registration = registration_of(state)
    due_before, today = command.movement_year.results_before, legal_date(command.at)
    if today < due_before:
        raise refuse.SESSION_NOT_DUE(due_before=due_before.isoformat())
    due_before = state.extensions.due_before(command.movement_year)
    if today < due_before:
        return ()
    missed = ReportingSessionMissed(
        model_id=registration.model_id,
        year=state.term.year,
        organizer=registration.committee,
        due_before=due_before,
        written_results=state.results is not None,
    )
    return (missed, *_reported_without_session(evolve(state, missed)))


def _begin_year(state: Model, command: BeginTermYear) -> Events:
    """Results in hand keep the former year open, and so does a session that nobody said yet was missed."""
    if state.status not in ("running", "reported"):
        return ()
    unsettled = not state.session_held and not state.session_missed
    if state.status == "running" and unsettled and state.life.suspended is None:
        return ()
    waiting = state.status == "running" and state.results is not None
    return term.begin(state.term, command, registration_of(state), waiting=waiting)
