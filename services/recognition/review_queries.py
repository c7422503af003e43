"""What recognition answers about reviews and awards: all of it public."""

from datetime import date
from typing import Literal
from uuid import UUID

import msgspec
from sqlalchemy import select

from services.recognition.domain.award import AWARD
from services.recognition.domain.review import REVIEW
from services.recognition.queries import NoParameters
from services.recognition.readmodel import AwardStatus, ReviewStatus, awards, models, reviews
from shared.contracts.exemplar import (
    AwardOutcomeRecorded,
    AwardProposed,
    DependentRecognitionSuspended,
    ReviewClosed,
    ReviewOpened,
)
from shared.host.cursor import Order, PageParameters, fetch_page
from shared.host.lists import into, where_equal
from shared.host.service import NotFoundError, Page, Query


class ListReviews(PageParameters, frozen=True, kw_only=True):
    """Filters of the list of reviews."""

    movement: UUID | None = None
    body: UUID | None = None
    status: ReviewStatus | None = None


class ReviewRow(msgspec.Struct, frozen=True, kw_only=True):
    """A review in the list."""

    review_id: UUID
    movement: UUID
    opened_by: UUID
    occasion: Literal["interim", "final"]
    title: str
    opened_on: date
    closed_on: date | None
    status: ReviewStatus


async def list_reviews(query: Query[ListReviews]) -> Page[ReviewRow]:
    """Reviews, the latest first."""
    wanted = query.parameters
    statement = where_equal(
        select(reviews),
        (reviews.c.movement, wanted.movement),
        (reviews.c.opened_by, wanted.body),
        (reviews.c.status, wanted.status),
    )
    order = (
        Order(reviews.c.opened_on, descending=True),
        Order(reviews.c.review_id, descending=True),
    )
    return await fetch_page(query.read, statement, order, wanted, into(ReviewRow))


class ReviewView(msgspec.Struct, frozen=True, kw_only=True):
    """A review as it stands; its cases are in the list of cases, by `review`."""

    review_id: UUID
    revision: int
    opened: ReviewOpened
    closed: ReviewClosed | None


async def get_review(query: Query[NoParameters]) -> ReviewView:
    """A review of the movement."""
    loaded = await query.load(REVIEW, query.path_id("review_id"))
    opened = loaded.state.opened
    if opened is None:
        raise NotFoundError("review")
    return ReviewView(
        review_id=opened.review_id,
        revision=loaded.revision,
        opened=opened,
        closed=loaded.state.closed,
    )


class ListAwards(PageParameters, frozen=True, kw_only=True):
    """Filters of the list of award proposals."""

    case_id: UUID | None = None
    body: UUID | None = None
    status: AwardStatus | None = None


class AwardRow(msgspec.Struct, frozen=True, kw_only=True):
    """An award proposal in the list; `suspended_by` is the case whose fall suspended it."""

    award_id: UUID
    case_id: UUID
    model: UUID
    model_name: str
    holder: UUID
    proposed_by: UUID
    award: str
    proposed_to: str
    proposed_on: date
    status: AwardStatus
    suspended_by: UUID | None


async def list_awards(query: Query[ListAwards]) -> Page[AwardRow]:
    """Award proposals, the latest first."""
    wanted = query.parameters
    listed = select(awards, models.c.name.label("model_name")).join(
        models, models.c.model_id == awards.c.model
    )
    statement = where_equal(
        listed,
        (awards.c.case_id, wanted.case_id),
        (awards.c.proposed_by, wanted.body),
        (awards.c.status, wanted.status),
    )
    order = (
        Order(awards.c.proposed_on, descending=True),
        Order(awards.c.award_id, descending=True),
    )
    return await fetch_page(query.read, statement, order, wanted, into(AwardRow))


class AwardView(msgspec.Struct, frozen=True, kw_only=True):
    """An award proposal as it stands."""

    award_id: UUID
    revision: int
    proposed: AwardProposed
    suspended: DependentRecognitionSuspended | None
    outcome: AwardOutcomeRecorded | None


async def get_award(query: Query[NoParameters]) -> AwardView:
    """An award proposal with its outcome."""
    loaded = await query.load(AWARD, query.path_id("award_id"))
    state = loaded.state
    if state.proposed is None:
        raise NotFoundError("award")
    return AwardView(
        award_id=state.proposed.award_id,
        revision=loaded.revision,
        proposed=state.proposed,
        suspended=state.suspended,
        outcome=state.outcome,
    )
