"""Events of the notification service: who wants to be told how, and what was told to whom."""

from datetime import datetime
from types import MappingProxyType
from typing import Final, Literal
from uuid import UUID

from shared.contracts.event import Catalogue, Event
from shared.contracts.personal import PersonalDataErased
from shared.contracts.values import Forgettable, Line, ModelId, NoticeId, OrganizationId

Channel = Literal["inbox", "email"]
Relation = Literal[
    "holder", "committee", "appraising_unit", "deciding_body", "organizer", "launching_body"
]


class SubscriptionSet(Event, frozen=True):
    """How an organisation wants its notices. The inbox is always on; `email` adds mail to it."""

    organization: OrganizationId
    language: Literal["vi", "en"]
    email: Forgettable | None = None


class NoticeQueued(Event, frozen=True):
    """An organisation is to be told about an event, once per event, recipient and channel.

    `kind` is the event's name; the text is made from kind and model when it is shown or sent.
    """

    notice_id: NoticeId
    recipient: OrganizationId
    relation: Relation
    channel: Channel
    kind: Line
    model: ModelId
    model_name: Line
    cause: UUID
    cause_at: datetime


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


EVENTS: Final = Catalogue(
    service="notification",
    categories=("subscription", "notice", "personal_notification"),
    current=MappingProxyType(
        {
            "SubscriptionSet.v1": SubscriptionSet,
            "NoticeQueued.v1": NoticeQueued,
            "NoticeDelivered.v1": NoticeDelivered,
            "NoticeFailed.v1": NoticeFailed,
            "NoticeRetried.v1": NoticeRetried,
            "NoticeAcknowledged.v1": NoticeAcknowledged,
            "PersonalDataErased.v1": PersonalDataErased,
        }
    ),
)
