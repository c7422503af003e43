"""Row 5: the read model of registration built anew, beside the engine taking the same rows in batches."""

import sqlite3
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Table, create_engine, select
from sqlalchemy.ext.asyncio import create_async_engine

from services.registration.readmodel import models, numbers, progress
from services.registration.service import SERVICE
from shared.eventstore.port import START, EventStore
from shared.eventstore.sqlite import SqliteEventStore
from shared.host.clock import SystemClock
from shared.host.commands import Executor
from shared.host.database import ServiceDatabase
from shared.host.projection import BATCH_EVENTS_MAX, Codec
from shared.host.reactions import Tools
from shared.host.rebuild import Builder
from shared.host.rows import Add, Patch, Put, RowChange, Value
from shared.host.vault import Vault
from tests.bench import engines, history
from tests.bench.report import Bench, Result, run_async

EVENTS_BUILT: Final = 40_000
MODELS_PER_BATCH: Final = BATCH_EVENTS_MAX // history.EVENTS_PER_MODEL

Rows = dict[Table, list[tuple[Value, ...]]]
"""What stands in each table at the end: one row of each per model."""


async def build(store: EventStore, url: str, rows: Rows | None = None) -> float:
    """Seconds for a build in an empty database; its rows into `rows`."""
    database = await ServiceDatabase.open(url, SERVICE.name, SERVICE.read_model)
    try:
        clock = SystemClock()
        executor = Executor(store, SERVICE.catalogue, clock=clock)
        tools = Tools(SERVICE, database, executor, Vault(database), clock)
        builder = Builder(tools, store)
        started = time.perf_counter()
        built = await builder.switch_to(await builder.build())
        elapsed = time.perf_counter() - started
        if rows is not None:
            async with database.reader() as connection:
                for table in (models, numbers, progress):
                    found = await connection.execute(select(table))
                    rows[table] = [tuple(row) for row in found]
        await built.generation.close()
        return elapsed
    finally:
        await database.close()


Batch = dict[str, list[tuple[Value, ...]]]
"""What one transaction executes: parameters by statement."""


@dataclass(frozen=True)
class Dialect:
    """How an engine writes the n-th parameter."""

    mark: Callable[[int], str]

    def put(self, table: Table, names: Sequence[str], added: Collection[str] = ()) -> str:
        """An insert that replaces, or adds to, what is there."""
        marks = ", ".join(map(self.mark, range(1, len(names) + 1)))
        key = ", ".join(column.name for column in table.primary_key)
        changes = ", ".join(
            f"{name} = {table.name}.{name} + excluded.{name}"
            if name in added
            else f"{name} = excluded.{name}"
            for name in names
        )
        return (
            f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608 - our own names
            f" ON CONFLICT ({key}) DO UPDATE SET {changes}"
        )

    def change(self, change: RowChange) -> tuple[str, tuple[Value, ...]]:
        """A row change by itself, merged with nothing."""
        if isinstance(change, Put):
            return self.put(change.table, list(change.row)), tuple(change.row.values())
        if isinstance(change, Add):
            both = {**change.key, **change.amounts}
            return self.put(change.table, list(both), change.amounts), tuple(both.values())
        if isinstance(change, Patch):
            sets = ", ".join(f"{n} = {self.mark(i)}" for i, n in enumerate(change.changes, 1))
            more = len(change.changes) + 1
            where = " AND ".join(f"{n} = {self.mark(i)}" for i, n in enumerate(change.key, more))
            values = (*change.changes.values(), *change.key.values())
            return f"UPDATE {change.table.name} SET {sets} WHERE {where}", values  # noqa: S608 - as above
        raise TypeError(f"the registration read model makes no {type(change).__name__}")

    def rows_alone(self, rows: Rows) -> list[Batch]:
        """The rows that stand at the end, as many a transaction as ours writes in one of its own."""
        count = max(len(found) for found in rows.values())
        statements = {
            table: self.put(table, [column.name for column in table.columns]) for table in rows
        }
        return [
            {statements[t]: found[at : at + MODELS_PER_BATCH] for t, found in rows.items()}
            for at in range(0, count, MODELS_PER_BATCH)
        ]

    def every_change(self, changes: Sequence[Sequence[RowChange]]) -> list[Batch]:
        """Each change of each event, prepared, in the same transactions."""
        batches: list[Batch] = []
        for batch in changes:
            by_statement: Batch = {}
            for one in batch:
                statement, values = self.change(one)
                by_statement.setdefault(statement, []).append(values)
            batches.append(by_statement)
        return batches


SQLITE: Final = Dialect(lambda _: "?")
POSTGRES: Final = Dialect(lambda number: f"${number}")


async def changes_of(store: EventStore) -> list[list[RowChange]]:
    """What the handlers make of the log, batch by batch."""
    codec = Codec(SERVICE)
    handlers = {handler.event_type: handler.changes for handler in SERVICE.read_model.handlers}
    batches: list[list[RowChange]] = []
    after = START
    while (page := await store.read_log(after=after, limit=BATCH_EVENTS_MAX)).events:
        batch: list[RowChange] = []
        for stored in page.events:
            recorded = codec.recorded(stored)
            if recorded is not None and type(recorded.event) in handlers:
                batch += handlers[type(recorded.event)](recorded)
        batches.append(batch)
        after = page.scanned_to
    return batches


def sqlite_raw(folder: Path, batches: Sequence[Batch]) -> float:
    """Seconds for the engine alone, with the read model's own durability."""
    file = folder / "raw.db"
    engine = create_engine(f"sqlite:///{file}")
    SERVICE.read_model.tables.create_all(engine)
    engine.dispose()
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        started = time.perf_counter()
        for batch in batches:
            connection.execute("BEGIN IMMEDIATE")
            for statement, values in batch.items():
                connection.executemany(statement, values)
            connection.execute("COMMIT")
        return time.perf_counter() - started


async def postgres_raw(url: str, batches: Sequence[Batch]) -> float:
    """The same on PostgreSQL."""
    engine = create_async_engine(url)
    async with engine.begin() as made:
        await made.run_sync(SERVICE.read_model.tables.create_all)
    await engine.dispose()
    connection = await engines.connect(url)
    try:
        await connection.execute("SET synchronous_commit = off")
        started = time.perf_counter()
        for batch in batches:
            async with connection.transaction():
                for statement, values in batch.items():
                    await connection.executemany(statement, values)
        return time.perf_counter() - started
    finally:
        await connection.close()


async def _history(file: Path, folder: Path, count: int) -> tuple[Rows, list[list[RowChange]]]:
    """A log of `count` models in `file`; the rows and the changes that follow from it."""
    rows: Rows = {}
    store = await SqliteEventStore.open(file)
    try:
        await history.fill(store, count)
        await build(store, f"sqlite:///{folder}", rows)
        return rows, await changes_of(store)
    finally:
        await store.close()


async def _built(file: Path, url: str) -> float:
    # The log lies in SQLite for both: what is measured is the writing of the read model.
    store = await SqliteEventStore.open(file)
    try:
        return await build(store, url)
    finally:
        await store.close()


def run(bench: Bench) -> Result:
    """Measure the row."""
    result = Result("5 read model of registration built anew")
    count = bench.count(EVENTS_BUILT) // history.EVENTS_PER_MODEL
    events = count * history.EVENTS_PER_MODEL

    def on_sqlite(seconds: Callable[[Path], float]) -> Callable[[], float]:
        def rate() -> float:
            with bench.fresh_folder() as folder:
                return events / seconds(folder)

        return rate

    def on_postgres(seconds: Callable[[str], float]) -> Callable[[], float]:
        def rate() -> float:
            with bench.fresh_database() as url:
                return events / seconds(url)

        return rate

    with bench.fresh_folder() as kept, bench.fresh_folder() as first:
        file = kept / "events.db"
        rows, changes = run_async(_history(file, first, count))
        lite, full = SQLITE.rows_alone(rows), SQLITE.every_change(changes)
        pg_lite, pg_full = POSTGRES.rows_alone(rows), POSTGRES.every_change(changes)
        contestants = {
            "SQLite final rows": on_sqlite(lambda folder: sqlite_raw(folder, lite)),
            "SQLite every change": on_sqlite(lambda folder: sqlite_raw(folder, full)),
            "SQLite ours": on_sqlite(lambda f: run_async(_built(file, f"sqlite:///{f}"))),
            "PostgreSQL final rows": on_postgres(lambda u: run_async(postgres_raw(u, pg_lite))),
            "PostgreSQL every change": on_postgres(lambda u: run_async(postgres_raw(u, pg_full))),
            "PostgreSQL ours": on_postgres(lambda url: run_async(_built(file, url))),
        }
        result.add("events", "/s", bench.in_turns(contestants))
    written, changed = sum(map(len, rows.values())), sum(map(len, changes))
    result.notes.append(
        f"{events:,} events are {changed:,} row changes and end as {written:,} rows; the limits take "
        "them ready made, in the same transactions"
    )
    for engine in ("SQLite", "PostgreSQL"):
        for limit in ("final rows", "every change"):
            result.aim("events", f"{engine} ours", f"{engine} {limit}", 0.25)
    return result
