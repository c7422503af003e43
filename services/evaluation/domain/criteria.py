"""A body's criteria in their versions; they extend the five common ones. Stream `criteria-<id>`."""

from datetime import date
from types import MappingProxyType
from typing import Annotated, Final, get_args

import msgspec

from services.evaluation.domain.adopted import Adopted, evolve, following
from shared.contracts.evaluation import CommonCriterion, CriteriaSetAdopted, Criterion
from shared.contracts.values import CriteriaSetId, Line, OrganizationId
from shared.domain.decider import Decider, Request
from shared.domain.refusal import Refusal
from shared.domain.time import Instant

CriteriaSet = Adopted[CriteriaSetAdopted]
CriteriaEvent = CriteriaSetAdopted

COMMON_CRITERIA: Final[tuple[CommonCriterion, ...]] = get_args(CommonCriterion)
CRITERIA_MAX: Final = 60

# --- commands ---------------------------------------------------------------------------------


class CriteriaVersionForm(Request, frozen=True, kw_only=True):
    """Criteria on the body's own scale, and the points that make the standard."""

    title: Line
    effective_on: date
    criteria: Annotated[tuple[Criterion, ...], msgspec.Meta(max_length=CRITERIA_MAX)]
    points_required: Annotated[int, msgspec.Meta(ge=0, le=100_000)]


class AdoptCriteriaForm(CriteriaVersionForm, frozen=True, kw_only=True):
    """A first version, and the body that adopts it (clauses II and IV.1)."""

    adopted_by: OrganizationId


class AdoptCriteria(AdoptCriteriaForm, frozen=True, kw_only=True):
    """Adopt a set of criteria."""

    criteria_set_id: CriteriaSetId
    at: Instant


class AdoptCriteriaVersion(CriteriaVersionForm, frozen=True, kw_only=True):
    """Adopt a further version. Appraisals opened under a former one stay under it."""

    at: Instant


CriteriaCommand = AdoptCriteria | AdoptCriteriaVersion

# --- rules ------------------------------------------------------------------------------------

ALREADY_EXISTS: Final = Refusal(
    "criteria-set-exists",
    vi="Bộ tiêu chí này đã có. Hãy ban hành phiên bản mới của nó.",
    en="This set of criteria already exists. Adopt a new version of it.",
)
UNKNOWN: Final = Refusal(
    "criteria-set-unknown",
    vi="Chưa có bộ tiêu chí này. Hãy ban hành trước.",
    en="There is no such set of criteria. Adopt it first.",
)
COMMON_CRITERION_DROPPED: Final = Refusal(
    "common-criterion-dropped",
    vi="Bộ tiêu chí phải bảo đảm năm tiêu chí chung; còn thiếu: {missing}.",
    en="The five common criteria must all be made concrete; missing: {missing}.",
    clause="II.x",
)
CRITERION_TWICE: Final = Refusal(
    "criterion-twice",
    vi="Mã tiêu chí «{criterion}» ghi hai lần. Hãy đặt mã khác.",
    en="The criterion “{criterion}” stands there twice. Give one of them another id.",
)
STANDARD_WEAKENED: Final = Refusal(
    "standard-weakened",
    vi="Điểm đạt phải từ 1 trở lên: không đòi hỏi điểm nào thì cả năm tiêu chí chung mất ý nghĩa.",
    en="At least one point must be required: a standard that asks for none weakens all five common criteria.",
    clause="II.x",
)
STANDARD_OUT_OF_REACH: Final = Refusal(
    "standard-out-of-reach",
    vi="Điểm đạt {required} vượt tổng điểm tối đa {total}. Hãy giảm điểm đạt hoặc tăng thang điểm.",
    en="The points required, {required}, exceed the {total} there are. Lower them or raise the scale.",
)
VERSION_BACKDATED: Final = Refusal(
    "criteria-version-backdated",
    vi="Phiên bản mới không thể có hiệu lực trước phiên bản trước ({former}). Hãy sửa ngày có hiệu lực.",
    en="A new version cannot take effect before the former one ({former}). Correct the day of effect.",
)


def decide(state: CriteriaSet, command: CriteriaCommand) -> tuple[CriteriaEvent, ...]:
    """What follows from `command`. Raises RefusedError."""
    match command:
        case AdoptCriteria():
            if state.versions:
                raise ALREADY_EXISTS()
            _check(command)
            return (_adopted(command, command.criteria_set_id, command.adopted_by, 1),)
        case AdoptCriteriaVersion():
            if not state.versions:
                raise UNKNOWN()
            _check(command)
            former = state.versions[-1]
            event = _adopted(command, former.criteria_set_id, former.adopted_by, former.version + 1)
            return following(former, event, VERSION_BACKDATED)


def _adopted(
    form: CriteriaVersionForm, set_id: CriteriaSetId, adopted_by: OrganizationId, version: int
) -> CriteriaSetAdopted:
    return CriteriaSetAdopted(
        criteria_set_id=set_id,
        version=version,
        adopted_by=adopted_by,
        title=form.title,
        effective_on=form.effective_on,
        criteria=form.criteria,
        points_required=form.points_required,
    )


def _check(form: CriteriaVersionForm) -> None:
    made_concrete = {criterion.common for criterion in form.criteria}
    missing = [common for common in COMMON_CRITERIA if common not in made_concrete]
    if missing:
        raise COMMON_CRITERION_DROPPED(missing=", ".join(missing))
    seen: set[str] = set()
    for criterion in form.criteria:
        if criterion.id in seen:
            raise CRITERION_TWICE(criterion=criterion.id)
        seen.add(criterion.id)
    if form.points_required < 1:
        raise STANDARD_WEAKENED()
    total = sum(criterion.points_max for criterion in form.criteria)
    if form.points_required > total:
        raise STANDARD_OUT_OF_REACH(required=form.points_required, total=total)


CRITERIA: Final[Decider[CriteriaSet, CriteriaCommand, CriteriaEvent]] = Decider(
    category="criteria",
    initial_state=CriteriaSet(),
    decide=decide,
    evolve=evolve,
    commands=MappingProxyType(
        {"AdoptCriteria": AdoptCriteria, "AdoptCriteriaVersion": AdoptCriteriaVersion}
    ),
)
