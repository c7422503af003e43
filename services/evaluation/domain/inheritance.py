"""From the province's rule set to a body's: what a body leaves open is its parent's, and what the guideline
itself says is nobody's to weaken.
"""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Annotated, Final, Literal

import msgspec
from msgspec.structs import asdict, replace

from services.evaluation.domain.settings import each, is_guidelines
from shared.contracts.evaluation import (
    Addressees,
    BallotMode,
    Category,
    CouncilMakeup,
    DaysMax,
    Denominator,
    ExemplarBasis,
    Fraction,
    InheritedSetting,
    Quota,
    RuleSettings,
    RuleSetVersion,
    ScoreRule,
    Setting,
    SiteVisitRule,
    SomeDays,
    TermYears,
    TieRule,
    Times,
)
from shared.contracts.particulars import RegistrationItem, SubField
from shared.contracts.values import (
    CouncilRole,
    LatenessEffect,
    Likeness,
    OrganizationId,
    SurveyGate,
    WrittenVotes,
)
from shared.domain.refusal import Refusal


class GivenSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The settings of RuleSettings a body decides itself; None leaves one to the parent."""

    categories: Setting[tuple[Category, ...]] | None = None
    survey_gate: Setting[SurveyGate] | None = None
    lateness_effect: Setting[LatenessEffect] | None = None
    posting_working_days: Setting[Annotated[int, msgspec.Meta(ge=0, le=60)]] | None = None
    holidays: Setting[tuple[date, ...]] | None = None
    ballot_mode: Setting[BallotMode] | None = None
    quorum: Setting[Fraction] | None = None
    threshold: Setting[Fraction] | None = None
    threshold_denominator: Setting[Denominator] | None = None
    written_votes: Setting[WrittenVotes] | None = None
    outside_month: Setting[Literal["reason_required", "allowed"]] | None = None
    score_rule: Setting[ScoreRule] | None = None
    divergence: Setting[Fraction] | None = None
    site_visit: Setting[SiteVisitRule] | None = None
    council: Setting[CouncilMakeup] | None = None
    minutes: Setting[Annotated[tuple[CouncilRole, ...], msgspec.Meta(max_length=3)]] | None = None
    tie_rule: Setting[TieRule] | None = None
    ballot_repeats_max: Setting[Times] | None = None
    models_per_unit: Setting[Quota] | None = None
    registration_items: (
        Setting[Annotated[tuple[RegistrationItem, ...], msgspec.Meta(max_length=8)]] | None
    ) = None
    sub_fields: Setting[Annotated[tuple[SubField, ...], msgspec.Meta(max_length=100)]] | None = None
    supplements_max: Setting[Times] | None = None
    registration_answer_working_days: Setting[SomeDays] | None = None
    term_years_max: Setting[TermYears] | None = None
    similarity: Setting[Likeness] | None = None
    quiet_after_days: Setting[SomeDays] | None = None
    help_days: Setting[SomeDays] | None = None
    exemplar_basis: Setting[ExemplarBasis] | None = None
    reminder_days: Setting[Annotated[tuple[DaysMax, ...], msgspec.Meta(max_length=10)]] | None = (
        None
    )
    escalation_days: Setting[SomeDays] | None = None
    urging_days: Setting[SomeDays] | None = None
    complaint_days: Setting[SomeDays] | None = None
    revocation_report_days: Setting[SomeDays] | None = None
    revocation_decision_working_days: Setting[SomeDays] | None = None
    proposal: Setting[Literal["required", "none"]] | None = None
    same_achievement: Setting[Literal["recognised_once", "allowed"]] | None = None
    recipients: Setting[Annotated[tuple[Addressees, ...], msgspec.Meta(max_length=10)]] | None = (
        None
    )


class ParentRules(msgspec.Struct, frozen=True, kw_only=True):
    """The version a rule set builds on; it holds from `effective_on` until `ends_on`."""

    rules: RuleSetVersion
    adopted_by: OrganizationId
    effective_on: date
    ends_on: date | None
    settings: RuleSettings
    inherited: tuple[InheritedSetting, ...]


SETTINGS_MISSING: Final = Refusal(
    "settings-missing",
    vi="Chưa quy định: {missing}. Hãy ghi các thiết lập này, hoặc nêu bộ quy định cấp trên để kế thừa (parent).",
    en="Not settled: {missing}. Give these settings, or name the rule set to take them from (parent).",
)
PARENT_UNKNOWN: Final = Refusal(
    "parent-unknown",
    vi="Không có phiên bản quy định cấp trên ({parent}). Hãy xem lại mã và số phiên bản.",
    en="There is no such version to build on ({parent}). Check its id and number.",
)
PARENT_OWN: Final = Refusal(
    "parent-own",
    vi="Bộ quy định không kế thừa văn bản của chính cơ quan mình. Hãy nêu bộ quy định cấp trên.",
    en="A rule set does not build on one of the same body. Name that of the body above.",
)
PARENT_NOT_IN_FORCE: Final = Refusal(
    "parent-not-in-force",
    vi="Ngày {effective_on} bộ quy định cấp trên ({parent}) chưa có hoặc không còn hiệu lực. Hãy dựa vào phiên "
    "bản có hiệu lực ngày ấy.",
    en="On {effective_on} the version to build on ({parent}) does not hold yet or no longer. Name the one that "
    "holds that day.",
    clause="IV.1",
)
PARENT_MISSING: Final = Refusal(
    "parent-missing",
    vi="Cấp tỉnh đã có “{title}”. Hãy nêu bộ quy định ấy làm gốc (parent) và cụ thể hóa.",
    en="The province has “{title}”. Name it as the parent and make it concrete.",
    clause="IV.1",
)
GUIDELINE_RETAGGED: Final = Refusal(
    "guideline-setting-retagged",
    vi="«{setting}» là quy định của chính Hướng dẫn. Hãy giữ nguồn «{source}».",
    en="“{setting}” is the guideline's own word. Keep its source, “{source}”.",
)
SURVEY_WEAKENED: Final = Refusal(
    "survey-gate-weakened",
    vi="Khảo sát đi trước đăng ký; cơ quan cụ thể hóa không được lùi khảo sát về sau.",
    en="The survey comes before registering; a body that makes this concrete cannot put it off.",
    clause="III.1.1b",
)
MONTH_WEAKENED: Final = Refusal(
    "outside-month-weakened",
    vi="Công nhận ngoài Tháng Dân vận phải nêu lý do; cơ quan cụ thể hóa không được bỏ yêu cầu này.",
    en="Recognising outside the Mass Mobilisation Month needs a reason; a body cannot drop that.",
    clause="III.2.1c",
)
COLLECTIVE_SHUT_OUT: Final = Refusal(
    "collective-category-dropped",
    vi="Tập thể “{title}” được đăng ký theo Hướng dẫn; không được bỏ đối tượng này.",
    en="The collectives “{title}” may register under the guideline; they cannot be left out.",
    clause="I.1.1",
)
INDIVIDUAL_SHUT_OUT: Final = Refusal(
    "individual-category-dropped",
    vi="Cá nhân “{title}” được đăng ký theo Hướng dẫn; không được bỏ đối tượng này.",
    en="The individuals “{title}” may register under the guideline; they cannot be left out.",
    clause="I.1.2",
)
COLLECTIVE_ADDED: Final = Refusal(
    "collective-category-added",
    vi="Tập thể “{title}” không có trong danh mục đối tượng của bộ quy định gốc. Chỉ danh mục cá nhân để mở.",
    en="The collectives “{title}” are not among those of the parent. Only the list of individuals is open.",
    clause="I.1.1",
)


SUB_FIELD_DROPPED: Final = Refusal(
    "sub-field-dropped",
    vi="Lĩnh vực nhỏ “{title}” do cấp trên đặt ra. Cơ quan cụ thể hóa được thêm, không được bỏ hay đổi lĩnh vực lớn.",
    en="The sub-field “{title}” is the parent's. A body may add some, not drop one or move it to another field.",
    practice="sub_fields",
)


def settle(given: GivenSettings, parent: ParentRules | None) -> RuleSettings:
    """The whole settings: what is given, else the parent's. Raises RefusedError for what nobody settles."""
    chosen = {name: one for name, one in asdict(given).items() if one is not None}
    if parent is not None:
        return replace(parent.settings, **chosen)
    missing = [name for name in RuleSettings.__struct_fields__ if name not in chosen]
    if missing:
        raise SETTINGS_MISSING(missing=", ".join(missing))
    return RuleSettings(**chosen)


def inherited(given: GivenSettings, parent: ParentRules | None) -> tuple[InheritedSetting, ...]:
    """Where the settings come from that a body leaves to its parent, however far up."""
    if parent is None:
        return ()
    further_up = {one.setting: one.decided_in for one in parent.inherited}
    return tuple(
        InheritedSetting(setting=name, decided_in=further_up.get(name, parent.rules))
        for name in RuleSettings.__struct_fields__
        if getattr(given, name) is None
    )


def check_parent(parent: ParentRules, adopted_by: OrganizationId, effective_on: date) -> None:
    """Whether a body's version can build on `parent`. Raises RefusedError."""
    if parent.adopted_by == adopted_by:
        raise PARENT_OWN()
    ended = parent.ends_on is not None and parent.ends_on <= effective_on
    if ended or effective_on < parent.effective_on:
        raise PARENT_NOT_IN_FORCE(
            effective_on=effective_on.isoformat(), parent=version_name(parent.rules)
        )


def check_not_weakened(settings: RuleSettings, parent: RuleSettings) -> None:
    """The guideline's own settings are no weaker than the parent has them, and its sub-fields still roll up as
    they did. Raises RefusedError.
    """
    _check_sub_fields(settings, parent)
    above = dict(each(parent))
    for name, setting in each(settings):
        former = above[name]
        if not is_guidelines(former.source):
            continue
        if name == "categories":
            _check_categories(settings, parent)
        elif setting.value != former.value:
            raise _WEAKENED[name]()
        if not is_guidelines(setting.source):
            raise GUIDELINE_RETAGGED(setting=name, source=former.source)


_WEAKENED: Final[Mapping[str, Refusal]] = MappingProxyType(
    {"survey_gate": SURVEY_WEAKENED, "outside_month": MONTH_WEAKENED}
)


def _check_categories(settings: RuleSettings, parent: RuleSettings) -> None:
    kept = {(one.id, one.holder_kind) for one in settings.categories.value}
    for one in parent.categories.value:
        if (one.id, one.holder_kind) not in kept:
            shut_out = (
                COLLECTIVE_SHUT_OUT if one.holder_kind == "collective" else INDIVIDUAL_SHUT_OUT
            )
            raise shut_out(title=one.title)
    known = {one.id for one in parent.categories.value}
    for one in settings.categories.value:
        if one.holder_kind == "collective" and one.id not in known:
            raise COLLECTIVE_ADDED(title=one.title)


def _check_sub_fields(settings: RuleSettings, parent: RuleSettings) -> None:
    kept = {(one.id, one.field) for one in settings.sub_fields.value}
    for one in parent.sub_fields.value:
        if (one.id, one.field) not in kept:
            raise SUB_FIELD_DROPPED(title=one.title)


def version_name(rules: RuleSetVersion) -> str:
    """How a sentence names a version."""
    return f"{rules.rule_set}/{rules.version}"
