"""A wrong score of a team is put right after all were opened: by the appraiser, with the reason, before the
appraisal is complete. Practice: corrections are events with reasons; the former score stays in the record.
"""

from typing import Annotated, Final
from uuid import UUID

import msgspec

from services.evaluation.domain.appraisal_state import Appraisal, evolve, unfinished
from services.evaluation.domain.result import given_by, points_of, too_far_apart
from services.evaluation.domain.scoring import ScoreCriterionForm, Standard, refuse_points
from services.evaluation.domain.team import member_of
from shared.contracts.appraisal import DivergenceFlagged, EnteredOnBehalf, ScoreCorrected
from shared.contracts.evaluation import Fraction
from shared.contracts.values import Text
from shared.domain.attachments import FILE_BYTES_MAX
from shared.domain.refusal import Refusal
from shared.domain.time import Instant

# --- commands ---------------------------------------------------------------------------------


class CorrectScoreForm(ScoreCriterionForm, frozen=True, kw_only=True):
    """Your score for a criterion as it should be, and why the former was wrong."""

    reason: Text


class CorrectSheetForm(CorrectScoreForm, frozen=True, kw_only=True):
    """The score as it should be, why, and the scan of the paper that says so, in Base64."""

    content: Annotated[
        bytes,
        msgspec.Meta(min_length=1, max_length=FILE_BYTES_MAX, extra_json_schema={"format": "byte"}),
    ]


class CorrectScore(CorrectScoreForm, frozen=True, kw_only=True):
    """Correct an appraiser's own score, once the team's are open."""

    appraiser: UUID
    standard: Standard
    divergence: Fraction
    at: Instant


class CorrectSheet(CorrectScore, frozen=True, kw_only=True):
    """Correct the score of an appraiser without an account, from paper."""

    on_behalf: EnteredOnBehalf


# --- rules ------------------------------------------------------------------------------------

SCORES_SEALED: Final = Refusal(
    "scores-sealed",
    vi="Điểm của tổ thẩm định chưa mở: cứ chấm lại, không cần nêu lý do.",
    en="The team's scores are not open yet: simply score again, no reason is needed.",
)


def correct_score(
    state: Appraisal, command: CorrectScore
) -> tuple[ScoreCorrected | DivergenceFlagged, ...]:
    """What the appraiser says last counts, also after a discussion. Points that come to lie too far apart are
    flagged, also where an earlier discussion had settled the criterion.
    """
    opening = unfinished(state)
    member_of(state.team, command.appraiser)
    refuse_points(command.standard, command.criterion, command.points)
    held = state.score(command.criterion, command.appraiser)
    if held is None:
        raise SCORES_SEALED()
    event = ScoreCorrected(
        appraisal_id=opening.appraisal_id,
        appraiser=command.appraiser,
        criterion=command.criterion,
        former_points=given_by(state, held),
        points=command.points,
        evidence=command.evidence,
        files=command.files,
        reason=command.reason,
        on_behalf=command.on_behalf if isinstance(command, CorrectSheet) else None,
    )
    said = (event.former_points, held.evidence, held.files)
    if said == (event.points, event.evidence, event.files) and not state.is_before_correction(
        command.criterion, command.appraiser
    ):
        return ()
    return (event, *_flagged(state, event, command))


def _flagged(
    state: Appraisal, event: ScoreCorrected, command: CorrectScore
) -> tuple[DivergenceFlagged, ...]:
    """Nothing while scores are still being opened: with the last one all criteria are looked at."""
    waits = event.criterion in state.divergences and event.criterion not in state.resolutions
    if waits or len(state.scores) < len(state.team) * len(command.standard.criteria):
        return ()
    points = points_of(evolve(state, event), event.criterion)
    maximum = next(one.points_max for one in command.standard.criteria if one.id == event.criterion)
    if not too_far_apart(points, maximum, command.divergence):
        return ()
    return (
        DivergenceFlagged(
            appraisal_id=event.appraisal_id,
            criterion=event.criterion,
            lowest=min(points),
            highest=max(points),
            points_max=maximum,
        ),
    )
