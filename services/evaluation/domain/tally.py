"""Counting: which votes count, the quorum, and the share under each denominator. Integers only."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, get_args
from uuid import UUID

import msgspec

from shared.contracts.evaluation import Denominator, Fraction, TallyLine
from shared.contracts.values import Choice

DENOMINATORS: Final[tuple[Denominator, ...]] = get_args(Denominator)


class RecordedVote(msgspec.Struct, frozen=True, kw_only=True):
    """A vote and the position in the log where it stands; a correction of it is in `choice` already. `on_paper`: it
    was entered from a paper.
    """

    pseudonym: UUID
    choice: Choice
    position: int
    on_paper: bool


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """A counted ballot. `choices` holds the votes that count; who voted and was not asked in
    writing was there, whatever the attendance list says, and whose vote was entered from paper was not.
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

    @property
    def voted_present(self) -> int:
        """How many votes were given at the meeting."""
        return len(self.choices.keys() & self.present)

    def voted_in_writing(self, denominator: Denominator) -> int:
        """How many votes of those people were given in writing."""
        return 0 if denominator == "present" else len(self.choices.keys() & self.consulted)


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
    papers: set[UUID] = set()
    for vote in sorted(votes, key=lambda vote: vote.position):
        if vote.position >= cut_off or vote.pseudonym not in eligible or vote.pseudonym in choices:
            continue
        choices[vote.pseudonym] = vote.choice
        if vote.on_paper:
            papers.add(vote.pseudonym)
    # A paper that raced a change of the attendance is in writing all the same.
    asked = (frozenset(consulted) & eligible) | papers
    present = frozenset(present) - papers
    there = (present & eligible) | (choices.keys() - asked)
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
            voted_present=result.voted_present,
            voted_in_writing=result.voted_in_writing(denominator),
            not_voting=result.base(denominator)
            - result.voted_present
            - result.voted_in_writing(denominator),
            approve=result.approve(denominator),
            reached=reaches(result.approve(denominator), result.base(denominator), threshold),
            governs=denominator == governing,
        )
        for denominator in DENOMINATORS
    )
