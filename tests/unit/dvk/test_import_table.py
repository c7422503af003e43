"""Tables as spreadsheets write them."""

import codecs
import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dvk.errors import CommandError
from dvk.importing import table as tables
from dvk.importing.bodies import columns as bodies
from dvk.importing.models.columns import COLUMNS, EXAMPLE, field_called
from dvk.importing.table import SourceTable
from dvk.importing.template import write_template

TITLES = [column.title for column in COLUMNS]
ROW = [f"ô {number}" for number in range(len(TITLES))]


def read_table(content: bytes) -> SourceTable:
    return tables.read_table(content, COLUMNS)


def table(separator: str = ",") -> str:
    return f"{separator.join(TITLES)}\n{separator.join(ROW)}\n"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.encode(),
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.encode("utf-16"),
        lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
        lambda text: text.replace("\n", "\r\n").encode(),
    ],
    ids=["utf-8", "utf-8 with mark", "utf-16", "utf-16 big-endian", "crlf"],
)
def test_encoding_and_separator_do_not_matter(encode, separator: str) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    (row,) = read_table(encode(table(separator))).rows
    assert (row.line, list(row.cells.values())) == (2, ROW)


def test_the_separator_that_a_spreadsheet_declares_is_no_row() -> None:
    (row,) = read_table(f"sep=;\n{table(';')}".encode()).rows
    assert row.line == 3


def test_decomposed_letters_are_composed_and_blanks_collapsed() -> None:
    text = table().replace("ô 0", "Đươ\u0300ng   hoa")
    (row,) = read_table(text.encode()).rows
    assert row.cells["name"] == "Đường hoa"


def test_empty_rows_are_skipped_and_unknown_columns_named() -> None:
    text = f"{','.join([*TITLES, 'Ghi chú'])}\n,,,\n{','.join([*ROW, 'x'])}\n"
    read = read_table(text.encode())
    assert [row.line for row in read.rows] == [3]
    assert read.ignored == ("Ghi chú",)


@pytest.mark.parametrize(
    "content,said",
    [
        (b"", "missing"),
        (b"name,field\n", "missing"),
        (b"\xe9\xe8", "UTF-8"),
        (f"{','.join([*TITLES, 'name'])}\n".encode(), "twice"),
        (f'{table()}"x\n'.encode(), "CSV"),
    ],
)
def test_what_is_no_table_is_told_in_a_sentence(content: bytes, said: str) -> None:
    with pytest.raises(CommandError, match=said):
        read_table(content)


@given(st.binary(max_size=200))
def test_no_bytes_make_it_fail_otherwise(content: bytes) -> None:
    with contextlib.suppress(CommandError):
        read_table(content)


@pytest.mark.parametrize(
    "header,column",
    [
        ("TÊN MÔ HÌNH", "name"),
        ("ten mo hinh *", "name"),
        ("deciding_body", "deciding_body"),
        ("Cấp uỷ", "committee"),
        ("Đảng ủy", "committee"),
        ("Ghi chú", None),
    ],
)
def test_headers_are_known_by_many_names(header: str, column: str | None) -> None:
    assert COLUMNS.called(header) == column


@pytest.mark.parametrize(
    "text,field",
    [
        ("kinh tế", "economy"),
        ("KINH TE", "economy"),
        ("văn hóa - xã hội", "culture-society"),
        ("Văn hoá, xã hội", "culture-society"),
        ("quốc phòng – an ninh", "security-defence"),
        ("Xây dựng hệ thống chính trị", "political-system"),
        ("political-system", "political-system"),
        ("bóng đá", None),
    ],
)
def test_fields_are_known_by_many_names(text: str, field: str | None) -> None:
    assert field_called(text) == field


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_the_template_is_a_table(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"template.{suffix}"
    write_template(file, COLUMNS, [EXAMPLE])
    read = read_table(file.read_bytes())
    assert not read.ignored
    assert [row.cells for row in read.rows] == [EXAMPLE]
    with pytest.raises(FileExistsError):
        write_template(file, COLUMNS, [EXAMPLE])
    with pytest.raises(CommandError, match="xlsx"):
        write_template(tmp_path / "template.doc", COLUMNS, [EXAMPLE])


def test_titles_groups_and_numbering_around_the_headings_are_no_rows() -> None:
    grouped = ["Cấp trên", "", ""]
    head = ["Mã", "Tên đơn vị", "Loại", "Cấp", "Địa bàn", "Ngày thành lập"]
    lines = [
        ["DANH SÁCH ĐƠN VỊ, TỈNH, NĂM 2026"],
        [],
        [*head, *grouped],
        ["", "", "", "", "", "", "Tuyến Đảng", "Ngành dọc", "Địa bàn"],
        [f"({number})" for number in range(1, 10)],
        ["A1", "Đơn vị A", "L", "xã", "Xã A", "01/07/2025", "B1", "", "C1"],
    ]
    content = "\n".join(";".join(line) for line in lines).encode()
    (row,) = tables.read_table(content, bodies.COLUMNS).rows
    assert (row.line, row.cells) == (
        6,
        {
            "code": "A1",
            "name": "Đơn vị A",
            "kind": "L",
            "level": "xã",
            "place": "Xã A",
            "established_on": "01/07/2025",
            "party_superior": "B1",
            "territory_superior": "C1",
        },
    )
