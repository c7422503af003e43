"""The organisation graph as at a day: who stands above, who is still there, who holds a duty.

Every question names its day, so that a past decision is judged by the graph as it was.
"""

from datetime import date
from typing import Final

import msgspec

from shared.contracts.registration import (
    OrganizationDissolved,
    OrganizationMerged,
    OrganizationSplit,
    Part,
)
from shared.contracts.values import LineKind, ModelId, OrganizationId

LINE_STEPS_MAX: Final = 16
"""How far up a line one looks; real lines have three or four steps."""

OrganizationEnded = OrganizationDissolved | OrganizationMerged | OrganizationSplit
"""The events that end a body."""


class GraphLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From `valid_from` on, `superior` stands above the body in this line; None ends it."""

    organization: OrganizationId
    line: LineKind
    superior: OrganizationId | None
    valid_from: date


class Succession(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From `effective_on` on the body is no more. What no part names goes to `successor`; None: to nobody."""

    organization: OrganizationId
    effective_on: date
    successor: OrganizationId | None
    parts: tuple[Part, ...] = ()

    @classmethod
    def of(cls, event: OrganizationEnded) -> "Succession":
        """What the end of a body says about its succession."""
        successor: OrganizationId | None
        if isinstance(event, OrganizationDissolved):
            successor = event.successor
        elif isinstance(event, OrganizationMerged):
            successor = event.into
        else:
            successor = event.default_successor
        return cls(
            organization=event.organization_id,
            effective_on=event.effective_on,
            successor=successor,
            parts=event.parts if isinstance(event, OrganizationSplit) else (),
        )

    @property
    def successors(self) -> frozenset[OrganizationId]:
        """Everyone who takes anything over."""
        default = () if self.successor is None else (self.successor,)
        return frozenset((*default, *(part.organization for part in self.parts)))

    def taker(self, duty: str | None, model: ModelId | None) -> OrganizationId | None:
        """Who takes a duty over: the part that names the model, else the one that names the duty."""
        for part in self.parts:
            if model is not None and model in part.models:
                return part.organization
        for part in self.parts:
            if duty in part.duties:
                return part.organization
        return self.successor


class Graph(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """As much of the graph as a question needs. A body has one entry a line and day, and ends once."""

    lines: tuple[GraphLine, ...] = ()
    successions: tuple[Succession, ...] = ()

    def ended(self, organization: OrganizationId, on: date) -> bool:
        """Whether the body is no more on a day."""
        found = self._succession(organization)
        return found is not None and found.effective_on <= on

    def holder_on(
        self,
        organization: OrganizationId,
        duty: str | None,
        on: date,
        model: ModelId | None = None,
    ) -> OrganizationId | None:
        """Who holds on a day the duty that was given to a body: itself while it is there, then whoever
        succeeded it, and so on; None where expressly nobody did. Without a `duty` the default successor.
        """
        current: OrganizationId | None = organization
        seen = set[OrganizationId]()
        while current is not None and current not in seen:
            found = self._succession(current)
            if found is None or found.effective_on > on:
                return current
            seen.add(current)
            current = found.taker(duty, model)
        return None

    def succeeding(self, organization: OrganizationId) -> frozenset[OrganizationId]:
        """A body and everyone who takes over from it, on whatever day and through whomever."""
        found, waiting = {organization}, [organization]
        while waiting:
            succession = self._succession(waiting.pop())
            if succession is not None:
                waiting += succession.successors - found
                found |= succession.successors
        return frozenset(found)

    def superior(
        self, organization: OrganizationId, line: LineKind, on: date
    ) -> OrganizationId | None:
        """Who stands above a body in a line on a day: the latest change valid by then says. For a body
        that ended its default successor stands there; what was merged into one that stood below it leaves
        that one without a superior.
        """
        valid = [
            entry
            for entry in self.lines
            if entry.organization == organization and entry.line == line and entry.valid_from <= on
        ]
        named = max(valid, key=lambda entry: entry.valid_from).superior if valid else None
        if named is None:
            return None
        found = self.holder_on(named, None, on)
        return None if found == organization else found

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

    def circle(self, organization: OrganizationId, line: LineKind) -> date | None:
        """The first day on which the line upwards from a body comes back to it; None: never."""
        days = {entry.valid_from for entry in self.lines if entry.line == line}
        days |= {entry.effective_on for entry in self.successions}
        for on in sorted(days):
            way = self.above(organization, line, on)
            if way and self.superior(way[-1], line, on) == organization:
                return on
        return None

    def _succession(self, organization: OrganizationId) -> Succession | None:
        return next((one for one in self.successions if one.organization == organization), None)
