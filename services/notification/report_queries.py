"""What notification answers about periodic reports: the figures, and the events behind each (clause IV.2)."""

from datetime import date, datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec
from sqlalchemy import select

from services.notification.domain.period import Period, period_of
from services.notification.domain.report import REPORT, IssuedReport
from services.notification.domain.report_figures import BY_NAME, Dimension, Fact
from services.notification.report_breakdowns import beyond, within
from services.notification.report_counting import Asked, Report, prepare, report_of
from services.notification.report_rows import issued_reports, report_facts
from services.notification.report_sql import Window, count, entries
from shared.contracts.notification import IssuedFigure, PeriodicReportIssued, ReportLine
from shared.contracts.values import OrganizationId
from shared.domain.time import legal_date
from shared.host.cursor import Order, PageParameters, fetch_page
from shared.host.lists import into, where_equal
from shared.host.service import Download, NotFoundError, Page, Query

POSITION_MAX: Final = 2**63 - 1

Code = Annotated[str, msgspec.Meta(max_length=8, examples=["2026-H1"])]


class AskReport(msgspec.Struct, frozen=True, kw_only=True):
    """Whose figures, over which line of the graph, and of which period: `period` (2026, 2026-H1, 2026-06), or
    `from` and `until`, both days included.
    """

    body: UUID
    line: ReportLine = "all"
    period: Code | None = None
    first: date | None = msgspec.field(name="from", default=None)
    until: date | None = None

    def asked(self) -> Asked:
        """The question. Raises RefusedError where no period follows from it."""
        return Asked(
            body=OrganizationId(self.body),
            line=self.line,
            period=period_of(self.period, self.first, self.until),
        )


async def get_report(query: Query[AskReport]) -> Report:
    """The figures of a body's models in a period, with those of the period before and those from the beginning:
    in all, and by field, sub-field, kind, category, place, line, level and committee (clause IV.2).
    """
    return await report_of(query.read, query.parameters.asked(), legal_date(query.now))


class AskEntries(PageParameters, frozen=True, kw_only=True):
    """Which figure of which report, in the period itself, the one before, or from the beginning; of one row of a
    breakdown where `dimension` and `key` name it, of the one that sums the rows beyond the bound with `beyond`.
    `position` is the report's, so that what came later is left out.
    """

    body: UUID
    figure: Annotated[str, msgspec.Meta(max_length=40, examples=["registered"])]
    line: ReportLine = "all"
    period: Code | None = None
    first: date | None = msgspec.field(name="from", default=None)
    until: date | None = None
    window: Window = "value"
    dimension: Dimension | None = None
    key: Annotated[str, msgspec.Meta(max_length=200)] = ""
    beyond: bool = False
    position: Annotated[int, msgspec.Meta(ge=0, le=POSITION_MAX)] | None = None


class EntryRow(msgspec.Struct, frozen=True, kw_only=True):
    """One in a figure: the event that says it, the legal day it counts on, and its model."""

    event_id: UUID
    fact: Fact
    day: date
    position: int
    model_id: UUID
    name: str


_ORDER: Final = (Order(report_facts.c.position), Order(report_facts.c.event_id))


async def list_report_entries(query: Query[AskEntries]) -> Page[EntryRow]:
    """The models and events that make up a figure, as many as the figure says (clause IV.2)."""
    wanted = query.parameters
    figure = BY_NAME.get(wanted.figure)
    if figure is None or (figure.at_end and wanted.window == "cumulative"):
        raise NotFoundError("figure")
    period: Period = period_of(wanted.period, wanted.first, wanted.until)
    asked = Asked(
        body=OrganizationId(wanted.body),
        line=wanted.line,
        period=period,
        position=wanted.position,
    )
    scope, counting = await prepare(query.read, asked, legal_date(query.now))
    statement = entries(scope, counting, figure, wanted.window)
    if wanted.dimension is not None and wanted.beyond:
        counts = await count(query.read, scope, counting)
        statement = statement.where(beyond(wanted.dimension, counts, scope))
    elif wanted.dimension is not None:
        statement = statement.where(within(wanted.dimension, wanted.key, scope))
    return await fetch_page(query.read, statement, _ORDER, wanted, into(EntryRow))


class NoParameters(msgspec.Struct, frozen=True, kw_only=True):
    """A read without parameters of its own."""


class ListIssued(PageParameters, frozen=True, kw_only=True):
    """Filters of the list of issued reports."""

    body: UUID | None = None
    issued_by: UUID | None = None


class IssuedRow(msgspec.Struct, frozen=True, kw_only=True):
    """An issued report in the list, by its last issue."""

    report_id: UUID
    issue: int
    title: str
    body: UUID
    issued_by: UUID
    line: ReportLine
    first: date
    last: date
    issued_at: datetime
    sha256: str


_NEWEST_FIRST: Final = (
    Order(issued_reports.c.issued_at, descending=True),
    Order(issued_reports.c.report_id, descending=True),
)


async def list_issued_reports(query: Query[ListIssued]) -> Page[IssuedRow]:
    """The reports that were issued, newest first (clause IV.2)."""
    wanted = query.parameters
    statement = where_equal(
        select(issued_reports),
        (issued_reports.c.body, wanted.body),
        (issued_reports.c.issued_by, wanted.issued_by),
    )
    return await fetch_page(query.read, statement, _NEWEST_FIRST, wanted, into(IssuedRow))


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """A figure that the record gives otherwise now than when the report was issued."""

    figure: str
    issued: IssuedFigure
    now: IssuedFigure


class IssuedView(msgspec.Struct, frozen=True, kw_only=True):
    """A report as it was last issued, and where the record says otherwise by now: what was corrected or came in
    late since.
    """

    revision: int
    report: PeriodicReportIssued
    now_at_position: int
    differences: list[Difference]


async def get_issued_report(query: Query[NoParameters]) -> IssuedView:
    """A report as it was last issued, beside what the record says now (clause IV.2)."""
    loaded = await query.load(REPORT, query.path_id("report_id"))
    issued = _issued(loaded.state)
    asked = Asked(
        body=issued.body, line=issued.line, period=Period(first=issued.first, last=issued.last)
    )
    report = await report_of(query.read, asked, legal_date(query.now))
    now = {one.figure: one for one in figures_of(report)}
    return IssuedView(
        revision=loaded.revision,
        report=issued,
        now_at_position=report.position,
        differences=[
            Difference(figure=one.figure, issued=one, now=now[one.figure])
            for one in issued.figures
            if one.figure in now and now[one.figure] != one
        ],
    )


async def get_issued_content(query: Query[NoParameters]) -> Download:
    """The whole report as it was last issued: the bytes whose SHA-256 stands in the record."""
    issued = _issued((await query.load(REPORT, query.path_id("report_id"))).state)
    content = await query.files.get(issued.sha256)
    if content is None:
        raise NotFoundError("file")
    return Download(content=content, media_type="application/json")


def figures_of(report: Report) -> tuple[IssuedFigure, ...]:
    """The figures of a report as its event holds them."""
    return tuple(
        IssuedFigure(
            figure=row.figure, value=row.value, before=row.before, cumulative=row.cumulative
        )
        for row in report.figures
    )


def _issued(state: IssuedReport) -> PeriodicReportIssued:
    if state.last is None:
        raise NotFoundError("report")
    return state.last
