"""Difficulties and new matters are reported to the launching body, which answers (clause IV.3)."""

from datetime import UTC, date, datetime
from uuid import UUID

import msgspec

from services.registration.domain import feedback as rules
from services.registration.domain.feedback import FEEDBACK, AnswerFeedback, RaiseFeedback
from shared.contracts.running import FeedbackAnswered, FeedbackRaised
from shared.contracts.values import FeedbackId
from tests.support.dossier import COMMITTEE, LAUNCHING, MOVEMENT
from tests.support.specification import specification

MAY = datetime(2026, 5, 10, 3, tzinfo=UTC)
FEEDBACK_ID = FeedbackId(UUID(int=40))
feedback = specification(FEEDBACK)
ask = RaiseFeedback(
    feedback_id=FEEDBACK_ID,
    movement=MOVEMENT,
    launching_body=LAUNCHING,
    raised_by=COMMITTEE,
    subject="Thời hạn báo cáo của bản vùng sâu",
    content="Các bản xa không kịp báo cáo trước 1/10 trong mùa mưa.",
    about="III.2.1b",
    at=MAY,
)
raised = FeedbackRaised(
    feedback_id=FEEDBACK_ID,
    movement=MOVEMENT,
    launching_body=LAUNCHING,
    raised_by=COMMITTEE,
    raised_on=date(2026, 5, 10),
    subject=ask.subject,
    content=ask.content,
    about="III.2.1b",
)
answer = AnswerFeedback(outcome="rules_adjusted", answer="Sẽ bổ sung quy định gia hạn.", at=MAY)
answered = FeedbackAnswered(
    feedback_id=FEEDBACK_ID,
    answered_by=LAUNCHING,
    answered_on=date(2026, 5, 10),
    outcome="rules_adjusted",
    answer=answer.answer,
)


def test_a_body_reports_a_matter_once() -> None:
    feedback.given().when(ask).then(raised)
    feedback.given(raised).when(ask).then_nothing()


def test_the_launching_body_answers() -> None:
    feedback.given(raised).when(answer).then(answered)
    feedback.given(raised, answered).when(answer).then_nothing()


def test_there_is_one_answer_to_what_was_raised() -> None:
    feedback.given().when(answer).then_refused(rules.UNKNOWN)
    other = msgspec.structs.replace(answer, outcome="noted")
    refused = feedback.given(raised, answered).when(other).then_refused(rules.ALREADY_ANSWERED)
    assert refused.refusal.clause == "IV.3"
