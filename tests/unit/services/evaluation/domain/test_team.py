"""Appraising teams: who is in one, who steps back, and the team of a field that appraisals follow."""

from datetime import date
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.evaluation.domain.appraisal import APPRAISAL
from services.evaluation.domain.appraisal_state import (
    ALREADY_APPRAISED,
    DISCONTINUED,
    UNKNOWN,
    AppraisalEvent,
)
from services.evaluation.domain.conflict import REASONS, Tie
from services.evaluation.domain.field_team import (
    FIELD_TEAM,
    UNIT_ENDED,
    AssignFieldTeam,
    whose_team,
)
from services.evaluation.domain.scoring import TEAM_SCORES, ScoreCriterion
from services.evaluation.domain.team import (
    APPRAISER_CONFLICT,
    APPRAISER_RECUSED,
    APPRAISER_TWICE,
    NOT_AN_APPRAISER,
    TEAM_AFTER_SCORES,
    TEAM_CHANGE_UNEXPLAINED,
    AppraiserForm,
    AssignTeam,
    RecuseAppraiser,
    refuse_appraisers_twice,
)
from shared.contracts.appraisal import FieldTeamAssigned
from shared.contracts.registration import Part
from shared.contracts.values import OrganizationId, TeamId
from shared.domain.graph import Graph, Succession
from shared.domain.refusal import RefusedError
from tests.support.specification import specification
from tests.unit.services.evaluation.domain.dossiers import (
    COMPLETE,
    NOW,
    STANDARD,
    discontinued,
    opened,
    scores,
)
from tests.unit.services.evaluation.domain.teams import (
    ANNA,
    BINH,
    CHI,
    OPENED_SCORES,
    in_two,
    recused,
    team_of,
)

appraisal = specification(APPRAISAL)
field_team = specification(FIELD_TEAM)
assign = AssignTeam(members=(ANNA, BINH), at=NOW)
recuse = RecuseAppraiser(tie="family", appraiser=BINH.appraiser_id, at=NOW)
tied = (Tie(member_id=BINH.appraiser_id, tie="holder", found=True),)
REASON = "Đồng chí Bình đi học dài hạn."


def test_a_team_is_assigned() -> None:
    appraisal.given(opened).when(assign).then(team_of(ANNA, BINH))


def test_the_same_team_again_changes_nothing() -> None:
    appraisal.given(opened, team_of(ANNA, BINH)).when(assign).then_nothing()


def test_a_team_is_changed_with_a_reason() -> None:
    other = msgspec.structs.replace(assign, members=(ANNA, CHI), reason=REASON)
    appraisal.given(opened, team_of(ANNA, BINH)).when(other).then(team_of(ANNA, CHI, reason=REASON))
    unexplained = msgspec.structs.replace(other, reason=None)
    appraisal.given(opened, team_of(ANNA, BINH)).when(unexplained).then_refused(
        TEAM_CHANGE_UNEXPLAINED
    )


def test_who_has_a_tie_is_not_assigned() -> None:
    refused = (
        appraisal.given(opened)
        .when(msgspec.structs.replace(assign, ties=tied))
        .then_refused(APPRAISER_CONFLICT)
    )
    assert refused.refusal.practice == "council"
    assert refused.values["number"] == 2


def test_with_the_fields_team_who_has_a_tie_is_recused() -> None:
    follow = msgspec.structs.replace(assign, ties=tied, follows_field=True)
    appraisal.given(opened).when(follow).then(
        recused(BINH, "holder", found=True), team_of(ANNA, follows_field=True)
    )


def test_the_fields_team_never_displaces_one_that_was_named_nor_reaches_what_has_ended() -> None:
    follow = msgspec.structs.replace(assign, follows_field=True)
    appraisal.given(opened, team_of(CHI)).when(follow).then_nothing()
    appraisal.given(opened, team_of()).when(follow).then_nothing()
    appraisal.given(*COMPLETE).when(follow).then_nothing()
    appraisal.given(opened, discontinued).when(follow).then_nothing()


def test_an_appraiser_steps_back_with_a_declared_tie_and_does_not_come_again() -> None:
    history: tuple[AppraisalEvent, ...] = (opened, team_of(ANNA, BINH))
    appraisal.given(*history).when(recuse).then(recused(BINH, "family"))
    history = (*history, recused(BINH, "family"))
    appraisal.given(*history).when(recuse).then_nothing()
    again = msgspec.structs.replace(assign, reason=REASON)
    refused = appraisal.given(*history).when(again).then_refused(APPRAISER_RECUSED)
    assert refused.values["reason"] == REASONS["family"]


def test_who_is_not_in_the_team_has_nothing_to_step_back_from() -> None:
    foreign = msgspec.structs.replace(recuse, appraiser=CHI.appraiser_id)
    appraisal.given(opened, team_of(ANNA, BINH)).when(foreign).then_refused(NOT_AN_APPRAISER)


def test_nobody_leaves_or_joins_once_the_scores_are_open() -> None:
    other = msgspec.structs.replace(assign, members=(ANNA,), reason=REASON)
    appraisal.given(*OPENED_SCORES).when(other).then_refused(TEAM_AFTER_SCORES)
    appraisal.given(*OPENED_SCORES).when(recuse).then_refused(TEAM_AFTER_SCORES)


def test_the_scores_of_who_left_do_not_count() -> None:
    left = APPRAISAL.fold((opened, team_of(ANNA, BINH), *in_two(), recused(BINH, "family")))
    assert set(left.sealed) == {ANNA.appraiser_id}


def test_where_a_team_is_the_unit_does_not_score_and_what_it_scored_gives_way() -> None:
    own = ScoreCriterion(criterion="1", points=15, evidence="x", standard=STANDARD, at=NOW)
    appraisal.given(opened, *scores, team_of(ANNA)).when(own).then_refused(TEAM_SCORES)
    assert APPRAISAL.fold((opened, *scores, team_of(ANNA))).scores == ()
    back = (opened, team_of(ANNA), team_of(reason=REASON))
    appraisal.given(*back).when(own).then(msgspec.structs.replace(scores[0], evidence="x"))


@pytest.mark.parametrize("command", [assign, recuse])
def test_nothing_is_assigned_to_what_never_opened_is_complete_or_has_ended(
    command: AssignTeam | RecuseAppraiser,
) -> None:
    appraisal.given().when(command).then_refused(UNKNOWN)
    appraisal.given(*COMPLETE).when(command).then_refused(ALREADY_APPRAISED)
    appraisal.given(opened, discontinued).when(command).then_refused(DISCONTINUED)


def test_nobody_is_named_twice() -> None:
    one = AppraiserForm(name="Vi Thị Thử", account="a", organization=OrganizationId(UUID(int=1)))
    without = msgspec.structs.replace(one, account=None)
    refuse_appraisers_twice((one, without, without))
    with pytest.raises(RefusedError) as caught:
        refuse_appraisers_twice((one, one))
    assert caught.value.refusal == APPRAISER_TWICE


# --- the team of a field -----------------------------------------------------------------------

assign_field = AssignFieldTeam(
    unit=opened.appraising_unit,
    field="economy",
    team_id=TeamId(UUID(int=70)),
    members=(ANNA, BINH),
    at=NOW,
)
assigned = FieldTeamAssigned(
    team_id=assign_field.team_id,
    unit=assign_field.unit,
    field="economy",
    members=(ANNA, BINH),
)


def test_a_field_gets_its_team_once_and_changes_it_with_a_reason() -> None:
    field_team.given().when(assign_field).then(assigned)
    field_team.given(assigned).when(assign_field).then_nothing()
    fewer = msgspec.structs.replace(assign_field, members=(), reason=REASON)
    field_team.given(assigned).when(fewer).then(
        msgspec.structs.replace(assigned, members=(), reason=REASON)
    )
    unexplained = msgspec.structs.replace(fewer, reason=None)
    field_team.given(assigned).when(unexplained).then_refused(TEAM_CHANGE_UNEXPLAINED)


def test_a_field_without_a_team_needs_no_word() -> None:
    field_team.given().when(msgspec.structs.replace(assign_field, members=())).then_nothing()


def test_a_team_that_was_left_to_the_unit_changes_with_a_reason() -> None:
    left = msgspec.structs.replace(assign_field, passed_on=(ANNA, BINH))
    field_team.given().when(left).then_nothing()
    other = msgspec.structs.replace(left, members=(ANNA,))
    field_team.given().when(other).then_refused(TEAM_CHANGE_UNEXPLAINED)
    explained = msgspec.structs.replace(other, reason=REASON)
    changed = msgspec.structs.replace(assigned, members=(ANNA,), reason=REASON)
    field_team.given().when(explained).then(changed)
    # From then on its own counts, whatever was left to it.
    field_team.given(changed).when(msgspec.structs.replace(left, reason=REASON)).then(
        msgspec.structs.replace(assigned, reason=REASON)
    )
    none = msgspec.structs.replace(left, members=(), reason=REASON)
    field_team.given().when(none).then(msgspec.structs.replace(assigned, members=(), reason=REASON))


def test_nobody_appraises_for_a_unit_that_is_no_more() -> None:
    ended = msgspec.structs.replace(assign_field, unit_ended=True)
    for events in ((), (assigned,)):
        field_team.given(*events).when(ended).then_refused(UNIT_ENDED)


UNITS = tuple(OrganizationId(UUID(int=number)) for number in range(100, 106))
MERGED_ON = date(2026, 7, 1)


def succeeded(former: int, *successors: int, on: date = MERGED_ON, taker: int = 0) -> Succession:
    """Merged into one, or split into several of which one takes the appraising over."""
    parts = tuple(
        Part(
            organization=UNITS[one],
            duties=("appraising_unit",) if number == taker else (),
            models=(opened.model,) if number != taker else (),
        )
        for number, one in enumerate(successors)
    )
    return Succession(
        organization=UNITS[former],
        effective_on=on,
        successor=UNITS[successors[-1]],
        parts=() if len(successors) == 1 else parts,
    )


def test_a_team_follows_the_appraising_through_mergers_and_splits() -> None:
    chain = Graph(successions=(succeeded(0, 1), succeeded(1, 2)))
    first, second, last = UNITS[:3]
    assert whose_team(chain, last, {first}, MERGED_ON) == first
    assert whose_team(chain, last, {first, second}, MERGED_ON) == second, "the nearest"
    assert whose_team(chain, last, {first, last}, MERGED_ON) == last, "its own"
    assert whose_team(chain, last, {first}, date(2026, 6, 30)) is None, "not yet"
    split = Graph(successions=(succeeded(0, 1, 2),))
    assert whose_team(split, second, {first}, MERGED_ON) == first
    assert whose_team(split, last, {first}, MERGED_ON) is None, "the other part took it over"
    assert whose_team(split, last, {first}, MERGED_ON, model=opened.model) == first
    two = Graph(successions=(succeeded(0, 2), succeeded(1, 2)))
    assert whose_team(two, last, {second}, MERGED_ON) == second
    assert whose_team(two, last, {first, second}, MERGED_ON) is None, "the unit says which"


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), unique_by=lambda one: one[0]),
    st.sets(st.integers(0, 5)),
    st.integers(0, 5),
)
def test_at_most_one_team_stands_and_only_one_that_was_assigned_and_left(
    mergers: list[tuple[int, int]], assigned_by: set[int], asked: int
) -> None:
    """Also where records lead in a circle."""
    graph = Graph(successions=tuple(succeeded(former, into) for former, into in mergers))
    teams = {UNITS[one] for one in assigned_by}
    found = whose_team(graph, UNITS[asked], teams, MERGED_ON)
    assert found is None or found in teams
    assert found is None or UNITS[asked] in graph.succeeding(found)
    assert (found == UNITS[asked]) == (asked in assigned_by)
