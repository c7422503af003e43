"""Folds the row changes of a batch per primary key, so that a batch costs few statements.

Whatever a batch does to one row ends as one of: the row is put, the row is gone, or the row, which may
or may not exist, is touched: patched if it exists, then made or added to, then patched for certain.
The groups of a batch can then run in any order between rows, because each row keeps its own order.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
)

from shared.host.rows import Add, Patch, PatchWhere, Put, Remove, Row, RowChange, Value

COLUMN_TYPES: Final = (String, Integer, BigInteger, SmallInteger, Float, Boolean, LargeBinary)
"""What a read model may consist of: the types that hold a `Value` on every engine as it is."""

COLUMN_SETS_MAX: Final = 4096
"""Sets of columns known to be good; a read model has some dozens."""

Key = tuple[Value, ...]


class RowChangeError(Exception):
    """A projection returned a change that its table cannot take; the event is to blame."""


class ReadModelError(Exception):
    """A read model is declared in a way that batches could not be merged."""


@dataclass(frozen=True)
class TableShape:
    """What merging needs to know of a table."""

    table: Table
    columns: tuple[str, ...]
    key: tuple[str, ...]
    key_of: Callable[[Row], Key]
    """The primary key in a row."""
    counters: frozenset[str]
    """Whole-number columns outside the key: what Add may add to."""
    incomplete: bool
    """Whether a row that Add makes would lack a column that may not be NULL, so that Add fails there."""
    zeros: Mapping[str, Value]
    """Number columns that may not be NULL: their values in a row that Add makes."""
    empty: Mapping[str, None]
    """Every column, in order: rows made from it have theirs in the same order."""

    @staticmethod
    def of(table: Table) -> "TableShape":
        """Read the shape off a declared table. Raises ReadModelError."""
        key = tuple(column.name for column in table.primary_key.columns)
        if not key:
            raise ReadModelError(f"{table.name} has no primary key")
        if table.foreign_keys or any(isinstance(c, UniqueConstraint) for c in table.constraints):
            raise ReadModelError(
                f"{table.name}: foreign keys and unique constraints need an order of rows"
            )
        if any(index.unique for index in table.indexes):
            raise ReadModelError(f"{table.name}: unique indexes need an order of rows")
        for column in table.columns:
            if not isinstance(column.type, COLUMN_TYPES):
                raise ReadModelError(f"{table.name}.{column.name}: no plain value has this type")
            if column.default is not None or column.server_default is not None:
                raise ReadModelError(f"{table.name}.{column.name}: a default is not in any event")
        numbers = [c for c in table.columns if _is_number(c) and c.name not in key]
        return TableShape(
            table=table,
            columns=tuple(column.name for column in table.columns),
            key=key,
            key_of=_key_getter(key),
            counters=frozenset(c.name for c in numbers if isinstance(c.type, Integer)),
            incomplete=any(
                not c.nullable and c.name not in key and not _is_number(c) for c in table.columns
            ),
            zeros={c.name: 0 for c in numbers if not c.nullable},
            empty={column.name: None for column in table.columns},
        )


def _key_getter(names: tuple[str, ...]) -> Callable[[Row], Key]:
    if len(names) == 1:
        (name,) = names
        return lambda row: (row[name],)
    return itemgetter(*names)


def _is_number(column: Column[object]) -> bool:
    return isinstance(column.type, Integer | Float)


@dataclass(slots=True)
class Touched:
    """A row that may exist: `before` is set if it does; then, if `made`, it is made where missing and
    `amounts` are added; then `after` is set.
    """

    before: dict[str, Value] = field(default_factory=dict)
    made: bool = False
    amounts: dict[str, int] = field(default_factory=dict)
    after: dict[str, Value] = field(default_factory=dict)


@dataclass(slots=True)
class TableBatch:
    """What a batch does to the rows of one table."""

    shape: TableShape
    # Whole rows, in the order of the table's columns.
    put: dict[Key, dict[str, Value]] = field(default_factory=dict)
    gone: dict[Key, None] = field(default_factory=dict)
    touched: dict[Key, Touched] = field(default_factory=dict)

    def put_row(self, key: Key, row: Row) -> None:
        self.gone.pop(key, None)
        self.touched.pop(key, None)
        self.put[key] = {**self.shape.empty, **row}

    def remove_row(self, key: Key) -> None:
        self.put.pop(key, None)
        self.touched.pop(key, None)
        self.gone[key] = None

    def patch_row(self, key: Key, changes: Row) -> None:
        row = self.put.get(key)
        if row is not None:
            row.update(changes)
        elif key not in self.gone:
            touched = self.touched.get(key)
            if touched is None:
                self.touched[key] = Touched(before=dict(changes))
            elif touched.made:
                touched.after.update(changes)
            else:
                touched.before.update(changes)

    def add_to_row(self, key: Key, amounts: Mapping[str, int]) -> None:
        row = self.put.get(key)
        if row is None and key in self.gone:
            del self.gone[key]
            row = self.put[key] = {
                **self.shape.empty,
                **self.shape.zeros,
                **dict(zip(self.shape.key, key, strict=True)),
            }
        if row is not None:
            _add(row, amounts)
            return
        touched = self.touched.get(key)
        if touched is None:
            touched = self.touched[key] = Touched()
        touched.made = True
        for name, amount in amounts.items():
            if name in touched.after:
                _add(touched.after, {name: amount})
            else:
                touched.amounts[name] = touched.amounts.get(name, 0) + amount


def _add(row: dict[str, Value], amounts: Mapping[str, int]) -> None:
    for name, amount in amounts.items():
        held = row.get(name)
        if held is not None and not isinstance(held, int):
            raise RowChangeError(f"{name} holds no whole number")
        row[name] = (held or 0) + amount


Step = TableBatch | PatchWhere


class Checker:
    """Knows the tables of a read model, and which sets of columns it has found good already."""

    def __init__(self, tables: MetaData) -> None:
        """Raises ReadModelError."""
        self.shapes = {table: TableShape.of(table) for table in tables.sorted_tables}
        self._good: dict[tuple[object, ...], TableShape] = {}

    def key_of(self, change: RowChange) -> Key:
        """The primary key `change` is about, () for PatchWhere.

        Refuses what the table cannot take, while the event is still known: raises RowChangeError.
        """
        kind = _KINDS[type(change)](change)
        shape = self._good.get(kind)
        if shape is None:
            shape = self.shapes.get(change.table)
            if shape is None:
                raise RowChangeError(f"{change.table.name} is no table of this read model")
            _check_columns(shape, change)
            if len(self._good) < COLUMN_SETS_MAX:
                self._good[kind] = shape
        if isinstance(change, PatchWhere):
            return ()
        row = change.row if isinstance(change, Put) else change.key
        key = shape.key_of(row)
        if None in key:
            raise RowChangeError(f"{change.table.name}: a key with a missing part")
        return key


_KINDS: Final[Mapping[type[RowChange], Callable[[Any], tuple[object, ...]]]] = {
    Put: lambda change: (Put, change.table, *change.row),
    Patch: lambda change: (Patch, change.table, *change.key, None, *change.changes),
    Add: lambda change: (Add, change.table, *change.key, None, *change.amounts),
    Remove: lambda change: (Remove, change.table, *change.key),
    PatchWhere: lambda change: (PatchWhere, change.table, *change.where, None, *change.changes),
}
"""What kind of change it is, by table and columns: whether it is good depends on nothing else."""


def _check_columns(shape: TableShape, change: RowChange) -> None:
    name, columns, key = shape.table.name, set(shape.columns), set(shape.key)
    match change:
        case Put(row=row) if not key <= row.keys() <= columns:
            raise RowChangeError(
                f"{name}: a row has columns of the table, all of the key among them"
            )
        case Patch(key=row) | Add(key=row) | Remove(key=row) if row.keys() != key:
            raise RowChangeError(f"{name}: the key is {', '.join(shape.key)}")
        case PatchWhere(where=row) if not row.keys() <= columns:
            raise RowChangeError(f"{name}: there are no such columns")
        case Add(amounts=amounts) if not amounts.keys() <= shape.counters:
            raise RowChangeError(f"{name}: only whole numbers outside the key are added to")
    if isinstance(change, Patch | PatchWhere) and not (
        change.changes and change.changes.keys() <= columns - key
    ):
        raise RowChangeError(f"{name}: a patch changes columns outside the key")


class RowBatch:
    """The changes of a batch, merged. `steps` run in their order; within one, rows are independent."""

    def __init__(self, checker: Checker) -> None:
        self._checker = checker
        self._open: dict[Table, TableBatch] = {}
        self._closed: list[Step] = []

    @property
    def steps(self) -> tuple[Step, ...]:
        """What to run, in order."""
        return (*self._closed, *self._open.values())

    def add(self, changes: Sequence[RowChange]) -> None:
        """Take the changes of one event, all or none. Raises RowChangeError."""
        keys = [self._checker.key_of(change) for change in changes]
        for key, change in zip(keys, changes, strict=True):
            batch = self._open.get(change.table)
            if batch is None:
                batch = self._open[change.table] = TableBatch(self._checker.shapes[change.table])
            match change:
                case Put():
                    batch.put_row(key, change.row)
                case Patch():
                    batch.patch_row(key, change.changes)
                case Add():
                    batch.add_to_row(key, change.amounts)
                case Remove():
                    batch.remove_row(key)
                case PatchWhere():
                    # Which rows it meets depends on what came before: that is written first.
                    del self._open[change.table]
                    self._closed += (batch, change)
