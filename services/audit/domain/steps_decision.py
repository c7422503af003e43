"""Sentences for the events of recognition and notification."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from services.audit.domain.phrases import Template
from shared.contracts import exemplar as e
from shared.contracts import inspection as i
from shared.contracts import notification as n
from shared.contracts import recognition as c
from shared.contracts.event import Event

TEMPLATES: Final[Mapping[type[Event], Template]] = MappingProxyType(
    {
        c.CaseOpened: Template(
            vi="Mở hồ sơ trước {deciding_body} với {grounds} căn cứ; ý kiến tham mưu: {advice}.",
            en="A case lies before {deciding_body} with {grounds} grounds; the advice is {advice}.",
            clause="I.2.1",
        ),
        c.AchievementEntered: Template(
            vi="Thành tích vào danh sách xét tại {deciding_body}.",
            en="The achievement stands in line before {deciding_body}.",
        ),
        c.DuplicateFound: Template(
            vi="Trùng thành tích với hồ sơ {other_case} được lập trước tại {other_body}.[ Nhận xét: {finding}]",
            en="Same achievement as the earlier case {other_case} before {other_body}.[ Finding: {finding}]",
        ),
        c.ProposalSubmitted: Template(
            vi="{submitted_by} trình {submitted_to} tờ trình số {document_number} ngày {submitted_on}: "
            "{summary}",
            en="{submitted_by} submitted proposal {document_number} of {submitted_on} to "
            "{submitted_to}: {summary}",
        ),
        c.ProposalReturned: Template(
            vi="{returned_by} trả lại tờ trình cho {returned_to} ngày {returned_on}. Lý do: {reasons}",
            en="{returned_by} returned the proposal to {returned_to} on {returned_on}. Reasons: {reasons}",
        ),
        c.CompetenceDetermined: Template(
            vi="Xác định thẩm quyền ngày {as_of}: {bodies} căn cứ thẩm quyền; cơ quan được nêu "
            "{named_body_competent}.",
            en="Competence as of {as_of}: {bodies} competences found; the body named "
            "{named_body_competent}.",
            clause="I.2.2",
        ),
        c.DecidingBodyNamed: Template(
            vi="{named_by} nêu {organization} là cơ quan quyết định, thay cho cơ quan không có thẩm quyền.",
            en="{named_by} named {organization} to decide, in the place of a body that is not competent.",
            clause="I.2.2",
        ),
        c.Recognized: Template(
            vi="{decided_by} công nhận {aim}, quyết định số {decision_number} ngày {decided_on} "
            "({signer_office}).",
            en="{decided_by} recognised the {aim} by decision {decision_number} of {decided_on} "
            "({signer_office}).",
            clause="I.2.2",
        ),
        c.Declined: Template(
            vi="{decided_by} không công nhận, quyết định số {decision_number} ngày {decided_on} "
            "({signer_office}). Lý do: {reasons}",
            en="{decided_by} declined by decision {decision_number} of {decided_on} ({signer_office}). "
            "Reasons: {reasons}",
            clause="I.2.2",
        ),
        c.DecisionDepartedFromAdvice: Template(
            vi="Quyết định khác với tham mưu ({advice}). Lý do: {reason}",
            en="The decision departs from the advice ({advice}). Reason: {reason}",
            clause="III.2.1c",
        ),
        c.CaseDiscontinued: Template(
            vi="Hồ sơ dừng vì mô hình đã rút. Lý do: {reason}",
            en="The case ended because the model was withdrawn. Reason: {reason}",
        ),
        c.CertificateIssued: Template(
            vi="{issued_by} cấp giấy công nhận số {certificate_number} ngày {issued_on}, theo quyết định số "
            "{decision_number}.",
            en="{issued_by} issued certificate {certificate_number} on {issued_on} under decision "
            "{decision_number}.",
        ),
        c.DecisionAmended: Template(
            vi="{amended_by} sửa đổi quyết định số {decision_number} bằng văn bản số {amendment_number} ngày "
            "{amended_on} ({signer_office}): {changes}. Lý do: {reasons}",
            en="{amended_by} amended decision {decision_number} by {amendment_number} of {amended_on} "
            "({signer_office}): {changes}. Reasons: {reasons}",
        ),
        c.ComplaintLodged: Template(
            vi="Nhận một khiếu nại về quyết định ngày {lodged_on}.",
            en="A complaint about the decision came in on {lodged_on}.",
        ),
        c.ComplaintAnswered: Template(
            vi="{answered_by} trả lời khiếu nại ngày {answered_on}: {outcome}. {answer}",
            en="{answered_by} answered the complaint on {answered_on}: {outcome}. {answer}",
        ),
        c.CaseReopened: Template(
            vi="Khiếu nại được chấp nhận: quyết định số {former_decision} không còn hiệu lực từ ngày {reopened_on}, "
            "hồ sơ chờ quyết định lại.",
            en="The complaint was upheld: decision {former_decision} no longer holds from {reopened_on}, and the "
            "case waits for a new decision.",
        ),
        c.DuplicateWithdrawn: Template(
            vi="Rút kết luận trùng thành tích với hồ sơ {other_case}. Lý do: {reason}",
            en="The finding that case {other_case} is about the same achievement was withdrawn. Reason: {reason}",
        ),
        c.RevocationProposed: Template(
            vi="{proposed_by} đề nghị huỷ bỏ công nhận ngày {proposed_on}, căn cứ: {ground}, kết luận ngày "
            "{concluded_on}; hạn quyết định {decide_by}. {finding}",
            en="{proposed_by} proposed on {proposed_on} to revoke the recognition for {ground}, concluded on "
            "{concluded_on}; to be decided by {decide_by}. {finding}",
        ),
        c.RevocationDismissed: Template(
            vi="{dismissed_by} không huỷ bỏ công nhận, ngày {dismissed_on}. Lý do: {reasons}",
            en="{dismissed_by} let the recognition stand on {dismissed_on}. Reasons: {reasons}",
        ),
        c.RecognitionRevoked: Template(
            vi="{revoked_by} huỷ bỏ công nhận tại quyết định số {revokes}, bằng quyết định số "
            "{decision_number} ngày {decided_on} ({signer_office}); căn cứ: {ground}. {reasons}",
            en="{revoked_by} revoked the recognition of decision {revokes} by decision {decision_number} of "
            "{decided_on} ({signer_office}) for {ground}. {reasons}",
        ),
        e.ReviewOpened: Template(
            vi="{opened_by} mở đợt {occasion} phong trào ngày {opened_on}: “{title}”.",
            en="{opened_by} opened the {occasion} of the movement on {opened_on}: “{title}”.",
            clause="III.2.2a",
        ),
        e.ReviewClosed: Template(
            vi="Kết thúc đợt sơ kết, tổng kết ngày {closed_on}: {conclusions}",
            en="The review closed on {closed_on}: {conclusions}",
            clause="III.2.2a",
        ),
        e.ExemplarPutForward: Template(
            vi="Đưa điển hình vào đợt {review}, dựa trên {rests_on} mô hình.",
            en="The exemplar was put before review {review}, resting on {rests_on} models.",
            clause="III.2.2b",
        ),
        e.EndorsementGiven: Template(
            vi="{endorser} ({part}) công nhận điển hình, văn bản số {document_number} ngày {given_on}.",
            en="{endorser} ({part}) endorsed the exemplar by {document_number} of {given_on}.",
            clause="III.2.2c",
        ),
        e.EndorsementRefused: Template(
            vi="{endorser} ({part}) không công nhận điển hình ngày {refused_on}. Lý do: {reasons}",
            en="{endorser} ({part}) refused to endorse the exemplar on {refused_on}. Reasons: {reasons}",
            clause="III.2.2c",
        ),
        e.EndorsementWaived: Template(
            vi="Không áp dụng đối với {part}, ghi ngày {waived_on}. Lý do: {reason}",
            en="Not applicable to {part}, recorded on {waived_on}. Reason: {reason}",
            clause="III.2.2c",
        ),
        e.DependentRecognitionSuspended: Template(
            vi="Tạm dừng vì việc công nhận làm cơ sở (hồ sơ {fallen}) không còn; chờ quyết định lại.",
            en="Suspended, for the recognition it rested on (case {fallen}) fell; to be decided anew.",
        ),
        e.DependentRecognitionDecided: Template(
            vi="{decided_by} quyết định lại bằng văn bản số {decision_number} ngày {decided_on} "
            "({signer_office}): {holds}. Lý do: {reasons}",
            en="{decided_by} decided anew by {decision_number} of {decided_on} ({signer_office}): {holds}. "
            "Reasons: {reasons}",
        ),
        e.AwardProposed: Template(
            vi="{proposed_by} đề nghị {proposed_to} tặng “{award}”, văn bản số {document_number} ngày "
            "{proposed_on}.",
            en="{proposed_by} proposed to {proposed_to} the award “{award}” by {document_number} of "
            "{proposed_on}.",
            clause="III.2.2b",
        ),
        e.AwardOutcomeRecorded: Template(
            vi="Kết quả đề nghị khen thưởng: {outcome}, văn bản số {document_number} ngày {decided_on}.",
            en="Outcome of the award proposal: {outcome}, by {document_number} of {decided_on}.",
        ),
        n.SubscriptionSet: Template(
            vi="{organization} chọn cách nhận thông báo bằng {language}.",
            en="{organization} set how it is told, in {language}.",
        ),
        n.NoticeQueued: Template(
            vi="Thông báo “{kind}” cho {recipient} ({relation}) qua {channel}.",
            en="Notice “{kind}” to {recipient} ({relation}) over {channel}.",
        ),
        n.DeadlineApproached: Template(
            vi="Nhắc trước {days_before} ngày: {matter}, hạn cuối {last_day}.",
            en="Reminder ({days_before} day(s) before): {matter}, last day {last_day}.",
        ),
        n.DeadlineMissed: Template(
            vi="Quá hạn: {matter}, hạn cuối {last_day}.",
            en="Overdue: {matter}, last day {last_day}.",
            clause="IV.2",
        ),
        n.BodyUrged: Template(
            vi="{urged_by} đôn đốc {body} bằng công văn số {document_number} ngày {issued_on}: {matters} việc quá hạn.",
            en="{urged_by} urged {body} by letter {document_number} of {issued_on}: {matters} overdue matters.",
            clause="IV.2",
        ),
        n.Escalated: Template(
            vi="Vẫn chưa xong, báo lên {to} (bước {step}): {matter}, hạn cuối {last_day}.",
            en="Still open, it went up to {to} (step {step}): {matter}, last day {last_day}.",
            clause="IV.2",
        ),
        n.PeriodicReportIssued: Template(
            vi="{issued_by} phát hành lần {issue} “{title}” (từ {first} đến {last}, {line}), {figures} chỉ tiêu, "
            "tính đến vị trí {position}.[ Lý do phát hành lại: {reason}]",
            en="{issued_by} issued “{title}” ({first} to {last}, {line}), issue {issue}, {figures} figures, "
            "counted up to position {position}.[ Reason to issue it again: {reason}]",
            clause="IV.2",
        ),
        i.InspectionOpened: Template(
            vi="Mở cuộc kiểm tra từ {begins_on} đến {ends_on}, văn bản ngày {issued_on}: {purpose}",
            en="An inspection from {begins_on} to {ends_on} was opened, by a document of {issued_on}: {purpose}",
            clause="IV.2",
        ),
        i.FindingRecorded: Template(
            vi="Kết quả kiểm tra ({nature}[, về {about}]): {text}[ Hạn khắc phục {remedy_by}][: {remedy}]",
            en="Found ({nature}[, about {about}]): {text}[ To be remedied by {remedy_by}][: {remedy}]",
            clause="IV.2",
        ),
        i.FindingsCommented: Template(
            vi="Đơn vị được kiểm tra giải trình: {text}", en="The inspected body said: {text}"
        ),
        i.InspectionConcluded: Template(
            vi="Kết luận kiểm tra số {document_number} ngày {concluded_on}: {conclusion}",
            en="Concluded by {document_number} of {concluded_on}: {conclusion}",
            clause="IV.2",
        ),
        i.InspectionWithdrawn: Template(
            vi="Rút cuộc kiểm tra. Lý do: {reason}",
            en="The inspection was withdrawn. Reason: {reason}",
        ),
        i.RemedyReported: Template(
            vi="Đơn vị báo cáo kết quả khắc phục: {text}", en="The body reported its remedy: {text}"
        ),
        i.RemedyReturned: Template(
            vi="Trả lại kết quả khắc phục, hạn mới {remedy_by}. Lý do: {reason}",
            en="The remedy was returned, due anew by {remedy_by}. Reason: {reason}",
        ),
        i.RemedyAccepted: Template(
            vi="Chấp nhận kết quả khắc phục.", en="The remedy was accepted."
        ),
        n.NoticeDelivered: Template(vi="Thông báo đã tới nơi.", en="The notice arrived."),
        n.NoticeFailed: Template(
            vi="Gửi thông báo chưa thành công, lần {attempt} ({error}).",
            en="Attempt {attempt} to send the notice failed ({error}).",
        ),
        n.NoticeRetried: Template(
            vi="Yêu cầu gửi lại thông báo.", en="The notice is to be tried again."
        ),
        n.NoticeAcknowledged: Template(
            vi="Nơi nhận đã đọc thông báo.", en="The recipient read the notice."
        ),
    }
)
