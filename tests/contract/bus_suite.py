"""The message bus contract, for every adapter.

An adapter's test module subclasses `BusContract` and supplies the fixture `new_client`, which opens a
further client of the same broker; the broker is the test's own.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Sequence
from contextlib import AsyncExitStack, aclosing
from uuid import UUID

import pytest

from shared.bus.cloudevents import MalformedMessageError
from shared.bus.port import (
    PREFETCH_MAX,
    QUEUE_MESSAGES_MAX,
    Bus,
    BusUnavailableError,
    Delivery,
    Message,
)
from shared.domain.logentry import ENTRY_BYTES_MAX
from shared.eventstore.port import StoredEvent

TEST_SECONDS_MAX = 40
"""A test that waits longer than this for a message will not get it."""

LARGE_BATCH_MESSAGES = 5_000

NewClient = Callable[[], Bus]


def message(
    source: str,
    position: int,
    *,
    predecessor: int | None = None,
    stream: str = "model-1",
    data: bytes = b"{}",
    metadata: bytes = b"{}",
    trace: str = "",
) -> Message:
    """The event at `position` of a log that only `source` writes to, unless told otherwise."""
    event = StoredEvent(
        id=UUID(int=position),
        type=f"dvk.{source}.ModelRegistered.v1",
        time_us=1_700_000_000_000_000 + position % 1_000_000,
        data=data,
        metadata=metadata,
        trace=trace,
        stream=stream,
        revision=position - 1,
        position=position,
    )
    return Message(source, event, position - 1 if predecessor is None else predecessor)


def messages(source: str, positions: Iterable[int]) -> list[Message]:
    """One message for each position, in this order."""
    return [message(source, position) for position in positions]


def positions(delivered: Iterable[Message], source: str | None = None) -> list[int]:
    """The positions in the order delivered, of one source or of all."""
    return [m.event.position for m in delivered if source in (None, m.source)]


def consuming(bus: Bus, consumer: str) -> aclosing[AsyncGenerator[Delivery, None]]:
    """`async with` gives the deliveries and closes the iterator at the end."""
    return aclosing(bus.consume(consumer))


async def take(
    deliveries: AsyncIterator[Delivery], count: int, *, acknowledge: bool = True
) -> list[Message]:
    """Exactly the next `count` messages; no delivery may go beyond."""
    taken: list[Message] = []
    while len(taken) < count:
        delivery = await anext(deliveries)
        taken += delivery.messages
        if acknowledge:
            await delivery.acknowledge()
    assert len(taken) == count
    return taken


class BusContract:
    """What every adapter promises."""

    @pytest.fixture
    async def second_client(self, new_client: NewClient) -> AsyncIterator[NewClient]:
        """Opens further clients of the same broker and closes them after the test."""
        async with AsyncExitStack() as stack, asyncio.timeout(TEST_SECONDS_MAX):

            def opened() -> Bus:
                client = new_client()
                stack.push_async_callback(client.close)
                return client

            yield opened

    @pytest.fixture
    async def bus(self, second_client: NewClient) -> Bus:
        return second_client()

    # ── Publishing ───────────────────────────────────────────────────────────────────────────────

    async def test_what_is_published_arrives_in_order_of_its_source(self, bus: Bus) -> None:
        await bus.declare_consumer("notification", ["registration", "evaluation"])
        mixed = [
            message(source, position)
            for position in range(1, 201)
            for source in ("registration", "evaluation")
        ]

        assert await bus.publish(mixed) == 0

        async with consuming(bus, "notification") as deliveries:
            arrived = await take(deliveries, 400)
        assert positions(arrived, "registration") == list(range(1, 201))
        assert positions(arrived, "evaluation") == list(range(1, 201))

    async def test_a_large_batch_arrives_in_order(self, bus: Bus, second_client: NewClient) -> None:
        await bus.declare_consumer("evaluation", ["registration"])
        batch = messages("registration", range(1, LARGE_BATCH_MESSAGES + 1))
        publishing = asyncio.create_task(second_client().publish(batch))

        async with consuming(bus, "evaluation") as deliveries:
            arrived = await take(deliveries, LARGE_BATCH_MESSAGES)

        assert arrived == batch
        assert await publishing == 0

    async def test_nothing_to_publish_is_confirmed_at_once(self, bus: Bus) -> None:
        assert await bus.publish([]) == 0

    async def test_messages_without_a_queue_are_counted(self, bus: Bus) -> None:
        assert await bus.publish(messages("registration", [1, 2, 3])) == 3

        await bus.declare_consumer("evaluation", ["registration"])
        mixed = [*messages("recognition", [1, 2]), *messages("registration", [4])]
        assert await bus.publish(mixed) == 2

        async with consuming(bus, "evaluation") as deliveries:
            assert positions(await take(deliveries, 1)) == [4]

    async def test_an_event_arrives_byte_for_byte(self, bus: Bus) -> None:
        await bus.declare_consumer("evaluation", ["registration"])
        originals = [
            message(
                "registration",
                1,
                stream="model-Tổ dân vận khéo phường Bến Nghé",
                data='{"tên": "Dân vận khéo — “Ngõ xanh”"}'.encode(),
                metadata=bytes(range(256)),
                trace="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            ),
            message("registration", 2, data=b"", metadata=b""),
            message("registration", 3, data=b"\x00\xff\xfe not JSON at all"),
            message("registration", 4, metadata=b"m" * ENTRY_BYTES_MAX),
            message("registration", 5, data=b"d" * ENTRY_BYTES_MAX),
            message("registration", 2**63 - 1, predecessor=5),
        ]

        await bus.publish(originals)

        async with consuming(bus, "evaluation") as deliveries:
            assert await take(deliveries, len(originals)) == originals

    async def test_a_malformed_message_is_refused_before_anything_is_sent(self, bus: Bus) -> None:
        await bus.declare_consumer("evaluation", ["registration"])
        backwards = message("registration", 2, predecessor=2)

        with pytest.raises(MalformedMessageError, match="predecessor"):
            await bus.publish([message("registration", 1), backwards])

        await bus.publish(messages("registration", [3]))
        async with consuming(bus, "evaluation") as deliveries:
            assert positions(await take(deliveries, 1)) == [3]

    # ── Consuming ────────────────────────────────────────────────────────────────────────────────

    async def test_each_consumer_gets_all_of_its_sources(self, bus: Bus) -> None:
        await bus.declare_consumer("evaluation", ["registration"])
        await bus.declare_consumer("notification", ["registration", "recognition"])

        await bus.publish([*messages("registration", [1, 2]), *messages("recognition", [1])])

        async with consuming(bus, "evaluation") as deliveries:
            assert positions(await take(deliveries, 2)) == [1, 2]
        async with consuming(bus, "notification") as deliveries:
            arrived = await take(deliveries, 3)
        assert positions(arrived, "registration") == [1, 2]
        assert positions(arrived, "recognition") == [1]

    async def test_what_was_not_acknowledged_is_delivered_again_first(self, bus: Bus) -> None:
        await bus.declare_consumer("evaluation", ["registration"])
        await bus.publish(messages("registration", [1, 2]))
        async with consuming(bus, "evaluation") as deliveries:
            await take(deliveries, 2)
            await bus.publish(messages("registration", range(3, 8)))
            await take(deliveries, 5, acknowledge=False)
        await bus.publish(messages("registration", [8, 9]))

        async with consuming(bus, "evaluation") as deliveries:
            assert positions(await take(deliveries, 7)) == list(range(3, 10))

    async def test_acknowledging_settles_its_own_messages_only(self, bus: Bus) -> None:
        await bus.declare_consumer("evaluation", ["registration"])
        async with consuming(bus, "evaluation") as deliveries:
            handed_out: list[Delivery] = []
            for position in (1, 2, 3, 4):
                await bus.publish(messages("registration", [position]))
                handed_out.append(await anext(deliveries))
            await handed_out[2].acknowledge()
            await handed_out[0].acknowledge()

        async with consuming(bus, "evaluation") as deliveries:
            assert positions(await take(deliveries, 2)) == [2, 4]

    async def test_acknowledging_again_or_too_late_does_no_harm(self, bus: Bus) -> None:
        await bus.declare_consumer("evaluation", ["registration"])
        await bus.publish(messages("registration", [1]))
        async with consuming(bus, "evaluation") as deliveries:
            first = await anext(deliveries)
            await first.acknowledge()
            await first.acknowledge()
            await bus.publish(messages("registration", [2]))
            second = await anext(deliveries)
        await second.acknowledge()

        async with consuming(bus, "evaluation") as deliveries:
            assert positions(await take(deliveries, 1)) == [2]

    async def test_no_more_than_the_prefetch_is_out_unacknowledged(self, bus: Bus) -> None:
        await bus.declare_consumer("evaluation", ["registration"])
        await bus.publish(messages("registration", range(1, PREFETCH_MAX + 101)))
        async with consuming(bus, "evaluation") as deliveries:
            out: list[Delivery] = []
            while sum(len(delivery.messages) for delivery in out) < PREFETCH_MAX:
                out.append(await anext(deliveries))
            assert sum(len(delivery.messages) for delivery in out) == PREFETCH_MAX

            following = asyncio.ensure_future(anext(deliveries))
            await bus.publish(messages("registration", [PREFETCH_MAX + 101]))
            assert not following.done()

            for delivery in out:
                await delivery.acknowledge()
            assert positions((await following).messages)[0] == PREFETCH_MAX + 1

    async def test_a_full_queue_drops_its_oldest(self, bus: Bus) -> None:
        await bus.declare_consumer("evaluation", ["registration"])

        assert await bus.publish(messages("registration", range(1, QUEUE_MESSAGES_MAX + 51))) == 0

        async with consuming(bus, "evaluation") as deliveries:
            arrived = await take(deliveries, QUEUE_MESSAGES_MAX)
        assert positions(arrived) == list(range(51, QUEUE_MESSAGES_MAX + 51))

    async def test_a_consumer_that_does_not_keep_up_stalls_no_other(self, bus: Bus) -> None:
        await bus.declare_consumer("evaluation", ["registration"])
        await bus.declare_consumer("notification", ["registration"])
        async with consuming(bus, "evaluation") as slow, consuming(bus, "notification") as quick:
            await bus.publish(messages("registration", [1]))
            stuck = await anext(slow)

            await bus.publish(messages("registration", range(2, 1_001)))

            assert positions(await take(quick, 1_000)) == list(range(1, 1_001))
            assert positions(stuck.messages) == [1]

    async def test_one_is_active_and_a_stand_by_takes_over(
        self, bus: Bus, second_client: NewClient
    ) -> None:
        other = second_client()
        for client in (bus, other):
            await client.declare_consumer("evaluation", ["registration"])
        async with consuming(other, "evaluation") as standing_by:
            async with consuming(bus, "evaluation") as active:
                await bus.publish(messages("registration", [1]))
                await take(active, 1)
                waiting = asyncio.ensure_future(anext(standing_by))
                for position in range(2, 52):
                    await bus.publish(messages("registration", [position]))
                    await take(active, 1)
                await bus.publish(messages("registration", [52, 53]))
                await take(active, 2, acknowledge=False)
                assert not waiting.done()
            taken_over = await waiting
            rest = await take(standing_by, 2 - len(taken_over.messages))
        assert positions([*taken_over.messages, *rest]) == [52, 53]

    # ── Topology ─────────────────────────────────────────────────────────────────────────────────

    async def test_declaring_again_keeps_what_is_queued(
        self, bus: Bus, second_client: NewClient
    ) -> None:
        await bus.declare_consumer("evaluation", ["registration"])
        await bus.publish(messages("registration", [1, 2]))

        await bus.declare_consumer("evaluation", ["registration"])
        await second_client().declare_consumer("evaluation", ["registration"])

        await bus.publish(messages("registration", [3]))
        async with consuming(bus, "evaluation") as deliveries:
            assert positions(await take(deliveries, 3)) == [1, 2, 3]

    async def test_many_may_declare_at_once(self, second_client: NewClient) -> None:
        clients = [second_client() for _ in range(8)]

        await asyncio.gather(
            *(client.declare_consumer("evaluation", ["registration"]) for client in clients)
        )

        assert await clients[0].publish(messages("registration", [1])) == 0
        async with consuming(clients[1], "evaluation") as deliveries:
            assert positions(await take(deliveries, 1)) == [1]

    async def test_a_source_no_longer_named_is_unbound(
        self, bus: Bus, second_client: NewClient
    ) -> None:
        await bus.declare_consumer("evaluation", ["registration", "recognition"])

        await second_client().declare_consumer("evaluation", ["recognition"])

        assert await bus.publish(messages("registration", [1])) == 1
        assert await bus.publish(messages("recognition", [2])) == 0

    async def test_a_consumer_must_be_declared(self, bus: Bus) -> None:
        with pytest.raises(ValueError, match="declare the consumer"):
            await anext(bus.consume("evaluation"))

    @pytest.mark.parametrize("name", ["", "#", "a.b", "đánh-giá", "Evaluation"])
    async def test_a_name_that_would_reach_into_the_routing_is_refused(
        self, bus: Bus, name: str
    ) -> None:
        with pytest.raises(ValueError, match=r"lower-case|not among"):
            await bus.declare_consumer(name, ["registration"])
        with pytest.raises(ValueError, match=r"lower-case|not among"):
            await bus.declare_consumer("evaluation", [name])

    # ── Life ─────────────────────────────────────────────────────────────────────────────────────

    async def test_a_closed_bus_ends_its_consumers_and_takes_nothing_more(self, bus: Bus) -> None:
        await bus.declare_consumer("evaluation", ["registration"])
        assert await bus.reachable()
        async with consuming(bus, "evaluation") as deliveries:
            await bus.publish(messages("registration", [1]))
            await take(deliveries, 1)
            waiting = asyncio.create_task(_count(deliveries))

            await bus.close()

            assert await waiting == 0
        assert not await bus.reachable()
        with pytest.raises(BusUnavailableError):
            await bus.publish(messages("registration", [2]))


async def _count(deliveries: AsyncIterator[Delivery]) -> int:
    counted: Sequence[Delivery] = [delivery async for delivery in deliveries]
    return len(counted)
