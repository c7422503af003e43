"""A team and its scores as the specifications use them."""

from collections.abc import Iterator, Mapping
from uuid import UUID

from services.evaluation.domain.appraisal_state import AppraisalEvent
from services.evaluation.domain.conflict import REASONS
from shared.contracts.appraisal import (
    Appraiser,
    AppraiserRecused,
    ConflictTie,
    CriterionScored,
    ScoreSealed,
    TeamAssigned,
)
from shared.contracts.values import Forgettable
from tests.unit.services.evaluation.domain.dossiers import STANDARD, opened


def appraiser(number: int) -> Appraiser:
    person = Forgettable(payload=UUID(int=500 + number), commitment="c" * 64)
    return Appraiser(appraiser_id=UUID(int=400 + number), person=person)


ANNA, BINH, CHI = appraiser(1), appraiser(2), appraiser(3)


def team_of(
    *members: Appraiser, reason: str | None = None, follows_field: bool = False
) -> TeamAssigned:
    return TeamAssigned(
        appraisal_id=opened.appraisal_id,
        members=members,
        follows_field=follows_field,
        reason=reason,
    )


def recused(who: Appraiser, tie: ConflictTie, *, found: bool = False) -> AppraiserRecused:
    return AppraiserRecused(
        appraisal_id=opened.appraisal_id,
        appraiser=who.appraiser_id,
        person=who.person,
        tie=tie,
        found=found,
        reason=REASONS[tie],
    )


def reference(who: Appraiser, criterion: str) -> Forgettable:
    """Where a score lies: one place for each appraiser and criterion."""
    return Forgettable(
        payload=UUID(int=who.appraiser_id.int * 1000 + int(criterion)), commitment="d" * 64
    )


def sealed(who: Appraiser, criterion: str) -> ScoreSealed:
    return ScoreSealed(
        appraisal_id=opened.appraisal_id,
        appraiser=who.appraiser_id,
        criterion=criterion,
        score=reference(who, criterion),
    )


def in_from(who: Appraiser) -> Iterator[ScoreSealed]:
    return (sealed(who, criterion.id) for criterion in STANDARD.criteria)


def in_two() -> tuple[ScoreSealed, ...]:
    return (*in_from(ANNA), *in_from(BINH))


def given(who: Appraiser, criterion: str, points: int) -> CriterionScored:
    return CriterionScored(
        appraisal_id=opened.appraisal_id,
        criterion=criterion,
        points=points,
        evidence="Biên bản kiểm tra tại cơ sở",
        appraiser=who.appraiser_id,
    )


def open_scores(points: Mapping[Appraiser, tuple[int, ...]]) -> tuple[CriterionScored, ...]:
    return tuple(
        given(who, criterion.id, own)
        for who, all_own in points.items()
        for criterion, own in zip(STANDARD.criteria, all_own, strict=True)
    )


OPENED_SCORES: tuple[AppraisalEvent, ...] = (
    opened,
    team_of(ANNA, BINH),
    *in_two(),
    *open_scores({ANNA: (15, 15, 15, 15, 15), BINH: (14, 15, 16, 15, 15)}),
)
