"""A model runs for a term of years: each begins, is reported on and settled by itself; the term is changed with a reason."""

from datetime import UTC, date, datetime

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from services.registration.domain import life, term
from services.registration.domain import model_refusals as refuse
from services.registration.domain.facts import MovementYear
from services.registration.domain.life import EndModel, SuspendModel
from services.registration.domain.model import MODEL
from services.registration.domain.model_commands import ModelCommand
from services.registration.domain.model_state import Model, ModelEvent
from services.registration.domain.plan import RevisePlan
from services.registration.domain.term import BeginTermYear, ChangeTerm, YearOver
from shared.contracts.registration import (
    ReportingSessionHeld,
    ReportingSessionMissed,
    ResultsReported,
    WrittenResultsSubmitted,
)
from shared.contracts.running import ExtensionGranted
from shared.contracts.term import TermChanged, TermYearBegun
from shared.domain.refusal import RefusedError
from tests.support.dossier import (
    COMMITTEE,
    MODEL_ID,
    SEPTEMBER,
    accept_late,
    accepted,
    adopt_plan,
    held,
    hold_session,
    late_results,
    lateness,
    miss_session,
    missed,
    model,
    planned,
    register,
    registered,
    reported,
    results,
    returned,
    rules,
    schedule_session,
    scheduled,
    submit,
    surveyed,
    withdrawn,
    year,
)

known = msgspec.structs.replace
for_three = known(registered, last_year=2028)
running = (surveyed, for_three, accepted, planned)
settled = (*running, results, scheduled, held, reported)
next_year = known(
    year,
    year=2027,
    registration_opens=date(2027, 1, 4),
    registration_closes=date(2027, 3, 31),
    results_before=date(2027, 10, 1),
)
JANUARY_2027 = datetime(2027, 1, 4, 2, tzinfo=UTC)
APRIL_2027 = datetime(2027, 4, 1, 2, tzinfo=UTC)
SEPTEMBER_2027 = datetime(2027, 9, 20, 8, tzinfo=UTC)
begin = BeginTermYear(at=JANUARY_2027, movement_year=next_year)
begun = TermYearBegun(
    model_id=MODEL_ID,
    year=2027,
    committee=COMMITTEE,
    begun_on=date(2027, 1, 4),
    results_before=date(2027, 10, 1),
)
change = ChangeTerm(
    last_year=2027, reason="Đã xong phần đường.", at=SEPTEMBER, movement_year=year, rules=rules
)
changed = TermChanged(
    model_id=MODEL_ID,
    committee=COMMITTEE,
    former_last_year=2028,
    last_year=2027,
    reason=change.reason,
)


def _after(*events: ModelEvent) -> Model:
    state = MODEL.initial_state
    for event in events:
        state = MODEL.evolve(state, event)
    return state


class TestRegistering:
    def test_a_model_is_registered_for_a_term_of_years(self) -> None:
        model.given(surveyed).when(known(register, last_year=2028)).then(for_three)
        assert registered.ends_with == 2026
        assert _after(surveyed, for_three).term == term.Term(year=2026, last_year=2028)

    def test_a_term_ends_no_sooner_than_it_begins(self) -> None:
        model.given(surveyed).when(known(register, last_year=2025)).then_refused(term.REVERSED)

    def test_a_term_is_as_long_as_the_rule_set_allows(self) -> None:
        refused = (
            model.given(surveyed).when(known(register, last_year=2029)).then_refused(term.TOO_LONG)
        )
        assert refused.refusal.practice == "term_years_max"

    def test_a_term_does_not_outlast_the_movement(self) -> None:
        over = known(register, last_year=2028, movement_year=known(year, movement_ends_with=2027))
        refused = model.given(surveyed).when(over).then_refused(term.BEYOND_MOVEMENT)
        assert refused.refusal.clause == "0"


class TestTheNextYear:
    def test_it_begins_once_the_former_is_reported(self) -> None:
        model.given(*settled).when(begin).then(begun)

    def test_it_begins_once(self) -> None:
        model.given(*settled, begun).when(begin).then_nothing()

    def test_it_begins_when_nothing_was_reported_and_the_session_was_missed(self) -> None:
        model.given(*running, missed).when(begin).then(begun)

    def test_it_waits_until_a_session_that_nobody_held_is_on_record_as_missed(self) -> None:
        model.given(*running).when(begin).then_nothing()

    def test_it_waits_for_results_in_hand_until_registration_closes(self) -> None:
        waiting = (*running, missed, late_results, lateness)
        model.given(*waiting).when(begin).then_nothing()
        late = known(begin, at=APRIL_2027)
        model.given(*waiting).when(late).then(known(begun, begun_on=date(2027, 4, 1)))

    def test_it_begins_for_a_model_that_rests(self) -> None:
        rest = SuspendModel(reason="Bão lũ.", at=SEPTEMBER)
        (rested,) = MODEL.decide(_after(*running), rest)
        model.given(*running, rested).when(begin).then(begun)

    def test_it_begins_no_sooner_than_its_registration_opens(self) -> None:
        early = known(begin, at=datetime(2027, 1, 3, 2, tzinfo=UTC))
        model.given(*settled).when(early).then_refused(term.NOT_OPEN_YET)

    def test_no_year_begins_outside_the_term_or_out_of_turn(self) -> None:
        single = (surveyed, registered, accepted, planned, results, scheduled, held, reported)
        model.given(*single).when(begin).then_refused(term.OUTSIDE_TERM)
        later = known(begin, movement_year=known(next_year, year=2028))
        model.given(*settled).when(later).then_refused(term.OUTSIDE_TERM)

    def test_it_does_not_begin_without_a_plan_nor_after_the_end(self) -> None:
        model.given(surveyed, for_three, accepted).when(begin).then_nothing()
        model.given(*settled, withdrawn).when(begin).then_nothing()
        end = EndModel(ended_on=date(2026, 9, 1), reason="Xong việc.", at=SEPTEMBER)
        (ended,) = MODEL.decide(_after(*settled), end)
        model.given(*settled, ended).when(begin).then_nothing()


class TestEachYearIsReportedByItself:
    in_2027 = (*settled, begun)

    def test_the_former_year_stays_on_record(self) -> None:
        state = _after(*self.in_2027)
        assert state.term.over == (
            YearOver(
                year=2026,
                results_submitted_on=date(2026, 9, 20),
                days_late=None,
                session="held",
                reported=True,
            ),
        )
        assert (state.status, state.term.year) == ("running", 2027)

    def test_a_missed_year_stays_on_record_as_missed(self) -> None:
        (over,) = _after(*running, missed, begun).term.over
        assert (over.session, over.reported) == ("missed", False)

    def test_its_results_and_its_session_are_those_of_the_year(self) -> None:
        again = known(submit, at=SEPTEMBER_2027, movement_year=next_year)
        results_2027 = known(results, year=2027, submitted_on=date(2027, 9, 20))
        model.given(*self.in_2027).when(again).then(results_2027)
        call = known(
            schedule_session,
            held_on=date(2027, 9, 25),
            movement_year=next_year,
            at=SEPTEMBER_2027,
        )
        scheduled_2027 = known(scheduled, year=2027, held_on=date(2027, 9, 25))
        model.given(*self.in_2027).when(call).then(scheduled_2027)
        model.given(*self.in_2027).when(hold_session).then_refused(refuse.SESSION_MISSING)
        hold = known(hold_session, at=datetime(2027, 9, 25, 4, tzinfo=UTC))
        model.given(*self.in_2027, results_2027, scheduled_2027).when(hold).then(
            known(held, year=2027, held_on=date(2027, 9, 25)), known(reported, year=2027)
        )

    def test_its_session_is_missed_by_itself(self) -> None:
        late = known(miss_session, at=datetime(2027, 10, 3, 8, tzinfo=UTC), movement_year=next_year)
        missed_2027 = known(missed, year=2027, due_before=date(2027, 10, 1))
        model.given(*running, missed, begun).when(late).then(missed_2027)

    def test_more_time_for_the_former_year_is_none_for_this_one(self) -> None:
        granted = ExtensionGranted(
            model_id=MODEL_ID,
            year=2026,
            committee=COMMITTEE,
            due_before=date(2026, 11, 1),
            reason="Bão.",
        )
        assert _after(*running, granted, missed, begun).extensions.granted is None

    def test_a_late_report_of_a_year_that_is_over_is_accepted_no_more(self) -> None:
        model.given(*running, missed, late_results, lateness, begun).when(accept_late).then_refused(
            refuse.NOTHING_LATE
        )

    def test_the_plan_is_revised_again(self) -> None:
        body = {name: getattr(adopt_plan, name) for name in adopt_plan.__struct_fields__}
        revise = RevisePlan(**(body | {"resources": "Xi măng.", "reason": "Năm thứ hai."}))
        model.given(*settled).when(revise).then_refused(refuse.RESULTS_ALREADY_IN)
        (revised,) = MODEL.decide(_after(*self.in_2027), revise)
        model.given(*self.in_2027).when(revise).then(revised)


class TestChangingTheTerm:
    def test_it_is_shortened_or_extended_with_a_reason(self) -> None:
        model.given(*running).when(change).then(changed)
        longer = (surveyed, registered, accepted)
        model.given(*longer).when(change).then(known(changed, former_last_year=2026))
        assert _after(*running, changed).term.last_year == 2027

    def test_the_same_term_is_no_change(self) -> None:
        model.given(*running).when(known(change, last_year=2028)).then_nothing()

    def test_a_year_that_has_begun_stays(self) -> None:
        back = known(change, last_year=2026, at=JANUARY_2027, movement_year=next_year)
        model.given(*settled, begun).when(back).then_refused(term.YEAR_HAS_BEGUN)

    def test_a_term_that_is_over_is_continued_and_not_extended(self) -> None:
        late = known(change, at=JANUARY_2027)
        model.given(surveyed, registered, accepted).when(late).then_refused(term.TERM_OVER)

    def test_it_is_as_long_as_a_term_may_be(self) -> None:
        model.given(*running).when(known(change, last_year=2029)).then_refused(term.TOO_LONG)
        ends = known(change, movement_year=known(year, movement_ends_with=2026))
        model.given(*running).when(ends).then_refused(term.BEYOND_MOVEMENT)

    def test_it_waits_for_acceptance_and_is_over_with_the_end(self) -> None:
        model.given(surveyed, for_three).when(change).then_refused(refuse.NOT_ACCEPTED)
        model.given(*running, withdrawn).when(change).then_refused(refuse.WITHDRAWN)
        end = EndModel(ended_on=date(2026, 9, 1), reason="Xong việc.", at=SEPTEMBER)
        (ended,) = MODEL.decide(_after(*running), end)
        model.given(*running, ended).when(change).then_refused(life.ENDED)


_FIRST_DAY, _LAST_DAY = date(2026, 1, 2), date(2030, 12, 31)


def _calendar(of: int) -> MovementYear:
    return known(
        year,
        year=of,
        registration_opens=date(of, 1, 2),
        registration_closes=date(of, 3, 31),
        results_before=date(of, 10, 1),
    )


@st.composite
def _asked(draw: st.DrawFn) -> tuple[ModelCommand, ...]:
    """Whatever people and time may ask for, day after day, in no order that makes sense."""
    found: list[ModelCommand] = []
    for day in sorted(draw(st.lists(st.dates(_FIRST_DAY, _LAST_DAY), max_size=40))):
        at = datetime(day.year, day.month, day.day, 2, tzinfo=UTC)
        calendar = _calendar(draw(st.integers(2026, 2029)))
        september = date(day.year, 9, 1)
        any_of: tuple[ModelCommand, ...] = (
            known(begin, at=at, movement_year=calendar),
            known(begin, at=at, movement_year=calendar),
            known(submit, at=at, movement_year=calendar, reason="Muộn."),
            known(schedule_session, at=at, movement_year=calendar, held_on=september),
            known(hold_session, at=at),
            known(miss_session, at=at, movement_year=calendar),
            known(accept_late, at=at),
            known(change, at=at, last_year=draw(st.integers(2026, 2029))),
        )
        found.append(draw(st.sampled_from(any_of)))
    return tuple(found)


_OF_A_YEAR = (
    TermYearBegun
    | WrittenResultsSubmitted
    | ReportingSessionMissed
    | ReportingSessionHeld
    | ResultsReported
)


@given(_asked())
def test_of_each_year_of_the_term_everything_is_said_at_most_once_and_of_no_other(
    asked: tuple[ModelCommand, ...],
) -> None:
    state, said = _after(*running), list[tuple[str, int]]()
    for command in asked:
        try:
            events = MODEL.decide(state, command)
        except RefusedError:
            continue
        for event in events:
            state = MODEL.evolve(state, event)
            if isinstance(event, _OF_A_YEAR):
                said.append((type(event).__name__, event.year))
                assert event.year == state.term.year
                assert 2026 <= event.year <= state.term.last_year
        assert [one.year for one in state.term.over] == list(range(2026, state.term.year))
        assert state.term.last_year - 2026 < rules.term_years_max
    assert len(said) == len(set(said))


def test_a_registration_again_begins_its_term_anew() -> None:
    again = known(for_three, last_year=2027)
    assert _after(surveyed, for_three, returned, again).term == term.Term(year=2026, last_year=2027)
