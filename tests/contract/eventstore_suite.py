"""The event store contract, for every adapter.

An adapter's test module subclasses `EventStoreContract` (and `UniqueIdsContract`, `EmptyStoreContract`
where they hold) and supplies the fixture `opener`. Each test gets data of its own, or, on a
server shared between tests, names of its own (fixture `run`).
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import ClassVar

import pytest

from shared.eventstore.port import START, EventIdTakenError, EventStore, Expect
from tests.contract.eventstore_appending import AppendingContract
from tests.contract.eventstore_following import FollowingContract
from tests.contract.eventstore_kit import Names, Opener, ids, read_whole_log, read_whole_stream
from tests.contract.eventstore_reading import ReadingContract

TEST_SECONDS_MAX = 30
"""A test that waits longer than this for an event will not get it."""

Reopen = Callable[[], Awaitable[EventStore]]
"""Closes `store` and opens the same data again."""


class EventStoreContract(AppendingContract, ReadingContract, FollowingContract):
    """What every adapter promises.

    Subclasses supply the fixture `opener` (see Opener): each call opens a client on the same data.
    `two_clients` says whether two may be open at once; where not, `peer` is the store itself.
    """

    two_clients: ClassVar[bool] = True

    @pytest.fixture
    def run(self) -> str:
        """Marks this run's names on a server that outlives it; no hyphen."""
        return ""

    @pytest.fixture
    def names(self, run: str) -> Names:
        """Names of this test."""
        return Names(run)

    @pytest.fixture
    async def opened(self, opener: Opener) -> AsyncIterator[Callable[[], Awaitable[EventStore]]]:
        """Opens clients and closes them after the test."""
        async with AsyncExitStack() as stack, asyncio.timeout(TEST_SECONDS_MAX):

            async def opened() -> EventStore:
                store = await opener()
                stack.push_async_callback(store.close)
                return store

            yield opened

    @pytest.fixture
    async def store(self, opened: Callable[[], Awaitable[EventStore]]) -> EventStore:
        """The store under test."""
        return await opened()

    @pytest.fixture
    async def peer(
        self, store: EventStore, opened: Callable[[], Awaitable[EventStore]]
    ) -> EventStore:
        """Another client on the same data."""
        return await opened() if self.two_clients else store

    @pytest.fixture
    def reopen(self, store: EventStore, opened: Callable[[], Awaitable[EventStore]]) -> Reopen:
        """See Reopen."""

        async def reopen() -> EventStore:
            await store.close()
            return await opened()

        return reopen

    @pytest.fixture
    async def start(self, store: EventStore) -> int:
        """The head before the test: START where its data is its own."""
        return await store.head()

    async def test_what_was_appended_is_there_after_the_store_was_closed_and_opened_again(
        self, store: EventStore, reopen: Reopen, names: Names, start: int
    ) -> None:
        stream, events = names.stream(), names.events(3)
        appended = await store.append(stream, Expect.NO_STREAM, events)

        again = await reopen()

        assert ids(await read_whole_stream(again, stream)) == ids(events)
        assert ids(await read_whole_log(again, after=start)) == ids(events)
        assert await again.append(stream, Expect.NO_STREAM, events) == appended
        assert (await again.append(stream, 2, names.events(1))).revision == 3

    async def test_a_store_can_be_closed_twice(self, store: EventStore) -> None:
        await store.close()
        await store.close()


class EmptyStoreContract:
    """What holds in a store that nobody has appended to."""

    async def test_an_empty_store_is_at_its_start(self, store: EventStore) -> None:
        assert await store.head() == START
        assert not (await store.read_log()).events
        assert (await store.read_log()).scanned_to == START
        assert not (await store.read_log_backwards()).events
        assert not await store.read_stream("model-1")
        assert not await store.read_stream_backwards("model-1")

    async def test_positions_are_greater_than_the_start(
        self, store: EventStore, names: Names
    ) -> None:
        await store.append(names.stream(), Expect.NO_STREAM, names.events(1))

        (event,) = (await store.read_log(after=START)).events

        assert event.position > START


class UniqueIdsContract:
    """An event id stands once in the whole log, and "any" is idempotent: the SQL adapters' promise."""

    async def test_the_same_ids_at_any_revision_give_the_first_result(
        self, store: EventStore, names: Names
    ) -> None:
        stream, events = names.stream(), names.events(2)
        first = await store.append(stream, Expect.ANY, events)
        await store.append(stream, Expect.ANY, names.events(3))

        assert await store.append(stream, Expect.ANY, events) == first
        assert len(await read_whole_stream(store, stream)) == 5

    async def test_ids_that_stand_in_another_stream_are_refused(
        self, store: EventStore, names: Names
    ) -> None:
        events = names.events(2)
        await store.append(names.stream(), Expect.NO_STREAM, events)

        for expected in (Expect.NO_STREAM, Expect.ANY):
            other = names.stream()
            with pytest.raises(EventIdTakenError):
                await store.append(other, expected, [names.event(), events[1]])
            assert not await store.read_stream(other)

    async def test_the_same_ids_with_the_current_revision_are_refused(
        self, store: EventStore, names: Names
    ) -> None:
        stream, events = names.stream(), names.events(2)
        await store.append(stream, Expect.NO_STREAM, events)

        for repeated in (events, [events[1], names.event()], [names.event(), events[0]]):
            with pytest.raises(EventIdTakenError):
                await store.append(stream, 1, repeated)
        assert ids(await read_whole_stream(store, stream)) == ids(events)

    async def test_ids_that_partly_stand_are_refused_at_any_revision(
        self, store: EventStore, names: Names
    ) -> None:
        stream, events = names.stream(), names.events(2)
        await store.append(stream, Expect.ANY, events)

        for repeated in ([*events, names.event()], [names.event(), *events], events[::-1]):
            with pytest.raises(EventIdTakenError):
                await store.append(stream, Expect.ANY, repeated)
        assert ids(await read_whole_stream(store, stream)) == ids(events)
