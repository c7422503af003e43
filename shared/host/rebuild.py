"""Building a generation of the read model from the log, while the one before it keeps serving."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from shared.eventstore.port import EventStore, LogPage
from shared.host.database import ServiceDatabase
from shared.host.generation import Generation
from shared.host.projection import BATCH_EVENTS_MAX, Projection
from shared.host.reactions import Tools


@dataclass(frozen=True)
class Progress:
    """How far a build is: events taken so far, the position they reach, the end of the log."""

    events: int
    position: int
    head: int


OnProgress = Callable[[Progress], None]


class Builder:
    """Opens and builds projections of one service."""

    def __init__(self, tools: Tools, store: EventStore) -> None:
        self._tools = tools
        self._store = store
        self._database: ServiceDatabase = tools.database
        sources = (tools.service.catalogue, *tools.service.consumes)
        self.categories = tuple(category for source in sources for category in source.categories)

    async def current(self) -> Projection:
        """The current generation; where none was built by this release's declaration, it is built first.

        Meanwhile an older one serves the reads it has the columns for.
        """
        generation = await self._database.current()
        if generation is None:
            return await self.switch_to(await self.build())
        return await self._open(generation)

    async def build(self, on_progress: OnProgress | None = None) -> Projection:
        """A generation that has caught up with the log as it was a moment ago.

        Interrupted at any point, the next call goes on from the last batch. Raises outages.
        """
        generation = await self._database.begin_generation()
        try:
            projection = await self._open(generation)
            await self.catch_up(projection, on_progress)
        except BaseException:
            await generation.close()
            raise
        return projection

    async def switch_to(self, built: Projection) -> Projection:
        """Make a built generation the current one, and go on with it."""
        # Crash before: it is still being built, the old one serves. After: it serves.
        try:
            await self._database.switch_to(built.generation)
        finally:
            await built.generation.close()
        generation = await self._database.current()
        if generation is None:
            raise LookupError(f"generation {built.generation.number} is gone")
        return await self._open(generation)

    async def catch_up(self, projection: Projection, on_progress: OnProgress | None = None) -> None:
        """Take what the log has after the projection, page by page, to its end."""
        events = 0
        head = await self._store.head() if on_progress is not None else 0
        page = await self._page(projection.position)
        while page.events:
            # The store reads the next page while this one is written.
            following = asyncio.create_task(self._page(page.scanned_to))
            try:
                await projection.apply(page.events, page.scanned_to)
            except BaseException:
                following.cancel()
                await asyncio.gather(following, return_exceptions=True)
                raise
            events += len(page.events)
            if on_progress is not None:
                on_progress(Progress(events, page.scanned_to, max(head, page.scanned_to)))
            page = await following
        await projection.keep()

    async def _page(self, after: int) -> LogPage:
        return await self._store.read_log(
            after=after, categories=self.categories, limit=BATCH_EVENTS_MAX
        )

    async def _open(self, generation: Generation) -> Projection:
        tools = self._tools
        return await Projection.open(tools.service, tools.database, tools.clock, generation)
