"""Tables as spreadsheets write them."""

import codecs
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dvk.errors import CommandError
from dvk.importing.columns import COLUMNS, column_called, field_called
from dvk.importing.table import read_table, template

TITLES = [column.title for column in COLUMNS]
ROW = [f"ô {number}" for number in range(len(COLUMNS))]


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
    assert column_called(header) == column


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


def test_the_template_is_a_table() -> None:
    read = read_table(template().encode("utf-8-sig"))
    assert len(read.rows) == 1 and not read.ignored
