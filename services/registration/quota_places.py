"""Places of a unit's quota over HTTP: taken before a registration, freed after a withdrawal; and the units that
have fewer models than their rule set asks for.
"""

from datetime import date, timedelta
from typing import Final, Literal
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, and_, func, literal, or_, select

from services.registration.domain.holders import ChangeHolder
from services.registration.domain.model import MODEL
from services.registration.domain.model_commands import LapsePlace, RegisterModel
from services.registration.domain.model_state import Model
from services.registration.domain.quota import (
    PLACE_LAPSED,
    PLACES_MAX,
    QUOTA,
    QUOTA_FULL,
    FreePlace,
    TakePlace,
)
from services.registration.domain.stages import registration_of
from services.registration.domain.term import years_of
from services.registration.organization_queries import as_at
from services.registration.organization_rows import successions
from services.registration.readmodel import models, movements, rule_sets
from services.registration.rules_in_force import rules_in_force
from shared.contracts.evaluation import RuleSettings
from shared.contracts.holding import HolderChanged
from shared.contracts.registration import ModelWithdrawn
from shared.contracts.values import ModelId, MovementId, OrganizationId, RuleSetId, Year
from shared.domain.refusal import RefusedError
from shared.domain.time import legal_date
from shared.host.cursor import Order, PageParameters, fetch_page
from shared.host.ids import derive_id
from shared.host.lists import into
from shared.host.service import (
    Api,
    Call,
    NotFoundError,
    Page,
    Query,
    Reaction,
    Recorded,
    Work,
    when,
)
from shared.host.successions import around

HELD: Final = timedelta(minutes=2)
"""How long a place waits for its registration: far longer than the two appends of one request take."""


def quota_id(unit: UUID, movement: UUID, year: int) -> UUID:
    """The stream of a unit's places in a year."""
    return derive_id(movement, "quota", str(unit), str(year))


class Unit(msgspec.Struct, frozen=True, kw_only=True):
    """The unit whose place a model needs, the year, and the committee it is registered with."""

    model: ModelId
    unit: OrganizationId
    movement: MovementId
    year: int
    committee: OrganizationId

    @property
    def stream(self) -> UUID:
        """Where its places of the year are."""
        return quota_id(self.unit, self.movement, self.year)

    def has(self, state: Model) -> bool:
        """Whether the model takes a place of it already."""
        return state.counts_for(self.unit, self.movement, self.year)


async def place_for(
    call: Call[msgspec.Struct], command: RegisterModel | ChangeHolder, wanted: Unit
) -> UUID | None:
    """The place a model has in its unit's quota, taken now unless it has one; None where the rule set has
    no upper limit, or an individual holds it. Raises RefusedError.

    A crash between the taking and the command leaves a place without a model: the same request, sent
    again, finds it; another, that finds all places taken, lets it lapse.
    """
    most = command.rules.models_per_unit.at_most
    if most is None or command.holder_kind != "collective":
        return None
    state = (await call.load(MODEL, wanted.model)).state
    if not wanted.has(state):
        # What will be refused takes no place.
        await call.permit(MODEL, wanted.model, command)
        MODEL.decide(state, msgspec.structs.replace(command, place=call.derive("place")))
        take = TakePlace(
            place_id=call.derive("place"),
            unit=wanted.unit,
            movement=wanted.movement,
            year=wanted.year,
            model_id=wanted.model,
            committee=wanted.committee,
            at_most=most,
            counted=await _counted(call, wanted),
            at=call.now,
        )
        try:
            await call.execute(QUOTA, wanted.stream, take, prepares=True)
        except RefusedError as refused:
            if refused.refusal is not QUOTA_FULL or not await _free_unused(call, wanted):
                raise
            await call.execute(QUOTA, wanted.stream, take, prepares=True)
    place = (await call.load(QUOTA, wanted.stream)).state.get(wanted.model)
    if place is not None:
        return place.place_id
    if wanted.has(state):
        return call.derive("place")  # registered before there was a limit, and counted since
    raise PLACE_LAPSED()


async def _counted(call: Call[msgspec.Struct], wanted: Unit) -> tuple[ModelId, ...]:
    """The unit's collectives' models of the year, also those from before there was a limit."""
    statement = (
        select(models.c.model_id)
        .where(
            models.c.holder == str(wanted.unit),
            models.c.movement == str(wanted.movement),
            counts_in(wanted.year),
            models.c.holder_kind == "collective",
        )
        .order_by(models.c.model_id)
        .limit(PLACES_MAX)
    )
    found = (await call.read.execute(statement)).scalars()
    return tuple(ModelId(UUID(model)) for model in found)


def counts_in(year: int) -> ColumnElement[bool]:
    """Whether a model counts in its unit's quota of a year: in that of its registration, and in the later ones of
    its term unless it ended.
    """
    return and_(
        models.c.year <= year,
        models.c.last_year >= year,
        models.c.status != "withdrawn",
        or_(models.c.year == year, models.c.status != "ended"),
    )


async def _free_unused(call: Call[msgspec.Struct], wanted: Unit) -> bool:
    """Free the places that were taken a while ago for models that are not registered; whether there were any.

    The place lapses in its model's own stream first: a registration still on its way is refused there.
    """
    freed = False
    for model, place in (await call.load(QUOTA, wanted.stream)).state.items():
        if call.now - place.taken_at < HELD:
            continue
        lapse = LapsePlace(
            place_id=place.place_id,
            model_id=model,
            unit=wanted.unit,
            movement=wanted.movement,
            year=wanted.year,
            committee=wanted.committee,
            at=call.now,
        )
        await call.execute(MODEL, model, lapse, prepares=True)
        if not wanted.has((await call.load(MODEL, model)).state):
            free = FreePlace(
                place_id=place.place_id,
                unit=wanted.unit,
                committee=wanted.committee,
                why="not-registered",
                at=call.now,
            )
            await call.execute(QUOTA, wanted.stream, free, prepares=True)
            freed = True
    return freed


# --- after a withdrawal, after a change of holder -----------------------------------------------


async def _withdrawn(recorded: Recorded[ModelWithdrawn], work: Work) -> None:
    """A withdrawn model gives its unit's place back."""
    state = (await work.load(MODEL, recorded.event.model_id)).state
    if state.registration is not None:
        await _give_back(work, state, state.registration.holder, "withdrawn", recorded.id)


async def _changed(recorded: Recorded[HolderChanged], work: Work) -> None:
    """A model that went to another gives its former unit's place back, unless it came back there since."""
    state = (await work.load(MODEL, recorded.event.model_id)).state
    registration, former = state.registration, recorded.event.former
    if registration is not None and not state.counts_for(
        former, registration.movement, state.term.year
    ):
        await _give_back(work, state, former, "holder-changed", recorded.id)


async def _give_back(
    work: Work,
    state: Model,
    unit: OrganizationId,
    why: Literal["withdrawn", "holder-changed"],
    cause: UUID,
) -> None:
    registration = registration_of(state)
    for year in years_of(state.term):  # the place is one of the year in which its holder took it
        stream = quota_id(unit, registration.movement, year)
        place = (await work.load(QUOTA, stream)).state.get(registration.model_id)
        if place is not None:
            free = FreePlace(
                place_id=place.place_id,
                unit=unit,
                committee=registration.committee,
                why=why,
                at=work.now,
            )
            await work.execute(QUOTA, stream, free, cites=(cause,))


GIVE_BACK: Final[tuple[Reaction, ...]] = (
    when(ModelWithdrawn, _withdrawn),
    when(HolderChanged, _changed),
)

# --- units below their quota ------------------------------------------------------------------


class ListUnitsBelowQuota(PageParameters, frozen=True, kw_only=True):
    """The year of a movement, the body whose units are meant, and the day; today where none is named."""

    movement: UUID
    year: Year
    above: UUID
    on: date | None = None


class UnitBelowQuota(msgspec.Struct, frozen=True, kw_only=True):
    """A unit with fewer models than the rule set asks for."""

    organization_id: UUID
    name: str
    models: int
    at_least: int


async def list_units_below_quota(query: Query[ListUnitsBelowQuota]) -> Page[UnitBelowQuota]:
    """The units directly under a body in the party line that had, on a day, registered fewer collectives' models
    than its rule set asks of each, by name (practice: models_per_unit). Withdrawn models do not count.
    """
    wanted = query.parameters
    on = wanted.on or legal_date(query.now)
    at_least = await _asked_of_each(query, on)
    known = await around(query.read, successions, [wanted.above], on)
    superiors = [str(body) for body in known.stands_for(wanted.above, None, on)]
    units = as_at(on).subquery()
    registered = (
        select(models.c.holder, func.count().label("registered"))
        .where(
            models.c.movement == str(wanted.movement),
            counts_in(wanted.year),
            models.c.holder_kind == "collective",
            models.c.registered_on <= on.isoformat(),
        )
        .group_by(models.c.holder)
        .subquery()
    )
    count = func.coalesce(registered.c.registered, 0)
    statement = (
        select(
            units.c.organization_id,
            units.c.name,
            units.c.search,
            count.label("models"),
            literal(at_least).label("at_least"),
        )
        .outerjoin(registered, registered.c.holder == units.c.organization_id)
        .where(units.c.party_superior.in_(superiors), units.c.ended_on.is_(None), count < at_least)
    )
    order = (Order(units.c.search), Order(units.c.organization_id))
    return await fetch_page(query.read, statement, order, wanted, into(UnitBelowQuota))


async def _asked_of_each(query: Query[ListUnitsBelowQuota], on: date) -> int:
    wanted = query.parameters
    statement = select(movements).where(movements.c.movement_id == str(wanted.movement))
    movement = (await query.read.execute(statement)).one_or_none()
    if movement is None:
        raise NotFoundError("movement")
    held = await rules_in_force(
        query.read,
        RuleSetId(UUID(movement.rule_set)),
        movement.rule_set_version,
        OrganizationId(wanted.above),
        on,
    )
    found = await query.read.execute(
        select(rule_sets.c.settings).where(
            rule_sets.c.rule_set == str(held.rule_set), rule_sets.c.version == held.version
        )
    )
    return msgspec.json.decode(found.scalar_one(), type=RuleSettings).models_per_unit.value.at_least


def routes(api: Api) -> None:
    """Declare the work list of units below their quota."""
    api.read(
        "/units-below-quota",
        ListUnitsBelowQuota,
        list_units_below_quota,
        answer=Page[UnitBelowQuota],
        tag="models",
    )
