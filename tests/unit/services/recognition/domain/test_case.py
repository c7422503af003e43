"""A case from the advice to its one decision."""

from datetime import UTC, date, datetime
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.recognition.domain import case_refusals as refuse
from services.recognition.domain.case import (
    CASE,
    AdviceFacts,
    CaseCommand,
    Discontinue,
    OpenCase,
)
from services.recognition.domain.case_state import CaseEvent
from services.recognition.domain.competence import Graph, GraphCompetence
from services.recognition.domain.deciding import DecisionRules, Decline, Recognize
from services.recognition.domain.determining import DetermineCompetence
from shared.contracts.recognition import (
    Advice,
    CaseDiscontinued,
    CaseOpened,
    CompetenceDetermined,
    CompetentBody,
    DecisionDepartedFromAdvice,
    Declined,
    Ground,
    Recognized,
)
from shared.contracts.values import (
    AchievementId,
    AppraisalId,
    CaseId,
    Forgettable,
    ModelId,
    MovementId,
    OrganizationId,
    RuleSetId,
)
from shared.domain.graph import GraphLine
from shared.domain.refusal import RefusedError
from tests.support.specification import specification

CASE_ID, MODEL, MOVEMENT = CaseId(UUID(int=1)), ModelId(UUID(int=2)), MovementId(UUID(int=3))
APPRAISAL, RULE_SET = AppraisalId(UUID(int=4)), RuleSetId(UUID(int=5))
CELL, COMMITTEE, SECTION, UNION = (OrganizationId(UUID(int=n)) for n in range(11, 15))
ACHIEVEMENT = AchievementId(UUID(int=6))
SIGNER = Forgettable(payload=UUID(int=20), commitment="ab" * 32)
REGISTRATION = Ground(clause="I.2.1a", event_id=UUID(int=31))
POSTING = Ground(clause="I.2.1b", event_id=UUID(int=32))
APPRAISED = Ground(clause="I.2.1c", event_id=UUID(int=33))
IN_MONTH = datetime(2026, 10, 12, 3, tzinfo=UTC)
LATER = datetime(2026, 11, 20, 3, tzinfo=UTC)
MONTH = DecisionRules(
    month_from=date(2026, 10, 1),
    month_to=date(2026, 10, 31),
    outside_month="reason_required",
    proposal="none",
    same_achievement="recognised_once",
    exemplar_basis="recognised",
)

case = specification(CASE)


def advised(advice: Advice = "recognise", unit: OrganizationId = SECTION) -> AdviceFacts:
    return AdviceFacts(
        appraisal=APPRAISAL,
        model=MODEL,
        movement=MOVEMENT,
        year=2026,
        aim="model",
        holder=CELL,
        committee=COMMITTEE,
        appraising_unit=unit,
        deciding_body=COMMITTEE,
        advice=advice,
        rule_set=RULE_SET,
        rule_set_version=1,
    )


def opened(
    advice: Advice = "recognise",
    *,
    grounds: tuple[Ground, ...] = (REGISTRATION, POSTING, APPRAISED),
    unit: OrganizationId = SECTION,
) -> CaseOpened:
    return CaseOpened(
        case_id=CASE_ID,
        model=MODEL,
        movement=MOVEMENT,
        year=2026,
        achievement=ACHIEVEMENT,
        aim="model",
        holder=CELL,
        holder_kind="collective",
        committee=COMMITTEE,
        appraisal=APPRAISAL,
        appraising_unit=unit,
        deciding_body=COMMITTEE,
        advice=advice,
        grounds=grounds,
        rule_set=RULE_SET,
        rule_set_version=1,
    )


COMPETENT = CompetenceDetermined(
    case_id=CASE_ID,
    as_of=date(2026, 10, 10),
    bodies=(
        CompetentBody(organization=COMMITTEE, clause="I.2.2b"),
        CompetentBody(organization=COMMITTEE, clause="I.2.2d"),
    ),
    named_body_competent=True,
)
OTHERS_COMPETENT = CompetenceDetermined(
    case_id=CASE_ID,
    as_of=date(2026, 10, 10),
    bodies=(CompetentBody(organization=UNION, clause="I.2.2c"),),
    named_body_competent=False,
)
NOBODY_COMPETENT = CompetenceDetermined(
    case_id=CASE_ID, as_of=date(2026, 10, 10), bodies=(), named_body_competent=False
)
GRAPH = Graph(
    lines=(
        GraphLine(organization=CELL, line="party", superior=COMMITTEE, valid_from=date(2025, 7, 1)),
        GraphLine(
            organization=CELL, line="territory", superior=COMMITTEE, valid_from=date(2025, 7, 1)
        ),
    ),
    competences=(
        GraphCompetence(organization=COMMITTEE, clause="I.2.2b", valid_from=date(2025, 7, 1)),
        GraphCompetence(organization=COMMITTEE, clause="I.2.2d", valid_from=date(2025, 7, 1)),
    ),
)
DISCONTINUED = CaseDiscontinued(case_id=CASE_ID, model=MODEL, reason="Tổ dân vận đã giải thể.")
RECOGNIZED = Recognized(
    case_id=CASE_ID,
    model=MODEL,
    movement=MOVEMENT,
    year=2026,
    aim="model",
    holder=CELL,
    committee=COMMITTEE,
    appraising_unit=SECTION,
    decided_by=COMMITTEE,
    clauses=("I.2.2b", "I.2.2d"),
    decision_number="15-QĐ/ĐU",
    decided_on=date(2026, 10, 12),
    signer_office="Bí thư Đảng ủy",
    signer=SIGNER,
)
DECLINED = Declined(
    case_id=CASE_ID,
    model=MODEL,
    movement=MOVEMENT,
    year=2026,
    aim="model",
    holder=CELL,
    committee=COMMITTEE,
    appraising_unit=SECTION,
    decided_by=COMMITTEE,
    clauses=("I.2.2b", "I.2.2d"),
    decision_number="16-QĐ/ĐU",
    decided_on=date(2026, 10, 12),
    signer_office="Bí thư Đảng ủy",
    signer=SIGNER,
    reasons="Chưa đủ người dân tham gia.",
)


def recognize(
    *,
    at: datetime = IN_MONTH,
    rules: DecisionRules | None = MONTH,
    departure: str | None = None,
    outside: str | None = None,
) -> Recognize:
    return Recognize(
        decision_number="15-QĐ/ĐU",
        signer_office="Bí thư Đảng ủy",
        signer=SIGNER,
        departure_reason=departure,
        outside_month_reason=outside,
        at=at,
        rules=rules,
    )


def decline(
    *,
    at: datetime = IN_MONTH,
    rules: DecisionRules | None = MONTH,
    departure: str | None = None,
) -> Decline:
    return Decline(
        decision_number="16-QĐ/ĐU",
        signer_office="Bí thư Đảng ủy",
        signer=SIGNER,
        reasons="Chưa đủ người dân tham gia.",
        departure_reason=departure,
        at=at,
        rules=rules,
    )


# --- opening ----------------------------------------------------------------------------------


def open_case(advice: Advice = "recognise") -> OpenCase:
    return OpenCase(
        case_id=CASE_ID,
        at=IN_MONTH,
        advice=advised(advice),
        holder_kind="collective",
        grounds=(REGISTRATION, POSTING, APPRAISED),
        achievement=ACHIEVEMENT,
    )


def test_the_advice_opens_a_case_with_its_grounds() -> None:
    case.given().when(open_case()).then(opened())


def test_a_model_has_one_case_a_year() -> None:
    case.given(opened()).when(open_case("decline")).then_nothing()


# --- competence -------------------------------------------------------------------------------


def test_every_competent_body_is_recorded_with_its_clause() -> None:
    determined = msgspec.structs.replace(COMPETENT, as_of=date(2026, 10, 12))
    case.given(opened()).when(DetermineCompetence(at=IN_MONTH, graph=GRAPH)).then(determined)


def test_the_case_shows_that_the_named_body_is_not_competent() -> None:
    determined = msgspec.structs.replace(NOBODY_COMPETENT, as_of=date(2026, 10, 12))
    case.given(opened()).when(DetermineCompetence(at=IN_MONTH, graph=Graph())).then(determined)


def test_the_day_of_the_graph_is_the_day_in_viet_nam() -> None:
    evening = datetime(2026, 10, 12, 17, 30, tzinfo=UTC)
    determined = msgspec.structs.replace(COMPETENT, as_of=date(2026, 10, 13))
    case.given(opened()).when(DetermineCompetence(at=evening, graph=GRAPH)).then(determined)


def test_the_same_bodies_again_are_no_news() -> None:
    case.given(opened(), COMPETENT).when(
        DetermineCompetence(at=IN_MONTH, graph=GRAPH)
    ).then_nothing()


def test_a_corrected_line_is_determined_anew() -> None:
    determined = msgspec.structs.replace(COMPETENT, as_of=date(2026, 10, 12))
    case.given(opened(), NOBODY_COMPETENT).when(DetermineCompetence(at=IN_MONTH, graph=GRAPH)).then(
        determined
    )


def test_after_the_decision_competence_stays_as_it_was() -> None:
    case.given(opened(), COMPETENT, RECOGNIZED).when(
        DetermineCompetence(at=LATER, graph=Graph())
    ).then_nothing()


def test_competence_needs_a_case() -> None:
    case.given().when(DetermineCompetence(at=IN_MONTH, graph=GRAPH)).then_refused(refuse.UNKNOWN)


# --- recognising ------------------------------------------------------------------------------


def test_the_competent_body_recognises_under_every_clause_that_makes_it_so() -> None:
    case.given(opened(), COMPETENT).when(recognize()).then(RECOGNIZED)


def test_the_date_of_a_decision_is_the_date_in_viet_nam() -> None:
    late = datetime(2026, 10, 30, 17, 0, tzinfo=UTC)
    case.given(opened(), COMPETENT).when(recognize(at=late)).then(
        msgspec.structs.replace(RECOGNIZED, decided_on=date(2026, 10, 31))
    )


def test_nothing_is_recognised_without_a_case() -> None:
    case.given().when(recognize()).then_refused(refuse.UNKNOWN)


def test_nothing_is_decided_before_competence_is_known() -> None:
    case.given(opened()).when(recognize()).then_refused(refuse.COMPETENCE_OPEN)


def test_a_body_that_is_not_competent_is_refused_with_the_clauses_of_those_that_are() -> None:
    error = (
        case.given(opened(), OTHERS_COMPETENT).when(recognize()).then_refused(refuse.NOT_COMPETENT)
    )
    assert "I.2.2c" in error.sentence("vi")
    case.given(opened(), NOBODY_COMPETENT).when(decline()).then_refused(refuse.NO_COMPETENT_BODY)


def test_who_advises_does_not_decide() -> None:
    case.given(opened(unit=COMMITTEE), COMPETENT).when(recognize()).then_refused(
        refuse.ADVISER_DECIDES
    )
    case.given(opened(unit=COMMITTEE), COMPETENT).when(decline()).then_refused(
        refuse.ADVISER_DECIDES
    )


def test_nothing_is_recognised_without_its_registration() -> None:
    case.given(opened(grounds=(POSTING, APPRAISED)), COMPETENT).when(recognize()).then_refused(
        refuse.NOT_REGISTERED
    )


def test_nothing_is_recognised_below_the_standard_not_even_by_departing() -> None:
    below = opened("decline", grounds=(REGISTRATION, POSTING))
    case.given(below, COMPETENT).when(recognize(departure="Dân rất ủng hộ.")).then_refused(
        refuse.BELOW_STANDARD
    )


def test_departing_from_the_advice_takes_a_public_reason() -> None:
    history = (opened("decline"), COMPETENT)
    case.given(*history).when(recognize()).then_refused(refuse.DEPARTURE_REASON_MISSING)
    case.given(*history).when(recognize(departure="Đạt chuẩn; chỉ thiếu một phiếu.")).then(
        RECOGNIZED,
        DecisionDepartedFromAdvice(
            case_id=CASE_ID, advice="decline", reason="Đạt chuẩn; chỉ thiếu một phiếu."
        ),
    )


def test_a_reason_to_depart_is_refused_where_nothing_departs() -> None:
    case.given(opened(), COMPETENT).when(recognize(departure="Nhầm.")).then_refused(
        refuse.NO_DEPARTURE
    )


def test_outside_the_month_a_reason_is_asked_and_recorded() -> None:
    history = (opened(), COMPETENT)
    case.given(*history).when(recognize(at=LATER)).then_refused(refuse.OUTSIDE_MONTH)
    case.given(*history).when(recognize(at=LATER, outside="Bão số 10 làm hoãn họp.")).then(
        msgspec.structs.replace(
            RECOGNIZED,
            decided_on=date(2026, 11, 20),
            outside_month_reason="Bão số 10 làm hoãn họp.",
        )
    )


def test_the_month_begins_and_ends_at_midnight_in_viet_nam() -> None:
    history = (opened(), COMPETENT)
    begins = datetime(2026, 9, 30, 17, 0, tzinfo=UTC)
    case.given(*history).when(recognize(at=begins)).then(
        msgspec.structs.replace(RECOGNIZED, decided_on=date(2026, 10, 1))
    )
    over = datetime(2026, 10, 31, 17, 0, tzinfo=UTC)
    case.given(*history).when(recognize(at=over)).then_refused(refuse.OUTSIDE_MONTH)


def test_a_rule_set_may_ask_no_reason_outside_the_month() -> None:
    free = msgspec.structs.replace(MONTH, outside_month="allowed")
    case.given(opened(), COMPETENT).when(recognize(at=LATER, rules=free)).then(
        msgspec.structs.replace(RECOGNIZED, decided_on=date(2026, 11, 20))
    )


def test_within_the_month_no_reason_is_recorded() -> None:
    case.given(opened(), COMPETENT).when(recognize(outside="Thừa.")).then(RECOGNIZED)


def test_without_a_calendar_nothing_is_decided() -> None:
    case.given(opened(), COMPETENT).when(recognize(rules=None)).then_refused(
        refuse.CALENDAR_MISSING
    )


def test_a_case_has_one_decision() -> None:
    history = (opened(), COMPETENT, RECOGNIZED)
    case.given(*history).when(recognize()).then_refused(refuse.ALREADY_DECIDED)
    case.given(*history).when(decline(departure="Đổi ý.")).then_refused(refuse.ALREADY_DECIDED)


# --- declining --------------------------------------------------------------------------------


def test_the_competent_body_declines_with_reasons() -> None:
    case.given(opened("decline"), COMPETENT).when(decline()).then(DECLINED)


def test_declining_needs_no_standard_met() -> None:
    below = opened("decline", grounds=(REGISTRATION,))
    case.given(below, COMPETENT).when(decline()).then(DECLINED)


def test_declining_against_the_advice_departs_from_it() -> None:
    case.given(opened(), COMPETENT).when(decline()).then_refused(refuse.DEPARTURE_REASON_MISSING)
    case.given(opened(), COMPETENT).when(decline(departure="Có đơn phản ánh.")).then(
        DECLINED,
        DecisionDepartedFromAdvice(case_id=CASE_ID, advice="recognise", reason="Có đơn phản ánh."),
    )


def test_declining_outside_the_month_takes_a_reason_too() -> None:
    case.given(opened("decline"), COMPETENT).when(decline(at=LATER)).then_refused(
        refuse.OUTSIDE_MONTH
    )


# --- discontinuing ----------------------------------------------------------------------------


def test_a_withdrawn_model_ends_its_case() -> None:
    case.given(opened(), COMPETENT).when(
        Discontinue(at=IN_MONTH, reason="Tổ dân vận đã giải thể.")
    ).then(DISCONTINUED)


def test_a_withdrawal_changes_no_decision_and_needs_no_case() -> None:
    withdraw = Discontinue(at=IN_MONTH, reason="Tổ dân vận đã giải thể.")
    case.given().when(withdraw).then_nothing()
    case.given(opened(), COMPETENT, RECOGNIZED).when(withdraw).then_nothing()
    case.given(opened(), DISCONTINUED).when(withdraw).then_nothing()


@pytest.mark.parametrize("before", range(4))
def test_a_withdrawal_that_comes_between_the_steps_of_an_opening_is_refused_by_none(
    before: int,
) -> None:
    """Reactions to the advice and to the withdrawal run side by side: their commands come in any order."""
    withdraw = Discontinue(at=IN_MONTH, reason="Tổ dân vận đã giải thể.")
    determine = DetermineCompetence(at=IN_MONTH, graph=GRAPH)
    asked: list[CaseCommand] = [open_case("recognise"), determine, withdraw]
    asked.insert(before, withdraw)
    state, events = CASE.initial_state, list[CaseEvent]()
    for command in asked:
        new = CASE.decide(state, command)
        state = CASE.fold(new, state)
        events += new
    assert events.count(DISCONTINUED) == 1


def test_a_discontinued_case_is_not_decided() -> None:
    history = (opened(), COMPETENT, DISCONTINUED)
    case.given(*history).when(recognize()).then_refused(refuse.DISCONTINUED)
    case.given(*history).when(decline(departure="…")).then_refused(refuse.DISCONTINUED)


# --- always -----------------------------------------------------------------------------------

reasons = st.sampled_from((None, "Lý do."))
instants = st.sampled_from((IN_MONTH, LATER))
months = st.sampled_from((None, MONTH))
commands: st.SearchStrategy[CaseCommand] = st.one_of(
    st.sampled_from((open_case("recognise"), open_case("decline"))),
    st.builds(DetermineCompetence, at=instants, graph=st.sampled_from((GRAPH, Graph()))),
    st.builds(recognize, at=instants, rules=months, departure=reasons, outside=reasons),
    st.builds(decline, at=instants, rules=months, departure=reasons),
    st.just(Discontinue(at=IN_MONTH, reason="Rút.")),
)


@given(st.lists(commands, max_size=30))
def test_whatever_is_asked_a_case_has_at_most_one_end_and_a_competent_one(
    asked: list[CaseCommand],
) -> None:
    state, events = CASE.initial_state, list[CaseEvent]()
    for command in asked:
        try:
            new = tuple(CASE.decide(state, command))
        except RefusedError:
            continue
        for event in new:
            if isinstance(event, Recognized | Declined):
                assert state.competence is not None
                assert state.competence.named_body_competent
                assert event.decided_by in {b.organization for b in state.competence.bodies}
                assert event.appraising_unit != event.decided_by
        state = CASE.fold(new, state)
        events += new
    ends = [e for e in events if isinstance(e, Recognized | Declined | CaseDiscontinued)]
    assert len(ends) <= 1


@given(st.lists(commands, max_size=20), commands)
def test_asking_the_same_twice_never_does_it_twice(
    before: list[CaseCommand], command: CaseCommand
) -> None:
    state = CASE.initial_state
    for earlier in before:
        try:
            state = CASE.fold(CASE.decide(state, earlier), state)
        except RefusedError:
            continue
    try:
        state = CASE.fold(CASE.decide(state, command), state)
        assert CASE.decide(state, command) == ()
    except RefusedError:
        return
