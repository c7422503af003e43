"""What notification answers about periodic reports: the figures, and the events behind each (clause IV.2)."""

from datetime import date
from typing import Annotated, Final
from uuid import UUID

import msgspec

from services.notification.domain.period import Period, period_of
from services.notification.domain.report_figures import BY_NAME, Dimension, Fact
from services.notification.report_counting import Asked, Report, prepare, report_of, within
from services.notification.report_rows import report_facts
from services.notification.report_sql import Window, entries
from shared.contracts.notification import ReportLine
from shared.contracts.values import OrganizationId
from shared.domain.time import legal_date
from shared.host.cursor import Order, PageParameters, fetch_page
from shared.host.lists import into
from shared.host.service import NotFoundError, Page, Query

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
    in all, and by field, kind, category, place, line, level and committee (clause IV.2).
    """
    return await report_of(query.read, query.parameters.asked(), legal_date(query.now))


class AskEntries(PageParameters, frozen=True, kw_only=True):
    """Which figure of which report, in the period itself, the one before, or from the beginning; of one row of a
    breakdown where `dimension` and `key` name it. `position` is the report's, so that what came later is left out.
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
    if wanted.dimension is not None:
        statement = statement.where(within(wanted.dimension, wanted.key, scope))
    return await fetch_page(query.read, statement, _ORDER, wanted, into(EntryRow))
