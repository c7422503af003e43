"""What came of each dossier of a sitting, and who gets the places where they are limited (practice: Cửa Lò
2018 chose 20 of 32).

Ranked is by the share of approvals under the denominator that governs, exactly: of a dossier with a recused
member fewer can approve. Equals where the places end are a tie, and the rule set's `tie_rule` breaks it.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import groupby

import msgspec

from shared.contracts.evaluation import TieRule
from shared.contracts.sitting import CandidateOutcome, CandidateResult
from shared.contracts.values import AppraisalId, BallotId


class CountedBallot(msgspec.Struct, frozen=True, kw_only=True):
    """A counted ballot of the sitting. `approve` of `base` is under the denominator that governs; without
    quorum they are who voted and who might. `rounds_left`: the rules allow another round.
    """

    ballot_id: BallotId
    appraisal_id: AppraisalId
    quorum_missed: bool
    approve: int
    base: int
    adopted: bool
    repeatable: bool
    rounds_left: bool
    tie_rule: TieRule
    chair_approves: bool


def results_of(ballots: Sequence[CountedBallot], places: int | None) -> tuple[CandidateResult, ...]:
    """The outcome of each ballot, in the agenda's order."""
    placed = {} if places is None else _placed([one for one in ballots if one.adopted], places)
    return tuple(_result(ballot, placed.get(ballot.ballot_id)) for ballot in ballots)


def _result(ballot: CountedBallot, place: CandidateOutcome | None) -> CandidateResult:
    repeatable = ballot.repeatable
    if place is not None:
        outcome: CandidateOutcome = place
        repeatable = (
            place == "tied_for_place" and ballot.tie_rule == "repeat" and ballot.rounds_left
        )
    elif ballot.repeatable:
        outcome = "undecided"
    elif ballot.quorum_missed:
        outcome = "quorum_missed"
    else:
        outcome = "adopted" if ballot.adopted else "not_adopted"
    return CandidateResult(
        ballot_id=ballot.ballot_id,
        appraisal_id=ballot.appraisal_id,
        approve=ballot.approve,
        base=ballot.base,
        outcome=outcome,
        repeatable=repeatable,
    )


def _placed(adopted: Sequence[CountedBallot], places: int) -> dict[BallotId, CandidateOutcome]:
    """The adopted, from the highest share down: as many as there are places."""
    ranked = sorted(adopted, key=_share, reverse=True)
    placed: dict[BallotId, CandidateOutcome] = {}
    left = places
    for _, group in groupby(ranked, key=_share):
        equals = list(group)
        inside, tied = _inside(equals, left)
        for one in equals:
            after: CandidateOutcome = "tied_for_place" if tied else "no_place"
            placed[one.ballot_id] = "adopted" if one in inside else after
        left = 0 if tied else left - len(inside)
    return placed


def _inside(equals: Sequence[CountedBallot], left: int) -> tuple[Sequence[CountedBallot], bool]:
    """Those of some equals that get one of the places left, and whether it stays a tie."""
    if len(equals) <= left:
        return equals, False
    if left == 0:
        return (), False
    if all(one.tie_rule == "chair_decides" for one in equals):
        chosen = [one for one in equals if one.chair_approves]
        if 0 < len(chosen) <= left:
            return chosen, False
    return (), True


def _share(ballot: CountedBallot) -> Fraction:
    return Fraction(ballot.approve, max(ballot.base, 1))
