"""Reads XLSX with openpyxl, bounded: what a workbook unpacks to, its sheets, rows and columns."""

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import IO, Final, Protocol, cast
from unicodedata import normalize

import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook.workbook import Workbook

from dvk.errors import CommandError

SIGNATURE: Final = b"PK\x03\x04"

UNPACKED_BYTES_MAX: Final = 128 * 1024 * 1024
PARTS_MAX: Final = 1_000
SHEETS_MAX: Final = 20
CELLS_ACROSS_MAX: Final = 200
ROWS_DOWN_MAX: Final = 100_000
"""Empty ones too: many a sheet is formatted far below its last row."""

_CHUNK_BYTES: Final = 1024 * 1024
_PROLOG_BYTES: Final = 4 * 1024
_SHEET_PART: Final = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_FORMULA: Final = re.compile(rb"<(?:\w+:)?f[ />]")
_UNIT: Final = re.compile(r'[0#?]"([^"]+)"')
_LEADING_ZEROS: Final = re.compile(r"0{2,}")

_BROKEN: Final = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    InvalidFileException,
    LookupError,
    RuntimeError,  # also zipfile's, at a compression it does not know
    SyntaxError,  # what the XML parser raises
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What openpyxl raises at a file that is damaged; it promises nothing."""

Value = str | int | float | Decimal | bool | datetime | date | time | timedelta
Rows = Sequence[Sequence[str]]


class _Cell(Protocol):
    """What is read of a cell, a missing one too; the library's stubs know no read-only sheets."""

    @property
    def value(self) -> Value | None: ...
    @property
    def number_format(self) -> str | None: ...
    @property
    def data_type(self) -> str: ...


class _Sheet(Protocol):
    @property
    def title(self) -> str: ...
    @property
    def sheet_state(self) -> str: ...
    def reset_dimensions(self) -> None: ...
    def iter_rows(
        self, min_row: int, max_row: int, min_col: int, max_col: int
    ) -> Iterable[Sequence[_Cell]]: ...


def read_sheets(content: bytes) -> list[tuple[str, Rows]]:
    """The visible sheets with their rows as people see them. Formulas are read as their last values.

    Raises CommandError where the file is damaged, unpacks to too much, or has formulas without values.
    """
    try:
        # It warns of what it leaves out of a workbook: styles, validations, nothing that is read here.
        with warnings.catch_warnings(action="ignore"):
            return _read(content)
    except _BROKEN as error:
        raise CommandError(
            "Tệp .xlsx hỏng hoặc không phải bảng tính. Hãy mở bằng bảng tính và lưu lại.",
            "The .xlsx file is damaged or no workbook. Open it in a spreadsheet and save it again.",
        ) from error


def _read(content: bytes) -> list[tuple[str, Rows]]:
    formulas = _inspect(content)
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    try:
        sheets: list[tuple[str, Rows]] = [(sheet.title, _rows(sheet)) for sheet in _visible(book)]
    finally:
        book.close()
    if formulas:
        _require_values(content, sheets)
    return sheets


def _inspect(content: bytes) -> bool:
    """Unpack every part once, within bounds, keeping nothing; whether there are formulas."""
    formulas = False
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        # What a part unpacks to is never read beyond the size that it states.
        if len(parts) > PARTS_MAX or sum(part.file_size for part in parts) > UNPACKED_BYTES_MAX:
            raise CommandError(
                f"Tệp .xlsx giải nén ra hơn {UNPACKED_BYTES_MAX} byte hoặc {PARTS_MAX} phần. Hãy chia nhỏ.",
                f"The .xlsx file unpacks to more than {UNPACKED_BYTES_MAX} bytes or {PARTS_MAX} parts. "
                "Split it.",
            )
        for part in parts:
            if not part.filename.lower().endswith((".xml", ".rels")):
                continue
            with archive.open(part) as stream:
                before = stream.read(_PROLOG_BYTES)
                if b"<!DOCTYPE" in before.replace(b"\0", b""):
                    raise ValueError(part.filename)
                if _SHEET_PART.fullmatch(part.filename):
                    formulas = formulas or _has_formulas(before, stream)
    return formulas


def _has_formulas(before: bytes, stream: IO[bytes]) -> bool:
    while not _FORMULA.search(before):
        more = stream.read(_CHUNK_BYTES)
        if not more:
            return False
        before = before[-_PROLOG_BYTES:] + more
    return True


def _visible(book: Workbook) -> list[_Sheet]:
    sheets = [
        sheet for sheet in cast(Sequence[_Sheet], book.worksheets) if sheet.sheet_state == "visible"
    ]
    if len(sheets) > SHEETS_MAX:
        raise CommandError(
            f"Tệp có {len(sheets)} trang tính, tối đa {SHEETS_MAX}.",
            f"The file has {len(sheets)} sheets, {SHEETS_MAX} at most.",
        )
    return sheets


def _rows(sheet: _Sheet) -> list[list[str]]:
    rows: list[list[str]] = []
    empty = 0
    for cells in _cells(sheet):
        row = [_text(sheet, cell) for cell in cells]
        while row and not row[-1]:
            row.pop()
        if not row:
            empty += 1
            continue
        if len(row) > CELLS_ACROSS_MAX:
            raise CommandError(
                f"Trang tính «{sheet.title}» rộng hơn {CELLS_ACROSS_MAX} cột.",
                f"The sheet “{sheet.title}” is wider than {CELLS_ACROSS_MAX} columns.",
            )
        rows += [[] for _ in range(empty)]
        rows.append(row)
        empty = 0
    return rows


def _text(sheet: _Sheet, cell: _Cell) -> str:
    if cell.value is None:
        return ""
    if cell.data_type == "e":
        raise CommandError(
            f"Trang tính «{sheet.title}» có ô lỗi {cell.value}. Hãy sửa công thức hoặc dán giá trị.",
            f"The sheet “{sheet.title}” has a cell with {cell.value}. Mend the formula or paste values.",
        )
    return shown(cell.value, cell.number_format or "")


def _cells(sheet: _Sheet) -> Iterator[Sequence[_Cell]]:
    # What a sheet says of its own size is not believed.
    sheet.reset_dimensions()
    for number, cells in enumerate(
        sheet.iter_rows(
            min_row=1, max_row=ROWS_DOWN_MAX + 1, min_col=1, max_col=CELLS_ACROSS_MAX + 1
        )
    ):
        if number >= ROWS_DOWN_MAX and any(cell.value is not None for cell in cells):
            raise CommandError(
                f"Trang tính «{sheet.title}» có ô dưới dòng {ROWS_DOWN_MAX}.",
                f"The sheet “{sheet.title}” has cells below row {ROWS_DOWN_MAX}.",
            )
        yield cells


def _require_values(content: bytes, sheets: Sequence[tuple[str, Rows]]) -> None:
    """Programs write formulas whose values only a spreadsheet computes: such a cell would seem empty."""
    values = dict(sheets)
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    try:
        for sheet in _visible(book):
            for line, cells in enumerate(_cells(sheet)):
                shown_cells = values[sheet.title][line] if line < len(values[sheet.title]) else ()
                for across, cell in enumerate(cells):
                    at = f"{get_column_letter(across + 1)}{line + 1}"
                    if cell.data_type == "f" and not any(shown_cells[across : across + 1]):
                        raise CommandError(
                            f"Trang tính «{sheet.title}», ô {at}: công thức chưa có giá trị. "
                            "Hãy mở bằng bảng tính và lưu lại, hoặc dán giá trị.",
                            f"Sheet “{sheet.title}”, cell {at}: the formula has no value yet. "
                            "Open the file in a spreadsheet and save it, or paste values.",
                        )
    finally:
        book.close()


def shown(value: Value, number_format: str) -> str:
    """A cell's value as one would type it in Viet Nam: dates as ISO 8601, 1.234,5 where the cell groups
    digits, with the unit that the cell's format writes behind.
    """
    match value:
        case str():
            return normalize("NFC", value).strip()
        case bool():
            return "có" if value else "không"
        case datetime():
            at_midnight = value.time() == time()
            return value.date().isoformat() if at_midnight else value.isoformat(" ", "minutes")
        case date() | time():
            return value.isoformat()
        case timedelta():
            return str(value)
        case int() | float() | Decimal():
            return _number(value, number_format)


def _number(value: float | Decimal, number_format: str) -> str:
    form = number_format.partition(";")[0]
    unit = _UNIT.search(form)
    behind = f" {unit[1].strip()}" if unit else ""
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if "%" in _UNIT.sub("", form):
        exact, behind = exact * 100, "%"
    whole = exact == exact.to_integral_value()
    # A code like 00123 is a number to the sheet: its zeros stand in the format alone.
    if whole and _LEADING_ZEROS.fullmatch(form):
        return f"{int(exact):0{len(form)}d}"
    text = f"{int(exact):,d}" if whole else f"{exact.normalize():,f}"
    if "," not in form:
        text = text.replace(",", "")
    return text.translate(str.maketrans(",.", ".,")) + behind
