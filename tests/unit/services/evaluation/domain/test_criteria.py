"""Criteria sets extend the five common criteria of clause II and never drop or weaken one."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.evaluation.domain.adopted import STAY
from services.evaluation.domain.criteria import (
    ALREADY_EXISTS,
    COMMON_CRITERIA,
    COMMON_CRITERION_DROPPED,
    CRITERIA,
    CRITERION_TWICE,
    FIELDS,
    PARENT_NOT_IN_FORCE,
    PARENT_OWN,
    PARENT_UNKNOWN,
    SCALE_UNEVEN,
    STANDARD_BELOW_PARENT,
    STANDARD_OUT_OF_REACH,
    STANDARD_WEAKENED,
    UNKNOWN,
    VERSION_BACKDATED,
    AdoptCriteria,
    AdoptCriteriaVersion,
    CriteriaFacts,
    ParentStandard,
    criteria_for,
    points_total,
)
from services.evaluation.presets import load_presets
from shared.contracts.evaluation import (
    CommonCriterion,
    CriteriaSetAdopted,
    CriteriaSetVersion,
    Criterion,
)
from shared.contracts.values import CriteriaSetId, OrganizationId, WorkField
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
    document_number="02-QĐ/BTGDV",
    issued_on=date(2026, 1, 4),
    effective_on=date(2026, 1, 10),
    expires_on=None,
    criteria=PRESET.criteria,
    points_required=70,
    transition=STAY,
)
adopt = AdoptCriteria(
    criteria_set_id=adopted.criteria_set_id,
    adopted_by=adopted.adopted_by,
    title=adopted.title,
    document_number=adopted.document_number,
    issued_on=adopted.issued_on,
    effective_on=adopted.effective_on,
    criteria=adopted.criteria,
    points_required=70,
    known=CriteriaFacts(),
    at=NOW,
)
version = AdoptCriteriaVersion(
    title=adopted.title,
    document_number=adopted.document_number,
    issued_on=adopted.issued_on,
    effective_on=date(2027, 1, 1),
    known=CriteriaFacts(),
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


# --- by field and locality ---------------------------------------------------------------------

MON_SON = OrganizationId(UUID(int=31))


def weighing(*more: Criterion) -> AdoptCriteria:
    return msgspec.structs.replace(adopt, criteria=(*PRESET.criteria, *more))


def one(
    name: str,
    common: CommonCriterion,
    points: int,
    field: WorkField | None = None,
    locality: OrganizationId | None = None,
) -> Criterion:
    return Criterion(
        id=name,
        common=common,
        title="Tiêu chí",
        points_max=points,
        field=field,
        locality=locality,
    )


ECONOMY = (one("4", "II.4", 30, field="economy"), one("5", "II.5", 10, field="economy"))
THERE = (one("3", "II.3", 30, locality=MON_SON), one("2", "II.2", 10, locality=MON_SON))


def test_a_field_and_a_locality_weigh_the_criteria_differently() -> None:
    command = weighing(*ECONOMY, *THERE)
    (event,) = CRITERIA.decide(CRITERIA.initial_state, command)

    def points(field: WorkField, place: OrganizationId | None) -> dict[str, int]:
        return {c.id: c.points_max for c in criteria_for(event.criteria, field, place)}

    assert points("culture-society", None) == {"1": 20, "2": 20, "3": 20, "4": 20, "5": 20}
    assert points("economy", None) == {"1": 20, "2": 20, "3": 20, "4": 30, "5": 10}
    assert points("economy", MON_SON) == {"1": 20, "2": 10, "3": 30, "4": 30, "5": 10}
    elsewhere = OrganizationId(UUID(int=32))
    assert points("economy", elsewhere) == points("economy", None)


def test_the_localitys_criterion_goes_before_the_fields() -> None:
    both = (one("x", "II.1", 1, field="economy"), one("x", "II.1", 2, locality=MON_SON))
    for order in (both, both[::-1]):
        (chosen,) = criteria_for(order, "economy", MON_SON)
        assert chosen.points_max == 2


def test_a_field_does_not_get_a_scale_of_its_own() -> None:
    refused = criteria.given().when(weighing(ECONOMY[0])).then_refused(SCALE_UNEVEN)
    assert refused.values == {"least": 100, "most": 110}


@pytest.mark.parametrize("where", [{"field": "economy"}, {"locality": MON_SON}])
def test_no_field_and_no_locality_drops_one_of_the_five(where: dict[str, Any]) -> None:
    instead = one("5", "II.4", 20, **where)
    refused = criteria.given().when(weighing(instead)).then_refused(COMMON_CRITERION_DROPPED)
    assert refused.values == {"missing": "II.5"}


def test_an_id_stands_once_for_a_field_and_place() -> None:
    criteria.given().when(weighing(*ECONOMY, ECONOMY[0])).then_refused(CRITERION_TWICE)


# --- building on the province's ----------------------------------------------------------------

PROVINCES = CriteriaSetVersion(criteria_set=CriteriaSetId(UUID(int=40)), version=2)
parent = ParentStandard(
    adopted_by=OrganizationId(UUID(int=41)),
    effective_on=date(2025, 7, 1),
    ends_on=None,
    points_required=35,
    points_total=50,
)
building = msgspec.structs.replace(
    adopt, parent=PROVINCES, known=CriteriaFacts(parent_standard=parent)
)


def test_a_body_has_its_own_scale_and_asks_for_no_smaller_share_of_it() -> None:
    criteria.given().when(building).then(msgspec.structs.replace(adopted, parent=PROVINCES))
    less = msgspec.structs.replace(building, points_required=69)
    refused = criteria.given().when(less).then_refused(STANDARD_BELOW_PARENT)
    assert refused.refusal.clause == "II.x"


def test_criteria_build_on_those_of_another_body_that_hold() -> None:
    def known(**changed: OrganizationId | date) -> AdoptCriteria:
        facts = CriteriaFacts(parent_standard=msgspec.structs.replace(parent, **changed))
        return msgspec.structs.replace(building, known=facts)

    nothing = msgspec.structs.replace(building, known=CriteriaFacts())
    criteria.given().when(nothing).then_refused(PARENT_UNKNOWN)
    criteria.given().when(known(adopted_by=adopted.adopted_by)).then_refused(PARENT_OWN)
    criteria.given().when(known(ends_on=date(2026, 1, 10))).then_refused(PARENT_NOT_IN_FORCE)
    late = known(effective_on=date(2026, 1, 11))
    criteria.given().when(late).then_refused(PARENT_NOT_IN_FORCE)


_criterion = st.builds(
    Criterion,
    id=st.sampled_from([str(n) for n in range(12)]),
    common=st.sampled_from(COMMON_CRITERIA),
    title=st.just("Tiêu chí"),
    points_max=st.integers(min_value=1, max_value=3),
    field=st.sampled_from([None, None, *FIELDS]),
    locality=st.sampled_from([None, None, MON_SON]),
)


@given(
    more=st.lists(_criterion, max_size=4).map(tuple),
    without=st.sampled_from([None, None, *range(5)]),
    required=st.integers(min_value=0, max_value=20),
)
def test_whatever_is_adopted_has_all_five_and_a_standard_within_reach(
    more: tuple[Criterion, ...], without: int | None, required: int
) -> None:
    five = tuple(
        one(f"c{n}", common, 2) for n, common in enumerate(COMMON_CRITERIA) if n != without
    )
    chosen = (*five, *more)
    command = msgspec.structs.replace(adopt, criteria=chosen, points_required=required)
    try:
        (event,) = CRITERIA.decide(CRITERIA.initial_state, command)
    except RefusedError:
        return
    for field in FIELDS:
        for place in (None, MON_SON):
            concrete = criteria_for(event.criteria, field, place)
            assert {c.common for c in concrete} == set(COMMON_CRITERIA)
            assert 1 <= event.points_required <= sum(c.points_max for c in concrete)
            assert sum(c.points_max for c in concrete) == points_total(event.criteria)
            assert len({c.id for c in concrete}) == len(concrete)
