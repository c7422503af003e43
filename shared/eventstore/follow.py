"""Following a log without polling: a bell that the store rings, and the loop that listens to it."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Final

from shared.eventstore.port import LogPage, StoreUnavailableError

FOLLOW_PAGE_EVENTS: Final = 1024
"""A follower holds one page in memory, however far behind it is."""

BACK_OFF_SECONDS_MIN: Final = 0.05
BACK_OFF_SECONDS_MAX: Final = 5.0


class Bell:
    """Rung whenever the log may have grown. Keeps nothing per append: listeners read the log itself."""

    def __init__(self) -> None:
        self._next = asyncio.Event()
        self._closed = False

    def ring(self) -> None:
        """Wake everyone who listens now."""
        rung, self._next = self._next, asyncio.Event()
        rung.set()

    def next_ring(self) -> asyncio.Event:
        """Set by the first ring from now on. Take it before reading, or an append in between is missed."""
        return self._next

    def close(self) -> None:
        """Wake everyone for the last time: their store is closed."""
        self._closed = True
        self.ring()

    def check_open(self) -> None:
        """Raise StoreUnavailableError once closed."""
        if self._closed:
            raise StoreUnavailableError("the event store is closed")


async def follow_pages(
    read_after: Callable[[int], Awaitable[LogPage]], bell: Bell, after: int
) -> AsyncGenerator[LogPage, None]:
    """Non-empty pages after position `after`, for ever; ends with StoreUnavailableError at close.

    While the store is unavailable it reads again from the last page given, ever less often.
    """
    back_off_seconds = BACK_OFF_SECONDS_MIN
    while True:
        bell.check_open()
        ring = bell.next_ring()
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
            await ring.wait()
