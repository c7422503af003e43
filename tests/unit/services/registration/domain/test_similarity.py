"""How alike texts are, and what a registration that is alike another needs to be accepted."""

from uuid import UUID

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from services.registration.domain import model_refusals as refuse
from services.registration.domain.model_commands import AcceptRegistration
from services.registration.domain.similarity import (
    LIKENESS_PERCENT_MIN,
    Similar,
    Texts,
    alike,
    leading,
    percent,
    strongest,
)
from shared.contracts.intake import SimilarityFound
from shared.contracts.values import Likeness, ModelId
from tests.support.dossier import (
    JANUARY,
    MODEL_ID,
    accepted,
    model,
    register,
    registered,
    returned,
    surveyed,
)

replace = msgspec.structs.replace
OTHER = ModelId(UUID(int=0xB1))
WANTED = Likeness(name_percent=60, place_percent=70, content_percent=60)
twin = Similar(
    other=OTHER,
    other_name="Hiến đất làm đường",
    name_percent=75,
    place_percent=100,
    content_percent=40,
)
found = SimilarityFound(
    model_id=MODEL_ID,
    other=OTHER,
    other_name="Hiến đất làm đường",
    name_percent=75,
    place_percent=100,
    content_percent=40,
)
accept = AcceptRegistration(at=JANUARY)
because = AcceptRegistration(reason="Hai đoạn đường khác nhau.", at=JANUARY)
with_reason = replace(accepted, reason="Hai đoạn đường khác nhau.")


class TestPercent:
    def test_case_and_diacritics_do_not_count(self) -> None:
        assert percent("Đường hoa Bản Cửa Rào", "duong hoa ban cua rao") == 100
        composed, decomposed = "\u0111\u01b0\u1eddng", "\u0111u\u031bo\u031b\u0300ng"
        assert percent(composed, decomposed) == 100

    def test_it_is_what_one_counts_by_hand(self) -> None:
        # {duong, hoa, duong hoa} and {duong, cay, duong cay}: 1 of 5.
        assert percent("Đường hoa", "Đường cây") == 20
        assert percent("Đường hoa", "Vệ sinh") == 0
        assert percent("", "") == percent("…", "…") == 0

    def test_another_order_of_the_words_is_less_alike_but_alike(self) -> None:
        one, other = "hiến đất làm đường", "làm đường hiến đất"
        assert 50 <= percent(one, other) < 100


class TestAlike:
    def test_the_same_place_and_the_same_name_or_content(self) -> None:
        ours = Texts(name="Đường hoa", place="Bản Cằng, xã Môn Sơn", content="Trồng hoa ven đường")
        same_name = replace(ours, content="Việc khác hẳn")
        same_content = replace(ours, name="Tuyến phố xanh")
        assert alike(ours, same_name, WANTED) == (100, 100, 0)
        assert alike(ours, same_content, WANTED) == (0, 100, 100)
        assert alike(ours, replace(ours, place="Bản Xiềng, xã Yên Hòa"), WANTED) is None
        assert alike(ours, replace(same_name, name="Tuyến phố xanh"), WANTED) is None


class TestRegistration:
    def test_what_is_alike_stands_in_the_record(self) -> None:
        model.given(surveyed).when(replace(register, similar=(twin,))).then(registered, found)

    def test_it_is_accepted_with_a_reason_alone(self) -> None:
        open_finding = model.given(surveyed, registered, found)
        refused = open_finding.when(accept).then_refused(refuse.SIMILAR_UNANSWERED)
        assert refused.refusal.practice == "similarity"
        open_finding.when(because).then(with_reason)

    def test_what_was_registered_meanwhile_is_found_at_the_acceptance(self) -> None:
        waiting = model.given(surveyed, registered)
        waiting.when(replace(accept, similar=(twin,))).then_refused(refuse.SIMILAR_UNANSWERED)
        waiting.when(replace(because, similar=(twin,))).then(found, with_reason)

    def test_what_stands_in_the_record_is_not_found_twice(self) -> None:
        again = replace(because, similar=(twin,))
        model.given(surveyed, registered, found).when(again).then(with_reason)

    def test_a_registration_anew_is_asked_anew(self) -> None:
        model.given(surveyed, registered, found, returned, registered).when(accept).then(accepted)


texts = st.lists(
    st.sampled_from(
        ["đường", "hoa", "xã", "bản", "Môn", "Sơn", "CỬA", "rào", "5", "tổ", "dân", "phố"]
    ),
    max_size=12,
).map(" ".join)


@given(texts, texts)
def test_alike_is_symmetric_bounded_and_whole_for_the_same(one: str, other: str) -> None:
    assert percent(one, other) == percent(other, one)
    assert 0 <= percent(one, other) <= 100
    assert percent(one, one) == (100 if one else 0)
    assert percent(one.upper(), one) == percent(one, one)


@given(st.text(), st.text())
def test_any_text_is_compared(one: str, other: str) -> None:
    assert percent(one, other) == percent(other, one)


@given(texts, texts)
def test_the_index_misses_nothing_that_is_half_alike(one: str, other: str) -> None:
    if percent(one, other) >= LIKENESS_PERCENT_MIN:
        assert set(leading(one)) & set(leading(other))


@given(st.permutations(range(6)), st.integers(0, 6))
def test_the_most_alike_stand_first_in_whatever_order_they_came(
    order: list[int], most: int
) -> None:
    every = [replace(twin, other=ModelId(UUID(int=n)), name_percent=60 + n // 2) for n in range(6)]
    chosen = strongest([every[number] for number in order], most)
    assert chosen == strongest(every, most)
    assert len(chosen) == most
    assert [one.name_percent for one in chosen] == sorted(
        (one.name_percent for one in chosen), reverse=True
    )
