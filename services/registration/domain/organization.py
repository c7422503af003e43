"""A body of the province: what it is, the lines it stands in, what it may recognise. Stream `organization-<id>`."""

from datetime import date
from types import MappingProxyType
from typing import Final

import msgspec

from shared.contracts.registration import (
    CompetenceAssigned,
    OrganizationCreated,
    OrganizationLineChanged,
)
from shared.contracts.values import (
    CategoryId,
    CompetenceClause,
    Level,
    Line,
    LineKind,
    OrganizationId,
)
from shared.domain.decider import Decider, Request
from shared.domain.refusal import Refusal
from shared.domain.time import Instant

OrganizationEvent = OrganizationCreated | OrganizationLineChanged | CompetenceAssigned


# --- state ------------------------------------------------------------------------------------


class OrganizationLine(msgspec.Struct, frozen=True):
    """From `valid_from` on, `superior` stands above in this line; None ends it."""

    line: LineKind
    superior: OrganizationId | None
    valid_from: date


class Competence(msgspec.Struct, frozen=True):
    """From `valid_from` on the body recognises under `clause`, advised by `advised_by`."""

    clause: CompetenceClause
    advised_by: OrganizationId
    valid_from: date


class Organization(msgspec.Struct, frozen=True):
    """`created` is None before the first event."""

    created: OrganizationCreated | None = None
    lines: tuple[OrganizationLine, ...] = ()
    competences: tuple[Competence, ...] = ()

    def superior(self, line: LineKind, on: date) -> OrganizationId | None:
        """Who stands above in `line` on a day: the latest change that is valid by then says."""
        valid = [entry for entry in self.lines if entry.line == line and entry.valid_from <= on]
        return max(valid, key=lambda entry: entry.valid_from).superior if valid else None


def evolve(state: Organization, event: OrganizationEvent) -> Organization:
    """What is known after `event`. A later entry with the same date replaces the former."""
    match event:
        case OrganizationCreated():
            return msgspec.structs.replace(state, created=event)
        case OrganizationLineChanged():
            others = tuple(
                entry
                for entry in state.lines
                if (entry.line, entry.valid_from) != (event.line, event.valid_from)
            )
            entry = OrganizationLine(event.line, event.superior, event.valid_from)
            return msgspec.structs.replace(state, lines=(*others, entry))
        case CompetenceAssigned():
            competence = Competence(event.clause, event.advised_by, event.valid_from)
            return msgspec.structs.replace(state, competences=(*state.competences, competence))


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
    lines: tuple[LineForm, ...] = ()


class CreateOrganization(CreateOrganizationForm, frozen=True, kw_only=True):
    """Create the body with its first lines."""

    organization_id: OrganizationId
    at: Instant


class ChangeLineForm(Request, frozen=True, kw_only=True):
    """Who stands above in a line from a day on."""

    line: LineKind
    superior: OrganizationId | None
    valid_from: date


class ChangeLine(ChangeLineForm, frozen=True, kw_only=True):
    """Change a line of the body."""

    at: Instant


class AssignCompetenceForm(Request, frozen=True, kw_only=True):
    """Under which clause the body recognises, who advises it, since when, by which document."""

    clause: CompetenceClause
    advised_by: OrganizationId
    valid_from: date
    source: Line


class AssignCompetence(AssignCompetenceForm, frozen=True, kw_only=True):
    """Give the body a competence of clause I.2.2."""

    at: Instant


OrganizationCommand = CreateOrganization | ChangeLine | AssignCompetence

# --- rules ------------------------------------------------------------------------------------

ALREADY_EXISTS: Final = Refusal(
    "organization-exists",
    vi="Đơn vị này đã có trong hệ thống.",
    en="This organisation already exists.",
)
UNKNOWN: Final = Refusal(
    "organization-unknown",
    vi="Chưa có đơn vị này. Hãy tạo đơn vị trước.",
    en="There is no such organisation. Create it first.",
)
OWN_SUPERIOR: Final = Refusal(
    "organization-own-superior",
    vi="Một đơn vị không thể là cấp trên của chính mình. Hãy chọn đơn vị khác.",
    en="A body cannot stand above itself. Choose another one.",
)
LINE_TWICE: Final = Refusal(
    "organization-line-twice",
    vi="Mỗi tuyến chỉ ghi một cấp trên. Hãy bỏ dòng trùng.",
    en="Each line takes one superior. Remove the line that stands there twice.",
)
ADVISER_DECIDES: Final = Refusal(
    "adviser-is-decider",
    vi="Đơn vị tham mưu phải khác cơ quan quyết định. Hãy chọn bộ phận phụ trách công tác dân vận.",
    en="The advising unit and the deciding body are distinct. Choose the unit in charge of mass mobilisation.",
    clause="III.2.1c",
)


def decide(state: Organization, command: OrganizationCommand) -> tuple[OrganizationEvent, ...]:
    """What follows from `command`. Raises RefusedError."""
    match command:
        case CreateOrganization():
            return _create(state, command)
        case ChangeLine():
            return _change_line(state, command)
        case AssignCompetence():
            return _assign_competence(state, command)


def _create(state: Organization, command: CreateOrganization) -> tuple[OrganizationEvent, ...]:
    if state.created is not None:
        raise ALREADY_EXISTS()
    if len({entry.line for entry in command.lines}) != len(command.lines):
        raise LINE_TWICE()
    if any(entry.superior == command.organization_id for entry in command.lines):
        raise OWN_SUPERIOR()
    created = OrganizationCreated(
        organization_id=command.organization_id,
        name=command.name,
        kind=command.kind,
        level=command.level,
        place=command.place,
        established_on=command.established_on,
        category=command.category,
    )
    lines = (
        OrganizationLineChanged(
            organization_id=command.organization_id,
            line=entry.line,
            superior=entry.superior,
            valid_from=command.established_on,
        )
        for entry in command.lines
    )
    return (created, *lines)


def _change_line(state: Organization, command: ChangeLine) -> tuple[OrganizationEvent, ...]:
    if state.created is None:
        raise UNKNOWN()
    organization_id = state.created.organization_id
    if command.superior == organization_id:
        raise OWN_SUPERIOR()
    if OrganizationLine(command.line, command.superior, command.valid_from) in state.lines:
        return ()
    return (
        OrganizationLineChanged(
            organization_id=organization_id,
            line=command.line,
            superior=command.superior,
            valid_from=command.valid_from,
        ),
    )


def _assign_competence(
    state: Organization, command: AssignCompetence
) -> tuple[OrganizationEvent, ...]:
    if state.created is None:
        raise UNKNOWN()
    organization_id = state.created.organization_id
    if command.advised_by == organization_id:
        raise ADVISER_DECIDES()
    if Competence(command.clause, command.advised_by, command.valid_from) in state.competences:
        return ()
    return (
        CompetenceAssigned(
            organization_id=organization_id,
            clause=command.clause,
            advised_by=command.advised_by,
            valid_from=command.valid_from,
            source=command.source,
        ),
    )


ORGANIZATION: Final[Decider[Organization, OrganizationCommand, OrganizationEvent]] = Decider(
    category="organization",
    initial_state=Organization(),
    decide=decide,
    evolve=evolve,
    commands=MappingProxyType(
        {
            "CreateOrganization": CreateOrganization,
            "ChangeLine": ChangeLine,
            "AssignCompetence": AssignCompetence,
        }
    ),
)
