"""What notices say, in both languages, made from kind and model: nothing personal stands in them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

import msgspec

Language = Literal["vi", "en"]


class NoticeText(msgspec.Struct, frozen=True):
    """A sentence about `{model}` and what to do now, in each language."""

    vi: str
    en: str

    def sentence(self, language: Language, model_name: str) -> str:
        """The sentence about a model, on one line."""
        template = self.vi if language == "vi" else self.en
        return " ".join(template.format(model=model_name).split())


TEXTS: Final[Mapping[str, NoticeText]] = MappingProxyType(
    {
        "ModelRegistered": NoticeText(
            vi="Có đăng ký mới: mô hình “{model}”. Hãy xem để chấp nhận hoặc trả lại.",
            en="A new registration: the model “{model}”. Look at it and accept or return it.",
        ),
        "RegistrationAccepted": NoticeText(
            vi="Cấp ủy đã chấp nhận đăng ký mô hình “{model}”. Hãy lập kế hoạch thực hiện.",
            en="The party committee accepted the registration of the model “{model}”. Adopt its plan.",
        ),
        "RegistrationReturned": NoticeText(
            vi="Cấp ủy đã trả lại đăng ký mô hình “{model}”, có nêu lý do. Hãy bổ sung rồi đăng ký lại.",
            en="The party committee returned the registration of the model “{model}” with reasons. "
            "Complete it and register again.",
        ),
        "ReportingSessionScheduled": NoticeText(
            vi="Mời báo cáo kết quả mô hình “{model}”: đã có lịch hội nghị.",
            en="You are invited to report the results of the model “{model}”: a session is scheduled.",
        ),
        "ReportingSessionMissed": NoticeText(
            vi="Đã quá hạn tổ chức báo cáo kết quả mô hình “{model}”; đơn vị đăng ký không có lỗi. "
            "Hãy xem xét.",
            en="The reporting session of the model “{model}” is overdue; its holder is not at fault. "
            "Look into it.",
        ),
        "ResultsReported": NoticeText(
            vi="Mô hình “{model}” đã báo cáo kết quả. Hãy thẩm định.",
            en="The results of the model “{model}” are reported. Appraise it.",
        ),
        "PostingOpened": NoticeText(
            vi="Kết quả thẩm định mô hình “{model}” đang được công khai lấy ý kiến.",
            en="The appraisal of the model “{model}” is posted in public for opinions.",
        ),
        "AdviceIssued": NoticeText(
            vi="Đã có tham mưu về mô hình “{model}”. Hãy xem xét, quyết định.",
            en="The advice on the model “{model}” is there. Consider it and decide.",
        ),
        "Recognized": NoticeText(
            vi="Mô hình “{model}” đã được công nhận.",
            en="The model “{model}” was recognised.",
        ),
        "Declined": NoticeText(
            vi="Mô hình “{model}” không được công nhận; lý do nêu trong quyết định.",
            en="The model “{model}” was not recognised; the decision states the reasons.",
        ),
        "ModelWithdrawn": NoticeText(
            vi="Mô hình “{model}” đã được rút; các bước tiếp theo dừng lại.",
            en="The model “{model}” was withdrawn; nothing further follows.",
        ),
    }
)
"""By the event's name. A test fails for a recipient rule without a text."""

LINK: Final[Mapping[Language, str]] = MappingProxyType({"vi": "Xem tại:", "en": "See:"})
FOOTER: Final[Mapping[Language, str]] = MappingProxyType(
    {
        "vi": "Thư tự động của hệ thống Dân vận khéo. Đơn vị có thể đổi cách nhận thông báo bất cứ lúc nào.",
        "en": "Sent automatically by Dân vận khéo. Your organisation can change how it is told at any time.",
    }
)
