"""What inspections there are, what each found, and what is to be remedied by when (clause IV.2)."""

from datetime import date
from typing import Literal
from uuid import UUID

import msgspec
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notification.domain.inspection import INSPECTION, Remedy, stage
from services.notification.inspection_rows import demands, inspections
from services.notification.readmodel import models, organizations
from services.notification.report_rows import report_movements
from shared.contracts.inspection import FindingRecorded, InspectionConcluded, InspectionOpened
from shared.contracts.values import ModelId, MovementId, OrganizationId, RuleSetId
from shared.domain.time import legal_date
from shared.host.cursor import Order, PageParameters, fetch_page
from shared.host.lists import into, where_equal
from shared.host.service import NotFoundError, Page, Query

Status = Literal["open", "concluded", "withdrawn"]


class Movement(msgspec.Struct, frozen=True):
    """The rules a movement was launched under."""

    rule_set: RuleSetId
    rule_set_version: int


async def movement_of(read: AsyncConnection, movement: MovementId) -> Movement:
    """A movement that was launched. Raises NotFoundError."""
    asked = select(report_movements).where(report_movements.c.movement_id == str(movement))
    row = (await read.execute(asked)).one_or_none()
    if row is None:
        raise NotFoundError("movement")
    return into(Movement)(row)


async def require_there(read: AsyncConnection, body: OrganizationId, model: ModelId | None) -> None:
    """That there is such a body, and the model where one is named. Raises NotFoundError."""
    known = select(func.count()).where(organizations.c.organization_id == str(body))
    if not (await read.execute(known)).scalar_one():
        raise NotFoundError("organization")
    if model is not None:
        held = select(func.count()).where(models.c.model_id == str(model))
        if not (await read.execute(held)).scalar_one():
            raise NotFoundError("model")


class NoParameters(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing to ask."""


class FindingView(msgspec.Struct, frozen=True, kw_only=True):
    """A finding and where its remedy stands."""

    recorded: FindingRecorded
    remedy: Remedy | None
    due_by: date | None
    overdue: bool
    report: str | None


class InspectionView(msgspec.Struct, frozen=True, kw_only=True):
    """An inspection with all that came of it."""

    revision: int
    status: Status
    opened: InspectionOpened
    findings: list[FindingView]
    comments: list[str]
    concluded: InspectionConcluded | None


async def get_inspection(query: Query[NoParameters]) -> InspectionView:
    """An inspection: its findings, what the body said and did about them, its conclusion. A violation found may be
    a ground to revoke a recognition; that is proposed with the case.
    """
    loaded = await query.load(INSPECTION, query.path_id("inspection_id"))
    state, today = loaded.state, legal_date(query.now)
    if state.opened is None:
        raise NotFoundError("inspection")
    return InspectionView(
        revision=loaded.revision,
        status=msgspec.convert(stage(state), Status),
        opened=state.opened,
        findings=[
            FindingView(
                recorded=one.recorded,
                remedy=one.remedy,
                due_by=one.due_by,
                overdue=one.remedy == "due" and one.due_by is not None and one.due_by < today,
                report=one.report,
            )
            for one in state.findings.values()
        ],
        comments=list(state.comments),
        concluded=state.concluded,
    )


class ListInspections(PageParameters, frozen=True, kw_only=True):
    """Filters of the inspections."""

    body: UUID | None = None
    inspected_by: UUID | None = None
    model: UUID | None = None
    status: Status | None = None


class InspectionRow(msgspec.Struct, frozen=True, kw_only=True):
    """An inspection in the list."""

    inspection_id: UUID
    body: UUID
    inspected_by: UUID
    model: UUID | None
    document_number: str
    begins_on: date
    ends_on: date
    status: Status


async def list_inspections(query: Query[ListInspections]) -> Page[InspectionRow]:
    """Inspections, the latest first (clause IV.2)."""
    wanted = query.parameters
    statement = where_equal(
        select(inspections),
        (inspections.c.body, wanted.body),
        (inspections.c.inspected_by, wanted.inspected_by),
        (inspections.c.model, wanted.model),
        (inspections.c.status, wanted.status),
    )
    order = (
        Order(inspections.c.begins_on, descending=True),
        Order(inspections.c.inspection_id, descending=True),
    )
    return await fetch_page(query.read, statement, order, wanted, into(InspectionRow))


class ListDemands(PageParameters, frozen=True, kw_only=True):
    """Filters of what inspections demand; `overdue` are those due whose day is over."""

    body: UUID | None = None
    inspected_by: UUID | None = None
    remedy: Remedy | None = None
    overdue: bool = False


class DemandRow(msgspec.Struct, frozen=True, kw_only=True):
    """A remedy that is asked for."""

    finding_id: UUID
    inspection_id: UUID
    body: UUID
    inspected_by: UUID
    document_number: str
    remedy_by: date
    remedy: Remedy


async def list_demands(query: Query[ListDemands]) -> Page[DemandRow]:
    """What inspections ask to be remedied, the earliest day first: a body's work list, and its inspectors'."""
    wanted = query.parameters
    statement = where_equal(
        select(demands),
        (demands.c.body, wanted.body),
        (demands.c.inspected_by, wanted.inspected_by),
        (demands.c.remedy, wanted.remedy),
    )
    if wanted.overdue:
        today = legal_date(query.now).isoformat()
        statement = statement.where(demands.c.remedy == "due", demands.c.remedy_by < today)
    order = (Order(demands.c.remedy_by), Order(demands.c.finding_id))
    return await fetch_page(query.read, statement, order, wanted, into(DemandRow))
