"""One connection to EventStoreDB in our own terms: the only module that knows `esdbclient`."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Final, NamedTuple, Self, TypeVar

import grpc  # type: ignore[import-untyped]
from esdbclient import AsyncEventStoreDBClient, RecordedEvent, StreamState
from esdbclient import NewEvent as NewRecord
from esdbclient.common import AbstractAsyncCatchupSubscription
from esdbclient.exceptions import (
    AccessDeniedError,
    BadRequestError,
    EventStoreDBClientException,
    MaximumAppendSizeExceededError,
    NotFound,
    StreamIsDeleted,
    WrongCurrentVersion,
)
from esdbclient.streams import AsyncReadResponse

from shared.eventstore.esdb_frame import Frame, FrameError, decode_frame, encode_frame, is_json
from shared.eventstore.follow import FOLLOW_PAGE_EVENTS
from shared.eventstore.port import (
    Expect,
    Expected,
    InvalidAppendError,
    NewEvent,
    StoredEvent,
    StoreError,
    StoreUnavailableError,
)

APPEND_SECONDS_MAX: Final = 5.0
READ_SECONDS_MAX: Final = 30.0
SUBSCRIBE_SECONDS_MAX: Final = 10.0

RETRY_SECONDS: Final = 0.1
"""Before the one repeat after a connection error."""

KEEPALIVE_SECONDS: Final = 10.0
"""A connection that was silent for so long is asked for a sign of life, and given as long to give one."""

RECONNECT_SECONDS_MAX: Final = 2.0
"""The pause between attempts of one channel to connect grows up to this; gRPC's own limit is 120 s."""

CHECKPOINT_WINDOW_EVENTS: Final = 512
CHECKPOINT_WINDOWS: Final = 4
"""While nothing of its pattern comes by, a subscription hears this often how far the server has looked."""

_ANSWERS: Final = (
    AccessDeniedError,
    BadRequestError,
    MaximumAppendSizeExceededError,
    NotFound,
    StreamIsDeleted,
    WrongCurrentVersion,
)
"""What the server said, as against not hearing from it."""

T = TypeVar("T")


class WrongVersionError(Exception):
    """The server refused an append: the stream is elsewhere, or other events stand in its place."""


class SystemRecord(NamedTuple):
    """A record the server or an administrator wrote."""

    stream: str
    data: bytes


class Delivered(NamedTuple):
    """What a subscription brought: events, perhaps none, and how far the server has looked."""

    events: list[StoredEvent]
    looked_to: int


class Connection:
    """A client of the leader that repeats a call once, over a new connection, after a connection error.

    Every method raises StoreUnavailableError when the server is not heard.
    """

    def __init__(self, client: AsyncEventStoreDBClient) -> None:
        """Use `open`."""
        self._client = client
        self._reconnecting = asyncio.Lock()
        self._generation = 0
        self._closed = False

    @classmethod
    async def open(cls, connection_string: str) -> Self:
        """A connection to the server or the cluster's leader. Raises ValueError as well."""
        client = AsyncEventStoreDBClient(connection_string)
        if client.connection_spec.options.NodePreference != "leader":
            msg = "NodePreference must be leader: decisions are taken on what the leader has"
            raise ValueError(msg)
        client.grpc_options += _channel_options()
        await _once(client.connect)
        return cls(client)

    async def append(self, stream: str, expected: Expected, events: Sequence[NewEvent]) -> int:
        """Append and say the position of the last event, where the server says it.

        Raises WrongVersionError, InvalidAppendError for too many bytes, StoreError when forbidden.
        """
        records = [_to_record(event) for event in events]
        attempt = partial(
            self._client.append_to_stream,
            stream,
            current_version=_to_version(expected),
            events=records,
            timeout=APPEND_SECONDS_MAX,
        )
        try:
            # Repeated unchanged after a connection error; a crash here leaves all or nothing.
            return await self._call(attempt)
        except WrongCurrentVersion as error:
            raise WrongVersionError from error
        except MaximumAppendSizeExceededError as error:
            msg = f"stream {stream!r}: larger than the server's MaxAppendSize ({error})"
            raise InvalidAppendError(msg) from error
        except (AccessDeniedError, BadRequestError, StreamIsDeleted) as error:
            msg = f"stream {stream!r}: the server refuses the append ({error!r})"
            raise StoreError(msg) from error

    async def read_stream(
        self, stream: str, start: int | None, limit: int, *, backwards: bool = False
    ) -> list[StoredEvent]:
        """Events from revision `start` on, itself included; from the end when None. Empty if none."""

        async def attempt() -> list[RecordedEvent]:
            return await _whole(
                await self._client.read_stream(
                    stream,
                    stream_position=start,
                    backwards=backwards,
                    limit=limit,
                    timeout=READ_SECONDS_MAX,
                )
            )

        try:
            return _to_events(await self._call(attempt))
        except NotFound:
            return []
        except StreamIsDeleted as error:
            msg = f"{stream} was deleted on the server, which breaks the record"
            raise StoreError(msg) from error

    async def read_log(
        self, streams: str, position: int | None, limit: int, *, backwards: bool = False
    ) -> list[StoredEvent]:
        """Events of the log whose stream names match the pattern `streams`.

        Forwards from `position`, itself included (from the start when None), or backwards from it,
        itself excluded (from the end when None).
        """
        return _to_events(
            await self._read_all(streams, position, limit, backwards=backwards, by_stream=True)
        )

    async def read_system(self, pattern: str, limit: int, *, by_stream: bool) -> list[SystemRecord]:
        """The last `limit` records whose stream name or type matches `pattern`, last first."""
        records = await self._read_all(pattern, None, limit, backwards=True, by_stream=by_stream)
        return [SystemRecord(record.stream_name, record.data) for record in records]

    async def _read_all(
        self, pattern: str, position: int | None, limit: int, *, backwards: bool, by_stream: bool
    ) -> list[RecordedEvent]:
        async def attempt() -> list[RecordedEvent]:
            return await _whole(
                await self._client.read_all(
                    commit_position=position,
                    backwards=backwards,
                    filter_include=(pattern,),
                    filter_by_stream_name=by_stream,
                    limit=limit,
                    timeout=READ_SECONDS_MAX,
                )
            )

        return await self._call(attempt)

    async def subscribe(self, streams: str, after: int) -> "Subscription":
        """A subscription to the streams that match the pattern, after position `after`. No repeat."""

        async def attempt() -> AbstractAsyncCatchupSubscription:
            async with asyncio.timeout(SUBSCRIBE_SECONDS_MAX):
                return await self._client.subscribe_to_all(
                    commit_position=after or None,
                    filter_include=(streams,),
                    filter_by_stream_name=True,
                    include_checkpoints=True,
                    window_size=CHECKPOINT_WINDOW_EVENTS,
                    checkpoint_interval_multiplier=CHECKPOINT_WINDOWS,
                )

        self._check_open()
        return Subscription(await _once(attempt))

    async def close(self) -> None:
        """End every call and subscription."""
        self._closed = True
        await self._client.close()

    async def _call(self, attempt: Callable[[], Awaitable[T]]) -> T:
        self._check_open()
        generation = self._generation
        try:
            return await _once(attempt)
        except StoreUnavailableError:
            async with self._reconnecting:
                self._check_open()
                # Whoever failed on the same connection needs one new connection between them.
                if generation == self._generation:
                    await _once(self._client.reconnect)
                    self._generation += 1
            await asyncio.sleep(RETRY_SECONDS)
        self._check_open()
        return await _once(attempt)

    def _check_open(self) -> None:
        if self._closed:
            msg = "the event store is closed"
            raise StoreUnavailableError(msg)


class Subscription:
    """A catch-up subscription and what it has delivered and nobody has taken: at most a page."""

    def __init__(self, source: AbstractAsyncCatchupSubscription) -> None:
        self._source = source
        self._records: deque[RecordedEvent] = deque()
        self._arrived = asyncio.Event()
        self._room = asyncio.Event()
        self._filling = asyncio.create_task(self._fill())

    async def _fill(self) -> None:
        try:
            async for record in self._source:
                self._records.append(record)
                self._arrived.set()
                if len(self._records) >= FOLLOW_PAGE_EVENTS:
                    self._room.clear()
                    await self._room.wait()
        except EventStoreDBClientException:
            return  # Lost, for whatever reason: its owner subscribes again.
        finally:
            self._arrived.set()

    async def take(self) -> Delivered | None:
        """Everything that has arrived, waiting for something; None when nothing more will."""
        await self._arrived.wait()
        taken = tuple(self._records)
        if not taken:
            await self._filling
            return None
        self._records.clear()
        self._room.set()
        if not self._filling.done():
            self._arrived.clear()
        events = _to_events([record for record in taken if not record.is_checkpoint])
        return Delivered(events, _position(taken[-1]))

    async def close(self) -> None:
        """Stop it and leave nothing running."""
        self._filling.cancel()
        await asyncio.wait([self._filling])
        await self._source.stop()


def _channel_options() -> tuple[tuple[str, int], ...]:
    """How a connection notices that it is dead, and comes back soon.

    The client's own KeepAliveInterval sets an option gRPC does not know. By default gRPC stops asking
    for signs of life after two, waits a minute for one, and a new channel shares the old one's dead
    connection and its pause before the next attempt.
    """
    keepalive_ms = int(KEEPALIVE_SECONDS * 1000)
    return (
        ("grpc.keepalive_time_ms", keepalive_ms),
        ("grpc.keepalive_timeout_ms", keepalive_ms),
        ("grpc.http2.ping_timeout_ms", keepalive_ms),
        ("grpc.http2.max_pings_without_data", 0),
        ("grpc.use_local_subchannel_pool", 1),
        ("grpc.max_reconnect_backoff_ms", int(RECONNECT_SECONDS_MAX * 1000)),
    )


async def _once(attempt: Callable[[], Awaitable[T]]) -> T:
    """The result of `attempt`; StoreUnavailableError when the server was not heard.

    The client swallows a cancellation while it reads, and raises one when another caller replaced
    the connection, so only the task itself knows whether it was cancelled.
    """
    task = asyncio.current_task()
    cancelling = task.cancelling() if task else 0
    try:
        result = await attempt()
    except _ANSWERS:
        raise
    except (
        EventStoreDBClientException,
        grpc.aio.UsageError,
        TimeoutError,
        asyncio.CancelledError,
        _CutOffError,
    ) as error:
        if task and task.cancelling() > cancelling:
            raise asyncio.CancelledError from error
        msg = f"the server was not heard: {error!r}"
        raise StoreUnavailableError(msg) from error
    if task and task.cancelling() > cancelling:
        raise asyncio.CancelledError
    return result


class _CutOffError(Exception):
    """A read ended before its end."""


async def _whole(response: AsyncReadResponse) -> list[RecordedEvent]:
    """All records of a bounded read. One that was cut off ends like one that is complete, so ask."""
    records = [record async for record in response]
    if await response.aio_call.code() is not grpc.StatusCode.OK:
        raise _CutOffError
    return records


def _to_version(expected: Expected) -> int | StreamState:
    match expected:
        case Expect.NO_STREAM:
            return StreamState.NO_STREAM
        case Expect.ANY:
            return StreamState.ANY
        case revision:
            return revision


def _to_record(event: NewEvent) -> NewRecord:
    return NewRecord(
        id=event.id,
        type=event.type,
        data=event.data,
        metadata=encode_frame(Frame(event.time_us, event.metadata, event.trace)),
        content_type="application/json" if is_json(event.data) else "application/octet-stream",
    )


def _to_events(records: Sequence[RecordedEvent]) -> list[StoredEvent]:
    return [_to_event(record) for record in records]


def _to_event(record: RecordedEvent) -> StoredEvent:
    try:
        frame = decode_frame(record.metadata)
    except FrameError as error:
        msg = f"{record.stream_position}@{record.stream_name} was not written by us: {error}"
        raise StoreError(msg) from error
    return StoredEvent(
        record.id,
        record.type,
        frame.time_us,
        record.data,
        frame.metadata,
        frame.trace,
        record.stream_name,
        record.stream_position,
        _position(record),
    )


def _position(record: RecordedEvent) -> int:
    if record.commit_position is None:
        msg = "the server gives no positions when a stream is read: it is older than 22.10"
        raise StoreError(msg)
    return record.commit_position
