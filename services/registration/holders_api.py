"""Over HTTP: joint holders agree to a registration; a model's holder changes."""

from typing import Final

import msgspec
from msgspec.structs import asdict

from services.registration import facts, quota_places
from services.registration.domain.holders import (
    ChangeHolder,
    ChangeHolderForm,
    ConsentToHolding,
    ConsentToHoldingForm,
)
from services.registration.domain.model import MODEL
from shared.contracts.values import ModelId
from shared.domain.time import legal_date
from shared.host.service import Api, Call, NotFoundError, Outcome

_ONE: Final = "/models/{model_id}"
_TAG: Final = "models"


async def consent_to_holding(call: Call[ConsentToHoldingForm]) -> Outcome:
    """Agree, as a joint holder that a registration names, to hold the model (practice)."""
    command = ConsentToHolding(holder=call.body.holder, at=call.now)
    return await call.execute(MODEL, call.path_id("model_id"), command)


async def change_holder(call: Call[ChangeHolderForm]) -> Outcome:
    """Put on record, as its party committee, that another holder took a model over, until its results are in
    (practice; clause III.2.1b).
    """
    model, today = ModelId(call.path_id("model_id")), legal_date(call.now)
    state = (await call.load(MODEL, model)).state
    registration = state.registration
    if registration is None:
        raise NotFoundError("model")
    rules, rules_event = await facts.rules_of(call, state)
    holder, cited = await facts.of_holder(call, call.body.holder, call.body.holder_kind, today)
    successions, ends = await facts.of_new_holder(call, registration, call.body.holder)
    body = asdict(call.body)
    name = body.pop("person")
    person = None if name is None else await call.keep("holder", name.encode())
    command = ChangeHolder(
        **body,
        holder_person=person,
        at=call.now,
        successions=successions,
        holder_facts=holder,
        rules=rules,
    )
    committee = successions.holder_on(registration.committee, "committee", today, model)
    unit = quota_places.Unit(
        model=model,
        unit=command.holder,
        movement=registration.movement,
        year=state.term.year,
        committee=committee or registration.committee,
    )
    place = await quota_places.place_for(call, command, unit)
    return await call.execute(
        MODEL,
        model,
        msgspec.structs.replace(command, place=place),
        cites=tuple(dict.fromkeys((rules_event, *cited, *ends))),
        rules=rules.name,
    )


def routes(api: Api) -> None:
    """Declare the routes of consents, and of a change of holder."""
    api.write(
        f"{_ONE}/joint-consents",
        ConsentToHoldingForm,
        consent_to_holding,
        command=ConsentToHolding,
        tag=_TAG,
    )
    api.write(f"{_ONE}/holder", ChangeHolderForm, change_holder, command=ChangeHolder, tag=_TAG)
