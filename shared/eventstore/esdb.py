"""The event store on EventStoreDB.

Positions are the server's commit positions. Categories are filters over `$all` by stream name, run by
the server; the server's own streams (`$…`) are left out. Followers are catch-up subscriptions whose
checkpoints are the caller's. docs/how-to/eventstoredb.md says which settings of a server are forbidden.
"""

import asyncio
import re
from collections.abc import AsyncGenerator, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Final, Self

import msgspec

from shared.eventstore.esdb_client import Connection, WrongVersionError
from shared.eventstore.follow import BACK_OFF_SECONDS_MAX, BACK_OFF_SECONDS_MIN
from shared.eventstore.port import (
    READ_LIMIT_MAX,
    START,
    Appended,
    EventIdTakenError,
    Expect,
    Expected,
    LogPage,
    NewEvent,
    StoredEvent,
    StoreError,
    StoreUnavailableError,
    WrongRevisionError,
)
from shared.eventstore.validation import category_set, check_append, page_limit

CLOSE_SECONDS_MAX: Final = 10.0
"""How long close waits for appends under way."""

LOOK_BACK_EVENTS: Final = 64
AUDIT_RECORDS_MAX: Final = 1000
POSITION_MAX: Final = 2**63 - 1

_OUR_STREAMS: Final = "[^$].*"


class EventStoreDbEventStore:
    """EventStore on an EventStoreDB server or cluster (22.10 or later). Use it on the loop that opened it.

    Repeats with no stream or an exact revision give the first result for ever: the server compares
    ids with what stands there. Weaker than the SQL adapters, because the server has no index of
    ids: with `Expect.ANY` a repeat is recognised only while the server remembers the ids, and ids
    that stand already are appended again where the stream is at the expected revision;
    EventIdTakenError is raised where a refused append finds some of its ids in its place.
    """

    def __init__(self, connection: Connection) -> None:
        """Use `open`."""
        self._connection = connection
        self._appends_under_way = 0
        self._no_append_under_way = asyncio.Event()
        self._no_append_under_way.set()
        self._closed = asyncio.Event()

    @classmethod
    async def open(cls, connection_string: str) -> Self:
        """A client of the server or cluster that `connection_string` (`esdb://…`) names.

        One target means that server and no gossip: nothing is sent yet. Several targets, or
        `esdb+discover`, ask the cluster for its leader first. Raises ValueError for a string that
        is none or prefers followers, StoreUnavailableError when no leader is found.
        """
        return cls(await Connection.open(connection_string))

    async def append(self, stream: str, expected: Expected, events: Sequence[NewEvent]) -> Appended:
        """See EventStore.append."""
        check_append(stream, expected, events)
        with self._append_under_way():
            try:
                position = await self._connection.append(stream, expected, events)
            except WrongVersionError:
                return await self._first_result(stream, expected, events)
            if expected is Expect.ANY or not START < position <= POSITION_MAX:
                return await self._standing(stream, events[-1])
        return Appended(_first_revision(expected) + len(events) - 1, position)

    async def _first_result(
        self, stream: str, expected: Expected, events: Sequence[NewEvent]
    ) -> Appended:
        """Where these events stand although the server refused them, or the refusal to raise."""
        ids = [event.id for event in events]
        if expected is Expect.ANY:
            msg = f"{stream}: some of these ids stand already: {', '.join(map(str, ids))}"
            raise EventIdTakenError(msg)
        first = _first_revision(expected)
        standing = await self._connection.read_stream(stream, first, len(ids))
        standing_ids = [event.id for event in standing]
        if standing_ids == ids:
            return Appended(standing[-1].revision, standing[-1].position)
        if taken := [event_id for event_id in ids if event_id in standing_ids]:
            msg = f"{stream}: these ids stand already: {', '.join(map(str, taken))}"
            raise EventIdTakenError(msg)
        # The stream may have grown since the refusal; then `actual` is the later truth.
        last = await self._connection.read_stream(stream, None, 1, backwards=True)
        raise WrongRevisionError(stream, expected, last[0].revision if last else None)

    async def _standing(self, stream: str, event: NewEvent) -> Appended:
        """Where `event`, just appended, stands: near the end, unless others appended as much since."""
        before: int | None = None
        while page := await self.read_stream_backwards(
            stream, before_revision=before, limit=LOOK_BACK_EVENTS
        ):
            for stored in page:
                if stored.id == event.id:
                    return Appended(stored.revision, stored.position)
            before = page[-1].revision
        msg = f"{stream}: event {event.id} was appended and is not there"
        raise StoreError(msg)

    async def read_stream(
        self, stream: str, *, after_revision: int = -1, limit: int = READ_LIMIT_MAX
    ) -> Sequence[StoredEvent]:
        """See EventStore.read_stream. Raises StoreError where the stream was truncated or deleted."""
        first = after_revision + 1
        events = await self._connection.read_stream(stream, first, page_limit(limit))
        if events and events[0].revision != first:
            msg = f"{stream} goes on at {events[0].revision}, not {first}: it was truncated"
            raise StoreError(msg)
        return events

    async def read_stream_backwards(
        self, stream: str, *, before_revision: int | None = None, limit: int = READ_LIMIT_MAX
    ) -> Sequence[StoredEvent]:
        """See EventStore.read_stream_backwards."""
        limit = page_limit(limit)
        if before_revision is not None and before_revision <= 0:
            return []
        start = None if before_revision is None else before_revision - 1
        return await self._connection.read_stream(stream, start, limit, backwards=True)

    async def read_log(
        self,
        *,
        after: int = START,
        categories: Collection[str] | None = None,
        limit: int = READ_LIMIT_MAX,
    ) -> LogPage:
        """See EventStore.read_log."""
        limit, streams = page_limit(limit), _stream_pattern(categories)
        if streams is None:
            return LogPage([], after)
        # The server starts with the event at the position itself, so one more is asked for.
        found = await self._connection.read_log(streams, after or None, limit + 1)
        events = [event for event in found if event.position > after][:limit]
        return LogPage(events, events[-1].position if events else after)

    async def read_log_backwards(
        self,
        *,
        before: int | None = None,
        categories: Collection[str] | None = None,
        limit: int = READ_LIMIT_MAX,
    ) -> LogPage:
        """See EventStore.read_log_backwards."""
        limit, streams = page_limit(limit), _stream_pattern(categories)
        if streams is None or (before is not None and before <= START):
            return LogPage([], START)
        events = await self._connection.read_log(streams, before, limit, backwards=True)
        return LogPage(events, events[-1].position if events else START)

    async def head(self) -> int:
        """See EventStore.head."""
        last = await self._connection.read_log(_OUR_STREAMS, None, 1, backwards=True)
        return last[0].position if last else START

    async def follow(
        self, *, after: int = START, categories: Collection[str] | None = None
    ) -> AsyncGenerator[LogPage, None]:
        """See EventStore.follow. Ends with StoreUnavailableError when the store is closed."""
        streams = _stream_pattern(categories)
        if streams is None:
            await self._closed.wait()
        back_off_seconds = BACK_OFF_SECONDS_MIN
        while True:
            self._check_open()
            with suppress(StoreUnavailableError):
                subscription = await self._connection.subscribe(streams or "", after)
                try:
                    while (delivered := await subscription.take()) is not None:
                        back_off_seconds = BACK_OFF_SECONDS_MIN
                        # Up to here nothing is missed when the subscription is made again.
                        after = max(after, delivered.looked_to)
                        if delivered.events:
                            yield LogPage(delivered.events, delivered.events[-1].position)
                finally:
                    await subscription.close()
            self._check_open()
            await asyncio.sleep(back_off_seconds)
            back_off_seconds = min(2 * back_off_seconds, BACK_OFF_SECONDS_MAX)

    async def audit_settings(self) -> list[str]:
        """What the server shows of forbidden settings, a sentence each; empty when it shows none.

        Sees stream metadata that limits age, count or start of a stream, deleted streams and
        scavenges. Cannot see what a server does not record in its log. Raises StoreUnavailableError.
        """
        latest: dict[str, bytes] = {}
        for stream, data in await self._system(r"\$metadata", by_stream=False):
            latest.setdefault(stream.removeprefix("$$"), data)
        problems = [
            f"stream {stream!r} has the forbidden metadata {', '.join(found)}"
            for stream, data in sorted(latest.items())
            if (found := _forbidden_metadata(data))
        ]
        deleted = await self._system(r"\$streamDeleted", by_stream=False)
        problems += [f"stream {stream!r} was deleted" for stream, _ in deleted]
        if scavenges := await self._system(r"\$scavenges.*", by_stream=True):
            problems.append(f"the database was scavenged ({len(scavenges)} records of it)")
        return problems

    async def _system(self, pattern: str, *, by_stream: bool) -> Sequence[tuple[str, bytes]]:
        return await self._connection.read_system(pattern, AUDIT_RECORDS_MAX, by_stream=by_stream)

    async def close(self) -> None:
        """See EventStore.close. Waits for appends under way at most CLOSE_SECONDS_MAX."""
        if self._closed.is_set():
            return
        self._closed.set()
        # After the time the answers are lost, as in a crash: repeating the appends tells.
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS_MAX):
                await self._no_append_under_way.wait()
        await self._connection.close()

    def _check_open(self) -> None:
        if self._closed.is_set():
            msg = "the event store is closed"
            raise StoreUnavailableError(msg)

    @contextmanager
    def _append_under_way(self) -> Iterator[None]:
        self._check_open()
        self._appends_under_way += 1
        self._no_append_under_way.clear()
        try:
            yield
        finally:
            self._appends_under_way -= 1
            if self._appends_under_way == 0:
                self._no_append_under_way.set()


def _first_revision(expected: Expected) -> int:
    return 0 if isinstance(expected, Expect) else expected + 1


def _stream_pattern(categories: Collection[str] | None) -> str | None:
    """A regular expression for whole names of streams of `categories`; None when there can be none."""
    if categories is None:
        return _OUR_STREAMS
    chosen = [name for name in category_set(categories) if name[:1] != "$" and "-" not in name]
    if not chosen:
        return None
    # One pattern: the client would anchor only the ends of a list of them.
    return f"(?:{'|'.join(re.escape(name) for name in chosen)})(?:-.*)?"


def _forbidden_metadata(data: bytes) -> list[str]:
    try:
        settings = msgspec.json.decode(data, type=dict[str, object])
    except msgspec.DecodeError:
        return ["that is no JSON object"]
    return sorted(settings.keys() & {"$maxAge", "$maxCount", "$tb"})
