"""Reads a file as sheets of cells: CSV as spreadsheets write it, or XLSX."""

import codecs
import contextlib
import csv
import io
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from dvk.errors import CommandError
from dvk.importing.columns import Columns
from dvk.importing.xlsx import SIGNATURE as XLSX_SIGNATURE
from dvk.importing.xlsx import read_sheets

FILE_BYTES_MAX: Final = 32 * 1024 * 1024
HEADER_LINES_MAX: Final = 20
"""Among how many first lines the headings are looked for: titles and dates stand above them."""
HEAD_CHARACTERS_MAX: Final = 64 * 1024

_OLD_EXCEL: Final = b"\xd0\xcf\x11\xe0"
"""XLS of before 2007, and every workbook that asks for a password."""
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SEPARATORS: Final = (";", "\t", ",")


@dataclass(frozen=True)
class Sheet:
    """A sheet's rows of text from `first_line` on, as a spreadsheet numbers them; a CSV file is one."""

    name: str
    rows: Sequence[Sequence[str]]
    first_line: int = 1


def read_grid(content: bytes, columns: Columns) -> list[Sheet]:
    """The sheets of a file. Raises CommandError where it is neither CSV nor XLSX, or too large."""
    if len(content) > FILE_BYTES_MAX:
        raise CommandError(
            f"Tệp lớn hơn {FILE_BYTES_MAX} byte. Hãy chia nhỏ.",
            f"The file is larger than {FILE_BYTES_MAX} bytes. Split it.",
        )
    if content.startswith(_OLD_EXCEL):
        raise CommandError(
            "Tệp là định dạng .xls cũ hoặc có mật khẩu. Hãy bỏ mật khẩu và lưu dạng .xlsx.",
            "The file is an old .xls or has a password. Remove it and save as .xlsx.",
        )
    if content.startswith(XLSX_SIGNATURE):
        return [Sheet(name, rows) for name, rows in read_sheets(content)]
    return [_csv(content, columns)]


def _csv(content: bytes, columns: Columns) -> Sheet:
    text = unicodedata.normalize("NFC", _decoded(content))
    first, _, rest = text.partition("\n")
    declared = first.lower().startswith("sep=")
    if declared:
        text = rest
    try:
        rows = list(_rows(text, _separator(text, columns), strict=True))
    except csv.Error as error:
        raise CommandError(
            f"Tệp không đọc được như bảng CSV: {error}.", f"The file is no CSV table: {error}."
        ) from error
    return Sheet("", rows, first_line=2 if declared else 1)


def _rows(text: str, separator: str, *, strict: bool) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=strict)


def _separator(text: str, columns: Columns) -> str:
    """What separates most of the headings that are known: a title above them may have commas too."""
    head = text[:HEAD_CHARACTERS_MAX]

    def known(separator: str) -> int:
        with contextlib.suppress(csv.Error):
            rows = islice(_rows(head, separator, strict=False), HEADER_LINES_MAX)
            return max((sum(map(bool, map(columns.called, row))) for row in rows), default=0)
        return 0

    return max(_SEPARATORS, key=known)


def _decoded(content: bytes) -> str:
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "utf-8")
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise CommandError(
            "Tệp không phải UTF-8 hoặc UTF-16. Trong bảng tính, hãy lưu dạng «CSV UTF-8» hoặc .xlsx.",
            "The file is neither UTF-8 nor UTF-16. In the spreadsheet, save it as “CSV UTF-8” or .xlsx.",
        ) from error
