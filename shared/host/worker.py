"""The worker: everything of a service that runs without being asked. One per service is active."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from shared.bus.port import Bus
from shared.contracts.event import TYPE_PREFIX
from shared.domain.time import from_microseconds
from shared.eventstore.port import EventStore, StoredEvent
from shared.host import reactions, relay
from shared.host.clock import Clock
from shared.host.commands import Executor
from shared.host.consumer import IDLE_SECONDS, Consumer, NotRunningError
from shared.host.database import GRACE_SECONDS, ReadModelBuildingError, ServiceDatabase
from shared.host.files import FileStore
from shared.host.lease import Lease
from shared.host.outage import BackOff, is_outage
from shared.host.parking import Parking
from shared.host.projection import PARKED_SUBJECTS_MAX
from shared.host.reactions import Tools
from shared.host.rebuild import Builder, OnProgress, Progress
from shared.host.relay import Relay
from shared.host.schedules import Scheduler
from shared.host.service import Service
from shared.host.supervision import Part
from shared.host.vault import Vault

LAG_EVENTS_MAX: Final = 1000
"""Waiting events are counted up to here."""

LAG_SECONDS_MAX: Final = 30.0
"""A read model or relay that is farther behind makes the service not ready."""


@dataclass(frozen=True)
class Lag:
    """What a part has not taken yet: events (at most LAG_EVENTS_MAX) and the age of the oldest."""

    events: int
    seconds: float


@dataclass(frozen=True)
class _Standing:
    """How far a part has come in these categories; `types` where only some of their events concern it."""

    part: str
    position: int
    categories: Collection[str]
    types: Collection[str] | None = None


@dataclass(frozen=True)
class Readiness:
    """Whether the service can be relied on now; `reasons` are sentences for an operator."""

    ready: bool
    active: bool
    reasons: tuple[str, ...]


class Worker:
    """Projections, relay, reactions, schedules and replays of one service.

    Replicas all run one; the lease makes one active, the others wait for it and serve reads.
    """

    def __init__(  # noqa: PLR0917 - each is another thing
        self,
        service: Service,
        store: EventStore,
        bus: Bus,
        database: ServiceDatabase,
        executor: Executor,
        clock: Clock,
        *,
        idle_seconds: float = IDLE_SECONDS,
        files: FileStore | None = None,
    ) -> None:
        self.parking = Parking(database)
        self._service = service
        self._store = store
        self._database = database
        self._clock = clock
        tools = Tools(service, database, executor, Vault(database, files=files), clock)
        self._builder = Builder(tools, store)
        self._consumer = Consumer(tools, store, bus, self._builder, idle_seconds)
        self._relay = Relay(service, store, bus, database)
        self._reacted_types = _reacted_types(service)
        self._rebuilding = asyncio.Lock()
        self._active = False
        self._parts = [
            Part("consumer", self._consumer.run),
            Part("relay", self._relay.run),
            Part("parking", lambda: self.parking.run(self._consumer)),
            Part("generations", self._tidy),
            *(
                Part(f"schedule {schedule.name}", Scheduler(schedule, tools).run)
                for schedule in service.schedules
            ),
        ]
        self._log = structlog.get_logger(__name__).bind(service=service.name)

    async def run(self) -> None:
        """Until cancelled; then every part finishes what it has in hand, within a bounded time."""
        lease, back_off = self._database.lease(), BackOff()
        while True:
            try:
                await lease.acquire()
                back_off.reset()
                await self._be_active(lease)
            except Exception as error:
                if not is_outage(error):
                    raise
                self._log.warning("lease_unreachable", error=type(error).__name__)
            finally:
                await lease.release()
            await back_off.wait()

    async def _be_active(self, lease: Lease) -> None:
        """Run every part until the lease is lost."""
        self._log.info("worker_active")
        await self._database.activate(active=True)
        self._active = True
        parts = [
            asyncio.create_task(part.keep_running(self._service.name), name=part.name)
            for part in self._parts
        ]
        try:
            await lease.lost()
            self._log.warning("lease_lost")
        finally:
            for task in parts:
                task.cancel()
            await asyncio.gather(*parts, return_exceptions=True)
            self._active = False
            await self._database.activate(active=False)

    async def rebuild(self, on_progress: OnProgress) -> None:
        """Build the read model anew from the log, while serving, and switch to it.

        Interrupted, the next rebuild or start goes on. Raises NotRunningError where this process is not
        the active worker, and outages.
        """
        self._consumer.parts()
        async with self._rebuilding:
            built = await self._builder.build(on_progress)
            async with self._consumer.turn:
                self._consumer.parts()
                # The consumer waits, so this catches up for good; it is what came in the meantime.
                await self._builder.catch_up(built)
                await self._consumer.use(await self._builder.switch_to(built))

    async def readiness(self) -> Readiness:
        """For /health/ready. A stand-by is ready when it can read; the active worker, when nothing is
        in trouble and it keeps up. Never raises for an outage: that is an answer.
        """
        reasons = [f"{part.name} stopped: {part.trouble}" for part in self._parts if part.trouble]
        try:
            async with self._database.reader():
                pass
            parked = len(await self.parking.list())
            if parked >= PARKED_SUBJECTS_MAX:
                reasons.append(f"{parked} subjects are parked")
            for name, lag in (await self.lag()).items():
                if lag.seconds > LAG_SECONDS_MAX:
                    reasons.append(f"{name} is {lag.seconds:.0f} s behind")
        except ReadModelBuildingError:
            reasons.append("the read model is being built")
        except Exception as error:
            if not is_outage(error):
                raise
            reasons.append(f"unreachable: {type(error).__name__}")
        return Readiness(not reasons, self._active, tuple(reasons))

    async def lag(self) -> Mapping[str, Lag]:
        """How far the read model, the reactions and the relay are behind the log. Raises outages."""
        return {
            standing.part: self._lag(await self._waiting(standing, LAG_EVENTS_MAX))
            async for standing in self._standings()
        }

    async def is_settled(self) -> bool:
        """Whether there is no lag: one event that waits is answer enough. Raises outages."""
        async for standing in self._standings():
            limit = 1 if standing.types is None else LAG_EVENTS_MAX
            if await self._waiting(standing, limit):
                return False
        return True

    async def _standings(self) -> AsyncIterator[_Standing]:
        state, own = self._database.state, self._service.catalogue.categories
        every = self._builder.categories
        yield _Standing("projection", await self._database.position(), every)
        if self._service.reactions:
            kept = await state.checkpoint(reactions.CHECKPOINT)
            # A stand-by knows what is kept alone, and nothing is kept for events without a reaction.
            reacted = self._consumer.reacted(kept)
            yield _Standing("reactions", reacted, every, self._reacted_types)
        if own:
            yield _Standing("relay", await state.checkpoint(relay.CHECKPOINT), own)

    async def _waiting(self, standing: _Standing, limit: int) -> Sequence[StoredEvent]:
        page = await self._store.read_log(
            after=standing.position, categories=standing.categories, limit=limit
        )
        types = standing.types
        return [event for event in page.events if types is None or event.type in types]

    def _lag(self, waiting: Sequence[StoredEvent]) -> Lag:
        if not waiting:
            return Lag(0, 0.0)
        oldest = self._clock.now() - from_microseconds(waiting[0].time_us)
        return Lag(len(waiting), max(oldest.total_seconds(), 0.0))

    async def _tidy(self) -> None:
        """Finish a rebuild that a crash interrupted; drop generations nobody reads any more."""
        old: Collection[int] = ()
        while True:
            if await self._database.is_building():
                with contextlib.suppress(NotRunningError):
                    await self.rebuild(_silent)
            await asyncio.sleep(GRACE_SECONDS)
            # What was old already a while ago: readers in other processes have looked since.
            old = await self._database.drop_old(old)


def _reacted_types(service: Service) -> frozenset[str]:
    """The stored types that may have a reaction: of former ones only decoding tells what they became."""
    reacted = {reaction.event_type for reaction in service.reactions}
    return frozenset(
        f"{TYPE_PREFIX}.{catalogue.service}.{name}"
        for catalogue in (service.catalogue, *service.consumes)
        for name in (*catalogue.current, *catalogue.former)
        if catalogue.current.get(name) in reacted or name in catalogue.former
    )


def _silent(_: Progress) -> None:
    """Nobody watches."""
