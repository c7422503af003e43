"""What lists have in common beside their pages: filters that may be absent, and items made of rows."""

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Row, Select

from shared.host.text import contains

A = TypeVar("A", bound=msgspec.Struct)

Statement = Select[*tuple[object, ...]]


def where_equal(
    statement: Statement, *wanted: tuple[ColumnElement[object], str | int | UUID | None]
) -> Statement:
    """The rows whose columns hold these values; None was not asked for."""
    for column, value in wanted:
        if value is not None:
            held = str(value) if isinstance(value, UUID) else value
            statement = statement.where(column == held)
    return statement


def where_found(statement: Statement, folded: ColumnElement[str], q: str | None) -> Statement:
    """The rows whose column of folded text contains `q`; None was not asked for."""
    return statement if q is None else statement.where(folded.like(contains(q), escape="\\"))


def into(item: type[A]) -> Callable[[Row[*tuple[object, ...]]], A]:
    """What makes an item of a row: each field is the column of its name, ids and dates from their text."""
    return lambda row: msgspec.convert(row, item, strict=False, from_attributes=True)
