"""Events of the evaluation service about councils: who sits in them, and for how long."""

from datetime import date
from uuid import UUID

import msgspec

from shared.contracts.event import Event
from shared.contracts.values import (
    CouncilId,
    CouncilRole,
    Forgettable,
    Line,
    OrganizationId,
    RuleSetId,
    Text,
)


class CouncilMember(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A member; `person` holds account and name. A substitute sits for the member it `substitutes`, in
    the same role, for as long as both are there: that member is away meanwhile.
    """

    member_id: UUID
    person: Forgettable
    role: CouncilRole
    substitutes: UUID | None = None


class CouncilFormed(Event, frozen=True):
    """A body formed a council that votes (practice), made up as a version of its rules asks.

    It votes from `term_from` to `term_until`, both included; None is without an end.
    """

    council_id: CouncilId
    body: OrganizationId
    name: Line
    members: tuple[CouncilMember, ...]
    rule_set: RuleSetId
    rule_set_version: int
    term_from: date
    term_until: date | None


class CouncilChanged(Event, frozen=True):
    """Members left, joined or got a substitute, or the term changed (practice). `members` are all that
    belong to it from now on; ballots that are open keep their electorate.
    """

    council_id: CouncilId
    members: tuple[CouncilMember, ...]
    term_until: date | None
    reason: Text
