"""Feedback on the guideline over HTTP: raised by any body, answered by the launching body (clause IV.3)."""

from datetime import date
from typing import Final
from uuid import UUID

import msgspec
from msgspec.structs import asdict
from sqlalchemy import select

from services.registration.domain.feedback import (
    FEEDBACK,
    AnswerFeedback,
    AnswerFeedbackForm,
    RaiseFeedback,
    RaiseFeedbackForm,
)
from services.registration.domain.movement import MOVEMENT
from services.registration.running_api import acting
from services.registration.running_queries import NoParameters
from services.registration.running_rows import feedback
from shared.contracts.running import FeedbackAnswered, FeedbackOutcome, FeedbackRaised
from shared.contracts.values import FeedbackId
from shared.host.cursor import Order, PageParameters, fetch_page
from shared.host.lists import into, where_equal
from shared.host.service import Api, Call, NotFoundError, Outcome, Page, Query

_TAG: Final = "feedback"
_ONE: Final = "/feedback/{feedback_id}"


async def raise_feedback(call: Call[RaiseFeedbackForm]) -> Outcome:
    """Report a difficulty or new matter with the guideline to the launching body (clause IV.3)."""
    movement = await call.load(MOVEMENT, call.body.movement)
    if movement.state.launched is None:
        raise NotFoundError("movement")
    feedback_id = FeedbackId(call.new_id)
    command = RaiseFeedback(
        **asdict(call.body),
        feedback_id=feedback_id,
        raised_by=acting(call),
        launching_body=movement.state.launched.launching_body,
        at=call.now,
    )
    cites = () if movement.event_id is None else (movement.event_id,)
    return await call.execute(FEEDBACK, feedback_id, command, cites=cites)


async def answer_feedback(call: Call[AnswerFeedbackForm]) -> Outcome:
    """Answer a feedback as the launching body (clause IV.3). Where the rules are adjusted for it, the new
    version of the rule set cites it.
    """
    command = AnswerFeedback(**asdict(call.body), at=call.now)
    return await call.execute(FEEDBACK, call.path_id("feedback_id"), command)


class FeedbackView(msgspec.Struct, frozen=True, kw_only=True):
    """A feedback, and its answer once there is one."""

    revision: int
    raised: FeedbackRaised
    answered: FeedbackAnswered | None


async def get_feedback(query: Query[NoParameters]) -> FeedbackView:
    """A feedback with its answer."""
    loaded = await query.load(FEEDBACK, query.path_id("feedback_id"))
    if loaded.state.raised is None:
        raise NotFoundError("feedback")
    return FeedbackView(
        revision=loaded.revision, raised=loaded.state.raised, answered=loaded.state.answered
    )


class ListFeedback(PageParameters, frozen=True, kw_only=True):
    """Filters of the register of feedback; `answered` is false for what still waits."""

    movement: UUID | None = None
    raised_by: UUID | None = None
    launching_body: UUID | None = None
    answered: bool | None = None


class FeedbackRow(msgspec.Struct, frozen=True, kw_only=True):
    """A feedback in the register."""

    feedback_id: UUID
    movement: UUID
    launching_body: UUID
    raised_by: UUID
    raised_on: date
    subject: str
    about: str | None
    answered_on: date | None
    outcome: FeedbackOutcome | None


async def list_feedback(query: Query[ListFeedback]) -> Page[FeedbackRow]:
    """The register of feedback, the oldest first (clause IV.3)."""
    wanted = query.parameters
    statement = where_equal(
        select(feedback),
        (feedback.c.movement, wanted.movement),
        (feedback.c.raised_by, wanted.raised_by),
        (feedback.c.launching_body, wanted.launching_body),
    )
    if wanted.answered is not None:
        column = feedback.c.answered_on
        statement = statement.where(column.is_not(None) if wanted.answered else column.is_(None))
    order = (Order(feedback.c.raised_on), Order(feedback.c.feedback_id))
    return await fetch_page(query.read, statement, order, wanted, into(FeedbackRow))


def routes(api: Api) -> None:
    """Declare the routes of feedback."""
    api.write(
        "/feedback",
        RaiseFeedbackForm,
        raise_feedback,
        command=RaiseFeedback,
        tag=_TAG,
        creates=True,
    )
    api.write(
        f"{_ONE}/answer", AnswerFeedbackForm, answer_feedback, command=AnswerFeedback, tag=_TAG
    )
    api.read("/feedback", ListFeedback, list_feedback, answer=Page[FeedbackRow], tag=_TAG)
    api.read(_ONE, NoParameters, get_feedback, answer=FeedbackView, tag=_TAG)
