"""Keys that follow from what a request is about."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dvk.keys import key_of

AT = datetime(2026, 1, 20, 2, 0, tzinfo=UTC)
PARTS = st.lists(st.text(max_size=5), max_size=4)


@given(PARTS)
def test_a_key_is_a_version_7_uuid_of_its_instant(parts: list[str]) -> None:
    key = key_of(AT, *parts)
    assert (key.version, key.variant) == (7, "specified in RFC 4122")
    assert key.int >> 80 == int(AT.timestamp() * 1000)
    assert key == key_of(AT, *parts)


@given(PARTS, PARTS)
def test_other_parts_give_another_key_however_they_join(one: list[str], other: list[str]) -> None:
    assert (key_of(AT, *one) == key_of(AT, *other)) == (one == other)


def test_another_instant_gives_another_key() -> None:
    assert key_of(AT, "a") != key_of(AT + timedelta(milliseconds=1), "a")
