"""What registration answers to readers."""

from datetime import date, datetime
from typing import Final, Literal
from uuid import UUID

import msgspec
from sqlalchemy import func, select

from services.registration.domain.model import MODEL
from services.registration.domain.model_state import Status
from services.registration.domain.movement import MOVEMENT
from services.registration.domain.plan import Plan
from services.registration.domain.term import YearOver
from services.registration.organization_rows import successions
from services.registration.readmodel import (
    holdings,
    models,
    movements,
    numbers,
    progress,
)
from shared.contracts.intake import SimilarityFound
from shared.contracts.registration import (
    CalendarSet,
    LatenessRecorded,
    ModelRegistered,
    MovementLaunched,
    SiteSurveyed,
    SupplementRequested,
    WrittenResultsSubmitted,
)
from shared.contracts.running import ProgressReported
from shared.contracts.values import (
    Aim,
    CategoryId,
    HolderKind,
    ModelId,
    OrganizationId,
    WorkField,
    Year,
)
from shared.domain.time import legal_date
from shared.host.cursor import Order, PageParameters, fetch_page, order_for
from shared.host.lists import into, where_equal, where_found
from shared.host.service import NotFoundError, Page, Query
from shared.host.successions import where_standing


class NoParameters(msgspec.Struct, frozen=True, kw_only=True):
    """A read without parameters of its own."""


# --- movements --------------------------------------------------------------------------------


class MovementRow(msgspec.Struct, frozen=True, kw_only=True):
    """A movement in the list."""

    movement_id: UUID
    name: str
    first_year: int
    last_year: int
    launching_body: UUID


async def list_movements(query: Query[PageParameters]) -> Page[MovementRow]:
    """Movements, the latest first."""
    order = (Order(movements.c.first_year, descending=True), Order(movements.c.movement_id))
    return await fetch_page(
        query.read, select(movements), order, query.parameters, into(MovementRow)
    )


class MovementView(msgspec.Struct, frozen=True, kw_only=True):
    """A movement with the calendars of its years."""

    movement: MovementLaunched
    calendars: tuple[CalendarSet, ...]
    revision: int


async def get_movement(query: Query[NoParameters]) -> MovementView:
    """A movement as it stands."""
    loaded = await query.load(MOVEMENT, query.path_id("movement_id"))
    if loaded.state.launched is None:
        raise NotFoundError("movement")
    return MovementView(
        movement=loaded.state.launched,
        calendars=tuple(loaded.state.calendars.values()),
        revision=loaded.revision,
    )


# --- models -----------------------------------------------------------------------------------


class ListModels(PageParameters, frozen=True, kw_only=True):
    """Filters of the list of models; `q` ignores case and diacritics; `year` is any of a model's term. A body that
    succeeded another finds its models too.
    """

    q: str | None = None
    movement: UUID | None = None
    year: Year | None = None
    status: Status | None = None
    field: WorkField | None = None
    sub_field: CategoryId | None = None
    committee: UUID | None = None
    holder: UUID | None = None
    deciding_body: UUID | None = None
    sort: Literal["-registered_at", "registered_at", "name"] = "-registered_at"


class ModelRow(msgspec.Struct, frozen=True, kw_only=True):
    """A model in the list. Results and session are those of `reports_year`. An individual's name is personal data and
    not shown.
    """

    model_id: UUID
    movement: UUID
    year: int
    last_year: int
    reports_year: int
    aim: Aim
    name: str
    address: str
    field: WorkField
    sub_field: CategoryId | None
    status: Status
    holder_kind: HolderKind
    holder: UUID
    holder_name: str | None
    category: CategoryId
    committee: UUID
    deciding_body: UUID
    register_number: str | None
    registered_at: datetime
    progress_reports: int
    last_progress_until: date | None
    results_submitted_on: date | None
    days_late: int | None
    session: Literal["none", "held", "missed"]
    session_on: date | None


_ORDERS: Final[dict[str, tuple[Order, ...]]] = {
    "-registered_at": (
        Order(models.c.registered_at, descending=True),
        Order(models.c.model_id),
    ),
    "registered_at": (Order(models.c.registered_at), Order(models.c.model_id)),
    "name": (Order(models.c.search), Order(models.c.model_id)),
}


async def list_models(query: Query[ListModels]) -> Page[ModelRow]:
    """Registered models; what is only surveyed is a draft and not listed."""
    wanted = query.parameters
    with_numbers = (
        select(
            models,
            numbers.c.register_number,
            func.coalesce(progress.c.reports, 0).label("progress_reports"),
        )
        .outerjoin(numbers, numbers.c.model_id == models.c.model_id)
        .outerjoin(progress, progress.c.model_id == models.c.model_id)
    )
    statement = where_equal(
        where_found(
            with_numbers, models.c.search.concat(" ").concat(models.c.holder_search), wanted.q
        ),
        (models.c.movement, wanted.movement),
        (models.c.status, wanted.status),
        (models.c.field, wanted.field),
        (models.c.sub_field, wanted.sub_field),
    )
    if wanted.year is not None:
        statement = statement.where(models.c.year <= wanted.year, models.c.last_year >= wanted.year)
    statement = await where_standing(
        query.read,
        successions,
        statement,
        models.c.model_id,
        legal_date(query.now),
        (models.c.committee, wanted.committee, "committee"),
        (models.c.deciding_body, wanted.deciding_body, "deciding_body"),
    )
    if wanted.holder is not None:
        held = await where_standing(
            query.read,
            successions,
            select(holdings.c.model_id),
            holdings.c.model_id,
            legal_date(query.now),
            (holdings.c.organization, wanted.holder, "holder"),
        )
        statement = statement.where(models.c.model_id.in_(held))
    order = order_for(wanted.sort, _ORDERS)
    return await fetch_page(query.read, statement, order, wanted, into(ModelRow))


class ModelView(msgspec.Struct, frozen=True, kw_only=True):
    """A model as it stands, without personal data: names are references. Results, lateness, session and more time are
    those of `reports_year`; `years_over` has what the years of its term before it came to.
    """

    model_id: UUID
    status: Status
    revision: int
    reports_year: int
    last_year: int
    years_over: tuple[YearOver, ...]
    survey: SiteSurveyed | None
    registration: ModelRegistered
    consents: tuple[OrganizationId, ...]
    """The joint holders that agreed."""
    answer_by: date | None
    """The last day for the committee's answer; None while the holder supplements, and once it is given."""
    supplement_asked: SupplementRequested | None
    supplements: int
    similar: tuple[SimilarityFound, ...]
    accepted_because: str | None
    register_number: str | None
    plan: Plan | None
    core_members: int
    praises: int
    open_difficulties: int
    last_progress: ProgressReported | None
    results: WrittenResultsSubmitted | None
    lateness: LatenessRecorded | None
    late_report_accepted: bool
    session_on: date | None
    session_held: bool
    session_missed: bool
    results_extended_to: date | None
    suspended: bool
    original: ModelId | None
    continues: ModelId | None
    """The model of a former year that it carries on."""


async def get_model(query: Query[NoParameters]) -> ModelView:
    """A registered model as it stands."""
    loaded = await query.load(MODEL, query.path_id("model_id"))
    state = loaded.state
    if state.registration is None:
        raise NotFoundError("model")
    granted, source = state.extensions.granted, state.life.replicates
    continued = state.term.continued
    return ModelView(
        model_id=state.registration.model_id,
        status=state.status,
        revision=loaded.revision,
        reports_year=state.term.year,
        last_year=state.term.last_year,
        years_over=state.term.over,
        survey=state.survey,
        registration=state.registration,
        consents=tuple(sorted(state.consents, key=str)),
        answer_by=state.answering.due_on,
        supplement_asked=state.answering.asked,
        supplements=state.answering.supplements,
        similar=state.similar,
        accepted_because=state.accepted_because,
        register_number=state.register_number,
        plan=state.plan,
        core_members=len(state.planning.team),
        praises=len(state.support.praises),
        open_difficulties=state.support.open_difficulties,
        last_progress=state.last_progress,
        results=state.results,
        lateness=state.lateness,
        late_report_accepted=state.late_report_accepted,
        session_on=None if state.session is None else state.session.held_on,
        session_held=state.session_held,
        session_missed=state.session_missed,
        results_extended_to=granted.due_before if granted is not None else None,
        suspended=state.life.suspended is not None,
        original=source.original if source is not None else None,
        continues=continued.continues if continued is not None else None,
    )
