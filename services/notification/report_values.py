"""The numbers of a figure, summed from what was counted."""

from collections.abc import Iterable, Mapping

import msgspec

from services.notification.domain.report_figures import Fact, Figure
from services.notification.report_sql import Count

Sums = Mapping[Fact, tuple[int, int, int]]
"""Of each fact: in the period, in the one before, from the beginning."""


class Values(msgspec.Struct, frozen=True, kw_only=True):
    """A figure: in the period, in the period before, the difference, and, of what happens rather than
    holds, from the beginning of the record to the period's end.
    """

    value: int
    before: int
    change: int
    cumulative: int | None


def summed(counts: Iterable[Count]) -> Sums:
    """What was counted in several groups, together."""
    found: dict[Fact, tuple[int, int, int]] = {}
    for one in counts:
        value, before, cumulative = found.get(one.fact, (0, 0, 0))
        found[one.fact] = (value + one.value, before + one.before, cumulative + one.cumulative)
    return found


def values_of(figure: Figure, sums: Sums) -> Values:
    """A figure of these sums."""
    parts = [sums.get(fact, (0, 0, 0)) for fact in figure.facts]
    value, before, cumulative = (sum(part[index] for part in parts) for index in range(3))
    return Values(
        value=value,
        before=before,
        change=value - before,
        cumulative=None if figure.at_end else cumulative,
    )
