"""Gathers what a case's rules need to know of other services, with the events to cite."""

from datetime import date
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.recognition.domain.case import AdviceFacts
from services.recognition.domain.deciding import DecisionRules
from services.recognition.domain.revocation import AfterRules
from services.recognition.readmodel import (
    advices,
    calendars,
    grounds,
    models,
    rule_sets,
)
from shared.contracts.appraisal import AdviceIssued
from shared.contracts.evaluation import RuleSettings
from shared.contracts.recognition import CaseOpened, Ground
from shared.contracts.values import AchievementId, HolderKind, ModelId, OrganizationId
from shared.host.ids import derive_id
from shared.host.text import fold


class Advised(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a case opens with. `withdrawn` is the reason where the model was withdrawn."""

    advice: AdviceFacts
    holder_kind: HolderKind
    achievements: tuple[AchievementId, ...]
    """That of the leading holder, then those of the joint holders."""
    grounds: tuple[Ground, ...]
    cites: tuple[UUID, ...]
    withdrawn: str | None
    withdrawn_event: UUID | None


class MissingFactError(LookupError):
    """The read model lacks what stands earlier in the log: its subject is parked or it was damaged."""


async def advised_years(read: AsyncConnection, model: ModelId) -> list[int]:
    """The years in which a model was advised on."""
    statement = select(advices.c.year).where(advices.c.model_id == str(model))
    return sorted((await read.execute(statement)).scalars())


async def of_advice(read: AsyncConnection, model: ModelId, year: int) -> Advised:
    """What the advice on a model's year rests on. Raises MissingFactError."""
    advice_row = (
        await read.execute(
            select(advices).where(advices.c.model_id == str(model), advices.c.year == year)
        )
    ).one_or_none()
    model_row = (
        await read.execute(select(models).where(models.c.model_id == str(model)))
    ).one_or_none()
    if advice_row is None or model_row is None:
        raise MissingFactError(f"{model}/{year}")
    issued = msgspec.json.decode(advice_row.advice, type=AdviceIssued)
    registration = Ground(clause="I.2.1a", event_id=UUID(model_row.event_id))
    shown = await read.execute(
        select(grounds)
        .where(grounds.c.appraisal == str(issued.appraisal_id))
        .order_by(grounds.c.clause, grounds.c.kind)
    )
    others = [Ground(clause=row.clause, event_id=UUID(row.event_id)) for row in shown]
    found = (registration, *others)
    return Advised(
        advice=_advice_facts(issued),
        holder_kind=model_row.holder_kind,
        achievements=tuple(
            achievement_id(issued, holder, (name, model_row.name, model_row.address))
            for holder, name in (
                (issued.holder, model_row.holder_name),
                *((one.organization, one.name) for one in issued.joint_holders),
            )
        ),
        grounds=found,
        cites=tuple(
            dict.fromkeys(
                (
                    UUID(advice_row.event_id),
                    *(ground.event_id for ground in found),
                    UUID(model_row.holder_event),
                )
            )
        ),
        withdrawn=model_row.withdrawn_reason,
        withdrawn_event=None
        if model_row.withdrawn_event is None
        else UUID(model_row.withdrawn_event),
    )


def achievement_id(
    issued: AdviceIssued, holder: OrganizationId, named: tuple[str | None, str, str]
) -> AchievementId:
    """The same work of the same holder in a year, whoever it is registered with: the holder, its name and
    the model's, and the place, without regard to case and diacritics.
    """
    return AchievementId(
        derive_id(
            holder,
            "achievement",
            issued.aim,
            str(issued.year),
            *(" ".join(fold(text or "").split()) for text in named),
        )
    )


def _advice_facts(issued: AdviceIssued) -> AdviceFacts:
    return AdviceFacts(
        appraisal=issued.appraisal_id,
        model=issued.model,
        movement=issued.movement,
        year=issued.year,
        aim=issued.aim,
        holder=issued.holder,
        joint_holders=issued.joint_holders,
        committee=issued.committee,
        appraising_unit=issued.appraising_unit,
        deciding_body=issued.deciding_body,
        advice=issued.advice,
        rule_set=issued.rule_set,
        rule_set_version=issued.rule_set_version,
    )


async def decision_rules(
    read: AsyncConnection, case: CaseOpened
) -> tuple[DecisionRules | None, tuple[UUID, ...]]:
    """The Mass Mobilisation Month of the case's year and what its rule set asks of a decision; None
    while one of the two has not arrived.
    """
    calendar = (
        await read.execute(
            select(calendars).where(
                calendars.c.movement == str(case.movement), calendars.c.year == case.year
            )
        )
    ).one_or_none()
    settings, cites = await settings_of(read, case)
    if calendar is None or settings is None:
        return None, ()
    rules = DecisionRules(
        month_from=date.fromisoformat(calendar.month_from),
        month_to=date.fromisoformat(calendar.month_to),
        outside_month=settings.outside_month.value,
        proposal=settings.proposal.value,
        same_achievement=settings.same_achievement.value,
        exemplar_basis=settings.exemplar_basis.value,
    )
    return rules, (UUID(calendar.event_id), *cites)


async def after_rules(
    read: AsyncConnection, case: CaseOpened
) -> tuple[AfterRules | None, tuple[UUID, ...]]:
    """What the case's rule set asks of complaints and revocations; None while it has not arrived."""
    settings, cites = await settings_of(read, case)
    if settings is None:
        return None, ()
    rules = AfterRules(
        complaint_days=settings.complaint_days.value,
        revocation_report_days=settings.revocation_report_days.value,
        revocation_decision_working_days=settings.revocation_decision_working_days.value,
        holidays=settings.holidays.value,
    )
    return rules, cites


async def settings_of(
    read: AsyncConnection, case: CaseOpened
) -> tuple[RuleSettings | None, tuple[UUID, ...]]:
    """The settings the case is handled under, and the event that adopted them; None while it has not
    arrived.
    """
    row = (
        await read.execute(
            select(rule_sets).where(
                rule_sets.c.rule_set == str(case.rule_set),
                rule_sets.c.version == case.rule_set_version,
            )
        )
    ).one_or_none()
    if row is None:
        return None, ()
    return msgspec.json.decode(row.settings, type=RuleSettings), (UUID(row.event_id),)


def rule_set_name(case: CaseOpened | AdviceFacts) -> str:
    """How metadata names the rule-set version."""
    return f"{case.rule_set}/{case.rule_set_version}"
