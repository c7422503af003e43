"""The one place where time comes from."""

import asyncio
import contextlib
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from shared.domain.time import from_microseconds, to_microseconds


class Clock(Protocol):
    """Tells the time to everything outside the domain; inside it, time arrives in the command."""

    def now(self) -> datetime:
        """The present instant, UTC, whole microseconds."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """See Clock.now."""
        return datetime.now(UTC)


class DemoClock:
    """A clock that a demonstration pins, so that a year can be played in minutes.

    It never goes behind a time it was pinned at or an event it was told of; before the first of
    either it may be pinned anywhere. What it knows survives a restart in `file`. Released, it follows
    the machine's clock again, standing still until that has caught up.
    """

    def __init__(self, file: Path, system: Clock | None = None) -> None:
        self._file = file
        self._system = system or SystemClock()
        self._floor: datetime | None = None
        self._pinned = False
        self._moved = asyncio.Event()
        with contextlib.suppress(FileNotFoundError):
            kept = json.loads(file.read_text())
            self._pinned = kept["pinned"]
            self._floor = from_microseconds(kept["floor_us"])

    def now(self) -> datetime:
        """See Clock.now."""
        if self._floor is None:
            return self._system.now()
        return self._floor if self._pinned else max(self._floor, self._system.now())

    def pin(self, at: datetime) -> None:
        """Stand still at `at`; at a later time that is known already, stand there instead."""
        before = (self._floor, self._pinned)
        self._floor = at if self._floor is None else max(self._floor, at)
        self._pinned = True
        if (self._floor, self._pinned) != before:
            self._changed()

    def release(self) -> None:
        """Follow the machine's clock again."""
        if self._pinned:
            self._pinned = False
            self._changed()

    def observe(self, at: datetime) -> None:
        """An event of this time was recorded: never tell an earlier one."""
        if self._floor is None or at > self._floor:
            self._floor = at
            if self._pinned:
                self._changed()

    async def changed(self) -> None:
        """Wait until the clock is moved by someone."""
        await self._moved.wait()

    def _changed(self) -> None:
        self._moved.set()
        self._moved = asyncio.Event()
        # A crash here leaves the former file: the clock then starts from the latest event, no earlier.
        kept = self._file.with_suffix(".new")
        assert self._floor is not None
        kept.write_text(
            json.dumps({"pinned": self._pinned, "floor_us": to_microseconds(self._floor)})
        )
        os.replace(kept, self._file)  # noqa: PTH105 - the atomic rename, said as such
