"""What msgspec says about an input, in sentences a person reads, Vietnamese and English."""

import re
from typing import Final

from shared.host.errors import Fault

_AT: Final = re.compile(r"^(?P<what>.*?)(?: - at `(?P<key>key in )?(?P<path>\$.*)`)?$", re.DOTALL)
_STEP: Final = re.compile(r"\.(?P<field>[^.\[]+)|\[(?P<index>\d+|\.\.\.)\]")

_KINDS: Final = {
    "str": ("chuỗi ký tự", "text"),
    "int": ("số nguyên", "a whole number"),
    "float": ("số", "a number"),
    "bool": ("đúng/sai (true/false)", "true or false"),
    "null": ("trống (null)", "null"),
    "array": ("danh sách", "a list"),
    "object": ("đối tượng", "an object"),
    "date": ("ngày (2026-09-30)", "a date (2026-09-30)"),
    "datetime": ("thời điểm (2026-09-30T02:00:00Z)", "an instant (2026-09-30T02:00:00Z)"),
    "decimal": ("số thập phân", "a decimal number"),
    "uuid": ("mã UUID", "a UUID"),
}

_RULES: Final = (
    (r"Object missing required field `(.+)`", "thiếu trường “{0}”", "the field {0!r} is missing"),
    (
        r"Object contains unknown field `(.+)`",
        "không có trường “{0}” trong yêu cầu này",
        "there is no field {0!r} in this request",
    ),
    (
        r"Invalid enum value (.+)",
        "{0} không nằm trong các giá trị cho phép",
        "{0} is not one of the values allowed",
    ),
    (r"Invalid value (.+)", "giá trị {0} không hợp lệ", "the value {0} is not allowed"),
    (r"Invalid UUID", "không phải mã UUID", "it is no UUID"),
    (
        r"Invalid RFC3339 encoded date",
        "không phải ngày (2026-09-30)",
        "it is no date (2026-09-30)",
    ),
    (
        r"Invalid RFC3339 encoded datetime",
        "không phải thời điểm (2026-09-30T02:00:00Z)",
        "it is no instant (2026-09-30T02:00:00Z)",
    ),
    (
        r"Expected `datetime` with a timezone component",
        "thời điểm phải có múi giờ (2026-09-30T02:00:00Z)",
        "an instant needs its time zone (2026-09-30T02:00:00Z)",
    ),
    (
        r"Expected `\w+` of length >= (\d+)",
        "phải có ít nhất {0} ký tự hoặc phần tử",
        "it needs at least {0} characters or items",
    ),
    (
        r"Expected `\w+` of length <= (\d+)",
        "chỉ được có tối đa {0} ký tự hoặc phần tử",
        "it may have at most {0} characters or items",
    ),
    (
        r"Expected `str` matching regex .+@.+",
        "phải là địa chỉ thư điện tử (van-phong@xa-yen-thanh.example)",
        "it must be an e-mail address (van-phong@xa-yen-thanh.example)",
    ),
    (
        r"Expected `str` matching regex .+",
        "không đúng dạng yêu cầu: phải có nội dung, không chứa ký tự điều khiển",
        "it has not the form asked for: some text, no control characters",
    ),
    (
        r"Expected `\w+` (>=|<=|>|<) (\S+)",
        "phải {0} {1}",
        "it must be {0} {1}",
    ),
)
_COMPILED: Final = tuple((re.compile(pattern), vi, en) for pattern, vi, en in _RULES)
_MISMATCH: Final = re.compile(r"Expected `(.+?)`, got `(.+)`")


def fault_of(message: str) -> Fault:
    """A msgspec validation message as a fault. What it does not know it passes on as it is."""
    match = _AT.match(message)
    assert match is not None
    path = match["path"] or "$"
    vi, en = _what(match["what"])
    if path == "$":
        return Fault(path, vi[:1].upper() + vi[1:], en[:1].upper() + en[1:])
    where_vi, where_en = _where(path)
    return Fault(path, f"{where_vi}: {vi}", f"{where_en}: {en}")


def _what(message: str) -> tuple[str, str]:
    mismatch = _MISMATCH.fullmatch(message)
    if mismatch is not None:
        wanted_vi, wanted_en = _kinds(mismatch[1])
        got_vi, got_en = _kinds(mismatch[2])
        return (
            f"phải là {wanted_vi}, không phải {got_vi}",
            f"it must be {wanted_en}, not {got_en}",
        )
    for pattern, vi, en in _COMPILED:
        match = pattern.fullmatch(message)
        if match is not None:
            return vi.format(*match.groups()), en.format(*match.groups())
    return message, message


def _kinds(names: str) -> tuple[str, str]:
    known = [_KINDS.get(name, (name, name)) for name in names.split(" | ")]
    return " hoặc ".join(vi for vi, _ in known), " or ".join(en for _, en in known)


def _where(path: str) -> tuple[str, str]:
    """`$.items[0].name` as words, innermost first."""
    vi: list[str] = []
    en: list[str] = []
    for step in _STEP.finditer(path):
        if step["field"] is not None:
            vi.append(f"“{step['field']}”")
            en.append(f"“{step['field']}”")
        elif step["index"] == "...":
            vi.append("một mục")
            en.append("an entry")
        else:
            number = int(step["index"]) + 1
            vi.append(f"mục thứ {number}")
            en.append(f"item {number}")
    return " của ".join(reversed(vi)), " of ".join(reversed(en))
