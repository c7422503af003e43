"""The stand-in's Streams service: BatchAppend and Read as the product answers them."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from itertools import islice
from typing import Final

import grpc.aio  # type: ignore[import-untyped]
from esdbclient.protos.Grpc import shared_pb2, status_pb2, streams_pb2, streams_pb2_grpc
from google.protobuf import any_pb2, empty_pb2  # type: ignore[import-untyped]

from tests.support.esdb_standin.faults import Faults
from tests.support.esdb_standin.log import (
    APPEND_BYTES_MAX,
    Done,
    Expected,
    Filter,
    Log,
    Proposed,
    Record,
    WrongVersion,
)

ReadOptions = streams_pb2.ReadReq.Options
DEFAULT_WINDOW_EVENTS: Final = 32


class Streams(streams_pb2_grpc.StreamsServicer):
    """One node, always the leader."""

    def __init__(self, log: Log, faults: Faults) -> None:
        self._log = log
        self._faults = faults
        self._grown = asyncio.Event()

    async def BatchAppend(  # noqa: N802 (the protocol's name)
        self,
        requests: AsyncIterator[streams_pb2.BatchAppendReq],
        context: "grpc.aio.ServicerContext[streams_pb2.BatchAppendReq, streams_pb2.BatchAppendResp]",
    ) -> AsyncIterator[streams_pb2.BatchAppendResp]:
        """Each final request is one atomic append."""
        async for request in requests:
            if self._faults.take_refusal():
                await context.abort(grpc.StatusCode.UNAVAILABLE, "injected before the append")
            response = self._append(request)
            if self._faults.take_lost_answer():
                await context.abort(grpc.StatusCode.UNAVAILABLE, "injected after the append")
            yield response

    def _append(self, request: streams_pb2.BatchAppendReq) -> streams_pb2.BatchAppendResp:
        stream = request.options.stream_identifier.stream_name.decode()
        events = [
            Proposed(
                message.id.string,
                message.metadata["type"],
                message.metadata["content-type"],
                message.data,
                message.custom_metadata,
            )
            for message in request.proposed_messages
        ]
        response = streams_pb2.BatchAppendResp(
            correlation_id=request.correlation_id,
            stream_identifier=request.options.stream_identifier,
        )
        if not request.is_final or not events:
            response.error.CopyFrom(
                _status(shared_pb2.BadRequest(message="the stand-in takes whole appends only"))
            )
        elif sum(event.size for event in events) > APPEND_BYTES_MAX:
            response.error.CopyFrom(
                _status(shared_pb2.MaximumAppendSizeExceeded(maxAppendSize=APPEND_BYTES_MAX))
            )
        else:
            result = self._log.append(stream, _expected(request.options), events)
            if isinstance(result, Done):
                self._ring()
                response.success.current_revision = result.revision
                response.success.position.commit_position = result.position
                response.success.position.prepare_position = result.position
            else:
                response.error.CopyFrom(_status(_wrong_version(result)))
        return response

    def _ring(self) -> None:
        grown, self._grown = self._grown, asyncio.Event()
        grown.set()

    async def Read(  # noqa: N802 (the protocol's name)
        self,
        request: streams_pb2.ReadReq,
        context: "grpc.aio.ServicerContext[streams_pb2.ReadReq, streams_pb2.ReadResp]",
    ) -> AsyncIterator[streams_pb2.ReadResp]:
        """A page of a stream or of $all, or a subscription to $all."""
        options = request.options
        if options.WhichOneof("stream_option") == "stream":
            for response in self._read_stream(options):
                yield response
            return
        position = _position(options)
        if position is not None and not self._log.is_boundary(position):
            await context.abort(grpc.StatusCode.UNKNOWN, f"no record starts at {position}")
        if options.WhichOneof("count_option") == "subscription":
            async for response in self._subscription(options, position, context):
                yield response
        else:
            for record in self._read_all(options, position):
                yield _read_event(record)

    def _read_stream(self, options: ReadOptions) -> Iterator[streams_pb2.ReadResp]:
        records = self._log.stream(options.stream.stream_identifier.stream_name.decode())
        if records is None:
            yield streams_pb2.ReadResp(
                stream_not_found=streams_pb2.ReadResp.StreamNotFound(
                    stream_identifier=options.stream.stream_identifier
                )
            )
            return
        at_revision = options.stream.WhichOneof("revision_option") == "revision"
        revision = options.stream.revision
        ordered: Sequence[Record] = records
        if options.read_direction == ReadOptions.Backwards:
            ordered = records[::-1]
            if at_revision:
                ordered = [record for record in ordered if record.revision <= revision]
        elif at_revision:
            ordered = [record for record in records if record.revision >= revision]
        for record in ordered[: options.count]:
            yield _read_event(record)

    def _read_all(self, options: ReadOptions, position: int | None) -> Iterator[Record]:
        """Forwards from a position that is included, backwards from one that is not."""
        records = (
            self._log.backwards_from(position)
            if options.read_direction == ReadOptions.Backwards
            else self._log.records[self._log.index_from(position or 0) :]
        )
        return islice(filter(_filter(options), records), options.count)

    async def _subscription(
        self,
        options: ReadOptions,
        position: int | None,
        context: "grpc.aio.ServicerContext[streams_pb2.ReadReq, streams_pb2.ReadResp]",
    ) -> AsyncIterator[streams_pb2.ReadResp]:
        """Events after `position` for ever, with a checkpoint at the end of history and on the way."""
        yield streams_pb2.ReadResp(
            confirmation=streams_pb2.ReadResp.SubscriptionConfirmation(subscription_id="stand-in")
        )
        wanted, interval = _filter(options), _checkpoint_interval(options)
        start_at_end = options.all.WhichOneof("all_option") == "end"
        index = len(self._log.records) if start_at_end else self._log.index_after(position or 0)
        considered, drop = 0, self._faults.next_drop()
        while True:
            grown = self._grown
            while index < len(self._log.records):
                record = self._log.records[index]
                index, considered = index + 1, considered + 1
                if drop.is_set():
                    await context.abort(grpc.StatusCode.UNAVAILABLE, "injected: dropped")
                if wanted(record):
                    yield _read_event(record)
                elif interval and considered % interval == 0:
                    yield _checkpoint(record.position)
            if self._log.records and interval:
                yield _checkpoint(self._log.records[-1].position)
            yield streams_pb2.ReadResp(caught_up=streams_pb2.ReadResp.CaughtUp())
            await _first_of(grown, drop)
            if drop.is_set():
                await context.abort(grpc.StatusCode.UNAVAILABLE, "injected: dropped")


async def _first_of(*events: asyncio.Event) -> None:
    waiting = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waiting:
            task.cancel()


def _expected(options: streams_pb2.BatchAppendReq.Options) -> Expected:
    kind = options.WhichOneof("expected_stream_position")
    if kind == "stream_position":
        return int(options.stream_position)
    if kind == "no_stream":
        return "no stream"
    return "stream exists" if kind == "stream_exists" else "any"


def _wrong_version(refused: WrongVersion) -> shared_pb2.WrongExpectedVersion:
    if refused.current is None:
        return shared_pb2.WrongExpectedVersion(current_no_stream=empty_pb2.Empty())
    return shared_pb2.WrongExpectedVersion(current_stream_revision=refused.current)


def _status(detail: object) -> status_pb2.Status:
    packed = any_pb2.Any()
    packed.Pack(detail)
    return status_pb2.Status(details=packed)


def _position(options: ReadOptions) -> int | None:
    if options.all.WhichOneof("all_option") != "position":
        return None
    return int(options.all.position.commit_position)


def _checkpoint_interval(options: ReadOptions) -> int:
    if options.WhichOneof("filter_option") != "filter":
        return 0
    window = int(options.filter.max) or DEFAULT_WINDOW_EVENTS
    return window * int(options.filter.checkpointIntervalMultiplier)


def _filter(options: ReadOptions) -> Filter:
    if options.WhichOneof("filter_option") != "filter":
        return lambda _: True
    by_stream = options.filter.WhichOneof("filter") == "stream_identifier"
    expression = options.filter.stream_identifier if by_stream else options.filter.event_type
    pattern, prefixes = re.compile(expression.regex), tuple(expression.prefix)

    def wanted(record: Record) -> bool:
        text = record.stream if by_stream else record.event.type
        return text.startswith(prefixes) if prefixes else pattern.search(text) is not None

    return wanted


def _checkpoint(position: int) -> streams_pb2.ReadResp:
    return streams_pb2.ReadResp(
        checkpoint=streams_pb2.ReadResp.Checkpoint(
            commit_position=position, prepare_position=position
        )
    )


def _read_event(record: Record) -> streams_pb2.ReadResp:
    event = streams_pb2.ReadResp.ReadEvent.RecordedEvent(
        id=shared_pb2.UUID(string=record.event.id),
        stream_identifier=shared_pb2.StreamIdentifier(stream_name=record.stream.encode()),
        stream_revision=record.revision,
        commit_position=record.position,
        prepare_position=record.position,
        metadata={
            "type": record.event.type,
            "content-type": record.event.content_type,
            "created": "0",
        },
        custom_metadata=record.event.metadata,
        data=record.event.data,
    )
    return streams_pb2.ReadResp(
        event=streams_pb2.ReadResp.ReadEvent(event=event, commit_position=record.position)
    )
