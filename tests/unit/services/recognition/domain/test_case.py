"""A case from the advice to its one decision."""

from datetime import UTC, date, datetime

import msgspec
import pytest

from services.recognition.domain import case_refusals as refuse
from services.recognition.domain.case import CASE, CaseCommand, Discontinue
from services.recognition.domain.case_state import CaseEvent
from services.recognition.domain.competence import Graph
from services.recognition.domain.determining import DetermineCompetence
from shared.contracts.recognition import DecisionDepartedFromAdvice
from tests.support.specification import specification
from tests.unit.services.recognition.domain import cases as c

case = specification(CASE)

# --- opening ----------------------------------------------------------------------------------


def test_the_advice_opens_a_case_with_its_grounds() -> None:
    case.given().when(c.open_case()).then(c.OPENED)


def test_a_model_has_one_case_a_year() -> None:
    case.given(c.OPENED).when(c.open_case("decline")).then_nothing()


# --- competence -------------------------------------------------------------------------------


def test_every_competent_body_is_recorded_with_its_clause() -> None:
    determined = msgspec.structs.replace(c.COMPETENT, as_of=date(2026, 10, 12))
    case.given(c.OPENED).when(DetermineCompetence(at=c.NOW, graph=c.GRAPH)).then(determined)


def test_the_case_shows_that_the_named_body_is_not_competent() -> None:
    determined = msgspec.structs.replace(c.NOBODY_COMPETENT, as_of=date(2026, 10, 12))
    case.given(c.OPENED).when(DetermineCompetence(at=c.NOW, graph=Graph())).then(determined)


def test_the_day_of_the_graph_is_the_day_in_viet_nam() -> None:
    evening = datetime(2026, 10, 12, 17, 30, tzinfo=UTC)
    determined = msgspec.structs.replace(c.COMPETENT, as_of=date(2026, 10, 13))
    case.given(c.OPENED).when(DetermineCompetence(at=evening, graph=c.GRAPH)).then(determined)


def test_the_same_bodies_again_are_no_news() -> None:
    case.given(*c.READY_CASE).when(DetermineCompetence(at=c.NOW, graph=c.GRAPH)).then_nothing()


def test_a_corrected_line_is_determined_anew() -> None:
    determined = msgspec.structs.replace(c.COMPETENT, as_of=date(2026, 10, 12))
    case.given(c.OPENED, c.NOBODY_COMPETENT).when(
        DetermineCompetence(at=c.NOW, graph=c.GRAPH)
    ).then(determined)


def test_after_the_decision_competence_stays_as_it_was() -> None:
    case.given(*c.RECOGNIZED_CASE).when(
        DetermineCompetence(at=c.AFTER_THE_MONTH, graph=Graph())
    ).then_nothing()


def test_competence_needs_a_case() -> None:
    case.given().when(DetermineCompetence(at=c.NOW, graph=c.GRAPH)).then_refused(refuse.UNKNOWN)


# --- recognising ------------------------------------------------------------------------------


def test_the_competent_body_recognises_under_every_clause_that_makes_it_so() -> None:
    case.given(*c.READY_CASE).when(c.recognize()).then(c.RECOGNIZED)


def test_the_date_of_a_decision_is_the_date_in_viet_nam() -> None:
    late = datetime(2026, 10, 30, 17, 0, tzinfo=UTC)
    case.given(*c.READY_CASE).when(c.recognize(at=late)).then(
        msgspec.structs.replace(c.RECOGNIZED, decided_on=date(2026, 10, 31))
    )


def test_nothing_is_recognised_without_a_case() -> None:
    case.given().when(c.recognize()).then_refused(refuse.UNKNOWN)


def test_nothing_is_decided_before_competence_is_known() -> None:
    case.given(c.OPENED).when(c.recognize()).then_refused(refuse.COMPETENCE_OPEN)


def test_a_body_that_is_not_competent_is_refused_with_the_clauses_of_those_that_are() -> None:
    error = (
        case.given(c.OPENED, c.OTHERS_COMPETENT)
        .when(c.recognize())
        .then_refused(refuse.NOT_COMPETENT)
    )
    assert "I.2.2c" in error.sentence("vi")
    case.given(c.OPENED, c.NOBODY_COMPETENT).when(c.decline()).then_refused(
        refuse.NO_COMPETENT_BODY
    )


def test_who_advises_does_not_decide() -> None:
    case.given(c.opened(unit=c.COMMITTEE), c.COMPETENT).when(c.recognize()).then_refused(
        refuse.ADVISER_DECIDES
    )
    case.given(c.opened(unit=c.COMMITTEE), c.COMPETENT).when(c.decline()).then_refused(
        refuse.ADVISER_DECIDES
    )


def test_nothing_is_recognised_without_its_registration() -> None:
    case.given(c.opened(grounds=(c.POSTING, c.APPRAISED)), c.COMPETENT).when(
        c.recognize()
    ).then_refused(refuse.NOT_REGISTERED)


def test_nothing_is_recognised_below_the_standard_not_even_by_departing() -> None:
    below = c.opened("decline", grounds=(c.REGISTRATION, c.POSTING))
    case.given(below, c.COMPETENT).when(c.recognize(departure="Dân rất ủng hộ.")).then_refused(
        refuse.BELOW_STANDARD
    )


def test_departing_from_the_advice_takes_a_public_reason() -> None:
    history = (c.opened("decline"), c.COMPETENT)
    case.given(*history).when(c.recognize()).then_refused(refuse.DEPARTURE_REASON_MISSING)
    case.given(*history).when(c.recognize(departure="Đạt chuẩn; chỉ thiếu một phiếu.")).then(
        c.RECOGNIZED,
        DecisionDepartedFromAdvice(
            case_id=c.CASE_ID, advice="decline", reason="Đạt chuẩn; chỉ thiếu một phiếu."
        ),
    )


def test_a_reason_to_depart_is_refused_where_nothing_departs() -> None:
    case.given(*c.READY_CASE).when(c.recognize(departure="Nhầm.")).then_refused(refuse.NO_DEPARTURE)


def test_outside_the_month_a_reason_is_asked_and_recorded() -> None:
    case.given(*c.READY_CASE).when(c.recognize(at=c.AFTER_THE_MONTH)).then_refused(
        refuse.OUTSIDE_MONTH
    )
    case.given(*c.READY_CASE).when(
        c.recognize(at=c.AFTER_THE_MONTH, outside="Bão số 10 làm hoãn họp.")
    ).then(
        msgspec.structs.replace(
            c.RECOGNIZED,
            decided_on=date(2026, 11, 20),
            outside_month_reason="Bão số 10 làm hoãn họp.",
        )
    )


def test_the_month_begins_and_ends_at_midnight_in_viet_nam() -> None:
    begins = datetime(2026, 9, 30, 17, 0, tzinfo=UTC)
    case.given(*c.READY_CASE).when(c.recognize(at=begins)).then(
        msgspec.structs.replace(c.RECOGNIZED, decided_on=date(2026, 10, 1))
    )
    over = datetime(2026, 10, 31, 17, 0, tzinfo=UTC)
    case.given(*c.READY_CASE).when(c.recognize(at=over)).then_refused(refuse.OUTSIDE_MONTH)


def test_a_rule_set_may_ask_no_reason_outside_the_month() -> None:
    free = msgspec.structs.replace(c.RULES, outside_month="allowed")
    case.given(*c.READY_CASE).when(c.recognize(at=c.AFTER_THE_MONTH, rules=free)).then(
        msgspec.structs.replace(c.RECOGNIZED, decided_on=date(2026, 11, 20))
    )


def test_within_the_month_no_reason_is_recorded() -> None:
    case.given(*c.READY_CASE).when(c.recognize(outside="Thừa.")).then(c.RECOGNIZED)


def test_without_a_calendar_nothing_is_decided() -> None:
    case.given(*c.READY_CASE).when(c.recognize(rules=None)).then_refused(refuse.CALENDAR_MISSING)


def test_a_case_has_one_decision() -> None:
    case.given(*c.RECOGNIZED_CASE).when(c.recognize()).then_refused(refuse.ALREADY_DECIDED)
    case.given(*c.RECOGNIZED_CASE).when(c.decline(departure="Đổi ý.")).then_refused(
        refuse.ALREADY_DECIDED
    )


# --- declining --------------------------------------------------------------------------------


def test_the_competent_body_declines_with_reasons() -> None:
    case.given(c.opened("decline"), c.COMPETENT).when(c.decline()).then(c.DECLINED)


def test_declining_needs_no_standard_met() -> None:
    below = c.opened("decline", grounds=(c.REGISTRATION,))
    case.given(below, c.COMPETENT).when(c.decline()).then(c.DECLINED)


def test_declining_against_the_advice_departs_from_it() -> None:
    case.given(*c.READY_CASE).when(c.decline()).then_refused(refuse.DEPARTURE_REASON_MISSING)
    case.given(*c.READY_CASE).when(c.decline(departure="Có đơn phản ánh.")).then(
        c.DECLINED,
        DecisionDepartedFromAdvice(
            case_id=c.CASE_ID, advice="recognise", reason="Có đơn phản ánh."
        ),
    )


def test_declining_outside_the_month_takes_a_reason_too() -> None:
    case.given(c.opened("decline"), c.COMPETENT).when(c.decline(at=c.AFTER_THE_MONTH)).then_refused(
        refuse.OUTSIDE_MONTH
    )


# --- discontinuing ----------------------------------------------------------------------------

WITHDRAW = Discontinue(at=c.NOW, reason="Tổ dân vận đã giải thể.")


def test_a_withdrawn_model_ends_its_case() -> None:
    case.given(*c.READY_CASE).when(WITHDRAW).then(c.DISCONTINUED)


def test_a_withdrawal_changes_no_decision_and_needs_no_case() -> None:
    case.given().when(WITHDRAW).then_nothing()
    case.given(*c.RECOGNIZED_CASE).when(WITHDRAW).then_nothing()
    case.given(c.OPENED, c.DISCONTINUED).when(WITHDRAW).then_nothing()


@pytest.mark.parametrize("before", range(4))
def test_a_withdrawal_that_comes_between_the_steps_of_an_opening_is_refused_by_none(
    before: int,
) -> None:
    """Reactions to the advice and to the withdrawal run side by side: their commands come in any order."""
    determine = DetermineCompetence(at=c.NOW, graph=c.GRAPH)
    asked: list[CaseCommand] = [c.open_case("recognise"), determine, WITHDRAW]
    asked.insert(before, WITHDRAW)
    state, events = CASE.initial_state, list[CaseEvent]()
    for command in asked:
        new = CASE.decide(state, command)
        state = CASE.fold(new, state)
        events += new
    assert events.count(c.DISCONTINUED) == 1


def test_a_discontinued_case_is_not_decided() -> None:
    history = (*c.READY_CASE, c.DISCONTINUED)
    case.given(*history).when(c.recognize()).then_refused(refuse.DISCONTINUED)
    case.given(*history).when(c.decline(departure="…")).then_refused(refuse.DISCONTINUED)
