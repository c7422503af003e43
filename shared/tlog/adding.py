"""What a log sends to its witnesses. C2SP tlog-witness, `add-checkpoint`."""

from typing import Final

import msgspec

from shared.domain.refusal import Refusal, RefusedError
from shared.tlog.checkpoint import from_base64, parse_number, to_base64
from shared.tlog.proofs import PROOF_HASHES_MAX

REQUEST_BYTES_MAX: Final = 100_000
SIZE_TYPE: Final = "text/x.tlog.size"
"""Media type of the answer that says which size the witness knows."""

REQUEST_MALFORMED: Final = Refusal(
    "add-checkpoint-malformed",
    vi="Yêu cầu không đúng dạng: dòng «old <số>», các dòng chứng minh, dòng trống, điểm chốt.",
    en="The request is malformed: a line “old <size>”, proof lines, an empty line, a checkpoint.",
    specification="C2SP tlog-witness",
)


class AddCheckpoint(msgspec.Struct, frozen=True):
    """`checkpoint` is a signed note; `proof` shows that its tree begins with the one of `old` entries."""

    old: int
    proof: tuple[bytes, ...]
    checkpoint: bytes


def write_request(request: AddCheckpoint) -> bytes:
    """The body to post."""
    lines = [f"old {request.old}", *map(to_base64, request.proof), "", ""]
    return "\n".join(lines).encode() + request.checkpoint


def parse_request(raw: bytes) -> AddCheckpoint:
    """A posted body. Raises RefusedError."""
    head, separator, checkpoint = raw.partition(b"\n\n")
    if len(raw) > REQUEST_BYTES_MAX or not separator:
        raise REQUEST_MALFORMED()
    try:
        first, *proof = head.decode("ascii").split("\n")
        word, old = first.split(" ")
        if word != "old" or len(proof) > PROOF_HASHES_MAX:
            raise REQUEST_MALFORMED()
        return AddCheckpoint(parse_number(old), tuple(map(from_base64, proof)), checkpoint)
    except (ValueError, RefusedError) as error:
        raise REQUEST_MALFORMED() from error
