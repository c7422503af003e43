"""The columns of a table of models, and the names people give them."""

from dataclasses import dataclass
from typing import Final

from shared.host.text import fold


@dataclass(frozen=True)
class Column:
    """A column: its name, its title in Vietnamese, other names, whether every row needs it."""

    name: str
    title: str
    others: tuple[str, ...] = ()
    required: bool = False
    length_max: int = 200


TEXT_CHARACTERS_MAX: Final = 4000

COLUMNS: Final = (
    Column("name", "Tên mô hình", ("mô hình", "tên", "model"), required=True),
    Column(
        "holder",
        "Đơn vị thực hiện",
        ("đơn vị", "tập thể", "organisation", "organization"),
        required=True,
    ),
    Column("holder_name", "Tên tập thể ghi trong quyết định", ("tên tập thể",)),
    Column("person", "Cá nhân", ("họ tên cá nhân", "họ và tên", "individual")),
    Column("category", "Đối tượng", ("danh mục", "nhóm đối tượng")),
    Column("address", "Địa chỉ", ("địa điểm", "nơi thực hiện", "place"), required=True),
    Column("field", "Lĩnh vực", ("loại hình",), required=True),
    Column(
        "content", "Nội dung", ("nội dung mô hình",), required=True, length_max=TEXT_CHARACTERS_MAX
    ),
    Column(
        "basis", "Căn cứ", ("lý do chọn", "reason"), required=True, length_max=TEXT_CHARACTERS_MAX
    ),
    Column("committee", "Cấp ủy", ("đảng ủy", "cấp ủy đăng ký", "party committee"), required=True),
    Column("deciding_body", "Cơ quan công nhận", ("cơ quan quyết định",)),
    Column("surveyed_on", "Ngày khảo sát", ("survey date",)),
    Column("situation", "Tình hình", ("tình hình địa bàn",), length_max=TEXT_CHARACTERS_MAX),
    Column("advantages", "Thuận lợi", (), length_max=TEXT_CHARACTERS_MAX),
    Column("difficulties", "Khó khăn", (), length_max=TEXT_CHARACTERS_MAX),
)
SURVEY: Final = ("surveyed_on", "situation", "advantages", "difficulties")
"""What the survey needs (clause III.1.1b), where the rule set asks for it before registering."""

BY_NAME: Final = {column.name: column for column in COLUMNS}

_KNOWN: Final = {
    fold(name.replace("_", " ")): column.name
    for column in COLUMNS
    for name in (column.name, column.title, *column.others)
}

_FIELDS: Final = {
    "economy": ("kinh tế", "phát triển kinh tế"),
    "culture-society": ("văn hóa - xã hội", "văn hóa xã hội", "văn hoá, xã hội", "văn hóa"),
    "security-defence": (
        "quốc phòng - an ninh",
        "an ninh - quốc phòng",
        "quốc phòng, an ninh",
        "an ninh",
        "quốc phòng",
    ),
    "political-system": ("hệ thống chính trị", "xây dựng hệ thống chính trị", "xây dựng đảng"),
}
_FIELD_BY_NAME: Final = {
    "".join(c for c in fold(name) if c.isalnum()): field
    for field, names in _FIELDS.items()
    for name in (field, *names)
}


def column_called(header: str) -> str | None:
    """The column that a header means, whatever its case, diacritics or underscores."""
    return _KNOWN.get(fold(header.replace("_", " ").rstrip(" *:")))


def field_called(text: str) -> str | None:
    """The field of clause II.1 that a text names."""
    return _FIELD_BY_NAME.get("".join(c for c in fold(text) if c.isalnum()))
