"""Whose models a report is about, on the graph of a day: those held by a body and by whoever stands below it.

A model that is reached over several lines is one model all the same: the lines are put together as sets of
holders before anything is counted (practice: parallel lines must not count the same work twice).
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, cast
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, case, false, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notification.readmodel import SUCCESSIONS, lines, organizations
from services.notification.report_rows import (
    report_models,
    report_movements,
    report_names,
    report_seats,
)
from shared.contracts.notification import ReportLine
from shared.contracts.values import Duty, LineKind, ModelId, OrganizationId
from shared.domain.graph import LINE_STEPS_MAX, Graph
from shared.host.service import NotFoundError
from shared.host.successions import around

_LINES: Final = (
    select(lines).where(lines.c.valid_from <= bindparam("day")).order_by(lines.c.valid_from)
)
_SEATS: Final = (
    select(report_seats)
    .where(report_seats.c.valid_from <= bindparam("day"))
    .order_by(report_seats.c.valid_from)
)
_NAMES: Final = (
    select(report_names)
    .where(report_names.c.valid_from <= bindparam("day"))
    .order_by(report_names.c.valid_from)
)
_ENDED: Final = select(SUCCESSIONS.c.organization).distinct()
_DUTIES: Final[Mapping[str, Duty]] = {
    "holder": "holder",
    "committee": "committee",
    "deciding_body": "deciding_body",
    "launching_body": "launching_body",
}

NOWHERE: Final = ""
"""The key of what has no place, no vertical system, nobody to take over."""


@dataclass(frozen=True)
class Bodies:
    """Every body as it stood on a day. Who ended is represented by its successor."""

    graph: Graph
    on: date
    superiors: Mapping[LineKind, Mapping[OrganizationId, OrganizationId]]
    names: Mapping[OrganizationId, str]
    seats: Mapping[OrganizationId, tuple[str, str]]

    def below(self, body: OrganizationId, line: LineKind) -> frozenset[OrganizationId]:
        """The body and all that stand below it in one line."""
        under: dict[OrganizationId, list[OrganizationId]] = {}
        for one, above in self.superiors[line].items():
            under.setdefault(above, []).append(one)
        found, waiting = {body}, [body]
        while waiting:
            new = set(under.get(waiting.pop(), ())) - found
            found |= new
            waiting += new
        return frozenset(found)

    def top(self, body: OrganizationId) -> OrganizationId | None:
        """The head of the vertical system a body belongs to; None where it belongs to none."""
        current = body
        for _ in range(LINE_STEPS_MAX):
            above = self.superiors["vertical"].get(current)
            if above is None or above == body:
                break
            current = above
        heads = set(self.superiors["vertical"].values())
        return current if current != body or body in heads else None

    def above(self, body: OrganizationId) -> tuple[OrganizationId, ...]:
        """All that stand above a body in any line, each line followed by itself."""
        found: dict[OrganizationId, None] = {}
        for superiors in self.superiors.values():
            current = superiors.get(body)
            for _ in range(LINE_STEPS_MAX):
                if current is None or current == body:
                    break
                found[current] = None
                current = superiors.get(current)
        return tuple(found)


async def bodies_on(read: AsyncConnection, on: date) -> Bodies:
    """The graph of a day."""
    day = {"day": on.isoformat()}
    ended = [UUID(one) for one in (await read.execute(_ENDED)).scalars()]
    graph = (await around(read, SUCCESSIONS, ended, on)).graph if ended else Graph()
    latest: dict[LineKind, dict[OrganizationId, OrganizationId | None]] = {
        "party": {},
        "vertical": {},
        "territory": {},
    }
    ids: dict[str, OrganizationId] = {}

    def known(text: str) -> OrganizationId:
        found = ids.get(text)
        if found is None:
            found = ids[text] = OrganizationId(UUID(text))
        return found

    for row in await read.execute(_LINES, day):
        above = None if row.superior is None else known(row.superior)
        latest[cast("LineKind", row.line)][known(row.organization_id)] = above
    superiors = {
        line: {
            body: held
            for body, above in entries.items()
            if above is not None
            and (held := graph.holder_on(above, None, on)) is not None
            and held != body
        }
        for line, entries in latest.items()
    }
    return Bodies(
        graph,
        on,
        superiors,
        {known(row.organization_id): row.name for row in await read.execute(_NAMES, day)},
        {
            known(row.organization_id): (row.place, row.level)
            for row in await read.execute(_SEATS, day)
        },
    )


@dataclass(frozen=True)
class Standing:
    """A column of `report_models` that names a body, read as who holds that duty on the day: `column` gives
    the body as recorded, but for the models a split gave to one of its parts; `of` says who stands there.
    """

    column: ColumnElement[str]
    of: Mapping[str, OrganizationId | None]

    def where(self, wanted: Callable[[OrganizationId | None], bool]) -> ColumnElement[bool]:
        """The models whose standing body is wanted."""
        return self.among([raw for raw, body in self.of.items() if wanted(body)])

    def among(self, raw: Collection[str]) -> ColumnElement[bool]:
        """The models whose column holds one of these."""
        return is_one_of(self.column, raw)


def is_one_of(column: ColumnElement[str], values: Collection[str]) -> ColumnElement[bool]:
    """Whether the column holds one of many ids of the record: written into the statement, for a database binds
    some thousands of values at most and a province has more bodies.
    """
    if not values:
        return false()
    return column.in_(bindparam(None, sorted(values), expanding=True, literal_execute=True))


@dataclass(frozen=True)
class Scope:
    """The models of a report: `inside` says which, as a condition on `report_models`."""

    bodies: Bodies
    body: OrganizationId
    inside: ColumnElement[bool]
    holder: Standing
    committee: Standing
    deciding_body: Standing


async def scope_of(
    read: AsyncConnection, body: OrganizationId, line: ReportLine, on: date
) -> Scope:
    """The models of a body: held by it or below it in a line, or in its register as the launching body
    (clause II.2); `all` puts them together. Raises NotFoundError for a body there is not.
    """
    known = select(organizations.c.organization_id).where(
        organizations.c.organization_id == str(body)
    )
    if (await read.execute(known)).first() is None:
        raise NotFoundError("organization")
    bodies = await bodies_on(read, on)
    holder = await _standing(read, bodies, "holder")
    launching = await _standing(read, bodies, "launching_body")
    wanted: list[ColumnElement[bool]] = []
    if line != "register":
        followed: tuple[LineKind, ...] = (
            ("party", "vertical", "territory") if line == "all" else (line,)
        )
        held = frozenset[OrganizationId]().union(*(bodies.below(body, one) for one in followed))
        wanted.append(holder.where(lambda one: one in held))
    if line in ("all", "register"):
        wanted.append(launching.where(lambda one: one == body))
    return Scope(
        bodies,
        body,
        or_(*wanted),
        holder,
        await _standing(read, bodies, "committee"),
        await _standing(read, bodies, "deciding_body"),
    )


async def launching_bodies(read: AsyncConnection, on: date) -> frozenset[OrganizationId]:
    """The bodies that launched a movement, or their successors: they report on all there is."""
    found = (await read.execute(select(report_movements.c.launching_body).distinct())).scalars()
    named = [OrganizationId(UUID(one)) for one in found]
    graph = (await around(read, SUCCESSIONS, named, on)).graph
    held = (graph.holder_on(one, "launching_body", on) for one in named)
    return frozenset(one for one in held if one is not None)


async def overseers_of(
    read: AsyncConnection, body: OrganizationId, on: date
) -> tuple[OrganizationId, ...]:
    """Who monitors and urges a body (clause IV.2): those above it in any line, and whoever launched a movement."""
    above = (await bodies_on(read, on)).above(body)
    return tuple(sorted({*above, *await launching_bodies(read, on)} - {body}, key=str))


async def _standing(read: AsyncConnection, bodies: Bodies, name: str) -> Standing:
    column, duty, graph = report_models.c[name], _DUTIES[name], bodies.graph
    raw = (await read.execute(select(column).distinct())).scalars().all()
    of = {one: graph.holder_on(OrganizationId(UUID(one)), duty, bodies.on) for one in map(str, raw)}
    single = sorted({m for entry in graph.successions for part in entry.parts for m in part.models})
    if not single:
        return Standing(column, of)
    given: dict[OrganizationId, list[str]] = {}
    asked = select(report_models.c.model_id, column).where(
        is_one_of(report_models.c.model_id, [str(one) for one in single])
    )
    for model, one in (await read.execute(asked)).all():
        held = graph.holder_on(OrganizationId(UUID(one)), duty, bodies.on, ModelId(UUID(model)))
        if held is not None and held != of[one]:
            given.setdefault(held, []).append(model)
    if not given:
        return Standing(column, of)
    moved = case(
        *((is_one_of(report_models.c.model_id, models), str(to)) for to, models in given.items()),
        else_=column,
    )
    return Standing(moved, {**of, **{str(to): to for to in given}})
