"""Consuming from RabbitMQ: one consumer on one link, until either is lost."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Sequence

import structlog
from aiormq.abc import DeliveredMessage

from shared.bus import topology
from shared.bus.amqp_link import ANSWER_SECONDS_MAX, Link, settle
from shared.bus.cloudevents import MalformedMessageError, decode
from shared.bus.port import PREFETCH_MAX, BusUnavailableError, Delivery, Message

log = structlog.get_logger(__name__)


class ConsumerSession:
    """What has arrived, and what was handed out and is not yet acknowledged.

    `count_malformed` is called for each message rejected.
    """

    def __init__(self, link: Link, consumer: str, count_malformed: Callable[[], None]) -> None:
        self.link = link
        self._consumer = consumer
        self._count_malformed = count_malformed
        # Bounded by the broker: it sends no more than PREFETCH_MAX unacknowledged messages.
        self._arrived: deque[DeliveredMessage] = deque()
        self._news = asyncio.Event()
        self._lost: str | None = None
        self._outstanding: dict[_Delivery, None] = {}
        self._acknowledging = asyncio.Lock()

    async def open(self) -> None:
        """Start consuming."""
        channel = self.link.raw
        channel.closing.add_done_callback(lambda _: self._lose("the connection was lost"))
        # The broker cancels a consumer when its queue is deleted; nothing else would tell us.
        channel.on_consumer_cancel_callbacks.add(lambda _: self._lose("the consumer was cancelled"))
        await channel.basic_qos(prefetch_count=PREFETCH_MAX)
        await channel.basic_consume(topology.queue_name(self._consumer), self._arrive)

    async def next(self) -> Delivery:
        """All that has arrived, at least one message. Raises BusUnavailableError once lost."""
        while True:
            while not self._arrived and self._lost is None:
                self._news.clear()
                await self._news.wait()
            if self._lost is not None:
                # What is still here is being delivered to another consumer already.
                raise BusUnavailableError(self._lost)
            arrived = tuple(self._arrived)
            self._arrived.clear()
            delivery = await self._understood(arrived)
            if delivery.messages:
                self._outstanding[delivery] = None
                return delivery

    async def acknowledge(self, delivery: "_Delivery") -> None:
        """Settle a delivery; afterwards, and on a lost link, nothing happens."""
        async with self._acknowledging:
            if delivery not in self._outstanding:
                return
            # One frame settles everything before it as well, so it needs to be the oldest.
            oldest = next(iter(self._outstanding)) is delivery
            del self._outstanding[delivery]
            with contextlib.suppress(BusUnavailableError):  # it will be delivered again
                for tag in delivery.tags[-1:] if oldest else delivery.tags:
                    acknowledged = self.link.raw.basic_ack(tag, multiple=oldest, wait=False)
                    await settle(acknowledged, ANSWER_SECONDS_MAX)

    async def _arrive(self, message: DeliveredMessage) -> None:
        self._arrived.append(message)
        self._news.set()

    def _lose(self, reason: str) -> None:
        self._lost = self._lost or reason
        self._news.set()

    async def _understood(self, arrived: Sequence[DeliveredMessage]) -> "_Delivery":
        """The delivery of what can be decoded; the rest is rejected to `dvk.malformed`."""
        messages: list[Message] = []
        tags: list[int] = []
        for raw in arrived:
            tag = raw.delivery_tag
            assert tag is not None
            properties = raw.header.properties
            try:
                message = decode(properties.headers or {}, raw.body, properties.content_type)
            except MalformedMessageError as error:
                self._count_malformed()
                log.warning("bus_message_malformed", consumer=self._consumer, reason=str(error))
                rejected = self.link.raw.basic_reject(tag, requeue=False, wait=False)
                await settle(rejected, ANSWER_SECONDS_MAX)
            else:
                messages.append(message)
                tags.append(tag)
        return _Delivery(self, messages, tags)


class _Delivery:
    """Implements the Delivery port."""

    def __init__(
        self, session: ConsumerSession, messages: Sequence[Message], tags: Sequence[int]
    ) -> None:
        self.tags = tags
        self._session = session
        self._messages = messages

    @property
    def messages(self) -> Sequence[Message]:
        return self._messages

    async def acknowledge(self) -> None:
        await self._session.acknowledge(self)
