"""kill -9 at every durable step: nothing acknowledged is lost, nothing happens twice."""

import asyncio
import random
import signal
import sys
from pathlib import Path

import pytest

from shared.bus.inprocess import InProcessBus
from shared.eventstore.sqlite import SqliteEventStore
from tests.support.delivery import Faults, depot_service, parcels_service, running, streams
from tests.support.delivery_child import POINTS, REBUILDING
from tests.support.playing import seeds

PARCELS_MORE = 2
"""Parcels that each run sends on top of those before, so that every run passes every step."""

RUN_SECONDS_MAX = 60


class Runs:
    """Processes over one folder, one after the other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.parcels = 0
        self.acknowledged: set[int] = set()

    async def run(self, point: str, nth: int) -> int:
        """A process that dies when it passes `point` for the nth time: how it ended."""
        self.parcels += PARCELS_MORE
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.support.delivery_child",
            str(self.folder),
            point,
            str(nth),
            str(self.parcels),
            stdout=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(RUN_SECONDS_MAX):
            output, _ = await process.communicate()
        lines = output.splitlines()
        self.acknowledged |= {int(line.split()[1]) for line in lines if line.startswith(b"ack")}
        assert process.returncode is not None
        return process.returncode


@pytest.mark.parametrize("seed", seeds(1))
async def test_crashes_at_every_durable_step_lose_nothing_and_double_nothing(
    tmp_path: Path, seed: int
) -> None:
    folder, chance = tmp_path / "live", random.Random(seed)  # noqa: S311 - repeatable
    folder.mkdir()
    runs, points = Runs(folder), list(POINTS)
    chance.shuffle(points)
    # Rebuilds first: after them nothing mends the rows that live events left.
    points.sort(key=lambda point: not point.startswith(REBUILDING))
    for point in points:
        ended = await runs.run(point, nth=chance.randint(1, 3))
        assert ended in {0, -signal.SIGKILL}, point
        if ended == 0:
            # It was passed less often than that; after a run to the end, it is passed once for sure.
            assert await runs.run(point, nth=1) == -signal.SIGKILL, point
        await no_acknowledged_parcel_is_missing(folder, runs.acknowledged)
    assert await runs.run("never", 0) == 0
    await everything_is_there_once(folder, tmp_path / "fresh", runs.parcels)


async def no_acknowledged_parcel_is_missing(folder: Path, acknowledged: set[int]) -> None:
    store = await SqliteEventStore.open(folder / "log.db")
    parcels = await streams(store, "parcel")
    await store.close()
    assert {f"parcel-{number}" for number in acknowledged} <= set(parcels)


async def everything_is_there_once(folder: Path, fresh: Path, count: int) -> None:
    store = await SqliteEventStore.open(folder / "log.db")
    try:
        parcels, shelves = await streams(store, "parcel"), await streams(store, "shelf")
        assert {name: len(events) for name, events in parcels.items()} == {
            f"parcel-{number}": 2 for number in range(count)
        }
        assert {name: len(events) for name, events in shelves.items()} == {
            f"shelf-{number}": 3 for number in range(count)
        }
        live = await rows(store, folder)
        assert live == await rows(store, fresh)
        assert live[2] == sorted(
            (f"parcel-{n}", f"T{n % 3}", 1, f"shelf-{n}") for n in range(count)
        )
    finally:
        await store.close()


async def rows(store: SqliteEventStore, folder: Path) -> list[list[tuple[object, ...]]]:
    url, bus = f"sqlite:///{folder}", InProcessBus()
    async with (
        running(parcels_service(), store, bus, url) as parcels,
        running(depot_service(Faults()), store, bus, url) as depot,
    ):
        await parcels.caught_up()
        await depot.caught_up()
        assert not await parcels.worker.parking.list()
        assert not await depot.worker.parking.list()
        return [
            await parcels.rows("sent"),
            await parcels.rows("totals"),
            await depot.rows("expected"),
        ]
