"""The way up the line from a body, as far as the read model knows the graph."""

from datetime import date
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import Row, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notification.parties import Parties, standing_on
from services.notification.readmodel import SUCCESSIONS, lines
from shared.contracts.values import LineKind, ModelId, OrganizationId
from shared.domain.graph import LINE_STEPS_MAX, Graph, GraphLine
from shared.host.successions import Successions, after

_LINES: Final[tuple[LineKind, ...]] = ("party", "vertical", "territory")
"""The line one is answerable in: the party's first, where a body stands in several."""
_ABOVE: Final = (
    select(lines)
    .where(
        lines.c.organization_id.in_(bindparam("bodies", expanding=True)),
        lines.c.valid_from <= bindparam("day"),
    )
    .order_by(lines.c.valid_from)
)


async def way_up(
    read: AsyncConnection, due: Row[*tuple[Any, ...]], body: OrganizationId | None, on: date
) -> tuple[tuple[OrganizationId, ...], tuple[UUID, ...]]:
    """The bodies above one on a day, nearest first, up to the launching body of what is due, which comes last in
    any case; and the events that say so.
    """
    launching = OrganizationId(UUID(str(due.launching_body)))
    named: Parties = {"launching_body": [launching]}
    model = None if due.model_id is None else ModelId(UUID(str(due.model_id)))
    standing, ends = await standing_on(read, named, model, on)
    last = standing["launching_body"]
    if body is None:
        return tuple(last), ends
    graph, cited = await _around(read, body, on)
    way = next((found for line in _LINES if (found := graph.above(body, line, on))), ())
    before = way[: way.index(last[0])] if last and last[0] in way else way
    return tuple(one for one in (*before, *last) if one != body), (*cited, *ends)


async def _around(
    read: AsyncConnection, body: OrganizationId, on: date
) -> tuple[Graph, tuple[UUID, ...]]:
    """As much of the graph as lies above a body, and the events it comes from."""
    entries: list[GraphLine] = []
    cites: list[UUID] = []
    seen, frontier = {body}, {body}
    ends = Successions()
    for _ in range(LINE_STEPS_MAX):
        wanted = {"bodies": [str(one) for one in frontier], "day": on.isoformat()}
        for row in (await read.execute(_ABOVE, wanted)).all():
            superior = None if row.superior is None else OrganizationId(UUID(row.superior))
            entries.append(
                GraphLine(
                    organization=OrganizationId(UUID(row.organization_id)),
                    line=cast("LineKind", row.line),
                    superior=superior,
                    valid_from=date.fromisoformat(row.valid_from),
                )
            )
            cites.append(UUID(row.event_id))
        above = {entry.superior for entry in entries if entry.superior is not None}
        ends = await after(read, SUCCESSIONS, above | seen, on)
        heirs = {one for each in ends.graph.successions for one in each.successors}
        frontier = (above | heirs) - seen
        seen |= frontier
        if not frontier:
            break
    graph = Graph(lines=tuple(entries), successions=ends.graph.successions)
    return graph, (*cites, *ends.cites)
