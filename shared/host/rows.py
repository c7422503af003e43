"""What a projection says: changes of rows, each addressed by primary key, so that a batch can merge them."""

from collections.abc import Mapping

import msgspec
from sqlalchemy import Table

Value = str | int | float | bytes | bool | None
Row = Mapping[str, Value]


class Put(msgspec.Struct, frozen=True):
    """Insert the row, or replace the one with the same primary key. Columns left out become NULL."""

    table: Table
    row: Row


class Patch(msgspec.Struct, frozen=True):
    """Set some columns of the row with this primary key, if it exists."""

    table: Table
    key: Row
    changes: Row


class Add(msgspec.Struct, frozen=True):
    """Add numbers to columns of the row with this primary key, made with zeros if missing."""

    table: Table
    key: Row
    amounts: Mapping[str, int]


class Remove(msgspec.Struct, frozen=True):
    """Delete the row with this primary key, if it exists."""

    table: Table
    key: Row


class PatchWhere(msgspec.Struct, frozen=True):
    """Set some columns of every row whose columns equal `where`. Costs a statement: use it rarely."""

    table: Table
    where: Row
    changes: Row


RowChange = Put | Patch | Add | Remove | PatchWhere
