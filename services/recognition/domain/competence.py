"""Which bodies may recognise a model or exemplar (clause I.2.2), by the organisation graph of a day."""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Final

import msgspec

from shared.contracts.recognition import CompetentBody
from shared.contracts.values import (
    Aim,
    CompetenceClause,
    HolderKind,
    LineKind,
    ModelId,
    OrganizationId,
)
from shared.domain import graph as organizations

LINE_OF_CLAUSE: Final[Mapping[CompetenceClause, LineKind]] = MappingProxyType(
    {"I.2.2b": "party", "I.2.2c": "vertical", "I.2.2d": "territory"}
)
"""The line by which a holder belongs to the body. Under I.2.2a the Commission has the whole province."""


class GraphCompetence(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From `valid_from` on the body recognises under `clause`; in place of `former`, whose competence ends
    on that day, where it succeeded that body.
    """

    organization: OrganizationId
    clause: CompetenceClause
    valid_from: date
    former: OrganizationId | None = None


class Graph(organizations.Graph, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """As much of the organisation graph as a question of competence needs."""

    competences: tuple[GraphCompetence, ...] = ()

    def held(self, on: date) -> tuple[GraphCompetence, ...]:
        """The competences in force: of bodies that are there, and in which nobody else succeeded."""
        valid = [entry for entry in self.competences if entry.valid_from <= on]
        passed_on = {
            (entry.former, entry.clause): entry.valid_from
            for entry in sorted(valid, key=lambda entry: entry.valid_from)
            if entry.former is not None
        }

        def stands(entry: GraphCompetence) -> bool:
            passed = passed_on.get((entry.organization, entry.clause))
            return passed is None or passed < entry.valid_from

        return tuple(
            entry for entry in valid if not self.ended(entry.organization, on) and stands(entry)
        )


def competent_bodies(
    graph: Graph,
    *,
    holder: OrganizationId,
    holder_kind: HolderKind,
    aim: Aim,
    on: date,
    model: ModelId | None = None,
) -> tuple[CompetentBody, ...]:
    """Every competent body with the clause that makes it so, sorted; none takes precedence.

    - I.2.2a: exemplars only, wherever the holder belongs.
    - I.2.2b, c, d: the holder is a body below, by the clause's line. An individual's `holder` is the
      committee of residence or work, so that committee itself counts.

    Where the holder's organisation is no more, whoever succeeds it as the model's holder stands there.
    """
    standing = graph.holder_on(holder, "holder", on, model)
    above = {
        line: () if standing is None else graph.above(standing, line, on)
        for line in LINE_OF_CLAUSE.values()
    }

    def competent(entry: GraphCompetence) -> bool:
        if entry.clause == "I.2.2a":
            return aim == "exemplar"
        if entry.organization == standing:
            return holder_kind == "individual"
        return entry.organization in above[LINE_OF_CLAUSE[entry.clause]]

    bodies = {
        CompetentBody(organization=entry.organization, clause=entry.clause)
        for entry in graph.held(on)
        if competent(entry)
    }
    return tuple(sorted(bodies, key=lambda body: (body.clause, str(body.organization))))


def deciding_body_on(
    graph: Graph,
    named: OrganizationId,
    bodies: Sequence[CompetentBody],
    *,
    on: date,
    model: ModelId | None = None,
) -> OrganizationId | None:
    """Who decides on a day in the place of the body a registration named: that body while it is there, then
    its successor in this duty; where that one is not competent, whoever of the competent `bodies` alone
    succeeded in its competence. None where nobody does.
    """
    holder = graph.holder_on(named, "deciding_body", on, model)
    competent = {body.organization for body in bodies}
    if holder in competent:
        return holder
    heirs = {
        entry.organization
        for entry in graph.held(on)
        if entry.former == named and entry.organization in competent
    }
    return heirs.pop() if len(heirs) == 1 else holder
