"""Search finds Vietnamese text whether or not diacritics and case are typed."""

import unicodedata
from typing import Literal

from hypothesis import given
from hypothesis import strategies as st

from shared.host.text import contains, fold


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
