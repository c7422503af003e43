"""Scores as readers see them: with what was corrected after they were given."""

from collections.abc import Iterable

from msgspec.structs import asdict

from services.evaluation.domain.appraisal_state import Appraisal
from shared.contracts.appraisal import CriterionScored, ScoreCorrected


class ShownScore(CriterionScored, frozen=True, kw_only=True):
    """A score, and whether it was given before the dossier was corrected for the last time: it stands, unless
    who gave it scores again. `corrected` says what it was and why it changed, where the appraiser corrected it
    after the scores were open.
    """

    before_correction: bool
    corrected: ScoreCorrected | None


def with_marks(state: Appraisal, scores: Iterable[CriterionScored]) -> tuple[ShownScore, ...]:
    """The scores with their marks."""
    return tuple(
        ShownScore(
            **asdict(score),
            before_correction=state.is_before_correction(score.criterion, score.appraiser),
            corrected=None
            if score.appraiser is None
            else state.scores_corrected.get((score.criterion, score.appraiser)),
        )
        for score in scores
    )
