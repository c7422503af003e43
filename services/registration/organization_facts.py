"""Gathers what the rules need to know of the organisation graph, with the events to cite."""

from collections.abc import Collection
from datetime import date
from typing import Final
from uuid import UUID

import msgspec

from services.registration.domain.organization import ORGANIZATION
from services.registration.domain.surroundings import HeldCompetence, KnownBody, Surroundings
from shared.contracts.values import LineKind, ModelId, OrganizationId
from shared.domain.graph import Graph
from shared.host.service import Work

BODIES_MAX: Final = 500
"""Bodies looked at around a change: those above and after the ones it names, of all days."""


async def around(
    work: Work, bodies: Collection[OrganizationId], *, line: LineKind | None = None
) -> tuple[Surroundings, tuple[UUID, ...]]:
    """The graph of all days upwards and onwards from `bodies`: who stood above them, in one line or in
    any, and who succeeds.
    """
    found, cites = Surroundings(), list[UUID]()
    seen, waiting = set(bodies), list(bodies)
    while waiting and len(seen) <= BODIES_MAX:
        body = waiting.pop()
        loaded = await work.load(ORGANIZATION, body)
        if loaded.event_id is None or loaded.state.created is None:
            continue
        cites.append(loaded.event_id)
        said = loaded.state.graph()
        found = Surroundings(
            graph=Graph(
                lines=(*found.graph.lines, *said.lines),
                successions=(*found.graph.successions, *said.successions),
            ),
            known=(
                *found.known,
                KnownBody(organization=body, established_on=loaded.state.created.established_on),
            ),
            competences=(
                *found.competences,
                *(
                    HeldCompetence(
                        organization=body, clause=held.clause, valid_from=held.valid_from
                    )
                    for held in loaded.state.competences
                ),
            ),
        )
        further = {
            entry.superior
            for entry in said.lines
            if entry.superior is not None and line in (None, entry.line)
        }
        further |= {one for entry in said.successions for one in entry.successors}
        waiting += further - seen
        seen |= further
    return found, tuple(cites)


async def surroundings_of(
    work: Work, body: UUID, *named: OrganizationId | None
) -> tuple[Surroundings, tuple[UUID, ...]]:
    """What a change of `body` needs that names others. The body's own succession is its state's to say,
    and its own last event is no fact of elsewhere.
    """
    found, cites = await around(work, [one for one in named if one is not None])
    own = await work.load(ORGANIZATION, body)
    return found, tuple(cite for cite in cites if cite != own.event_id)


async def successions_after(
    work: Work, bodies: Collection[OrganizationId]
) -> tuple[Graph, tuple[UUID, ...]]:
    """Who succeeds `bodies`, of all days, and the events that say so."""
    graph, cites = Graph(), list[UUID]()
    seen, waiting = set(bodies), list(bodies)
    while waiting and len(seen) <= BODIES_MAX:
        loaded = await work.load(ORGANIZATION, waiting.pop())
        said = loaded.state.graph().successions
        if said and loaded.event_id is not None:
            cites.append(loaded.event_id)
        graph = msgspec.structs.replace(graph, successions=(*graph.successions, *said))
        further = {one for entry in said for one in entry.successors}
        waiting += further - seen
        seen |= further
    return graph, tuple(cites)


async def holder_on(
    work: Work,
    body: OrganizationId,
    duty: str,
    on: date,
    model: ModelId | None = None,
) -> tuple[OrganizationId | None, tuple[UUID, ...]]:
    """Who holds on a day the duty that was given to `body`, and the events to cite."""
    graph, cites = await successions_after(work, [body])
    return graph.holder_on(body, duty, on, model), cites
