"""Reminds before a deadline, and records that one was missed: what the rule set of the dossier asks for."""

from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, func, or_, select

from services.notification.deadline_rows import (
    BEFORE_RUNNING_OR_AFTER,
    MISSED,
    calendars,
    deadlines,
    reminders,
)
from services.notification.domain.deadline import DEADLINE, DeadlineCommand, Miss, Remind
from services.notification.readmodel import models
from shared.contracts.values import ModelId, OrganizationId
from shared.domain.time import legal_date
from shared.host.ids import derive_id
from shared.host.service import Schedule, Work

DUE_BATCH_MAX: Final = 500
"""Deadlines spoken of in one run; the next run takes the rest."""

REMIND_EVERY_SECONDS: Final = 60


_LAST_DAY: Final = func.coalesce(deadlines.c.last_day, calendars.c.last_day)
_COLUMNS: Final = (
    deadlines.c.matter,
    deadlines.c.subject,
    deadlines.c.model,
    deadlines.c.responsible,
    deadlines.c.event_id,
    models.c.rule_set,
    models.c.rule_set_version,
)
_OPEN: Final = (
    select(
        *_COLUMNS,
        _LAST_DAY.label("last_day"),
        func.min(reminders.c.days).label("days"),
        func.min(reminders.c.event_id).label("rules_event"),
    )
    .join(models, models.c.model_id == deadlines.c.model)
    .join(
        reminders,
        and_(
            reminders.c.rule_set == models.c.rule_set,
            reminders.c.rule_set_version == models.c.rule_set_version,
        ),
    )
    .outerjoin(
        calendars,
        and_(calendars.c.movement_id == models.c.movement, calendars.c.year == models.c.year),
    )
    .where(
        deadlines.c.done == 0,
        reminders.c.days < deadlines.c.said_days,
        or_(models.c.running == 1, deadlines.c.matter.in_(BEFORE_RUNNING_OR_AFTER)),
        # Registration itself records a session that was missed (clause III.2.1b).
        or_(deadlines.c.matter != "reporting_session", reminders.c.days != MISSED),
    )
    .group_by(*_COLUMNS, _LAST_DAY)
    .order_by(deadlines.c.matter, deadlines.c.subject)
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
        deadline_id, command = _command(row, work.now)
        await work.execute(
            DEADLINE,
            deadline_id,
            command,
            cites=(UUID(row.event_id), UUID(row.rules_event)),
            rules=f"{row.rule_set}/{row.rule_set_version}",
        )


def _is_due(days: int, today: date) -> ColumnElement[bool]:
    """Whether a row's reminder is the one of so many days and has come; of what is over none comes any more."""
    if days == MISSED:
        return and_(reminders.c.days == days, today.isoformat() > _LAST_DAY)
    reached = (today + timedelta(days=days)).isoformat()
    return and_(reminders.c.days == days, reached >= _LAST_DAY, today.isoformat() <= _LAST_DAY)


def _command(row: Row[*tuple[Any, ...]], now: datetime) -> tuple[UUID, DeadlineCommand]:
    subject = UUID(row.subject)
    deadline_id = derive_id(UUID(row.event_id), "deadline", row.matter, row.last_day)
    responsible = None if row.responsible is None else OrganizationId(UUID(row.responsible))
    about = {
        "at": now,
        "deadline_id": deadline_id,
        "matter": row.matter,
        "subject": subject,
        "model": ModelId(UUID(row.model)),
        "last_day": date.fromisoformat(row.last_day),
        "responsible": responsible,
    }
    if row.days == MISSED:
        return deadline_id, Miss(**about)
    return deadline_id, Remind(**about, days_before=row.days)


REMINDING: Final = Schedule("reminders", REMIND_EVERY_SECONDS, remind)
