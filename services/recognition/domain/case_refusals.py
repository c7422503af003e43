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
    "thuộc cơ quan nêu tại {clauses}; người đăng ký hãy nêu một cơ quan trong danh sách của hồ sơ.",
    en="The body named in the registration is not competent (as of {as_of}). Bodies under {clauses} "
    "are; whoever registered names one that the case lists.",
    clause="I.2.2",
)
DECIDING_BODY_ENDED: Final = Refusal(
    "deciding-body-ended",
    vi="Đến ngày {on}, cơ quan quyết định không còn hoạt động. Hãy xác định lại thẩm quyền; cơ quan kế thừa "
    "sẽ quyết định.",
    en="By {on} the deciding body is no more. Determine competence again; its successor then decides.",
    clause="I.2.2",
)
NAMED_BODY_COMPETENT: Final = Refusal(
    "named-body-competent",
    vi="Cơ quan đã được nêu có thẩm quyền và sẽ quyết định. Chỉ nêu cơ quan khác khi cơ quan đó không có thẩm quyền.",
    en="The body that was named is competent and decides. Another is named only in the place of one that is not.",
    clause="I.2.2",
)
NAMED_NOT_COMPETENT: Final = Refusal(
    "body-to-name-not-competent",
    vi="Cơ quan này không có thẩm quyền công nhận (xét ngày {as_of}). Hãy chọn một cơ quan trong danh sách của hồ sơ.",
    en="This body is not competent (as of {as_of}). Choose one of those the case lists.",
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
DUPLICATE_OF_ITSELF: Final = Refusal(
    "duplicate-itself",
    vi="Hồ sơ không thể trùng với chính nó. Hãy nêu hồ sơ khác.",
    en="A case is no duplicate of itself. Name another case.",
)
DUPLICATE_MUTUAL: Final = Refusal(
    "duplicate-mutual",
    vi="Hồ sơ {case} đã được ghi là trùng với hồ sơ này và đang chờ hồ sơ này. Không ghi ngược lại.",
    en="Case {case} is on record as a duplicate of this one and waits for it. Do not record the reverse.",
)
RECOGNISED_ALREADY: Final = Refusal(
    "achievement-recognised",
    vi="Thành tích này đã được công nhận tại quyết định số {number} (hồ sơ {case}). Một thành tích chỉ "
    "được công nhận một lần.",
    en="This achievement was recognised by decision {number} (case {case}). One achievement is "
    "recognised once.",
    practice="same_achievement",
)
EARLIER_CASE_OPEN: Final = Refusal(
    "achievement-under-consideration",
    vi="Hồ sơ {case} về cùng thành tích được lập trước và chưa kết thúc. Hãy chờ quyết định ở hồ sơ đó.",
    en="Case {case} about the same achievement came first and has not ended. Wait for its decision.",
    practice="same_achievement",
)
NOT_IN_ITS_ROW: Final = Refusal(
    "achievement-row-behind",
    vi="Hệ thống đang xếp hồ sơ vào thứ tự của thành tích. Hãy thử lại sau ít phút.",
    en="The case is being put in the row of its achievement. Try again in a few minutes.",
    practice="same_achievement",
)
DUPLICATE_UNKNOWN: Final = Refusal(
    "duplicate-unknown",
    vi="Hồ sơ này không ghi là trùng với hồ sơ {case}. Hãy kiểm tra lại mã hồ sơ.",
    en="Case {case} is not on record as a duplicate of this one. Check which case you mean.",
)
DUPLICATE_BY_NAME: Final = Refusal(
    "duplicate-by-name",
    vi="Hồ sơ {case} cùng chủ thể, tên và địa điểm: hệ thống tự xác định, không rút được. Hãy chờ hồ sơ đó.",
    en="Case {case} has the same holder, name and place: that is no finding to take back. Wait for that case.",
    practice="same_achievement",
)
PROPOSAL_MISSING: Final = Refusal(
    "proposal-missing",
    vi="Chưa có tờ trình đề nghị công nhận, hoặc tờ trình đã được trả lại. Hãy chờ đơn vị trình.",
    en="There is no proposal, or it was returned. Wait for the submitting unit.",
    practice="proposal",
)
PROPOSAL_STANDS: Final = Refusal(
    "proposal-submitted",
    vi="Hồ sơ đã có tờ trình số {number}. Chỉ trình lại khi tờ trình đó được trả lại.",
    en="Proposal {number} lies before the body. It is submitted again only after a return.",
)
NO_PROPOSAL: Final = Refusal(
    "no-proposal",
    vi="Hồ sơ không có tờ trình nào đang chờ để trả lại.",
    en="No proposal lies before the body that could be returned.",
)
