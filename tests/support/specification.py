"""Domain tests as specifications: given what happened, when a command comes, then what follows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

import msgspec
import pytest

from shared.domain.decider import Decider
from shared.domain.refusal import Refusal, RefusedError

S = TypeVar("S")
C = TypeVar("C")
E = TypeVar("E")


@dataclass(frozen=True)
class When(Generic[S, C, E]):
    """A command against a history."""

    decider: Decider[S, C, E]
    history: tuple[E, ...]
    command: C

    def decide(self) -> tuple[E, ...]:
        """What follows, or RefusedError."""
        # A command is decided on exactly what its record would say: bytes there and back.
        recorded = msgspec.json.decode(msgspec.json.encode(self.command), type=type(self.command))
        return tuple(self.decider.decide(self.decider.fold(self.history), recorded))

    def _decided(self) -> tuple[E, ...]:
        for watch in WATCHERS:
            watch(self)
        return self.decide()

    def then(self, *expected: E) -> None:
        """Exactly these events follow."""
        assert self._decided() == expected

    def then_nothing(self) -> None:
        """The command changes nothing and is not refused."""
        assert self._decided() == ()

    def then_refused(self, refusal: Refusal) -> RefusedError:
        """The command is refused by this rule, in both languages, before any event."""
        with pytest.raises(RefusedError) as caught:
            self._decided()
        assert caught.value.refusal == refusal, caught.value.refusal.code
        for language in ("vi", "en"):
            assert "{" not in caught.value.sentence(language)
        return caught.value


WATCHERS: Final[list[Callable[[When[Any, Any, Any]], None]]] = []
"""Told of every specification before it is checked: none, but where docs/reference/states.md is made."""


@dataclass(frozen=True)
class Given(Generic[S, C, E]):
    """A history."""

    decider: Decider[S, C, E]
    history: tuple[E, ...]

    def when(self, command: C) -> When[S, C, E]:
        """The command to decide."""
        return When(self.decider, self.history, command)


@dataclass(frozen=True)
class Specification(Generic[S, C, E]):
    """Specifications of one decider."""

    decider: Decider[S, C, E]

    def given(self, *history: E) -> Given[S, C, E]:
        """The events before, in today's shape after a round trip through their stored bytes."""
        events: tuple[Any, ...] = tuple(
            msgspec.json.decode(msgspec.json.encode(event), type=type(event)) for event in history
        )
        return Given(self.decider, events)


def specification(decider: Decider[S, C, E]) -> Specification[S, C, E]:
    """Begin a specification of `decider`."""
    return Specification(decider)
