"""Site visits over HTTP: calling them, recording what was found, and their schedule."""

from datetime import date
from typing import Final
from uuid import UUID

import msgspec
from msgspec.structs import asdict
from sqlalchemy import or_, select

from services.evaluation import facts, team_facts
from services.evaluation.domain.appraisal import APPRAISAL
from services.evaluation.domain.appraisal_state import Appraisal
from services.evaluation.domain.scoring import refuse_unknown_files
from services.evaluation.domain.visits import (
    RecordVisit,
    RecordVisitForm,
    ScheduleVisit,
    ScheduleVisitForm,
    refuse_unknown_visit,
)
from services.evaluation.readmodel import SUCCESSIONS, appraisals, models
from services.evaluation.team_rows import visits
from shared.contracts.appraisal import AppraisalOpened
from shared.domain.time import legal_date
from shared.host.cursor import Order, PageParameters, fetch_page
from shared.host.lists import into, where_equal
from shared.host.service import Api, Call, NotFoundError, Outcome, Page, Query
from shared.host.successions import where_standing


async def schedule_visit(call: Call[ScheduleVisitForm]) -> Outcome:
    """Schedule a visit to the site, or move one: the holder and its committee are told."""
    appraisal, state, dossier = await _dossier(call)
    form = call.body
    refuse_unknown_visit(state, form.visit)
    command = ScheduleVisit(
        on=form.on, place=form.place, visit=form.visit or call.derive("visit"), at=call.now
    )
    rules = facts.rule_set_name(dossier)
    return await call.execute(APPRAISAL, appraisal, command, rules=rules)


async def record_visit(call: Call[RecordVisitForm]) -> Outcome:
    """Record a visit: day, place, who was there, what was found, and the evidence. Names of visitors are kept
    apart; the findings are public, so write none into them.
    """
    appraisal, state, dossier = await _dossier(call)
    form = call.body
    refuse_unknown_visit(state, form.visit)
    known = await team_facts.attached(call.read, dossier.model, form.files)
    refuse_unknown_files(form.files, known)
    told = {name: value for name, value in asdict(form).items() if name not in _OF_THE_FORM}
    visit = form.visit or call.derive("visit")
    draft = RecordVisit(**told, visit=visit, visitors=None, at=call.now)
    await call.permit(APPRAISAL, appraisal, draft)
    visitors = None
    if form.visitors:
        visitors = await call.keep("visitors", msgspec.json.encode(form.visitors))
    command = msgspec.structs.replace(draft, visitors=visitors)
    rules = facts.rule_set_name(dossier)
    return await call.execute(APPRAISAL, appraisal, command, rules=rules)


_OF_THE_FORM: Final = frozenset({"visit", "visitors"})
"""What the command has in another shape."""


async def _dossier(
    call: Call[ScheduleVisitForm] | Call[RecordVisitForm],
) -> tuple[UUID, Appraisal, AppraisalOpened]:
    appraisal = call.path_id("appraisal_id")
    state = (await call.load(APPRAISAL, appraisal)).state
    if state.opened is None:
        raise NotFoundError("appraisal")
    return appraisal, state, state.opened


class ListVisits(PageParameters, frozen=True, kw_only=True):
    """Filters of the schedule; days are included. `done` leaves those that took place, or did not yet."""

    unit: UUID | None = None
    model: UUID | None = None
    since: date | None = None
    until: date | None = None
    done: bool | None = None


class VisitRow(msgspec.Struct, frozen=True, kw_only=True):
    """A visit in the schedule."""

    visit_id: UUID
    appraisal_id: UUID
    model: UUID
    model_name: str | None
    appraising_unit: UUID
    visit_on: date
    place: str
    done: bool


async def list_visits(query: Query[ListVisits]) -> Page[VisitRow]:
    """The schedule of visits, by day. A visit that was only planned goes with its appraisal."""
    wanted = query.parameters
    statement = (
        select(visits, appraisals.c.appraising_unit, models.c.name.label("model_name"))
        .select_from(
            visits.join(appraisals, appraisals.c.appraisal_id == visits.c.appraisal_id).outerjoin(
                models, models.c.model_id == visits.c.model
            )
        )
        .where(or_(visits.c.done.is_(True), appraisals.c.status == "opened"))
    )
    if wanted.since is not None:
        statement = statement.where(visits.c.visit_on >= wanted.since.isoformat())
    if wanted.until is not None:
        statement = statement.where(visits.c.visit_on <= wanted.until.isoformat())
    if wanted.done is not None:
        statement = statement.where(visits.c.done.is_(wanted.done))
    statement = await where_standing(
        query.read,
        SUCCESSIONS,
        where_equal(statement, (visits.c.model, wanted.model)),
        visits.c.model,
        legal_date(query.now),
        (appraisals.c.appraising_unit, wanted.unit, "appraising_unit"),
    )
    order = (Order(visits.c.visit_on), Order(visits.c.visit_id))
    return await fetch_page(query.read, statement, order, wanted, into(VisitRow))


def routes(api: Api) -> None:
    """Declare the routes of visits."""
    tag, one = "visits", "/appraisals/{appraisal_id}/visits"
    api.write(f"{one}/schedule", ScheduleVisitForm, schedule_visit, command=ScheduleVisit, tag=tag)
    api.write(one, RecordVisitForm, record_visit, command=RecordVisit, tag=tag)
    api.read("/visits", ListVisits, list_visits, answer=Page[VisitRow], tag=tag)
