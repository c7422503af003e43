"""Following a log without polling: a bell that the store rings, and the loop that listens to it."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from typing import Final

from shared.eventstore.port import LogPage, StoreUnavailableError

FOLLOW_PAGE_EVENTS: Final = 1024
"""A follower holds one page in memory, however far behind it is."""

BACK_OFF_SECONDS_MIN: Final = 0.05
BACK_OFF_SECONDS_MAX: Final = 5.0


class Bell:
    """Rung whenever the log may have grown. Keeps nothing per append: listeners read the log itself."""

    def __init__(self) -> None:
        self._listeners: dict[asyncio.Event, Collection[str] | None] = {}
        self._closed = False

    def ring(self, categories: AbstractSet[str] | None = None) -> None:
        """Wake who listens to one of `categories`; everyone when they are not known."""
        for rung, wanted in self._listeners.items():
            if categories is None or wanted is None or not categories.isdisjoint(wanted):
                rung.set()

    @contextmanager
    def listening(self, categories: Collection[str] | None) -> Iterator[asyncio.Event]:
        """Set by each ring for `categories` (all when None). Clear it before reading, or an append in
        between is missed.
        """
        rung = asyncio.Event()
        self._listeners[rung] = categories
        try:
            yield rung
        finally:
            del self._listeners[rung]

    def close(self) -> None:
        """Wake everyone for the last time: their store is closed."""
        self._closed = True
        self.ring()

    def check_open(self) -> None:
        """Raise StoreUnavailableError once closed."""
        if self._closed:
            raise StoreUnavailableError("the event store is closed")


async def follow_pages(
    read_after: Callable[[int], Awaitable[LogPage]],
    bell: Bell,
    after: int,
    categories: Collection[str] | None,
) -> AsyncGenerator[LogPage, None]:
    """Non-empty pages after position `after`, for ever; ends with StoreUnavailableError at close.

    `read_after` reads events of `categories`, so appends to others do not wake it. While the store is
    unavailable it reads again from the last page given, ever less often.
    """
    back_off_seconds = BACK_OFF_SECONDS_MIN
    with bell.listening(categories) as rung:
        while True:
            bell.check_open()
            rung.clear()
            try:
                page = await read_after(after)
            except StoreUnavailableError:
                bell.check_open()
                await asyncio.sleep(back_off_seconds)
                back_off_seconds = min(2 * back_off_seconds, BACK_OFF_SECONDS_MAX)
                continue
            back_off_seconds = BACK_OFF_SECONDS_MIN
            after = page.scanned_to
            if page.events:
                yield page
            else:
                await rung.wait()
