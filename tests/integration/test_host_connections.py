"""Whoever is cancelled leaves nothing behind: no open connection, no thread, no half of a transaction."""

import asyncio
import contextlib
import gc
import sqlite3
import threading
import warnings
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from itertools import count
from pathlib import Path

import aiosqlite
import asyncpg
import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, select, text

from shared.host.database import ServiceDatabase
from shared.host.engines import sqlite_connection, sqlite_engine
from shared.host.generation import Generation
from shared.host.merging import RowBatch
from shared.host.outage import is_outage
from shared.host.rows import Put
from shared.host.service import ReadModel
from shared.host.transactions import SqliteTransactions
from shared.host.writing import Statement
from tests.support.postgres import PrivatePostgres

TABLES = MetaData()
ITEMS = Table(
    "items",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False),
)
MODEL = ReadModel(1, TABLES, ())
OPERATIONS_MIN = 5

Driver = Sequence[tuple[type[object], str]]
SQLITE: Driver = ((aiosqlite.Connection, "_connect"), (aiosqlite.Connection, "_execute"))
POSTGRES: Driver = (
    (asyncpg.Connection, "fetchrow"),
    (asyncpg.Connection, "execute"),
    (asyncpg.Connection, "prepare"),
)
GONE_SECONDS_MAX = 2.0
POLL_SECONDS = 0.01


async def work(database: ServiceDatabase, generation: Generation) -> None:
    """What a worker does to its database, each connection opened for the first time."""
    async with generation.read() as connection:
        await connection.execute(select(ITEMS))
    at = await generation.position()
    batch = RowBatch(database.checker)
    batch.add([Put(ITEMS, {"id": number, "name": "x"}) for number in range(200)])
    await generation.apply(at, at + 1, batch.steps)
    await database.state.move("relay", await database.state.checkpoint("relay"), 1)


async def cancelled_at(
    operation: int, url: str, monkeypatch: pytest.MonkeyPatch, driver: Driver
) -> bool:
    """Open, work, be cancelled in the n-th operation of the driver, close at once. False when the work
    takes fewer.
    """
    database = await ServiceDatabase.open(url, "svc", MODEL)
    generation = await database.begin_generation()
    started = 0

    def cancelling(method: Callable[..., Awaitable[object]]) -> Callable[..., Awaitable[object]]:
        async def counted(*args: object, **kwargs: object) -> object:
            nonlocal started
            started += 1
            if started == operation:
                working.cancel()
            return await method(*args, **kwargs)

        return counted

    with monkeypatch.context() as patched:
        for kind, name in driver:
            patched.setattr(kind, name, cancelling(getattr(kind, name)))
        working = asyncio.create_task(work(database, generation))
        with contextlib.suppress(asyncio.CancelledError):
            await working
        await generation.close()
        await database.close()
    return started >= operation


def open_files(folder: Path) -> list[str]:
    def targets() -> Iterator[str]:
        for descriptor in Path("/proc/self/fd").iterdir():
            with contextlib.suppress(FileNotFoundError):  # the one that lists them
                yield str(descriptor.readlink())

    return sorted(target for target in targets() if target.startswith(str(folder)))


def threads() -> set[threading.Thread]:
    """All but those that asyncio keeps for whatever comes next."""
    return {t for t in threading.enumerate() if not t.name.startswith("asyncio_")}


@pytest.fixture(autouse=True)
def only_what_is_made_here_is_collected() -> Iterator[None]:
    """A collection after each operation takes as long as there are objects: those of a whole run are many."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@contextlib.contextmanager
def all_closed() -> Iterator[None]:
    """The collector found nothing to close that nobody else had."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ResourceWarning)
        yield
        gc.collect()
    assert [str(w.message) for w in caught if w.category is ResourceWarning] == []


async def test_a_worker_cancelled_at_any_operation_leaves_no_file_open_and_no_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = threads()
    for operation in count(1):
        with all_closed():
            cancelled = await cancelled_at(operation, f"sqlite:///{tmp_path}", monkeypatch, SQLITE)
        async with asyncio.timeout(GONE_SECONDS_MAX):
            # Threads end in their own time; SQLite keeps a closed file until the cursor is collected that
            # the cancelled task was reading.
            while open_files(tmp_path) or threads() > before:
                gc.collect()
                await asyncio.sleep(POLL_SECONDS)
        if not cancelled:
            break
    assert operation > OPERATIONS_MIN


async def test_a_worker_cancelled_at_any_operation_leaves_no_session(
    postgres: PrivatePostgres, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = postgres_url.rsplit("/", 1)[1]
    sessions = f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}'"  # noqa: S608 - ours
    for operation in count(1):
        with all_closed():
            cancelled = await cancelled_at(operation, postgres_url, monkeypatch, POSTGRES)
        if not cancelled:
            break
    async with asyncio.timeout(GONE_SECONDS_MAX):
        while int(await asyncio.to_thread(postgres.sql, sessions)):  # noqa: ASYNC110 - a server's end
            await asyncio.sleep(POLL_SECONDS)
    assert operation > OPERATIONS_MIN


async def test_a_connection_that_is_being_given_back_is_closed_too(tmp_path: Path) -> None:
    with all_closed():
        engine = sqlite_engine(tmp_path / "t.db", (), "BEGIN", connections_max=1)
        inside = asyncio.Event()

        async def read() -> None:
            async with engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
                inside.set()
                await asyncio.get_running_loop().create_future()

        reading = asyncio.create_task(read())
        await inside.wait()
        reading.cancel()
        await asyncio.sleep(0)
        reading.cancel()  # while it gives back: that goes on without it
        with contextlib.suppress(asyncio.CancelledError):
            await reading
        await engine.dispose()
        assert open_files(tmp_path) == []


# ── transactions ─────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "t.db"
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY)")
    return path


def ids(path: Path) -> list[int]:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return [number for (number,) in connection.execute("SELECT id FROM t ORDER BY id")]


def inserting(*numbers: int) -> Statement:
    return Statement("INSERT INTO t VALUES (?)", [(number,) for number in numbers])


async def test_a_cancelled_transaction_has_ended_once_its_connection_is_closed(file: Path) -> None:
    transactions = SqliteTransactions(lambda: sqlite_connection(file, ()))
    going, go_on = threading.Event(), threading.Event()

    def statements() -> Iterable[Statement]:
        yield inserting(1)
        going.set()
        go_on.wait(GONE_SECONDS_MAX)
        yield inserting(2)

    running = asyncio.create_task(transactions.run(statements()))
    await asyncio.to_thread(going.wait, GONE_SECONDS_MAX)
    running.cancel()
    closing = asyncio.create_task(transactions.close())
    assert not (await asyncio.wait({closing}, timeout=0.1))[0]
    go_on.set()
    await closing
    assert ids(file) == [1, 2], "all of it, as it was under way"
    assert open_files(file.parent) == []
    await transactions.close()


async def test_what_fails_or_is_guarded_leaves_nothing_and_the_next_goes_through(
    file: Path,
) -> None:
    transactions = SqliteTransactions(lambda: sqlite_connection(file, ()))
    with pytest.raises(sqlite3.IntegrityError) as refused:
        await transactions.run([inserting(1, 2), inserting(2)])
    assert not is_outage(refused.value)
    guard = Statement("UPDATE t SET id = id WHERE id = ?", [(7,)], guards=True)
    assert not await transactions.run([inserting(3), guard, inserting(4)])
    assert ids(file) == []
    assert await transactions.run([inserting(5)])
    assert ids(file) == [5]
    await transactions.close()


async def test_a_file_that_another_process_writes_is_an_outage(file: Path) -> None:
    transactions = SqliteTransactions(lambda: sqlite_connection(file, ("busy_timeout = 1",)))
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError) as busy:
            await transactions.run([inserting(1)])
        assert is_outage(busy.value)
    assert await transactions.run([inserting(1)])
    await transactions.close()
