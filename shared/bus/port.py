"""The message bus port: how events travel between services. The contract suite holds each adapter to it.

A source is a service that publishes its own events, in order. Each message names the position of its
predecessor from the same source, so a consumer with one number per source knows at once whether
a message is a duplicate, the next one, or whether something is missing, and fetches what is missing
from the event store. The bus may therefore lose, repeat and reorder; it must not corrupt.
"""

from collections.abc import AsyncGenerator, Sequence
from typing import Final, Protocol

import msgspec

from shared.eventstore.port import StoredEvent

QUEUE_MESSAGES_MAX: Final = 10_000
"""A consumer's queue is bounded; when full the oldest message goes, and the store fills the gap."""

PREFETCH_MAX: Final = 256
"""Messages given to a consumer and not yet acknowledged."""


class Message(msgspec.Struct, frozen=True):
    """An event on its way: the source service, the event as stored, and its predecessor's position."""

    source: str
    event: StoredEvent
    predecessor: int


class Delivery(Protocol):
    """Messages handed to a consumer in the order they were queued."""

    @property
    def messages(self) -> Sequence[Message]:
        """At least one message, at most PREFETCH_MAX."""
        ...

    async def acknowledge(self) -> None:
        """Their effects are durable: never deliver them again. Safe to call after a lost connection."""
        ...


class BusError(Exception):
    """Base of what a bus raises."""


class BusUnavailableError(BusError):
    """The broker cannot be reached or did not confirm; any part of the batch may have been queued."""


class Bus(Protocol):
    """At-least-once transport with confirms, one queue per consuming service."""

    async def declare_consumer(self, consumer: str, sources: Sequence[str]) -> None:
        """Make the durable, bounded queue of `consumer`, bound to every event of each source.

        Idempotent; bindings to sources no longer named are removed.
        """
        ...

    async def publish(self, messages: Sequence[Message]) -> int:
        """Publish in order; returns once the broker has confirmed all, with how many had no queue.

        A message without a queue is no loss: a consumer that comes later reads the store.
        Raises BusUnavailableError.
        """
        ...

    def consume(self, consumer: str) -> AsyncGenerator[Delivery, None]:
        """Deliveries for `consumer`, for ever. One active consumer per queue; others wait as stand-by.

        Reconnects by itself with bounded back-off. What was not acknowledged is delivered again.
        Close the iterator to stop.
        """
        ...

    async def reachable(self) -> bool:
        """Whether the broker answers now."""
        ...

    async def close(self) -> None:
        """Release connections; unacknowledged deliveries return to their queues."""
        ...
