"""What registration answers about organisations: the graph as at a day, a body's history, its successors."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.sql.selectable import FromClause

from services.registration.domain.organization import ORGANIZATION
from services.registration.domain.organization_state import (
    Competence,
    Name,
    Organization,
    OrganizationLine,
    Seat,
)
from services.registration.organization_rows import (
    lines,
    names,
    organizations,
    seats,
    successions,
)
from shared.contracts.registration import OrganizationCreated
from shared.contracts.values import (
    CategoryId,
    Duty,
    Level,
    LineKind,
    ModelId,
    OrganizationCode,
    OrganizationId,
)
from shared.domain.graph import Graph, Succession
from shared.domain.time import legal_date
from shared.host import successions as succeeding
from shared.host.cursor import Order, PageParameters, fetch_page
from shared.host.lists import Statement, into, where_equal, where_found
from shared.host.service import NotFoundError, Page, Query

LINES: Final[tuple[LineKind, ...]] = ("party", "vertical", "territory")


class NoParameters(msgspec.Struct, frozen=True, kw_only=True):
    """A read without parameters of its own."""


class AsAt(msgspec.Struct, frozen=True, kw_only=True):
    """The day that is asked about; today where none is named."""

    on: date | None = None


class ListOrganizations(PageParameters, frozen=True, kw_only=True):
    """Filters of the list of organisations; `q` ignores case and diacritics. The graph is shown as at `on`,
    today where none is named; bodies that were no more are left out unless `ended` asks for them.
    """

    q: str | None = None
    level: Level | None = None
    kind: str | None = None
    code: str | None = None
    on: date | None = None
    ended: bool = False


class OrganizationRow(msgspec.Struct, frozen=True, kw_only=True):
    """An organisation in the list as at a day, with who stands above it in each line. Where a superior is
    no more its successor stands there.
    """

    organization_id: UUID
    name: str
    kind: str
    level: Level
    place: str
    category: CategoryId | None
    code: OrganizationCode | None
    party_superior: UUID | None
    vertical_superior: UUID | None
    territory_superior: UUID | None
    ended_on: date | None


async def list_organizations(query: Query[ListOrganizations]) -> Page[OrganizationRow]:
    """Organisations by name, as they were on a day."""
    wanted = query.parameters
    on = wanted.on or legal_date(query.now)
    statement = where_equal(
        where_found(as_at(on), names.c.search.concat(" ").concat(seats.c.place_search), wanted.q),
        (seats.c.level, wanted.level),
        (organizations.c.kind, wanted.kind),
        (organizations.c.code, wanted.code),
    )
    if not wanted.ended:
        statement = statement.where(successions.c.effective_on.is_(None))
    order = (Order(names.c.search), Order(organizations.c.organization_id))
    page = await fetch_page(query.read, statement, order, wanted, into(OrganizationRow))
    return Page(items=await _with_successors(query, page.items, on), next=page.next)


def as_at(on: date) -> Statement:
    """Every body that was established by a day, as it was then, with who stood above it in each line."""
    day = on.isoformat()
    columns = [
        organizations.c.organization_id,
        organizations.c.kind,
        organizations.c.category,
        organizations.c.code,
        names.c.name,
        names.c.search,
        seats.c.place,
        seats.c.level,
        successions.c.effective_on.label("ended_on"),
    ]
    source: FromClause = organizations.join(names, _latest(names, day)).join(
        seats, _latest(seats, day)
    )
    for line in LINES:
        one = lines.alias(line)
        source = source.outerjoin(one, and_(one.c.line == line, _latest(one, day, line)))
        columns.append(one.c.superior.label(f"{line}_superior"))
    source = source.outerjoin(
        successions,
        and_(
            successions.c.organization == organizations.c.organization_id,
            successions.c.rank == 0,
            successions.c.effective_on <= day,
        ),
    )
    return select(*columns).select_from(source)


def _latest(table: FromClause, day: str, line: LineKind | None = None) -> ColumnElement[bool]:
    """The entry of the outer statement's body that is valid on the day."""
    entries = table.alias()
    valid = [
        entries.c.organization_id == organizations.c.organization_id,
        entries.c.valid_from <= day,
    ]
    if line is not None:
        valid.append(entries.c.line == line)
    latest = select(func.max(entries.c.valid_from)).where(*valid)
    return and_(
        table.c.organization_id == organizations.c.organization_id,
        table.c.valid_from == latest.correlate(organizations).scalar_subquery(),
    )


async def _with_successors(
    query: Query[ListOrganizations], rows: Sequence[OrganizationRow], on: date
) -> list[OrganizationRow]:
    superiors = {body for row in rows for body in _superiors(row).values() if body is not None}
    found = await succeeding.after(query.read, successions, superiors, on)
    if not found.graph.successions:
        return list(rows)
    return [
        msgspec.structs.replace(
            row,
            **{
                f"{line}_superior": _standing(found.graph, row.organization_id, body, on)
                for line, body in _superiors(row).items()
            },
        )
        for row in rows
    ]


def _superiors(row: OrganizationRow) -> dict[LineKind, UUID | None]:
    return {
        "party": row.party_superior,
        "vertical": row.vertical_superior,
        "territory": row.territory_superior,
    }


def _standing(graph: Graph, below: UUID, body: UUID | None, on: date) -> UUID | None:
    """See Graph.superior: where the successor is the body itself, nobody stands above it."""
    holder = None if body is None else graph.holder_on(OrganizationId(body), None, on)
    return None if holder == below else holder


class OrganizationView(msgspec.Struct, frozen=True, kw_only=True):
    """An organisation as at `on`, with all its lines and competences, past and coming ones too. `created`
    is how it began; `name`, `place` and `level` are those of the day.
    """

    on: date
    organization: OrganizationCreated
    name: str
    place: str
    level: Level
    ended: bool
    lines: tuple[OrganizationLine, ...]
    competences: tuple[Competence, ...]
    succession: Succession | None
    revision: int


async def get_organization(query: Query[AsAt]) -> OrganizationView:
    """An organisation as it was on a day, today where none is named."""
    loaded = await query.load(ORGANIZATION, query.path_id("organization_id"))
    state, on = loaded.state, query.parameters.on or legal_date(query.now)
    created = _created(state)
    # What is entered before its day is shown as it begins.
    name, seat = state.name_on(on) or state.names[0], state.seat_on(on) or state.seats[0]
    return OrganizationView(
        on=on,
        organization=created,
        name=name.name,
        place=seat.place,
        level=seat.level,
        ended=state.ended is not None and state.ended.effective_on <= on,
        lines=state.lines,
        competences=state.competences,
        succession=None if state.ended is None else Succession.of(state.ended),
        revision=loaded.revision,
    )


def _created(state: Organization) -> OrganizationCreated:
    if state.created is None:
        raise NotFoundError("organization")
    return state.created


class OrganizationHistory(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a body was, each with the day from which it held and the document that says so, oldest
    first, and the bodies it succeeded.
    """

    organization: OrganizationCreated
    names: tuple[Name, ...]
    seats: tuple[Seat, ...]
    lines: tuple[OrganizationLine, ...]
    competences: tuple[Competence, ...]
    succession: Succession | None
    source: str | None
    succeeded: tuple[Succession, ...]


async def get_organization_history(query: Query[NoParameters]) -> OrganizationHistory:
    """A body's names, places, lines and competences over time, how it ended, and whom it succeeded."""
    body = query.path_id("organization_id")
    state = (await query.load(ORGANIZATION, body)).state
    created = _created(state)
    before = await query.read.execute(
        select(successions.c.succession)
        .where(successions.c.successor == str(body))
        .order_by(successions.c.effective_on, successions.c.organization)
    )
    succeeded = (msgspec.json.decode(text, type=Succession) for text in before.scalars())
    return OrganizationHistory(
        organization=created,
        names=tuple(sorted(state.names, key=lambda entry: entry.valid_from)),
        seats=tuple(sorted(state.seats, key=lambda entry: entry.valid_from)),
        lines=tuple(sorted(state.lines, key=lambda entry: (entry.valid_from, entry.line))),
        competences=tuple(sorted(state.competences, key=lambda entry: entry.valid_from)),
        succession=None if state.ended is None else Succession.of(state.ended),
        source=None if state.ended is None else state.ended.source,
        succeeded=tuple(succeeded),
    )


class AskSuccessor(AsAt, frozen=True, kw_only=True):
    """The day, and what was given to the body: a duty, towards a model."""

    duty: Duty | None = None
    model: UUID | None = None


class Successors(msgspec.Struct, frozen=True, kw_only=True):
    """Who holds on `on` what was given to the body, null where expressly nobody does, and the successions
    that took effect by then.
    """

    on: date
    holder: UUID | None
    successions: tuple[Succession, ...]


async def get_successors(query: Query[AskSuccessor]) -> Successors:
    """Who holds on a day what was given to a body: itself while it is there, else its successor of the
    day.
    """
    asked, body = query.parameters, OrganizationId(query.path_id("organization_id"))
    _created((await query.load(ORGANIZATION, body)).state)
    on = asked.on or legal_date(query.now)
    graph = (await succeeding.after(query.read, successions, (body,), on)).graph
    model = None if asked.model is None else ModelId(asked.model)
    return Successors(
        on=on,
        holder=graph.holder_on(body, asked.duty, on, model),
        successions=graph.successions,
    )
