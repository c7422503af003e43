"""A process that appends until it is killed and says what was acknowledged.

    python -m tests.support.eventstore_worker ADDRESS PREFIX APPENDS

ADDRESS is a PostgreSQL URL or the path of a SQLite file. Four writers append to two streams of
their own and one to a stream that all processes share. Each acknowledgement is a line `stream revision position id`,
written before the next append of that writer.
"""

import asyncio
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from shared.eventstore.port import Appended, EventStore, Expect, NewEvent, WrongRevisionError
from shared.eventstore.postgres import PostgresEventStore
from shared.eventstore.sqlite import SqliteEventStore
from shared.host.ids import new_key

SHARED_STREAM = "shared-1"
AT = datetime(2026, 1, 1, tzinfo=UTC)


def make_event(data: str) -> NewEvent:
    return NewEvent(new_key(AT), "dvk.registration.ModelRegistered.v1", 1, data.encode(), b"{}")


async def open_store(address: str) -> EventStore:
    if address.startswith("postgresql"):
        return await PostgresEventStore.open(address)
    return await SqliteEventStore.open(Path(address))


def say(stream: str, event: NewEvent, appended: Appended) -> None:
    """In one write, so that lines of one process never mix and a killed one leaves whole lines or a stump."""
    line = f"{stream} {appended.revision} {appended.position} {event.id}\n"
    os.write(sys.stdout.fileno(), line.encode())


async def write_own(store: EventStore, stream: str, count: int) -> None:
    for number in range(count):
        event = make_event(f"{stream} {number}")
        expected = number - 1 if number else Expect.NO_STREAM
        say(stream, event, await store.append(stream, expected, [event]))


async def write_any(store: EventStore, stream: str, count: int) -> None:
    for number in range(count):
        events = [make_event(f"{stream} {number} {part}") for part in (1, 2)]
        say(stream, events[-1], await store.append(stream, Expect.ANY, events))


async def write_shared(store: EventStore, prefix: str, count: int) -> None:
    """Races the other processes: takes the revision it is told and tries again."""
    expected: Expect | int = Expect.NO_STREAM
    for number in range(count):
        event = make_event(f"{prefix} {number}")
        while True:
            try:
                appended = await store.append(SHARED_STREAM, expected, [event])
            except WrongRevisionError as wrong:
                expected = Expect.NO_STREAM if wrong.actual is None else wrong.actual
                continue
            say(SHARED_STREAM, event, appended)
            expected = appended.revision
            break


async def main(address: str, prefix: str, count: int) -> None:
    store = await open_store(address)
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(write_own(store, f"{prefix}a-1", count))
            group.create_task(write_own(store, f"{prefix}b-1", count))
            group.create_task(write_any(store, f"{prefix}c-1", count))
            group.create_task(write_shared(store, prefix, count))
    finally:
        await store.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
