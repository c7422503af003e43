"""When a body's adopted document holds: every service that reads rules asks the same way."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

import msgspec

from shared.contracts.values import Line


class AdoptedVersion(msgspec.Struct, frozen=True, kw_only=True):
    """A version of a rule set or of criteria, as far as it matters for when it holds."""

    document: UUID
    version: int
    title: Line
    effective_on: date
    expires_on: date | None
    replaces: tuple[UUID, ...]


def ends_on(one: AdoptedVersion, of_body: Iterable[AdoptedVersion]) -> date | None:
    """The first day on which `one` no longer holds: it expires, its next version takes effect, or
    another document of its body replaces it. None while nothing ends it.

    That day can lie before `one` takes effect: then it never holds.
    """
    ends = [] if one.expires_on is None else [one.expires_on]
    ends += [
        other.effective_on
        for other in of_body
        if one.document in other.replaces
        or (other.document == one.document and other.version > one.version)
    ]
    return min(ends, default=None)


def in_force(of_body: Iterable[AdoptedVersion], on: date) -> AdoptedVersion | None:
    """What holds of a body's documents on a day; of several the one that took effect last."""
    every = tuple(of_body)
    holding = [
        one
        for one in every
        if one.effective_on <= on and ((end := ends_on(one, every)) is None or on < end)
    ]
    return max(holding, key=lambda one: (one.effective_on, one.version), default=None)
