"""The consumer: every event of a service's sources, in the order of the log, into rows and reactions.

One number says how far it is. What arrives, by the store's own notice or over the bus, is new, known
already, or shows a gap; gaps, and what other sources have in between, are read from the store. So a
first start, a restart, a redelivery and a lost or reordered message are one case, and rows follow the
order of the log whatever order messages take: a rebuild gives the same.
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from typing import Final

from shared.bus.port import Bus
from shared.eventstore.port import EventStore, LogPage, StoredEvent
from shared.host.feed import Arrival, Feed, Run, usable
from shared.host.projection import BATCH_EVENTS_MAX, KEEP_SECONDS_MAX, Projection
from shared.host.reactions import Reactor, Tools
from shared.host.rebuild import Builder
from shared.host.state import Parked
from shared.host.supervision import finish

IDLE_SECONDS: Final = 5.0
"""So long without any arrival, it looks into the store: a lost last message is noticed then."""


class NotRunningError(Exception):
    """This process is not the active worker of the service, or it is between two attempts."""


class Consumer:
    """Runs in the active worker only."""

    def __init__(
        self, tools: Tools, store: EventStore, bus: Bus, builder: Builder, idle_seconds: float
    ) -> None:
        self.turn = asyncio.Lock()
        """Held while a batch is handled, a subject replayed or the generation switched."""
        self.projection: Projection | None = None
        self.reactor: Reactor | None = None
        self._tools = tools
        self._store = store
        self._builder = builder
        self._idle_seconds = idle_seconds
        self._feed = Feed(tools.service, store, bus, tools.database)
        self._all = tuple(c for categories in self._feed.categories.values() for c in categories)
        self._seen = 0

    async def run(self) -> None:
        """Until cancelled. Raises outages and StaleWorkerError: start again then."""
        await self._open()
        try:
            async with self._feed.open(self._seen) as arrivals:
                await self._catch_up()
                while True:
                    await finish(self._handle(await arrivals.next(self._idle())))
        finally:
            self.projection = self.reactor = None

    async def use(self, projection: Projection) -> None:
        """Go on with another generation, that stands as far or farther. Call it holding the turn."""
        self.projection = projection
        await self._move_to(projection.position)
        await self._react_to_backlog()

    async def replay(self, stream: str) -> bool:
        """Take the waiting events of a parked subject in order, rows first, then reactions.

        False when one fails again. Call it holding the turn. Raises outages.
        """
        projection, reactor = self.parts()
        if stream in projection.parked:
            async for stored in self._waiting(projection.parked[stream], projection.position):
                if not await projection.replay(stored):
                    return False
            await projection.free(stream)
        if stream in reactor.parked:
            still = frozenset(projection.parked)
            async for stored in self._waiting(reactor.parked[stream], reactor.position):
                if not await reactor.replay(stored, still):
                    return False
            await reactor.free(stream)
        return True

    def parts(self) -> tuple[Projection, Reactor]:
        """What it works on. Raises NotRunningError while it does not run."""
        if self.projection is None or self.reactor is None:
            raise NotRunningError(self._tools.service.name)
        return self.projection, self.reactor

    def reacted(self, kept: int) -> int:
        """How far the reactions are: what is kept, or known only here because nothing was to do."""
        return kept if self.reactor is None else max(kept, self.reactor.position)

    async def _waiting(self, parked: Parked, through: int) -> AsyncIterator[StoredEvent]:
        """The events of a parked subject that the consumer has passed."""
        after = parked.revision - 1
        while page := await self._store.read_stream(parked.stream, after_revision=after):
            for stored in page:
                if stored.position > through:
                    return
                yield stored
            after = page[-1].revision

    async def _open(self) -> None:
        """Stand where the database says, whatever this process believed before."""
        self.projection = await self._builder.current()
        self.reactor = await Reactor.open(self._tools)
        self._seen = self.projection.position
        await self._tools.database.report(self._seen)

    async def _catch_up(self) -> None:
        """Rows to the end of the log, then reactions to where the rows stand."""
        async with self.turn:
            projection, _ = self.parts()
            await self._builder.catch_up(projection)
            await self._move_to(projection.position)
            await self._react_to_backlog()
            await self._look_around()

    async def _look_around(self) -> None:
        """Take what the store still has: the slow way that finds what no message told."""
        while True:
            page = await self._read(self._seen, self._all)
            if not page.events:
                # Nothing of ours lies up to there; not worth a commit, a restart looks again.
                await self._move_to(max(self._seen, page.scanned_to))
                await self.parts()[0].keep()
                return
            await self._take(page.events, page.scanned_to)

    async def _react_to_backlog(self) -> None:
        """Events in the rows whose reactions are not known to be done: what a crash left, or what a new
        generation has taken that had not arrived yet.
        """
        projection, reactor = self.parts()
        while reactor.position < projection.position:
            page = await self._read(reactor.position, self._all)
            events = [e for e in page.events if e.position <= projection.position]
            through = min(page.scanned_to, projection.position) if events else projection.position
            await reactor.react(events, through, frozenset(projection.parked))

    async def _handle(self, arrivals: Sequence[Arrival]) -> None:
        async with self.turn:
            runs = [run for arrival in arrivals for run in arrival.runs]
            last = max((run.last for run in runs), default=self._seen)
            await self._react_to_backlog()
            if not all(arrival.runs for arrival in arrivals) or not runs:
                await self._look_around()
            elif last > self._seen:
                events = await self._complete(runs, last)
                if events is None:
                    await self._look_around()
                else:
                    await self._take(events, last)
        # Crash before this line: delivered again, known by its position, acknowledged.
        for arrival in arrivals:
            if arrival.acknowledge is not None:
                await arrival.acknowledge()

    def _idle(self) -> float:
        """After how long without arrivals it looks around: soon where a position is to be kept."""
        projection, _ = self.parts()
        return min(self._idle_seconds, KEEP_SECONDS_MAX) if projection.waits else self._idle_seconds

    async def _complete(self, runs: Sequence[Run], last: int) -> list[StoredEvent] | None:
        """Every event of every source after `seen` up to `last`, in the order of the log.

        None when so much is missing that it has to be read page by page.
        """
        arrived = usable(runs, self._seen, last)
        missing = [
            category
            for source, categories in self._feed.categories.items()
            if source not in arrived
            for category in categories
        ]
        events = [event for mine in arrived.values() for event in mine]
        after = self._seen
        while missing and after < last:
            page = await self._read(after, missing)
            events += [event for event in page.events if event.position <= last]
            if not page.events:
                break
            if len(events) > BATCH_EVENTS_MAX:
                return None
            after = page.scanned_to
        return sorted(events, key=lambda event: event.position)

    async def _take(self, events: Sequence[StoredEvent], through: int) -> None:
        projection, reactor = self.parts()
        if events:
            # Crash after this line: the rows stand farther than the reactions; `_react_to_backlog`.
            await projection.apply(events, through)
        await self._move_to(through)
        await reactor.react(events, through, frozenset(projection.parked))

    async def _move_to(self, position: int) -> None:
        self._seen = position
        await self._tools.database.report(position)

    async def _read(self, after: int, categories: Collection[str]) -> LogPage:
        return await self._store.read_log(
            after=after, categories=categories, limit=BATCH_EVENTS_MAX
        )
