"""Who a bell wakes: followers of what was appended, and nobody else."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import suppress
from uuid import UUID

import pytest

from shared.eventstore.follow import Bell, follow_pages
from shared.eventstore.port import LogPage, StoredEvent, StoreUnavailableError

EVENT = StoredEvent(UUID(int=1), "dvk.t.T.v1", 0, b"{}", b"{}", "", "model-1", 0, 1)
WAKE_SECONDS_MAX = 5
TURNS = 5
"""Turns of the loop after which whoever was woken has read."""


class Follower:
    """Follows a log that has no events, and counts how often it looked."""

    def __init__(self, bell: Bell, categories: Collection[str] | None) -> None:
        self.looks = 0
        self.pages = follow_pages(self._look, bell, 0, categories)
        self.waiting = asyncio.ensure_future(anext(self.pages))
        self.log: list[StoredEvent] = []

    async def _look(self, after: int) -> LogPage:
        self.looks += 1
        return LogPage([event for event in self.log if event.position > after], after)


@pytest.fixture
def bell() -> Bell:
    return Bell()


@pytest.fixture
async def models(bell: Bell) -> AsyncIterator[Follower]:
    follower = Follower(bell, ["model", "movement"])
    await turns()
    yield follower
    follower.waiting.cancel()
    with suppress(asyncio.CancelledError, StoreUnavailableError):
        await follower.waiting
    await follower.pages.aclose()


async def turns() -> None:
    for _ in range(TURNS):
        await asyncio.sleep(0)


async def test_an_append_to_other_categories_wakes_nobody(bell: Bell, models: Follower) -> None:
    bell.ring({"case", "notice"})
    await turns()
    assert models.looks == 1


@pytest.mark.parametrize("rung", [{"model"}, {"case", "movement"}, None])
async def test_an_append_that_may_concern_it_wakes_a_follower(
    bell: Bell, models: Follower, rung: set[str] | None
) -> None:
    models.log.append(EVENT)
    bell.ring(rung)
    assert (await models.waiting).events == [EVENT]


async def test_a_follower_of_everything_is_always_woken(bell: Bell) -> None:
    follower = Follower(bell, None)
    await turns()
    follower.log.append(EVENT)
    bell.ring({"case"})
    assert (await follower.waiting).events == [EVENT]
    await follower.pages.aclose()


async def test_a_ring_while_it_looks_is_not_missed(bell: Bell) -> None:
    log: list[StoredEvent] = []

    async def look(after: int) -> LogPage:
        seen = LogPage(list(log), after)
        if not log:
            log.append(EVENT)
            bell.ring({"model"})
        return seen

    pages = follow_pages(look, bell, 0, ["model"])
    async with asyncio.timeout(WAKE_SECONDS_MAX):
        assert (await anext(pages)).events == [EVENT]
    await pages.aclose()


async def test_a_closed_bell_ends_every_follower(bell: Bell, models: Follower) -> None:
    bell.close()
    with pytest.raises(StoreUnavailableError):
        await models.waiting


async def test_a_follower_that_ended_is_woken_no_more(bell: Bell) -> None:
    follower = Follower(bell, ["model"])
    await turns()
    follower.waiting.cancel()
    with suppress(asyncio.CancelledError):
        await follower.waiting
    await follower.pages.aclose()
    bell.ring({"model"})
    await turns()
    assert follower.looks == 1
