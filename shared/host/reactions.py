"""Reacting: what a service does on events, at least once, in order per stream, its effects once."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from shared.contracts.event import Event
from shared.eventstore.port import StoredEvent
from shared.host.clock import Clock
from shared.host.commands import SERVICE_ACTOR_PREFIX, Caller, Executor
from shared.host.database import ServiceDatabase
from shared.host.outage import is_outage
from shared.host.projection import (
    BATCH_EVENTS_MAX,
    PARKED_SUBJECTS_MAX,
    Codec,
    TooManyParkedError,
    parked_by,
)
from shared.host.service import Reaction, Recorded, Service
from shared.host.state import Parked
from shared.host.storage import READERS_MAX
from shared.host.vault import Vault
from shared.host.work import OwnWork

CHECKPOINT: Final = "reactions"
"""The name its checkpoint is kept under."""

STREAMS_AT_ONCE_MAX: Final = READERS_MAX // 2
"""Streams reacted to side by side: their appends share commits. Each holds a reader while the batch
lasts, so that half of them is left to requests.
"""


class ProjectionParkedError(Exception):
    """The rows of this subject stand still, so no reaction may rely on them."""


@dataclass(frozen=True)
class Tools:
    """What reactions and schedules of a service work with."""

    service: Service
    database: ServiceDatabase
    executor: Executor
    vault: Vault
    clock: Clock

    def work(self, read: AsyncConnection, caller: Caller) -> OwnWork:
        """What one event or run of a schedule works with."""
        return OwnWork(self.executor, self.vault, self.clock, read, caller)


class Reactor:
    """Runs the reactions of a service. For one task at a time."""

    def __init__(self, tools: Tools, position: int, parked: dict[str, Parked]) -> None:
        """Use `open`."""
        self.position = position
        self.parked = parked
        self._kept = position
        self._since_kept = 0
        self._tools = tools
        self._reactions: dict[type[Event], list[Reaction]] = {}
        for reaction in tools.service.reactions:
            self._reactions.setdefault(reaction.event_type, []).append(reaction)
        self._codec = Codec(tools.service, self._reactions)

    @staticmethod
    async def open(tools: Tools) -> "Reactor":
        """Go on where the state stands."""
        state = tools.database.state
        parked = {subject.stream: subject for subject in await state.parked()}
        return Reactor(tools, await state.checkpoint(CHECKPOINT), parked)

    async def react(
        self, events: Sequence[StoredEvent], through: int, stands_still: frozenset[str]
    ) -> None:
        """React to `events`, each stream's in order, then move the checkpoint to `through`.

        `stands_still` are the streams whose projection is parked. A crash before the checkpoint moves
        repeats the batch: the commands are recognised by their ids. Raises outages: the same holds.
        """
        streams: dict[str, list[StoredEvent]] = {}
        for stored in events:
            waits = stored.stream in self.parked or stored.position <= self.position
            if not waits and self._codec.handles(stored):
                streams.setdefault(stored.stream, []).append(stored)
        park = await self._react_to_streams(list(streams.values()), stands_still)
        if len(self.parked) + len(park) > PARKED_SUBJECTS_MAX:
            raise TooManyParkedError(f"{len(self.parked)} subjects are parked")
        self._since_kept += len(events)
        if through > self.position and (streams or self._since_kept >= BATCH_EVENTS_MAX):
            await self._keep(through, park)
        # Not kept where nothing was done: after a crash these events are looked through once more.
        self.position = max(self.position, through)

    async def _react_to_streams(
        self, streams: Sequence[Sequence[StoredEvent]], stands_still: frozenset[str]
    ) -> Sequence[Parked]:
        """React to each stream's events in turn, some streams side by side; what has to be parked.

        The rows stand still until the batch is done, so a turn reads all of its streams at one moment.
        """
        park: list[Parked] = []
        waiting = iter(streams)

        async def take_turns() -> None:
            async with self._tools.database.reader() as read:
                for stream in waiting:
                    parked = await self._react_to_stream(stream, read, stands_still)
                    if parked is not None:
                        park.append(parked)
                        # If it was a statement that failed, the next one needs a new transaction.
                        await read.rollback()

        at_once = min(STREAMS_AT_ONCE_MAX, len(streams))
        turns = [asyncio.ensure_future(take_turns()) for _ in range(at_once)]
        try:
            await asyncio.gather(*turns)
        finally:
            # After an outage, or when cancelled, none may go on beside the next attempt.
            for turn in turns:
                turn.cancel()
            await asyncio.gather(*turns, return_exceptions=True)
        return park

    async def _react_to_stream(
        self, events: Sequence[StoredEvent], read: AsyncConnection, stands_still: frozenset[str]
    ) -> Parked | None:
        """None when all went through; else where it is parked, and nothing after it was tried."""
        for stored in events:
            try:
                await self._act(stored, read, stands_still)
            except Exception as error:
                if is_outage(error):
                    raise
                return parked_by(stored, error, self._tools.clock)
        return None

    async def _keep(self, through: int, park: Sequence[Parked]) -> None:
        await self._tools.database.state.move(CHECKPOINT, self._kept, through, park=park)
        self._kept, self._since_kept = through, 0
        self.parked.update({subject.stream: subject for subject in park})

    async def replay(self, stored: StoredEvent, stands_still: frozenset[str]) -> bool:
        """React to the event that a parked subject waits at; False when it fails again.

        A crash before the step to the next revision repeats the event: its commands are recognised.
        """
        waiting = self.parked[stored.stream]
        try:
            async with self._tools.database.reader() as read:
                await self._act(stored, read, stands_still)
            now = replace(waiting, revision=stored.revision + 1)
        except Exception as error:
            if is_outage(error):
                raise
            now = parked_by(stored, error, self._tools.clock, waiting)
        state = self._tools.database.state
        await state.move(CHECKPOINT, self._kept, self._kept, park=(now,))
        self.parked[stored.stream] = now
        return now.revision > stored.revision

    async def free(self, stream: str) -> None:
        """The subject has caught up."""
        await self._tools.database.state.move(CHECKPOINT, self._kept, self._kept, free=stream)
        del self.parked[stream]

    async def _act(
        self, stored: StoredEvent, read: AsyncConnection, stands_still: frozenset[str]
    ) -> None:
        """Run the reactions to `stored`, if there are any. Raises what they raise."""
        recorded = self._codec.recorded(stored)
        reactions = () if recorded is None else self._reactions.get(type(recorded.event), ())
        if recorded is None or not reactions:
            return
        if stored.stream in stands_still:
            raise ProjectionParkedError(stored.stream)
        work = self._tools.work(read, self._caller(recorded))
        for reaction in reactions:
            await reaction.react(recorded, work)

    def _caller(self, recorded: Recorded[Event]) -> Caller:
        return Caller(
            actor=f"{SERVICE_ACTOR_PREFIX}{self._tools.service.name}",
            organization=None,
            cause=recorded.id,
            correlation=recorded.metadata.correlation,
            trace=recorded.stored.trace,
        )
