"""Commands: load the aggregate, decide, append. Every append of a service goes through here."""

import importlib.metadata
import time
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any, Final, TypeVar
from uuid import UUID

import msgspec

from shared.contracts.event import TYPE_PREFIX, Catalogue
from shared.contracts.metadata import Metadata, OnBehalf
from shared.domain.decider import Decider, Request
from shared.domain.time import to_microseconds
from shared.eventstore.port import (
    READ_LIMIT_MAX,
    EventIdTakenError,
    EventStore,
    Expect,
    WrongRevisionError,
)
from shared.host.aggregates import CACHED_EVENTS_MAX, AggregateCache, Known, Slot
from shared.host.attempt import SERVICE_ACTOR_PREFIX, Attempt, Caller, Decided, stored_name
from shared.host.clock import Clock
from shared.host.errors import (
    BusyError,
)
from shared.host.ids import derive_id
from shared.host.metrics import Metrics
from shared.host.service import Loaded, Outcome
from shared.host.tracing import Tracing

__all__ = ["ATTEMPTS_MAX", "SERVICE_ACTOR_PREFIX", "SOFTWARE", "Caller", "Executor"]

S = TypeVar("S")
C = TypeVar("C", bound=Request)

_NOTHING: Final = Decided((), None)

ATTEMPTS_MAX: Final = 8
"""Attempts at an append that other processes keep overtaking."""

SOFTWARE: Final = f"dan-van-kheo {importlib.metadata.version('dan-van-kheo')}"


class Executor:
    """Executes commands of one service; safe for concurrent use by tasks of one event loop.

    `sole_writer` says that no other process appends to these categories: commands then decide on
    the cached fold without reading. Otherwise each reads what its stream gained first.
    `observe` is told the time of every event appended.
    """

    def __init__(
        self,
        store: EventStore,
        catalogue: Catalogue,
        software: str = SOFTWARE,
        *,
        clock: Clock,
        sole_writer: bool = False,
        observe: Callable[[datetime], None] | None = None,
        metrics: Metrics | None = None,
        tracing: Tracing | None = None,
        cached_events_max: int = CACHED_EVENTS_MAX,
    ) -> None:
        self._store = store
        self._catalogue = catalogue
        self._software = software
        self._clock = clock
        self._sole_writer = sole_writer
        self._observe = observe
        self._tracing = tracing or Tracing()
        metrics = metrics or Metrics()
        self._command_seconds = metrics.command_seconds.labels(catalogue.service)
        self._append_seconds = metrics.append_seconds.labels(catalogue.service)
        self._types = {
            struct: f"{TYPE_PREFIX}.{catalogue.service}.{name}"
            for name, struct in catalogue.current.items()
        }
        self._cache = AggregateCache(cached_events_max)
        self._high: int | None = None

    async def load(self, decider: Decider[S, Any, Any], aggregate_id: UUID | str) -> Loaded[S]:
        """The aggregate as it stands now. Raises StoreUnavailableError, UnknownEventTypeError."""
        stream = f"{decider.category}-{aggregate_id}"
        slot = self._cache.slot(stream)
        known = slot.known
        if known is None or not self._sole_writer:
            async with slot.turn:
                known = await self._read(decider, slot)
        last = next(reversed(known.ids), None)
        return Loaded(known.state, known.revision, known.position, last)

    async def execute(
        self,
        decider: Decider[S, C, Any],
        aggregate_id: UUID | str,
        command: C,
        *,
        caller: Caller,
        cites: Collection[UUID] = (),
        rules: str | None = None,
        if_match: int | None = None,
        authorise: Callable[[S], OnBehalf | None] | None = None,
        paper: str | None = None,
    ) -> Outcome:
        """Decide and append; durable when it returns.

        The first event's id derives from `caller.cause` and the stream. Where it stands in the
        stream already, this is a retry: the first outcome is given again (`repeated`), unless a
        person's request says something else now. A reaction is not asked again: what it recorded first
        stands, though the facts it read may have moved on.
        `authorise` raises to deny, given the state, and says in whose name it is entered from `paper`, where
        that is another's. Raises RefusedError, ForbiddenError,
        StaleRevisionError, IdempotencyConflictError, TooLargeError, BusyError, StoreError.
        """
        stream = f"{decider.category}-{aggregate_id}"
        attempt = Attempt(
            decider,
            stream,
            command,
            caller,
            tuple(cites),
            rules,
            if_match,
            authorise,
            paper,
            name=stored_name(decider, command),
            first_id=derive_id(caller.cause, stream, "0"),
        )
        began = time.perf_counter()
        outcome = await self._execute(attempt, self._cache.slot(stream))
        self._command_seconds.observe(time.perf_counter() - began)
        return outcome

    async def _execute(self, attempt: Attempt, slot: Slot) -> Outcome:
        async with slot.turn:
            known, current = await self._presumed(attempt.decider, slot)
            for _ in range(ATTEMPTS_MAX):
                first = known.ids.get(attempt.first_id)
                if first is not None:
                    return await self._repeat(attempt, known, first)
                try:
                    decided = attempt.decide(known)
                except Exception:
                    if current:
                        raise
                    decided = _NOTHING
                if decided.events:
                    try:
                        return await self._append(attempt, slot, known, decided)
                    except (WrongRevisionError, EventIdTakenError):
                        pass  # overtaken, or an unseen retry with other events: read what stands
                elif current:
                    return Outcome(
                        attempt.stream, known.revision, known.position, (), repeated=False
                    )
                # It was a presumed state that refused, or an overtaken one: ask what stands now.
                known, current = await self._read(attempt.decider, slot), True
        raise BusyError(
            "Nội dung này đang được nhiều người cập nhật cùng lúc; chưa có gì được ghi, hãy thử lại.",
            "Others are changing this at the same time; nothing was recorded, try again.",
        )

    async def _presumed(self, decider: Decider[Any, Any, Any], slot: Slot) -> tuple[Known, bool]:
        """What to decide on first, and whether that was read just now.

        The sole writer presumes what it cached, and of a stream it never saw that there is none: where
        that is wrong, no append comes of it, and the stream is read then.
        """
        if not self._sole_writer or slot.doubtful:
            return await self._read(decider, slot), True
        if slot.known is not None:
            return slot.known, False
        if self._high is None:
            self._high = await self._store.head()
        return Known(decider.initial_state), False

    async def _append(
        self, attempt: Attempt, slot: Slot, known: Known, decided: Decided
    ) -> Outcome:
        now, began = self._clock.now(), time.perf_counter()
        events = decided.events
        entries = attempt.entries(decided, self._types, self._software, to_microseconds(now))
        expected = known.revision if known.revision >= 0 else Expect.NO_STREAM
        high = self._high or 0
        try:
            with self._tracing.span("append", attempt.caller.trace):
                appended = await self._store.append(attempt.stream, expected, entries)
        except (WrongRevisionError, EventIdTakenError):
            raise
        except BaseException:
            # Cancelled or unanswered: the append may stand or not, and only the store can tell.
            self._cache.forget(slot)
            slot.doubtful = True
            raise
        self._append_seconds.observe(time.perf_counter() - began)
        if self._observe is not None:
            self._observe(now)
        self._high = max(self._high or 0, appended.position)
        if appended.position <= high:
            # The store gave the first result of a retry on a stream that was never seen here: a new
            # event's position is above all that were known when its append began.
            known = await self._read(attempt.decider, slot)
            return await self._repeat(attempt, known, known.ids[attempt.first_id])
        if self._sole_writer and not slot.doubtful:
            state = attempt.decider.fold(events, known.state)
            ids = [entry.id for entry in entries]
            self._cache.advance(slot, known, state, ids, appended.position)
        else:
            # Another process may have recorded the same attempt first: only what is read is certain.
            slot.doubtful = False
            if self._sole_writer:
                self._cache.forget(slot)
        return Outcome(
            attempt.stream, appended.revision, appended.position, tuple(events), repeated=False
        )

    async def _repeat(self, attempt: Attempt, known: Known, first: int) -> Outcome:
        """The outcome of the append whose first event stands at revision `first`."""
        count = 1
        while attempt.event_id(count) in known.ids:
            count += 1
        stored = await self._store.read_stream(
            attempt.stream, after_revision=first - 1, limit=count
        )
        metadata = msgspec.json.decode(stored[0].metadata, type=Metadata)
        if not attempt.caller.actor.startswith(SERVICE_ACTOR_PREFIX):
            attempt.require_same(metadata)
        events = tuple(self._catalogue.decode(event.type, event.data) for event in stored)
        last = stored[-1]
        return Outcome(attempt.stream, last.revision, last.position, events, repeated=True)

    async def _read(self, decider: Decider[Any, Any, Any], slot: Slot) -> Known:
        """Read what the stream gained since it was cached. Call it holding the slot's turn."""
        known = slot.known or Known(decider.initial_state)
        more = True
        while more:
            page = await self._store.read_stream(slot.stream, after_revision=known.revision)
            more = len(page) >= READ_LIMIT_MAX
            if page:
                events = (self._catalogue.decode(event.type, event.data) for event in page)
                state = decider.fold(events, known.state)
                ids = [event.id for event in page]
                known = self._cache.advance(slot, known, state, ids, page[-1].position)
        return known
