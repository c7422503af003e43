"""What the event store contract is written with: names, events, and readers that check as they read."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Sequence
from itertools import pairwise
from typing import cast
from uuid import NAMESPACE_URL, UUID, uuid5

from shared.eventstore.port import (
    READ_LIMIT_MAX,
    EventStore,
    LogPage,
    NewEvent,
    StoredEvent,
)

Opener = Callable[[], Awaitable[EventStore]]
"""Opens one more client on the data of the running test; the suite closes it."""

TIME_US = 1_767_225_600_000_000


class Names:
    """Names and ids that no other test has used, so that a shared server may hold several runs.

    `run` marks the run in every name; empty where each test has data of its own.
    """

    def __init__(self, run: str) -> None:
        self.run = run
        self._made = 0

    def category(self, name: str = "model") -> str:
        """A category of this test; categories made from prefixes stay prefixes."""
        return f"{self.run}{name}"

    def stream(self, category: str = "model") -> str:
        """A stream of `category` that does not exist yet."""
        return f"{self.category(category)}-{self._next()}"

    def event(
        self,
        data: bytes = b"{}",
        *,
        type: str = "dvk.registration.ModelRegistered.v1",  # noqa: A002 (the field's own name)
        metadata: bytes = b'{"actor":"an"}',
        trace: str = "",
    ) -> NewEvent:
        """A new event with an id of its own."""
        number = self._next()
        event_id = uuid5(NAMESPACE_URL, f"{self.run}/{number}")
        return NewEvent(event_id, type, TIME_US + number, data, metadata, trace)

    def events(self, count: int) -> list[NewEvent]:
        """`count` new events that can be told apart by their data."""
        return [self.event(b'{"n":%d}' % number) for number in range(count)]

    def _next(self) -> int:
        self._made += 1
        return self._made


def ids(events: Sequence[NewEvent | StoredEvent]) -> list[UUID]:
    """The ids of `events`, in order."""
    return [event.id for event in events]


def as_new(event: StoredEvent) -> NewEvent:
    """What was appended to make `event`."""
    return NewEvent(event.id, event.type, event.time_us, event.data, event.metadata, event.trace)


async def read_whole_stream(
    store: EventStore, stream: str, limit: int = READ_LIMIT_MAX
) -> list[StoredEvent]:
    """All of `stream`, page by page, with its revisions checked to have no gap."""
    found: list[StoredEvent] = []
    while page := await store.read_stream(stream, after_revision=len(found) - 1, limit=limit):
        assert len(page) <= limit
        found += page
    assert [event.revision for event in found] == list(range(len(found)))
    assert {event.stream for event in found} <= {stream}
    return found


async def read_whole_log(
    store: EventStore,
    *,
    after: int,
    categories: Collection[str] | None = None,
    limit: int = READ_LIMIT_MAX,
) -> list[StoredEvent]:
    """The log after `after`, page by page until one is empty, each page checked."""
    found: list[StoredEvent] = []
    while True:
        page = await store.read_log(after=after, categories=categories, limit=limit)
        check_page(page, after, limit)
        if not page.events:
            return found
        found += page.events
        after = page.scanned_to


def check_page(page: LogPage, after: int, limit: int = READ_LIMIT_MAX) -> None:
    """A page read forwards: within its limit, increasing, and never looking back."""
    positions = [after, *(event.position for event in page.events)]
    assert len(page.events) <= limit
    assert all(low < high for low, high in pairwise(positions))
    assert page.scanned_to >= positions[-1]


def as_generator(pages: object) -> AsyncGenerator[LogPage, None]:
    """A follower with its `aclose`: every adapter's follower is an asynchronous generator."""
    return cast("AsyncGenerator[LogPage, None]", pages)


async def follow_until(
    store: EventStore,
    count: int,
    *,
    after: int,
    categories: Collection[str] | None = None,
) -> list[StoredEvent]:
    """The first `count` events a follower gives after `after`, each page checked."""
    found: list[StoredEvent] = []
    pages = as_generator(store.follow(after=after, categories=categories))
    try:
        while len(found) < count:
            page = await anext(pages)
            assert page.events, "a follower gives no empty page"
            check_page(page, after)
            found += page.events
            after = page.scanned_to
    finally:
        await pages.aclose()
    return found
