"""The columns of a table of bodies, and the names people give them and what they say in them."""

import re
from collections.abc import Mapping
from typing import Final

from dvk.importing.columns import Column, Columns
from shared.contracts.values import CompetenceClause, Level, LineKind
from shared.host.text import fold

COLUMNS: Final = Columns(
    (
        Column("code", "Mã đơn vị", ("mã", "mã định danh", "code"), required=True, length_max=40),
        Column("name", "Tên đơn vị", ("đơn vị", "tên", "organisation"), required=True),
        Column("kind", "Loại đơn vị", ("loại", "loại hình", "loại hình tổ chức"), required=True),
        Column("level", "Cấp", ("cấp đơn vị", "cấp hành chính"), required=True),
        Column("place", "Địa bàn", ("địa chỉ", "địa điểm", "nơi đặt trụ sở"), required=True),
        Column(
            "established_on",
            "Ngày thành lập",
            ("ngày hoạt động", "hoạt động từ ngày", "established"),
            required=True,
        ),
        Column("category", "Đối tượng", ("danh mục", "nhóm đối tượng")),
        Column(
            "party_superior",
            "Cấp trên theo tuyến Đảng",
            ("cấp trên tuyến đảng", "tuyến đảng", "cấp ủy cấp trên", "party"),
        ),
        Column(
            "vertical_superior",
            "Cấp trên theo ngành dọc",
            ("cấp trên ngành dọc", "ngành dọc", "cấp trên theo hệ thống dọc", "vertical"),
        ),
        Column(
            "territory_superior",
            "Cấp ủy địa bàn",
            ("cấp trên theo địa bàn", "cấp trên địa bàn", "cấp ủy nơi đóng", "territory"),
        ),
        Column("competences", "Thẩm quyền công nhận", ("thẩm quyền",)),
        Column("advised_by", "Đơn vị tham mưu", ("cơ quan tham mưu", "adviser")),
        Column("competent_from", "Thẩm quyền từ ngày", ("có thẩm quyền từ ngày",)),
        Column("competence_source", "Căn cứ thẩm quyền", ("văn bản giao thẩm quyền",)),
    )
)
SUPERIORS: Final[Mapping[LineKind, str]] = {
    "party": "party_superior",
    "vertical": "vertical_superior",
    "territory": "territory_superior",
}

_LEVELS: Final[Mapping[Level, tuple[str, ...]]] = {
    "province": ("tỉnh", "cấp tỉnh", "thành phố trực thuộc trung ương"),
    "district": ("huyện", "cấp huyện"),
    "commune": ("xã", "phường", "cấp xã", "xã, phường", "đặc khu"),
    "grassroots": ("cơ sở", "cấp cơ sở", "thôn", "bản", "tổ dân phố", "thôn, bản", "khối"),
}
_LEVEL_BY_NAME: Final = {
    fold(name): level for level, names in _LEVELS.items() for name in (level, *names)
}

_CLAUSES: Final[Mapping[str, CompetenceClause]] = {
    "a": "I.2.2a",
    "b": "I.2.2b",
    "c": "I.2.2c",
    "d": "I.2.2d",
}
_CLAUSE: Final = re.compile(r"(?:i\.2\.2\.?\s*)?([abcd])", re.IGNORECASE)

EXAMPLES: Final = (
    {
        "code": "DU-DL",
        "name": "Đảng ủy xã Đô Lương (ví dụ)",
        "kind": "Đảng ủy xã, phường",
        "level": "Xã",
        "place": "Xã Đô Lương",
        "established_on": "01/07/2025",
        "category": "I.1.1-2",
        "competences": "I.2.2b; I.2.2d",
        "advised_by": "BXDD-DL",
        "competence_source": "Quyết định số …",
    },
    {
        "code": "BXDD-DL",
        "name": "Ban Xây dựng Đảng, Đảng ủy xã Đô Lương (ví dụ)",
        "kind": "Ban của Đảng ủy xã, phường (phụ trách công tác dân vận)",
        "level": "Xã",
        "place": "Xã Đô Lương",
        "established_on": "01/07/2025",
        "category": "I.1.1-3",
        "party_superior": "DU-DL",
        "territory_superior": "Đảng ủy xã Đô Lương (ví dụ)",
    },
)
"""Rows that show what goes into a table: superiors by code or by name."""


def level_called(text: str) -> Level | None:
    """The level that a text names."""
    return _LEVEL_BY_NAME.get(fold(text))


def clauses_called(text: str) -> list[CompetenceClause] | None:
    """The clauses of I.2.2 that a text lists, like "I.2.2b; I.2.2d" or "b, d"; None where it lists none."""
    parts = [part.strip() for part in re.split(r"[;,\n]", text) if part.strip()]
    matches = [_CLAUSE.fullmatch(part) for part in parts]
    found = [_CLAUSES[match[1].lower()] for match in matches if match]
    return list(dict.fromkeys(found)) if found and len(found) == len(parts) else None
