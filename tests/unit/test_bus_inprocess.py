"""The in-process bus is quiet when there is nothing to say."""

import asyncio
from uuid import UUID

import pytest

from shared.bus.inprocess import InProcessBus
from shared.bus.port import Message
from shared.eventstore.port import StoredEvent

QUIET_SECONDS = 0.05


def message() -> Message:
    event = StoredEvent(
        id=UUID(int=1),
        stream="model-1",
        revision=0,
        position=1,
        type="dvk.registration.ModelWithdrawn.v1",
        time_us=1,
        data=b"{}",
        metadata=b"{}",
        trace="",
    )
    return Message(source="registration", event=event, predecessor=0)


async def test_an_acknowledged_delivery_is_not_followed_by_an_empty_one() -> None:
    bus = InProcessBus()
    await bus.declare_consumer("audit", ["registration"])
    await bus.publish([message()])
    deliveries = bus.consume("audit")
    first = await anext(deliveries)
    assert len(first.messages) == 1
    waiting = asyncio.ensure_future(anext(deliveries))
    await asyncio.sleep(0)
    await first.acknowledge()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(waiting, QUIET_SECONDS)


async def test_closing_ends_a_consumer_that_waits() -> None:
    bus = InProcessBus()
    await bus.declare_consumer("audit", ["registration"])
    waiting = asyncio.ensure_future(anext(bus.consume("audit"), None))
    await asyncio.sleep(0)
    await bus.close()
    assert await waiting is None
