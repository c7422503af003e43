"""The path of an event: append → own rows; append → relay → bus → rows and reactions elsewhere."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from operator import itemgetter
from pathlib import Path

import pytest

from shared.bus.inprocess import InProcessBus
from shared.bus.port import Message
from shared.eventstore.port import EventStore
from shared.eventstore.sqlite import SqliteEventStore
from tests.support.delivery import (
    SHELF,
    Faults,
    TakeNote,
    UnreliableBus,
    at_work,
    depot_service,
    mark,
    opened,
    parcels_service,
    running,
    send,
    someone,
    streams,
    until,
)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteEventStore]:
    store = await SqliteEventStore.open(tmp_path / "log.db")
    yield store
    await store.close()


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}"


async def test_an_event_reaches_own_rows_other_rows_and_reactions(
    store: EventStore, url: str
) -> None:
    bus, faults = InProcessBus(), Faults()
    async with (
        running(parcels_service(), store, bus, url) as parcels,
        running(depot_service(faults), store, bus, url) as depot,
    ):
        await send(parcels.executor, "1", to="Lan", weight=2)
        await mark(parcels.executor, "1", "fragile")
        await parcels.caught_up()
        await depot.caught_up()

        assert await parcels.rows("sent") == [("parcel-1", "Lan", 2, 1)]
        assert await parcels.rows("totals") == [("Lan", 1, 2)]
        assert await depot.rows("expected") == [("parcel-1", "Lan", 1, "shelf-1")]
        assert not [*await parcels.worker.parking.list(), *await depot.worker.parking.list()]
        assert faults.seen_rows == ["Lan"], "the reaction saw rows at least as new as its event"
        assert (await streams(store, "shelf"))["shelf-1"] == [
            ("Shelved", {"parcel": "parcel-1"}),
            ("NoteTaken", {"note": "fragile"}),
            ("NoteTaken", {"note": "again fragile"}),
        ]


async def test_a_service_that_starts_later_takes_the_whole_history_in_order(
    store: EventStore, url: str
) -> None:
    bus, faults = InProcessBus(), Faults()
    async with running(parcels_service(), store, bus, url) as parcels:
        for number in range(30):
            await send(parcels.executor, f"{number:02}")
            await mark(parcels.executor, f"{number:02}")
        await parcels.caught_up()
    async with running(depot_service(faults), store, bus, url) as depot:
        await depot.caught_up()
        expected = [(f"parcel-{n:02}", "Lan", 1, f"shelf-{n:02}") for n in range(30)]
        assert await depot.rows("expected") == expected
    each = [(f"parcel-{n:02}", revision) for n in range(30) for revision in (0, 1)]
    assert sorted(faults.reacted, key=itemgetter(0)) == each, "in order within a stream"


async def test_a_restart_repeats_nothing(store: EventStore, url: str) -> None:
    bus, faults = InProcessBus(), Faults()
    for number in ("1", "2"):
        async with (
            running(parcels_service(), store, bus, url) as parcels,
            running(depot_service(faults), store, bus, url) as depot,
        ):
            await send(parcels.executor, number)
            await depot.caught_up()
            await parcels.caught_up()
            assert await parcels.rows("totals") == [("Lan", int(number), 2 * int(number))]
    assert sorted(faults.reacted) == [("parcel-1", 0), ("parcel-2", 0)]


async def test_someone_who_waits_for_a_position_is_told_when_the_rows_have_it(
    store: EventStore, url: str
) -> None:
    bus = InProcessBus()
    async with opened(parcels_service(), store, bus, url) as parcels:
        outcome = await send(parcels.executor, "1")
        assert not await parcels.database.wait_for("parcels", outcome.position, 0.05)
        waiting = asyncio.create_task(parcels.database.wait_for("parcels", outcome.position, 10))
        async with at_work(parcels.worker):
            assert await waiting
            assert await parcels.rows("sent") == [("parcel-1", "Lan", 2, 0)]


# ── what a bus may do ────────────────────────────────────────────────────────────────────────────


def lose_some(messages: Sequence[Message]) -> Sequence[Message]:
    return [message for message in messages if message.event.position % 3 != 0]


def lose_all(messages: Sequence[Message]) -> Sequence[Message]:
    return []


def repeat(messages: Sequence[Message]) -> Sequence[Message]:
    return [*messages, *messages, *messages[:1]]


def reverse(messages: Sequence[Message]) -> Sequence[Message]:
    return list(reversed(messages))


@pytest.mark.parametrize("mangle", [lose_some, lose_all, repeat, reverse])
async def test_whatever_the_bus_does_every_event_has_its_effect_once_and_in_order(
    store: EventStore, url: str, mangle: object
) -> None:
    assert callable(mangle)
    bus, faults = UnreliableBus(mangle), Faults()
    async with (
        running(parcels_service(), store, bus, url) as parcels,
        running(depot_service(faults), store, bus, url, idle_seconds=0.1) as depot,
    ):
        for number in range(20):
            await asyncio.gather(
                send(parcels.executor, f"a{number:02}"), send(parcels.executor, f"b{number:02}")
            )
            await mark(parcels.executor, f"a{number:02}")
        await depot.caught_up()
        assert await depot.rows("expected") == [
            (f"parcel-{name}{n:02}", "Lan", marks, f"shelf-{name}{n:02}")
            for name, marks in (("a", 1), ("b", 0))
            for n in range(20)
        ]
    assert len(faults.reacted) == len(set(faults.reacted)) == 60
    shelves = await streams(store, "shelf")
    assert [len(shelves[f"shelf-a{n:02}"]) for n in range(20)] == [3] * 20


async def test_while_the_bus_is_down_nothing_is_lost_and_own_rows_go_on(
    store: EventStore, url: str
) -> None:
    bus, faults = UnreliableBus(lambda messages: messages), Faults()
    bus.down = True
    async with (
        running(parcels_service(), store, bus, url) as parcels,
        running(depot_service(faults), store, bus, url) as depot,
    ):
        await depot.caught_up()
        for number in range(3):
            await send(parcels.executor, str(number))
        await parcels.caught_up()
        await until(lambda: any(part.trouble for part in parcels.worker._parts))
        assert not (await parcels.worker.readiness()).ready
        bus.down = False
        await depot.caught_up()
    assert sorted(faults.reacted) == [("parcel-0", 0), ("parcel-1", 0), ("parcel-2", 0)]


async def test_messages_name_their_predecessor_and_keep_their_numbers_over_a_restart(
    store: EventStore, url: str
) -> None:
    bus = UnreliableBus(lambda messages: messages)
    for number in range(2):
        async with running(parcels_service(), store, bus, url) as parcels:
            await send(parcels.executor, str(number))
            await mark(parcels.executor, str(number))
            await until(lambda: len(bus.published) == 2 * (number + 1))  # noqa: B023
            await parcels.caught_up()
    numbers = [(message.predecessor, message.event.position) for message in bus.published]
    assert numbers == [(0, 1), (1, 2), (2, 3), (3, 4)]


async def test_schedules_run_at_once_and_again_after_their_time(
    store: EventStore, url: str
) -> None:
    faults = Faults()
    async with running(depot_service(faults, every_seconds=0), store, InProcessBus(), url):
        await until(lambda: faults.ticks > 2)


async def test_who_waits_for_a_position_does_not_wait_for_the_gathering(
    store: EventStore, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.host.feed.GATHER_SECONDS", 60.0)
    bus, faults = InProcessBus(), Faults()
    async with (
        running(parcels_service(), store, bus, url) as parcels,
        running(depot_service(faults), store, bus, url) as depot,
    ):
        await send(parcels.executor, "1")
        await parcels.caught_up()
        for number in range(2, 5):
            outcome = await send(parcels.executor, str(number))
            for service in (parcels, depot):
                assert await service.database.wait_for("parcels", outcome.position, 5.0)


async def test_a_position_without_rows_is_kept_soon(store: EventStore, url: str) -> None:
    bus, faults = InProcessBus(), Faults()
    async with running(depot_service(faults), store, bus, url) as depot:
        await depot.caught_up()
        for number in range(20):
            await depot.executor.execute(
                SHELF, str(number), TakeNote(note="unseen"), caller=someone()
            )
        head = await store.head()
        generation = await depot.database.current()
        assert generation is not None
        async with asyncio.timeout(5.0):
            while await generation.position() < head:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
