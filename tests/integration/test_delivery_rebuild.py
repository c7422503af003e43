"""Read models are built from the log while the one before serves, and are always the same."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.bus.inprocess import InProcessBus
from shared.eventstore.port import EventStore
from shared.eventstore.sqlite import SqliteEventStore
from shared.host import worker
from shared.host.consumer import NotRunningError
from shared.host.database import ReadModelBuildingError
from shared.host.rebuild import Progress
from shared.host.state import StaleWorkerError
from tests.support.delivery import (
    WAIT_SECONDS,
    Faults,
    at_work,
    depot_service,
    mark,
    opened,
    parcels_service,
    running,
    send,
)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteEventStore]:
    store = await SqliteEventStore.open(tmp_path / "log.db")
    yield store
    await store.close()


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/live"


async def test_a_rebuild_while_events_flow_equals_a_fresh_build(
    store: EventStore, url: str, tmp_path: Path
) -> None:
    bus, faults = InProcessBus(), Faults()
    async with (
        running(parcels_service(), store, bus, url) as parcels,
        running(depot_service(faults), store, bus, url) as depot,
    ):
        for number in range(50):
            await send(parcels.executor, f"before-{number}")
        await depot.caught_up()

        async def flow() -> None:
            for number in range(50):
                await send(parcels.executor, f"during-{number}", to=f"T{number % 3}")
                await mark(parcels.executor, f"during-{number}")

        seen: list[Progress] = []
        flowing = asyncio.create_task(flow())
        for _ in range(3):
            await parcels.worker.rebuild(seen.append)
            await depot.worker.rebuild(seen.append)
            assert len(await parcels.rows("sent")) >= 50, "it serves all the while"
        await flowing
        await parcels.caught_up()
        await depot.caught_up()
        live = [
            await parcels.rows("sent"),
            await parcels.rows("totals"),
            await depot.rows("expected"),
        ]
        assert not [*await parcels.worker.parking.list(), *await depot.worker.parking.list()]
        assert seen
        assert all(progress.position <= progress.head for progress in seen)
    assert len(faults.reacted) == 150, "a rebuild makes no reaction run again"

    fresh_url = f"sqlite:///{tmp_path}/fresh"
    async with (
        running(parcels_service(), store, InProcessBus(), fresh_url) as parcels,
        running(depot_service(Faults()), store, InProcessBus(), fresh_url) as depot,
    ):
        await parcels.caught_up()
        await depot.caught_up()
        fresh = [
            await parcels.rows("sent"),
            await parcels.rows("totals"),
            await depot.rows("expected"),
        ]
    assert live == fresh
    assert len(fresh[0]) == 100


async def test_a_new_version_builds_a_new_generation_and_drops_the_old(
    store: EventStore, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "GRACE_SECONDS", 0.2)
    async with running(parcels_service(), store, InProcessBus(), url) as parcels:
        await send(parcels.executor, "1")
        await mark(parcels.executor, "1", "fragile")
        await parcels.caught_up()

    async with opened(parcels_service(version=2), store, InProcessBus(), url) as parcels:
        assert await parcels.rows("totals") == [("Lan", 1, 2)], "the old one serves until then"

    async with opened(
        parcels_service(version=2, extra=True), store, InProcessBus(), url
    ) as parcels:
        with pytest.raises(ReadModelBuildingError):
            await parcels.rows("sent")  # it has no column `notes` yet
        async with at_work(parcels.worker):
            await parcels.caught_up()
            assert await parcels.rows("sent") == [("parcel-1", "Lan", 2, 1, "fragile")]
            async with asyncio.timeout(WAIT_SECONDS):
                while len(left := await parcels.database.state.generations()) > 1:  # noqa: ASYNC110 - rows
                    await asyncio.sleep(0.01)
            assert [row.number for row in left] == [2]
            assert not list((tmp_path / "live").glob("parcels.read-1.db*"))


async def test_a_build_that_was_cut_off_goes_on_at_the_next_start(
    store: EventStore, url: str
) -> None:
    async with opened(parcels_service(), store, InProcessBus(), url) as parcels:
        for number in range(5):
            await send(parcels.executor, str(number))
        first = await parcels.database.begin_generation()
        page = await store.read_log(categories=["parcel"], limit=2)
        await first.apply(0, page.scanned_to)
        await first.close()
        again = await parcels.database.begin_generation()
        assert (again.number, await again.position()) == (first.number, page.scanned_to)
        await again.close()
    async with opened(parcels_service(version=2), store, InProcessBus(), url) as parcels:
        other = await parcels.database.begin_generation()
        assert await other.position() == 0, "what another declaration began is of no use"
        await other.close()


async def test_a_stale_worker_cannot_move_rows_or_checkpoints(store: EventStore, url: str) -> None:
    async with opened(parcels_service(), store, InProcessBus(), url) as parcels:
        generation = await parcels.database.begin_generation()
        await generation.apply(0, 7)
        with pytest.raises(StaleWorkerError):
            await generation.apply(0, 9)
        assert await generation.position() == 7
        await generation.close()
        state = parcels.database.state
        await state.move("relay", 0, 7)
        for old in (0, 6, 8):
            with pytest.raises(StaleWorkerError):
                await state.move("relay", old, 9)
        assert await state.checkpoint("relay") == 7


async def test_a_removed_read_model_is_built_again(
    store: EventStore, url: str, tmp_path: Path
) -> None:
    faults = Faults()
    for _ in range(2):
        async with (
            running(parcels_service(), store, InProcessBus(), url) as parcels,
            running(depot_service(faults), store, InProcessBus(), url) as depot,
        ):
            await send(parcels.executor, "1")
            await depot.caught_up()
            assert await depot.rows("expected") == [("parcel-1", "Lan", 0, "shelf-1")]
        for file in (tmp_path / "live").glob("depot.read-*"):
            file.unlink()
    assert faults.reacted == [("parcel-1", 0)]


async def test_a_stand_by_does_not_rebuild_and_takes_over(store: EventStore, url: str) -> None:
    bus = InProcessBus()
    async with opened(parcels_service(), store, bus, url) as stand_by:
        async with running(parcels_service(), store, bus, url) as active:
            await active.database.readable()
            async with at_work(stand_by.worker):
                await send(active.executor, "1")
                await active.caught_up()
                with pytest.raises(NotRunningError):
                    await stand_by.worker.rebuild(lambda _: None)
                assert await stand_by.database.wait_for("parcels", 1, 5)
                assert await stand_by.rows("sent") == [("parcel-1", "Lan", 2, 0)]
                readiness = await stand_by.worker.readiness()
                assert (readiness.ready, readiness.active) == (True, False)
        async with at_work(stand_by.worker):
            await send(stand_by.executor, "2")
            await stand_by.caught_up()
            assert len(await stand_by.rows("sent")) == 2
