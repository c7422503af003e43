"""An achievement of a year and the cases about it, in their order. Stream `achievement-<id>`.

The order is the guard of “one achievement, one reward” (practice `same_achievement`): cases that open
at the same moment are put in a row here, one append at a time, before any of them exists; of two, the later
one waits for the earlier one to end. So there are never two recognitions, whoever decides first.
"""

from types import MappingProxyType
from typing import Final

import msgspec

from shared.contracts.recognition import AchievementEntered
from shared.contracts.values import AchievementId, CaseId, ModelId, OrganizationId
from shared.domain.decider import Decider, Request


class Achievement(msgspec.Struct, frozen=True):
    """The cases, the earliest first."""

    entered: tuple[AchievementEntered, ...] = ()

    def before(self, case: CaseId) -> tuple[AchievementEntered, ...]:
        """The cases that stand before `case`."""
        ids = [entry.case_id for entry in self.entered]
        return self.entered[: ids.index(case)] if case in ids else self.entered


class EnterAchievement(Request, frozen=True, kw_only=True):
    """Put a case in its row, before it opens."""

    achievement: AchievementId
    case_id: CaseId
    model: ModelId
    deciding_body: OrganizationId


def evolve(state: Achievement, event: AchievementEntered) -> Achievement:
    """What is known after `event`."""
    return Achievement((*state.entered, event))


def decide(state: Achievement, command: EnterAchievement) -> tuple[AchievementEntered, ...]:
    """A case is entered once."""
    if any(entry.case_id == command.case_id for entry in state.entered):
        return ()
    return (
        AchievementEntered(
            achievement=command.achievement,
            case_id=command.case_id,
            model=command.model,
            deciding_body=command.deciding_body,
        ),
    )


ACHIEVEMENT: Final[Decider[Achievement, EnterAchievement, AchievementEntered]] = Decider(
    category="achievement",
    initial_state=Achievement(),
    decide=decide,
    evolve=evolve,
    commands=MappingProxyType({"EnterAchievement": EnterAchievement}),
)
