"""The team of a unit for a field: appraisals that open follow it. Practice: Cửa Lò 2018. Stream `team-<id>`."""

from collections.abc import Collection
from datetime import date
from types import MappingProxyType
from typing import Annotated, Final

import msgspec

from services.evaluation.domain.team import (
    APPRAISERS_MAX,
    TEAM_CHANGE_UNEXPLAINED,
    AppraiserForm,
)
from shared.contracts.appraisal import Appraiser, FieldTeamAssigned
from shared.contracts.values import ModelId, OrganizationId, TeamId, Text, WorkField
from shared.domain.decider import Decider, Request
from shared.domain.graph import Graph
from shared.domain.refusal import Refusal
from shared.domain.time import Instant


class FieldTeam(msgspec.Struct, frozen=True):
    """`assigned` is the latest, None before the first event."""

    assigned: FieldTeamAssigned | None = None


def evolve(_state: FieldTeam, event: FieldTeamAssigned) -> FieldTeam:
    """What is known after `event`."""
    return FieldTeam(assigned=event)


class FieldTeamName(Request, frozen=True, kw_only=True):
    """What form and command have in common: the unit, the field, and why a team changes."""

    unit: OrganizationId
    field: WorkField
    reason: Text | None = None


class AssignFieldTeamForm(FieldTeamName, frozen=True, kw_only=True):
    """The unit's whole team for a field from now on; without members appraisals open without a team."""

    members: Annotated[tuple[AppraiserForm, ...], msgspec.Meta(max_length=APPRAISERS_MAX)]


class AssignFieldTeam(FieldTeamName, frozen=True, kw_only=True):
    """Assign it, names already replaced by references. `passed_on` is the team that a unit left to the one
    that succeeded it; None where none stands for this one yet.
    """

    team_id: TeamId
    members: Annotated[tuple[Appraiser, ...], msgspec.Meta(max_length=APPRAISERS_MAX)]
    passed_on: tuple[Appraiser, ...] | None = None
    unit_ended: bool = False
    at: Instant


UNIT_ENDED: Final = Refusal(
    "team-of-an-ended-unit",
    vi="Đơn vị này không còn hoạt động. Hãy cử tổ thẩm định của đơn vị kế thừa.",
    en="This unit is no more. Assign the team of the unit that succeeded it.",
)


def decide(state: FieldTeam, command: AssignFieldTeam) -> tuple[FieldTeamAssigned, ...]:
    """What follows from `command`. Raises RefusedError."""
    if command.unit_ended:
        raise UNIT_ENDED()
    former = command.passed_on if state.assigned is None else state.assigned.members
    if command.members == (former or ()):
        return ()
    if former is not None and command.reason is None:
        raise TEAM_CHANGE_UNEXPLAINED()
    return (
        FieldTeamAssigned(
            team_id=command.team_id,
            unit=command.unit,
            field=command.field,
            members=command.members,
            reason=command.reason,
        ),
    )


def whose_team(
    graph: Graph,
    unit: OrganizationId,
    assigned: Collection[OrganizationId],
    on: date,
    *,
    model: ModelId | None = None,
    seen: frozenset[OrganizationId] = frozenset(),
) -> OrganizationId | None:
    """Which unit's team appraises for `unit` on a day: its own once it is among those that `assigned` one, else
    that of the unit whose appraising it took over, and so on back. Where several left it theirs none is
    preferred: the unit says which.
    """
    if unit in assigned:
        return unit
    left = {
        whose_team(graph, one.organization, assigned, on, model=model, seen=seen | {unit})
        for one in graph.successions
        if one.effective_on <= on
        and one.organization not in seen
        and one.taker("appraising_unit", model) == unit
    }
    left.discard(None)
    return left.pop() if len(left) == 1 else None


FIELD_TEAM: Final[Decider[FieldTeam, AssignFieldTeam, FieldTeamAssigned]] = Decider(
    category="team",
    initial_state=FieldTeam(),
    decide=decide,
    evolve=evolve,
    commands=MappingProxyType({"AssignFieldTeam": AssignFieldTeam}),
)
