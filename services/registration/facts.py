"""Gathers what a model's rules need to know of other aggregates, with the events to cite."""

from datetime import date
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration.domain.facts import HolderFacts, MovementYear, RegistrationRules
from services.registration.domain.model_state import Model
from services.registration.domain.movement import MOVEMENT
from services.registration.domain.organization import ORGANIZATION
from services.registration.readmodel import rule_sets
from shared.contracts.evaluation import RuleSettings
from shared.contracts.registration import ModelRegistered, MovementLaunched
from shared.contracts.values import HolderKind, MovementId, OrganizationId, RuleSetId
from shared.domain.refusal import Refusal
from shared.host.service import NotFoundError, Work

PARTY_LINE_STEPS_MAX: Final = 8
"""Committees above a body; a longer line is a mistake in the graph."""

CALENDAR_MISSING: Final = Refusal(
    "calendar-missing",
    vi="Phong trào chưa có lịch năm {year}. Hãy đề nghị cơ quan phát động ban hành lịch.",
    en="The movement has no calendar for {year}. Ask the launching body to set it.",
    clause="III.2.1b",
)
RULE_SET_MISSING: Final = Refusal(
    "rule-set-missing",
    vi="Chưa nhận được bộ quy định của phong trào. Hãy thử lại sau ít phút, hoặc kiểm tra mã bộ quy định.",
    en="The movement's rule set has not arrived here. Try again in a moment, or check its id.",
    clause="IV.1",
)


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """A movement's year and rules, and the events they come from."""

    year: MovementYear
    rules: RegistrationRules
    cites: tuple[UUID, ...]

    @property
    def rule_set_name(self) -> str:
        """How metadata names the rule-set version."""
        return f"{self.rules.rule_set}/{self.rules.version}"


async def of_movement(work: Work, movement: MovementId, year: int) -> Facts:
    """The facts for a new registration: the movement's rule set as it says today."""
    launched, calendar, cited = await _movement(work, movement, year)
    rules, rules_event = await _rules(work.read, launched.rule_set, launched.rule_set_version)
    return Facts(year=calendar, rules=rules, cites=(*cited, rules_event))


async def of_model(work: Work, model: Model) -> Facts:
    """The facts for a registered model: the rule-set version its dossier is stamped with."""
    registration = _required(model)
    _, calendar, cited = await _movement(work, registration.movement, registration.year)
    rules, rules_event = await _rules(
        work.read, registration.rule_set, registration.rule_set_version
    )
    return Facts(year=calendar, rules=rules, cites=(*cited, rules_event))


async def calendar_of(work: Work, model: Model) -> tuple[MovementYear, tuple[UUID, ...]]:
    """The year a registered model belongs to, and the events to cite."""
    registration = _required(model)
    _, calendar, cited = await _movement(work, registration.movement, registration.year)
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
    facts = MovementYear(
        movement=movement,
        year=year,
        launching_body=launched.launching_body,
        registration_opens=calendar.registration_opens,
        registration_closes=calendar.registration_closes,
        results_before=calendar.results_before,
    )
    return launched, facts, () if loaded.event_id is None else (loaded.event_id,)


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
    )
    return rules, UUID(row.event_id)


async def of_holder(
    work: Work, holder: OrganizationId, kind: HolderKind, on: date
) -> tuple[HolderFacts, tuple[UUID, ...]]:
    """The committees a holder can register with (clause III.1.1c): those above it in the party line;
    for an individual also the committee of residence or work itself.
    """
    committees: list[OrganizationId] = [holder] if kind == "individual" else []
    cites: list[UUID] = []
    body = holder
    for _ in range(PARTY_LINE_STEPS_MAX):
        loaded = await work.load(ORGANIZATION, body)
        if loaded.state.created is None:
            raise NotFoundError("organization")
        if loaded.event_id is not None:
            cites.append(loaded.event_id)
        superior = loaded.state.superior("party", on)
        if superior is None or superior in committees:
            break
        committees.append(superior)
        body = superior
    return HolderFacts(organization=holder, committees=tuple(committees)), tuple(cites)
