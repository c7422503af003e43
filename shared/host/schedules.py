"""Schedules: what is due with time, looked for regularly and whenever a demo clock is moved."""

import asyncio
import contextlib
from typing import Protocol, runtime_checkable

from shared.host.commands import SERVICE_ACTOR_PREFIX, Caller
from shared.host.ids import new_key
from shared.host.reactions import Tools
from shared.host.service import Schedule
from shared.host.supervision import finish


@runtime_checkable
class Ticking(Protocol):
    """A clock that tells when somebody moves it."""

    async def changed(self) -> None:
        """Wait until it is moved."""
        ...


class Scheduler:
    """Runs one schedule. In the active worker only."""

    def __init__(self, schedule: Schedule, tools: Tools) -> None:
        self.schedule = schedule
        self._tools = tools

    async def run(self) -> None:
        """Until cancelled. Raises what the schedule raises: start again then, which runs it again."""
        clock = self._tools.clock
        await self._tools.database.readable()
        while True:
            moved = asyncio.create_task(clock.changed()) if isinstance(clock, Ticking) else None
            try:
                # A crash in the middle leaves a part done; its commands are guarded, the rest is due.
                await finish(self._run_once())
                await self._wait(moved)
            finally:
                if moved is not None:
                    moved.cancel()

    async def _run_once(self) -> None:
        run = new_key(self._tools.clock.now())
        caller = Caller(
            actor=f"{SERVICE_ACTOR_PREFIX}{self._tools.service.name}",
            organization=None,
            cause=run,
            correlation=run,
            trace="",
        )
        async with self._tools.database.reader() as connection:
            await self.schedule.run(self._tools.work(connection, caller))

    async def _wait(self, moved: asyncio.Task[None] | None) -> None:
        """Until the time is over or the clock was moved, also while the schedule ran."""
        seconds = self.schedule.every_seconds
        if moved is None:
            await asyncio.sleep(seconds)
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await asyncio.shield(moved)
