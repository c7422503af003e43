"""A small HTTP/1.1 client that keeps its connections: a general one takes a third of a core to play a year."""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import SplitResult, urlsplit

import httptools

REQUEST_SECONDS_MAX: Final = 30.0
CONNECTIONS_MAX: Final = 64
READ_BYTES: Final = 65_536
BODY_BYTES_MAX: Final = 64 * 1024 * 1024


class TransportError(Exception):
    """No whole answer came: nobody listens, the connection broke off, or it took too long."""


@dataclass(slots=True)
class Answer:
    """A whole answer; header names in lower case."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


class _Reading:
    """Collects one answer from the parser's calls."""

    def __init__(self) -> None:
        self.answer = Answer()
        self.parser = httptools.HttpResponseParser(self)
        self.complete = False
        self.kept_alive = False
        self._chunks: list[bytes] = []
        self._bytes = 0

    def on_header(self, name: bytes, value: bytes) -> None:
        self.answer.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_body(self, body: bytes) -> None:
        self._bytes += len(body)
        if self._bytes > BODY_BYTES_MAX:
            raise TransportError(f"the answer is larger than {BODY_BYTES_MAX} bytes")
        self._chunks.append(body)

    def on_message_complete(self) -> None:
        self.answer.body = b"".join(self._chunks)
        self.answer.status = self.parser.get_status_code()
        # The parser knows it no longer than this.
        self.kept_alive = self.parser.should_keep_alive()
        self.complete = True


class _Connection:
    """One connection, for one request at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def exchange(self, request: bytes) -> tuple[Answer, bool]:
        """Send and read the answer; whether the connection can be used again."""
        reading = _Reading()
        self._writer.write(request)
        while not reading.complete:
            received = await self._reader.read(READ_BYTES)
            if not received:
                raise TransportError("the connection broke off")
            reading.parser.feed_data(received)
        return reading.answer, reading.kept_alive

    def close(self) -> None:
        self._writer.close()


class Client:
    """Requests to any number of servers, at most CONNECTIONS_MAX at a time, within one event loop."""

    def __init__(self) -> None:
        self._idle: dict[tuple[str, str], list[_Connection]] = {}
        self._turns = asyncio.Semaphore(CONNECTIONS_MAX)

    async def request(
        self, method: str, url: str, headers: Mapping[str, str], content: bytes = b""
    ) -> Answer:
        """The answer, whatever its status. Raises TransportError; the request may have had its effect."""
        parts = urlsplit(url)
        request = _written(method, parts, headers, content)
        origin = (parts.scheme, parts.netloc)
        async with self._turns:
            connection = None
            try:
                async with asyncio.timeout(REQUEST_SECONDS_MAX):
                    idle = self._idle.setdefault(origin, [])
                    connection = idle.pop() if idle else await _connected(parts)
                    answer, again = await connection.exchange(request)
            except (OSError, TimeoutError, httptools.HttpParserError) as error:
                raise TransportError(str(error) or type(error).__name__) from error
            else:
                if again:
                    idle.append(connection)
                    connection = None
                return answer
            finally:
                # Broken off in the middle, it would give the next request this one's answer.
                if connection is not None:
                    connection.close()

    def close(self) -> None:
        """Close every connection."""
        for connections in self._idle.values():
            for connection in connections:
                connection.close()
        self._idle.clear()


async def _connected(parts: SplitResult) -> _Connection:
    secure = parts.scheme == "https"
    reader, writer = await asyncio.open_connection(
        parts.hostname,
        parts.port or (443 if secure else 80),
        ssl=ssl.create_default_context() if secure else None,
    )
    return _Connection(reader, writer)


def _written(method: str, parts: SplitResult, headers: Mapping[str, str], content: bytes) -> bytes:
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = [f"{method} {target} HTTP/1.1", f"host: {parts.netloc}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if content or method != "GET":
        lines.append(f"content-length: {len(content)}")
    head = "\r\n".join(lines)
    if head.count("\r\n") != len(lines) - 1 or "\n" in head.replace("\r\n", ""):
        raise ValueError("a header holds a line break")
    return head.encode("ascii") + b"\r\n\r\n" + content
