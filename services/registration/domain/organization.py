"""A body of the province: what it is, the lines it stands in, what it may recognise. Stream `organization-<id>`.

State in `organization_state.py`, its end and successors in `reorganization.py`.
"""

from datetime import date
from types import MappingProxyType
from typing import Final

import msgspec

from services.registration.domain import organization_refusals as refuse
from services.registration.domain import reorganization
from services.registration.domain.organization_state import (
    Competence,
    Name,
    Organization,
    OrganizationEvent,
    OrganizationLine,
    Seat,
    evolve,
    stage,
)
from services.registration.domain.reorganization import (
    DissolveOrganization,
    MergeOrganization,
    ReorganizationCommand,
    SplitOrganization,
    SucceedCompetence,
)
from services.registration.domain.surroundings import Surroundings
from shared.contracts.registration import (
    CompetenceAssigned,
    OrganizationCreated,
    OrganizationLineChanged,
    OrganizationMoved,
    OrganizationRenamed,
)
from shared.contracts.values import (
    CategoryId,
    CompetenceClause,
    Level,
    Line,
    LineKind,
    OrganizationCode,
    OrganizationId,
)
from shared.domain.decider import Decider, Request
from shared.domain.graph import GraphLine
from shared.domain.time import Instant

# --- commands ---------------------------------------------------------------------------------


class LineForm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line and who stands above in it."""

    line: LineKind
    superior: OrganizationId | None


class CreateOrganizationForm(Request, frozen=True, kw_only=True):
    """A body as one enters it: what it is, where, since when, and who stands above."""

    name: Line
    kind: Line
    level: Level
    place: Line
    established_on: date
    category: CategoryId | None = None
    code: OrganizationCode | None = None
    lines: tuple[LineForm, ...] = ()


class CreateOrganization(CreateOrganizationForm, frozen=True, kw_only=True):
    """Create the body with its first lines. Each begins when both are there, the body and its superior."""

    organization_id: OrganizationId
    at: Instant
    surroundings: Surroundings = Surroundings()


class ChangeLineForm(Request, frozen=True, kw_only=True):
    """Who stands above in a line from a day on."""

    line: LineKind
    superior: OrganizationId | None
    valid_from: date


class ChangeLine(ChangeLineForm, frozen=True, kw_only=True):
    """Change a line of the body."""

    at: Instant
    surroundings: Surroundings = Surroundings()


class AssignCompetenceForm(Request, frozen=True, kw_only=True):
    """Under which clause the body recognises, who advises it, since when, by which document."""

    clause: CompetenceClause
    advised_by: OrganizationId
    valid_from: date
    source: Line


class AssignCompetence(AssignCompetenceForm, frozen=True, kw_only=True):
    """Give the body a competence of clause I.2.2."""

    at: Instant
    surroundings: Surroundings = Surroundings()


class RenameOrganizationForm(Request, frozen=True, kw_only=True):
    """What the body is called from a day on, by which document."""

    name: Line
    valid_from: date
    source: Line


class RenameOrganization(RenameOrganizationForm, frozen=True, kw_only=True):
    """Rename the body."""

    at: Instant


class MoveOrganizationForm(Request, frozen=True, kw_only=True):
    """Where the body is and at which level from a day on, by which document."""

    place: Line
    level: Level
    valid_from: date
    source: Line


class MoveOrganization(MoveOrganizationForm, frozen=True, kw_only=True):
    """Move the body to another place or level."""

    at: Instant


OrganizationCommand = (
    CreateOrganization
    | ChangeLine
    | AssignCompetence
    | RenameOrganization
    | MoveOrganization
    | ReorganizationCommand
)

# --- rules ------------------------------------------------------------------------------------


def decide(state: Organization, command: OrganizationCommand) -> tuple[OrganizationEvent, ...]:
    """What follows from `command`. Raises RefusedError."""
    if isinstance(command, CreateOrganization):
        return _create(state, command)
    if state.created is None:
        raise refuse.UNKNOWN()
    if isinstance(command, DissolveOrganization | MergeOrganization | SplitOrganization):
        return reorganization.decide(state, state.created, command)
    _check_day(state, state.created, command.valid_from)
    match command:
        case ChangeLine():
            return _change_line(state, state.created, command)
        case AssignCompetence():
            return _assign_competence(state, state.created, command)
        case RenameOrganization():
            return _rename(state, state.created, command)
        case MoveOrganization():
            return _move(state, state.created, command)
        case SucceedCompetence():
            return reorganization.decide(state, state.created, command)


def _check_day(state: Organization, created: OrganizationCreated, on: date) -> None:
    """A body changes only while it is there."""
    if on < created.established_on:
        raise refuse.BEFORE_ESTABLISHED(on=created.established_on.isoformat())
    if state.ended is not None and on >= state.ended.effective_on:
        raise refuse.ENDED(on=state.ended.effective_on.isoformat())


def _create(state: Organization, command: CreateOrganization) -> tuple[OrganizationEvent, ...]:
    if state.created is not None:
        raise refuse.ALREADY_EXISTS()
    if len({entry.line for entry in command.lines}) != len(command.lines):
        raise refuse.LINE_TWICE()
    if any(entry.superior == command.organization_id for entry in command.lines):
        raise refuse.OWN_SUPERIOR()
    lines = tuple(_first_line(command, entry) for entry in command.lines)
    created = OrganizationCreated(
        organization_id=command.organization_id,
        name=command.name,
        kind=command.kind,
        level=command.level,
        place=command.place,
        established_on=command.established_on,
        category=command.category,
        code=command.code,
    )
    return (created, *lines)


def _first_line(command: CreateOrganization, entry: LineForm) -> OrganizationLineChanged:
    """The line from the day the body was established, or from that of its superior where it is later: a
    cell is older than the commune under whose committee the reform put it.
    """
    valid_from = command.established_on
    if entry.superior is not None:
        since = command.surroundings.established_on(entry.superior)
        valid_from = valid_from if since is None else max(valid_from, since)
        command.surroundings.require_living(entry.superior, valid_from)
    return OrganizationLineChanged(
        organization_id=command.organization_id,
        line=entry.line,
        superior=entry.superior,
        valid_from=valid_from,
    )


def _change_line(
    state: Organization, created: OrganizationCreated, command: ChangeLine
) -> tuple[OrganizationEvent, ...]:
    organization_id = created.organization_id
    if command.superior == organization_id:
        raise refuse.OWN_SUPERIOR()
    if OrganizationLine(command.line, command.superior, command.valid_from) in state.lines:
        return ()
    changed = OrganizationLineChanged(
        organization_id=organization_id,
        line=command.line,
        superior=command.superior,
        valid_from=command.valid_from,
    )
    if command.superior is not None:
        command.surroundings.require_living(command.superior, command.valid_from)
        after = evolve(state, changed)
        _check_circle(after, organization_id, command.line, command.surroundings)
    return (changed,)


def _check_circle(
    after: Organization, body: OrganizationId, line: LineKind, surroundings: Surroundings
) -> None:
    """No line leads back to where it starts, on any day."""
    around = surroundings.graph
    others: tuple[GraphLine, ...] = tuple(
        entry for entry in around.lines if entry.organization != body
    )
    graph = msgspec.structs.replace(around, lines=(*others, *after.graph().lines))
    on = graph.circle(body, line)
    if on is not None:
        raise refuse.LINE_CIRCLE(on=on.isoformat())


def _assign_competence(
    state: Organization, created: OrganizationCreated, command: AssignCompetence
) -> tuple[OrganizationEvent, ...]:
    organization_id = created.organization_id
    if command.advised_by == organization_id:
        raise refuse.ADVISER_DECIDES()
    if Competence(command.clause, command.advised_by, command.valid_from) in state.competences:
        return ()
    command.surroundings.require_living(command.advised_by, command.valid_from)
    return (
        CompetenceAssigned(
            organization_id=organization_id,
            clause=command.clause,
            advised_by=command.advised_by,
            valid_from=command.valid_from,
            source=command.source,
        ),
    )


def _rename(
    state: Organization, created: OrganizationCreated, command: RenameOrganization
) -> tuple[OrganizationEvent, ...]:
    if Name(command.name, command.valid_from, command.source) in state.names:
        return ()
    return (
        OrganizationRenamed(
            organization_id=created.organization_id,
            name=command.name,
            valid_from=command.valid_from,
            source=command.source,
        ),
    )


def _move(
    state: Organization, created: OrganizationCreated, command: MoveOrganization
) -> tuple[OrganizationEvent, ...]:
    if Seat(command.place, command.level, command.valid_from, command.source) in state.seats:
        return ()
    return (
        OrganizationMoved(
            organization_id=created.organization_id,
            place=command.place,
            level=command.level,
            valid_from=command.valid_from,
            source=command.source,
        ),
    )


ORGANIZATION: Final[Decider[Organization, OrganizationCommand, OrganizationEvent]] = Decider(
    category="organization",
    initial_state=Organization(),
    decide=decide,
    evolve=evolve,
    stage=stage,
    commands=MappingProxyType(
        {
            "CreateOrganization": CreateOrganization,
            "ChangeLine": ChangeLine,
            "AssignCompetence": AssignCompetence,
            "RenameOrganization": RenameOrganization,
            "MoveOrganization": MoveOrganization,
            "DissolveOrganization": DissolveOrganization,
            "MergeOrganization": MergeOrganization,
            "SplitOrganization": SplitOrganization,
            "SucceedCompetence": SucceedCompetence,
        }
    ),
)
