"""Gathers who in a council has a tie to a dossier's holder: where members work, and what they declared."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.evaluation.domain.appraisal_state import Appraisal
from services.evaluation.domain.conflict import Tie, tie_of
from services.evaluation.persons import Revealing, person
from services.evaluation.readmodel import SUCCESSIONS, lines
from services.evaluation.successors import standing_for
from shared.contracts.appraisal import AppraisalOpened, ConflictTie
from shared.contracts.council import CouncilMember
from shared.contracts.values import CouncilId, Forgettable, OrganizationId
from shared.domain.graph import Graph
from shared.host.lines import upwards


@dataclass(frozen=True)
class Dossier:
    """An appraisal, and who holds its duties today: holder, committee, appraising unit, deciding body; and who
    holds the model together with the leading holder, then and today.
    """

    state: Appraisal
    opened: AppraisalOpened
    standing: Mapping[str, OrganizationId]
    joint: tuple[OrganizationId, ...]

    @property
    def holders(self) -> tuple[OrganizationId, ...]:
        """The holders as registered, and whoever stands in their place today."""
        return (self.opened.holder, self.standing["holder"], *self.joint)

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
    bodies = {*dossier.holders, *places.values()}
    above = await upwards(read, lines, SUCCESSIONS, bodies, on, graph=Graph())
    ties: dict[UUID, ConflictTie] = {}
    for who, place in places.items():
        for holder in dossier.holders:
            tie = tie_of(above.graph, place, holder, dossier.concerned, on)
            if tie is not None:
                ties.setdefault(who, tie)
    return ties, above.cites


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
    joint, more = await joint_holders_of(read, opened, on)
    dossier = Dossier(state=state, opened=opened, standing=standing, joint=joint)
    return dossier, tuple(dict.fromkeys((*ends, *more)))


async def joint_holders_of(
    read: AsyncConnection, opened: AppraisalOpened, on: date
) -> tuple[tuple[OrganizationId, ...], tuple[UUID, ...]]:
    """Who holds the model together with the leading holder, as registered and as they stand on a day, and the
    events of the successions.
    """
    joint, cites = list[OrganizationId](), list[UUID]()
    for one in opened.joint_holders:
        standing, ends = await standing_for(read, {"holder": one.organization}, opened.model, on)
        joint += [one.organization, standing["holder"]]
        cites += ends
    return tuple(joint), tuple(cites)
