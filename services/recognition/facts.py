"""Gathers what a case's rules need to know of other services, with the events to cite."""

from datetime import date
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.recognition.domain.case import AdviceFacts, MonthFacts
from services.recognition.domain.competence import (
    LINE_STEPS_MAX,
    Graph,
    GraphCompetence,
    GraphLine,
)
from services.recognition.readmodel import (
    advices,
    calendars,
    competences,
    grounds,
    lines,
    models,
    rule_sets,
)
from shared.contracts.evaluation import AdviceIssued
from shared.contracts.recognition import CaseOpened, Ground
from shared.contracts.values import HolderKind, ModelId, OrganizationId

COMMISSIONS_MAX: Final = 50
"""Bodies that hold clause I.2.2a; a province has one, with its predecessors a few."""


class Advised(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a case opens with. `withdrawn` is the reason where the model was withdrawn."""

    advice: AdviceFacts
    holder_kind: HolderKind
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
        grounds=found,
        cites=(UUID(advice_row.event_id), *(ground.event_id for ground in found)),
        withdrawn=model_row.withdrawn_reason,
        withdrawn_event=None
        if model_row.withdrawn_event is None
        else UUID(model_row.withdrawn_event),
    )


def _advice_facts(issued: AdviceIssued) -> AdviceFacts:
    return AdviceFacts(
        appraisal=issued.appraisal_id,
        model=issued.model,
        movement=issued.movement,
        year=issued.year,
        aim=issued.aim,
        holder=issued.holder,
        committee=issued.committee,
        appraising_unit=issued.appraising_unit,
        deciding_body=issued.deciding_body,
        advice=issued.advice,
        rule_set=issued.rule_set,
        rule_set_version=issued.rule_set_version,
    )


async def graph_above(
    read: AsyncConnection, holder: OrganizationId, on: date
) -> tuple[Graph, tuple[UUID, ...]]:
    """The part of the graph that decides who is competent for `holder` on a day, and its events:
    the lines upwards, step by step, and the competences of the bodies found there.
    """
    graph, cites = Graph(), list[UUID]()
    seen, frontier = {holder}, {holder}
    for _ in range(LINE_STEPS_MAX):
        if not frontier:
            break
        rows = (
            await read.execute(
                select(lines)
                .where(
                    lines.c.organization.in_([str(body) for body in frontier]),
                    lines.c.valid_from <= on.isoformat(),
                )
                .order_by(lines.c.organization, lines.c.line, lines.c.valid_from)
            )
        ).all()
        found = [
            GraphLine(
                organization=OrganizationId(UUID(row.organization)),
                line=row.line,
                superior=None if row.superior is None else OrganizationId(UUID(row.superior)),
                valid_from=date.fromisoformat(row.valid_from),
            )
            for row in rows
        ]
        graph = msgspec.structs.replace(graph, lines=(*graph.lines, *found))
        cites += [UUID(row.event_id) for row in rows]
        above = {graph.superior(line.organization, line.line, on) for line in found}
        frontier = {body for body in above if body is not None} - seen
        seen |= frontier
    held, events = await _competences(read, seen, on)
    return msgspec.structs.replace(graph, competences=held), (*cites, *events)


async def _competences(
    read: AsyncConnection, bodies: set[OrganizationId], on: date
) -> tuple[tuple[GraphCompetence, ...], tuple[UUID, ...]]:
    valid = competences.c.valid_from <= on.isoformat()
    order = (competences.c.organization, competences.c.clause, competences.c.valid_from)
    on_the_way = select(competences).where(
        competences.c.organization.in_([str(body) for body in bodies]),
        competences.c.clause != "I.2.2a",
        valid,
    )
    whole_province = select(competences).where(competences.c.clause == "I.2.2a", valid)
    rows = [
        *(await read.execute(whole_province.order_by(*order).limit(COMMISSIONS_MAX))).all(),
        *(await read.execute(on_the_way.order_by(*order))).all(),
    ]
    held = tuple(
        GraphCompetence(
            organization=OrganizationId(UUID(row.organization)),
            clause=row.clause,
            valid_from=date.fromisoformat(row.valid_from),
        )
        for row in rows
    )
    return held, tuple(UUID(row.event_id) for row in rows)


async def month_of(
    read: AsyncConnection, case: CaseOpened
) -> tuple[MonthFacts | None, tuple[UUID, ...]]:
    """The Mass Mobilisation Month of the case's year and what its rule set asks outside it; None
    while one of the two has not arrived.
    """
    calendar = (
        await read.execute(
            select(calendars).where(
                calendars.c.movement == str(case.movement), calendars.c.year == case.year
            )
        )
    ).one_or_none()
    rules = (
        await read.execute(
            select(rule_sets).where(
                rule_sets.c.rule_set == str(case.rule_set),
                rule_sets.c.version == case.rule_set_version,
            )
        )
    ).one_or_none()
    if calendar is None or rules is None:
        return None, ()
    month = MonthFacts(
        month_from=date.fromisoformat(calendar.month_from),
        month_to=date.fromisoformat(calendar.month_to),
        outside_month=rules.outside_month,
    )
    return month, (UUID(calendar.event_id), UUID(rules.event_id))


def rule_set_name(case: CaseOpened | AdviceFacts) -> str:
    """How metadata names the rule-set version."""
    return f"{case.rule_set}/{case.rule_set_version}"
