"""Evidence over HTTP: attached as Base64, kept under its hash, given back to those who may see it."""

from typing import Final
from uuid import UUID

import msgspec

from services.registration.domain.evidence import (
    AttachEvidence,
    AttachEvidenceForm,
    Evidence,
    WithdrawEvidence,
    WithdrawEvidenceForm,
)
from services.registration.domain.model import MODEL
from services.registration.domain.model_state import Model
from services.registration.running_queries import NoParameters, concerns, registered
from shared.domain.attachments import BASE64_BYTES_MAX, media_type_of
from shared.host.files import hash_of
from shared.host.policy import Role
from shared.host.service import Api, Call, Download, NotFoundError, Outcome, Query

_ONE: Final = "/models/{model_id}/evidence"
_TAG: Final = "evidence"
_BODY_BYTES_MAX: Final = BASE64_BYTES_MAX + 8_192
"""Base64 makes four characters of three bytes; the rest is for the words around them."""

_JUDGES: Final = frozenset(
    {Role.APPRAISER, Role.COUNCIL_MEMBER, Role.SECRETARY, Role.CHAIR, Role.SIGNER}
)
"""Who appraises, votes or decides reads the evidence of any model: which it falls to is not known here."""


async def attach_evidence(call: Call[AttachEvidenceForm]) -> Outcome:
    """Attach a file that shows what was done: PDF, JPEG or PNG, at most 5 MiB (clause II.3).

    The record holds its hash. The file is kept before that is recorded: a crash in between leaves a file
    that nobody refers to, never an event without its file.
    """
    content, model = call.body.content, call.path_id("model_id")
    media_type = media_type_of(content)
    command = AttachEvidence(
        shows=call.body.shows,
        sha256=hash_of(content),
        media_type=media_type,
        size_bytes=len(content),
        at=call.now,
    )
    await call.permit(MODEL, model, command)
    await call.files.put(content)
    return await call.execute(MODEL, model, command)


async def withdraw_evidence(call: Call[WithdrawEvidenceForm]) -> Outcome:
    """Withdraw a file: it is shown no more, its hash stays in the record."""
    command = WithdrawEvidence(reason=call.body.reason, sha256=call.path_text("hash"), at=call.now)
    return await call.execute(MODEL, call.path_id("model_id"), command)


class EvidenceView(msgspec.Struct, frozen=True, kw_only=True):
    """The evidence of a model, withdrawn ones too, in the order it was attached."""

    model_id: UUID
    revision: int
    files: tuple[Evidence, ...]


async def list_evidence(query: Query[NoParameters]) -> EvidenceView:
    """What is attached to a model: hashes, kinds and sizes, not the files."""
    loaded = await query.load(MODEL, query.path_id("model_id"))
    return EvidenceView(
        model_id=registered(loaded.state).model_id,
        revision=loaded.revision,
        files=tuple(loaded.state.files.values()),
    )


async def get_evidence(query: Query[NoParameters]) -> Download:
    """A file by its hash: for holder, committee, launching and deciding body, those who judge, auditors.

    A withdrawn one is for auditors alone.
    """
    state = (await query.load(MODEL, query.path_id("model_id"))).state
    found = state.files.get(query.path_text("hash"))
    if found is None or not await _may_see(query, state, found):
        raise NotFoundError("file")
    content = await query.files.get(found.attached.sha256)
    if content is None:
        raise NotFoundError("file")
    return Download(content=content, media_type=found.attached.media_type)


async def _may_see(query: Query[NoParameters], model: Model, file: Evidence) -> bool:
    actor = query.actor
    if actor is None:
        return False
    if Role.AUDITOR in actor.roles:
        return True
    return file.withdrawn is None and (
        not _JUDGES.isdisjoint(actor.roles)
        or await concerns(
            query, registered(model), "holder", "committee", "launching_body", "deciding_body"
        )
    )


def routes(api: Api) -> None:
    """Declare the routes of evidence."""
    api.write(
        _ONE,
        AttachEvidenceForm,
        attach_evidence,
        command=AttachEvidence,
        tag=_TAG,
        body_bytes_max=_BODY_BYTES_MAX,
    )
    api.write(
        f"{_ONE}/{{hash}}/withdrawal",
        WithdrawEvidenceForm,
        withdraw_evidence,
        command=WithdrawEvidence,
        tag=_TAG,
    )
    api.read(_ONE, NoParameters, list_evidence, answer=EvidenceView, tag=_TAG, public=True)
    api.read(f"{_ONE}/{{hash}}", NoParameters, get_evidence, answer=Download, tag=_TAG)
