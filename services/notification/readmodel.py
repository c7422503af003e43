"""What notification keeps: who stands where to a model, who takes mail, and the notices themselves."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, String, Table

from services.notification.domain.notice import Status
from shared.contracts.notification import (
    NoticeAcknowledged,
    NoticeDelivered,
    NoticeFailed,
    NoticeQueued,
    NoticeRetried,
    SubscriptionSet,
)
from shared.contracts.registration import CompetenceAssigned, ModelRegistered
from shared.domain.time import to_microseconds
from shared.host.rows import Patch, Put, RowChange, Value
from shared.host.service import ReadModel, Recorded, on

TABLES: Final = MetaData()
_ID: Final = 36
_DATE: Final = 32

models: Final = Table(
    "models",
    TABLES,
    Column("model_id", String(_ID), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("holder", String(_ID), nullable=False),
    Column("committee", String(_ID), nullable=False),
    Column("deciding_body", String(_ID), nullable=False),
    Column("launching_body", String(_ID), nullable=False),
)

advisers: Final = Table(
    "advisers",
    TABLES,
    Column("organization", String(_ID), primary_key=True),
    Column("clause", String(20), primary_key=True),
    Column("valid_from", String(_DATE), primary_key=True),
    Column("advised_by", String(_ID), nullable=False),
)

subscriptions: Final = Table(
    "subscriptions",
    TABLES,
    Column("organization", String(_ID), primary_key=True),
    Column("language", String(2), nullable=False),
    Column("by_mail", Integer, nullable=False),
)

notices: Final = Table(
    "notices",
    TABLES,
    Column("notice_id", String(_ID), primary_key=True),
    Column("recipient", String(_ID), nullable=False),
    Column("relation", String(20), nullable=False),
    Column("channel", String(20), nullable=False),
    Column("kind", String(200), nullable=False),
    Column("model_id", String(_ID), nullable=False),
    Column("model_name", String(200), nullable=False),
    Column("cause", String(_ID), nullable=False),
    Column("cause_at", String(_DATE), nullable=False),
    Column("queued_at", String(_DATE), nullable=False),
    Column("status", String(20), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("error", String(200)),
    Column("due_us", BigInteger, nullable=False),
    Column("acknowledged", Integer, nullable=False),
    Index("notices_by_recipient", "recipient", "channel", "queued_at", "notice_id"),
    Index("notices_unread", "recipient", "channel", "acknowledged", "queued_at", "notice_id"),
    Index("notices_due", "channel", "status", "due_us"),
    Index("notices_by_status", "status", "queued_at", "notice_id"),
)
"""`due_us` is when the next attempt is due, microseconds since 1970 UTC; it counts while pending."""


def _model_registered(recorded: Recorded[ModelRegistered]) -> Iterable[RowChange]:
    event = recorded.event
    yield Put(
        models,
        {
            "model_id": str(event.model_id),
            "name": event.name,
            "holder": str(event.holder),
            "committee": str(event.committee),
            "deciding_body": str(event.deciding_body),
            "launching_body": str(event.launching_body),
        },
    )


def _competence_assigned(recorded: Recorded[CompetenceAssigned]) -> Iterable[RowChange]:
    event = recorded.event
    yield Put(
        advisers,
        {
            "organization": str(event.organization_id),
            "clause": event.clause,
            "valid_from": event.valid_from.isoformat(),
            "advised_by": str(event.advised_by),
        },
    )


def _subscription_set(recorded: Recorded[SubscriptionSet]) -> Iterable[RowChange]:
    event = recorded.event
    yield Put(
        subscriptions,
        {
            "organization": str(event.organization),
            "language": event.language,
            "by_mail": int(event.email is not None),
        },
    )


def _queued(recorded: Recorded[NoticeQueued]) -> Iterable[RowChange]:
    event = recorded.event
    yield Put(
        notices,
        {
            "notice_id": str(event.notice_id),
            "recipient": str(event.recipient),
            "relation": event.relation,
            "channel": event.channel,
            "kind": event.kind,
            "model_id": str(event.model),
            "model_name": event.model_name,
            "cause": str(event.cause),
            "cause_at": event.cause_at.isoformat(),
            "queued_at": recorded.at.isoformat(),
            "status": "pending",
            "attempts": 0,
            "due_us": recorded.stored.time_us,
            "acknowledged": 0,
        },
    )


def _changed(notice_id: object, status: Status, **changes: Value) -> RowChange:
    return Patch(notices, {"notice_id": str(notice_id)}, {"status": status, **changes})


def _delivered(recorded: Recorded[NoticeDelivered]) -> Iterable[RowChange]:
    yield _changed(recorded.event.notice_id, "delivered")


def _failed(recorded: Recorded[NoticeFailed]) -> Iterable[RowChange]:
    event = recorded.event
    attempt: dict[str, Value] = {"attempts": event.attempt, "error": event.error}
    if event.next_attempt_at is None:
        yield _changed(event.notice_id, "dead", **attempt)
    else:
        due_us = to_microseconds(event.next_attempt_at)
        yield _changed(event.notice_id, "pending", due_us=due_us, **attempt)


def _retried(recorded: Recorded[NoticeRetried]) -> Iterable[RowChange]:
    due_us = recorded.stored.time_us
    yield _changed(recorded.event.notice_id, "pending", attempts=0, due_us=due_us)


def _acknowledged(recorded: Recorded[NoticeAcknowledged]) -> Iterable[RowChange]:
    yield Patch(notices, {"notice_id": str(recorded.event.notice_id)}, {"acknowledged": 1})


READ_MODEL: Final = ReadModel(
    version=1,
    tables=TABLES,
    handlers=(
        on(ModelRegistered, _model_registered),
        on(CompetenceAssigned, _competence_assigned),
        on(SubscriptionSet, _subscription_set),
        on(NoticeQueued, _queued),
        on(NoticeDelivered, _delivered),
        on(NoticeFailed, _failed),
        on(NoticeRetried, _retried),
        on(NoticeAcknowledged, _acknowledged),
    ),
)
