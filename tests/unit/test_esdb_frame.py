"""How our metadata, time and trace lie in an EventStoreDB event's metadata field."""

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.eventstore.esdb_frame import Frame, FrameError, decode_frame, encode_frame

times = st.integers(0, 2**63 - 1)
traces = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=256)
json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.text(max_size=20)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
)
metadata = st.one_of(st.binary(max_size=200), json_values.map(msgspec.json.encode))
frames = st.builds(Frame, times, metadata, traces)


@given(frame=frames)
@example(frame=Frame(0, b"", ""))
@example(frame=Frame(1, b" {} \n", ""))
@example(frame=Frame(1, b'{"metadata_base64":1,"metadata":{"metadata":{}}}', ',"metadata":{}'))
@example(frame=Frame(1, b"[" * 900 + b"]" * 900, ""))
@example(frame=Frame(1, b"[" * 60_000 + b"]" * 60_000, ""))
def test_a_frame_comes_back_as_it_was(frame: Frame) -> None:
    assert decode_frame(encode_frame(frame)) == frame


@given(one=frames, other=frames)
def test_different_frames_have_different_bytes(one: Frame, other: Frame) -> None:
    assert (encode_frame(one) == encode_frame(other)) == (one == other)


@given(frame=st.builds(Frame, times, json_values.map(msgspec.json.encode), traces))
def test_json_metadata_stays_readable_beside_time_and_trace(frame: Frame) -> None:
    shown = msgspec.json.decode(encode_frame(frame), type=dict[str, object])

    assert (shown["dvk"], shown["time_us"]) == (1, frame.time_us)
    assert shown.get("trace", "") == frame.trace
    assert shown["metadata"] == msgspec.json.decode(frame.metadata)


def test_the_stored_form_never_changes() -> None:
    assert encode_frame(Frame(7, b'{"a": 1}', "00-1")) == (
        b'{"dvk":1,"time_us":7,"trace":"00-1","metadata":{"a": 1}}'
    )
    assert encode_frame(Frame(7, b"\xff\xfe\xfd", "")) == (
        b'{"dvk":1,"time_us":7,"metadata_base64":"//79"}'
    )


@pytest.mark.parametrize(
    "field",
    [
        b"",
        b"{}",
        b"null",
        b"\xff",
        b'{"$correlationId":"7"}',
        b'{"time_us":7,"metadata":{}}',
        b'{"dvk":1,"time_us":7}',
        b'{"dvk":1,"time_us":7,"metadata":{}}x',
        b'{"dvk":2,"time_us":7,"metadata":{}}',
        b'{"dvk":1,"time_us":"7","metadata":{}}',
        b'{"dvk":1,"time_us":7,"other":1,"metadata":{}}',
        b'{"dvk":1,"time_us":7,"metadata_base64":"//79","metadata":{}}',
        b'{"dvk":1,"time_us":7,"metadata_base64":"/"}',
    ],
)
def test_what_we_did_not_write_is_refused(field: bytes) -> None:
    with pytest.raises(FrameError):
        decode_frame(field)
