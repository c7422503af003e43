"""Telling: on every event of the recipients' table, a notice for each recipient over each channel."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Final
from uuid import UUID

from sqlalchemy import Row, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notification.domain.notice import NOTICE, QueueNotice
from services.notification.domain.recipients import BY_KIND, RULES, recipients
from services.notification.readmodel import SUCCESSIONS, advisers, models, subscriptions
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
from shared.contracts.values import Duty, ModelId, NoticeId, OrganizationId
from shared.domain.time import legal_date
from shared.host.ids import derive_id
from shared.host.service import Recorded, Work, when
from shared.host.successions import after

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


_DUTIES: Final[Mapping[Relation, Duty]] = MappingProxyType({"organizer": "committee"})
"""The duty behind a relation that has another name: the committee organises the session."""


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
    on = legal_date(recorded.at)
    named = await _parties(work.read, event, rule.relations, model, on)
    parties, ends = await standing_on(work.read, named, model_id, on)
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
            await work.execute(NOTICE, notice, command, cites=(recorded.id, *ends))


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
            decides: Parties = {"deciding_body": parties["deciding_body"]}
            standing, _ = await standing_on(read, decides, ModelId(UUID(model.model_id)), on)
            parties["appraising_unit"] = [
                adviser
                for body in standing["deciding_body"]
                for adviser in await _advisers(read, body, on)
            ]
    return parties


async def standing_on(
    read: AsyncConnection, parties: Parties, model: ModelId, on: date
) -> tuple[Parties, tuple[UUID, ...]]:
    """The parties with whoever holds the duty on a day in the place of a body that is no more, and the
    events that say so. Where expressly nobody succeeded it, nobody is told.
    """
    ends = await after(read, SUCCESSIONS, {one for some in parties.values() for one in some}, on)
    standing: Parties = {
        relation: [
            holder
            for body in bodies
            if (holder := ends.graph.holder_on(body, _DUTIES.get(relation, relation), on, model))
            is not None
        ]
        for relation, bodies in parties.items()
    }
    return standing, ends.cites


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
