"""An event as a CloudEvent 1.0 in AMQP binary mode, and back, byte for byte.

The official AMQP binding is written for AMQP 1.0: attributes are application properties named
`cloudEvents_<attribute>`, the data is the body, `datacontenttype` the content type. Here the same
stands in the headers and properties of 0-9-1. CloudEvents integers have 32 bits, so positions and
revisions travel as zero-padded decimal strings, which also sort as text.
Source: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/amqp-protocol-binding.md
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import msgspec

from shared.bus.port import BusError, Message
from shared.domain.time import Instant, from_microseconds, to_microseconds
from shared.eventstore.port import StoredEvent

CONTENT_TYPE: Final = "application/json"
SPEC_VERSION: Final = "1.0"
NUMBER_DIGITS: Final = 20

_PREFIX: Final = "cloudEvents_"
_NUMBER_LIMIT: Final = 10**NUMBER_DIGITS
_TIME_US_MIN: Final = to_microseconds(datetime.min.replace(tzinfo=UTC))
_TIME_US_MAX: Final = to_microseconds(datetime.max.replace(tzinfo=UTC))
_NUMBER: Final = re.compile(rf"[0-9]{{{NUMBER_DIGITS}}}")
_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TYPE: Final = re.compile(r"dvk\.([a-z][a-z0-9_-]*)\.[A-Za-z][A-Za-z0-9]*\.v[1-9][0-9]*")


class MalformedMessageError(BusError):
    """A message that is no event of ours. The text names the attribute and what it must be, and
    repeats nothing of its content, which may be about a person.
    """


class Content(msgspec.Struct, frozen=True):
    """What travels: headers, body, and the two properties that say something about the event."""

    headers: Mapping[str, str | bytearray]
    body: bytes
    content_type: str
    message_id: str


def check(message: Message) -> None:
    """Refuse what could not be routed to or understood by a consumer. Raises MalformedMessageError."""
    event = message.event
    match = _TYPE.fullmatch(event.type)
    if match is None:
        raise MalformedMessageError("type must be dvk.<service>.<EventType>.v<N>")
    if match[1] != message.source:
        raise MalformedMessageError("source must be the service in type")
    if not event.stream:
        raise MalformedMessageError("subject must name the stream")
    if not 0 <= message.predecessor < event.position < _NUMBER_LIMIT:
        raise MalformedMessageError("predecessor must be below sequence, neither below 0")
    if not 0 <= event.revision < _NUMBER_LIMIT:
        raise MalformedMessageError("revision must be 0 or more")
    if not _TIME_US_MIN <= event.time_us <= _TIME_US_MAX:
        raise MalformedMessageError("time must be in the years 1 to 9999")


def encode(message: Message) -> Content:
    """The message as it travels. Raises MalformedMessageError."""
    check(message)
    event = message.event
    time = from_microseconds(event.time_us).isoformat(timespec="microseconds")
    headers: dict[str, str | bytearray] = {
        f"{_PREFIX}specversion": SPEC_VERSION,
        f"{_PREFIX}id": str(event.id),
        f"{_PREFIX}type": event.type,
        f"{_PREFIX}source": message.source,
        f"{_PREFIX}subject": event.stream,
        f"{_PREFIX}time": time.replace("+00:00", "Z"),
        f"{_PREFIX}sequence": _padded(event.position),
        f"{_PREFIX}predecessor": _padded(message.predecessor),
        f"{_PREFIX}revision": _padded(event.revision),
        # A bytearray is what the AMQP library encodes as binary; bytes it refuses.
        f"{_PREFIX}metadata": bytearray(event.metadata),
    }
    if event.trace:
        headers[f"{_PREFIX}traceparent"] = event.trace
    return Content(headers, event.data, CONTENT_TYPE, str(event.id))


def decode(headers: Mapping[str, object], body: bytes, content_type: str | None) -> Message:
    """The message that `encode` made these of. Headers of others are ignored.

    Raises MalformedMessageError.
    """
    if _text(headers, "specversion") != SPEC_VERSION:
        raise MalformedMessageError(f"specversion must be {SPEC_VERSION}")
    if content_type != CONTENT_TYPE:
        raise MalformedMessageError(f"datacontenttype (content type) must be {CONTENT_TYPE}")
    has_trace = f"{_PREFIX}traceparent" in headers
    event = StoredEvent(
        id=_uuid(_text(headers, "id")),
        type=_text(headers, "type"),
        time_us=_microseconds(_text(headers, "time")),
        data=body,
        metadata=_binary(headers, "metadata"),
        trace=_text(headers, "traceparent") if has_trace else "",
        stream=_text(headers, "subject"),
        revision=_number(headers, "revision"),
        position=_number(headers, "sequence"),
    )
    message = Message(
        source=_text(headers, "source"),
        event=event,
        predecessor=_number(headers, "predecessor"),
    )
    check(message)
    return message


def _padded(number: int) -> str:
    return f"{number:0{NUMBER_DIGITS}d}"


def _text(headers: Mapping[str, object], name: str) -> str:
    value = _present(headers, name)
    if not isinstance(value, str):
        # The library gives text that is no UTF-8 as bytes.
        raise MalformedMessageError(f"{name} must be text in UTF-8")
    return value


def _binary(headers: Mapping[str, object], name: str) -> bytes:
    value = _present(headers, name)
    if not isinstance(value, bytearray):
        raise MalformedMessageError(f"{name} must be binary")
    return bytes(value)


def _present(headers: Mapping[str, object], name: str) -> object:
    value = headers.get(_PREFIX + name)
    if value is None:
        raise MalformedMessageError(f"{name} is missing")
    return value


def _number(headers: Mapping[str, object], name: str) -> int:
    digits = _text(headers, name)
    if _NUMBER.fullmatch(digits) is None:
        raise MalformedMessageError(f"{name} must have {NUMBER_DIGITS} decimal digits")
    return int(digits)


def _uuid(text: str) -> UUID:
    # One spelling only: UUID() would also read braces and a urn prefix.
    if _UUID.fullmatch(text) is None:
        raise MalformedMessageError("id must be a UUID in lower case with hyphens")
    return UUID(text)


def _microseconds(text: str) -> int:
    try:
        at: datetime = msgspec.convert(text, Instant)
    except msgspec.ValidationError:
        raise MalformedMessageError("time must be RFC 3339 with an offset") from None
    return to_microseconds(at)
