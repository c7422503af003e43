"""One voter's vote in one ballot. Stream `vote-<ballot>-<pseudonym>`.

The stream begins with the vote and ends with it: the store itself makes a second one impossible, and
no stream is hot when a whole council votes at once.
"""

from types import MappingProxyType
from typing import Final
from uuid import UUID

import msgspec

from shared.contracts.evaluation import Choice, VoteCast
from shared.contracts.values import BallotId
from shared.domain.decider import Decider, Request
from shared.domain.refusal import Refusal
from shared.domain.time import Instant

VoteEvent = VoteCast


def vote_id(ballot: UUID, pseudonym: UUID) -> str:
    """What stands after `vote-` in the name of the stream."""
    return f"{ballot}-{pseudonym}"


# --- state ------------------------------------------------------------------------------------


class Vote(msgspec.Struct, frozen=True):
    """`cast` is None before the vote."""

    cast: VoteCast | None = None


def evolve(_state: Vote, event: VoteEvent) -> Vote:
    """What is known after `event`."""
    return Vote(cast=event)


# --- commands ---------------------------------------------------------------------------------


class CastVoteForm(Request, frozen=True, kw_only=True):
    """What a voter says."""

    choice: Choice


class CastVote(CastVoteForm, frozen=True, kw_only=True):
    """Cast the vote of `pseudonym`. `ballot_closed` is what the ballot's stream said just before."""

    ballot_id: BallotId
    pseudonym: UUID
    ballot_closed: bool
    at: Instant


VoteCommand = CastVote

# --- rules ------------------------------------------------------------------------------------

NOT_A_VOTER: Final = Refusal(
    "not-a-voter",
    vi="Bạn không có tên trong danh sách người bỏ phiếu của lần bình chọn này. Hãy hỏi thư ký hội đồng.",
    en="You are not among those who vote in this ballot. Ask the council's secretary.",
)
ALREADY_VOTED: Final = Refusal(
    "already-voted",
    vi="Bạn đã bỏ phiếu trong lần bình chọn này; phiếu đã ghi không thay được.",
    en="You have voted in this ballot; a vote that is recorded cannot be replaced.",
)
BALLOT_CLOSED: Final = Refusal(
    "ballot-closed",
    vi="Bỏ phiếu đã khép. Phiếu này không được ghi.",
    en="The ballot is closed. This vote was not recorded.",
)
CAME_TOO_LATE: Final = Refusal(
    "vote-after-close",
    vi="Phiếu của bạn đến sau lúc khép bỏ phiếu: phiếu có trong hồ sơ nhưng không được tính.",
    en="Your vote came after the close: it stands in the record and does not count.",
)
"""Said after the append, where the ballot closed between reading it and recording the vote."""


def decide(state: Vote, command: VoteCommand) -> tuple[VoteEvent, ...]:
    """What follows from `command`. Raises RefusedError."""
    if state.cast is not None:
        raise ALREADY_VOTED()
    if command.ballot_closed:
        raise BALLOT_CLOSED()
    return (
        VoteCast(ballot_id=command.ballot_id, pseudonym=command.pseudonym, choice=command.choice),
    )


VOTE: Final[Decider[Vote, VoteCommand, VoteEvent]] = Decider(
    category="vote",
    initial_state=Vote(),
    decide=decide,
    evolve=evolve,
    commands=MappingProxyType({"CastVote": CastVote}),
)
