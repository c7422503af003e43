"""Filters of lists that may be absent, and rows as items."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, create_engine, select

from shared.host.lists import Statement, into, where_equal, where_found
from shared.host.text import fold

BODY, OTHER = UUID(int=1), UUID(int=2)
rows = Table(
    "rows",
    MetaData(),
    Column("id", String(36), primary_key=True),
    Column("body", String(36)),
    Column("year", Integer),
    Column("since", String(32)),
    Column("done", Integer),
    Column("search", String),
)


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """A row read back; `search` is nobody's business."""

    id: UUID
    body: UUID | None
    year: int
    since: date | None
    done: bool


ROAD = Item(id=UUID(int=11), body=BODY, year=2026, since=date(2026, 10, 1), done=True)
SHARE = Item(id=UUID(int=12), body=OTHER, year=2025, since=None, done=False)


@pytest.fixture
def connection() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    with engine.begin() as opened:
        rows.metadata.create_all(opened)
        for item, name in ((ROAD, "Đường hoa"), (SHARE, "100% hộ")):
            row = {**msgspec.to_builtins(item), "search": fold(name)}
            opened.execute(rows.insert().values(row))
        yield opened
    engine.dispose()


def items(connection: Connection, statement: Statement) -> list[Item]:
    make = into(Item)
    return [make(row) for row in connection.execute(statement.order_by(rows.c.id))]


def test_an_item_is_the_row_with_its_ids_dates_and_truth_values(connection: Connection) -> None:
    assert items(connection, select(rows)) == [ROAD, SHARE]


def test_a_filter_that_is_absent_keeps_every_row(connection: Connection) -> None:
    unfiltered = where_equal(select(rows), (rows.c.body, None), (rows.c.year, None))
    assert items(connection, where_found(unfiltered, rows.c.search, None)) == [ROAD, SHARE]


def test_every_filter_that_is_there_holds(connection: Connection) -> None:
    both = where_equal(select(rows), (rows.c.body, BODY), (rows.c.year, 2026))
    assert items(connection, both) == [ROAD]
    assert items(connection, where_equal(select(rows), (rows.c.body, BODY), (rows.c.year, 1))) == []


@pytest.mark.parametrize("q,found", [("DUONG", [ROAD]), ("0%", [SHARE]), ("1%h", []), ("_", [])])
def test_a_text_is_found_whatever_its_case_and_marks_and_means_itself(
    connection: Connection, q: str, found: list[Item]
) -> None:
    assert items(connection, where_found(select(rows), rows.c.search, q)) == found
