"""Gathers who in a council has a tie to a dossier's holder: where members work, and what they declared."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.evaluation.domain.appraisal_state import Appraisal
from services.evaluation.domain.conflict import Tie, tie_of
from services.evaluation.persons import Revealing, person
from services.evaluation.readmodel import SUCCESSIONS, lines
from services.evaluation.successors import standing_for
from shared.contracts.appraisal import AppraisalOpened, ConflictTie
from shared.contracts.evaluation import CouncilMember
from shared.contracts.values import CouncilId, Forgettable, OrganizationId
from shared.domain.graph import LINE_STEPS_MAX, Graph, GraphLine
from shared.host.successions import after


@dataclass(frozen=True)
class Dossier:
    """An appraisal, and who holds its duties today: holder, committee, appraising unit, deciding body."""

    state: Appraisal
    opened: AppraisalOpened
    standing: Mapping[str, OrganizationId]

    @property
    def holders(self) -> tuple[OrganizationId, ...]:
        """The holder as registered, and whoever stands in its place today."""
        return (self.opened.holder, self.standing["holder"])

    @property
    def concerned(self) -> tuple[OrganizationId, ...]:
        """The bodies that have a duty in the dossier, then and today."""
        own = (self.opened.committee, self.opened.appraising_unit, self.opened.deciding_body)
        return (*own, *(body for duty, body in self.standing.items() if duty != "holder"))


async def ties_of(
    read: AsyncConnection,
    vault: Revealing,
    dossier: Dossier,
    council: tuple[CouncilId, tuple[CouncilMember, ...]],
    on: date,
) -> tuple[tuple[Tie, ...], tuple[UUID, ...]]:
    """The ties of a council's voting members, each member once, and the events they rest on. What the
    system finds goes before what was declared.
    """
    council_id, members = council
    people = {member.member_id: member.person for member in members}
    found, cites = await found_ties(read, vault, dossier, people, on)
    ties: list[Tie] = []
    for member in members:
        tie = found.get(member.member_id)
        declared = dossier.state.conflicts.get((council_id, member.member_id))
        if tie is not None:
            ties.append(Tie(member_id=member.member_id, tie=tie, found=True))
        elif declared is not None:
            ties.append(Tie(member_id=member.member_id, tie=declared, found=False))
    return tuple(ties), cites if any(tie.found for tie in ties) else ()


async def found_ties(
    read: AsyncConnection,
    vault: Revealing,
    dossier: Dossier,
    people: Mapping[UUID, Forgettable],
    on: date,
) -> tuple[Mapping[UUID, ConflictTie], tuple[UUID, ...]]:
    """Who of some people has a tie by the place of work, and the events of the graph that say so."""
    places: dict[UUID, OrganizationId] = {}
    for who, reference in people.items():
        found = await person(vault, reference)
        if found is not None:
            places[who] = found.organization
    graph, cites = await _graph_above(read, {*dossier.holders, *places.values()}, on)
    ties: dict[UUID, ConflictTie] = {}
    for who, place in places.items():
        for holder in dossier.holders:
            tie = tie_of(graph, place, holder, dossier.concerned, on)
            if tie is not None:
                ties.setdefault(who, tie)
    return ties, cites


async def dossier_of(
    read: AsyncConnection, state: Appraisal, opened: AppraisalOpened, on: date
) -> tuple[Dossier, tuple[UUID, ...]]:
    """An appraisal with who holds its duties on a day, and the events of the successions."""
    duties = {
        "deciding_body": opened.deciding_body,
        "appraising_unit": opened.appraising_unit,
        "committee": opened.committee,
        "holder": opened.holder,
    }
    standing, ends = await standing_for(read, duties, opened.model, on)
    return Dossier(state=state, opened=opened, standing=standing), ends


async def _graph_above(
    read: AsyncConnection, bodies: Collection[OrganizationId], on: date
) -> tuple[Graph, tuple[UUID, ...]]:
    """The lines upwards from some bodies on a day, step by step, with the successors of who stood there."""
    graph, cites, seen = Graph(), list[UUID](), set(bodies)
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
        ends = await after(read, SUCCESSIONS, {one.superior for one in found if one.superior}, on)
        known = {one.organization for one in graph.successions}
        added = [one for one in ends.graph.successions if one.organization not in known]
        graph = msgspec.structs.replace(
            graph, lines=(*graph.lines, *found), successions=(*graph.successions, *added)
        )
        cites += [*(UUID(row.event_id) for row in rows), *ends.cites]
        above = {graph.superior(line.organization, line.line, on) for line in found}
        frontier = {body for body in above if body is not None} - seen
        seen |= frontier
    return graph, tuple(dict.fromkeys(cites))
