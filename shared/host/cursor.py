"""Lists in pages: a cursor holds the last row's sort values, so pages never skip or repeat a row
that was there all along, however many rows come and go between them.
"""

import base64
import binascii
import hashlib
from collections.abc import Callable, Sequence
from typing import Annotated, Final, TypeVar

import msgspec
from sqlalchemy import ColumnElement, Row, Select, and_, or_
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.host.errors import Fault, InvalidError, MalformedError
from shared.host.rows import Value
from shared.host.service import Page

PAGE_ROWS_MAX: Final = 200
PAGE_ROWS_DEFAULT: Final = 50
CURSOR_CHARACTERS_MAX: Final = 2_000
_CHECK_BYTES: Final = 8
_TAG: Final = b"dvk/cursor/v1"

A = TypeVar("A", bound=msgspec.Struct)


class PageParameters(msgspec.Struct, frozen=True, kw_only=True):
    """What every list takes; a service's own parameters extend it with filters, `q` and `sort`."""

    cursor: Annotated[str, msgspec.Meta(max_length=CURSOR_CHARACTERS_MAX)] | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=PAGE_ROWS_MAX)] = PAGE_ROWS_DEFAULT


class Order(msgspec.Struct, frozen=True):
    """A column to sort by. It must be selected and never NULL."""

    column: ColumnElement[str] | ColumnElement[int]
    descending: bool = False


def order_for(sort: str, orders: dict[str, tuple[Order, ...]]) -> tuple[Order, ...]:
    """The order called `sort`. Raises InvalidError that lists those there are."""
    if sort not in orders:
        names = ", ".join(orders)
        vi, en = f"Chỉ sắp xếp được theo: {names}.", f"Lists sort by: {names}."
        raise InvalidError(vi, en, [Fault("sort", vi, en)])
    return orders[sort]


async def fetch_page(
    connection: AsyncConnection,
    select: Select[*tuple[object, ...]],
    order: Sequence[Order],
    page: PageParameters,
    make: Callable[[Row[*tuple[object, ...]]], A],
) -> Page[A]:
    """The rows of `select` after the cursor, each made into an item.

    `order` ends in a column that is unique. Raises MalformedError for a cursor that this list, in
    this order, did not give.
    """
    statement = select.order_by(
        *(by.column.desc() if by.descending else by.column.asc() for by in order)
    )
    if page.cursor is not None:
        statement = statement.where(_after(order, _decode(page.cursor, order)))
    rows = (await connection.execute(statement.limit(page.limit + 1))).all()
    shown = rows[: page.limit]
    more = len(rows) > page.limit
    last = shown[-1]._mapping if more else None  # noqa: SLF001 - public in SQLAlchemy
    return Page(
        items=[make(row) for row in shown],
        next=None if last is None else _encode([last[by.column] for by in order], order),
    )


def _after(order: Sequence[Order], values: Sequence[Value]) -> ColumnElement[bool]:
    alternatives: list[ColumnElement[bool]] = []
    for index, by in enumerate(order):
        beyond = by.column < values[index] if by.descending else by.column > values[index]
        equal = (order[i].column == values[i] for i in range(index))
        alternatives.append(and_(*equal, beyond))
    first = order[0]
    # Follows from the alternatives, and is what an index can begin at: without it each page reads
    # all rows of the pages before.
    begins = first.column <= values[0] if first.descending else first.column >= values[0]
    return and_(begins, or_(*alternatives))


def _encode(values: Sequence[Value], order: Sequence[Order]) -> str:
    body = msgspec.json.encode(values)
    return base64.urlsafe_b64encode(_check(body, order) + body).decode().rstrip("=")


def _decode(cursor: str, order: Sequence[Order]) -> list[str | int]:
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True)
        body = raw[_CHECK_BYTES:]
        if raw[:_CHECK_BYTES] == _check(body, order):
            return msgspec.json.decode(body, type=list[str | int])
    except (binascii.Error, ValueError, msgspec.DecodeError):
        pass  # falls through to the one sentence for every cursor that is not ours
    raise MalformedError(
        "Con trỏ trang (cursor) không hợp lệ: hãy dùng nguyên văn giá trị 'next' của trang trước, "
        "với cùng cách sắp xếp.",
        "The cursor is not one this list gave: use 'next' of the page before as it is, with the "
        "same order.",
    )


def _check(body: bytes, order: Sequence[Order]) -> bytes:
    """Guards against edited cursors and those of another order. It is no secret: whoever forges one
    gets a page of the same list, starting elsewhere.
    """
    digest = hashlib.sha256(_TAG)
    for by in order:
        name = f"{by.column.key}{'-' if by.descending else '+'}".encode()
        digest.update(len(name).to_bytes(4, "big") + name)
    return hashlib.sha256(digest.digest() + body).digest()[:_CHECK_BYTES]
