"""One deadline and what was said of it. Stream `deadline-<id>`.

Its id derives from the event that set it and its last day: one that is moved, or given to another, is a new one and
is reminded of anew.
"""

from datetime import date
from types import MappingProxyType
from typing import Annotated, Final
from uuid import UUID

import msgspec

from shared.contracts.notification import DeadlineApproached, DeadlineMissed, Matter
from shared.contracts.values import ModelId, OrganizationId
from shared.domain.decider import Decider, Request
from shared.domain.refusal import Refusal
from shared.domain.time import Instant, legal_date

DeadlineEvent = DeadlineApproached | DeadlineMissed
Events = tuple[DeadlineEvent, ...]


class Deadline(msgspec.Struct, frozen=True):
    """`days_before` is the nearest reminder so far, None before the first."""

    days_before: int | None = None
    missed: bool = False


def evolve(state: Deadline, event: DeadlineEvent) -> Deadline:
    """What is known after `event`."""
    match event:
        case DeadlineApproached():
            return msgspec.structs.replace(state, days_before=event.days_before)
        case DeadlineMissed():
            return msgspec.structs.replace(state, missed=True)


class DeadlineRequest(Request, frozen=True, kw_only=True):
    """Which deadline: `responsible` is who has to act where no duty towards the model says it."""

    at: Instant
    deadline_id: UUID
    matter: Matter
    subject: UUID
    model: ModelId
    last_day: date
    responsible: OrganizationId | None = None


class Remind(DeadlineRequest, frozen=True, kw_only=True):
    """The reminder set for `days_before` days before the last day is due."""

    days_before: Annotated[int, msgspec.Meta(ge=0, le=366)]


class Miss(DeadlineRequest, frozen=True, kw_only=True):
    """The last day is over and nothing was done."""


DeadlineCommand = Remind | Miss

NOT_DUE: Final = Refusal(
    "deadline-not-due",
    vi="Hạn cuối là {last_day}, chưa đến lúc nhắc hoặc ghi quá hạn.",
    en="The last day is {last_day}: it is too early to remind of it or to record it as missed.",
    practice="reminder_days",
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
                ),
            )


def _is_nearer(days_before: int, former: int | None) -> bool:
    return former is None or days_before < former


DEADLINE: Final[Decider[Deadline, DeadlineCommand, DeadlineEvent]] = Decider(
    category="deadline",
    initial_state=Deadline(),
    decide=decide,
    evolve=evolve,
    commands=MappingProxyType({"Remind": Remind, "Miss": Miss}),
)
