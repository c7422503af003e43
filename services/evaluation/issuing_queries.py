"""What holds of the rule sets and criteria that bodies adopted, and who has issued theirs (clause IV.1)."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final, Literal, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Table, and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.evaluation.ballot_queries import NoParameters
from services.evaluation.domain.criteria import CRITERIA, criteria_for
from services.evaluation.domain.ruleset import RULE_SET
from services.evaluation.domain.settings import each, is_guidelines
from services.evaluation.readmodel import criteria_sets, organizations, rule_sets
from services.evaluation.rule_facts import adopted_versions, document_column
from shared.contracts.adopted import AdoptedVersion, ends_on, in_force
from shared.contracts.evaluation import Criterion, RuleSetAdopted, RuleSetVersion
from shared.contracts.values import (
    CriteriaSetId,
    Level,
    Line,
    OrganizationId,
    RuleSetId,
    WorkField,
)
from shared.domain.time import legal_date
from shared.host.cursor import Order, PageParameters, fetch_page
from shared.host.lists import Statement, where_equal, where_found
from shared.host.service import NotFoundError, Page, Query

P = TypeVar("P", bound=msgspec.Struct)

_DIGITS_MAX: Final = 6

Standing = Literal["upcoming", "in_force", "superseded", "expired"]
"""Whether a version holds: it does not yet, it does, another came in its place, or its time is over."""


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """How a version stands on a day, and the first day on which it no longer holds."""

    standing: Standing
    ends_on: date | None


LONG_FOLLOWED: Final = Held(standing="superseded", ends_on=None)


def held(one: AdoptedVersion, of_body: Iterable[AdoptedVersion], on: date) -> Held:
    """How `one` stands among the versions of its body."""
    end = ends_on(one, of_body)
    if end is not None and end <= max(on, one.effective_on):
        expired = one.expires_on is not None and one.expires_on <= end
        return Held(standing="expired" if expired else "superseded", ends_on=end)
    return Held(standing="upcoming" if on < one.effective_on else "in_force", ends_on=end)


async def standings(
    read: AsyncConnection, table: Table, bodies: set[UUID], on: date
) -> dict[tuple[UUID, int], Held]:
    """How every version these bodies adopted stands, by document and version."""
    if not bodies:
        return {}
    found: dict[tuple[UUID, int], Held] = {}
    for versions in (await adopted_versions(read, table, [str(body) for body in bodies])).values():
        every = [version for version, _ in versions]
        for one in every:
            found[one.document, one.version] = held(one, every, on)
    return found


# --- one version, setting by setting -----------------------------------------------------------


class SettingView(msgspec.Struct, frozen=True, kw_only=True):
    """A setting: whose word it is, the guideline's own or practice, its source, and the version that
    decided it; `own` says whether that is this one.
    """

    setting: str
    kind: Literal["guideline", "practice"]
    source: Line
    value: Any
    own: bool
    decided_in: RuleSetVersion


class RuleSetVersionView(msgspec.Struct, frozen=True, kw_only=True):
    """A version of a rule set with where each setting comes from, and how it stands today."""

    adopted: RuleSetAdopted
    standing: Standing
    ends_on: date | None
    settings: tuple[SettingView, ...]


async def get_rule_set_version(query: Query[NoParameters]) -> RuleSetVersionView:
    """A version of a rule set: each setting with its source, and the version it was decided in."""
    rule_set = RuleSetId(query.path_id("rule_set_id"))
    state = (await query.load(RULE_SET, rule_set)).state
    adopted = state.version(_number(query.path_text("version")))
    if adopted is None:
        raise NotFoundError("rule set")
    known = await _held(query, rule_sets, adopted.adopted_by, rule_set, adopted.version)
    return RuleSetVersionView(
        adopted=adopted,
        standing=known.standing,
        ends_on=known.ends_on,
        settings=setting_views(adopted),
    )


def setting_views(adopted: RuleSetAdopted) -> tuple[SettingView, ...]:
    """Every setting of a version and where it comes from."""
    own = RuleSetVersion(rule_set=adopted.rule_set_id, version=adopted.version)
    above = {one.setting: one.decided_in for one in adopted.inherited}
    return tuple(
        SettingView(
            setting=name,
            kind="guideline" if is_guidelines(setting.source) else "practice",
            source=setting.source,
            value=setting.value,
            own=name not in above,
            decided_in=above.get(name, own),
        )
        for name, setting in each(adopted.settings)
    )


# --- the criteria of a field and place ---------------------------------------------------------


class CriteriaScope(msgspec.Struct, frozen=True, kw_only=True):
    """A field, and a locality: the party committee a model is registered with."""

    field: WorkField
    locality: UUID | None = None


class CriteriaSetVersionView(msgspec.Struct, frozen=True, kw_only=True):
    """The criteria of a version for one field and place, and how the version stands today."""

    criteria_set: CriteriaSetId
    version: int
    title: Line
    standing: Standing
    ends_on: date | None
    criteria: tuple[Criterion, ...]
    points_total: int
    points_required: int


async def get_criteria_set_version(query: Query[CriteriaScope]) -> CriteriaSetVersionView:
    """The criteria a model of a field is appraised by in a place, and the points that make the standard."""
    criteria_set = CriteriaSetId(query.path_id("criteria_set_id"))
    state = (await query.load(CRITERIA, criteria_set)).state
    adopted = state.version(_number(query.path_text("version")))
    if adopted is None:
        raise NotFoundError("criteria set")
    known = await _held(query, criteria_sets, adopted.adopted_by, criteria_set, adopted.version)
    wanted = query.parameters
    locality = None if wanted.locality is None else OrganizationId(wanted.locality)
    criteria = criteria_for(adopted.criteria, wanted.field, locality)
    return CriteriaSetVersionView(
        criteria_set=criteria_set,
        version=adopted.version,
        title=adopted.title,
        standing=known.standing,
        ends_on=known.ends_on,
        criteria=criteria,
        points_total=sum(one.points_max for one in criteria),
        points_required=adopted.points_required,
    )


async def _held(
    query: Query[P], table: Table, body: OrganizationId, document: UUID, version: int
) -> Held:
    """How a version stands today. Raises NotFoundError while the list has not seen it yet."""
    found = await standings(query.read, table, {body}, legal_date(query.now))
    known = found.get((document, version))
    if known is None:
        raise NotFoundError("rule set" if table is rule_sets else "criteria set")
    return known


def _number(text: str) -> int:
    """A version as it stands in a path; 0, which no version has, for what is no number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < _DIGITS_MAX else 0


# --- who has issued theirs ---------------------------------------------------------------------


class ListIssuers(PageParameters, frozen=True, kw_only=True):
    """Filters of the bodies. `on` is a day, today if not given; `rules` and `criteria` leave those with
    (true) or without (false) a rule set or criteria in force on it. `q` ignores case and diacritics.
    """

    on: date | None = None
    rules: bool | None = None
    criteria: bool | None = None
    level: Level | None = None
    kind: str | None = None
    q: str | None = None


class Issued(msgspec.Struct, frozen=True, kw_only=True):
    """The document a body has in force."""

    document: UUID
    version: int
    title: str
    document_number: str
    effective_on: date


class IssuerRow(msgspec.Struct, frozen=True, kw_only=True):
    """A body with the rule set and the criteria it has in force; None is none of its own."""

    organization_id: UUID
    name: str
    kind: str
    level: Level
    rule_set: Issued | None
    criteria_set: Issued | None


class _Body(msgspec.Struct, frozen=True):
    organization_id: UUID
    name: str
    kind: str
    level: Level


async def list_issuers(query: Query[ListIssuers]) -> Page[IssuerRow]:
    """Who has issued rules and criteria that are in force on a day, and who has not (clause IV.1)."""
    wanted = query.parameters
    on = wanted.on or legal_date(query.now)
    statement: Statement = select(organizations).where(
        organizations.c.established_on <= on.isoformat(),
        or_(organizations.c.ended_on.is_(None), organizations.c.ended_on > on.isoformat()),
    )
    statement = where_found(statement, organizations.c.search, wanted.q)
    statement = where_equal(
        statement, (organizations.c.level, wanted.level), (organizations.c.kind, wanted.kind)
    )
    for table, asked in ((rule_sets, wanted.rules), (criteria_sets, wanted.criteria)):
        if asked is not None:
            has = exists().where(
                table.c.adopted_by == organizations.c.organization_id, _holds(table, on)
            )
            statement = statement.where(has if asked else ~has)
    order = (Order(organizations.c.search), Order(organizations.c.organization_id))
    page = await fetch_page(
        query.read,
        statement,
        order,
        wanted,
        lambda row: msgspec.convert(row, _Body, strict=False, from_attributes=True),
    )
    bodies = {body.organization_id for body in page.items}
    rules = await _issued(query.read, rule_sets, bodies, on)
    criteria = await _issued(query.read, criteria_sets, bodies, on)
    items = [
        IssuerRow(
            organization_id=body.organization_id,
            name=body.name,
            kind=body.kind,
            level=body.level,
            rule_set=rules.get(body.organization_id),
            criteria_set=criteria.get(body.organization_id),
        )
        for body in page.items
    ]
    return Page(items=items, next=page.next)


def _holds(table: Table, on: date) -> ColumnElement[bool]:
    """adopted.in_force as SQL: a version of `table` took effect and nothing ended it by that day."""
    day, later = on.isoformat(), table.alias()
    document, its = document_column(table), document_column(later)
    ended = exists().where(
        later.c.adopted_by == table.c.adopted_by,
        later.c.effective_on <= day,
        or_(
            and_(its == document, later.c.version > table.c.version),
            later.c.replaces.contains(document),
        ),
    )
    return and_(
        table.c.effective_on <= day,
        or_(table.c.expires_on.is_(None), table.c.expires_on > day),
        ~ended,
    )


async def _issued(
    read: AsyncConnection, table: Table, bodies: set[UUID], on: date
) -> dict[UUID, Issued]:
    if not bodies:
        return {}
    found: dict[UUID, Issued] = {}
    versions = await adopted_versions(read, table, [str(body) for body in bodies])
    for body, adopted in versions.items():
        one = in_force((version for version, _ in adopted), on)
        for version, row in adopted:
            if version == one:
                found[UUID(body)] = Issued(
                    document=version.document,
                    version=version.version,
                    title=version.title,
                    document_number=row.document_number,
                    effective_on=version.effective_on,
                )
    return found
