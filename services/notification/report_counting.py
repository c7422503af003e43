"""A report as it stands: the figures of a body and period, in all and along every dimension."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notification.domain.period import PERIOD_AHEAD, Period
from services.notification.domain.report_figures import (
    DIMENSIONS,
    FIGURES,
    Counts,
    Dimension,
    Fact,
)
from services.notification.report_rows import report_models
from services.notification.report_scope import NOWHERE, Scope, scope_of
from services.notification.report_sql import (
    Axis,
    Count,
    Counting,
    Window,
    count,
    position_of,
)
from shared.contracts.notification import ReportLine
from shared.contracts.values import OrganizationId

_LABELS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "economy": ("Kinh tế", "Economy"),
        "culture-society": ("Văn hóa - xã hội", "Culture and society"),
        "security-defence": ("Quốc phòng - an ninh", "Security and defence"),
        "political-system": ("Xây dựng hệ thống chính trị", "Political system"),
        "collective": ("Tập thể", "Collectives"),
        "individual": ("Cá nhân", "Individuals"),
        "province": ("Cấp tỉnh", "Province"),
        "district": ("Cấp huyện", "District"),
        "commune": ("Cấp xã", "Commune"),
        "grassroots": ("Cơ sở", "Grassroots"),
    }
)
_NOWHERE: Final[Mapping[Dimension, tuple[str, str]]] = MappingProxyType(
    {
        "place": ("Chưa rõ địa bàn", "No place known"),
        "line": ("Ngoài hệ thống ngành dọc", "In no vertical system"),
        "level": ("Chưa rõ cấp", "No level known"),
        "committee": ("Không còn cấp ủy phụ trách", "No committee any more"),
    }
)

ENTRIES_ADDRESS: Final = "/notification/reports/entries"


class Values(msgspec.Struct, frozen=True, kw_only=True):
    """A figure: in the period, in the period before, the difference, and, of what happens rather than
    holds, from the beginning of the record to the period's end.
    """

    value: int
    before: int
    change: int
    cumulative: int | None


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


class BreakdownRow(msgspec.Struct, frozen=True, kw_only=True):
    """One row: `key` names it in the address `entries`, to which `figure` and `window` are added. Figures that
    are nought throughout are left out.
    """

    key: str
    vi: str
    en: str
    figures: dict[str, Values]
    entries: str


class Breakdown(msgspec.Struct, frozen=True, kw_only=True):
    """The figures along a dimension; its rows sum to the total."""

    dimension: Dimension
    vi: str
    en: str
    rows: tuple[BreakdownRow, ...]


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
    totals = _summed([one for one in counts if one.axis == "field"])
    return Report(
        body=asked.body,
        body_name=scope.bodies.names.get(asked.body, str(asked.body)),
        line=asked.line,
        period=asked.period,
        before=asked.period.before,
        as_at=scope.bodies.on,
        position=counting.position,
        figures=_figures(totals, address),
        breakdowns=tuple(_breakdown(one, counts, scope, address) for one in DIMENSIONS),
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


Sums = Mapping[Fact, tuple[int, int, int]]


def _summed(counts: list[Count]) -> Sums:
    found: dict[Fact, tuple[int, int, int]] = {}
    for one in counts:
        value, before, cumulative = found.get(one.fact, (0, 0, 0))
        found[one.fact] = (value + one.value, before + one.before, cumulative + one.cumulative)
    return found


def _values(facts: tuple[Fact, ...], sums: Sums, *, at_end: bool) -> Values:
    parts = [sums.get(fact, (0, 0, 0)) for fact in facts]
    value, before, cumulative = (sum(part[index] for part in parts) for index in range(3))
    return Values(
        value=value,
        before=before,
        change=value - before,
        cumulative=None if at_end else cumulative,
    )


def _figures(sums: Sums, address: Mapping[str, str]) -> tuple[FigureRow, ...]:
    rows = []
    for one in FIGURES:
        values = _values(one.facts, sums, at_end=one.at_end)
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


# --- dimensions -------------------------------------------------------------------------------


def key_of(dimension: Dimension, scope: Scope) -> tuple[Axis, Callable[[str], str]]:
    """What a dimension is counted by in SQL, and which row what was counted there belongs to."""
    bodies = scope.bodies

    def held_by(raw: str) -> OrganizationId | None:
        return scope.holder.of.get(raw)

    def place(raw: str) -> str:
        body = held_by(raw)
        return NOWHERE if body is None else bodies.seats.get(body, (NOWHERE, NOWHERE))[0]

    def line(raw: str) -> str:
        body = held_by(raw)
        top = None if body is None else bodies.top(body)
        return NOWHERE if top is None else str(top)

    def level(raw: str) -> str:
        body = scope.deciding_body.of.get(raw)
        return NOWHERE if body is None else bodies.seats.get(body, (NOWHERE, NOWHERE))[1]

    def committee(raw: str) -> str:
        body = scope.committee.of.get(raw)
        return NOWHERE if body is None else str(body)

    match dimension:
        case "place":
            return "holder", place
        case "line":
            return "holder", line
        case "level":
            return "deciding_body", level
        case "committee":
            return "committee", committee
        case "field" | "kind" | "category":
            return dimension, str


def within(dimension: Dimension, key: str, scope: Scope) -> ColumnElement[bool]:
    """The models in one row of a breakdown."""
    axis, row_of = key_of(dimension, scope)
    match axis:
        case "holder" | "committee" | "deciding_body":
            standing = {
                "holder": scope.holder,
                "committee": scope.committee,
                "deciding_body": scope.deciding_body,
            }[axis]
            return standing.among([raw for raw in standing.of if row_of(raw) == key])
        case "field":
            return report_models.c.field == key
        case "kind":
            return report_models.c.holder_kind == key
        case "category":
            return report_models.c.category == key


def _breakdown(
    dimension: Dimension, counts: list[Count], scope: Scope, address: Mapping[str, str]
) -> Breakdown:
    axis, row_of = key_of(dimension, scope)
    grouped: dict[str, list[Count]] = defaultdict(list)
    rows: dict[str, str] = {}
    for one in counts:
        if one.axis == axis:
            key = rows.get(one.key)
            if key is None:
                key = rows[one.key] = row_of(one.key)
            grouped[key].append(one)
    made = [_row(dimension, key, _summed(of), scope, address) for key, of in grouped.items()]
    vi, en = DIMENSIONS[dimension]
    ordered = tuple(sorted(made, key=lambda row: (row.key == NOWHERE, row.vi, row.key)))
    return Breakdown(dimension=dimension, vi=vi, en=en, rows=ordered)


def _row(
    dimension: Dimension, key: str, sums: Sums, scope: Scope, address: Mapping[str, str]
) -> BreakdownRow:
    vi, en = _label(dimension, key, scope)
    values = {one.name: _values(one.facts, sums, at_end=one.at_end) for one in FIGURES}
    return BreakdownRow(
        key=key,
        vi=vi,
        en=en,
        figures={
            name: one for name, one in values.items() if one.value or one.before or one.cumulative
        },
        entries=_link(address, dimension=dimension, key=key),
    )


def _label(dimension: Dimension, key: str, scope: Scope) -> tuple[str, str]:
    if key == NOWHERE:
        return _NOWHERE[dimension]
    if dimension in ("line", "committee"):
        name = scope.bodies.names.get(OrganizationId(UUID(key)), key)
        return name, name
    return _LABELS.get(key, (key, key))
