"""What recognition answers to readers."""

from datetime import date, datetime
from typing import Final, Literal, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import exists, select

from services.recognition.domain.case import CASE
from services.recognition.domain.case_state import Case
from services.recognition.readmodel import (
    SUCCESSIONS,
    Proposal,
    Standing,
    Status,
    cases,
    certificates,
    models,
)
from shared.contracts.exemplar import (
    EndorsementGiven,
    EndorsementRefused,
    EndorsementWaived,
    ExemplarPutForward,
)
from shared.contracts.recognition import (
    Advice,
    CaseDiscontinued,
    CaseOpened,
    CompetenceDetermined,
    DecisionDepartedFromAdvice,
    Declined,
    DuplicateFound,
    ProposalReturned,
    ProposalSubmitted,
    Recognized,
)
from shared.contracts.values import Aim, Year
from shared.domain.time import legal_date
from shared.host.cursor import Order, PageParameters, fetch_page
from shared.host.lists import Statement, into, where_equal, where_found
from shared.host.service import NotFoundError, Page, Query
from shared.host.successions import where_standing

E = TypeVar("E", EndorsementGiven, EndorsementRefused, EndorsementWaived)


class NoParameters(msgspec.Struct, frozen=True, kw_only=True):
    """A read without parameters of its own."""


class CaseFilter(PageParameters, frozen=True, kw_only=True):
    """Filters of the lists; `q` searches model and holder, ignoring case and diacritics."""

    q: str | None = None
    body: UUID | None = None
    year: Year | None = None


class ListCases(CaseFilter, frozen=True, kw_only=True):
    """Filters of the list of cases."""

    status: Status | None = None
    proposal: Proposal | None = None
    review: UUID | None = None


class ListDecisions(CaseFilter, frozen=True, kw_only=True):
    """Filters of the public list of decisions."""

    outcome: Literal["recognized", "declined"] | None = None
    standing: Standing | None = None
    certified: bool | None = None
    """Whether a certificate was issued: what a signer still has to issue is recognised, stands and is not."""


class CaseRow(msgspec.Struct, frozen=True, kw_only=True):
    """A case in the list."""

    case_id: UUID
    model_id: UUID
    model_name: str
    year: int
    aim: Aim
    holder: UUID
    committee: UUID
    deciding_body: UUID
    advice: Advice
    status: Status
    opened_at: datetime
    named_body_competent: bool | None
    duplicates: int
    proposal: Proposal | None
    decision_number: str | None
    decided_on: date | None
    standing: Standing | None
    complaints_open: int
    revocation_due: date | None
    review: UUID | None


_LISTED: Final = select(cases, models.c.name.label("model_name")).join(
    models, models.c.model_id == cases.c.model_id
)
_NEWEST_FIRST: Final = (
    Order(cases.c.opened_at, descending=True),
    Order(cases.c.case_id, descending=True),
)
_LAST_DECIDED_FIRST: Final = (
    Order(cases.c.decided_on, descending=True),
    Order(cases.c.case_id, descending=True),
)


async def list_cases(query: Query[ListCases]) -> Page[CaseRow]:
    """Cases, newest first."""
    wanted = query.parameters
    statement = where_equal(
        await _filtered(query),
        (cases.c.status, wanted.status),
        (cases.c.proposal, wanted.proposal),
        (cases.c.review, wanted.review),
    )
    return await fetch_page(query.read, statement, _NEWEST_FIRST, wanted, into(CaseRow))


async def list_decisions(query: Query[ListDecisions]) -> Page[CaseRow]:
    """Decisions, the latest first: what was recognised and what was declined."""
    wanted = query.parameters
    decided = (await _filtered(query)).where(cases.c.decided_on.is_not(None))
    statement = where_equal(
        decided, (cases.c.status, wanted.outcome), (cases.c.standing, wanted.standing)
    )
    if wanted.certified is not None:
        issued = exists().where(certificates.c.case_id == cases.c.case_id)
        statement = statement.where(issued if wanted.certified else ~issued)
    return await fetch_page(query.read, statement, _LAST_DECIDED_FIRST, wanted, into(CaseRow))


async def _filtered(query: Query[CaseFilter]) -> Statement:
    wanted = query.parameters
    found = where_found(
        _LISTED, models.c.search.concat(" ").concat(models.c.holder_search), wanted.q
    )
    return await where_standing(
        query.read,
        SUCCESSIONS,
        where_equal(found, (cases.c.year, wanted.year)),
        cases.c.model_id,
        legal_date(query.now),
        (cases.c.deciding_body, wanted.body, "deciding_body"),
    )


class CaseView(msgspec.Struct, frozen=True, kw_only=True):
    """A case as it stands: its grounds, every competent body, earlier cases about the same achievement,
    the proposal, the decision; names are references.
    """

    case_id: UUID
    revision: int
    opened: CaseOpened
    competence: CompetenceDetermined | None
    duplicates: tuple[DuplicateFound, ...]
    proposal: ProposalSubmitted | None
    proposal_returned: ProposalReturned | None
    put_forward: ExemplarPutForward | None
    endorsed: tuple[EndorsementGiven, ...]
    endorsements_refused: tuple[EndorsementRefused, ...]
    endorsements_waived: tuple[EndorsementWaived, ...]
    fallen: tuple[UUID, ...]
    recognized: Recognized | None
    declined: Declined | None
    departure: DecisionDepartedFromAdvice | None
    discontinued: CaseDiscontinued | None


def _of(kind: type[E], state: Case) -> tuple[E, ...]:
    return tuple(found for found in state.endorsements.values() if isinstance(found, kind))


async def get_case(query: Query[NoParameters]) -> CaseView:
    """A case with its grounds, its competent bodies and its decision."""
    loaded = await query.load(CASE, query.path_id("case_id"))
    state = loaded.state
    if state.opened is None:
        raise NotFoundError("case")
    decision = state.decision
    return CaseView(
        case_id=state.opened.case_id,
        revision=loaded.revision,
        opened=state.opened,
        competence=state.competence,
        duplicates=state.duplicates,
        proposal=state.proposal,
        proposal_returned=state.returned,
        put_forward=state.forward,
        endorsed=_of(EndorsementGiven, state),
        endorsements_refused=_of(EndorsementRefused, state),
        endorsements_waived=_of(EndorsementWaived, state),
        fallen=state.fallen,
        recognized=decision if isinstance(decision, Recognized) else None,
        declined=decision if isinstance(decision, Declined) else None,
        departure=state.departure,
        discontinued=state.discontinued,
    )
