"""What the appraising unit advises (clause III.2.1c): derived from appraisal and ballot, never typed in."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from services.evaluation.domain.appraisal_state import Appraisal, opened
from shared.contracts.appraisal import AdviceIssued, AppraisalDiscontinued, Appraised
from shared.contracts.evaluation import BallotMode, Fraction, TieRule
from shared.contracts.sitting import CandidateOutcome
from shared.contracts.values import BallotId, Text
from shared.domain.decider import Request
from shared.domain.refusal import Refusal
from shared.domain.time import Instant


class BallotResult(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The last ballot: its tally under the denominator that governs, or how few voted."""

    ballot_id: BallotId
    approve: int
    base: int
    threshold: Fraction
    adopted: bool
    tie: TieRule | None = None
    """The rule a tie was decided by; None without a tie."""
    places: int | None = None
    outcome: CandidateOutcome = "adopted"
    """Where places are limited, whether this dossier got one."""


class NoQuorum(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The last ballot the rules allow had no quorum: nothing was adopted."""

    ballot_id: BallotId
    voted: int
    eligible: int
    quorum: Fraction
    round: int


# --- commands ---------------------------------------------------------------------------------


class IssueAdvice(Request, frozen=True, kw_only=True):
    """Issue the advice. Nobody asks for it: it follows from the tally, or from the closed posting
    where the rule set has no ballot. `minutes_unsigned`: those of the sitting lack a signature.
    """

    posting_working_days: int
    ballot_mode: BallotMode
    ballot: BallotResult | NoQuorum | None
    minutes_unsigned: bool
    at: Instant


class Discontinue(Request, frozen=True, kw_only=True):
    """Stop: the model was withdrawn."""

    reason: Text
    at: Instant


# --- rules ------------------------------------------------------------------------------------

NOT_APPRAISED: Final = Refusal(
    "advice-without-appraisal",
    vi="Chưa thẩm định xong nên chưa thể tham mưu.",
    en="The appraisal is not complete, so nothing can be advised yet.",
    clause="I.2.1c",
)
POSTING_OPEN: Final = Refusal(
    "advice-before-posting-closed",
    vi="Niêm yết chưa khép nên chưa thể tham mưu.",
    en="The posting is not closed, so nothing can be advised yet.",
    practice="posting_working_days",
)
BALLOT_MISSING: Final = Refusal(
    "advice-without-ballot",
    vi="Chưa có kết quả bỏ phiếu nên chưa thể tham mưu.",
    en="There is no result of a ballot, so nothing can be advised yet.",
    practice="ballot_mode",
)

MINUTES_UNSIGNED: Final = Refusal(
    "advice-before-minutes-signed",
    vi="Biên bản phiên họp chưa đủ chữ ký nên chưa thể tham mưu.",
    en="The minutes of the sitting lack a signature, so nothing can be advised yet.",
    practice="minutes",
)


def issue_advice(state: Appraisal, command: IssueAdvice) -> tuple[AdviceIssued, ...]:
    """Recognise if and only if the standard is met and the ballot, where there is one, adopted it. A
    council that used up its rounds without a decision has adopted nothing.
    """
    if state.advice is not None or state.discontinued is not None:
        return ()
    opening = opened(state)
    appraised = state.appraised
    if appraised is None:
        raise NOT_APPRAISED()
    to_be_posted = command.posting_working_days > 0 or state.posting is not None
    if to_be_posted and state.posting_closed is None:
        raise POSTING_OPEN()
    ballot = command.ballot
    if command.ballot_mode != "none" and ballot is None:
        raise BALLOT_MISSING()
    if command.minutes_unsigned:
        raise MINUTES_UNSIGNED()
    adopted = ballot is None or (isinstance(ballot, BallotResult) and ballot.adopted)
    recognise = appraised.meets_standard and adopted
    return (
        AdviceIssued(
            appraisal_id=opening.appraisal_id,
            model=opening.model,
            movement=opening.movement,
            year=opening.year,
            aim=opening.aim,
            holder=opening.holder,
            joint_holders=opening.joint_holders,
            committee=opening.committee,
            appraising_unit=opening.appraising_unit,
            deciding_body=opening.deciding_body,
            advice="recognise" if recognise else "decline",
            reasons=_reasons(appraised, ballot),
            rule_set=opening.rule_set,
            rule_set_version=opening.rule_set_version,
            ballot=None if ballot is None else ballot.ballot_id,
        ),
    )


def _reasons(appraised: Appraised, ballot: BallotResult | NoQuorum | None) -> str:
    """The reasons in the language of the record, from figures alone."""
    compliance = (
        "Bảo đảm chấp hành chủ trương của Đảng, pháp luật của Nhà nước."
        if appraised.gates_passed
        else "Không bảo đảm chấp hành chủ trương của Đảng, pháp luật của Nhà nước."
    )
    points = f"Đạt {appraised.points} điểm, yêu cầu {appraised.points_required} điểm."
    if ballot is None:
        return f"{compliance} {points}"
    return f"{compliance} {points} {_ballot_said(ballot)}"


def _ballot_said(ballot: BallotResult | NoQuorum) -> str:
    if isinstance(ballot, NoQuorum):
        quorum = f"{ballot.quorum.numerator}/{ballot.quorum.denominator}"
        return (
            f"Bỏ phiếu lần {ballot.round}: {ballot.voted}/{ballot.eligible} người tham gia, cần ít nhất "
            f"{quorum}; đã hết số lần bỏ phiếu lại: không thông qua."
        )
    if ballot.places is not None and ballot.outcome in _PLACES:
        return (
            f"Bỏ phiếu: {ballot.approve}/{ballot.base} tán thành, đủ tỷ lệ nhưng "
            f"{_PLACES[ballot.outcome]} {ballot.places} suất: không thông qua."
        )
    share = f"{ballot.threshold.numerator}/{ballot.threshold.denominator}"
    outcome = "thông qua" if ballot.adopted else "không thông qua"
    tie = "" if ballot.tie is None else f" {_TIES[ballot.tie]}"
    return (
        f"Bỏ phiếu: {ballot.approve}/{ballot.base} tán thành, cần ít nhất {share}{tie}: {outcome}."
    )


_PLACES: Final[Mapping[CandidateOutcome, str]] = MappingProxyType(
    {
        "no_place": "xếp sau trong số",
        "tied_for_place": "ngang phiếu ở suất cuối của",
    }
)
"""What the reasons say of a dossier that reached the threshold and got none of the places."""

_TIES: Final[Mapping[TieRule, str]] = MappingProxyType(
    {
        "not_adopted": "(số phiếu tán thành và không tán thành ngang nhau)",
        "chair_decides": "(số phiếu ngang nhau, theo ý kiến người chủ trì)",
        "repeat": "(số phiếu ngang nhau, đã hết số lần bỏ phiếu lại)",
    }
)
"""What the reasons say of a tie, by the rule that decided it."""


def discontinue(state: Appraisal, command: Discontinue) -> tuple[AppraisalDiscontinued, ...]:
    """After the advice the case lies with the deciding body, which hears of the withdrawal itself."""
    if state.opened is None or state.advice is not None or state.discontinued is not None:
        return ()
    return (
        AppraisalDiscontinued(
            appraisal_id=state.opened.appraisal_id,
            model=state.opened.model,
            reason=command.reason,
        ),
    )
