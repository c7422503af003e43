"""What recognition keeps: the facts its decisions rely on, each with its event, and the cases to show."""

from collections.abc import Callable, Iterable
from typing import Final, Literal
from uuid import UUID

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
from shared.host.rows import Patch, Put, Remove, RowChange
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

# --- facts of others ----------------------------------------------------------------------------


def _line_changed(recorded: Recorded[OrganizationLineChanged]) -> Iterable[RowChange]:
    event = recorded.event
    yield Put(
        lines,
        {
            "organization": str(event.organization_id),
            "line": event.line,
            "valid_from": event.valid_from.isoformat(),
            "superior": None if event.superior is None else str(event.superior),
            "event_id": str(recorded.id),
        },
    )


def _competence_assigned(recorded: Recorded[CompetenceAssigned]) -> Iterable[RowChange]:
    event = recorded.event
    yield Put(
        competences,
        {
            "organization": str(event.organization_id),
            "clause": event.clause,
            "valid_from": event.valid_from.isoformat(),
            "event_id": str(recorded.id),
        },
    )


def _model_registered(recorded: Recorded[ModelRegistered]) -> Iterable[RowChange]:
    event = recorded.event
    yield Put(
        models,
        {
            "model_id": str(event.model_id),
            "name": event.name,
            "holder_kind": event.holder_kind,
            "event_id": str(recorded.id),
            "search": fold(f"{event.name} {event.address} {event.holder_name or ''}"),
        },
    )


def _model_withdrawn(recorded: Recorded[ModelWithdrawn]) -> Iterable[RowChange]:
    event = recorded.event
    changes = {"withdrawn_reason": event.reason, "withdrawn_event": str(recorded.id)}
    yield Patch(models, {"model_id": str(event.model_id)}, changes)


def _calendar_set(recorded: Recorded[CalendarSet]) -> Iterable[RowChange]:
    event = recorded.event
    yield Put(
        calendars,
        {
            "movement": str(event.movement_id),
            "year": event.year,
            "month_from": event.month_from.isoformat(),
            "month_to": event.month_to.isoformat(),
            "event_id": str(recorded.id),
        },
    )


def _rule_set_adopted(recorded: Recorded[RuleSetAdopted]) -> Iterable[RowChange]:
    event = recorded.event
    yield Put(
        rule_sets,
        {
            "rule_set": str(event.rule_set_id),
            "version": event.version,
            "outside_month": event.settings.outside_month.value,
            "event_id": str(recorded.id),
        },
    )


def _advice_issued(recorded: Recorded[AdviceIssued]) -> Iterable[RowChange]:
    event = recorded.event
    yield Put(
        advices,
        {
            "model_id": str(event.model),
            "year": event.year,
            "advice": msgspec.json.encode(event).decode(),
            "event_id": str(recorded.id),
        },
    )


def _ground(appraisal: UUID, kind: str, clause: str, event_id: UUID) -> RowChange:
    return Put(
        grounds,
        {"appraisal": str(appraisal), "kind": kind, "clause": clause, "event_id": str(event_id)},
    )


def _appraised(recorded: Recorded[Appraised]) -> Iterable[RowChange]:
    """Only an appraisal that finds the standard met shows that it is met (clause I.2.1c)."""
    event = recorded.event
    if event.meets_standard:
        yield _ground(event.appraisal_id, "appraisal", "I.2.1c", recorded.id)
    else:
        yield Remove(grounds, {"appraisal": str(event.appraisal_id), "kind": "appraisal"})


def _posting_closed(recorded: Recorded[PostingClosed]) -> Iterable[RowChange]:
    yield _ground(recorded.event.appraisal_id, "posting", "I.2.1b", recorded.id)


def _ballot_tallied(recorded: Recorded[BallotTallied]) -> Iterable[RowChange]:
    yield _ground(recorded.event.appraisal_id, "ballot", "I.2.1b", recorded.id)


# --- own cases ----------------------------------------------------------------------------------


def _case_opened(recorded: Recorded[CaseOpened]) -> Iterable[RowChange]:
    event = recorded.event
    yield Put(
        cases,
        {
            "case_id": str(event.case_id),
            "model_id": str(event.model),
            "year": event.year,
            "aim": event.aim,
            "holder": str(event.holder),
            "committee": str(event.committee),
            "deciding_body": str(event.deciding_body),
            "advice": event.advice,
            "status": "open",
            "opened_at": recorded.at.isoformat(),
        },
    )


def _competence_determined(recorded: Recorded[CompetenceDetermined]) -> Iterable[RowChange]:
    event = recorded.event
    changes = {"named_body_competent": int(event.named_body_competent)}
    yield Patch(cases, {"case_id": str(event.case_id)}, changes)


def _decided(
    status: Status,
) -> Callable[[Recorded[Recognized] | Recorded[Declined]], Iterable[RowChange]]:
    def changed(recorded: Recorded[Recognized] | Recorded[Declined]) -> Iterable[RowChange]:
        event = recorded.event
        yield Patch(
            cases,
            {"case_id": str(event.case_id)},
            {
                "status": status,
                "decision_number": event.decision_number,
                "decided_on": event.decided_on.isoformat(),
            },
        )

    return changed


def _discontinued(recorded: Recorded[CaseDiscontinued]) -> Iterable[RowChange]:
    yield Patch(cases, {"case_id": str(recorded.event.case_id)}, {"status": "discontinued"})


READ_MODEL: Final = ReadModel(
    version=1,
    tables=TABLES,
    handlers=(
        on(OrganizationLineChanged, _line_changed),
        on(CompetenceAssigned, _competence_assigned),
        on(ModelRegistered, _model_registered),
        on(ModelWithdrawn, _model_withdrawn),
        on(CalendarSet, _calendar_set),
        on(RuleSetAdopted, _rule_set_adopted),
        on(AdviceIssued, _advice_issued),
        on(Appraised, _appraised),
        on(PostingClosed, _posting_closed),
        on(BallotTallied, _ballot_tallied),
        on(CaseOpened, _case_opened),
        on(CompetenceDetermined, _competence_determined),
        on(Recognized, _decided("recognized")),
        on(Declined, _decided("declined")),
        on(CaseDiscontinued, _discontinued),
    ),
)
