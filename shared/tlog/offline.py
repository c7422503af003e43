"""A proof that stands in one file: entry number, inclusion proof, signed checkpoint. C2SP tlog-proof."""

from collections.abc import Sequence
from typing import Final

import msgspec

from shared.domain.refusal import Refusal, RefusedError
from shared.tlog.checkpoint import (
    SignedCheckpoint,
    from_base64,
    open_checkpoint,
    parse_number,
    to_base64,
)
from shared.tlog.hashes import leaf_hash
from shared.tlog.note import VerifierKey
from shared.tlog.proofs import PROOF_HASHES_MAX, verify_inclusion

HEADER: Final = "c2sp.org/tlog-proof@v1"
PROOF_BYTES_MAX: Final = 100_000

PROOF_MALFORMED: Final = Refusal(
    "proof-malformed",
    vi="Đây không phải tệp chứng minh đúng dạng (c2sp.org/tlog-proof@v1).",
    en="This is no well-formed proof (c2sp.org/tlog-proof@v1).",
    specification="C2SP tlog-proof",
)


class OfflineProof(msgspec.Struct, frozen=True):
    """Entry `index`, its inclusion proof, and a checkpoint as it was signed."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes


def write_proof(proof: OfflineProof) -> bytes:
    """The file."""
    lines = [HEADER, f"index {proof.index}", *map(to_base64, proof.hashes), "", ""]
    return "\n".join(lines).encode() + proof.checkpoint


def parse_proof(raw: bytes) -> OfflineProof:
    """A proof file. `extra` lines are read over: nothing vouches for them. Raises RefusedError."""
    head, separator, checkpoint = raw.partition(b"\n\n")
    if len(raw) > PROOF_BYTES_MAX or not separator:
        raise PROOF_MALFORMED()
    try:
        header, *lines = head.decode("ascii").split("\n")
        if lines and lines[0].startswith("extra "):
            lines = lines[1:]
        word, index = lines[0].split(" ")
        if header != HEADER or word != "index" or len(lines) - 1 > PROOF_HASHES_MAX:
            raise PROOF_MALFORMED()
        return OfflineProof(parse_number(index), tuple(map(from_base64, lines[1:])), checkpoint)
    except (ValueError, IndexError, RefusedError) as error:
        raise PROOF_MALFORMED() from error


def verify_entry(
    entry: bytes, proof: OfflineProof, origin: str, keys: Sequence[VerifierKey]
) -> SignedCheckpoint:
    """That `entry` stands in the log `origin`, and the checkpoint that says so. Raises RefusedError."""
    signed = open_checkpoint(proof.checkpoint, origin, keys)
    size, root = signed.checkpoint.size, signed.checkpoint.root
    verify_inclusion(leaf_hash(entry), proof.index, size, root, proof.hashes)
    return signed
