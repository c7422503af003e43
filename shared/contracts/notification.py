"""Events of the notification service: who wants to be told how, and what was told to whom."""

from datetime import date, datetime
from types import MappingProxyType
from typing import Final, Literal
from uuid import UUID

import msgspec

from shared.contracts.event import Catalogue, Event
from shared.contracts.inspection import (
    FindingRecorded,
    FindingsCommented,
    InspectionConcluded,
    InspectionOpened,
    InspectionWithdrawn,
    RemedyAccepted,
    RemedyReported,
    RemedyReturned,
)
from shared.contracts.personal import PersonalDataErased
from shared.contracts.running import Sha256
from shared.contracts.values import Forgettable, Line, ModelId, NoticeId, OrganizationId, Text

Channel = Literal["inbox", "email"]
Relation = Literal[
    "holder",
    "joint_holder",
    "represented",
    "committee",
    "appraising_unit",
    "deciding_body",
    "council_body",
    "organizer",
    "launching_body",
    "helper",
    "submitting_unit",
    "feedback_giver",
    "responsible",
    "superior",
    "body_above",
    "body_beside",
    "body_below",
    "reported_body",
    "issuing_body",
    "inspected_body",
    "inspecting_body",
]
"""In what a recipient stands to what happened. `represented` is a body in whose name another entered, from its
paper (ADR 0012). The bodies above, beside and below to the body that adopted a document or issued a report, the last
four to a report and to an inspection."""


Matter = Literal[
    "written_results",
    "reporting_session",
    "registration_answer",
    "help_assignment",
    "help",
    "revocation",
    "remedy",
]
"""What has a deadline: the holder's results and the session that hears them (clause III.2.1b), the answer to a
registration (practice: `registration_answer_working_days`), assigning help with a difficulty (clause III.2.1a;
practice: `help_days`) and the help itself, the decision on a revocation (practice:
`revocation_decision_working_days`), what an inspection demands (clause IV.2).
"""


ReportLine = Literal["all", "party", "vertical", "territory", "register"]
"""Whose models a report is about: of those below a body in one line of the graph, those in its register as the
launching body (clause II.2), or all of these together."""


class SubscriptionSet(Event, frozen=True):
    """How an organisation wants its notices. The inbox is always on; `email` adds mail to it."""

    organization: OrganizationId
    language: Literal["vi", "en"]
    email: Forgettable | None = None


class NoticeQueued(Event, frozen=True):
    """An organisation is to be told about an event, once per event, recipient and channel.

    `kind` is the event's name; the text is made from kind and title when it is shown or sent. `title` is
    the name of the `model`, or that of the `document` (a rule set, a feedback) the event is about.
    `source` is the clause or the practice that the event cites, else the one that says who is told of it;
    `rules` the rule-set version that it was recorded under.
    """

    notice_id: NoticeId
    recipient: OrganizationId
    relation: Relation
    channel: Channel
    kind: Line
    title: Line
    cause: UUID
    cause_at: datetime
    source: Line
    model: ModelId | None = None
    document: UUID | None = None
    rules: Line | None = None


class NoticeDelivered(Event, frozen=True):
    """The notice lies in the inbox, or the mail server took it for delivery under `message_id`."""

    notice_id: NoticeId
    message_id: Line | None = None


class NoticeFailed(Event, frozen=True):
    """An attempt failed; `error` names its class, nothing personal. Without `next_attempt_at` it was
    the last one and the notice is dead until someone asks for a retry.
    """

    notice_id: NoticeId
    attempt: int
    error: Line
    next_attempt_at: datetime | None = None


class NoticeRetried(Event, frozen=True):
    """The office asked for a new round of attempts for a dead notice."""

    notice_id: NoticeId


class NoticeAcknowledged(Event, frozen=True):
    """Someone of the recipient marked it read."""

    notice_id: NoticeId


class DeadlineApproached(Event, frozen=True):
    """A reminder came due: `days_before` is the one of the rule set's `reminder_days`; a late one may stand
    nearer to the `last_day` (practice). `subject` is the model, the difficulty, the case or the finding;
    `model` None where it is about none; `responsible` who has to act where no duty towards the model says it.
    """

    deadline_id: UUID
    matter: Matter
    subject: UUID
    model: ModelId | None
    last_day: date
    days_before: int
    responsible: OrganizationId | None = None


class DeadlineMissed(Event, frozen=True):
    """The last day is over and it was not done (clause IV.2). `responsible` is who had to act on the day it is
    recorded, None where expressly nobody succeeded; the rest as in DeadlineApproached. While it stays open it
    goes up the line from `escalates_on` on (practice: `escalation_days`); None: nobody stands above.
    """

    deadline_id: UUID
    matter: Matter
    subject: UUID
    model: ModelId | None
    last_day: date
    responsible: OrganizationId | None = None
    escalates_on: date | None = None


class Escalated(Event, frozen=True):
    """A missed deadline that is still open went one step up the line of who had to act, to the body `to`, at last
    to the launching body (clause IV.2). `step` counts from 1; the next one follows from `escalates_on` on, None
    after the last.
    """

    deadline_id: UUID
    matter: Matter
    subject: UUID
    model: ModelId | None
    last_day: date
    step: int
    to: OrganizationId
    responsible: OrganizationId | None = None
    escalates_on: date | None = None


class IssuedFigure(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A figure as it was issued: in the period, in the one before, and from the beginning of the record, None
    for what holds at the period's end. What each counts is in the reference of reports.
    """

    figure: Line
    value: int
    before: int
    cumulative: int | None


class PeriodicReportIssued(Event, frozen=True):
    """The Office issued the report of a body for the days `first` to `last` to its leaders (clause IV.2).

    The figures are those of the record up to `position`, on the lines said; `sha256` is that of the whole report,
    breakdowns and all, as canonical JSON kept beside the log. What is corrected later shows as a difference.
    `issue` counts from 1; a later one has its `reason`.
    """

    report_id: UUID
    issue: int
    body: OrganizationId
    issued_by: OrganizationId
    line: ReportLine
    first: date
    last: date
    title: Line
    figures: tuple[IssuedFigure, ...]
    position: int
    sha256: Sha256
    reason: Text | None = None


class UrgedMatter(msgspec.Struct, frozen=True, kw_only=True):
    """An overdue deadline that a letter names."""

    deadline_id: UUID
    matter: Matter
    model: ModelId | None
    last_day: date


class BodyUrged(Event, frozen=True):
    """The Office sent a body a letter about what is overdue there (clause IV.2). `reason` says why it was urged
    again for the same so soon (practice: `urging_days`).
    """

    urging_id: UUID
    body: OrganizationId
    urged_by: OrganizationId
    document_number: Line
    issued_on: date
    text: Text
    matters: tuple[UrgedMatter, ...]
    reason: Text | None = None


EVENTS: Final = Catalogue(
    service="notification",
    categories=(
        "subscription",
        "notice",
        "deadline",
        "report",
        "urging",
        "inspection",
        "personal_notification",
    ),
    current=MappingProxyType(
        {
            "SubscriptionSet.v1": SubscriptionSet,
            "NoticeQueued.v1": NoticeQueued,
            "NoticeDelivered.v1": NoticeDelivered,
            "NoticeFailed.v1": NoticeFailed,
            "NoticeRetried.v1": NoticeRetried,
            "NoticeAcknowledged.v1": NoticeAcknowledged,
            "DeadlineApproached.v1": DeadlineApproached,
            "DeadlineMissed.v1": DeadlineMissed,
            "Escalated.v1": Escalated,
            "PeriodicReportIssued.v1": PeriodicReportIssued,
            "BodyUrged.v1": BodyUrged,
            "InspectionOpened.v1": InspectionOpened,
            "FindingRecorded.v1": FindingRecorded,
            "FindingsCommented.v1": FindingsCommented,
            "InspectionConcluded.v1": InspectionConcluded,
            "InspectionWithdrawn.v1": InspectionWithdrawn,
            "RemedyReported.v1": RemedyReported,
            "RemedyReturned.v1": RemedyReturned,
            "RemedyAccepted.v1": RemedyAccepted,
            "PersonalDataErased.v1": PersonalDataErased,
        }
    ),
)
