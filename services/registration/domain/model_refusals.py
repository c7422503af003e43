"""Every way a model's rules say no."""

from typing import Final

from shared.domain.refusal import Refusal

UNKNOWN: Final = Refusal(
    "model-unknown",
    vi="Chưa có mô hình này. Hãy khảo sát và đăng ký trước.",
    en="There is no such model. Survey and register it first.",
    clause="I.2.1a",
)
WITHDRAWN: Final = Refusal(
    "model-withdrawn",
    vi="Mô hình đã được rút, không thể cập nhật thêm.",
    en="The model was withdrawn; nothing further can be recorded.",
)
ALREADY_REGISTERED: Final = Refusal(
    "model-already-registered",
    vi="Mô hình đã được đăng ký. Chỉ đăng ký lại khi cấp ủy trả lại hồ sơ.",
    en="The model is registered already. Register again only after the committee has returned it.",
)
SURVEY_MISSING: Final = Refusal(
    "survey-missing",
    vi="Chưa có kết quả khảo sát địa điểm. Hãy ghi kết quả khảo sát trước.",
    en="The place has not been surveyed. Record the survey first.",
    clause="III.1.1b",
)
SURVEY_IN_FUTURE: Final = Refusal(
    "survey-in-future",
    vi="Ngày khảo sát {surveyed_on} ở sau hôm nay. Hãy ghi ngày đã khảo sát.",
    en="The survey's date {surveyed_on} lies in the future. Enter the day it took place.",
)
NOT_IN_CATEGORIES: Final = Refusal(
    "category-not-listed",
    vi="Đối tượng '{category}' không thuộc danh mục được đăng ký. Hãy chọn đúng tập thể hoặc cá nhân, "
    "ví dụ chi bộ, tổ dân vận thay cho thôn.",
    en="'{category}' is not among those who may register. Name the collective or individual that is, "
    "for example the hamlet's party cell or mobilisation team instead of the hamlet.",
    clause="I.1.1",
)
INDIVIDUAL_NOT_IN_CATEGORIES: Final = Refusal(
    "individual-category-not-listed",
    vi="Cá nhân thuộc nhóm '{category}' không có trong danh mục. Hãy chọn nhóm đúng.",
    en="There is no category '{category}' for individuals. Choose the one that fits.",
    clause="I.1.2",
)
HOLDER_UNNAMED: Final = Refusal(
    "holder-unnamed",
    vi="Hãy ghi tên tập thể, hoặc họ tên cá nhân, thực hiện mô hình (chỉ một trong hai).",
    en="Name the collective, or the person, who carries out the model (one of the two).",
    clause="II.1",
)
HOLDER_ENDED: Final = Refusal(
    "holder-ended",
    vi="Đơn vị đăng ký không còn hoạt động. Hãy đăng ký dưới tên đơn vị kế thừa.",
    en="The holder's organisation is no more. Register under the body that succeeds it.",
    clause="I.1.1",
)
DECIDING_BODY_ENDED: Final = Refusal(
    "named-deciding-body-ended",
    vi="Cơ quan đề nghị công nhận không còn hoạt động. Hãy chọn cơ quan kế thừa thẩm quyền.",
    en="The body named to recognise it is no more. Name the one that succeeded in its competence.",
    clause="I.2.2",
)
FOREIGN_COMMITTEE: Final = Refusal(
    "committee-not-of-holder",
    vi="Cấp ủy này không phải cấp ủy của địa phương hay nơi công tác của đơn vị đăng ký. Hãy chọn đúng "
    "cấp ủy; một cấp ủy tự đăng ký thì đăng ký với cấp trên.",
    en="This is not the party committee of the holder's locality or workplace. Choose that committee; "
    "a committee that registers itself does so with the one above.",
    clause="III.1.1c",
)
REGISTRATION_CLOSED: Final = Refusal(
    "registration-closed",
    vi="Năm {year} nhận đăng ký từ {opens} đến {closes}. Hãy đăng ký trong thời gian đó.",
    en="Registrations for {year} are taken from {opens} to {closes}. Register in that time.",
    practice="registration period of the movement's calendar",
)
NOT_AWAITING_DECISION: Final = Refusal(
    "registration-not-pending",
    vi="Không có hồ sơ đăng ký nào đang chờ cấp ủy xem xét.",
    en="No registration is waiting for the committee.",
)
SIMILAR_UNANSWERED: Final = Refusal(
    "similarity-unanswered",
    vi="Đăng ký này giống mô hình “{other}” về địa điểm và về tên hoặc nội dung. Hãy đối chiếu; nếu không trùng thì "
    "chấp nhận kèm lý do, nếu trùng thì trả lại.",
    en="This registration is alike the model “{other}” in place, and in name or content. Compare them; accept it "
    "with a reason where it is another work, return it where it is the same.",
    practice="similarity",
)
NOT_REGISTERED: Final = Refusal(
    "model-not-registered",
    vi="Mô hình chưa được đăng ký. Hãy đăng ký trước.",
    en="The model is not registered. Register it first.",
    clause="I.2.1a",
)
NOT_ACCEPTED: Final = Refusal(
    "registration-not-accepted",
    vi="Cấp ủy chưa tiếp nhận đăng ký. Hãy chờ tiếp nhận rồi xây dựng kế hoạch.",
    en="The committee has not accepted the registration. Wait for it, then plan.",
    practice="acceptance of registrations by the committee",
)
REGISTER_NUMBER_DIFFERS: Final = Refusal(
    "register-number-differs",
    vi="Mô hình đã có số đăng ký {register_number} tại cơ quan phát động.",
    en="The model already has number {register_number} in the launching body's register.",
    clause="II.2",
)
REPORT_IN_FUTURE: Final = Refusal(
    "report-in-future",
    vi="Báo cáo đến ngày {until}, ở sau hôm nay. Hãy ghi ngày đã qua.",
    en="The report runs until {until}, after today. Enter a day that has passed.",
)
RESULTS_ALREADY_IN: Final = Refusal(
    "results-already-in",
    vi="Báo cáo kết quả năm {year} đã nộp.",
    en="The written results of {year} are in already.",
    clause="III.2.1b",
)
LATE_WITHOUT_REASON: Final = Refusal(
    "late-without-reason",
    vi="Báo cáo phải nộp trước {due_before}. Nộp muộn thì hãy ghi lý do để cấp ủy xem xét.",
    en="Results were due before {due_before}. Say why they are late; the committee decides on it.",
    practice="lateness_effect: accept_with_reason",
)
NOTHING_LATE: Final = Refusal(
    "no-late-report",
    vi="Không có báo cáo muộn nào chờ tiếp nhận.",
    en="No late report is waiting to be accepted.",
    practice="lateness_effect",
)
LATE_INELIGIBLE: Final = Refusal(
    "late-ineligible",
    vi="Theo bộ quy định đang áp dụng, báo cáo muộn không được xét trong năm {year}.",
    en="Under the rule set in force a late report is not considered in {year}.",
    practice="lateness_effect: ineligible",
)
RESULTS_MISSING: Final = Refusal(
    "results-missing",
    vi="Chưa có báo cáo kết quả bằng văn bản. Hãy nộp báo cáo trước hội nghị.",
    en="The written results are not in. Submit them before the session.",
    clause="III.2.1b",
)
SESSION_MISSING: Final = Refusal(
    "session-not-scheduled",
    vi="Chưa có lịch hội nghị báo cáo. Hãy lên lịch trước.",
    en="No reporting session is scheduled. Schedule it first.",
    clause="III.2.1b",
)
SESSION_TOO_LATE: Final = Refusal(
    "session-after-due-date",
    vi="Hội nghị báo cáo phải tổ chức trước {due_before}. Hãy chọn ngày sớm hơn.",
    en="The reporting session is held before {due_before}. Choose an earlier day.",
    clause="III.2.1b",
)
SESSION_NOT_YET: Final = Refusal(
    "session-not-yet",
    vi="Hội nghị được lên lịch ngày {held_on}. Hãy ghi biên bản từ ngày đó.",
    en="The session is scheduled for {held_on}. Record its minutes from that day on.",
)
SESSION_ALREADY_HELD: Final = Refusal(
    "session-already-held",
    vi="Hội nghị báo cáo đã được tổ chức.",
    en="The reporting session has already been held.",
)
SESSION_NOT_DUE: Final = Refusal(
    "session-not-due",
    vi="Chưa đến hạn {due_before} của hội nghị báo cáo.",
    en="The reporting session is not due before {due_before}.",
    clause="III.2.1b",
)
