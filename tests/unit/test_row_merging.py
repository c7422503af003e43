"""Merging row changes: a batch leaves the rows that its changes, one by one, would have left."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    DateTime,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    create_engine,
    select,
)
from sqlalchemy.exc import IntegrityError

from shared.host.merging import Checker, ReadModelError, RowBatch, RowChangeError
from shared.host.rows import Add, Patch, PatchWhere, Put, Remove, Row, RowChange, Value
from shared.host.writing import RowStatements, SqliteSql

TABLES = MetaData()
ITEMS = Table(
    "items",
    TABLES,
    Column("a", Integer, primary_key=True),
    Column("b", String, primary_key=True),
    Column("text", String),
    Column("count", Integer, nullable=False),
    Column("maybe", Integer),
    Column("flag", Boolean),
)
SEEN = Table("seen", TABLES, Column("id", Integer, primary_key=True))
NAMED = Table(
    "named",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False),
    Column("count", Integer, nullable=False),
)
CHECKER = Checker(TABLES)

keys = st.fixed_dictionaries({"a": st.integers(0, 1), "b": st.sampled_from("xy")})
values: dict[str, st.SearchStrategy[Value]] = {
    "text": st.none() | st.sampled_from(["", "ờ", "z"]),
    "count": st.integers(-5, 5),
    "maybe": st.none() | st.integers(-5, 5),
    "flag": st.none() | st.booleans(),
}
patches = st.fixed_dictionaries({}, optional=values).filter(bool)


def put(key: Row, rest: Row) -> RowChange:
    return Put(ITEMS, {**key, **rest})


change: st.SearchStrategy[RowChange] = st.one_of(
    st.builds(
        put,
        keys,
        st.fixed_dictionaries(
            {"count": values["count"]}, optional={k: v for k, v in values.items() if k != "count"}
        ),
    ),
    st.builds(lambda key, changes: Patch(ITEMS, key, changes), keys, patches),
    st.builds(
        lambda key, amounts: Add(ITEMS, key, amounts),
        keys,
        st.dictionaries(st.sampled_from(["count", "maybe"]), st.integers(-3, 3)),
    ),
    st.builds(lambda key: Remove(ITEMS, key), keys),
    st.builds(
        lambda where, changes: PatchWhere(ITEMS, where, changes),
        st.fixed_dictionaries({}, optional={"text": values["text"], "maybe": values["maybe"]}),
        patches,
    ),
    st.builds(lambda number: Put(SEEN, {"id": number}), st.integers(0, 2)),
    st.builds(lambda number: Remove(SEEN, {"id": number}), st.integers(0, 2)),
)

Held = dict[tuple[Value, ...], dict[str, Value]]


class Model:
    """What rows.py says, in the plainest way: dictionaries, one change after the other."""

    def __init__(self) -> None:
        self.held: dict[Table, Held] = {ITEMS: {}, SEEN: {}}

    def take(self, change: RowChange) -> None:
        held = self.held[change.table]
        empty: dict[str, Value] = dict.fromkeys(change.table.columns.keys())
        if isinstance(change, PatchWhere):
            for row in held.values():
                if all(row[name] == value for name, value in change.where.items()):
                    row.update(change.changes)
            return
        row_or_key = change.row if isinstance(change, Put) else change.key
        key = tuple(row_or_key[column.name] for column in change.table.primary_key)
        match change:
            case Put(row=whole):
                held[key] = {**empty, **whole}
            case Remove():
                held.pop(key, None)
            case Patch(changes=changes):
                if key in held:
                    held[key].update(changes)
            case Add(amounts=amounts):
                target = held.setdefault(key, {**empty, **change.key, "count": 0})
                for name, amount in amounts.items():
                    before = target[name] or 0
                    assert isinstance(before, int)
                    target[name] = before + amount

    def rows(self, table: Table) -> set[tuple[Value, ...]]:
        return {tuple(row.values()) for row in self.held[table].values()}


@contextmanager
def sqlite() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    try:
        with engine.connect() as connection:
            TABLES.create_all(connection)
            yield connection
    finally:
        engine.dispose()


def written(
    connection: Connection, batches: Sequence[Sequence[RowChange]]
) -> dict[Table, set[tuple[Value, ...]]]:
    """The rows after each batch was merged and written."""
    statements = RowStatements(SqliteSql())
    for changes in batches:
        batch = RowBatch(CHECKER)
        for one in changes:
            batch.add([one])
        for sql, executions, _ in statements.of(batch.steps):
            for parameters in executions:
                connection.exec_driver_sql(sql, parameters)
    return {
        table: {tuple(row) for row in connection.execute(select(table))} for table in (ITEMS, SEEN)
    }


def modelled(batches: Sequence[Sequence[RowChange]]) -> dict[Table, set[tuple[Value, ...]]]:
    model = Model()
    for changes in batches:
        for one in changes:
            model.take(one)
    return {table: model.rows(table) for table in (ITEMS, SEEN)}


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(change, max_size=12), max_size=3))
def test_any_batches_leave_what_their_changes_one_by_one_would_leave(
    batches: list[list[RowChange]],
) -> None:
    with sqlite() as connection:
        assert written(connection, batches) == modelled(batches)


def test_add_changes_a_row_that_it_could_not_have_made() -> None:
    add = Add(NAMED, {"id": 1}, {"count": 2})
    with sqlite() as connection:
        written(connection, [[Put(NAMED, {"id": 1, "name": "Lan", "count": 1})], [add, add]])
        assert [tuple(row) for row in connection.execute(select(NAMED))] == [(1, "Lan", 5)]
        with pytest.raises(IntegrityError):
            written(connection, [[Remove(NAMED, {"id": 1})], [add]])


@settings(max_examples=50, deadline=None)
@given(st.lists(change, max_size=10))
def test_where_a_log_is_cut_into_batches_makes_no_difference(changes: list[RowChange]) -> None:
    def rows(batches: list[list[RowChange]]) -> dict[Table, set[tuple[Value, ...]]]:
        with sqlite() as connection:
            return written(connection, batches)

    assert rows([changes]) == rows([[one] for one in changes])


def test_a_batch_costs_a_statement_per_table_and_set_of_columns() -> None:
    batch = RowBatch(CHECKER)
    for number in range(100):
        key: Row = {"a": number, "b": "x"}
        batch.add([Add(ITEMS, key, {"count": 1})])
        batch.add([Put(SEEN, {"id": number % 3})])
    assert len(batch.steps) == 2


KEY: Row = {"a": 1, "b": "x"}


@pytest.mark.parametrize(
    "wrong",
    [
        Put(ITEMS, {**KEY, "cuont": 1}),
        Put(ITEMS, {"a": 1, "count": 1}),
        Patch(ITEMS, {"a": 1}, {"text": "t"}),
        Patch(ITEMS, KEY, {"a": 2}),
        Patch(ITEMS, KEY, {}),
        Add(ITEMS, KEY, {"text": 1}),
        Add(ITEMS, KEY, {"a": 1}),
        Remove(ITEMS, {**KEY, "text": "t"}),
        PatchWhere(ITEMS, {"nowhere": 1}, {"text": "t"}),
        Put(Table("other", MetaData(), Column("id", Integer, primary_key=True)), {"id": 1}),
    ],
)
def test_a_change_its_table_cannot_take_blames_the_event_and_takes_nothing(
    wrong: RowChange,
) -> None:
    batch = RowBatch(CHECKER)
    with pytest.raises(RowChangeError):
        batch.add([Put(SEEN, {"id": 1}), wrong])
    assert batch.steps == ()


def _no_key(tables: MetaData) -> None:
    Table("t", tables, Column("id", Integer))


def _time(tables: MetaData) -> None:
    Table("t", tables, Column("id", Integer, primary_key=True), Column("at", DateTime))


def _unique(tables: MetaData) -> None:
    id_, name = Column("id", Integer, primary_key=True), Column("n", String)
    Table("t", tables, id_, name, UniqueConstraint("n"))


def _unique_index(tables: MetaData) -> None:
    table = Table("t", tables, Column("id", Integer, primary_key=True), Column("n", Float))
    Index("i", table.c.n, unique=True)


def _default(tables: MetaData) -> None:
    Table("t", tables, Column("id", Integer, primary_key=True), Column("n", Integer, default=1))


@pytest.mark.parametrize("declare", [_no_key, _time, _unique, _unique_index, _default])
def test_tables_whose_rows_could_not_be_merged_are_refused(
    declare: Callable[[MetaData], None],
) -> None:
    tables = MetaData()
    declare(tables)
    with pytest.raises(ReadModelError):
        Checker(tables)
