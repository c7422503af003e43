"""How values of events read in a sentence. Personal data never does: its references have no words."""

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Final, Literal
from uuid import UUID

import msgspec

from shared.contracts.appraisal import EnteredOnBehalf
from shared.contracts.evaluation import Fraction
from shared.contracts.values import Forgettable
from shared.domain.time import VIET_NAM

Language = Literal["vi", "en"]

TEXT_CHARACTERS_MAX: Final = 300
"""Longer texts are cut in a sentence; the event has them in full."""


class Template(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence in each language with `{field}` for the event's fields, and the guideline clause the
    step belongs to, if it is the guideline's. What stands in `[…]` is left out where its field has no value.
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
        "registrant": ("người đăng ký", "registrant"),
        "committee_officer": ("cán bộ của cấp ủy", "committee officer"),
        "appraiser": ("chuyên viên thẩm định", "appraiser"),
        "secretary": ("thư ký hội đồng", "council secretary"),
        "chair": ("chủ tịch hội đồng", "council chair"),
        "member": ("ủy viên hội đồng", "council member"),
        "signer": ("người ký quyết định", "signer"),
        "office_clerk": ("chuyên viên văn phòng", "office clerk"),
        "party": ("tuyến đảng", "party line"),
        "vertical": ("tuyến ngành dọc", "vertical line"),
        "territory": ("tuyến địa bàn", "territorial line"),
        "province": ("cấp tỉnh", "provincial"),
        "district": ("cấp huyện", "district"),
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
        "upheld": ("chấp nhận", "upheld"),
        "dismissed": ("không chấp nhận", "dismissed"),
        "false_achievements": (
            "gian dối trong kê khai thành tích",
            "fraud in declaring achievements",
        ),
        "forged_dossier": ("hồ sơ sai sự thật hoặc giả mạo", "a false or forged dossier"),
        "unlawful_procedure": (
            "thẩm định, đề nghị trái pháp luật",
            "appraisal or proposal against the law",
        ),
        "violation_concluded": (
            "sau đó có kết luận vi phạm trong thời gian xét",
            "a later conclusion of violations in the period",
        ),
        "interim": ("sơ kết", "interim review"),
        "final": ("tổng kết", "final review"),
        "government": ("chính quyền", "government"),
        "front": ("Mặt trận", "Front"),
        "organisations": ("đoàn thể", "organisations"),
        "granted": ("được tặng", "granted"),
        "refused": ("không được tặng", "refused"),
        "withdrawn": ("đã rút đề nghị", "withdrawn"),
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
        "application/pdf": ("PDF", "PDF"),
        "image/jpeg": ("ảnh JPEG", "JPEG image"),
        "image/png": ("ảnh PNG", "PNG image"),
        "explained": ("đã giải thích", "it was explained"),
        "rules_adjusted": ("sẽ điều chỉnh quy định", "the rules are adjusted"),
        "noted": ("đã ghi nhận", "it was noted"),
        "register-number": ("số đăng ký", "the register number"),
        "progress.narrative": ("nội dung báo cáo tiến độ", "the narrative of the progress report"),
        "progress.figure": ("số liệu báo cáo tiến độ", "a figure of the progress report"),
        "results.summary": ("nội dung báo cáo kết quả", "the summary of the results"),
        "results.figure": ("số liệu báo cáo kết quả", "a figure of the results"),
        "results.households": ("số hộ tham gia", "the number of households"),
        "strong": ("tốt, đáng nhân rộng", "strong"),
        "steady": ("khá, ổn định", "steady"),
        "weak": ("yếu, cần củng cố", "weak"),
        "holder": ("chủ thể", "holder"),
        "joint_holder": ("chủ thể cùng thực hiện", "joint holder"),
        "represented": ("đơn vị được nhập thay", "body entered for"),
        "committee": ("cấp ủy", "committee"),
        "appraising_unit": ("đơn vị thẩm định", "appraising unit"),
        "deciding_body": ("cơ quan quyết định", "deciding body"),
        "council_body": ("cơ quan lập hội đồng", "the council's body"),
        "organizer": ("đơn vị tổ chức", "organiser"),
        "holder_line": ("đơn vị trong tuyến của chủ thể", "the holder's line"),
        "core_team": ("lực lượng nòng cốt", "core team"),
        "family": ("quan hệ gia đình", "family"),
        "other": ("lợi ích liên quan khác", "another interest"),
        "launching_body": ("cơ quan phát động", "launching body"),
        "helper": ("đơn vị giúp đỡ", "helper"),
        "submitting_unit": ("đơn vị trình", "submitting unit"),
        "feedback_giver": ("đơn vị phản ánh", "who raised the feedback"),
        "superior": ("cấp trên", "body up the line"),
        "responsible": ("đơn vị phải thực hiện", "responsible"),
        "written_results": ("báo cáo kết quả bằng văn bản", "written results"),
        "reporting_session": ("hội nghị báo cáo kết quả", "the reporting session"),
        "registration_answer": ("trả lời đăng ký", "the answer to a registration"),
        "help_assignment": ("phân công giúp tháo gỡ khó khăn", "assigning help with a difficulty"),
        "help": ("giúp tháo gỡ khó khăn", "help with a difficulty"),
        "revocation": ("quyết định việc hủy bỏ", "the decision on a revocation"),
        "reported_body": ("đơn vị được báo cáo", "body reported on"),
        "inspected_body": ("đơn vị được kiểm tra", "inspected body"),
        "inspecting_body": ("cơ quan kiểm tra", "inspecting body"),
        "remedy": ("khắc phục theo yêu cầu kiểm tra", "remedy that an inspection asked for"),
        "strength": ("ưu điểm", "strength"),
        "shortcoming": ("hạn chế, khuyết điểm", "shortcoming"),
        "violation": ("vi phạm", "violation"),
        "issuing_body": ("cơ quan phát hành", "issuing body"),
        "register": ("sổ đăng ký", "the register"),
        "body_above": ("cấp trên trực tiếp", "body above"),
        "body_beside": ("cơ quan ngang cấp", "body beside"),
        "body_below": ("cấp dưới", "body below"),
    }
)
"""The words for fixed values, Vietnamese and English."""

FIXED_FIELDS: Final = frozenset(
    {
        *(
            "aim",
            "advice",
            "channel",
            "choice",
            "effect",
            "entry",
            "field",
            "former_choice",
            "language",
        ),
        *("level", "line", "media_type", "nature"),
        *(
            "ground",
            "matter",
            "occasion",
            "outcome",
            "part",
            "relation",
            "role",
            "session",
            "standing",
            "threshold_denominator",
            "tie",
        ),
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
        "holds": (("vẫn được công nhận", "it holds"), ("chấm dứt", "it has ended")),
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
    not there is shown by the end of its id, as ids of one time begin alike. Raises PersonalDataError for a reference.
    """
    english = language == "en"
    match value:
        case None:
            said = "–"
        case bool():
            yes, no = _TRUTHS.get(field, (("có", "yes"), ("không", "no")))
            said = (yes if value else no)[english]
        case UUID():
            said = names.get(value, f"#{str(value)[-8:]}")
        case datetime():
            local = value.astimezone(VIET_NAM)
            said = f"{local:%Y-%m-%d %H:%M}" if english else f"{local:%H:%M %d/%m/%Y}"
        case date():
            said = value.isoformat() if english else f"{value:%d/%m/%Y}"
        case EnteredOnBehalf():
            said = f"{value.entered_by} ({value.paper[:12]}…)"
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
