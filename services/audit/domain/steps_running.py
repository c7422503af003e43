"""Sentences for the events of running models, and of feedback on the guideline."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from services.audit.domain.phrases import Template
from shared.contracts import intake as i
from shared.contracts import running as r
from shared.contracts.event import Event

TEMPLATES: Final[Mapping[type[Event], Template]] = MappingProxyType(
    {
        i.SimilarityFound: Template(
            vi="Giống mô hình “{other_name}”: tên {name_percent} %, địa điểm {place_percent} %, nội dung "
            "{content_percent} %.",
            en="It is alike the model “{other_name}”: name {name_percent} %, place {place_percent} %, content "
            "{content_percent} %.",
        ),
        i.QuotaPlaceTaken: Template(
            vi="{unit} giữ một trong {at_most} chỗ đăng ký năm {year} cho mô hình {model_id}.",
            en="{unit} took one of its {at_most} places of {year} for the model {model_id}.",
        ),
        i.QuotaPlaceFreed: Template(
            vi="Chỗ đăng ký năm {year} của {unit} dành cho {model_id} được trả lại.",
            en="The place of {unit} in {year} taken for {model_id} is free again.",
        ),
        i.QuotaPlaceLapsed: Template(
            vi="Chỗ đăng ký giữ cho mô hình hết hiệu lực vì mô hình chưa được đăng ký.",
            en="The place held for the model lapsed: it was not registered.",
        ),
        r.PlanAdopted: Template(
            vi="Ban hành kế hoạch với {targets} chỉ tiêu, từ {starts_on} đến {ends_on}.",
            en="The plan was adopted with {targets} targets, from {starts_on} to {ends_on}.",
            clause="III.1.2a",
        ),
        r.CoreTeamAssigned: Template(
            vi="Phân công {members} thành viên nòng cốt.",
            en="{members} core members were assigned.",
            clause="III.1.2b",
        ),
        r.PlanRevised: Template(
            vi="Điều chỉnh kế hoạch (lần {version}): {targets} chỉ tiêu, từ {starts_on} đến {ends_on}. "
            "Lý do: {reason}",
            en="The plan was revised (version {version}): {targets} targets, from {starts_on} to "
            "{ends_on}. Reason: {reason}",
            clause="III.1.2a",
        ),
        r.CoreTeamChanged: Template(
            vi="Thay đổi lực lượng nòng cốt: {joined} người vào, {left} người ra. Lý do: {reason}",
            en="The core team changed: {joined} joined, {left} left. Reason: {reason}",
            clause="III.1.2b",
        ),
        r.ModelPraised: Template(
            vi="{by} biểu dương mô hình: {reasons}",
            en="{by} praised the model: {reasons}",
            clause="III.2.1a",
        ),
        r.DifficultyRaised: Template(
            vi="Nêu khó khăn ngày {raised_on}: {description}",
            en="A difficulty was raised on {raised_on}: {description}",
            clause="III.2.1a",
        ),
        r.HelpAssigned: Template(
            vi="{by} phân công {helper} giúp đỡ, hạn {due_on}: {task}",
            en="{by} assigned {helper} to help until {due_on}: {task}",
            clause="III.2.1a",
        ),
        r.DifficultyResolved: Template(
            vi="Khó khăn được giải quyết ngày {resolved_on}: {resolution}",
            en="The difficulty was resolved on {resolved_on}: {resolution}",
            clause="III.2.1a",
        ),
        r.InterimAssessmentRecorded: Template(
            vi="{by} đánh giá ngày {assessed_on}: {standing}. Chất lượng: {quality} Hiệu quả: {effectiveness}",
            en="{by} assessed it on {assessed_on}: {standing}. Quality: {quality} Effect: {effectiveness}",
            clause="III.2.1a",
        ),
        r.ProgressReported: Template(
            vi="Báo cáo tiến độ đến {until}: {narrative}",
            en="Progress up to {until} was reported: {narrative}",
        ),
        r.EvidenceAttached: Template(
            vi="Đính kèm minh chứng “{shows}” ({media_type}, {size_bytes} byte).",
            en="Evidence was attached: “{shows}” ({media_type}, {size_bytes} bytes).",
            clause="II.3",
        ),
        r.EvidenceWithdrawn: Template(
            vi="Rút một tệp minh chứng. Lý do: {reason}",
            en="A file of evidence was withdrawn. Reason: {reason}",
        ),
        r.ExtensionGranted: Template(
            vi="{committee} gia hạn báo cáo kết quả năm {year} đến trước {due_before}. Lý do: {reason}",
            en="{committee} extended the time for the results of {year} to before {due_before}. "
            "Reason: {reason}",
            clause="III.2.1b",
        ),
        r.ExtensionRefused: Template(
            vi="{committee} không gia hạn báo cáo năm {year} đến {asked_for}. Lý do: {reason}",
            en="{committee} did not extend the time for the results of {year} to {asked_for}. "
            "Reason: {reason}",
            clause="III.2.1b",
        ),
        r.EntryCorrected: Template(
            vi="Đính chính {entry}: từ “{was}” thành “{becomes}”. Lý do: {reason}",
            en="Corrected {entry}: from “{was}” to “{becomes}”. Reason: {reason}",
        ),
        r.ModelFellQuiet: Template(
            vi="Mô hình im ắng: từ {heard_on} không có báo cáo hay đánh giá, quá {quiet_after_days} ngày.",
            en="The model fell quiet: no report or assessment since {heard_on}, for more than "
            "{quiet_after_days} days.",
            clause="III.2.1a",
        ),
        r.ModelSuspended: Template(
            vi="Tạm dừng mô hình từ {suspended_on}. Lý do: {reason}",
            en="The model was suspended on {suspended_on}. Reason: {reason}",
        ),
        r.ModelResumed: Template(
            vi="Mô hình hoạt động trở lại từ {resumed_on}: {reason}",
            en="The model was resumed on {resumed_on}: {reason}",
        ),
        r.ModelEnded: Template(
            vi="Mô hình kết thúc ngày {ended_on}. Lý do: {reason}",
            en="The model ended on {ended_on}. Reason: {reason}",
        ),
        r.ModelReattested: Template(
            vi="{by} xác nhận năm {year} mô hình còn hoạt động: {finding}",
            en="{by} attested for {year} that the model still lives: {finding}",
        ),
        r.ReplicationRecorded: Template(
            vi="Mô hình được nhân rộng từ {original}: {taken_over}",
            en="The model was taken from {original}: {taken_over}",
            clause="II.5",
        ),
        r.FeedbackRaised: Template(
            vi="{raised_by} phản ánh với {launching_body} “{subject}”: {content}",
            en="{raised_by} reported to {launching_body} “{subject}”: {content}",
            clause="IV.3",
        ),
        r.FeedbackAnswered: Template(
            vi="{answered_by} trả lời ngày {answered_on} ({outcome}): {answer}",
            en="{answered_by} answered on {answered_on} ({outcome}): {answer}",
            clause="IV.3",
        ),
    }
)
