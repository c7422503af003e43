"""Writes a table to start from."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from dvk.errors import USAGE, CommandError
from dvk.importing.columns import Columns

_WIDTH_CHARACTERS: Final = 24
_TEXT: Final = "@"


def write_template(path: Path, columns: Columns, examples: Sequence[Mapping[str, str]]) -> None:
    """Write the columns, and rows that show what goes into them, as the file's name asks. Raises
    CommandError for another suffix than .xlsx or .csv, and where the file is there already.
    """
    suffix = path.suffix.lower()
    if suffix not in (".xlsx", ".csv"):
        raise CommandError(
            f"«{path}»: hãy ghi tên tệp .xlsx hoặc .csv.",
            f"“{path}”: name an .xlsx or a .csv file.",
            USAGE,
        )
    lines = [
        [f"{c.title} *" if c.required else c.title for c in columns],
        *([example.get(c.name, "") for c in columns] for example in examples),
    ]
    content = _xlsx(lines) if suffix == ".xlsx" else _csv(lines)
    with path.open("xb") as file:
        file.write(content)


def _csv(lines: Sequence[Sequence[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(lines)
    # With the mark that makes spreadsheets read it as UTF-8.
    return out.getvalue().encode("utf-8-sig")


def _xlsx(lines: Sequence[Sequence[str]]) -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    for row, line in enumerate(lines, 1):
        for column, text in enumerate(line, 1):
            cell = sheet.cell(row, column, text or None)
            # As text: a code keeps its zeros, a date the order of its day and month.
            cell.number_format = _TEXT
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if row == 1:
                cell.font = Font(bold=True)
    for column in range(1, len(lines[0]) + 1):
        letter = get_column_letter(column)
        sheet.column_dimensions[letter].width = _WIDTH_CHARACTERS
        sheet.column_dimensions[letter].number_format = _TEXT
    sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
