"""A notice is queued once, tried until it arrives or is given up, and marked read."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.notification.domain import notice as rules
from services.notification.domain.notice import (
    ATTEMPTS_MAX,
    NOTICE,
    AcknowledgeNotice,
    DeliverNotice,
    FailNotice,
    NoticeCommand,
    NoticeEvent,
    QueueNotice,
    RetryNotice,
    pause_after,
)
from shared.contracts.notification import (
    Channel,
    NoticeAcknowledged,
    NoticeDelivered,
    NoticeFailed,
    NoticeQueued,
    NoticeRetried,
)
from shared.contracts.values import ModelId, NoticeId, OrganizationId
from shared.domain.refusal import RefusedError
from tests.support.specification import specification

ID, RECIPIENT, MODEL = NoticeId(UUID(int=1)), OrganizationId(UUID(int=2)), ModelId(UUID(int=3))
CAUSE = UUID(int=4)
NOW = datetime(2026, 10, 12, 3, tzinfo=UTC)
MESSAGE_ID = f"<{ID}@xa.example>"

notice = specification(NOTICE)


def queue(channel: Channel = "email") -> QueueNotice:
    return QueueNotice(
        notice_id=ID,
        at=NOW,
        recipient=RECIPIENT,
        relation="holder",
        channel=channel,
        kind="Recognized",
        model=MODEL,
        title="Sạch từ nhà ra ngõ",
        cause=CAUSE,
        cause_at=NOW,
        source="guideline I.2.2b",
        rules="018f0000-0000-7000-8000-0000000000a4/1",
    )


def queued(channel: Channel = "email") -> NoticeQueued:
    return NoticeQueued(
        notice_id=ID,
        recipient=RECIPIENT,
        relation="holder",
        channel=channel,
        kind="Recognized",
        model=MODEL,
        title="Sạch từ nhà ra ngõ",
        cause=CAUSE,
        cause_at=NOW,
        source="guideline I.2.2b",
        rules="018f0000-0000-7000-8000-0000000000a4/1",
    )


def failed(attempt: int, *, last: bool = False) -> NoticeFailed:
    return NoticeFailed(
        notice_id=ID,
        attempt=attempt,
        error="451",
        next_attempt_at=None if last else NOW + pause_after(attempt),
    )


DELIVERED = NoticeDelivered(notice_id=ID, message_id=MESSAGE_ID)
FAIL = FailNotice(at=NOW, attempt=1, error="451")
DELIVER = DeliverNotice(at=NOW, message_id=MESSAGE_ID)


# --- queueing -----------------------------------------------------------------------------------


def test_a_notice_for_mail_waits_for_the_mail_server() -> None:
    notice.given().when(queue()).then(queued())


def test_a_notice_for_the_inbox_has_arrived_at_once() -> None:
    notice.given().when(queue("inbox")).then(queued("inbox"), NoticeDelivered(notice_id=ID))


def test_a_cause_tells_a_recipient_once_over_a_channel() -> None:
    notice.given(queued()).when(queue()).then_nothing()
    notice.given(queued(), DELIVERED).when(queue()).then_nothing()
    notice.given(queued(), failed(1, last=True)).when(queue()).then_nothing()


# --- delivering ---------------------------------------------------------------------------------


def test_what_the_server_took_is_delivered() -> None:
    notice.given(queued()).when(DELIVER).then(DELIVERED)
    notice.given(queued(), failed(1)).when(DELIVER).then(DELIVERED)


def test_a_message_that_went_out_after_it_was_given_up_is_delivered_all_the_same() -> None:
    notice.given(queued(), failed(1, last=True)).when(DELIVER).then(DELIVERED)


def test_delivered_twice_is_delivered() -> None:
    notice.given(queued(), DELIVERED).when(DELIVER).then_nothing()


def test_only_what_is_queued_is_delivered() -> None:
    notice.given().when(DELIVER).then_refused(rules.UNKNOWN)


# --- failing ------------------------------------------------------------------------------------


def test_a_failed_attempt_says_when_the_next_one_is() -> None:
    notice.given(queued()).when(FAIL).then(failed(1))
    notice.given(queued(), failed(1)).when(FailNotice(at=NOW, attempt=2, error="451")).then(
        failed(2)
    )


def test_pauses_double_from_a_minute_to_four_hours() -> None:
    assert [pause_after(n) for n in (1, 2, 3, 8, 9, 16)] == [
        timedelta(minutes=1),
        timedelta(minutes=2),
        timedelta(minutes=4),
        timedelta(minutes=128),
        timedelta(hours=4),
        timedelta(hours=4),
    ]
    assert sum((pause_after(n) for n in range(1, ATTEMPTS_MAX)), timedelta()) > timedelta(days=1)


def test_the_last_attempt_gives_the_notice_up() -> None:
    history: list[NoticeEvent] = [queued(), *(failed(n) for n in range(1, ATTEMPTS_MAX))]
    notice.given(*history).when(FailNotice(at=NOW, attempt=ATTEMPTS_MAX, error="451")).then(
        failed(ATTEMPTS_MAX, last=True)
    )


def test_a_permanent_failure_gives_it_up_at_once() -> None:
    notice.given(queued()).when(FailNotice(at=NOW, attempt=1, error="550", permanent=True)).then(
        NoticeFailed(notice_id=ID, attempt=1, error="550", next_attempt_at=None)
    )


def test_an_attempt_counts_once() -> None:
    notice.given(queued(), failed(1)).when(FAIL).then_nothing()
    notice.given(queued(), DELIVERED).when(FAIL).then_nothing()
    notice.given(queued(), failed(1, last=True)).when(
        FailNotice(at=NOW, attempt=2, error="451")
    ).then_nothing()


def test_only_what_is_queued_fails() -> None:
    notice.given().when(FAIL).then_refused(rules.UNKNOWN)


# --- trying again -------------------------------------------------------------------------------


def test_the_office_has_a_dead_notice_tried_again_from_the_first_attempt() -> None:
    dead = (queued(), failed(1, last=True))
    notice.given(*dead).when(RetryNotice(at=NOW)).then(NoticeRetried(notice_id=ID))
    notice.given(*dead, NoticeRetried(notice_id=ID)).when(FAIL).then(failed(1))


def test_a_notice_that_lives_needs_no_retry() -> None:
    for history in ((queued(),), (queued(), failed(1)), (queued(), DELIVERED)):
        notice.given(*history).when(RetryNotice(at=NOW)).then_refused(rules.NOT_DEAD)
    notice.given().when(RetryNotice(at=NOW)).then_refused(rules.UNKNOWN)


# --- marking read -------------------------------------------------------------------------------


def test_the_recipient_marks_it_read_once() -> None:
    acknowledged = NoticeAcknowledged(notice_id=ID)
    arrived = (queued("inbox"), NoticeDelivered(notice_id=ID))
    notice.given(*arrived).when(AcknowledgeNotice(at=NOW)).then(acknowledged)
    notice.given(*arrived, acknowledged).when(AcknowledgeNotice(at=NOW)).then_nothing()


def test_what_has_not_arrived_is_not_marked_read() -> None:
    notice.given(queued()).when(AcknowledgeNotice(at=NOW)).then_refused(rules.NOT_ARRIVED)
    notice.given().when(AcknowledgeNotice(at=NOW)).then_refused(rules.UNKNOWN)


# --- always -------------------------------------------------------------------------------------

commands: st.SearchStrategy[NoticeCommand] = st.one_of(
    st.sampled_from((queue("email"), queue("inbox"))),
    st.just(DELIVER),
    st.builds(
        FailNotice,
        at=st.just(NOW),
        attempt=st.integers(1, ATTEMPTS_MAX + 1),
        error=st.just("451"),
        permanent=st.booleans(),
    ),
    st.just(RetryNotice(at=NOW)),
    st.just(AcknowledgeNotice(at=NOW)),
)


@given(st.lists(commands, max_size=60))
def test_whatever_comes_it_is_queued_once_arrives_once_and_attempts_are_bounded(
    asked: list[NoticeCommand],
) -> None:
    state, events = NOTICE.initial_state, list[NoticeEvent]()
    for command in asked:
        try:
            new = tuple(NOTICE.decide(state, command))
        except RefusedError:
            continue
        events += new
        state = NOTICE.fold(new, state)
    for once in (NoticeQueued, NoticeDelivered, NoticeAcknowledged):
        assert sum(isinstance(event, once) for event in events) <= 1
    rounds = 1 + sum(isinstance(event, NoticeRetried) for event in events)
    attempts = [event.attempt for event in events if isinstance(event, NoticeFailed)]
    assert len(attempts) <= rounds * ATTEMPTS_MAX
    assert all(attempt <= ATTEMPTS_MAX for attempt in attempts)
