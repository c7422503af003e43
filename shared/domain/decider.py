"""The one shape of every aggregate: decide what happens, evolve what is known."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Final, Generic, TypeVar

import msgspec

S = TypeVar("S")
C = TypeVar("C")
E = TypeVar("E")

UNKNOWN: Final = "unknown"
"""The stage of what has no event yet."""


class Request(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a caller fills in. A command extends its request with what the server adds.

    The server adds the instant (`at`), ids, and facts that belong to other aggregates, so that
    `decide` needs nothing but its two arguments and the record suffices to decide again.
    """


@dataclass(frozen=True, slots=True)
class Decider(Generic[S, C, E]):
    """An aggregate as two pure functions.

    `category` prefixes its streams (`<category>-<id>`). `commands` maps the stored name of each
    command to its type: the names are written once and never renamed, because the record of a
    decision carries its command. `stage` says in a word where a state stands, UNKNOWN before the first
    event; the words are drawn in docs/reference/states.md. None for what has no course.
    """

    category: str
    initial_state: S
    decide: Callable[[S, C], Sequence[E]]
    evolve: Callable[[S, E], S]
    commands: Mapping[str, type]
    stage: Callable[[S], str] | None = None

    def fold(self, events: Iterable[E], state: S | None = None) -> S:
        """The state after `events`, starting from `state` or from nothing."""
        return reduce(self.evolve, events, self.initial_state if state is None else state)

    def stage_of(self, state: S) -> str:
        """Where `state` stands; "begun" after the first event of what has no course."""
        if self.stage is not None:
            return self.stage(state)
        return UNKNOWN if state == self.initial_state else "begun"
