"""What arrives at a service: its own appends from the store, other services' events from the bus."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final, TypeVar

from shared.bus.port import Bus, Delivery
from shared.eventstore.port import EventStore, StoredEvent
from shared.host.database import ServiceDatabase
from shared.host.service import Service

ARRIVALS_MAX: Final = 16
"""Pages and deliveries that wait to be handled; then store and bus wait."""

GATHER_SECONDS: Final = 0.05
"""The pause after reading the log, here and in the relay: what is appended meanwhile is one batch. What
comes later is read at once, so nothing waits where little happens, and under load an event waits so
long at most, once. What comes over the bus was gathered by its relay.
"""

GATHER_EVENTS_MAX: Final = 128
"""After a batch of so many there is no pause: there is more than the pause would gather."""

T = TypeVar("T")


@dataclass(frozen=True)
class Run:
    """Consecutive events of a source: none of its events lies between `predecessor` and the first."""

    source: str
    events: Sequence[StoredEvent]
    predecessor: int

    @property
    def last(self) -> int:
        """Position of the last event."""
        return self.events[-1].position


@dataclass(frozen=True)
class Arrival:
    """Runs that came together, in any order, and how to say that their effects are durable.

    Without runs it asks to look into the store now.
    """

    runs: Sequence[Run]
    acknowledge: Callable[[], Awaitable[None]] | None


class Arrivals:
    """What came and was not handled yet."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[Arrival | Exception] = asyncio.Queue(ARRIVALS_MAX)

    async def next(self, idle_seconds_max: float) -> Sequence[Arrival]:
        """Everything that waits, at least one; nothing when that takes longer than the time.

        Raises what ended a source.
        """
        try:
            async with asyncio.timeout(idle_seconds_max):
                items = [await self.queue.get()]
        except TimeoutError:
            return ()
        while not self.queue.empty():
            items.append(self.queue.get_nowait())
        for item in items:
            if isinstance(item, Exception):
                raise item
        return [item for item in items if isinstance(item, Arrival)]


class Feed:
    """The sources of a service: itself, and the services whose events it consumes."""

    def __init__(
        self, service: Service, store: EventStore, bus: Bus, database: ServiceDatabase
    ) -> None:
        self._store = store
        self._database = database
        self._bus = bus
        self._consumer = service.name
        self._own = service.catalogue.categories
        self._others = tuple(catalogue.service for catalogue in service.consumes)
        self.categories: dict[str, tuple[str, ...]] = {
            service.name: self._own,
            **{catalogue.service: catalogue.categories for catalogue in service.consumes},
        }

    @asynccontextmanager
    async def open(self, after: int) -> AsyncIterator[Arrivals]:
        """Listen to own events after position `after` and to the bus. Whoever catches up with the store
        once this is open misses nothing: what is appended then arrives, or is read, or both.
        """
        arrivals = Arrivals()
        if self._others:
            await self._bus.declare_consumer(self._consumer, self._others)
        pumps = [self._pump(self._from_store(after), arrivals)] if self._own else []
        pumps += [self._pump(self._from_bus(), arrivals)] if self._others else []
        pumps.append(self._pump(self._from_waiting(), arrivals))
        tasks = [asyncio.create_task(pump) for pump in pumps]
        try:
            yield arrivals
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _pump(self, arriving: AsyncGenerator[Arrival, None], arrivals: Arrivals) -> None:
        async with closing(arriving):
            try:
                async for arrival in arriving:
                    await arrivals.queue.put(arrival)
                ended: Exception = ConnectionError("a source of events has ended")
            except Exception as error:  # noqa: BLE001 - raised again where the events are handled
                ended = error
            await arrivals.queue.put(ended)

    async def _from_store(self, after: int) -> AsyncGenerator[Arrival, None]:
        predecessor = after
        pages = self._store.follow(after=after, categories=self._own)
        async with closing(pages):
            async for page in pages:
                yield Arrival((Run(self._consumer, page.events, predecessor),), None)
                predecessor = page.scanned_to
                await gather(len(page.events))

    async def _from_bus(self) -> AsyncGenerator[Arrival, None]:
        deliveries = self._bus.consume(self._consumer)
        async with closing(deliveries):
            async for delivery in deliveries:
                yield Arrival(_runs_of(delivery), delivery.acknowledge)

    async def _from_waiting(self) -> AsyncGenerator[Arrival, None]:
        # Someone waits for a position: the store has it, whatever gathers here or in a relay.
        while True:
            await self._database.wanted()
            yield Arrival((), None)


def _runs_of(delivery: Delivery) -> Sequence[Run]:
    return [Run(m.source, (m.event,), m.predecessor) for m in delivery.messages]


def usable(runs: Sequence[Run], seen: int, last: int) -> dict[str, list[StoredEvent]]:
    """Of each source the new events, where `runs` hold every one of them from `seen` to `last`.

    A run whose predecessor was seen continues what is known; one whose predecessor was not has a gap
    before it, and then its source has to be read from the store.
    """
    by_source: dict[str, list[Run]] = defaultdict(list)
    for run in runs:
        by_source[run.source].append(run)
    complete: dict[str, list[StoredEvent]] = {}
    for source, mine in by_source.items():
        reached = seen
        events: list[StoredEvent] = []
        for run in sorted(mine, key=lambda run: run.last):
            if run.predecessor > reached:
                break
            events += [event for event in run.events if event.position > reached]
            reached = max(reached, run.last)
        if reached >= last:
            complete[source] = events
    return complete


async def gather(events: int) -> None:
    """The pause after a page of so many events."""
    if events < GATHER_EVENTS_MAX:
        await asyncio.sleep(GATHER_SECONDS)


@asynccontextmanager
async def closing(iterator: AsyncIterator[T]) -> AsyncIterator[None]:
    """Close an iterator that is a generator, also when its reader is cancelled between two items."""
    try:
        yield
    finally:
        if isinstance(iterator, AsyncGenerator):
            await iterator.aclose()
