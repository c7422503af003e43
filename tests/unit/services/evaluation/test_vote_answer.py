"""What a voter is told about a vote that raced the close: the order in the log decides."""

from uuid import UUID

import msgspec
import pytest

from services.evaluation.ballot_api import counts
from services.evaluation.domain.ballot import BALLOT, Ballot
from shared.contracts.evaluation import BallotTallied
from shared.host.service import Loaded
from tests.unit.services.evaluation.domain.test_ballot import (
    VOTERS,
    attended,
    closed,
    missed,
    opened,
    tallied,
)

OPEN = BALLOT.fold((opened, attended))
CLOSED = BALLOT.fold((opened, attended, closed))


def test_while_the_ballot_is_open_every_vote_counts() -> None:
    assert counts(Loaded(OPEN, 1, 50), VOTERS[0], 60)


@pytest.mark.parametrize("position,does", [(99, True), (101, False)])
def test_before_the_tally_the_position_of_the_close_decides(position: int, *, does: bool) -> None:
    assert counts(Loaded(CLOSED, 2, 100), VOTERS[0], position) is does


@pytest.mark.parametrize("voter,does", [(VOTERS[3], True), (VOTERS[4], False)])
def test_after_the_tally_its_list_decides_whatever_the_positions(
    voter: UUID, *, does: bool
) -> None:
    state: Ballot = msgspec.structs.replace(CLOSED, tallied=tallied)
    assert isinstance(state.tallied, BallotTallied)
    assert counts(Loaded(state, 3, 200), voter, 150) is does


def test_without_quorum_it_is_the_same() -> None:
    state = msgspec.structs.replace(CLOSED, quorum_missed=missed)
    assert counts(Loaded(state, 3, 200), VOTERS[2], 150)
    assert not counts(Loaded(state, 3, 200), VOTERS[3], 99)
