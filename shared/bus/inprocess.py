"""The bus inside one process: what RabbitMQ promises, without a broker.

Queues live in memory and are empty after a restart; consumers then read the event store, as they do
for any message the bus has lost.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Sequence

from shared.bus.cloudevents import check
from shared.bus.port import (
    PREFETCH_MAX,
    QUEUE_MESSAGES_MAX,
    BusUnavailableError,
    Delivery,
    Message,
)
from shared.bus.topology import binding_pattern, queue_name


class InProcessBus:
    """Implements the Bus port for producers and consumers on one event loop."""

    def __init__(self) -> None:
        self._queues: dict[str, _Queue] = {}
        self._closed = False

    async def declare_consumer(self, consumer: str, sources: Sequence[str]) -> None:
        """See Bus.declare_consumer. Raises ValueError for a name no broker would route by."""
        name = queue_name(consumer)
        for source in sources:
            binding_pattern(source)
        self._queues.setdefault(name, _Queue()).sources = frozenset(sources)

    async def publish(self, messages: Sequence[Message]) -> int:
        """See Bus.publish. Raises MalformedMessageError before anything is queued."""
        if self._closed:
            raise BusUnavailableError("the bus is closed")
        for message in messages:
            check(message)
        unroutable = 0
        for message in messages:
            bound = [queue for queue in self._queues.values() if message.source in queue.sources]
            for queue in bound:
                queue.put(message)
            unroutable += not bound
        # A relay with much to catch up must not publish without its consumers ever getting a turn.
        await asyncio.sleep(0)
        return unroutable

    async def consume(self, consumer: str) -> AsyncGenerator[Delivery, None]:
        """See Bus.consume. Raises ValueError for a consumer that was not declared."""
        queue = self._queues.get(queue_name(consumer))
        if queue is None:
            raise ValueError(f"{consumer}: declare the consumer before consuming")
        async with queue.turn:
            try:
                while not self._closed:
                    await queue.deliverable()
                    if not self._closed:
                        yield queue.deliver()
            finally:
                queue.take_back()

    async def reachable(self) -> bool:
        """See Bus.reachable."""
        return not self._closed

    async def close(self) -> None:
        """See Bus.close. Iterators end."""
        self._closed = True
        for queue in self._queues.values():
            queue.close()


class _Queue:
    """One consumer's queue: what is ready, and what is out but not yet acknowledged."""

    def __init__(self) -> None:
        self.sources: frozenset[str] = frozenset()
        self.turn = asyncio.Lock()
        self._closed = False
        self._changed = asyncio.Event()
        self._ready: deque[Message] = deque(maxlen=QUEUE_MESSAGES_MAX)
        self._out: dict[_Delivery, None] = {}

    def put(self, message: Message) -> None:
        self._ready.append(message)  # when full, the oldest goes
        self._changed.set()

    async def deliverable(self) -> None:
        """Return when something may be delivered, or the bus was closed."""
        while not self._closed and not (self._ready and self._room()):
            self._changed.clear()
            await self._changed.wait()

    def close(self) -> None:
        """Whoever waits goes on."""
        self._closed = True
        self._changed.set()

    def deliver(self) -> Delivery:
        count = min(len(self._ready), self._room())
        delivery = _Delivery(self, tuple(self._ready.popleft() for _ in range(count)))
        self._out[delivery] = None
        return delivery

    def settle(self, delivery: "_Delivery") -> None:
        if delivery in self._out:
            del self._out[delivery]
            self._changed.set()

    def take_back(self) -> None:
        """The consumer is gone: what it had comes first again, in its old order."""
        returned = [message for delivery in self._out for message in delivery.messages]
        self._out.clear()
        self._ready = deque([*returned, *self._ready], maxlen=QUEUE_MESSAGES_MAX)

    def _room(self) -> int:
        return PREFETCH_MAX - sum(len(delivery.messages) for delivery in self._out)


class _Delivery:
    """Implements the Delivery port."""

    def __init__(self, queue: _Queue, messages: tuple[Message, ...]) -> None:
        self._queue = queue
        self._messages = messages

    @property
    def messages(self) -> Sequence[Message]:
        return self._messages

    async def acknowledge(self) -> None:
        self._queue.settle(self)
