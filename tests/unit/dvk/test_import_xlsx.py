"""Workbooks as offices keep them, and as nobody should."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from dvk.errors import CommandError
from dvk.importing import xlsx
from dvk.importing.models.columns import COLUMNS
from dvk.importing.table import read_table
from dvk.importing.xlsx import read_sheets, shown

TITLES = [column.title for column in COLUMNS]


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def workbook(*rows: Sequence[object]) -> Workbook:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(list(row))
    return book


def repacked(content: bytes, change: dict[str, bytes]) -> bytes:
    """The same archive with some parts replaced or added."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in {*old.namelist(), *change}:
            new.writestr(name, change[name] if name in change else old.read(name))
    return out.getvalue()


@pytest.mark.parametrize(
    "value,number_format,text",
    [
        ("1.000 m2", "General", "1.000 m2"),
        (" Đươ\u0300ng hoa ", "General", "Đường hoa"),
        (2026, "General", "2026"),
        (2026.0, "General", "2026"),
        (1.8, "General", "1,8"),
        (0.1 + 0.2, "0.0", "0,30000000000000004"),
        (1000, "#,##0", "1.000"),
        (1234.5, "#,##0.00", "1.234,5"),
        (1000, '#,##0" m2"', "1.000 m2"),
        (0.85, "0%", "85%"),
        (123, "00000", "00123"),
        (-5, "#,##0;(#,##0)", "-5"),
        (1e20, "General", "100000000000000000000"),
        (datetime(2026, 11, 15), "dd/mm/yyyy", "2026-11-15"),  # noqa: DTZ001 - as sheets have it
        (date(2026, 11, 15), "dd/mm/yyyy", "2026-11-15"),
        (datetime(2026, 11, 15, 8, 30), "General", "2026-11-15 08:30"),  # noqa: DTZ001
        (True, "General", "có"),
    ],
)
def test_cells_say_what_people_see(value: xlsx.Value, number_format: str, text: str) -> None:
    assert shown(value, number_format) == text


def test_a_workbook_with_titles_merged_headings_and_typed_cells_is_a_table() -> None:
    book = workbook(["DANH SÁCH MÔ HÌNH"], [], TITLES)
    sheet = book.worksheets[0]
    sheet.merge_cells("A1:O1")
    filled: dict[str, object] = dict.fromkeys(TITLES, "x")
    filled |= {"Nội dung": "hiến 1.000 m2 đất", "Ngày khảo sát": date(2026, 11, 15)}
    sheet.append([filled[title] for title in TITLES])
    sheet.append([])
    book.create_sheet("Hướng dẫn").append(["Cách ghi"])
    read = read_table(saved(book), COLUMNS)
    assert [(row.line, row.cells["content"], row.cells["surveyed_on"]) for row in read.rows] == [
        (4, "hiến 1.000 m2 đất", "2026-11-15")
    ]
    assert read.ignored_sheets == ()


def test_a_second_sheet_with_such_a_table_is_named_and_a_hidden_one_is_not_read() -> None:
    book = workbook(TITLES, ["x"] * len(TITLES))
    book.create_sheet("Năm cũ").append(TITLES)
    hidden = book.create_sheet("Ẩn")
    hidden.append(TITLES)
    hidden.sheet_state = "hidden"
    assert read_table(saved(book), COLUMNS).ignored_sheets == ("Năm cũ",)


def test_a_formula_is_its_value_and_one_without_is_told_by_its_cell() -> None:
    content = saved(workbook(["Tên", "Số"], ["A", "=1+1"]))
    with pytest.raises(CommandError, match="cell B2"):
        read_sheets(content)
    part = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        computed = archive.read(part).replace(b"<v />", b"<v>2</v>").replace(b"<v/>", b"<v>2</v>")
    ((_, rows),) = read_sheets(repacked(content, {part: computed}))
    assert rows == [["Tên", "Số"], ["A", "2"]]


def test_a_cell_with_an_error_is_told() -> None:
    with pytest.raises(CommandError, match="#N/A"):
        read_sheets(saved(workbook(["#N/A"])))


def test_what_unpacks_to_too_much_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = repacked(saved(workbook(["a"])), {"xl/media/x.xml": b"0" * 2_000_000})
    assert len(bomb) < 20_000
    read_sheets(bomb)
    monkeypatch.setattr(xlsx, "UNPACKED_BYTES_MAX", 1_000_000)
    with pytest.raises(CommandError, match="unpacks to more"):
        read_sheets(bomb)


def test_a_sheet_has_bounds_in_both_directions() -> None:
    wide = Workbook()
    wide.worksheets[0].cell(1, xlsx.CELLS_ACROSS_MAX + 1, "x")
    with pytest.raises(CommandError, match="wider"):
        read_sheets(saved(wide))
    deep = Workbook()
    deep.worksheets[0].cell(xlsx.ROWS_DOWN_MAX + 1, 1, "x")
    with pytest.raises(CommandError, match="below row"):
        read_sheets(saved(deep))
    many = Workbook()
    for number in range(xlsx.SHEETS_MAX):
        many.create_sheet(f"s{number}")
    with pytest.raises(CommandError, match="sheets"):
        read_sheets(saved(many))


def test_entities_are_not_expanded() -> None:
    part = "xl/worksheets/sheet1.xml"
    laughs = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">]><worksheet>&a;</worksheet>'
    with pytest.raises(CommandError, match="damaged"):
        read_sheets(repacked(saved(workbook(["a"])), {part: laughs}))


def test_an_old_or_locked_workbook_is_told_what_to_do() -> None:
    with pytest.raises(CommandError, match="password"):
        read_table(b"\xd0\xcf\x11\xe0" + b"\0" * 100, COLUMNS)


SMALL = saved(workbook(TITLES, ["x"] * len(TITLES)))


@given(st.integers(0, len(SMALL) - 1), st.binary(min_size=1, max_size=8))
def test_no_damage_makes_it_fail_otherwise(at: int, put: bytes) -> None:
    damaged = SMALL[:at] + put + SMALL[at + len(put) :]
    try:
        read_table(damaged, COLUMNS)
    except CommandError as error:
        assert error.en  # noqa: PT017 - either outcome is right, a traceback is not
