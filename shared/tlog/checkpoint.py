"""A log's promise: this many entries with this root. C2SP tlog-checkpoint."""

import base64
import re
from collections.abc import Sequence
from typing import Final

import msgspec

from shared.domain.refusal import Refusal
from shared.tlog.hashes import HASH_BYTES
from shared.tlog.note import (
    Note,
    VerifierKey,
    parse_note,
    require_signed,
)

SIZE_MAX: Final = 2**63 - 1

CHECKPOINT_MALFORMED: Final = Refusal(
    "checkpoint-malformed",
    vi="Đây không phải điểm chốt đúng dạng (tên nhật ký, số mục, gốc, mỗi thứ một dòng).",
    en="This is no well-formed checkpoint (origin, size and root, a line each).",
    specification="C2SP tlog-checkpoint",
)
ORIGIN_FOREIGN: Final = Refusal(
    "checkpoint-of-another-log",
    vi="Điểm chốt này là của nhật ký «{origin}», không phải «{expected}».",
    en="This checkpoint is of the log “{origin}”, not of “{expected}”.",
    specification="C2SP tlog-checkpoint",
)

_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


class Checkpoint(msgspec.Struct, frozen=True):
    """`origin` names the log; `root` are the 32 bytes over its first `size` entries."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{to_base64(self.root)}\n"


class SignedCheckpoint(msgspec.Struct, frozen=True):
    """A checkpoint with the note it was read from."""

    checkpoint: Checkpoint
    note: Note


def parse_checkpoint(text: str) -> Checkpoint:
    """The three lines of a checkpoint; extension lines are refused: nobody could audit them. Raises RefusedError."""
    match text.split("\n"):
        case [origin, size, root, ""] if origin:
            return Checkpoint(origin, parse_number(size), from_base64(root))
        case _:
            raise CHECKPOINT_MALFORMED()


def open_checkpoint(raw: bytes, origin: str, keys: Sequence[VerifierKey]) -> SignedCheckpoint:
    """A checkpoint of the log `origin`, signed by at least one of its `keys`. Raises RefusedError."""
    note = parse_note(raw)
    checkpoint = parse_checkpoint(note.text)
    if checkpoint.origin != origin:
        raise ORIGIN_FOREIGN(origin=checkpoint.origin, expected=origin)
    require_signed(note, keys)
    return SignedCheckpoint(checkpoint, note)


def to_base64(hash_: bytes) -> str:
    """A hash as it stands in checkpoints and proofs."""
    return base64.b64encode(hash_).decode()


def from_base64(text: str) -> bytes:
    """The 32 bytes of a hash. Raises RefusedError."""
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise CHECKPOINT_MALFORMED() from error
    if len(raw) != HASH_BYTES or to_base64(raw) != text:
        raise CHECKPOINT_MALFORMED()
    return raw


def parse_number(text: str) -> int:
    """A decimal without leading zeroes, at most SIZE_MAX. Raises RefusedError."""
    if not _NUMBER.fullmatch(text) or int(text) > SIZE_MAX:
        raise CHECKPOINT_MALFORMED()
    return int(text)
