"""A body's criteria in their versions; they extend the five common ones. Stream `criteria-<id>`."""

from collections.abc import Iterator
from datetime import date
from types import MappingProxyType
from typing import Annotated, Final, get_args
from uuid import UUID

import msgspec

from services.evaluation.domain.adopted import (
    REPLACED_MAX,
    Adopted,
    AdoptionForm,
    check_among_others,
    check_answers,
    check_document,
    evolve,
    says_the_same,
)
from shared.contracts.adopted import AdoptedVersion
from shared.contracts.evaluation import (
    CommonCriterion,
    CriteriaSetAdopted,
    CriteriaSetVersion,
    Criterion,
)
from shared.contracts.values import CriteriaSetId, OrganizationId, WorkField
from shared.domain.decider import Decider
from shared.domain.refusal import Refusal
from shared.domain.time import Instant

CriteriaSet = Adopted[CriteriaSetAdopted]
CriteriaEvent = CriteriaSetAdopted

COMMON_CRITERIA: Final[tuple[CommonCriterion, ...]] = get_args(CommonCriterion)
FIELDS: Final[tuple[WorkField, ...]] = get_args(WorkField)
CRITERIA_MAX: Final = 120

# --- where a criterion holds ------------------------------------------------------------------


def criteria_for(
    criteria: tuple[Criterion, ...], field: WorkField, locality: OrganizationId | None
) -> tuple[Criterion, ...]:
    """The criteria of a field in a locality, one for each id: the locality's before the field's, and both
    before the general one. `locality` is the party committee a model is registered with.
    """
    chosen: dict[str, Criterion] = {}
    for one in criteria:
        if one.field not in (None, field) or one.locality not in (None, locality):
            continue
        held = chosen.get(one.id)
        if held is None or _closeness(one) > _closeness(held):
            chosen[one.id] = one
    return tuple(chosen.values())


def _closeness(one: Criterion) -> tuple[bool, bool]:
    return one.locality is not None, one.field is not None


# --- commands ---------------------------------------------------------------------------------


class CriteriaVersionForm(AdoptionForm, frozen=True, kw_only=True):
    """Criteria on the body's own scale, and the points that make the standard. `replaces` are other sets
    of the body that end when this version takes effect.
    """

    criteria: Annotated[tuple[Criterion, ...], msgspec.Meta(max_length=CRITERIA_MAX)]
    points_required: Annotated[int, msgspec.Meta(ge=0, le=100_000)]
    parent: CriteriaSetVersion | None = None
    replaces: Annotated[tuple[CriteriaSetId, ...], msgspec.Meta(max_length=REPLACED_MAX)] = ()


class AdoptCriteriaForm(CriteriaVersionForm, frozen=True, kw_only=True):
    """A first version, and the body that adopts it (clauses II and IV.1)."""

    adopted_by: OrganizationId


class ParentStandard(msgspec.Struct, frozen=True, kw_only=True):
    """The version that criteria build on; it holds from `effective_on` until `ends_on`, and asks for
    `points_required` of `points_total`.
    """

    adopted_by: OrganizationId
    effective_on: date
    ends_on: date | None
    points_required: int
    points_total: int


class CriteriaFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What else is known: the body's other criteria, the version named as parent, None if there is none, and
    those of the cited feedbacks that were raised.
    """

    others: tuple[AdoptedVersion, ...] = ()
    parent_standard: ParentStandard | None = None
    feedbacks: tuple[UUID, ...] = ()


class AdoptCriteria(AdoptCriteriaForm, frozen=True, kw_only=True):
    """Adopt a set of criteria."""

    criteria_set_id: CriteriaSetId
    known: CriteriaFacts
    at: Instant


class AdoptCriteriaVersion(CriteriaVersionForm, frozen=True, kw_only=True):
    """Adopt a further version. Appraisals opened under a former one stay under it."""

    known: CriteriaFacts
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
    vi="Bộ tiêu chí phải bảo đảm năm tiêu chí chung ở mọi lĩnh vực, mọi nơi; còn thiếu: {missing}.",
    en="The five common criteria must all be made concrete in every field and place; missing: {missing}.",
    clause="II.x",
)
CRITERION_TWICE: Final = Refusal(
    "criterion-twice",
    vi="Mã tiêu chí «{criterion}» ghi hai lần cho cùng lĩnh vực và nơi áp dụng. Hãy đặt mã khác.",
    en="The criterion “{criterion}” stands there twice for one field and place. Give one another id.",
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
SCALE_UNEVEN: Final = Refusal(
    "scale-uneven",
    vi="Tổng điểm tối đa phải như nhau ở mọi lĩnh vực, mọi nơi: nay có nơi {least}, có nơi {most}. Trọng số chỉ "
    "phân bổ lại điểm.",
    en="The points must add up to one total in every field and place: here {least}, there {most}. Weights "
    "only share them out differently.",
    clause="II.x",
)
STANDARD_BELOW_PARENT: Final = Refusal(
    "standard-below-parent",
    vi="Điểm đạt {required}/{total} thấp hơn mức {parent_required}/{parent_total} của bộ tiêu chí gốc. Hãy nâng "
    "điểm đạt.",
    en="{required} of {total} points ask for less than the parent's {parent_required} of {parent_total}. Ask for "
    "more.",
    clause="II.x",
)
PARENT_UNKNOWN: Final = Refusal(
    "criteria-parent-unknown",
    vi="Không có phiên bản tiêu chí gốc ({parent}). Hãy xem lại mã và số phiên bản.",
    en="There is no such version of criteria to build on ({parent}). Check its id and number.",
)
PARENT_OWN: Final = Refusal(
    "criteria-parent-own",
    vi="Bộ tiêu chí không lấy văn bản của chính cơ quan mình làm gốc. Hãy nêu bộ tiêu chí cấp trên.",
    en="Criteria do not build on some of the same body. Name those of the body above.",
)
PARENT_NOT_IN_FORCE: Final = Refusal(
    "criteria-parent-not-in-force",
    vi="Ngày {effective_on} bộ tiêu chí gốc ({parent}) chưa có hoặc không còn hiệu lực. Hãy dựa vào phiên bản "
    "có hiệu lực ngày ấy.",
    en="On {effective_on} the criteria to build on ({parent}) do not hold yet or no longer. Name the version "
    "that holds that day.",
    clause="IV.1",
)
VERSION_BACKDATED: Final = Refusal(
    "criteria-version-backdated",
    vi="Phiên bản mới không thể có hiệu lực trước phiên bản trước ({former}). Hãy sửa ngày có hiệu lực.",
    en="A new version cannot take effect before the former one ({former}). Correct the day of effect.",
)


def decide(state: CriteriaSet, command: CriteriaCommand) -> tuple[CriteriaEvent, ...]:
    """What follows from `command`. Raises RefusedError."""
    if isinstance(command, AdoptCriteria):
        if state.versions:
            raise ALREADY_EXISTS()
        event = _adopted(command, command.criteria_set_id, command.adopted_by, 1)
    else:
        if not state.versions:
            raise UNKNOWN()
        former = state.versions[-1]
        event = _adopted(command, former.criteria_set_id, former.adopted_by, former.version + 1)
        if says_the_same(former, event):
            return ()
        if event.effective_on < former.effective_on:
            raise VERSION_BACKDATED(former=former.effective_on.isoformat())
    check_document(command, command.at)
    _check_criteria(event)
    _check_parent(command, event)
    check_among_others(as_adopted(event), command.known.others)
    check_answers(event.answers, command.known.feedbacks)
    return (event,)


def _adopted(
    command: CriteriaCommand, set_id: CriteriaSetId, adopted_by: OrganizationId, version: int
) -> CriteriaSetAdopted:
    return CriteriaSetAdopted(
        criteria_set_id=set_id,
        version=version,
        adopted_by=adopted_by,
        title=command.title,
        document_number=command.document_number,
        issued_on=command.issued_on,
        effective_on=command.effective_on,
        expires_on=command.expires_on,
        criteria=command.criteria,
        points_required=command.points_required,
        transition=command.transition,
        parent=command.parent,
        replaces=command.replaces,
        answers=command.answers,
    )


def points_total(criteria: tuple[Criterion, ...]) -> int:
    """The points there are: the same in every field and place."""
    return sum(one.points_max for one in criteria_for(criteria, FIELDS[0], None))


def _check_criteria(event: CriteriaSetAdopted) -> None:
    seen: set[tuple[object, ...]] = set()
    for one in event.criteria:
        key = (one.id, one.field, one.locality)
        if key in seen:
            raise CRITERION_TWICE(criterion=one.id)
        seen.add(key)
    totals: list[int] = []
    for concrete in _scopes(event.criteria):
        common = {one.common for one in concrete}
        missing = [one for one in COMMON_CRITERIA if one not in common]
        if missing:
            raise COMMON_CRITERION_DROPPED(missing=", ".join(missing))
        totals.append(sum(one.points_max for one in concrete))
    least, most = min(totals), max(totals)
    if least != most:
        raise SCALE_UNEVEN(least=least, most=most)
    if event.points_required < 1:
        raise STANDARD_WEAKENED()
    if event.points_required > least:
        raise STANDARD_OUT_OF_REACH(required=event.points_required, total=least)


def _scopes(criteria: tuple[Criterion, ...]) -> Iterator[tuple[Criterion, ...]]:
    places = {one.locality: None for one in criteria}
    for locality in (None, *(place for place in places if place is not None)):
        for field in FIELDS:
            yield criteria_for(criteria, field, locality)


def _check_parent(command: CriteriaCommand, event: CriteriaSetAdopted) -> None:
    if command.parent is None:
        return
    name = f"{command.parent.criteria_set}/{command.parent.version}"
    parent = command.known.parent_standard
    if parent is None:
        raise PARENT_UNKNOWN(parent=name)
    if parent.adopted_by == event.adopted_by:
        raise PARENT_OWN()
    ended = parent.ends_on is not None and parent.ends_on <= event.effective_on
    if ended or event.effective_on < parent.effective_on:
        raise PARENT_NOT_IN_FORCE(effective_on=event.effective_on.isoformat(), parent=name)
    total = points_total(event.criteria)
    if event.points_required * parent.points_total < parent.points_required * total:
        raise STANDARD_BELOW_PARENT(
            required=event.points_required,
            total=total,
            parent_required=parent.points_required,
            parent_total=parent.points_total,
        )


def as_adopted(event: CriteriaSetAdopted) -> AdoptedVersion:
    """The version as far as it matters for when it holds."""
    return AdoptedVersion(
        document=event.criteria_set_id,
        version=event.version,
        title=event.title,
        effective_on=event.effective_on,
        expires_on=event.expires_on,
        replaces=event.replaces,
    )


CRITERIA: Final[Decider[CriteriaSet, CriteriaCommand, CriteriaEvent]] = Decider(
    category="criteria",
    initial_state=CriteriaSet(),
    decide=decide,
    evolve=evolve,
    commands=MappingProxyType(
        {"AdoptCriteria": AdoptCriteria, "AdoptCriteriaVersion": AdoptCriteriaVersion}
    ),
)
