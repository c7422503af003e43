"""What was missed and stays open goes up the line, step by step (clause IV.2; practice `escalation_days`)."""

from typing import Final

from msgspec.structs import asdict
from sqlalchemy import bindparam

from services.notification.deadline_rows import MISSED, deadlines, reminders
from services.notification.domain.deadline import DEADLINE, Escalate
from services.notification.reminding import DEADLINES, REMIND_EVERY_SECONDS, overdue
from shared.domain.time import legal_date
from shared.host.service import Schedule, Work

ESCALATE_BATCH_MAX: Final = 500
"""Deadlines that go up in one run; the next run takes the rest."""

_OVERDUE: Final = (
    DEADLINES.add_columns(reminders.c.escalation_days, reminders.c.event_id.label("rules_event"))
    .where(
        reminders.c.days == MISSED,
        deadlines.c.said_days == MISSED,
        deadlines.c.escalates_on <= bindparam("today"),
    )
    .limit(ESCALATE_BATCH_MAX)
)


async def escalate(work: Work) -> None:
    """One step for each that is due; a crash in between leaves the others for the next run."""
    today = legal_date(work.now)
    due = await work.read.execute(_OVERDUE, {"today": today.isoformat()})
    for row in due.all():
        known, cites = await overdue(work, row)
        await work.execute(
            DEADLINE,
            known.deadline_id,
            Escalate(**asdict(known)),
            cites=cites,
            rules=f"{row.rule_set}/{row.rule_set_version}",
        )


ESCALATING: Final = Schedule("escalation", REMIND_EVERY_SECONDS, escalate)
