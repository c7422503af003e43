"""What the appraising unit advises (clause III.2.1c): derived from appraisal and ballot, never typed in."""

from typing import Final

import msgspec

from services.evaluation.domain.appraisal_state import Appraisal, opened
from shared.contracts.evaluation import (
    AdviceIssued,
    AppraisalDiscontinued,
    Appraised,
    BallotMode,
    Fraction,
)
from shared.contracts.values import BallotId, Text
from shared.domain.decider import Request
from shared.domain.refusal import Refusal
from shared.domain.time import Instant


class BallotResult(msgspec.Struct, frozen=True, kw_only=True):
    """The tally of a ballot under the denominator that governs."""

    ballot_id: BallotId
    approve: int
    base: int
    threshold: Fraction
    adopted: bool


# --- commands ---------------------------------------------------------------------------------


class IssueAdvice(Request, frozen=True, kw_only=True):
    """Issue the advice. Nobody asks for it: it follows from the tally, or from the closed posting
    where the rule set has no ballot.
    """

    posting_working_days: int
    ballot_mode: BallotMode
    ballot: BallotResult | None
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


def issue_advice(state: Appraisal, command: IssueAdvice) -> tuple[AdviceIssued, ...]:
    """Recognise if and only if the standard is met and the ballot, where there is one, adopted it."""
    if state.advice is not None or state.discontinued is not None:
        return ()
    opening = opened(state)
    appraised = state.appraised
    if appraised is None:
        raise NOT_APPRAISED()
    if command.posting_working_days > 0 and state.posting_closed is None:
        raise POSTING_OPEN()
    ballot = command.ballot
    if command.ballot_mode != "none" and ballot is None:
        raise BALLOT_MISSING()
    recognise = appraised.meets_standard and (ballot is None or ballot.adopted)
    return (
        AdviceIssued(
            appraisal_id=opening.appraisal_id,
            model=opening.model,
            movement=opening.movement,
            year=opening.year,
            aim=opening.aim,
            holder=opening.holder,
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


def _reasons(appraised: Appraised, ballot: BallotResult | None) -> str:
    """The reasons in the language of the record, from figures alone."""
    compliance = (
        "Bảo đảm chấp hành chủ trương của Đảng, pháp luật của Nhà nước."
        if appraised.gates_passed
        else "Không bảo đảm chấp hành chủ trương của Đảng, pháp luật của Nhà nước."
    )
    points = f"Đạt {appraised.points} điểm, yêu cầu {appraised.points_required} điểm."
    if ballot is None:
        return f"{compliance} {points}"
    share = f"{ballot.threshold.numerator}/{ballot.threshold.denominator}"
    outcome = "thông qua" if ballot.adopted else "không thông qua"
    vote = f"Bỏ phiếu: {ballot.approve}/{ballot.base} tán thành, cần ít nhất {share}: {outcome}."
    return f"{compliance} {points} {vote}"


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
