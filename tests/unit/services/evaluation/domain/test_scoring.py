"""Appraisal: the gate outweighs points, points stay within the scale, nothing is complete half-way."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.evaluation.domain.appraisal import APPRAISAL
from services.evaluation.domain.appraisal_state import (
    ALREADY_APPRAISED,
    DISCONTINUED,
    UNKNOWN,
)
from services.evaluation.domain.scoring import (
    CRITERIA_UNSCORED,
    CRITERION_UNKNOWN,
    GATE_UNCHECKED,
    POINTS_ABOVE_MAX,
    CheckGate,
    CompleteAppraisal,
    ScoreCriterion,
)
from shared.contracts.appraisal import Appraised
from tests.support.specification import specification
from tests.unit.services.evaluation.domain.dossiers import (
    COMPLETE,
    NOW,
    STANDARD,
    appraised,
    discontinued,
    gate,
    open_appraisal,
    opened,
    results,
    scored,
    scores,
)

appraisal = specification(APPRAISAL)
check = CheckGate(passed=True, finding=gate.finding, at=NOW)
score = ScoreCriterion(
    criterion="1", points=15, evidence=scores[0].evidence, standard=STANDARD, at=NOW
)
complete = CompleteAppraisal(
    summary=appraised.summary, standard=STANDARD, score_rule="mean", site_visit="optional", at=NOW
)


def test_an_appraisal_opens() -> None:
    appraisal.given().when(open_appraisal).then(opened)


def test_opening_it_again_changes_nothing() -> None:
    appraisal.given(opened).when(open_appraisal).then_nothing()
    appraisal.given(opened, discontinued).when(open_appraisal).then_nothing()


def test_the_gate_is_checked_and_may_be_checked_again() -> None:
    failed = msgspec.structs.replace(gate, passed=False, finding="Có vi phạm về đất đai.")
    appraisal.given(opened).when(check).then(gate)
    appraisal.given(opened, failed).when(check).then(gate)


def test_the_same_finding_again_changes_nothing() -> None:
    appraisal.given(opened, gate).when(check).then_nothing()


def test_a_criterion_is_scored_and_may_be_scored_again() -> None:
    appraisal.given(opened).when(score).then(scored("1", 15))
    appraisal.given(opened, scored("1", 9)).when(score).then(scored("1", 15))


def test_the_same_score_again_changes_nothing() -> None:
    appraisal.given(opened, scored("1", 15)).when(score).then_nothing()


def test_points_stay_within_the_criterion() -> None:
    most = msgspec.structs.replace(score, points=20)
    appraisal.given(opened).when(most).then(scored("1", 20))
    more = msgspec.structs.replace(score, points=21)
    appraisal.given(opened).when(more).then_refused(POINTS_ABOVE_MAX)


def test_a_foreign_criterion_is_refused() -> None:
    foreign = msgspec.structs.replace(score, criterion="6")
    appraisal.given(opened).when(foreign).then_refused(CRITERION_UNKNOWN)


def test_it_is_complete_with_gate_and_all_scores() -> None:
    appraisal.given(opened, gate, *scores).when(complete).then(appraised)


def test_completing_it_again_changes_nothing_but_another_summary_is_refused() -> None:
    appraisal.given(*COMPLETE).when(complete).then_nothing()
    other = msgspec.structs.replace(complete, summary="Kết luận khác.")
    appraisal.given(*COMPLETE).when(other).then_refused(ALREADY_APPRAISED)


def test_without_the_gate_it_is_not_complete() -> None:
    appraisal.given(opened, *scores).when(complete).then_refused(GATE_UNCHECKED)


def test_without_every_score_it_is_not_complete() -> None:
    refused = (
        appraisal.given(opened, gate, *scores[:3]).when(complete).then_refused(CRITERIA_UNSCORED)
    )
    assert refused.values == {"missing": "4, 5"}


def test_a_failed_gate_outweighs_full_points() -> None:
    failed = msgspec.structs.replace(gate, passed=False)
    full = tuple(scored(criterion.id, 20) for criterion in STANDARD.criteria)
    appraisal.given(opened, failed, *full).when(complete).then(
        msgspec.structs.replace(
            appraised,
            points=100,
            gates_passed=False,
            meets_standard=False,
            results=results(20, 20, 20, 20, 20),
        )
    )


@pytest.mark.parametrize("last,meets", [(10, True), (9, False)])
def test_the_standard_is_met_with_exactly_the_points_required(last: int, *, meets: bool) -> None:
    some = (*scores[:4], scored("5", last))
    appraisal.given(opened, gate, *some).when(complete).then(
        msgspec.structs.replace(
            appraised,
            points=60 + last,
            meets_standard=meets,
            results=results(15, 15, 15, 15, last),
        )
    )


@pytest.mark.parametrize("command", [check, score])
def test_nothing_changes_once_it_is_complete(command: CheckGate | ScoreCriterion) -> None:
    appraisal.given(*COMPLETE).when(command).then_refused(ALREADY_APPRAISED)


@pytest.mark.parametrize("command", [check, score, complete])
def test_nothing_is_done_on_what_never_opened_or_was_discontinued(
    command: CheckGate | ScoreCriterion | CompleteAppraisal,
) -> None:
    appraisal.given().when(command).then_refused(UNKNOWN)
    appraisal.given(opened, discontinued).when(command).then_refused(DISCONTINUED)


@given(
    points=st.lists(st.integers(min_value=0, max_value=20), min_size=5, max_size=5),
    passed=st.booleans(),
)
def test_the_standard_is_met_if_and_only_if_gate_and_points_are(
    points: list[int], *, passed: bool
) -> None:
    some = [scored(c.id, given) for c, given in zip(STANDARD.criteria, points, strict=True)]
    state = APPRAISAL.fold((opened, msgspec.structs.replace(gate, passed=passed), *some))
    (event,) = APPRAISAL.decide(state, complete)
    assert isinstance(event, Appraised)
    assert event.points == sum(points)
    assert event.meets_standard == (passed and sum(points) >= 70)
