"""The lines of the organisation graph as a service keeps them: who stands above whom since when, and the way up."""

from collections.abc import Collection
from datetime import date
from typing import Final, Generic, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import Column, MetaData, String, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.contracts.registration import OrganizationLineChanged
from shared.contracts.values import OrganizationId
from shared.domain.graph import LINE_STEPS_MAX, Graph, GraphLine
from shared.host.copying import puts
from shared.host.service import Handler
from shared.host.successions import after

_ID: Final = 36
G = TypeVar("G", bound=Graph)


def line_table(tables: MetaData) -> Table:
    """The table, in a service's read model: a row for each line of a body from a day on."""
    return Table(
        "lines",
        tables,
        Column("organization", String(_ID), primary_key=True),
        Column("line", String(20), primary_key=True),
        Column("valid_from", String(10), primary_key=True),
        Column("superior", String(_ID)),
        Column("event_id", String(_ID), nullable=False),
    )


def line_handler(table: Table) -> Handler:
    """How the table follows from the events."""
    return puts(OrganizationLineChanged, table, organization=lambda r: r.event.organization_id)


class Upwards(msgspec.Struct, Generic[G], frozen=True, kw_only=True):
    """The part of the graph above some bodies, all bodies met on the way, and the events it comes from."""

    graph: G
    bodies: frozenset[OrganizationId]
    cites: tuple[UUID, ...]


async def upwards(
    read: AsyncConnection,
    lines: Table,
    successions: Table,
    bodies: Collection[OrganizationId],
    on: date,
    *,
    graph: G,
) -> Upwards[G]:
    """The lines upwards from `bodies` on a day, step by step, with the successors of who stood there, added to
    what `graph` has.
    """
    cites: list[UUID] = []
    seen = set(bodies)
    frontier = set(bodies)
    for _ in range(LINE_STEPS_MAX):
        if not frontier:
            break
        statement = (
            select(lines)
            .where(
                lines.c.organization.in_([str(body) for body in frontier]),
                lines.c.valid_from <= on.isoformat(),
            )
            .order_by(lines.c.organization, lines.c.line, lines.c.valid_from)
        )
        rows = (await read.execute(statement)).all()
        found = [
            GraphLine(
                organization=OrganizationId(UUID(row.organization)),
                line=row.line,
                superior=None if row.superior is None else OrganizationId(UUID(row.superior)),
                valid_from=date.fromisoformat(row.valid_from),
            )
            for row in rows
        ]
        ends = await after(read, successions, {one.superior for one in found if one.superior}, on)
        graph = msgspec.structs.replace(
            graph,
            lines=(*graph.lines, *found),
            successions=tuple(dict.fromkeys((*graph.successions, *ends.graph.successions))),
        )
        cites += [*(UUID(row.event_id) for row in rows), *ends.cites]
        above = {graph.superior(line.organization, line.line, on) for line in found}
        frontier = {body for body in above if body is not None} - seen
        seen |= frontier
    return Upwards(graph=graph, bodies=frozenset(seen), cites=tuple(dict.fromkeys(cites)))
