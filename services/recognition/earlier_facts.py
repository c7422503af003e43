"""Which cases about the same achievement come before one, and how they stand: read from the streams, not from rows."""

from typing import TypeVar
from uuid import UUID

from services.recognition.domain import achievement
from services.recognition.domain.achievement import ACHIEVEMENT, Achievement
from services.recognition.domain.case import CASE
from services.recognition.domain.case_state import Case
from services.recognition.domain.deciding import EarlierCase
from shared.contracts.recognition import CaseOpened
from shared.contracts.values import AchievementId, CaseId
from shared.domain.decider import Request
from shared.host.service import Call

F = TypeVar("F", bound=Request)


async def of(
    call: Call[F], state: Case, opened: CaseOpened
) -> tuple[tuple[EarlierCase, ...] | None, tuple[UUID, ...]]:
    """The cases before one in the rows of its achievements and those it names, with their last events; None
    while the case itself still has to enter a row.
    """
    own = (opened.achievement, *opened.joint_achievements)
    rows = {one: await _row(call, one) for one in own}
    again = None if state.reopened is None else state.reopened.complaint_id
    if not all(row.has(opened.case_id, again) for row in rows.values()):
        return None, ()
    before = [entry.case_id for entry in achievement.before(opened.case_id, rows)]
    found: list[EarlierCase] = []
    cites: list[UUID] = []
    for case in dict.fromkeys((*before, *(one.other_case for one in state.duplicates))):
        loaded = await call.load(CASE, case)
        other = loaded.state
        behind = case not in before
        if behind and other.opened is not None and not _share_a_row(opened, other.opened):
            others = await _row(call, other.opened.achievement)
            if not others.has(opened.case_id, None):
                return None, ()
            behind = case not in {entry.case_id for entry in others.before(opened.case_id)}
        found.append(_stands(case, other, behind=behind))
        if loaded.event_id is not None:
            cites.append(loaded.event_id)
    return tuple(found), tuple(cites)


def _share_a_row(one: CaseOpened, other: CaseOpened) -> bool:
    """Whether rows of their own say which is before the other, whoever of their holders it is that both have."""
    ours = {one.achievement, *one.joint_achievements}
    return not ours.isdisjoint({other.achievement, *other.joint_achievements})


async def _row(call: Call[F], of_work: AchievementId) -> Achievement:
    return (await call.load(ACHIEVEMENT, of_work)).state


def _stands(case: CaseId, state: Case, *, behind: bool) -> EarlierCase:
    return EarlierCase(
        case_id=case,
        ended_without_recognition=state.ended_without_recognition,
        decision_number=None if state.decision is None else state.decision.decision_number,
        stands_behind=behind,
    )
