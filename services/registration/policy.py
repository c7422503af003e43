"""Who may give which command in registration."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from services.registration.domain.answering import RequestSupplement, SupplySupplement
from services.registration.domain.correction import CorrectEntry
from services.registration.domain.evidence import AttachEvidence, WithdrawEvidence
from services.registration.domain.extension import GrantExtension, RefuseExtension
from services.registration.domain.feedback import (
    FEEDBACK,
    AnswerFeedback,
    Feedback,
    FeedbackCommand,
    RaiseFeedback,
)
from services.registration.domain.holders import ChangeHolder, ConsentToHolding
from services.registration.domain.life import (
    EndModel,
    NoteSilence,
    ReattestModel,
    RecordReplication,
    ResumeModel,
    SuspendModel,
)
from services.registration.domain.model import MODEL
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
from services.registration.domain.model_state import Model
from services.registration.domain.movement import (
    MOVEMENT,
    LaunchMovement,
    Movement,
    MovementCommand,
    SetCalendar,
)
from services.registration.domain.organization import (
    ORGANIZATION,
    AssignCompetence,
    ChangeLine,
    CreateOrganization,
    MoveOrganization,
    OrganizationCommand,
    RenameOrganization,
)
from services.registration.domain.organization_state import Organization
from services.registration.domain.papers import PAPERS
from services.registration.domain.plan import (
    AdoptPlan,
    AssignCoreTeam,
    ChangeCoreTeam,
    RevisePlan,
)
from services.registration.domain.quota import (
    QUOTA,
    FreePlace,
    Places,
    QuotaCommand,
    TakePlace,
)
from services.registration.domain.reorganization import (
    DissolveOrganization,
    MergeOrganization,
    SplitOrganization,
    SucceedCompetence,
)
from services.registration.domain.support import (
    AssignHelp,
    PraiseModel,
    RaiseDifficulty,
    RecordInterimAssessment,
    ResolveDifficulty,
)
from services.registration.domain.term import BeginTermYear, ChangeTerm
from services.registration.standing_policy import STANDING_RULES
from shared.contracts.registration import ModelRegistered
from shared.contracts.values import OrganizationId
from shared.domain.paper import KeepPaper, Paper
from shared.domain.time import legal_date
from shared.host.policy import ANY, Grant, Parties, Role, Rules

HOLDER: Final = "holder"
HELPER: Final = "helper"
NAMED: Final = "named_body"
"""Whose word an entry itself says it is: who looked at the place, the joint holder who agrees."""
COMMITTEE: Final = "committee"
LAUNCHING_BODY: Final = "launching_body"
KEEPER: Final = "keeper"
OWN: Final = "own"
"""The body that reports a feedback: whoever belongs to none reports nothing."""

# A committee's officer also enters what holders without accounts bring on paper (practice; ADR 0012).
_BY_HOLDER: Final = (
    Grant(Role.REGISTRANT, HOLDER),
    Grant(Role.COMMITTEE_OFFICER, COMMITTEE, paper_of=HOLDER),
)
_BY_NAMED: Final = (
    Grant(Role.REGISTRANT, HOLDER),
    Grant(Role.COMMITTEE_OFFICER, COMMITTEE, paper_of=NAMED),
)
# What a registration needs of other streams stands in whichever name that has.
_WITH_REGISTRATION: Final = (
    Grant(Role.REGISTRANT, HOLDER),
    Grant(Role.COMMITTEE_OFFICER, COMMITTEE),
)
_BY_COMMITTEE: Final = (Grant(Role.COMMITTEE_OFFICER, COMMITTEE),)
# The mobilisation system around a model: its committee, and its movement's launching body (III.2.1a).
_BY_SYSTEM: Final = (
    Grant(Role.COMMITTEE_OFFICER, COMMITTEE),
    Grant(Role.OFFICE_CLERK, LAUNCHING_BODY),
)
_BY_HOLDER_OR_HELPER: Final = (
    *_BY_HOLDER,
    Grant(Role.REGISTRANT, HELPER),
    Grant(Role.COMMITTEE_OFFICER, HELPER),
    Grant(Role.OFFICE_CLERK, HELPER),
)
_BY_WHO_ENTERED: Final = (*_BY_HOLDER, Grant(Role.OFFICE_CLERK, LAUNCHING_BODY))
_BY_ANY_BODY: Final = tuple(
    Grant(role, OWN)
    for role in (Role.REGISTRANT, Role.COMMITTEE_OFFICER, Role.APPRAISER, Role.SECRETARY)
)
_BY_LAUNCHING_BODY: Final = (Grant(Role.OFFICE_CLERK, LAUNCHING_BODY),)
_BY_ADMINISTRATOR: Final = (Grant(Role.ADMINISTRATOR, ANY),)
_BY_KEEPER: Final = (Grant(Role.COMMITTEE_OFFICER, KEEPER),)
_BY_TIME_ALONE: Final[tuple[Grant, ...]] = ()


def _model_parties(state: Model, command: ModelCommand) -> Parties:
    registration = state.registration
    parties: Mapping[str, frozenset[UUID]]
    if isinstance(command, LapsePlace):
        parties = _asking(command)
    elif isinstance(command, RegisterModel):
        # Registering again after a return must not move a model into foreign hands.
        allowed = {command.holder, command.committee}
        if registration is not None:
            allowed &= _holders(registration, command)
        parties = {
            HOLDER: frozenset({command.holder} & allowed),
            COMMITTEE: frozenset({command.committee} & allowed),
        }
    elif registration is not None and isinstance(command, ConsentToHolding):
        # Each agrees for itself.
        parties = {
            HOLDER: _holding(registration) & {command.holder} - {registration.holder},
            COMMITTEE: frozenset({registration.committee}),
            NAMED: frozenset({command.holder}),
        }
    elif registration is not None and isinstance(command, CorrectEntry):
        parties = _who_enters(registration, command)
    elif registration is not None:
        parties = {
            HOLDER: _holding(registration),
            COMMITTEE: frozenset({registration.committee}),
            LAUNCHING_BODY: frozenset({registration.launching_body}),
            HELPER: _helper(state, command),
            NAMED: _named(command),
        }
    elif isinstance(command, SurveySite):
        surveyor = frozenset({command.surveyed_by})
        first = surveyor if state.survey is None else surveyor & {state.survey.surveyed_by}
        parties = {HOLDER: first, COMMITTEE: first, NAMED: first}
    else:
        parties = {}
    return parties


def _asking(command: LapsePlace | TakePlace | FreePlace) -> Mapping[str, frozenset[UUID]]:
    return {HOLDER: frozenset({command.unit}), COMMITTEE: frozenset({command.committee})}


def _quota_parties(_state: Places, command: QuotaCommand) -> Parties:
    return _asking(command)


def _holding(registration: ModelRegistered) -> frozenset[OrganizationId]:
    """Every holder: the leading one and those that hold it with it."""
    joint = (one.organization for one in registration.joint_holders)
    return frozenset({registration.holder, *joint})


def _holders(registration: ModelRegistered, command: RegisterModel) -> set[OrganizationId | None]:
    """Who stands today where the former registration named a holder and a committee."""
    today, model = legal_date(command.at), registration.model_id
    return {
        command.successions.holder_on(registration.holder, HOLDER, today, model),
        command.successions.holder_on(registration.committee, COMMITTEE, today, model),
    }


def _model(state: Model, _command: ModelCommand) -> UUID | None:
    return None if state.registration is None else state.registration.model_id


def _who_enters(
    registration: ModelRegistered, command: CorrectEntry
) -> Mapping[str, frozenset[UUID]]:
    """An entry is corrected by whoever may make it."""
    if command.entry == "register-number":
        return {LAUNCHING_BODY: frozenset({registration.launching_body})}
    return {
        HOLDER: _holding(registration),
        COMMITTEE: frozenset({registration.committee}),
    }


def _feedback_parties(state: Feedback, command: FeedbackCommand) -> Parties:
    if isinstance(command, RaiseFeedback):
        return {OWN: {command.raised_by}}
    return {} if state.raised is None else {LAUNCHING_BODY: {state.raised.launching_body}}


def _named(command: ModelCommand) -> frozenset[UUID]:
    return frozenset({command.surveyed_by} if isinstance(command, SurveySite) else ())


def _helper(state: Model, command: ModelCommand) -> frozenset[UUID]:
    if not isinstance(command, ResolveDifficulty):
        return frozenset()
    difficulty = state.support.difficulties.get(command.difficulty_id)
    if difficulty is None or difficulty.help is None:
        return frozenset()
    return frozenset({difficulty.help.helper})


def _paper_parties(_state: Paper, command: KeepPaper) -> Parties:
    return {KEEPER: {command.kept_by}}


def _movement_parties(state: Movement, command: MovementCommand) -> Parties:
    if isinstance(command, LaunchMovement):
        return {LAUNCHING_BODY: {command.launching_body}}
    return {} if state.launched is None else {LAUNCHING_BODY: {state.launched.launching_body}}


def _no_parties(_state: Organization, _command: OrganizationCommand) -> Parties:
    return {}


RULES: Final[tuple[Rules[Any, Any, Any], ...]] = (
    Rules(
        ORGANIZATION,
        _no_parties,
        MappingProxyType(
            {
                CreateOrganization: _BY_ADMINISTRATOR,
                ChangeLine: _BY_ADMINISTRATOR,
                AssignCompetence: _BY_ADMINISTRATOR,
                SucceedCompetence: _BY_ADMINISTRATOR,
                RenameOrganization: _BY_ADMINISTRATOR,
                MoveOrganization: _BY_ADMINISTRATOR,
                DissolveOrganization: _BY_ADMINISTRATOR,
                MergeOrganization: _BY_ADMINISTRATOR,
                SplitOrganization: _BY_ADMINISTRATOR,
            }
        ),
    ),
    Rules(
        MOVEMENT,
        _movement_parties,
        MappingProxyType({LaunchMovement: _BY_LAUNCHING_BODY, SetCalendar: _BY_LAUNCHING_BODY}),
    ),
    Rules(
        MODEL,
        _model_parties,
        MappingProxyType(
            {
                SurveySite: _BY_NAMED,
                RegisterModel: _BY_HOLDER,
                ContinueModel: _BY_HOLDER,
                LapsePlace: _WITH_REGISTRATION,
                RecordLaunchingBodyRegistration: _BY_LAUNCHING_BODY,
                AcceptRegistration: _BY_COMMITTEE,
                ReturnRegistration: _BY_COMMITTEE,
                RequestSupplement: _BY_COMMITTEE,
                SupplySupplement: _BY_HOLDER,
                ConsentToHolding: _BY_NAMED,
                ChangeHolder: _BY_COMMITTEE,
                AdoptPlan: _BY_HOLDER,
                RevisePlan: _BY_HOLDER,
                AssignCoreTeam: _BY_HOLDER,
                ChangeCoreTeam: _BY_HOLDER,
                PraiseModel: _BY_SYSTEM,
                RaiseDifficulty: _BY_HOLDER,
                AssignHelp: _BY_SYSTEM,
                ResolveDifficulty: _BY_HOLDER_OR_HELPER,
                RecordInterimAssessment: _BY_SYSTEM,
                AttachEvidence: _BY_HOLDER,
                WithdrawEvidence: _BY_HOLDER,
                GrantExtension: _BY_COMMITTEE,
                RefuseExtension: _BY_COMMITTEE,
                ChangeTerm: _BY_COMMITTEE,
                CorrectEntry: _BY_WHO_ENTERED,
                SuspendModel: _BY_HOLDER,
                ResumeModel: _BY_HOLDER,
                EndModel: _BY_HOLDER,
                ReattestModel: _BY_SYSTEM,
                RecordReplication: _BY_HOLDER,
                ReportProgress: _BY_HOLDER,
                SubmitWrittenResults: _BY_HOLDER,
                AcceptLateReport: _BY_COMMITTEE,
                ScheduleReportingSession: _BY_COMMITTEE,
                HoldReportingSession: _BY_COMMITTEE,
                MissReportingSession: _BY_TIME_ALONE,
                NoteSilence: _BY_TIME_ALONE,
                BeginTermYear: _BY_TIME_ALONE,
                WithdrawModel: _BY_HOLDER,
            }
        ),
        _model,
    ),
    Rules(
        QUOTA,
        _quota_parties,
        MappingProxyType({TakePlace: _WITH_REGISTRATION, FreePlace: _WITH_REGISTRATION}),
    ),
    Rules(
        FEEDBACK,
        _feedback_parties,
        MappingProxyType({RaiseFeedback: _BY_ANY_BODY, AnswerFeedback: _BY_LAUNCHING_BODY}),
    ),
    *STANDING_RULES,
    Rules(PAPERS, _paper_parties, MappingProxyType({KeepPaper: _BY_KEEPER})),
)
