"""The bus over RabbitMQ with aio-pika: plain connections, and reconnecting by our own hand.

aio-pika's robust connection restores channels, queues and consumers behind the caller's back and
without a bound in time. What it restores does not help here: publishes in flight fail anyway and
delivery tags of the old channel mean nothing on the new one, while the caller cannot tell that
everything is being delivered again. So each link (a connection with one channel) lives until its
first fault, and whoever needed it opens the next one and declares its topology again.

Publishing and each consumer have a connection of their own: a broker short of memory stops reading
from publishers, and that must not stop acknowledgements; what breaks one stops no other.

Traps of the client library, each with its answer:
- A lost connection can end a pending call as if the caller had been cancelled: `amqp_link.settle`.
- A plain channel says nothing when the broker cancels its consumer: `ConsumerSession.open`.
- aio-pika waits for each publish to be drained before the next and wraps each message twice: the
  hot paths use the channel beneath (aiormq), which is what `get_underlay_channel` is for.
- Closing can wait for a broker that no longer answers: `Link.close`.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncGenerator, Collection, Sequence
from typing import Final

import structlog
from aiormq import Channel, spec
from aiormq.abc import DeliveredMessage

from shared.bus import topology
from shared.bus.amqp_consumer import ConsumerSession
from shared.bus.amqp_link import (
    ANSWER_SECONDS_MAX,
    CONNECT_SECONDS_MAX,
    Link,
    abandon,
    outcome,
    settle,
)
from shared.bus.cloudevents import Content, encode
from shared.bus.port import BusUnavailableError, Delivery, Message

PUBLISH_IN_FLIGHT_MAX: Final = 100
"""Messages sent and not yet confirmed, per call of `publish`."""

RECONNECT_SECONDS_MIN: Final = 0.1
RECONNECT_SECONDS_MAX: Final = 5.0
"""A consumer waits this long between attempts, twice as long after each that failed."""

_PERSISTENT: Final = 2

log = structlog.get_logger(__name__)


class RabbitMqBus:
    """Implements the Bus port. `sources` are all services of the installation that publish.

    AMQP cannot list bindings, so `declare_consumer` unbinds every one of `sources` that it was not
    given. That removes each stale binding that matters: one to a service no longer in `sources`
    stays, and carries nothing, because nobody publishes under that name.
    """

    def __init__(self, url: str, sources: Collection[str] = topology.SOURCES) -> None:
        self._url = url
        self._sources = frozenset(sources)
        self._consumers: dict[str, tuple[str, ...]] = {}
        self._links: set[Link] = set()
        self._publisher: Link | None = None
        self._publisher_turn = asyncio.Lock()
        self._closed = asyncio.Event()
        self._malformed_count = 0

    @property
    def malformed_count(self) -> int:
        """Messages taken out of the queues as malformed by this instance."""
        return self._malformed_count

    async def declare_consumer(self, consumer: str, sources: Sequence[str]) -> None:
        """See Bus.declare_consumer. `consume` declares again what is named here after each
        reconnect, but only this call unbinds: an old release that reconnects while a new one starts
        cannot take the new one's bindings away.

        Raises BusUnavailableError, TopologyConflictError, ValueError for an unknown source.
        """
        unknown = set(sources) - self._sources
        if unknown:
            raise ValueError(f"{', '.join(sorted(unknown))}: not among the sources of this bus")
        topology.queue_name(consumer)
        self._consumers[consumer] = tuple(sources)
        link = await self._open(f"dvk {consumer}")
        try:
            stale = self._sources - set(sources)
            declared = topology.declare_consumer(link.channel, consumer, sources, stale)
            await settle(declared, ANSWER_SECONDS_MAX)
        finally:
            await self._release(link)

    async def publish(self, messages: Sequence[Message]) -> int:
        """See Bus.publish. Raises MalformedMessageError before anything is sent, and
        BusUnavailableError at the latest ANSWER_SECONDS_MAX after the broker's last confirm.
        """
        contents = [(topology.routing_key(m.event.type), encode(m)) for m in messages]
        if not contents:
            return 0
        link = await self._publisher_link()
        try:
            return await _publish_all(link.raw, contents)
        except BusUnavailableError:
            await self._release(link)
            raise

    async def consume(self, consumer: str) -> AsyncGenerator[Delivery, None]:
        """See Bus.consume. Raises ValueError for a consumer not declared on this instance, and
        TopologyConflictError.
        """
        if consumer not in self._consumers:
            raise ValueError(f"{consumer}: declare the consumer before consuming")
        retry_seconds = RECONNECT_SECONDS_MIN
        while not self._closed.is_set():
            try:
                session = await self._open_session(consumer)
                retry_seconds = RECONNECT_SECONDS_MIN
                try:
                    while True:
                        yield await session.next()
                finally:
                    # What was not acknowledged returns to the queue with the connection.
                    await self._release(session.link)
            except BusUnavailableError as error:
                if self._closed.is_set():
                    return
                log.warning(
                    "bus_consumer_reconnects",
                    consumer=consumer,
                    reason=str(error),
                    retry_seconds=retry_seconds,
                )
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._closed.wait(), retry_seconds)
            retry_seconds = min(2 * retry_seconds, RECONNECT_SECONDS_MAX)

    async def reachable(self) -> bool:
        """See Bus.reachable; takes at most CONNECT_SECONDS_MAX to connect and as much to ask."""
        try:
            link = await self._publisher_link()
        except BusUnavailableError:
            return False
        try:
            await settle(link.ask(), CONNECT_SECONDS_MAX)
        except BusUnavailableError:
            await self._release(link)
            return False
        return True

    async def close(self) -> None:
        """See Bus.close. Iterators end; what is called later raises BusUnavailableError."""
        self._closed.set()
        await asyncio.gather(*(self._release(link) for link in tuple(self._links)))

    async def _open(self, name: str, *, confirms: bool = False) -> Link:
        if not self._closed.is_set():
            opened = Link.open(self._url, name, confirms=confirms)
            link = await settle(opened, CONNECT_SECONDS_MAX)
            self._links.add(link)
            if not self._closed.is_set():
                return link
            await self._release(link)
        raise BusUnavailableError("the bus is closed")

    async def _release(self, link: Link) -> None:
        self._links.discard(link)
        await link.close()

    async def _publisher_link(self) -> Link:
        if self._publisher is None or self._publisher.lost:
            # The limit includes waiting for another caller's attempt.
            self._publisher = await settle(self._open_publisher(), CONNECT_SECONDS_MAX)
        return self._publisher

    async def _open_publisher(self) -> Link:
        async with self._publisher_turn:
            if self._publisher is not None:
                if not self._publisher.lost:
                    return self._publisher  # opened by whoever had the turn before
                await self._release(self._publisher)
            link = await self._open("dvk publisher", confirms=True)
            try:
                await topology.declare_exchange(link.channel)
            except BaseException:
                await self._release(link)
                raise
            self._publisher = link
            return link

    async def _open_session(self, consumer: str) -> ConsumerSession:
        link = await self._open(f"dvk {consumer}")
        session = ConsumerSession(link, consumer, self._count_malformed)
        try:
            sources = self._consumers[consumer]
            declared = topology.declare_consumer(link.channel, consumer, sources, stale=())
            await settle(declared, ANSWER_SECONDS_MAX)
            await settle(session.open(), ANSWER_SECONDS_MAX)
        except BaseException:
            await self._release(link)
            raise
        return session

    def _count_malformed(self) -> None:
        self._malformed_count += 1


async def _publish_all(channel: Channel, contents: Sequence[tuple[str, Content]]) -> int:
    """Send in order, a bounded number in flight; returns how many had no queue when all are confirmed.

    The channel sends in the order in which the tasks first run, which is that of their creation.
    A fault leaves any part of the batch queued.
    """
    unroutable = 0
    in_flight: deque[asyncio.Task[bool]] = deque()
    try:
        for routing_key, content in contents:
            if len(in_flight) == PUBLISH_IN_FLIGHT_MAX:
                unroutable += await _returned(in_flight)
            in_flight.append(asyncio.create_task(_publish(channel, routing_key, content)))
        while in_flight:
            unroutable += await _returned(in_flight)
    finally:
        await abandon(*in_flight)
    return unroutable


async def _returned(in_flight: deque[asyncio.Task[bool]]) -> bool:
    """Wait for the oldest in flight; whether it had no queue."""
    oldest = in_flight[0]
    if not oldest.done():
        await asyncio.wait((oldest,), timeout=ANSWER_SECONDS_MAX)
    result = outcome(oldest, ANSWER_SECONDS_MAX)
    in_flight.popleft()
    return result


async def _publish(channel: Channel, routing_key: str, content: Content) -> bool:
    """Publish one message and wait for its confirm; whether it had no queue."""
    answer: object = await channel.basic_publish(
        content.body,
        exchange=topology.EVENTS_EXCHANGE,
        routing_key=routing_key,
        mandatory=True,
        properties=spec.Basic.Properties(
            content_type=content.content_type,
            headers=dict(content.headers),
            delivery_mode=_PERSISTENT,
            # The library finds a returned message by this id; without one it would be lost track of.
            message_id=content.message_id,
        ),
        wait=False,
    )
    return isinstance(answer, DeliveredMessage)
