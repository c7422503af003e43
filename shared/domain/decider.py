"""The one shape of every aggregate: decide what happens, evolve what is known."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Generic, TypeVar

import msgspec

S = TypeVar("S")
C = TypeVar("C")
E = TypeVar("E")


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
    decision carries its command.
    """

    category: str
    initial_state: S
    decide: Callable[[S, C], Sequence[E]]
    evolve: Callable[[S, E], S]
    commands: Mapping[str, type]

    def fold(self, events: Iterable[E], state: S | None = None) -> S:
        """The state after `events`, starting from `state` or from nothing."""
        return reduce(self.evolve, events, self.initial_state if state is None else state)
