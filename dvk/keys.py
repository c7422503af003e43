"""Idempotency keys that follow from what a request is about, so that a repeated run repeats no effect."""

import hashlib
from datetime import datetime
from typing import Final
from uuid import UUID

from shared.domain.time import to_microseconds

_TAG: Final = b"dvk/key/v1"


def key_of(at: datetime, *parts: str) -> UUID:
    """The UUIDv7 with the time prefix of `at` whose other bits hash `parts`, each with its length.

    The same instant and parts give the same key on any machine; another part gives another.
    """
    digest = hashlib.sha256(_TAG)
    for part in parts:
        encoded = part.encode()
        digest.update(len(encoded).to_bytes(4, "big") + encoded)
    prefix = (to_microseconds(at) // 1000) << 80
    value = prefix | int.from_bytes(digest.digest()[:10], "big")
    value &= ~(0xF << 76) & ~(0x3 << 62)
    return UUID(int=value | 7 << 76 | 0x2 << 62)
