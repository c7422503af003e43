"""Over HTTP: a model of a former year goes on, in one step, as a model of its own."""

from datetime import date
from typing import Final
from uuid import UUID

from msgspec.structs import asdict

from services.registration import organization_facts
from services.registration.domain.continuing import Forerunner, moved
from services.registration.domain.erasure import ERASURE
from services.registration.domain.model import MODEL
from services.registration.domain.model_commands import (
    ContinueModel,
    ContinueModelForm,
    RegisterModelForm,
    RegistrationDossier,
)
from services.registration.domain.model_state import Model
from services.registration.registering import register
from shared.contracts.holding import JointHolder
from shared.contracts.registration import ModelRegistered
from shared.contracts.values import Duty, ModelId, OrganizationId
from shared.domain.graph import Graph
from shared.domain.refusal import Refusal
from shared.domain.time import legal_date
from shared.host.ids import derive_id
from shared.host.service import Api, Call, NotFoundError, Outcome

NAME_ERASED: Final = Refusal(
    "holder-name-erased",
    vi="Tên cá nhân thực hiện đã được xóa. Hãy đăng ký mô hình mới và ghi tên.",
    en="The name of the individual was erased. Register the model anew, with the name.",
)


def continuation_id(model: UUID, year: int) -> ModelId:
    """The one model that continues another in a year."""
    return ModelId(derive_id(model, "continued", str(year)))


async def continue_model(call: Call[ContinueModelForm]) -> Outcome:
    """Carry a model of a former year on as one of its own, in one step: registration, holders, survey and plan (practice).
    Who is no more is replaced by whoever succeeded it; the plan is adopted with the acceptance.
    """
    model = ModelId(call.path_id("model_id"))
    loaded = await call.load(MODEL, model)
    state, former = loaded.state, loaded.state.registration
    if former is None or loaded.event_id is None:
        raise NotFoundError("model")
    named = {former.holder, former.committee, former.deciding_body} | {
        one.organization for one in former.joint_holders
    }
    successions, ends = await organization_facts.successions_after(call, sorted(named, key=str))
    form = _form(call.body, former, await _person(call, former))
    today = legal_date(call.now)
    form = _standing(form, model, successions, today)
    return await register(
        call,
        form,
        continuation_id(model, form.year),
        forerunner=_forerunner(state, former, with_plan=call.body.with_plan),
        cites=(loaded.event_id, *ends),
    )


async def _person(call: Call[ContinueModelForm], former: ModelRegistered) -> str | None:
    if former.holder_person is None:
        return None
    # Asked of the record: what the vault revealed a moment ago it may remember, and it would be kept anew.
    erased = (await call.load(ERASURE, former.holder_person.payload)).state.erased
    name = None if erased is not None else await call.reveal(former.holder_person)
    if name is None:
        raise NAME_ERASED()
    return name.decode()


def _form(
    wanted: ContinueModelForm, former: ModelRegistered, person: str | None
) -> RegisterModelForm:
    """The registration of a former year, as it reads in the new one."""
    carried = {name: getattr(former, name) for name in RegistrationDossier.__struct_fields__}
    stated = moved(former.particulars, wanted.year - former.year)
    carried |= {"particulars": stated, "person": person, "last_year": None}
    changed = {name: value for name, value in asdict(wanted).items() if value is not None}
    del changed["with_plan"]
    return RegisterModelForm(**(carried | changed))


def _standing(form: RegisterModelForm, model: ModelId, graph: Graph, on: date) -> RegisterModelForm:
    """The registration with whoever succeeded its bodies; where nobody did, the one that is no more is refused."""

    def today(body: OrganizationId, duty: Duty) -> OrganizationId:
        return graph.holder_on(body, duty, on, model) or body

    return RegisterModelForm(
        **(
            asdict(form)
            | {
                "holder": today(form.holder, "holder"),
                "committee": today(form.committee, "committee"),
                "deciding_body": today(form.deciding_body, "deciding_body"),
                "joint_holders": tuple(
                    JointHolder(organization=today(one.organization, "holder"), name=one.name)
                    for one in form.joint_holders
                ),
            }
        )
    )


def _forerunner(state: Model, former: ModelRegistered, *, with_plan: bool) -> Forerunner:
    ended = state.life.ended
    last_year = state.term.last_year
    return Forerunner(
        model=former.model_id,
        lives=state.status in ("accepted", "running", "reported", "ended"),
        first_year=former.year,
        last_year=last_year if ended is None else min(last_year, ended.ended_on.year),
        survey=state.survey,
        plan=state.plan if with_plan else None,
    )


def routes(api: Api) -> None:
    """Declare the route of continuing."""
    api.write(
        "/models/{model_id}/continuation",
        ContinueModelForm,
        continue_model,
        command=ContinueModel,
        tag="models",
    )
