"""Telling: on every event of the recipients' table, a notice for each recipient over each channel."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import Row, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notification.domain.notice import NOTICE, QueueNotice
from services.notification.domain.recipients import BY_KIND, RULES, recipients
from services.notification.readmodel import advisers, models, subscriptions
from shared.contracts.evaluation import AdviceIssued, PostingOpened
from shared.contracts.event import Event
from shared.contracts.notification import Channel, Relation
from shared.contracts.recognition import Declined, Recognized
from shared.contracts.registration import (
    ModelRegistered,
    ModelWithdrawn,
    RegistrationAccepted,
    RegistrationReturned,
    ReportingSessionMissed,
    ReportingSessionScheduled,
    ResultsReported,
)
from shared.contracts.values import ModelId, NoticeId, OrganizationId
from shared.domain.time import legal_date
from shared.host.ids import derive_id
from shared.host.service import Recorded, Work, when

Parties = dict[Relation, Sequence[OrganizationId]]

# Made once: building a statement costs as much as asking it.
_MODEL: Final = select(models).where(models.c.model_id == bindparam("model"))
_ADVISERS: Final = (
    select(advisers.c.clause, advisers.c.advised_by)
    .where(advisers.c.organization == bindparam("body"), advisers.c.valid_from <= bindparam("day"))
    .order_by(advisers.c.clause, advisers.c.valid_from)
)
_BY_MAIL: Final = select(subscriptions.c.organization).where(
    subscriptions.c.organization.in_(bindparam("told", expanding=True)),
    subscriptions.c.by_mail == 1,
)


class MissingFactError(LookupError):
    """The read model lacks what stands earlier in the log: its subject is parked or it was damaged."""


def notice_id(cause: UUID, recipient: OrganizationId, channel: Channel) -> NoticeId:
    """The one notice of a cause to a recipient over a channel."""
    return NoticeId(derive_id(cause, "notice", str(recipient), channel))


def model_of(event: Event) -> ModelId:
    """The model an event of the recipients' table is about."""
    match event:
        case (
            ModelRegistered()
            | ModelWithdrawn()
            | RegistrationAccepted()
            | RegistrationReturned()
            | ReportingSessionMissed()
            | ReportingSessionScheduled()
            | ResultsReported()
        ):
            return event.model_id
        case PostingOpened() | AdviceIssued() | Recognized() | Declined():
            return event.model
        case _:
            raise MissingFactError(type(event).__name__)


async def tell(recorded: Recorded[Event], work: Work) -> None:
    """Queue the notices of an event. A crash in between is made good by the retry: each notice has its
    own stream, and what is queued stays as it is.
    """
    event = recorded.event
    rule = BY_KIND[type(event).__name__]
    model_id = model_of(event)
    model = await _model(work.read, model_id)
    parties = await _parties(work.read, event, rule.relations, model, legal_date(recorded.at))
    told = recipients(rule.relations, parties)
    by_mail = await _by_mail(work.read, [recipient for recipient, _ in told])
    for recipient, relation in told:
        channels: tuple[Channel, ...] = ("inbox", "email") if recipient in by_mail else ("inbox",)
        for channel in channels:
            notice = notice_id(recorded.id, recipient, channel)
            command = QueueNotice(
                notice_id=notice,
                at=work.now,
                recipient=recipient,
                relation=relation,
                channel=channel,
                kind=rule.kind,
                model=model_id,
                model_name=model.name,
                cause=recorded.id,
                cause_at=recorded.at,
            )
            await work.execute(NOTICE, notice, command, cites=(recorded.id,))


async def _model(read: AsyncConnection, model_id: ModelId) -> Row[*tuple[object, ...]]:
    row = (await read.execute(_MODEL, {"model": str(model_id)})).one_or_none()
    if row is None:
        raise MissingFactError("model")
    return row


async def _parties(
    read: AsyncConnection,
    event: Event,
    relations: Collection[Relation],
    model: Row[*tuple[object, ...]],
    on: date,
) -> Parties:
    """Who stands in which of `relations`, and what is known at no cost beside; what the event itself says
    comes before what is known.
    """
    parties: Parties = {
        "holder": [_id(model.holder)],
        "committee": [_id(model.committee)],
        "deciding_body": [_id(model.deciding_body)],
        "launching_body": [_id(model.launching_body)],
    }
    match event:
        case ReportingSessionMissed() | ReportingSessionScheduled():
            parties["organizer"] = [event.organizer]
        case AdviceIssued() | Recognized() | Declined():
            parties["appraising_unit"] = [event.appraising_unit]
        case _ if "appraising_unit" in relations:
            parties["appraising_unit"] = await _advisers(read, _id(model.deciding_body), on)
    return parties


async def _advisers(read: AsyncConnection, body: OrganizationId, on: date) -> list[OrganizationId]:
    """Who advises a body on a day, under whichever clause (clause III.2.1c); the latest entry counts."""
    valid = await read.execute(_ADVISERS, {"body": str(body), "day": on.isoformat()})
    latest = {row.clause: _id(row.advised_by) for row in valid}
    return list(dict.fromkeys(latest.values()))


async def _by_mail(
    read: AsyncConnection, told: Sequence[OrganizationId]
) -> frozenset[OrganizationId]:
    found = await read.execute(_BY_MAIL, {"told": [str(recipient) for recipient in told]})
    return frozenset(_id(value) for value in found.scalars())


def _id(value: object) -> OrganizationId:
    return OrganizationId(UUID(str(value)))


REACTIONS: Final = tuple(when(rule.event_type, tell) for rule in RULES)
