"""The breakdowns of a report: which row what was counted belongs to, and which models one row is about."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notification.domain.report_figures import (
    BREAKDOWN_ROWS_MAX,
    DIMENSIONS,
    FIGURES,
    Dimension,
)
from services.notification.report_rows import report_sub_fields
from services.notification.report_scope import NOWHERE, Scope, is_one_of
from services.notification.report_sql import Axis, Count, axis_column
from services.notification.report_values import Values, summed, values_of
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
_NO_SUB_FIELD: Final = ("không ghi lĩnh vực nhỏ", "no sub-field stated")


class BreakdownRow(msgspec.Struct, frozen=True, kw_only=True):
    """One row: `key` names it in the address `entries`, to which `figure` and `window` are added. A sub-field is
    `part_of` a row of the breakdown by field. Figures that are nought throughout are left out. A row without a key
    is the last one: it sums `stands_for` rows that are beyond the bound of a breakdown.
    """

    key: str | None
    vi: str
    en: str
    part_of: str | None
    stands_for: int
    figures: dict[str, Values]
    entries: str


class Breakdown(msgspec.Struct, frozen=True, kw_only=True):
    """The figures along a dimension; its rows sum to the total."""

    dimension: Dimension
    vi: str
    en: str
    rows: tuple[BreakdownRow, ...]


def sub_field_key(field: str, sub_field: str = "") -> str:
    """The key of a sub-field's row; of what has none in that field, without one."""
    return f"{field}/{sub_field}"


Link = Callable[[Mapping[str, str]], str]
"""Makes the address of a list of events of a report from what it adds to it."""

Titles = Mapping[str, str]
"""What local sub-fields are called, by their key in a breakdown."""


async def titles_of(read: AsyncConnection) -> Titles:
    """Of every sub-field the title it was last adopted with."""
    rows = (await read.execute(select(report_sub_fields))).all()
    return {sub_field_key(row.field, row.sub_field): row.title for row in rows}


# --- rows -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rows:
    """What was counted along a dimension, by the key of its row; `beyond` are the keys that are summed in one."""

    own: Mapping[str, Sequence[Count]]
    beyond: Mapping[str, Sequence[Count]]


def rows_of(dimension: Dimension, counts: Sequence[Count], scope: Scope) -> Rows:
    """The rows of a breakdown. Those that count most have one of their own, as many as the bound allows."""
    axis, row_of = key_of(dimension, scope)
    grouped: dict[str, list[Count]] = defaultdict(list)
    keys: dict[str, str] = {}
    for one in counts:
        if one.axis == axis:
            key = keys.get(one.key)
            if key is None:
                key = keys[one.key] = row_of(one.key)
            grouped[key].append(one)
    if len(grouped) <= BREAKDOWN_ROWS_MAX:
        return Rows(grouped, {})

    def weight(key: str) -> tuple[int, str]:
        return -sum(one.value + one.before + one.cumulative for one in grouped[key]), key

    ordered = sorted(grouped, key=weight)
    own, beyond = ordered[: BREAKDOWN_ROWS_MAX - 1], ordered[BREAKDOWN_ROWS_MAX - 1 :]
    return Rows({key: grouped[key] for key in own}, {key: grouped[key] for key in beyond})


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
        case "field" | "sub_field" | "kind" | "category":
            return dimension, str


def within(dimension: Dimension, key: str, scope: Scope) -> ColumnElement[bool]:
    """The models in the row of a key."""
    axis, _ = key_of(dimension, scope)
    return _standing(dimension, (key,), scope, lambda: axis_column(axis, scope) == key)


def beyond(dimension: Dimension, counts: Sequence[Count], scope: Scope) -> ColumnElement[bool]:
    """The models in the row that sums what is beyond the bound; of these counts, as the report had them."""
    axis, _ = key_of(dimension, scope)
    keys = rows_of(dimension, counts, scope).beyond
    return _standing(dimension, keys, scope, lambda: is_one_of(axis_column(axis, scope), keys))


def _standing(
    dimension: Dimension,
    keys: Collection[str],
    scope: Scope,
    copied: Callable[[], ColumnElement[bool]],
) -> ColumnElement[bool]:
    """The models in the rows of `keys`: by the bodies that make these rows, or `copied` from the model itself."""
    axis, row_of = key_of(dimension, scope)
    match axis:
        case "holder" | "committee" | "deciding_body":
            standing = {
                "holder": scope.holder,
                "committee": scope.committee,
                "deciding_body": scope.deciding_body,
            }[axis]
            return standing.among([raw for raw in standing.of if row_of(raw) in keys])
        case "field" | "sub_field" | "kind" | "category":
            return copied()


# --- what is shown ----------------------------------------------------------------------------


def breakdown(
    dimension: Dimension, counts: Sequence[Count], scope: Scope, titles: Titles, link: Link
) -> Breakdown:
    """The figures along a dimension, its rows by name, what is beyond the bound in the last one."""
    rows = rows_of(dimension, counts, scope)
    labels = {key: _label(dimension, key, scope, titles) for key in rows.own}
    made = [_row(dimension, key, of, labels[key], link) for key, of in rows.own.items()]
    made.sort(key=_place)
    if rows.beyond:
        made.append(_rest(dimension, rows.beyond, link))
    vi, en = DIMENSIONS[dimension]
    return Breakdown(dimension=dimension, vi=vi, en=en, rows=tuple(made))


def _row(
    dimension: Dimension, key: str, counts: Sequence[Count], label: tuple[str, str], link: Link
) -> BreakdownRow:
    return BreakdownRow(
        key=key,
        vi=label[0],
        en=label[1],
        part_of=key.partition("/")[0] if dimension == "sub_field" else None,
        stands_for=1,
        figures=_figures(counts),
        entries=link({"dimension": dimension, "key": key}),
    )


def _place(row: BreakdownRow) -> tuple[bool, str, bool, str, str]:
    """By name; what is nowhere comes last, and so does what has no sub-field within its field."""
    field, unstated = "", False
    if row.part_of is not None:
        field, unstated = _LABELS[row.part_of][0], row.key == sub_field_key(row.part_of)
    return row.key == NOWHERE, field, unstated, row.vi, row.key or ""


def _rest(dimension: Dimension, rows: Mapping[str, Sequence[Count]], link: Link) -> BreakdownRow:
    number = len(rows)
    return BreakdownRow(
        key=None,
        vi=f"Còn lại ({number} dòng cộng chung)",
        en=f"All others ({number} rows together)",
        part_of=None,
        stands_for=number,
        figures=_figures([one for counts in rows.values() for one in counts]),
        entries=link({"dimension": dimension, "beyond": "true"}),
    )


def _figures(counts: Sequence[Count]) -> dict[str, Values]:
    sums = summed(counts)
    values = {one.name: values_of(one, sums) for one in FIGURES}
    return {name: one for name, one in values.items() if one.value or one.before or one.cumulative}


def _label(dimension: Dimension, key: str, scope: Scope, titles: Titles) -> tuple[str, str]:
    if key == NOWHERE:
        return _NOWHERE[dimension]
    if dimension in ("line", "committee"):
        name = scope.bodies.names.get(OrganizationId(UUID(key)), key)
        return name, name
    if dimension == "sub_field":
        field, _, local = key.partition("/")
        vi, en = _LABELS[field]
        if not local:
            return f"{vi}: {_NO_SUB_FIELD[0]}", f"{en}: {_NO_SUB_FIELD[1]}"
        title = titles.get(key, local)
        return f"{vi}: {title}", f"{en}: {title}"
    return _LABELS.get(key, (key, key))
