"""Criteria sets extend the five common criteria of clause II and never drop or weaken one."""

from datetime import UTC, date, datetime
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.evaluation.domain.criteria import (
    ALREADY_EXISTS,
    COMMON_CRITERIA,
    COMMON_CRITERION_DROPPED,
    CRITERIA,
    CRITERION_TWICE,
    STANDARD_OUT_OF_REACH,
    STANDARD_WEAKENED,
    UNKNOWN,
    VERSION_BACKDATED,
    AdoptCriteria,
    AdoptCriteriaVersion,
)
from services.evaluation.presets import load_presets
from shared.contracts.evaluation import CriteriaSetAdopted, Criterion
from shared.contracts.values import CriteriaSetId, OrganizationId
from shared.domain.refusal import RefusedError
from tests.support.specification import specification

NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)
PRESET = load_presets()[0].criteria_set
criteria = specification(CRITERIA)

adopted = CriteriaSetAdopted(
    criteria_set_id=CriteriaSetId(UUID(int=1)),
    version=1,
    adopted_by=OrganizationId(UUID(int=2)),
    title=PRESET.title,
    effective_on=date(2026, 1, 10),
    criteria=PRESET.criteria,
    points_required=70,
)
adopt = AdoptCriteria(
    criteria_set_id=adopted.criteria_set_id,
    adopted_by=adopted.adopted_by,
    title=adopted.title,
    effective_on=adopted.effective_on,
    criteria=adopted.criteria,
    points_required=70,
    at=NOW,
)
version = AdoptCriteriaVersion(
    title=adopted.title,
    effective_on=date(2027, 1, 1),
    criteria=(
        *PRESET.criteria,
        Criterion(id="6", common="II.5", title="Đã nhân rộng tới xã khác", points_max=10),
    ),
    points_required=75,
    at=NOW,
)


def test_a_body_adopts_five_criteria_of_twenty_points() -> None:
    criteria.given().when(adopt).then(adopted)


def test_a_set_is_adopted_once() -> None:
    criteria.given(adopted).when(adopt).then_refused(ALREADY_EXISTS)


def test_a_version_may_add_criteria() -> None:
    second = msgspec.structs.replace(
        adopted,
        version=2,
        effective_on=version.effective_on,
        criteria=version.criteria,
        points_required=75,
    )
    criteria.given(adopted).when(version).then(second)
    state = CRITERIA.fold((adopted, second))
    assert (state.version(1), state.version(2), state.version(3)) == (adopted, second, None)


def test_the_same_version_again_changes_nothing() -> None:
    again = msgspec.structs.replace(
        version, effective_on=adopted.effective_on, criteria=adopted.criteria, points_required=70
    )
    criteria.given(adopted).when(again).then_nothing()


def test_there_is_no_version_of_nothing() -> None:
    criteria.given().when(version).then_refused(UNKNOWN)


def test_a_version_does_not_take_effect_before_the_former() -> None:
    early = msgspec.structs.replace(version, effective_on=date(2026, 1, 9))
    criteria.given(adopted).when(early).then_refused(VERSION_BACKDATED)


@pytest.mark.parametrize("common", COMMON_CRITERIA)
def test_none_of_the_five_may_be_dropped(common: str) -> None:
    fewer = tuple(c for c in PRESET.criteria if c.common != common)
    refused = (
        criteria.given()
        .when(msgspec.structs.replace(adopt, criteria=fewer))
        .then_refused(COMMON_CRITERION_DROPPED)
    )
    assert refused.values == {"missing": common}
    criteria.given(adopted).when(msgspec.structs.replace(version, criteria=fewer)).then_refused(
        COMMON_CRITERION_DROPPED
    )


def test_a_standard_that_asks_for_no_point_weakens_all_five() -> None:
    wrong = msgspec.structs.replace(adopt, points_required=0)
    criteria.given().when(wrong).then_refused(STANDARD_WEAKENED)


def test_a_standard_nobody_can_reach_is_refused() -> None:
    wrong = msgspec.structs.replace(adopt, points_required=101)
    criteria.given().when(wrong).then_refused(STANDARD_OUT_OF_REACH)
    full = msgspec.structs.replace(adopt, points_required=100)
    criteria.given().when(full).then(msgspec.structs.replace(adopted, points_required=100))


def test_an_id_stands_for_one_criterion() -> None:
    wrong = msgspec.structs.replace(adopt, criteria=(*PRESET.criteria, PRESET.criteria[0]))
    criteria.given().when(wrong).then_refused(CRITERION_TWICE)


_criterion = st.builds(
    Criterion,
    id=st.sampled_from([str(n) for n in range(12)]),
    common=st.sampled_from(COMMON_CRITERIA),
    title=st.just("Tiêu chí"),
    points_max=st.integers(min_value=1, max_value=50),
)


@given(
    chosen=st.lists(_criterion, max_size=12).map(tuple),
    required=st.integers(min_value=0, max_value=700),
)
def test_whatever_is_adopted_has_all_five_and_a_standard_within_reach(
    chosen: tuple[Criterion, ...], required: int
) -> None:
    command = msgspec.structs.replace(adopt, criteria=chosen, points_required=required)
    try:
        (event,) = CRITERIA.decide(CRITERIA.initial_state, command)
    except RefusedError:
        return
    assert {c.common for c in event.criteria} == set(COMMON_CRITERIA)
    assert 1 <= event.points_required <= sum(c.points_max for c in event.criteria)
    assert len({c.id for c in event.criteria}) == len(event.criteria)
