"""What follows from a team's scores: the points of a criterion, and whether they lie too far apart."""

from collections.abc import Sequence

from services.evaluation.domain.appraisal_state import Appraisal
from shared.contracts.appraisal import CriterionScored
from shared.contracts.evaluation import Fraction, ScoreRule
from shared.contracts.values import CategoryId


def points_of(state: Appraisal, criterion: CategoryId) -> tuple[int, ...]:
    """The points given for a criterion, as they stand after its discussion, in the order of scoring."""
    return tuple(given_by(state, score) for score in state.scores if score.criterion == criterion)


def given_by(state: Appraisal, score: CriterionScored) -> int:
    """The points that count for a score: those its appraiser gave in the discussion, if he did."""
    resolution = state.resolutions.get(score.criterion)
    revised = () if resolution is None else resolution.revised
    return next((one.points for one in revised if one.appraiser == score.appraiser), score.points)


def result(points: Sequence[int], rule: ScoreRule) -> int:
    """The points of a criterion from those of its appraisers, at least one. Halves are rounded up."""
    if rule == "mean":
        return (2 * sum(points) + len(points)) // (2 * len(points))
    ordered = sorted(points)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle] + 1) // 2


def too_far_apart(points: Sequence[int], points_max: int, share: Fraction) -> bool:
    """Whether highest and lowest differ by more than the share of the criterion's points."""
    return (max(points) - min(points)) * share.denominator > share.numerator * points_max
