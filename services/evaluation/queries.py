"""What evaluation answers to readers about appraisals and postings."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import select

from services.evaluation import facts
from services.evaluation.ballot_queries import NoParameters, holds_today, may_read_names
from services.evaluation.domain.appraisal import APPRAISAL
from services.evaluation.persons import citizen
from services.evaluation.readmodel import (
    SUCCESSIONS,
    AppraisalStatus,
    appraisals,
    models,
    organizations,
    reported,
)
from services.evaluation.shown import ShownScore, with_marks
from shared.contracts.appraisal import (
    AdviceIssued,
    AppraisalDiscontinued,
    AppraisalOpened,
    Appraised,
    DossierCorrected,
    GateChecked,
    PostingClosed,
    PostingOpened,
    SiteVisited,
)
from shared.contracts.values import Aim, Year
from shared.domain.time import legal_date
from shared.host.cursor import Order, PageParameters, fetch_page
from shared.host.lists import Statement, into, where_equal, where_found
from shared.host.policy import Role
from shared.host.service import NotFoundError, Page, Query
from shared.host.successions import where_standing

OPINION_READERS: Final = (Role.APPRAISER, Role.AUDITOR)

# --- appraisals --------------------------------------------------------------------------------

_WITH_MODEL: Final = select(
    appraisals,
    models.c.name.label("model_name"),
    models.c.address.label("model_address"),
    organizations.c.name.label("appraising_unit_name"),
).select_from(
    appraisals.outerjoin(models, models.c.model_id == appraisals.c.model).outerjoin(
        organizations, organizations.c.organization_id == appraisals.c.appraising_unit
    )
)


class AppraisalFilter(PageParameters, frozen=True, kw_only=True):
    """Filters of appraisals; `q` searches the model's name and address, ignoring case and diacritics."""

    q: str | None = None
    model: UUID | None = None
    unit: UUID | None = None
    year: Year | None = None


class ListAppraisals(AppraisalFilter, frozen=True, kw_only=True):
    """Filters of the list of appraisals."""

    status: AppraisalStatus | None = None


class AppraisalRow(msgspec.Struct, frozen=True, kw_only=True):
    """An appraisal in the list; `ballot` is its latest one. `corrected_at` says when its dossier was corrected
    for the last time since it opened.
    """

    appraisal_id: UUID
    model: UUID
    model_name: str | None
    year: int
    aim: Aim
    holder: UUID
    committee: UUID
    appraising_unit: UUID
    deciding_body: UUID
    status: AppraisalStatus
    opened_at: datetime
    corrected_at: datetime | None
    points: int | None
    points_required: int | None
    meets_standard: bool | None
    closes_on: date | None
    opinions: int
    answers: int
    ballot: UUID | None
    advice: str | None


async def _filtered(query: Query[AppraisalFilter]) -> Statement:
    wanted = query.parameters
    return await where_standing(
        query.read,
        SUCCESSIONS,
        where_equal(
            where_found(
                _WITH_MODEL, models.c.search.concat(" ").concat(models.c.holder_search), wanted.q
            ),
            (appraisals.c.model, wanted.model),
            (appraisals.c.year, wanted.year),
        ),
        appraisals.c.model,
        legal_date(query.now),
        (appraisals.c.appraising_unit, wanted.unit, "appraising_unit"),
    )


async def list_appraisals(query: Query[ListAppraisals]) -> Page[AppraisalRow]:
    """Appraisals, newest first."""
    wanted = query.parameters
    statement = where_equal(await _filtered(query), (appraisals.c.status, wanted.status))
    order = (Order(appraisals.c.opened_at, descending=True), Order(appraisals.c.appraisal_id))
    return await fetch_page(query.read, statement, order, wanted, into(AppraisalRow))


class WaitingRow(msgspec.Struct, frozen=True, kw_only=True):
    """A model whose results are in and whose appraisal cannot open yet, and why."""

    model: UUID
    year: int
    reason: facts.Reason
    vi: str
    en: str


async def list_waiting(query: Query[PageParameters]) -> Page[WaitingRow]:
    """Models whose results are in and whose appraisal is not open yet, with the reason. What can open by
    now opens within the minute.
    """
    rows: list[WaitingRow] = []
    order = (Order(reported.c.model_id), Order(reported.c.year))
    page = await fetch_page(
        query.read, facts.UNOPENED, order, query.parameters, into(facts.Reported)
    )
    for waiting in page.items:
        reason = await facts.opening_of(query.read, waiting.model_id, waiting.year, query.now)
        state = "opens-shortly" if isinstance(reason, facts.Opening) else reason
        vi, en = facts.SENTENCES[state]
        rows.append(
            WaitingRow(model=waiting.model_id, year=waiting.year, reason=state, vi=vi, en=en)
        )
    return Page(items=rows, next=page.next)


class AppraisalView(msgspec.Struct, frozen=True, kw_only=True):
    """An appraisal as it stands. Gate and scores are a draft of the appraising unit until it is
    complete: others see them from then on.
    """

    appraisal_id: UUID
    revision: int
    opened: AppraisalOpened
    gate: GateChecked | None
    appraisers: tuple[UUID, ...]
    """The team, by the ids its scores carry; without one the unit's officers score."""
    scores: tuple[ShownScore, ...]
    corrections: tuple[DossierCorrected, ...]
    """What was corrected in the dossier since it opened, the latest word on each entry."""
    visits: tuple[SiteVisited, ...]
    appraised: Appraised | None
    posting: PostingOpened | None
    posting_closed: PostingClosed | None
    opinions: int
    unanswered: int
    advice: AdviceIssued | None
    discontinued: AppraisalDiscontinued | None


async def get_appraisal(query: Query[NoParameters]) -> AppraisalView:
    """An appraisal with its scores, its posting and the advice it led to."""
    loaded = await query.load(APPRAISAL, query.path_id("appraisal_id"))
    state = loaded.state
    if state.opened is None:
        raise NotFoundError("appraisal")
    unit = state.opened.appraising_unit
    own = await holds_today(query, state.opened.model, appraising_unit=unit)
    shown = own or state.appraised is not None
    return AppraisalView(
        appraisal_id=state.opened.appraisal_id,
        revision=loaded.revision,
        opened=state.opened,
        gate=state.gate if shown else None,
        appraisers=tuple(one.appraiser_id for one in state.team),
        scores=with_marks(state, state.scores) if shown else (),
        corrections=tuple(state.corrections.values()),
        visits=state.visited if shown else (),
        appraised=state.appraised,
        posting=state.posting,
        posting_closed=state.posting_closed,
        opinions=len(state.opinions),
        unanswered=sum(opinion.answer is None for opinion in state.opinions.values()),
        advice=state.advice,
        discontinued=state.discontinued,
    )


class SignedOpinion(msgspec.Struct, frozen=True, kw_only=True):
    """An opinion with its signature; the texts are None once erased."""

    opinion_id: UUID
    received_on: date
    name: str | None
    address: str | None
    words: str | None
    answer: str | None


class OpinionsView(msgspec.Struct, frozen=True, kw_only=True):
    """Every opinion on a posting."""

    appraisal_id: UUID
    opinions: tuple[SignedOpinion, ...]


async def get_opinions(query: Query[NoParameters]) -> OpinionsView:
    """The opinions on a posting in full: for the appraising unit, which answers them, and auditors."""
    state = (await query.load(APPRAISAL, query.path_id("appraisal_id"))).state
    if state.opened is None or not await may_read_names(
        query, state.opened.model, appraising_unit=state.opened.appraising_unit
    ):
        raise NotFoundError("appraisal")
    opinions = []
    for opinion_id, opinion in state.opinions.items():
        found = await citizen(query, opinion.opinion)
        opinions.append(
            SignedOpinion(
                opinion_id=opinion_id,
                received_on=opinion.received_on,
                name=None if found is None else found.name,
                address=None if found is None else found.address,
                words=None if found is None else found.words,
                answer=opinion.answer,
            )
        )
    return OpinionsView(appraisal_id=state.opened.appraisal_id, opinions=tuple(opinions))


# --- postings ----------------------------------------------------------------------------------


class ListPostings(AppraisalFilter, frozen=True, kw_only=True):
    """Filters of the public postings; `open` leaves those that take opinions today."""

    open: bool | None = None


class PostingRow(msgspec.Struct, frozen=True, kw_only=True):
    """A public posting in the list."""

    appraisal_id: UUID
    model: UUID
    model_name: str | None
    model_address: str | None
    year: int
    appraising_unit: UUID
    appraising_unit_name: str | None
    posted_where: str
    opens_on: date
    closes_on: date
    points: int
    points_required: int
    meets_standard: bool
    opinions: int
    answers: int


async def list_postings(query: Query[ListPostings]) -> Page[PostingRow]:
    """Public postings, the latest first."""
    statement = (await _filtered(query)).where(appraisals.c.opens_on.is_not(None))
    if query.parameters.open is not None:
        today = legal_date(query.now).isoformat()
        runs = (appraisals.c.status == "posted") & (appraisals.c.closes_on >= today)
        statement = statement.where(runs if query.parameters.open else ~runs)
    order = (Order(appraisals.c.opens_on, descending=True), Order(appraisals.c.appraisal_id))
    return await fetch_page(query.read, statement, order, query.parameters, into(PostingRow))


class PublicOpinion(msgspec.Struct, frozen=True, kw_only=True):
    """An opinion as the public sees it: when it came, and its answer. Words and name stay apart."""

    opinion_id: UUID
    received_on: date
    answer: str | None


class PostingView(msgspec.Struct, frozen=True, kw_only=True):
    """A posting: what was appraised, with which result, and the answers to opinions."""

    appraisal_id: UUID
    revision: int
    model: UUID
    model_name: str | None
    model_address: str | None
    year: int
    appraising_unit: UUID
    posting: PostingOpened
    gate: GateChecked
    scores: tuple[ShownScore, ...]
    corrections: tuple[DossierCorrected, ...]
    visits: tuple[SiteVisited, ...]
    appraised: Appraised
    opinions: tuple[PublicOpinion, ...]
    closed: bool


async def get_posting(query: Query[NoParameters]) -> PostingView:
    """A public posting in full."""
    loaded = await query.load(APPRAISAL, query.path_id("appraisal_id"))
    state = loaded.state
    if state.opened is None or state.posting is None:
        raise NotFoundError("posting")
    assert state.gate is not None
    assert state.appraised is not None
    model = (
        await query.read.execute(
            select(models.c.name, models.c.address).where(
                models.c.model_id == str(state.opened.model)
            )
        )
    ).one_or_none()
    return PostingView(
        appraisal_id=state.opened.appraisal_id,
        revision=loaded.revision,
        model=state.opened.model,
        model_name=None if model is None else model.name,
        model_address=None if model is None else model.address,
        year=state.opened.year,
        appraising_unit=state.opened.appraising_unit,
        posting=state.posting,
        gate=state.gate,
        scores=with_marks(state, state.scores),
        corrections=tuple(state.corrections.values()),
        visits=state.visited,
        appraised=state.appraised,
        opinions=tuple(
            PublicOpinion(
                opinion_id=opinion_id, received_on=opinion.received_on, answer=opinion.answer
            )
            for opinion_id, opinion in state.opinions.items()
        ),
        closed=state.posting_closed is not None,
    )
