"""How one of our events lies in an EventStoreDB event, so that every byte comes back.

EventStoreDB keeps data and metadata as two byte fields and does not look into them, and marks an event as
JSON or not. Our data is its data, unchanged. Our metadata, time and trace share its metadata field
as a JSON object, readable in the admin pages:

    {"dvk": 1, "time_us": 1767225600000000, "trace": "00-…", "metadata": {"actor": "…"}}
    {"dvk": 1, "time_us": 1767225600000000, "metadata_base64": "//79"}

`trace` is absent when empty. `metadata` comes last and holds our metadata's own bytes, inserted as they
are, when they are one JSON value; else `metadata_base64` holds them in Base64 (RFC 4648 §4). Exactly one
of the two is there, and the first `,"metadata":` is the frame's own because quotation marks in what
precedes it are escaped: nothing can be read in two ways, and nothing inserted is parsed when read.
The event is marked JSON when our data is JSON.
"""

from typing import Final

import msgspec

FRAME_VERSION: Final = 1

_MARK: Final = b',"metadata":'


class FrameError(ValueError):
    """Metadata that was not written by us."""


class Frame(msgspec.Struct, frozen=True):
    """What the metadata field holds beside the event's id, type and data."""

    time_us: int
    metadata: bytes
    trace: str


class _Header(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    dvk: int
    time_us: int
    trace: str = ""
    metadata_base64: bytes | None = None


_ENCODER: Final = msgspec.json.Encoder()
_DECODER: Final = msgspec.json.Decoder(_Header)


def encode_frame(frame: Frame) -> bytes:
    """The metadata field for `frame`."""
    if is_json(frame.metadata):
        header = _ENCODER.encode(_Header(FRAME_VERSION, frame.time_us, frame.trace))
        return b"".join((header[:-1], _MARK, frame.metadata, b"}"))
    return _ENCODER.encode(_Header(FRAME_VERSION, frame.time_us, frame.trace, frame.metadata))


def decode_frame(field: bytes) -> Frame:
    """The frame in a metadata field. Raises FrameError."""
    head, inserted, tail = field.partition(_MARK)
    try:
        header = _DECODER.decode(head + b"}" if inserted else field)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        msg = f"no frame: {error}"
        raise FrameError(msg) from error
    if header.dvk != FRAME_VERSION:
        msg = f"a frame of version {header.dvk}, not {FRAME_VERSION}"
        raise FrameError(msg)
    metadata = header.metadata_base64
    if inserted and metadata is None and tail.endswith(b"}"):
        metadata = tail[:-1]
    elif inserted or metadata is None:
        msg = "a frame with both kinds of metadata, half of one, or none"
        raise FrameError(msg)
    return Frame(header.time_us, metadata, header.trace)


def is_json(data: bytes) -> bool:
    """Whether `data` is one JSON value in UTF-8."""
    try:
        msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return True
