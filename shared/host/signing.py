"""The embedded issuer's keys: kept in the data folder, renewed in time, published before they sign."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec
from joserfc.jwk import KeySet, OKPKey

from shared.host.keys import KEYS_AGE_SECONDS_MAX

SIGNING_SECONDS: Final = 30 * 24 * 3_600
"""How long a key signs before another takes over."""
ANNOUNCED_SECONDS: Final = 2 * KEYS_AGE_SECONDS_MAX
"""How long a new key is published before it signs: whoever checks tokens has fetched it by then."""

_CURVE: Final = "Ed25519"
_FILE: Final = "identity.keys.json"


class _Kept(msgspec.Struct, frozen=True):
    """A key and since when it signs, in seconds."""

    signs_from: int
    private: dict[str, str | list[str]]


class SigningKeys:
    """The keys in `folder`, for their owner alone to read; one is made where there is none.

    Used by one process. A key that signs no more stays published for `tokens_seconds`, as long as a
    token of it can live. Deleting the file and starting again withdraws them all at once.
    """

    def __init__(
        self, folder: Path, tokens_seconds: int, seconds: Callable[[], float] = time.time
    ) -> None:
        self._path = folder / _FILE
        self._tokens_seconds = tokens_seconds
        self._seconds = seconds
        self._kept: tuple[_Kept, ...] = ()
        self._keys: dict[int, OKPKey] = {}
        if not self._path.exists():
            self._write((_fresh(int(seconds())),))
        self._read()

    def signing(self) -> OKPKey:
        """The key to sign with now."""
        self._renew()
        now = self._seconds()
        signs = [kept.signs_from for kept in self._kept if kept.signs_from <= now]
        # A clock that was put back finds only keys of the future: the first of them signs.
        return self._keys[max(signs) if signs else self._kept[0].signs_from]

    def published(self) -> KeySet:
        """Every key whose tokens hold or will hold, the oldest first."""
        self._renew()
        return KeySet(list(self._keys.values()))

    def document(self) -> bytes:
        """The JWKS document: the public halves of `published`."""
        keys = [key.as_dict(private=False) for key in self.published().keys]
        return msgspec.json.encode({"keys": keys})

    def _renew(self) -> None:
        """Drop keys whose last token has ended; announce the next one before the last has its time."""
        now = int(self._seconds())
        until = [later.signs_from + self._tokens_seconds for later in self._kept[1:]]
        kept = (
            tuple(one for one, ends in zip(self._kept, until, strict=False) if now < ends)
            + self._kept[-1:]
        )
        ends_at = kept[-1].signs_from + SIGNING_SECONDS
        if now >= ends_at - ANNOUNCED_SECONDS:
            kept = (*kept, _fresh(max(ends_at, now + ANNOUNCED_SECONDS)))
        if kept != self._kept:
            self._write(kept)
            self._read()

    def _read(self) -> None:
        self._kept = msgspec.json.decode(self._path.read_bytes(), type=tuple[_Kept, ...])
        self._keys = {kept.signs_from: OKPKey.import_key(kept.private) for kept in self._kept}

    def _write(self, kept: tuple[_Kept, ...]) -> None:
        # Complete before it has its name: a crash leaves no half file, a racing start one of the two.
        fresh = self._path.with_name(f"{_FILE}.{os.getpid()}")
        fresh.unlink(missing_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.encode(kept))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)


def _fresh(signs_from: int) -> _Kept:
    key = OKPKey.generate_key(_CURVE, auto_kid=True)
    private = key.as_dict(private=True)
    return _Kept(signs_from, dict(private))
