"""Periodic reports counted twice: by the report, and by the lists of events behind its figures."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.notification.domain.period import Period, parse
from services.notification.domain.report_figures import BY_NAME, FIGURES, Dimension
from services.notification.report_breakdowns import BreakdownRow, beyond, within
from services.notification.report_counting import Asked, Report, prepare, report_of
from services.notification.report_scope import Scope
from services.notification.report_sql import Counting, Window, count, entries
from services.notification.service import notification_service
from shared.contracts.notification import ReportLine
from shared.contracts.values import OrganizationId
from shared.host.clock import SystemClock
from shared.host.database import ServiceDatabase
from shared.host.generation import Generation
from shared.host.projection import Projection
from tests.support.histories import PROVINCE, Ledger

SERVICE: Final = notification_service(None)
TODAY: Final = date(2026, 12, 31)
YEAR: Final = Period(first=date(2026, 1, 1), last=TODAY)


@asynccontextmanager
async def counted(databases_url: str, ledger: Ledger) -> AsyncIterator[AsyncConnection]:
    """A connection to the read model that the host makes of the events, in place of any that was there."""
    database = await ServiceDatabase.open(databases_url, SERVICE.name, SERVICE.read_model)
    async with AsyncExitStack() as closing:
        closing.push_async_callback(database.close)
        generation = await Generation.make(1, database.storage, SERVICE.read_model.tables)
        closing.push_async_callback(generation.close)
        projection = await Projection.open(SERVICE, database, SystemClock(), generation)
        await projection.apply(ledger.events, ledger.position)
        assert not projection.parked, projection.parked
        yield await closing.enter_async_context(generation.read())


def period_of(name: str) -> Period:
    """The period of a name, such as 2026-H1."""
    period = parse(name)
    assert period is not None
    return period


def asked_of(
    body: OrganizationId = PROVINCE, line: ReportLine = "all", period: Period = YEAR
) -> Asked:
    return Asked(body=body, line=line, period=period)


async def figures(read: AsyncConnection, asked: Asked) -> dict[str, tuple[int, int]]:
    """Each figure of a report: in the period, and in the one before."""
    report = await report_of(read, asked, TODAY)
    return {row.figure: (row.value, row.before) for row in report.figures}


async def listed(
    read: AsyncConnection,
    prepared: tuple[Scope, Counting],
    figure: str,
    window: Window = "value",
    row: tuple[Dimension, BreakdownRow] | None = None,
) -> list[UUID]:
    """The events behind a figure, of one row of a breakdown where it is named."""
    scope, counting = prepared
    statement = entries(scope, counting, BY_NAME[figure], window)
    if row is not None:
        dimension, shown = row
        if shown.key is None:
            counts = await count(read, scope, counting)
            statement = statement.where(beyond(dimension, counts, scope))
        else:
            statement = statement.where(within(dimension, shown.key, scope))
    return [UUID(one.event_id) for one in (await read.execute(statement)).all()]


async def holds_together(read: AsyncConnection, asked: Asked, dimension: Dimension) -> None:
    """Every figure has as many events as it says, in all and along a dimension; its parts and rows sum to it."""
    report = await report_of(read, asked, TODAY)
    prepared = await prepare(read, asked, TODAY)
    totals = {row.figure: row for row in report.figures}
    for figure in FIGURES:
        row = totals[figure.name]
        windows: tuple[tuple[Window, int | None], ...] = (
            ("value", row.value),
            ("before", row.before),
            ("cumulative", row.cumulative),
        )
        for window, said in windows:
            if said is not None:
                found = await listed(read, prepared, figure.name, window)
                assert len(found) == len(set(found)) == said, (figure.name, window)
        assert row.change == row.value - row.before
        assert row.cumulative is None or row.cumulative >= row.value
        _parts_sum(report, figure.name)
    (breakdown,) = (one for one in report.breakdowns if one.dimension == dimension)
    for shown in breakdown.rows:
        for name, values in shown.figures.items():
            found = await listed(read, prepared, name, row=(dimension, shown))
            assert len(found) == values.value, (dimension, shown.key, name)


def _parts_sum(report: Report, name: str) -> None:
    totals = {row.figure: row for row in report.figures}
    parts = [totals[one.name] for one in FIGURES if one.part_of == name]
    if parts:
        assert sum(part.value for part in parts) == totals[name].value
        assert sum(part.before for part in parts) == totals[name].before
    for breakdown in report.breakdowns:
        rows = [row.figures[name] for row in breakdown.rows if name in row.figures]
        assert sum(row.value for row in rows) == totals[name].value
        assert sum(row.before for row in rows) == totals[name].before
        assert sum(row.cumulative or 0 for row in rows) == (totals[name].cumulative or 0)
