"""The committee's days to answer, and the supplement it may ask for once (practice)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from services.registration.domain import answering
from services.registration.domain import model_refusals as refuse
from services.registration.domain.answering import (
    RegistrationChanges,
    RequestSupplement,
    SupplySupplement,
)
from services.registration.domain.model import MODEL
from services.registration.domain.model_commands import AcceptRegistration, ReturnRegistration
from shared.contracts.registration import SupplementRequested, SupplementSupplied
from shared.domain.refusal import RefusedError
from shared.domain.workingdays import HOLIDAYS_UNKNOWN, last_of_working_days
from tests.support.dossier import (
    COMMITTEE,
    MODEL_ID,
    accepted,
    model,
    register,
    registered,
    returned,
    rules,
    surveyed,
    withdraw,
)

replace = msgspec.structs.replace
TUESDAY = datetime(2026, 1, 20, 8, tzinfo=UTC)  # registered; due on Tuesday, 27 January
FRIDAY = datetime(2026, 1, 23, 8, tzinfo=UTC)
FEBRUARY = datetime(2026, 2, 4, 8, tzinfo=UTC)

ask = RequestSupplement(
    missing="Danh sách hộ tham gia.", reasons="Chưa rõ đối tượng.", rules=rules, at=FRIDAY
)
asked = SupplementRequested(
    model_id=MODEL_ID,
    committee=COMMITTEE,
    number=1,
    missing=ask.missing,
    reasons=ask.reasons,
    requested_on=date(2026, 1, 23),
    answer_was_due_on=date(2026, 1, 27),
    working_days_left=2,
)
supply = SupplySupplement(
    answer="Có 42 hộ tham gia, danh sách kèm theo.",
    changes=RegistrationChanges(content="Vận động 42 hộ hiến đất, góp công."),
    rules=rules,
    at=FEBRUARY,
)
supplied = SupplementSupplied(
    model_id=MODEL_ID,
    supplied_on=date(2026, 2, 4),
    answer=supply.answer,
    changed=("content",),
    answer_by=date(2026, 2, 6),
)
anew = replace(registered, content="Vận động 42 hộ hiến đất, góp công.", answer_by=date(2026, 2, 6))
accept = AcceptRegistration(at=FEBRUARY)
give_back = ReturnRegistration(reasons="Chưa rõ nguồn lực.", at=FEBRUARY)


class TestDue:
    def test_a_registration_says_by_when_it_is_answered(self) -> None:
        assert (registered.answer_by - date(2026, 1, 20)) == timedelta(days=7)

    def test_holidays_of_the_rule_set_do_not_count(self) -> None:
        tet = replace(rules, holidays=(date(2026, 1, 1), date(2026, 1, 21), date(2026, 1, 22)))
        model.given(surveyed).when(replace(register, rules=tet)).then(
            replace(registered, answer_by=date(2026, 1, 29))
        )

    def test_no_day_is_guessed_in_a_year_whose_holidays_nobody_listed(self) -> None:
        unlisted = replace(register, rules=replace(rules, holidays=()))
        model.given(surveyed).when(unlisted).then_refused(HOLIDAYS_UNKNOWN)


class TestRequest:
    def test_the_committee_asks_once_and_its_time_stands_still(self) -> None:
        model.given(surveyed, registered).when(ask).then(asked)

    def test_past_the_day_nothing_is_left(self) -> None:
        late = replace(ask, at=FEBRUARY)
        model.given(surveyed, registered).when(late).then(
            replace(asked, requested_on=date(2026, 2, 4), working_days_left=0)
        )

    def test_a_second_time_is_refused_with_the_setting(self) -> None:
        history = (surveyed, registered, asked, supplied, anew)
        again = replace(ask, at=FEBRUARY)
        refused = model.given(*history).when(again).then_refused(answering.NO_MORE_SUPPLEMENTS)
        assert refused.refusal.practice == "supplements_max"

    def test_as_often_as_the_rule_set_says(self) -> None:
        history = (surveyed, registered, asked, supplied, anew)
        twice = replace(ask, at=FEBRUARY, rules=replace(rules, supplements_max=2))
        model.given(*history).when(twice).then(
            replace(
                asked,
                number=2,
                requested_on=date(2026, 2, 4),
                answer_was_due_on=date(2026, 2, 6),
            )
        )
        never = replace(ask, rules=replace(rules, supplements_max=0))
        model.given(surveyed, registered).when(never).then_refused(answering.NO_MORE_SUPPLEMENTS)

    def test_a_dossier_registered_again_after_a_return_is_a_new_one(self) -> None:
        history = (surveyed, registered, asked, supplied, returned, registered)
        model.given(*history).when(ask).then(asked)

    def test_while_one_is_awaited_no_other_is_asked_for(self) -> None:
        model.given(surveyed, registered, asked).when(ask).then_refused(
            answering.SUPPLEMENT_AWAITED
        )

    def test_only_of_what_waits_for_the_committee(self) -> None:
        model.given(surveyed).when(ask).then_refused(refuse.NOT_REGISTERED)
        for answer in (accepted, returned):
            model.given(surveyed, registered, answer).when(ask).then_refused(
                refuse.NOT_AWAITING_DECISION
            )


class TestSupply:
    def test_what_changes_stands_anew_and_the_time_runs_on(self) -> None:
        model.given(surveyed, registered, asked).when(supply).then(supplied, anew)

    def test_an_answer_alone_changes_no_item(self) -> None:
        bare = replace(supply, changes=RegistrationChanges(name=registered.name))
        model.given(surveyed, registered, asked).when(bare).then(replace(supplied, changed=()))

    def test_only_what_was_asked_for_is_supplied_and_once(self) -> None:
        for history in ((registered,), (registered, asked, supplied, anew), (registered, accepted)):
            model.given(surveyed, *history).when(supply).then_refused(answering.NO_SUPPLEMENT_ASKED)


class TestAnswer:
    def test_what_waits_for_a_supplement_is_not_accepted_but_may_be_returned(self) -> None:
        waiting = model.given(surveyed, registered, asked)
        waiting.when(accept).then_refused(answering.SUPPLEMENT_AWAITED)
        waiting.when(give_back).then(returned)

    def test_what_was_supplied_is_accepted_or_returned(self) -> None:
        after = model.given(surveyed, registered, asked, supplied, anew)
        after.when(accept).then(accepted)
        after.when(give_back).then(returned)

    def test_what_waits_for_a_supplement_may_be_withdrawn_and_not_registered_again(self) -> None:
        waiting = model.given(surveyed, registered, asked)
        waiting.when(register).then_refused(refuse.ALREADY_REGISTERED)
        assert MODEL.decide(MODEL.fold((surveyed, registered, asked)), withdraw)


days = st.integers(0, 40)


@given(days, days)
def test_the_committee_never_has_fewer_or_more_working_days_than_the_rule_set_gives(
    used: int, waited: int
) -> None:
    ask_at = TUESDAY + timedelta(days=used)
    state = MODEL.fold((surveyed, registered))
    after = MODEL.fold(MODEL.decide(state, replace(ask, at=ask_at)), state)
    supply_at = ask_at + timedelta(days=waited)
    (said, _) = MODEL.decide(after, replace(supply, at=supply_at))
    assert isinstance(said, SupplementSupplied)
    until_asked = answering.working_days_left(rules, date(2026, 1, 20), ask_at.date())
    spent = min(until_asked, rules.answer_working_days)
    left = rules.answer_working_days - spent
    assert said.answer_by == last_of_working_days(supply_at.date(), left, rules.holidays)


steps = st.lists(st.sampled_from([register, ask, supply, accept, give_back]), max_size=20)


@given(steps, st.integers(0, 3))
def test_no_dossier_is_ever_asked_for_more_than_the_rule_set_allows(
    commands: list[Any], most: int
) -> None:
    allowed = replace(rules, supplements_max=most)
    state, since_return = MODEL.fold((surveyed,)), 0
    for one in commands:
        asks = isinstance(one, RequestSupplement | SupplySupplement)
        command = replace(one, rules=allowed) if asks else one
        try:
            events = MODEL.decide(state, command)
        except RefusedError:
            continue
        for event in events:
            since_return += isinstance(event, SupplementRequested)
            if event == returned:
                since_return = 0
        state = MODEL.fold(events, state)
        assert since_return <= most
        assert (state.answering.due_on is not None) == (state.status == "registered")
