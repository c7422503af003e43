"""Who does today what a registration gave to bodies that may be no more."""

import msgspec

from services.registration.domain.answering import RequestSupplement
from services.registration.domain.extension import GrantExtension, RefuseExtension
from services.registration.domain.holders import ChangeHolder
from services.registration.domain.model_commands import (
    AcceptLateReport,
    AcceptRegistration,
    HoldReportingSession,
    MissReportingSession,
    RecordLaunchingBodyRegistration,
    ReturnRegistration,
    ScheduleReportingSession,
)
from services.registration.domain.model_state import Model
from services.registration.domain.term import BeginTermYear, ChangeTerm
from shared.domain.time import legal_date

DutyCommand = (
    RecordLaunchingBodyRegistration
    | AcceptRegistration
    | ReturnRegistration
    | RequestSupplement
    | ChangeHolder
    | AcceptLateReport
    | ScheduleReportingSession
    | HoldReportingSession
    | MissReportingSession
    | GrantExtension
    | RefuseExtension
    | BeginTermYear
    | ChangeTerm
)
"""What a committee or launching body does to a model. Their events name the body that holds the duty today."""


def standing_today(state: Model, command: DutyCommand) -> Model:
    """The model with its committee and launching body as they stand on the day of the command. Where expressly
    nobody succeeded, the body that was named stays.
    """
    named = state.registration
    if named is None or not command.successions.successions:
        return state
    on, graph = legal_date(command.at), command.successions
    committee = graph.holder_on(named.committee, "committee", on, named.model_id)
    launching = graph.holder_on(named.launching_body, "launching_body", on, named.model_id)
    return msgspec.structs.replace(
        state,
        registration=msgspec.structs.replace(
            named,
            committee=committee or named.committee,
            launching_body=launching or named.launching_body,
        ),
    )
