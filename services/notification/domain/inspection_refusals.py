"""How the rules of inspections say no (clause IV.2)."""

from typing import Final

from shared.domain.refusal import Refusal

UNKNOWN: Final = Refusal(
    "inspection-unknown",
    vi="Không có cuộc kiểm tra này.",
    en="There is no such inspection.",
    clause="IV.2",
)
DAYS_REVERSED: Final = Refusal(
    "inspection-days-reversed",
    vi="Ngày kết thúc kiểm tra {ends_on} ở trước ngày bắt đầu {begins_on}. Hãy sửa một trong hai.",
    en="The inspection's last day {ends_on} lies before its first, {begins_on}. Correct one of the two.",
)
ISSUED_AHEAD: Final = Refusal(
    "inspection-issued-ahead",
    vi="Ngày văn bản {issued_on} ở sau hôm nay. Hãy ghi ngày đã ban hành.",
    en="The document's date {issued_on} lies in the future. Enter the day it was issued.",
)
WITHDRAWN: Final = Refusal(
    "inspection-withdrawn",
    vi="Cuộc kiểm tra này đã rút.",
    en="This inspection was withdrawn.",
)
CONCLUDED: Final = Refusal(
    "inspection-concluded",
    vi="Cuộc kiểm tra đã có kết luận ngày {concluded_on}. Việc mới phát hiện thuộc cuộc kiểm tra khác.",
    en="The inspection was concluded on {concluded_on}. What is found now belongs to another one.",
    clause="IV.2",
)
NOT_BEGUN: Final = Refusal(
    "inspection-not-begun",
    vi="Cuộc kiểm tra bắt đầu ngày {begins_on}; trước đó chưa ghi nhận được gì.",
    en="The inspection begins on {begins_on}; nothing is found before.",
)
FINDINGS_FULL: Final = Refusal(
    "inspection-findings-full",
    vi="Một cuộc kiểm tra ghi tối đa {most} điều. Hãy gộp những điều cùng loại.",
    en="An inspection has at most {most} findings. Put those of a kind together.",
)
COMMENTS_FULL: Final = Refusal(
    "inspection-comments-full",
    vi="Đã có {most} ý kiến giải trình. Hãy làm việc trực tiếp với đoàn kiểm tra.",
    en="There are {most} comments already. Speak with the inspectors.",
)
ABOUT_UNKNOWN: Final = Refusal(
    "finding-about-unknown",
    vi="Hướng dẫn không có điều «{about}». Hãy ghi số điều như III.1.2a, hoặc «practice: <thiết lập>».",
    en="The guideline has no clause “{about}”. Write one like III.1.2a, or “practice: <setting>”.",
)
REMEDY_INCOMPLETE: Final = Refusal(
    "remedy-incomplete",
    vi="Yêu cầu khắc phục phải có cả nội dung và ngày phải xong.",
    en="A remedy has both: what is to be done, and the day by which.",
    clause="IV.2",
)
STRENGTH_WITHOUT_REMEDY: Final = Refusal(
    "strength-with-remedy",
    vi="Ưu điểm thì không có gì phải khắc phục. Hãy bỏ yêu cầu, hoặc đổi loại.",
    en="A strength needs no remedy. Leave it out, or choose another kind.",
)
REMEDY_BY_PAST: Final = Refusal(
    "remedy-by-past",
    vi="Ngày phải xong {remedy_by} không ở sau hôm nay. Hãy để đơn vị có thời gian thực hiện.",
    en="The day {remedy_by} does not lie after today. Leave the body time to act.",
)
SOMETHING_FOUND: Final = Refusal(
    "inspection-has-findings",
    vi="Đã ghi nhận kết quả kiểm tra nên không rút được nữa. Hãy ban hành kết luận.",
    en="Something was found already, so it is not withdrawn any more. Conclude it.",
    clause="IV.2",
)
FINDING_UNKNOWN: Final = Refusal(
    "finding-unknown",
    vi="Cuộc kiểm tra không có điều này.",
    en="The inspection has no such finding.",
)
NO_REMEDY: Final = Refusal(
    "finding-without-remedy",
    vi="Điều này không có yêu cầu khắc phục.",
    en="No remedy is asked for this finding.",
)
REMEDY_NOT_REPORTED: Final = Refusal(
    "remedy-not-reported",
    vi="Đơn vị chưa báo cáo kết quả khắc phục, nên chưa có gì để chấp nhận hay trả lại.",
    en="The body has not reported what it did: there is nothing to accept or return.",
)
REMEDY_ACCEPTED: Final = Refusal(
    "remedy-accepted",
    vi="Kết quả khắc phục đã được chấp nhận.",
    en="The remedy was accepted already.",
)
