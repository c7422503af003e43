"""A dossier that is corrected while it is judged: what is kept of it, and which scores were given before."""

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given as drawn_from
from hypothesis import strategies as st

from services.evaluation.domain.appraisal import APPRAISAL
from services.evaluation.domain.appraisal_state import Appraisal, AppraisalEvent
from services.evaluation.domain.correcting import NoteCorrection
from services.evaluation.domain.scoring import ScoreCriterion
from services.evaluation.domain.sealing import SCORES_OPEN, EnterSheet, SealScore, SheetScore
from shared.contracts.appraisal import DivergenceResolved, DossierCorrected, RevisedScore
from tests.support.specification import specification
from tests.unit.services.evaluation.domain.dossiers import (
    COMPLETE,
    NOW,
    STANDARD,
    closed,
    discontinued,
    opened,
    posted,
    scored,
    scores,
)
from tests.unit.services.evaluation.domain.teams import (
    ANNA,
    BINH,
    OPENED_SCORES,
    in_two,
    open_scores,
    reference,
    sealed,
    team_of,
)

appraisal = specification(APPRAISAL)
corrected = DossierCorrected(
    appraisal_id=opened.appraisal_id,
    model=opened.model,
    entry="results.figure",
    target="Đường hoa",
    was="800",
    becomes="780",
    reason="Cộng trùng một đoạn.",
    corrected_at=NOW,
)
note = NoteCorrection(
    entry="results.figure",
    target="Đường hoa",
    was="800",
    becomes="780",
    reason=corrected.reason,
    corrected_at=NOW,
    at=NOW,
)
score = ScoreCriterion(
    criterion="1", points=15, evidence=scores[0].evidence, standard=STANDARD, at=NOW
)
seal = SealScore(
    appraiser=ANNA.appraiser_id,
    criterion="1",
    score=reference(ANNA, "1"),
    standard=STANDARD,
    at=NOW,
)
ALL = {criterion.id for criterion in STANDARD.criteria}


def before(*events: AppraisalEvent) -> set[str]:
    """The criteria that the unit, or Anna, scored before the last correction."""
    state = APPRAISAL.fold(events)
    who = ANNA.appraiser_id if state.team else None
    return {one for one in ALL if state.is_before_correction(one, who)}


@pytest.mark.parametrize(
    "events", [(opened,), COMPLETE, (*COMPLETE, posted, closed), OPENED_SCORES]
)
def test_a_correction_is_noted_from_the_opening_on(events: tuple[AppraisalEvent, ...]) -> None:
    appraisal.given(*events).when(note).then(corrected)


@pytest.mark.parametrize("events", [(), (opened, discontinued), (opened, corrected)])
def test_nothing_is_noted_before_after_or_twice(events: tuple[AppraisalEvent, ...]) -> None:
    appraisal.given(*events).when(note).then_nothing()


def test_the_latest_word_on_an_entry_is_kept() -> None:
    later = msgspec.structs.replace(
        corrected, was="780", becomes="790", corrected_at=NOW + timedelta(days=1)
    )
    other = msgspec.structs.replace(corrected, entry="results.summary", target=None)
    state = APPRAISAL.fold((opened, corrected, other, later))
    assert tuple(state.corrections.values()) == (later, other)


def test_scores_given_before_stand_and_are_known_as_such() -> None:
    assert before(opened, *scores[:2]) == set()
    assert APPRAISAL.fold((opened, *scores, corrected)).scores == scores
    assert before(opened, *scores, corrected, scored("1", 14)) == ALL - {"1"}
    assert before(opened, corrected, *scores) == set()


def test_the_same_score_again_holds_for_what_was_corrected() -> None:
    appraisal.given(opened, scores[0], corrected).when(score).then(scores[0])
    appraisal.given(opened, scores[0], corrected, scores[0]).when(score).then_nothing()
    team = (opened, team_of(ANNA, BINH), sealed(ANNA, "1"))
    appraisal.given(*team, corrected).when(seal).then(sealed(ANNA, "1"))
    appraisal.given(*team, corrected, sealed(ANNA, "1")).when(seal).then_nothing()
    again = EnterSheet(
        appraiser=ANNA.appraiser_id,
        scores=tuple(
            SheetScore(criterion=one.id, score=reference(ANNA, one.id)) for one in STANDARD.criteria
        ),
        paper="ab" * 32,
        entered_by="appraiser",
        standard=STANDARD,
        at=NOW,
    )
    sheet = APPRAISAL.decide(APPRAISAL.fold(team), again)
    appraisal.given(*team, *sheet).when(again).then_nothing()
    appraisal.given(*team, *sheet, corrected).when(again).then(*sheet)


def test_a_teams_score_is_as_old_as_its_seal_and_a_discussion_renews_it() -> None:
    team = (opened, team_of(ANNA, BINH))
    opening = open_scores({ANNA: (15, 15, 15, 15, 15), BINH: (14, 15, 16, 15, 15)})
    assert before(*team, *in_two(), corrected, *opening) == ALL
    assert before(*team, corrected, *in_two(), *opening) == set()
    discussed = DivergenceResolved(
        appraisal_id=opened.appraisal_id,
        criterion="1",
        discussion="Tổ xem lại.",
        revised=(RevisedScore(appraiser=ANNA.appraiser_id, points=14),),
    )
    assert before(*OPENED_SCORES, corrected, discussed) == ALL - {"1"}
    appraisal.given(*OPENED_SCORES, corrected).when(seal).then_nothing()
    other = msgspec.structs.replace(seal, score=reference(ANNA, "9"))
    appraisal.given(*OPENED_SCORES, corrected).when(other).then_refused(SCORES_OPEN)


@drawn_from(st.lists(st.sampled_from(["1", "2", "3", None]), max_size=12))
def test_a_score_is_before_a_correction_exactly_when_one_came_after_it(
    course: list[str | None],
) -> None:
    """None is a correction, a name is a criterion that is scored."""
    events: list[AppraisalEvent] = [opened]
    last: dict[str, int] = {}
    for number, what in enumerate(course):
        if what is None:
            at = NOW + timedelta(hours=number)
            events.append(msgspec.structs.replace(corrected, corrected_at=at))
        else:
            events.append(scored(what, number))
            last[what] = number
    corrections = [number for number, what in enumerate(course) if what is None]
    state: Appraisal = APPRAISAL.fold(tuple(events))
    for criterion, given in last.items():
        after = any(number > given for number in corrections)
        assert state.is_before_correction(criterion, None) == after
        found = state.score(criterion, None)
        assert found is not None and found.points == given, "it stands as it was given"
