"""How the rules of reviews, exemplars and awards say no."""

from typing import Final

from shared.domain.refusal import Refusal

REVIEW_UNKNOWN: Final = Refusal(
    "review-unknown",
    vi="Chưa có đợt sơ kết, tổng kết này. Hãy mở đợt sơ kết, tổng kết trước.",
    en="There is no such review. Open it first.",
)
MOVEMENT_UNKNOWN: Final = Refusal(
    "review-without-movement",
    vi="Chưa có phong trào này. Hãy xem lại mã phong trào.",
    en="There is no such movement. Check its id.",
)
REVIEW_OVER: Final = Refusal(
    "review-closed",
    vi="Đợt sơ kết, tổng kết đã kết thúc ngày {on}. Điển hình chỉ được công nhận khi đợt còn mở.",
    en="The review closed on {on}. Exemplars are recognised only while it is open.",
    clause="III.2.2a",
)
NOT_EXEMPLAR: Final = Refusal(
    "not-an-exemplar",
    vi="Hồ sơ này không phải hồ sơ điển hình. Việc này chỉ dành cho điển hình.",
    en="This case is not about an exemplar. This is only for exemplars.",
    clause="III.2.2b",
)
REVIEW_ELSEWHERE: Final = Refusal(
    "review-elsewhere",
    vi="Đợt sơ kết, tổng kết này thuộc phong trào khác, hoặc không do cơ quan quyết định hay cơ quan phát động mở.",
    en="This review is of another movement, or opened by neither the deciding nor the launching body.",
    clause="III.2.2a",
)
NO_REVIEW: Final = Refusal(
    "review-missing",
    vi="Điển hình được công nhận nhân dịp sơ kết, tổng kết. Hãy đưa hồ sơ vào một đợt đang mở.",
    en="Exemplars are recognised on the occasion of a review. Put the case before an open one.",
    clause="III.2.2a",
)
MODEL_WITHOUT_CASE: Final = Refusal(
    "basis-unknown",
    vi="Mô hình {model} chưa có hồ sơ xét công nhận nên chưa thể làm cơ sở cho điển hình.",
    en="Model {model} has no case and cannot be what an exemplar rests on.",
    clause="III.2.2b",
)
BASIS_NOT_RECOGNISED: Final = Refusal(
    "basis-not-recognised",
    vi="Mô hình {model} chưa được công nhận, hoặc công nhận không còn hiệu lực. Điển hình phải dựa trên mô "
    "hình được công nhận.",
    en="Model {model} is not recognised, or no longer. An exemplar rests on models that are recognised.",
    practice="exemplar_basis",
)
BASIS_NOT_EFFECTIVE: Final = Refusal(
    "basis-not-effective",
    vi="Thẩm định chưa cho thấy mô hình {model} đạt tiêu chuẩn. Điển hình phải dựa trên mô hình có hiệu quả.",
    en="No appraisal shows that model {model} meets the standard. An exemplar rests on effective models.",
    practice="exemplar_basis",
)
EXEMPLAR_SUSPENDED: Final = Refusal(
    "basis-fallen",
    vi="Mô hình làm cơ sở cho điển hình không còn được công nhận. Hãy đưa hồ sơ lại với mô hình khác.",
    en="A model the exemplar rests on is recognised no longer. Put the case forward again on others.",
    clause="III.2.2b",
)
ENDORSEMENT_MISSING: Final = Refusal(
    "endorsement-missing",
    vi="Còn thiếu ý kiến công nhận của: {parts}. Hãy bổ sung, hoặc ghi lý do không áp dụng.",
    en="Endorsements are missing of: {parts}. Add them, or say why one does not apply.",
    clause="III.2.2c",
)
ENDORSEMENT_REFUSED: Final = Refusal(
    "endorsement-refused",
    vi="Có nơi không công nhận: {parts}. Điển hình phải được cấp ủy, chính quyền, Mặt trận, đoàn thể nơi đó công nhận.",
    en="It was refused by: {parts}. An exemplar is recognised by committee, government, Front and "
    "organisations of its place or unit.",
    clause="III.2.2c",
)
ENDORSER_ELSEWHERE: Final = Refusal(
    "endorser-elsewhere",
    vi="Nơi xác nhận không thuộc cùng địa phương, cơ quan, đơn vị với chủ thể. Hãy nêu đúng nơi xác nhận.",
    en="The endorser is not of the holder's place, agency or unit. Name one that is.",
    clause="III.2.2c",
)
NOT_SUSPENDED: Final = Refusal(
    "not-suspended",
    vi="Việc công nhận này không bị tạm dừng, không có gì để quyết định lại.",
    en="This recognition is not suspended; there is nothing to decide anew.",
)
NOTHING_LEFT: Final = Refusal(
    "basis-gone",
    vi="Không còn mô hình nào được công nhận làm cơ sở. Không thể giữ nguyên; hãy quyết định chấm dứt.",
    en="No recognised model is left for it to rest on. It cannot hold; decide that it has ended.",
    clause="III.2.2b",
)
AWARD_UNKNOWN: Final = Refusal(
    "award-unknown",
    vi="Chưa có đề nghị khen thưởng này.",
    en="There is no such award proposal.",
)
AWARD_PROPOSED: Final = Refusal(
    "award-proposed",
    vi="Đã đề nghị hình thức khen thưởng này theo văn bản số {number}. Không đề nghị hai lần.",
    en="This award was proposed by document {number}. It is not proposed twice.",
)
RECOGNITION_DOWN: Final = Refusal(
    "recognition-not-standing",
    vi="Điển hình chưa được công nhận, hoặc công nhận đang tạm dừng hay đã bị huỷ bỏ. Khen thưởng phải dựa trên "
    "điển hình được công nhận.",
    en="The exemplar is not recognised, or is suspended or revoked. An award rests on a recognised one.",
    clause="III.2.2b",
)
AWARD_DECIDED: Final = Refusal(
    "award-decided",
    vi="Kết quả khen thưởng đã được ghi theo văn bản số {number}.",
    en="The outcome is on record already, by document {number}.",
)
OUTCOME_AHEAD: Final = Refusal(
    "award-outcome-ahead",
    vi="Ngày quyết định khen thưởng ở tương lai. Hãy ghi ngày của văn bản.",
    en="The decision on the award lies in the future. Give the date of its document.",
)
