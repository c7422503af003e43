"""Appraising teams: who is in one, who steps back, and the team of a field that appraisals follow."""

from uuid import UUID

import msgspec
import pytest

from services.evaluation.domain.appraisal import APPRAISAL
from services.evaluation.domain.appraisal_state import (
    ALREADY_APPRAISED,
    DISCONTINUED,
    UNKNOWN,
    AppraisalEvent,
)
from services.evaluation.domain.conflict import REASONS, Tie
from services.evaluation.domain.field_team import FIELD_TEAM, AssignFieldTeam
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
from shared.contracts.values import OrganizationId, TeamId
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
