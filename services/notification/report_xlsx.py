"""A report as a workbook: a sheet for all figures, one for each breakdown; for people who go on with it."""

import io
from collections.abc import Iterable, Sequence
from typing import Final

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from services.notification.report_breakdowns import Breakdown
from services.notification.report_counting import FigureRow, Report
from services.notification.report_values import Values

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_COUNTED: Final = {
    "models": "mô hình",
    "results": "mô hình theo năm",
    "returns": "lượt",
    "cases": "hồ sơ",
    "awards": "đề nghị",
}
_LINES: Final = {
    "all": "tất cả các tuyến, mỗi mô hình tính một lần",
    "party": "tuyến đảng",
    "vertical": "ngành dọc",
    "territory": "địa bàn",
    "register": "sổ đăng ký của cơ quan phát động",
}
_HEADINGS: Final = (
    "Chỉ tiêu",
    "Trong kỳ",
    "Kỳ trước",
    "Tăng, giảm",
    "Lũy kế",
    "Tính theo",
    "Căn cứ",
)
_FORMULA_MARKS: Final = ("=", "+", "-", "@")
_BOLD: Final = Font(bold=True)
_SHADE: Final = PatternFill("solid", fgColor="DDEBF7")
_WRAPPED: Final = Alignment(wrap_text=True, vertical="center", horizontal="center")
_NARROW: Final = 12
_WIDE: Final = 46


def workbook(report: Report) -> bytes:
    """The file. Numbers are numbers; whatever people wrote is text, also where it looks like a formula."""
    book = Workbook()
    summary = book.active
    assert isinstance(summary, Worksheet)
    _summary(summary, report)
    for breakdown in report.breakdowns:
        _breakdown(book.create_sheet(breakdown.vi[:31]), breakdown, report.figures)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _summary(sheet: Worksheet, report: Report) -> None:
    sheet.title = "Tổng hợp"
    title = f"BÁO CÁO PHONG TRÀO “DÂN VẬN KHÉO” {report.period.vi.upper()}"
    _text(sheet, 1, 1, title).font = _BOLD
    said = (
        ("Đơn vị", report.body_name),
        ("Phạm vi", _LINES[report.line]),
        ("Kỳ trước", report.before.vi),
        ("Sơ đồ tổ chức tính đến ngày", f"{report.as_at:%d/%m/%Y}"),
    )
    for row, (name, value) in enumerate(said, 2):
        _text(sheet, row, 1, name)
        _text(sheet, row, 2, value)
    _text(sheet, 6, 1, "Vị trí trong sổ ghi sự kiện")
    sheet.cell(6, 2, report.position)
    head = 8
    _headings(sheet, head, _HEADINGS)
    for row, figure in enumerate(report.figures, head + 1):
        name = figure.vi if figure.part_of is None else f"   {figure.vi}"
        _text(sheet, row, 1, name)
        _numbers(sheet, row, 2, (figure.value, figure.before, figure.change, figure.cumulative))
        _text(sheet, row, 6, _COUNTED[figure.counts])
        _text(sheet, row, 7, figure.source)
    sheet.freeze_panes = f"B{head + 1}"
    _widths(sheet, (_WIDE, _NARROW, _NARROW, _NARROW, _NARROW, 20, 36))


def _breakdown(sheet: Worksheet, breakdown: Breakdown, figures: Sequence[FigureRow]) -> None:
    """Each figure in the period, then each from the beginning; the last row is the total."""
    happened = [figure for figure in figures if not figure.at_end]
    _headings(
        sheet,
        1,
        (
            breakdown.vi,
            *(figure.vi for figure in figures),
            *(f"{figure.vi} (lũy kế)" for figure in happened),
        ),
    )
    none = Values(value=0, before=0, change=0, cumulative=0)
    for number, row in enumerate(breakdown.rows, 2):
        found = row.figures
        _text(sheet, number, 1, row.vi)
        values = [found.get(figure.figure, none).value for figure in figures]
        ever = [found.get(figure.figure, none).cumulative for figure in happened]
        _numbers(sheet, number, 2, (*values, *ever))
    last = len(breakdown.rows) + 2
    _text(sheet, last, 1, "Tổng cộng").font = _BOLD
    totals = (*(one.value for one in figures), *(one.cumulative for one in happened))
    _numbers(sheet, last, 2, totals)
    sheet.freeze_panes = "B2"
    _widths(sheet, (_WIDE, *(_NARROW for _ in totals)))


def _headings(sheet: Worksheet, row: int, names: Iterable[str]) -> None:
    for column, name in enumerate(names, 1):
        cell = _text(sheet, row, column, name)
        cell.font, cell.fill, cell.alignment = _BOLD, _SHADE, _WRAPPED


def _numbers(sheet: Worksheet, row: int, column: int, values: Iterable[int | None]) -> None:
    for offset, value in enumerate(values):
        sheet.cell(row, column + offset, value).number_format = "#,##0"


def _text(sheet: Worksheet, row: int, column: int, value: str) -> Cell:
    """Text, whatever it begins with: a name must not be run as a formula when the file is opened."""
    cell = sheet.cell(row, column, value)
    assert isinstance(cell, Cell)
    cell.data_type = "s"
    if value.startswith(_FORMULA_MARKS):
        cell.quotePrefix = True
    return cell


def _widths(sheet: Worksheet, widths: Iterable[int]) -> None:
    """Columns as wide as what they hold, and printed across a page."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    for number, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
