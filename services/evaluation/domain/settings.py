"""What a rule set may say: each setting has its source, and the guideline's own words stay the guideline's."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from shared.contracts.evaluation import Fraction, RuleSettings, Setting
from shared.contracts.values import Line
from shared.domain.refusal import Refusal

# --- what the guideline itself says -----------------------------------------------------------

GUIDELINE_SETTINGS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "categories": ("I.1.1", "I.1.2"),
        "survey_gate": ("III.1.1b",),
        "outside_month": ("III.2.1c",),
    }
)
"""The settings the guideline has words for, with their clauses. All others are practice."""

_GUIDELINE_VALUES: Final[Mapping[str, str]] = MappingProxyType(
    {"survey_gate": "before_registration", "outside_month": "reason_required"}
)

SOURCE_UNCLEAR: Final = Refusal(
    "setting-source-unclear",
    vi="Thiết lập «{setting}» phải ghi nguồn: «guideline <điều>» hoặc «practice: <văn bản>».",
    en="The setting “{setting}” names its source: “guideline <clause>” or “practice: <document>”.",
)
NOT_THE_GUIDELINES: Final = Refusal(
    "setting-not-the-guidelines",
    vi="Hướng dẫn không quy định «{setting}» như vậy. Hãy ghi nguồn «practice: <văn bản>».",
    en="The guideline does not say this of “{setting}”. Name its source as “practice: <document>”.",
)
NO_CATEGORIES: Final = Refusal(
    "categories-missing",
    vi="Hãy liệt kê các đối tượng được đăng ký (tập thể, cá nhân).",
    en="List the categories of those who may register (collectives, individuals).",
    clause="I.1.1",
)
CATEGORY_TWICE: Final = Refusal(
    "category-twice",
    vi="Mã đối tượng «{category}» ghi hai lần. Hãy bỏ dòng trùng.",
    en="The category “{category}” stands there twice. Remove one.",
)
SUB_FIELD_TWICE: Final = Refusal(
    "sub-field-twice",
    vi="Mã lĩnh vực nhỏ «{sub_field}» ghi hai lần. Hãy bỏ dòng trùng.",
    en="The sub-field “{sub_field}” stands there twice. Remove one.",
    practice="sub_fields",
)
NOT_PUBLIC: Final = Refusal(
    "selection-not-public",
    vi="Phải công khai, dân chủ trong bình chọn: hãy quy định niêm yết công khai hoặc bỏ phiếu.",
    en="Selection is public and democratic: provide for a public posting or a ballot.",
    clause="I.2.1b",
)
SECRET_BALLOT: Final = Refusal(
    "secret-ballot-not-supported",
    vi="Chưa bỏ phiếu kín được trên hệ thống. Hãy chọn bỏ phiếu công khai (open) hoặc không bỏ phiếu (none).",
    en="The system cannot hold a secret ballot yet. Choose an open one (open) or none (none).",
    practice="ballot_mode",
)
SHARE_OUT_OF_RANGE: Final = Refusal(
    "share-out-of-range",
    vi="«{setting}» phải lớn hơn 0 và không quá toàn bộ, nay ghi {numerator}/{denominator}.",
    en="“{setting}” is more than none and no more than all; it says {numerator}/{denominator}.",
)
QUOTA_REVERSED: Final = Refusal(
    "quota-reversed",
    vi="Số mô hình tối thiểu {at_least} vượt số tối đa {at_most} của một đơn vị. Hãy sửa một trong hai.",
    en="A unit's least number of models, {at_least}, exceeds its most, {at_most}. Correct one of the two.",
    practice="models_per_unit",
)
REMINDERS_OUT_OF_ORDER: Final = Refusal(
    "reminders-out-of-order",
    vi="Các lần nhắc trước hạn xếp từ xa đến gần và không trùng nhau, ví dụ 30, 7, 1 ngày.",
    en="Reminders stand from the farthest to the nearest and each once, 30, 7, 1 days for example.",
    practice="reminder_days",
)
TIE_WITHOUT_REPEAT: Final = Refusal(
    "tie-without-repeat",
    vi="Bằng phiếu thì bỏ phiếu lại, nhưng số lần bỏ phiếu lại là 0. Hãy cho phép ít nhất một lần.",
    en="A tie is to be voted on again, but no ballot may be repeated. Allow one repetition at least.",
    practice="tie_rule",
)


MINUTES_ROLE: Final = Refusal(
    "minutes-role-not-single",
    vi="Biên bản do «{role}» ký, nhưng quy định về hội đồng không có đúng một người giữ vai trò này, hoặc vai trò ghi "
    "hai lần. Hãy sửa «minutes» hoặc «council».",
    en="The minutes are signed by “{role}”, yet the council's make-up does not have exactly one holder of that role, "
    "or it stands there twice. Change “minutes” or “council”.",
    practice="minutes",
)


def check_settings(settings: RuleSettings) -> None:
    """Whole settings by themselves. Raises RefusedError."""
    for name, setting in each(settings):
        _check_source(name, setting)
    _check_categories(settings)
    _check_sub_fields(settings)
    if settings.ballot_mode.value == "secret":
        raise SECRET_BALLOT()
    if settings.ballot_mode.value == "none" and settings.posting_working_days.value == 0:
        raise NOT_PUBLIC()
    _check_share("quorum", settings.quorum.value)
    _check_share("threshold", settings.threshold.value)
    _check_share("divergence", settings.divergence.value)
    if settings.tie_rule.value == "repeat" and settings.ballot_repeats_max.value == 0:
        raise TIE_WITHOUT_REPEAT()
    minutes, single = settings.minutes.value, settings.council.value.single_roles
    for role in minutes:
        if role not in single or minutes.count(role) > 1:
            raise MINUTES_ROLE(role=role)
    quota = settings.models_per_unit.value
    if quota.at_most is not None and quota.at_most < quota.at_least:
        raise QUOTA_REVERSED(at_least=quota.at_least, at_most=quota.at_most)
    days = settings.reminder_days.value
    if list(days) != sorted(set(days), reverse=True):
        raise REMINDERS_OUT_OF_ORDER()


def each(settings: RuleSettings) -> tuple[tuple[str, Setting[object]], ...]:
    """Every setting with its name."""
    return tuple((name, getattr(settings, name)) for name in settings.__struct_fields__)


def is_guidelines(source: Line) -> bool:
    """Whether a setting of this source is the guideline's own word and no practice."""
    return source.startswith("guideline ")


def _check_source(name: str, setting: Setting[object]) -> None:
    kind, _, rest = setting.source.partition(" ")
    if kind not in ("guideline", "practice:") or not rest.strip():
        raise SOURCE_UNCLEAR(setting=name)
    if kind == "practice:":
        return
    named = rest.split()[0].rstrip(",;")
    says = _GUIDELINE_VALUES.get(name, setting.value)
    if named not in GUIDELINE_SETTINGS.get(name, ()) or setting.value != says:
        raise NOT_THE_GUIDELINES(setting=name)


def _check_categories(settings: RuleSettings) -> None:
    if not settings.categories.value:
        raise NO_CATEGORIES()
    seen: set[str] = set()
    for category in settings.categories.value:
        if category.id in seen:
            raise CATEGORY_TWICE(category=category.id)
        seen.add(category.id)


def _check_sub_fields(settings: RuleSettings) -> None:
    seen: set[str] = set()
    for one in settings.sub_fields.value:
        if one.id in seen:
            raise SUB_FIELD_TWICE(sub_field=one.id)
        seen.add(one.id)


def _check_share(setting: str, share: Fraction) -> None:
    if not 0 < share.numerator <= share.denominator:
        raise SHARE_OUT_OF_RANGE(
            setting=setting, numerator=share.numerator, denominator=share.denominator
        )
