"""Putting right a vote that was entered wrongly from the paper of an absent member (practice)."""

from typing import Final
from uuid import UUID

from services.evaluation.domain.sitting_state import Sitting, unclosed
from shared.contracts.sitting import WrittenVoteCorrected
from shared.contracts.values import AppraisalId, BallotId, Choice, Text
from shared.domain.decider import Request
from shared.domain.refusal import Refusal
from shared.domain.time import Instant

# --- commands ---------------------------------------------------------------------------------


class CorrectWrittenVoteForm(Request, frozen=True, kw_only=True):
    """What the paper says of a dossier, and why something else was entered."""

    appraisal: AppraisalId
    choice: Choice
    reason: Text


class CorrectWrittenVote(Request, frozen=True, kw_only=True):
    """Put right a vote entered from paper. It names ballot and pseudonym, never the seat: the record is public.
    `cast` is what was entered, None where nothing was entered from paper.
    """

    ballot_id: BallotId
    pseudonym: UUID
    cast: Choice | None
    choice: Choice
    reason: Text
    at: Instant


# --- rules ------------------------------------------------------------------------------------

NOT_FROM_PAPER: Final = Refusal(
    "vote-not-from-paper",
    vi="Không có phiếu nhập từ giấy của người này cho hồ sơ này. Chỉ sửa được phiếu đã nhập thay từ phiếu giấy.",
    en="No vote of this member on this dossier was entered from paper. Only such votes are corrected.",
    practice="written_votes",
)


def correct_written_vote(
    state: Sitting, command: CorrectWrittenVote
) -> tuple[WrittenVoteCorrected, ...]:
    """Until the sitting closes; what stands already is not said again."""
    opened = unclosed(state)
    if command.cast is None:
        raise NOT_FROM_PAPER()
    stands = state.corrected(command.ballot_id, command.pseudonym, command.cast)
    if stands == command.choice:
        return ()
    return (
        WrittenVoteCorrected(
            sitting_id=opened.sitting_id,
            ballot_id=command.ballot_id,
            pseudonym=command.pseudonym,
            former_choice=stands,
            choice=command.choice,
            reason=command.reason,
        ),
    )
