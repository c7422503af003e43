"""A year played against running services by a client that remembers every write that was acknowledged."""

import asyncio
import base64
import os
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from rich.console import Console

from dvk.api import Addresses, Api, Json, Written, wait_for
from dvk.demo.play import Order, Summary, play
from dvk.demo.stage import LineStage
from services.audit.domain.deciders import decode
from shared.contracts.event import Event
from shared.domain.logentry import decode_entry
from shared.eventstore.port import START, StoredEvent
from tests.support.chronicle import Chronicle

PAUSE_SECONDS_MAX: Final = 0.05
"""How long after an acknowledged write a fault happens, at most: other requests, and what follows by
itself from this one, are under way then."""
WRITES_BEFORE_HOLD: Final = 300
"""Bodies of the province: enough for every step of a rebuild, before anything else is entered."""
WRITES_OF_SETUP: Final = 490
"""Writes that enter the province. Most faults should meet what comes after them."""
WRITES_OF_YEAR: Final = 790
"""Writes of the whole year, roughly: it depends on the seed."""
MODELS: Final = 9
"""A short year: one refused at the registration, one returned, one that nobody may recognise, a session missed,
a second ballot; all but two decided."""
CONCURRENCY: Final = 8
AFTERWARDS: Final = datetime(2027, 1, 4, tzinfo=UTC)
"""After everything that happens in the year."""
LOG_PAGE: Final = 1_000
MAIL_STEP: Final = timedelta(hours=1)
MAIL_SECONDS_MAX: Final = 60.0


def seeds(usual: int) -> range:
    """The seeds a test plays: `usual` many, or as many as FAULT_SEEDS says."""
    return range(int(os.environ.get("FAULT_SEEDS", usual)))


Kill = Callable[[], Awaitable[object]]
"""Does harm, and returns when what was harmed runs again."""


def stored_of(row: Json) -> StoredEvent:
    """An event as the public log shows it."""
    entry = decode_entry(base64.b64decode(row["entry"]))
    return StoredEvent(
        id=entry.id,
        type=entry.type,
        time_us=entry.time_us,
        data=entry.data,
        metadata=entry.metadata,
        trace="",
        stream=entry.stream,
        revision=entry.revision,
        position=row["position"],
    )


@dataclass(frozen=True)
class Acknowledged:
    """A write that was answered: what was asked for under which key, and the answer."""

    service: str
    path: str
    key: UUID
    written: Written


class Driver(Api):
    """The demonstration's client: repeats what was not answered under the same key, and keeps the answers."""

    def __init__(self, addresses: Addresses) -> None:
        super().__init__(addresses)
        self.acknowledged: list[Acknowledged] = []
        self.may_go_on = asyncio.Event()
        """Cleared, it holds the year once WRITES_BEFORE_HOLD are acknowledged, until it is set."""
        self.may_go_on.set()
        self._answered = asyncio.Event()

    async def write(
        self,
        service: str,
        path: str,
        body: Json,
        *,
        user: str | None,
        key: UUID,
        paper: str | None = None,
    ) -> Written:
        """See Api.write."""
        if len(self.acknowledged) >= WRITES_BEFORE_HOLD:
            await self.may_go_on.wait()
        written = await super().write(service, path, body, user=user, key=key, paper=paper)
        self.acknowledged.append(Acknowledged(service, path, key, written))
        self._answered.set()
        return written

    async def chronicle(self) -> Chronicle:
        """The log as the public reads it."""
        entries: list[tuple[StoredEvent, Event]] = []
        after = START
        while (page := await self.read("audit", "/log", {"after": after, "limit": LOG_PAGE}))[
            "entries"
        ]:
            for row in page["entries"]:
                stored = stored_of(row)
                entries.append((stored, decode(stored)))
            after = page["scanned_to"]
        return Chronicle(entries)

    async def reached(self, writes: int) -> None:
        """Wait until so many writes were acknowledged."""
        while len(self.acknowledged) < writes:
            self._answered.clear()
            await self._answered.wait()


async def play_through(
    driver: Driver, seed: int, faults: Sequence[Kill], *, models: int = MODELS
) -> Summary:
    """Play a year to its end while each of `faults` happens at a moment drawn from `seed`."""
    chance = random.Random(seed)  # noqa: S311 - repeatable
    moments = [chance.randint(1, WRITES_OF_SETUP)] if faults else []
    moments += sorted(
        chance.sample(range(WRITES_OF_SETUP, WRITES_OF_YEAR), max(len(faults) - 1, 0))
    )
    over = asyncio.Event()

    async def happen() -> None:
        for writes, fault in zip(moments, faults, strict=True):
            waiting = [
                asyncio.create_task(driver.reached(writes)),
                asyncio.create_task(over.wait()),
            ]
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in waiting:
                task.cancel()
            await asyncio.sleep(chance.uniform(0, PAUSE_SECONDS_MAX))
            await fault()

    async with asyncio.TaskGroup() as group:
        group.create_task(happen())
        summary = await play(
            driver, Order(models, seed, CONCURRENCY), LineStage(Console(quiet=True))
        )
        over.set()
    # A fault of the last moments leaves work, too.
    await driver.settled()
    return summary


async def send_mail(driver: Driver) -> None:
    """Move the clock on, hour by hour, until all mail is out that the year gave rise to."""
    at = AFTERWARDS

    async def look() -> bool | None:
        nonlocal at
        at += MAIL_STEP
        await driver.pin(at)
        await driver.settled()
        return all((await driver.chronicle()).mails().values()) or None

    await wait_for("mail", look, MAIL_SECONDS_MAX)
    await driver.settled()
