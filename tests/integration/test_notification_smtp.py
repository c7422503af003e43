"""E-mail through real SMTP conversations: taken, put off, refused, and a server that is not there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from services.notification.domain.notice import NOTICE, Notice, pause_after
from services.notification.mail import Mailer, UnreachableError
from services.notification.reactions import notice_id as notice_id_of
from services.notification.service import notification_service
from shared.contracts import evaluation, recognition, registration
from shared.contracts.notification import EVENTS as NOTIFICATION
from shared.contracts.notification import NoticeDelivered, SubscriptionSet
from shared.contracts.registration import RegistrationAccepted
from shared.host.issuer import User
from shared.host.policy import Role
from tests.support import story
from tests.support.recorded import World, world
from tests.support.story import CELL, COMMITTEE, MODEL, OFFICE

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
ADDRESS = "chi-bo@cua-rao.example"
USERS = (
    User(user="holder", subject="holder", roles=(Role.REGISTRANT,), organization=CELL),
    User(user="office", subject="office", roles=(Role.OFFICE_CLERK,), organization=OFFICE),
    User(user="admin", subject="admin", roles=(Role.ADMINISTRATOR,), organization=OFFICE),
)


@dataclass
class Post:
    """What a mail server does with messages: answers in turn, 250 when there is nothing left to say."""

    answers: list[str] = field(default_factory=list)
    recipient_answers: list[str] = field(default_factory=list)
    sender_answers: list[str] = field(default_factory=list)
    taken: list[EmailMessage] = field(default_factory=list)
    seen_ids: list[str] = field(default_factory=list)

    async def handle_MAIL(  # noqa: N802 -- aiosmtpd's name
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        if self.sender_answers:
            return self.sender_answers.pop(0)
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 -- aiosmtpd's name
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        if self.recipient_answers:
            return self.recipient_answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 -- aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.seen_ids.append(str(message["Message-ID"]))
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("250"):
            self.taken.append(message)
        return answer


@asynccontextmanager
async def listening(post: Post, port: int = 0) -> AsyncIterator[int]:
    """A mail server on a loopback port."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(post, hostname="mail.test", loop=loop), "127.0.0.1", port
    )
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()


@asynccontextmanager
async def subscribed(folder: Path, port: int, language: str = "vi") -> AsyncIterator[World]:
    """The service, with the holder's organisation taking mail, and the model it holds registered."""
    mailer = Mailer(f"smtp://127.0.0.1:{port}", "thong-bao@dvk.example", "https://dvk.example")
    sources = (registration.EVENTS, evaluation.EVENTS, recognition.EVENTS)
    async with world(folder, [notification_service(mailer)], sources, USERS, NOW) as here:
        wanted = {"language": language, "email": ADDRESS}
        answer = await here.post("/notification/subscriptions", wanted, user="holder")
        assert answer.status_code == 200, answer.text
        await here.record(registration.EVENTS, f"model-{MODEL}", story.registered())
        yield here


async def accept(here: World) -> UUID:
    """The committee accepts: the holder is to be told. The id of the notice for mail."""
    accepted = RegistrationAccepted(model_id=MODEL, committee=COMMITTEE)
    (cause,) = await here.record(registration.EVENTS, f"model-{MODEL}", accepted)
    return notice_id_of(cause, CELL, "email")


async def told(here: World, mail_notice: UUID) -> None:
    """The event behind a notice for mail has reached the holder's inbox: what it queues is queued."""

    async def look() -> bool | None:
        page = await here.get("/notification/inbox", user="holder")
        mailed = {notice_id_of(UUID(row["cause"]), CELL, "email") for row in page["items"]}
        return mail_notice in mailed or None

    await here.until(look)


def tick(here: World, by: timedelta = timedelta(seconds=1)) -> None:
    """Move the clock, which makes schedules look for what is due."""
    here.clock.pin(here.clock.now() + by)


async def notice_that(here: World, notice_id: UUID, status: str, attempts: int) -> Notice:
    async def look() -> Notice | None:
        stored = await here.runtime.store.read_stream(f"notice-{notice_id}")
        events: list[Any] = [NOTIFICATION.decode(event.type, event.data) for event in stored]
        state = NOTICE.fold(events)
        if (state.status, state.attempts) == (status, attempts):
            return state
        tick(here)
        return None

    return await here.until(look)


async def test_a_notice_reaches_the_mail_server_in_the_subscribers_language(
    tmp_path: Path,
) -> None:
    post = Post()
    async with listening(post) as port, subscribed(tmp_path, port) as here:
        notice_id = await accept(here)
        await notice_that(here, notice_id, "delivered", 0)
    (message,) = post.taken
    assert message["To"] == ADDRESS
    assert message["From"] == "thong-bao@dvk.example"
    assert message["Message-ID"] == f"<{notice_id}@dvk.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Subject"] == (
        f"Cấp ủy đã chấp nhận đăng ký mô hình “{story.MODEL_NAME}”. Hãy lập kế hoạch thực hiện."
    )
    assert f"https://dvk.example/registration/models/{MODEL}" in message.get_content()


async def test_english_where_the_subscriber_wants_it(tmp_path: Path) -> None:
    post = Post()
    async with listening(post) as port, subscribed(tmp_path, port, "en") as here:
        await notice_that(here, await accept(here), "delivered", 0)
    assert str(post.taken[0]["Subject"]).startswith("The party committee accepted")


async def test_put_off_once_it_is_sent_again_under_the_same_message_id(tmp_path: Path) -> None:
    post = Post(answers=["451 Please try again later"])
    async with listening(post) as port, subscribed(tmp_path, port) as here:
        notice_id = await accept(here)
        failed = await notice_that(here, notice_id, "pending", 1)
        assert failed.next_attempt_at is not None
        tick(here, pause_after(1))
        await notice_that(here, notice_id, "delivered", 1)
    assert post.seen_ids == [f"<{notice_id}@dvk.example>"] * 2
    assert len(post.taken) == 1


async def test_before_its_pause_is_over_a_notice_is_not_tried(tmp_path: Path) -> None:
    post = Post(answers=["451 Please try again later"])
    async with listening(post) as port, subscribed(tmp_path, port) as here:
        notice_id = await accept(here)
        await notice_that(here, notice_id, "pending", 1)
        other = await accept(here)
        tick(here, pause_after(1) / 2)
        await notice_that(here, other, "delivered", 0)
        await notice_that(here, notice_id, "pending", 1)
    assert len(post.seen_ids) == 2


async def test_a_server_that_is_down_gets_the_notice_when_it_is_up(tmp_path: Path) -> None:
    post = Post()
    async with listening(post) as port:
        pass
    async with subscribed(tmp_path, port) as here:
        notice_id = await accept(here)
        await notice_that(here, notice_id, "pending", 1)
        async with listening(post, port):
            tick(here, pause_after(1))
            await notice_that(here, notice_id, "delivered", 1)
    assert len(post.taken) == 1


async def test_a_recipient_nobody_knows_is_given_up_and_retried_by_the_office(
    tmp_path: Path,
) -> None:
    post = Post(recipient_answers=["550 No such user here"])
    async with listening(post) as port, subscribed(tmp_path, port) as here:
        notice_id = await accept(here)
        await notice_that(here, notice_id, "dead", 1)

        async def listed() -> dict[str, Any] | None:
            page = await here.get("/notification/notices", user="office", status="dead")
            return page["items"][0] if page["items"] else None

        unsent = await here.until(listed)
        assert (unsent["notice_id"], unsent["error"]) == (str(notice_id), "550")
        assert ADDRESS not in str(unsent)

        retry = await here.post(f"/notification/notices/{notice_id}/retries", user="office")
        assert retry.status_code == 200, retry.text
        await notice_that(here, notice_id, "delivered", 0)
    assert post.seen_ids == [f"<{notice_id}@dvk.example>"]


async def test_a_server_that_refuses_the_sender_costs_no_notice_its_life(tmp_path: Path) -> None:
    post = Post(sender_answers=["550 Sender rejected"])
    async with listening(post) as port, subscribed(tmp_path, port) as here:
        notice_id = await accept(here)
        await notice_that(here, notice_id, "pending", 1)
        tick(here, pause_after(1))
        await notice_that(here, notice_id, "delivered", 1)
    assert len(post.taken) == 1


@pytest.mark.parametrize("says_it_to", ["sender", "recipient", "content"])
async def test_a_server_that_closes_is_out_of_reach_whatever_the_message(says_it_to: str) -> None:
    post = Post()
    answers = {
        "sender": post.sender_answers,
        "recipient": post.recipient_answers,
        "content": post.answers,
    }
    answers[says_it_to].append("421 Closing")
    message = EmailMessage()
    message["From"], message["To"] = "a@b.example", ADDRESS
    async with listening(post) as port:
        mailer = Mailer(f"smtp://127.0.0.1:{port}", "a@b.example", "https://dvk.example")
        async with mailer.conversation() as conversation:
            with pytest.raises(UnreachableError, match="421"):
                await conversation.send(message)
            await conversation.send(message)
    assert len(post.taken) == 1


async def test_what_waits_and_what_failed_is_seen_by_the_office_with_its_next_attempt(
    tmp_path: Path,
) -> None:
    post = Post(answers=["451 Please try again later"])
    async with listening(post) as port, subscribed(tmp_path, port) as here:
        notice_id = await accept(here)
        failed = await notice_that(here, notice_id, "pending", 1)

        async def listed() -> dict[str, Any] | None:
            page = await here.get("/notification/notices", user="office", status="pending")
            return page["items"][0] if page["items"] else None

        row = await here.until(listed)
        assert failed.next_attempt_at is not None
        assert datetime.fromisoformat(row["next_attempt_at"]) == failed.next_attempt_at
        waiting = await here.get("/notification/notices", user="office", status="waiting")
        assert waiting["items"] == []
        own = await here.get("/notification/subscriptions/own", user="holder")
        assert own["mail_error"] == "451"

        tick(here, pause_after(1))
        await notice_that(here, notice_id, "delivered", 1)

        async def mended() -> bool | None:
            now = await here.get("/notification/subscriptions/own", user="holder")
            return now["mail_error"] is None or None

        await here.until(mended)


async def test_no_mail_is_queued_for_an_address_that_was_erased(tmp_path: Path) -> None:
    post = Post()
    async with listening(post) as port, subscribed(tmp_path, port) as here:
        (stored,) = await here.runtime.store.read_stream(f"subscription-{CELL}")
        event = NOTIFICATION.decode(stored.type, stored.data)
        assert isinstance(event, SubscriptionSet)
        assert event.email is not None
        path = f"/notification/personal-data/{event.email.payload}/erasure"
        erased = await here.post(path, {"reason": "asked_by_the_person"}, user="admin")
        assert erased.status_code == 200, erased.text
        first = await accept(here)
        await told(here, first)
        # Another language does not bring the address back.
        await here.post("/notification/subscriptions", {"language": "en"}, user="holder")
        second = await accept(here)
        await told(here, second)
        for notice_id in (first, second):
            assert not await here.runtime.store.read_stream(f"notice-{notice_id}")
        assert (await here.get("/notification/notices", user="office"))["items"] == []
        # Wanted again, the same address is kept anew.
        await here.post("/notification/subscriptions", {"email": ADDRESS}, user="holder")
        await notice_that(here, await accept(here), "delivered", 0)
    assert [message["To"] for message in post.taken] == [ADDRESS]


async def test_who_takes_no_mail_any_more_gets_none(tmp_path: Path) -> None:
    post = Post(answers=["451 Please try again later"])
    async with listening(post) as port, subscribed(tmp_path, port) as here:
        notice_id = await accept(here)
        await notice_that(here, notice_id, "pending", 1)
        await here.post("/notification/subscriptions", {"email": None}, user="holder")
        tick(here, pause_after(1))
        await notice_that(here, notice_id, "dead", 2)
    assert post.taken == []


async def test_taken_but_not_recorded_it_is_mailed_again_under_the_same_message_id(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a crash leaves between the server's 250 and the append of NoticeDelivered."""
    post = Post()
    async with listening(post) as port, subscribed(tmp_path, port) as here:
        append, crashes = here.runtime.store.append, [True]

        async def crashing(stream: str, expected: Any, events: Any) -> Any:  # noqa: ANN401
            names = {event.type for event in events}
            if names == {NOTIFICATION.type_of(_DELIVERED)} and crashes:
                crashes.clear()
                raise RuntimeError("the process ends here")
            return await append(stream, expected, events)

        monkeypatch.setattr(here.runtime.store, "append", crashing)
        notice_id = await accept(here)
        await notice_that(here, notice_id, "delivered", 0)
    assert post.seen_ids == [f"<{notice_id}@dvk.example>"] * 2


_DELIVERED = NoticeDelivered(notice_id=UUID(int=0), message_id="<x@y>")  # type: ignore[arg-type]
