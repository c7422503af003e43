"""Before the decision: the proposal where the rule set asks for one, and one achievement recognised once."""

from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.recognition.domain import case_refusals as refuse
from services.recognition.domain.achievement import ACHIEVEMENT
from services.recognition.domain.case import CASE
from services.recognition.domain.case_state import Case, CaseEvent
from services.recognition.domain.deciding import EarlierCase
from services.recognition.domain.proposing import RecordDuplicate, ReturnProposal, SubmitProposal
from shared.contracts.recognition import DuplicateFound
from shared.contracts.values import CaseId
from shared.domain.refusal import RefusedError
from tests.support.specification import specification
from tests.unit.services.recognition.domain import cases as c

case = specification(CASE)
achievement = specification(ACHIEVEMENT)

SUBMIT = SubmitProposal(
    document_number="07-TTr/BDV",
    summary="Đề nghị công nhận mô hình.",
    submitted_by=c.SECTION,
    at=c.NOW,
)
RETURN = ReturnProposal(reasons="Thiếu biên bản họp.", at=c.NOW)


def duplicate(other: CaseId = c.OTHER_CASE, *, mutual: bool = False) -> RecordDuplicate:
    return RecordDuplicate(
        other_case=other,
        finding="Cùng đoạn đường, cùng tổ dân vận thực hiện.",
        other_model=c.OTHER_MODEL,
        other_body=c.UNION,
        mutual=mutual,
    )


# --- the proposal -----------------------------------------------------------------------------


def test_the_submitting_unit_proposes_to_the_deciding_body() -> None:
    case.given(*c.READY_CASE).when(SUBMIT).then(c.SUBMITTED)


def test_a_proposal_needs_an_undecided_case() -> None:
    case.given().when(SUBMIT).then_refused(refuse.UNKNOWN)
    case.given(c.OPENED, c.DISCONTINUED).when(SUBMIT).then_refused(refuse.DISCONTINUED)
    case.given(*c.RECOGNIZED_CASE).when(SUBMIT).then_refused(refuse.ALREADY_DECIDED)


def test_nothing_is_proposed_to_a_body_that_is_not_competent() -> None:
    case.given(c.OPENED).when(SUBMIT).then_refused(refuse.COMPETENCE_OPEN)
    case.given(c.OPENED, c.OTHERS_COMPETENT).when(SUBMIT).then_refused(refuse.NOT_COMPETENT)


def test_one_proposal_lies_before_the_body_at_a_time() -> None:
    case.given(*c.READY_CASE, c.SUBMITTED).when(SUBMIT).then_refused(refuse.PROPOSAL_STANDS)


def test_a_proposal_is_returned_with_reasons_and_submitted_again() -> None:
    case.given(*c.READY_CASE, c.SUBMITTED).when(RETURN).then(c.RETURNED)
    case.given(*c.READY_CASE, c.SUBMITTED, c.RETURNED).when(SUBMIT).then(c.SUBMITTED)


def test_only_what_was_submitted_is_returned() -> None:
    case.given(*c.READY_CASE).when(RETURN).then_refused(refuse.NO_PROPOSAL)
    twice = (*c.READY_CASE, c.SUBMITTED, c.RETURNED)
    case.given(*twice).when(RETURN).then_refused(refuse.NO_PROPOSAL)
    decided = (*c.READY_CASE, c.SUBMITTED, c.RECOGNIZED)
    case.given(*decided).when(RETURN).then_refused(refuse.ALREADY_DECIDED)


@pytest.mark.parametrize("before", [(), (c.SUBMITTED, c.RETURNED)])
def test_where_the_rule_set_asks_for_a_proposal_recognition_waits_for_it(
    before: tuple[CaseEvent, ...],
) -> None:
    command = c.recognize(rules=c.PROPOSAL_REQUIRED)
    case.given(*c.READY_CASE, *before).when(command).then_refused(refuse.PROPOSAL_MISSING)
    case.given(*c.READY_CASE, *before, c.SUBMITTED).when(command).then(c.RECOGNIZED)


def test_where_it_asks_for_none_recognition_waits_for_none() -> None:
    case.given(*c.READY_CASE).when(c.recognize()).then(c.RECOGNIZED)


# --- one achievement, one recognition ---------------------------------------------------------


def test_a_case_is_put_in_the_row_of_its_achievement_once() -> None:
    achievement.given().when(c.entering(c.CASE_ID)).then(c.entered(c.CASE_ID))
    achievement.given(c.entered(c.CASE_ID)).when(c.entering(c.CASE_ID)).then_nothing()
    achievement.given(c.entered(c.CASE_ID)).when(c.entering(c.OTHER_CASE)).then(
        c.entered(c.OTHER_CASE)
    )


def test_a_case_opens_naming_every_case_that_came_first() -> None:
    first, second = c.entered(c.OTHER_CASE), c.entered(c.THIRD_CASE)
    row = ACHIEVEMENT.fold((first, second, c.entered(c.CASE_ID)))
    assert row.before(c.OTHER_CASE) == ()
    assert row.before(c.CASE_ID) == (first, second)
    opening = c.open_case(earlier=row.before(c.CASE_ID))
    found = [c.duplicate_by_name(other) for other in (c.OTHER_CASE, c.THIRD_CASE)]
    case.given().when(opening).then(c.OPENED, *found)


def test_what_somebody_found_by_comparing_goes_on_record_once() -> None:
    case.given(c.OPENED).when(duplicate()).then(c.DUPLICATE)
    case.given(c.OPENED, c.DUPLICATE).when(duplicate()).then_nothing()


def test_a_case_is_no_duplicate_of_itself_nor_of_one_that_waits_for_it() -> None:
    case.given(c.OPENED).when(duplicate(c.CASE_ID)).then_refused(refuse.DUPLICATE_OF_ITSELF)
    case.given(c.OPENED).when(duplicate(mutual=True)).then_refused(refuse.DUPLICATE_MUTUAL)


def test_after_the_decision_no_duplicate_is_recorded() -> None:
    case.given(*c.RECOGNIZED_CASE).when(duplicate()).then_refused(refuse.ALREADY_DECIDED)


def test_an_achievement_recognised_elsewhere_is_refused_naming_that_decision() -> None:
    error = (
        case.given(*c.DUPLICATE_CASE)
        .when(c.recognize(c.earlier(number="3-QĐ/HPN")))
        .then_refused(refuse.RECOGNISED_ALREADY)
    )
    assert "3-QĐ/HPN" in error.sentence("vi")


@pytest.mark.parametrize("known", [(), (c.earlier(),)])
def test_while_the_earlier_case_is_open_the_later_one_waits(known: tuple[EarlierCase, ...]) -> None:
    case.given(*c.DUPLICATE_CASE).when(c.recognize(*known)).then_refused(refuse.EARLIER_CASE_OPEN)


def test_once_the_earlier_case_ended_without_recognition_the_later_one_is_recognised() -> None:
    declined = c.earlier(ended=True, number="4-QĐ/HPN")
    case.given(*c.DUPLICATE_CASE).when(c.recognize(declined)).then(c.RECOGNIZED)


def test_a_rule_set_may_let_two_bodies_recognise_the_same_achievement() -> None:
    free = msgspec.structs.replace(c.RULES, same_achievement="allowed")
    case.given(*c.DUPLICATE_CASE).when(c.recognize(c.earlier(number="3"), rules=free)).then(
        c.RECOGNIZED
    )


@given(st.permutations(range(4)), st.lists(st.sampled_from(["recognise", "decline"]), max_size=16))
def test_whoever_decides_first_one_achievement_has_at_most_one_recognition(
    order: list[int], wishes: list[str]
) -> None:
    ids = [CaseId(UUID(int=1000 + number)) for number in order]
    row = ACHIEVEMENT.fold(tuple(c.entered(one) for one in ids))
    states = {one: _opened(one, [entry.case_id for entry in row.before(one)]) for one in ids}
    for turn, wish in enumerate(wishes):
        one = ids[turn % len(ids)]
        events: tuple[CaseEvent, ...]
        if wish == "decline":
            events = (msgspec.structs.replace(c.DECLINED, case_id=one),)
            if states[one].decision is not None:
                continue
        else:
            stands = tuple(_stands(states[d.other_case], d) for d in states[one].duplicates)
            try:
                events = tuple(CASE.decide(states[one], c.recognize(*stands)))
            except RefusedError:
                continue
        states[one] = CASE.fold(events, states[one])
    recognised = [s for s in states.values() if s.decision and not s.ended_without_recognition]
    assert len(recognised) <= 1


def _opened(one: CaseId, before: list[CaseId]) -> Case:
    found = [msgspec.structs.replace(c.DUPLICATE, case_id=one, other_case=o) for o in before]
    return CASE.fold((msgspec.structs.replace(c.OPENED, case_id=one), *found, c.COMPETENT))


def _stands(other: Case, found: DuplicateFound) -> EarlierCase:
    return EarlierCase(
        case_id=found.other_case,
        ended_without_recognition=other.ended_without_recognition,
        decision_number=None if other.decision is None else other.decision.decision_number,
    )
