"""Sentences for the events of registration."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from services.audit.domain.phrases import Template
from shared.contracts import registration as r
from shared.contracts.event import Event
from shared.contracts.holding import HolderChanged, JointHolderConsented
from shared.contracts.papers import PaperKept
from shared.contracts.personal import PersonalDataErased
from shared.contracts.standing import DelegationEnded, DelegationGranted, OfficeHandedOver
from shared.contracts.term import ModelContinued, TermChanged, TermYearBegun

TEMPLATES: Final[Mapping[type[Event], Template]] = MappingProxyType(
    {
        r.OrganizationCreated: Template(
            vi="Có đơn vị “{name}” ({level}), từ ngày {established_on}.",
            en="The body “{name}” ({level}) exists since {established_on}.",
        ),
        r.OrganizationLineChanged: Template(
            vi="Từ {valid_from}, theo {line}, cấp trên của {organization_id} là {superior}.",
            en="From {valid_from} on, {superior} stands above {organization_id} in the {line}.",
        ),
        r.CompetenceAssigned: Template(
            vi="Từ {valid_from}, {organization_id} có thẩm quyền công nhận theo {clause}, do "
            "{advised_by} tham mưu ({source}).",
            en="From {valid_from} on, {organization_id} recognises under {clause}, advised by "
            "{advised_by} ({source}).",
            clause="I.2.2",
        ),
        r.CompetenceSucceeded: Template(
            vi="Từ {valid_from}, {organization_id} kế thừa thẩm quyền công nhận theo {clause} của "
            "{former}, do {advised_by} tham mưu ({source}).",
            en="From {valid_from} on, {organization_id} recognises under {clause} in place of {former}, "
            "advised by {advised_by} ({source}).",
            clause="I.2.2",
        ),
        r.OrganizationRenamed: Template(
            vi="Từ {valid_from}, {organization_id} mang tên “{name}” ({source}).",
            en="From {valid_from} on, {organization_id} is called “{name}” ({source}).",
        ),
        r.OrganizationMoved: Template(
            vi="Từ {valid_from}, {organization_id} đặt tại {place}, {level} ({source}).",
            en="From {valid_from} on, {organization_id} is at {place}, {level} level ({source}).",
        ),
        r.OrganizationDissolved: Template(
            vi="Từ {effective_on}, {organization_id} kết thúc hoạt động[; kế thừa: {successor}] ({source}).",
            en="From {effective_on} on, {organization_id} is dissolved[; successor: {successor}] ({source}).",
        ),
        r.OrganizationMerged: Template(
            vi="Từ {effective_on}, {organization_id} sáp nhập vào {into} ({source}).",
            en="From {effective_on} on, {organization_id} is merged into {into} ({source}).",
        ),
        r.OrganizationSplit: Template(
            vi="Từ {effective_on}, {organization_id} được chia thành {parts} đơn vị; phần còn lại do "
            "{default_successor} kế thừa ({source}).",
            en="From {effective_on} on, {organization_id} is split into {parts} bodies; what they do not "
            "name goes to {default_successor} ({source}).",
        ),
        DelegationGranted: Template(
            vi="{delegate} được ủy quyền thay mặt {organization} với vai trò {role}, từ {valid_from} đến hết "
            "{valid_until} ({document}).",
            en="{delegate} acts for {organization} as {role} by delegation, from {valid_from} to "
            "{valid_until} ({document}).",
        ),
        DelegationEnded: Template(
            vi="Ủy quyền chấm dứt từ {ends_on}: {reason}",
            en="The delegation holds no more from {ends_on} on: {reason}",
        ),
        PaperKept: Template(
            vi="Lưu bản quét văn bản giấy “{what}” do {signed_by} đơn vị ký, để nhập thay.",
            en="The scan of the paper “{what}”, signed by {signed_by} bodies, is kept to enter from it on their behalf.",
        ),
        OfficeHandedOver: Template(
            vi="Từ {effective_on}, {predecessor} bàn giao vai trò {role} của {organization} cho {successor} "
            "({document}).",
            en="From {effective_on} on, {successor} has the role {role} in {organization} in place of "
            "{predecessor} ({document}).",
        ),
        PersonalDataErased: Template(
            vi="Một dữ liệu cá nhân ({payload}) đã được xóa hẳn.",
            en="A piece of personal data ({payload}) was erased for good.",
        ),
        r.MovementLaunched: Template(
            vi="{launching_body} phát động phong trào “{name}”, giai đoạn {first_year}–{last_year}, "
            "theo bộ quy định phiên bản {rule_set_version}.",
            en="{launching_body} launched the movement “{name}” for {first_year}–{last_year} under "
            "version {rule_set_version} of its rule set.",
            clause="0",
        ),
        r.CalendarSet: Template(
            vi="Lịch năm {year}: báo cáo kết quả trước {results_before}; Tháng Dân vận {month_from} – "
            "{month_to}.",
            en="The calendar of {year}: results before {results_before}; Mass Mobilisation Month "
            "{month_from} – {month_to}.",
            clause="III.2.1b",
        ),
        r.SiteSurveyed: Template(
            vi="{surveyed_by} khảo sát tại {place}, ngày {surveyed_on}.",
            en="{surveyed_by} surveyed {place} on {surveyed_on}.",
            clause="III.1.1b",
        ),
        r.ModelRegistered: Template(
            vi="{holder} đăng ký {aim} “{name}” (lĩnh vực: {field}) với {committee}, đề nghị "
            "{deciding_body} xét công nhận.",
            en="{holder} registered the {aim} “{name}” (field: {field}) with {committee}, naming "
            "{deciding_body} to recognise it.",
            clause="III.1.1c",
        ),
        r.LaunchingBodyRegistrationRecorded: Template(
            vi="{launching_body} vào sổ đăng ký, số {register_number}.",
            en="{launching_body} took it into its register under number {register_number}.",
            clause="II.2",
        ),
        r.RegistrationAccepted: Template(
            vi="{committee} chấp nhận đăng ký.[ Lý do: {reason}]",
            en="{committee} accepted the registration.[ Reason: {reason}]",
        ),
        r.RegistrationReturned: Template(
            vi="{committee} trả lại đăng ký. Lý do: {reasons}",
            en="{committee} returned the registration. Reasons: {reasons}",
        ),
        r.SupplementRequested: Template(
            vi="{committee} yêu cầu bổ sung hồ sơ (lần {number}): {missing} Lý do: {reasons}",
            en="{committee} asked for a supplement (number {number}): {missing} Reasons: {reasons}",
        ),
        r.SupplementSupplied: Template(
            vi="Hồ sơ được bổ sung ngày {supplied_on} ({changed} nội dung thay đổi); cấp ủy trả lời chậm nhất "
            "{answer_by}: {answer}",
            en="The registration was supplemented on {supplied_on} ({changed} items changed); the committee "
            "answers by {answer_by}: {answer}",
        ),
        JointHolderConsented: Template(
            vi="{holder} đồng ý cùng thực hiện mô hình.",
            en="{holder} agreed to hold the model jointly.",
        ),
        HolderChanged: Template(
            vi="{holder} tiếp nhận mô hình từ {former}, {committee} ghi nhận ({agreement}). Lý do: {reason}",
            en="{holder} took the model over from {former}, put on record by {committee} ({agreement}). "
            "Reason: {reason}",
        ),
        TermYearBegun: Template(
            vi="Năm {year} trong thời hạn của mô hình bắt đầu; kết quả báo cáo trước {results_before}.",
            en="The year {year} of the model's term began; results are due before {results_before}.",
        ),
        TermChanged: Template(
            vi="{committee} ghi nhận thời hạn của mô hình kết thúc năm {last_year} thay cho {former_last_year}. "
            "Lý do: {reason}",
            en="{committee} put on record that the model's term ends with {last_year} instead of "
            "{former_last_year}. Reason: {reason}",
        ),
        ModelContinued: Template(
            vi="Mô hình tiếp tục {continues}, đã hết thời hạn năm {former_last_year}.",
            en="The model continues {continues}, whose term ended with {former_last_year}.",
        ),
        r.WrittenResultsSubmitted: Template(
            vi="Nộp báo cáo kết quả năm {year} bằng văn bản, ngày {submitted_on}.",
            en="The written results of {year} were submitted on {submitted_on}.",
            clause="III.2.1b",
        ),
        r.LatenessRecorded: Template(
            vi="Báo cáo muộn {days_late} ngày (hạn: trước {due_before}); theo bộ quy định: {effect}.",
            en="The written results were {days_late} days late (due before {due_before}); by the rule "
            "set {effect}.",
            clause="III.2.1b",
        ),
        r.LateReportAccepted: Template(
            vi="{committee} chấp nhận báo cáo muộn. Lý do: {reason}",
            en="{committee} accepted the late report. Reason: {reason}",
        ),
        r.ReportingSessionScheduled: Template(
            vi="{organizer} mời báo cáo kết quả ngày {held_on} tại {place}.",
            en="{organizer} called a reporting session on {held_on} at {place}.",
            clause="III.2.1b",
        ),
        r.ReportingSessionHeld: Template(
            vi="{organizer} đã tổ chức báo cáo kết quả ngày {held_on} (biên bản {minutes}).",
            en="{organizer} held the reporting session on {held_on} (minutes {minutes}).",
            clause="III.2.1b",
        ),
        r.ReportingSessionMissed: Template(
            vi="{organizer} không tổ chức báo cáo kết quả trước {due_before} (chủ thể không có lỗi); "
            "{written_results}.",
            en="{organizer} held no reporting session before {due_before} (never the holder's fault); "
            "{written_results}.",
            clause="III.2.1b",
        ),
        r.ResultsReported: Template(
            vi="Kết quả năm {year} đã đủ để thẩm định ({late}; {session}).",
            en="The results of {year} are in hand for appraisal ({late}; {session}).",
            clause="III.2.1b",
        ),
        r.ModelWithdrawn: Template(
            vi="Rút mô hình. Lý do: {reason}", en="The model was withdrawn. Reason: {reason}"
        ),
    }
)
