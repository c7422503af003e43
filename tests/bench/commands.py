"""Row 2: load, decide, append through the executor, the aggregates in its cache."""

import asyncio
import time
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from services.registration.domain.model import MODEL
from services.registration.domain.model_commands import ReportProgress
from shared.contracts.registration import EVENTS
from shared.contracts.running import Figure
from shared.eventstore.port import EventStore
from shared.eventstore.postgres import PostgresEventStore
from shared.eventstore.sqlite import SqliteEventStore
from shared.host.clock import Clock, SystemClock
from shared.host.commands import Caller, Executor
from shared.host.ids import new_key
from tests.bench import engines, history, peers
from tests.bench.appends import in_database, in_folder, make_work
from tests.bench.report import Bench, Result, run_async

WRITERS: Final = 64
COMMANDS_ALONE: Final = 1_500
COMMANDS_TOGETHER: Final = 10_000
COMMANDS_EVENTSOURCING: Final = 800
_FIRST_DAY: Final = date(2020, 1, 1)
_RUNNING: Final = history.Story((history.REGISTERED, history.ACCEPTED, history.PLANNED))


def caller(clock: Clock) -> Caller:
    """Someone with a key of its own, as each request has."""
    key = new_key(clock.now())
    return Caller("user:7", history.COMMITTEE, key, key, "")


async def command_seconds(
    store: EventStore, writers: int, commands: int, *, sole_writer: bool
) -> float:
    """Seconds for `commands` progress reports, `writers` at a time, each on a model of its own."""
    clock = SystemClock()
    executor = Executor(store, EVENTS, clock=clock, sole_writer=sole_writer)
    models = await history.fill(store, writers, _RUNNING)
    for model in models:
        await executor.load(MODEL, model)
    each = commands // writers

    async def report(model: UUID) -> None:
        for number in range(each):
            command = ReportProgress(
                until=_FIRST_DAY + timedelta(days=number % 2_000),
                narrative=history.NARRATIVE,
                figures=(Figure(target="đường hoa", value=Decimal(number)),),
                at=clock.now(),
            )
            await executor.execute(MODEL, model, command, caller=caller(clock))

    before = await store.head()
    started = time.perf_counter()
    await asyncio.gather(*map(report, models))
    elapsed = time.perf_counter() - started
    if await store.head() - before != each * writers:
        raise AssertionError("a command was not recorded")
    return elapsed


async def _sample(bench: Bench) -> tuple[bytes, bytes]:
    """Data and metadata of such an event, so that the limits write the same bytes."""
    with bench.fresh_folder() as folder:
        store = await SqliteEventStore.open(folder / "events.db")
        try:
            await command_seconds(store, 1, 1, sole_writer=True)
            page = await store.read_log_backwards(limit=1)
            return page.events[0].data, page.events[0].metadata
        finally:
            await store.close()


def _on_sqlite(bench: Bench, writers: int, commands: int) -> Callable[[], float]:
    async def seconds() -> float:
        with bench.fresh_folder() as folder:
            store = await SqliteEventStore.open(folder / "events.db")
            try:
                return await command_seconds(store, writers, commands, sole_writer=True)
            finally:
                await store.close()

    return lambda: commands // writers * writers / run_async(seconds())


def _on_postgres(
    bench: Bench, writers: int, commands: int, *, sole_writer: bool
) -> Callable[[], float]:
    async def seconds() -> float:
        with bench.fresh_database() as url:
            store = await PostgresEventStore.open(url)
            try:
                return await command_seconds(store, writers, commands, sole_writer=sole_writer)
            finally:
                await store.close()

    return lambda: commands // writers * writers / run_async(seconds())


def _eventsourcing(bench: Bench, writers: int, *, postgres: bool) -> Callable[[], float]:
    commands = bench.count(COMMANDS_EVENTSOURCING)

    def rate() -> float:
        if postgres:
            with bench.fresh_database() as url:
                environment = peers.postgres_environment(url)
                return peers.command_rate(environment, writers, commands, history.NARRATIVE)
        with bench.fresh_folder() as folder:
            environment = peers.sqlite_environment(folder)
            return peers.command_rate(environment, writers, commands, history.NARRATIVE)

    return rate


def run(bench: Bench) -> Result:
    """Measure the row."""
    result = Result("2 load, decide, append (aggregate cached)")
    data, metadata = run_async(_sample(bench))
    result.notes.append(f"an event of {len(data)} bytes with {len(metadata)} bytes of metadata")
    for writers, full in ((1, COMMANDS_ALONE), (WRITERS, COMMANDS_TOGETHER)):
        commands = bench.count(full)
        work = make_work(writers, commands, data, metadata)
        limit = "raw" if writers == 1 else "plain group commit"
        sqlite, postgres = (
            (engines.sqlite_raw, engines.postgres_raw)
            if writers == 1
            else (engines.sqlite_plain, engines.postgres_plain)
        )
        name = "1 writer" if writers == 1 else f"{writers} writers"
        result.add(
            name,
            "/s",
            bench.in_turns(
                {
                    f"SQLite {limit}": in_folder(bench, work, sqlite),
                    "SQLite ours": _on_sqlite(bench, writers, commands),
                    "SQLite eventsourcing": _eventsourcing(bench, writers, postgres=False),
                    f"PostgreSQL {limit}": in_database(bench, work, postgres),
                    "PostgreSQL ours": _on_postgres(bench, writers, commands, sole_writer=True),
                    "PostgreSQL ours, reading first": _on_postgres(
                        bench, writers, commands, sole_writer=False
                    ),
                    "PostgreSQL eventsourcing": _eventsourcing(bench, writers, postgres=True),
                }
            ),
        )
        for engine in ("SQLite", "PostgreSQL"):
            ours = f"{engine} ours"
            result.aim(name, ours, f"{engine} {limit}", 0.70 if writers == 1 else 0.50)
            if writers > 1:
                result.aim(name, ours, f"{engine} eventsourcing", 10)
    return result
