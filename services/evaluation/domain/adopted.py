"""What a body adopts in versions: a rule set, a set of criteria. A version is followed, never changed."""

from typing import Generic, TypeVar

import msgspec

from shared.contracts.evaluation import CriteriaSetAdopted, RuleSetAdopted
from shared.domain.refusal import Refusal

A = TypeVar("A", bound=RuleSetAdopted | CriteriaSetAdopted)


class Adopted(msgspec.Struct, Generic[A], frozen=True):
    """Every version adopted; version n stands at index n - 1."""

    versions: tuple[A, ...] = ()

    def version(self, number: int) -> A | None:
        """The version a dossier was stamped with, None if there is no such version."""
        return self.versions[number - 1] if 1 <= number <= len(self.versions) else None


def evolve(state: Adopted[A], event: A) -> Adopted[A]:
    """What is known after `event`."""
    return Adopted(versions=(*state.versions, event))


def following(former: A, event: A, backdated: Refusal) -> tuple[A, ...]:
    """`event` as the version after `former`, nothing if it says the same. Raises `backdated`."""
    if msgspec.structs.replace(event, version=former.version) == former:
        return ()
    if event.effective_on < former.effective_on:
        raise backdated(former=former.effective_on.isoformat())
    return (event,)
