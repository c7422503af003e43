"""Bodies and queries become typed requests, or problems that say what is wrong and where."""

import json
import sys
import unicodedata
from decimal import Decimal
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.time import Instant
from shared.host.errors import InvalidError, MalformedError
from shared.host.faults import fault_of
from shared.host.parsing import JsonParser, QueryParser


class Item(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    count: int = 0


class Form(msgspec.Struct, forbid_unknown_fields=True):
    text: str = ""
    items: list[Item] = []
    by_name: dict[str, int] = {}
    weight: Decimal | None = None
    at: Instant | None = None


FORM = JsonParser(Form)


def test_no_sign_of_json_takes_part_in_composition() -> None:
    """What makes it sound to look at a JSON text as a whole: NFC never joins or makes one of its signs."""
    signs = set('{}[]:,"\\+-.0123456789 \t\n\r')
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        if unicodedata.category(character) == "Cs":
            continue
        decomposed = unicodedata.normalize("NFD", character)
        if decomposed != character:
            assert not signs & set(decomposed), hex(code)


@given(st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
@pytest.mark.parametrize("ascii_only", [True, False])
def test_text_arrives_in_normal_form_c_however_it_was_escaped(ascii_only: bool, text: str) -> None:  # noqa: FBT001
    raw = json.dumps({"text": text}, ensure_ascii=ascii_only).encode()
    assert FORM.parse(raw).text == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    "raw,expected",
    [
        ('{"text": "a\\n\u0301b"}', "a\n\u0301b"),
        ('{"text": "e\\u0301"}', "é"),
        ('{"text": "\\u0061\u0301"}', "á"),
        ('{"text": "\\\\u0000"}', "\\u0000"),
    ],
)
def test_escapes_next_to_marks_are_read_before_they_are_composed(raw: str, expected: str) -> None:
    assert FORM.parse(raw.encode()).text == expected


def test_numbers_keep_their_digits_next_to_escapes() -> None:
    raw = b'{"text": "\\u0061", "weight": 0.1000000000000000055511151231257827}'
    assert FORM.parse(raw).weight == Decimal("0.1000000000000000055511151231257827")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b'{"text": "a"} more',
        b'{"text": "\xff"}',
        b'{"text": "\xed\xa0\x80"}',
        b'{"text": "a\x00b"}',
        b'{"text": "\\ud800"}',
        b"[" * 200_000,
        b'{"x":' * 40_000,
        b'{"text":"\\u0061","x":' + b"[" * 200_000,
        "{}".encode("utf-16"),
        b"NaN",
    ],
    ids=lambda raw: repr(raw[:24]),
)
def test_what_is_no_json_is_malformed(raw: bytes) -> None:
    with pytest.raises((MalformedError, InvalidError)):
        FORM.parse(raw)


@pytest.mark.parametrize("raw", [b"[" * 200_000, b'{"text":"\\u0061","x":' + b"[" * 200_000])
def test_any_depth_is_refused_before_the_stack_ends(raw: bytes) -> None:
    with pytest.raises(MalformedError):
        JsonParser(Anything).parse(b'{"value":' + raw)


class Anything(msgspec.Struct):
    value: object


@pytest.mark.parametrize(
    "raw,path,vi,en",
    [
        (b'{"text": 5}', "$.text", "“text”: phải là chuỗi ký tự", "“text”: it must be text"),
        (b"[]", "$", "Phải là đối tượng", "It must be an object"),
        (b'{"nix": 1}', "$", "Không có trường “nix”", "There is no field 'nix'"),
        (b'{"items": [{}]}', "$.items[0]", "mục thứ 1 của “items”: thiếu", "item 1 of “items”"),
        (
            b'{"items": [{"name": "a", "count": "x"}]}',
            "$.items[0].count",
            "“count” của mục thứ 1 của “items”",
            "“count” of item 1 of “items”: it must be a whole number, not text",
        ),
        (b'{"by_name": {"a": "b"}}', "$.by_name[...]", "một mục", "an entry of “by_name”"),
        (b'{"at": "2026-09-30T02:00:00"}', "$.at", "múi giờ", "time zone"),
        (b'{"at": "gestern"}', "$.at", "không phải thời điểm", "it is no instant"),
    ],
)
def test_a_fault_says_where_and_what_in_both_languages(
    raw: bytes, path: str, vi: str, en: str
) -> None:
    with pytest.raises(InvalidError) as raised:
        FORM.parse(raw)
    (fault,) = raised.value.faults
    assert fault.path == path
    assert vi in fault.vi
    assert en in fault.en


def test_a_message_it_does_not_know_is_passed_on() -> None:
    assert fault_of("Something new - at `$.a`").en == "“a”: Something new"


@pytest.mark.parametrize(
    "raw",
    [b'{"text": "a\\u0000b"}', b'{"by_name": {"\\u0000": 1}}', b'{"items": [{"name": "\\u0000"}]}'],
)
def test_an_escaped_nul_is_refused(raw: bytes) -> None:
    with pytest.raises(InvalidError, match="NUL"):
        FORM.parse(raw)


def test_a_number_that_no_column_holds_is_refused() -> None:
    assert FORM.parse(b'{"by_name": {"a": 9223372036854775807}}').by_name["a"] == 2**63 - 1
    with pytest.raises(InvalidError, match="64 bits"):
        FORM.parse(b'{"by_name": {"a": 9223372036854775808}}')
    assert FORM.parse(b'{"text": "99999999999999999999"}').text == "9" * 20


class Search(msgspec.Struct, forbid_unknown_fields=True):
    q: str = ""
    limit: int = 50
    tags: tuple[str, ...] = ()
    id: UUID | None = None


SEARCH = QueryParser(Search)


def test_query_parameters_are_typed_repeatable_and_normalised() -> None:
    parsed, at_least = SEARCH.parse(b"q=e%CC%81&limit=3&tags=a&tags=b&at_least=17")
    assert parsed == Search(q="é", limit=3, tags=("a", "b"))
    assert at_least == "17"
    assert SEARCH.parse(b"") == (Search(), None)


@pytest.mark.parametrize("query", [b"limit=many", b"nix=1", b"limit=1&limit=2", b"id=5", b"q=%00"])
def test_query_parameters_that_do_not_fit_are_invalid(query: bytes) -> None:
    with pytest.raises(InvalidError):
        SEARCH.parse(query)


@pytest.mark.parametrize("query", [b"q=%FF", b"q=\xff", b"&".join([b"tags=a"] * 65)])
def test_a_query_that_cannot_be_read_is_malformed(query: bytes) -> None:
    with pytest.raises(MalformedError):
        SEARCH.parse(query)
