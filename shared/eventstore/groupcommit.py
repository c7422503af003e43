"""Concurrent appends share one commit: the queue, and the plan that decides each append on its own."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple
from uuid import UUID

from shared.eventstore.port import (
    Appended,
    EventIdTakenError,
    Expect,
    Expected,
    NewEvent,
    StoreError,
    StoreUnavailableError,
    WrongRevisionError,
)

PENDING_APPENDS_MAX: Final = 1024
"""Appends queued or being committed; further callers wait for their turn, in order."""

BATCH_EVENTS_MAX: Final = 1024
BATCH_BYTES_MAX: Final = 8 * 1024 * 1024
"""Payload bytes one commit writes, unless a single append has more."""

NO_REVISION: Final = -1
"""The revision of a stream that is not there."""

Outcome = Appended | StoreError


class Append(NamedTuple):
    """One append as a caller asked for it."""

    stream: str
    expected: Expected
    events: Sequence[NewEvent]


class Place(NamedTuple):
    """Where an event stands."""

    stream: str
    revision: int
    position: int


class Placed(NamedTuple):
    """An event with the place it is to be stored at."""

    event: NewEvent
    stream: str
    revision: int
    position: int


Commit = Callable[[Sequence[Append]], Awaitable[Sequence[Outcome]]]
"""Commits a batch in one transaction and says, per append, what became of it."""


class GroupCommit:
    """Hands appends to `commit` in batches: whatever has queued up while the last one was committed.

    An append waits for one turn of the event loop, so that those made in the same turn go together.
    A caller that is cancelled leaves the queue if its batch has not begun; else its append goes on.
    """

    def __init__(self, commit: Commit) -> None:
        self._commit = commit
        self._queue: deque[tuple[Append, asyncio.Future[Outcome]]] = deque()
        self._room = asyncio.Semaphore(PENDING_APPENDS_MAX)
        self._drainer: asyncio.Task[None] | None = None
        self._closed = False

    async def append(self, append: Append) -> Appended:
        """The outcome of `append` once its batch is committed; raises it when it is an error."""
        if self._closed:
            raise StoreUnavailableError("the event store is closed")
        async with self._room:
            future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
            self._queue.append((append, future))
            if self._drainer is None:
                self._drainer = asyncio.create_task(self._drain())
            outcome = await future
        if isinstance(outcome, Appended):
            return outcome
        raise outcome

    async def close(self) -> None:
        """Take no more appends and wait for those under way."""
        self._closed = True
        # Room is given in order, so whoever holds all of it comes after everyone who came before.
        for _ in range(PENDING_APPENDS_MAX):
            await self._room.acquire()
        for _ in range(PENDING_APPENDS_MAX):
            self._room.release()
        if self._drainer is not None:  # the caller of its batch may have been cancelled
            await asyncio.wait({self._drainer})

    async def _drain(self) -> None:
        try:
            while batch := self._next_batch():
                await self._commit_batch(batch)
        finally:
            self._drainer = None

    async def _commit_batch(self, batch: list[tuple[Append, asyncio.Future[Outcome]]]) -> None:
        outcomes: Sequence[Outcome]
        try:
            outcomes = await self._commit([append for append, _ in batch])
        except Exception as error:  # noqa: BLE001 - every caller gets it, or would wait for ever
            reason = f"the append was interrupted: {error!r}"
            outcomes = [StoreUnavailableError(reason) for _ in batch]
        for (_, future), outcome in zip(batch, outcomes, strict=True):
            if not future.done():
                future.set_result(outcome)

    def _next_batch(self) -> list[tuple[Append, asyncio.Future[Outcome]]]:
        batch: list[tuple[Append, asyncio.Future[Outcome]]] = []
        event_count = byte_count = 0
        while self._queue:
            append, future = self._queue[0]
            if future.done():
                self._queue.popleft()
                continue
            event_count += len(append.events)
            for event in append.events:
                byte_count += len(event.data) + len(event.metadata)
            if batch and (event_count > BATCH_EVENTS_MAX or byte_count > BATCH_BYTES_MAX):
                break
            batch.append(self._queue.popleft())
        return batch


def place_events(
    appends: Sequence[Append], *, head: int, heads: dict[str, int], taken: Mapping[UUID, Place]
) -> tuple[list[Placed], list[Appended | None]]:
    """Give each append that fits its revisions and positions; None for the others, nothing of them placed.

    An append fits when its stream is at the expected revision and none of its ids is in `taken` or
    earlier in the batch. `head` is the log's last position; `heads`, the last revision of each stream
    (NO_REVISION where there is none), is moved on as appends are placed. Whether a misfit repeats an earlier
    append is for `settle`: no append whose ids stand in the log is ever placed, so it can be asked later.
    """
    placed: list[Placed] = []
    results: list[Appended | None] = []
    used = set(taken)
    position = head
    for stream, expected, events in appends:
        revision = heads[stream]
        ids = [event.id for event in events]
        if not (fits(expected, revision) and used.isdisjoint(ids)):
            results.append(None)
            continue
        used.update(ids)
        for event in events:
            revision += 1
            position += 1
            placed.append(Placed(event, stream, revision, position))
        heads[stream] = revision
        results.append(Appended(revision, position))
    return placed, results


def fits(expected: Expected, revision: int) -> bool:
    """Whether a stream whose last revision is `revision` is where `expected` wants it."""
    if expected is Expect.NO_STREAM:
        return revision == NO_REVISION
    return expected is Expect.ANY or expected == revision


def settle(append: Append, revision: int, places: Mapping[UUID, Place]) -> Outcome:
    """The outcome of an append that was not placed, its stream being at `revision`.

    `places` holds those of its ids that stand in the log. The same ids, in order and one after the other
    in its stream, at the place the expected revision says: the first result again. None known, or all known
    but expected elsewhere: the wrong revision. Anything else takes ids that are not free.
    """
    stream, expected, events = append
    known = [places[event.id] for event in events if event.id in places]
    wrong_revision = not fits(expected, revision)
    if len(known) == len(events) and _are_consecutive(stream, known):
        if fits(expected, known[0].revision - 1):
            return Appended(known[-1].revision, known[-1].position)
    elif known:
        wrong_revision = False
    if wrong_revision:
        return WrongRevisionError(stream, expected, None if revision == NO_REVISION else revision)
    ids = ", ".join(str(event.id) for event in events if event.id in places)
    return EventIdTakenError(
        f"the append to {stream} uses ids that stand in the log already: {ids}"
    )


def expected_revision(expected: Expect | int) -> int:
    """The revision the stream's last event must have; not for Expect.ANY, which fits any."""
    assert expected is not Expect.ANY
    return expected if isinstance(expected, int) else NO_REVISION


def ids_of(appends: Iterable[Append]) -> list[UUID]:
    """Every event id of `appends`."""
    return [event.id for append in appends for event in append.events]


def _are_consecutive(stream: str, places: Sequence[Place]) -> bool:
    first = places[0].revision
    return all(
        place.stream == stream and place.revision == first + offset
        for offset, place in enumerate(places)
    )
