"""A report as it stands: the figures of a body and period, in all and along every dimension."""

from collections.abc import Mapping
from datetime import date
from typing import Final
from urllib.parse import urlencode

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notification.domain.period import PERIOD_AHEAD, Period
from services.notification.domain.report_figures import DIMENSIONS, FIGURES, Counts
from services.notification.report_breakdowns import Breakdown, breakdown, titles_of
from services.notification.report_scope import Scope, scope_of
from services.notification.report_sql import Counting, Window, count, position_of
from services.notification.report_values import Sums, Values, summed, values_of
from shared.contracts.notification import ReportLine
from shared.contracts.values import OrganizationId

ENTRIES_ADDRESS: Final = "/notification/reports/entries"


class FigureRow(Values, frozen=True, kw_only=True):
    """A figure of a report, what one in it is, where it comes from, and the addresses of the lists of models and
    events that make it up.
    """

    figure: str
    vi: str
    en: str
    counts: Counts
    source: str
    part_of: str | None
    at_end: bool
    entries: str
    cumulative_entries: str | None


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of a body and period (clause IV.2), counted up to `position` of the record, on the graph of
    `as_at`.
    """

    body: OrganizationId
    body_name: str
    line: ReportLine
    period: Period
    before: Period
    as_at: date
    position: int
    figures: tuple[FigureRow, ...]
    breakdowns: tuple[Breakdown, ...]


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """Whose figures of which period; without a `position` those of now."""

    body: OrganizationId
    line: ReportLine
    period: Period
    position: int | None = None


async def prepare(read: AsyncConnection, asked: Asked, today: date) -> tuple[Scope, Counting]:
    """What the figures and the lists behind them are found by. Raises NotFoundError, RefusedError."""
    if asked.period.first > today:
        raise PERIOD_AHEAD(first=asked.period.first.isoformat())
    scope = await scope_of(read, asked.body, asked.line, min(asked.period.last, today))
    position = await position_of(read) if asked.position is None else asked.position
    return scope, Counting(period=asked.period, today=today, position=position)


async def report_of(read: AsyncConnection, asked: Asked, today: date) -> Report:
    """The report as it stands. Raises NotFoundError, RefusedError."""
    scope, counting = await prepare(read, asked, today)
    counts = await count(read, scope, counting)
    address = _address(asked, counting)
    titles = await titles_of(read)

    def link(more: Mapping[str, str]) -> str:
        return _link(address, **more)

    totals = summed(one for one in counts if one.axis == "field")
    return Report(
        body=asked.body,
        body_name=scope.bodies.names.get(asked.body, str(asked.body)),
        line=asked.line,
        period=asked.period,
        before=asked.period.before,
        as_at=scope.bodies.on,
        position=counting.position,
        figures=_figures(totals, address),
        breakdowns=tuple(breakdown(one, counts, scope, titles, link) for one in DIMENSIONS),
    )


def _address(asked: Asked, counting: Counting) -> Mapping[str, str]:
    return {
        "body": str(asked.body),
        "line": asked.line,
        "from": asked.period.first.isoformat(),
        "until": asked.period.last.isoformat(),
        "position": str(counting.position),
    }


def _link(address: Mapping[str, str], **more: str) -> str:
    return f"{ENTRIES_ADDRESS}?{urlencode({**address, **more})}"


def _figures(sums: Sums, address: Mapping[str, str]) -> tuple[FigureRow, ...]:
    rows = []
    for one in FIGURES:
        values = values_of(one, sums)
        windows: tuple[Window, Window] = ("value", "cumulative")
        now, ever = (_link(address, figure=one.name, window=window) for window in windows)
        rows.append(
            FigureRow(
                **msgspec.structs.asdict(values),
                figure=one.name,
                vi=one.vi,
                en=one.en,
                counts=one.counts,
                source=one.source,
                part_of=one.part_of,
                at_end=one.at_end,
                entries=now,
                cumulative_entries=None if one.at_end else ever,
            )
        )
    return tuple(rows)
