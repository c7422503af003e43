"""A model rests, goes on, is attested each year, ends; and its lineage is kept (clause II.5)."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from services.registration.domain import life, plan
from services.registration.domain import model_refusals as refuse
from services.registration.domain.life import (
    EndModel,
    LifeCommand,
    NoteSilence,
    ReattestModel,
    RecordReplication,
    ResumeModel,
    SuspendModel,
)
from services.registration.domain.model import MODEL
from services.registration.domain.model_commands import ModelCommand, ReportProgress
from services.registration.domain.model_state import ModelEvent
from shared.contracts.running import (
    ModelEnded,
    ModelFellQuiet,
    ModelReattested,
    ModelResumed,
    ModelSuspended,
    ReplicationRecorded,
)
from shared.contracts.values import ModelId
from shared.domain.refusal import RefusedError
from tests.support.dossier import (
    COMMITTEE,
    LAUNCHING,
    MODEL_ID,
    accepted,
    adopt_plan,
    held,
    miss_session,
    missed,
    model,
    registered,
    reported,
    results,
    running,
    schedule_session,
    scheduled,
    submit,
    surveyed,
    withdraw,
    withdrawn,
)

MAY = datetime(2026, 5, 10, 3, tzinfo=UTC)
JUNE = datetime(2026, 6, 10, 3, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 10, 3, tzinfo=UTC)
ORIGINAL = ModelId(UUID(int=30))

suspend = SuspendModel(reason="Lũ quét.", at=MAY)
suspended = ModelSuspended(model_id=MODEL_ID, suspended_on=date(2026, 5, 10), reason="Lũ quét.")
resume = ResumeModel(reason="Đã khắc phục.", at=JUNE)
resumed = ModelResumed(model_id=MODEL_ID, resumed_on=date(2026, 6, 10), reason="Đã khắc phục.")
end = EndModel(ended_on=date(2026, 12, 1), reason="Đã hoàn thành.", at=DECEMBER)
ended = ModelEnded(model_id=MODEL_ID, ended_on=date(2026, 12, 1), reason="Đã hoàn thành.")
reattest = ReattestModel(by=COMMITTEE, finding="Đường hoa vẫn được chăm sóc.", at=DECEMBER)
attested = ModelReattested(
    model_id=MODEL_ID,
    year=2026,
    by=COMMITTEE,
    attested_on=date(2026, 12, 10),
    finding=reattest.finding,
)
replicate = RecordReplication(
    original=ORIGINAL, taken_over="Cách vận động từng hộ.", lineage=(), at=MAY
)
replicated = ReplicationRecorded(
    model_id=MODEL_ID, original=ORIGINAL, taken_over=replicate.taken_over
)
progress = ReportProgress(until=date(2026, 5, 1), narrative="Khởi công.", at=MAY)
COMMANDS: tuple[LifeCommand, ...] = (suspend, resume, end, reattest, replicate)


def test_nothing_of_it_comes_before_acceptance_or_after_withdrawal() -> None:
    for command in COMMANDS:
        model.given(surveyed, registered).when(command).then_refused(refuse.NOT_ACCEPTED)
        model.given(*running, withdrawn).when(command).then_refused(refuse.WITHDRAWN)


class TestSuspension:
    def test_a_running_model_rests_and_goes_on(self) -> None:
        model.given(*running).when(suspend).then(suspended)
        model.given(*running, suspended).when(resume).then(resumed)

    def test_what_rests_or_runs_already_stays_quiet(self) -> None:
        model.given(*running, suspended).when(suspend).then_nothing()
        model.given(*running).when(resume).then_nothing()

    def test_what_has_no_plan_does_not_run(self) -> None:
        model.given(surveyed, registered, accepted).when(suspend).then_refused(plan.NOT_RUNNING)

    def test_a_resting_model_neither_reports_nor_is_planned(self) -> None:
        waiting: tuple[ModelCommand, ...] = (progress, submit, adopt_plan, schedule_session)
        for command in waiting:
            model.given(*running, suspended).when(command).then_refused(life.SUSPENDED)

    def test_no_session_is_missed_while_it_rests(self) -> None:
        model.given(*running, suspended).when(miss_session).then_nothing()
        model.given(*running, suspended, resumed).when(miss_session).then(missed)


class TestEnd:
    def test_a_model_ends_on_a_day_that_has_come(self) -> None:
        model.given(*running).when(end).then(ended)
        model.given(*running, ended).when(end).then_nothing()
        tomorrow = msgspec.structs.replace(end, ended_on=date(2026, 12, 11))
        model.given(*running).when(tomorrow).then_refused(life.ENDS_IN_FUTURE)

    def test_what_it_reached_stays_and_nothing_is_added(self) -> None:
        done = (*running, results, scheduled, held, reported, ended)
        assert MODEL.fold(done).results == results
        more: tuple[ModelCommand, ...] = (progress, suspend, reattest, withdraw)
        for command in more:
            model.given(*done).when(command).then_refused(life.ENDED)
        model.given(*done).when(miss_session).then_nothing()


class TestReattestation:
    def test_it_is_attested_that_a_model_lives_once_a_year(self) -> None:
        model.given(*running).when(reattest).then(attested)
        model.given(*running, attested).when(reattest).then_nothing()
        other = msgspec.structs.replace(reattest, by=LAUNCHING)
        model.given(*running, attested).when(other).then_refused(life.ALREADY_ATTESTED)

    def test_and_again_the_year_after(self) -> None:
        later = msgspec.structs.replace(reattest, at=datetime(2027, 12, 5, 3, tzinfo=UTC))
        model.given(*running, attested).when(later).then(
            msgspec.structs.replace(attested, year=2027, attested_on=date(2027, 12, 5))
        )

    def test_only_of_a_model_that_runs(self) -> None:
        model.given(surveyed, registered, accepted).when(reattest).then_refused(plan.NOT_RUNNING)
        model.given(*running, suspended).when(reattest).then_refused(life.SUSPENDED)


class TestReplication:
    def test_what_a_model_was_taken_from_is_recorded_once(self) -> None:
        model.given(*running).when(replicate).then(replicated)
        model.given(*running, replicated).when(replicate).then_nothing()
        other = msgspec.structs.replace(replicate, original=ModelId(UUID(int=31)))
        model.given(*running, replicated).when(other).then_refused(life.OTHER_ORIGINAL)

    def test_no_model_comes_from_itself(self) -> None:
        own = msgspec.structs.replace(replicate, original=MODEL_ID)
        model.given(*running).when(own).then_refused(life.OWN_COPY)
        round_about = msgspec.structs.replace(replicate, lineage=(ModelId(UUID(int=31)), MODEL_ID))
        model.given(*running).when(round_about).then_refused(life.OWN_COPY)


@given(st.lists(st.sampled_from((*COMMANDS, progress, miss_session)), max_size=20))
def test_a_model_never_reports_while_it_rests_and_ends_at_most_once(
    commands: list[ModelCommand],
) -> None:
    events: list[ModelEvent] = list(running)
    for command in commands:
        before = MODEL.fold(events)
        try:
            new = MODEL.decide(before, command)
        except RefusedError:
            continue
        if isinstance(command, ReportProgress) and new:
            assert before.life.suspended is None
        events.extend(new)
    assert [type(event) for event in events].count(ModelEnded) <= 1
    assert events[-1] == ended or ended not in events


def note(heard_on: date, at: datetime) -> NoteSilence:
    return NoteSilence(heard_on=heard_on, quiet_after_days=60, at=at)


HEARD_ON = date(2026, 3, 1)
fell_quiet = ModelFellQuiet(model_id=MODEL_ID, heard_on=HEARD_ON, quiet_after_days=60)


class TestSilence:
    def test_a_running_model_falls_quiet_when_the_days_are_over(self) -> None:
        model.given(*running).when(note(HEARD_ON, MAY)).then(fell_quiet)

    def test_before_it_is_not_quiet(self) -> None:
        refused = (
            model.given(*running).when(note(date(2026, 3, 11), MAY)).then_refused(life.NOT_QUIET)
        )
        assert refused.refusal.practice == "quiet_after_days"

    def test_a_silence_is_noted_once_and_a_later_one_anew(self) -> None:
        model.given(*running, fell_quiet).when(note(HEARD_ON, JUNE)).then_nothing()
        later = msgspec.structs.replace(fell_quiet, heard_on=date(2026, 4, 1))
        model.given(*running, fell_quiet).when(note(date(2026, 4, 1), JUNE)).then(later)

    def test_before_acceptance_there_is_nothing_to_hear(self) -> None:
        silence = note(HEARD_ON, JUNE)
        model.given(surveyed, registered).when(silence).then_refused(refuse.NOT_ACCEPTED)

    def test_what_has_no_plan_rests_or_is_over_falls_silent_without_a_word(self) -> None:
        for past in (
            (surveyed, registered, accepted),
            (*running, suspended),
            (*running, withdrawn),
            (*running, held, results, reported),
        ):
            model.given(*past).when(note(HEARD_ON, JUNE)).then_nothing()


@given(st.lists(st.tuples(st.integers(0, 40), st.booleans()), max_size=30))
def test_no_silence_is_noted_twice_and_none_before_its_time(
    course: list[tuple[int, bool]],
) -> None:
    state = MODEL.fold(running)
    heard_on, today = HEARD_ON, JUNE
    noted: list[date] = []
    for days, is_heard in course:
        today += timedelta(days=days)
        if is_heard:
            heard_on = today.date()
        try:
            events = MODEL.decide(state, note(heard_on, today))
        except RefusedError:
            assert (today.date() - heard_on).days <= 60
            continue
        for event in events:
            state = MODEL.evolve(state, event)
            assert isinstance(event, ModelFellQuiet)
            noted.append(event.heard_on)
    assert len(noted) == len(set(noted))
