"""A unit's quota: never more models than the rule set allows, however places are taken, lapse and are freed."""

from uuid import UUID

import msgspec
from hypothesis import example, given
from hypothesis import strategies as st

from services.registration.domain import quota
from services.registration.domain.model import MODEL
from services.registration.domain.model_commands import LapsePlace
from services.registration.domain.quota import QUOTA, FreePlace, TakePlace
from shared.contracts.evaluation import Quota
from shared.contracts.intake import QuotaPlaceFreed, QuotaPlaceLapsed, QuotaPlaceTaken
from shared.contracts.values import ModelId
from shared.domain.refusal import RefusedError
from tests.support.dossier import (
    COMMITTEE,
    HOLDER,
    JANUARY,
    MODEL_ID,
    MOVEMENT,
    model,
    register,
    registered,
    rules,
    surveyed,
    withdraw,
    withdrawn,
)
from tests.support.specification import specification

replace = msgspec.structs.replace
places = specification(QUOTA)
PLACE, OTHER_PLACE = UUID(int=0x91), UUID(int=0x92)
OTHER = ModelId(UUID(int=0x93))

take = TakePlace(
    place_id=PLACE,
    unit=HOLDER,
    movement=MOVEMENT,
    year=2026,
    model_id=MODEL_ID,
    committee=COMMITTEE,
    at_most=1,
    at=JANUARY,
)
taken = QuotaPlaceTaken(
    place_id=PLACE,
    unit=HOLDER,
    movement=MOVEMENT,
    year=2026,
    model_id=MODEL_ID,
    at_most=1,
    taken_at=JANUARY,
)
free = FreePlace(place_id=PLACE, unit=HOLDER, committee=COMMITTEE, why="not-registered", at=JANUARY)
freed = QuotaPlaceFreed(
    place_id=PLACE,
    unit=HOLDER,
    movement=MOVEMENT,
    year=2026,
    model_id=MODEL_ID,
    why="not-registered",
)
lapse = LapsePlace(
    place_id=PLACE,
    model_id=MODEL_ID,
    unit=HOLDER,
    movement=MOVEMENT,
    year=2026,
    committee=COMMITTEE,
    at=JANUARY,
)
lapsed = QuotaPlaceLapsed(model_id=MODEL_ID, place_id=PLACE)
limited = replace(rules, models_per_unit=Quota(at_least=0, at_most=1))


class TestPlaces:
    def test_a_model_takes_a_place_and_the_same_again_is_quiet(self) -> None:
        places.given().when(take).then(taken)
        places.given(taken).when(replace(take, place_id=OTHER_PLACE)).then_nothing()

    def test_beyond_the_quota_it_is_refused_with_the_setting(self) -> None:
        second = replace(take, model_id=OTHER, place_id=OTHER_PLACE)
        refused = places.given(taken).when(second).then_refused(quota.QUOTA_FULL)
        assert refused.refusal.practice == "models_per_unit"

    def test_models_from_before_there_was_a_limit_count(self) -> None:
        places.given().when(replace(take, counted=(OTHER,))).then_refused(quota.QUOTA_FULL)
        places.given().when(replace(take, counted=(MODEL_ID,))).then(taken)

    def test_a_freed_place_is_there_for_another(self) -> None:
        places.given(taken).when(free).then(freed)
        second = replace(take, model_id=OTHER, place_id=OTHER_PLACE)
        places.given(taken, freed).when(second).then(
            replace(taken, model_id=OTHER, place_id=OTHER_PLACE)
        )

    def test_a_place_nobody_has_is_not_freed(self) -> None:
        places.given().when(free).then_nothing()
        places.given(taken, freed).when(free).then_nothing()


class TestRegistration:
    def test_with_its_place_a_model_is_registered(self) -> None:
        model.given(surveyed).when(replace(register, rules=limited, place=PLACE)).then(registered)

    def test_where_there_is_a_limit_nothing_is_registered_without_a_place(self) -> None:
        model.given(surveyed).when(replace(register, rules=limited)).then_refused(
            quota.PLACE_LAPSED
        )

    def test_a_registration_on_its_way_cannot_use_a_place_that_lapsed(self) -> None:
        late = replace(register, rules=limited, place=PLACE)
        model.given(surveyed, lapsed).when(late).then_refused(quota.PLACE_LAPSED)
        model.given(surveyed, lapsed).when(replace(late, place=OTHER_PLACE)).then(registered)

    def test_a_place_lapses_in_the_models_own_stream_unless_it_is_registered_there(self) -> None:
        for history in ((), (surveyed,)):
            model.given(*history).when(lapse).then(lapsed)
        elsewhere = replace(lapse, year=2027)
        model.given(surveyed, registered).when(elsewhere).then(lapsed)
        model.given(surveyed, registered).when(lapse).then_nothing()
        model.given(surveyed, lapsed).when(lapse).then_nothing()
        model.given(surveyed, registered, withdrawn).when(lapse).then_nothing()

    def test_without_a_limit_no_place_is_asked_for(self) -> None:
        model.given(surveyed).when(register).then(registered)
        assert withdraw.reason


MODELS = [ModelId(UUID(int=0xA0 + number)) for number in range(2)]
steps = st.lists(
    st.tuples(st.sampled_from(["ask", "send", "reclaim", "crash"]), st.sampled_from(MODELS)),
    max_size=40,
)


FIRST, SECOND = MODELS


@example(
    played=[
        ("ask", FIRST),
        ("reclaim", FIRST),
        ("ask", SECOND),
        ("send", SECOND),
        ("send", FIRST),
    ],
    most=1,
)
@given(steps, st.integers(1, 2))
def test_never_more_models_are_registered_than_the_rule_set_allows(
    played: list[tuple[str, ModelId]], most: int
) -> None:
    """Requests take a place, register or die in any order; others reclaim what looks unused."""
    unit_rules = replace(rules, models_per_unit=Quota(at_least=0, at_most=most))
    taken_places = QUOTA.initial_state
    streams = {one: MODEL.fold((replace(surveyed, model_id=one),)) for one in MODELS}
    on_the_way: dict[ModelId, UUID] = {}
    number = 0
    for step, one in played:
        number += 1
        try:
            if step == "ask":
                asking = replace(take, model_id=one, place_id=UUID(int=number), at_most=most)
                taken_places = QUOTA.fold(QUOTA.decide(taken_places, asking), taken_places)
                on_the_way[one] = taken_places[one].place_id
            elif step == "send" and one in on_the_way:
                sent = replace(register, model_id=one, rules=unit_rules, place=on_the_way.pop(one))
                streams[one] = MODEL.fold(MODEL.decide(streams[one], sent), streams[one])
            elif step == "reclaim" and one in taken_places:
                place = taken_places[one].place_id
                asked = replace(lapse, model_id=one, place_id=place)
                streams[one] = MODEL.fold(MODEL.decide(streams[one], asked), streams[one])
                if not streams[one].counts_for(HOLDER, MOVEMENT, 2026):
                    gone = replace(free, place_id=place)
                    taken_places = QUOTA.fold(QUOTA.decide(taken_places, gone), taken_places)
            elif step == "crash":
                on_the_way.pop(one, None)
        except RefusedError:
            continue
        standing = [s for s in streams.values() if s.counts_for(HOLDER, MOVEMENT, 2026)]
        assert len(standing) <= most
