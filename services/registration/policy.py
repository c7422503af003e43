"""Who may give which command in registration."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from services.registration.domain.model import MODEL
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
    Organization,
    OrganizationCommand,
)
from shared.host.policy import ANY, Grant, Parties, Role, Rules

HOLDER: Final = "holder"
COMMITTEE: Final = "committee"
LAUNCHING_BODY: Final = "launching_body"

# A committee's officer also enters what holders without accounts bring on paper (practice).
_BY_HOLDER: Final = (Grant(Role.REGISTRANT, HOLDER), Grant(Role.COMMITTEE_OFFICER, COMMITTEE))
_BY_COMMITTEE: Final = (Grant(Role.COMMITTEE_OFFICER, COMMITTEE),)
_BY_LAUNCHING_BODY: Final = (Grant(Role.OFFICE_CLERK, LAUNCHING_BODY),)
_BY_ADMINISTRATOR: Final = (Grant(Role.ADMINISTRATOR, ANY),)
_BY_TIME_ALONE: Final[tuple[Grant, ...]] = ()


def _model_parties(state: Model, command: ModelCommand) -> Parties:
    registration = state.registration
    parties: Mapping[str, frozenset[UUID]]
    if isinstance(command, RegisterModel):
        # Registering again after a return must not move a model into foreign hands.
        allowed = {command.holder, command.committee}
        if registration is not None:
            allowed &= {registration.holder, registration.committee}
        parties = {
            HOLDER: frozenset({command.holder} & allowed),
            COMMITTEE: frozenset({command.committee} & allowed),
        }
    elif registration is not None:
        parties = {
            HOLDER: frozenset({registration.holder}),
            COMMITTEE: frozenset({registration.committee}),
            LAUNCHING_BODY: frozenset({registration.launching_body}),
        }
    elif isinstance(command, SurveySite):
        surveyor = frozenset({command.surveyed_by})
        first = surveyor if state.survey is None else surveyor & {state.survey.surveyed_by}
        parties = {HOLDER: first, COMMITTEE: first}
    else:
        parties = {}
    return parties


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
                SurveySite: _BY_HOLDER,
                RegisterModel: _BY_HOLDER,
                RecordLaunchingBodyRegistration: _BY_LAUNCHING_BODY,
                AcceptRegistration: _BY_COMMITTEE,
                ReturnRegistration: _BY_COMMITTEE,
                AdoptPlan: _BY_HOLDER,
                AssignCoreTeam: _BY_HOLDER,
                ReportProgress: _BY_HOLDER,
                SubmitWrittenResults: _BY_HOLDER,
                AcceptLateReport: _BY_COMMITTEE,
                ScheduleReportingSession: _BY_COMMITTEE,
                HoldReportingSession: _BY_COMMITTEE,
                MissReportingSession: _BY_TIME_ALONE,
                WithdrawModel: _BY_HOLDER,
            }
        ),
    ),
)
