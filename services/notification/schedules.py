"""What comes due with time in notification: reminders and e-mail."""

from collections.abc import Awaitable, Callable
from typing import Final, Literal
from uuid import UUID

import structlog
from sqlalchemy import select

from services.notification.domain.notice import (
    NOTICE,
    DeliverNotice,
    FailNotice,
    Notice,
)
from services.notification.domain.subscription import SUBSCRIPTION
from services.notification.escalating import ESCALATING
from services.notification.mail import (
    Conversation,
    Mailer,
    NotTakenError,
    UnreachableError,
    compose,
)
from services.notification.readmodel import notices
from services.notification.reminding import REMINDING
from shared.contracts.notification import NoticeQueued
from shared.domain.time import to_microseconds
from shared.host.service import Schedule, Work

MAIL_BATCH_MAX: Final = 100
"""Messages in one run; the next run takes the rest."""

MAIL_EVERY_SECONDS: Final = 5

_LOG: Final = structlog.get_logger("dvk.mail")


def send_mail(mailer: Mailer) -> Callable[[Work], Awaitable[None]]:
    """The schedule's run: send what is due over one connection."""

    async def run(work: Work) -> None:
        due = (
            select(notices.c.notice_id)
            .where(
                notices.c.channel == "email",
                notices.c.status == "pending",
                notices.c.due_us <= to_microseconds(work.now),
            )
            .order_by(notices.c.due_us, notices.c.notice_id)
            .limit(MAIL_BATCH_MAX)
        )
        waiting = [UUID(value) for value in (await work.read.execute(due)).scalars()]
        if not waiting:
            return
        async with mailer.conversation() as conversation:
            for notice_id in waiting:
                if not await _attempt(work, mailer, conversation, notice_id):
                    return

    return run


async def _attempt(work: Work, mailer: Mailer, conversation: Conversation, notice_id: UUID) -> bool:
    """Try one notice; False where the server cannot be reached, so that the others need not be tried."""
    state = (await work.load(NOTICE, notice_id)).state
    queued = state.queued
    # The list may be behind: what was delivered or put off a moment ago can still stand in it.
    if queued is None or not _is_due(state, work):
        return True
    recipient = await _recipient(work, queued)
    if recipient is None:
        await _fail(work, state, queued, "no address", permanent=True)
        return True
    address, language = recipient
    message = compose(mailer, queued, address, language, work.now)
    try:
        await conversation.send(message)
    except NotTakenError as error:
        await _fail(work, state, queued, error.reason, permanent=error.permanent)
        return True
    except UnreachableError as error:
        await _fail(work, state, queued, error.reason, permanent=False)
        return False
    # A crash here leaves the notice pending though it went out: it goes out again, same Message-ID.
    delivered = DeliverNotice(at=work.now, message_id=mailer.message_id(queued))
    await work.execute(NOTICE, notice_id, delivered)
    return True


def _is_due(state: Notice, work: Work) -> bool:
    put_off = state.next_attempt_at is not None and state.next_attempt_at > work.now
    return state.status == "pending" and not put_off


async def _recipient(work: Work, queued: NoticeQueued) -> tuple[str, Literal["vi", "en"]] | None:
    """Address and language; None where the recipient takes no mail any more or it was erased."""
    subscription = (await work.load(SUBSCRIPTION, queued.recipient)).state.current
    if subscription is None or subscription.email is None:
        return None
    address = await work.reveal(subscription.email)
    return None if address is None else (address.decode(), subscription.language)


async def _fail(
    work: Work, state: Notice, queued: NoticeQueued, reason: str, *, permanent: bool
) -> None:
    attempt = state.attempts + 1
    _LOG.warning("mail_not_sent", notice=str(queued.notice_id), attempt=attempt, reason=reason)
    command = FailNotice(at=work.now, attempt=attempt, error=reason, permanent=permanent)
    await work.execute(NOTICE, queued.notice_id, command)


def schedules(mailer: Mailer | None) -> tuple[Schedule, ...]:
    """The schedules; without a mailer, mail waits until there is one."""
    if mailer is None:
        return (REMINDING, ESCALATING)
    return (REMINDING, ESCALATING, Schedule("mail", MAIL_EVERY_SECONDS, send_mail(mailer)))
