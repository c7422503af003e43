"""What a rule set asks a registration to state beyond the guideline, and the local field it belongs to."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from services.registration.domain.facts import RegistrationRules
from shared.contracts.particulars import Particulars, RegistrationItem
from shared.contracts.values import CategoryId, WorkField
from shared.domain.refusal import Refusal

_TITLES: Final[Mapping[RegistrationItem, tuple[str, str]]] = MappingProxyType(
    {
        "aims": ("mục tiêu và tiêu chí", "aims and criteria"),
        "method": ("cách làm", "method"),
        "people": ("đối tượng liên quan", "people concerned"),
        "forces": ("lực lượng thực hiện", "forces"),
        "resources": ("nguồn lực", "resources"),
        "time": ("thời gian thực hiện", "time"),
        "output": ("kết quả kiểm chứng được", "verifiable output"),
        "lasting": ("khả năng duy trì, lan tỏa", "ability to last and spread"),
    }
)

ITEMS_MISSING: Final = Refusal(
    "registration-items-missing",
    vi="Bộ quy định yêu cầu đăng ký nêu thêm: {muc}. Hãy bổ sung rồi gửi lại.",
    en="The rule set asks the registration to state also: {items}. Add them and send it again.",
    practice="registration_items",
)
TIME_REVERSED: Final = Refusal(
    "registration-time-reversed",
    vi="Ngày kết thúc {ends_on} đứng trước ngày bắt đầu {begins_on}. Hãy sửa thời gian thực hiện.",
    en="The last day {ends_on} lies before the first {begins_on}. Correct the time.",
)
SUB_FIELD_UNKNOWN: Final = Refusal(
    "sub-field-not-listed",
    vi="Bộ quy định không có lĩnh vực nhỏ «{sub_field}» thuộc lĩnh vực này. Hãy chọn trong danh mục, hoặc bỏ trống.",
    en="The rule set has no sub-field “{sub_field}” under this field. Choose one of its list, or none.",
    practice="sub_fields",
)


def check(
    field: WorkField,
    sub_field: CategoryId | None,
    stated: Particulars,
    rules: RegistrationRules,
) -> None:
    """Whether a registration states what its rules ask for. Raises RefusedError, naming all that is missing."""
    begins, ends = stated.begins_on, stated.ends_on
    if begins is not None and ends is not None and ends < begins:
        raise TIME_REVERSED(begins_on=begins.isoformat(), ends_on=ends.isoformat())
    missing = [item for item in rules.items if not _states(stated, item)]
    if missing:
        vi, en = zip(*(_TITLES[item] for item in missing), strict=True)
        raise ITEMS_MISSING(muc=", ".join(vi), items=", ".join(en))
    listed = {(one.id, one.field) for one in rules.sub_fields}
    if sub_field is not None and (sub_field, field) not in listed:
        raise SUB_FIELD_UNKNOWN(sub_field=sub_field)


def _states(stated: Particulars, item: RegistrationItem) -> bool:
    if item == "time":
        return stated.begins_on is not None and stated.ends_on is not None
    return getattr(stated, item) is not None
