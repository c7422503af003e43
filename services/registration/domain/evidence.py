"""Evidence of what a model did: files kept by their content, of which the record holds the hash."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from shared.contracts.registration import ModelRegistered
from shared.contracts.running import EvidenceAttached, EvidenceWithdrawn, MediaType, Sha256
from shared.contracts.values import Line, Text
from shared.domain.attachments import FileContent
from shared.domain.decider import Request
from shared.domain.refusal import Refusal
from shared.domain.time import Instant

FILES_MAX: Final = 200
"""Files a model may have attached at a time."""

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
    content: FileContent


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
