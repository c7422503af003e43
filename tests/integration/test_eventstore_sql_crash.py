"""Processes of the SQL event stores that are killed, and that race each other."""

import asyncio
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import pytest

from shared.eventstore.port import START, EventStore
from tests.contract.eventstore_kit import follow_until, read_whole_log, read_whole_stream
from tests.support.eventstore_worker import SHARED_STREAM, open_store
from tests.support.postgres import DatabaseUrl

ROOT = Path(__file__).parents[2]
KILL_AFTER_LINES = (1, 7, 40, 150, 400)
ENDLESS = 1_000_000
RACE_APPENDS = 60
SECONDS_MAX = 40


@asynccontextmanager
async def worker(
    address: str, prefix: str, count: int
) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.support.eventstore_worker", address, prefix, str(count)),
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def acknowledged_until_killed(address: str, prefix: str, lines: int) -> dict[UUID, str]:
    """Event id → `stream revision position` of every acknowledgement, the last ones from the dead process' pipe."""
    async with worker(address, prefix, ENDLESS) as process:
        assert process.stdout is not None
        written = [await process.stdout.readline() for _ in range(lines)]
        process.kill()
        written += (await process.stdout.read()).splitlines(keepends=True)
    whole = [line.decode().split() for line in written if line.endswith(b"\n")]
    assert len(whole) >= lines
    return {UUID(id_): f"{stream} {revision} {at}" for stream, revision, at, id_ in whole}


async def check_log(store: EventStore, acknowledged: dict[UUID, str]) -> None:
    """Everything acknowledged stands where it was said to, and every stream is whole."""
    log = await read_whole_log(store, after=START)
    assert [event.position for event in log] == list(range(1, len(log) + 1))
    places = {event.id: f"{event.stream} {event.revision} {event.position}" for event in log}
    assert len(places) == len(log)
    assert {id_: places.get(id_) for id_ in acknowledged} == acknowledged
    for stream in {event.stream for event in log}:
        events = await read_whole_stream(store, stream)
        if stream.partition("-")[0].endswith("c"):
            assert len(events) % 2 == 0, "half an append"


async def kill_again_and_again(address: str) -> None:
    acknowledged: dict[UUID, str] = {}
    for round_, lines in enumerate(KILL_AFTER_LINES):
        acknowledged |= await acknowledged_until_killed(address, f"r{round_}", lines)
        store = await open_store(address)
        try:
            await check_log(store, acknowledged)
        finally:
            await store.close()


@pytest.mark.timeout(SECONDS_MAX)
async def test_a_sqlite_process_killed_while_appending_loses_nothing_it_acknowledged(
    tmp_path: Path,
) -> None:
    path = tmp_path / "events.db"

    await kill_again_and_again(str(path))

    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()


@pytest.mark.timeout(SECONDS_MAX)
async def test_a_postgres_process_killed_while_appending_loses_nothing_it_acknowledged(
    postgres_url: DatabaseUrl,
) -> None:
    await kill_again_and_again(postgres_url)


@pytest.mark.timeout(SECONDS_MAX)
async def test_a_reader_that_follows_two_racing_processes_reads_the_final_log(
    postgres_url: DatabaseUrl,
) -> None:
    """A position seen before a lower one that commits later would be missing from what the reader saw."""
    per_process = (
        5 * RACE_APPENDS
    )  # two own streams and the shared one, and two events at a time in the fourth
    total = 2 * per_process
    store = await open_store(postgres_url)
    try:
        following = asyncio.create_task(follow_until(store, total, after=START))
        shared_only = asyncio.create_task(
            follow_until(store, 2 * RACE_APPENDS, after=START, categories=["shared"])
        )
        async with (
            worker(postgres_url, "left", RACE_APPENDS) as left,
            worker(postgres_url, "right", RACE_APPENDS) as right,
        ):
            await asyncio.gather(left.communicate(), right.communicate())
            assert (left.returncode, right.returncode) == (0, 0)

        log = await read_whole_log(store, after=START)
        assert len(log) == total
        assert await following == log
        assert await shared_only == [event for event in log if event.stream == SHARED_STREAM]
        assert {event.data.split()[0] for event in await shared_only} == {b"left", b"right"}
    finally:
        await store.close()
