"""Keeps in a service's read model which bodies ended and who succeeds them, and asks it.

A service that asks for parties declares the table: its policy table then sees, in the place of a body that
is no more, whoever holds the duty on the day.
"""

from collections.abc import Collection
from datetime import date
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import (
    Column,
    ColumnElement,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    and_,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.contracts.registration import (
    OrganizationDissolved,
    OrganizationMerged,
    OrganizationSplit,
)
from shared.contracts.values import Duty, OrganizationId
from shared.domain.graph import Graph, OrganizationEnded, Succession
from shared.host.lists import Statement
from shared.host.rows import Put, RowChange
from shared.host.service import Handler, Recorded, on

STEPS_MAX: Final = 16
"""How far one follows successions; real chains have two or three steps."""

_ID: Final = 36


def succession_table(tables: MetaData) -> Table:
    """The table, in a service's read model: a row for each body that takes something over from another, the
    default successor's first, and all of what is said in each row.
    """
    return Table(
        "successions",
        tables,
        Column("organization", String(_ID), primary_key=True),
        Column("rank", Integer, primary_key=True),
        Column("successor", String(_ID)),
        Column("effective_on", String(10), nullable=False),
        Column("succession", Text, nullable=False),
        Column("event_id", String(_ID), nullable=False),
        Index("successions_by_successor", "successor"),
    )


def succession_handlers(table: Table) -> tuple[Handler, ...]:
    """How the table follows from the events that end a body."""

    def ended(recorded: Recorded[OrganizationEnded]) -> tuple[RowChange, ...]:
        said = Succession.of(recorded.event)
        others = sorted(said.successors - {said.successor}, key=str)
        return tuple(
            Put(
                table,
                {
                    "organization": str(said.organization),
                    "rank": rank,
                    "successor": None if successor is None else str(successor),
                    "effective_on": said.effective_on.isoformat(),
                    "succession": msgspec.json.encode(said).decode(),
                    "event_id": str(recorded.id),
                },
            )
            for rank, successor in enumerate((said.successor, *others))
        )

    return (
        on(OrganizationDissolved, ended),
        on(OrganizationMerged, ended),
        on(OrganizationSplit, ended),
    )


class Successions(msgspec.Struct, frozen=True):
    """The part of the graph that says who succeeds, and the events it comes from."""

    graph: Graph = Graph()
    cites: tuple[UUID, ...] = ()

    def stands_for(self, body: UUID, duty: str | None, today: date) -> tuple[UUID, ...]:
        """The body itself while it is there, and all that ended whose duty it holds today."""
        bodies = (OrganizationId(body), *(one.organization for one in self.graph.successions))
        return tuple(
            dict.fromkeys(one for one in bodies if self.graph.holder_on(one, duty, today) == body)
        )


async def where_standing(
    read: AsyncConnection,
    table: Table,
    statement: Statement,
    model: ColumnElement[str],
    today: date,
    *wanted: tuple[ColumnElement[str], UUID | None, Duty],
) -> Statement:
    """The rows whose columns name a body that is wanted, or one whose duty towards the row's `model` it holds
    today; None was not asked for. What was given to a body that is no more is found under its successor.
    """
    asked = [body for _, body, _ in wanted if body is not None]
    if not asked:
        return statement
    found = await around(read, table, asked, today)
    for column, body, duty in wanted:
        if body is not None:
            statement = statement.where(
                _standing(found.graph, column, model, body=body, duty=duty, today=today)
            )
    return statement


def _standing(
    graph: Graph,
    column: ColumnElement[str],
    model: ColumnElement[str],
    *,
    body: UUID,
    duty: Duty,
    today: date,
) -> ColumnElement[bool]:
    whole = Successions(graph).stands_for(body, duty, today)
    named = {one for entry in graph.successions for part in entry.parts for one in part.models}
    if not named:
        return column.in_([str(one) for one in whole])
    # What a split says of single models comes before what it says of the duty.
    bodies = {OrganizationId(body), *(entry.organization for entry in graph.successions)}
    single = [
        and_(column == str(given), model == str(one))
        for given in sorted(bodies, key=str)
        for one in sorted(named, key=str)
        if graph.holder_on(given, duty, today, one) == body
    ]
    rest = and_(column.in_([str(one) for one in whole]), model.not_in([str(one) for one in named]))
    return or_(rest, *single)


async def after(
    read: AsyncConnection, table: Table, bodies: Collection[UUID], today: date
) -> Successions:
    """Who succeeds `bodies`, as far as it took effect."""
    return await _follow(read, table, bodies, today, backwards=False)


async def around(
    read: AsyncConnection, table: Table, bodies: Collection[UUID], today: date
) -> Successions:
    """Who succeeds `bodies` and whom they succeed, as far as it took effect."""
    return await _follow(read, table, bodies, today, backwards=True)


async def _follow(
    read: AsyncConnection, table: Table, bodies: Collection[UUID], today: date, *, backwards: bool
) -> Successions:
    found: dict[OrganizationId, tuple[Succession, UUID]] = {}
    seen = {str(body) for body in bodies}
    frontier = set(seen)
    for _ in range(STEPS_MAX):
        if not frontier:
            break
        ends = table.c.organization.in_(frontier)
        asked = or_(ends, table.c.successor.in_(frontier)) if backwards else ends
        rows = await read.execute(
            select(table.c.succession, table.c.event_id).where(
                asked, table.c.effective_on <= today.isoformat()
            )
        )
        for row in rows.all():
            said = msgspec.json.decode(row.succession, type=Succession)
            found[said.organization] = (said, UUID(row.event_id))
        reached = {str(body) for said, _ in found.values() for body in _named(said)}
        frontier = reached - seen
        seen |= frontier
    ordered = [found[body] for body in sorted(found, key=str)]
    return Successions(
        Graph(successions=tuple(said for said, _ in ordered)),
        tuple(event for _, event in ordered),
    )


def _named(said: Succession) -> frozenset[OrganizationId]:
    return said.successors | {said.organization}
