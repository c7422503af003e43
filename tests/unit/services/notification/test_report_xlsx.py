"""The workbook of a report: numbers are numbers, whatever people wrote is text."""

import asyncio
import io

import msgspec
import pytest
from openpyxl import load_workbook

from services.notification.report_counting import Report, report_of
from services.notification.report_xlsx import workbook
from tests.support.counted import TODAY, asked_of, counted
from tests.support.histories import ledger_of


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    url = f"sqlite:///{tmp_path_factory.mktemp('databases')}"

    async def made() -> Report:
        ledger = ledger_of([("planned", 0, 1), ("reported", 0, 10), ("reported", 1, 10)])
        async with counted(url, ledger) as read:
            return await report_of(read, asked_of(), TODAY)

    return asyncio.run(made())


def test_the_sheets_say_what_the_report_says(report: Report) -> None:
    book = load_workbook(io.BytesIO(workbook(report)))
    assert book.sheetnames == ["Tổng hợp", *(one.vi for one in report.breakdowns)]
    rows = {row[0]: row[1:5] for row in book["Tổng hợp"].iter_rows(min_row=9, values_only=True)}
    for figure in report.figures:
        name = figure.vi if figure.part_of is None else f"   {figure.vi}"
        said = (figure.value, figure.before, figure.change, figure.cumulative)
        assert rows[name] == said
    for breakdown in report.breakdowns:
        sheet = book[breakdown.vi]
        *shown, total = sheet.iter_rows(min_row=2, values_only=True)
        assert len(shown) == len(breakdown.rows)
        for column in range(1, len(total)):
            assert sum(int(str(row[column])) for row in shown) == total[column]
        assert sheet.freeze_panes == "B2"


@pytest.mark.parametrize("mark", "=+-@")
def test_what_looks_like_a_formula_is_text(report: Report, mark: str) -> None:
    name = f'{mark}HYPERLINK("http://x")'
    rows = tuple(msgspec.structs.replace(row, vi=name) for row in report.breakdowns[0].rows)
    breakdown = msgspec.structs.replace(report.breakdowns[0], rows=rows)
    evil = msgspec.structs.replace(report, body_name=name, breakdowns=(breakdown,))
    book = load_workbook(io.BytesIO(workbook(evil)))
    for cell in (book["Tổng hợp"]["B2"], book[breakdown.vi]["A2"]):
        assert (cell.value, cell.data_type, cell.quotePrefix) == (name, "s", True)
