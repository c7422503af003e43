"""What comes due with time in registration."""

from typing import Final
from uuid import UUID

from sqlalchemy import and_, func, select

from services.registration import facts
from services.registration.domain.model import MODEL
from services.registration.domain.model_commands import MissReportingSession
from services.registration.readmodel import calendars, models
from shared.domain.time import legal_date
from shared.host.service import Schedule, Work

DUE_BATCH_MAX: Final = 500
"""Models looked at in one run; the next run takes the rest."""


async def note_missed_sessions(work: Work) -> None:
    """Where the due date has passed without a reporting session, record that the organising body
    missed it (clause III.2.1b).
    """
    today = legal_date(work.now)
    overdue = (
        select(models.c.model_id)
        .join(
            calendars,
            and_(calendars.c.movement_id == models.c.movement, calendars.c.year == models.c.year),
        )
        .where(
            models.c.status == "running",
            models.c.session == "none",
            models.c.suspended == 0,
            func.coalesce(models.c.results_extended_to, calendars.c.results_before)
            <= today.isoformat(),
        )
        .order_by(models.c.model_id)
        .limit(DUE_BATCH_MAX)
    )
    for row in (await work.read.execute(overdue)).all():
        model_id = UUID(row.model_id)
        year, cites = await facts.calendar_of(work, (await work.load(MODEL, model_id)).state)
        successions, ends = await facts.of_duties(work, model_id)
        command = MissReportingSession(at=work.now, movement_year=year, successions=successions)
        cited = tuple(dict.fromkeys((*cites, *ends)))
        await work.execute(MODEL, model_id, command, cites=cited)


SCHEDULES: Final = (Schedule("missed-reporting-sessions", 60, note_missed_sessions),)
