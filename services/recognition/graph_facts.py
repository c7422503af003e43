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
from shared.domain.graph import Succession
from shared.host.lines import upwards
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
    graph, cites = Graph(successions=ends.graph.successions), ends.cites
    seen = {holder, *(one for entry in graph.successions for one in entry.successors)}
    above = await upwards(read, lines, SUCCESSIONS, seen, on, graph=graph)
    held, events = await _competences(read, {*above.bodies, named}, on)
    # The Commission stands above nobody here, and can be no more all the same.
    ends = await after(read, SUCCESSIONS, {entry.organization for entry in held}, on)
    whole = msgspec.structs.replace(
        above.graph, competences=held, successions=_with(above.graph.successions, ends)
    )
    return whole, tuple(dict.fromkeys((*cites, *above.cites, *events, *ends.cites)))


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
