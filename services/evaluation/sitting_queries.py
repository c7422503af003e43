"""What evaluation answers about sittings. Results are public; names are for those entitled to them."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Row, select

from services.evaluation.ballot_queries import NoParameters, may_read_names
from services.evaluation.domain.ballot import BALLOT
from services.evaluation.domain.sitting import SITTING
from services.evaluation.domain.sitting_state import Sitting
from services.evaluation.persons import held
from services.evaluation.readmodel import SittingStatus, sittings
from services.evaluation.sitting_facts import model_names
from shared.contracts.evaluation import TallyLine
from shared.contracts.running import Sha256
from shared.contracts.sitting import (
    CandidateOutcome,
    Dropped,
    MemberRecused,
    Signatory,
    SittingAttendanceRecorded,
    SittingOpened,
)
from shared.contracts.values import CouncilRole
from shared.host.cursor import Order, PageParameters, fetch_page
from shared.host.lists import where_equal
from shared.host.service import NotFoundError, Page, Query


class ListSittings(PageParameters, frozen=True, kw_only=True):
    """Filters of the list of sittings. `awaiting`: whose minutes that role has yet to sign."""

    council: UUID | None = None
    status: SittingStatus | None = None
    awaiting: CouncilRole | None = None


class SittingRow(msgspec.Struct, frozen=True, kw_only=True):
    """A sitting in the list; `candidates` counts the dossiers on its agenda, `awaiting` are the roles that have yet
    to sign its minutes.
    """

    sitting_id: UUID
    council: UUID
    council_body: UUID
    question: str
    candidates: int
    places: int | None
    status: SittingStatus
    awaiting: tuple[CouncilRole, ...]
    opened_at: datetime


async def list_sittings(query: Query[ListSittings]) -> Page[SittingRow]:
    """Sittings, newest first."""
    wanted = query.parameters
    statement = where_equal(
        select(sittings), (sittings.c.council, wanted.council), (sittings.c.status, wanted.status)
    )
    if wanted.awaiting is not None:
        statement = statement.where(sittings.c.awaiting.contains(wanted.awaiting))
    order = (Order(sittings.c.opened_at, descending=True), Order(sittings.c.sitting_id))
    return await fetch_page(query.read, statement, order, wanted, _sitting)


def _sitting(row: Row[*tuple[Any, ...]]) -> SittingRow:
    shown = {str(name): value for name, value in row._mapping.items()}  # noqa: SLF001 - public there
    return msgspec.convert({**shown, "awaiting": row.awaiting.split()}, SittingRow, strict=False)


class CandidateView(msgspec.Struct, frozen=True, kw_only=True):
    """A dossier of a sitting. `lines` are its result under every denominator, the one that governs marked;
    they and the `outcome` are there once it is counted.
    """

    appraisal: UUID
    model: UUID
    model_name: str
    ballot: UUID
    round: int
    eligible: int
    recused: tuple[MemberRecused, ...]
    approve: int | None
    reject: int | None
    abstain: int | None
    lines: tuple[TallyLine, ...]
    outcome: CandidateOutcome | None
    repeatable: bool


class SittingView(msgspec.Struct, frozen=True, kw_only=True):
    """A sitting as it stands. `settled`: its ballots are open and it can be voted in. `minutes` is the hash of its
    minutes, where there are any, and `awaiting` are those who have yet to sign them.
    """

    sitting_id: UUID
    revision: int
    opened: SittingOpened
    settled: bool
    candidates: tuple[CandidateView, ...]
    dropped: tuple[Dropped, ...]
    attendance: SittingAttendanceRecorded | None
    closed_at: datetime | None
    counted: bool
    minutes: Sha256 | None
    awaiting: tuple[Signatory, ...]


async def get_sitting(query: Query[NoParameters]) -> SittingView:
    """A sitting with its agenda, its attendance by seat and its results."""
    loaded = await query.load(SITTING, query.path_id("sitting_id"))
    state = loaded.state
    if state.opened is None:
        raise NotFoundError("sitting")
    return SittingView(
        sitting_id=state.opened.sitting_id,
        revision=loaded.revision,
        opened=state.opened,
        settled=state.settled is not None,
        candidates=await candidates_of(query, state),
        dropped=() if state.settled is None else state.settled.dropped,
        attendance=state.attendance,
        closed_at=None if state.closed is None else state.closed.closed_at,
        counted=state.counted is not None,
        minutes=state.minutes,
        awaiting=state.unsigned,
    )


async def candidates_of(query: Query[NoParameters], state: Sitting) -> tuple[CandidateView, ...]:
    """The dossiers of a sitting with their results, in the agenda's order."""
    names = await model_names(query.read, state.candidates)
    counted = () if state.counted is None else state.counted.results
    results = {one.ballot_id: one for one in counted}
    views = []
    for one in state.candidates:
        ballot = (await query.load(BALLOT, one.ballot_id)).state
        tallied, result = ballot.tallied, results.get(one.ballot_id)
        views.append(
            CandidateView(
                appraisal=one.appraisal_id,
                model=one.model,
                model_name=names[one.appraisal_id],
                ballot=one.ballot_id,
                round=one.round,
                eligible=len(ballot.pseudonyms),
                recused=ballot.recused,
                approve=None if tallied is None else tallied.approve,
                reject=None if tallied is None else tallied.reject,
                abstain=None if tallied is None else tallied.abstain,
                lines=() if tallied is None else tallied.lines,
                outcome=None if result is None else result.outcome,
                repeatable=result is not None and result.repeatable,
            )
        )
    return tuple(views)


class NamedSeat(msgspec.Struct, frozen=True, kw_only=True):
    """A seat of the roll; name, account and the member's id are None once erased."""

    seat: UUID
    role: CouncilRole
    name: str | None
    account: str | None
    member_id: UUID | None


class RollView(msgspec.Struct, frozen=True, kw_only=True):
    """Who belongs to a sitting, for its secretary to take attendance by."""

    sitting_id: UUID
    seats: tuple[NamedSeat, ...]


async def get_roll(query: Query[NoParameters]) -> RollView:
    """Who holds the seats: for the council's secretary and chair, and auditors."""
    opened = (await query.load(SITTING, query.path_id("sitting_id"))).state.opened
    if opened is None or not await may_read_names(
        query,
        opened.agenda[0].model,
        body=opened.council_body,
        appraising_unit=opened.appraising_unit,
    ):
        raise NotFoundError("sitting")
    holders = {one.seat.seat: one.holder for one in await held(query, opened.roll)}
    seats = []
    for seat in opened.roll:
        found = holders.get(seat.seat)
        seats.append(
            NamedSeat(
                seat=seat.seat,
                role=seat.role,
                name=None if found is None else found.name,
                account=None if found is None else found.account,
                member_id=None if found is None else found.member_id,
            )
        )
    return RollView(sitting_id=opened.sitting_id, seats=tuple(seats))
