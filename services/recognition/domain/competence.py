"""Which bodies may recognise a model or exemplar (clause I.2.2), by the organisation graph of a day."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

import msgspec

from shared.contracts.recognition import CompetentBody
from shared.contracts.values import Aim, CompetenceClause, HolderKind, LineKind, OrganizationId

LINE_STEPS_MAX: Final = 16
"""How far up a line one looks; real lines have three or four steps."""

LINE_OF_CLAUSE: Final[Mapping[CompetenceClause, LineKind]] = MappingProxyType(
    {"I.2.2b": "party", "I.2.2c": "vertical", "I.2.2d": "territory"}
)
"""The line by which a holder belongs to the body. Under I.2.2a the Commission has the whole province."""


class GraphLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From `valid_from` on, `superior` stands above the body in this line; None ends it."""

    organization: OrganizationId
    line: LineKind
    superior: OrganizationId | None
    valid_from: date


class GraphCompetence(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From `valid_from` on the body recognises under `clause`."""

    organization: OrganizationId
    clause: CompetenceClause
    valid_from: date


class Graph(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """As much of the organisation graph as a question needs. A body has one entry a line and day."""

    lines: tuple[GraphLine, ...] = ()
    competences: tuple[GraphCompetence, ...] = ()

    def superior(
        self, organization: OrganizationId, line: LineKind, on: date
    ) -> OrganizationId | None:
        """Who stands above a body in a line on a day: the latest change valid by then says."""
        valid = [
            entry
            for entry in self.lines
            if entry.organization == organization and entry.line == line and entry.valid_from <= on
        ]
        return max(valid, key=lambda entry: entry.valid_from).superior if valid else None

    def above(
        self, organization: OrganizationId, line: LineKind, on: date
    ) -> tuple[OrganizationId, ...]:
        """The bodies above, nearest first, the body itself left out. Where a line runs in a circle,
        it ends before the first body that is there already.
        """
        found: list[OrganizationId] = []
        current = self.superior(organization, line, on)
        while (
            current is not None
            and current != organization
            and current not in found
            and len(found) < LINE_STEPS_MAX
        ):
            found.append(current)
            current = self.superior(current, line, on)
        return tuple(found)


def competent_bodies(
    graph: Graph, *, holder: OrganizationId, holder_kind: HolderKind, aim: Aim, on: date
) -> tuple[CompetentBody, ...]:
    """Every competent body with the clause that makes it so, sorted; none takes precedence.

    - I.2.2a: exemplars only, wherever the holder belongs.
    - I.2.2b, c, d: the holder is a body below, by the clause's line. An individual's `holder` is the
      committee of residence or work, so that committee itself counts.
    """
    above = {line: graph.above(holder, line, on) for line in LINE_OF_CLAUSE.values()}

    def competent(entry: GraphCompetence) -> bool:
        if entry.valid_from > on:
            return False
        if entry.clause == "I.2.2a":
            return aim == "exemplar"
        if entry.organization == holder:
            return holder_kind == "individual"
        return entry.organization in above[LINE_OF_CLAUSE[entry.clause]]

    bodies = {
        CompetentBody(organization=entry.organization, clause=entry.clause)
        for entry in graph.competences
        if competent(entry)
    }
    return tuple(sorted(bodies, key=lambda body: (body.clause, str(body.organization))))
