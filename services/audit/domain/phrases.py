"""How values of events read in a sentence. Personal data never does: its references have no words."""

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Final, Literal
from uuid import UUID

import msgspec

from shared.contracts.evaluation import Fraction
from shared.contracts.values import Forgettable
from shared.domain.time import VIET_NAM

Language = Literal["vi", "en"]

TEXT_CHARACTERS_MAX: Final = 300
"""Longer texts are cut in a sentence; the event has them in full."""


class Template(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence in each language with `{field}` for the event's fields, and the guideline clause the
    step belongs to, if it is the guideline's.
    """

    vi: str
    en: str
    clause: str | None = None


class PersonalDataError(TypeError):
    """A sentence would show a reference to personal data."""


WORDS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "model": ("mô hình", "model"),
        "exemplar": ("điển hình", "exemplar"),
        "recognise": ("công nhận", "to recognise"),
        "decline": ("không công nhận", "to decline"),
        "economy": ("phát triển kinh tế", "economy"),
        "culture-society": ("văn hóa - xã hội", "culture and society"),
        "security-defence": ("an ninh - quốc phòng", "security and defence"),
        "political-system": ("xây dựng hệ thống chính trị", "political system"),
        "party": ("tuyến đảng", "party line"),
        "vertical": ("tuyến ngành dọc", "vertical line"),
        "territory": ("tuyến địa bàn", "territorial line"),
        "province": ("cấp tỉnh", "provincial"),
        "commune": ("cấp xã", "commune"),
        "grassroots": ("cấp cơ sở", "grassroots"),
        "held": ("đã tổ chức báo cáo", "a session was held"),
        "missed": (
            "đơn vị tổ chức không tổ chức báo cáo",
            "the organising body missed to hold one",
        ),
        "mark": ("chỉ ghi nhận", "it is only marked"),
        "accept_with_reason": ("cần chấp nhận kèm lý do", "it needs acceptance with a reason"),
        "ineligible": ("không còn được xét", "the model is no longer eligible"),
        "approve": ("tán thành", "approve"),
        "reject": ("không tán thành", "reject"),
        "abstain": ("không có ý kiến", "abstain"),
        "all": ("tổng số thành viên", "all members"),
        "present": ("số có mặt", "those present"),
        "present_and_consulted": ("số có mặt và được xin ý kiến", "those present or consulted"),
        "inbox": ("hộp thư", "the inbox"),
        "email": ("thư điện tử", "e-mail"),
        "vi": ("tiếng Việt", "Vietnamese"),
        "en": ("tiếng Anh", "English"),
        "holder": ("chủ thể", "holder"),
        "committee": ("cấp ủy", "committee"),
        "appraising_unit": ("đơn vị thẩm định", "appraising unit"),
        "deciding_body": ("cơ quan quyết định", "deciding body"),
        "organizer": ("đơn vị tổ chức", "organiser"),
        "launching_body": ("cơ quan phát động", "launching body"),
    }
)
"""The words for fixed values, Vietnamese and English."""

FIXED_FIELDS: Final = frozenset(
    {
        *("aim", "advice", "channel", "choice", "effect", "field", "language", "level", "line"),
        *("relation", "session", "threshold_denominator"),
    }
)
"""Only these hold fixed values: a model may well be called “all”."""

_TRUTHS: Final[Mapping[str, tuple[tuple[str, str], tuple[str, str]]]] = MappingProxyType(
    {
        "passed": (("đạt", "passed"), ("không đạt", "failed")),
        "gates_passed": (("đạt", "passed"), ("không đạt", "failed")),
        "meets_standard": (
            ("đạt tiêu chuẩn", "meets the standard"),
            ("chưa đạt tiêu chuẩn", "does not meet the standard"),
        ),
        "late": (("muộn", "late"), ("đúng hạn", "in time")),
        "written_results": (
            ("đã có báo cáo bằng văn bản", "written results are in"),
            ("chưa có báo cáo bằng văn bản", "no written results are in"),
        ),
        "adopted": (("thông qua", "adopted"), ("không thông qua", "not adopted")),
        "named_body_competent": (
            ("có thẩm quyền", "is competent"),
            ("không có thẩm quyền", "is not competent"),
        ),
    }
)
"""How a field says yes and no."""


def phrase(field: str, value: object, language: Language, names: Mapping[UUID, str]) -> str:
    """How `value` of `field` reads. `names` are those of organisations and models, by id; one that is
    not there is shown by the beginning of its id. Raises PersonalDataError for a reference.
    """
    english = language == "en"
    match value:
        case None:
            said = "–"
        case bool():
            yes, no = _TRUTHS.get(field, (("có", "yes"), ("không", "no")))
            said = (yes if value else no)[english]
        case UUID():
            said = names.get(value, f"#{str(value)[:8]}")
        case datetime():
            local = value.astimezone(VIET_NAM)
            said = f"{local:%Y-%m-%d %H:%M}" if english else f"{local:%H:%M %d/%m/%Y}"
        case date():
            said = value.isoformat() if english else f"{value:%d/%m/%Y}"
        case Fraction():
            said = f"{value.numerator}/{value.denominator}"
        case Forgettable():
            raise PersonalDataError(field)
        case tuple():
            said = str(len(value))
        case str():
            said = WORDS[value][english] if field in FIXED_FIELDS else _cut(value)
        case _:
            said = str(value)
    return said


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= TEXT_CHARACTERS_MAX else f"{line[:TEXT_CHARACTERS_MAX]}…"
