"""Keeping parts running: restart with bounded back-off, and finishing what is in hand at the end."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final, TypeVar

import structlog

from shared.host.outage import BACK_OFF_SECONDS_MAX, BackOff

FINISH_SECONDS_MAX: Final = 10.0
"""What a part may take to finish its batch once the process is to stop."""

T = TypeVar("T")


class Part:
    """A named part of a worker that is to run for ever."""

    def __init__(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        self.name = name
        self.trouble: str | None = None
        """The class of the error it last stopped with, until it has run for a while again."""
        self._run = run

    async def keep_running(self, service: str) -> None:
        """Run; after an error wait, ever longer, and run again. Until cancelled."""
        log = structlog.get_logger(__name__)
        loop = asyncio.get_running_loop()
        back_off = BackOff()
        while True:
            settled = loop.call_later(BACK_OFF_SECONDS_MAX, self._settle, back_off)
            try:
                await self._run()
            except Exception as error:  # noqa: BLE001 - logged, shown as not ready, tried again
                self.trouble = type(error).__name__
                log.warning("part_failed", service=service, part=self.name, error=self.trouble)
            else:
                return
            finally:
                settled.cancel()
            await back_off.wait()

    def _settle(self, back_off: BackOff) -> None:
        self.trouble = None
        back_off.reset()


async def finish(work: Coroutine[Any, Any, T]) -> T:
    """Run `work` to its end even when the caller is cancelled meanwhile, for a bounded time; then let
    the cancellation through. What is cut off after that time is as after a crash: done again.
    """
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        if not task.done():
            await asyncio.wait((task,), timeout=FINISH_SECONDS_MAX)
        if task.done() and not task.cancelled():
            task.exception()  # it failed at the very end: the next start finds what it left
        raise
    finally:
        task.cancel()
