"""The PostgreSQL event store when connections are cut, answers are lost and the server is killed."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from sqlalchemy import make_url

from shared.eventstore.port import (
    START,
    Appended,
    Expect,
    StoredEvent,
    StoreUnavailableError,
)
from shared.eventstore.postgres import PostgresEventStore
from shared.eventstore.postgres_log import PROBE_SECONDS
from tests.contract.eventstore_kit import (
    Names,
    as_generator,
    follow_until,
    ids,
    read_whole_log,
    read_whole_stream,
)
from tests.support.postgres import DatabaseUrl, PrivatePostgres, private_postgres
from tests.support.servers import HOST

WAIT_SECONDS_MAX = 20
NOTICE_SECONDS_MAX = 5
assert NOTICE_SECONDS_MAX < PROBE_SECONDS, "a lost connection is noticed at once, not by the probe"
RESTART_APPENDS = 150
KILL_AFTER = (60, 200)
MARK = b"this event's answer may be lost"


@pytest.fixture
def names() -> Names:
    return Names("")


@pytest.fixture
async def store(postgres_url: DatabaseUrl) -> AsyncIterator[PostgresEventStore]:
    store = await PostgresEventStore.open(postgres_url)
    yield store
    await store.close()


def cut_connections(postgres: PrivatePostgres, url: str) -> None:
    """All that the server has to the database at `url`."""
    postgres.sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid()",
        url.rpartition("/")[2],
    )


async def test_connections_cut_by_the_server_are_replaced_without_anybody_noticing(
    store: PostgresEventStore, postgres: PrivatePostgres, postgres_url: DatabaseUrl, names: Names
) -> None:
    stream = names.stream()
    pages = as_generator(store.follow())
    seen: list[StoredEvent] = []
    for revision in range(4):
        await store.append(stream, revision - 1 if revision else Expect.NO_STREAM, names.events(1))
        seen += (await anext(pages)).events
        await asyncio.gather(*(store.head() for _ in range(4)))
        cut_connections(postgres, postgres_url)
        assert await store.head() == revision + 1

    waiting = asyncio.ensure_future(anext(pages))
    await store.append(stream, 3, names.events(1))
    seen += (await asyncio.wait_for(waiting, WAIT_SECONDS_MAX)).events
    assert seen == await read_whole_stream(store, stream)
    await pages.aclose()


async def test_a_follower_hears_another_process_after_its_own_connection_was_cut(
    store: PostgresEventStore, postgres: PrivatePostgres, postgres_url: DatabaseUrl, names: Names
) -> None:
    """Whether the append falls before, while or after the connection is up again."""
    waiting = asyncio.ensure_future(anext(store.follow()))
    await asyncio.sleep(0.1)
    cut_connections(postgres, postgres_url)
    other = await PostgresEventStore.open(postgres_url)
    events = names.events(1)
    await other.append(names.stream(), Expect.NO_STREAM, events)

    page = await asyncio.wait_for(waiting, NOTICE_SECONDS_MAX)

    assert ids(page.events) == ids(events)
    await other.close()


@dataclass
class Proxy:
    """Stands between store and server, and loses answers: the server acts, the store never hears.

    The answer to a request that carries an event is sent when its transaction has been committed, unless the
    request stands within a longer one, which then ends with the connection: both kinds of fault.
    """

    url: str
    answers_to_lose: int = 0
    lost: int = field(default=0, init=False)

    async def pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server = make_url(self.url)
        answers, server_writer = await asyncio.open_connection(server.host, server.port)
        asked = asyncio.Event()
        requests = asyncio.create_task(self._copy(reader, server_writer, asked))
        try:
            while answer := await answers.read(65_536):
                if asked.is_set():
                    self.lost += 1
                    break
                writer.write(answer)
                await writer.drain()
        finally:
            requests.cancel()
            for end in (writer, server_writer):
                end.transport.abort()

    async def _copy(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, asked: asyncio.Event
    ) -> None:
        while request := await reader.read(65_536):
            if self.answers_to_lose and MARK in request:
                self.answers_to_lose -= 1
                asked.set()
            writer.write(request)
            await writer.drain()


@pytest.fixture
async def proxy(postgres_url: DatabaseUrl) -> AsyncIterator[tuple[Proxy, str]]:
    proxy = Proxy(postgres_url)
    server = await asyncio.start_server(proxy.pass_on, HOST, 0)
    port = server.sockets[0].getsockname()[1]
    yield proxy, make_url(postgres_url).set(port=port).render_as_string(hide_password=False)
    server.close()


@pytest.mark.parametrize("batch", [1, 5])
async def test_an_answer_lost_after_the_commit_is_found_out_by_the_store_itself(
    store: PostgresEventStore, proxy: tuple[Proxy, str], names: Names, batch: int
) -> None:
    wire, url = proxy
    client = await PostgresEventStore.open(url)
    try:
        streams = [names.stream() for _ in range(batch)]
        for expected in (Expect.NO_STREAM, 0, 1):
            wire.answers_to_lose = 1
            results = await asyncio.gather(
                *(client.append(stream, expected, [names.event(MARK)]) for stream in streams)
            )
            assert wire.answers_to_lose == 0
            assert len({result.position for result in results}) == batch
        assert wire.lost == 3
        for stream in streams:
            assert len(await read_whole_stream(store, stream)) == 3
    finally:
        await client.close()


async def test_an_append_that_stays_unanswered_is_told_by_repeating_it(
    store: PostgresEventStore, proxy: tuple[Proxy, str], names: Names
) -> None:
    wire, url = proxy
    client = await PostgresEventStore.open(url)
    try:
        stream, events = names.stream(), [names.event(MARK), names.event()]
        wire.answers_to_lose = 1_000
        with pytest.raises(StoreUnavailableError):
            await client.append(stream, Expect.NO_STREAM, events)
        wire.answers_to_lose = 0

        assert await client.append(stream, Expect.NO_STREAM, events) == Appended(1, 2)
        assert wire.lost
        assert ids(await read_whole_log(store, after=START)) == ids(events)
    finally:
        await client.close()


@pytest.mark.timeout(60)
async def test_a_server_killed_and_started_again_loses_nothing_it_acknowledged() -> None:
    """Callers repeat what was not answered; a follower and the listener come back by themselves."""
    names, repeated, acknowledged_count = Names(""), 0, 0
    reached = {count: asyncio.Event() for count in KILL_AFTER}
    with private_postgres(fsync=False) as server:
        store = await PostgresEventStore.open(server.url)

        async def write(stream: str) -> list[Appended]:
            nonlocal repeated, acknowledged_count
            results = []
            for revision in range(RESTART_APPENDS):
                event = names.event()
                expected = revision - 1 if revision else Expect.NO_STREAM
                while True:
                    try:
                        results.append(await store.append(stream, expected, [event]))
                        acknowledged_count += 1
                        if acknowledged_count in reached:
                            reached[acknowledged_count].set()
                        break
                    except StoreUnavailableError:
                        repeated += 1
            return results

        streams = [names.stream() for _ in range(3)]
        following = asyncio.create_task(
            follow_until(store, len(streams) * RESTART_APPENDS, after=START)
        )
        writing = asyncio.gather(*map(write, streams))
        for count in KILL_AFTER:
            await reached[count].wait()
            await asyncio.to_thread(server.kill)
            await asyncio.sleep(1.0)  # long enough that callers are told
            await asyncio.to_thread(server.start)
        acknowledged = await writing

        log = await read_whole_log(store, after=START)
        places = {(event.stream, event.revision): event.position for event in log}
        assert [event.position for event in log] == list(range(1, len(log) + 1))
        for stream, results in zip(streams, acknowledged, strict=True):
            assert [places[stream, result.revision] for result in results] == [
                result.position for result in results
            ]
        assert await asyncio.wait_for(following, WAIT_SECONDS_MAX) == log
        assert repeated
        await store.close()
