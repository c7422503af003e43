"""The log entry: vectors, the documented reader, and the properties that make it evidence."""

import base64
import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.logentry import (
    ENTRY_BYTES_MAX,
    NUMBER_MAX,
    Entry,
    EntryError,
    decode_entry,
    encode_entry,
    entry_size,
)
from shared.eventstore.port import NewEvent, StoredEvent
from shared.tlog.hashes import leaf_hash

ROOT = Path(__file__).parents[2]
VECTORS = json.loads((ROOT / "tests/vectors/log_entry.json").read_text("utf-8"))
DOCUMENT = ROOT / "docs/reference/log-entry.md"

Vector = dict[str, Any]
entry_vectors = pytest.mark.parametrize("vector", VECTORS["entries"], ids=lambda v: v["name"])
rejected_vectors = pytest.mark.parametrize("vector", VECTORS["rejected"], ids=lambda v: v["reason"])

names = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
numbers = st.integers(0, NUMBER_MAX)
entries = st.builds(
    Entry,
    id=st.uuids(),
    type=names,
    stream=names,
    revision=numbers,
    time_us=numbers,
    data=st.binary(max_size=300),
    metadata=st.binary(max_size=300),
)


def entry_of(vector: Vector) -> Entry:
    repeated = vector.get("data_repeated")
    data = (
        bytes.fromhex(vector["data"])
        if repeated is None
        else bytes.fromhex(repeated["byte"]) * repeated["times"]
    )
    return Entry(
        UUID(vector["id"]),
        vector["type"],
        vector["stream"],
        vector["revision"],
        vector["time_us"],
        data,
        bytes.fromhex(vector["metadata"]),
    )


@pytest.fixture(scope="module")
def documented() -> dict[str, Callable[[bytes], Any]]:
    """The reader that the reference shows, run as it stands there."""
    (code,) = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    scope: dict[str, object] = {}
    exec(code, scope)  # noqa: S102 - our own document
    return cast("dict[str, Callable[[bytes], Any]]", scope)


@entry_vectors
def test_an_entry_has_the_bytes_and_the_leaf_of_its_vector(vector: Vector) -> None:
    encoded = encode_entry(entry_of(vector))

    if "entry" in vector:
        assert encoded.hex() == vector["entry"]
    else:
        assert len(encoded) == vector["entry_bytes"] == ENTRY_BYTES_MAX
        assert hashlib.sha256(encoded).hexdigest() == vector["entry_sha256"]
    assert leaf_hash(encoded).hex() == vector["leaf"]
    assert decode_entry(encoded) == entry_of(vector)


@rejected_vectors
def test_what_is_no_entry_is_rejected(vector: Vector) -> None:
    with pytest.raises(EntryError):
        decode_entry(bytes.fromhex(vector["entry"]))


@entry_vectors
def test_the_documented_reader_reads_every_vector(
    vector: Vector, documented: dict[str, Callable[[bytes], Any]]
) -> None:
    entry = entry_of(vector)
    encoded = encode_entry(entry)

    assert documented["read_entry"](encoded)[1:] == [
        entry.id.bytes,
        entry.type.encode(),
        entry.stream.encode(),
        entry.revision.to_bytes(8, "big"),
        entry.time_us.to_bytes(8, "big"),
        entry.data,
        entry.metadata,
    ]
    assert documented["leaf"](encoded).hex() == vector["leaf"]


@rejected_vectors
def test_the_documented_reader_rejects_what_is_no_entry(
    vector: Vector, documented: dict[str, Callable[[bytes], Any]]
) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whichever check it is
        documented["read_entry"](bytes.fromhex(vector["entry"]))


def test_the_example_in_the_document_is_the_first_vector() -> None:
    block = DOCUMENT.read_text("utf-8").rpartition("```\n0000000c")[2]
    lines = ("0000000c" + block).partition("```")[0].splitlines()
    hexadecimal = re.compile(r"[0-9a-f]{6,32}")

    shown = [
        "".join(word for word in line.split() if hexadecimal.fullmatch(word)) for line in lines
    ]
    short_body = "00000002 7b7d"

    assert short_body in lines[6]
    shown[6] = short_body.replace(" ", "")
    assert "".join(shown) == VECTORS["entries"][0]["entry"]


def test_the_leaf_of_a_known_record_is_the_known_one() -> None:
    """From Go's sumdb/tlog: RecordHash("hello world")."""
    known = "TszzRgjTG6xce+z2AG31kAXYKBgQVtCSCE40HmuwBb0="
    assert base64.b64encode(leaf_hash(b"hello world")).decode() == known


@given(entries)
def test_what_was_encoded_is_decoded(entry: Entry) -> None:
    assert decode_entry(encode_entry(entry)) == entry


@given(entries, entries)
def test_different_events_have_different_entries(first: Entry, second: Entry) -> None:
    assert (encode_entry(first) == encode_entry(second)) == (first == second)


@given(names, names, st.integers(0, 60))
def test_bytes_cannot_move_from_one_field_to_the_next(left: str, right: str, cut: int) -> None:
    joined = left + right
    moved = (joined[:cut], joined[cut:])

    def encoded(first: str, second: str) -> set[bytes]:
        id_ = UUID(int=1)
        a, b = first.encode(), second.encode()
        return {
            encode_entry(Entry(id_, first, second, 0, 0, b"", b"")),
            encode_entry(Entry(id_, "t", "s", 0, 0, a, b)),
        }

    assert bool(encoded(left, right) & encoded(*moved)) == ((left, right) == moved)


@given(st.binary(max_size=200))
def test_no_other_bytes_are_accepted(raw: bytes) -> None:
    with pytest.raises(EntryError):
        decode_entry(raw)


@given(entries, st.data())
def test_whatever_is_accepted_is_the_encoding_of_what_it_says(
    entry: Entry, data: st.DataObject
) -> None:
    """One byte changed anywhere: rejected, or another event's own entry."""
    encoded = bytearray(encode_entry(entry))
    at = data.draw(st.integers(0, len(encoded) - 1))
    encoded[at] ^= data.draw(st.integers(1, 255))
    try:
        read = decode_entry(bytes(encoded))
    except EntryError:
        return
    assert read != entry
    assert encode_entry(read) == encoded


@given(entries)
def test_the_size_is_known_without_encoding(entry: Entry) -> None:
    event = NewEvent(entry.id, entry.type, entry.time_us, entry.data, entry.metadata)
    assert entry_size(event, entry.stream) == len(encode_entry(entry))


def test_position_and_trace_are_not_covered() -> None:
    first = StoredEvent(UUID(int=1), "t.v1", 1, b"{}", b"{}", "", "s-1", 0, 1)
    other = StoredEvent(UUID(int=1), "t.v1", 1, b"{}", b"{}", "00-trace", "s-1", 0, 99)
    assert encode_entry(first) == encode_entry(other)


@pytest.mark.parametrize(
    "entry",
    [
        Entry(UUID(int=1), "t", "s", -1, 0, b"", b""),
        Entry(UUID(int=1), "t", "s", NUMBER_MAX + 1, 0, b"", b""),
        Entry(UUID(int=1), "t", "s", 0, -1, b"", b""),
        Entry(UUID(int=1), "t", "s", 0, NUMBER_MAX + 1, b"", b""),
        Entry(UUID(int=1), "t", "s", 0, 0, bytes(ENTRY_BYTES_MAX), b""),
    ],
    ids=["revision", "large revision", "time", "large time", "size"],
)
def test_an_event_past_a_limit_has_no_entry(entry: Entry) -> None:
    with pytest.raises(EntryError):
        encode_entry(entry)


def test_an_entry_longer_than_a_record_is_rejected() -> None:
    room = ENTRY_BYTES_MAX - len(encode_entry(Entry(UUID(int=1), "t", "s", 0, 0, b"", b"")))
    largest = encode_entry(Entry(UUID(int=1), "t", "s", 0, 0, bytes(room), b""))
    metadata_length = 4
    longer = largest[:-metadata_length] + b"\x00\x00\x00\x01\x00"

    assert decode_entry(largest).data == bytes(room)
    with pytest.raises(EntryError, match="at most"):
        decode_entry(longer)
