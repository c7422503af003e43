"""A service's own database: the kept state, and the read model with its generations."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from sqlalchemy import MetaData
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.eventstore.port import START
from shared.host.generation import Generation, check_names
from shared.host.lease import Lease
from shared.host.merging import Checker
from shared.host.service import ReadModel
from shared.host.state import GenerationRow, Parked, State, migrate
from shared.host.storage import Storage, storage_at

POINTER_SECONDS_MAX: Final = 1.0
"""A process that is not the active worker learns of a switch of generations within this time."""

GRACE_SECONDS: Final = 5.0
"""How long an old generation outlives the switch, for readers of other processes."""

WAIT_POLL_SECONDS: Final = 0.05
"""How often a stand-by looks whether the active worker has reached a position."""


CURRENT: Final = "current"
BUILDING: Final = "building"
OLD: Final = "old"


class ReadModelBuildingError(Exception):
    """The rows this release reads are still being built. Try again later."""


@dataclass(eq=False)
class _Held:
    """A generation this process reads, and by how many."""

    row: GenerationRow
    generation: Generation
    readers: int = 0
    retired: bool = False


class ServiceDatabase:
    """Opened once per process and service; safe for concurrent use by tasks of one event loop."""

    def __init__(
        self, storage: Storage, state: State, service_name: str, read_model: ReadModel
    ) -> None:
        """Use `open`."""
        self.storage = storage
        self.state = state
        self.service_name = service_name
        self.read_model = read_model
        self.checker = Checker(read_model.tables)
        check_names(read_model.tables)
        self.fingerprint = _fingerprint(read_model)
        self._held: _Held | None = None
        self._looked_at = 0.0
        self._looking = asyncio.Lock()
        self._active = False
        self._position = -1
        self._moved = asyncio.Condition()
        self._wanted = asyncio.Event()

    @staticmethod
    async def open(url: str, service_name: str, read_model: ReadModel) -> "ServiceDatabase":
        """Open, making what is missing. `url` is `sqlite:///<folder>` or `postgresql+asyncpg://…`.

        Raises ValueError, ReadModelError, NewerStateError, and the driver's errors when unreachable.
        """
        storage = storage_at(url, service_name)
        await storage.prepare()
        database = ServiceDatabase(
            storage, State(storage.state(), storage.state_writer()), service_name, read_model
        )
        try:
            await storage.exclusively(database.state.engine, migrate)
            await database.look()
        except BaseException:
            await database.close()
            raise
        return database

    async def close(self) -> None:
        """Release every connection."""
        if self._held is not None:
            await self._held.generation.close()
            self._held = None
        await self.state.close()

    # --- reading ------------------------------------------------------------------------------

    @asynccontextmanager
    async def reader(self) -> AsyncIterator[AsyncConnection]:
        """A connection on the current generation, for reading only.

        Raises ReadModelBuildingError until there is one with all columns this release reads.
        """
        held = await self._fresh()
        if held is None or not self._is_readable():
            raise ReadModelBuildingError(self.service_name)
        held.readers += 1
        try:
            async with held.generation.read() as connection:
                yield connection
        finally:
            held.readers -= 1
            await self._close_if_unused(held)

    async def readable(self) -> None:
        """Return once `reader` works. For the active worker, which brings it about."""
        async with self._moved:
            await self._moved.wait_for(self._is_readable)

    def _is_readable(self) -> bool:
        held = self._held
        return held is not None and _covers(held.row.columns, self.read_model.tables)

    def progress(self) -> Mapping[str, int]:
        """How far this process knows the read model to have followed its sources.

        One number is enough: events are applied in the order of the log, so all sources stand there.
        """
        return {self.service_name: max(self._position, START)}

    async def wait_for(self, source: str, position: int, timeout_seconds: float) -> bool:
        """Whether the read model has, within the time, taken the events of `source` up to `position`.

        `source` is for the caller's reader: the order of the log makes one number do for all of them.
        """
        del source
        try:
            async with asyncio.timeout(timeout_seconds):
                if self._position < position:
                    self._wanted.set()
                while self._position < position:
                    await self._next_move(position)
        except TimeoutError:
            return False
        return True

    async def position(self) -> int:
        """The position the read model stands at now, START while it is built. Raises outages."""
        if self._active and self._position >= START:
            return self._position
        held = await self._fresh()
        return START if held is None else await held.generation.position()

    async def parked_rows(self) -> Sequence[Parked]:
        """The subjects whose rows are parked. Raises outages."""
        held = await self._fresh()
        return () if held is None else await held.generation.parked()

    async def _next_move(self, position: int) -> None:
        if self._active:
            async with self._moved:
                if self._position < position:
                    await self._moved.wait()
            return
        held = await self._fresh()
        if held is not None:
            self._position = await held.generation.position()
        if self._position < position:
            await asyncio.sleep(WAIT_POLL_SECONDS)

    async def _fresh(self) -> _Held | None:
        """The current generation. The active worker switches itself; others have to look."""
        late = asyncio.get_running_loop().time() - self._looked_at > POINTER_SECONDS_MAX
        if self._held is None or (late and not self._active):
            await self.look()
        return self._held

    async def look(self) -> None:
        """Read which generation is current, and open it."""
        async with self._looking:
            self._looked_at = asyncio.get_running_loop().time()
            rows = await self.state.generations()
            row = next((row for row in rows if row.role == CURRENT), None)
            old = self._held
            if row is None or (old is not None and old.row.number == row.number):
                return
            generation = Generation(row.number, self.storage)
            if (
                not await generation.exists()
            ):  # somebody removed it by hand: the worker builds another
                await generation.close()
                return
            self._held = _Held(row, generation)
            if old is not None:
                old.retired = True
                await self._close_if_unused(old)

    async def _close_if_unused(self, held: _Held) -> None:
        if held.retired and held.readers == 0:
            await held.generation.close()

    # --- for the active worker ------------------------------------------------------------------

    def lease(self) -> Lease:
        """What makes one worker of the service active."""
        return self.storage.lease()

    async def activate(self, *, active: bool) -> None:
        """Whether this process is the active worker: then positions come from `report` alone."""
        self._active = active
        async with self._moved:
            self._moved.notify_all()

    async def report(self, position: int) -> None:
        """The read model has followed the log to `position`."""
        self._position = position
        async with self._moved:
            self._moved.notify_all()

    async def wanted(self) -> None:
        """Return when someone waits, since the last call, for a position that is not reached yet."""
        await self._wanted.wait()
        self._wanted.clear()

    async def current(self) -> Generation | None:
        """The current generation if it was built by what this release declares."""
        await self.look()
        if self._held is None or self._held.row.fingerprint != self.fingerprint:
            return None
        return self._held.generation

    async def begin_generation(self) -> Generation:
        """The generation being built: the one an interrupted build left, or a new one."""
        rows = await self.state.generations()
        for row in rows:
            if row.role == BUILDING and row.fingerprint == self.fingerprint:
                generation = Generation(row.number, self.storage)
                if await generation.exists():
                    return generation
                await generation.close()
            if row.role == BUILDING:
                await self._drop(row.number)
        number = max((row.number for row in rows), default=0) + 1
        # Noted first: a crash between here and the end of `make` leaves a number, and its place is
        # emptied before it is used.
        await self.state.put_generation(
            GenerationRow(number, self.fingerprint, _columns(self.read_model.tables), BUILDING)
        )
        return await Generation.make(number, self.storage, self.read_model.tables)

    async def switch_to(self, generation: Generation) -> None:
        """Make it the current one, for every process."""
        await self.state.make_current(generation.number)
        await self.look()

    async def is_building(self) -> bool:
        """Whether a build by this release's declaration was begun beside a current generation."""
        rows = await self.state.generations()
        return any(r.role == BUILDING and r.fingerprint == self.fingerprint for r in rows)

    async def drop_old(self, among: Collection[int]) -> Collection[int]:
        """Remove the old generations `among` these; the numbers of those that remain."""
        remaining = []
        for row in await self.state.generations():
            if row.role == OLD and row.number in among:
                await self._drop(row.number)
            elif row.role == OLD:
                remaining.append(row.number)
        return remaining

    async def _drop(self, number: int) -> None:
        # The place first: a crash in between leaves a row, and dropping is idempotent.
        await self.storage.drop(number)
        await self.state.remove_generation(number)


def _columns(tables: MetaData) -> str:
    return json.dumps({name: sorted(table.columns.keys()) for name, table in tables.tables.items()})


def _covers(columns: str, tables: MetaData) -> bool:
    held = json.loads(columns)
    return all(
        set(table.columns.keys()) <= set(held.get(name, ()))
        for name, table in tables.tables.items()
    )


def _fingerprint(read_model: ReadModel) -> str:
    """What a generation was built by: version, tables, and the events it takes."""
    tables = [
        [table.name, [[c.name, repr(c.type), c.primary_key, c.nullable] for c in table.columns]]
        for table in read_model.tables.sorted_tables
    ]
    events = sorted({handler.event_type.__name__ for handler in read_model.handlers})
    return hashlib.sha256(json.dumps([read_model.version, tables, events]).encode()).hexdigest()
