"""How the rules of a case say no."""

from typing import Final

from shared.domain.refusal import Refusal

UNKNOWN: Final = Refusal(
    "case-unknown",
    vi="Chưa có hồ sơ công nhận này. Hồ sơ được mở khi đơn vị thẩm định tham mưu.",
    en="There is no such case. It opens when the appraising unit has given its advice.",
)
ALREADY_DECIDED: Final = Refusal(
    "case-decided",
    vi="Hồ sơ này đã có quyết định số {number}. Mỗi hồ sơ chỉ có một quyết định.",
    en="This case has been decided by decision {number}. A case has one decision.",
)
DISCONTINUED: Final = Refusal(
    "case-discontinued",
    vi="Mô hình đã được rút, hồ sơ đã dừng. Không còn gì để quyết định.",
    en="The model was withdrawn and the case has ended. There is nothing left to decide.",
)
COMPETENCE_OPEN: Final = Refusal(
    "competence-not-determined",
    vi="Chưa xác định cơ quan có thẩm quyền công nhận. Hãy xác định thẩm quyền trước khi quyết định.",
    en="The competent bodies have not been determined. Determine competence before deciding.",
    clause="I.2.2",
)
NOT_COMPETENT: Final = Refusal(
    "body-not-competent",
    vi="Cơ quan được nêu trong đăng ký không có thẩm quyền công nhận (xét ngày {as_of}). Thẩm quyền "
    "thuộc cơ quan nêu tại {clauses}; hãy xem danh sách trong hồ sơ.",
    en="The body named in the registration is not competent (as of {as_of}). Bodies under {clauses} "
    "are; see the list in the case.",
    clause="I.2.2",
)
NO_COMPETENT_BODY: Final = Refusal(
    "no-competent-body",
    vi="Không cơ quan nào có thẩm quyền công nhận đối với chủ thể này (xét ngày {as_of}). Hãy kiểm tra "
    "các tuyến của đơn vị rồi xác định lại thẩm quyền.",
    en="No body is competent for this holder (as of {as_of}). Check the lines of its organisation, "
    "then determine competence again.",
    clause="I.2.2",
)
ADVISER_DECIDES: Final = Refusal(
    "adviser-decides",
    vi="Đơn vị tham mưu phải khác cơ quan quyết định. Hãy để bộ phận phụ trách công tác dân vận thẩm định.",
    en="The advising unit and the deciding body are distinct. Let the unit in charge of mass "
    "mobilisation appraise.",
    clause="III.2.1c",
)
NOT_REGISTERED: Final = Refusal(
    "ground-registration-missing",
    vi="Hồ sơ không có căn cứ về việc đăng ký. Chỉ công nhận mô hình đã đăng ký thực hiện.",
    en="The case shows no registration. Only what was registered is recognised.",
    clause="I.2.1a",
)
BELOW_STANDARD: Final = Refusal(
    "ground-standard-missing",
    vi="Kết quả thẩm định không cho thấy mô hình đạt tiêu chuẩn. Không thể công nhận; hãy quyết định "
    "không công nhận và nêu lý do.",
    en="No appraisal shows that the model meets the standard. It cannot be recognised; decline with "
    "reasons.",
    clause="I.2.1c",
)
DEPARTURE_REASON_MISSING: Final = Refusal(
    "departure-reason-missing",
    vi="Quyết định này khác với ý kiến tham mưu. Hãy nêu lý do; lý do được công khai.",
    en="This decision departs from the advice. State the reason; it is public.",
    clause="III.2.1c",
)
NO_DEPARTURE: Final = Refusal(
    "departure-reason-idle",
    vi="Quyết định này đúng theo ý kiến tham mưu nhưng lại nêu lý do khác với tham mưu. Hãy bỏ lý do đó, "
    "hoặc xem lại quyết định.",
    en="This decision follows the advice, yet gives a reason to depart from it. Remove the reason, or "
    "reconsider the decision.",
)
CALENDAR_MISSING: Final = Refusal(
    "month-unknown",
    vi="Chưa có lịch năm {year} hoặc bộ quy định của phong trào. Hãy ban hành trước khi quyết định.",
    en="The movement's calendar for {year} or its rule set is not known. Set it before deciding.",
    clause="III.2.1c",
)
OUTSIDE_MONTH: Final = Refusal(
    "outside-month",
    vi="Hôm nay ngoài Tháng Dân vận ({month_from} đến {month_to}). Hãy nêu lý do quyết định ngoài tháng.",
    en="Today lies outside the Mass Mobilisation Month ({month_from} to {month_to}). State the reason "
    "for deciding outside it.",
    practice="outside_month",
)
