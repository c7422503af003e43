"""A model is surveyed and registered, as the guideline tells it."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import msgspec
import pytest

from services.registration.domain import model_refusals as refuse
from services.registration.domain.model_commands import (
    AcceptRegistration,
    ModelCommand,
    RecordLaunchingBodyRegistration,
    ReturnRegistration,
)
from shared.contracts.registration import (
    LaunchingBodyRegistrationRecorded,
)
from shared.contracts.values import (
    Forgettable,
)
from shared.domain.workingdays import HOLIDAYS_UNKNOWN
from tests.support.dossier import (
    DECIDING,
    JANUARY,
    LAUNCHING,
    MODEL_ID,
    accepted,
    model,
    register,
    registered,
    returned,
    rules,
    survey_site,
    surveyed,
)


class TestSurvey:
    def test_it_opens_the_dossier(self) -> None:
        model.given().when(survey_site).then(surveyed)

    def test_the_same_survey_again_stays_quiet(self) -> None:
        model.given(surveyed).when(survey_site).then_nothing()

    def test_it_cannot_lie_in_the_future(self) -> None:
        tomorrow = msgspec.structs.replace(survey_site, surveyed_on=date(2026, 1, 21))
        model.given().when(tomorrow).then_refused(refuse.SURVEY_IN_FUTURE)


class TestRegistration:
    def test_a_surveyed_model_is_registered_with_committee_and_launching_body(self) -> None:
        model.given(surveyed).when(register).then(registered)

    def test_the_day_to_answer_counts_working_days_alone(self) -> None:
        over_a_holiday = msgspec.structs.replace(rules, holidays=(date(2026, 1, 22),))
        later = msgspec.structs.replace(registered, answer_by=date(2026, 1, 28))
        model.given(surveyed).when(msgspec.structs.replace(register, rules=over_a_holiday)).then(
            later
        )

    def test_without_known_holidays_there_is_no_day_to_answer_and_it_is_refused(self) -> None:
        unknown = msgspec.structs.replace(rules, holidays=())
        guessed = msgspec.structs.replace(register, rules=unknown)
        model.given(surveyed).when(guessed).then_refused(HOLIDAYS_UNKNOWN)

    def test_without_survey_it_is_refused(self) -> None:
        refused = model.given().when(register).then_refused(refuse.SURVEY_MISSING)
        assert refused.refusal.clause == "III.1.1b"

    def test_where_the_rule_set_lets_the_survey_follow_it_is_registered_before(self) -> None:
        later = msgspec.structs.replace(rules, survey_gate="before_plan")
        model.given().when(msgspec.structs.replace(register, rules=later)).then(registered)

    def test_a_hamlet_as_such_is_not_among_those_who_may_register(self) -> None:
        hamlet = msgspec.structs.replace(register, category="none", holder_name="Bản Cằng")
        refused = model.given(surveyed).when(hamlet).then_refused(refuse.NOT_IN_CATEGORIES)
        assert refused.refusal.clause == "I.1.1"

    def test_a_category_of_individuals_does_not_fit_a_collective(self) -> None:
        wrong = msgspec.structs.replace(register, category="I.1.2-2")
        model.given(surveyed).when(wrong).then_refused(refuse.NOT_IN_CATEGORIES)

    def test_an_individual_is_registered_by_a_forgettable_name(self) -> None:
        person = Forgettable(UUID(int=9), "cd")
        individual = msgspec.structs.replace(
            register,
            holder_kind="individual",
            holder_name=None,
            holder_person=person,
            category="I.1.2-2",
        )
        model.given(surveyed).when(individual).then(
            msgspec.structs.replace(
                registered,
                holder_kind="individual",
                holder_name=None,
                holder_person=person,
                category="I.1.2-2",
            )
        )

    def test_an_individual_of_no_category_is_refused(self) -> None:
        individual = msgspec.structs.replace(register, holder_kind="individual")
        refused = (
            model.given(surveyed).when(individual).then_refused(refuse.INDIVIDUAL_NOT_IN_CATEGORIES)
        )
        assert refused.refusal.clause == "I.1.2"

    @pytest.mark.parametrize("name", [None, "Chi bộ bản Cằng"])
    def test_the_holder_has_exactly_one_name(self, name: str | None) -> None:
        person = None if name is None else Forgettable(UUID(int=9), "cd")
        wrong = msgspec.structs.replace(register, holder_name=name, holder_person=person)
        model.given(surveyed).when(wrong).then_refused(refuse.HOLDER_UNNAMED)

    def test_a_foreign_committee_is_refused(self) -> None:
        foreign = msgspec.structs.replace(register, committee=DECIDING)
        refused = model.given(surveyed).when(foreign).then_refused(refuse.FOREIGN_COMMITTEE)
        assert refused.refusal.clause == "III.1.1c"

    @pytest.mark.parametrize("day", [date(2026, 1, 1), date(2026, 4, 1)])
    def test_it_is_taken_in_the_registration_period_only(self, day: date) -> None:
        noon_in_viet_nam = datetime(day.year, day.month, day.day, 5, tzinfo=UTC)
        outside = msgspec.structs.replace(register, at=noon_in_viet_nam)
        model.given(surveyed).when(outside).then_refused(refuse.REGISTRATION_CLOSED)

    def test_the_period_is_counted_in_dates_of_viet_nam(self) -> None:
        last_minute = datetime(2026, 3, 31, 16, 59, tzinfo=UTC)
        model.given(surveyed).when(msgspec.structs.replace(register, at=last_minute)).then(
            msgspec.structs.replace(registered, answer_by=date(2026, 4, 7))
        )
        too_late = msgspec.structs.replace(register, at=last_minute + timedelta(minutes=1))
        model.given(surveyed).when(too_late).then_refused(refuse.REGISTRATION_CLOSED)

    def test_it_is_registered_once(self) -> None:
        model.given(surveyed, registered).when(register).then_refused(refuse.ALREADY_REGISTERED)

    def test_after_a_return_it_is_registered_again(self) -> None:
        model.given(surveyed, registered, returned).when(register).then(registered)

    def test_the_committee_accepts(self) -> None:
        model.given(surveyed, registered).when(AcceptRegistration(at=JANUARY)).then(accepted)

    def test_the_committee_returns_with_reasons(self) -> None:
        command = ReturnRegistration(reasons=returned.reasons, at=JANUARY)
        model.given(surveyed, registered).when(command).then(returned)

    @pytest.mark.parametrize(
        "command",
        [AcceptRegistration(at=JANUARY), ReturnRegistration(reasons="Chưa rõ.", at=JANUARY)],
    )
    def test_what_was_decided_is_not_decided_again(self, command: ModelCommand) -> None:
        for decided in (accepted, returned):
            model.given(surveyed, registered, decided).when(command).then_refused(
                refuse.NOT_AWAITING_DECISION
            )
        model.given(surveyed).when(command).then_refused(refuse.NOT_REGISTERED)

    def test_the_launching_body_gives_one_number(self) -> None:
        command = RecordLaunchingBodyRegistration(register_number="15/2026", at=JANUARY)
        recorded = LaunchingBodyRegistrationRecorded(
            model_id=MODEL_ID, launching_body=LAUNCHING, register_number="15/2026"
        )
        model.given(surveyed, registered).when(command).then(recorded)
        model.given(surveyed, registered, recorded).when(command).then_nothing()
        other = msgspec.structs.replace(command, register_number="16/2026")
        model.given(surveyed, registered, recorded).when(other).then_refused(
            refuse.REGISTER_NUMBER_DIFFERS
        )
