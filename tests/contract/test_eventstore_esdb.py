"""The event store contract on EventStoreDB, over real gRPC.

Against the server that DVK_TEST_EVENTSTOREDB names, when it is set; else against our stand-in, whose runs
are marked `protocol-check`: they show that our client keeps to the documented protocol and prove
nothing about the product.
"""

import asyncio
import os
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from pathlib import Path
from uuid import UUID

import pytest
from esdbclient import AsyncEventStoreDBClient, StreamState
from esdbclient import NewEvent as NewRecord

from shared.domain.logentry import ENTRY_BYTES_MAX, entry_size
from shared.eventstore import esdb_client
from shared.eventstore.esdb import EventStoreDbEventStore
from shared.eventstore.port import (
    EventIdTakenError,
    Expect,
    InvalidAppendError,
    LogPage,
    StoreError,
    StoreUnavailableError,
    WrongRevisionError,
)
from tests.contract.eventstore_kit import (
    Names,
    Opener,
    as_generator,
    as_new,
    follow_until,
    ids,
    read_whole_log,
    read_whole_stream,
)
from tests.contract.eventstore_suite import EmptyStoreContract, EventStoreContract
from tests.support.esdb_standin.faults import Faults
from tests.support.esdb_standin.peers import silencer, standin_process
from tests.support.esdb_standin.server import StandIn, standin

SERVER = os.environ.get("DVK_TEST_EVENTSTOREDB")
QUIET_SECONDS = 0.2
Fault = Callable[[Faults, int], None]
ALL_RETRIES = 16
"""More faults than a call and its repeats can meet."""


@pytest.fixture
async def node() -> AsyncIterator[StandIn]:
    """A stand-in of this test's own."""
    async with standin() as running:
        yield running


if SERVER is None:

    @pytest.mark.parametrize("backend", ["protocol-check"])
    class TestEventStoreDbContract(EventStoreContract, EmptyStoreContract):
        """The contract against the stand-in."""

        @pytest.fixture
        def opener(self, node: StandIn, backend: str) -> Opener:
            return lambda: EventStoreDbEventStore.open(node.connection_string)

else:

    @pytest.mark.parametrize("backend", ["server"])
    class TestEventStoreDbContract(EventStoreContract):  # type: ignore[no-redef]
        """The contract against a real server, which keeps what earlier runs wrote."""

        @pytest.fixture
        def run(self, request: pytest.FixtureRequest) -> str:
            return os.urandom(6).hex()

        @pytest.fixture
        def opener(self, backend: str) -> Opener:
            return lambda: EventStoreDbEventStore.open(str(SERVER))


@pytest.fixture
async def store(node: StandIn) -> AsyncIterator[EventStoreDbEventStore]:
    """The store under test, on the stand-in."""
    opened = await EventStoreDbEventStore.open(node.connection_string)
    yield opened
    await opened.close()


@pytest.fixture
async def admin(node: StandIn) -> AsyncIterator[AsyncEventStoreDBClient]:
    """An administrator, or another program, who uses the server without us."""
    client = AsyncEventStoreDBClient(node.connection_string)
    await client.connect()
    yield client
    await client.close()


@pytest.fixture
def names() -> Names:
    """Names of this test."""
    return Names("")


class TestFaultsProtocolCheck:
    """What goes wrong between us and the server."""

    @pytest.mark.parametrize("lost", [1, 2, ALL_RETRIES])
    @pytest.mark.parametrize("fault", [Faults.lose_answers, Faults.refuse_appends])
    async def test_an_append_that_was_not_answered_is_repeated_with_one_effect(
        self, node: StandIn, store: EventStoreDbEventStore, names: Names, fault: Fault, lost: int
    ) -> None:
        stream, created, changed = names.stream(), names.events(2), names.events(2)
        for expected, events in ((Expect.NO_STREAM, created), (1, changed)):
            fault(node.faults, lost)
            if lost == ALL_RETRIES:
                with pytest.raises(StoreUnavailableError):
                    await store.append(stream, expected, events)
                fault(node.faults, 0)
            appended = await store.append(stream, expected, events)
            assert appended.revision == (await store.read_stream_backwards(stream))[0].revision
            assert appended.position == await store.head()

        assert ids(await read_whole_stream(store, stream)) == ids([*created, *changed])

    async def test_a_dropped_subscription_resumes_without_loss_or_repeat(
        self, node: StandIn, store: EventStoreDbEventStore, names: Names
    ) -> None:
        streams = [names.stream("model"), names.stream("other")]
        await store.append(streams[0], Expect.ANY, names.events(3))
        following = [
            asyncio.create_task(follow_until(store, 43, after=0, categories=["model"])),
            asyncio.create_task(follow_until(store, 83, after=0)),
        ]
        for turn in range(40):
            for stream in streams:
                await store.append(stream, Expect.ANY, names.events(1))
            if turn % 10 == 5:
                node.faults.drop_subscriptions()

        log = await read_whole_log(store, after=0)
        assert await following[0] == [event for event in log if event.category == "model"]
        assert await following[1] == log

    async def test_a_server_restart_is_survived_by_readers_writers_and_followers(
        self, node: StandIn, store: EventStoreDbEventStore, names: Names
    ) -> None:
        stream = names.stream()
        following = asyncio.create_task(follow_until(store, 60, after=0))
        for revision in range(-1, 59):
            if revision % 20 == 9:
                await node.restart()
            expected = Expect.NO_STREAM if revision < 0 else revision
            await store.append(stream, expected, names.events(1))
            if revision % 20 == 15:
                await node.restart()
                assert len(await store.read_stream(stream)) == revision + 2

        assert await following == await read_whole_log(store, after=0)
        assert len(await following) == 60

    async def test_without_a_server_every_call_says_so_and_a_follower_waits(
        self, node: StandIn, store: EventStoreDbEventStore, names: Names
    ) -> None:
        stream, events = names.stream(), names.events(1)
        await store.append(stream, Expect.NO_STREAM, events)
        pages = store.follow(after=0)
        assert ids((await anext(pages)).events) == ids(events)
        await node.stop()

        with pytest.raises(StoreUnavailableError):
            await store.append(stream, 0, names.events(1))
        with pytest.raises(StoreUnavailableError):
            await store.read_stream(stream)
        with pytest.raises(StoreUnavailableError):
            await store.read_log()
        waiting = asyncio.ensure_future(anext(pages))
        await node.start()
        await store.append(stream, 0, [later := names.event()])

        assert ids((await waiting).events) == [later.id]
        await as_generator(pages).aclose()

    async def test_a_silent_connection_is_noticed(
        self,
        node: StandIn,
        store: EventStoreDbEventStore,
        names: Names,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """A peer that vanished without closing its connection sends nothing, for ever."""
        monkeypatch.setattr(esdb_client, "KEEPALIVE_SECONDS", 0.3)
        async with silencer(node.port) as relay:
            behind = await EventStoreDbEventStore.open(f"esdb://127.0.0.1:{relay.port}?Tls=false")
            first, second = names.events(2)
            await store.append("model-1", Expect.NO_STREAM, [first])
            pages = behind.follow()
            assert ids((await anext(pages)).events) == [first.id]

            # Data sets off pings of its own; once they are answered only a keepalive asks.
            await asyncio.sleep(QUIET_SECONDS)
            relay.silence()
            await store.append("model-1", 0, [second])

            assert ids((await anext(pages)).events) == [second.id]
            await as_generator(pages).aclose()
            await behind.close()

    async def test_a_call_on_a_silent_connection_is_repeated_over_a_new_one(
        self, node: StandIn, names: Names, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(esdb_client, "APPEND_SECONDS_MAX", 0.2)
        monkeypatch.setattr(esdb_client, "READ_SECONDS_MAX", 0.2)
        async with silencer(node.port) as relay:
            behind = await EventStoreDbEventStore.open(f"esdb://127.0.0.1:{relay.port}?Tls=false")
            await behind.append("model-1", Expect.NO_STREAM, names.events(1))
            relay.silence()
            assert (await behind.append("model-1", 0, names.events(1))).revision == 1
            relay.silence()
            assert len(await behind.read_stream("model-1")) == 2
            await behind.close()

    async def test_a_cancelled_read_is_no_short_page(
        self, store: EventStoreDbEventStore, names: Names
    ) -> None:
        await store.append("model-1", Expect.ANY, names.events(500))
        for steps in range(0, 90, 5):
            reading = asyncio.ensure_future(store.read_stream("model-1"))
            for _ in range(steps):
                await asyncio.sleep(0)
            reading.cancel()
            await asyncio.wait([reading])
            assert reading.cancelled() or len(reading.result()) == 500

    async def test_a_read_that_another_callers_reconnect_cut_off_is_no_short_page(
        self, store: EventStoreDbEventStore, names: Names
    ) -> None:
        await store.append("model-1", Expect.ANY, names.events(500))
        for steps in range(0, 90, 10):
            reading = asyncio.ensure_future(store.read_stream("model-1"))
            for _ in range(steps):
                await asyncio.sleep(0)
            await store._connection._client.reconnect()
            assert len(await reading) == 500

    async def test_a_closed_store_says_so_and_ends_its_followers(
        self, store: EventStoreDbEventStore, names: Names
    ) -> None:
        pages = store.follow()
        waiting = asyncio.ensure_future(anext(pages))
        appending = [
            asyncio.ensure_future(store.append(names.stream(), Expect.NO_STREAM, names.events(1)))
            for _ in range(8)
        ]
        await asyncio.wait([waiting], timeout=0.05)
        late = asyncio.ensure_future(store.append("model-x", Expect.ANY, names.events(500)))
        await asyncio.sleep(0)
        await store.close()

        assert (await late).revision == 499
        assert [(await task).revision for task in appending] == [0] * 8
        assert (await waiting).events
        with pytest.raises(StoreUnavailableError):
            await drain(pages)
        for call in (store.head, store.read_log, lambda: store.read_stream("model-1")):
            with pytest.raises(StoreUnavailableError):
                await call()
        with pytest.raises(StoreUnavailableError):
            await store.append("model-1", Expect.ANY, names.events(1))


class TestServersOwnWaysProtocolCheck:
    """Where the server promises less than the SQL adapters, and what it keeps beside our events."""

    async def test_ids_at_the_current_revision_are_appended_again(
        self, store: EventStoreDbEventStore, names: Names
    ) -> None:
        events = names.events(2)
        await store.append("model-1", Expect.NO_STREAM, events)

        assert (await store.append("model-1", 1, events)).revision == 3
        assert (await store.append("model-2", Expect.NO_STREAM, events)).revision == 1

    async def test_ids_at_any_revision_are_recognised_while_the_server_remembers_them(
        self, node: StandIn, store: EventStoreDbEventStore, names: Names
    ) -> None:
        events = names.events(2)
        first = await store.append("model-1", Expect.ANY, events)
        await store.append("model-1", Expect.ANY, names.events(100))

        assert await store.append("model-1", Expect.ANY, events) == first
        with pytest.raises(EventIdTakenError):
            await store.append("model-1", Expect.ANY, [*events, names.event()])

        await node.restart()
        assert (await store.append("model-1", Expect.ANY, events)).revision == 103

    async def test_ids_that_partly_stand_in_their_place_are_named(
        self, store: EventStoreDbEventStore, names: Names
    ) -> None:
        events = names.events(2)
        await store.append("model-1", Expect.NO_STREAM, events)

        with pytest.raises(EventIdTakenError, match=str(events[0].id)):
            await store.append("model-1", Expect.NO_STREAM, [*events, names.event()])

    async def test_a_repeat_that_the_server_does_not_recognise_is_recognised_by_us(
        self, node: StandIn, store: EventStoreDbEventStore, names: Names
    ) -> None:
        created, changed = names.events(3), names.events(2)
        first = await store.append("model-1", Expect.NO_STREAM, created)
        second = await store.append("model-1", 2, changed)
        node.log.compares_ids = False

        assert await store.append("model-1", Expect.NO_STREAM, created) == first
        assert await store.append("model-1", 2, changed) == second
        with pytest.raises(WrongRevisionError):
            await store.append("model-1", 2, names.events(1))

    async def test_the_servers_own_events_are_not_ours(
        self, store: EventStoreDbEventStore, admin: AsyncEventStoreDBClient, names: Names
    ) -> None:
        await admin.set_stream_metadata("model-1", metadata={"note": 1})
        await admin.append_to_stream("$stats-1", current_version=StreamState.ANY, events=note())
        assert await store.head() == 0
        following = asyncio.create_task(follow_until(store, 1, after=0))
        (event,) = names.events(1)
        await store.append("model-1", Expect.NO_STREAM, [event])
        await admin.append_to_stream("$stats-1", current_version=StreamState.ANY, events=note())

        assert ids(await following) == [event.id]
        assert ids(await read_whole_log(store, after=0)) == [event.id]
        assert await store.head() == (await following)[0].position

    async def test_another_programs_event_stops_the_reader(
        self, store: EventStoreDbEventStore, admin: AsyncEventStoreDBClient
    ) -> None:
        await admin.append_to_stream("model-1", current_version=StreamState.ANY, events=note())

        with pytest.raises(StoreError, match="0@model-1 was not written by us"):
            await store.read_log()
        with pytest.raises(StoreError, match="0@model-1 was not written by us"):
            await anext(store.follow())

    async def test_an_administrator_reads_our_events_as_json(
        self, store: EventStoreDbEventStore, admin: AsyncEventStoreDBClient, names: Names
    ) -> None:
        readable = names.event(
            '{"tên":"Ea Kao"}'.encode(), metadata=b'{"actor":"an"}', trace="00-1"
        )
        await store.append("model-1", Expect.NO_STREAM, [readable, names.event(b"\xff")])

        first, second = await admin.get_stream("model-1")

        assert (first.type, first.data) == (readable.type, readable.data)
        assert first.content_type == "application/json"
        assert first.metadata == (
            b'{"dvk":1,"time_us":%d,"trace":"00-1","metadata":{"actor":"an"}}' % readable.time_us
        )
        assert second.content_type == "application/octet-stream"

    async def test_an_append_beyond_the_servers_own_limit_is_refused(
        self, store: EventStoreDbEventStore, names: Names
    ) -> None:
        room = ENTRY_BYTES_MAX - entry_size(names.event(b""), "model-1")
        events = [names.event(b"\xff" * room) for _ in range(16)]

        with pytest.raises(InvalidAppendError, match="MaxAppendSize"):
            await store.append("model-1", Expect.NO_STREAM, events)
        assert (await store.append("model-1", Expect.NO_STREAM, events[:15])).revision == 14

    async def test_a_truncated_stream_is_noticed_when_read(
        self, store: EventStoreDbEventStore, admin: AsyncEventStoreDBClient, names: Names
    ) -> None:
        await store.append("model-1", Expect.NO_STREAM, names.events(5))
        await admin.set_stream_metadata("model-1", metadata={"$tb": 2})

        with pytest.raises(StoreError, match="truncated"):
            await store.read_stream("model-1")
        assert len(await store.read_stream("model-1", after_revision=1)) == 3

    async def test_the_leader_of_a_cluster_is_asked_for(self, node: StandIn, names: Names) -> None:
        several = f"esdb://127.0.0.1:{node.port},127.0.0.1:{node.port}?Tls=false"
        store = await EventStoreDbEventStore.open(several)
        assert (await store.append("model-1", Expect.ANY, names.events(1))).revision == 0
        await store.close()

        with pytest.raises(ValueError, match="leader"):
            await EventStoreDbEventStore.open(f"{node.connection_string}&NodePreference=follower")
        await node.stop()
        with pytest.raises(StoreUnavailableError):
            await EventStoreDbEventStore.open(f"{several}&MaxDiscoverAttempts=1")


class TestAuditOfSettingsProtocolCheck:
    """`doctor` sees what an administrator must not do to our streams."""

    async def test_a_server_used_as_it_should_be_has_no_problem(
        self, store: EventStoreDbEventStore, admin: AsyncEventStoreDBClient, names: Names
    ) -> None:
        await store.append("model-1", Expect.NO_STREAM, names.events(2))
        await admin.set_stream_metadata("model-1", metadata={"$acl": {"$r": "auditors"}})

        assert await store.audit_settings() == []

    @pytest.mark.parametrize("setting", ["$maxAge", "$maxCount", "$tb"])
    async def test_metadata_that_drops_events_is_named_until_it_is_taken_back(
        self, store: EventStoreDbEventStore, admin: AsyncEventStoreDBClient, setting: str
    ) -> None:
        for stream in ("model-1", "$all"):
            await admin.set_stream_metadata(stream, metadata={setting: 3, "$cacheControl": 1})
        problems = await store.audit_settings()
        assert problems == [
            f"stream '$all' has the forbidden metadata {setting}",
            f"stream 'model-1' has the forbidden metadata {setting}",
        ]

        for stream in ("model-1", "$all"):
            await admin.set_stream_metadata(stream, metadata={})
        assert await store.audit_settings() == []

    async def test_deleted_streams_and_scavenges_are_named(
        self, store: EventStoreDbEventStore, admin: AsyncEventStoreDBClient
    ) -> None:
        await admin.append_to_stream(
            "model-1", current_version=StreamState.ANY, events=note("$streamDeleted")
        )
        await admin.append_to_stream(
            "$scavenges", current_version=StreamState.ANY, events=note("$scavengeStarted")
        )

        assert await store.audit_settings() == [
            "stream 'model-1' was deleted",
            "the database was scavenged (1 records of it)",
        ]


class TestStandInProcess:
    """The stand-in as a process, for tests that play a whole year through it."""

    async def test_it_keeps_what_it_answered_for_when_it_is_killed(
        self, tmp_path: Path, names: Names
    ) -> None:
        stream, created, changed = names.stream(), names.events(3), names.events(2)
        async with standin_process(tmp_path / "log") as (process, connection_string):
            store = await EventStoreDbEventStore.open(connection_string)
            first = await store.append(stream, Expect.NO_STREAM, created)
            process.kill()
            await process.wait()
            await store.close()

        async with standin_process(tmp_path / "log") as (_, connection_string):
            store = await EventStoreDbEventStore.open(connection_string)
            assert await store.append(stream, Expect.NO_STREAM, created) == first
            second = await store.append(stream, 2, changed)
            assert second.position > first.position
            found = await read_whole_log(store, after=0)
            assert [as_new(event) for event in found] == [*created, *changed]
            await store.close()


def note(type: str = "Note") -> list[NewRecord]:  # noqa: A002 (the field's own name)
    """An event that is not ours."""
    return [NewRecord(id=UUID(int=7), type=type, data=b"{}")]


async def drain(pages: AsyncGenerator[LogPage, None]) -> None:
    """Take pages until there are no more."""
    async for _ in pages:
        pass
