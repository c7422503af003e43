"""Exemplars (clause III.2.2): at a review, on models, with endorsements; what falls takes along what rests on it."""

from datetime import date
from uuid import UUID

import msgspec
import pytest

from services.recognition.domain import after_refusals, case_refusals
from services.recognition.domain import review_refusals as refuse
from services.recognition.domain.afterwards import IssueCertificate
from services.recognition.domain.case import CASE, CaseCommand
from services.recognition.domain.case_state import CaseEvent
from services.recognition.domain.deciding import Recognize
from services.recognition.domain.exemplar import (
    BasisFacts,
    DecideAnew,
    ExemplarFacts,
    GiveEndorsement,
    PutForward,
    RefuseEndorsement,
    ReviewFacts,
    Suspend,
    WaiveEndorsement,
)
from services.recognition.domain.review import REVIEW, CloseReview, OpenReview
from shared.contracts.evaluation import ExemplarBasis
from shared.contracts.exemplar import (
    BasisModel,
    DependentRecognitionDecided,
    DependentRecognitionSuspended,
    EndorsementGiven,
    EndorsementRefused,
    EndorsementWaived,
    ExemplarPutForward,
    ReviewClosed,
    ReviewOpened,
)
from shared.contracts.values import ModelId, MovementId, ReviewId
from shared.domain.refusal import Refusal
from tests.support.specification import specification
from tests.unit.services.recognition.domain import cases as c

case, review = specification(CASE), specification(REVIEW)

REVIEW_ID = ReviewId(UUID(int=60))
FIRST, SECOND = ModelId(UUID(int=62)), ModelId(UUID(int=63))
OPEN = ReviewFacts(
    movement=c.MOVEMENT, opened_by=c.COMMITTEE, launching_body=c.UNION, closed_on=None
)
BASIS = (
    BasisFacts(model=FIRST, case_id=c.OTHER_CASE, recognised=True, effective=True),
    BasisFacts(model=SECOND, case_id=c.THIRD_CASE, recognised=True, effective=True),
)
LOST = msgspec.structs.replace(BASIS[0], recognised=False, effective=False)
FACTS = ExemplarFacts(review=OPEN, basis=BASIS)

EXEMPLAR = msgspec.structs.replace(c.OPENED, aim="exemplar")
FORWARD = ExemplarPutForward(
    case_id=c.CASE_ID,
    model=c.MODEL,
    review=REVIEW_ID,
    rests_on=(
        BasisModel(model=FIRST, case_id=c.OTHER_CASE),
        BasisModel(model=SECOND, case_id=c.THIRD_CASE),
    ),
)
GIVEN = tuple(
    EndorsementGiven(
        case_id=c.CASE_ID, part=part, endorser=c.UNION, document_number="5", given_on=c.TODAY
    )
    for part in ("committee", "government", "organisations")
)
WAIVED = EndorsementWaived(
    case_id=c.CASE_ID, part="front", waived_on=c.TODAY, reason="Doanh nghiệp không có Mặt trận."
)
REFUSED = EndorsementRefused(
    case_id=c.CASE_ID,
    part="front",
    endorser=c.UNION,
    refused_on=c.TODAY,
    reasons="Chưa lan toả.",
)
READY: tuple[CaseEvent, ...] = (EXEMPLAR, c.COMPETENT, FORWARD, *GIVEN, WAIVED)
RECOGNIZED = msgspec.structs.replace(c.RECOGNIZED, aim="exemplar")
SUSPENDED = DependentRecognitionSuspended(
    dependent="case", dependent_id=c.CASE_ID, fallen=c.OTHER_CASE
)
HOLDS = DependentRecognitionDecided(
    case_id=c.CASE_ID,
    model=c.MODEL,
    holds=True,
    decided_by=c.COMMITTEE,
    decision_number="31-QĐ/ĐU",
    decided_on=c.TODAY,
    reasons="Còn một mô hình.",
    signer_office="Bí thư Đảng ủy",
    signer=c.SIGNER,
)
ENDED = msgspec.structs.replace(HOLDS, holds=False)


def put_forward(
    facts: ExemplarFacts = FACTS, basis: ExemplarBasis | None = "recognised"
) -> PutForward:
    return PutForward(review=REVIEW_ID, models=(FIRST, SECOND), facts=facts, exemplar_basis=basis)


def reviewed(**changed: object) -> ExemplarFacts:
    return msgspec.structs.replace(FACTS, review=msgspec.structs.replace(OPEN, **changed))


def recognize(facts: ExemplarFacts | None = FACTS) -> Recognize:
    return msgspec.structs.replace(c.recognize(), exemplar=facts)


def decide_anew(*, holds: bool, basis: tuple[BasisFacts, ...] = BASIS) -> DecideAnew:
    return DecideAnew(
        holds=holds,
        decision_number="31-QĐ/ĐU",
        reasons="Còn một mô hình.",
        signer_office="Bí thư Đảng ủy",
        signer=c.SIGNER,
        at=c.NOW,
        basis=basis,
        exemplar_basis="recognised",
    )


# --- the review -------------------------------------------------------------------------------

OPENED = ReviewOpened(
    review_id=REVIEW_ID,
    movement=c.MOVEMENT,
    opened_by=c.COMMITTEE,
    occasion="final",
    title="Tổng kết phong trào 2021–2026",
    opened_on=c.TODAY,
)
CLOSED = ReviewClosed(review_id=REVIEW_ID, closed_on=c.TODAY, conclusions="Hoàn thành.")


def open_review(*, known: bool = True) -> OpenReview:
    return OpenReview(
        movement=c.MOVEMENT,
        occasion="final",
        title="Tổng kết phong trào 2021–2026",
        review_id=REVIEW_ID,
        opened_by=c.COMMITTEE,
        movement_known=known,
        at=c.NOW,
    )


def test_a_review_of_a_movement_is_opened_and_closed_once() -> None:
    review.given().when(open_review()).then(OPENED)
    review.given(OPENED).when(open_review()).then_nothing()
    review.given().when(open_review(known=False)).then_refused(refuse.MOVEMENT_UNKNOWN)
    close = CloseReview(conclusions="Hoàn thành.", at=c.NOW)
    review.given(OPENED).when(close).then(CLOSED)
    review.given().when(close).then_refused(refuse.REVIEW_UNKNOWN)
    review.given(OPENED, CLOSED).when(close).then_refused(refuse.REVIEW_OVER)


# --- putting an exemplar forward --------------------------------------------------------------


def test_an_exemplar_is_put_before_a_review_on_the_models_it_rests_on() -> None:
    case.given(EXEMPLAR).when(put_forward()).then(FORWARD)
    case.given(EXEMPLAR).when(put_forward(reviewed(opened_by=c.UNION))).then(FORWARD)


def test_a_model_is_not_put_before_a_review() -> None:
    case.given(c.OPENED).when(put_forward()).then_refused(refuse.NOT_EXEMPLAR)
    case.given().when(put_forward()).then_refused(case_refusals.UNKNOWN)
    decided = (*READY, RECOGNIZED)
    case.given(*decided).when(put_forward()).then_refused(case_refusals.ALREADY_DECIDED)


@pytest.mark.parametrize(
    "facts,refusal",
    [
        (ExemplarFacts(review=None, basis=BASIS), refuse.REVIEW_UNKNOWN),
        (reviewed(movement=MovementId(UUID(int=99))), refuse.REVIEW_ELSEWHERE),
        (reviewed(opened_by=c.CELL), refuse.REVIEW_ELSEWHERE),
        (reviewed(closed_on="2026-10-01"), refuse.REVIEW_OVER),
    ],
)
def test_the_review_is_open_and_the_bodys_or_the_launching_ones(
    facts: ExemplarFacts, refusal: Refusal
) -> None:
    case.given(EXEMPLAR).when(put_forward(facts)).then_refused(refusal)
    case.given(*READY).when(recognize(facts)).then_refused(refusal)


def test_it_rests_on_recognised_models_or_effective_ones_as_the_rule_set_says() -> None:
    unknown = BasisFacts(model=FIRST, case_id=None, recognised=False, effective=False)
    effective = msgspec.structs.replace(BASIS[0], recognised=False)

    def on(one: BasisFacts, basis: ExemplarBasis | None) -> PutForward:
        return put_forward(msgspec.structs.replace(FACTS, basis=(one, BASIS[1])), basis)

    case.given(EXEMPLAR).when(on(unknown, "recognised")).then_refused(refuse.MODEL_WITHOUT_CASE)
    case.given(EXEMPLAR).when(on(effective, "recognised")).then_refused(refuse.BASIS_NOT_RECOGNISED)
    case.given(EXEMPLAR).when(on(effective, "effective")).then(FORWARD)
    case.given(EXEMPLAR).when(on(LOST, "effective")).then_refused(refuse.BASIS_NOT_EFFECTIVE)
    case.given(EXEMPLAR).when(on(BASIS[0], None)).then_refused(after_refusals.RULES_UNKNOWN)


# --- endorsements -----------------------------------------------------------------------------


def test_each_part_endorses_refuses_or_does_not_apply() -> None:
    give = GiveEndorsement(
        part="committee", endorser=c.UNION, document_number="5", same_place=True, at=c.NOW
    )
    decline = RefuseEndorsement(
        part="front", endorser=c.UNION, reasons="Chưa lan toả.", same_place=True, at=c.NOW
    )
    waive = WaiveEndorsement(part="front", reason="Doanh nghiệp không có Mặt trận.", at=c.NOW)
    history = (EXEMPLAR, c.COMPETENT, FORWARD)
    case.given(*history).when(give).then(GIVEN[0])
    case.given(*history).when(decline).then(REFUSED)
    case.given(*history).when(waive).then(WAIVED)
    elsewhere: tuple[CaseCommand, ...] = (
        msgspec.structs.replace(give, same_place=False),
        msgspec.structs.replace(decline, same_place=False),
    )
    for command in elsewhere:
        case.given(*history).when(command).then_refused(refuse.ENDORSER_ELSEWHERE)
    anything: tuple[CaseCommand, ...] = (give, decline, waive)
    for command in anything:
        case.given(EXEMPLAR).when(command).then_refused(refuse.NO_REVIEW)
        case.given(c.OPENED).when(command).then_refused(refuse.NOT_EXEMPLAR)
    case.given(*history, REFUSED).when(waive).then_refused(refuse.ENDORSEMENT_REFUSED)


# --- recognising ------------------------------------------------------------------------------


def test_an_exemplar_is_recognised_at_a_review_in_whatever_month() -> None:
    case.given(*READY).when(recognize()).then(RECOGNIZED)
    november = c.NOW.replace(month=11)
    later = msgspec.structs.replace(recognize(), at=november)
    case.given(*READY).when(later).then(
        msgspec.structs.replace(RECOGNIZED, decided_on=date(2026, 11, 12))
    )


def test_without_a_review_no_exemplar_is_recognised() -> None:
    case.given(EXEMPLAR, c.COMPETENT).when(recognize(None)).then_refused(refuse.NO_REVIEW)


def test_every_part_endorses_it_first() -> None:
    error = case.given(*READY[:-2]).when(recognize()).then_refused(refuse.ENDORSEMENT_MISSING)
    assert "organisations, " not in error.sentence("en")
    assert "front, organisations" in error.sentence("en")
    case.given(*READY, REFUSED).when(recognize()).then_refused(refuse.ENDORSEMENT_REFUSED)


def test_a_model_that_fell_meanwhile_is_seen_when_deciding() -> None:
    facts = msgspec.structs.replace(FACTS, basis=(LOST, BASIS[1]))
    case.given(*READY).when(recognize(facts)).then_refused(refuse.BASIS_NOT_RECOGNISED)
    case.given(*READY, SUSPENDED).when(recognize()).then_refused(refuse.EXEMPLAR_SUSPENDED)
    case.given(*READY, SUSPENDED, FORWARD).when(recognize()).then(RECOGNIZED)


# --- the cascade ------------------------------------------------------------------------------


def test_what_rests_on_a_fallen_recognition_is_suspended_once() -> None:
    fall = Suspend(fallen=c.OTHER_CASE)
    case.given(*READY).when(fall).then(SUSPENDED)
    case.given(*READY, RECOGNIZED).when(fall).then(SUSPENDED)
    for quiet in (
        (),
        (EXEMPLAR,),
        (*READY, SUSPENDED),
        (EXEMPLAR, c.COMPETENT, FORWARD, c.DECLINED),
    ):
        case.given(*quiet).when(fall).then_nothing()
    case.given(*READY).when(Suspend(fallen=c.CASE_ID)).then_nothing()


def test_a_suspended_recognition_is_decided_anew_on_what_is_left() -> None:
    history = (*READY, RECOGNIZED, SUSPENDED)
    left = (LOST, BASIS[1])
    case.given(*history).when(decide_anew(holds=True, basis=left)).then(HOLDS)
    case.given(*history).when(decide_anew(holds=False, basis=left)).then(ENDED)
    nothing = tuple(msgspec.structs.replace(one, recognised=False) for one in BASIS)
    case.given(*history).when(decide_anew(holds=True, basis=nothing)).then_refused(
        refuse.NOTHING_LEFT
    )
    case.given(*READY, RECOGNIZED).when(decide_anew(holds=True)).then_refused(refuse.NOT_SUSPENDED)
    case.given(*history, ENDED).when(decide_anew(holds=True)).then_refused(after_refusals.REVOKED)


def test_nothing_follows_from_a_recognition_that_ended() -> None:
    case.given(*READY, RECOGNIZED, SUSPENDED, ENDED).when(c.amend()).then_refused(
        after_refusals.REVOKED
    )


def test_a_suspended_recognition_does_not_stand_and_has_no_certificate() -> None:
    history = (*READY, RECOGNIZED, SUSPENDED)
    certificate = IssueCertificate(certificate_number="GCN-1", at=c.NOW)
    case.given(*history).when(certificate).then_refused(after_refusals.SUSPENDED)
    assert not CASE.fold(history).stands
    assert CASE.fold((*history, HOLDS)).stands
    assert CASE.fold((*history, ENDED)).ended_without_recognition
