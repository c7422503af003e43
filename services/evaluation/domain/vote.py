"""One voter's vote in one ballot. Stream `vote-<ballot>-<pseudonym>`.

The stream begins with the vote and ends with it: the store itself makes a second one impossible, and
no stream is hot when a whole council votes at once.
"""

from types import MappingProxyType
from typing import Final
from uuid import UUID

import msgspec

from services.evaluation.domain.sitting_state import Attends
from shared.contracts.appraisal import EnteredOnBehalf
from shared.contracts.evaluation import VoteCast
from shared.contracts.running import Sha256
from shared.contracts.values import Account, BallotId, Choice, ModelId, OrganizationId, WrittenVotes
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
    """Cast the vote of `pseudonym`. `ballot_closed` is what the ballot's stream said just before, `attends` what
    the sitting's attendance did.
    """

    ballot_id: BallotId
    pseudonym: UUID
    ballot_closed: bool
    attends: Attends
    written_votes: WrittenVotes
    at: Instant


class EnterWrittenVote(CastVoteForm, frozen=True, kw_only=True):
    """Enter what a member without an account, absent and asked in writing, said on a signed paper. It names ballot
    and pseudonym, never the seat: the record is public. The bodies are the sitting's.
    """

    ballot_id: BallotId
    pseudonym: UUID
    paper: Sha256
    entered_by: Account
    model: ModelId
    council_body: OrganizationId
    appraising_unit: OrganizationId
    ballot_closed: bool
    attends: Attends
    written_votes: WrittenVotes
    has_account: bool
    at: Instant


VoteCommand = CastVote | EnterWrittenVote

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
NOT_PRESENT: Final = Refusal(
    "voter-not-present",
    vi="Theo quy định áp dụng cho phiên họp này, chỉ người có mặt bỏ phiếu. Nếu bạn có mặt, hãy đề nghị thư ký ghi "
    "nhận rồi bỏ phiếu.",
    en="By the rules of this sitting only those present vote. If you are there, ask the secretary to record it, then "
    "vote.",
    practice="written_votes",
)
WRITTEN_NOT_ALLOWED: Final = Refusal(
    "written-votes-not-allowed",
    vi="Quy định áp dụng cho phiên họp này không lấy ý kiến người vắng mặt bằng văn bản. Chỉ ghi người có mặt.",
    en="The rules of this sitting do not let absent members vote in writing. Record those present alone.",
    practice="written_votes",
)
WRITTEN_BY_PRESENT: Final = Refusal(
    "written-vote-of-one-present",
    vi="Người này được ghi là có mặt nên không bỏ phiếu bằng văn bản. Nếu ghi nhầm, hãy sửa điểm danh trước.",
    en="This member is recorded as present and does not vote in writing. If that is a mistake, correct the "
    "attendance first.",
    practice="written_votes",
)
WRITTEN_UNASKED: Final = Refusal(
    "written-vote-not-asked",
    vi="Người này chưa được ghi là vắng mặt và được hỏi bằng văn bản. Hãy điểm danh trước, rồi nhập phiếu giấy.",
    en="This member is not recorded as absent and asked in writing. Record the attendance first, then enter the "
    "paper.",
    practice="written_votes",
)
WRITTEN_HAS_ACCOUNT: Final = Refusal(
    "written-vote-for-an-account",
    vi="Thành viên này có tài khoản nên tự bỏ phiếu trên hệ thống; phiếu giấy chỉ nhập thay người không có tài khoản.",
    en="This member has an account and votes himself; papers are entered for those without one.",
    practice="written_votes",
)
WRITTEN_ALREADY: Final = Refusal(
    "written-vote-recorded",
    vi="Phiếu của người này đã ghi. Nếu nhập sai so với phiếu giấy, hãy sửa kèm lý do trước khi khép phiên họp.",
    en="This member's vote is recorded. If it was entered wrongly from the paper, correct it with the reason before "
    "the sitting closes.",
    practice="written_votes",
)
CAME_TOO_LATE: Final = Refusal(
    "vote-after-close",
    vi="Phiếu của bạn đến sau lúc khép bỏ phiếu: phiếu có trong hồ sơ nhưng không được tính.",
    en="Your vote came after the close: it stands in the record and does not count.",
)
"""Said after the append, where the ballot closed between reading it and recording the vote."""


def check_written(command: EnterWrittenVote) -> None:
    """Whether a paper can be entered at all, whatever stands on it. Raises RefusedError."""
    if command.ballot_closed:
        raise BALLOT_CLOSED()
    if command.written_votes == "none":
        raise WRITTEN_NOT_ALLOWED()
    if command.has_account:
        raise WRITTEN_HAS_ACCOUNT()
    if command.attends == "present":
        raise WRITTEN_BY_PRESENT()
    if command.attends != "asked":
        raise WRITTEN_UNASKED()


def decide(state: Vote, command: VoteCommand) -> tuple[VoteEvent, ...]:
    """What follows from `command`. Raises RefusedError."""
    match command:
        case CastVote():
            return _cast(state, command)
        case EnterWrittenVote():
            return _enter(state, command)


def _cast(state: Vote, command: CastVote) -> tuple[VoteEvent, ...]:
    if state.cast is not None:
        raise ALREADY_VOTED()
    if command.ballot_closed:
        raise BALLOT_CLOSED()
    if command.written_votes == "none" and command.attends != "present":
        raise NOT_PRESENT()
    return (
        VoteCast(ballot_id=command.ballot_id, pseudonym=command.pseudonym, choice=command.choice),
    )


def _enter(state: Vote, command: EnterWrittenVote) -> tuple[VoteEvent, ...]:
    event = VoteCast(
        ballot_id=command.ballot_id,
        pseudonym=command.pseudonym,
        choice=command.choice,
        on_behalf=EnteredOnBehalf(entered_by=command.entered_by, paper=command.paper),
    )
    if state.cast == event:
        return ()
    if state.cast is not None:
        raise WRITTEN_ALREADY()
    check_written(command)
    return (event,)


VOTE: Final[Decider[Vote, VoteCommand, VoteEvent]] = Decider(
    category="vote",
    initial_state=Vote(),
    decide=decide,
    evolve=evolve,
    commands=MappingProxyType({"CastVote": CastVote, "EnterWrittenVote": EnterWrittenVote}),
)
