"""Evidence of what a model did: files kept by their content, of which the record holds the hash."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Final

import msgspec

from shared.contracts.registration import ModelRegistered
from shared.contracts.running import EvidenceAttached, EvidenceWithdrawn, MediaType, Sha256
from shared.contracts.values import Line, Text
from shared.domain.decider import Request
from shared.domain.refusal import Refusal
from shared.domain.time import Instant

FILE_BYTES_MAX: Final = 5 * 1024 * 1024
FILES_MAX: Final = 200
"""Files a model may have attached at a time."""

_SIGNATURES: Final[tuple[tuple[bytes, MediaType], ...]] = (
    (b"%PDF-", "application/pdf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
)

# --- state ------------------------------------------------------------------------------------


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was attached, and whether it was withdrawn since."""

    attached: EvidenceAttached
    withdrawn: EvidenceWithdrawn | None = None


Files = Mapping[str, Evidence]
"""The evidence of a model by hash."""

NO_FILES: Final[Files] = MappingProxyType({})

EvidenceEvent = EvidenceAttached | EvidenceWithdrawn


def evolve(state: Files, event: EvidenceEvent) -> Files:
    """What is attached after `event`."""
    match event:
        case EvidenceAttached():
            return MappingProxyType({**state, event.sha256: Evidence(attached=event)})
        case EvidenceWithdrawn():
            withdrawn = msgspec.structs.replace(state[event.sha256], withdrawn=event)
            return MappingProxyType({**state, event.sha256: withdrawn})


# --- commands ---------------------------------------------------------------------------------


class AttachEvidenceForm(Request, frozen=True, kw_only=True):
    """A file: what it shows, and its bytes in Base64. What kind it is, is seen from them."""

    shows: Line
    content: Annotated[
        bytes,
        msgspec.Meta(min_length=1, max_length=FILE_BYTES_MAX, extra_json_schema={"format": "byte"}),
    ]


class EvidenceRecord(Request, frozen=True, kw_only=True):
    """The file by its hash: what stands in the record."""

    shows: Line
    sha256: Sha256
    media_type: MediaType
    size_bytes: int


class AttachEvidence(EvidenceRecord, frozen=True, kw_only=True):
    """Attach a file that is kept already."""

    at: Instant


class WithdrawEvidenceForm(Request, frozen=True, kw_only=True):
    """Why the file is withdrawn."""

    reason: Text


class WithdrawEvidence(WithdrawEvidenceForm, frozen=True, kw_only=True):
    """Withdraw a file; its hash stays in the record."""

    sha256: str
    at: Instant


EvidenceCommand = AttachEvidence | WithdrawEvidence

# --- rules ------------------------------------------------------------------------------------

TYPE_NOT_TAKEN: Final = Refusal(
    "evidence-type",
    vi="Chỉ nhận tệp PDF, JPEG hoặc PNG. Hãy chuyển tệp sang một trong các dạng đó.",
    en="Only PDF, JPEG and PNG files are taken. Convert the file to one of them.",
)
TOO_MANY_FILES: Final = Refusal(
    "evidence-too-many",
    vi="Mô hình đã có {most} tệp minh chứng. Hãy rút bớt trước khi thêm.",
    en="The model has {most} files of evidence. Withdraw some before adding more.",
)
NOT_ATTACHED: Final = Refusal(
    "evidence-not-attached",
    vi="Mô hình không có tệp minh chứng này.",
    en="The model has no such file of evidence.",
)


def media_type_of(content: bytes) -> MediaType:
    """What kind of file it is, from its first bytes. Raises RefusedError."""
    for signature, media_type in _SIGNATURES:
        if content.startswith(signature):
            return media_type
    raise TYPE_NOT_TAKEN()


def decide(
    state: Files, command: EvidenceCommand, registration: ModelRegistered
) -> tuple[EvidenceEvent, ...]:
    """What follows from `command` for an accepted model. Raises RefusedError."""
    known = state.get(command.sha256)
    match command:
        case AttachEvidence():
            if known is not None and known.withdrawn is None:
                return ()
            if sum(one.withdrawn is None for one in state.values()) >= FILES_MAX:
                raise TOO_MANY_FILES(most=FILES_MAX)
            return (
                EvidenceAttached(
                    model_id=registration.model_id,
                    sha256=command.sha256,
                    media_type=command.media_type,
                    size_bytes=command.size_bytes,
                    shows=command.shows,
                ),
            )
        case WithdrawEvidence():
            if known is None:
                raise NOT_ATTACHED()
            if known.withdrawn is not None:
                return ()
            return (
                EvidenceWithdrawn(
                    model_id=registration.model_id,
                    sha256=known.attached.sha256,
                    reason=command.reason,
                ),
            )
