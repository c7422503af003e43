"""The log entry: the bytes of an event that are hashed, published and verified, for ever.

docs/reference/log-entry.md specifies them byte by byte and tests/vectors/log_entry.json holds vectors.
Neither the position nor the trace context is covered: a position is the store's own, a trace is nobody's
evidence.
"""

import struct
from typing import Final, Protocol
from uuid import UUID

import msgspec

ENTRY_BYTES_MAX: Final = 65_535
"""Header included, so that an entry fits a tile record (u16 length prefix, C2SP tlog-tiles)."""

TAG: Final = b"dvk/entry/v1"
"""Separates these bytes from everything else that is hashed here."""

NUMBER_MAX: Final = 2**63 - 1
"""Largest revision and time: what every store's signed 64-bit integer holds."""

_ID_BYTES: Final = 16
_NUMBER_BYTES: Final = 8
_FIELDS: Final = 8
_FIXED: Final = struct.Struct(">I12sI16s")
_NUMBERS: Final = struct.Struct(">IQIQ")
_LENGTH: Final = struct.Struct(">I")
_TEXTS_AND_BYTES: Final = 4
_FIXED_BYTES: Final = _FIXED.size + _NUMBERS.size + _TEXTS_AND_BYTES * _LENGTH.size


class EntryError(ValueError):
    """Bytes that are no log entry, or an event that has none."""


class Entry(msgspec.Struct, frozen=True):
    """What a log entry says: event `id` of the stored `type`, as number `revision` (from 0) of `stream`, at
    `time_us` microseconds since 1970 UTC. `data` and `metadata` are its JSON, byte for byte.
    """

    id: UUID
    type: str
    stream: str
    revision: int
    time_us: int
    data: bytes
    metadata: bytes


class Payload(Protocol):
    """What an event says, before it has a place."""

    @property
    def type(self) -> str: ...

    @property
    def data(self) -> bytes: ...

    @property
    def metadata(self) -> bytes: ...


class Placed(Payload, Protocol):
    """An event with its place in a stream: an Entry, or as a store gives it."""

    @property
    def id(self) -> UUID: ...

    @property
    def stream(self) -> str: ...

    @property
    def revision(self) -> int: ...

    @property
    def time_us(self) -> int: ...


def entry_size(event: Payload, stream: str) -> int:
    """Bytes the entry of `event` in `stream` will have, without making it."""
    return (
        _FIXED_BYTES
        + len(event.type.encode())
        + len(stream.encode())
        + len(event.data)
        + len(event.metadata)
    )


def encode_entry(event: Placed) -> bytes:
    """The entry of `event`; different events give different bytes. Raises EntryError past a limit."""
    if not (0 <= event.revision <= NUMBER_MAX and 0 <= event.time_us <= NUMBER_MAX):
        raise EntryError(f"revision {event.revision} or time {event.time_us} is outside 0 … 2^63-1")
    type_ = event.type.encode()
    stream = event.stream.encode()
    entry = b"".join(
        (
            _FIXED.pack(len(TAG), TAG, _ID_BYTES, event.id.bytes),
            _LENGTH.pack(len(type_)),
            type_,
            _LENGTH.pack(len(stream)),
            stream,
            _NUMBERS.pack(_NUMBER_BYTES, event.revision, _NUMBER_BYTES, event.time_us),
            _LENGTH.pack(len(event.data)),
            event.data,
            _LENGTH.pack(len(event.metadata)),
            event.metadata,
        )
    )
    if len(entry) > ENTRY_BYTES_MAX:
        raise EntryError(f"the entry has {len(entry)} bytes, at most {ENTRY_BYTES_MAX} are allowed")
    return entry


def decode_entry(entry: bytes) -> Entry:
    """What `entry` says. Accepts exactly what `encode_entry` makes; raises EntryError for anything else."""
    if len(entry) > ENTRY_BYTES_MAX:
        raise EntryError(f"the entry has {len(entry)} bytes, at most {ENTRY_BYTES_MAX} are allowed")
    tag, id_, type_, stream, revision, time_us, data, metadata = _fields(entry, _FIELDS)
    if tag != TAG:
        raise EntryError("the tag is not dvk/entry/v1")
    if len(id_) != _ID_BYTES:
        raise EntryError(f"the id has {len(id_)} bytes, not 16")
    return Entry(
        UUID(bytes=id_),
        _text("type", type_),
        _text("stream", stream),
        _number("revision", revision),
        _number("time", time_us),
        data,
        metadata,
    )


def _fields(entry: bytes, count: int) -> list[bytes]:
    fields: list[bytes] = []
    start = 0
    for number in range(1, count + 1):
        body = start + _LENGTH.size
        if body > len(entry):
            raise EntryError(f"field {number} of {count} is cut off")
        (length,) = _LENGTH.unpack_from(entry, start)
        start = body + length
        if start > len(entry):
            raise EntryError(f"field {number} of {count} is cut off")
        fields.append(entry[body:start])
    if start != len(entry):
        raise EntryError(f"{len(entry) - start} bytes follow the last field")
    return fields


def _text(name: str, raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise EntryError(f"the {name} is not UTF-8") from error


def _number(name: str, raw: bytes) -> int:
    value = int.from_bytes(raw, "big")
    if len(raw) != _NUMBER_BYTES or value > NUMBER_MAX:
        raise EntryError(f"the {name} is not 8 bytes of a number up to 2^63-1")
    return value


def category_of(stream: str) -> str:
    """The category of a stream: what stands before the first hyphen of its name."""
    return stream.partition("-")[0]
