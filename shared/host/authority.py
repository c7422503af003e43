"""Asks the policy table: whether a caller may give a command, and in whose name."""

from collections.abc import Awaitable, Callable, Collection, Iterable
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from shared.contracts.metadata import OnBehalf
from shared.contracts.values import ModelId, OrganizationId
from shared.domain.decider import Decider, Request
from shared.domain.graph import Graph
from shared.domain.paper import PAPER_NEEDED, PAPER_NOT_NEEDED, PAPER_UNKNOWN
from shared.host.errors import ForbiddenError
from shared.host.known_successions import KnownSuccessions
from shared.host.policy import Actor, Grant, Parties, Rules, from_paper, in_own_name, permits

S = TypeVar("S")
T = TypeVar("T")
C = TypeVar("C", bound=Request)


class Authority:
    """What one caller may do on a day. `paper` is the hash of the scan it says it enters from, and `signed_by`,
    once it was looked up, whose paper that is.
    """

    def __init__(
        self,
        table: tuple[Rules[Any, Any, Any], ...],
        successions: KnownSuccessions,
        actor: Actor,
        today: date,
        paper: str | None,
    ) -> None:
        self._table = table
        self._successions = successions
        self._actor = actor
        self._today = today
        self._paper = paper
        self.signed_by: tuple[OrganizationId, ...] = ()

    async def on_the_graph(self, act: Callable[[Graph], Awaitable[T]]) -> T:
        """Act on whom the caller's organisation succeeded and who succeeded it. Before it is denied one looks
        again: it may have succeeded another body a moment ago.
        """
        known, organization = self._successions, self._actor.organization
        graph = await known.around(organization, self._today)
        try:
            return await act(graph)
        except ForbiddenError:
            anew = await known.around(organization, self._today, anew=True)
            if anew == graph:
                raise
            return await act(anew)

    def takes_paper(self, decider: Decider[S, C, Any], command: C) -> bool:
        """Whether the command may be one of entry on behalf."""
        rules = self._rules_of(decider)
        return rules is not None and from_paper(rules.grants.get(type(command), ()))

    def authorise(
        self, decider: Decider[S, C, Any], state: S, command: C, graph: Graph
    ) -> OnBehalf | None:
        """Deny unless a row of the table allows this actor this command on this thing; in whose name it acts
        where that is another's. In the place of a body that is no more stands whoever holds its duty today.
        """
        rules = self._rules_of(decider)
        grants = () if rules is None else rules.grants.get(type(command), ())
        if rules is None or not grants:
            raise forbidden()
        named = rules.parties(state, command)
        parties, model = named, rules.model(state, command)
        begins, today = state == decider.initial_state, self._today
        if graph.successions and begins:
            # What begins now names its parties itself: nobody acts for one that is no more.
            parties = _living(named, graph, today)
        elif graph.successions:
            parties = _holders(named, model, graph, today)
        allowed = permits(grants, self._actor, parties)
        if not allowed:
            raise forbidden()
        if in_own_name(allowed, self._actor, parties):
            if self._paper is not None and from_paper(grants):
                raise PAPER_NOT_NEEDED()
            return None
        return self._from_paper(self._represented(allowed, named, model, begins=begins))

    def _represented(
        self, allowed: Iterable[Grant], named: Parties, model: UUID | None, *, begins: bool
    ) -> frozenset[UUID]:
        """The bodies on whose behalf the rows let the caller enter: those of today. Where nobody succeeded one,
        what it signed while it was there is still its own.
        """
        found: set[UUID] = set()
        for relation in {grant.paper_of for grant in allowed if grant.paper_of is not None}:
            bodies = named.get(relation, ())
            graph = Graph() if begins else self._successions.as_read(bodies, self._today)
            about = None if model is None else ModelId(model)
            for body in bodies:
                holder = graph.holder_on(OrganizationId(body), relation, self._today, about)
                found.add(body if holder is None else holder)
        return frozenset(found)

    def _from_paper(self, represented: Collection[UUID]) -> OnBehalf:
        """Whose paper it is of those the caller may enter for. Raises RefusedError without one of them."""
        if not represented:
            raise forbidden()
        if self._paper is None:
            raise PAPER_NEEDED()
        signed = tuple(one for one in sorted(self.signed_by, key=str) if one in represented)
        if not signed:
            raise PAPER_UNKNOWN()
        return OnBehalf(bodies=signed, paper=self._paper)

    def _rules_of(self, decider: Decider[S, C, Any]) -> Rules[Any, Any, Any] | None:
        return next((rules for rules in self._table if rules.decider is decider), None)


def _living(parties: Parties, graph: Graph, today: date) -> Parties:
    return {
        relation: {body for body in bodies if not graph.ended(OrganizationId(body), today)}
        for relation, bodies in parties.items()
    }


def _holders(parties: Parties, model: UUID | None, graph: Graph, today: date) -> Parties:
    about = None if model is None else ModelId(model)
    return {
        relation: {
            holder
            for body in bodies
            if (holder := graph.holder_on(OrganizationId(body), relation, today, about)) is not None
        }
        for relation, bodies in parties.items()
    }


def forbidden() -> ForbiddenError:
    """One sentence for a thing that is not the caller's and for one that does not exist."""
    return ForbiddenError(
        "Vai trò hoặc tổ chức của bạn không được làm việc này ở đây, hoặc không có nội dung này.",
        "Your role or organisation may not do this here, or there is no such thing.",
    )
