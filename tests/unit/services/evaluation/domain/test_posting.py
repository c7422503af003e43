"""Public posting: at least the working days, opinions while it stands, an answer to each before it closes."""

from datetime import UTC, date, datetime
from uuid import UUID

import msgspec
import pytest

from services.evaluation.domain.appraisal import APPRAISAL
from services.evaluation.domain.appraisal_state import DISCONTINUED, UNKNOWN
from services.evaluation.domain.posting import (
    ALREADY_ANSWERED,
    ALREADY_POSTED,
    NO_POSTING,
    NOT_APPRAISED,
    NOT_POSTED,
    OPINION_UNKNOWN,
    OPINIONS_FULL,
    OPINIONS_MAX,
    OPINIONS_UNANSWERED,
    POSTING_OVER,
    POSTING_RUNS,
    AnswerOpinion,
    ClosePosting,
    OpenPosting,
    ReceiveOpinion,
)
from shared.contracts.appraisal import OpinionAnswered, OpinionReceived
from shared.contracts.values import Forgettable
from shared.domain.workingdays import HOLIDAYS_UNKNOWN
from tests.support.specification import specification
from tests.unit.services.evaluation.domain.dossiers import (
    COMPLETE,
    NOW,
    POSTING_RULES,
    closed,
    discontinued,
    gate,
    opened,
    posted,
    scores,
)

appraisal = specification(APPRAISAL)
LAST_EVENING = datetime(2026, 10, 19, 16, 59, tzinfo=UTC)
"""A minute before midnight in Viet Nam of the last day."""
DAY_AFTER = datetime(2026, 10, 19, 17, tzinfo=UTC)

post = OpenPosting(where=posted.where, rules=POSTING_RULES, at=NOW)
opinion = Forgettable(UUID(int=31), "a" * 64)
receive = ReceiveOpinion(opinion_id=UUID(int=30), opinion=opinion, at=NOW)
received = OpinionReceived(
    appraisal_id=opened.appraisal_id,
    opinion_id=receive.opinion_id,
    received_on=date(2026, 10, 5),
    opinion=opinion,
)
answer = AnswerOpinion(
    opinion_id=receive.opinion_id, answer="Đoàn thẩm định đã kiểm tra lại.", at=NOW
)
answered = OpinionAnswered(
    appraisal_id=opened.appraisal_id, opinion_id=receive.opinion_id, answer=answer.answer
)
close = ClosePosting(at=DAY_AFTER)


def test_a_complete_appraisal_is_posted_for_ten_working_days_after_the_day_itself() -> None:
    appraisal.given(*COMPLETE).when(post).then(posted)


def test_an_incomplete_appraisal_is_not_posted() -> None:
    appraisal.given(opened, gate, *scores).when(post).then_refused(NOT_APPRAISED)


def test_it_is_posted_once() -> None:
    appraisal.given(*COMPLETE, posted).when(post).then_refused(ALREADY_POSTED)


def test_a_rule_set_without_posting_has_none() -> None:
    none = msgspec.structs.replace(
        post, rules=msgspec.structs.replace(POSTING_RULES, working_days=0)
    )
    appraisal.given(*COMPLETE).when(none).then_refused(NO_POSTING)


def test_a_year_whose_holidays_nobody_entered_is_refused_and_not_guessed() -> None:
    unknown = msgspec.structs.replace(post, at=datetime(2027, 12, 27, 2, tzinfo=UTC))
    refused = appraisal.given(*COMPLETE).when(unknown).then_refused(HOLIDAYS_UNKNOWN)
    assert refused.values == {"year": 2028}


def test_an_opinion_comes_in_while_the_posting_stands_its_last_day_included() -> None:
    appraisal.given(*COMPLETE, posted).when(receive).then(received)
    late = msgspec.structs.replace(receive, at=LAST_EVENING)
    appraisal.given(*COMPLETE, posted).when(late).then(
        msgspec.structs.replace(received, received_on=date(2026, 10, 19))
    )


def test_an_opinion_after_the_last_day_is_refused() -> None:
    late = msgspec.structs.replace(receive, at=DAY_AFTER)
    appraisal.given(*COMPLETE, posted).when(late).then_refused(POSTING_OVER)


def test_an_opinion_on_what_is_not_posted_is_refused() -> None:
    appraisal.given(*COMPLETE).when(receive).then_refused(NOT_POSTED)
    appraisal.given(*COMPLETE, posted, closed).when(receive).then_refused(NOT_POSTED)


def test_a_posting_takes_no_more_opinions_than_people_can_answer() -> None:
    many = [
        msgspec.structs.replace(received, opinion_id=UUID(int=1000 + n))
        for n in range(OPINIONS_MAX)
    ]
    appraisal.given(*COMPLETE, posted, *many[:-1]).when(receive).then(received)
    appraisal.given(*COMPLETE, posted, *many).when(receive).then_refused(OPINIONS_FULL)


def test_an_opinion_is_answered_once() -> None:
    appraisal.given(*COMPLETE, posted, received).when(answer).then(answered)
    appraisal.given(*COMPLETE, posted, received, answered).when(answer).then_nothing()
    other = msgspec.structs.replace(answer, answer="Trả lời khác.")
    appraisal.given(*COMPLETE, posted, received, answered).when(other).then_refused(
        ALREADY_ANSWERED
    )


def test_an_unknown_opinion_cannot_be_answered() -> None:
    appraisal.given(*COMPLETE, posted).when(answer).then_refused(OPINION_UNKNOWN)
    appraisal.given(*COMPLETE, posted, received, answered, closed).when(answer).then_refused(
        NOT_POSTED
    )


def test_it_closes_the_day_after_its_last_day() -> None:
    appraisal.given(*COMPLETE, posted).when(close).then(closed)
    appraisal.given(*COMPLETE, posted, received, answered).when(close).then(
        msgspec.structs.replace(closed, opinions=1)
    )


def test_it_does_not_close_while_it_runs() -> None:
    early = msgspec.structs.replace(close, at=LAST_EVENING)
    appraisal.given(*COMPLETE, posted).when(early).then_refused(POSTING_RUNS)


def test_it_does_not_close_with_an_unanswered_opinion() -> None:
    appraisal.given(*COMPLETE, posted, received).when(close).then_refused(OPINIONS_UNANSWERED)


def test_closing_it_again_changes_nothing() -> None:
    appraisal.given(*COMPLETE, posted, closed).when(close).then_nothing()


def test_what_was_not_posted_cannot_be_closed() -> None:
    appraisal.given(*COMPLETE).when(close).then_refused(NOT_POSTED)


@pytest.mark.parametrize("command", [post, receive, answer, close])
def test_nothing_is_done_on_what_never_opened_or_was_discontinued(
    command: OpenPosting | ReceiveOpinion | AnswerOpinion | ClosePosting,
) -> None:
    appraisal.given().when(command).then_refused(UNKNOWN)
    appraisal.given(*COMPLETE, posted, discontinued).when(command).then_refused(DISCONTINUED)
