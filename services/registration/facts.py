"""Gathers what a model's rules need to know of other aggregates, with the events to cite."""

from collections.abc import Collection
from datetime import date
from typing import Final, Protocol
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration import organization_facts
from services.registration.domain.facts import HolderFacts, MovementYear, RegistrationRules
from services.registration.domain.model import MODEL
from services.registration.domain.model_commands import ModelCommand, RegisterModelForm
from services.registration.domain.model_state import Model, ModelEvent
from services.registration.domain.movement import MOVEMENT
from services.registration.domain.organization import ORGANIZATION
from services.registration.readmodel import rule_sets
from services.registration.rules_in_force import RULE_SET_MISSING, rules_in_force
from shared.contracts.evaluation import RuleSettings
from shared.contracts.registration import ModelRegistered, MovementLaunched
from shared.contracts.values import HolderKind, ModelId, MovementId, OrganizationId, RuleSetId
from shared.domain.decider import Decider
from shared.domain.graph import Graph
from shared.domain.refusal import Refusal
from shared.domain.time import legal_date
from shared.host.service import Loaded, NotFoundError, Work

LINEAGE_STEPS_MAX: Final = 20
"""Copies of copies that are followed back."""

LINEAGE_TOO_LONG: Final = Refusal(
    "lineage-too-long",
    vi="Chuỗi nhân rộng đã có hơn {most} bước. Hãy ghi mô hình gốc ở gần đầu chuỗi hơn.",
    en="The line of copies is longer than {most} steps. Name an original nearer to its beginning.",
)

HELPER_UNKNOWN: Final = Refusal(
    "helper-unknown",
    vi="Không có đơn vị này để phân công giúp đỡ. Hãy chọn trong danh sách đơn vị.",
    en="There is no such body to help. Choose one from the list of bodies.",
    clause="III.2.1a",
)
ORIGINAL_UNKNOWN: Final = Refusal(
    "original-unknown",
    vi="Không có mô hình gốc này. Hãy chọn một mô hình đã đăng ký.",
    en="There is no such original. Choose a model that is registered.",
    clause="II.5",
)
CALENDAR_MISSING: Final = Refusal(
    "calendar-missing",
    vi="Phong trào chưa có lịch năm {year}. Hãy đề nghị cơ quan phát động ban hành lịch.",
    en="The movement has no calendar for {year}. Ask the launching body to set it.",
    clause="III.2.1b",
)


class LoadModel(Protocol):
    """How a command or a query loads a model."""

    async def __call__(
        self, decider: Decider[Model, ModelCommand, ModelEvent], aggregate_id: UUID, /
    ) -> Loaded[Model]:
        """See Work.load."""
        ...


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """A movement's year and rules, and the events they come from."""

    year: MovementYear
    rules: RegistrationRules
    cites: tuple[UUID, ...]

    @property
    def rule_set_name(self) -> str:
        """How metadata names the rule-set version."""
        return self.rules.name


async def of_movement(
    work: Work, movement: MovementId, year: int, deciding_body: OrganizationId
) -> Facts:
    """The facts for a new registration: the rules that hold today, see rules_in_force."""
    launched, calendar, cited = await _movement(work, movement, year)
    held = await rules_in_force(
        work.read,
        launched.rule_set,
        launched.rule_set_version,
        deciding_body,
        legal_date(work.now),
    )
    rules, _ = await _rules(work.read, held.rule_set, held.version)
    return Facts(year=calendar, rules=rules, cites=(*cited, *held.cites))


async def of_model(work: Work, model: Model) -> Facts:
    """The facts for a registered model's year under report: the rule-set version its dossier is stamped with."""
    registration = _required(model)
    _, calendar, cited = await _movement(work, registration.movement, model.term.year)
    rules, rules_event = await rules_of(work, model)
    return Facts(year=calendar, rules=rules, cites=(*cited, rules_event))


async def rules_of(work: Work, model: Model) -> tuple[RegistrationRules, UUID]:
    """The rules a registered model's dossier is stamped with, and the event to cite."""
    registration = _required(model)
    return await _rules(work.read, registration.rule_set, registration.rule_set_version)


async def calendar_of(work: Work, model: Model) -> tuple[MovementYear, tuple[UUID, ...]]:
    """The year that is under report of a registered model, and the events to cite."""
    registration = _required(model)
    _, calendar, cited = await _movement(work, registration.movement, model.term.year)
    return calendar, cited


async def next_year_of(work: Work, model: Model) -> tuple[MovementYear, tuple[UUID, ...]]:
    """The year after the one under report, and the events to cite. Raises RefusedError without its calendar."""
    registration = _required(model)
    _, calendar, cited = await _movement(work, registration.movement, model.term.year + 1)
    return calendar, cited


def _required(model: Model) -> ModelRegistered:
    if model.registration is None:
        raise NotFoundError("model")
    return model.registration


async def _movement(
    work: Work, movement: MovementId, year: int
) -> tuple[MovementLaunched, MovementYear, tuple[UUID, ...]]:
    loaded = await work.load(MOVEMENT, movement)
    launched = loaded.state.launched
    if launched is None:
        raise NotFoundError("movement")
    calendar = loaded.state.calendars.get(year)
    if calendar is None:
        raise CALENDAR_MISSING(year=year)
    launching_body, cites = await organization_facts.holder_on(
        work, launched.launching_body, "launching_body", legal_date(work.now)
    )
    facts = MovementYear(
        movement=movement,
        year=year,
        launching_body=launching_body or launched.launching_body,
        registration_opens=calendar.registration_opens,
        registration_closes=calendar.registration_closes,
        results_before=calendar.results_before,
        movement_ends_with=launched.last_year,
    )
    cited = () if loaded.event_id is None else (loaded.event_id,)
    return launched, facts, (*cited, *cites)


async def _rules(
    read: AsyncConnection, rule_set: RuleSetId, version: int
) -> tuple[RegistrationRules, UUID]:
    statement = select(rule_sets.c.settings, rule_sets.c.event_id).where(
        rule_sets.c.rule_set == str(rule_set), rule_sets.c.version == version
    )
    row = (await read.execute(statement)).one_or_none()
    if row is None:
        raise RULE_SET_MISSING()
    settings = msgspec.json.decode(row.settings, type=RuleSettings)
    rules = RegistrationRules(
        rule_set=rule_set,
        version=version,
        categories=settings.categories.value,
        survey_gate=settings.survey_gate.value,
        lateness_effect=settings.lateness_effect.value,
        answer_working_days=settings.registration_answer_working_days.value,
        holidays=settings.holidays.value,
        help_days=settings.help_days.value,
        supplements_max=settings.supplements_max.value,
        term_years_max=settings.term_years_max.value,
        items=settings.registration_items.value,
        sub_fields=settings.sub_fields.value,
        models_per_unit=settings.models_per_unit.value,
        similarity=settings.similarity.value,
    )
    return rules, UUID(row.event_id)


async def of_helper(work: Work, helper: OrganizationId) -> tuple[UUID, ...]:
    """That the body to help exists, to cite. Raises RefusedError."""
    loaded = await work.load(ORGANIZATION, helper)
    if loaded.state.created is None or loaded.event_id is None:
        raise HELPER_UNKNOWN()
    return (loaded.event_id,)


async def of_signers(work: Work, signers: Collection[OrganizationId]) -> tuple[UUID, ...]:
    """That the bodies whose paper it is exist, to cite. Raises NotFoundError."""
    cites: list[UUID] = []
    for body in signers:
        loaded = await work.load(ORGANIZATION, body)
        if loaded.state.created is None or loaded.event_id is None:
            raise NotFoundError("organization")
        cites.append(loaded.event_id)
    return tuple(dict.fromkeys(cites))


async def lineage_of(work: Work, original: ModelId) -> tuple[tuple[ModelId, ...], tuple[UUID, ...]]:
    """The originals of a registered model, nearest first, and the events to cite. Raises RefusedError for one
    that is not registered, or whose lineage is too long.
    """
    if (await work.load(MODEL, original)).state.registration is None:
        raise ORIGINAL_UNKNOWN()
    lineage, cites = await originals(work.load, original)
    if len(lineage) > LINEAGE_STEPS_MAX:
        raise LINEAGE_TOO_LONG(most=LINEAGE_STEPS_MAX)
    return lineage, cites


async def originals(load: LoadModel, model: UUID) -> tuple[tuple[ModelId, ...], tuple[UUID, ...]]:
    """What a model goes back to, nearest first, one step more than is allowed at most; with the models'
    last events.
    """
    lineage: list[ModelId] = []
    cites: list[UUID] = []
    for _ in range(LINEAGE_STEPS_MAX + 1):
        loaded = await load(MODEL, lineage[-1] if lineage else model)
        if loaded.event_id is not None:
            cites.append(loaded.event_id)
        source = loaded.state.life.replicates
        if source is None or source.original in lineage:
            break
        lineage.append(source.original)
    return tuple(lineage), tuple(cites)


async def forerunners(load: LoadModel, model: UUID) -> tuple[ModelId, ...]:
    """What a model continues, and what that continued, nearest first; as many as LINEAGE_STEPS_MAX."""
    found: list[ModelId] = []
    for _ in range(LINEAGE_STEPS_MAX):
        state = (await load(MODEL, found[-1] if found else model)).state
        if state.term.continued is None:
            break
        found.append(state.term.continued.continues)
    return tuple(found)


async def of_holder(
    work: Work, holder: OrganizationId, kind: HolderKind, on: date
) -> tuple[HolderFacts, tuple[UUID, ...]]:
    """The committees a holder can register with (clause III.1.1c): those above it in the party line;
    for an individual also the committee of residence or work itself.
    """
    around, cites = await organization_facts.around(work, [holder], line="party")
    if not around.known:
        raise NotFoundError("organization")
    above = around.graph.above(holder, "party", on)
    committees = (holder, *above) if kind == "individual" else above
    return HolderFacts(organization=holder, committees=committees), cites


async def of_parties(
    work: Work, form: RegisterModelForm, former: ModelRegistered | None
) -> tuple[Graph, tuple[UUID, ...]]:
    """Who succeeds the bodies a registration names, and those of the registration before it."""
    joint = [one.organization for one in form.joint_holders]
    for body in joint:
        if (await work.load(ORGANIZATION, body)).state.created is None:
            raise NotFoundError("organization")
    named = {form.holder, form.committee, form.deciding_body, *joint}
    if former is not None:
        named |= {former.holder, former.committee}
    return await organization_facts.successions_after(work, sorted(named, key=str))


async def of_new_holder(
    work: Work, registration: ModelRegistered, holder: OrganizationId
) -> tuple[Graph, tuple[UUID, ...]]:
    """Who succeeds the committee and the launching body of a registered model, and whoever is to hold it."""
    named = {registration.committee, registration.launching_body, holder}
    return await organization_facts.successions_after(work, sorted(named, key=str))


async def of_duties(work: Work, model: UUID) -> tuple[Graph, tuple[UUID, ...]]:
    """Who succeeds the committee and the launching body of a registered model."""
    registration = (await work.load(MODEL, model)).state.registration
    if registration is None:
        return Graph(), ()
    named = {registration.committee, registration.launching_body}
    return await organization_facts.successions_after(work, sorted(named, key=str))
