"""Evidence: the record holds the hash of a file, also after the file was withdrawn (clause II.3)."""

import hashlib
from datetime import UTC, datetime

import msgspec
import pytest

from services.registration.domain import evidence, life
from services.registration.domain import model_refusals as refuse
from services.registration.domain.evidence import AttachEvidence, WithdrawEvidence
from shared.contracts.running import EvidenceAttached, EvidenceWithdrawn, ModelEnded
from shared.domain.attachments import TYPE_NOT_TAKEN, media_type_of
from shared.domain.refusal import RefusedError
from tests.support.dossier import (
    MODEL_ID,
    SEPTEMBER,
    model,
    registered,
    running,
    surveyed,
    withdrawn,
)

MAY = datetime(2026, 5, 10, 3, tzinfo=UTC)
HASH = hashlib.sha256(b"%PDF-1.7 ...").hexdigest()
attach = AttachEvidence(
    shows="Biên bản họp dân ngày 5/5",
    sha256=HASH,
    media_type="application/pdf",
    size_bytes=12,
    at=MAY,
)
attached = EvidenceAttached(
    model_id=MODEL_ID,
    sha256=HASH,
    media_type="application/pdf",
    size_bytes=12,
    shows=attach.shows,
)
withdraw = WithdrawEvidence(sha256=HASH, reason="Có hình trẻ em.", at=SEPTEMBER)
taken_back = EvidenceWithdrawn(model_id=MODEL_ID, sha256=HASH, reason=withdraw.reason)
ended = ModelEnded(model_id=MODEL_ID, ended_on=SEPTEMBER.date(), reason="Hoàn thành.")


def test_a_file_is_attached_once_by_its_hash() -> None:
    model.given(*running).when(attach).then(attached)
    model.given(*running, attached).when(attach).then_nothing()


def test_a_withdrawn_file_may_be_attached_again() -> None:
    model.given(*running, attached, taken_back).when(attach).then(attached)


def test_files_are_bounded_and_withdrawn_ones_do_not_count() -> None:
    many = tuple(
        msgspec.structs.replace(attached, sha256=f"{number:064x}")
        for number in range(evidence.FILES_MAX)
    )
    model.given(*running, *many).when(attach).then_refused(evidence.TOO_MANY_FILES)
    gone = msgspec.structs.replace(taken_back, sha256=many[0].sha256)
    model.given(*running, *many, gone).when(attach).then(attached)


def test_a_file_is_withdrawn_once_and_its_hash_stays() -> None:
    model.given(*running, attached).when(withdraw).then(taken_back)
    model.given(*running, attached, taken_back).when(withdraw).then_nothing()
    model.given(*running).when(withdraw).then_refused(evidence.NOT_ATTACHED)


def test_evidence_is_of_an_accepted_model_that_lives() -> None:
    model.given(surveyed, registered).when(attach).then_refused(refuse.NOT_ACCEPTED)
    model.given(*running, withdrawn).when(attach).then_refused(refuse.WITHDRAWN)
    model.given(*running, ended).when(attach).then_refused(life.ENDED)
    model.given(*running, attached, ended).when(withdraw).then(taken_back)


@pytest.mark.parametrize(
    "content,media_type",
    [
        (b"%PDF-1.7\n", "application/pdf"),
        (b"\xff\xd8\xff\xe0JFIF", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n...", "image/png"),
    ],
)
def test_the_kind_of_a_file_is_seen_from_its_bytes(content: bytes, media_type: str) -> None:
    assert media_type_of(content) == media_type


@pytest.mark.parametrize(
    "content", [b"", b"<html>", b"MZ\x90", b"GIF89a", b" %PDF-1.7", b"PK\x03\x04"]
)
def test_any_other_kind_is_refused(content: bytes) -> None:
    with pytest.raises(RefusedError) as caught:
        media_type_of(content)
    assert caught.value.refusal == TYPE_NOT_TAKEN
