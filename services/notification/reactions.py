"""Telling: on every event of the recipients' table, a notice for each recipient over each channel."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notification.domain.notice import NOTICE, QueueNotice
from services.notification.domain.recipients import (
    BY_KIND,
    FROM_PAPER,
    FROM_PAPER_SOURCE,
    RULES,
    kind_of,
    recipients,
    source_of,
)
from services.notification.parties import Subject, represented_in, standing_on, subject_of
from services.notification.readmodel import subscriptions
from shared.contracts import registration
from shared.contracts.event import Event
from shared.contracts.notification import Channel, Relation
from shared.contracts.values import ModelId, NoticeId, OrganizationId
from shared.domain.time import legal_date
from shared.host.ids import derive_id
from shared.host.service import Recorded, Work, when

_BY_MAIL: Final = select(subscriptions.c.organization).where(
    subscriptions.c.organization.in_(bindparam("told", expanding=True)),
    subscriptions.c.by_mail == 1,
)


def notice_id(cause: UUID, recipient: OrganizationId, channel: Channel, kind: str = "") -> NoticeId:
    """The one notice of a cause to a recipient over a channel; one more where it has another `kind` than the
    cause's own.
    """
    return NoticeId(derive_id(cause, "notice", str(recipient), channel, *filter(None, (kind,))))


async def tell(recorded: Recorded[Event], work: Work) -> None:
    """Queue the notices of an event. A crash in between is made good by the retry: each notice has its
    own stream, and what is queued stays as it is.
    """
    rule = BY_KIND[type(recorded.event).__name__]
    subject = await subject_of(work.read, recorded, rule.relations)
    await _queue(recorded, work, subject, rule.relations, source=source_of(recorded.event))


async def tell_represented(recorded: Recorded[Event], work: Work) -> None:
    """Tell the bodies in whose name something was entered from paper: once for all that came of one command."""
    on_behalf = recorded.metadata.on_behalf if recorded.is_on_behalf else None
    if on_behalf is None or recorded.metadata.command is None:
        return
    model = ModelId(UUID(recorded.stored.stream.partition("-")[2]))
    subject = await represented_in(work.read, model, on_behalf.bodies)
    await _queue(
        recorded, work, subject, ("represented",), source=FROM_PAPER_SOURCE, kind=FROM_PAPER
    )


async def _queue(
    recorded: Recorded[Event],
    work: Work,
    subject: Subject,
    relations: Sequence[Relation],
    *,
    source: str,
    kind: str = "",
) -> None:
    on = legal_date(recorded.at)
    parties, ends = await standing_on(work.read, subject.parties, subject.model, on)
    told = recipients(relations, parties)
    by_mail = await _by_mail(work.read, [recipient for recipient, _ in told])
    for recipient, relation in told:
        channels: tuple[Channel, ...] = ("inbox", "email") if recipient in by_mail else ("inbox",)
        for channel in channels:
            notice = notice_id(recorded.id, recipient, channel, kind)
            command = QueueNotice(
                notice_id=notice,
                at=work.now,
                recipient=recipient,
                relation=relation,
                channel=channel,
                kind=kind or kind_of(recorded.event),
                title=subject.title,
                model=subject.model,
                document=subject.document,
                cause=recorded.id,
                cause_at=recorded.at,
                source=source,
                rules=recorded.metadata.rules,
            )
            await work.execute(NOTICE, notice, command, cites=(recorded.id, *ends))


async def _by_mail(
    read: AsyncConnection, told: Sequence[OrganizationId]
) -> frozenset[OrganizationId]:
    found = await read.execute(_BY_MAIL, {"told": [str(recipient) for recipient in told]})
    return frozenset(OrganizationId(UUID(str(value))) for value in found.scalars())


REACTIONS: Final = (
    *(when(rule.event_type, tell) for rule in RULES),
    *(
        when(event_type, tell_represented)
        for event_type in registration.EVENTS.current.values()
        if "model_id" in event_type.__struct_fields__
    ),
)
