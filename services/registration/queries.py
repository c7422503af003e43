"""What registration answers to readers."""

from datetime import date
from typing import Final, Literal
from uuid import UUID

import msgspec
from sqlalchemy import func, select

from services.registration.domain.model import MODEL
from services.registration.domain.model_state import Status
from services.registration.domain.movement import MOVEMENT
from services.registration.domain.organization import (
    ORGANIZATION,
    Competence,
    OrganizationLine,
)
from services.registration.readmodel import (
    models,
    movements,
    numbers,
    organizations,
    progress,
)
from shared.contracts.registration import (
    CalendarSet,
    LatenessRecorded,
    ModelRegistered,
    MovementLaunched,
    OrganizationCreated,
    PlanAdopted,
    ProgressReported,
    SiteSurveyed,
    WrittenResultsSubmitted,
)
from shared.contracts.values import CategoryId, HolderKind, Level, WorkField, Year
from shared.host.cursor import Order, PageParameters, fetch_page, order_for
from shared.host.lists import into, where_equal, where_found
from shared.host.service import NotFoundError, Page, Query


class NoParameters(msgspec.Struct, frozen=True, kw_only=True):
    """A read without parameters of its own."""


# --- organisations ----------------------------------------------------------------------------


class ListOrganizations(PageParameters, frozen=True, kw_only=True):
    """Filters of the list of organisations; `q` ignores case and diacritics."""

    q: str | None = None
    level: Level | None = None
    kind: str | None = None


class OrganizationRow(msgspec.Struct, frozen=True, kw_only=True):
    """An organisation in the list, with who stands above it in each line."""

    organization_id: UUID
    name: str
    kind: str
    level: Level
    place: str
    category: CategoryId | None
    party_superior: UUID | None
    vertical_superior: UUID | None
    territory_superior: UUID | None


async def list_organizations(query: Query[ListOrganizations]) -> Page[OrganizationRow]:
    """Organisations by name."""
    wanted = query.parameters
    statement = where_equal(
        where_found(select(organizations), organizations.c.search, wanted.q),
        (organizations.c.level, wanted.level),
        (organizations.c.kind, wanted.kind),
    )
    order = (Order(organizations.c.search), Order(organizations.c.organization_id))
    return await fetch_page(query.read, statement, order, wanted, into(OrganizationRow))


class OrganizationView(msgspec.Struct, frozen=True, kw_only=True):
    """An organisation with all its lines and competences, past ones too."""

    organization: OrganizationCreated
    lines: tuple[OrganizationLine, ...]
    competences: tuple[Competence, ...]
    revision: int


async def get_organization(query: Query[NoParameters]) -> OrganizationView:
    """An organisation as it stands."""
    loaded = await query.load(ORGANIZATION, query.path_id("organization_id"))
    state = loaded.state
    if state.created is None:
        raise NotFoundError("organization")
    return OrganizationView(
        organization=state.created,
        lines=state.lines,
        competences=state.competences,
        revision=loaded.revision,
    )


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
    """Filters of the list of models; `q` ignores case and diacritics."""

    q: str | None = None
    movement: UUID | None = None
    year: Year | None = None
    status: Status | None = None
    field: WorkField | None = None
    committee: UUID | None = None
    holder: UUID | None = None
    deciding_body: UUID | None = None
    sort: Literal["-registered_at", "registered_at", "name"] = "-registered_at"


class ModelRow(msgspec.Struct, frozen=True, kw_only=True):
    """A model in the list. An individual's name is personal data and not shown."""

    model_id: UUID
    movement: UUID
    year: int
    aim: str
    name: str
    address: str
    field: WorkField
    status: Status
    holder_kind: HolderKind
    holder: UUID
    holder_name: str | None
    category: CategoryId
    committee: UUID
    deciding_body: UUID
    register_number: str | None
    registered_at: str
    progress_reports: int
    last_progress_until: date | None
    results_submitted_on: date | None
    days_late: int | None
    session: str
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
        where_found(with_numbers, models.c.search, wanted.q),
        (models.c.movement, wanted.movement),
        (models.c.year, wanted.year),
        (models.c.status, wanted.status),
        (models.c.field, wanted.field),
        (models.c.committee, wanted.committee),
        (models.c.holder, wanted.holder),
        (models.c.deciding_body, wanted.deciding_body),
    )
    order = order_for(wanted.sort, _ORDERS)
    return await fetch_page(query.read, statement, order, wanted, into(ModelRow))


class ModelView(msgspec.Struct, frozen=True, kw_only=True):
    """A model as it stands, without personal data: names are references."""

    model_id: UUID
    status: Status
    revision: int
    survey: SiteSurveyed | None
    registration: ModelRegistered
    register_number: str | None
    plan: PlanAdopted | None
    core_members: int
    last_progress: ProgressReported | None
    results: WrittenResultsSubmitted | None
    lateness: LatenessRecorded | None
    late_report_accepted: bool
    session_on: date | None
    session_held: bool
    session_missed: bool


async def get_model(query: Query[NoParameters]) -> ModelView:
    """A registered model as it stands."""
    loaded = await query.load(MODEL, query.path_id("model_id"))
    state = loaded.state
    if state.registration is None:
        raise NotFoundError("model")
    return ModelView(
        model_id=state.registration.model_id,
        status=state.status,
        revision=loaded.revision,
        survey=state.survey,
        registration=state.registration,
        register_number=state.register_number,
        plan=state.plan,
        core_members=0 if state.core_team is None else len(state.core_team.members),
        last_progress=state.last_progress,
        results=state.results,
        lateness=state.lateness,
        late_report_accepted=state.late_report_accepted,
        session_on=None if state.session is None else state.session.held_on,
        session_held=state.session_held,
        session_missed=state.session_missed,
    )
