"""Registers a model over HTTP, afresh or as one that continues another: the facts, the place in the quota, the command."""

from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import asdict

from services.registration import facts, quota_places
from services.registration.domain.continuing import Forerunner
from services.registration.domain.facts import RegistrationRules
from services.registration.domain.model import MODEL
from services.registration.domain.model_commands import (
    ContinueModel,
    RegisterModel,
    RegisterModelForm,
)
from services.registration.domain.similarity import Similar, Texts
from services.registration.similarity_queries import Registering, similar_to
from shared.contracts.registration import ModelRegistered
from shared.contracts.term import ModelContinued
from shared.contracts.values import ModelId
from shared.domain.time import legal_date
from shared.host.service import Call, Outcome, Work


async def register(
    call: Call[Any],
    form: RegisterModelForm,
    model: ModelId,
    *,
    forerunner: Forerunner | None = None,
    cites: tuple[UUID, ...] = (),
) -> Outcome:
    """Register `model` as `form` says; with a `forerunner`, as what continues it. Raises RefusedError."""
    body = asdict(form)
    name = body.pop("person")
    known = await facts.of_movement(call, form.movement, form.year, form.deciding_body)
    holder, cited = await facts.of_holder(call, form.holder, form.holder_kind, legal_date(call.now))
    state = (await call.load(MODEL, model)).state
    successions, ends = await facts.of_parties(call, form, state.registration)
    body |= {
        "model_id": model,
        "at": call.now,
        "holder_person": None if name is None else await call.keep("holder", name.encode()),
        "holder_facts": holder,
        "successions": successions,
        "movement_year": known.year,
        "rules": known.rules,
    }
    command = (
        RegisterModel(**body)
        if forerunner is None
        else ContinueModel(**body, forerunner=forerunner)
    )
    continues = state.term.continued if forerunner is None else forerunner
    similar = await similar_of(call, command, continues, known.rules)
    command = msgspec.structs.replace(command, similar=similar)
    unit = quota_places.Unit(
        model=model,
        unit=command.holder,
        movement=command.movement,
        year=command.year,
        committee=command.committee,
    )
    place = await quota_places.place_for(call, command, unit)
    return await call.execute(
        MODEL,
        model,
        msgspec.structs.replace(command, place=place),
        cites=tuple(dict.fromkeys((*known.cites, *cited, *ends, *cites))),
        rules=known.rule_set_name,
    )


async def similar_of(
    work: Work,
    ours: RegisterModel | ModelRegistered,
    continues: Forerunner | ModelContinued | None,
    rules: RegistrationRules,
) -> tuple[Similar, ...]:
    """The models a registration is alike, but for those that it continues (practice: similarity)."""
    forerunners: tuple[ModelId, ...] = ()
    if continues is not None:
        nearest = continues.model if isinstance(continues, Forerunner) else continues.continues
        forerunners = (nearest, *await facts.forerunners(work.load, nearest))
    registering = Registering(
        model=ours.model_id,
        texts=Texts(name=ours.name, place=ours.address, content=ours.content),
        holder=ours.holder,
        year=ours.year,
        aim=ours.aim,
        forerunners=forerunners,
    )
    return await similar_to(work.read, registering, rules.similarity)
