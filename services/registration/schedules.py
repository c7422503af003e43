"""What comes due with time in registration."""

from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.registration import facts
from services.registration.domain.life import NoteSilence
from services.registration.domain.model import MODEL
from services.registration.domain.model_commands import MissReportingSession
from services.registration.domain.term import BeginTermYear
from services.registration.readmodel import calendars, models, rule_sets
from services.registration.running_queries import RULES_OF_MODEL
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
            and_(
                calendars.c.movement_id == models.c.movement,
                calendars.c.year == models.c.reports_year,
            ),
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


async def note_silences(work: Work) -> None:
    """Record of each running model that fell quiet that it did, once a silence (clauses III.2.1a, IV.2)."""
    unnoted = or_(models.c.quiet_since.is_(None), models.c.quiet_since != models.c.heard_on)
    fallen = (
        select(
            models.c.model_id,
            models.c.heard_on,
            models.c.rule_set,
            models.c.rule_set_version,
            rule_sets.c.quiet_after_days,
            rule_sets.c.event_id,
        )
        .join(rule_sets, RULES_OF_MODEL)
        .where(await _silent(work.read, work.now), unnoted)
        .order_by(models.c.model_id)
        .limit(DUE_BATCH_MAX)
    )
    for row in (await work.read.execute(fallen)).all():
        command = NoteSilence(
            at=work.now,
            heard_on=date.fromisoformat(row.heard_on),
            quiet_after_days=row.quiet_after_days,
        )
        rules = f"{row.rule_set}/{row.rule_set_version}"
        cites = (UUID(row.event_id),)
        await work.execute(MODEL, UUID(row.model_id), command, cites=cites, rules=rules)


async def _silent(read: AsyncConnection, now: datetime) -> ColumnElement[bool]:
    """Whether a running model, joined with its rule set, was last heard of longer ago than that allows. Dates are
    text that no database counts with; so each interval in use, of at most a year of days, has its own condition.
    """
    today = legal_date(now)
    allowed, heard_on = rule_sets.c.quiet_after_days, models.c.heard_on
    intervals = (await read.execute(select(allowed).distinct())).scalars()
    silent = (
        and_(allowed == days, heard_on < (today - timedelta(days=days)).isoformat())
        for days in intervals
    )
    return and_(models.c.status == "running", models.c.suspended == 0, or_(false(), *silent))


async def begin_term_years(work: Work) -> None:
    """Begin the next year of each term whose registration opened, where the former one is settled: reported, or
    without results in hand; with them, once registration closed.
    """
    today = legal_date(work.now).isoformat()
    settled = or_(
        models.c.status == "reported",
        and_(
            or_(models.c.session != "none", models.c.suspended == 1),
            or_(models.c.results_submitted_on.is_(None), calendars.c.registration_closes < today),
        ),
    )
    due = (
        select(models.c.model_id, models.c.reports_year)
        .join(
            calendars,
            and_(
                calendars.c.movement_id == models.c.movement,
                calendars.c.year == models.c.reports_year + 1,
            ),
        )
        .where(
            models.c.status.in_(("running", "reported")),
            models.c.reports_year < models.c.last_year,
            calendars.c.registration_opens <= today,
            settled,
        )
        .order_by(models.c.model_id)
        .limit(DUE_BATCH_MAX)
    )
    for row in (await work.read.execute(due)).all():
        model_id = UUID(row.model_id)
        state = (await work.load(MODEL, model_id)).state
        if state.term.year != row.reports_year or not state.has_next_year:
            continue  # begun or shortened since
        year, cites = await facts.next_year_of(work, state)
        successions, ends = await facts.of_duties(work, model_id)
        command = BeginTermYear(at=work.now, movement_year=year, successions=successions)
        cited = tuple(dict.fromkeys((*cites, *ends)))
        await work.execute(MODEL, model_id, command, cites=cited)


SCHEDULES: Final = (
    Schedule("missed-reporting-sessions", 60, note_missed_sessions),
    Schedule("term-years", 60, begin_term_years),
    Schedule("quiet-models", 60, note_silences),
)
