"""Gathers how the review and the models behind an exemplar stand, live, with the events to cite."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.recognition.domain.case import CASE
from services.recognition.domain.case_state import Case
from services.recognition.domain.exemplar import BasisFacts, ExemplarFacts, ReviewFacts
from services.recognition.domain.review import REVIEW
from services.recognition.readmodel import awards, bases, cases, movements, places
from shared.contracts.values import AwardId, CaseId, ModelId, MovementId, OrganizationId, ReviewId
from shared.domain.decider import Decider
from shared.host.service import Loaded

Cites = tuple[UUID, ...]


class Reading(Protocol):
    """What is asked of a write, a reaction or a query."""

    @property
    def read(self) -> AsyncConnection:
        """See Work.read."""
        ...

    async def load(self, decider: Decider[Any, Any, Any], aggregate_id: UUID | str) -> Loaded[Any]:
        """See Work.load."""
        ...


async def of(
    reading: Reading, review: ReviewId, models: Sequence[ModelId]
) -> tuple[ExemplarFacts, Cites]:
    """The review and the models' cases as they stand now."""
    reviewed, cited = await _review(reading, review)
    basis, events = await basis_of(reading, models)
    return ExemplarFacts(review=reviewed, basis=basis), (*cited, *events)


async def _review(reading: Reading, review: ReviewId) -> tuple[ReviewFacts | None, Cites]:
    loaded = await reading.load(REVIEW, review)
    opened, closed = loaded.state.opened, loaded.state.closed
    if opened is None or loaded.event_id is None:
        return None, ()
    launching, cites = await launching_body(reading.read, opened.movement)
    facts = ReviewFacts(
        movement=opened.movement,
        opened_by=opened.opened_by,
        launching_body=launching,
        closed_on=None if closed is None else closed.closed_on.isoformat(),
    )
    return facts, (loaded.event_id, *cites)


async def launching_body(
    read: AsyncConnection, movement: MovementId
) -> tuple[OrganizationId | None, Cites]:
    """Who launched the movement; None where it is not known."""
    row = (
        await read.execute(select(movements).where(movements.c.movement_id == str(movement)))
    ).one_or_none()
    if row is None:
        return None, ()
    return OrganizationId(UUID(row.launching_body)), (UUID(row.event_id),)


async def basis_of(
    reading: Reading, models: Sequence[ModelId]
) -> tuple[tuple[BasisFacts, ...], Cites]:
    """How the models stand. Of a model with cases of several years the latest that stands counts, else
    the latest.
    """
    found, cites = list[BasisFacts](), list[UUID]()
    for model in dict.fromkeys(models):
        rows = await reading.read.execute(
            select(cases.c.case_id)
            .where(cases.c.model_id == str(model))
            .order_by(cases.c.year.desc())
        )
        loaded = [await reading.load(CASE, CaseId(UUID(case))) for case in rows.scalars()]
        standing = [one for one in loaded if one.state.stands]
        best = next(iter(standing or loaded), None)
        found.append(_basis(model, None if best is None else best.state))
        if best is not None and best.event_id is not None:
            cites.append(best.event_id)
    return tuple(found), tuple(cites)


def _basis(model: ModelId, state: Case | None) -> BasisFacts:
    opened = None if state is None else state.opened
    if state is None or opened is None:
        return BasisFacts(model=model, case_id=None, recognised=False, effective=False)
    met = any(ground.clause == "I.2.1c" for ground in opened.grounds)
    return BasisFacts(
        model=model,
        case_id=opened.case_id,
        recognised=state.stands,
        effective=met and not state.fell,
    )


async def same_place(
    read: AsyncConnection, endorser: OrganizationId, holder: OrganizationId, on: date
) -> tuple[bool, Cites]:
    """Whether both are of one place on a day."""
    rows = (
        await read.execute(
            select(places)
            .where(
                places.c.organization_id.in_([str(endorser), str(holder)]),
                places.c.valid_from <= on.isoformat(),
            )
            .order_by(places.c.organization_id, places.c.valid_from)
        )
    ).all()
    latest = {row.organization_id: row.place for row in rows}
    endorsing, held = latest.get(str(endorser)), latest.get(str(holder))
    same = endorsing is not None and endorsing == held
    return same, tuple(UUID(row.event_id) for row in rows)


async def resting_on(read: AsyncConnection, case: CaseId) -> list[CaseId]:
    """The exemplars that ever rested on a case."""
    rows = await read.execute(
        select(bases.c.case_id).where(bases.c.rests_on == str(case)).order_by(bases.c.case_id)
    )
    return [CaseId(UUID(found)) for found in rows.scalars()]


async def awards_of(read: AsyncConnection, case: CaseId) -> list[AwardId]:
    """The awards proposed for an exemplar."""
    rows = await read.execute(
        select(awards.c.award_id).where(awards.c.case_id == str(case)).order_by(awards.c.award_id)
    )
    return [AwardId(UUID(found)) for found in rows.scalars()]
