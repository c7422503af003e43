"""Reads a CSV file as spreadsheets write them: whatever encoding, separator or order of columns."""

import codecs
import csv
import io
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from dvk.errors import CommandError
from dvk.importing.columns import BY_NAME, COLUMNS, column_called

FILE_BYTES_MAX: Final = 32 * 1024 * 1024
ROWS_MAX: Final = 20_000

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SEPARATORS: Final = (";", "\t", ",")


@dataclass(frozen=True)
class SourceRow:
    """A row: its line in the file as a spreadsheet numbers it, and its cells by column."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class SourceTable:
    """The rows of a file, and the headers that mean no column."""

    rows: tuple[SourceRow, ...]
    ignored: tuple[str, ...]


def read_table(content: bytes) -> SourceTable:
    """The table in a CSV file. Raises CommandError where it is none, or required columns are missing."""
    if len(content) > FILE_BYTES_MAX:
        raise CommandError(
            f"Tệp lớn hơn {FILE_BYTES_MAX} byte. Hãy chia nhỏ.",
            f"The file is larger than {FILE_BYTES_MAX} bytes. Split it.",
        )
    text = unicodedata.normalize("NFC", _decoded(content))
    first, _, rest = text.partition("\n")
    declared = first.lower().startswith("sep=")
    if declared:
        text, first = rest, rest.partition("\n")[0]
    separator = max(_SEPARATORS, key=first.count)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        raise CommandError(
            f"Tệp không đọc được như bảng CSV: {error}.", f"The file is no CSV table: {error}."
        ) from error
    return _table(lines, header_line=2 if declared else 1)


def _decoded(content: bytes) -> str:
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "utf-8")
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise CommandError(
            "Tệp không phải UTF-8 hoặc UTF-16. Trong bảng tính, hãy lưu dạng «CSV UTF-8».",
            "The file is neither UTF-8 nor UTF-16. In the spreadsheet, save it as “CSV UTF-8”.",
        ) from error


def _table(lines: list[list[str]], *, header_line: int) -> SourceTable:
    header = lines[0] if lines else []
    columns = [column_called(title) for title in header]
    named = [column for column in columns if column is not None]
    missing = [c for c in COLUMNS if c.required and c.name not in named]
    if missing:
        raise CommandError(
            f"Thiếu cột: {', '.join(c.title for c in missing)}. Xem: dvk import --template",
            f"Columns are missing: {', '.join(c.name for c in missing)}. See: dvk import --template",
        )
    twice = sorted({name for name in named if named.count(name) > 1})
    if twice:
        titles = ", ".join(BY_NAME[name].title for name in twice)
        raise CommandError(
            f"Cột ghi hai lần: {titles}.", f"Columns stand there twice: {', '.join(twice)}."
        )
    rows = []
    for number, line in enumerate(lines[1:], header_line + 1):
        cells = {
            column: " ".join(cell.split())
            for column, cell in zip(columns, line, strict=False)
            if column is not None and cell.strip()
        }
        if cells:
            rows.append(SourceRow(number, cells))
    if len(rows) > ROWS_MAX:
        raise CommandError(
            f"Tệp có {len(rows)} dòng, tối đa {ROWS_MAX}.",
            f"The file has {len(rows)} rows, {ROWS_MAX} at most.",
        )
    ignored = [title for title, column in zip(header, columns, strict=True) if column is None]
    return SourceTable(tuple(rows), tuple(title for title in ignored if title.strip()))


def template() -> str:
    """A table to start from: the columns, and a row that shows what goes into them."""
    example = {
        "name": "Đường hoa thôn 3",
        "holder": "Hội Liên hiệp Phụ nữ xã Đô Lương",
        "category": "",
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
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([column.title for column in COLUMNS])
    writer.writerow([example.get(column.name, "") for column in COLUMNS])
    return out.getvalue()
