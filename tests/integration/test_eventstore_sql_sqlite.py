"""What only the SQLite event store does: one process, its file, its writer and its faults."""

# ruff: noqa: ASYNC240 - files are prepared and looked at while nothing else runs

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from shared.eventstore.groupcommit import PENDING_APPENDS_MAX
from shared.eventstore.port import (
    START,
    Appended,
    Expect,
    InvalidAppendError,
    StoreError,
    StoreUnavailableError,
    WrongRevisionError,
)
from shared.eventstore.sqlite import INLINE_COMMIT_US_MAX, SqliteEventStore
from shared.eventstore.sqlite_log import SCHEMA_VERSION
from shared.eventstore.validation import CATEGORIES_MAX
from tests.contract.eventstore_kit import Names, ids, read_whole_log, read_whole_stream

WAIT_SECONDS_MAX = 10


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "events.db"


@pytest.fixture
def names() -> Names:
    return Names("")


@pytest.fixture
async def store(path: Path) -> AsyncIterator[SqliteEventStore]:
    store = await SqliteEventStore.open(path)
    yield store
    await store.close()


@contextmanager
def other_program(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield connection


# ── Opening ──────────────────────────────────────────────────────────────────────────────────────


async def test_a_second_server_is_told_what_to_do(store: SqliteEventStore, path: Path) -> None:
    with pytest.raises(StoreError, match=r"open in another process \(id \d+\)\. Stop that one"):
        await SqliteEventStore.open(path)


async def test_the_file_can_be_opened_again_after_it_was_closed_or_could_not_be_opened(
    path: Path,
) -> None:
    path.write_bytes(b"not a database, but as long as the header of one would have to be" * 20)
    for _ in range(2):
        with pytest.raises(StoreUnavailableError, match="cannot be opened"):
            await SqliteEventStore.open(path)
    path.unlink()
    for _ in range(2):
        await (await SqliteEventStore.open(path)).close()


async def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailableError, match="nowhere"):
        await SqliteEventStore.open(tmp_path / "nowhere" / "events.db")


async def test_a_log_of_newer_software_is_refused_unchanged(path: Path) -> None:
    await (await SqliteEventStore.open(path)).close()
    with other_program(path) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    before = path.read_bytes()

    with pytest.raises(StoreError, match=f"version {SCHEMA_VERSION + 1}.*Install the newer"):
        await SqliteEventStore.open(path)
    assert path.read_bytes() == before


async def test_a_database_of_something_else_is_refused_unchanged(path: Path) -> None:
    with other_program(path) as connection:
        connection.execute("CREATE TABLE events (x)")
    before = path.read_bytes()

    with pytest.raises(StoreError, match="not an event store"):
        await SqliteEventStore.open(path)
    assert path.read_bytes() == before


async def test_commits_are_synced_to_disk(store: SqliteEventStore) -> None:
    writer = store._writer._connection
    assert writer.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert writer.execute("PRAGMA synchronous").fetchone() == (2,)


# ── The log ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("statement", ["UPDATE events SET data = x'00'", "DELETE FROM events"])
async def test_no_program_changes_or_deletes_an_event(
    store: SqliteEventStore, path: Path, names: Names, statement: str
) -> None:
    await store.append(names.stream(), Expect.NO_STREAM, names.events(2))

    with (
        other_program(path) as connection,
        pytest.raises(sqlite3.IntegrityError, match="append-only"),
    ):
        connection.execute(statement)
    assert len(await read_whole_log(store, after=START)) == 2


async def test_positions_are_consecutive_also_after_refused_appends(
    store: SqliteEventStore, names: Names
) -> None:
    stream = names.stream()
    await store.append(stream, Expect.NO_STREAM, names.events(2))
    for expected in (Expect.NO_STREAM, 0, 7):
        with pytest.raises(WrongRevisionError):
            await store.append(stream, expected, names.events(1))
    await store.append(stream, 1, names.events(1))

    assert [event.position for event in await read_whole_log(store, after=START)] == [1, 2, 3]


async def test_the_next_page_of_some_categories_reads_no_more_than_it_gives(
    store: SqliteEventStore, names: Names
) -> None:
    """Else each page would sort the rest of the log, and catching up would take quadratic time."""
    for category in ("a", "b"):
        await store.append(names.stream(category), Expect.ANY, names.events(500))
    steps = 0

    def count() -> None:
        nonlocal steps
        steps += 1

    reader = await store._read(lambda log: log)
    reader._connection.set_progress_handler(count, 1)
    reader.page(0, ["a", "b"], 3)
    few = steps
    for category in ("a", "b"):
        await store.append(names.stream(category), Expect.ANY, names.events(500))
    steps = 0
    reader.page(0, ["a", "b"], 3)
    reader._connection.set_progress_handler(None, 0)

    assert steps <= few + 10


async def test_more_categories_than_one_query_can_join_are_refused(
    store: SqliteEventStore, names: Names
) -> None:
    categories = [f"c{number}" for number in range(CATEGORIES_MAX)]
    await store.append(names.stream("c7"), Expect.NO_STREAM, names.events(1))

    assert len((await store.read_log(categories=categories)).events) == 1
    with pytest.raises(ValueError, match="categories"):
        await store.read_log(categories=[*categories, "one-more"])


async def test_a_page_holds_at_least_one_event(store: SqliteEventStore) -> None:
    with pytest.raises(ValueError, match="at least one"):
        await store.read_log(limit=0)


# ── The shared commit ────────────────────────────────────────────────────────────────────────────


async def test_in_a_batch_an_append_that_conflicts_fails_alone(
    store: SqliteEventStore, names: Names
) -> None:
    first, second, third = names.stream(), names.stream(), names.stream()
    taken = names.events(1)
    await store.append(third, Expect.NO_STREAM, taken)

    outcomes = await asyncio.gather(
        store.append(first, Expect.NO_STREAM, names.events(2)),
        store.append(second, 4, names.events(1)),
        store.append(second, Expect.NO_STREAM, names.events(1)),
        store.append(first, Expect.NO_STREAM, names.events(1)),
        store.append(first, 1, names.events(1)),
        store.append("", Expect.ANY, names.events(1)),
        store.append(first, Expect.ANY, taken),
        store.append(third, Expect.NO_STREAM, taken),
        return_exceptions=True,
    )

    assert [type(outcome).__name__ for outcome in outcomes] == [
        "Appended",
        "WrongRevisionError",
        "Appended",
        "WrongRevisionError",
        "Appended",
        "InvalidAppendError",
        "EventIdTakenError",
        "Appended",
    ]
    assert outcomes[7] == Appended(0, 1)
    assert len(await read_whole_log(store, after=START)) == 5


async def test_a_lone_append_is_committed_on_the_loop_while_commits_are_fast_and_off_it_when_slow(
    store: SqliteEventStore, names: Names
) -> None:
    threads: list[int] = []
    store._writer._connection.set_trace_callback(lambda _: threads.append(threading.get_ident()))

    store._commit_us = 0
    await store.append(names.stream(), Expect.NO_STREAM, names.events(1))
    assert set(threads) == {threading.get_ident()}

    threads.clear()
    store._commit_us = INLINE_COMMIT_US_MAX + 1
    await store.append(names.stream(), Expect.NO_STREAM, names.events(1))
    assert threading.get_ident() not in threads

    threads.clear()
    store._commit_us = 0
    await asyncio.gather(
        *(store.append(names.stream(), Expect.NO_STREAM, names.events(1)) for _ in range(5))
    )
    assert threading.get_ident() not in threads
    store._writer._connection.set_trace_callback(None)


async def test_callers_beyond_the_queue_wait_for_their_turn(
    store: SqliteEventStore, names: Names
) -> None:
    streams = [names.stream() for _ in range(2 * PENDING_APPENDS_MAX)]

    async with asyncio.timeout(WAIT_SECONDS_MAX):
        results = await asyncio.gather(
            *(store.append(stream, Expect.NO_STREAM, names.events(1)) for stream in streams)
        )

    assert [result.position for result in results] == list(range(1, len(streams) + 1))


async def test_a_caller_that_gives_up_does_not_disturb_the_others_of_its_batch(
    store: SqliteEventStore, names: Names
) -> None:
    for steps in range(8):
        streams = [names.stream() for _ in range(5)]
        calls = [
            asyncio.ensure_future(store.append(stream, Expect.NO_STREAM, names.events(2)))
            for stream in streams
        ]
        for _ in range(steps):
            await asyncio.sleep(0)
        calls[2].cancel()

        outcomes = await asyncio.gather(*calls, return_exceptions=True)

        assert all(isinstance(outcomes[number], Appended) for number in (0, 1, 3, 4))
        assert len(await read_whole_stream(store, streams[2])) in {0, 2}


async def test_closing_waits_for_every_append_that_was_begun(path: Path, names: Names) -> None:
    store = await SqliteEventStore.open(path)
    streams = [names.stream() for _ in range(PENDING_APPENDS_MAX + 50)]
    calls = [
        asyncio.ensure_future(store.append(stream, Expect.NO_STREAM, names.events(1)))
        for stream in streams
    ]
    await asyncio.sleep(0)

    await store.close()

    assert all(isinstance(outcome, Appended) for outcome in await asyncio.gather(*calls))
    again = await SqliteEventStore.open(path)
    assert len(await read_whole_log(again, after=START)) == len(streams)
    await again.close()


async def test_a_closed_store_says_so_to_writers_readers_and_followers(
    store: SqliteEventStore, names: Names
) -> None:
    waiting = asyncio.ensure_future(anext(store.follow()))
    await asyncio.sleep(0.05)
    await store.close()

    for call in (
        waiting,
        store.append(names.stream(), Expect.ANY, names.events(1)),
        store.read_log(),
        anext(store.follow()),
    ):
        with pytest.raises(StoreUnavailableError, match="closed"):
            await asyncio.wait_for(call, WAIT_SECONDS_MAX)


# ── Faults of the disk ───────────────────────────────────────────────────────────────────────────


async def test_a_full_disk_refuses_the_whole_batch_and_the_same_appends_succeed_later(
    store: SqliteEventStore, names: Names
) -> None:
    stream, small, large = names.stream(), names.events(1), [names.event(b"x" * 60_000)]
    await store.append(stream, Expect.NO_STREAM, names.events(1))
    writer = store._writer._connection
    (pages,) = writer.execute("PRAGMA page_count").fetchone()
    writer.execute(f"PRAGMA max_page_count = {pages}")

    outcomes = await asyncio.gather(
        store.append(names.stream(), Expect.NO_STREAM, large),
        store.append(stream, 0, small),
        return_exceptions=True,
    )

    assert [type(outcome) for outcome in outcomes] == [StoreUnavailableError] * 2
    assert "full" in str(outcomes[1])
    with pytest.raises(StoreUnavailableError, match="full"):
        await store.append(names.stream(), Expect.NO_STREAM, large)
    assert await store.head() == 1
    writer.execute("PRAGMA max_page_count = 1000000")
    assert await store.append(stream, 0, small) == Appended(1, 2)


async def test_a_file_locked_by_another_program_is_unavailable_until_it_lets_go(
    store: SqliteEventStore, path: Path, names: Names
) -> None:
    stream, events = names.stream(), names.events(1)
    store._writer._connection.execute("PRAGMA busy_timeout = 20")
    with other_program(path) as connection:
        connection.execute("BEGIN IMMEDIATE")
        for batch in (1, 3):
            outcomes = await asyncio.gather(
                *(store.append(stream, Expect.NO_STREAM, events) for _ in range(batch)),
                return_exceptions=True,
            )
            assert [type(outcome) for outcome in outcomes] == [StoreUnavailableError] * batch
        # Reading goes on meanwhile.
        assert await store.head() == START
        connection.execute("ROLLBACK")

    assert await store.append(stream, Expect.NO_STREAM, events) == Appended(0, 1)


async def test_a_follower_goes_on_after_the_file_could_not_be_read(
    store: SqliteEventStore, path: Path, names: Names
) -> None:
    following = asyncio.ensure_future(anext(store.follow()))
    await asyncio.sleep(0.05)
    readers = store._readers._opened
    for reader in readers:
        reader.close()  # as if its file had gone: each read from now on raises

    events = names.events(1)
    await store.append(names.stream(), Expect.NO_STREAM, events)
    await asyncio.sleep(0.1)
    assert not following.done()
    store._readers._local = threading.local()

    page = await asyncio.wait_for(following, WAIT_SECONDS_MAX)
    assert ids(page.events) == ids(events)


async def test_what_can_never_succeed_is_refused_before_the_queue(
    store: SqliteEventStore, names: Names
) -> None:
    event = names.event()
    for stream, expected, events in (
        ("$system", Expect.ANY, [event]),
        ("model-1", -1, [event]),
        ("model-1", 2**63, [event]),
        ("model-1", Expect.ANY, [names.event(trace="é")]),
        ("model-1", Expect.ANY, [names.event(trace="0" * 257)]),
        ("model-1", Expect.ANY, [names.event(type="")]),
        ("model-1", Expect.ANY, [names.event(type="t" * 201)]),
    ):
        with pytest.raises(InvalidAppendError):
            await store.append(stream, expected, events)
    assert await store.head() == START
