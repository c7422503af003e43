"""What inspections there are, and what each demands of whom by when."""

from typing import Final

from sqlalchemy import Column, Index, Integer, String, Table

from services.notification.deadline_rows import NOTHING_SAID, deadlines
from services.notification.tables import DATE_CHARACTERS, ID_CHARACTERS, TABLES
from shared.contracts.inspection import (
    FindingRecorded,
    InspectionConcluded,
    InspectionOpened,
    InspectionWithdrawn,
    RemedyAccepted,
    RemedyReported,
    RemedyReturned,
)
from shared.host.copying import patches, puts
from shared.host.rows import Patch, Put, RowChange
from shared.host.service import Handler, Recorded, on

inspections: Final = Table(
    "inspections",
    TABLES,
    Column("inspection_id", String(ID_CHARACTERS), primary_key=True),
    Column("body", String(ID_CHARACTERS), nullable=False),
    Column("inspected_by", String(ID_CHARACTERS), nullable=False),
    Column("model", String(ID_CHARACTERS)),
    Column("document_number", String(200), nullable=False),
    Column("begins_on", String(DATE_CHARACTERS), nullable=False),
    Column("ends_on", String(DATE_CHARACTERS), nullable=False),
    Column("status", String(20), nullable=False),
    Index("inspections_by_body", "body", "begins_on", "inspection_id"),
    Index("inspections_by_day", "begins_on", "inspection_id"),
)

demands: Final = Table(
    "demands",
    TABLES,
    Column("finding_id", String(ID_CHARACTERS), primary_key=True),
    Column("inspection_id", String(ID_CHARACTERS), nullable=False),
    Column("body", String(ID_CHARACTERS), nullable=False),
    Column("inspected_by", String(ID_CHARACTERS), nullable=False),
    Column("document_number", String(200), nullable=False),
    Column("rule_set", String(ID_CHARACTERS), nullable=False),
    Column("rule_set_version", Integer, nullable=False),
    Column("remedy_by", String(DATE_CHARACTERS), nullable=False),
    Column("remedy", String(20), nullable=False),
    Index("demands_by_body", "body", "remedy_by", "finding_id"),
    Index("demands_by_day", "remedy_by", "finding_id"),
)
"""The findings that ask for a remedy. `remedy` is due, reported or accepted; what was returned is due."""


def _demanded(recorded: Recorded[FindingRecorded]) -> tuple[RowChange, ...]:
    event = recorded.event
    if event.remedy_by is None:
        return ()
    finding, inspection = str(event.finding_id), event.inspection
    return (
        Put(
            demands,
            {
                "finding_id": finding,
                "inspection_id": str(event.inspection_id),
                "body": str(inspection.body),
                "inspected_by": str(inspection.inspected_by),
                "document_number": inspection.document_number,
                "rule_set": str(inspection.rule_set),
                "rule_set_version": inspection.rule_set_version,
                "remedy_by": event.remedy_by.isoformat(),
                "remedy": "due",
            },
        ),
        Put(
            deadlines,
            {
                "matter": "remedy",
                "subject": finding,
                "model": None,
                "last_day": event.remedy_by.isoformat(),
                "responsible": str(inspection.body),
                "done": 0,
                "said_days": NOTHING_SAID,
                "event_id": str(recorded.id),
            },
        ),
    )


def _reported(recorded: Recorded[RemedyReported]) -> tuple[RowChange, ...]:
    finding = str(recorded.event.finding_id)
    return (
        Patch(demands, {"finding_id": finding}, {"remedy": "reported"}),
        Patch(deadlines, {"matter": "remedy", "subject": finding}, {"done": 1}),
    )


def _returned(recorded: Recorded[RemedyReturned]) -> tuple[RowChange, ...]:
    event, finding = recorded.event, str(recorded.event.finding_id)
    by = event.remedy_by.isoformat()
    return (
        Patch(demands, {"finding_id": finding}, {"remedy": "due", "remedy_by": by}),
        Patch(
            deadlines,
            {"matter": "remedy", "subject": finding},
            {
                "last_day": by,
                "responsible": str(event.inspection.body),
                "done": 0,
                "said_days": NOTHING_SAID,
                "escalates_on": None,
                "event_id": str(recorded.id),
            },
        ),
    )


HANDLERS: Final[tuple[Handler, ...]] = (
    puts(
        InspectionOpened,
        inspections,
        body=lambda r: r.event.inspection.body,
        inspected_by=lambda r: r.event.inspection.inspected_by,
        document_number=lambda r: r.event.inspection.document_number,
        status="open",
    ),
    patches(InspectionConcluded, inspections, status="concluded"),
    patches(InspectionWithdrawn, inspections, status="withdrawn"),
    on(FindingRecorded, _demanded),
    on(RemedyReported, _reported),
    on(RemedyReturned, _returned),
    patches(RemedyAccepted, demands, remedy="accepted"),
)
