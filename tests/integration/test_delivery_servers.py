"""The same path over PostgreSQL and RabbitMQ, and what happens when they go away for a while."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from shared.bus.port import Bus
from shared.bus.rabbitmq import RabbitMqBus
from shared.eventstore.port import EventStore
from shared.eventstore.postgres import PostgresEventStore
from tests.support.delivery import (
    Faults,
    Running,
    at_work,
    depot_service,
    mark,
    opened,
    parcels_service,
    running,
    send,
    streams,
    until,
)
from tests.support.postgres import PrivatePostgres, private_postgres
from tests.support.rabbitmq import PrivateRabbitMQ, private_rabbitmq

SOURCES = ("parcels", "depot")


@asynccontextmanager
async def connected(postgres_url: str, rabbitmq_url: str) -> AsyncIterator[tuple[EventStore, Bus]]:
    store = await PostgresEventStore.open(postgres_url)
    bus = RabbitMqBus(rabbitmq_url, SOURCES)
    try:
        yield store, bus
    finally:
        await bus.close()
        await store.close()


async def test_an_event_reaches_rows_and_reactions_over_postgresql_and_rabbitmq(
    postgres_url: str, rabbitmq_url: str
) -> None:
    faults = Faults()
    async with (
        connected(postgres_url, rabbitmq_url) as (store, bus),
        running(parcels_service(), store, bus, postgres_url) as parcels,
        running(depot_service(faults), store, bus, postgres_url) as depot,
    ):
        await depot.caught_up()
        for number in range(20):
            await send(parcels.executor, f"{number:02}")
            await mark(parcels.executor, f"{number:02}")
        await parcels.caught_up()
        await depot.caught_up()
        assert await parcels.rows("totals") == [("Lan", 20, 40)]
        assert await depot.rows("expected") == [
            (f"parcel-{n:02}", "Lan", 1, f"shelf-{n:02}") for n in range(20)
        ]
        await parcels.worker.rebuild(lambda _: None)
        assert await parcels.rows("totals") == [("Lan", 20, 40)]
        lags = {**await parcels.worker.lag(), **await depot.worker.lag()}
        assert {name: lag.events for name, lag in lags.items()} == {
            "projection": 0,
            "reactions": 0,
            "relay": 0,
        }


async def test_one_replica_works_and_another_takes_over_when_its_lease_is_cut(
    postgres: PrivatePostgres, postgres_url: str, rabbitmq_url: str
) -> None:
    faults, other_faults = Faults(), Faults()
    async with (
        connected(postgres_url, rabbitmq_url) as (store, bus),
        connected(postgres_url, rabbitmq_url) as (other_store, other_bus),
        running(parcels_service(), store, bus, postgres_url) as parcels,
        running(depot_service(faults), store, bus, postgres_url) as first,
        opened(depot_service(other_faults), other_store, other_bus, postgres_url) as second,
    ):
        await first.caught_up()
        async with at_work(second.worker):
            await send(parcels.executor, "1")
            await first.caught_up()
            assert (await second.worker.readiness()).ready
            assert not (await second.worker.readiness()).active
            assert await second.rows("expected") == [("parcel-1", "Lan", 0, "shelf-1")]
            # Cut every lease of the database: whoever waits for one takes it.
            postgres.sql(
                "SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_database d"
                " ON d.oid = pg_locks.database AND d.datname = current_database()"
                " WHERE locktype = 'advisory' AND granted",
                database=postgres_url.rpartition("/")[2],
            )
            await until(lambda: second.worker._active)
            await until(lambda: not first.worker._active)
            for number in range(2, 6):
                await send(parcels.executor, str(number))
            await second.caught_up()
            assert len(await second.rows("expected")) == 5
    assert [stream for stream, _ in faults.reacted] == ["parcel-1"]
    assert len(other_faults.reacted) == 4


async def test_a_stale_worker_beside_an_active_one_does_no_harm(
    postgres_url: str, rabbitmq_url: str
) -> None:
    faults = Faults()
    async with (
        connected(postgres_url, rabbitmq_url) as (store, bus),
        connected(postgres_url, rabbitmq_url) as (other_store, other_bus),
        running(parcels_service(), store, bus, postgres_url) as parcels,
        running(depot_service(faults), store, bus, postgres_url) as first,
        opened(depot_service(faults), other_store, other_bus, postgres_url) as second,
    ):
        await first.caught_up()
        # A second one that believes it has the lease, as after a long pause of its machine.
        stale = asyncio.create_task(second.worker._consumer.run())
        for number in range(20):
            await send(parcels.executor, f"{number:02}")
            await mark(parcels.executor, f"{number:02}")
        await until(lambda: stale.done() or len(faults.reacted) >= 40)
        stale.cancel()
        await asyncio.gather(stale, return_exceptions=True)
        await first.caught_up()
        assert await first.rows("expected") == [
            (f"parcel-{n:02}", "Lan", 1, f"shelf-{n:02}") for n in range(20)
        ]
        shelves = await streams(store, "shelf")
        assert [len(shelves[f"shelf-{n:02}"]) for n in range(20)] == [3] * 20


# ── servers that go away ─────────────────────────────────────────────────────────────────────────


@pytest.fixture
def own_postgres() -> Iterator[PrivatePostgres]:
    with private_postgres() as server:
        yield server


@pytest.fixture
def own_rabbitmq() -> Iterator[PrivateRabbitMQ]:
    with private_rabbitmq() as server:
        yield server


async def test_it_carries_on_by_itself_after_both_servers_were_killed(
    own_postgres: PrivatePostgres, own_rabbitmq: PrivateRabbitMQ
) -> None:
    faults = Faults()
    url = own_postgres.create_database()
    async with (
        connected(url, own_rabbitmq.create_vhost()) as (store, bus),
        running(parcels_service(), store, bus, url, idle_seconds=1) as parcels,
        running(depot_service(faults), store, bus, url, idle_seconds=1) as depot,
    ):
        await depot.caught_up()
        await sent(parcels, range(5))
        await asyncio.to_thread(own_rabbitmq.kill)
        await sent(parcels, range(5, 10))
        await asyncio.to_thread(own_rabbitmq.start)
        await sent(parcels, range(10, 15))
        await depot.caught_up(60)
        await asyncio.to_thread(own_postgres.kill)
        await asyncio.to_thread(own_postgres.start)
        await sent(parcels, range(15, 20))
        await depot.caught_up(60)
        await parcels.caught_up(60)
        assert await parcels.rows("totals") == [("Lan", 20, 40)]
        assert len(await depot.rows("expected")) == 20
        shelves = await streams(store, "shelf")
        assert [len(events) for events in shelves.values()] == [1] * 20
        assert not await depot.worker.parking.list()


async def sent(parcels: Running, numbers: range) -> None:
    for number in numbers:
        await send(parcels.executor, f"{number:02}")
