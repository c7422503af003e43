"""Over HTTP: the supplement to a registration, and the answers a committee owes."""

from datetime import date
from typing import Final
from uuid import UUID

import msgspec
from msgspec.structs import asdict
from sqlalchemy import and_, func, select

from services.registration import facts
from services.registration.domain.answering import (
    RequestSupplement,
    RequestSupplementForm,
    SupplySupplement,
    SupplySupplementForm,
)
from services.registration.domain.model import MODEL
from services.registration.organization_rows import lines, successions
from services.registration.readmodel import models
from shared.domain.time import legal_date
from shared.host.cursor import Order, PageParameters, fetch_page
from shared.host.lists import into, where_equal
from shared.host.service import Api, Call, Outcome, Page, Query
from shared.host.successions import around, where_standing

_ONE: Final = "/models/{model_id}"
_TAG: Final = "models"


async def request_supplement(call: Call[RequestSupplementForm]) -> Outcome:
    """Ask for what is missing in a registration, as its party committee; its time to answer stands still
    until it is supplied (practice: supplements_max).
    """
    model = call.path_id("model_id")
    known = await facts.of_model(call, (await call.load(MODEL, model)).state)
    successions_of, ends = await facts.of_duties(call, model)
    command = RequestSupplement(
        **asdict(call.body), at=call.now, successions=successions_of, rules=known.rules
    )
    cites = tuple(dict.fromkeys((*known.cites, *ends)))
    return await call.execute(MODEL, model, command, cites=cites, rules=known.rule_set_name)


async def supply_supplement(call: Call[SupplySupplementForm]) -> Outcome:
    """Supply what the committee asked for, with the items of the registration that change."""
    model = call.path_id("model_id")
    known = await facts.of_model(call, (await call.load(MODEL, model)).state)
    command = SupplySupplement(
        answer=call.body.answer, changes=call.body.changes, at=call.now, rules=known.rules
    )
    return await call.execute(MODEL, model, command, cites=known.cites, rules=known.rule_set_name)


class ListOverdueAnswers(PageParameters, frozen=True, kw_only=True):
    """Filters of the answers that are overdue: those a `committee` owes, or those owed by the committees that
    stand directly under `above` in the party line.
    """

    committee: UUID | None = None
    above: UUID | None = None
    movement: UUID | None = None


class OverdueAnswerRow(msgspec.Struct, frozen=True, kw_only=True):
    """A registration whose committee should have answered by `answer_by`."""

    model_id: UUID
    name: str
    holder: UUID
    committee: UUID
    answer_by: date


async def list_overdue_answers(query: Query[ListOverdueAnswers]) -> Page[OverdueAnswerRow]:
    """Registrations whose committee let the day pass that it should have answered by, the longest overdue first
    (practice: registration_answer_working_days).
    """
    wanted, today = query.parameters, legal_date(query.now)
    statement = where_equal(
        select(models).where(
            models.c.status == "registered", models.c.answer_by < today.isoformat()
        ),
        (models.c.movement, wanted.movement),
    )
    statement = await where_standing(
        query.read,
        successions,
        statement,
        models.c.model_id,
        today,
        (models.c.committee, wanted.committee, "committee"),
    )
    if wanted.above is not None:
        known = await around(query.read, successions, [wanted.above], today)
        superiors = [str(body) for body in known.stands_for(wanted.above, None, today)]
        latest = (
            select(lines.c.organization_id, func.max(lines.c.valid_from).label("valid_from"))
            .where(lines.c.line == "party", lines.c.valid_from <= today.isoformat())
            .group_by(lines.c.organization_id)
            .subquery()
        )
        below = (
            select(lines.c.organization_id)
            .join(
                latest,
                and_(
                    latest.c.organization_id == lines.c.organization_id,
                    latest.c.valid_from == lines.c.valid_from,
                ),
            )
            .where(lines.c.line == "party", lines.c.superior.in_(superiors))
        )
        statement = statement.where(models.c.committee.in_(below))
    order = (Order(models.c.answer_by), Order(models.c.model_id))
    return await fetch_page(query.read, statement, order, wanted, into(OverdueAnswerRow))


def routes(api: Api) -> None:
    """Declare the routes of supplements and of overdue answers."""
    api.write(
        f"{_ONE}/supplement-request",
        RequestSupplementForm,
        request_supplement,
        command=RequestSupplement,
        tag=_TAG,
    )
    api.write(
        f"{_ONE}/supplement",
        SupplySupplementForm,
        supply_supplement,
        command=SupplySupplement,
        tag=_TAG,
    )
    api.read(
        "/overdue-answers",
        ListOverdueAnswers,
        list_overdue_answers,
        answer=Page[OverdueAnswerRow],
        tag=_TAG,
    )
