"""What evaluation answers about ballots. Tallies are public; names are for those entitled to them."""

from datetime import datetime
from typing import Final, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import func, select

from services.evaluation.domain.ballot import BALLOT, Ballot
from services.evaluation.domain.sitting import SITTING
from services.evaluation.persons import held
from services.evaluation.readmodel import BallotStatus, ballots, votes
from services.evaluation.successors import standing_for
from shared.contracts.evaluation import (
    AttendanceRecorded,
    BallotClosed,
    BallotOpened,
    BallotTallied,
    QuorumMissed,
)
from shared.contracts.sitting import MemberRecused
from shared.contracts.values import Choice, ModelId, OrganizationId
from shared.domain.time import legal_date
from shared.host.cursor import Order, PageParameters, fetch_page
from shared.host.lists import into, where_equal
from shared.host.policy import Role
from shared.host.service import NotFoundError, Page, Query

P = TypeVar("P", bound=msgspec.Struct)

NAME_READERS: Final = (Role.SECRETARY, Role.CHAIR, Role.AUDITOR)
"""Who may learn members' names: the council's secretary and chair, and auditors."""


class NoParameters(msgspec.Struct, frozen=True, kw_only=True):
    """A read without parameters of its own."""


async def holds_today(query: Query[P], model: ModelId | None, **duties: OrganizationId) -> bool:
    """Whether the reader's organisation holds one of the duties today: given to it, or to one it succeeded."""
    if query.actor is None or query.actor.organization is None:
        return False
    standing, _ = await standing_for(query.read, duties, model, legal_date(query.now))
    return query.actor.organization in standing.values()


async def may_read_names(query: Query[P], model: ModelId | None, **duties: OrganizationId) -> bool:
    """An auditor may everywhere, others where their own organisation holds one of the duties."""
    if query.actor is not None and Role.AUDITOR in query.actor.roles:
        return True
    return await holds_today(query, model, **duties)


class ListBallots(PageParameters, frozen=True, kw_only=True):
    """Filters of the list of ballots."""

    appraisal: UUID | None = None
    model: UUID | None = None
    council: UUID | None = None
    sitting: UUID | None = None
    status: BallotStatus | None = None


class BallotRow(msgspec.Struct, frozen=True, kw_only=True):
    """A ballot in the list. `repeatable`: counted without a decision, and the council may vote again."""

    ballot_id: UUID
    appraisal: UUID
    model: UUID
    council: UUID
    sitting: UUID
    question: str
    round: int
    former: UUID | None
    status: BallotStatus
    opened_at: datetime
    eligible: int
    adopted: bool | None
    repeatable: bool


async def list_ballots(query: Query[ListBallots]) -> Page[BallotRow]:
    """Ballots, newest first."""
    wanted = query.parameters
    statement = where_equal(
        select(ballots),
        (ballots.c.appraisal, wanted.appraisal),
        (ballots.c.model, wanted.model),
        (ballots.c.council, wanted.council),
        (ballots.c.sitting, wanted.sitting),
        (ballots.c.status, wanted.status),
    )
    order = (Order(ballots.c.opened_at, descending=True), Order(ballots.c.ballot_id))
    return await fetch_page(query.read, statement, order, wanted, into(BallotRow))


class VoteRow(msgspec.Struct, frozen=True, kw_only=True):
    """A vote by pseudonym; `counts` is None until the tally."""

    pseudonym: UUID
    choice: Choice
    counts: bool | None


class BallotView(msgspec.Struct, frozen=True, kw_only=True):
    """A ballot as it stands. Choices are shown once it is closed, so that they sway nobody; until then
    only how many have voted.
    """

    ballot_id: UUID
    revision: int
    opened: BallotOpened
    recused: tuple[MemberRecused, ...]
    attendance: AttendanceRecorded | None
    closed: BallotClosed | None
    tallied: BallotTallied | None
    quorum_missed: QuorumMissed | None
    votes_cast: int
    votes: tuple[VoteRow, ...]


async def get_ballot(query: Query[NoParameters]) -> BallotView:
    """A ballot with its rules, its votes by pseudonym once closed, and its tally."""
    loaded = await query.load(BALLOT, query.path_id("ballot_id"))
    state = loaded.state
    if state.opened is None:
        raise NotFoundError("ballot")
    ballot = str(state.opened.ballot_id)
    cast = await query.read.scalar(
        select(func.count()).select_from(votes).where(votes.c.ballot == ballot)
    )
    return BallotView(
        ballot_id=state.opened.ballot_id,
        revision=loaded.revision,
        opened=state.opened,
        recused=state.recused,
        attendance=state.attendance,
        closed=state.closed,
        tallied=state.tallied,
        quorum_missed=state.quorum_missed,
        votes_cast=cast or 0,
        votes=() if state.closed is None else await _votes(query, state, ballot),
    )


async def _votes(query: Query[NoParameters], state: Ballot, ballot: str) -> tuple[VoteRow, ...]:
    statement = select(votes).where(votes.c.ballot == ballot).order_by(votes.c.pseudonym)
    counted = state.counted
    return tuple(
        VoteRow(
            pseudonym=UUID(row.pseudonym),
            choice=row.choice,
            counts=None if counted is None else UUID(row.pseudonym) in counted,
        )
        for row in (await query.read.execute(statement)).all()
    )


class NamedVoter(msgspec.Struct, frozen=True, kw_only=True):
    """A voter; name and account are None once erased."""

    pseudonym: UUID
    name: str | None
    account: str | None


class ElectorateView(msgspec.Struct, frozen=True, kw_only=True):
    """Who stands behind the pseudonyms of a ballot."""

    ballot_id: UUID
    voters: tuple[NamedVoter, ...]


async def get_electorate(query: Query[NoParameters]) -> ElectorateView:
    """Who stands behind the pseudonyms: for the council's secretary and chair, and auditors."""
    opened = (await query.load(BALLOT, query.path_id("ballot_id"))).state.opened
    if opened is None or not await may_read_names(
        query, opened.model, body=opened.council_body, appraising_unit=opened.appraising_unit
    ):
        raise NotFoundError("ballot")
    sitting = (await query.load(SITTING, opened.sitting)).state.opened
    assert sitting is not None
    seats = await held(query, sitting.roll)
    names = {one.pseudonym(opened.ballot_id): one.holder for one in seats}
    voters = []
    for pseudonym in opened.electorate:
        found = names.get(pseudonym)
        voters.append(
            NamedVoter(
                pseudonym=pseudonym,
                name=None if found is None else found.name,
                account=None if found is None else found.account,
            )
        )
    return ElectorateView(ballot_id=opened.ballot_id, voters=tuple(voters))
