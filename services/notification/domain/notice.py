"""One telling: one event to one recipient over one channel. Stream `notice-<id>`.

Its id derives from cause, recipient and channel, so a second notice of the same has no stream to go to.
"""

from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Annotated, Final, Literal
from uuid import UUID

import msgspec

from shared.contracts.notification import (
    Channel,
    NoticeAcknowledged,
    NoticeDelivered,
    NoticeFailed,
    NoticeQueued,
    NoticeRetried,
    Relation,
)
from shared.contracts.values import Line, ModelId, NoticeId, OrganizationId
from shared.domain.decider import Decider, Request
from shared.domain.refusal import Refusal
from shared.domain.time import Instant

ATTEMPTS_MAX: Final = 16
"""Attempts of a round: with the pauses below they reach over a day of a dead mail server."""

PAUSE_SECONDS_MIN: Final = 60
PAUSE_SECONDS_MAX: Final = 4 * 3600

NoticeEvent = NoticeQueued | NoticeDelivered | NoticeFailed | NoticeRetried | NoticeAcknowledged
Status = Literal["unknown", "pending", "delivered", "dead"]
Events = tuple[NoticeEvent, ...]

# --- state ------------------------------------------------------------------------------------


class Notice(msgspec.Struct, frozen=True):
    """`attempts` counts the failures of this round."""

    queued: NoticeQueued | None = None
    status: Status = "unknown"
    attempts: int = 0
    next_attempt_at: datetime | None = None
    acknowledged: bool = False


def evolve(state: Notice, event: NoticeEvent) -> Notice:
    """What is known after `event`."""
    match event:
        case NoticeQueued():
            return msgspec.structs.replace(state, queued=event, status="pending")
        case NoticeDelivered():
            return msgspec.structs.replace(state, status="delivered", next_attempt_at=None)
        case NoticeFailed():
            return msgspec.structs.replace(
                state,
                status="dead" if event.next_attempt_at is None else "pending",
                attempts=event.attempt,
                next_attempt_at=event.next_attempt_at,
            )
        case NoticeRetried():
            return msgspec.structs.replace(
                state, status="pending", attempts=0, next_attempt_at=None
            )
        case NoticeAcknowledged():
            return msgspec.structs.replace(state, acknowledged=True)


# --- commands ---------------------------------------------------------------------------------


class QueueNotice(Request, frozen=True, kw_only=True):
    """Tell the recipient; over the inbox it has arrived at once."""

    notice_id: NoticeId
    at: Instant
    recipient: OrganizationId
    relation: Relation
    channel: Channel
    kind: Line
    title: Line
    cause: UUID
    cause_at: Instant
    source: Line
    model: ModelId | None = None
    document: UUID | None = None
    rules: Line | None = None


class DeliverNotice(Request, frozen=True, kw_only=True):
    """The mail server took the message for delivery."""

    at: Instant
    message_id: Line


class FailNotice(Request, frozen=True, kw_only=True):
    """Attempt number `attempt` of the round failed. `permanent` where another one would fail as well."""

    at: Instant
    attempt: Annotated[int, msgspec.Meta(ge=1)]
    error: Line
    permanent: bool = False


class RetryNoticeForm(Request, frozen=True, kw_only=True):
    """Nothing to fill in."""


class RetryNotice(RetryNoticeForm, frozen=True, kw_only=True):
    """Begin another round of attempts for a dead notice."""

    at: Instant


class AcknowledgeNoticeForm(Request, frozen=True, kw_only=True):
    """Nothing to fill in."""


class AcknowledgeNotice(AcknowledgeNoticeForm, frozen=True, kw_only=True):
    """Mark the notice read."""

    at: Instant


NoticeCommand = QueueNotice | DeliverNotice | FailNotice | RetryNotice | AcknowledgeNotice

# --- rules ------------------------------------------------------------------------------------

UNKNOWN: Final = Refusal(
    "notice-unknown",
    vi="Không có thông báo này. Hãy mở lại hộp thư của đơn vị.",
    en="There is no such notice. Open your organisation's inbox again.",
)
NOT_ARRIVED: Final = Refusal(
    "notice-not-arrived",
    vi="Thông báo này chưa gửi tới nơi nên chưa thể đánh dấu đã đọc.",
    en="This notice has not arrived yet, so it cannot be marked read.",
)
NOT_DEAD: Final = Refusal(
    "notice-not-dead",
    vi="Thông báo này đã gửi hoặc còn đang được gửi lại tự động; không cần yêu cầu gửi lại.",
    en="This notice has arrived or is still being tried; there is no need to ask for a retry.",
)


def pause_after(attempt: int) -> timedelta:
    """How long to wait after failed attempt number `attempt`: doubling from a minute to four hours."""
    return timedelta(seconds=min(PAUSE_SECONDS_MIN << (attempt - 1), PAUSE_SECONDS_MAX))


def decide(state: Notice, command: NoticeCommand) -> Events:
    """What follows from `command`. Raises RefusedError."""
    if isinstance(command, QueueNotice):
        return _queue(state, command)
    if state.queued is None:
        raise UNKNOWN()
    notice_id = state.queued.notice_id
    match command:
        case DeliverNotice():
            if state.status == "delivered":
                return ()
            return (NoticeDelivered(notice_id=notice_id, message_id=command.message_id),)
        case FailNotice():
            return _fail(state, notice_id, command)
        case RetryNotice():
            if state.status != "dead":
                raise NOT_DEAD()
            return (NoticeRetried(notice_id=notice_id),)
        case AcknowledgeNotice():
            if state.status != "delivered":
                raise NOT_ARRIVED()
            return () if state.acknowledged else (NoticeAcknowledged(notice_id=notice_id),)


def _queue(state: Notice, command: QueueNotice) -> Events:
    if state.queued is not None:
        return ()
    queued = NoticeQueued(
        notice_id=command.notice_id,
        recipient=command.recipient,
        relation=command.relation,
        channel=command.channel,
        kind=command.kind,
        title=command.title,
        cause=command.cause,
        cause_at=command.cause_at,
        source=command.source,
        model=command.model,
        document=command.document,
        rules=command.rules,
    )
    if command.channel == "inbox":
        return (queued, NoticeDelivered(notice_id=command.notice_id))
    return (queued,)


def _fail(state: Notice, notice_id: NoticeId, command: FailNotice) -> Events:
    """An attempt that is counted already, or no longer matters, changes nothing."""
    if state.status != "pending" or command.attempt != state.attempts + 1:
        return ()
    last = command.permanent or command.attempt >= ATTEMPTS_MAX
    return (
        NoticeFailed(
            notice_id=notice_id,
            attempt=command.attempt,
            error=command.error,
            next_attempt_at=None if last else command.at + pause_after(command.attempt),
        ),
    )


NOTICE: Final[Decider[Notice, NoticeCommand, NoticeEvent]] = Decider(
    category="notice",
    initial_state=Notice(),
    decide=decide,
    evolve=evolve,
    stage=lambda state: state.status,
    commands=MappingProxyType(
        {
            "QueueNotice": QueueNotice,
            "DeliverNotice": DeliverNotice,
            "FailNotice": FailNotice,
            "RetryNotice": RetryNotice,
            "AcknowledgeNotice": AcknowledgeNotice,
        }
    ),
)
