"""In which order bodies are entered: whoever stands above comes before."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from dvk.importing.bodies.checked import CheckedBody
from dvk.importing.known import KnownBodies, KnownBody
from shared.contracts.values import LineKind

Superiors = Mapping[UUID, Mapping[LineKind, UUID]]
"""Who stands above each body, in each line."""


def waves(above: Superiors) -> Mapping[UUID, int]:
    """The wave in which each body is entered. Where bodies stand above each other in different lines, one
    goes first: that which waits for the fewest, then the least id, so that a table is always cut alike.
    """
    found: dict[UUID, int] = {}
    waiting = {body: set(lines.values()) & above.keys() for body, lines in above.items()}
    number = 0
    while waiting:
        wave = [body for body, superiors in waiting.items() if not superiors]
        wave = wave or [min(waiting, key=lambda body: (len(waiting[body]), body))]
        for body in wave:
            del waiting[body]
            found[body] = number
        for superiors in waiting.values():
            superiors.difference_update(wave)
        number += 1
    return found


def leads_back(above: Superiors, body: UUID, line: LineKind) -> bool:
    """Whether the line upwards from a body comes back to it."""
    seen: set[UUID] = set()
    at = above[body].get(line)
    while at is not None and at not in seen and at != body:
        seen.add(at)
        at = above.get(at, {}).get(line)
    return at == body


def in_order(checked: Sequence[CheckedBody], server: KnownBodies) -> list[CheckedBody]:
    """The bodies with their waves. A line that crosses another is taken out of the creation and follows;
    of a body that is there it follows where an import was cut off before it.
    """
    bodies = {body.known.id: body for body in checked}
    wave = waves({body.known.id: body.known.superiors for body in checked})

    def of(body: CheckedBody) -> CheckedBody:
        own = wave[body.known.id]
        above = body.known.superiors
        crossing = {line: one for line, one in above.items() if wave.get(one, -1) >= own}
        there = server.by_id.get(body.known.id)
        first = [entry for entry in body.creation["lines"] if entry["line"] not in crossing]
        later = [
            {
                "line": line,
                "superior": one,
                "valid_from": _both_there(body.known, bodies[one].known),
            }
            for line, one in crossing.items()
            if there is None or line not in there.superiors
        ]
        return replace(body, creation=body.creation | {"lines": first}, wave=own, later=later)

    return [of(body) for body in checked]


def _both_there(one: KnownBody, other: KnownBody) -> date | None:
    days = [body.established_on for body in (one, other) if body.established_on is not None]
    return max(days, default=None)
