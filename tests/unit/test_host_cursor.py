"""Pages by cursor: nothing skipped, nothing twice, nothing accepted that the list did not give."""

from collections.abc import AsyncIterator

import msgspec
import pytest
from sqlalchemy import Column, Index, Integer, MetaData, String, Table, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from shared.host.cursor import Order, PageParameters, fetch_page, order_for
from shared.host.errors import InvalidError, MalformedError
from shared.host.service import Page

TABLES = MetaData()
ROWS = Table(
    "rows",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False),
    Index("rows_by_name", "name", "id"),
)
BY_NAME = (Order(ROWS.c.name, descending=True), Order(ROWS.c.id))
BY_ID = (Order(ROWS.c.id),)


class Item(msgspec.Struct, frozen=True):
    id: int
    name: str


@pytest.fixture
async def connection() -> AsyncIterator[AsyncConnection]:
    engine = create_async_engine("sqlite+aiosqlite://")
    async with engine.connect() as connection:
        await connection.run_sync(TABLES.create_all)
        rows = [{"id": number, "name": "áb"[number % 2]} for number in range(25)]
        await connection.execute(insert(ROWS), rows)
        yield connection
    await engine.dispose()


async def page(
    connection: AsyncConnection,
    order: tuple[Order, ...],
    cursor: str | None = None,
    limit: int = 10,
) -> Page[Item]:
    return await fetch_page(
        connection,
        select(ROWS),
        order,
        PageParameters(cursor=cursor, limit=limit),
        lambda row: Item(row.id, row.name),
    )


@pytest.mark.parametrize("order", [BY_NAME, BY_ID])
@pytest.mark.parametrize("limit", [1, 7, 25, 26])
async def test_pages_together_are_the_list(
    connection: AsyncConnection, order: tuple[Order, ...], limit: int
) -> None:
    seen: list[Item] = []
    cursor = None
    while True:
        got = await page(connection, order, cursor, limit)
        assert len(got.items) <= limit
        seen += got.items
        cursor = got.next
        if cursor is None:
            break
    whole = await page(connection, order, limit=200)
    assert seen == whole.items
    assert whole.next is None
    assert len(seen) == 25


@pytest.mark.parametrize("order", [BY_NAME, BY_ID])
async def test_the_last_page_costs_no_more_than_the_second(
    connection: AsyncConnection, order: tuple[Order, ...]
) -> None:
    """However many pages came before: each begins in the index, where the one before ended."""
    await connection.execute(delete(ROWS))
    rows = [{"id": number, "name": f"{number:05d}"} for number in range(5_000)]
    await connection.execute(insert(ROWS), rows)
    steps = 0

    def stepped() -> int:
        nonlocal steps
        steps += 1
        return 0

    driver = (await connection.get_raw_connection()).driver_connection
    assert driver is not None
    await driver.set_progress_handler(stepped, 1)
    spent: list[int] = []
    cursor = None
    while True:
        before = steps
        cursor = (await page(connection, order, cursor, limit=100)).next
        spent.append(steps - before)
        if cursor is None:
            break
    assert len(spent) == 50
    assert max(spent[1:]) < 1.1 * spent[1]


async def test_rows_that_go_meanwhile_shift_nothing(connection: AsyncConnection) -> None:
    first = await page(connection, BY_ID)
    await connection.execute(delete(ROWS).where(ROWS.c.id < 10))
    second = await page(connection, BY_ID, first.next)
    assert [item.id for item in second.items] == list(range(10, 20))


@pytest.mark.parametrize(
    "spoil", [lambda c: c[:-2], lambda c: "A" + c[1:], lambda _: "ổ", lambda _: ""]
)
async def test_a_spoilt_cursor_is_refused(connection: AsyncConnection, spoil: object) -> None:
    first = await page(connection, BY_ID)
    assert callable(spoil)
    with pytest.raises(MalformedError):
        await page(connection, BY_ID, spoil(first.next))


async def test_a_cursor_of_another_order_is_refused(connection: AsyncConnection) -> None:
    first = await page(connection, BY_ID)
    with pytest.raises(MalformedError):
        await page(connection, BY_NAME, first.next)


def test_an_unknown_order_is_refused_with_those_there_are() -> None:
    with pytest.raises(InvalidError, match="name, id"):
        order_for("nix", {"name": BY_NAME, "id": BY_ID})
