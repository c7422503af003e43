"""An achievement of a year and the cases about it, in their order. Stream `achievement-<id>`.

The order is the guard of “one achievement, one reward” (practice `same_achievement`): cases that open
at the same moment are put in a row here, one append at a time, before any of them exists; of two, the later
one waits for the earlier one to end. So there are never two recognitions, whoever decides first. A refusal
that is undone puts its case behind all others, where it waits for each of them: what was true of them when
they looked at the refusal does not become wrong.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from uuid import UUID

import msgspec

from shared.contracts.recognition import AchievementEntered
from shared.contracts.values import AchievementId, CaseId, ModelId, OrganizationId
from shared.domain.decider import Decider, Request


class Achievement(msgspec.Struct, frozen=True):
    """The entries, the earliest first; a case stands where it entered last."""

    entered: tuple[AchievementEntered, ...] = ()

    def before(self, case: CaseId) -> tuple[AchievementEntered, ...]:
        """The cases that stand before `case`; all of them where it has not entered."""
        last = {entry.case_id: place for place, entry in enumerate(self.entered)}
        end = last.get(case, len(self.entered))
        return tuple(
            entry for place, entry in enumerate(self.entered[:end]) if last[entry.case_id] == place
        )

    def has(self, case: CaseId, again: UUID | None) -> bool:
        """Whether a case entered, for the first time or again by that complaint."""
        return any((entry.case_id, entry.again) == (case, again) for entry in self.entered)


def before(
    case: CaseId, rows: Mapping[AchievementId, Achievement]
) -> tuple[AchievementEntered, ...]:
    """The cases that stand before `case` in any of its rows, a joint model's of each holder. Of two cases that
    share several rows the first of these by id says which is before the other, as both enter them in that order.
    """
    found: list[AchievementEntered] = []
    settled = {case}
    for achievement in sorted(rows, key=str):
        row = rows[achievement]
        found += [entry for entry in row.before(case) if entry.case_id not in settled]
        settled |= {entry.case_id for entry in row.entered}
    return tuple(found)


class EnterAchievement(Request, frozen=True, kw_only=True):
    """Put a case in the row: before it opens, once it is reopened, or once people named it a duplicate."""

    achievement: AchievementId
    case_id: CaseId
    model: ModelId
    deciding_body: OrganizationId
    again: UUID | None = None


def evolve(state: Achievement, event: AchievementEntered) -> Achievement:
    """What is known after `event`."""
    return Achievement((*state.entered, event))


def decide(state: Achievement, command: EnterAchievement) -> tuple[AchievementEntered, ...]:
    """A case is entered once, and once for each time it is reopened."""
    if state.has(command.case_id, command.again):
        return ()
    return (
        AchievementEntered(
            achievement=command.achievement,
            case_id=command.case_id,
            model=command.model,
            deciding_body=command.deciding_body,
            again=command.again,
        ),
    )


ACHIEVEMENT: Final[Decider[Achievement, EnterAchievement, AchievementEntered]] = Decider(
    category="achievement",
    initial_state=Achievement(),
    decide=decide,
    evolve=evolve,
    commands=MappingProxyType({"EnterAchievement": EnterAchievement}),
)
