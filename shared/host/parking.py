"""Parked subjects: seen by everybody, replayed by the active worker."""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from shared.host.consumer import Consumer
from shared.host.database import ServiceDatabase
from shared.host.state import Parked

REQUEST_SECONDS_MAX: Final = 1.0
"""How soon the active worker sees a replay that another process asked for."""


@dataclass(frozen=True)
class ParkedSubject:
    """A subject that waits, in the rows or in the reactions; see Parked."""

    part: Literal["projection", "reaction"]
    subject: Parked


class Parking:
    """What a service has parked. Any process may list and ask; the active worker's `run` does it."""

    def __init__(self, database: ServiceDatabase) -> None:
        self._database = database
        self._asked = asyncio.Event()

    async def list(self) -> Sequence[ParkedSubject]:
        """Every parked subject, oldest event first. Raises outages."""
        rows = await self._database.parked_rows()
        reactions = await self._database.state.parked()
        subjects = [ParkedSubject("projection", subject) for subject in rows]
        subjects += [ParkedSubject("reaction", subject) for subject in reactions]
        return sorted(subjects, key=lambda parked: parked.subject.position)

    async def replay(self, stream: str) -> None:
        """Ask for a subject's waiting events to be taken, in order. Durable when it returns.

        The outcome shows in `list`: the subject is gone, or counts one more attempt.
        """
        await self._database.state.ask_replay(stream)
        self._asked.set()

    async def run(self, consumer: Consumer) -> None:
        """Do what is asked for. In the active worker only, until cancelled. Raises outages."""
        state = self._database.state
        while True:
            self._asked.clear()
            for stream in await state.replays():
                async with consumer.turn:
                    # Crash before the request ends: tried once more, from the event it stands at.
                    await consumer.replay(stream)
                await state.end_replay(stream)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(REQUEST_SECONDS_MAX):
                    await self._asked.wait()
