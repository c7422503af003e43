"""Writes merged row changes with as few statements as there are tables and sets of columns.

The statements are plain SQL, made once per table and column set: on SQLite they are executed row by
row; on PostgreSQL each takes one array per column, so a group is one round trip.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple, Protocol

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
)
from sqlalchemy.engine import make_url

from shared.host.merging import Step, TableBatch, TableShape
from shared.host.rows import PatchWhere, Value

ROWS_PER_STATEMENT_MAX: Final = 8192
"""Rows handed to the driver at once: bounds what it copies."""

STATEMENT_SHAPES_MAX: Final = 2048
"""SQL texts kept ready; a read model has some dozens."""

Names = tuple[str, ...]
Row = tuple[Value, ...]
Rows = Sequence[Row]
Parameters = tuple[Value | list[Value], ...]
"""Of one execution: values, or on PostgreSQL a list of values for each column."""


class Statement(NamedTuple):
    """SQL in an engine's own words, and what to execute it with, one after the other."""

    sql: str
    executions: Sequence[Parameters]
    guards: bool = False
    """Whether its transaction is to be taken back unless it changes exactly one row."""


class Sql(Protocol):
    """The statements one engine understands. Every text takes its values in the order of the names."""

    def put(self, shape: TableShape) -> str:
        """Insert or replace whole rows: all columns."""
        ...

    def remove(self, shape: TableShape) -> str:
        """Delete by key."""
        ...

    def patch(self, shape: TableShape, names: Names) -> str:
        """Set `names`, then the key."""
        ...

    def add(self, shape: TableShape, names: Names, zeros: Names) -> str:
        """Insert key, `names` and `zeros`, or add `names` to the row that exists."""
        ...

    def increase(self, shape: TableShape, names: Names) -> str:
        """Add to `names`, then the key."""
        ...

    def make(self, shape: TableShape, columns: Names) -> str:
        """Insert `columns` where the key, given once more at the end, has no row."""
        ...

    def patch_where(self, shape: TableShape, names: Names, where: Names, nulls: Names) -> str:
        """Set `names` where `where` match and `nulls` are NULL."""
        ...

    def executions(self, rows: Rows) -> Sequence[Parameters]:
        """What to execute a statement with, for every row; no two rows have the same key."""
        ...


class RowStatements:
    """Turns steps into statements."""

    def __init__(self, sql: Sql) -> None:
        self._sql = sql
        cached = lru_cache(STATEMENT_SHAPES_MAX)
        self._put: Callable[[Table], str] = cached(lambda table: sql.put(TableShape.of(table)))
        self._patch: Callable[[Table, Names], str] = cached(
            lambda table, names: sql.patch(TableShape.of(table), names)
        )
        self._add: Callable[[Table, Names, Names], str] = cached(
            lambda table, names, zeros: sql.add(TableShape.of(table), names, zeros)
        )
        self._patch_where: Callable[[Table, Names, Names, Names], str] = cached(
            lambda table, *names: sql.patch_where(TableShape.of(table), *names)
        )

    def of(self, steps: Iterable[Step]) -> Iterator[Statement]:
        """What to run for `steps`, in order."""
        for step in steps:
            if isinstance(step, PatchWhere):
                yield self.where(step)
            else:
                yield from self._table(step)

    def where(self, step: PatchWhere, *, guards: bool = False) -> Statement:
        """The statement of a PatchWhere; for `guards` see Statement."""
        where = {name: value for name, value in step.where.items() if value is not None}
        nulls = tuple(name for name, value in step.where.items() if value is None)
        sql = self._patch_where(step.table, tuple(step.changes), tuple(where), nulls)
        return Statement(sql, [(*step.changes.values(), *where.values())], guards)

    def _table(self, batch: TableBatch) -> Iterator[Statement]:
        if batch.gone:
            yield from self._each(self._sql.remove(batch.shape), list(batch.gone))
        if batch.put:
            rows = [tuple(row.values()) for row in batch.put.values()]
            yield from self._each(self._put(batch.shape.table), rows)
        if batch.touched:
            yield from self._touched(batch)

    def _touched(self, batch: TableBatch) -> Iterator[Statement]:
        """In the order that a touched row needs: before, made and added to, after."""
        table, shape = batch.shape.table, batch.shape
        before: dict[Names, list[Row]] = {}
        made: dict[tuple[Names, Names], list[Row]] = {}
        after: dict[Names, list[Row]] = {}
        for key, touched in batch.touched.items():
            if touched.before:
                row = (*touched.before.values(), *key)
                before.setdefault(tuple(touched.before), []).append(row)
            if touched.made:
                names = tuple(touched.amounts)
                zeros = tuple(name for name in shape.zeros if name not in touched.amounts)
                row = (*key, *touched.amounts.values(), *(shape.zeros[name] for name in zeros))
                made.setdefault((names, zeros), []).append(row)
            if touched.after:
                row = (*touched.after.values(), *key)
                after.setdefault(tuple(touched.after), []).append(row)
        for columns, rows in before.items():
            yield from self._each(self._patch(table, columns), rows)
        for (names, zeros), rows in made.items():
            if shape.incomplete:
                yield from self._add_apart(shape, names, zeros, rows)
            else:
                yield from self._each(self._add(table, names, zeros), rows)
        for columns, rows in after.items():
            yield from self._each(self._patch(table, columns), rows)

    def _add_apart(
        self, shape: TableShape, names: Names, zeros: Names, rows: Rows
    ) -> Iterator[Statement]:
        """Both engines refuse an incomplete row before they look whether there is one to add to."""
        width = len(shape.key)
        if names:
            amounts = [(*row[width : width + len(names)], *row[:width]) for row in rows]
            yield from self._each(self._sql.increase(shape, names), amounts)
        missing = [(*row, *row[:width]) for row in rows]
        yield from self._each(self._sql.make(shape, (*shape.key, *names, *zeros)), missing)

    def _each(self, sql: str, rows: Rows) -> Iterator[Statement]:
        for start in range(0, len(rows), ROWS_PER_STATEMENT_MAX):
            yield Statement(sql, self._sql.executions(rows[start : start + ROWS_PER_STATEMENT_MAX]))


class SqliteSql:
    """SQLite: one row per execution, the driver loops."""

    def __init__(self) -> None:
        self._quote = make_url("sqlite://").get_dialect()().identifier_preparer.quote

    def put(self, shape: TableShape) -> str:
        columns = ", ".join(map(self._quote, shape.columns))
        marks = ", ".join("?" for _ in shape.columns)
        sets = [
            f"{self._quote(n)} = excluded.{self._quote(n)}"
            for n in shape.columns
            if n not in shape.key
        ]
        return (
            f"INSERT INTO {self._table(shape)} ({columns}) VALUES ({marks}) "  # noqa: S608 - quoted names
            f"ON CONFLICT ({self._key(shape)}) DO {_update_or_nothing(sets)}"
        )

    def remove(self, shape: TableShape) -> str:
        return f"DELETE FROM {self._table(shape)} WHERE {self._equal(shape.key, ' AND ')}"  # noqa: S608

    def patch(self, shape: TableShape, names: Names) -> str:
        return (
            f"UPDATE {self._table(shape)} SET {self._equal(names, ', ')} "  # noqa: S608
            f"WHERE {self._equal(shape.key, ' AND ')}"
        )

    def add(self, shape: TableShape, names: Names, zeros: Names) -> str:
        columns = (*shape.key, *names, *zeros)
        marks = ", ".join("?" for _ in columns)
        return (
            f"INSERT INTO {self._table(shape)} ({', '.join(map(self._quote, columns))}) "  # noqa: S608
            f"VALUES ({marks}) ON CONFLICT ({self._key(shape)}) "
            f"DO {_update_or_nothing(_sums(self._table(shape), map(self._quote, names)))}"
        )

    def increase(self, shape: TableShape, names: Names) -> str:
        sets = ", ".join(f"{self._quote(n)} = coalesce({self._quote(n)}, 0) + ?" for n in names)
        return f"UPDATE {self._table(shape)} SET {sets} WHERE {self._equal(shape.key, ' AND ')}"  # noqa: S608

    def make(self, shape: TableShape, columns: Names) -> str:
        return (
            f"INSERT INTO {self._table(shape)} ({', '.join(map(self._quote, columns))}) "  # noqa: S608
            f"SELECT {', '.join('?' for _ in columns)} WHERE NOT EXISTS "
            f"(SELECT 1 FROM {self._table(shape)} WHERE {self._equal(shape.key, ' AND ')})"
        )

    def patch_where(self, shape: TableShape, names: Names, where: Names, nulls: Names) -> str:
        conditions = [f"{self._quote(n)} = ?" for n in where] + [
            f"{self._quote(n)} IS NULL" for n in nulls
        ]
        return (
            f"UPDATE {self._table(shape)} SET {self._equal(names, ', ')} "  # noqa: S608
            f"WHERE {' AND '.join(conditions) or '1 = 1'}"
        )

    def executions(self, rows: Rows) -> Sequence[Parameters]:
        return rows

    def _table(self, shape: TableShape) -> str:
        return self._quote(shape.table.name)

    def _key(self, shape: TableShape) -> str:
        return ", ".join(map(self._quote, shape.key))

    def _equal(self, names: Names, between: str) -> str:
        return between.join(f"{self._quote(name)} = ?" for name in names)


class PostgresSql:
    """PostgreSQL: a group of rows is one statement over arrays, one per column."""

    def __init__(self) -> None:
        self._quote = make_url("postgresql+asyncpg://").get_dialect()().identifier_preparer.quote

    def put(self, shape: TableShape) -> str:
        sets = [
            f"{self._quote(n)} = excluded.{self._quote(n)}"
            for n in shape.columns
            if n not in shape.key
        ]
        return (
            f"INSERT INTO {self._quote(shape.table.name)} ({self._list(shape.columns)}) "  # noqa: S608
            f"SELECT * FROM {self._arrays(shape, shape.columns)} "
            f"ON CONFLICT ({self._list(shape.key)}) DO {_update_or_nothing(sets)}"
        )

    def remove(self, shape: TableShape) -> str:
        return (
            f"DELETE FROM {self._quote(shape.table.name)} AS t "  # noqa: S608
            f"USING {self._arrays(shape, shape.key)} WHERE {self._same_key(shape)}"
        )

    def patch(self, shape: TableShape, names: Names) -> str:
        sets = ", ".join(f"{self._quote(name)} = v.{self._quote(name)}" for name in names)
        return (
            f"UPDATE {self._quote(shape.table.name)} AS t SET {sets} "  # noqa: S608
            f"FROM {self._arrays(shape, (*names, *shape.key))} WHERE {self._same_key(shape)}"
        )

    def add(self, shape: TableShape, names: Names, zeros: Names) -> str:
        columns = (*shape.key, *names, *zeros)
        return (
            f"INSERT INTO {self._quote(shape.table.name)} AS t ({self._list(columns)}) "  # noqa: S608
            f"SELECT * FROM {self._arrays(shape, columns)} ON CONFLICT ({self._list(shape.key)}) "
            f"DO {_update_or_nothing(_sums('t', map(self._quote, names)))}"
        )

    def increase(self, shape: TableShape, names: Names) -> str:
        sets = [f"{n} = coalesce(t.{n}, 0) + v.{n}" for n in map(self._quote, names)]
        return (
            f"UPDATE {self._quote(shape.table.name)} AS t SET {', '.join(sets)} "  # noqa: S608
            f"FROM {self._arrays(shape, (*names, *shape.key))} WHERE {self._same_key(shape)}"
        )

    def make(self, shape: TableShape, columns: Names) -> str:
        types = {c.name: _array_type(c) for c in shape.table.columns}
        marks = [f"${i}::{types[n]}" for i, n in enumerate((*columns, *shape.key), start=1)]
        again = [self._quote(f"{name}_again") for name in shape.key]
        same = (f"t.{self._quote(n)} = v.{a}" for n, a in zip(shape.key, again, strict=True))
        return (
            f"INSERT INTO {self._quote(shape.table.name)} ({self._list(columns)}) "  # noqa: S608
            f"SELECT {', '.join(f'v.{self._quote(name)}' for name in columns)} "
            f"FROM unnest({', '.join(marks)}) AS v({', '.join([self._list(columns), *again])}) "
            f"WHERE NOT EXISTS (SELECT 1 FROM {self._quote(shape.table.name)} AS t "
            f"WHERE {' AND '.join(same)})"
        )

    def patch_where(self, shape: TableShape, names: Names, where: Names, nulls: Names) -> str:
        types = {c.name: _array_type(c).removesuffix("[]") for c in shape.table.columns}
        marks = [
            f"{self._quote(name)} = ${i}::{types[name]}"
            for i, name in enumerate((*names, *where), start=1)
        ]
        conditions = marks[len(names) :] + [f"{self._quote(name)} IS NULL" for name in nulls]
        return (
            f"UPDATE {self._quote(shape.table.name)} SET {', '.join(marks[: len(names)])} "  # noqa: S608
            f"WHERE {' AND '.join(conditions) or 'true'}"
        )

    def executions(self, rows: Rows) -> Sequence[Parameters]:
        return [tuple([list(column) for column in zip(*rows, strict=True)])]

    def _list(self, names: Names) -> str:
        return ", ".join(map(self._quote, names))

    def _arrays(self, shape: TableShape, names: Names) -> str:
        types: Mapping[str, str] = {c.name: _array_type(c) for c in shape.table.columns}
        marks = ", ".join(f"${i}::{types[name]}" for i, name in enumerate(names, start=1))
        return f"unnest({marks}) AS v({self._list(names)})"

    def _same_key(self, shape: TableShape) -> str:
        return " AND ".join(f"t.{self._quote(n)} = v.{self._quote(n)}" for n in shape.key)


def _sums(table: str, quoted: Iterable[str]) -> list[str]:
    return [f"{name} = coalesce({table}.{name}, 0) + excluded.{name}" for name in quoted]


def _update_or_nothing(sets: Sequence[str]) -> str:
    return f"UPDATE SET {', '.join(sets)}" if sets else "NOTHING"


def _array_type(column: Column[object]) -> str:
    kind = column.type
    if isinstance(kind, BigInteger):
        return "bigint[]"
    if isinstance(kind, SmallInteger):
        return "smallint[]"
    if isinstance(kind, Integer):
        return "integer[]"
    if isinstance(kind, Float):
        return "double precision[]"
    if isinstance(kind, Boolean):
        return "boolean[]"
    if isinstance(kind, LargeBinary):
        return "bytea[]"
    return "text[]"
