"""An interim or final review of the movement, at which exemplars are recognised. Stream `review-<id>`."""

from types import MappingProxyType
from typing import Final, Literal

import msgspec

from services.recognition.domain import review_refusals as refuse
from shared.contracts.exemplar import ReviewClosed, ReviewOpened
from shared.contracts.values import Line, MovementId, OrganizationId, ReviewId, Text
from shared.domain.decider import Decider, Request
from shared.domain.time import Instant, legal_date

ReviewEvent = ReviewOpened | ReviewClosed


class Review(msgspec.Struct, frozen=True):
    """None for what has not happened."""

    opened: ReviewOpened | None = None
    closed: ReviewClosed | None = None


def stage(state: Review) -> str:
    """How far it has come."""
    if state.opened is None:
        return "unknown"
    return "open" if state.closed is None else "closed"


def evolve(state: Review, event: ReviewEvent) -> Review:
    """What is known after `event`."""
    match event:
        case ReviewOpened():
            return msgspec.structs.replace(state, opened=event)
        case ReviewClosed():
            return msgspec.structs.replace(state, closed=event)


class OpenReviewForm(Request, frozen=True, kw_only=True):
    """Which movement is reviewed, and whether this is its interim or its final review."""

    movement: MovementId
    occasion: Literal["interim", "final"]
    title: Line


class OpenReview(OpenReviewForm, frozen=True, kw_only=True):
    """Open the review for the body that acts."""

    review_id: ReviewId
    opened_by: OrganizationId
    movement_known: bool
    at: Instant


class CloseReviewForm(Request, frozen=True, kw_only=True):
    """What the review concluded."""

    conclusions: Text


class CloseReview(CloseReviewForm, frozen=True, kw_only=True):
    """Close the review."""

    at: Instant


ReviewCommand = OpenReview | CloseReview


def decide(state: Review, command: ReviewCommand) -> tuple[ReviewEvent, ...]:
    """What follows from `command`. Raises RefusedError."""
    match command:
        case OpenReview():
            return _open(state, command)
        case CloseReview():
            return _close(state, command)


def _open(state: Review, command: OpenReview) -> tuple[ReviewOpened, ...]:
    if state.opened is not None:
        return ()
    if not command.movement_known:
        raise refuse.MOVEMENT_UNKNOWN()
    return (
        ReviewOpened(
            review_id=command.review_id,
            movement=command.movement,
            opened_by=command.opened_by,
            occasion=command.occasion,
            title=command.title,
            opened_on=legal_date(command.at),
        ),
    )


def _close(state: Review, command: CloseReview) -> tuple[ReviewClosed, ...]:
    if state.opened is None:
        raise refuse.REVIEW_UNKNOWN()
    if state.closed is not None:
        raise refuse.REVIEW_OVER(on=state.closed.closed_on.isoformat())
    return (
        ReviewClosed(
            review_id=state.opened.review_id,
            closed_on=legal_date(command.at),
            conclusions=command.conclusions,
        ),
    )


REVIEW: Final[Decider[Review, ReviewCommand, ReviewEvent]] = Decider(
    category="review",
    initial_state=Review(),
    decide=decide,
    evolve=evolve,
    stage=stage,
    commands=MappingProxyType({"OpenReview": OpenReview, "CloseReview": CloseReview}),
)
