"""More time is given before the deadline alone, with the reason, and lateness respects it (III.2.1b)."""

from datetime import UTC, date, datetime

import msgspec

from services.registration.domain import extension
from services.registration.domain import model_refusals as refuse
from services.registration.domain.extension import GrantExtension, RefuseExtension
from shared.contracts.registration import ReportingSessionScheduled
from shared.contracts.running import ExtensionGranted, ExtensionRefused
from tests.support.dossier import (
    COMMITTEE,
    MODEL_ID,
    OCTOBER,
    SEPTEMBER,
    late_results,
    lateness,
    miss_session,
    missed,
    model,
    registered,
    results,
    running,
    schedule_session,
    submit,
    submit_late,
    surveyed,
    year,
)

grant = GrantExtension(
    due_before=date(2026, 10, 6), reason="Bão số 5.", at=SEPTEMBER, movement_year=year
)
granted = ExtensionGranted(
    model_id=MODEL_ID,
    year=2026,
    committee=COMMITTEE,
    due_before=date(2026, 10, 6),
    reason="Bão số 5.",
)
deny = RefuseExtension(
    asked_for=date(2026, 10, 20),
    reason="Không có lý do khách quan.",
    at=SEPTEMBER,
    movement_year=year,
)
denied = ExtensionRefused(
    model_id=MODEL_ID,
    year=2026,
    committee=COMMITTEE,
    asked_for=date(2026, 10, 20),
    reason=deny.reason,
)


class TestGranting:
    def test_time_is_extended_before_the_deadline(self) -> None:
        model.given(*running).when(grant).then(granted)
        model.given(*running, granted).when(grant).then_nothing()

    def test_never_on_the_deadline_or_after(self) -> None:
        on_the_day = msgspec.structs.replace(grant, at=datetime(2026, 9, 30, 18, tzinfo=UTC))
        refused = model.given(*running).when(on_the_day).then_refused(extension.AFTER_DEADLINE)
        assert refused.refusal.practice is not None
        last_minute = msgspec.structs.replace(grant, at=datetime(2026, 9, 30, 16, 59, tzinfo=UTC))
        model.given(*running).when(last_minute).then(granted)

    def test_again_before_the_extended_deadline(self) -> None:
        more = msgspec.structs.replace(grant, due_before=date(2026, 10, 10), at=OCTOBER)
        model.given(*running, granted).when(more).then(
            msgspec.structs.replace(granted, due_before=date(2026, 10, 10))
        )

    def test_to_a_later_day(self) -> None:
        same = msgspec.structs.replace(grant, due_before=date(2026, 10, 1))
        model.given(*running).when(same).then_refused(extension.NOT_LATER)

    def test_for_results_that_are_not_in(self) -> None:
        model.given(*running, results).when(grant).then_refused(refuse.RESULTS_ALREADY_IN)
        model.given(surveyed, registered).when(grant).then_refused(refuse.NOT_ACCEPTED)


class TestRefusing:
    def test_a_refusal_is_on_record_with_its_reason(self) -> None:
        model.given(*running).when(deny).then(denied)
        model.given(*running, denied).when(deny).then_nothing()

    def test_for_a_later_day_and_results_that_are_not_in(self) -> None:
        earlier = msgspec.structs.replace(deny, asked_for=date(2026, 9, 30))
        model.given(*running).when(earlier).then_refused(extension.NOT_LATER)
        model.given(*running, results).when(deny).then_refused(refuse.RESULTS_ALREADY_IN)


class TestLateness:
    def test_results_within_the_extension_are_not_late(self) -> None:
        model.given(*running, granted).when(submit_late).then(late_results)
        model.given(*running, denied).when(submit_late).then(late_results, lateness)

    def test_results_after_it_are_late_from_the_extended_day_on(self) -> None:
        after = msgspec.structs.replace(
            submit, at=datetime(2026, 10, 8, 3, tzinfo=UTC), reason=submit_late.reason
        )
        model.given(*running, granted).when(after).then(
            msgspec.structs.replace(results, submitted_on=date(2026, 10, 8)),
            msgspec.structs.replace(lateness, due_before=date(2026, 10, 6), days_late=3),
        )

    def test_the_session_too_is_due_by_the_extended_day(self) -> None:
        model.given(*running, granted).when(miss_session).then_nothing()
        after = msgspec.structs.replace(miss_session, at=datetime(2026, 10, 6, 3, tzinfo=UTC))
        model.given(*running, granted).when(after).then(
            msgspec.structs.replace(missed, due_before=date(2026, 10, 6))
        )
        within = msgspec.structs.replace(schedule_session, held_on=date(2026, 10, 5))
        model.given(*running, granted).when(within).then(
            ReportingSessionScheduled(
                model_id=MODEL_ID,
                year=2026,
                organizer=COMMITTEE,
                held_on=date(2026, 10, 5),
                place=schedule_session.place,
            )
        )
        model.given(*running).when(within).then_refused(refuse.SESSION_TOO_LATE)
