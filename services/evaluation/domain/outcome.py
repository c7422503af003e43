"""What a count leads to: adopted or not, a tie, a missed quorum, and whether the council may vote again.

The rules are those the ballot opened with (practice `quorum`, `threshold`, `tie_rule`,
`ballot_repeats_max`).
"""

from typing import Final
from uuid import UUID

from services.evaluation.domain.tally import Count, lines_of, reaches
from shared.contracts.evaluation import BallotOpened, BallotTallied, QuorumMissed
from shared.domain.refusal import Refusal

NOTHING_TO_REPEAT: Final = Refusal(
    "quorum-not-missed",
    vi="Chỉ bỏ phiếu lại khi lần trước không đủ số người tham gia, hoặc ngang phiếu mà quy định cho bỏ "
    "phiếu lại.",
    en="A ballot is repeated only where the former one missed its quorum, or tied under rules that repeat "
    "a tie.",
    practice="quorum",
)
REPEATS_EXHAUSTED: Final = Refusal(
    "ballot-repeats-exhausted",
    vi="Đã bỏ phiếu {rounds} lần, hết số lần quy định cho phép. Kết quả tham mưu là không công nhận.",
    en="The council voted {rounds} times, as often as the rules allow. The advice is to decline.",
    practice="ballot_repeats_max",
)


def result_of(opened: BallotOpened, result: Count) -> BallotTallied | QuorumMissed:
    """The event that a count leads to."""
    if not reaches(result.voted, result.eligible, opened.quorum):
        return QuorumMissed(
            ballot_id=opened.ballot_id,
            appraisal_id=opened.appraisal_id,
            model=opened.model,
            eligible=result.eligible,
            voted=result.voted,
            quorum=opened.quorum,
            repeatable=_rounds_left(opened),
            counted=tuple(result.choices),
        )
    lines = lines_of(result, opened.threshold, opened.threshold_denominator)
    tied = is_tied(result)
    reached = any(line.governs and line.reached for line in lines)
    return BallotTallied(
        ballot_id=opened.ballot_id,
        appraisal_id=opened.appraisal_id,
        model=opened.model,
        eligible=result.eligible,
        present=len(result.present),
        consulted=len(result.consulted),
        approve=result.times("approve"),
        reject=result.times("reject"),
        abstain=result.times("abstain"),
        lines=lines,
        adopted=reached and (not tied or _chair_carries(opened, result)),
        tied=tied,
        repeatable=tied and opened.tie_rule == "repeat" and _rounds_left(opened),
        counted=tuple(result.choices),
    )


def is_tied(result: Count) -> bool:
    """As many approve as reject. Where nobody does either there is nothing to break."""
    return result.times("approve") == result.times("reject") > 0


def _rounds_left(opened: BallotOpened) -> bool:
    return opened.round <= opened.repeats_max


def _chair_carries(opened: BallotOpened, result: Count) -> bool:
    """A chair's approval breaks a tie; it lifts no ballot over a threshold that was not reached."""
    chair: UUID | None = opened.chair
    return (
        opened.tie_rule == "chair_decides"
        and chair is not None
        and result.choices.get(chair) == "approve"
    )
