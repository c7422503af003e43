"""Signed notes: a text and signatures under it. C2SP signed-note.

A key is known by its name and key id together. Whoever opens a note says which keys it trusts; other
signatures are ignored, and a bad one of a trusted key makes the whole note worthless.
"""

import base64
import binascii
import hashlib
from collections.abc import Callable, Sequence
from typing import Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from shared.domain.refusal import Refusal

NOTE_BYTES_MAX: Final = 1_000_000
"""Larger notes are refused unread."""

SIGNATURES_MAX: Final = 100
"""Signatures of a note that are looked at; the specification asks for at least 16."""

ED25519: Final = 0x01
"""Signature type: Ed25519 over the text."""

COSIGNATURE: Final = 0x04
"""Signature type: Ed25519 over time and text, C2SP tlog-cosignature."""

_KEY_ID_BYTES: Final = 4
_PUBLIC_KEY_BYTES: Final = 32
_SPECIFICATION: Final = "C2SP signed-note"

NOTE_MALFORMED: Final = Refusal(
    "note-malformed",
    vi="Đây không phải văn bản có chữ ký đúng dạng: {reason}.",
    en="This is no well-formed signed note: {reason}.",
    specification=_SPECIFICATION,
)
KEY_MALFORMED: Final = Refusal(
    "verifier-key-malformed",
    vi="Khóa kiểm tra không đúng dạng «tên+mã+khóa»: {reason}.",
    en="The verifier key is not of the form “name+id+key”: {reason}.",
    specification=_SPECIFICATION,
)
SIGNATURE_WRONG: Final = Refusal(
    "signature-wrong",
    vi="Chữ ký của «{name}» không khớp với nội dung: văn bản đã bị sửa hoặc ký bằng khóa khác.",
    en="The signature of “{name}” does not match the text: it was altered, or another key signed it.",
    specification=_SPECIFICATION,
)
NOT_SIGNED: Final = Refusal(
    "signature-missing",
    vi="Không có chữ ký nào của khóa được tin cậy ({names}).",
    en="None of the trusted keys ({names}) has signed this.",
    specification=_SPECIFICATION,
)


class VerifierKey(msgspec.Struct, frozen=True):
    """A public key under its name. `type` is ED25519 or COSIGNATURE; `public` are 32 bytes (RFC 8032)."""

    name: str
    type: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        """Four bytes that tell keys of one name apart: an index, no security."""
        return hashlib.sha256(
            b"".join((self.name.encode(), b"\n", bytes([self.type]), self.public))
        ).digest()[:_KEY_ID_BYTES]

    def __str__(self) -> str:
        key = base64.b64encode(bytes([self.type]) + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{key}"

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Whether the 64 bytes of `signature` are this key's over `message`."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


class Signature(msgspec.Struct, frozen=True):
    """One line under a note. `payload` is what follows the key id; its form depends on the key's type."""

    name: str
    key_id: bytes
    payload: bytes

    def is_by(self, key: VerifierKey) -> bool:
        """Whether the line claims to be by `key`."""
        return self.name == key.name and self.key_id == key.key_id

    def __str__(self) -> str:
        return f"— {self.name} {base64.b64encode(self.key_id + self.payload).decode()}\n"


class Note(msgspec.Struct, frozen=True):
    """`text` ends in a line break. Signatures in the order they stand; not verified yet."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return f"{self.text}\n{''.join(map(str, self.signatures))}"

    def by(self, key: VerifierKey) -> tuple[Signature, ...]:
        """The signatures that claim to be by `key`."""
        return tuple(one for one in self.signatures if one.is_by(key))


def parse_key(text: str) -> VerifierKey:
    """A verifier key, `name+hex(key id)+base64(type ‖ key)`. Raises RefusedError."""
    parts = text.strip().split("+", 2)
    if len(parts) != len(("name", "id", "key")):
        raise KEY_MALFORMED(reason="name+id+key")
    name, key_id, key = parts
    if not is_key_name(name):
        raise KEY_MALFORMED(reason=f"«{name}»")
    try:
        raw = _base64(key)
    except ValueError as error:
        raise KEY_MALFORMED(reason="base64") from error
    if len(raw) != 1 + _PUBLIC_KEY_BYTES or raw[0] not in {ED25519, COSIGNATURE}:
        raise KEY_MALFORMED(reason="Ed25519, 0x01 / 0x04")
    parsed = VerifierKey(name, raw[0], raw[1:])
    if parsed.key_id.hex() != key_id:
        raise KEY_MALFORMED(reason=f"{key_id} ≠ {parsed.key_id.hex()}")
    return parsed


def is_key_name(name: str) -> bool:
    """Whether a key may have this name: not empty, no plus, no space of any kind."""
    return bool(name) and "+" not in name and not any(one.isspace() for one in name)


def parse_note(raw: bytes) -> Note:
    """Read a signed note as it came. Raises RefusedError."""
    if len(raw) > NOTE_BYTES_MAX:
        raise NOTE_MALFORMED(reason=f"> {NOTE_BYTES_MAX} bytes")
    try:
        whole = raw.decode()
    except UnicodeDecodeError as error:
        raise NOTE_MALFORMED(reason="UTF-8") from error
    if any(one < " " and one != "\n" for one in whole):
        raise NOTE_MALFORMED(reason="U+0000–U+001F")
    text, separator, under = whole.rpartition("\n\n")
    if not separator or not under.endswith("\n"):
        raise NOTE_MALFORMED(reason="text, empty line, signatures")
    lines = under[:-1].split("\n")
    if len(lines) > SIGNATURES_MAX:
        raise NOTE_MALFORMED(reason=f"> {SIGNATURES_MAX} signatures")
    return Note(text + "\n", tuple(map(_parse_signature, lines)))


def parse_signatures(raw: bytes) -> tuple[Signature, ...]:
    """Signature lines alone, as a witness answers them. Raises RefusedError."""
    return parse_note(b"-\n\n" + raw).signatures


def _parse_signature(line: str) -> Signature:
    match line.split(" "):
        case ["—", name, payload] if is_key_name(name):
            try:
                raw = _base64(payload)
            except ValueError as error:
                raise NOTE_MALFORMED(reason="base64") from error
            if len(raw) <= _KEY_ID_BYTES:
                raise NOTE_MALFORMED(reason="key id ‖ signature")
            return Signature(name, raw[:_KEY_ID_BYTES], raw[_KEY_ID_BYTES:])
        case _:
            raise NOTE_MALFORMED(reason="— name signature")


def require_signed(note: Note, keys: Sequence[VerifierKey]) -> None:
    """That at least one of `keys`, all of type ED25519, signed the text, and none of them badly. Raises RefusedError."""
    if not _valid(note, keys, _signs_text):
        raise NOT_SIGNED(names=", ".join(key.name for key in keys))


def _signs_text(note: Note, key: VerifierKey, signature: Signature) -> bool:
    return key.verifies(note.text.encode(), signature.payload)


def _valid(
    note: Note,
    keys: Sequence[VerifierKey],
    signs: Callable[[Note, VerifierKey, Signature], bool],
) -> frozenset[VerifierKey]:
    """The keys that signed. Raises RefusedError for a bad signature of one of them."""
    signed = set[VerifierKey]()
    for key in keys:
        for signature in note.by(key):
            if not signs(note, key, signature):
                raise SIGNATURE_WRONG(name=key.name)
            signed.add(key)
    return frozenset(signed)


class Signer:
    """A private key under its name."""

    def __init__(self, name: str, seed: bytes, type_: int = ED25519) -> None:
        """`seed` are the 32 bytes of RFC 8032's private key. Raises ValueError for another length or name."""
        if not is_key_name(name):
            raise ValueError(f"a key is not called {name!r}")
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self.key = VerifierKey(name, type_, self._private.public_key().public_bytes_raw())

    def sign(self, text: str) -> Signature:
        """This key's line under `text`, for a key of type ED25519."""
        return self._line(self._private.sign(text.encode()))

    def cosign(self, text: str, time_seconds: int) -> Signature:
        """A cosignature/v1 of a checkpoint's `text` at POSIX `time_seconds`, for a key of type COSIGNATURE."""
        signature = self._private.sign(_cosigned(text, time_seconds))
        return self._line(time_seconds.to_bytes(_TIME_BYTES, "big") + signature)

    def _line(self, payload: bytes) -> Signature:
        return Signature(self.key.name, self.key.key_id, payload)


_TIME_BYTES: Final = 8
_TIME_MAX: Final = 2**63 - 1


def _cosigned(text: str, time_seconds: int) -> bytes:
    return f"cosignature/v1\ntime {time_seconds}\n{text}".encode()


class Cosigned(msgspec.Struct, frozen=True):
    """That `witness` saw the note at POSIX `time_seconds` as the largest tree it knew, and consistent."""

    witness: VerifierKey
    time_seconds: int


def cosigned_by(note: Note, witnesses: Sequence[VerifierKey]) -> tuple[Cosigned, ...]:
    """Which of the witnesses, keys of type COSIGNATURE, cosigned, in their order. Raises RefusedError for a bad one."""
    valid = _valid(note, witnesses, _cosigns)
    return tuple(Cosigned(key, _time_of(note.by(key)[0])) for key in witnesses if key in valid)


def _cosigns(note: Note, key: VerifierKey, signature: Signature) -> bool:
    time_seconds = _time_of(signature)
    return 0 < time_seconds <= _TIME_MAX and key.verifies(
        _cosigned(note.text, time_seconds), signature.payload[_TIME_BYTES:]
    )


def _time_of(signature: Signature) -> int:
    return int.from_bytes(signature.payload[:_TIME_BYTES], "big")


def _base64(text: str) -> bytes:
    """Strict standard base64: what would be written again reads the same. Raises ValueError."""
    try:
        raw = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from error
    if base64.b64encode(raw).decode() != text:
        raise ValueError("not canonical")
    return raw
