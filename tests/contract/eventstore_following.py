"""The event store contract: readers that follow the log while others append."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress

from shared.eventstore.port import EventStore, Expect, LogPage, StoredEvent
from tests.contract.eventstore_kit import (
    Names,
    as_generator,
    check_page,
    follow_until,
    ids,
    read_whole_log,
)

WRITERS = 8
APPENDS = 12
WAKE_SECONDS_MAX = 5
QUIET_SECONDS = 0.2


class FollowingContract:
    """A follower gives each event once, in the order of the log, history and live alike."""

    async def test_many_streams_raced_reach_every_reader_whole_and_in_order(
        self, store: EventStore, peer: EventStore, names: Names, start: int
    ) -> None:
        """Readers that look at every moment would see a position before a lower one that commits late."""
        streams = [names.stream(f"racing{number % 2}") for number in range(WRITERS)]
        batches = {
            stream: [names.events(1 + (number + turn) % 3) for turn in range(APPENDS)]
            for number, stream in enumerate(streams)
        }
        total = sum(len(batch) for written in batches.values() for batch in written)

        async def write(client: EventStore, stream: str) -> None:
            for batch in batches[stream]:
                await client.append(stream, Expect.ANY, batch)

        async def poll() -> list[StoredEvent]:
            seen: list[StoredEvent] = []
            after = start
            while len(seen) < total:
                page = await peer.read_log(after=after, limit=5)
                check_page(page, after)
                seen += page.events
                after = page.scanned_to
            return seen

        async with asyncio.TaskGroup() as group:
            readers = [
                group.create_task(follow_until(store, total, after=start)),
                group.create_task(follow_until(peer, total, after=start)),
                group.create_task(poll()),
            ]
            for number, stream in enumerate(streams):
                group.create_task(write((store, peer)[number % 2], stream))

        log = await read_whole_log(store, after=start)
        assert len(log) == total
        for reader in readers:
            assert reader.result() == log
        for stream, written in batches.items():
            assert ids([event for event in log if event.stream == stream]) == [
                event.id for batch in written for event in batch
            ]

    async def test_a_follower_goes_from_history_into_live_without_loss_or_repeat(
        self, store: EventStore, names: Names, start: int
    ) -> None:
        stream = names.stream()
        await store.append(stream, Expect.NO_STREAM, names.events(30))
        following = asyncio.create_task(follow_until(store, 60, after=start))
        for _ in range(30):
            await store.append(stream, Expect.ANY, names.events(1))

        assert await following == await read_whole_log(store, after=start)

    async def test_a_follower_from_the_head_waits_and_is_woken_by_an_append(
        self, store: EventStore, peer: EventStore, names: Names
    ) -> None:
        await store.append(names.stream(), Expect.NO_STREAM, names.events(3))
        pages = store.follow(after=await store.head())
        waiting = asyncio.ensure_future(anext(pages))
        done, _ = await asyncio.wait([waiting], timeout=QUIET_SECONDS)
        assert not done

        (event,) = names.events(1)
        await peer.append(names.stream(), Expect.NO_STREAM, [event])

        page = await asyncio.wait_for(waiting, WAKE_SECONDS_MAX)
        assert ids(page.events) == [event.id]
        await as_generator(pages).aclose()

    async def test_a_follower_of_categories_sees_them_alone(
        self, store: EventStore, names: Names, start: int
    ) -> None:
        model, models, other = (names.stream(name) for name in ("model", "models", "other"))
        for stream in (model, models, other):
            await store.append(stream, Expect.NO_STREAM, names.events(2))
        chosen = [names.category("model"), names.category("other")]
        following = asyncio.create_task(follow_until(store, 10, after=start, categories=chosen))
        for _ in range(3):
            for stream in (models, model, models, other):
                await store.append(stream, Expect.ANY, names.events(1))

        expected = await read_whole_log(store, after=start, categories=chosen)
        assert await following == expected
        assert {event.stream for event in expected} == {model, other}

    async def test_each_of_several_followers_starts_where_it_asks_to(
        self, store: EventStore, peer: EventStore, names: Names, start: int
    ) -> None:
        stream = names.stream()
        await store.append(stream, Expect.NO_STREAM, names.events(6))
        log = await read_whole_log(store, after=start)
        followers = [
            asyncio.create_task(follow_until(client, 9 - number, after=log[number - 1].position))
            for number in (1, 3, 6)
            for client in (store, peer)
        ]
        await store.append(stream, Expect.ANY, names.events(3))

        log = await read_whole_log(store, after=start)
        seen = await asyncio.gather(*followers)

        assert seen == [log[number:] for number in (1, 3, 6) for _ in range(2)]

    async def test_a_follower_resumes_from_any_page_it_was_given(
        self, store: EventStore, names: Names, start: int
    ) -> None:
        for _ in range(4):
            await store.append(names.stream(), Expect.NO_STREAM, names.events(3))
        log = await read_whole_log(store, after=start)

        for event in log[:-1]:
            rest = [later for later in log if later.position > event.position]
            assert await follow_until(store, len(rest), after=event.position) == rest

    async def test_a_follower_that_waits_ends_when_it_is_cancelled_and_the_store_goes_on(
        self, store: EventStore, names: Names
    ) -> None:
        """Cancelled while waiting for the log, and closed between two pages: both leave nothing behind."""
        after = await store.head()
        pages: AsyncGenerator[LogPage, None] = store.follow(after=after)
        waiting = asyncio.ensure_future(anext(pages))
        await asyncio.wait([waiting], timeout=QUIET_SECONDS)
        waiting.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.wait_for(waiting, WAKE_SECONDS_MAX)
        assert waiting.cancelled()
        await as_generator(pages).aclose()

        await store.append(names.stream(), Expect.NO_STREAM, names.events(2))

        assert len(await follow_until(store, 2, after=after)) == 2

    async def test_a_slow_follower_does_not_hold_up_writers_and_loses_nothing(
        self, store: EventStore, names: Names, start: int
    ) -> None:
        stream = names.stream()
        await store.append(stream, Expect.NO_STREAM, names.events(1))
        pages = as_generator(store.follow(after=start))
        seen = list((await anext(pages)).events)

        for _ in range(20):
            await store.append(stream, Expect.ANY, names.events(100))
        while len(seen) < 2001:
            seen += (await anext(pages)).events

        await pages.aclose()
        assert seen == await read_whole_log(store, after=start)
