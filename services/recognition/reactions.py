"""What recognition does by itself: opens cases on advice, ends those of withdrawn models."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

import msgspec

from services.recognition import cascade, facts, graph_facts
from services.recognition.domain.achievement import ACHIEVEMENT, EnterAchievement, before
from services.recognition.domain.case import (
    CASE,
    Discontinue,
    OpenCase,
)
from services.recognition.domain.determining import DetermineCompetence
from services.recognition.domain.proposing import RecordEarlier
from shared.contracts.appraisal import AdviceIssued
from shared.contracts.recognition import AchievementEntered, CaseReopened, DuplicateFound
from shared.contracts.registration import ModelWithdrawn
from shared.contracts.values import AchievementId, CaseId, ModelId
from shared.domain.time import legal_date
from shared.host.ids import derive_id
from shared.host.service import Recorded, Work, when


def case_id(model: ModelId, year: int) -> CaseId:
    """The one case of a model's year."""
    return CaseId(derive_id(model, "case", str(year)))


async def on_advice(recorded: Recorded[AdviceIssued], work: Work) -> None:
    """Put the case in the row of its achievement, open it and determine who is competent. A crash
    between the appends is made good by the retry: what is done is recognised.
    """
    model, year = recorded.event.model, recorded.event.year
    known = await facts.of_advice(work.read, model, year)
    case, now = case_id(model, year), work.now
    entering = EnterAchievement(
        achievement=known.achievements[0],
        case_id=case,
        model=model,
        deciding_body=known.advice.deciding_body,
    )
    earlier = await _entered(work, entering, known.achievements, recorded.id)
    await work.execute(
        CASE,
        case,
        OpenCase(
            case_id=case,
            at=now,
            advice=known.advice,
            holder_kind=known.holder_kind,
            grounds=known.grounds,
            achievement=known.achievements[0],
            joint_achievements=known.achievements[1:],
            earlier=earlier,
        ),
        cites=known.cites,
        rules=facts.rule_set_name(known.advice),
    )
    graph, lines = await graph_facts.graph_above(
        work.read, known.advice.holder, known.advice.deciding_body, legal_date(now)
    )
    await work.execute(CASE, case, DetermineCompetence(at=now, graph=graph), cites=lines)
    if known.withdrawn is not None and known.withdrawn_event is not None:
        ended = Discontinue(at=now, reason=known.withdrawn)
        await work.execute(CASE, case, ended, cites=(known.withdrawn_event,))


async def _entered(
    work: Work, entering: EnterAchievement, rows: Collection[AchievementId], cause: UUID
) -> tuple[AchievementEntered, ...]:
    """Put the case in the row of each of its achievements; the cases that stand before it."""
    for one in sorted(rows, key=str):
        enter = msgspec.structs.replace(entering, achievement=one)
        await work.execute(ACHIEVEMENT, one, enter, cites=(cause,))
    found = {one: (await work.load(ACHIEVEMENT, one)).state for one in rows}
    return before(entering.case_id, found)


async def on_withdrawal(recorded: Recorded[ModelWithdrawn], work: Work) -> None:
    """End the undecided cases of a withdrawn model. A case that opens later is ended then."""
    event = recorded.event
    for year in await facts.advised_years(work.read, event.model_id):
        command = Discontinue(at=work.now, reason=event.reason)
        await work.execute(CASE, case_id(event.model_id, year), command, cites=(recorded.id,))


async def on_reopened(recorded: Recorded[CaseReopened], work: Work) -> None:
    """Put the case behind all others of its achievement, and name them; where the model was withdrawn
    since, end it. It is recognised no sooner than it stands there.
    """
    event = recorded.event
    opened = (await work.load(CASE, event.case_id)).state.opened
    if opened is None:
        return
    entering = EnterAchievement(
        achievement=opened.achievement,
        case_id=event.case_id,
        model=event.model,
        deciding_body=opened.deciding_body,
        again=event.complaint_id,
    )
    rows = (opened.achievement, *opened.joint_achievements)
    naming = RecordEarlier(earlier=await _entered(work, entering, rows, recorded.id))
    await work.execute(CASE, event.case_id, naming, cites=(recorded.id,))
    known = await facts.of_advice(work.read, event.model, opened.year)
    if known.withdrawn is not None and known.withdrawn_event is not None:
        ended = Discontinue(at=work.now, reason=known.withdrawn)
        await work.execute(CASE, event.case_id, ended, cites=(known.withdrawn_event,))


async def on_duplicate(recorded: Recorded[DuplicateFound], work: Work) -> None:
    """Enter the case in the row of the other that people found it to be a duplicate of, so that the other
    comes to stand behind it should it be reopened.
    """
    event = recorded.event
    other = (await work.load(CASE, event.other_case)).state.opened
    this = (await work.load(CASE, event.case_id)).state.opened
    if event.finding is None or other is None or this is None:
        return
    entering = EnterAchievement(
        achievement=other.achievement,
        case_id=event.case_id,
        model=event.model,
        deciding_body=this.deciding_body,
    )
    await work.execute(ACHIEVEMENT, other.achievement, entering, cites=(recorded.id,))


REACTIONS: Final = (
    when(AdviceIssued, on_advice),
    when(ModelWithdrawn, on_withdrawal),
    when(CaseReopened, on_reopened),
    when(DuplicateFound, on_duplicate),
    *cascade.REACTIONS,
)
