"""Who may give which command in notification."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from services.notification.domain.deadline import (
    DEADLINE,
    Deadline,
    DeadlineCommand,
    DeadlineEvent,
    Escalate,
    Miss,
    Remind,
)
from services.notification.domain.inspection import (
    INSPECTION,
    AcceptRemedy,
    CommentFindings,
    ConcludeInspection,
    Inspection,
    InspectionCommand,
    InspectionEvent,
    OpenInspection,
    RecordFinding,
    ReportRemedy,
    ReturnRemedy,
    WithdrawInspection,
)
from services.notification.domain.notice import (
    NOTICE,
    AcknowledgeNotice,
    DeliverNotice,
    FailNotice,
    Notice,
    NoticeCommand,
    NoticeEvent,
    QueueNotice,
    RetryNotice,
)
from services.notification.domain.report import REPORT, IssuedReport, IssueReport
from services.notification.domain.subscription import (
    SUBSCRIPTION,
    SetSubscription,
    Subscription,
)
from services.notification.domain.urging import URGING, UrgeBody, Urgings
from shared.contracts.notification import BodyUrged, PeriodicReportIssued, SubscriptionSet
from shared.host.policy import ANY, Grant, Parties, Role, Rules

OWN: Final = "own"
RECIPIENT: Final = "recipient"
OVERSEER: Final = "overseer"
INSPECTING: Final = "inspecting"
INSPECTED: Final = "inspected"

_ACTING_FOR_AN_ORGANISATION: Final = (
    Role.REGISTRANT,
    Role.COMMITTEE_OFFICER,
    Role.APPRAISER,
    Role.SECRETARY,
    Role.CHAIR,
    Role.SIGNER,
    Role.OFFICE_CLERK,
    Role.ADMINISTRATOR,
)
"""All but council members, who sit for themselves, and auditors, who only read."""

_BY_REACTION_ALONE: Final[tuple[Grant, ...]] = ()
_BY_TIME_ALONE: Final[tuple[Grant, ...]] = ()


def _subscription_parties(_: Subscription, command: SetSubscription) -> Parties:
    return {OWN: {command.organization}}


def _notice_parties(state: Notice, _: NoticeCommand) -> Parties:
    return {} if state.queued is None else {RECIPIENT: {state.queued.recipient}}


_SUBSCRIPTION_GRANTS: Final[Mapping[type[SetSubscription], tuple[Grant, ...]]] = MappingProxyType(
    {SetSubscription: tuple(Grant(role, OWN) for role in _ACTING_FOR_AN_ORGANISATION)}
)

_NOTICE_GRANTS: Final[Mapping[type[NoticeCommand], tuple[Grant, ...]]] = MappingProxyType(
    {
        QueueNotice: _BY_REACTION_ALONE,
        DeliverNotice: _BY_TIME_ALONE,
        FailNotice: _BY_TIME_ALONE,
        RetryNotice: (Grant(Role.OFFICE_CLERK, ANY), Grant(Role.ADMINISTRATOR, ANY)),
        AcknowledgeNotice: tuple(Grant(role, RECIPIENT) for role in _ACTING_FOR_AN_ORGANISATION),
    }
)

SUBSCRIPTION_RULES: Final[Rules[Subscription, SetSubscription, SubscriptionSet]] = Rules(
    SUBSCRIPTION, _subscription_parties, _SUBSCRIPTION_GRANTS
)


def _no_parties(_: Deadline, __: DeadlineCommand) -> Parties:
    return {}


_DEADLINE_GRANTS: Final[Mapping[type[DeadlineCommand], tuple[Grant, ...]]] = MappingProxyType(
    {Remind: _BY_TIME_ALONE, Miss: _BY_TIME_ALONE, Escalate: _BY_TIME_ALONE}
)

NOTICE_RULES: Final[Rules[Notice, NoticeCommand, NoticeEvent]] = Rules(
    NOTICE, _notice_parties, _NOTICE_GRANTS
)
DEADLINE_RULES: Final[Rules[Deadline, DeadlineCommand, DeadlineEvent]] = Rules(
    DEADLINE, _no_parties, _DEADLINE_GRANTS
)


def _report_parties(_: IssuedReport, command: IssueReport) -> Parties:
    return {OVERSEER: set(command.overseers)}


REPORT_RULES: Final[Rules[IssuedReport, IssueReport, PeriodicReportIssued]] = Rules(
    REPORT, _report_parties, MappingProxyType({IssueReport: (Grant(Role.OFFICE_CLERK, OVERSEER),)})
)


def _urging_parties(_: Urgings, command: UrgeBody) -> Parties:
    return {OVERSEER: set(command.overseers)}


URGING_RULES: Final[Rules[Urgings, UrgeBody, BodyUrged]] = Rules(
    URGING,
    _urging_parties,
    MappingProxyType({UrgeBody: (Grant(Role.OFFICE_CLERK, OVERSEER),)}),
)


def _inspection_parties(state: Inspection, command: InspectionCommand) -> Parties:
    if isinstance(command, OpenInspection):
        return {OVERSEER: set(command.overseers)}
    if state.opened is None:
        return {}
    inspection = state.opened.inspection
    return {INSPECTING: {inspection.inspected_by}, INSPECTED: {inspection.body}}


_BY_INSPECTORS: Final = (Grant(Role.OFFICE_CLERK, INSPECTING),)
_BY_THE_INSPECTED: Final = tuple(Grant(role, INSPECTED) for role in _ACTING_FOR_AN_ORGANISATION)

_INSPECTION_GRANTS: Final[Mapping[type[InspectionCommand], tuple[Grant, ...]]] = MappingProxyType(
    {
        OpenInspection: (Grant(Role.OFFICE_CLERK, OVERSEER),),
        RecordFinding: _BY_INSPECTORS,
        CommentFindings: _BY_THE_INSPECTED,
        ConcludeInspection: _BY_INSPECTORS,
        WithdrawInspection: _BY_INSPECTORS,
        ReportRemedy: _BY_THE_INSPECTED,
        ReturnRemedy: _BY_INSPECTORS,
        AcceptRemedy: _BY_INSPECTORS,
    }
)

INSPECTION_RULES: Final[Rules[Inspection, InspectionCommand, InspectionEvent]] = Rules(
    INSPECTION, _inspection_parties, _INSPECTION_GRANTS
)
RULES: Final = (
    SUBSCRIPTION_RULES,
    NOTICE_RULES,
    DEADLINE_RULES,
    REPORT_RULES,
    URGING_RULES,
    INSPECTION_RULES,
)
