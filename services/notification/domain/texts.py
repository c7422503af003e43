"""What notices say, in both languages, made from kind and title: nothing personal stands in them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

import msgspec

from services.notification.domain.recipients import FROM_PAPER
from shared.contracts.notification import NoticeQueued

Language = Literal["vi", "en"]


class NoticeText(msgspec.Struct, frozen=True):
    """A sentence about `{title}`, a model or document, and what to do now, in each language."""

    vi: str
    en: str

    def sentence(self, language: Language, title: str) -> str:
        """The sentence about a model or document, on one line."""
        template = self.vi if language == "vi" else self.en
        return " ".join(template.format(title=title).split())


TEXTS: Final[Mapping[str, NoticeText]] = MappingProxyType(
    {
        "ModelRegistered": NoticeText(
            vi="Có đăng ký mới: mô hình “{title}”. Hãy xem để chấp nhận hoặc trả lại.",
            en="A new registration: the model “{title}”. Look at it and accept or return it.",
        ),
        FROM_PAPER: NoticeText(
            vi="Đã có người nhập thay đơn vị, từ văn bản giấy, cho mô hình “{title}”. Hãy xem lại; nếu sai, đề nghị "
            "đính chính.",
            en="Something was entered in your name, from paper, for the model “{title}”. Look at it; if it is wrong, ask "
            "for a correction.",
        ),
        "RegistrationAccepted": NoticeText(
            vi="Cấp ủy đã chấp nhận đăng ký mô hình “{title}”. Hãy lập kế hoạch thực hiện.",
            en="The party committee accepted the registration of the model “{title}”. Adopt its plan.",
        ),
        "RegistrationReturned": NoticeText(
            vi="Cấp ủy đã trả lại đăng ký mô hình “{title}”, có nêu lý do. Hãy bổ sung rồi đăng ký lại.",
            en="The party committee returned the registration of the model “{title}” with reasons. "
            "Complete it and register again.",
        ),
        "SupplementRequested": NoticeText(
            vi="Cấp ủy yêu cầu bổ sung đăng ký mô hình “{title}”. Hãy xem nội dung còn thiếu và bổ sung.",
            en="The party committee asks for a supplement to the registration of the model “{title}”. See what is "
            "missing and supply it.",
        ),
        "SupplementSupplied": NoticeText(
            vi="Đăng ký mô hình “{title}” đã được bổ sung. Hãy xem để chấp nhận hoặc trả lại.",
            en="The registration of the model “{title}” was supplemented. Look at it and accept or return it.",
        ),
        "ReportingSessionScheduled": NoticeText(
            vi="Mời báo cáo kết quả mô hình “{title}”: đã có lịch hội nghị.",
            en="You are invited to report the results of the model “{title}”: a session is scheduled.",
        ),
        "ReportingSessionMissed": NoticeText(
            vi="Đã quá hạn tổ chức báo cáo kết quả mô hình “{title}”; đơn vị đăng ký không có lỗi. "
            "Hãy xem xét.",
            en="The reporting session of the model “{title}” is overdue; its holder is not at fault. "
            "Look into it.",
        ),
        "ResultsReported": NoticeText(
            vi="Mô hình “{title}” đã báo cáo kết quả. Hãy thẩm định.",
            en="The results of the model “{title}” are reported. Appraise it.",
        ),
        "DossierCorrected": NoticeText(
            vi="Hồ sơ mô hình “{title}” được đính chính trong khi thẩm định. Hãy xem mục đã sửa và điểm đã chấm "
            "trước đó.",
            en="The dossier of the model “{title}” was corrected while it is appraised. Look at what changed and "
            "at the scores given before.",
        ),
        "SiteVisitScheduled": NoticeText(
            vi="Đã hẹn kiểm tra thực địa mô hình “{title}”. Hãy xem ngày, nơi và chuẩn bị.",
            en="A visit to the site of the model “{title}” is scheduled. Look at day and place and prepare it.",
        ),
        "PostingOpened": NoticeText(
            vi="Kết quả thẩm định mô hình “{title}” đang được công khai lấy ý kiến.",
            en="The appraisal of the model “{title}” is posted in public for opinions.",
        ),
        "MinutesDrafted": NoticeText(
            vi="Phiên họp “{title}” đã kiểm phiếu và có biên bản. Chủ trì, thư ký hoặc người được quy định hãy đọc và ký.",
            en="The sitting “{title}” is counted and has its minutes. Who signs them by the rules: read and sign them.",
        ),
        "ReservationEntered": NoticeText(
            vi="Biên bản phiên họp “{title}” có thêm ý kiến bảo lưu. Hãy đọc lại và ký, kể cả người đã ký bản trước.",
            en="The minutes of the sitting “{title}” have a new reservation. Read and sign them, also if you signed those "
            "before.",
        ),
        "AdviceIssued": NoticeText(
            vi="Đã có tham mưu về mô hình “{title}”. Hãy xem xét, quyết định.",
            en="The advice on the model “{title}” is there. Consider it and decide.",
        ),
        "Recognized": NoticeText(
            vi="Mô hình “{title}” đã được công nhận.",
            en="The model “{title}” was recognised.",
        ),
        "Declined": NoticeText(
            vi="Mô hình “{title}” không được công nhận; lý do nêu trong quyết định.",
            en="The model “{title}” was not recognised; the decision states the reasons.",
        ),
        "PlanRevised": NoticeText(
            vi="Kế hoạch của mô hình “{title}” đã được điều chỉnh, có nêu lý do. Hãy xem.",
            en="The plan of the model “{title}” was revised, with the reason. Look at it.",
        ),
        "JointHolderConsented": NoticeText(
            vi="Một chủ thể cùng thực hiện mô hình “{title}” đã đồng ý.",
            en="A joint holder of the model “{title}” has agreed.",
        ),
        "HolderChanged": NoticeText(
            vi="Mô hình “{title}” có chủ thể mới. Hãy xem quyết định của cấp ủy.",
            en="The model “{title}” has another holder now. See what the committee put on record.",
        ),
        "TermYearBegun": NoticeText(
            vi="Mô hình “{title}” bước sang năm tiếp theo trong thời hạn. Hãy xem hạn báo cáo kết quả.",
            en="The next year of the model “{title}” has begun. See by when its results are due.",
        ),
        "TermChanged": NoticeText(
            vi="Thời hạn của mô hình “{title}” đã thay đổi, có nêu lý do. Hãy xem.",
            en="The term of the model “{title}” was changed, with the reason. Look at it.",
        ),
        "ModelPraised": NoticeText(
            vi="Mô hình “{title}” được biểu dương.",
            en="The model “{title}” was praised.",
        ),
        "DifficultyRaised": NoticeText(
            vi="Mô hình “{title}” gặp khó khăn. Hãy xem và phân công giúp đỡ.",
            en="The model “{title}” meets a difficulty. Look at it and assign help.",
        ),
        "HelpAssigned": NoticeText(
            vi="Đã phân công giúp mô hình “{title}” tháo gỡ khó khăn, có thời hạn. Hãy xem "
            "phần việc được giao.",
            en="Help with a difficulty of the model “{title}” was assigned, with a date. See "
            "the task.",
        ),
        "EvidenceWithdrawn": NoticeText(
            vi="Một minh chứng của mô hình “{title}” đã được rút, có nêu lý do. Đừng dựa vào "
            "minh chứng ấy nữa.",
            en="A piece of evidence of the model “{title}” was withdrawn, with the reason. "
            "Rely on it no more.",
        ),
        "ExtensionGranted": NoticeText(
            vi="Mô hình “{title}” được gia hạn nộp báo cáo kết quả. Hãy xem ngày mới.",
            en="The model “{title}” was given more time for its results. See the new date.",
        ),
        "ExtensionRefused": NoticeText(
            vi="Mô hình “{title}” không được gia hạn, có nêu lý do. Hãy nộp báo cáo kết quả "
            "đúng hạn.",
            en="The model “{title}” was given no more time, with the reason. Submit its "
            "results in time.",
        ),
        "FeedbackRaised": NoticeText(
            vi="Có phản ánh, vướng mắc mới: “{title}”. Hãy xem và trả lời.",
            en="New feedback: “{title}”. Look at it and answer.",
        ),
        "FeedbackAnswered": NoticeText(
            vi="Phản ánh “{title}” đã được trả lời. Hãy xem.",
            en="The feedback “{title}” was answered. See the answer.",
        ),
        "DecidingBodyNamed": NoticeText(
            vi="Hồ sơ mô hình “{title}” được chuyển tới cơ quan có thẩm quyền khác để quyết định.",
            en="The case of the model “{title}” goes to another competent body for its decision.",
        ),
        "DuplicateFound": NoticeText(
            vi="Mô hình “{title}” trùng thành tích với một hồ sơ khác. Hãy đối chiếu trước "
            "khi quyết định.",
            en="The model “{title}” asks for the same achievement as another case. Compare "
            "the two before deciding.",
        ),
        "DuplicateWithdrawn": NoticeText(
            vi="Kết luận mô hình “{title}” trùng thành tích với hồ sơ khác đã được rút, có nêu lý do. "
            "Hồ sơ được xét tiếp.",
            en="The finding that the model “{title}” asks for the same achievement as another case was "
            "taken back, with the reason. The case goes on.",
        ),
        "ProposalReturned": NoticeText(
            vi="Tờ trình về mô hình “{title}” bị trả lại, có nêu lý do. Hãy bổ sung rồi trình lại.",
            en="The proposal on the model “{title}” was returned with reasons. Complete it "
            "and submit it again.",
        ),
        "ComplaintLodged": NoticeText(
            vi="Có khiếu nại về quyết định đối với mô hình “{title}”. Hãy xem xét và trả lời.",
            en="A complaint about the decision on the model “{title}” came in. Look into it "
            "and answer.",
        ),
        "ComplaintAnswered": NoticeText(
            vi="Khiếu nại về quyết định đối với mô hình “{title}” đã được trả lời.",
            en="The complaint about the decision on the model “{title}” was answered.",
        ),
        "CaseReopened": NoticeText(
            vi="Quyết định không công nhận mô hình “{title}” không còn hiệu lực vì khiếu nại được chấp nhận; "
            "hồ sơ sẽ được quyết định lại.",
            en="The refusal of the model “{title}” no longer holds: a complaint about it was upheld. It "
            "will be decided anew.",
        ),
        "DecisionAmended": NoticeText(
            vi="Quyết định đối với mô hình “{title}” đã được sửa đổi, có nêu lý do.",
            en="The decision on the model “{title}” was amended, with the reasons.",
        ),
        "RevocationProposed": NoticeText(
            vi="Có đề nghị hủy bỏ việc công nhận mô hình “{title}”. Hãy xem căn cứ.",
            en="It is proposed to revoke the recognition of the model “{title}”. See the ground.",
        ),
        "RevocationDismissed": NoticeText(
            vi="Không có căn cứ hủy bỏ; việc công nhận mô hình “{title}” được giữ nguyên.",
            en="No ground to revoke was found; the recognition of the model “{title}” stands.",
        ),
        "RecognitionRevoked": NoticeText(
            vi="Việc công nhận mô hình “{title}” đã bị hủy bỏ; quyết định nêu lý do.",
            en="The recognition of the model “{title}” was revoked; the decision states the "
            "reasons.",
        ),
        "DependentRecognitionSuspended": NoticeText(
            vi="Căn cứ của mô hình, điển hình “{title}” không còn; việc công nhận hoặc đề "
            "nghị khen thưởng tạm dừng cho tới khi xét lại.",
            en="What “{title}” rests on fell; its recognition or award proposal is suspended "
            "until decided anew.",
        ),
        "DependentRecognitionDecided": NoticeText(
            vi="Đã xét lại việc công nhận “{title}” sau khi tạm dừng. Hãy xem quyết định.",
            en="The suspended recognition of “{title}” was decided anew. See the decision.",
        ),
        "RuleSetAdopted": NoticeText(
            vi="Đã ban hành văn bản “{title}”. Hãy xem và thực hiện.",
            en="“{title}” was adopted. Read it and act on it.",
        ),
        "DeadlineApproached.written_results": NoticeText(
            vi="Sắp hết hạn nộp báo cáo kết quả bằng văn bản của mô hình “{title}”. Hãy nộp "
            "trước hạn.",
            en="The written results of the model “{title}” are due soon. Submit them in time.",
        ),
        "DeadlineMissed.written_results": NoticeText(
            vi="Đã quá hạn nộp báo cáo kết quả bằng văn bản của mô hình “{title}”. Hãy nộp "
            "ngay, nêu lý do.",
            en="The written results of the model “{title}” are overdue. Submit them now, "
            "with the reason.",
        ),
        "DeadlineApproached.reporting_session": NoticeText(
            vi="Sắp hết hạn tổ chức báo cáo kết quả mô hình “{title}”. Hãy định lịch hội nghị.",
            en="The reporting session of the model “{title}” is due soon. Schedule it.",
        ),
        "DeadlineMissed.reporting_session": NoticeText(
            vi="Đã quá hạn tổ chức báo cáo kết quả mô hình “{title}”. Hãy tổ chức.",
            en="The reporting session of the model “{title}” is overdue. Hold it.",
        ),
        "DeadlineApproached.help": NoticeText(
            vi="Sắp hết hạn giúp mô hình “{title}” tháo gỡ khó khăn. Hãy hoàn thành phần "
            "việc được giao.",
            en="Your help with a difficulty of the model “{title}” is due soon. Finish the task.",
        ),
        "DeadlineMissed.help": NoticeText(
            vi="Đã quá hạn giúp mô hình “{title}” tháo gỡ khó khăn. Hãy xem và xử lý.",
            en="Help with a difficulty of the model “{title}” is overdue. Look into it.",
        ),
        "DeadlineApproached.registration_answer": NoticeText(
            vi="Sắp hết hạn trả lời đăng ký mô hình “{title}”. Hãy chấp nhận hoặc trả lại, nêu rõ lý do.",
            en="The answer to the registration of the model “{title}” is due soon. Accept it, or return it "
            "with reasons.",
        ),
        "DeadlineMissed.registration_answer": NoticeText(
            vi="Đã quá hạn trả lời đăng ký mô hình “{title}”. Hãy xem và trả lời.",
            en="The answer to the registration of the model “{title}” is overdue. Look into it.",
        ),
        "DeadlineApproached.help_assignment": NoticeText(
            vi="Sắp hết hạn phân công giúp mô hình “{title}” tháo gỡ khó khăn. Hãy phân công.",
            en="Help with a difficulty of the model “{title}” is to be assigned soon. Assign it.",
        ),
        "DeadlineMissed.help_assignment": NoticeText(
            vi="Đã quá hạn phân công giúp mô hình “{title}” tháo gỡ khó khăn. Hãy xem và phân công.",
            en="Nobody was assigned in time to help the model “{title}” with a difficulty. Look into it.",
        ),
        "ModelFellQuiet": NoticeText(
            vi="Mô hình “{title}” đã lâu không có báo cáo hay đánh giá. Hãy báo cáo tiến độ, hoặc đến xem và đánh giá.",
            en="Nothing was heard of the model “{title}” for long. Report its progress, or visit and assess it.",
        ),
        "DeadlineApproached.revocation": NoticeText(
            vi="Sắp hết hạn quyết định về đề nghị hủy bỏ việc công nhận mô hình “{title}”. "
            "Hãy quyết định.",
            en="The decision on revoking the recognition of the model “{title}” is due soon. "
            "Decide.",
        ),
        "DeadlineMissed.revocation": NoticeText(
            vi="Đã quá hạn quyết định về đề nghị hủy bỏ việc công nhận mô hình “{title}”. "
            "Hãy quyết định.",
            en="The decision on revoking the recognition of the model “{title}” is overdue. "
            "Decide.",
        ),
        "DeadlineApproached.remedy": NoticeText(
            vi="Sắp hết hạn khắc phục theo yêu cầu của cuộc kiểm tra “{title}”. Hãy thực hiện và báo cáo.",
            en="A remedy that the inspection “{title}” asked for is due soon. See to it and report.",
        ),
        "DeadlineMissed.remedy": NoticeText(
            vi="Đã quá hạn khắc phục theo yêu cầu của cuộc kiểm tra “{title}”. Hãy thực hiện và báo cáo ngay.",
            en="A remedy that the inspection “{title}” asked for is overdue. See to it and report.",
        ),
        "InspectionOpened": NoticeText(
            vi="Có quyết định kiểm tra số “{title}” đối với đơn vị. Hãy xem thời gian, nội dung và chuẩn bị.",
            en="Your organisation is inspected by “{title}”. See when and what for, and prepare.",
        ),
        "FindingRecorded": NoticeText(
            vi="Cuộc kiểm tra “{title}” đã ghi nhận một kết quả. Hãy xem; nếu có yêu cầu khắc phục, hãy thực hiện "
            "đúng hạn.",
            en="The inspection “{title}” recorded a finding. Look at it, and see to the remedy in time if one is "
            "asked for.",
        ),
        "FindingsCommented": NoticeText(
            vi="Đơn vị được kiểm tra theo “{title}” đã giải trình. Hãy xem trước khi kết luận.",
            en="The body inspected by “{title}” commented on the findings. Read it before you conclude.",
        ),
        "InspectionConcluded": NoticeText(
            vi="Cuộc kiểm tra “{title}” đã có kết luận. Hãy xem và thực hiện.",
            en="The inspection “{title}” was concluded. Read the conclusion and act on it.",
        ),
        "InspectionWithdrawn": NoticeText(
            vi="Cuộc kiểm tra “{title}” đã rút, có nêu lý do.",
            en="The inspection “{title}” was withdrawn, with the reason.",
        ),
        "RemedyReported": NoticeText(
            vi="Đơn vị đã báo cáo kết quả khắc phục theo cuộc kiểm tra “{title}”. Hãy chấp nhận hoặc trả lại.",
            en="A remedy that the inspection “{title}” asked for was reported. Accept it or return it.",
        ),
        "RemedyReturned": NoticeText(
            vi="Kết quả khắc phục theo cuộc kiểm tra “{title}” bị trả lại, có nêu lý do và ngày mới. Hãy xem.",
            en="What you reported on the inspection “{title}” was returned with the reason and a new day. See it.",
        ),
        "RemedyAccepted": NoticeText(
            vi="Kết quả khắc phục theo cuộc kiểm tra “{title}” đã được chấp nhận.",
            en="What you reported on the inspection “{title}” was accepted.",
        ),
        "BodyUrged": NoticeText(
            vi="Có công văn đôn đốc số “{title}” gửi đơn vị. Hãy xem và thực hiện các việc quá hạn.",
            en="An urging letter, “{title}”, was sent to your organisation. See what is overdue and do it.",
        ),
        "Escalated": NoticeText(
            vi="Một việc về “{title}” quá hạn vẫn chưa làm xong, nay báo lên cấp trên. "
            "Hãy chỉ đạo, đôn đốc.",
            en="Something about “{title}” is overdue and still open; it now goes up the line. "
            "See to it that it is done.",
        ),
        "PeriodicReportIssued": NoticeText(
            vi="Đã phát hành “{title}”. Hãy xem.",
            en="The periodic report “{title}” was issued. Look at it.",
        ),
        "ModelWithdrawn": NoticeText(
            vi="Mô hình “{title}” đã được rút; các bước tiếp theo dừng lại.",
            en="The model “{title}” was withdrawn; nothing further follows.",
        ),
    }
)
"""By the event's name, of a deadline with what is due. A test fails for a recipient rule without a text."""

_DOCUMENTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "RuleSetAdopted": "/evaluation/rule-sets/{document}",
        "PeriodicReportIssued": "/notification/issued-reports/{document}",
        "MinutesDrafted": "/evaluation/sittings/{document}/minutes",
        "ReservationEntered": "/evaluation/sittings/{document}/minutes",
        "BodyUrged": "/notification/urging-letters",
        "FeedbackRaised": "/registration/feedback",
        "FeedbackAnswered": "/registration/feedback",
        **dict.fromkeys(
            (
                *("InspectionOpened", "FindingRecorded", "FindingsCommented"),
                *("InspectionConcluded", "InspectionWithdrawn"),
                *("RemedyReported", "RemedyReturned", "RemedyAccepted"),
                *("DeadlineApproached.remedy", "DeadlineMissed.remedy", "Escalated"),
            ),
            "/notification/inspections/{document}",
        ),
    }
)
"""Of what is about no model: also what goes up the line then, which an inspection demands."""


def link_of(notice: NoticeQueued) -> str:
    """The path under which one sees what a notice is about."""
    if notice.model is not None:
        return f"/registration/models/{notice.model}"
    return _DOCUMENTS[notice.kind].format(document=notice.document)


LINK: Final[Mapping[Language, str]] = MappingProxyType({"vi": "Xem tại:", "en": "See:"})
SOURCE: Final[Mapping[Language, str]] = MappingProxyType({"vi": "Căn cứ:", "en": "By:"})
RULES: Final[Mapping[Language, str]] = MappingProxyType(
    {"vi": "Bộ quy định, phiên bản:", "en": "Rule set and version:"}
)
FOOTER: Final[Mapping[Language, str]] = MappingProxyType(
    {
        "vi": "Thư tự động của hệ thống Dân vận khéo. Đơn vị có thể đổi cách nhận thông báo bất cứ lúc nào.",
        "en": "Sent automatically by Dân vận khéo. Your organisation can change how it is told at any time.",
    }
)
