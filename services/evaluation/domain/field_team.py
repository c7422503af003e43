"""The team of a unit for a field: appraisals that open follow it. Practice: Cửa Lò 2018. Stream `team-<id>`."""

from types import MappingProxyType
from typing import Annotated, Final

import msgspec

from services.evaluation.domain.team import (
    APPRAISERS_MAX,
    TEAM_CHANGE_UNEXPLAINED,
    AppraiserForm,
)
from shared.contracts.appraisal import Appraiser, FieldTeamAssigned
from shared.contracts.values import OrganizationId, TeamId, Text, WorkField
from shared.domain.decider import Decider, Request
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
    """Assign it, names already replaced by references."""

    team_id: TeamId
    members: Annotated[tuple[Appraiser, ...], msgspec.Meta(max_length=APPRAISERS_MAX)]
    at: Instant


def decide(state: FieldTeam, command: AssignFieldTeam) -> tuple[FieldTeamAssigned, ...]:
    """What follows from `command`. Raises RefusedError."""
    former = () if state.assigned is None else state.assigned.members
    if command.members == former:
        return ()
    if state.assigned is not None and command.reason is None:
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


FIELD_TEAM: Final[Decider[FieldTeam, AssignFieldTeam, FieldTeamAssigned]] = Decider(
    category="team",
    initial_state=FieldTeam(),
    decide=decide,
    evolve=evolve,
    commands=MappingProxyType({"AssignFieldTeam": AssignFieldTeam}),
)
