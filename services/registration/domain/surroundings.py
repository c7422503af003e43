"""What a body's rules need to know of the bodies around it; it arrives in the commands."""

from datetime import date

import msgspec

from services.registration.domain import organization_refusals as refuse
from shared.contracts.values import CompetenceClause, OrganizationId
from shared.domain.graph import Graph


class KnownBody(msgspec.Struct, frozen=True, kw_only=True):
    """A body that was created, and since when it is there."""

    organization: OrganizationId
    established_on: date


class HeldCompetence(msgspec.Struct, frozen=True, kw_only=True):
    """From `valid_from` on the body recognises under `clause`."""

    organization: OrganizationId
    clause: CompetenceClause
    valid_from: date


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """The graph around a change, of all days: every body that is named, and all above and after them."""

    graph: Graph = Graph()
    known: tuple[KnownBody, ...] = ()
    competences: tuple[HeldCompetence, ...] = ()

    def established_on(self, body: OrganizationId) -> date | None:
        """Since when the body is there; None where it was never created."""
        days = (one.established_on for one in self.known if one.organization == body)
        return next(days, None)

    def require_living(self, body: OrganizationId, on: date) -> None:
        """Raises RefusedError where the body is not there on the day, or not known at all."""
        since = self.established_on(body)
        if since is None or on < since:
            raise refuse.OTHER_UNKNOWN(on=on.isoformat())
        if self.graph.ended(body, on):
            raise refuse.OTHER_ENDED(on=on.isoformat())

    def holds(self, body: OrganizationId, clause: CompetenceClause, on: date) -> bool:
        """Whether the body recognises under the clause on a day."""
        return not self.graph.ended(body, on) and any(
            (held.organization, held.clause) == (body, clause) and held.valid_from <= on
            for held in self.competences
        )
