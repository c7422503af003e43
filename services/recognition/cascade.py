"""What recognition does by itself when a recognition falls: suspends what rests on it, to be decided anew."""

from typing import Final
from uuid import UUID

from services.recognition import exemplar_facts
from services.recognition.domain.award import AWARD, SuspendAward
from services.recognition.domain.case import CASE
from services.recognition.domain.exemplar import Suspend
from shared.contracts.exemplar import (
    AwardProposed,
    DependentRecognitionDecided,
    DependentRecognitionSuspended,
    ExemplarPutForward,
)
from shared.contracts.recognition import RecognitionRevoked
from shared.contracts.values import CaseId
from shared.host.service import Recorded, Work, when


async def on_revocation(recorded: Recorded[RecognitionRevoked], work: Work) -> None:
    """Suspend what rests on the revoked recognition."""
    await _fall(work, recorded.event.case_id, recorded.id)


async def on_decided_anew(recorded: Recorded[DependentRecognitionDecided], work: Work) -> None:
    """What ended takes along what rests on it in turn."""
    if not recorded.event.holds:
        await _fall(work, recorded.event.case_id, recorded.id)


async def on_suspension(recorded: Recorded[DependentRecognitionSuspended], work: Work) -> None:
    """An award waits with its exemplar."""
    event = recorded.event
    if event.dependent == "case":
        await _suspend_awards(work, CaseId(event.dependent_id), event.fallen, recorded.id)


async def on_put_forward(recorded: Recorded[ExemplarPutForward], work: Work) -> None:
    """A model may have fallen while the exemplar was put forward on it."""
    event = recorded.event
    for one in event.rests_on:
        stands = await work.load(CASE, one.case_id)
        if stands.state.fell and stands.event_id is not None:
            fallen = Suspend(fallen=one.case_id)
            await work.execute(CASE, event.case_id, fallen, cites=(stands.event_id,))


async def on_award(recorded: Recorded[AwardProposed], work: Work) -> None:
    """The exemplar may have fallen while the award was proposed."""
    event = recorded.event
    stands = await work.load(CASE, event.case_id)
    if not stands.state.stands and stands.event_id is not None:
        fallen = SuspendAward(fallen=event.case_id)
        await work.execute(AWARD, event.award_id, fallen, cites=(stands.event_id,))


async def _fall(work: Work, case: CaseId, cause: UUID) -> None:
    """A crash between the appends is made good by the retry."""
    for exemplar in await exemplar_facts.resting_on(work.read, case):
        await work.execute(CASE, exemplar, Suspend(fallen=case), cites=(cause,))
    await _suspend_awards(work, case, case, cause)


async def _suspend_awards(work: Work, exemplar: CaseId, fallen: CaseId, cause: UUID) -> None:
    for award in await exemplar_facts.awards_of(work.read, exemplar):
        await work.execute(AWARD, award, SuspendAward(fallen=fallen), cites=(cause,))


REACTIONS: Final = (
    when(RecognitionRevoked, on_revocation),
    when(DependentRecognitionDecided, on_decided_anew),
    when(DependentRecognitionSuspended, on_suspension),
    when(ExemplarPutForward, on_put_forward),
    when(AwardProposed, on_award),
)
