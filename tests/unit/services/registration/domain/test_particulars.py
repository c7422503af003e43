"""What a rule set asks a registration to state beyond the guideline, and the local fields that roll up."""

from contextlib import nullcontext
from datetime import date
from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registration.domain import particulars as rules_of_items
from services.registration.domain.answering import RegistrationChanges, SupplySupplement
from services.registration.domain.model import MODEL
from shared.contracts.particulars import Particulars, RegistrationItem, SubField
from shared.contracts.registration import SupplementRequested
from shared.domain.refusal import Refusal, RefusedError
from tests.support import dossier as d
from tests.support.specification import specification

model = specification(MODEL)
replace = msgspec.structs.replace
ITEMS: tuple[RegistrationItem, ...] = get_args(RegistrationItem)
TEN = Particulars(
    aims="200 m đường, 30 hộ tham gia.",
    method="Họp dân, hiến đất, góp công.",
    people="62 hộ bản Cằng.",
    forces="Chi bộ, tổ dân vận, Đoàn Thanh niên.",
    resources="Đất hiến, 300 ngày công.",
    begins_on=date(2026, 2, 1),
    ends_on=date(2026, 9, 30),
    output="Biên bản nghiệm thu 200 m đường.",
    lasting="Tổ tự quản duy tu hằng quý.",
)
FLOWERS = SubField(id="nong-thon-moi", field="economy", title="Nông thôn mới")
WARDS = replace(d.rules, items=ITEMS, sub_fields=(FLOWERS,))
ASKED = SupplementRequested(
    model_id=d.MODEL_ID,
    committee=d.COMMITTEE,
    requested_on=date(2026, 1, 21),
    missing="Nguồn lực.",
    reasons="Chưa rõ nguồn kinh phí.",
    answer_was_due_on=date(2026, 1, 27),
    number=1,
    working_days_left=4,
)


def test_the_guideline_asks_for_none_of_them() -> None:
    model.given(d.surveyed).when(d.register).then(d.registered)


def test_what_is_stated_stands_in_the_registration() -> None:
    stating = replace(d.register, rules=WARDS, particulars=TEN, sub_field=FLOWERS.id)
    stated = replace(d.registered, particulars=TEN, sub_field=FLOWERS.id)
    model.given(d.surveyed).when(stating).then(stated)


def test_all_that_is_missing_is_named_in_one_sentence() -> None:
    half = replace(TEN, resources=None, ends_on=None)
    error = (
        model.given(d.surveyed)
        .when(replace(d.register, rules=WARDS, particulars=half))
        .then_refused(rules_of_items.ITEMS_MISSING)
    )
    assert "nguồn lực, thời gian thực hiện" in error.sentence("vi")
    assert "resources, time" in error.sentence("en")
    assert error.refusal.practice == "registration_items"


@given(st.sets(st.sampled_from(ITEMS)), st.sets(st.sampled_from(ITEMS)))
def test_it_is_taken_exactly_when_every_item_asked_for_is_stated(
    asked: set[RegistrationItem], left_out: set[RegistrationItem]
) -> None:
    names = {"begins_on", "ends_on"} if "time" in left_out else set()
    stated = replace(TEN, **dict.fromkeys((left_out - {"time"}) | names))
    rules = replace(d.rules, items=tuple(sorted(asked)))
    refused = pytest.raises(RefusedError) if asked & left_out else nullcontext()
    with refused:
        rules_of_items.check("economy", None, stated, rules)


@pytest.mark.parametrize(
    "changed,refusal",
    [
        ({"sub_field": "bao-hiem-y-te"}, rules_of_items.SUB_FIELD_UNKNOWN),
        ({"sub_field": FLOWERS.id, "field": "political-system"}, rules_of_items.SUB_FIELD_UNKNOWN),
        (
            {"particulars": replace(TEN, begins_on=date(2026, 10, 1))},
            rules_of_items.TIME_REVERSED,
        ),
    ],
)
def test_a_sub_field_is_one_of_its_field_and_time_runs_forward(
    changed: dict[str, object], refusal: Refusal
) -> None:
    stating = replace(d.register, rules=WARDS, particulars=TEN)
    model.given(d.surveyed).when(replace(stating, **changed)).then_refused(refusal)


def test_a_supplement_states_them_and_cannot_take_back_what_is_asked_for() -> None:
    stated = replace(d.registered, particulars=TEN)
    supply = SupplySupplement(
        answer="Đã bổ sung.",
        changes=RegistrationChanges(particulars=replace(TEN, resources="Quỹ xã hỗ trợ.")),
        at=d.JANUARY,
        rules=WARDS,
    )
    supplied, anew = MODEL.decide(MODEL.fold((d.surveyed, stated, ASKED)), supply)
    assert supplied.changed == ("particulars",)  # type: ignore[union-attr]
    assert anew.particulars.resources == "Quỹ xã hỗ trợ."  # type: ignore[union-attr]
    without = replace(supply, changes=RegistrationChanges(particulars=replace(TEN, resources=None)))
    model.given(d.surveyed, stated, ASKED).when(without).then_refused(rules_of_items.ITEMS_MISSING)
