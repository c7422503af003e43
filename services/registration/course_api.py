"""The routes of a model's course: more time, corrections, suspension, end, re-attestation, replication."""

from typing import Final
from uuid import UUID

import msgspec
from msgspec.structs import asdict
from sqlalchemy import func, select

from services.registration import facts
from services.registration.domain.correction import CorrectEntry, CorrectEntryForm
from services.registration.domain.extension import (
    GrantExtension,
    GrantExtensionForm,
    RefuseExtension,
    RefuseExtensionForm,
)
from services.registration.domain.life import (
    EndModel,
    EndModelForm,
    ReattestModel,
    ReattestModelForm,
    RecordReplication,
    RecordReplicationForm,
    ResumeModel,
    ResumeModelForm,
    SuspendModel,
    SuspendModelForm,
)
from services.registration.domain.model import MODEL
from services.registration.domain.term import ChangeTerm, ChangeTermForm
from services.registration.readmodel import continuations, models
from services.registration.running_api import acting
from services.registration.running_queries import NoParameters, registered
from services.registration.running_rows import replications
from shared.contracts.running import ModelReattested
from shared.contracts.values import Year
from shared.host.cursor import Order, PageParameters, fetch_page
from shared.host.lists import into, where_equal
from shared.host.service import Api, Call, Outcome, Page, Query

_ONE: Final = "/models/{model_id}"
_TAG: Final = "course of models"
CONTINUATIONS_MAX: Final = 100
"""Continuations of a model that are shown; it has one a year at most."""


# --- more time, corrections -------------------------------------------------------------------


async def grant_extension(call: Call[GrantExtensionForm]) -> Outcome:
    """Give a model more time for its results, before the deadline (practice; clause III.2.1b)."""
    model = call.path_id("model_id")
    year, cites = await facts.calendar_of(call, (await call.load(MODEL, model)).state)
    successions, ends = await facts.of_duties(call, model)
    command = GrantExtension(
        **asdict(call.body), at=call.now, movement_year=year, successions=successions
    )
    return await call.execute(MODEL, model, command, cites=tuple(dict.fromkeys((*cites, *ends))))


async def refuse_extension(call: Call[RefuseExtensionForm]) -> Outcome:
    """Give a model no more time for its results, with the reason (practice; clause III.2.1b)."""
    model = call.path_id("model_id")
    year, cites = await facts.calendar_of(call, (await call.load(MODEL, model)).state)
    successions, ends = await facts.of_duties(call, model)
    command = RefuseExtension(
        **asdict(call.body), at=call.now, movement_year=year, successions=successions
    )
    return await call.execute(MODEL, model, command, cites=tuple(dict.fromkeys((*cites, *ends))))


async def change_term(call: Call[ChangeTermForm]) -> Outcome:
    """Extend or shorten a model's term as its party committee, with the reason (practice)."""
    model = call.path_id("model_id")
    known = await facts.of_model(call, (await call.load(MODEL, model)).state)
    successions, ends = await facts.of_duties(call, model)
    command = ChangeTerm(
        **asdict(call.body),
        at=call.now,
        movement_year=known.year,
        rules=known.rules,
        successions=successions,
    )
    cites = tuple(dict.fromkeys((*known.cites, *ends)))
    return await call.execute(MODEL, model, command, cites=cites, rules=known.rule_set_name)


async def correct_entry(call: Call[CorrectEntryForm]) -> Outcome:
    """Correct what was entered, with the reason; what stood there stays in the record (practice)."""
    command = CorrectEntry(**asdict(call.body), at=call.now)
    return await call.execute(MODEL, call.path_id("model_id"), command)


# --- life -------------------------------------------------------------------------------------


async def suspend_model(call: Call[SuspendModelForm]) -> Outcome:
    """Suspend a model, with the reason."""
    command = SuspendModel(**asdict(call.body), at=call.now)
    return await call.execute(MODEL, call.path_id("model_id"), command)


async def resume_model(call: Call[ResumeModelForm]) -> Outcome:
    """Resume a suspended model."""
    command = ResumeModel(**asdict(call.body), at=call.now)
    return await call.execute(MODEL, call.path_id("model_id"), command)


async def end_model(call: Call[EndModelForm]) -> Outcome:
    """End a model; what it reached stays."""
    command = EndModel(**asdict(call.body), at=call.now)
    return await call.execute(MODEL, call.path_id("model_id"), command)


async def reattest_model(call: Call[ReattestModelForm]) -> Outcome:
    """Attest that a model still lives this year, as a body of the mobilisation system (practice)."""
    command = ReattestModel(**asdict(call.body), by=acting(call), at=call.now)
    return await call.execute(MODEL, call.path_id("model_id"), command)


async def record_replication(call: Call[RecordReplicationForm]) -> Outcome:
    """Record which model this one was taken from (clause II.5)."""
    lineage, cites = await facts.lineage_of(call, call.body.original)
    command = RecordReplication(**asdict(call.body), lineage=lineage, at=call.now)
    return await call.execute(MODEL, call.path_id("model_id"), command, cites=cites)


class LifeView(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a model lives: its suspension, its end, the attestations of each year."""

    model_id: UUID
    revision: int
    suspended: bool
    ended: bool
    attested: tuple[ModelReattested, ...]


async def get_life(query: Query[NoParameters]) -> LifeView:
    """Whether a model is suspended or has ended, and for which years it was attested."""
    loaded = await query.load(MODEL, query.path_id("model_id"))
    life = loaded.state.life
    return LifeView(
        model_id=registered(loaded.state).model_id,
        revision=loaded.revision,
        suspended=life.suspended is not None,
        ended=life.ended is not None,
        attested=tuple(life.attested.values()),
    )


class ListUnattested(PageParameters, frozen=True, kw_only=True):
    """Filters of the list of models to attest for `for_year`."""

    for_year: Year
    committee: UUID | None = None
    movement: UUID | None = None


class UnattestedRow(msgspec.Struct, frozen=True, kw_only=True):
    """A model that nobody attested for the year yet."""

    model_id: UUID
    name: str
    holder: UUID
    committee: UUID
    year: int
    attested_year: int | None


async def list_unattested_models(query: Query[ListUnattested]) -> Page[UnattestedRow]:
    """Living models that were not attested for a year yet, by name (practice)."""
    wanted = query.parameters
    statement = where_equal(
        select(models).where(
            models.c.status.in_(("running", "reported")),
            models.c.suspended == 0,
            models.c.year <= wanted.for_year,
            func.coalesce(models.c.attested_year, 0) < wanted.for_year,
        ),
        (models.c.committee, wanted.committee),
        (models.c.movement, wanted.movement),
    )
    order = (Order(models.c.search), Order(models.c.model_id))
    return await fetch_page(query.read, statement, order, wanted, into(UnattestedRow))


# --- lineage ----------------------------------------------------------------------------------


class LineageView(msgspec.Struct, frozen=True, kw_only=True):
    """The originals a model goes back to, and the models of former years that it continues, each nearest first; and those
    that continue it, by their first year.
    """

    model_id: UUID
    originals: tuple[UUID, ...]
    forerunners: tuple[UUID, ...]
    continued_by: tuple[UUID, ...]


async def get_lineage(query: Query[NoParameters]) -> LineageView:
    """The models a model was taken from, one after the other, and its own former and later years (clause II.5)."""
    model_id = query.path_id("model_id")
    registered((await query.load(MODEL, model_id)).state)
    originals, _ = await facts.originals(query.load, model_id)
    later = (
        select(continuations.c.model_id)
        .join(models, models.c.model_id == continuations.c.model_id)
        .where(continuations.c.continues == str(model_id))
        .order_by(models.c.year, models.c.model_id)
        .limit(CONTINUATIONS_MAX)
    )
    return LineageView(
        model_id=model_id,
        originals=originals,
        forerunners=await facts.forerunners(query.load, model_id),
        continued_by=tuple(UUID(one) for one in (await query.read.execute(later)).scalars()),
    )


class CopyRow(msgspec.Struct, frozen=True, kw_only=True):
    """A model that was taken from another."""

    model_id: UUID
    name: str
    address: str
    holder: UUID
    taken_over: str


async def list_copies(query: Query[PageParameters]) -> Page[CopyRow]:
    """The models that were taken from a model (clause II.5)."""
    original = query.path_id("model_id")
    statement = (
        select(replications, models.c.name, models.c.address, models.c.holder)
        .join(models, models.c.model_id == replications.c.model_id)
        .where(replications.c.original == str(original))
    )
    order = (Order(replications.c.model_id),)
    return await fetch_page(query.read, statement, order, query.parameters, into(CopyRow))


def routes(api: Api) -> None:
    """Declare the routes of a model's course."""
    _time_routes(api)
    _life_routes(api)
    _lineage_routes(api)


def _time_routes(api: Api) -> None:
    api.write(
        f"{_ONE}/extensions",
        GrantExtensionForm,
        grant_extension,
        command=GrantExtension,
        tag=_TAG,
    )
    api.write(
        f"{_ONE}/extension-refusals",
        RefuseExtensionForm,
        refuse_extension,
        command=RefuseExtension,
        tag=_TAG,
    )
    api.write(f"{_ONE}/term", ChangeTermForm, change_term, command=ChangeTerm, tag=_TAG)
    api.write(
        f"{_ONE}/corrections", CorrectEntryForm, correct_entry, command=CorrectEntry, tag=_TAG
    )


def _life_routes(api: Api) -> None:
    api.write(f"{_ONE}/suspension", SuspendModelForm, suspend_model, command=SuspendModel, tag=_TAG)
    api.write(f"{_ONE}/resumption", ResumeModelForm, resume_model, command=ResumeModel, tag=_TAG)
    api.write(f"{_ONE}/end", EndModelForm, end_model, command=EndModel, tag=_TAG)
    api.write(
        f"{_ONE}/attestations",
        ReattestModelForm,
        reattest_model,
        command=ReattestModel,
        tag=_TAG,
    )
    api.read(f"{_ONE}/life", NoParameters, get_life, answer=LifeView, tag=_TAG, public=True)
    api.read(
        "/unattested-models",
        ListUnattested,
        list_unattested_models,
        answer=Page[UnattestedRow],
        tag=_TAG,
    )


def _lineage_routes(api: Api) -> None:
    api.write(
        f"{_ONE}/original",
        RecordReplicationForm,
        record_replication,
        command=RecordReplication,
        tag=_TAG,
    )
    api.read(
        f"{_ONE}/lineage", NoParameters, get_lineage, answer=LineageView, tag=_TAG, public=True
    )
    api.read(
        f"{_ONE}/copies",
        PageParameters,
        list_copies,
        answer=Page[CopyRow],
        tag=_TAG,
        public=True,
    )
