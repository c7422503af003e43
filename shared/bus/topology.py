"""Exchanges, queues and bindings: one description, declared over AMQP and exported for operators.

    dvk.events (topic) ──`<source>.#`──► dvk.<consumer> (quorum, bounded, single active consumer)
                                              │ rejected, or delivered in vain too often
    dvk.malformed (headers) ◄─────────────────┘
        └──► dvk.malformed (quorum, bounded): for people to look at

RabbitMQ dead-letters what a full queue drops as well. Those messages are well formed and stand in
the event store, so `dvk.malformed` routes by the broker's own reason header and lets them go.

Who consumes whose events is what the services declare; `python -m scripts.reference` exports it.
"""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from aio_pika import ExchangeType
from aio_pika.abc import AbstractChannel, AbstractExchange
from aiormq.exceptions import ChannelPreconditionFailed
from pamqp.common import FieldTable

from shared.bus.port import QUEUE_MESSAGES_MAX, BusError

SOURCES: Final = frozenset({"evaluation", "notification", "recognition", "registration"})
"""Every service that publishes: what a consumer could ever have been bound to."""

EVENTS_EXCHANGE: Final = "dvk.events"
MALFORMED: Final = "dvk.malformed"
"""Exchange and queue of what was taken out of the consumers' queues."""

MALFORMED_REASONS: Final = ("rejected", "delivery_limit")
"""Rejected by the adapter; or returned DELIVERIES_MAX times, as when a message breaks the client
library itself and with it each connection it is delivered on. What was delivered together with such
a message leaves with it, and the consumer reads it from the store."""

DELIVERIES_MAX: Final = 20
"""Returns of one message before it leaves the queue: RabbitMQ 4's default, here said aloud."""

_NAME: Final = re.compile(r"[a-z][a-z0-9_-]*")

_QUEUE_ARGUMENTS: Final[Mapping[str, str | int | bool]] = MappingProxyType(
    {
        "x-queue-type": "quorum",
        "x-single-active-consumer": True,
        "x-max-length": QUEUE_MESSAGES_MAX,
        "x-overflow": "drop-head",
        "x-dead-letter-exchange": MALFORMED,
        "x-delivery-limit": DELIVERIES_MAX,
    }
)
_MALFORMED_QUEUE_ARGUMENTS: Final[Mapping[str, str | int | bool]] = MappingProxyType(
    {
        "x-queue-type": "quorum",
        "x-max-length": QUEUE_MESSAGES_MAX,
        "x-overflow": "drop-head",
    }
)


class TopologyConflictError(BusError):
    """The broker has a queue or exchange of ours with other settings, from another release.

    Delete it there: what a queue held stands in the event store, where consumers fetch what they miss.
    """


def queue_name(consumer: str) -> str:
    """The queue of a consuming service. Raises ValueError."""
    return f"dvk.{_checked(consumer)}"


def binding_pattern(source: str) -> str:
    """Matches every event of a source. Raises ValueError."""
    return f"{_checked(source)}.#"


def routing_key(event_type: str) -> str:
    """`<service>.<EventType>.v<N>`, from the stored type."""
    return event_type.removeprefix("dvk.")


async def declare_exchange(channel: AbstractChannel) -> AbstractExchange:
    """The exchange that events are published to."""
    return await channel.declare_exchange(EVENTS_EXCHANGE, ExchangeType.TOPIC, durable=True)


async def declare_consumer(
    channel: AbstractChannel, consumer: str, sources: Collection[str], stale: Collection[str]
) -> None:
    """Make the queue of `consumer` with what it needs, bind `sources`, unbind `stale`.

    Each step is idempotent and none takes away what another process of the same release declares,
    so any number may run at once. A crash in between leaves a part, which the next run completes:
    wanted bindings stand before stale ones go, so that no wanted event finds no queue.

    Raises TopologyConflictError, and what aio-pika raises.
    """
    try:
        await _declare_consumer(channel, consumer, sources, stale)
    except ChannelPreconditionFailed as error:
        raise TopologyConflictError(str(error)) from error


async def _declare_consumer(
    channel: AbstractChannel, consumer: str, sources: Collection[str], stale: Collection[str]
) -> None:
    exchange = await declare_exchange(channel)
    malformed = await channel.declare_exchange(
        MALFORMED, ExchangeType.HEADERS, durable=True, internal=True
    )
    parked = await channel.declare_queue(
        MALFORMED, durable=True, arguments=dict(_MALFORMED_QUEUE_ARGUMENTS)
    )
    for reason in MALFORMED_REASONS:
        await parked.bind(malformed, "", arguments=_reason_arguments(reason))
    queue = await channel.declare_queue(
        queue_name(consumer), durable=True, arguments=dict(_QUEUE_ARGUMENTS)
    )
    for source in sources:
        await queue.bind(exchange, binding_pattern(source))
    for source in stale:
        await queue.unbind(exchange, binding_pattern(source))


def definitions(subscriptions: Mapping[str, Sequence[str]]) -> str:
    """The topology as a RabbitMQ definitions file (JSON) for the default virtual host."""
    queues = [_queue(MALFORMED, _MALFORMED_QUEUE_ARGUMENTS)]
    bindings = [
        _binding(MALFORMED, MALFORMED, "", _reason_arguments(reason))
        for reason in MALFORMED_REASONS
    ]
    for consumer, sources in sorted(subscriptions.items()):
        name = queue_name(consumer)
        queues.append(_queue(name, _QUEUE_ARGUMENTS))
        bindings += [
            _binding(EVENTS_EXCHANGE, name, binding_pattern(source), {})
            for source in sorted(sources)
        ]
    exchanges = [_exchange(EVENTS_EXCHANGE, "topic"), _exchange(MALFORMED, "headers")]
    content = {"exchanges": exchanges, "queues": queues, "bindings": bindings}
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _checked(name: str) -> str:
    if _NAME.fullmatch(name) is None:
        # A dot or a wildcard would reach into the routing of others.
        raise ValueError(f"{name!r}: lower-case letters, digits, hyphens and underscores only")
    return name


def _reason_arguments(reason: str) -> FieldTable:
    # Plain "all" leaves out headers that begin with x-.
    return {"x-match": "all-with-x", "x-first-death-reason": reason}


def _exchange(name: str, kind: str) -> Mapping[str, object]:
    return {
        "name": name,
        "vhost": "/",
        "type": kind,
        "durable": True,
        "auto_delete": False,
        "internal": name == MALFORMED,
        "arguments": {},
    }


def _queue(name: str, arguments: Mapping[str, str | int | bool]) -> Mapping[str, object]:
    return {
        "name": name,
        "vhost": "/",
        "durable": True,
        "auto_delete": False,
        "arguments": dict(arguments),
    }


def _binding(source: str, queue: str, key: str, arguments: FieldTable) -> Mapping[str, object]:
    return {
        "source": source,
        "vhost": "/",
        "destination": queue,
        "destination_type": "queue",
        "routing_key": key,
        "arguments": dict(arguments),
    }
