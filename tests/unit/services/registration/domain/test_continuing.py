"""A model of a former year goes on as one of its own, with what it had: survey, registration, plan."""

from datetime import date
from uuid import UUID

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import asdict

from services.registration.domain import continuing, term
from services.registration.domain import model_refusals as refuse
from services.registration.domain.continuing import Forerunner, moved
from services.registration.domain.model import MODEL
from services.registration.domain.model_commands import AcceptRegistration, ContinueModel
from services.registration.domain.plan import PLAN_ADOPTED, Plan
from shared.contracts.particulars import Particulars
from shared.contracts.running import Milestone
from shared.contracts.term import CarriedPlan, ModelContinued
from shared.contracts.values import ModelId
from tests.support.dossier import (
    JANUARY,
    MODEL_ID,
    accepted,
    adopt_plan,
    model,
    planned,
    register,
    registered,
    returned,
    surveyed,
    withdrawn,
)

known = msgspec.structs.replace
FORERUNNER = ModelId(UUID(int=25))
plan_2025 = Plan(
    version=2,
    targets=adopt_plan.targets,
    measures=adopt_plan.measures,
    milestones=(Milestone(name="Họp dân", due_on=date(2025, 3, 1)),),
    resources=adopt_plan.resources,
    starts_on=date(2025, 2, 1),
    ends_on=date(2025, 9, 30),
    reason="Mở rộng.",
)
forerunner = Forerunner(
    model=FORERUNNER,
    lives=True,
    first_year=2025,
    last_year=2025,
    survey=known(surveyed, model_id=FORERUNNER, surveyed_on=date(2025, 1, 15)),
    plan=plan_2025,
)
survey_2025 = known(surveyed, surveyed_on=date(2025, 1, 15))
go_on = ContinueModel(**asdict(register), forerunner=forerunner)
continued = ModelContinued(
    model_id=MODEL_ID,
    continues=FORERUNNER,
    former_last_year=2025,
    plan=CarriedPlan(
        targets=adopt_plan.targets,
        measures=adopt_plan.measures,
        milestones=(Milestone(name="Họp dân", due_on=date(2026, 3, 1)),),
        resources=adopt_plan.resources,
        starts_on=date(2026, 2, 1),
        ends_on=date(2026, 9, 30),
    ),
)
without_plan = known(continued, plan=None)
accept = AcceptRegistration(at=JANUARY)


def test_a_model_of_a_former_year_goes_on_with_its_survey_and_its_plan() -> None:
    model.given().when(go_on).then(survey_2025, registered, continued)


def test_it_may_go_on_without_its_plan_and_for_a_term() -> None:
    alone = known(go_on, forerunner=known(forerunner, plan=None), last_year=2027)
    model.given().when(alone).then(survey_2025, known(registered, last_year=2027), without_plan)
    long = known(go_on, last_year=2029)
    model.given().when(long).then_refused(term.TOO_LONG)


def test_the_plan_is_adopted_with_the_acceptance() -> None:
    history = (survey_2025, registered, continued)
    from_2026 = known(planned, milestones=(Milestone(name="Họp dân", due_on=date(2026, 3, 1)),))
    model.given(*history).when(accept).then(accepted, from_2026)
    model.given(*history, accepted, from_2026).when(adopt_plan).then_refused(PLAN_ADOPTED)
    model.given(survey_2025, registered, without_plan).when(accept).then(accepted)


def test_a_plan_waits_for_a_survey_that_was_never_made() -> None:
    model.given(registered, continued).when(accept).then(accepted)


def test_without_a_survey_the_rule_set_decides() -> None:
    bare = known(go_on, forerunner=known(forerunner, survey=None))
    model.given().when(bare).then_refused(refuse.SURVEY_MISSING)
    later = known(bare, rules=known(register.rules, survey_gate="before_plan"))
    model.given().when(later).then(registered, continued)


def test_a_model_is_continued_once_for_a_year() -> None:
    for history in ((survey_2025, registered, continued), (surveyed,)):
        model.given(*history).when(go_on).then_refused(continuing.ALREADY_CONTINUED)
    back = (survey_2025, registered, continued, returned)
    model.given(*back).when(go_on).then_refused(continuing.ALREADY_CONTINUED)
    model.given(*back, registered, withdrawn).when(go_on).then_refused(refuse.WITHDRAWN)


def test_what_is_registered_again_after_a_return_still_continues() -> None:
    state = MODEL.initial_state
    for event in (survey_2025, registered, continued, returned, registered):
        state = MODEL.evolve(state, event)
    assert state.term.continued == continued


def test_a_model_that_was_not_accepted_or_was_withdrawn_is_not_continued() -> None:
    dead = known(go_on, forerunner=known(forerunner, lives=False))
    model.given().when(dead).then_refused(continuing.NOT_CONTINUABLE)


def test_a_model_is_continued_after_its_own_term() -> None:
    still = known(go_on, forerunner=known(forerunner, last_year=2026))
    model.given().when(still).then_refused(continuing.STILL_IN_TERM)


def test_a_leap_day_becomes_the_day_before_where_there_is_none() -> None:
    leap = Particulars(begins_on=date(2024, 2, 29), ends_on=date(2024, 12, 31))
    assert moved(leap, 1) == Particulars(begins_on=date(2025, 2, 28), ends_on=date(2025, 12, 31))
    assert moved(leap, 4).begins_on == date(2028, 2, 29)
    assert moved(Particulars(), 1) == Particulars()


@given(
    st.dates(date(2016, 1, 1), date(2030, 12, 31)), st.dates(date(2016, 1, 1)), st.integers(1, 9)
)
def test_what_is_moved_keeps_its_order(one: date, other: date, years: int) -> None:
    begins, ends = sorted((one, min(other, date(2030, 12, 31))))
    later = moved(Particulars(begins_on=begins, ends_on=ends), years)
    assert later.begins_on is not None and later.ends_on is not None
    assert later.begins_on <= later.ends_on
    assert (later.begins_on.year, later.begins_on.month) == (begins.year + years, begins.month)
