"""What counts as a line, a text, an id: the same in Python, in msgspec and in the published patterns."""

import jsonschema
import msgspec
import pytest

from shared.contracts.values import CategoryId, Line, Text

SAID = ("Đường hoa bản Cửa Rào", "x", "  giữa hai khoảng trắng  ", "ư" * 200, "a\u200db")
NOTHING_SAID = ("", " ", "\u00a0\u3000", "\u0085", "\ufeff", "\u2028")
CONTROLS = ("a\n", "a\nb", "\na", "a\tb", "S\x01v", "a\x1bb", "a\x7fb", "a\x9bb", "a\x00b")


def takes(kind: object, text: str) -> bool:
    """Whether the type takes the text; its JSON Schema must say the same."""
    try:
        taken = msgspec.convert(text, kind) == text
    except msgspec.ValidationError:
        taken = False
    schema = msgspec.json.schema(kind)
    assert jsonschema.Draft202012Validator(schema).is_valid(text) is taken
    return bool(taken)


@pytest.mark.parametrize("text", SAID)
def test_a_line_and_a_text_say_something(text: str) -> None:
    assert takes(Line, text)
    assert takes(Text, text)


@pytest.mark.parametrize("text", NOTHING_SAID)
def test_blanks_say_nothing_however_they_are_written(text: str) -> None:
    assert not takes(Line, text)
    assert not takes(Text, text)


@pytest.mark.parametrize("text", CONTROLS)
def test_a_line_holds_no_control_character_nor_ends_in_a_line_break(text: str) -> None:
    assert not takes(Line, text)


def test_a_text_has_paragraphs_and_no_nul() -> None:
    assert takes(Text, "một\nhai\n")
    assert not takes(Text, "a\x00b")
    assert not takes(Text, "a" * 4_001)


def test_a_category_ends_where_its_text_ends() -> None:
    assert takes(CategoryId, "I.1.1-2")
    assert not takes(CategoryId, "I.1.1-2\n")
