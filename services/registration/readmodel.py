"""What registration shows: organisations, movements, models; and the rule sets it works under."""

from collections.abc import Callable, Iterable
from typing import Final, TypeVar

import msgspec
from sqlalchemy import Column, Index, Integer, MetaData, String, Table, Text

from shared.contracts.evaluation import RuleSetAdopted
from shared.contracts.event import Event
from shared.contracts.registration import (
    CalendarSet,
    LatenessRecorded,
    LateReportAccepted,
    LaunchingBodyRegistrationRecorded,
    ModelRegistered,
    ModelWithdrawn,
    MovementLaunched,
    OrganizationCreated,
    OrganizationLineChanged,
    PlanAdopted,
    ProgressReported,
    RegistrationAccepted,
    RegistrationReturned,
    ReportingSessionHeld,
    ReportingSessionMissed,
    ReportingSessionScheduled,
    ResultsReported,
    WrittenResultsSubmitted,
)
from shared.host.rows import Add, Patch, Put, RowChange, Value
from shared.host.service import ReadModel, Recorded, on
from shared.host.text import fold

TABLES: Final = MetaData()
_ID: Final = 36
_DATE: Final = 32

organizations: Final = Table(
    "organizations",
    TABLES,
    Column("organization_id", String(_ID), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("kind", String(200), nullable=False),
    Column("level", String(20), nullable=False),
    Column("place", String(200), nullable=False),
    Column("category", String(40)),
    Column("party_superior", String(_ID)),
    Column("vertical_superior", String(_ID)),
    Column("territory_superior", String(_ID)),
    Column("search", Text, nullable=False),
    Index("organizations_by_name", "search", "organization_id"),
)

movements: Final = Table(
    "movements",
    TABLES,
    Column("movement_id", String(_ID), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("first_year", Integer, nullable=False),
    Column("last_year", Integer, nullable=False),
    Column("launching_body", String(_ID), nullable=False),
    Column("rule_set", String(_ID), nullable=False),
    Column("rule_set_version", Integer, nullable=False),
)

calendars: Final = Table(
    "calendars",
    TABLES,
    Column("movement_id", String(_ID), primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("registration_opens", String(_DATE), nullable=False),
    Column("registration_closes", String(_DATE), nullable=False),
    Column("results_before", String(_DATE), nullable=False),
    Column("month_from", String(_DATE), nullable=False),
    Column("month_to", String(_DATE), nullable=False),
)

models: Final = Table(
    "models",
    TABLES,
    Column("model_id", String(_ID), primary_key=True),
    Column("movement", String(_ID), nullable=False),
    Column("year", Integer, nullable=False),
    Column("aim", String(20), nullable=False),
    Column("name", String(200), nullable=False),
    Column("address", String(200), nullable=False),
    Column("field", String(40), nullable=False),
    Column("status", String(20), nullable=False),
    Column("holder_kind", String(20), nullable=False),
    Column("holder", String(_ID), nullable=False),
    Column("holder_name", String(200)),
    Column("category", String(40), nullable=False),
    Column("committee", String(_ID), nullable=False),
    Column("launching_body", String(_ID), nullable=False),
    Column("deciding_body", String(_ID), nullable=False),
    Column("registered_at", String(_DATE), nullable=False),
    Column("last_progress_until", String(_DATE)),
    Column("results_submitted_on", String(_DATE)),
    Column("days_late", Integer),
    Column("late_accepted", Integer, nullable=False),
    Column("session_on", String(_DATE)),
    Column("session", String(20), nullable=False),
    Column("search", Text, nullable=False),
    Index("models_by_time", "registered_at", "model_id"),
    Index("models_by_name", "search", "model_id"),
    Index("models_awaiting_session", "movement", "year", "status", "session"),
    Index("models_by_committee", "committee", "registered_at", "model_id"),
    Index("models_by_holder", "holder", "registered_at", "model_id"),
)

numbers: Final = Table(
    "numbers",
    TABLES,
    Column("model_id", String(_ID), primary_key=True),
    Column("register_number", String(200), nullable=False),
)
"""The launching body's register; apart, because registering again replaces the model's row, not its number."""

progress: Final = Table(
    "progress",
    TABLES,
    Column("model_id", String(_ID), primary_key=True),
    Column("reports", Integer, nullable=False),
)
"""How many progress reports a model has; apart, because a count is added to a row that may not exist."""

rule_sets: Final = Table(
    "rule_sets",
    TABLES,
    Column("rule_set", String(_ID), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("settings", Text, nullable=False),
    Column("event_id", String(_ID), nullable=False),
)


def _organization_created(recorded: Recorded[OrganizationCreated]) -> Iterable[RowChange]:
    event = recorded.event
    yield Put(
        organizations,
        {
            "organization_id": str(event.organization_id),
            "name": event.name,
            "kind": event.kind,
            "level": event.level,
            "place": event.place,
            "category": event.category,
            "search": fold(f"{event.name} {event.place}"),
        },
    )


def _line_changed(recorded: Recorded[OrganizationLineChanged]) -> Iterable[RowChange]:
    event = recorded.event
    superior = None if event.superior is None else str(event.superior)
    key = {"organization_id": str(event.organization_id)}
    yield Patch(organizations, key, {f"{event.line}_superior": superior})


def _movement_launched(recorded: Recorded[MovementLaunched]) -> Iterable[RowChange]:
    event = recorded.event
    yield Put(
        movements,
        {
            "movement_id": str(event.movement_id),
            "name": event.name,
            "first_year": event.first_year,
            "last_year": event.last_year,
            "launching_body": str(event.launching_body),
            "rule_set": str(event.rule_set),
            "rule_set_version": event.rule_set_version,
        },
    )


def _calendar_set(recorded: Recorded[CalendarSet]) -> Iterable[RowChange]:
    event = recorded.event
    yield Put(
        calendars,
        {
            "movement_id": str(event.movement_id),
            "year": event.year,
            "registration_opens": event.registration_opens.isoformat(),
            "registration_closes": event.registration_closes.isoformat(),
            "results_before": event.results_before.isoformat(),
            "month_from": event.month_from.isoformat(),
            "month_to": event.month_to.isoformat(),
        },
    )


def _model_registered(recorded: Recorded[ModelRegistered]) -> Iterable[RowChange]:
    event = recorded.event
    yield Put(
        models,
        {
            "model_id": str(event.model_id),
            "movement": str(event.movement),
            "year": event.year,
            "aim": event.aim,
            "name": event.name,
            "address": event.address,
            "field": event.field,
            "status": "registered",
            "holder_kind": event.holder_kind,
            "holder": str(event.holder),
            "holder_name": event.holder_name,
            "category": event.category,
            "committee": str(event.committee),
            "launching_body": str(event.launching_body),
            "deciding_body": str(event.deciding_body),
            "registered_at": recorded.at.isoformat(),
            "late_accepted": 0,
            "session": "none",
            "search": fold(f"{event.name} {event.address} {event.holder_name or ''}"),
        },
    )


M = TypeVar("M", bound=Event)


def _sets(
    key: Callable[[M], object], changes: Callable[[M], dict[str, Value]]
) -> Callable[[Recorded[M]], Iterable[RowChange]]:
    def changed(recorded: Recorded[M]) -> Iterable[RowChange]:
        yield Patch(models, {"model_id": str(key(recorded.event))}, changes(recorded.event))

    return changed


def _number_recorded(
    recorded: Recorded[LaunchingBodyRegistrationRecorded],
) -> Iterable[RowChange]:
    event = recorded.event
    yield Put(numbers, {"model_id": str(event.model_id), "register_number": event.register_number})


def _progress_reported(recorded: Recorded[ProgressReported]) -> Iterable[RowChange]:
    event = recorded.event
    key = {"model_id": str(event.model_id)}
    yield Add(progress, key, {"reports": 1})
    yield Patch(models, key, {"last_progress_until": event.until.isoformat()})


def _rule_set_adopted(recorded: Recorded[RuleSetAdopted]) -> Iterable[RowChange]:
    event = recorded.event
    yield Put(
        rule_sets,
        {
            "rule_set": str(event.rule_set_id),
            "version": event.version,
            "settings": msgspec.json.encode(event.settings).decode(),
            "event_id": str(recorded.id),
        },
    )


READ_MODEL: Final = ReadModel(
    version=1,
    tables=TABLES,
    handlers=(
        on(OrganizationCreated, _organization_created),
        on(OrganizationLineChanged, _line_changed),
        on(MovementLaunched, _movement_launched),
        on(CalendarSet, _calendar_set),
        on(ModelRegistered, _model_registered),
        on(
            LaunchingBodyRegistrationRecorded,
            _number_recorded,
        ),
        on(RegistrationAccepted, _sets(lambda e: e.model_id, lambda _: {"status": "accepted"})),
        on(RegistrationReturned, _sets(lambda e: e.model_id, lambda _: {"status": "returned"})),
        on(PlanAdopted, _sets(lambda e: e.model_id, lambda _: {"status": "running"})),
        on(ProgressReported, _progress_reported),
        on(
            WrittenResultsSubmitted,
            _sets(
                lambda e: e.model_id,
                lambda e: {"results_submitted_on": e.submitted_on.isoformat()},
            ),
        ),
        on(LatenessRecorded, _sets(lambda e: e.model_id, lambda e: {"days_late": e.days_late})),
        on(LateReportAccepted, _sets(lambda e: e.model_id, lambda _: {"late_accepted": 1})),
        on(
            ReportingSessionScheduled,
            _sets(lambda e: e.model_id, lambda e: {"session_on": e.held_on.isoformat()}),
        ),
        on(ReportingSessionHeld, _sets(lambda e: e.model_id, lambda _: {"session": "held"})),
        on(ReportingSessionMissed, _sets(lambda e: e.model_id, lambda _: {"session": "missed"})),
        on(ResultsReported, _sets(lambda e: e.model_id, lambda _: {"status": "reported"})),
        on(ModelWithdrawn, _sets(lambda e: e.model_id, lambda _: {"status": "withdrawn"})),
        on(RuleSetAdopted, _rule_set_adopted),
    ),
)
