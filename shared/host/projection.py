"""Projecting: events into merged rows of a generation, one transaction a batch."""

import asyncio
import traceback
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

import msgspec

from shared.contracts.event import TYPE_PREFIX, Event
from shared.domain.refusal import RefusedError
from shared.domain.time import to_microseconds
from shared.eventstore.port import StoredEvent
from shared.host.clock import Clock
from shared.host.database import ServiceDatabase
from shared.host.generation import Generation
from shared.host.merging import RowBatch
from shared.host.outage import is_outage
from shared.host.rows import RowChange
from shared.host.service import Handler, Recorded, Service
from shared.host.state import Parked, StaleWorkerError

BATCH_EVENTS_MAX: Final = 1024
"""Events in one transaction of the read model: what a batch holds in memory, and how long it keeps the
event loop from others (some milliseconds)."""

KEEP_SECONDS_MAX: Final = 0.25
"""So long a position that no row goes with may be known in memory alone. Stand-bys see it then."""

PARKED_SUBJECTS_MAX: Final = 1000
"""So many broken streams are no longer exceptions: the consumer stops and the service is not ready."""


class TooManyParkedError(Exception):
    """More subjects are parked than someone could look at: something is wrong with all of them."""


class Codec:
    """Decodes what a service understands, its own events and those it consumes, or what a part of it
    handles of these.
    """

    def __init__(self, service: Service, handled: Collection[type[Event]] | None = None) -> None:
        every = (service.catalogue, *service.consumes)
        self._catalogues = {name: catalogue for catalogue in every for name in catalogue.types}
        # Decoders made once: events of today's types are nearly all there are. Of those that nothing
        # handles none is decoded; what a former type became only its decoding tells.
        self._today: dict[str, msgspec.json.Decoder[Event] | None] = {
            f"{TYPE_PREFIX}.{catalogue.service}.{name}": (
                msgspec.json.Decoder(struct) if handled is None or struct in handled else None
            )
            for catalogue in every
            for name, struct in catalogue.current.items()
        }

    def handles(self, stored: StoredEvent) -> bool:
        """Whether decoding it may give an event that is handled."""
        if stored.type in self._today:
            return self._today[stored.type] is not None
        return stored.type in self._catalogues

    def recorded(self, stored: StoredEvent) -> Recorded[Event] | None:
        """The event in today's shape, None for a type that is not handled or not known.

        Raises msgspec.ValidationError for bytes that are not what their type says.
        """
        if stored.type in self._today:
            decoder = self._today[stored.type]
            return None if decoder is None else Recorded(decoder.decode(stored.data), stored)
        catalogue = self._catalogues.get(stored.type)
        return (
            None
            if catalogue is None
            else Recorded(catalogue.decode(stored.type, stored.data), stored)
        )


def parked_by(
    stored: StoredEvent, error: Exception, clock: Clock, before: Parked | None = None
) -> Parked:
    """`stored` did not go through. Keeps where and what kind of error, never its text: an exception's
    text may quote the event, and personal data with it.
    """
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].name}, line {frames[-1].lineno}" if frames else "unknown place"
    sentence = f"{error.refusal.code}" if isinstance(error, RefusedError) else f"in {place}"
    return Parked(
        stream=stored.stream,
        revision=stored.revision,
        position=stored.position,
        event_type=stored.type,
        attempts=1 if before is None else before.attempts + 1,
        error=type(error).__name__,
        sentence=sentence,
        since_us=to_microseconds(clock.now()) if before is None else before.since_us,
    )


class Projection:
    """A generation of a service's read model on its way along the log. For one task at a time."""

    def __init__(
        self,
        service: Service,
        database: ServiceDatabase,
        clock: Clock,
        generation: Generation,
        *,
        position: int,
        parked: dict[str, Parked],
    ) -> None:
        """Use `open`."""
        self.generation = generation
        self.position = position
        self.parked = parked
        self._kept = position
        self._kept_at = 0.0
        self._since_kept = 0
        self._checker = database.checker
        self._clock = clock
        self._handlers: dict[type[Event], list[Handler]] = {}
        for handler in service.read_model.handlers:
            self._handlers.setdefault(handler.event_type, []).append(handler)
        self._codec = Codec(service, self._handlers)

    @staticmethod
    async def open(
        service: Service, database: ServiceDatabase, clock: Clock, generation: Generation
    ) -> "Projection":
        """Go on where `generation` stands."""
        parked = {subject.stream: subject for subject in await generation.parked()}
        position = await generation.position()
        return Projection(service, database, clock, generation, position=position, parked=parked)

    async def apply(self, events: Sequence[StoredEvent], through: int) -> None:
        """Take `events`: all that the service's sources have after `position` up to `through`.

        Rows are durable together with the position; without rows the position may move in memory alone,
        see `keep`. Raises StaleWorkerError, TooManyParkedError and outages. After
        an outage it may be unknown whether it took effect: open again, or see StaleWorkerError.
        """
        if through <= self.position:
            return
        batch = RowBatch(self._checker)
        park: dict[str, Parked] = {}
        for stored in events:
            if not self._codec.handles(stored):
                continue
            if stored.stream in self.parked or stored.stream in park:
                continue  # queues behind the one that failed; the store keeps it
            try:
                batch.add(self._changes_of(stored))
            except Exception as error:  # noqa: BLE001 - whatever a handler raises parks its subject
                park[stored.stream] = parked_by(stored, error, self._clock)
        try:
            if batch.steps or park or not self._may_wait(len(events)):
                await self._write(batch, tuple(park.values()), through)
            else:
                # Crash before it is kept: these events are looked through once more.
                self.position = through
        except (StaleWorkerError, TooManyParkedError):
            raise
        except Exception as error:
            if is_outage(error):
                raise
            await self._apply_apart(events, through, error)

    @property
    def waits(self) -> bool:
        """Whether the position is not kept yet."""
        return self._kept < self.position

    async def keep(self) -> None:
        """Make the position durable. Raises StaleWorkerError and outages."""
        if self.waits:
            await self._write(RowBatch(self._checker), (), self.position)

    def _may_wait(self, events: int) -> bool:
        self._since_kept += events
        late = asyncio.get_running_loop().time() - self._kept_at > KEEP_SECONDS_MAX
        return not late and self._since_kept < BATCH_EVENTS_MAX

    async def _apply_apart(
        self, events: Sequence[StoredEvent], through: int, error: Exception
    ) -> None:
        """The database refused the rows: halve the batch until it is known whose they are."""
        if not events:
            raise error
        if len(events) == 1:
            # Only now is it known which event, and its changes alone are refused.
            parked = parked_by(events[0], error, self._clock)
            await self._write(RowBatch(self._checker), (parked,), through)
            return
        half = len(events) // 2
        await self.apply(events[:half], events[half - 1].position)
        await self.apply(events[half:], through)

    async def _write(self, batch: RowBatch, park: Sequence[Parked], through: int) -> None:
        if len(self.parked) + len(park) > PARKED_SUBJECTS_MAX:
            raise TooManyParkedError(f"{len(self.parked)} subjects are parked")
        # A crash before the commit leaves everything as it was, after it everything as it is now.
        await self.generation.apply(self._kept, through, batch.steps, park=park)
        self.position = self._kept = through
        self._kept_at, self._since_kept = asyncio.get_running_loop().time(), 0
        self.parked.update({subject.stream: subject for subject in park})

    async def replay(self, stored: StoredEvent) -> bool:
        """Take the event that a parked subject waits at; False when it fails again.

        Its rows and the step to the next revision are one transaction: a crash repeats nothing.
        """
        waiting = self.parked[stored.stream]
        batch = RowBatch(self._checker)
        try:
            batch.add(self._changes_of(stored))
            now = replace(waiting, revision=stored.revision + 1)
            await self.generation.apply(self._kept, self._kept, batch.steps, park=(now,))
        except StaleWorkerError:
            raise
        except Exception as error:
            if is_outage(error):
                raise
            now = parked_by(stored, error, self._clock, waiting)
            await self.generation.apply(self._kept, self._kept, park=(now,))
            self.parked[stored.stream] = now
            return False
        self.parked[stored.stream] = now
        return True

    async def free(self, stream: str) -> None:
        """The subject has caught up."""
        await self.generation.apply(self._kept, self._kept, free=stream)
        del self.parked[stream]

    def _changes_of(self, stored: StoredEvent) -> Sequence[RowChange]:
        recorded = self._codec.recorded(stored)
        changes: list[RowChange] = []
        if recorded is not None:
            for handler in self._handlers.get(type(recorded.event), ()):
                changes += handler.changes(recorded)
        return changes
