"""An event as a CloudEvent: there and back unchanged, and a clear word for what is none."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.bus.cloudevents import MalformedMessageError, decode, encode
from shared.bus.port import Message
from shared.domain.time import to_microseconds
from shared.eventstore.port import StoredEvent

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

EVENT = StoredEvent(
    id=UUID("018f0000-0000-8000-8000-00000000abcd"),
    type="dvk.registration.ModelRegistered.v2",
    time_us=to_microseconds(datetime(2026, 5, 19, 1, 2, 3, 4, UTC)),
    data='{"tên":"Ngõ xanh"}'.encode(),
    metadata=b'{"actor":"\xff"}',
    trace=TRACE,
    stream="model-Bến Nghé",
    revision=3,
    position=42,
)
MESSAGE = Message("registration", EVENT, 40)

TIMES_US = st.datetimes(timezones=st.just(UTC)).map(to_microseconds)
NUMBERS = st.integers(0, 10**20 - 1)


@st.composite
def any_message(draw: st.DrawFn) -> Message:
    service = draw(st.from_regex(r"[a-z][a-z0-9_-]{0,20}", fullmatch=True))
    name = draw(st.from_regex(r"[A-Z][A-Za-z0-9]{0,20}\.v[1-9][0-9]?", fullmatch=True))
    predecessor, position = sorted(draw(st.lists(NUMBERS, min_size=2, max_size=2, unique=True)))
    event = StoredEvent(
        id=draw(st.uuids()),
        type=f"dvk.{service}.{name}",
        time_us=draw(TIMES_US),
        data=draw(st.binary()),
        metadata=draw(st.binary()),
        trace=draw(st.sampled_from(["", TRACE])),
        stream=draw(st.text(min_size=1)),
        revision=draw(NUMBERS),
        position=position,
    )
    return Message(service, event, predecessor)


@given(any_message())
def test_every_message_comes_back_equal(message: Message) -> None:
    content = encode(message)

    assert decode(content.headers, content.body, content.content_type) == message


def test_the_attributes_are_those_of_cloudevents() -> None:
    content = encode(MESSAGE)

    assert content.headers == {
        "cloudEvents_specversion": "1.0",
        "cloudEvents_id": "018f0000-0000-8000-8000-00000000abcd",
        "cloudEvents_type": "dvk.registration.ModelRegistered.v2",
        "cloudEvents_source": "registration",
        "cloudEvents_subject": "model-Bến Nghé",
        "cloudEvents_time": "2026-05-19T01:02:03.000004Z",
        "cloudEvents_sequence": "00000000000000000042",
        "cloudEvents_predecessor": "00000000000000000040",
        "cloudEvents_revision": "00000000000000000003",
        "cloudEvents_metadata": bytearray(b'{"actor":"\xff"}'),
        "cloudEvents_traceparent": TRACE,
    }
    assert content.body == EVENT.data
    assert content.content_type == "application/json"
    assert content.message_id == "018f0000-0000-8000-8000-00000000abcd"


def test_an_event_without_trace_has_no_such_header() -> None:
    untraced = StoredEvent(
        EVENT.id, EVENT.type, EVENT.time_us, b"", b"", "", EVENT.stream, 0, EVENT.position
    )
    assert "cloudEvents_traceparent" not in encode(Message("registration", untraced, 40)).headers


def test_headers_of_others_are_ignored() -> None:
    content = encode(MESSAGE)
    headers = {**content.headers, "x-delivery-count": 3, "cloudEvents_dataschema": "theirs"}

    assert decode(headers, content.body, content.content_type) == MESSAGE


def test_a_time_may_have_another_offset() -> None:
    content = encode(MESSAGE)
    headers = {**content.headers, "cloudEvents_time": "2026-05-19T08:02:03.000004+07:00"}

    assert decode(headers, content.body, content.content_type) == MESSAGE


@pytest.mark.parametrize(
    "name",
    [
        "specversion",
        "id",
        "type",
        "source",
        "subject",
        "time",
        "sequence",
        "predecessor",
        "revision",
        "metadata",
    ],
)
def test_a_missing_attribute_is_named(name: str) -> None:
    content = encode(MESSAGE)
    headers = {key: v for key, v in content.headers.items() if key != f"cloudEvents_{name}"}

    with pytest.raises(MalformedMessageError, match=f"^{name} is missing$"):
        decode(headers, content.body, content.content_type)


@pytest.mark.parametrize(
    "name, value",
    [
        ("specversion", "0.3"),
        ("id", "not a uuid"),
        ("id", "018F0000-0000-8000-8000-00000000ABCD"),
        ("id", "{018f0000-0000-8000-8000-00000000abcd}"),
        ("id", b"\xff\xfe"),
        ("type", "ModelRegistered"),
        ("type", "dvk.registration.ModelRegistered"),
        ("type", "dvk.registration.ModelRegistered.v0"),
        ("type", "dvk.registration.ModelRegistered.v1\n"),
        ("type", 5),
        ("source", "evaluation"),
        ("source", ["registration"]),
        ("subject", ""),
        ("time", "2026-05-19T01:02:03.000004"),
        ("time", "yesterday"),
        ("time", datetime(2026, 5, 19, tzinfo=UTC)),
        ("sequence", 42),
        ("sequence", "42"),
        ("sequence", "0000000000000000004x"),
        ("sequence", "-0000000000000000042"),
        ("sequence", "٠" * 20),
        ("predecessor", "00000000000000000042"),
        ("revision", ""),
        ("metadata", "text"),
        ("metadata", None),
        ("traceparent", 1),
    ],
)
def test_a_malformed_attribute_is_named_and_not_repeated(name: str, value: object) -> None:
    content = encode(MESSAGE)
    headers = {**content.headers, f"cloudEvents_{name}": value}

    with pytest.raises(MalformedMessageError, match=name) as refused:
        decode(headers, content.body, content.content_type)
    assert not isinstance(value, str) or len(value) < 4 or value not in str(refused.value)


@pytest.mark.parametrize("content_type", [None, "application/xml", "application/cloudevents+json"])
def test_only_our_content_type_is_read(content_type: str | None) -> None:
    content = encode(MESSAGE)

    with pytest.raises(MalformedMessageError, match="datacontenttype"):
        decode(content.headers, content.body, content_type)


@pytest.mark.parametrize(
    "attribute, source, predecessor, changed",
    [
        ("type", "registration", 40, {"type": "dvk.registration.v1"}),
        ("source", "evaluation", 40, {}),
        ("predecessor", "registration", 42, {}),
        ("predecessor", "registration", -1, {}),
        ("sequence", "registration", 40, {"position": 10**20}),
        ("revision", "registration", 40, {"revision": -1}),
        ("subject", "registration", 40, {"stream": ""}),
        ("time", "registration", 40, {"time_us": 10**18}),
    ],
)
def test_what_no_consumer_would_take_is_not_encoded(
    attribute: str, source: str, predecessor: int, changed: dict[str, str | int]
) -> None:
    fields = {name: getattr(EVENT, name) for name in EVENT.__struct_fields__}
    event = StoredEvent(**{**fields, **changed})

    with pytest.raises(MalformedMessageError, match=attribute):
        encode(Message(source, event, predecessor))
