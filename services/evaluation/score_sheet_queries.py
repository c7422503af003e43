"""What evaluation shows of papers: the scans of score sheets, and of corrections of them."""

from uuid import UUID

import msgspec

from services.evaluation.ballot_queries import may_read_names
from services.evaluation.domain.appraisal import APPRAISAL
from services.evaluation.domain.appraisal_state import Appraisal
from services.evaluation.team_facts import appraiser_of
from shared.contracts.running import Sha256
from shared.domain.attachments import media_type_of
from shared.host.service import Download, NotFoundError, Query


class AskSheet(msgspec.Struct, frozen=True, kw_only=True):
    """`paper` is the hash of one that the record names, of a correction say; without it the sheet itself."""

    paper: Sha256 | None = None


async def get_sheet(query: Query[AskSheet]) -> Download:
    """The scan of an appraiser's paper sheet, or of a correction of it, once the team's scores are open: for
    the appraising unit, the team, and auditors.
    """
    state = (await query.load(APPRAISAL, query.path_id("appraisal_id"))).state
    opened = state.opened
    if opened is None or query.actor is None or not state.is_open_record:
        raise NotFoundError("sheet")
    own = await appraiser_of(query, state.team, query.actor.subject)
    if own is None and not await may_read_names(
        query, opened.model, appraising_unit=opened.appraising_unit
    ):
        raise NotFoundError("sheet")
    paper = _paper_of(state, query.path_id("appraiser"), query.parameters.paper)
    content = None if paper is None else await query.files.get(paper)
    if content is None:
        raise NotFoundError("sheet")
    return Download(content=content, media_type=media_type_of(content))


def _paper_of(state: Appraisal, appraiser: UUID, asked: Sha256 | None) -> Sha256 | None:
    """The paper that is asked for, where the record names it for this appraiser; else his sheet."""
    sealed = [one.on_behalf for one in state.sealed.get(appraiser, {}).values()]
    corrected = [
        one.on_behalf for one in state.scores_corrected.values() if one.appraiser == appraiser
    ]
    papers = [one.paper for one in (*sealed, *corrected) if one is not None]
    if asked is None:
        return papers[0] if papers else None
    return asked if asked in papers else None
