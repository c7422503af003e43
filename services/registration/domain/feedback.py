"""Feedback on the guideline to the launching body, and its answer (clause IV.3). Stream `feedback-<id>`."""

from datetime import date
from types import MappingProxyType
from typing import Final

import msgspec

from shared.contracts.running import FeedbackAnswered, FeedbackOutcome, FeedbackRaised
from shared.contracts.values import FeedbackId, Line, MovementId, OrganizationId, Text
from shared.domain.decider import Decider, Request
from shared.domain.refusal import Refusal
from shared.domain.time import Instant, legal_date

FeedbackEvent = FeedbackRaised | FeedbackAnswered

# --- state ------------------------------------------------------------------------------------


class Feedback(msgspec.Struct, frozen=True):
    """A feedback, and its answer once there is one."""

    raised: FeedbackRaised | None = None
    answered: FeedbackAnswered | None = None


def stage(state: Feedback) -> str:
    """How far it has come."""
    if state.raised is None:
        return "unknown"
    return "raised" if state.answered is None else "answered"


def evolve(state: Feedback, event: FeedbackEvent) -> Feedback:
    """What is known after `event`."""
    match event:
        case FeedbackRaised():
            return msgspec.structs.replace(state, raised=event)
        case FeedbackAnswered():
            return msgspec.structs.replace(state, answered=event)


# --- commands ---------------------------------------------------------------------------------


class RaiseFeedbackForm(Request, frozen=True, kw_only=True):
    """A difficulty or new matter with the guideline; `about` names a clause or a setting of the rules."""

    movement: MovementId
    subject: Line
    content: Text
    about: Line | None = None


class RaiseFeedback(RaiseFeedbackForm, frozen=True, kw_only=True):
    """Report it to the movement's launching body."""

    feedback_id: FeedbackId
    raised_by: OrganizationId
    launching_body: OrganizationId
    at: Instant


class AnswerFeedbackForm(Request, frozen=True, kw_only=True):
    """The answer, and whether the rules are adjusted for it."""

    outcome: FeedbackOutcome
    answer: Text


class AnswerFeedback(AnswerFeedbackForm, frozen=True, kw_only=True):
    """Answer it as the launching body."""

    at: Instant


FeedbackCommand = RaiseFeedback | AnswerFeedback

# --- rules ------------------------------------------------------------------------------------

UNKNOWN: Final = Refusal(
    "feedback-unknown",
    vi="Không có phản ánh này.",
    en="There is no such feedback.",
    clause="IV.3",
)
ALREADY_ANSWERED: Final = Refusal(
    "feedback-answered",
    vi="Phản ánh đã được trả lời ngày {answered_on}. Nếu còn vướng mắc, hãy gửi phản ánh mới.",
    en="The feedback was answered on {answered_on}. If a matter remains, raise it anew.",
    clause="IV.3",
)


def decide(state: Feedback, command: FeedbackCommand) -> tuple[FeedbackEvent, ...]:
    """What follows from `command`. Raises RefusedError."""
    today: date = legal_date(command.at)
    match command:
        case RaiseFeedback():
            if state.raised is not None:
                return ()
            return (
                FeedbackRaised(
                    feedback_id=command.feedback_id,
                    movement=command.movement,
                    launching_body=command.launching_body,
                    raised_by=command.raised_by,
                    raised_on=today,
                    subject=command.subject,
                    content=command.content,
                    about=command.about,
                ),
            )
        case AnswerFeedback():
            return _answer(state, command, today)


def _answer(state: Feedback, command: AnswerFeedback, today: date) -> tuple[FeedbackEvent, ...]:
    if state.raised is None:
        raise UNKNOWN()
    before = state.answered
    if before is not None:
        if (before.outcome, before.answer) == (command.outcome, command.answer):
            return ()
        raise ALREADY_ANSWERED(answered_on=before.answered_on.isoformat())
    return (
        FeedbackAnswered(
            feedback_id=state.raised.feedback_id,
            answered_by=state.raised.launching_body,
            answered_on=today,
            outcome=command.outcome,
            answer=command.answer,
        ),
    )


FEEDBACK: Final[Decider[Feedback, FeedbackCommand, FeedbackEvent]] = Decider(
    category="feedback",
    initial_state=Feedback(),
    decide=decide,
    evolve=evolve,
    stage=stage,
    commands=MappingProxyType({"RaiseFeedback": RaiseFeedback, "AnswerFeedback": AnswerFeedback}),
)
