"""Reminds before a deadline, and records that one was missed: what the rule set of the dossier asks for."""

from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from msgspec.structs import asdict
from sqlalchemy import ColumnElement, Row, and_, func, or_, select

from services.notification.deadline_rows import (
    MISSED,
    WHETHER_RUNNING_OR_NOT,
    calendars,
    deadlines,
    reminders,
)
from services.notification.domain.deadline import (
    DEADLINE,
    WAY_MAX,
    DeadlineCommand,
    Miss,
    Remind,
    UpTheLine,
)
from services.notification.inspection_rows import demands
from services.notification.parties import responsible_on
from services.notification.readmodel import models
from services.notification.upward import way_up
from shared.contracts.values import ModelId, OrganizationId
from shared.domain.time import legal_date
from shared.host.ids import derive_id
from shared.host.service import Schedule, Work

DUE_BATCH_MAX: Final = 500
"""Deadlines spoken of in one run; the next run takes the rest."""

REMIND_EVERY_SECONDS: Final = 60

_Row = Row[*tuple[Any, ...]]


_RULE_SET: Final = func.coalesce(models.c.rule_set, demands.c.rule_set)
_VERSION: Final = func.coalesce(models.c.rule_set_version, demands.c.rule_set_version)
RULED: Final = (
    deadlines.outerjoin(models, models.c.model_id == deadlines.c.model)
    .outerjoin(demands, demands.c.finding_id == deadlines.c.subject)
    .join(
        reminders,
        and_(reminders.c.rule_set == _RULE_SET, reminders.c.rule_set_version == _VERSION),
    )
)
"""Each deadline with its model or the inspection that demands it, and what the rule set says that is stamped there."""

STILL_ASKED: Final = or_(models.c.running == 1, deadlines.c.matter.in_(WHETHER_RUNNING_OR_NOT))
"""Whether the model is where something is still due of it."""

_LAST_DAY: Final = func.coalesce(deadlines.c.last_day, calendars.c.last_day)
COLUMNS: Final = (
    deadlines.c.matter,
    deadlines.c.subject,
    deadlines.c.responsible,
    deadlines.c.event_id,
    models.c.model_id,
    models.c.holder,
    models.c.joint_holders,
    models.c.committee,
    models.c.deciding_body,
    func.coalesce(models.c.launching_body, demands.c.inspected_by).label("launching_body"),
    _RULE_SET.label("rule_set"),
    _VERSION.label("rule_set_version"),
    _LAST_DAY.label("last_day"),
)
_CALENDAR: Final = and_(
    calendars.c.movement_id == models.c.movement, calendars.c.year == models.c.year
)
DEADLINES: Final = (
    select(*COLUMNS)
    .select_from(RULED.outerjoin(calendars, _CALENDAR))
    .where(deadlines.c.done == 0, STILL_ASKED)
    .order_by(deadlines.c.matter, deadlines.c.subject)
)
"""What is due and not done, with each row of its rules."""

_OPEN: Final = (
    DEADLINES.add_columns(
        func.min(reminders.c.days).label("days"),
        func.min(reminders.c.event_id).label("rules_event"),
        func.min(reminders.c.escalation_days).label("escalation_days"),
    )
    .where(
        reminders.c.days < deadlines.c.said_days,
        # Registration itself records a session that was missed (clause III.2.1b).
        or_(deadlines.c.matter != "reporting_session", reminders.c.days != MISSED),
    )
    .group_by(*COLUMNS)
    .limit(DUE_BATCH_MAX)
)


async def remind(work: Work) -> None:
    """Say of each deadline what is due to be said: of reminders that came due together the nearest alone.

    A crash in between leaves the others for the next run; what was said stands in the deadline's stream.
    """
    today = legal_date(work.now)
    days = (await work.read.execute(select(reminders.c.days).distinct())).scalars().all()
    if not days:
        return
    due = or_(*(_is_due(one, today) for one in days))
    for row in (await work.read.execute(_OPEN.where(due))).all():
        command, cites = await _command(work, row)
        await work.execute(
            DEADLINE,
            command.deadline_id,
            command,
            cites=cites,
            rules=f"{row.rule_set}/{row.rule_set_version}",
        )


def _is_due(days: int, today: date) -> ColumnElement[bool]:
    """Whether a row's reminder is the one of so many days and has come; of what is over none comes any more."""
    if days == MISSED:
        return and_(reminders.c.days == days, today.isoformat() > _LAST_DAY)
    reached = (today + timedelta(days=days)).isoformat()
    return and_(reminders.c.days == days, reached >= _LAST_DAY, today.isoformat() <= _LAST_DAY)


async def _command(work: Work, row: _Row) -> tuple[DeadlineCommand, tuple[UUID, ...]]:
    if row.days == MISSED:
        known, cites = await overdue(work, row)
        return Miss(**asdict(known)), cites
    responsible = None if row.responsible is None else OrganizationId(UUID(row.responsible))
    command = Remind(**_about(work, row), responsible=responsible, days_before=row.days)
    return command, (UUID(row.event_id), UUID(row.rules_event))


def _about(work: Work, row: _Row) -> dict[str, Any]:
    return {
        "at": work.now,
        "deadline_id": derive_id(UUID(row.event_id), "deadline", row.matter, row.last_day),
        "matter": row.matter,
        "subject": UUID(row.subject),
        "model": None if row.model_id is None else ModelId(UUID(row.model_id)),
        "last_day": date.fromisoformat(row.last_day),
    }


async def overdue(work: Work, row: _Row) -> tuple[UpTheLine, tuple[UUID, ...]]:
    """What is over and not done: who has to act today, who stands above, and the events to cite."""
    today = legal_date(work.now)
    named = None if row.responsible is None else OrganizationId(UUID(row.responsible))
    bodies = await responsible_on(work.read, row.matter, named, row, today)
    responsible = next(iter(bodies), None)
    way, cites = await way_up(work.read, row, responsible, today)
    known = UpTheLine(
        **_about(work, row),
        responsible=responsible,
        way=way[:WAY_MAX],
        escalation_days=row.escalation_days,
    )
    return known, tuple(dict.fromkeys((UUID(row.event_id), UUID(row.rules_event), *cites)))


REMINDING: Final = Schedule("reminders", REMIND_EVERY_SECONDS, remind)
