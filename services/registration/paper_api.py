"""Signed papers over HTTP: their scans are kept before anything is entered from them, and shown to those concerned;
and what was entered on behalf of others.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import select

from services.registration import facts
from services.registration.domain.papers import PAPERS
from services.registration.organization_rows import successions
from services.registration.paper_rows import entries_from_paper
from services.registration.running_api import acting
from services.registration.running_queries import NoParameters
from shared.contracts.papers import SIGNERS_MAX, PaperKept
from shared.contracts.values import PaperId
from shared.domain.attachments import BASE64_BYTES_MAX, media_type_of
from shared.domain.paper import KeepPaper, KeepPaperForm, Paper
from shared.domain.time import legal_date
from shared.host.cursor import Order, PageParameters, fetch_page
from shared.host.files import hash_of
from shared.host.ids import paper_id
from shared.host.lists import into, where_equal
from shared.host.policy import Role
from shared.host.service import Api, Call, Download, NotFoundError, Outcome, Page, Query
from shared.host.successions import around

_TAG: Final = "papers"
_BODY_BYTES_MAX: Final = BASE64_BYTES_MAX + SIGNERS_MAX * 64
"""The scan, and the ids of those who signed."""


async def keep_paper(call: Call[KeepPaperForm]) -> Outcome:
    """Keep the scan of a signed paper, to enter from it on behalf of those who signed: PDF, JPEG or PNG, at most 5 MiB.

    Entries from it name its SHA-256 in the header Dvk-Paper. The scan is kept before it is put on record: a crash
    in between leaves a file that nobody refers to.
    """
    content, keeper = call.body.content, acting(call)
    media_type, sha256 = media_type_of(content), hash_of(content)
    paper = PaperId(paper_id(keeper, sha256))
    command = KeepPaper(
        what=call.body.what,
        signed_by=call.body.signed_by,
        sha256=sha256,
        media_type=media_type,
        size_bytes=len(content),
        paper_id=paper,
        kept_by=keeper,
        at=call.now,
    )
    await call.permit(PAPERS, paper, command)
    cites = await facts.of_signers(call, call.body.signed_by)
    await call.files.put(content)
    return await call.execute(PAPERS, paper, command, cites=cites)


class PaperView(msgspec.Struct, frozen=True, kw_only=True):
    """A paper that is kept, and everybody whose paper it is."""

    kept: PaperKept
    signed_by: tuple[UUID, ...]
    revision: int


async def get_paper(query: Query[NoParameters]) -> PaperView:
    """What is on record of a paper; not its scan."""
    loaded = await query.load(PAPERS, query.path_id("paper_id"))
    return PaperView(
        kept=_kept(loaded.state), signed_by=loaded.state.signed_by, revision=loaded.revision
    )


async def get_scan(query: Query[NoParameters]) -> Download:
    """The scan of a paper: for those who keep it, those who signed it, or whoever succeeded them, and auditors."""
    state = (await query.load(PAPERS, query.path_id("paper_id"))).state
    kept = _kept(state)
    content = await query.files.get(kept.sha256) if await _may_see(query, state, kept) else None
    if content is None:
        raise NotFoundError("file")
    return Download(content=content, media_type=kept.media_type)


def _kept(state: Paper) -> PaperKept:
    if state.kept is None:
        raise NotFoundError("paper")
    return state.kept


async def _may_see(query: Query[NoParameters], paper: Paper, kept: PaperKept) -> bool:
    actor = query.actor
    if actor is None:
        return False
    if Role.AUDITOR in actor.roles:
        return True
    if actor.organization is None:
        return False
    today = legal_date(query.now)
    graph = (await around(query.read, successions, (actor.organization,), today)).graph
    concerned = (kept.kept_by, *paper.signed_by)
    return actor.organization in {graph.holder_on(one, "holder", today) for one in concerned}


# --- what was entered from paper --------------------------------------------------------------


class ListEntriesFromPaper(PageParameters, frozen=True, kw_only=True):
    """Of a model, on behalf of a body, by a body; all of them where none is named."""

    model: UUID | None = None
    body: UUID | None = None
    entered_by: UUID | None = None


class EntryFromPaper(msgspec.Struct, frozen=True, kw_only=True):
    """An entry in the name of another body: what it says stands in the model's stream, at `event_id`."""

    event_id: UUID
    event: str
    model_id: UUID
    body: UUID
    entered_by: UUID
    paper_id: UUID
    paper: str
    recorded_at: datetime


async def list_entries_from_paper(query: Query[ListEntriesFromPaper]) -> Page[EntryFromPaper]:
    """What was entered on behalf of bodies from their signed papers, the latest first: who entered it, for whom, from which
    paper. A body that finds something wrong asks for a correction (`POST /models/{model_id}/corrections`).
    """
    wanted, table = query.parameters, entries_from_paper
    statement = where_equal(
        select(table),
        (table.c.model_id, wanted.model),
        (table.c.body, wanted.body),
        (table.c.entered_by, wanted.entered_by),
    )
    order = (Order(table.c.position, descending=True), Order(table.c.body))
    return await fetch_page(query.read, statement, order, wanted, into(EntryFromPaper))


def routes(api: Api) -> None:
    """Declare the routes of papers."""
    api.write(
        "/papers",
        KeepPaperForm,
        keep_paper,
        command=KeepPaper,
        tag=_TAG,
        creates=True,
        body_bytes_max=_BODY_BYTES_MAX,
    )
    api.read("/papers/{paper_id}", NoParameters, get_paper, answer=PaperView, tag=_TAG, public=True)
    api.read("/papers/{paper_id}/scan", NoParameters, get_scan, answer=Download, tag=_TAG)
    api.read(
        "/entries-from-paper",
        ListEntriesFromPaper,
        list_entries_from_paper,
        answer=Page[EntryFromPaper],
        tag=_TAG,
        public=True,
    )
