"""One deadline and what was said of it: reminders, that it was missed, whom it went up to. Stream `deadline-<id>`.

Its id derives from the event that set it and its last day: one that is moved, or given to another, is a new one and
is reminded of anew.
"""

from datetime import date, timedelta
from types import MappingProxyType
from typing import Annotated, Final
from uuid import UUID

import msgspec

from shared.contracts.notification import DeadlineApproached, DeadlineMissed, Escalated, Matter
from shared.contracts.values import ModelId, OrganizationId
from shared.domain.decider import Decider, Request
from shared.domain.graph import LINE_STEPS_MAX
from shared.domain.refusal import Refusal
from shared.domain.time import Instant, legal_date

DeadlineEvent = DeadlineApproached | DeadlineMissed | Escalated
Events = tuple[DeadlineEvent, ...]

WAY_MAX: Final = LINE_STEPS_MAX + 1
"""Bodies up a line, and the launching body."""


class Deadline(msgspec.Struct, frozen=True):
    """`days_before` is the nearest reminder so far, None before the first; `told` whom it went up to, in order,
    and `escalates_on` from when on it goes further, None where it does not.
    """

    days_before: int | None = None
    missed: bool = False
    told: tuple[OrganizationId, ...] = ()
    escalates_on: date | None = None


def stage(state: Deadline) -> str:
    """How far it has come."""
    if state.told:
        return "escalated"
    if state.missed:
        return "missed"
    return "unknown" if state.days_before is None else "approaching"


def evolve(state: Deadline, event: DeadlineEvent) -> Deadline:
    """What is known after `event`."""
    match event:
        case DeadlineApproached():
            return msgspec.structs.replace(state, days_before=event.days_before)
        case DeadlineMissed():
            return msgspec.structs.replace(state, missed=True, escalates_on=event.escalates_on)
        case Escalated():
            told = (*state.told, event.to)
            return msgspec.structs.replace(state, told=told, escalates_on=event.escalates_on)


class DeadlineRequest(Request, frozen=True, kw_only=True):
    """Which deadline; `model` None where it is about none. `responsible` is who has to act where no duty towards
    the model says it.
    """

    at: Instant
    deadline_id: UUID
    matter: Matter
    subject: UUID
    model: ModelId | None
    last_day: date
    responsible: OrganizationId | None = None


class Remind(DeadlineRequest, frozen=True, kw_only=True):
    """The reminder set for `days_before` days before the last day is due."""

    days_before: Annotated[int, msgspec.Meta(ge=0, le=366)]


class UpTheLine(DeadlineRequest, frozen=True, kw_only=True):
    """`way` are the bodies above who has to act, nearest first, the launching body last."""

    way: Annotated[tuple[OrganizationId, ...], msgspec.Meta(max_length=WAY_MAX)]
    escalation_days: Annotated[int, msgspec.Meta(ge=1, le=366)]


class Miss(UpTheLine, frozen=True, kw_only=True):
    """The last day is over and nothing was done."""


class Escalate(UpTheLine, frozen=True, kw_only=True):
    """It was missed and is still open: tell the next body up the line."""


DeadlineCommand = Remind | Miss | Escalate

NOT_DUE: Final = Refusal(
    "deadline-not-due",
    vi="Hạn cuối là {last_day}, chưa đến lúc nhắc hoặc ghi quá hạn.",
    en="The last day is {last_day}: it is too early to remind of it or to record it as missed.",
    practice="reminder_days",
)

ESCALATION_NOT_DUE: Final = Refusal(
    "escalation-not-due",
    vi="Việc này chưa quá hạn đủ lâu để báo lên cấp trên.",
    en="This is not overdue for long enough to go up the line.",
    practice="escalation_days",
)


def decide(state: Deadline, command: DeadlineCommand) -> Events:
    """What follows from `command`: each reminder once, none after a nearer one or the end."""
    left = (command.last_day - legal_date(command.at)).days
    match command:
        case Remind():
            if left > command.days_before or left < 0:
                raise NOT_DUE(last_day=command.last_day.isoformat())
            if state.missed or not _is_nearer(command.days_before, state.days_before):
                return ()
            return (
                DeadlineApproached(
                    deadline_id=command.deadline_id,
                    matter=command.matter,
                    subject=command.subject,
                    model=command.model,
                    last_day=command.last_day,
                    days_before=command.days_before,
                    responsible=command.responsible,
                ),
            )
        case Miss():
            if left >= 0:
                raise NOT_DUE(last_day=command.last_day.isoformat())
            if state.missed:
                return ()
            return (
                DeadlineMissed(
                    deadline_id=command.deadline_id,
                    matter=command.matter,
                    subject=command.subject,
                    model=command.model,
                    last_day=command.last_day,
                    responsible=command.responsible,
                    escalates_on=_next(command, command.last_day) if command.way else None,
                ),
            )
        case Escalate():
            return _escalate(state, command)


def _escalate(state: Deadline, command: Escalate) -> Events:
    """One step, to the nearest body above that was not told: a line that changed meanwhile tells nobody twice."""
    today = legal_date(command.at)
    if not state.missed:
        raise ESCALATION_NOT_DUE()
    if state.escalates_on is None:
        return ()
    if today < state.escalates_on:
        raise ESCALATION_NOT_DUE()
    last = max((command.way.index(one) for one in state.told if one in command.way), default=-1)
    left = [one for one in command.way[last + 1 :] if one not in state.told]
    if not left:
        return ()
    return (
        Escalated(
            deadline_id=command.deadline_id,
            matter=command.matter,
            subject=command.subject,
            model=command.model,
            last_day=command.last_day,
            step=len(state.told) + 1,
            to=left[0],
            responsible=command.responsible,
            escalates_on=_next(command, today) if left[1:] else None,
        ),
    )


def _next(command: UpTheLine, since: date) -> date:
    return since + timedelta(days=command.escalation_days)


def _is_nearer(days_before: int, former: int | None) -> bool:
    return former is None or days_before < former


DEADLINE: Final[Decider[Deadline, DeadlineCommand, DeadlineEvent]] = Decider(
    category="deadline",
    initial_state=Deadline(),
    decide=decide,
    evolve=evolve,
    stage=stage,
    commands=MappingProxyType({"Remind": Remind, "Miss": Miss, "Escalate": Escalate}),
)
