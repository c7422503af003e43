"""What notification answers to readers: the own inbox, the own subscription, what could not be sent."""

from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

import msgspec
from msgspec.structs import asdict
from sqlalchemy import Row, select

from services.notification.domain.notice import Status
from services.notification.domain.subscription import SUBSCRIPTION
from services.notification.domain.texts import TEXTS, Language
from services.notification.readmodel import SUCCESSIONS, notices
from shared.contracts.notification import Channel, Relation
from shared.domain.time import from_microseconds, legal_date
from shared.host.cursor import Order, PageParameters, fetch_page
from shared.host.service import NotFoundError, Page, Query
from shared.host.successions import around

_NEWEST_FIRST: Final = (
    Order(notices.c.queued_at, descending=True),
    Order(notices.c.notice_id, descending=True),
)


class NoParameters(msgspec.Struct, frozen=True, kw_only=True):
    """A read without parameters of its own."""


class ListInbox(PageParameters, frozen=True, kw_only=True):
    """Filters of the inbox."""

    unread: bool = False


class _InboxNotice(msgspec.Struct, frozen=True, kw_only=True):
    notice_id: UUID
    relation: Relation
    kind: str
    model_id: UUID | None
    document: UUID | None
    title: str
    cause: UUID
    cause_at: datetime
    source: str
    rules: str | None
    queued_at: datetime
    acknowledged: bool


class InboxRow(_InboxNotice, frozen=True, kw_only=True):
    """A notice in the inbox: what happened, in both languages, and when; by which clause or practice and under
    which rule-set version.
    """

    vi: str
    en: str


async def list_inbox(query: Query[ListInbox]) -> Page[InboxRow]:
    """The notices of the own organisation and of those it succeeded, newest first."""
    own, today = _own_organization(query), legal_date(query.now)
    successions = await around(query.read, SUCCESSIONS, (own,), today)
    recipients = [str(body) for body in successions.stands_for(own, None, today)]
    statement = select(notices).where(
        notices.c.recipient.in_(recipients), notices.c.channel == "inbox"
    )
    if query.parameters.unread:
        statement = statement.where(notices.c.acknowledged == 0)
    return await fetch_page(query.read, statement, _NEWEST_FIRST, query.parameters, _inbox_row)


def _inbox_row(row: Row[*tuple[object, ...]]) -> InboxRow:
    notice = msgspec.convert(row, _InboxNotice, strict=False, from_attributes=True)
    text = TEXTS[notice.kind]
    return InboxRow(
        **asdict(notice),
        vi=text.sentence("vi", notice.title),
        en=text.sentence("en", notice.title),
    )


def _own_organization(query: Query[ListInbox] | Query[NoParameters]) -> UUID:
    if query.actor is None or query.actor.organization is None:
        raise NotFoundError("organization")
    return query.actor.organization


class SubscriptionView(msgspec.Struct, frozen=True, kw_only=True):
    """How the own organisation is told. Without `email` notices come to the inbox only. `mail_error` says that the
    latest e-mail tried has not arrived, by the mail server's code or how it failed.
    """

    organization: UUID
    revision: int
    language: Language
    email: str | None
    mail_error: str | None


async def get_own_subscription(query: Query[NoParameters]) -> SubscriptionView:
    """How the own organisation is told."""
    organization = _own_organization(query)
    loaded = await query.load(SUBSCRIPTION, organization)
    current = loaded.state.current
    email = None
    if current is not None and current.email is not None:
        email = await query.reveal(current.email)
    return SubscriptionView(
        organization=organization,
        revision=loaded.revision,
        language="vi" if current is None else current.language,
        email=None if email is None else email.decode(),
        mail_error=await _mail_error(query, organization) if email is not None else None,
    )


async def _mail_error(query: Query[NoParameters], organization: UUID) -> str | None:
    tried = (
        select(notices.c.status, notices.c.error)
        .where(
            notices.c.recipient == str(organization),
            notices.c.channel == "email",
            (notices.c.status == "delivered") | (notices.c.error.is_not(None)),
        )
        .order_by(notices.c.queued_at.desc(), notices.c.notice_id.desc())
        .limit(1)
    )
    latest = (await query.read.execute(tried)).one_or_none()
    return None if latest is None or latest.status == "delivered" else str(latest.error)


class ListUnsent(PageParameters, frozen=True, kw_only=True):
    """Filters of the list of unsent notices: given up (`dead`), failed and tried again (`pending`), or not tried yet
    in this round (`waiting`): where it stays so, no mail server is set up or mail has come to a halt.
    """

    status: Literal["dead", "pending", "waiting"] | None = None


class _UnsentNotice(msgspec.Struct, frozen=True, kw_only=True):
    notice_id: UUID
    recipient: UUID
    relation: Relation
    channel: Channel
    kind: str
    model_id: UUID | None
    document: UUID | None
    title: str
    queued_at: datetime
    status: Status
    attempts: int
    error: str | None


class UnsentRow(_UnsentNotice, frozen=True, kw_only=True):
    """A notice that could not be sent so far. `error` is the mail server's code or how it failed; the next attempt
    is not before `next_attempt_at`, and there is none for a dead one.
    """

    next_attempt_at: datetime | None


async def list_unsent(query: Query[ListUnsent]) -> Page[UnsentRow]:
    """Notices for mail that have not arrived, newest first."""
    wanted = query.parameters.status
    statuses = {None: ("dead", "pending"), "dead": ("dead",)}.get(wanted, ("pending",))
    statement = select(notices).where(notices.c.status.in_(statuses))
    if wanted == "waiting":
        statement = statement.where(notices.c.attempts == 0)
    elif wanted == "pending":
        statement = statement.where(notices.c.attempts > 0)
    return await fetch_page(query.read, statement, _NEWEST_FIRST, query.parameters, _unsent_row)


def _unsent_row(row: Row[*tuple[Any, ...]]) -> UnsentRow:
    notice = msgspec.convert(row, _UnsentNotice, strict=False, from_attributes=True)
    due = from_microseconds(row.due_us) if notice.status == "pending" else None
    return UnsentRow(**asdict(notice), next_attempt_at=due)
