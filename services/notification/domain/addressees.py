"""Who is told of a rule set: the bodies its own setting names, by their relation to the body that adopted it.

The guideline lists its recipients by kind (clause N); which kinds in which relation is data of the rule set.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, Literal

import msgspec

from shared.contracts.evaluation import Addressees
from shared.contracts.notification import Relation
from shared.contracts.values import LineKind, OrganizationId

RELATIONS: Final[Mapping[Literal["above", "beside", "below"], Relation]] = MappingProxyType(
    {"above": "body_above", "beside": "body_beside", "below": "body_below"}
)


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """A body as it stands on a day: its kind, and who stands directly above it in which line."""

    organization: OrganizationId
    kind: str
    superiors: Mapping[LineKind, OrganizationId]


def addressees(
    wanted: Sequence[Addressees], adopter: OrganizationId, bodies: Sequence[Body]
) -> Mapping[Relation, Sequence[OrganizationId]]:
    """The bodies meant by each entry of `wanted`, in the order of `bodies`; never the adopter itself."""
    own = next((body for body in bodies if body.organization == adopter), None)
    superiors = {} if own is None else own.superiors
    found: dict[Literal["above", "beside", "below"], frozenset[OrganizationId]] = {
        "above": frozenset(superiors.values()),
        "beside": frozenset(
            body.organization
            for body in bodies
            if any(superiors.get(line) == above for line, above in body.superiors.items())
        ),
        "below": _below(adopter, bodies),
    }
    told: dict[Relation, list[OrganizationId]] = {}
    for entry in wanted:
        told.setdefault(RELATIONS[entry.relation], []).extend(
            body.organization
            for body in bodies
            if body.organization in found[entry.relation]
            and body.organization != adopter
            and (not entry.kinds or body.kind in entry.kinds)
        )
    return told


def _below(adopter: OrganizationId, bodies: Sequence[Body]) -> frozenset[OrganizationId]:
    """Those under a body, each line followed by itself: two lines in turn would lead everywhere."""
    directly: dict[tuple[LineKind, OrganizationId], list[OrganizationId]] = {}
    for body in bodies:
        for line, superior in body.superiors.items():
            directly.setdefault((line, superior), []).append(body.organization)
    found: set[OrganizationId] = set()
    lines: tuple[LineKind, ...] = ("party", "vertical", "territory")
    for line in lines:
        in_line, waiting = {adopter}, [adopter]
        while waiting:
            new = set(directly.get((line, waiting.pop()), ())) - in_line
            in_line |= new
            waiting += new
        found |= in_line
    return frozenset(found)
