"""A load generator in a process of its own: `python -m tests.bench.client`, JSON in and JSON out.

Each connection sends its next request when the former is answered. It parses no more of an answer than the
status and the length, so that the server is what is measured, and counts any status but 2xx as a failure.
"""

import asyncio
import sys
import time
from functools import partial
from typing import Final, cast

import msgspec

from shared.host.clock import SystemClock
from shared.host.ids import new_key
from tests.bench.report import run_async

WARM_SECONDS: Final = 1.0
LATE_SECONDS_MAX: Final = 5.0


class Order(msgspec.Struct, frozen=True):
    """What to send, where, how long and over how many connections."""

    port: int
    path: str
    body: str
    token: str
    connections: int
    seconds: float


class Answered(msgspec.Struct, frozen=True):
    """Requests a second, and milliseconds until half and 99 of 100 of them were answered."""

    rate: float
    p50_ms: float
    p99_ms: float
    failures: int


class _Run:
    def __init__(self, order: Order) -> None:
        body = order.body.encode()
        self._head = (
            f"POST {order.path} HTTP/1.1\r\nHost: 127.0.0.1:{order.port}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
            f"Authorization: Bearer {order.token}\r\nIdempotency-Key: "
        ).encode()
        self._tail = b"\r\n\r\n" + body
        self._clock = SystemClock()
        self.latencies: list[float] = []
        self.failures = 0
        self.begins = time.perf_counter() + WARM_SECONDS
        self.ends = self.begins + order.seconds

    def request(self) -> bytes:
        return self._head + str(new_key(self._clock.now())).encode() + self._tail

    def answered(self, sent: float, status: bytes) -> bool:
        """Take one answer; whether to go on."""
        now = time.perf_counter()
        if self.begins <= now < self.ends:
            self.latencies.append(now - sent)
            self.failures += not status.startswith(b"2")
        return now < self.ends


class _Connection(asyncio.Protocol):
    def __init__(self, run: _Run, done: asyncio.Future[None]) -> None:
        self._run = run
        self._done = done
        self._buffer = b""
        self._sent = 0.0
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports do what a WriteTransport does and are none by birth.
        self._transport = cast("asyncio.WriteTransport", transport)
        self._send()

    def _send(self) -> None:
        assert self._transport is not None
        self._sent = time.perf_counter()
        self._transport.write(self._run.request())

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        if len(body) < length:
            return
        self._buffer = body[length:]
        if self._run.answered(self._sent, head[9:12]):
            self._send()
        elif not self._done.done():
            self._done.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(exc or ConnectionError("the server hung up"))


async def drive(order: Order) -> Answered:
    """Send for as long as ordered."""
    loop = asyncio.get_running_loop()
    run = _Run(order)
    ends = [loop.create_future() for _ in range(order.connections)]
    made = [
        await loop.create_connection(partial(_Connection, run, done), "127.0.0.1", order.port)
        for done in ends
    ]
    async with asyncio.timeout(WARM_SECONDS + order.seconds + LATE_SECONDS_MAX):
        await asyncio.gather(*ends)
    for transport, _ in made:
        transport.close()
    ordered = sorted(run.latencies)
    return Answered(
        rate=len(ordered) / order.seconds,
        p50_ms=ordered[len(ordered) // 2] * 1e3,
        p99_ms=ordered[len(ordered) * 99 // 100] * 1e3,
        failures=run.failures,
    )


if __name__ == "__main__":
    answered = run_async(drive(msgspec.json.decode(sys.stdin.buffer.read(), type=Order)))
    sys.stdout.buffer.write(msgspec.json.encode(answered))
