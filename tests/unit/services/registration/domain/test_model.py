"""A model from survey to results, as the guideline tells it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registration.domain import model_refusals as refuse
from services.registration.domain.facts import HolderFacts, MovementYear, RegistrationRules
from services.registration.domain.model import MODEL
from services.registration.domain.model_commands import (
    AcceptLateReport,
    AcceptRegistration,
    AdoptPlan,
    AssignCoreTeam,
    HoldReportingSession,
    MissReportingSession,
    ModelCommand,
    RecordLaunchingBodyRegistration,
    RegisterModel,
    ReportProgress,
    ReturnRegistration,
    ScheduleReportingSession,
    SubmitWrittenResults,
    SurveySite,
    WithdrawModel,
)
from services.registration.domain.model_state import Model, ModelEvent
from shared.contracts.evaluation import Category
from shared.contracts.registration import (
    CoreMember,
    CoreTeamAssigned,
    Figure,
    LatenessRecorded,
    LateReportAccepted,
    LaunchingBodyRegistrationRecorded,
    ModelRegistered,
    ModelWithdrawn,
    PlanAdopted,
    ProgressReported,
    RegistrationAccepted,
    RegistrationReturned,
    ReportingSessionHeld,
    ReportingSessionMissed,
    ReportingSessionScheduled,
    ResultsReported,
    SiteSurveyed,
    Target,
    WrittenResultsSubmitted,
)
from shared.contracts.values import (
    Forgettable,
    LatenessEffect,
    ModelId,
    MovementId,
    OrganizationId,
    RuleSetId,
)
from shared.domain.refusal import RefusedError
from tests.support.specification import specification

MODEL_ID = ModelId(UUID(int=1))
HOLDER = OrganizationId(UUID(int=2))
COMMITTEE = OrganizationId(UUID(int=3))
LAUNCHING = OrganizationId(UUID(int=4))
DECIDING = OrganizationId(UUID(int=5))
MOVEMENT = MovementId(UUID(int=6))
JANUARY = datetime(2026, 1, 20, 8, tzinfo=UTC)
SEPTEMBER = datetime(2026, 9, 20, 8, tzinfo=UTC)
OCTOBER = datetime(2026, 10, 3, 8, tzinfo=UTC)

year = MovementYear(
    movement=MOVEMENT,
    year=2026,
    launching_body=LAUNCHING,
    registration_opens=date(2026, 1, 2),
    registration_closes=date(2026, 3, 31),
    results_before=date(2026, 10, 1),
)
rules = RegistrationRules(
    rule_set=RuleSetId(UUID(int=7)),
    version=1,
    categories=(
        Category(id="I.1.1-4", holder_kind="collective", title="Chi bộ, tổ dân vận"),
        Category(id="I.1.2-2", holder_kind="individual", title="Người lao động"),
    ),
    survey_gate="before_registration",
    lateness_effect="accept_with_reason",
)
survey_site = SurveySite(
    model_id=MODEL_ID,
    surveyed_by=HOLDER,
    surveyed_on=date(2026, 1, 15),
    place="Bản Cằng, xã Môn Sơn",
    situation="Đường vào bản lầy lội.",
    advantages="Nhân dân đồng tình.",
    difficulties="Thiếu kinh phí.",
    at=JANUARY,
)
surveyed = SiteSurveyed(
    model_id=MODEL_ID,
    surveyed_by=HOLDER,
    surveyed_on=date(2026, 1, 15),
    place=survey_site.place,
    situation=survey_site.situation,
    advantages=survey_site.advantages,
    difficulties=survey_site.difficulties,
)
register = RegisterModel(
    model_id=MODEL_ID,
    movement=MOVEMENT,
    year=2026,
    name="Vận động nhân dân hiến đất làm đường",
    address="Bản Cằng, xã Môn Sơn",
    field="economy",
    content="Vận động các hộ hiến đất, góp công.",
    basis="Việc khó, nhân dân mong muốn.",
    holder_kind="collective",
    holder=HOLDER,
    holder_name="Chi bộ bản Cằng",
    category="I.1.1-4",
    committee=COMMITTEE,
    deciding_body=DECIDING,
    holder_facts=HolderFacts(organization=HOLDER, committees=(COMMITTEE,)),
    movement_year=year,
    rules=rules,
    at=JANUARY,
)
registered = ModelRegistered(
    model_id=MODEL_ID,
    movement=MOVEMENT,
    year=2026,
    aim="model",
    name=register.name,
    address=register.address,
    field="economy",
    content=register.content,
    basis=register.basis,
    holder_kind="collective",
    holder=HOLDER,
    holder_name="Chi bộ bản Cằng",
    category="I.1.1-4",
    committee=COMMITTEE,
    launching_body=LAUNCHING,
    deciding_body=DECIDING,
    rule_set=rules.rule_set,
    rule_set_version=1,
)
accepted = RegistrationAccepted(model_id=MODEL_ID, committee=COMMITTEE)
returned = RegistrationReturned(
    model_id=MODEL_ID, committee=COMMITTEE, reasons="Chưa rõ nguồn lực."
)
adopt_plan = AdoptPlan(
    targets=(Target(name="Đường bê tông", unit="m", goal=Decimal(800)),),
    measures="Họp dân, phân công từng hộ.",
    resources="Ngày công và đất của nhân dân.",
    starts_on=date(2026, 2, 1),
    ends_on=date(2026, 9, 30),
    at=JANUARY,
)
planned = PlanAdopted(
    model_id=MODEL_ID,
    targets=adopt_plan.targets,
    measures=adopt_plan.measures,
    milestones=(),
    resources=adopt_plan.resources,
    starts_on=adopt_plan.starts_on,
    ends_on=adopt_plan.ends_on,
)
team = (CoreMember(person=Forgettable(UUID(int=8), "ab"), role="Tổ trưởng", group="Tổ dân vận"),)
submit = SubmitWrittenResults(
    summary="Hoàn thành 820 m đường.",
    figures=(Figure(target="Đường bê tông", value=Decimal(820)),),
    households=65,
    movement_year=year,
    rules=rules,
    at=SEPTEMBER,
)
results = WrittenResultsSubmitted(
    model_id=MODEL_ID,
    year=2026,
    submitted_on=date(2026, 9, 20),
    summary=submit.summary,
    figures=submit.figures,
    households=65,
)
schedule_session = ScheduleReportingSession(
    held_on=date(2026, 9, 25), place="Hội trường xã", movement_year=year, at=SEPTEMBER
)
scheduled = ReportingSessionScheduled(
    model_id=MODEL_ID,
    year=2026,
    organizer=COMMITTEE,
    held_on=date(2026, 9, 25),
    place="Hội trường xã",
)
hold_session = HoldReportingSession(
    minutes="Biên bản số 5", at=datetime(2026, 9, 25, 4, tzinfo=UTC)
)
held = ReportingSessionHeld(
    model_id=MODEL_ID,
    year=2026,
    organizer=COMMITTEE,
    held_on=date(2026, 9, 25),
    minutes="Biên bản số 5",
)
reported = ResultsReported(model_id=MODEL_ID, year=2026, late=False, session="held")
miss_session = MissReportingSession(at=OCTOBER, movement_year=year)
missed = ReportingSessionMissed(
    model_id=MODEL_ID,
    year=2026,
    organizer=COMMITTEE,
    due_before=date(2026, 10, 1),
    written_results=False,
)
late_reason = "Bão làm chậm tiến độ."
submit_late = msgspec.structs.replace(submit, at=OCTOBER, reason=late_reason)
late_results = msgspec.structs.replace(results, submitted_on=date(2026, 10, 3))
lateness = LatenessRecorded(
    model_id=MODEL_ID,
    year=2026,
    due_before=date(2026, 10, 1),
    days_late=3,
    effect="accept_with_reason",
    reason=late_reason,
)
accept_late = AcceptLateReport(reason="Do thiên tai.", at=OCTOBER)
late_accepted = LateReportAccepted(
    model_id=MODEL_ID, year=2026, committee=COMMITTEE, reason="Do thiên tai."
)
withdraw = WithdrawModel(reason="Đơn vị sáp nhập.", at=SEPTEMBER)
withdrawn = ModelWithdrawn(model_id=MODEL_ID, reason="Đơn vị sáp nhập.")

running = (surveyed, registered, accepted, planned)
model = specification(MODEL)


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
            registered
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


class TestBuilding:
    def test_an_accepted_model_gets_its_plan(self) -> None:
        model.given(surveyed, registered, accepted).when(adopt_plan).then(planned)

    def test_a_revision_replaces_the_plan_and_the_same_plan_stays_quiet(self) -> None:
        model.given(*running).when(adopt_plan).then_nothing()
        revised = msgspec.structs.replace(adopt_plan, resources="Thêm xi măng của xã.")
        model.given(*running).when(revised).then(
            msgspec.structs.replace(planned, resources="Thêm xi măng của xã.")
        )

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
            .then_refused(refuse.PLAN_WITHOUT_TARGETS)
        )
        assert refused.refusal.clause == "III.1.2a"

    def test_a_target_stands_there_once(self) -> None:
        twice = msgspec.structs.replace(adopt_plan, targets=adopt_plan.targets * 2)
        model.given(surveyed, registered, accepted).when(twice).then_refused(refuse.TARGET_TWICE)

    def test_a_plan_ends_after_it_starts(self) -> None:
        wrong = msgspec.structs.replace(adopt_plan, ends_on=date(2026, 1, 31))
        model.given(surveyed, registered, accepted).when(wrong).then_refused(
            refuse.PLAN_ENDS_BEFORE_START
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
            refuse.UNKNOWN_TARGET
        )
        model.given(*running).when(
            msgspec.structs.replace(command, until=date(2026, 8, 1))
        ).then_refused(refuse.REPORT_IN_FUTURE)
        model.given(surveyed, registered, accepted).when(command).then_refused(refuse.NOT_RUNNING)


class TestResults:
    def test_written_results_come_before_october(self) -> None:
        model.given(*running).when(submit).then(results)

    def test_they_come_once(self) -> None:
        model.given(*running, results).when(submit).then_refused(refuse.RESULTS_ALREADY_IN)

    def test_they_need_a_plan(self) -> None:
        model.given(surveyed, registered, accepted).when(submit).then_refused(refuse.NOT_RUNNING)

    def test_figures_name_targets_of_the_plan(self) -> None:
        unknown = (Figure(target="Cây xanh", value=Decimal(1)),)
        model.given(*running).when(msgspec.structs.replace(submit, figures=unknown)).then_refused(
            refuse.UNKNOWN_TARGET
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


COMMANDS: tuple[ModelCommand, ...] = (
    survey_site,
    register,
    RecordLaunchingBodyRegistration(register_number="15/2026", at=JANUARY),
    AcceptRegistration(at=JANUARY),
    ReturnRegistration(reasons="Chưa rõ.", at=JANUARY),
    adopt_plan,
    AssignCoreTeam(members=team, at=JANUARY),
    ReportProgress(until=date(2026, 1, 20), narrative="Khởi công.", at=JANUARY),
    submit,
    submit_late,
    accept_late,
    schedule_session,
    hold_session,
    miss_session,
    withdraw,
)
histories = st.lists(st.sampled_from(COMMANDS), max_size=30)


def played(commands: list[ModelCommand]) -> tuple[list[ModelEvent], Model]:
    events: list[ModelEvent] = []
    state = MODEL.initial_state
    for command in commands:
        try:
            new = MODEL.decide(state, command)
        except RefusedError:
            continue
        events.extend(new)
        state = MODEL.fold(new, state)
    return events, state


@given(histories)
def test_nothing_follows_a_withdrawal(commands: list[ModelCommand]) -> None:
    events, _ = played(commands)
    assert all(not isinstance(event, ModelWithdrawn) for event in events[:-1])


@given(histories)
def test_results_are_reported_at_most_once_and_never_without_registration_and_writing(
    commands: list[ModelCommand],
) -> None:
    kinds = [type(event) for event in played(commands)[0]]
    assert kinds.count(ResultsReported) <= 1
    if ResultsReported in kinds:
        before = kinds[: kinds.index(ResultsReported)]
        assert {ModelRegistered, RegistrationAccepted, PlanAdopted} <= set(before)
        assert WrittenResultsSubmitted in before


@given(histories)
def test_a_report_before_october_is_never_late(commands: list[ModelCommand]) -> None:
    in_time = [command for command in commands if command is not submit_late]
    assert LatenessRecorded not in {type(event) for event in played(in_time)[0]}


@given(histories, st.sampled_from(COMMANDS))
def test_a_command_that_took_effect_is_refused_or_quiet_when_it_comes_again(
    commands: list[ModelCommand], command: ModelCommand
) -> None:
    _, state = played(commands)
    try:
        after = MODEL.fold(MODEL.decide(state, command), state)
        again = MODEL.decide(after, command)
    except RefusedError:
        return
    assert again == ()
