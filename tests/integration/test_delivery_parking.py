"""A subject that cannot be taken is parked, visibly; its later events wait, everything else flows."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.bus.inprocess import InProcessBus
from shared.eventstore.port import EventStore, Expect, NewEvent
from shared.eventstore.sqlite import SqliteEventStore
from shared.host import projection
from shared.host.clock import SystemClock
from shared.host.ids import new_key
from tests.support.delivery import (
    NO_ROOM,
    WAIT_SECONDS,
    Faults,
    Running,
    depot_service,
    mark,
    parcels_service,
    running,
    send,
    streams,
)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteEventStore]:
    store = await SqliteEventStore.open(tmp_path / "log.db")
    yield store
    await store.close()


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}"


async def replayed(depot: Running, stream: str) -> None:
    """Ask for a replay and wait until it was tried."""
    await depot.worker.parking.replay(stream)
    async with asyncio.timeout(WAIT_SECONDS):
        while await depot.database.state.replays():  # noqa: ASYNC110 - another process might do it
            await asyncio.sleep(0.01)


async def test_rows_that_fail_park_their_subject_and_replay_in_order(
    store: EventStore, url: str
) -> None:
    bus, faults = InProcessBus(), Faults(rows={"parcel-bad"})
    async with (
        running(parcels_service(), store, bus, url) as parcels,
        running(depot_service(faults), store, bus, url) as depot,
    ):
        await send(parcels.executor, "bad", to="Nguyễn Văn A")
        await mark(parcels.executor, "bad")
        await send(parcels.executor, "good")
        await mark(parcels.executor, "bad", "second")
        await depot.caught_up()

        assert await depot.rows("expected") == [("parcel-good", "Lan", 0, "shelf-good")]
        assert faults.reacted == [("parcel-good", 0)], "no reaction relies on rows that stand still"
        rows, reaction = await depot.worker.parking.list()
        assert (rows.part, rows.subject.stream, rows.subject.revision) == (
            "projection",
            "parcel-bad",
            0,
        )
        assert rows.subject.error == "ValueError"
        assert (reaction.part, reaction.subject.error) == ("reaction", "ProjectionParkedError")
        assert "Nguyễn" not in repr([rows, reaction])

        await replayed(depot, "parcel-bad")
        still, _ = await depot.worker.parking.list()
        assert still.subject.attempts == 2

        faults.rows.clear()
        await replayed(depot, "parcel-bad")
        await depot.caught_up()
        assert await depot.worker.parking.list() == []
        assert faults.reacted[1:] == [("parcel-bad", 0), ("parcel-bad", 1), ("parcel-bad", 2)]
        assert await depot.rows("expected") == [
            ("parcel-bad", "Nguyễn Văn A", 2, "shelf-bad"),
            ("parcel-good", "Lan", 0, "shelf-good"),
        ]


async def test_a_refused_reaction_parks_its_subject_over_a_restart(
    store: EventStore, url: str
) -> None:
    bus, faults = InProcessBus(), Faults(reactions={"parcel-bad": NO_ROOM()})
    async with (
        running(parcels_service(), store, bus, url) as parcels,
        running(depot_service(faults), store, bus, url) as depot,
    ):
        await send(parcels.executor, "bad")
        await send(parcels.executor, "good")
        await depot.caught_up()
        (parked,) = await depot.worker.parking.list()
        assert (parked.part, parked.subject.error) == ("reaction", "RefusedError")
        assert parked.subject.sentence == "no-room"
        assert [row[0] for row in await depot.rows("expected")] == ["parcel-bad", "parcel-good"]

    faults.reactions.clear()
    async with (
        running(parcels_service(), store, bus, url) as parcels,
        running(depot_service(faults), store, bus, url) as depot,
    ):
        await mark(parcels.executor, "bad")
        await depot.caught_up()
        assert faults.reacted == [("parcel-good", 0)], "it queues behind, until someone replays"
        await replayed(depot, "parcel-bad")
        await depot.caught_up()
        assert faults.reacted == [("parcel-good", 0), ("parcel-bad", 0), ("parcel-bad", 1)]
        assert len((await streams(store, "shelf"))["shelf-bad"]) == 3


async def test_a_replay_that_fails_half_way_goes_on_from_there(store: EventStore, url: str) -> None:
    bus, faults = InProcessBus(), Faults(rows={"parcel-1"})
    async with (
        running(parcels_service(), store, bus, url) as parcels,
        running(depot_service(faults), store, bus, url) as depot,
    ):
        await send(parcels.executor, "1")
        await mark(parcels.executor, "1", "fine")
        await mark(parcels.executor, "1", "unstorable")
        await depot.caught_up()
        faults.rows.clear()
        for attempts in (2, 3):
            await replayed(depot, "parcel-1")
            parked = {p.part: p.subject for p in await depot.worker.parking.list()}
            assert (parked["projection"].revision, parked["projection"].attempts) == (2, attempts)
            assert parked["reaction"].revision == 0, "reactions wait for the rows"
            assert await depot.rows("expected") == [("parcel-1", "Lan", 1, None)]


async def test_a_row_the_database_refuses_parks_its_own_subject_alone(
    store: EventStore, url: str
) -> None:
    bus, faults = InProcessBus(), Faults()
    async with running(parcels_service(), store, bus, url) as parcels:
        for number in range(20):
            await send(parcels.executor, f"{number:02}")
            await mark(parcels.executor, f"{number:02}", "unstorable" if number == 7 else "fine")
    async with running(depot_service(faults), store, bus, url) as depot:
        await depot.caught_up()
        rows = {row[0]: row[2] for row in await depot.rows("expected")}
        assert rows == {f"parcel-{n:02}": (0 if n == 7 else 1) for n in range(20)}
        assert {p.subject.stream for p in await depot.worker.parking.list()} == {"parcel-07"}


async def test_bytes_that_are_not_what_their_type_says_park_and_unknown_types_are_passed_over(
    store: EventStore, url: str
) -> None:
    def raw(stored_type: str) -> NewEvent:
        now = SystemClock().now()
        return NewEvent(new_key(now), stored_type, 1_700_000_000_000_000, b'{"to": 7}', b"{}")

    await store.append("parcel-broken", Expect.ANY, [raw("dvk.parcels.ParcelSent.v1")])
    await store.append("parcel-newer", Expect.ANY, [raw("dvk.parcels.ParcelSent.v9")])
    bus, faults = InProcessBus(), Faults()
    async with running(depot_service(faults), store, bus, url) as depot:
        await depot.caught_up()
        assert {p.subject.stream for p in await depot.worker.parking.list()} == {"parcel-broken"}


async def test_too_many_parked_subjects_stop_the_consumer_and_show(
    store: EventStore, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projection, "PARKED_SUBJECTS_MAX", 2)
    bus, faults = InProcessBus(), Faults(rows={f"parcel-{n}" for n in range(5)})
    async with running(parcels_service(), store, bus, url) as parcels:
        for number in range(5):
            await send(parcels.executor, str(number))
    stopped = "consumer stopped: TooManyParkedError"
    async with running(depot_service(faults), store, bus, url) as depot:
        async with asyncio.timeout(WAIT_SECONDS):
            while stopped not in (await depot.worker.readiness()).reasons:  # noqa: ASYNC110 - as HTTP
                await asyncio.sleep(0.01)
        faults.rows.clear()
        await depot.caught_up()
        assert len(await depot.rows("expected")) == 5
