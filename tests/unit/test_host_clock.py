"""The demo clock: pinned by callers, never backwards, kept over a restart."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared.host.clock import DemoClock

PAST = datetime(2025, 2, 3, tzinfo=UTC)
TODAY = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


class Fixed:
    def now(self) -> datetime:
        return TODAY


@pytest.fixture
def clock(tmp_path: Path) -> DemoClock:
    return DemoClock(tmp_path / "clock.json", Fixed())


async def test_untouched_it_is_the_machines_clock(clock: DemoClock) -> None:
    assert clock.now() == TODAY


async def test_the_first_pin_may_be_in_the_past_and_later_ones_only_move_forward(
    clock: DemoClock,
) -> None:
    clock.pin(PAST)
    assert clock.now() == PAST
    clock.pin(PAST + DAY)
    clock.pin(PAST)
    assert clock.now() == PAST + DAY


async def test_it_never_tells_a_time_before_a_recorded_event(clock: DemoClock) -> None:
    clock.observe(PAST + DAY)
    clock.pin(PAST)
    assert clock.now() == PAST + DAY
    clock.observe(PAST + 2 * DAY)
    assert clock.now() == PAST + 2 * DAY


async def test_released_it_follows_the_machine_once_that_has_caught_up(clock: DemoClock) -> None:
    clock.pin(PAST)
    clock.release()
    assert clock.now() == TODAY
    clock.pin(TODAY + DAY)
    clock.release()
    assert clock.now() == TODAY + DAY


async def test_it_survives_a_restart(clock: DemoClock, tmp_path: Path) -> None:
    clock.pin(PAST)
    assert DemoClock(tmp_path / "clock.json", Fixed()).now() == PAST
    clock.release()
    assert DemoClock(tmp_path / "clock.json", Fixed()).now() == TODAY


async def test_whoever_waits_is_woken_by_every_move_and_by_nothing_else(clock: DemoClock) -> None:
    waiting = asyncio.create_task(clock.changed())
    await asyncio.sleep(0)
    clock.pin(PAST)
    async with asyncio.timeout(1):
        await waiting
    waiting = asyncio.create_task(clock.changed())
    await asyncio.sleep(0)
    clock.pin(PAST)
    await asyncio.sleep(0)
    assert not waiting.done()
    clock.release()
    async with asyncio.timeout(1):
        await waiting
