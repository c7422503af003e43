"""Advice follows from appraisal and ballot; nobody types it in."""

from uuid import UUID

import msgspec
import pytest

from services.evaluation.domain.advice import (
    BALLOT_MISSING,
    MINUTES_UNSIGNED,
    NOT_APPRAISED,
    POSTING_OPEN,
    BallotResult,
    Discontinue,
    IssueAdvice,
    NoQuorum,
)
from services.evaluation.domain.appraisal import APPRAISAL
from services.evaluation.domain.appraisal_state import UNKNOWN, AppraisalEvent
from services.evaluation.domain.posting import ALREADY_ADVISED, OpenPosting
from shared.contracts.appraisal import AdviceIssued
from shared.contracts.evaluation import Fraction, TieRule
from shared.contracts.values import BallotId
from tests.support.specification import specification
from tests.unit.services.evaluation.domain.dossiers import (
    COMPLETE,
    NOW,
    POSTING_RULES,
    appraised,
    closed,
    discontinued,
    gate,
    opened,
    posted,
    scores,
)

appraisal = specification(APPRAISAL)
BALLOT = BallotId(UUID(int=40))
result = BallotResult(
    ballot_id=BALLOT,
    approve=7,
    base=8,
    threshold=Fraction(numerator=7, denominator=10),
    adopted=True,
)
advise = IssueAdvice(
    posting_working_days=10, ballot_mode="open", minutes_unsigned=False, ballot=result, at=NOW
)
advice = AdviceIssued(
    appraisal_id=opened.appraisal_id,
    model=opened.model,
    movement=opened.movement,
    year=opened.year,
    aim=opened.aim,
    holder=opened.holder,
    committee=opened.committee,
    appraising_unit=opened.appraising_unit,
    deciding_body=opened.deciding_body,
    advice="recognise",
    reasons="Bảo đảm chấp hành chủ trương của Đảng, pháp luật của Nhà nước. Đạt 75 điểm, yêu cầu 70 điểm. "
    "Bỏ phiếu: 7/8 tán thành, cần ít nhất 7/10: thông qua.",
    rule_set=opened.rule_set,
    rule_set_version=1,
    ballot=BALLOT,
)
POSTED: tuple[AppraisalEvent, ...] = (*COMPLETE, posted, closed)


def test_standard_met_and_ballot_adopted_mean_recognise() -> None:
    appraisal.given(*POSTED).when(advise).then(advice)


def test_a_ballot_that_did_not_adopt_means_decline() -> None:
    against = msgspec.structs.replace(result, approve=5, adopted=False)
    appraisal.given(*POSTED).when(msgspec.structs.replace(advise, ballot=against)).then(
        msgspec.structs.replace(
            advice,
            advice="decline",
            reasons=advice.reasons.replace("7/8", "5/8").replace(
                ": thông qua", ": không thông qua"
            ),
        )
    )


def test_rounds_used_up_without_quorum_mean_decline() -> None:
    none = NoQuorum(
        ballot_id=BALLOT,
        voted=3,
        eligible=8,
        quorum=Fraction(numerator=2, denominator=3),
        round=4,
    )
    appraisal.given(*POSTED).when(msgspec.structs.replace(advise, ballot=none)).then(
        msgspec.structs.replace(
            advice,
            advice="decline",
            reasons=advice.reasons.partition(" Bỏ phiếu")[0]
            + " Bỏ phiếu lần 4: 3/8 người tham gia, cần ít nhất 2/3; đã hết số lần bỏ phiếu lại: "
            "không thông qua.",
        )
    )


@pytest.mark.parametrize(
    "tie,adopted,said",
    [
        (
            "not_adopted",
            False,
            " (số phiếu tán thành và không tán thành ngang nhau): không thông qua.",
        ),
        ("chair_decides", True, " (số phiếu ngang nhau, theo ý kiến người chủ trì): thông qua."),
        ("repeat", False, " (số phiếu ngang nhau, đã hết số lần bỏ phiếu lại): không thông qua."),
    ],
)
def test_the_reasons_say_how_a_tie_was_decided(tie: TieRule, *, adopted: bool, said: str) -> None:
    tied = msgspec.structs.replace(result, adopted=adopted, tie=tie)
    appraisal.given(*POSTED).when(msgspec.structs.replace(advise, ballot=tied)).then(
        msgspec.structs.replace(
            advice,
            advice="recognise" if adopted else "decline",
            reasons=advice.reasons.replace(": thông qua.", said),
        )
    )


@pytest.mark.parametrize(
    "changes,reasons",
    [
        ({"points": 69}, advice.reasons.replace("75 điểm", "69 điểm")),
        ({"gates_passed": False}, advice.reasons.replace("Bảo đảm", "Không bảo đảm")),
    ],
)
def test_a_standard_not_met_means_decline_whatever_the_ballot(
    changes: dict[str, int], reasons: str
) -> None:
    short = msgspec.structs.replace(appraised, meets_standard=False, **changes)
    appraisal.given(opened, gate, *scores, short, posted, closed).when(advise).then(
        msgspec.structs.replace(advice, advice="decline", reasons=reasons)
    )


def test_without_ballot_the_appraisal_alone_decides() -> None:
    alone = msgspec.structs.replace(advise, ballot_mode="none", ballot=None)
    appraisal.given(*POSTED).when(alone).then(
        msgspec.structs.replace(
            advice, ballot=None, reasons=advice.reasons.partition(" Bỏ phiếu")[0]
        )
    )


def test_without_posting_the_ballot_is_enough() -> None:
    unposted = msgspec.structs.replace(advise, posting_working_days=0)
    appraisal.given(*COMPLETE).when(unposted).then(advice)


def test_nothing_is_advised_too_early() -> None:
    appraisal.given().when(advise).then_refused(UNKNOWN)
    appraisal.given(opened, gate, *scores).when(advise).then_refused(NOT_APPRAISED)
    appraisal.given(*COMPLETE, posted).when(advise).then_refused(POSTING_OPEN)
    unposted = msgspec.structs.replace(advise, posting_working_days=0)
    appraisal.given(*COMPLETE, posted).when(unposted).then_refused(POSTING_OPEN)
    without = msgspec.structs.replace(advise, ballot=None)
    appraisal.given(*POSTED).when(without).then_refused(BALLOT_MISSING)


def test_advice_is_issued_once_and_never_on_what_was_discontinued() -> None:
    appraisal.given(*POSTED, advice).when(advise).then_nothing()
    appraisal.given(*POSTED, discontinued).when(advise).then_nothing()


def test_a_withdrawn_model_ends_its_appraisal() -> None:
    withdraw = Discontinue(reason=discontinued.reason, at=NOW)
    appraisal.given(opened).when(withdraw).then(discontinued)
    appraisal.given(*POSTED).when(withdraw).then(discontinued)


def test_before_it_opened_after_the_advice_and_a_second_time_a_withdrawal_changes_nothing() -> None:
    withdraw = Discontinue(reason=discontinued.reason, at=NOW)
    appraisal.given().when(withdraw).then_nothing()
    appraisal.given(*POSTED, advice).when(withdraw).then_nothing()
    appraisal.given(opened, discontinued).when(withdraw).then_nothing()


def test_what_was_advised_on_is_no_longer_posted() -> None:
    post = OpenPosting(where=posted.where, rules=POSTING_RULES, at=NOW)
    appraisal.given(*COMPLETE, advice).when(post).then_refused(ALREADY_ADVISED)


def test_nothing_is_advised_before_the_minutes_are_signed() -> None:
    early = msgspec.structs.replace(advise, minutes_unsigned=True)
    refused = appraisal.given(*POSTED).when(early).then_refused(MINUTES_UNSIGNED)
    assert refused.refusal.practice == "minutes"
