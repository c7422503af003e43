"""Search finds Vietnamese text whether or not diacritics and case are typed."""

import unicodedata
from typing import Literal

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.text import _fold_any, fold
from shared.host.text import contains


def test_diacritics_case_and_blanks_do_not_matter() -> None:
    assert fold("Đường  Hoa\tỞ Ấp Bình Lợi") == "duong hoa o ap binh loi"
    assert fold("đường hoa") == fold("DUONG HOA") == fold(unicodedata.normalize("NFD", "Đường hoa"))


def test_a_pattern_takes_its_wildcards_literally() -> None:
    assert contains("100%_ \\") == "%100\\%\\_ \\\\%"


Form = Literal["NFC", "NFD", "NFKC", "NFKD"]


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(), st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
def test_the_normal_form_typed_does_not_matter(text: str, form: Form) -> None:
    assert fold(unicodedata.normalize(form, text)) == fold(text)


VIETNAMESE = st.text(
    st.sampled_from("aăâeêioôơuưyđAĂĐƠƯ n.,0\t\x1f\u0300\u0301\u0303\u0309\u0323\u031b\u033f\u00a0")
)


@given(VIETNAMESE, st.sampled_from(["", "ß", "Ω", "\u0340", "\u0378", "́", "中", "\ud800"]))
def test_vietnamese_folds_as_any_script_does(text: str, other: str) -> None:
    decomposed = unicodedata.normalize("NFKD", text + other)
    assert fold(text + other) == _fold_any(decomposed)
