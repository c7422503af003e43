"""A team's scores: sealed until all are in, opened together, discussed where they lie far apart."""

from uuid import UUID

import msgspec
import pytest
from hypothesis import given as drawn_from
from hypothesis import strategies as st

from services.evaluation.domain.appraisal import APPRAISAL
from services.evaluation.domain.appraisal_state import (
    ALREADY_APPRAISED,
    DISCONTINUED,
    UNKNOWN,
    Appraisal,
    AppraisalEvent,
)
from services.evaluation.domain.result import result, too_far_apart
from services.evaluation.domain.scoring import (
    CRITERIA_UNSCORED,
    CRITERION_UNKNOWN,
    DIVERGENCE_UNRESOLVED,
    EVIDENCE_UNKNOWN,
    POINTS_ABOVE_MAX,
    CompleteAppraisal,
    refuse_unknown_files,
)
from services.evaluation.domain.sealing import (
    DIVERGENCE_UNKNOWN,
    REVISED_TWICE,
    SCORES_OPEN,
    SHEET_INCOMPLETE,
    EnterSheet,
    OpenScore,
    ResolveDivergence,
    SealScore,
    SheetScore,
)
from services.evaluation.domain.team import NOT_AN_APPRAISER
from shared.contracts.appraisal import (
    Appraised,
    Appraiser,
    CriterionScored,
    DivergenceFlagged,
    DivergenceResolved,
    EnteredOnBehalf,
    RevisedScore,
)
from shared.contracts.evaluation import Fraction
from shared.domain.refusal import RefusedError
from tests.support.specification import specification
from tests.unit.services.evaluation.domain.dossiers import (
    COMPLETE,
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
    appraiser,
    given,
    in_from,
    in_two,
    open_scores,
    reference,
    sealed,
    team_of,
)

SHARE = Fraction(numerator=3, denominator=10)
appraisal = specification(APPRAISAL)
TEAM = (opened, team_of(ANNA, BINH))
seal = SealScore(
    appraiser=ANNA.appraiser_id,
    criterion="1",
    score=reference(ANNA, "1"),
    standard=STANDARD,
    at=NOW,
)
complete = CompleteAppraisal(
    summary=appraised.summary, standard=STANDARD, score_rule="mean", site_visit="optional", at=NOW
)


def opening(who: Appraiser, criterion: str, points: int) -> OpenScore:
    return OpenScore(
        appraiser=who.appraiser_id,
        criterion=criterion,
        payload=reference(who, criterion).payload,
        points=points,
        evidence="Biên bản kiểm tra tại cơ sở",
        files=(),
        standard=STANDARD,
        divergence=SHARE,
        at=NOW,
    )


# --- sealed ------------------------------------------------------------------------------------


def test_a_score_is_sealed_and_says_no_points() -> None:
    appraisal.given(*TEAM).when(seal).then(sealed(ANNA, "1"))
    assert "points" not in sealed(ANNA, "1").__struct_fields__


def test_the_same_score_again_changes_nothing_and_another_replaces_it() -> None:
    appraisal.given(*TEAM, sealed(ANNA, "1")).when(seal).then_nothing()
    other = msgspec.structs.replace(seal, score=reference(ANNA, "9"))
    appraisal.given(*TEAM, sealed(ANNA, "1")).when(other).then(
        msgspec.structs.replace(sealed(ANNA, "1"), score=reference(ANNA, "9"))
    )


def test_who_is_not_of_the_team_does_not_score() -> None:
    foreign = msgspec.structs.replace(seal, appraiser=CHI.appraiser_id)
    appraisal.given(*TEAM).when(foreign).then_refused(NOT_AN_APPRAISER)
    appraisal.given(opened).when(seal).then_refused(NOT_AN_APPRAISER)


def test_a_foreign_criterion_is_not_sealed() -> None:
    foreign = msgspec.structs.replace(seal, criterion="6")
    appraisal.given(*TEAM).when(foreign).then_refused(CRITERION_UNKNOWN)


def test_nobody_scores_anew_once_the_scores_are_open() -> None:
    other = msgspec.structs.replace(seal, score=reference(ANNA, "9"))
    appraisal.given(*OPENED_SCORES).when(other).then_refused(SCORES_OPEN)


def test_evidence_is_attached_before_it_is_cited() -> None:
    refuse_unknown_files(("ab" * 32,), {"ab" * 32})
    with pytest.raises(RefusedError) as caught:
        refuse_unknown_files(("ab" * 32, "cd" * 32), {"ab" * 32})
    assert caught.value.refusal == EVIDENCE_UNKNOWN


# --- from paper --------------------------------------------------------------------------------

BY = EnteredOnBehalf(entered_by="td-1", paper="ef" * 32)
enter = EnterSheet(
    appraiser=BINH.appraiser_id,
    scores=tuple(
        SheetScore(criterion=criterion.id, score=reference(BINH, criterion.id))
        for criterion in STANDARD.criteria
    ),
    paper=BY.paper,
    entered_by=BY.entered_by,
    standard=STANDARD,
    at=NOW,
)
ENTERED = tuple(msgspec.structs.replace(one, on_behalf=BY) for one in in_from(BINH))


def test_a_paper_sheet_is_entered_whole_and_says_by_whom() -> None:
    appraisal.given(*TEAM).when(enter).then(*ENTERED)
    appraisal.given(*TEAM, *ENTERED).when(enter).then_nothing()


def test_another_sheet_replaces_what_differs() -> None:
    other = SheetScore(criterion="1", score=reference(BINH, "9"))
    corrected = msgspec.structs.replace(enter, scores=(other, *enter.scores[1:]))
    appraisal.given(*TEAM, *ENTERED).when(corrected).then(
        msgspec.structs.replace(ENTERED[0], score=other.score)
    )


@pytest.mark.parametrize("some", [enter.scores[1:], (*enter.scores, enter.scores[0]), ()])
def test_a_sheet_has_every_criterion_once(some: tuple[SheetScore, ...]) -> None:
    part = msgspec.structs.replace(enter, scores=some)
    appraisal.given(*TEAM).when(part).then_refused(SHEET_INCOMPLETE)


def test_a_sheet_is_of_one_of_the_team_and_comes_before_the_scores_are_open() -> None:
    foreign = msgspec.structs.replace(enter, appraiser=CHI.appraiser_id)
    appraisal.given(*TEAM).when(foreign).then_refused(NOT_AN_APPRAISER)
    appraisal.given(*OPENED_SCORES).when(enter).then_refused(SCORES_OPEN)


def test_an_opened_score_still_says_who_entered_it() -> None:
    history: tuple[AppraisalEvent, ...] = (*TEAM, *in_from(ANNA), *ENTERED)
    appraisal.given(*history).when(opening(BINH, "1", 15)).then(
        msgspec.structs.replace(given(BINH, "1", 15), on_behalf=BY)
    )


# --- opened ------------------------------------------------------------------------------------


def test_nothing_is_opened_before_everyones_are_in() -> None:
    appraisal.given(*TEAM, *in_two()[:-1]).when(opening(ANNA, "1", 15)).then_nothing()
    appraisal.given(*TEAM, *in_two()).when(opening(ANNA, "1", 15)).then(given(ANNA, "1", 15))


def test_what_was_opened_or_replaced_is_not_opened_again() -> None:
    history: tuple[AppraisalEvent, ...] = (*TEAM, *in_two(), given(ANNA, "1", 15))
    appraisal.given(*history).when(opening(ANNA, "1", 15)).then_nothing()
    former = msgspec.structs.replace(opening(ANNA, "2", 15), payload=UUID(int=1))
    appraisal.given(*history).when(former).then_nothing()


def test_an_appraisal_that_has_ended_opens_nothing() -> None:
    appraisal.given(*TEAM, *in_two(), discontinued).when(opening(ANNA, "1", 15)).then_nothing()
    appraisal.given(*COMPLETE).when(opening(ANNA, "1", 15)).then_nothing()
    appraisal.given().when(opening(ANNA, "1", 15)).then_nothing()


def test_points_stay_within_the_criterion() -> None:
    appraisal.given(*TEAM, *in_two()).when(opening(ANNA, "1", 21)).then_refused(POINTS_ABOVE_MAX)


# --- far apart ---------------------------------------------------------------------------------


def flagged(criterion: str, lowest: int, highest: int) -> DivergenceFlagged:
    return DivergenceFlagged(
        appraisal_id=opened.appraisal_id,
        criterion=criterion,
        lowest=lowest,
        highest=highest,
        points_max=20,
    )


def before_last(last: int) -> tuple[AppraisalEvent, ...]:
    """All but BINH's points for criterion 5 are open; criterion 2 lies seven points apart."""
    points = {ANNA: (15, 18, 15, 15, 15), BINH: (9, 11, 15, 15, last)}
    return (*TEAM, *in_two(), *open_scores(points)[:-1])


def test_with_the_last_score_what_lies_too_far_apart_is_flagged() -> None:
    appraisal.given(*before_last(15)).when(opening(BINH, "5", 15)).then(
        given(BINH, "5", 15), flagged("2", 11, 18)
    )
    appraisal.given(*before_last(8)).when(opening(BINH, "5", 8)).then(
        given(BINH, "5", 8), flagged("2", 11, 18), flagged("5", 8, 15)
    )


DIVERGENT = (
    *before_last(15),
    given(BINH, "5", 15),
    flagged("2", 11, 18),
    gate,
)
resolve = ResolveDivergence(
    criterion="2",
    discussion="Tổ xem lại biên bản họp dân, thống nhất mức lan tỏa.",
    revised=(RevisedScore(appraiser=BINH.appraiser_id, points=16),),
    standard=STANDARD,
    at=NOW,
)
resolved = DivergenceResolved(
    appraisal_id=opened.appraisal_id,
    criterion="2",
    discussion=resolve.discussion,
    revised=resolve.revised,
)


def test_it_is_not_complete_before_the_divergence_was_discussed() -> None:
    refused = appraisal.given(*DIVERGENT).when(complete).then_refused(DIVERGENCE_UNRESOLVED)
    assert refused.values == {"criteria": "2"}
    assert refused.refusal.practice == "divergence"
    expected = results(12, 17, 15, 15, 15)
    appraisal.given(*DIVERGENT, resolved).when(complete).then(
        msgspec.structs.replace(appraised, points=74, results=expected)
    )


def test_a_divergence_is_resolved_with_its_discussion_and_may_be_resolved_anew() -> None:
    appraisal.given(*DIVERGENT).when(resolve).then(resolved)
    appraisal.given(*DIVERGENT, resolved).when(resolve).then_nothing()
    unmoved = msgspec.structs.replace(resolve, revised=())
    appraisal.given(*DIVERGENT, resolved).when(unmoved).then(
        msgspec.structs.replace(resolved, revised=())
    )


def test_only_a_flagged_criterion_is_discussed_by_its_own_team_each_once_within_its_points() -> (
    None
):
    replace = msgspec.structs.replace
    of_five = replace(resolve, criterion="5")
    appraisal.given(*DIVERGENT).when(of_five).then_refused(DIVERGENCE_UNKNOWN)
    foreign = replace(resolve, revised=(RevisedScore(appraiser=CHI.appraiser_id, points=3),))
    appraisal.given(*DIVERGENT).when(foreign).then_refused(NOT_AN_APPRAISER)
    twice = replace(resolve, revised=(*resolve.revised, *resolve.revised))
    appraisal.given(*DIVERGENT).when(twice).then_refused(REVISED_TWICE)
    above = replace(resolve, revised=(RevisedScore(appraiser=BINH.appraiser_id, points=21),))
    appraisal.given(*DIVERGENT).when(above).then_refused(POINTS_ABOVE_MAX)


@pytest.mark.parametrize("command", [seal, enter, resolve])
def test_nothing_is_scored_or_discussed_on_what_never_opened_is_complete_or_has_ended(
    command: SealScore | EnterSheet | ResolveDivergence,
) -> None:
    appraisal.given().when(command).then_refused(UNKNOWN)
    appraisal.given(*COMPLETE).when(command).then_refused(ALREADY_APPRAISED)
    appraisal.given(opened, discontinued).when(command).then_refused(DISCONTINUED)


def test_it_is_not_complete_while_one_of_the_team_has_not_scored() -> None:
    appraisal.given(*TEAM, gate, *in_from(ANNA)).when(complete).then_refused(CRITERIA_UNSCORED)


# --- what follows from the scores --------------------------------------------------------------


@pytest.mark.parametrize(
    "points,mean,median",
    [
        ((15,), 15, 15),
        ((14, 15), 15, 15),
        ((10, 11, 20), 14, 11),
        ((0, 0, 1), 0, 0),
        ((0, 1, 1), 1, 1),
        ((4, 9, 12, 20), 11, 11),
    ],
)
def test_halves_are_rounded_up(points: tuple[int, ...], mean: int, median: int) -> None:
    assert result(points, "mean") == mean
    assert result(points, "median") == median


POINTS = st.lists(st.integers(min_value=0, max_value=20), min_size=1, max_size=15)


@drawn_from(points=POINTS, rule=st.sampled_from(["mean", "median"]))
def test_a_result_never_leaves_what_was_given_and_never_depends_on_the_order(
    points: list[int], rule: str
) -> None:
    found = result(points, "mean" if rule == "mean" else "median")
    assert min(points) <= found <= max(points)
    assert found == result(sorted(points), "mean" if rule == "mean" else "median")


@drawn_from(points=POINTS)
def test_exactly_what_exceeds_the_share_is_too_far_apart(points: list[int]) -> None:
    assert too_far_apart(points, 20, SHARE) == (max(points) - min(points) > 6)


@drawn_from(
    points=st.lists(
        st.lists(st.integers(min_value=0, max_value=20), min_size=5, max_size=5),
        min_size=1,
        max_size=4,
    ),
    order=st.randoms(use_true_random=False),
)
def test_in_whatever_order_scores_come_each_is_opened_once_and_all_or_none_decide(
    points: list[list[int]], order: object
) -> None:
    team = {appraiser(number): tuple(own) for number, own in enumerate(points, 1)}
    commands = [
        opening(who, criterion.id, given_points)
        for who, own in team.items()
        for criterion, given_points in zip(STANDARD.criteria, own, strict=True)
    ]
    order.shuffle(commands)  # type: ignore[attr-defined]
    ins = [one for who in team for one in in_from(who)]
    order.shuffle(ins)  # type: ignore[attr-defined]
    state = APPRAISAL.fold((opened, team_of(*team), gate))
    for one in ins:
        assert all(not APPRAISAL.decide(state, command) for command in commands)
        state = APPRAISAL.fold((one,), state)
    for command in commands:
        with pytest.raises(RefusedError):
            APPRAISAL.decide(state, complete)
        state = _told(state, command)
        assert not APPRAISAL.decide(state, command)
    apart = [
        criterion.id
        for criterion, given_points in zip(
            STANDARD.criteria, zip(*points, strict=True), strict=True
        )
        if max(given_points) - min(given_points) > 6
    ]
    assert list(state.divergences) == apart
    if not apart:
        (event,) = APPRAISAL.decide(state, complete)
        assert isinstance(event, Appraised)
        assert event.points == sum(one.points for one in event.results)


def _told(state: Appraisal, command: OpenScore) -> Appraisal:
    events = APPRAISAL.decide(state, command)
    assert isinstance(events[0], CriterionScored)
    return APPRAISAL.fold(events, state)
