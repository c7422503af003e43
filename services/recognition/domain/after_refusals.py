"""How the rules for what follows a decision say no."""

from typing import Final

from shared.domain.refusal import Refusal

NOT_DECIDED: Final = Refusal(
    "case-undecided",
    vi="Hồ sơ này chưa có quyết định. Hãy chờ quyết định rồi thực hiện.",
    en="This case has no decision yet. Wait for it first.",
)
NOT_RECOGNISED: Final = Refusal(
    "not-recognised",
    vi="Quyết định của hồ sơ này là không công nhận. Việc này chỉ dành cho mô hình, điển hình đã được công nhận.",
    en="The decision of this case was to decline. This is only for what was recognised.",
)
REVOKED: Final = Refusal(
    "recognition-revoked",
    vi="Việc công nhận đã bị huỷ bỏ bằng quyết định số {number}. Không thể thực hiện thêm.",
    en="The recognition was revoked by decision {number}. Nothing further can follow from it.",
)
SUSPENDED: Final = Refusal(
    "recognition-suspended",
    vi="Việc công nhận đang tạm dừng vì cơ sở của nó không còn. Hãy quyết định lại trước.",
    en="The recognition is suspended, for what it rested on fell. Decide it anew first.",
    clause="III.2.2b",
)
RULES_UNKNOWN: Final = Refusal(
    "rules-unknown",
    vi="Chưa có bộ quy định mà hồ sơ này áp dụng. Hãy thử lại khi bộ quy định đã được cập nhật.",
    en="The rule set this case is handled under is not known yet. Try again once it is.",
)
CERTIFICATE_ISSUED: Final = Refusal(
    "certificate-issued",
    vi="Đã cấp giấy công nhận số {number} cho hồ sơ này. Mỗi quyết định chỉ cấp một giấy.",
    en="Certificate {number} was issued for this case. A recognition has one certificate.",
)
AMENDMENT_WITHOUT_COMPLAINT: Final = Refusal(
    "amendment-complaint",
    vi="Khiếu nại được nêu không có, chưa được chấp nhận để sửa đổi, hoặc đã dẫn tới một lần sửa đổi. Hãy "
    "nêu đúng khiếu nại, hoặc bỏ trống.",
    en="The complaint named does not exist, was not upheld with an amendment, or has led to one already. "
    "Name the right one, or none.",
)
COMPLAINT_LATE: Final = Refusal(
    "complaint-late",
    vi="Đã hết thời hạn khiếu nại: ngày cuối là {last_day} ({days} ngày kể từ ngày quyết định).",
    en="The time for complaints is over: the last day was {last_day} ({days} days after the decision).",
    practice="complaint_days",
)
COMPLAINTS_FULL: Final = Refusal(
    "complaints-full",
    vi="Đã có {number} khiếu nại chờ trả lời về quyết định này. Hãy gửi lại khi các khiếu nại đó được trả lời.",
    en="{number} complaints about this decision wait for their answers. Send yours again later.",
)
COMPLAINT_UNKNOWN: Final = Refusal(
    "complaint-unknown",
    vi="Không có khiếu nại này trong hồ sơ. Hãy xem lại mã khiếu nại.",
    en="There is no such complaint in this case. Check its id.",
)
COMPLAINT_ANSWERED: Final = Refusal(
    "complaint-answered",
    vi="Khiếu nại này đã được trả lời. Mỗi khiếu nại có một kết quả giải quyết.",
    en="This complaint has its answer. A complaint has one outcome.",
)
REMEDY_MISSING: Final = Refusal(
    "remedy-missing",
    vi="Khiếu nại được chấp nhận thì phải nêu hướng xử lý: sửa đổi quyết định, đề nghị huỷ bỏ kèm căn cứ, hoặc "
    "quyết định lại.",
    en="An upheld complaint names its remedy: an amendment, a proposal to revoke with its ground, or a new "
    "decision.",
)
REMEDY_IDLE: Final = Refusal(
    "remedy-idle",
    vi="Chỉ khiếu nại được chấp nhận mới có hướng xử lý; căn cứ huỷ bỏ chỉ đi cùng đề nghị huỷ bỏ. Hãy bỏ phần thừa.",
    en="Only an upheld complaint has a remedy, and a ground goes with a revocation alone. Remove the rest.",
)
REMEDY_FOR_REFUSALS: Final = Refusal(
    "remedy-for-refusals",
    vi="Chỉ quyết định không công nhận mới được quyết định lại. Đối với việc đã công nhận, hãy sửa đổi hoặc đề nghị "
    "huỷ bỏ.",
    en="Only a refusal is decided anew. For what was recognised, amend the decision or propose to revoke it.",
)
REVOCATION_PENDING: Final = Refusal(
    "revocation-pending",
    vi="Đang có một đề nghị huỷ bỏ chờ quyết định (hạn {decide_by}). Hãy quyết định đề nghị đó trước.",
    en="A proposal to revoke waits for its decision (due {decide_by}). Decide that one first.",
)
NO_REVOCATION: Final = Refusal(
    "no-revocation",
    vi="Không có đề nghị huỷ bỏ nào đang chờ quyết định. Hãy lập đề nghị có căn cứ trước.",
    en="No proposal to revoke waits for a decision. Propose it first, with its ground.",
)
CONCLUSION_AHEAD: Final = Refusal(
    "conclusion-ahead",
    vi="Ngày kết luận ở tương lai. Hãy ghi ngày của văn bản kết luận.",
    en="The conclusion lies in the future. Give the date of the document that concluded it.",
)
