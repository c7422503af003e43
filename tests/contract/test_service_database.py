"""A service's own database and lease promise the same on SQLite and on PostgreSQL."""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    exc,
    insert,
    select,
)

from shared.contracts.values import Forgettable
from shared.host.database import ServiceDatabase
from shared.host.errors import IdempotencyConflictError
from shared.host.generation import Generation
from shared.host.merging import RowBatch
from shared.host.rows import Add, Patch, PatchWhere, Put, Remove, Row, RowChange, Value
from shared.host.service import ReadModel
from shared.host.state import Parked, StaleWorkerError
from shared.host.vault import Vault, commitment_of
from tests.support.postgres import PrivatePostgres

TABLES = MetaData()
ITEMS = Table(
    "items",
    TABLES,
    Column("a", Integer, primary_key=True),
    Column("b", String, primary_key=True),
    Column("text", String),
    Column("count", BigInteger, nullable=False),
    Column("share", Float),
    Column("flag", Boolean),
    Column("blob", LargeBinary),
)
ONLY_KEY = Table("only_key", TABLES, Column("id", String, primary_key=True))
NAMED = Table(
    "named",
    TABLES,
    Column("a", Integer, primary_key=True),
    Column("b", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("count", Integer, nullable=False),
)
MODEL = ReadModel(1, TABLES, ())


@pytest.fixture
async def database(url: str) -> AsyncIterator[ServiceDatabase]:
    database = await ServiceDatabase.open(url, "svc", MODEL)
    yield database
    await database.close()


@pytest.fixture
async def generation(database: ServiceDatabase) -> AsyncIterator[Generation]:
    generation = await database.begin_generation()
    yield generation
    await generation.close()


async def apply(
    database: ServiceDatabase, generation: Generation, old: int, new: int, *changes: RowChange
) -> None:
    batch = RowBatch(database.checker)
    batch.add(changes)
    await generation.apply(old, new, batch.steps)


async def rows(generation: Generation, table: Table = ITEMS) -> list[tuple[Value, ...]]:
    async with generation.read() as connection:
        query = select(table).order_by(*table.primary_key)
        return [tuple(row) for row in await connection.execute(query)]


# ── rows ─────────────────────────────────────────────────────────────────────────────────────────


async def test_every_kind_of_value_comes_back_as_it_went_in(
    database: ServiceDatabase, generation: Generation
) -> None:
    row: Row = {
        "a": -1,
        "b": "Đắk Lắk ✓ 'x\"",
        "text": None,
        "count": 2**40,
        "share": 0.1,
        "flag": True,
        "blob": b"\x00\xff",
    }
    await apply(database, generation, 0, 1, Put(ITEMS, row), Put(ONLY_KEY, {"id": "k"}))
    await apply(database, generation, 1, 2, Put(ONLY_KEY, {"id": "k"}))
    assert await rows(generation) == [tuple(row.values())]
    assert await rows(generation, ONLY_KEY) == [("k",)]


KEYS = st.fixed_dictionaries({"a": st.integers(0, 1), "b": st.sampled_from("xy")})
CHANGES = st.one_of(
    st.builds(
        lambda k, n, t: Put(ITEMS, {**k, "count": n, "text": t}),
        KEYS,
        st.integers(-9, 9),
        st.none() | st.text("ab", max_size=1),
    ),
    st.builds(
        lambda k, t, f: Patch(ITEMS, k, {"text": t, "flag": f}),
        KEYS,
        st.none() | st.text("ab", max_size=1),
        st.booleans(),
    ),
    st.builds(lambda k, n: Patch(ITEMS, k, {"count": n}), KEYS, st.integers(-9, 9)),
    st.builds(lambda k, n: Add(ITEMS, k, {"count": n}), KEYS, st.integers(-9, 9)),
    st.builds(lambda k: Remove(ITEMS, k), KEYS),
    st.builds(
        lambda w, t: PatchWhere(ITEMS, {"text": w}, {"text": t}),
        st.sampled_from([None, "a"]),
        st.sampled_from(["b", None]),
    ),
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(changes=st.lists(CHANGES, max_size=12))
def test_a_merged_batch_leaves_what_its_changes_one_by_one_leave(
    url: str, changes: list[RowChange]
) -> None:
    async def check() -> None:
        database = await ServiceDatabase.open(url, "merging", MODEL)
        try:
            generation = await database.begin_generation()
            at = await generation.position()
            wipe = [Remove(ITEMS, {"a": a, "b": b}) for a in (0, 1) for b in "xy"]
            await apply(database, generation, at, at + 1, *wipe, *changes)
            merged = await rows(generation)
            await apply(database, generation, at + 1, at + 2, *wipe)
            for number, change in enumerate(changes, start=at + 2):
                await apply(database, generation, number, number + 1, change)
            assert merged == await rows(generation)
            await generation.close()
        finally:
            await database.close()

    asyncio.run(check())


async def test_add_changes_a_row_that_it_could_not_have_made(
    database: ServiceDatabase, generation: Generation
) -> None:
    key: Row = {"a": 1, "b": "x"}
    await apply(database, generation, 0, 1, Put(NAMED, {**key, "name": "Lan", "count": 1}))
    await apply(database, generation, 1, 2, Add(NAMED, key, {"count": 2}), Add(NAMED, key, {}))
    assert await rows(generation, NAMED) == [(1, "x", "Lan", 3)]
    with pytest.raises((exc.IntegrityError, sqlite3.IntegrityError)):
        await apply(database, generation, 2, 3, Add(NAMED, {"a": 2, "b": "x"}, {"count": 2}))


async def test_rows_and_position_move_together_or_not_at_all(
    database: ServiceDatabase, generation: Generation
) -> None:
    good = Put(ITEMS, {"a": 1, "b": "x", "count": 1})
    with pytest.raises((exc.SQLAlchemyError, OverflowError)):
        await apply(
            database, generation, 0, 5, good, Put(ITEMS, {"a": 2, "b": "x", "count": 2**80})
        )
    assert (await generation.position(), await rows(generation)) == (0, [])
    await apply(database, generation, 0, 5, good)
    with pytest.raises(StaleWorkerError):
        await apply(database, generation, 0, 9, Remove(ITEMS, {"a": 1, "b": "x"}))
    assert (await generation.position(), len(await rows(generation))) == (5, 1)


async def test_a_reader_sees_one_moment_and_cannot_write(
    database: ServiceDatabase, generation: Generation
) -> None:
    await apply(database, generation, 0, 1, Put(ONLY_KEY, {"id": "1"}))
    async with generation.read() as connection:
        assert len((await connection.execute(select(ONLY_KEY))).all()) == 1
        await apply(database, generation, 1, 2, Put(ONLY_KEY, {"id": "2"}))
        assert len((await connection.execute(select(ONLY_KEY))).all()) == 1
    async with generation.read() as connection:
        assert len((await connection.execute(select(ONLY_KEY))).all()) == 2
        with pytest.raises(exc.DBAPIError):
            await connection.execute(insert(ONLY_KEY).values(id="3"))


async def test_parked_subjects_come_back(database: ServiceDatabase, generation: Generation) -> None:
    parked = Parked("parcel-1", 3, 77, "dvk.x.Y.v1", 2, "ValueError", "in f, line 3", 5)
    await generation.apply(0, 1, park=(parked,))
    await database.state.move("reactions", 0, 1, park=(parked,))
    assert await generation.parked() == await database.state.parked() == [parked]
    await generation.apply(1, 1, free="parcel-1")
    await database.state.move("reactions", 1, 1, free="parcel-1")
    assert await generation.parked() == await database.state.parked() == []


async def test_writers_of_the_state_in_one_process_take_turns(tmp_path: Path) -> None:
    # SQLite would let one of two connections sleep and look again for as long as the other goes on.
    database = await ServiceDatabase.open(f"sqlite:///{tmp_path}", "svc", MODEL)
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(database.close)
        async with database.state.engine.connect():
            moving = asyncio.create_task(database.state.move("relay", 0, 3))
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(asyncio.shield(moving), 0.2)
        await asyncio.wait_for(moving, 5)
        assert await database.state.checkpoint("relay") == 3


async def test_replicas_that_open_at_the_same_time_agree(url: str) -> None:
    replicas = 8
    opened = await asyncio.gather(
        *(ServiceDatabase.open(url, "svc", MODEL) for _ in range(replicas))
    )
    try:
        await opened[0].state.move("relay", 0, 3)
        assert [await d.state.checkpoint("relay") for d in opened] == [3] * replicas
    finally:
        await asyncio.gather(*(database.close() for database in opened))


# ── personal data ────────────────────────────────────────────────────────────────────────────────

CAUSE, NAME = UUID(int=7), b"nguyen.van.a@example.vn"


async def test_a_payload_is_kept_revealed_and_committed_to(database: ServiceDatabase) -> None:
    vault = Vault(database)
    first = await vault.keep(CAUSE, "contact", NAME)
    assert await vault.reveal(first) == NAME
    assert await vault.keep(CAUSE, "contact", NAME) == first, "a retry finds it"
    other = await vault.keep(CAUSE, "other", NAME)
    assert other.payload != first.payload
    assert other.commitment != first.commitment, "each has a salt of its own"
    assert len(first.commitment) == len(commitment_of(b"s" * 32, NAME)) == 64
    with pytest.raises(IdempotencyConflictError):
        await vault.keep(CAUSE, "contact", b"somebody else")


async def test_racing_retries_keep_one_payload(database: ServiceDatabase) -> None:
    vault = Vault(database)
    references = await asyncio.gather(*(vault.keep(CAUSE, "contact", NAME) for _ in range(8)))
    assert len({reference.commitment for reference in references}) == 1


async def test_what_is_erased_is_gone_for_good(database: ServiceDatabase) -> None:
    vault = Vault(database)
    reference = await vault.keep(CAUSE, "contact", NAME)
    assert await vault.erase(reference.payload)
    assert await vault.reveal(reference) is None
    assert await vault.keep(CAUSE, "contact", NAME) == reference, "a late retry brings nothing back"
    assert await vault.reveal(reference) is None
    assert not await vault.erase(UUID(int=1))
    assert await vault.reveal(Forgettable(UUID(int=1), "")) is None


def test_what_is_erased_is_in_no_file(tmp_path: Path) -> None:
    async def keep_and_erase() -> None:
        database = await ServiceDatabase.open(f"sqlite:///{tmp_path}", "svc", MODEL)
        vault = Vault(database)
        reference = await vault.keep(CAUSE, "scan", NAME * 1000)
        await vault.erase(reference.payload)
        assert not remains(), "while the service runs on"
        await database.close()

    def remains() -> list[Path]:
        files = [file for file in tmp_path.rglob("*") if file.is_file()]
        return [file for file in files if NAME in file.read_bytes()]

    asyncio.run(keep_and_erase())
    assert not remains()


# ── lease ────────────────────────────────────────────────────────────────────────────────────────


async def test_one_holds_the_lease_and_the_next_takes_over(database: ServiceDatabase) -> None:
    first, second = database.lease(), database.lease()
    await first.acquire()
    taking = asyncio.create_task(second.acquire())
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(asyncio.shield(taking), 0.4)
    await first.release()
    await asyncio.wait_for(taking, 5)
    await second.release()


async def test_who_gives_up_waiting_does_not_hold_it_later(database: ServiceDatabase) -> None:
    first, second, third = database.lease(), database.lease(), database.lease()
    await first.acquire()
    waiting = asyncio.create_task(second.acquire())
    await asyncio.sleep(0.1)
    waiting.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await waiting
    await first.release()
    await asyncio.wait_for(third.acquire(), 5)
    await third.release()


async def test_services_do_not_share_a_lease(url: str, database: ServiceDatabase) -> None:
    other = await ServiceDatabase.open(url, "other", MODEL)
    mine, theirs = database.lease(), other.lease()
    await asyncio.wait_for(mine.acquire(), 5)
    await asyncio.wait_for(theirs.acquire(), 5)
    await mine.release()
    await theirs.release()
    await other.close()


async def test_a_holder_whose_connection_is_cut_learns_it(
    postgres: PrivatePostgres, postgres_url: str
) -> None:
    database = await ServiceDatabase.open(postgres_url, "svc", MODEL)
    lease = database.lease()
    await lease.acquire()
    lost = asyncio.create_task(lease.lost())
    await asyncio.sleep(0)
    assert not lost.done()
    postgres.sql("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
    await asyncio.wait_for(lost, 5)
    await lease.release()
    await database.close()
