"""The bus contract over RabbitMQ, and what only a broker has: headers, dead letters, definitions."""

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import aio_pika
import pytest
import structlog
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage

from dvk.services import SERVICES
from shared.bus import topology
from shared.bus.port import QUEUE_MESSAGES_MAX
from shared.bus.rabbitmq import RabbitMqBus
from shared.bus.topology import TopologyConflictError
from shared.host.settings import Settings
from tests.contract.bus_suite import BusContract, consuming, message, messages, positions, take
from tests.support.rabbitmq import AmqpUrl, PrivateRabbitMQ

WAIT_SECONDS_MAX = 20
POLL_SECONDS = 0.02

DEFINITIONS = Path(__file__).parents[2] / "deploy" / "rabbitmq" / "definitions.json"


class TestRabbitMqBus(BusContract):
    @pytest.fixture
    def new_client(self, rabbitmq_url: AmqpUrl) -> Callable[[], RabbitMqBus]:
        return lambda: RabbitMqBus(rabbitmq_url)


@pytest.fixture
async def bus(rabbitmq_url: AmqpUrl) -> AsyncIterator[RabbitMqBus]:
    bus = RabbitMqBus(rabbitmq_url)
    yield bus
    await bus.close()


@pytest.fixture
async def channel(rabbitmq_url: AmqpUrl) -> AsyncIterator[AbstractChannel]:
    """Somebody else's client, which knows nothing of ours."""
    async with await aio_pika.connect(rabbitmq_url) as connection:
        yield await connection.channel()


async def next_in(channel: AbstractChannel, queue_name: str) -> AbstractIncomingMessage:
    queue = await channel.get_queue(queue_name)
    async with asyncio.timeout(WAIT_SECONDS_MAX):
        while True:
            found = await queue.get(fail=False)
            if found is not None:
                return found
            await asyncio.sleep(POLL_SECONDS)


async def count_in(channel: AbstractChannel, queue_name: str) -> int:
    queue = await channel.declare_queue(queue_name, passive=True)
    return queue.declaration_result.message_count or 0


async def test_an_organisation_can_bind_a_queue_of_its_own(
    bus: RabbitMqBus, channel: AbstractChannel
) -> None:
    exchange = await topology.declare_exchange(channel)
    queue = await channel.declare_queue("so-noi-vu", exclusive=True)
    await queue.bind(exchange, "registration.ModelRegistered.*")
    metadata = bytes(range(256))

    assert await bus.publish([message("registration", 7, data=b'{"a":1}', metadata=metadata)]) == 0

    seen = await next_in(channel, "so-noi-vu")
    assert seen.routing_key == "registration.ModelRegistered.v1"
    assert seen.body == b'{"a":1}'
    assert seen.content_type == "application/json"
    assert seen.delivery_mode == aio_pika.DeliveryMode.PERSISTENT
    assert seen.message_id == "00000000-0000-0000-0000-000000000007"
    assert seen.headers == {
        "cloudEvents_specversion": "1.0",
        "cloudEvents_id": "00000000-0000-0000-0000-000000000007",
        "cloudEvents_type": "dvk.registration.ModelRegistered.v1",
        "cloudEvents_source": "registration",
        "cloudEvents_subject": "model-1",
        "cloudEvents_time": "2023-11-14T22:13:20.000007Z",
        "cloudEvents_sequence": "00000000000000000007",
        "cloudEvents_predecessor": "00000000000000000006",
        "cloudEvents_revision": "00000000000000000006",
        "cloudEvents_metadata": bytearray(metadata),
    }


async def test_a_malformed_message_is_parked_and_the_rest_flows(
    bus: RabbitMqBus, channel: AbstractChannel
) -> None:
    await bus.declare_consumer("evaluation", ["registration"])
    await bus.publish(messages("registration", [1, 2]))
    exchange = await channel.get_exchange(topology.EVENTS_EXCHANGE)
    private = aio_pika.Message(b"Nguyen Van A", headers={"cloudEvents_id": "Nguyen Van A"})
    await exchange.publish(private, "registration.Nonsense.v1")
    await bus.publish(messages("registration", [3, 4]))

    with structlog.testing.capture_logs() as logged:
        async with consuming(bus, "evaluation") as deliveries:
            assert positions(await take(deliveries, 4)) == [1, 2, 3, 4]

    parked = await next_in(channel, topology.MALFORMED)
    assert parked.body == b"Nguyen Van A"
    assert parked.headers["x-first-death-queue"] == "dvk.evaluation"
    assert bus.malformed_count == 1
    assert logged == [
        {
            "event": "bus_message_malformed",
            "log_level": "warning",
            "consumer": "evaluation",
            "reason": "specversion is missing",
        }
    ]
    assert await count_in(channel, "dvk.evaluation") == 0


async def test_a_queue_of_malformed_messages_alone_is_emptied(
    bus: RabbitMqBus, channel: AbstractChannel
) -> None:
    await bus.declare_consumer("evaluation", ["registration"])
    exchange = await channel.get_exchange(topology.EVENTS_EXCHANGE)
    for _ in range(3):
        await exchange.publish(aio_pika.Message(b""), "registration.Nonsense.v1")

    async with consuming(bus, "evaluation") as deliveries:
        following = asyncio.ensure_future(anext(deliveries))
        for _ in range(3):
            await (await next_in(channel, topology.MALFORMED)).ack()
        await bus.publish(messages("registration", [1]))
        assert positions((await following).messages) == [1]


async def test_what_a_full_queue_drops_is_not_taken_for_malformed(
    bus: RabbitMqBus, channel: AbstractChannel
) -> None:
    await bus.declare_consumer("evaluation", ["registration"])
    await bus.publish(messages("registration", range(1, QUEUE_MESSAGES_MAX + 101)))
    exchange = await channel.get_exchange(topology.EVENTS_EXCHANGE)
    await exchange.publish(aio_pika.Message(b"malformed"), "registration.Nonsense.v1")

    async with consuming(bus, "evaluation") as deliveries:
        await take(deliveries, QUEUE_MESSAGES_MAX - 1)
        # The last one may have come with those or not: only who reads on meets it.
        following = asyncio.ensure_future(anext(deliveries))
        parked = await next_in(channel, topology.MALFORMED)
        await bus.publish(messages("registration", [QUEUE_MESSAGES_MAX + 101]))
        assert positions((await following).messages) == [QUEUE_MESSAGES_MAX + 101]

    assert parked.body == b"malformed"
    assert await count_in(channel, topology.MALFORMED) == 0


async def test_a_queue_of_another_release_is_a_conflict_and_says_so(
    bus: RabbitMqBus, channel: AbstractChannel
) -> None:
    await channel.declare_queue(
        "dvk.evaluation",
        durable=True,
        arguments={"x-queue-type": "quorum", "x-max-length": QUEUE_MESSAGES_MAX + 1},
    )

    with pytest.raises(TopologyConflictError, match="inequivalent arg"):
        await bus.declare_consumer("evaluation", ["registration"])


async def test_an_unknown_source_is_refused(bus: RabbitMqBus) -> None:
    with pytest.raises(ValueError, match="archive: not among the sources"):
        await bus.declare_consumer("evaluation", ["archive"])


def test_the_known_sources_are_the_services_that_publish() -> None:
    settings = Settings.of({})
    services = [make(settings) for make in SERVICES.values()]
    assert {s.name for s in services if s.catalogue.current} == topology.SOURCES


async def test_what_operators_import_is_what_the_bus_declares(rabbitmq: PrivateRabbitMQ) -> None:
    encoded = base64.b64encode(DEFINITIONS.read_bytes()).decode("ascii")
    answer = rabbitmq.erlang(f'rabbit_definitions:import_raw(base64:decode(<<"{encoded}">>)).')
    assert answer == "{ok, ok}"

    bus = RabbitMqBus(rabbitmq.url)
    try:
        assert await bus.publish(messages("registration", [1])) == 0
        for service in (make(Settings.of({})) for make in SERVICES.values()):
            sources = [catalogue.service for catalogue in service.consumes]
            await bus.declare_consumer(service.name, sources)  # a conflict would raise
        async with consuming(bus, "notification") as deliveries:
            assert positions(await take(deliveries, 1)) == [1]
    finally:
        await bus.close()
