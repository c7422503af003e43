"""What checking a row has in common, whatever the table is of."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from dvk.importing.columns import Columns
from dvk.importing.table import SourceRow

_DATE_FORMATS: Final = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d")


@dataclass(frozen=True)
class Fault:
    """Why a row cannot be taken; `column` is where."""

    line: int
    column: str
    vi: str
    en: str


@dataclass
class CheckedCells:
    """A row being checked, with the faults found so far."""

    source: SourceRow
    columns: Columns
    faults: list[Fault] = field(default_factory=list)

    def fault(self, column: str, vi: str, en: str) -> None:
        """Note why the row cannot be taken."""
        self.faults.append(Fault(self.source.line, column, vi, en))

    def cell(self, column: str) -> str | None:
        """What the row says in a column, if anything."""
        return self.source.cells.get(column)

    def check_lengths(self) -> None:
        """Every column that is needed says something, and none too much."""
        for column in self.columns:
            text = self.cell(column.name)
            if text is None and column.required:
                self.fault(column.name, "còn trống.", "is empty.")
            if text is not None and len(text) > column.length_max:
                self.fault(
                    column.name,
                    f"dài {len(text)} ký tự, tối đa {column.length_max}.",
                    f"has {len(text)} characters, {column.length_max} at most.",
                )

    def date(self, column: str) -> date | None:
        """The day a cell names, as people write it or as a spreadsheet has it."""
        text = self.cell(column)
        if text is None:
            return None
        for form in _DATE_FORMATS:
            try:
                return datetime.strptime(text, form).date()  # noqa: DTZ007 - a date has no zone
            except ValueError:
                continue
        self.fault(
            column,
            f"«{text}» không phải ngày như 15/11/2026.",
            f"“{text}” is no date like 15/11/2026.",
        )
        return None
