"""A model from survey to results: what follows from each command. Stream `model-<id>`."""

from types import MappingProxyType
from typing import Final

from services.registration.domain import (
    answering,
    continuing,
    correction,
    evidence,
    extension,
    holders,
    life,
    particulars,
    plan,
    reporting,
    support,
    term,
)
from services.registration.domain import model_refusals as refuse
from services.registration.domain.answering import RequestSupplement, SupplySupplement
from services.registration.domain.correction import CorrectEntry
from services.registration.domain.duties import DutyCommand, standing_today
from services.registration.domain.evidence import AttachEvidence, EvidenceCommand, WithdrawEvidence
from services.registration.domain.extension import (
    ExtensionCommand,
    GrantExtension,
    RefuseExtension,
)
from services.registration.domain.holders import ChangeHolder, ConsentToHolding
from services.registration.domain.life import (
    EndModel,
    LifeCommand,
    NoteSilence,
    ReattestModel,
    RecordReplication,
    ResumeModel,
    SuspendModel,
)
from services.registration.domain.model_commands import (
    AcceptLateReport,
    AcceptRegistration,
    ContinueModel,
    HoldReportingSession,
    LapsePlace,
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
from services.registration.domain.plan import (
    AdoptPlan,
    AssignCoreTeam,
    ChangeCoreTeam,
    PlanningCommand,
    RevisePlan,
)
from services.registration.domain.reporting import ReportingCommand
from services.registration.domain.similarity import Similar
from services.registration.domain.stages import accepted, registration_of, running
from services.registration.domain.support import (
    AssignHelp,
    PraiseModel,
    RaiseDifficulty,
    RecordInterimAssessment,
    ResolveDifficulty,
    SupportCommand,
)
from services.registration.domain.term import BeginTermYear, ChangeTerm
from shared.contracts.intake import QuotaPlaceLapsed, SimilarityFound
from shared.contracts.registration import (
    LaunchingBodyRegistrationRecorded,
    ModelRegistered,
    ModelWithdrawn,
    RegistrationAccepted,
    RegistrationReturned,
    SiteSurveyed,
)
from shared.contracts.running import ProgressReported
from shared.contracts.values import ModelId
from shared.domain.decider import Decider
from shared.domain.time import legal_date

Events = tuple[ModelEvent, ...]


def decide(state: Model, command: ModelCommand) -> Events:
    """What follows from `command`. Raises RefusedError."""
    if isinstance(command, DutyCommand):
        state = standing_today(state, command)
    if state.status == "withdrawn":
        if isinstance(command, WithdrawModel | _BY_TIME):
            return ()
        raise refuse.WITHDRAWN()
    if state.status == "ended" and not isinstance(command, _TAKEN_AFTER_THE_END):
        if isinstance(command, EndModel | _BY_TIME):
            return ()
        raise life.ENDED()
    if state.life.suspended is not None and isinstance(command, _WAITS_WHILE_SUSPENDED):
        raise life.SUSPENDED()
    if isinstance(command, _RunningCommand):
        return _decide_running(state, command)
    if isinstance(command, ReportingCommand):
        return reporting.decide(state, command)
    match command:
        case SurveySite():
            return _survey(state, command)
        case ContinueModel():
            return _continue(state, command)
        case RegisterModel():
            return _register(state, command)
        case LapsePlace():
            return _lapse_place(state, command)
        case RecordLaunchingBodyRegistration():
            return _record_launching_body(state, command)
        case AcceptRegistration():
            return _accept(state, command)
        case ReturnRegistration():
            return _return(state, command)
        case RequestSupplement():
            return _request_supplement(state, command)
        case SupplySupplement():
            return _supply_supplement(state, command)
        case ConsentToHolding():
            awaited = state.status in ("registered", "supplementing")
            return holders.consent(command, registration_of(state), state.consents, awaited=awaited)
        case ChangeHolder():
            return _change_holder(state, command)
        case ChangeTerm():
            return term.change(state.term, command, accepted(state))
        case ReportProgress():
            return _report_progress(state, command)
        case WithdrawModel():
            return _withdraw(state, command)


_RunningCommand = (
    PlanningCommand
    | SupportCommand
    | EvidenceCommand
    | ExtensionCommand
    | CorrectEntry
    | LifeCommand
)
_BY_TIME = MissReportingSession | NoteSilence | LapsePlace | BeginTermYear
_TAKEN_AFTER_THE_END: Final = (CorrectEntry, WithdrawEvidence)
_WAITS_WHILE_SUSPENDED: Final = (
    AdoptPlan,
    RevisePlan,
    ReportProgress,
    SubmitWrittenResults,
    ScheduleReportingSession,
    HoldReportingSession,
)


def _decide_running(state: Model, command: _RunningCommand) -> Events:
    """What an accepted model is asked, each topic by its own module."""
    registration = accepted(state)
    if isinstance(command, PlanningCommand):
        return _planning(state, command, registration)
    if isinstance(command, SupportCommand):
        return support.decide(state.support, command, registration, state.plan)
    if isinstance(command, EvidenceCommand):
        return evidence.decide(state.files, command, registration)
    if isinstance(command, ExtensionCommand):
        results_in = state.results is not None
        return extension.decide(
            state.extensions, command, registration, year=state.term.year, results_in=results_in
        )
    if isinstance(command, CorrectEntry):
        return correction.decide(state.entries, command, registration)
    if isinstance(command, NoteSilence) and state.status != "running":
        return ()
    return life.decide(state.life, command, registration, planned=state.plan is not None)


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
    _check_parties(command)
    particulars.check(command.field, command.sub_field, command.particulars, command.rules)
    year = command.movement_year
    if not year.registration_opens <= legal_date(command.at) <= year.registration_closes:
        raise refuse.REGISTRATION_CLOSED(
            year=year.year,
            opens=year.registration_opens.isoformat(),
            closes=year.registration_closes.isoformat(),
        )
    term.check(command.year, command.last_year or command.year, year, command.rules)
    holders.check_place(command.holder_kind, command.place, command.rules, state.lapsed_places)
    return (
        ModelRegistered(
            model_id=command.model_id,
            movement=command.movement,
            year=command.year,
            last_year=command.last_year,
            aim=command.aim,
            name=command.name,
            address=command.address,
            field=command.field,
            content=command.content,
            basis=command.basis,
            sub_field=command.sub_field,
            particulars=command.particulars,
            holder_kind=command.holder_kind,
            holder=command.holder,
            holder_name=command.holder_name,
            holder_person=command.holder_person,
            joint_holders=command.joint_holders,
            category=command.category,
            committee=command.committee,
            launching_body=year.launching_body,
            deciding_body=command.deciding_body,
            rule_set=command.rules.rule_set,
            rule_set_version=command.rules.version,
            answer_by=answering.answer_by(command.rules, legal_date(command.at)),
        ),
        *_found(command.model_id, command.similar),
    )


def _continue(state: Model, command: ContinueModel) -> Events:
    if state.status != "unknown":
        raise continuing.ALREADY_CONTINUED(year=command.year)
    continuing.check(command.forerunner, command.year)
    carried = continuing.surveyed(command.forerunner, command.model_id)
    for event in carried:
        state = evolve(state, event)
    return (
        *carried,
        *_register(state, command),
        continuing.continued(command.forerunner, command.model_id, command.year),
    )


def _lapse_place(state: Model, command: LapsePlace) -> Events:
    counts = state.counts_for(command.unit, command.movement, command.year)
    if counts or command.place_id in state.lapsed_places:
        return ()
    return (QuotaPlaceLapsed(model_id=command.model_id, place_id=command.place_id),)


def _check_parties(command: RegisterModel) -> None:
    today = legal_date(command.at)
    holders.check(command, command.holder_person, command.rules, command.successions, today)
    holders.check_joint(
        command.holder, command.holder_kind, command.joint_holders, command.successions, today
    )
    if command.committee not in command.holder_facts.committees:
        raise refuse.FOREIGN_COMMITTEE()
    if command.successions.ended(command.deciding_body, today):
        raise refuse.DECIDING_BODY_ENDED()


def _record_launching_body(state: Model, command: RecordLaunchingBodyRegistration) -> Events:
    registration = registration_of(state)
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


def _accept(state: Model, command: AcceptRegistration) -> Events:
    registration = registration_of(state)
    if state.status == "supplementing":
        raise answering.SUPPLEMENT_AWAITED()
    if state.status != "registered":
        raise refuse.NOT_AWAITING_DECISION()
    holders.check_consents(registration, state.consents)
    known = {found.other for found in state.similar}
    fresh = tuple(one for one in command.similar if one.other not in known)
    found = (*state.similar, *_found(registration.model_id, fresh))
    if found and command.reason is None:
        raise refuse.SIMILAR_UNANSWERED(other=found[0].other_name)
    accepted_now = RegistrationAccepted(
        model_id=registration.model_id, committee=registration.committee, reason=command.reason
    )
    continued = state.term.continued
    # A plan rests on the survey (III.1.1b): without one it is adopted by itself, once the place is surveyed.
    plans = () if continued is None or state.survey is None else continuing.planned(continued)
    return (*found[len(state.similar) :], accepted_now, *plans)


def _found(model_id: ModelId, similar: tuple[Similar, ...]) -> tuple[SimilarityFound, ...]:
    return tuple(
        SimilarityFound(
            model_id=model_id,
            other=one.other,
            other_name=one.other_name,
            name_percent=one.name_percent,
            place_percent=one.place_percent,
            content_percent=one.content_percent,
        )
        for one in similar
    )


def _return(state: Model, command: ReturnRegistration) -> Events:
    registration = registration_of(state)
    if state.status not in ("registered", "supplementing"):
        raise refuse.NOT_AWAITING_DECISION()
    return (
        RegistrationReturned(
            model_id=registration.model_id,
            committee=registration.committee,
            reasons=command.reasons,
        ),
    )


def _request_supplement(state: Model, command: RequestSupplement) -> Events:
    registration = registration_of(state)
    if state.status == "supplementing":
        raise answering.SUPPLEMENT_AWAITED()
    if state.status != "registered":
        raise refuse.NOT_AWAITING_DECISION()
    return answering.request(state.answering, command, registration)


def _supply_supplement(state: Model, command: SupplySupplement) -> Events:
    registration = registration_of(state)
    if state.answering.asked is None or state.status != "supplementing":
        raise answering.NO_SUPPLEMENT_ASKED()
    return answering.supply(state.answering.asked, command, registration)


# --- building (III.1.2) -------------------------------------------------------------------------


def _change_holder(state: Model, command: ChangeHolder) -> Events:
    return holders.change(
        command,
        accepted(state),
        state.lapsed_places,
        year=state.term.year,
        results_in=state.results is not None,
    )


def _planning(state: Model, command: PlanningCommand, registration: ModelRegistered) -> Events:
    if isinstance(command, AdoptPlan | RevisePlan):
        if state.survey is None:
            raise refuse.SURVEY_MISSING()
        if state.results is not None:
            raise refuse.RESULTS_ALREADY_IN(year=state.term.year)
    return plan.decide(state.planning, command, registration)


def _report_progress(state: Model, command: ReportProgress) -> Events:
    registration, adopted = running(state)
    plan.check_figures(adopted, command.figures)
    if command.until > legal_date(command.at):
        raise refuse.REPORT_IN_FUTURE(until=command.until.isoformat())
    report = ProgressReported(
        model_id=registration.model_id,
        until=command.until,
        narrative=command.narrative,
        figures=command.figures,
    )
    return () if state.last_progress == report else (report,)


def _withdraw(state: Model, command: WithdrawModel) -> Events:
    registration = registration_of(state)
    return (ModelWithdrawn(model_id=registration.model_id, reason=command.reason),)


MODEL: Final[Decider[Model, ModelCommand, ModelEvent]] = Decider(
    category="model",
    initial_state=Model(),
    decide=decide,
    evolve=evolve,
    stage=lambda state: state.status,
    commands=MappingProxyType(
        {
            "SurveySite": SurveySite,
            "RegisterModel": RegisterModel,
            "ContinueModel": ContinueModel,
            "LapsePlace": LapsePlace,
            "RecordLaunchingBodyRegistration": RecordLaunchingBodyRegistration,
            "AcceptRegistration": AcceptRegistration,
            "ReturnRegistration": ReturnRegistration,
            "RequestSupplement": RequestSupplement,
            "SupplySupplement": SupplySupplement,
            "ConsentToHolding": ConsentToHolding,
            "ChangeHolder": ChangeHolder,
            "AdoptPlan": AdoptPlan,
            "RevisePlan": RevisePlan,
            "AssignCoreTeam": AssignCoreTeam,
            "ChangeCoreTeam": ChangeCoreTeam,
            "PraiseModel": PraiseModel,
            "RaiseDifficulty": RaiseDifficulty,
            "AssignHelp": AssignHelp,
            "ResolveDifficulty": ResolveDifficulty,
            "RecordInterimAssessment": RecordInterimAssessment,
            "AttachEvidence": AttachEvidence,
            "WithdrawEvidence": WithdrawEvidence,
            "GrantExtension": GrantExtension,
            "RefuseExtension": RefuseExtension,
            "CorrectEntry": CorrectEntry,
            "SuspendModel": SuspendModel,
            "ResumeModel": ResumeModel,
            "EndModel": EndModel,
            "ReattestModel": ReattestModel,
            "RecordReplication": RecordReplication,
            "NoteSilence": NoteSilence,
            "ReportProgress": ReportProgress,
            "SubmitWrittenResults": SubmitWrittenResults,
            "AcceptLateReport": AcceptLateReport,
            "ScheduleReportingSession": ScheduleReportingSession,
            "HoldReportingSession": HoldReportingSession,
            "MissReportingSession": MissReportingSession,
            "BeginTermYear": BeginTermYear,
            "ChangeTerm": ChangeTerm,
            "WithdrawModel": WithdrawModel,
        }
    ),
)
