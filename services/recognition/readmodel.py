"""What recognition keeps: the facts its decisions rely on, each with its event, and the cases to show."""

from collections.abc import Iterable
from typing import Final, Literal

import msgspec
from sqlalchemy import Column, Index, Integer, MetaData, String, Table, Text

from shared.contracts.evaluation import (
    AdviceIssued,
    Appraised,
    BallotTallied,
    PostingClosed,
    RuleSetAdopted,
)
from shared.contracts.recognition import (
    CaseDiscontinued,
    CaseOpened,
    CompetenceDetermined,
    Declined,
    Recognized,
)
from shared.contracts.registration import (
    CalendarSet,
    CompetenceAssigned,
    ModelRegistered,
    ModelWithdrawn,
    OrganizationLineChanged,
)
from shared.host.copying import patches, puts, recorded_at
from shared.host.rows import Put, Remove, RowChange
from shared.host.service import ReadModel, Recorded, on
from shared.host.text import fold

TABLES: Final = MetaData()
_ID: Final = 36
_DATE: Final = 32

lines: Final = Table(
    "lines",
    TABLES,
    Column("organization", String(_ID), primary_key=True),
    Column("line", String(20), primary_key=True),
    Column("valid_from", String(_DATE), primary_key=True),
    Column("superior", String(_ID)),
    Column("event_id", String(_ID), nullable=False),
)

competences: Final = Table(
    "competences",
    TABLES,
    Column("organization", String(_ID), primary_key=True),
    Column("clause", String(20), primary_key=True),
    Column("valid_from", String(_DATE), primary_key=True),
    Column("event_id", String(_ID), nullable=False),
    Index("competences_by_clause", "clause", "organization"),
)

models: Final = Table(
    "models",
    TABLES,
    Column("model_id", String(_ID), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("holder_kind", String(20), nullable=False),
    Column("event_id", String(_ID), nullable=False),
    Column("withdrawn_reason", Text),
    Column("withdrawn_event", String(_ID)),
    Column("search", Text, nullable=False),
)

advices: Final = Table(
    "advices",
    TABLES,
    Column("model_id", String(_ID), primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("advice", Text, nullable=False),
    Column("event_id", String(_ID), nullable=False),
)

grounds: Final = Table(
    "grounds",
    TABLES,
    Column("appraisal", String(_ID), primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("clause", String(20), nullable=False),
    Column("event_id", String(_ID), nullable=False),
)

calendars: Final = Table(
    "calendars",
    TABLES,
    Column("movement", String(_ID), primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("month_from", String(_DATE), nullable=False),
    Column("month_to", String(_DATE), nullable=False),
    Column("event_id", String(_ID), nullable=False),
)

rule_sets: Final = Table(
    "rule_sets",
    TABLES,
    Column("rule_set", String(_ID), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("outside_month", String(20), nullable=False),
    Column("event_id", String(_ID), nullable=False),
)

Status = Literal["open", "recognized", "declined", "discontinued"]

cases: Final = Table(
    "cases",
    TABLES,
    Column("case_id", String(_ID), primary_key=True),
    Column("model_id", String(_ID), nullable=False),
    Column("year", Integer, nullable=False),
    Column("aim", String(20), nullable=False),
    Column("holder", String(_ID), nullable=False),
    Column("committee", String(_ID), nullable=False),
    Column("deciding_body", String(_ID), nullable=False),
    Column("advice", String(20), nullable=False),
    Column("status", String(20), nullable=False),
    Column("opened_at", String(_DATE), nullable=False),
    Column("named_body_competent", Integer),
    Column("decision_number", String(200)),
    Column("decided_on", String(_DATE)),
    Index("cases_by_time", "opened_at", "case_id"),
    Index("cases_by_body", "deciding_body", "status", "opened_at", "case_id"),
    Index("cases_by_decision", "decided_on", "case_id"),
    Index("cases_by_model", "model_id"),
)


def _appraised(recorded: Recorded[Appraised]) -> Iterable[RowChange]:
    """Only an appraisal that finds the standard met shows that it is met (clause I.2.1c)."""
    event = recorded.event
    ground = {"appraisal": str(event.appraisal_id), "kind": "appraisal"}
    if event.meets_standard:
        yield Put(grounds, {**ground, "clause": "I.2.1c", "event_id": str(recorded.id)})
    else:
        yield Remove(grounds, ground)


READ_MODEL: Final = ReadModel(
    version=1,
    tables=TABLES,
    handlers=(
        # Facts of others.
        puts(OrganizationLineChanged, lines, organization=lambda r: r.event.organization_id),
        puts(CompetenceAssigned, competences, organization=lambda r: r.event.organization_id),
        puts(
            ModelRegistered,
            models,
            search=lambda r: fold(f"{r.event.name} {r.event.address} {r.event.holder_name or ''}"),
        ),
        patches(
            ModelWithdrawn,
            models,
            withdrawn_reason=lambda r: r.event.reason,
            withdrawn_event=lambda r: r.id,
        ),
        puts(CalendarSet, calendars, movement=lambda r: r.event.movement_id),
        puts(
            RuleSetAdopted,
            rule_sets,
            rule_set=lambda r: r.event.rule_set_id,
            outside_month=lambda r: r.event.settings.outside_month.value,
        ),
        puts(
            AdviceIssued,
            advices,
            model_id=lambda r: r.event.model,
            advice=lambda r: msgspec.json.encode(r.event).decode(),
        ),
        on(Appraised, _appraised),
        puts(
            PostingClosed,
            grounds,
            appraisal=lambda r: r.event.appraisal_id,
            kind="posting",
            clause="I.2.1b",
        ),
        puts(
            BallotTallied,
            grounds,
            appraisal=lambda r: r.event.appraisal_id,
            kind="ballot",
            clause="I.2.1b",
        ),
        # Own cases.
        puts(
            CaseOpened,
            cases,
            model_id=lambda r: r.event.model,
            status="open",
            opened_at=recorded_at,
        ),
        patches(
            CompetenceDetermined,
            cases,
            named_body_competent=lambda r: int(r.event.named_body_competent),
        ),
        patches(Recognized, cases, "decision_number", "decided_on", status="recognized"),
        patches(Declined, cases, "decision_number", "decided_on", status="declined"),
        patches(CaseDiscontinued, cases, status="discontinued"),
    ),
)
