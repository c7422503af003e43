"""Who may do what: one table of command × role × relation, denied where no row allows."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Generic, TypeVar
from uuid import UUID

from shared.domain.decider import Decider, Request


class Role(StrEnum):
    """Roles a token can carry."""

    REGISTRANT = "registrant"
    COMMITTEE_OFFICER = "committee_officer"
    APPRAISER = "appraiser"
    COUNCIL_MEMBER = "council_member"
    SECRETARY = "secretary"
    CHAIR = "chair"
    SIGNER = "signer"
    OFFICE_CLERK = "office_clerk"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    PUBLIC = "public"
    """Everyone, signed in or not: what a citizen may do without an account."""


ANY: Final = "any"
"""The relation that asks for none."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: subject, roles, and the organisation acted for, as the verified token says, completed
    by what is recorded: `delegated` are the roles held in another's stead, `standing` the events that
    gave roles which the token does not.
    """

    subject: str
    roles: frozenset[Role]
    organization: UUID | None
    delegated: frozenset[Role] = frozenset()
    standing: tuple[UUID, ...] = ()


EVERYONE: Final = Actor("public", frozenset({Role.PUBLIC}), None)
"""The actor of every write that is granted to Role.PUBLIC, whatever token came with it: the record of
an opinion must not name the citizen's account."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A row of the table: `role` may, where its organisation is the thing's `relation` (or ANY).

    With `paper_of` it is an entry on behalf of the bodies in that relation, from a paper they signed (ADR 0012);
    in its own name where the organisation is one of them.
    """

    role: Role
    relation: str
    paper_of: str | None = None


S = TypeVar("S")
C = TypeVar("C", bound=Request)
E = TypeVar("E")

Parties = Mapping[str, Collection[UUID]]
"""The organisations that stand in a relation to a thing: `{"holder": {…}, "committee": {…}}`."""


@dataclass(frozen=True)
class Rules(Generic[S, C, E]):
    """The rows of one aggregate: who may give it which command.

    `parties` names the organisations concerned, from state and command (a creating command finds
    the initial state). A command without grants is denied to everyone; a test finds it.
    `model` names the model concerned, if any: a split may have given its duties to one of the parts.
    """

    decider: Decider[S, C, E]
    parties: Callable[[S, C], Parties]
    grants: Mapping[type[C], tuple[Grant, ...]]
    model: Callable[[S, C], UUID | None] = lambda _state, _command: None


def permits(grants: Iterable[Grant], actor: Actor, parties: Parties) -> tuple[Grant, ...]:
    """The rows that allow `actor`; no row, no permission."""
    return tuple(
        grant
        for grant in grants
        if grant.role in actor.roles
        and (
            grant.relation == ANY
            or (
                actor.organization is not None
                and actor.organization in parties.get(grant.relation, ())
            )
        )
    )


def in_own_name(allowed: Iterable[Grant], actor: Actor, parties: Parties) -> bool:
    """Whether one of the rows lets `actor` act for its own organisation, on nobody's behalf."""
    return any(
        grant.paper_of is None or actor.organization in parties.get(grant.paper_of, ())
        for grant in allowed
    )


def from_paper(grants: Iterable[Grant]) -> bool:
    """Whether any row is one of entry on behalf."""
    return any(grant.paper_of is not None for grant in grants)
