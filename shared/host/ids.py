"""The one place where identifiers come from: fresh keys, and ids derived from what caused them."""

import hashlib
import os
from datetime import datetime
from typing import Final
from uuid import UUID

from shared.domain.time import to_microseconds

_TAG: Final = b"dvk/id/v1"

_CODES: Final = UUID("019a0000-0000-7000-8000-646f6e207669")
"""What the ids of bodies with a code are derived from, for ever."""

SALT_BYTES: Final = 32


def new_key(at: datetime) -> UUID:
    """A fresh UUIDv7 (RFC 9562 section 5.7) whose time prefix is `at`."""
    value = (to_microseconds(at) // 1000) << 80 | int.from_bytes(os.urandom(10), "big")
    return _stamped(value, version=7)


def derive_id(cause: UUID, *parts: str) -> UUID:
    """The UUIDv8 (RFC 9562 section 5.8) that follows from a cause and names.

    It keeps the cause's time prefix so that indexes stay local, and hashes cause and parts, each
    with its length in front: the same cause and parts give the same id, for ever, on any machine.
    """
    digest = hashlib.sha256(_TAG + cause.bytes)
    for part in parts:
        encoded = part.encode()
        digest.update(len(encoded).to_bytes(4, "big") + encoded)
    value = int.from_bytes(cause.bytes[:6] + digest.digest()[:10], "big")
    return _stamped(value, version=8)


def organization_of_code(code: str) -> UUID:
    """The id of the body that a province's lists call `code`, known before the body is entered."""
    return derive_id(_CODES, "organization", code)


def paper_id(keeper: UUID, sha256: str) -> UUID:
    """The id of the paper with this scan that an organisation keeps: another's is not its own."""
    return derive_id(keeper, "paper", sha256)


def new_salt() -> bytes:
    """32 bytes nobody can guess."""
    return os.urandom(SALT_BYTES)


def _stamped(value: int, version: int) -> UUID:
    value &= ~(0xF << 76) & ~(0x3 << 62)
    return UUID(int=value | version << 76 | 0x2 << 62)
