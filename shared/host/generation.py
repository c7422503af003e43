"""One generation of a read model: its rows, how far they have followed the log, what is parked.

All three change in one transaction, so a crash at any moment leaves them telling the same.
"""

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from itertools import chain
from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    MetaData,
    Table,
    insert,
    inspect,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.eventstore.port import START
from shared.host.merging import Checker, Step
from shared.host.rows import PatchWhere
from shared.host.state import Parked, StaleWorkerError, parked_table, parking, read_parked
from shared.host.storage import Storage
from shared.host.writing import RowStatements

_META: Final = MetaData()

PROGRESS: Final = Table(
    "dvk_progress",
    _META,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("position", BigInteger, nullable=False),
)
"""One row: every event of the service's sources up to `position` is in the rows, or parked."""

PARKED: Final = parked_table("dvk_parked", _META)

_CHECKER: Final = Checker(_META)


class Generation:
    """Opened for this process. Only the active worker of the service calls `apply`."""

    def __init__(self, number: int, storage: Storage) -> None:
        self.number = number
        self._reader = storage.reader(number)
        self._writer = storage.writer(number)
        self._statements = RowStatements(self._writer.sql)

    @staticmethod
    async def make(number: int, storage: Storage, tables: MetaData) -> "Generation":
        """An empty generation, in place of whatever a crash left there."""

        def create(connection: Connection) -> None:
            _META.create_all(connection)
            tables.create_all(connection)
            connection.execute(insert(PROGRESS).values(id=1, position=START))

        await storage.make(number, create)
        return Generation(number, storage)

    async def exists(self) -> bool:
        """Whether it was made to the end."""
        try:
            async with self.read() as connection:
                return await connection.run_sync(lambda c: inspect(c).has_table(PROGRESS.name))
        except BaseException:
            await self.close()
            raise

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection for reading; what it reads is of one moment."""
        async with self._reader.connect() as connection:
            yield connection

    async def position(self) -> int:
        """How far the rows have followed the log."""
        async with self.read() as connection:
            return int((await connection.execute(select(PROGRESS.c.position))).scalar_one())

    async def parked(self) -> Sequence[Parked]:
        """The subjects whose projection is parked, oldest first."""
        async with self.read() as connection:
            return await read_parked(connection, PARKED)

    async def apply(
        self,
        old: int,
        new: int,
        steps: Collection[Step] = (),
        *,
        park: Collection[Parked] = (),
        free: str | None = None,
    ) -> None:
        """Write the rows and move from position `old` to `new`, all or nothing.

        Raises StaleWorkerError when the generation does not stand at `old`: another worker is active.
        """
        moves = PatchWhere(PROGRESS, {"position": old}, {"position": new})
        all_steps = (*steps, *parking(_CHECKER, PARKED, park, free))
        # The guard first, because it takes the lock: a stale worker waits there and then learns it.
        guard = self._statements.where(moves, guards=True)
        if not await self._writer.run(chain((guard,), self._statements.of(all_steps))):
            raise StaleWorkerError(f"generation {self.number} does not stand at {old}")

    async def close(self) -> None:
        """Release the connections."""
        await self._reader.dispose()
        await self._writer.close()


def check_names(tables: MetaData) -> None:
    """Refuse tables that would collide with the generation's own. Raises ValueError."""
    for table in tables.tables.values():
        if table.name in _META.tables or table.schema is not None:
            raise ValueError(f"{table.name}: the name is taken, or it names a schema")
