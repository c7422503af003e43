"""Who holds a model: who may register one, alone or with others that agree, and how a running model goes to
another holder (practice).
"""

from collections.abc import Collection
from datetime import date
from typing import Final, Protocol
from uuid import UUID

import msgspec

from services.registration.domain import model_refusals as refuse
from services.registration.domain import quota
from services.registration.domain.facts import HolderFacts, RegistrationRules
from shared.contracts.holding import (
    HolderChanged,
    JointHolder,
    JointHolderConsented,
)
from shared.contracts.registration import ModelRegistered
from shared.contracts.values import (
    CategoryId,
    Forgettable,
    HolderKind,
    Line,
    OrganizationId,
    Text,
)
from shared.domain.decider import Request
from shared.domain.graph import Graph
from shared.domain.refusal import Refusal
from shared.domain.time import Instant, legal_date

# --- commands ---------------------------------------------------------------------------------


class HolderChange(Request, frozen=True, kw_only=True):
    """The change itself, without who an individual is. `agreement` is the paper in which the holder that leaves and
    the one that comes agree: its title or number, which names no person.
    """

    holder_kind: HolderKind
    holder: OrganizationId
    holder_name: Line | None = None
    category: CategoryId
    reason: Text
    agreement: Line


class ChangeHolderForm(HolderChange, frozen=True, kw_only=True):
    """A change of holder as one enters it. `person` names an individual and is kept apart, forgettable."""

    person: Line | None = None


class ChangeHolder(HolderChange, frozen=True, kw_only=True):
    """Change the holder; `place` is the one taken of the new unit's quota, where the rule set has an upper limit."""

    holder_person: Forgettable | None = None
    at: Instant
    successions: Graph = Graph()
    holder_facts: HolderFacts
    rules: RegistrationRules
    place: UUID | None = None


class ConsentToHoldingForm(Request, frozen=True, kw_only=True):
    """Which of the joint holders that the registration names agrees."""

    holder: OrganizationId


class ConsentToHolding(ConsentToHoldingForm, frozen=True, kw_only=True):
    """Agree, as a joint holder, to hold the model as registered."""

    at: Instant


# --- rules ------------------------------------------------------------------------------------

_PRACTICE: Final = "change of a model's holder, by agreement, with reason, on record"

COMMITTEE_STAYS: Final = Refusal(
    "new-holder-of-other-committee",
    vi="Chủ thể mới không thuộc cấp ủy đã chấp nhận mô hình này. Hãy rút mô hình và đăng ký với cấp ủy của "
    "chủ thể mới.",
    en="The new holder does not belong to the committee that accepted this model. Withdraw the model, and "
    "register it with the new holder's committee.",
    clause="III.1.1c",
)
RESULTS_ARE_THE_HOLDERS: Final = Refusal(
    "holder-reported",
    vi="Báo cáo kết quả năm {year} đã nộp: việc thẩm định, công nhận dựa trên việc làm của chủ thể này. Hãy đăng "
    "ký mô hình năm sau dưới tên chủ thể mới.",
    en="The written results of {year} are in: what is appraised and recognised is the work of this holder. "
    "Register the model of the next year under the new one.",
    clause="III.2.1b",
)


class Wanted(Protocol):
    """What a registration or a change says of a holder."""

    @property
    def holder_kind(self) -> HolderKind: ...
    @property
    def holder(self) -> OrganizationId: ...
    @property
    def holder_name(self) -> str | None: ...
    @property
    def category(self) -> str: ...


_JOINT: Final = "joint holders: two organisations, two communes; each agrees"

JOINT_OF_INDIVIDUAL: Final = Refusal(
    "joint-holders-of-individual",
    vi="Mô hình của cá nhân không có chủ thể cùng thực hiện. Hãy đăng ký dưới tên tập thể.",
    en="A model of an individual has no joint holders. Register it under the name of a collective.",
    practice=_JOINT,
)
HOLDER_TWICE: Final = Refusal(
    "holder-named-twice",
    vi="Một đơn vị được ghi hai lần trong số các chủ thể. Hãy ghi mỗi đơn vị một lần.",
    en="An organisation is named twice among the holders. Name each once.",
    practice=_JOINT,
)
NOT_JOINT: Final = Refusal(
    "not-a-joint-holder",
    vi="Đơn vị này không được ghi là chủ thể cùng thực hiện trong đăng ký.",
    en="The registration does not name this organisation as a joint holder.",
    practice=_JOINT,
)
CONSENT_MISSING: Final = Refusal(
    "joint-consent-missing",
    vi="Chưa có sự đồng ý của chủ thể cùng thực hiện: {names}. Hãy chờ các đơn vị này đồng ý, hoặc trả lại và nêu "
    "lý do.",
    en="Joint holders have not agreed yet: {names}. Wait for their consent, or return the registration with "
    "reasons.",
    practice=_JOINT,
)


def check_joint(
    holder: OrganizationId,
    kind: HolderKind,
    joint: Collection[JointHolder],
    successions: Graph,
    today: date,
) -> None:
    """Whether these may hold a model together with `holder`. Raises RefusedError."""
    if joint and kind == "individual":
        raise JOINT_OF_INDIVIDUAL()
    bodies = [holder, *(one.organization for one in joint)]
    if len(set(bodies)) < len(bodies):
        raise HOLDER_TWICE()
    if any(successions.ended(one.organization, today) for one in joint):
        raise refuse.HOLDER_ENDED()


def consent(
    command: ConsentToHolding,
    registration: ModelRegistered,
    given: Collection[OrganizationId],
    *,
    awaited: bool,
) -> tuple[JointHolderConsented, ...]:
    """A joint holder agrees while the committee has not answered. Raises RefusedError."""
    if command.holder not in {one.organization for one in registration.joint_holders}:
        raise NOT_JOINT()
    if command.holder in given:
        return ()
    if not awaited:
        raise refuse.NOT_AWAITING_DECISION()
    return (JointHolderConsented(model_id=registration.model_id, holder=command.holder),)


def check_consents(registration: ModelRegistered, given: Collection[OrganizationId]) -> None:
    """Whether every joint holder agreed. Raises RefusedError."""
    missing = [one.name for one in registration.joint_holders if one.organization not in given]
    if missing:
        raise CONSENT_MISSING(names=", ".join(missing))


def check(
    wanted: Wanted,
    person: Forgettable | None,
    rules: RegistrationRules,
    successions: Graph,
    today: date,
) -> None:
    """Whether such a collective or individual may hold a model, is named, and its organisation is there.
    Raises RefusedError.
    """
    listed = {entry.id for entry in rules.categories if entry.holder_kind == wanted.holder_kind}
    collective = wanted.holder_kind == "collective"
    if wanted.category not in listed:
        unlisted = refuse.NOT_IN_CATEGORIES if collective else refuse.INDIVIDUAL_NOT_IN_CATEGORIES
        raise unlisted(category=wanted.category)
    if collective:
        named = wanted.holder_name is not None and person is None
    else:
        named = person is not None and wanted.holder_name is None
    if not named:
        raise refuse.HOLDER_UNNAMED()
    if successions.ended(wanted.holder, today):
        raise refuse.HOLDER_ENDED()


def check_place(
    kind: HolderKind,
    place: UUID | None,
    rules: RegistrationRules,
    lapsed: Collection[UUID],
) -> None:
    """Whether a model holds a place of its unit's quota, where there is a limit. Raises RefusedError."""
    limited = rules.models_per_unit.at_most is not None and kind == "collective"
    if limited and (place is None or place in lapsed):
        raise quota.PLACE_LAPSED()


def change(
    command: ChangeHolder,
    registration: ModelRegistered,
    lapsed: Collection[UUID],
    *,
    year: int,
    results_in: bool,
) -> tuple[HolderChanged, ...]:
    """Another takes an accepted model over, until its results of `year` are in. Raises RefusedError."""
    changed = HolderChanged(
        model_id=registration.model_id,
        committee=registration.committee,
        former=registration.holder,
        holder=command.holder,
        holder_kind=command.holder_kind,
        category=command.category,
        reason=command.reason,
        agreement=command.agreement,
        holder_name=command.holder_name,
        holder_person=command.holder_person,
    )
    if registration == with_holder(registration, changed):
        return ()
    if results_in:
        raise RESULTS_ARE_THE_HOLDERS(year=year)
    today = legal_date(command.at)
    check(command, command.holder_person, command.rules, command.successions, today)
    check_joint(
        command.holder,
        command.holder_kind,
        registration.joint_holders,
        Graph(),  # a joint holder that ended since has its successor, or is missed by nobody
        today,
    )
    if registration.committee not in command.holder_facts.committees:
        raise COMMITTEE_STAYS()
    if (command.holder, command.holder_kind) != (registration.holder, registration.holder_kind):
        check_place(command.holder_kind, command.place, command.rules, lapsed)
    return (changed,)


def with_holder(registration: ModelRegistered, changed: HolderChanged) -> ModelRegistered:
    """The registration as it reads under another holder."""
    return msgspec.structs.replace(
        registration,
        holder=changed.holder,
        holder_kind=changed.holder_kind,
        holder_name=changed.holder_name,
        holder_person=changed.holder_person,
        category=changed.category,
    )
