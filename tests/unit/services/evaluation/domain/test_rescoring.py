"""A score that turns out wrong after the team's were opened: corrected by its appraiser, with the reason."""

import msgspec
import pytest
from hypothesis import given as drawn_from
from hypothesis import strategies as st

from services.evaluation.domain.appraisal import APPRAISAL
from services.evaluation.domain.appraisal_state import (
    ALREADY_APPRAISED,
    DISCONTINUED,
    UNKNOWN,
    AppraisalEvent,
)
from services.evaluation.domain.rescoring import SCORES_SEALED, CorrectScore, CorrectSheet
from services.evaluation.domain.result import points_of
from services.evaluation.domain.scoring import (
    CRITERION_UNKNOWN,
    DIVERGENCE_UNRESOLVED,
    POINTS_ABOVE_MAX,
    CompleteAppraisal,
)
from services.evaluation.domain.team import NOT_AN_APPRAISER
from shared.contracts.appraisal import (
    DivergenceFlagged,
    DivergenceResolved,
    EnteredOnBehalf,
    RevisedScore,
    ScoreCorrected,
)
from shared.contracts.evaluation import Fraction
from tests.support.specification import specification
from tests.unit.services.evaluation.domain.dossiers import (
    NOW,
    STANDARD,
    appraised,
    discontinued,
    gate,
    opened,
    results,
)
from tests.unit.services.evaluation.domain.teams import (
    ANNA,
    BINH,
    CHI,
    OPENED_SCORES,
    given,
    in_two,
    team_of,
)

appraisal = specification(APPRAISAL)
EVIDENCE = "Biên bản kiểm tra tại cơ sở"
REASON = "Cộng nhầm hai tiêu chí nhỏ."
correct = CorrectScore(
    appraiser=ANNA.appraiser_id,
    criterion="1",
    points=12,
    evidence=EVIDENCE,
    reason=REASON,
    standard=STANDARD,
    divergence=Fraction(numerator=3, denominator=10),
    at=NOW,
)
corrected = ScoreCorrected(
    appraisal_id=opened.appraisal_id,
    appraiser=ANNA.appraiser_id,
    criterion="1",
    former_points=15,
    points=12,
    evidence=EVIDENCE,
    reason=REASON,
)
flagged = DivergenceFlagged(
    appraisal_id=opened.appraisal_id, criterion="1", lowest=2, highest=14, points_max=20
)
far = msgspec.structs.replace(correct, points=2)
settled = DivergenceResolved(
    appraisal_id=opened.appraisal_id,
    criterion="1",
    discussion="Tổ đối chiếu ảnh hiện trường.",
    revised=(RevisedScore(appraiser=ANNA.appraiser_id, points=13),),
)
complete = CompleteAppraisal(
    summary=appraised.summary, standard=STANDARD, score_rule="mean", site_visit="optional", at=NOW
)


def points(*events: AppraisalEvent) -> tuple[int, ...]:
    return points_of(APPRAISAL.fold(events), "1")


def test_an_appraiser_corrects_his_own_score_and_says_why() -> None:
    appraisal.given(*OPENED_SCORES).when(correct).then(corrected)
    assert points(*OPENED_SCORES, corrected) == (12, 14)
    appraisal.given(*OPENED_SCORES, corrected, gate).when(complete).then(
        msgspec.structs.replace(appraised, results=results(13, 15, 16, 15, 15), points=74)
    )
    state = APPRAISAL.fold((*OPENED_SCORES, corrected))
    assert state.scores_corrected == {("1", ANNA.appraiser_id): corrected}


def test_the_same_correction_again_changes_nothing() -> None:
    appraisal.given(*OPENED_SCORES, corrected).when(correct).then_nothing()
    as_it_was = msgspec.structs.replace(correct, points=15)
    appraisal.given(*OPENED_SCORES).when(as_it_was).then_nothing()
    back = msgspec.structs.replace(corrected, former_points=12, points=15)
    appraisal.given(*OPENED_SCORES, corrected).when(as_it_was).then(back)


def test_from_paper_it_names_who_entered_it() -> None:
    on_behalf = EnteredOnBehalf(entered_by="appraiser", paper="ab" * 32)
    sheet = CorrectSheet(**msgspec.structs.asdict(correct), on_behalf=on_behalf)
    appraisal.given(*OPENED_SCORES).when(sheet).then(
        msgspec.structs.replace(corrected, on_behalf=on_behalf)
    )


def test_while_scores_are_sealed_one_simply_scores_again() -> None:
    sealed: tuple[AppraisalEvent, ...] = (opened, team_of(ANNA, BINH), *in_two())
    appraisal.given(*sealed).when(correct).then_refused(SCORES_SEALED)
    others = (*sealed, given(BINH, "1", 14))
    appraisal.given(*others).when(correct).then_refused(SCORES_SEALED)


def test_nobody_else_corrects_and_nothing_outside_the_scale() -> None:
    foreign = msgspec.structs.replace(correct, appraiser=CHI.appraiser_id)
    appraisal.given(*OPENED_SCORES).when(foreign).then_refused(NOT_AN_APPRAISER)
    more = msgspec.structs.replace(correct, points=21)
    appraisal.given(*OPENED_SCORES).when(more).then_refused(POINTS_ABOVE_MAX)
    unknown = msgspec.structs.replace(correct, criterion="6")
    appraisal.given(*OPENED_SCORES).when(unknown).then_refused(CRITERION_UNKNOWN)


def test_nothing_is_corrected_once_it_is_complete_or_ended() -> None:
    appraisal.given().when(correct).then_refused(UNKNOWN)
    appraisal.given(*OPENED_SCORES, gate, appraised).when(correct).then_refused(ALREADY_APPRAISED)
    appraisal.given(*OPENED_SCORES, discontinued).when(correct).then_refused(DISCONTINUED)


def test_points_that_come_to_lie_far_apart_are_flagged_and_discussed() -> None:
    wide = msgspec.structs.replace(corrected, points=2)
    refused: tuple[AppraisalEvent, ...] = (*OPENED_SCORES, wide, flagged)
    appraisal.given(*OPENED_SCORES).when(far).then(wide, flagged)
    appraisal.given(*refused, gate).when(complete).then_refused(DIVERGENCE_UNRESOLVED)
    # While the discussion is awaited a further correction asks for no second one.
    further = msgspec.structs.replace(far, points=3)
    appraisal.given(*refused).when(further).then(
        msgspec.structs.replace(wide, former_points=2, points=3)
    )


def test_a_correction_after_the_discussion_counts_and_may_ask_for_another() -> None:
    discussed = (*OPENED_SCORES, flagged, settled)
    assert points(*discussed) == (13, 14)
    after = msgspec.structs.replace(corrected, former_points=13)
    appraisal.given(*discussed).when(correct).then(after)
    assert points(*discussed, after) == (12, 14)
    wide = msgspec.structs.replace(after, points=2)
    appraisal.given(*discussed).when(far).then(wide, flagged)
    appraisal.given(*discussed, wide, flagged, gate).when(complete).then_refused(
        DIVERGENCE_UNRESOLVED
    )


@pytest.mark.parametrize("first", [0, 20])
@drawn_from(st.lists(st.tuples(st.booleans(), st.integers(0, 20)), max_size=8))
def test_no_correction_leaves_points_far_apart_undiscussed(
    first: int, course: list[tuple[bool, int]]
) -> None:
    """Whoever corrects to whatever: what lies too far apart in the end is flagged and waits for its discussion."""
    state = APPRAISAL.fold(OPENED_SCORES)
    for anna, given_points in [(True, first), *course]:
        who = ANNA if anna else BINH
        command = msgspec.structs.replace(correct, appraiser=who.appraiser_id, points=given_points)
        state = APPRAISAL.fold(APPRAISAL.decide(state, command), state)
    apart = points_of(state, "1")
    if (max(apart) - min(apart)) * 10 > 3 * 20:
        assert "1" in state.divergences and "1" not in state.resolutions
