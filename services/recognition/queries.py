"""What recognition answers to readers."""

from datetime import date, datetime
from typing import Final, Literal
from uuid import UUID

import msgspec
from sqlalchemy import select

from services.recognition.domain.case import CASE
from services.recognition.readmodel import Status, cases, models
from shared.contracts.recognition import (
    Advice,
    CaseDiscontinued,
    CaseOpened,
    CompetenceDetermined,
    DecisionDepartedFromAdvice,
    Declined,
    Recognized,
)
from shared.contracts.values import Aim, Year
from shared.host.cursor import Order, PageParameters, fetch_page
from shared.host.lists import Statement, into, where_equal, where_found
from shared.host.service import NotFoundError, Page, Query


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


class ListDecisions(CaseFilter, frozen=True, kw_only=True):
    """Filters of the public list of decisions."""

    outcome: Literal["recognized", "declined"] | None = None


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
    decision_number: str | None
    decided_on: date | None


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
    statement = where_equal(_filtered(wanted), (cases.c.status, wanted.status))
    return await fetch_page(query.read, statement, _NEWEST_FIRST, wanted, into(CaseRow))


async def list_decisions(query: Query[ListDecisions]) -> Page[CaseRow]:
    """Decisions, the latest first: what was recognised and what was declined."""
    wanted = query.parameters
    decided = _filtered(wanted).where(cases.c.decided_on.is_not(None))
    statement = where_equal(decided, (cases.c.status, wanted.outcome))
    return await fetch_page(query.read, statement, _LAST_DECIDED_FIRST, wanted, into(CaseRow))


def _filtered(wanted: CaseFilter) -> Statement:
    found = where_found(_LISTED, models.c.search, wanted.q)
    return where_equal(found, (cases.c.deciding_body, wanted.body), (cases.c.year, wanted.year))


class CaseView(msgspec.Struct, frozen=True, kw_only=True):
    """A case as it stands: its grounds, every competent body, the decision; names are references."""

    case_id: UUID
    revision: int
    opened: CaseOpened
    competence: CompetenceDetermined | None
    recognized: Recognized | None
    declined: Declined | None
    departure: DecisionDepartedFromAdvice | None
    discontinued: CaseDiscontinued | None


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
        recognized=decision if isinstance(decision, Recognized) else None,
        declined=decision if isinstance(decision, Declined) else None,
        departure=state.departure,
        discontinued=state.discontinued,
    )
