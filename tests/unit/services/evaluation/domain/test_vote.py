"""A vote is cast once; what comes after the close is not recorded where the close was seen."""

from datetime import UTC, datetime
from uuid import UUID

import msgspec

from services.evaluation.domain.vote import ALREADY_VOTED, BALLOT_CLOSED, VOTE, CastVote, vote_id
from shared.contracts.evaluation import VoteCast
from shared.contracts.values import BallotId
from shared.eventstore.port import category_of
from tests.support.specification import specification

vote = specification(VOTE)
cast = CastVote(
    choice="approve",
    ballot_id=BallotId(UUID(int=1)),
    pseudonym=UUID(int=2),
    ballot_closed=False,
    at=datetime(2026, 10, 22, 2, tzinfo=UTC),
)
stands = VoteCast(ballot_id=cast.ballot_id, pseudonym=cast.pseudonym, choice="approve")


def test_a_vote_is_cast() -> None:
    vote.given().when(cast).then(stands)


def test_a_second_vote_is_refused_even_the_same() -> None:
    vote.given(stands).when(cast).then_refused(ALREADY_VOTED)
    vote.given(stands).when(msgspec.structs.replace(cast, choice="reject")).then_refused(
        ALREADY_VOTED
    )


def test_after_the_close_no_vote_is_recorded() -> None:
    vote.given().when(msgspec.structs.replace(cast, ballot_closed=True)).then_refused(BALLOT_CLOSED)


def test_a_vote_has_a_stream_of_its_own_in_its_category() -> None:
    stream = f"{VOTE.category}-{vote_id(cast.ballot_id, cast.pseudonym)}"
    assert category_of(stream) == "vote"
    assert stream.endswith(f"-{cast.pseudonym}")
