"""What the RabbitMQ bus does when the broker, a connection or a message fails.

Whatever happens, what was confirmed arrives, at least once and in order, and both sides carry on by
themselves: a publisher repeats what it could not see confirmed, as a relay does.
"""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel

from shared.bus import topology
from shared.bus.amqp_link import ANSWER_SECONDS_MAX, CLOSE_SECONDS_MAX, CONNECT_SECONDS_MAX
from shared.bus.port import BusUnavailableError, Message
from shared.bus.rabbitmq import RabbitMqBus
from tests.contract.bus_suite import consuming, messages, positions, take
from tests.support.rabbitmq import AmqpUrl, PrivateRabbitMQ, private_rabbitmq

RETRY_SECONDS = 0.05
BATCH_MESSAGES = 20
SLACK_SECONDS = 2.0


@pytest.fixture(scope="module")
def broker() -> Iterator[PrivateRabbitMQ]:
    """A broker that these tests may kill."""
    with private_rabbitmq() as server:
        yield server


@pytest.fixture
def url(broker: PrivateRabbitMQ) -> Iterator[AmqpUrl]:
    vhost = broker.create_vhost()
    yield vhost
    broker.drop_vhost(vhost)


@pytest.fixture
async def bus(url: AmqpUrl) -> AsyncIterator[RabbitMqBus]:
    bus = RabbitMqBus(url)
    await bus.declare_consumer("evaluation", ["registration"])
    yield bus
    await bus.close()


class Relay:
    """Publishes the events of a log one after the other, from the last position confirmed."""

    def __init__(self, bus: RabbitMqBus) -> None:
        self._bus = bus
        self.confirmed = 0
        self.faults = 0
        self._progress = asyncio.Event()

    async def run(self) -> None:
        while True:
            first = self.confirmed + 1
            try:
                await self._bus.publish(
                    messages("registration", range(first, first + BATCH_MESSAGES))
                )
            except BusUnavailableError:
                self.faults += 1
                await asyncio.sleep(RETRY_SECONDS)
            else:
                self.confirmed += BATCH_MESSAGES
                self._progress.set()

    async def confirms(self, further: int) -> None:
        wanted = self.confirmed + further
        while self.confirmed < wanted:
            self._progress.clear()
            await self._progress.wait()


class Reader:
    """Takes everything, acknowledging as it goes, and notes what came."""

    def __init__(self, bus: RabbitMqBus) -> None:
        self._bus = bus
        self.seen: list[Message] = []
        self._progress = asyncio.Event()

    async def run(self) -> None:
        async with consuming(self._bus, "evaluation") as deliveries:
            async for delivery in deliveries:
                self.seen += delivery.messages
                await delivery.acknowledge()
                self._progress.set()

    async def sees(self, position: int) -> None:
        while position not in positions(self.seen[-2 * BATCH_MESSAGES :]):
            self._progress.clear()
            await self._progress.wait()


async def disturb(bus: RabbitMqBus, fault: Callable[[], object]) -> tuple[Relay, Reader]:
    """Publish and consume, have the fault happen in the middle, and go on until all has arrived."""
    relay, reader = Relay(bus), Reader(bus)
    async with asyncio.timeout(80), asyncio.TaskGroup() as group:
        relaying = group.create_task(relay.run())
        reading = group.create_task(reader.run())
        await relay.confirms(2_500)
        await asyncio.to_thread(fault)
        await relay.confirms(500)
        relaying.cancel()
        await reader.sees(relay.confirmed)
        reading.cancel()
    return relay, reader


def assert_nothing_confirmed_is_missing(relay: Relay, reader: Reader) -> None:
    assert set(range(1, relay.confirmed + 1)) <= set(positions(reader.seen))
    # In order apart from repetitions: a position never seen before is the successor of the highest.
    highest = 0
    for position in positions(reader.seen):
        assert position <= highest + 1
        highest = max(highest, position)


def kill_and_start(broker: PrivateRabbitMQ) -> None:
    broker.write_down()
    broker.kill()
    broker.start()


def close_connections(broker: PrivateRabbitMQ) -> None:
    answer = broker.erlang(
        '[rabbit_networking:close_connection(Pid, "by hand") || '
        "Pid <- rabbit_networking:connections()]."
    )
    assert "ok" in answer


@pytest.mark.parametrize("fault", [kill_and_start, PrivateRabbitMQ.restart, close_connections])
async def test_nothing_confirmed_is_lost_and_both_sides_carry_on(
    broker: PrivateRabbitMQ, bus: RabbitMqBus, fault: Callable[[PrivateRabbitMQ], None]
) -> None:
    relay, reader = await disturb(bus, lambda: fault(broker))

    assert relay.faults > 0
    assert_nothing_confirmed_is_missing(relay, reader)


async def test_a_broker_that_is_down_is_said_to_be_at_once(
    broker: PrivateRabbitMQ, bus: RabbitMqBus
) -> None:
    assert await bus.reachable()
    await asyncio.to_thread(broker.stop)
    try:
        started = time.monotonic()
        for _ in range(3):
            with pytest.raises(BusUnavailableError):
                await bus.publish(messages("registration", [1]))
        assert not await bus.reachable()
        assert time.monotonic() - started < CONNECT_SECONDS_MAX
    finally:
        await asyncio.to_thread(broker.start)

    assert await bus.reachable()
    assert await bus.publish(messages("registration", [1])) == 0


async def test_a_broker_that_hangs_is_given_up_in_bounded_time(
    broker: PrivateRabbitMQ, bus: RabbitMqBus
) -> None:
    assert await bus.publish(messages("registration", [1])) == 0
    os.kill(broker.pid, signal.SIGSTOP)
    try:
        started = time.monotonic()
        with pytest.raises(BusUnavailableError, match="no answer within 10 s"):
            await bus.publish(messages("registration", range(2, 1_000)))
        assert time.monotonic() - started < (
            ANSWER_SECONDS_MAX + 2 * CLOSE_SECONDS_MAX + SLACK_SECONDS
        )

        started = time.monotonic()
        callers = [bus.publish(messages("registration", [2])) for _ in range(5)]
        refused = await asyncio.gather(*callers, return_exceptions=True)
        assert [type(error) for error in refused] == [BusUnavailableError] * 5
        assert time.monotonic() - started < (
            CONNECT_SECONDS_MAX + CLOSE_SECONDS_MAX + SLACK_SECONDS
        )
    finally:
        os.kill(broker.pid, signal.SIGCONT)

    assert await bus.publish(messages("registration", [2])) == 0


@pytest.mark.parametrize("seconds", [0.0, 0.1, 1.0, 2.5, 6.0])
async def test_a_process_can_end_although_the_broker_hangs(
    broker: PrivateRabbitMQ, url: AmqpUrl, seconds: float
) -> None:
    """At its end a process cancels every task that is left, once, and waits for all of them."""
    bus, before = RabbitMqBus(url), asyncio.all_tasks()
    await bus.declare_consumer("evaluation", ["registration"])
    assert await bus.publish(messages("registration", [1])) == 0
    os.kill(broker.pid, signal.SIGSTOP)
    try:
        closing = asyncio.create_task(bus.close())
        await asyncio.wait((closing,), timeout=seconds)
        left = asyncio.all_tasks() - before
        for task in left:
            task.cancel()
        _, pending = await asyncio.wait({closing, *left}, timeout=CLOSE_SECONDS_MAX + SLACK_SECONDS)
        assert not pending
    finally:
        os.kill(broker.pid, signal.SIGCONT)


async def test_cancelling_a_publish_leaves_the_bus_usable(bus: RabbitMqBus) -> None:
    publishing = asyncio.create_task(bus.publish(messages("registration", range(1, 5_001))))
    async with consuming(bus, "evaluation") as deliveries:
        await anext(deliveries)
        assert not publishing.done()
        publishing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await publishing

    assert await bus.publish(messages("registration", range(5_001, 5_101))) == 0


async def test_a_consumer_whose_queue_is_deleted_declares_it_again(
    url: AmqpUrl, bus: RabbitMqBus
) -> None:
    async with consuming(bus, "evaluation") as deliveries, await aio_pika.connect(url) as other:
        await bus.publish(messages("registration", [1]))
        await take(deliveries, 1)
        following = asyncio.ensure_future(anext(deliveries))
        channel = await other.channel()
        await channel.queue_delete("dvk.evaluation")

        position = 2
        while not following.done():
            await bus.publish(messages("registration", [position]))
            position += 1

        # What found no queue in between is lost to the bus; the consumer reads it from the store.
        first = (await following).messages[0]
        assert 2 <= first.event.position < position


async def fills(channel: AbstractChannel, queue_name: str) -> None:
    """Return when the queue holds a message. Fetching it would break this client as well."""
    while True:
        queue = await channel.declare_queue(queue_name, passive=True)
        if queue.declaration_result.message_count:
            return
        await asyncio.sleep(RETRY_SECONDS)


class FarFuture(datetime):
    """Goes over the wire as an instant that the library writes and cannot read."""

    def timestamp(self) -> float:
        return 2.0**62


async def test_a_message_that_breaks_the_client_library_leaves_the_queue(
    url: AmqpUrl, bus: RabbitMqBus
) -> None:
    async with await aio_pika.connect(url) as other:
        channel = await other.channel()
        exchange = await channel.get_exchange(topology.EVENTS_EXCHANGE)
        poison = aio_pika.Message(b"poison", headers={"when": FarFuture(2026, 1, 1, tzinfo=UTC)})
        await exchange.publish(poison, "registration.Nonsense.v1")

        async with consuming(bus, "evaluation") as deliveries:
            following = asyncio.ensure_future(anext(deliveries))
            await fills(channel, topology.MALFORMED)

            await bus.publish(messages("registration", [1]))
            assert positions((await following).messages) == [1]
