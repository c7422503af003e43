"""What registration shows: organisations, movements, models; and the rule sets it works under."""

from collections.abc import Iterable
from typing import Final

import msgspec
from sqlalchemy import Column, Index, Integer, MetaData, String, Table, Text

from shared.contracts.evaluation import RuleSetAdopted
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
from shared.host.copying import adds, patches, puts, recorded_at
from shared.host.rows import Patch, RowChange
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


def _line_changed(recorded: Recorded[OrganizationLineChanged]) -> Iterable[RowChange]:
    event = recorded.event
    superior = None if event.superior is None else str(event.superior)
    key = {"organization_id": str(event.organization_id)}
    yield Patch(organizations, key, {f"{event.line}_superior": superior})


READ_MODEL: Final = ReadModel(
    version=1,
    tables=TABLES,
    handlers=(
        puts(
            OrganizationCreated,
            organizations,
            search=lambda r: fold(f"{r.event.name} {r.event.place}"),
        ),
        on(OrganizationLineChanged, _line_changed),
        puts(MovementLaunched, movements),
        puts(CalendarSet, calendars),
        puts(
            ModelRegistered,
            models,
            status="registered",
            registered_at=recorded_at,
            late_accepted=0,
            session="none",
            search=lambda r: fold(f"{r.event.name} {r.event.address} {r.event.holder_name or ''}"),
        ),
        puts(LaunchingBodyRegistrationRecorded, numbers),
        patches(RegistrationAccepted, models, status="accepted"),
        patches(RegistrationReturned, models, status="returned"),
        patches(PlanAdopted, models, status="running"),
        adds(ProgressReported, progress, reports=1),
        patches(ProgressReported, models, last_progress_until=lambda r: r.event.until.isoformat()),
        patches(
            WrittenResultsSubmitted,
            models,
            results_submitted_on=lambda r: r.event.submitted_on.isoformat(),
        ),
        patches(LatenessRecorded, models, "days_late"),
        patches(LateReportAccepted, models, late_accepted=1),
        patches(
            ReportingSessionScheduled, models, session_on=lambda r: r.event.held_on.isoformat()
        ),
        patches(ReportingSessionHeld, models, session="held"),
        patches(ReportingSessionMissed, models, session="missed"),
        patches(ResultsReported, models, status="reported"),
        patches(ModelWithdrawn, models, status="withdrawn"),
        puts(
            RuleSetAdopted,
            rule_sets,
            rule_set=lambda r: r.event.rule_set_id,
            settings=lambda r: msgspec.json.encode(r.event.settings).decode(),
        ),
    ),
)
