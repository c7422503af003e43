"""The relay: publishes a service's own events to the bus, in order, each with its predecessor."""

from collections.abc import Sequence
from typing import Final

from shared.bus.port import Bus, Message
from shared.eventstore.port import EventStore, StoredEvent
from shared.host.database import ServiceDatabase
from shared.host.feed import closing, gather
from shared.host.service import Service
from shared.host.supervision import finish

CHECKPOINT: Final = "relay"
"""The name its checkpoint is kept under: the position of the last event the bus has confirmed."""

PUBLISH_EVENTS_MAX: Final = 256
"""Messages in one publish: what a crash publishes again at most."""


class Relay:
    """Runs in the active worker only. Two at once, for a moment, do no harm but duplicates."""

    def __init__(
        self, service: Service, store: EventStore, bus: Bus, database: ServiceDatabase
    ) -> None:
        self._service = service
        self._store = store
        self._bus = bus
        self._state = database.state
        self.position = 0
        """The last position published, as far as this process knows."""

    async def run(self) -> None:
        """Until cancelled. Raises BusUnavailableError, outages, StaleWorkerError: start again then."""
        categories = self._service.catalogue.categories
        if not categories:
            return
        self.position = await self._state.checkpoint(CHECKPOINT)
        pages = self._store.follow(after=self.position, categories=categories)
        async with closing(pages):
            async for page in pages:
                for start in range(0, len(page.events), PUBLISH_EVENTS_MAX):
                    await finish(self._relay(page.events[start : start + PUBLISH_EVENTS_MAX]))
                await gather(len(page.events))

    async def _relay(self, events: Sequence[StoredEvent]) -> None:
        messages, predecessor = [], self.position
        for event in events:
            messages.append(Message(self._service.name, event, predecessor))
            predecessor = event.position
        # Crash before or in this line: nothing or a part is queued; the same messages, with the same
        # numbers, are published at the next start.
        await self._bus.publish(messages)
        # Crash before this line: all of them are published again, and known by their positions.
        await self._state.move(CHECKPOINT, self.position, predecessor)
        self.position = predecessor
