"""The event store contract: pages of a stream and of the log, both ways, by category."""

from collections.abc import Collection

import pytest

from shared.domain.logentry import category_of
from shared.eventstore.port import READ_LIMIT_MAX, EventStore, Expect, StoredEvent
from tests.contract.eventstore_kit import Names, ids, read_whole_log, read_whole_stream


class ReadingContract:
    """Reading gives what was appended, in order, whatever the page size."""

    @pytest.mark.parametrize("limit", [1, 3, 7, 100])
    async def test_a_stream_is_read_in_pages_both_ways(
        self, store: EventStore, names: Names, limit: int
    ) -> None:
        stream, events = names.stream(), names.events(7)
        await store.append(stream, Expect.NO_STREAM, events)
        await store.append(names.stream(), Expect.NO_STREAM, names.events(2))

        forwards = await read_whole_stream(store, stream, limit)
        backwards: list[StoredEvent] = []
        before: int | None = None
        while page := await store.read_stream_backwards(
            stream, before_revision=before, limit=limit
        ):
            assert len(page) <= limit
            backwards += page
            before = page[-1].revision

        assert ids(forwards) == ids(events)
        assert backwards == forwards[::-1]

    async def test_a_stream_that_does_not_exist_or_has_ended_reads_empty(
        self, store: EventStore, names: Names
    ) -> None:
        stream = names.stream()
        await store.append(stream, Expect.NO_STREAM, names.events(2))

        assert not await store.read_stream(names.stream())
        assert not await store.read_stream_backwards(names.stream())
        assert not await store.read_stream(stream, after_revision=1)
        assert not await store.read_stream(stream, after_revision=500)
        assert not await store.read_stream_backwards(stream, before_revision=0)
        assert len(await store.read_stream_backwards(stream, before_revision=500)) == 2

    @pytest.mark.parametrize("limit", [1, 4, 100])
    async def test_the_log_is_read_in_pages_both_ways_in_the_order_of_the_appends(
        self, store: EventStore, names: Names, start: int, limit: int
    ) -> None:
        first, second = names.stream("model"), names.stream("ballot")
        batches = [names.events(count) for count in (2, 3, 1, 2)]
        for stream, batch in zip([first, second, first, second], batches, strict=True):
            await store.append(stream, Expect.ANY, batch)

        forwards = await read_whole_log(store, after=start, limit=limit)

        assert ids(forwards) == [event.id for batch in batches for event in batch]
        assert await read_back(store, down_to=start, limit=limit) == forwards[::-1]
        assert await store.head() == forwards[-1].position

    async def test_the_log_is_read_from_any_event_on_and_from_any_event_back(
        self, store: EventStore, names: Names, start: int
    ) -> None:
        await store.append(names.stream("model"), Expect.NO_STREAM, names.events(3))
        await store.append(names.stream("ballot"), Expect.NO_STREAM, names.events(2))
        log = await read_whole_log(store, after=start)

        for number, event in enumerate(log):
            after = await store.read_log(after=event.position)
            before = await store.read_log_backwards(before=event.position, limit=number + 1)
            assert list(after.events) == log[number + 1 :]
            assert [e for e in before.events if e.position > start] == log[:number][::-1]

    async def test_a_category_is_read_alone_even_where_another_starts_like_it(
        self, store: EventStore, names: Names, start: int
    ) -> None:
        categories = [names.category(name) for name in ("model", "models", "mode", "a.b", "axb")]
        streams = [f"{category}-{number}" for number in (1, 2) for category in categories]
        streams += [f"{categories[0]}-{categories[1]}-3", f"{categories[0]}-", categories[0]]
        for stream in streams:
            await store.append(stream, Expect.NO_STREAM, names.events(2))
        log = await read_whole_log(store, after=start)
        assert len(log) == 2 * len(streams)

        for chosen in [[category] for category in categories] + [categories[:2], categories]:
            expected = [event for event in log if category_of(event.stream) in chosen]
            for limit in (1, 4, 100):
                forwards = await read_whole_log(store, after=start, categories=chosen, limit=limit)
                assert forwards == expected
                assert (
                    await read_back(store, down_to=start, limit=limit, categories=chosen)
                    == expected[::-1]
                )

    async def test_a_category_nobody_writes_and_no_category_at_all_read_empty(
        self, store: EventStore, names: Names, start: int
    ) -> None:
        await store.append(names.stream("model"), Expect.NO_STREAM, names.events(2))

        nobody, stream = {names.category("nobody")}, names.stream("model")
        await store.append(stream, Expect.NO_STREAM, names.events(1))
        for categories in (nobody, {stream}, (), frozenset[str]()):
            page = await store.read_log(after=start, categories=categories)
            assert not page.events
            assert page.scanned_to >= start
            assert not (await store.read_log_backwards(categories=categories)).events

    async def test_a_reader_that_goes_on_from_where_it_looked_to_misses_nothing(
        self, store: EventStore, names: Names, start: int
    ) -> None:
        rare, busy = names.stream("rare"), names.stream("busy")
        categories = [names.category("rare")]
        await store.append(busy, Expect.ANY, names.events(20))
        looked_to = (await store.read_log(after=start, categories=categories)).scanned_to
        await store.append(rare, Expect.ANY, names.events(1))
        await store.append(busy, Expect.ANY, names.events(20))

        (found,) = (await store.read_log(after=looked_to, categories=categories)).events

        assert found.stream == rare
        assert not (await store.read_log(after=found.position, categories=categories)).events

    async def test_no_page_is_larger_than_the_limit_of_the_store(
        self, store: EventStore, names: Names, start: int
    ) -> None:
        stream, appended = names.stream(), 0
        while appended <= READ_LIMIT_MAX:
            await store.append(stream, Expect.ANY, names.events(500))
            appended += 500

        wide = READ_LIMIT_MAX * 2
        assert len(await store.read_stream(stream, limit=wide)) == READ_LIMIT_MAX
        assert len(await store.read_stream_backwards(stream, limit=wide)) == READ_LIMIT_MAX
        assert 0 < len((await store.read_log(after=start, limit=wide)).events) <= READ_LIMIT_MAX
        assert 0 < len((await store.read_log_backwards(limit=wide)).events) <= READ_LIMIT_MAX
        assert len(await read_whole_log(store, after=start)) == appended


async def read_back(
    store: EventStore, *, down_to: int, limit: int, categories: Collection[str] | None = None
) -> list[StoredEvent]:
    """The log from its end down to position `down_to`, page by page, each page checked."""
    found: list[StoredEvent] = []
    before: int | None = None
    while True:
        page = await store.read_log_backwards(before=before, categories=categories, limit=limit)
        positions = [event.position for event in page.events]
        assert len(positions) <= limit
        assert positions == sorted(positions, reverse=True)
        assert not positions or page.scanned_to <= positions[-1]
        kept = [event for event in page.events if event.position > down_to]
        found += kept
        if not page.events or len(kept) < len(page.events):
            return found
        before = page.scanned_to
