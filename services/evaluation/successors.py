"""Who decides on a model and advises on it on a day, where the bodies that were named may be no more."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.evaluation.readmodel import SUCCESSIONS, competences, criteria_sets
from services.evaluation.rule_facts import held_by
from shared.contracts.values import ModelId, OrganizationId
from shared.domain.graph import Graph
from shared.host.successions import Successions, after, around


class Deciding(msgspec.Struct, frozen=True, kw_only=True):
    """The body that decides, the unit that advises it (clause III.2.1c), and the events that say so."""

    deciding_body: OrganizationId
    appraising_unit: OrganizationId
    cites: tuple[UUID, ...]


async def deciding_on(
    read: AsyncConnection,
    *,
    named: OrganizationId,
    committee: OrganizationId,
    model: ModelId,
    on: date,
) -> Deciding | None:
    """Who decides on a day in the place of the body the registration `named`: itself while it is there, then
    its successor in this duty; where nobody is, whoever succeeded in its competence, the model's committee
    first. None where there is nobody, or nobody advises.
    """
    ends = await after(read, SUCCESSIONS, (named, committee), on)
    decides = ends.graph.holder_on(named, "deciding_body", on, model)
    if decides is None:
        decides = await _heir(
            read, named, ends.graph.holder_on(committee, "committee", on, model), on
        )
    competence = None if decides is None else await competence_of(read, decides, on)
    if decides is None or competence is None:
        return None
    adviser = OrganizationId(UUID(competence.advised_by))
    advisers = await after(read, SUCCESSIONS, (adviser,), on)
    advises = advisers.graph.holder_on(adviser, "appraising_unit", on, model)
    if advises is None or advises == decides:
        return None
    cites = (UUID(competence.event_id), *ends.cites, *advisers.cites)
    return Deciding(
        deciding_body=decides, appraising_unit=advises, cites=tuple(dict.fromkeys(cites))
    )


async def _heir(
    read: AsyncConnection, former: OrganizationId, committee: OrganizationId | None, on: date
) -> OrganizationId | None:
    rows = await read.execute(
        select(competences.c.organization).where(
            competences.c.former == str(former), competences.c.valid_from <= on.isoformat()
        )
    )
    heirs = {OrganizationId(UUID(row)) for row in rows.scalars()}
    ends = await after(read, SUCCESSIONS, heirs, on)
    standing = {one for one in heirs if not ends.graph.ended(one, on)}
    if committee in standing:
        return committee
    return standing.pop() if len(standing) == 1 else None


async def competence_of(
    read: AsyncConnection, body: OrganizationId, on: date
) -> Row[Any, Any] | None:
    """The latest competence in force; of several with one date the one recorded last."""
    statement = (
        select(competences.c.advised_by, competences.c.event_id)
        .where(competences.c.organization == str(body), competences.c.valid_from <= on.isoformat())
        .order_by(competences.c.valid_from.desc(), competences.c.position.desc())
        .limit(1)
    )
    return (await read.execute(statement)).one_or_none()


async def criteria_of(read: AsyncConnection, body: OrganizationId, on: date) -> Row[Any] | None:
    """The criteria that hold on a day for a body that is there: its own, else those of a body it succeeded."""
    around_it = await around(read, SUCCESSIONS, (body,), on)
    for one in around_it.stands_for(body, None, on):
        row = await held_by(read, criteria_sets, OrganizationId(one), on)
        if row is not None:
            return row
    return None


async def standing_for(
    read: AsyncConnection, duties: Mapping[str, OrganizationId], model: ModelId | None, on: date
) -> tuple[dict[str, OrganizationId], tuple[UUID, ...]]:
    """Who holds each duty on a day; where expressly nobody does, the body it was given to."""
    ends: Successions = await after(read, SUCCESSIONS, set(duties.values()), on)
    graph: Graph = ends.graph
    found = {duty: graph.holder_on(body, duty, on, model) or body for duty, body in duties.items()}
    return found, ends.cites
