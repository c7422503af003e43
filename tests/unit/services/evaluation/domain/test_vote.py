"""A vote is cast once; what comes after the close is not recorded where the close was seen."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
import pytest

from services.evaluation.domain.vote import (
    ALREADY_VOTED,
    BALLOT_CLOSED,
    NOT_PRESENT,
    VOTE,
    WRITTEN_ALREADY,
    WRITTEN_BY_PRESENT,
    WRITTEN_HAS_ACCOUNT,
    WRITTEN_NOT_ALLOWED,
    WRITTEN_UNASKED,
    CastVote,
    EnterWrittenVote,
    vote_id,
)
from shared.contracts.appraisal import EnteredOnBehalf
from shared.contracts.evaluation import VoteCast
from shared.contracts.values import BallotId, ModelId, OrganizationId
from shared.domain.logentry import category_of
from shared.domain.refusal import Refusal
from tests.support.specification import specification

vote = specification(VOTE)
cast = CastVote(
    choice="approve",
    ballot_id=BallotId(UUID(int=1)),
    pseudonym=UUID(int=2),
    ballot_closed=False,
    attends="unrecorded",
    written_votes="allowed",
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


def test_where_only_those_present_vote_others_do_not() -> None:
    strict = msgspec.structs.replace(cast, written_votes="none")
    for attends in ("asked", "absent", "unrecorded"):
        refused = vote.given().when(msgspec.structs.replace(strict, attends=attends))
        assert refused.then_refused(NOT_PRESENT).refusal.practice == "written_votes"
    vote.given().when(msgspec.structs.replace(strict, attends="present")).then(stands)


# --- from paper -------------------------------------------------------------------------------

enter = EnterWrittenVote(
    choice="approve",
    ballot_id=cast.ballot_id,
    pseudonym=cast.pseudonym,
    paper="ab" * 32,
    entered_by="thu-ky",
    model=ModelId(UUID(int=3)),
    council_body=OrganizationId(UUID(int=4)),
    appraising_unit=OrganizationId(UUID(int=5)),
    ballot_closed=False,
    attends="asked",
    written_votes="allowed",
    has_account=False,
    at=cast.at,
)
entered = msgspec.structs.replace(
    stands, on_behalf=EnteredOnBehalf(entered_by="thu-ky", paper="ab" * 32)
)


def test_the_paper_of_an_absent_member_is_entered_with_its_hash_and_who_entered_it() -> None:
    vote.given().when(enter).then(entered)
    vote.given(entered).when(enter).then_nothing()


@pytest.mark.parametrize(
    "changed,refusal",
    [
        ({"ballot_closed": True}, BALLOT_CLOSED),
        ({"written_votes": "none"}, WRITTEN_NOT_ALLOWED),
        ({"has_account": True}, WRITTEN_HAS_ACCOUNT),
        ({"attends": "present"}, WRITTEN_BY_PRESENT),
        ({"attends": "absent"}, WRITTEN_UNASKED),
        ({"attends": "unrecorded"}, WRITTEN_UNASKED),
    ],
)
def test_a_paper_is_refused(changed: dict[str, Any], refusal: Refusal) -> None:
    vote.given().when(msgspec.structs.replace(enter, **changed)).then_refused(refusal)
    assert refusal is BALLOT_CLOSED or refusal.practice == "written_votes"


def test_who_has_voted_has_no_second_vote_by_paper_nor_a_second_paper() -> None:
    vote.given(stands).when(enter).then_refused(WRITTEN_ALREADY)
    for other in ({"choice": "reject"}, {"paper": "cd" * 32}):
        vote.given(entered).when(msgspec.structs.replace(enter, **other)).then_refused(
            WRITTEN_ALREADY
        )
    vote.given(entered).when(cast).then_refused(ALREADY_VOTED)


def test_a_vote_has_a_stream_of_its_own_in_its_category() -> None:
    stream = f"{VOTE.category}-{vote_id(cast.ballot_id, cast.pseudonym)}"
    assert category_of(stream) == "vote"
    assert stream.endswith(f"-{cast.pseudonym}")
