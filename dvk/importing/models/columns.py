"""The columns of a table of models, and the names people give them."""

from typing import Final

from dvk.importing.columns import Column, Columns
from shared.host.text import fold

TEXT_CHARACTERS_MAX: Final = 4000

COLUMNS: Final = Columns(
    (
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
            "content",
            "Nội dung",
            ("nội dung mô hình",),
            required=True,
            length_max=TEXT_CHARACTERS_MAX,
        ),
        Column(
            "basis",
            "Căn cứ",
            ("lý do chọn", "reason"),
            required=True,
            length_max=TEXT_CHARACTERS_MAX,
        ),
        Column(
            "committee", "Cấp ủy", ("đảng ủy", "cấp ủy đăng ký", "party committee"), required=True
        ),
        Column("deciding_body", "Cơ quan công nhận", ("cơ quan quyết định",)),
        Column("surveyed_on", "Ngày khảo sát", ("survey date",)),
        Column("situation", "Tình hình", ("tình hình địa bàn",), length_max=TEXT_CHARACTERS_MAX),
        Column("advantages", "Thuận lợi", (), length_max=TEXT_CHARACTERS_MAX),
        Column("difficulties", "Khó khăn", (), length_max=TEXT_CHARACTERS_MAX),
    )
)
SURVEY: Final = ("surveyed_on", "situation", "advantages", "difficulties")
"""What the survey needs (clause III.1.1b), where the rule set asks for it before registering."""

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


def field_called(text: str) -> str | None:
    """The field of clause II.1 that a text names."""
    return _FIELD_BY_NAME.get("".join(c for c in fold(text) if c.isalnum()))


EXAMPLE: Final = {
    "name": "Đường hoa thôn 3",
    "holder": "Hội Liên hiệp Phụ nữ xã Đô Lương",
    "address": "Xã Đô Lương",
    "field": "Văn hóa - xã hội",
    "content": "Trồng và chăm sóc đường hoa dài 1,8 km",
    "basis": "Nguyện vọng của nhân dân; nhiệm vụ xây dựng nông thôn mới",
    "committee": "Đảng ủy xã Đô Lương",
    "surveyed_on": "15/11/2026",
    "situation": "Trục đường chính chưa có cây xanh",
    "advantages": "Hội viên đồng tình",
    "difficulties": "Thiếu kinh phí mua cây giống",
}
"""A row that shows what goes into a table."""
