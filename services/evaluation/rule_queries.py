"""What evaluation answers to readers about rules, criteria and councils."""

from datetime import date
from typing import TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import Table, select

from services.evaluation.ballot_queries import NoParameters, may_read_names
from services.evaluation.domain.council import COUNCIL
from services.evaluation.domain.criteria import CRITERIA
from services.evaluation.domain.ruleset import RULE_SET
from services.evaluation.issuing_queries import LONG_FOLLOWED, Standing, standings
from services.evaluation.persons import person
from services.evaluation.presets import Preset, Variation, load_presets, load_variations
from services.evaluation.readmodel import (
    councils,
    criteria_sets,
    rule_sets,
)
from services.evaluation.rule_facts import document_column
from shared.contracts.evaluation import (
    CriteriaSetAdopted,
    RuleSetAdopted,
)
from shared.contracts.values import CouncilRole
from shared.domain.time import legal_date
from shared.host.cursor import Order, PageParameters, fetch_page
from shared.host.lists import into, where_equal, where_found
from shared.host.service import NotFoundError, Page, Query

R = TypeVar("R", "RuleSetRow", "CriteriaSetRow")

# --- rules -------------------------------------------------------------------------------------


class Presets(msgspec.Struct, frozen=True, kw_only=True):
    """Rule sets and criteria to start from, and variations for a body that builds on another's."""

    items: list[Preset]
    variations: list[Variation]


async def list_presets(_query: Query[NoParameters]) -> Presets:
    """Rule sets and criteria to start from: add your document and `adopted_by`, change what your body
    decides differently, and post them to `/rule-sets` and `/criteria-sets`. A variation holds settings of
    its own alone: post them with a `parent`.
    """
    return Presets(items=load_presets(), variations=load_variations())


class ListAdopted(PageParameters, frozen=True, kw_only=True):
    """Filters of the lists of rule sets and of criteria sets; `q` ignores case and diacritics."""

    q: str | None = None
    adopted_by: UUID | None = None


class AdoptedRow(msgspec.Struct, frozen=True, kw_only=True):
    """A version as its document says it, and how it stands today; `ends_on` is the first day on which it
    no longer holds.
    """

    version: int
    adopted_by: UUID
    title: str
    document_number: str
    issued_on: date
    effective_on: date
    expires_on: date | None
    parent: UUID | None
    parent_version: int | None
    standing: Standing = "upcoming"
    ends_on: date | None = None


class RuleSetRow(AdoptedRow, frozen=True, kw_only=True):
    """A version of a rule set."""

    rule_set_id: UUID

    @property
    def document(self) -> UUID:
        """The id of what it is a version of."""
        return self.rule_set_id


async def list_rule_sets(query: Query[ListAdopted]) -> Page[RuleSetRow]:
    """Rule sets in all their versions, the latest effective first."""
    return await _adopted(query, rule_sets, RuleSetRow)


async def _adopted(query: Query[ListAdopted], table: Table, item: type[R]) -> Page[R]:
    wanted = query.parameters
    found = where_found(select(table), table.c.search, wanted.q)
    statement = where_equal(found, (table.c.adopted_by, wanted.adopted_by))
    document = document_column(table)
    order = (
        Order(table.c.effective_on, descending=True),
        Order(document),
        Order(table.c.version, descending=True),
    )
    page = await fetch_page(query.read, statement, order, wanted, into(item))
    bodies = {row.adopted_by for row in page.items}
    known = await standings(query.read, table, bodies, legal_date(query.now))
    items = []
    for row in page.items:
        # What is not among the latest VERSIONS_MAX of its body has long been followed.
        stands = known.get((row.document, row.version), LONG_FOLLOWED)
        items.append(msgspec.structs.replace(row, standing=stands.standing, ends_on=stands.ends_on))
    return Page(items=items, next=page.next)


class RuleSetView(msgspec.Struct, frozen=True, kw_only=True):
    """A rule set with all its versions."""

    versions: tuple[RuleSetAdopted, ...]
    revision: int


async def get_rule_set(query: Query[NoParameters]) -> RuleSetView:
    """A rule set with every version and the source of every setting."""
    loaded = await query.load(RULE_SET, query.path_id("rule_set_id"))
    if not loaded.state.versions:
        raise NotFoundError("rule set")
    return RuleSetView(versions=loaded.state.versions, revision=loaded.revision)


class CriteriaSetRow(AdoptedRow, frozen=True, kw_only=True):
    """A version of a set of criteria."""

    criteria_set_id: UUID
    points_required: int

    @property
    def document(self) -> UUID:
        """The id of what it is a version of."""
        return self.criteria_set_id


async def list_criteria_sets(query: Query[ListAdopted]) -> Page[CriteriaSetRow]:
    """Sets of criteria in all their versions, the latest effective first."""
    return await _adopted(query, criteria_sets, CriteriaSetRow)


class CriteriaSetView(msgspec.Struct, frozen=True, kw_only=True):
    """A set of criteria with all its versions."""

    versions: tuple[CriteriaSetAdopted, ...]
    revision: int


async def get_criteria_set(query: Query[NoParameters]) -> CriteriaSetView:
    """A set of criteria with every version."""
    loaded = await query.load(CRITERIA, query.path_id("criteria_set_id"))
    if not loaded.state.versions:
        raise NotFoundError("criteria set")
    return CriteriaSetView(versions=loaded.state.versions, revision=loaded.revision)


# --- councils ----------------------------------------------------------------------------------


class ListCouncils(PageParameters, frozen=True, kw_only=True):
    """Filters of the list of councils; `q` ignores case and diacritics."""

    q: str | None = None
    body: UUID | None = None


class CouncilRow(msgspec.Struct, frozen=True, kw_only=True):
    """A council in the list; `members` counts everyone, the secretary too."""

    council_id: UUID
    body: UUID
    name: str
    members: int


async def list_councils(query: Query[ListCouncils]) -> Page[CouncilRow]:
    """Councils by name."""
    wanted = query.parameters
    found = where_found(select(councils), councils.c.search, wanted.q)
    statement = where_equal(found, (councils.c.body, wanted.body))
    order = (Order(councils.c.search), Order(councils.c.council_id))
    return await fetch_page(query.read, statement, order, wanted, into(CouncilRow))


class MemberView(msgspec.Struct, frozen=True, kw_only=True):
    """A place in a council, without the name. `substitutes`: the member for whom this one sits."""

    member_id: UUID
    role: CouncilRole
    substitutes: UUID | None


class CouncilView(msgspec.Struct, frozen=True, kw_only=True):
    """A council as it stands, without names."""

    council_id: UUID
    revision: int
    body: UUID
    name: str
    rule_set: UUID
    rule_set_version: int
    term_from: date
    term_until: date | None
    members: tuple[MemberView, ...]


async def get_council(query: Query[NoParameters]) -> CouncilView:
    """A council and its places. Names are for those entitled to them."""
    loaded = await query.load(COUNCIL, query.path_id("council_id"))
    formed = loaded.state.formed
    if formed is None:
        raise NotFoundError("council")
    return CouncilView(
        council_id=formed.council_id,
        revision=loaded.revision,
        body=formed.body,
        name=formed.name,
        rule_set=formed.rule_set,
        rule_set_version=formed.rule_set_version,
        term_from=formed.term_from,
        term_until=loaded.state.term_until,
        members=tuple(
            MemberView(member_id=m.member_id, role=m.role, substitutes=m.substitutes)
            for m in loaded.state.members
        ),
    )


class NamedMember(msgspec.Struct, frozen=True, kw_only=True):
    """A member; name and account are None once erased."""

    member_id: UUID
    role: CouncilRole
    substitutes: UUID | None
    name: str | None
    account: str | None


class MembersView(msgspec.Struct, frozen=True, kw_only=True):
    """A council's members by name."""

    council_id: UUID
    members: tuple[NamedMember, ...]


async def get_council_members(query: Query[NoParameters]) -> MembersView:
    """A council's members by name: for its body's secretary and chair, and auditors."""
    council = (await query.load(COUNCIL, query.path_id("council_id"))).state
    formed = council.formed
    if formed is None or not await may_read_names(query, None, body=formed.body):
        raise NotFoundError("council")
    members = []
    for member in council.members:
        found = await person(query, member.person)
        members.append(
            NamedMember(
                member_id=member.member_id,
                role=member.role,
                substitutes=member.substitutes,
                name=None if found is None else found.name,
                account=None if found is None else found.account,
            )
        )
    return MembersView(council_id=formed.council_id, members=tuple(members))
