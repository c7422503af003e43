"""A connection to RabbitMQ with one channel, living until its first fault, every step bounded in time."""

import asyncio
from collections.abc import Coroutine
from typing import Final, Self, TypeVar

import aio_pika
import aiormq
from aio_pika.abc import AbstractChannel, AbstractConnection
from aiormq.exceptions import AMQPError

from shared.bus.port import BusUnavailableError

HEARTBEAT_SECONDS: Final = 10
"""Asked of the broker; the library takes a connection silent for (10 + 1) × 3 seconds for lost."""

CONNECT_SECONDS_MAX: Final = 5.0
ANSWER_SECONDS_MAX: Final = 10.0
"""For a declaration, for writing an acknowledgement, and from one confirm to the next."""

CLOSE_SECONDS_MAX: Final = 2.0

# What the library raises for a connection or channel that is gone: its own errors, the system's
# (timeouts are among them), and RuntimeError for using what is already closed.
_FAULTS: Final = (AMQPError, OSError, RuntimeError)

T = TypeVar("T")


class Link:
    """A plain connection and a channel on it. After a fault `lost` is true for ever: open another."""

    def __init__(
        self, connection: AbstractConnection, channel: AbstractChannel, raw: aiormq.Channel
    ) -> None:
        self.channel = channel
        self.raw = raw
        """The channel beneath, for publishing and consuming without aio-pika's cost per message."""
        self._connection = connection
        self._closing: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, url: str, name: str, *, confirms: bool) -> Self:
        """Connect under a name that operators see. `confirms` for publishing."""
        connection = await aio_pika.connect(url, heartbeat=HEARTBEAT_SECONDS, name=name)
        try:
            channel = connection.channel(publisher_confirms=confirms)
            await channel.initialize()
            raw = await channel.get_underlay_channel()
            assert isinstance(raw, aiormq.Channel)
            return cls(connection, channel, raw)
        except BaseException:
            await _close(connection)
            raise

    @property
    def lost(self) -> bool:
        """Whether it can no longer be used."""
        return self._closing is not None or self.raw.is_closed

    async def ask(self) -> None:
        """A round trip to the broker that changes nothing."""
        await self._connection.channel(publisher_confirms=False).initialize()

    async def close(self) -> None:
        """Release the connection. With a broker that no longer answers this returns after
        CLOSE_SECONDS_MAX, and the library lets go of the socket when heartbeats have failed.
        """
        if self._closing is None:
            self._closing = asyncio.create_task(self._close())
        await asyncio.wait((self._closing,), timeout=CLOSE_SECONDS_MAX)

    async def _close(self) -> None:
        try:
            await _close(self._connection)
        except _FAULTS:
            return  # it is gone, which is what was wanted


async def _close(connection: AbstractConnection) -> None:
    """Close the connection beneath: aio-pika's own close then waits for a callback, also when cancelled,
    and a process that ends while the broker is hanging would wait for ever.
    """
    if connection.transport is not None:
        await connection.transport.connection.close()


async def settle(work: Coroutine[object, object, T], seconds_max: float) -> T:
    """The result of a call to the library, or BusUnavailableError in bounded time.

    The call runs in a task of its own, because a lost connection can end it with CancelledError,
    which in the caller's own task would pass for a cancellation of the caller.
    """
    task = asyncio.create_task(work)
    try:
        await asyncio.wait((task,), timeout=seconds_max)
        return outcome(task, seconds_max)
    finally:
        await abandon(task)


def outcome(task: "asyncio.Task[T]", seconds_max: float) -> T:
    """What a task that was given `seconds_max` has come to. Raises BusUnavailableError."""
    if not task.done():
        raise BusUnavailableError(f"no answer within {seconds_max:g} s")
    if task.cancelled():
        raise BusUnavailableError("the connection was closed")
    error = task.exception()
    if isinstance(error, _FAULTS):
        raise BusUnavailableError(repr(error)) from error
    if type(error) is Exception:
        # So the library ends what is pending on a connection that went without giving a reason.
        raise BusUnavailableError("the connection was closed") from error
    return task.result()


async def abandon(*tasks: "asyncio.Task[T]") -> None:
    """End what is still running, waiting at most CLOSE_SECONDS_MAX for it."""
    running = [task for task in tasks if not task.done()]
    for task in running:
        task.cancel()
    if running:
        await asyncio.wait(running, timeout=CLOSE_SECONDS_MAX)
    for task in tasks:
        if task.done() and not task.cancelled():
            task.exception()  # read, so that asyncio does not report it as lost
