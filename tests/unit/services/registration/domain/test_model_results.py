"""A registered model is built and reported on, late or not, or withdrawn, as the guideline tells it."""

from datetime import UTC, date, datetime
from decimal import Decimal

import msgspec
import pytest

from services.registration.domain import model_refusals as refuse
from services.registration.domain import plan
from services.registration.domain.model_commands import ReportProgress
from services.registration.domain.model_state import ModelEvent
from services.registration.domain.plan import AssignCoreTeam
from shared.contracts.registration import ResultsReported
from shared.contracts.running import CoreTeamAssigned, Figure, ProgressReported
from shared.contracts.values import (
    LatenessEffect,
)
from tests.support.dossier import (
    JANUARY,
    MODEL_ID,
    SEPTEMBER,
    accept_late,
    accepted,
    adopt_plan,
    held,
    hold_session,
    late_accepted,
    late_results,
    lateness,
    miss_session,
    missed,
    model,
    planned,
    registered,
    reported,
    results,
    returned,
    rules,
    running,
    schedule_session,
    scheduled,
    submit,
    submit_late,
    surveyed,
    team,
    withdraw,
    withdrawn,
)


class TestBuilding:
    def test_an_accepted_model_gets_its_plan(self) -> None:
        model.given(surveyed, registered, accepted).when(adopt_plan).then(planned)

    def test_a_plan_is_adopted_once_and_the_same_plan_stays_quiet(self) -> None:
        model.given(*running).when(adopt_plan).then_nothing()
        other = msgspec.structs.replace(adopt_plan, resources="Thêm xi măng của xã.")
        model.given(*running).when(other).then_refused(plan.PLAN_ADOPTED)

    def test_a_plan_waits_for_acceptance(self) -> None:
        for history in ((surveyed, registered), (surveyed, registered, returned)):
            model.given(*history).when(adopt_plan).then_refused(refuse.NOT_ACCEPTED)

    def test_a_plan_waits_for_the_survey_at_the_latest(self) -> None:
        model.given(registered, accepted).when(adopt_plan).then_refused(refuse.SURVEY_MISSING)

    def test_a_plan_states_what_is_to_be_reached(self) -> None:
        empty = msgspec.structs.replace(adopt_plan, targets=())
        refused = (
            model.given(surveyed, registered, accepted)
            .when(empty)
            .then_refused(plan.PLAN_WITHOUT_TARGETS)
        )
        assert refused.refusal.clause == "III.1.2a"

    def test_a_target_stands_there_once(self) -> None:
        twice = msgspec.structs.replace(adopt_plan, targets=adopt_plan.targets * 2)
        model.given(surveyed, registered, accepted).when(twice).then_refused(plan.TARGET_TWICE)

    def test_a_plan_ends_after_it_starts(self) -> None:
        wrong = msgspec.structs.replace(adopt_plan, ends_on=date(2026, 1, 31))
        model.given(surveyed, registered, accepted).when(wrong).then_refused(
            plan.PLAN_ENDS_BEFORE_START
        )

    def test_a_plan_is_closed_with_the_results(self) -> None:
        reported_model = (*running, results, scheduled, held, reported)
        revised = msgspec.structs.replace(adopt_plan, resources="Khác.")
        model.given(*reported_model).when(revised).then_refused(refuse.RESULTS_ALREADY_IN)

    def test_core_members_are_assigned_and_replaced(self) -> None:
        command = AssignCoreTeam(members=team, at=JANUARY)
        assigned = CoreTeamAssigned(model_id=MODEL_ID, members=team)
        model.given(surveyed, registered, accepted).when(command).then(assigned)
        model.given(surveyed, registered, accepted, assigned).when(command).then_nothing()

    def test_core_members_wait_for_acceptance(self) -> None:
        command = AssignCoreTeam(members=team, at=JANUARY)
        model.given(surveyed, registered).when(command).then_refused(refuse.NOT_ACCEPTED)

    def test_progress_is_reported_against_targets_of_the_plan(self) -> None:
        command = ReportProgress(
            until=date(2026, 6, 30),
            narrative="Đã làm 400 m.",
            figures=(Figure(target="Đường bê tông", value=Decimal(400)),),
            at=datetime(2026, 7, 1, tzinfo=UTC),
        )
        progress = ProgressReported(
            model_id=MODEL_ID,
            until=command.until,
            narrative=command.narrative,
            figures=command.figures,
        )
        model.given(*running).when(command).then(progress)
        model.given(*running, progress).when(command).then_nothing()
        unknown = (Figure(target="Cây xanh", value=Decimal(1)),)
        model.given(*running).when(msgspec.structs.replace(command, figures=unknown)).then_refused(
            plan.UNKNOWN_TARGET
        )
        model.given(*running).when(
            msgspec.structs.replace(command, until=date(2026, 8, 1))
        ).then_refused(refuse.REPORT_IN_FUTURE)
        model.given(surveyed, registered, accepted).when(command).then_refused(plan.NOT_RUNNING)


class TestResults:
    def test_written_results_come_before_october(self) -> None:
        model.given(*running).when(submit).then(results)

    def test_they_come_once(self) -> None:
        model.given(*running, results).when(submit).then_refused(refuse.RESULTS_ALREADY_IN)

    def test_they_need_a_plan(self) -> None:
        model.given(surveyed, registered, accepted).when(submit).then_refused(plan.NOT_RUNNING)

    def test_figures_name_targets_of_the_plan(self) -> None:
        unknown = (Figure(target="Cây xanh", value=Decimal(1)),)
        model.given(*running).when(msgspec.structs.replace(submit, figures=unknown)).then_refused(
            plan.UNKNOWN_TARGET
        )

    def test_with_the_session_the_results_are_reported(self) -> None:
        model.given(*running, results, scheduled).when(hold_session).then(held, reported)

    def test_a_session_rests_on_written_results(self) -> None:
        refused = (
            model.given(*running, scheduled).when(hold_session).then_refused(refuse.RESULTS_MISSING)
        )
        assert refused.refusal.clause == "III.2.1b"

    def test_a_session_is_called_before_it_is_held(self) -> None:
        model.given(*running, results).when(hold_session).then_refused(refuse.SESSION_MISSING)
        model.given(*running).when(schedule_session).then(scheduled)
        model.given(*running, scheduled).when(schedule_session).then_nothing()

    def test_a_session_lies_before_the_due_date(self) -> None:
        october = msgspec.structs.replace(schedule_session, held_on=date(2026, 10, 1))
        model.given(*running).when(october).then_refused(refuse.SESSION_TOO_LATE)
        # Once missed, any day is better than none.
        model.given(*running, missed).when(october).then(
            msgspec.structs.replace(scheduled, held_on=date(2026, 10, 1))
        )

    def test_minutes_are_not_written_before_the_session(self) -> None:
        early = msgspec.structs.replace(hold_session, at=SEPTEMBER)
        model.given(*running, results, scheduled).when(early).then_refused(refuse.SESSION_NOT_YET)

    def test_a_session_is_held_once(self) -> None:
        history = (*running, results, scheduled, held, reported)
        model.given(*history).when(hold_session).then_refused(refuse.SESSION_ALREADY_HELD)
        model.given(*history).when(schedule_session).then_refused(refuse.SESSION_ALREADY_HELD)


class TestMissedSession:
    def test_it_is_the_organisers_duty_that_is_overdue(self) -> None:
        model.given(*running).when(miss_session).then(missed)

    def test_it_never_holds_back_a_holder_who_reported_in_writing(self) -> None:
        model.given(*running, results).when(miss_session).then(
            msgspec.structs.replace(missed, written_results=True),
            msgspec.structs.replace(reported, session="missed"),
        )

    def test_it_is_not_missed_before_it_was_due(self) -> None:
        early = msgspec.structs.replace(miss_session, at=SEPTEMBER)
        model.given(*running).when(early).then_refused(refuse.SESSION_NOT_DUE)

    @pytest.mark.parametrize(
        "history",
        [
            (surveyed, registered, accepted),
            (*running, missed),
            (*running, results, scheduled, held, reported),
            (*running, withdrawn),
        ],
    )
    def test_it_stays_quiet_where_nothing_is_overdue(self, history: tuple[ModelEvent, ...]) -> None:
        model.given(*history).when(miss_session).then_nothing()


class TestLateness:
    def test_a_late_report_is_recorded_with_its_reason(self) -> None:
        model.given(*running).when(submit_late).then(late_results, lateness)

    def test_the_rule_set_may_ask_for_a_reason(self) -> None:
        silent = msgspec.structs.replace(submit_late, reason=None)
        refused = model.given(*running).when(silent).then_refused(refuse.LATE_WITHOUT_REASON)
        assert refused.refusal.practice is not None
        assert refused.refusal.clause is None

    def test_once_accepted_it_is_as_good_as_reported(self) -> None:
        model.given(*running, missed, late_results, lateness).when(accept_late).then(
            late_accepted,
            ResultsReported(model_id=MODEL_ID, year=2026, late=True, session="missed"),
        )

    def test_accepting_again_stays_quiet(self) -> None:
        history = (*running, missed, late_results, lateness, late_accepted)
        model.given(*history).when(accept_late).then_nothing()

    def test_there_must_be_something_late_to_accept(self) -> None:
        model.given(*running, results).when(accept_late).then_refused(refuse.NOTHING_LATE)

    @pytest.mark.parametrize("effect", ["mark", "ineligible"])
    def test_its_effect_is_data(self, effect: LatenessEffect) -> None:
        others = msgspec.structs.replace(rules, lateness_effect=effect)
        command = msgspec.structs.replace(submit_late, rules=others)
        marked = msgspec.structs.replace(lateness, effect=effect)
        after = (
            (ResultsReported(model_id=MODEL_ID, year=2026, late=True, session="missed"),)
            if effect == "mark"
            else ()
        )
        model.given(*running, missed).when(command).then(late_results, marked, *after)
        refusal = refuse.NOTHING_LATE if effect == "mark" else refuse.LATE_INELIGIBLE
        model.given(*running, missed, late_results, marked).when(accept_late).then_refused(refusal)


class TestWithdrawal:
    def test_the_holder_withdraws(self) -> None:
        model.given(*running).when(withdraw).then(withdrawn)

    def test_what_was_never_registered_is_not_withdrawn(self) -> None:
        model.given(surveyed).when(withdraw).then_refused(refuse.NOT_REGISTERED)

    def test_withdrawing_again_stays_quiet(self) -> None:
        model.given(*running, withdrawn).when(withdraw).then_nothing()
