"""Who succeeded which body, as a service has read it: kept in memory, so that a command costs no statement."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Collection
from datetime import date
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import Table, func, select

from shared.contracts.values import OrganizationId
from shared.domain.graph import Graph, Succession
from shared.host.database import ServiceDatabase

KNOWN_SECONDS_MAX: Final = 1.0
"""How long what was read is acted on, on one day. What a successor may do is read at once when it would be
denied; what the former body could do ends no later than this and the read model's lag after it was recorded.
"""


class KnownSuccessions:
    """Answers for one service of a process. Without a table every body stands for itself."""

    def __init__(
        self,
        database: ServiceDatabase,
        table: Table | None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._table = table
        self._monotonic = monotonic
        self._turn = asyncio.Lock()
        self._by_body: dict[OrganizationId, list[Succession]] = {}
        self._read_at = float("-inf")
        self._read_on: date | None = None
        self._rows = -1

    async def around(self, body: UUID | None, today: date, *, anew: bool = False) -> Graph:
        """Whom a body succeeded and who succeeded it, as far as it took effect; with `anew` as it is read
        now. Raises ReadModelBuildingError while nobody can tell.
        """
        if self._table is None or body is None:
            return Graph()
        now = self._monotonic()
        await self._current(now if anew else now - KNOWN_SECONDS_MAX, today)
        return self.as_read({body}, today)

    def as_read(self, bodies: Collection[UUID], today: date) -> Graph:
        """The same of several bodies, by what was read last."""
        found: dict[OrganizationId, Succession] = {}
        seen = {OrganizationId(body) for body in bodies}
        waiting = list(seen)
        while waiting:
            for entry in self._by_body.get(waiting.pop(), ()):
                if entry.effective_on <= today:
                    found[entry.organization] = entry
                    further = (entry.successors | {entry.organization}) - seen
                    seen |= further
                    waiting += further
        return Graph(successions=tuple(found[one] for one in sorted(found, key=str)))

    async def _current(self, not_before: float, today: date) -> None:
        """One read serves all who wait; a new day is a new question."""
        if self._read_at >= not_before and self._read_on == today:
            return
        async with self._turn:
            if self._read_at < not_before or self._read_on != today:
                began = self._monotonic()
                await self._read()
                self._read_at, self._read_on = began, today

    async def _read(self) -> None:
        assert self._table is not None
        async with self._database.reader() as connection:
            # A body ends once, so rows are only ever added: their number says whether there is news.
            rows = await connection.scalar(select(func.count()).select_from(self._table))
            if rows == self._rows:
                return
            said = await connection.execute(
                select(self._table.c.succession).where(self._table.c.rank == 0)
            )
            entries = [msgspec.json.decode(text, type=Succession) for text in said.scalars()]
        by_body: dict[OrganizationId, list[Succession]] = defaultdict(list)
        for entry in entries:
            for one in entry.successors | {entry.organization}:
                by_body[one].append(entry)
        self._by_body, self._rows = dict(by_body), int(rows or 0)
