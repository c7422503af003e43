"""Counting: which votes count, the quorum, and the share under each denominator. Integers only."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, get_args
from uuid import UUID

import msgspec

from shared.contracts.evaluation import Choice, Denominator, Fraction, TallyLine

DENOMINATORS: Final[tuple[Denominator, ...]] = get_args(Denominator)


class RecordedVote(msgspec.Struct, frozen=True, kw_only=True):
    """A vote and the position in the log where it stands."""

    pseudonym: UUID
    choice: Choice
    position: int


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """A counted ballot. `choices` holds the votes that count; who voted and was not asked in
    writing was there, whatever the attendance list says.
    """

    eligible: int
    present: frozenset[UUID]
    consulted: frozenset[UUID]
    choices: Mapping[UUID, Choice]

    @property
    def voted(self) -> int:
        """How many votes count."""
        return len(self.choices)

    def times(self, choice: Choice) -> int:
        """How many chose `choice`."""
        return Counter(self.choices.values())[choice]

    def base(self, denominator: Denominator) -> int:
        """How many people the share is taken of."""
        match denominator:
            case "all":
                return self.eligible
            case "present":
                return len(self.present)
            case "present_and_consulted":
                return len(self.present | self.consulted)

    def approve(self, denominator: Denominator) -> int:
        """How many of those people approve."""
        return sum(
            choice == "approve" and (denominator != "present" or pseudonym in self.present)
            for pseudonym, choice in self.choices.items()
        )


def count(
    electorate: Iterable[UUID],
    present: Iterable[UUID],
    consulted: Iterable[UUID],
    votes: Sequence[RecordedVote],
    cut_off: int,
) -> Count:
    """Count the votes of the electorate that stand before position `cut_off`, one a voter."""
    eligible = frozenset(electorate)
    choices: dict[UUID, Choice] = {}
    for vote in sorted(votes, key=lambda vote: vote.position):
        if vote.position < cut_off and vote.pseudonym in eligible:
            choices.setdefault(vote.pseudonym, vote.choice)
    asked = frozenset(consulted) & eligible
    there = (frozenset(present) & eligible) | (choices.keys() - asked)
    return Count(
        eligible=len(eligible),
        present=there,
        consulted=asked - there,
        choices=MappingProxyType(choices),
    )


def reaches(part: int, whole: int, share: Fraction) -> bool:
    """Whether `part` is at least `share` of `whole`, exactly. Of nobody there is no share."""
    return whole > 0 and part * share.denominator >= share.numerator * whole


def lines_of(result: Count, threshold: Fraction, governing: Denominator) -> tuple[TallyLine, ...]:
    """The result under every denominator; the one that governs is marked."""
    return tuple(
        TallyLine(
            denominator=denominator,
            base=result.base(denominator),
            approve=result.approve(denominator),
            reached=reaches(result.approve(denominator), result.base(denominator), threshold),
            governs=denominator == governing,
        )
        for denominator in DENOMINATORS
    )
