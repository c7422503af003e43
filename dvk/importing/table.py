"""Finds the table in a file: where its headings are, what each row says."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

from dvk.errors import CommandError
from dvk.importing.columns import Columns
from dvk.importing.grid import HEADER_LINES_MAX, Sheet, read_grid

ROWS_MAX: Final = 20_000

_NUMBERING: Final = re.compile(r"\(?(\d{1,3})\)?\.?")


@dataclass(frozen=True)
class SourceRow:
    """A row: its line in the file as a spreadsheet numbers it, and its cells by column."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class SourceTable:
    """The rows of a file, the headers that mean no column, the other sheets with such a table."""

    rows: tuple[SourceRow, ...]
    ignored: tuple[str, ...]
    ignored_sheets: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Headings:
    """Headings found in a sheet: in which row, over how many, and the column each means."""

    sheet: Sheet
    row: int
    tiers: int
    titles: Sequence[str]
    names: Sequence[str | None]

    @property
    def known(self) -> int:
        return sum(name is not None for name in self.names)


def read_table(content: bytes, columns: Columns) -> SourceTable:
    """The table in a CSV or XLSX file. Raises CommandError where it is none, or columns are missing."""
    sheets = read_grid(content, columns)
    found = [_headings(sheet, columns) for sheet in sheets]
    best = max(found, key=lambda headings: headings.known, default=None)
    named = [] if best is None else [name for name in best.names if name is not None]
    missing = [c for c in columns if c.required and c.name not in named]
    if missing or best is None:
        raise CommandError(
            f"Thiếu cột: {', '.join(c.title for c in missing)}. Bảng mẫu: thêm --template mau.xlsx",
            f"Columns are missing: {', '.join(c.name for c in missing)}. A table to start from: "
            "--template table.xlsx",
        )
    twice = sorted({name for name in named if named.count(name) > 1})
    if twice:
        titles = ", ".join(columns.by_name[name].title for name in twice)
        raise CommandError(
            f"Cột ghi hai lần: {titles}.", f"Columns stand there twice: {', '.join(twice)}."
        )
    required = {c.name for c in columns if c.required}
    others = [h.sheet.name for h in found if h is not best and required <= {*h.names}]
    ignored = [
        title for title, name in zip(best.titles, best.names, strict=True) if title and not name
    ]
    return SourceTable(_rows(best), tuple(ignored), tuple(others))


def _headings(sheet: Sheet, columns: Columns) -> _Headings:
    """The row, or pair of rows, in which most headings are known."""
    best = _Headings(sheet, 0, 1, (), ())
    for number, row in enumerate(sheet.rows[:HEADER_LINES_MAX]):
        below = sheet.rows[number + 1] if number + 1 < len(sheet.rows) else ()
        for tiers, titles in ((1, [_one_line(cell) for cell in row]), (2, _joined(row, below))):
            names = [
                next((name for one in options if (name := columns.called(one))), None)
                for options in map(_options, titles)
            ]
            made = _Headings(sheet, number, tiers, [t.replace("\n", " ") for t in titles], names)
            if made.known > best.known:
                best = made
    return best


def _one_line(cell: str) -> str:
    return " ".join(cell.split())


def _joined(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    """Headings in two tiers: a merged cell has its text in its first column and its first row. Where both
    speak they stand in two lines.
    """
    titles: list[str] = []
    group = ""
    for above, below in zip_longest(map(_one_line, upper), map(_one_line, lower), fillvalue=""):
        group = above or (group if below else "")
        titles.append("\n".join(filter(None, (group, below))))
    return titles


def _options(title: str) -> list[str]:
    """What a heading may be known by: its group and itself, or itself alone."""
    group, _, own = title.partition("\n")
    return [f"{group} {own}", own] if own else [group]


def _rows(headings: _Headings) -> tuple[SourceRow, ...]:
    sheet, first = headings.sheet, headings.row + headings.tiers
    rows: list[SourceRow] = []
    for number, line in enumerate(sheet.rows[first:], sheet.first_line + first):
        if not rows and _is_numbering(line):
            continue
        cells = {
            name: _one_line(cell)
            for name, cell in zip(headings.names, line, strict=False)
            if name is not None and cell.strip()
        }
        if cells:
            rows.append(SourceRow(number, cells))
    if len(rows) > ROWS_MAX:
        raise CommandError(
            f"Tệp có {len(rows)} dòng, tối đa {ROWS_MAX}.",
            f"The file has {len(rows)} rows, {ROWS_MAX} at most.",
        )
    return tuple(rows)


def _is_numbering(line: Sequence[str]) -> bool:
    """Printed forms number their columns below the headings: (1), (2), (3)."""
    numbers = [_NUMBERING.fullmatch(cell.strip()) for cell in line if cell.strip()]
    said = [int(match[1]) for match in numbers if match]
    return len(said) == len(numbers) > 1 and said == list(range(said[0], said[0] + len(said)))
