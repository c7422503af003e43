"""Gathers the part of the organisation graph that competence rests on, with the events to cite."""

from datetime import date
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.recognition.domain.competence import Graph, GraphCompetence
from services.recognition.readmodel import SUCCESSIONS, competences, lines
from shared.contracts.values import OrganizationId
from shared.domain.graph import LINE_STEPS_MAX, GraphLine, Succession
from shared.host.successions import Successions, after

COMMISSIONS_MAX: Final = 50
"""Bodies that hold clause I.2.2a; a province has one, with its predecessors a few."""


async def graph_above(
    read: AsyncConnection, holder: OrganizationId, named: OrganizationId, on: date
) -> tuple[Graph, tuple[UUID, ...]]:
    """The part of the graph that decides on a day who is competent for `holder` and who decides in the place
    of the body `named`, and its events: the successors of both, the lines upwards, step by step, and the
    competences of the bodies found there.
    """
    ends = await after(read, SUCCESSIONS, (holder, named), on)
    graph, cites = Graph(successions=ends.graph.successions), [*ends.cites]
    seen = {holder, *(one for entry in graph.successions for one in entry.successors)}
    frontier = set(seen)
    for _ in range(LINE_STEPS_MAX):
        if not frontier:
            break
        rows = (
            await read.execute(
                select(lines)
                .where(
                    lines.c.organization.in_([str(body) for body in frontier]),
                    lines.c.valid_from <= on.isoformat(),
                )
                .order_by(lines.c.organization, lines.c.line, lines.c.valid_from)
            )
        ).all()
        found = [
            GraphLine(
                organization=OrganizationId(UUID(row.organization)),
                line=row.line,
                superior=None if row.superior is None else OrganizationId(UUID(row.superior)),
                valid_from=date.fromisoformat(row.valid_from),
            )
            for row in rows
        ]
        ends = await after(read, SUCCESSIONS, {one.superior for one in found if one.superior}, on)
        graph = msgspec.structs.replace(
            graph,
            lines=(*graph.lines, *found),
            successions=_with(graph.successions, ends),
        )
        cites += [*(UUID(row.event_id) for row in rows), *ends.cites]
        above = {graph.superior(line.organization, line.line, on) for line in found}
        frontier = {body for body in above if body is not None} - seen
        seen |= frontier
    held, events = await _competences(read, {*seen, named}, on)
    # The Commission stands above nobody here, and can be no more all the same.
    ends = await after(read, SUCCESSIONS, {entry.organization for entry in held}, on)
    whole = msgspec.structs.replace(
        graph, competences=held, successions=_with(graph.successions, ends)
    )
    return whole, tuple(dict.fromkeys((*cites, *events, *ends.cites)))


async def deciding_successions(
    read: AsyncConnection, deciding_body: OrganizationId, on: date
) -> Successions:
    """Whether the deciding body is there on a day, and who succeeded it."""
    return await after(read, SUCCESSIONS, (deciding_body,), on)


def _with(known: tuple[Succession, ...], more: Successions) -> tuple[Succession, ...]:
    return tuple(dict.fromkeys((*known, *more.graph.successions)))


async def _competences(
    read: AsyncConnection, bodies: set[OrganizationId], on: date
) -> tuple[tuple[GraphCompetence, ...], tuple[UUID, ...]]:
    valid = competences.c.valid_from <= on.isoformat()
    order = (competences.c.organization, competences.c.clause, competences.c.valid_from)
    ids = [str(body) for body in bodies]
    on_the_way = select(competences).where(
        or_(competences.c.organization.in_(ids), competences.c.former.in_(ids)),
        competences.c.clause != "I.2.2a",
        valid,
    )
    whole_province = select(competences).where(competences.c.clause == "I.2.2a", valid)
    rows = [
        *(await read.execute(whole_province.order_by(*order).limit(COMMISSIONS_MAX))).all(),
        *(await read.execute(on_the_way.order_by(*order))).all(),
    ]
    held = tuple(
        GraphCompetence(
            organization=OrganizationId(UUID(row.organization)),
            clause=row.clause,
            valid_from=date.fromisoformat(row.valid_from),
            former=None if row.former is None else OrganizationId(UUID(row.former)),
        )
        for row in rows
    )
    return held, tuple(UUID(row.event_id) for row in rows)
