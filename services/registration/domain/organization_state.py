"""What is known of a body: its names, places, lines and competences, each with its day, and its end."""

from datetime import date

import msgspec

from shared.contracts.registration import (
    CompetenceAssigned,
    CompetenceSucceeded,
    OrganizationCreated,
    OrganizationDissolved,
    OrganizationLineChanged,
    OrganizationMerged,
    OrganizationMoved,
    OrganizationRenamed,
    OrganizationSplit,
)
from shared.contracts.values import CompetenceClause, Level, Line, LineKind, OrganizationId
from shared.domain.graph import Graph, GraphLine, OrganizationEnded, Succession

OrganizationEvent = (
    OrganizationCreated
    | OrganizationLineChanged
    | CompetenceAssigned
    | CompetenceSucceeded
    | OrganizationRenamed
    | OrganizationMoved
    | OrganizationEnded
)


class OrganizationLine(msgspec.Struct, frozen=True):
    """From `valid_from` on, `superior` stands above in this line; None ends it."""

    line: LineKind
    superior: OrganizationId | None
    valid_from: date


class Competence(msgspec.Struct, frozen=True):
    """From `valid_from` on the body recognises under `clause`, advised by `advised_by`; in place of
    `former` where it succeeded that body.
    """

    clause: CompetenceClause
    advised_by: OrganizationId
    valid_from: date
    former: OrganizationId | None = None


class Name(msgspec.Struct, frozen=True):
    """What the body is called from a day on, by which document; the first name has none."""

    name: Line
    valid_from: date
    source: Line | None = None


class Seat(msgspec.Struct, frozen=True):
    """Where the body is and at which level from a day on, by which document; the first seat has none."""

    place: Line
    level: Level
    valid_from: date
    source: Line | None = None


class Organization(msgspec.Struct, frozen=True):
    """`created` is None before the first event, `ended` until the body is no more."""

    created: OrganizationCreated | None = None
    names: tuple[Name, ...] = ()
    seats: tuple[Seat, ...] = ()
    lines: tuple[OrganizationLine, ...] = ()
    competences: tuple[Competence, ...] = ()
    ended: OrganizationEnded | None = None

    def name_on(self, on: date) -> Name | None:
        """What the body is called on a day; None before it exists."""
        valid = [entry for entry in self.names if entry.valid_from <= on]
        return max(valid, key=lambda entry: entry.valid_from, default=None)

    def seat_on(self, on: date) -> Seat | None:
        """Where the body is on a day; None before it exists."""
        valid = [entry for entry in self.seats if entry.valid_from <= on]
        return max(valid, key=lambda entry: entry.valid_from, default=None)

    def graph(self) -> Graph:
        """What the body says of the graph: its lines, and its succession."""
        if self.created is None:
            return Graph()
        return Graph(
            lines=tuple(
                GraphLine(
                    organization=self.created.organization_id,
                    line=entry.line,
                    superior=entry.superior,
                    valid_from=entry.valid_from,
                )
                for entry in self.lines
            ),
            successions=() if self.ended is None else (Succession.of(self.ended),),
        )


def stage(state: Organization) -> str:
    """How far it has come."""
    if state.created is None:
        return "unknown"
    return "standing" if state.ended is None else "ended"


def evolve(state: Organization, event: OrganizationEvent) -> Organization:
    """What is known after `event`. A later entry with the same date replaces the former."""
    match event:
        case OrganizationCreated():
            return msgspec.structs.replace(
                state,
                created=event,
                names=(Name(event.name, event.established_on),),
                seats=(Seat(event.place, event.level, event.established_on),),
            )
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
        case CompetenceSucceeded():
            competence = Competence(event.clause, event.advised_by, event.valid_from, event.former)
            return msgspec.structs.replace(state, competences=(*state.competences, competence))
        case OrganizationRenamed():
            names = tuple(name for name in state.names if name.valid_from != event.valid_from)
            name = Name(event.name, event.valid_from, event.source)
            return msgspec.structs.replace(state, names=(*names, name))
        case OrganizationMoved():
            seats = tuple(seat for seat in state.seats if seat.valid_from != event.valid_from)
            seat = Seat(event.place, event.level, event.valid_from, event.source)
            return msgspec.structs.replace(state, seats=(*seats, seat))
        case OrganizationDissolved() | OrganizationMerged() | OrganizationSplit():
            return msgspec.structs.replace(state, ended=event)
