"""Every way the rules of a body say no."""

from typing import Final

from shared.domain.refusal import Refusal

ALREADY_EXISTS: Final = Refusal(
    "organization-exists",
    vi="Đơn vị này, hoặc đơn vị khác cùng mã, đã có trong hệ thống. Hãy dùng đơn vị đó hoặc ghi mã khác.",
    en="This organisation, or another with its code, already exists. Use it, or enter another code.",
)
UNKNOWN: Final = Refusal(
    "organization-unknown",
    vi="Chưa có đơn vị này. Hãy tạo đơn vị trước.",
    en="There is no such organisation. Create it first.",
)
OWN_SUPERIOR: Final = Refusal(
    "organization-own-superior",
    vi="Một đơn vị không thể là cấp trên của chính mình. Hãy chọn đơn vị khác.",
    en="A body cannot stand above itself. Choose another one.",
)
LINE_TWICE: Final = Refusal(
    "organization-line-twice",
    vi="Mỗi tuyến chỉ ghi một cấp trên. Hãy bỏ dòng trùng.",
    en="Each line takes one superior. Remove the line that stands there twice.",
)
LINE_CIRCLE: Final = Refusal(
    "organization-line-circle",
    vi="Từ ngày {on}, tuyến này sẽ chạy vòng về chính đơn vị. Hãy chọn cấp trên khác hoặc sửa các tuyến "
    "phía trên trước.",
    en="From {on} on this line would lead back to the body itself. Choose another superior, or change the "
    "lines above first.",
)
ADVISER_DECIDES: Final = Refusal(
    "adviser-is-decider",
    vi="Đơn vị tham mưu phải khác cơ quan quyết định. Hãy chọn bộ phận phụ trách công tác dân vận.",
    en="The advising unit and the deciding body are distinct. Choose the unit in charge of mass mobilisation.",
    clause="III.2.1c",
)
ENDED: Final = Refusal(
    "organization-ended",
    vi="Đơn vị đã kết thúc hoạt động từ ngày {on}. Từ ngày đó mọi việc thuộc đơn vị kế thừa.",
    en="The body is no more since {on}. From that day on its successor does what it did.",
)
OTHER_ENDED: Final = Refusal(
    "other-organization-ended",
    vi="Đơn vị được nêu không còn hoạt động vào ngày {on}. Hãy chọn đơn vị đang hoạt động hoặc đơn vị kế thừa.",
    en="The body that is named is no more on {on}. Choose one that is, or its successor.",
)
OTHER_UNKNOWN: Final = Refusal(
    "other-organization-unknown",
    vi="Chưa có đơn vị được nêu, hoặc đến ngày {on} chưa thành lập. Hãy tạo đơn vị đó trước.",
    en="The body that is named does not exist, or not yet on {on}. Create it first.",
)
BEFORE_ESTABLISHED: Final = Refusal(
    "before-organization-established",
    vi="Đơn vị thành lập ngày {on}. Hãy ghi ngày từ hôm đó trở đi.",
    en="The body was established on {on}. Enter that day or a later one.",
)
OWN_SUCCESSOR: Final = Refusal(
    "organization-own-successor",
    vi="Một đơn vị không thể kế thừa chính mình, kể cả qua các đơn vị kế thừa nó. Hãy chọn đơn vị khác.",
    en="A body cannot succeed itself, nor through those that succeed it. Choose another one.",
)
SUCCESSOR_BELOW: Final = Refusal(
    "successor-stands-below",
    vi="Từ ngày {on}, đơn vị kế thừa sẽ đứng trên chính cấp trên của mình. Hãy sửa tuyến của đơn vị đó trước.",
    en="From {on} on the successor would stand above its own superior. Change its line first.",
)
PARTS_MISSING: Final = Refusal(
    "split-parts-missing",
    vi="Chia tách phải thành ít nhất hai đơn vị, mỗi đơn vị ghi một lần. Nếu chỉ có một, hãy ghi sáp nhập.",
    en="A split has at least two parts, each named once. Where there is one, record a merger.",
)
TAKEN_TWICE: Final = Refusal(
    "split-taken-twice",
    vi="Mỗi nhiệm vụ và mỗi mô hình chỉ giao cho một đơn vị. Hãy bỏ phần ghi trùng.",
    en="Each duty and each model goes to one part. Remove what two of them take.",
)
DEFAULT_NOT_A_PART: Final = Refusal(
    "default-successor-not-a-part",
    vi="Đơn vị kế thừa mặc định phải là một trong các đơn vị được chia ra.",
    en="The default successor is one of the parts.",
)
OWN_COMPETENCE: Final = Refusal(
    "competence-succeeds-itself",
    vi="Đơn vị không thể kế thừa thẩm quyền của chính mình. Hãy chọn đơn vị trước đây có thẩm quyền.",
    en="A body does not succeed itself in a competence. Name the body that held it before.",
    clause="I.2.2",
)
COMPETENCE_NOT_HELD: Final = Refusal(
    "competence-not-held",
    vi="Đơn vị được nêu không có thẩm quyền theo {clause} trước ngày {on} để kế thừa.",
    en="The body that is named held no competence under {clause} before {on} that one could succeed in.",
    clause="I.2.2",
)
