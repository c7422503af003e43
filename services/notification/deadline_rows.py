"""What is due when, as events give the day: answer and results and session, help, revocation. What inspections
demand stands in inspection_rows.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Final

from sqlalchemy import Column, Index, Integer, String, Table

from services.notification.tables import DATE_CHARACTERS, ID_CHARACTERS, TABLES
from shared.contracts.evaluation import RuleSetAdopted
from shared.contracts.notification import DeadlineApproached, DeadlineMissed, Escalated, Matter
from shared.contracts.recognition import (
    RecognitionRevoked,
    RevocationDismissed,
    RevocationProposed,
)
from shared.contracts.registration import (
    CalendarSet,
    ModelRegistered,
    ModelWithdrawn,
    RegistrationAccepted,
    RegistrationReturned,
    ReportingSessionHeld,
    ReportingSessionMissed,
    SupplementRequested,
    SupplementSupplied,
    WrittenResultsSubmitted,
)
from shared.contracts.running import (
    DifficultyRaised,
    DifficultyResolved,
    ExtensionGranted,
    HelpAssigned,
)
from shared.contracts.term import TermYearBegun
from shared.host.copying import puts
from shared.host.rows import Patch, Put, RowChange, Value
from shared.host.service import Handler, Recorded, on

NOTHING_SAID: Final = 9999
"""`said_days` of a deadline nothing was said of yet; no rule set reminds so early."""

MISSED: Final = -1
"""`said_days` of a deadline that was missed, and the days before which stand for that."""

_DAY: Final = timedelta(days=1)

deadlines: Final = Table(
    "deadlines",
    TABLES,
    Column("matter", String(20), primary_key=True),
    Column("subject", String(ID_CHARACTERS), primary_key=True),
    Column("model", String(ID_CHARACTERS)),
    Column("last_day", String(DATE_CHARACTERS)),
    Column("responsible", String(ID_CHARACTERS)),
    Column("done", Integer, nullable=False),
    Column("said_days", Integer, nullable=False),
    Column("escalates_on", String(DATE_CHARACTERS)),
    Column("deadline_id", String(ID_CHARACTERS)),
    Column("missed_last_day", String(DATE_CHARACTERS)),
    Column("event_id", String(ID_CHARACTERS), nullable=False),
    Index("deadlines_open", "done", "said_days", "last_day"),
    Index("deadlines_to_escalate", "done", "escalates_on"),
)
"""Without a `last_day` the calendar of the model's year says it. `responsible` is who has to act, of one that was
missed always; before, where no duty towards the model says it. `deadline_id` and `missed_last_day` are those of
one that was missed.
"""

calendars: Final = Table(
    "calendars",
    TABLES,
    Column("movement_id", String(ID_CHARACTERS), primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("last_day", String(DATE_CHARACTERS), nullable=False),
    Column("event_id", String(ID_CHARACTERS), nullable=False),
)

reminders: Final = Table(
    "reminders",
    TABLES,
    Column("rule_set", String(ID_CHARACTERS), primary_key=True),
    Column("rule_set_version", Integer, primary_key=True),
    Column("days", Integer, primary_key=True),
    Column("escalation_days", Integer, nullable=False),
    Column("urging_days", Integer, nullable=False),
    Column("event_id", String(ID_CHARACTERS), nullable=False),
)
"""The days before a deadline on which a rule set reminds, and MISSED; with each how it goes on after a miss."""

_RESULTS: Final[tuple[Matter, ...]] = ("written_results", "reporting_session")
_DIFFICULTY: Final[tuple[Matter, ...]] = ("help_assignment", "help")


WHETHER_RUNNING_OR_NOT: Final[tuple[Matter, ...]] = ("registration_answer", "revocation", "remedy")
"""What is due of a model that does not run yet or does no more, or of no model."""


def _registered(recorded: Recorded[ModelRegistered]) -> Iterable[RowChange]:
    answer: dict[Matter, str | None] = {
        "registration_answer": recorded.event.answer_by.isoformat(),
    }
    return _due(recorded, answer | dict.fromkeys(_RESULTS))


def _year_begun(recorded: Recorded[TermYearBegun]) -> Iterable[RowChange]:
    """What was due in the former year of its term is due anew, by the calendar of this one."""
    return _due(recorded, dict.fromkeys(_RESULTS))


def _due(
    recorded: Recorded[ModelRegistered] | Recorded[TermYearBegun],
    last_days: Mapping[Matter, str | None],
) -> Iterable[RowChange]:
    model = str(recorded.event.model_id)
    for matter, last_day in last_days.items():
        yield Put(
            deadlines,
            {
                "matter": matter,
                "subject": model,
                "model": model,
                "last_day": last_day,
                "done": 0,
                "said_days": NOTHING_SAID,
                "event_id": str(recorded.id),
            },
        )


def _extended(recorded: Recorded[ExtensionGranted]) -> Iterable[RowChange]:
    last_day = recorded.event.due_before - _DAY
    for matter in _RESULTS:
        yield Patch(
            deadlines,
            {"matter": matter, "subject": str(recorded.event.model_id)},
            {
                "last_day": last_day.isoformat(),
                "said_days": NOTHING_SAID,
                "escalates_on": None,
                "event_id": str(recorded.id),
            },
        )


def _done(matter: Matter, subject: object) -> Iterable[RowChange]:
    yield Patch(deadlines, {"matter": matter, "subject": str(subject)}, {"done": 1})


def _answered(
    recorded: Recorded[
        RegistrationAccepted | RegistrationReturned | ModelWithdrawn | SupplementRequested
    ],
) -> Iterable[RowChange]:
    return _done("registration_answer", recorded.event.model_id)


def _supplied(recorded: Recorded[SupplementSupplied]) -> Iterable[RowChange]:
    """The committee's time stood still while the supplement was awaited; it runs on."""
    yield Patch(
        deadlines,
        {"matter": "registration_answer", "subject": str(recorded.event.model_id)},
        {
            "last_day": recorded.event.answer_by.isoformat(),
            "done": 0,
            "said_days": NOTHING_SAID,
            "responsible": None,
            "escalates_on": None,
            "event_id": str(recorded.id),
        },
    )


def _resolved(recorded: Recorded[DifficultyResolved]) -> Iterable[RowChange]:
    for matter in _DIFFICULTY:
        yield from _done(matter, recorded.event.difficulty_id)


def _key(event: DeadlineApproached | DeadlineMissed | Escalated) -> dict[str, Value]:
    return {"matter": event.matter, "subject": str(event.subject)}


def _approached(recorded: Recorded[DeadlineApproached]) -> Iterable[RowChange]:
    said: dict[str, Value] = {"said_days": recorded.event.days_before}
    yield Patch(deadlines, _key(recorded.event), said)


def _missed(recorded: Recorded[DeadlineMissed]) -> Iterable[RowChange]:
    event = recorded.event
    responsible = None if event.responsible is None else str(event.responsible)
    said: dict[str, Value] = {
        "said_days": MISSED,
        "responsible": responsible,
        "deadline_id": str(event.deadline_id),
        "missed_last_day": event.last_day.isoformat(),
    }
    yield Patch(deadlines, _key(event), said | _onward(event.escalates_on))


def _escalated(recorded: Recorded[Escalated]) -> Iterable[RowChange]:
    yield Patch(deadlines, _key(recorded.event), _onward(recorded.event.escalates_on))


def _onward(on_day: date | None) -> dict[str, Value]:
    return {"escalates_on": None if on_day is None else on_day.isoformat()}


def _adopted(recorded: Recorded[RuleSetAdopted]) -> Iterable[RowChange]:
    event = recorded.event
    for days in (*event.settings.reminder_days.value, MISSED):
        yield Put(
            reminders,
            {
                "rule_set": str(event.rule_set_id),
                "rule_set_version": event.version,
                "days": days,
                "escalation_days": event.settings.escalation_days.value,
                "urging_days": event.settings.urging_days.value,
                "event_id": str(recorded.id),
            },
        )


HANDLERS: Final[tuple[Handler, ...]] = (
    on(ModelRegistered, _registered),
    on(TermYearBegun, _year_begun),
    on(RegistrationAccepted, _answered),
    on(RegistrationReturned, _answered),
    on(ModelWithdrawn, _answered),
    on(SupplementRequested, _answered),
    on(SupplementSupplied, _supplied),
    on(ExtensionGranted, _extended),
    puts(
        CalendarSet,
        calendars,
        last_day=lambda r: (r.event.results_before - _DAY).isoformat(),
    ),
    on(RuleSetAdopted, _adopted),
    on(WrittenResultsSubmitted, lambda r: _done("written_results", r.event.model_id)),
    on(ReportingSessionHeld, lambda r: _done("reporting_session", r.event.model_id)),
    on(ReportingSessionMissed, lambda r: _done("reporting_session", r.event.model_id)),
    puts(
        DifficultyRaised,
        deadlines,
        matter="help_assignment",
        subject=lambda r: r.event.difficulty_id,
        model=lambda r: r.event.model_id,
        last_day=lambda r: r.event.help_by.isoformat(),
        responsible=None,
        done=0,
        said_days=NOTHING_SAID,
    ),
    on(HelpAssigned, lambda r: _done("help_assignment", r.event.difficulty_id)),
    puts(
        HelpAssigned,
        deadlines,
        matter="help",
        subject=lambda r: r.event.difficulty_id,
        model=lambda r: r.event.model_id,
        last_day=lambda r: r.event.due_on.isoformat(),
        responsible=lambda r: r.event.helper,
        done=0,
        said_days=NOTHING_SAID,
    ),
    on(DifficultyResolved, _resolved),
    puts(
        RevocationProposed,
        deadlines,
        matter="revocation",
        subject=lambda r: r.event.case_id,
        last_day=lambda r: r.event.decide_by.isoformat(),
        responsible=None,
        done=0,
        said_days=NOTHING_SAID,
    ),
    on(RecognitionRevoked, lambda r: _done("revocation", r.event.case_id)),
    on(RevocationDismissed, lambda r: _done("revocation", r.event.case_id)),
    on(DeadlineApproached, _approached),
    on(DeadlineMissed, _missed),
    on(Escalated, _escalated),
)
