"""One generation of a read model: its rows, how far they have followed the log, what is parked.

All three change in one transaction, so a crash at any moment leaves them telling the same.
"""

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    MetaData,
    Table,
    delete,
    insert,
    inspect,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.eventstore.port import START
from shared.host.merging import Step
from shared.host.state import Parked, StaleWorkerError, parked_table, put_parked, read_parked
from shared.host.storage import Storage, close_engine
from shared.host.writing import RowWriter

_META: Final = MetaData()

PROGRESS: Final = Table(
    "dvk_progress",
    _META,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("position", BigInteger, nullable=False),
)
"""One row: every event of the service's sources up to `position` is in the rows, or parked."""

PARKED: Final = parked_table("dvk_parked", _META)


class Generation:
    """Opened for this process. Only the active worker of the service calls `apply`."""

    def __init__(self, number: int, storage: Storage) -> None:
        self.number = number
        self._reader = storage.reader(number)
        self._writer = storage.writer(number)
        self._rows = RowWriter(self._writer.dialect)

    @staticmethod
    async def make(number: int, storage: Storage, tables: MetaData) -> "Generation":
        """An empty generation, in place of whatever a crash left there."""
        await storage.make(number)
        generation = Generation(number, storage)
        try:
            async with generation._writer.begin() as connection:
                await connection.run_sync(_META.create_all)
                await connection.run_sync(tables.create_all)
                await connection.execute(insert(PROGRESS).values(id=1, position=START))
        except BaseException:
            await generation.close()
            raise
        return generation

    async def exists(self) -> bool:
        """Whether it was made to the end."""
        try:
            async with self._writer.connect() as connection:
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
        async with self._writer.begin() as connection:
            # First, because it takes the lock: a stale worker waits here and then learns that it is.
            guarded = update(PROGRESS).where(PROGRESS.c.position == old).values(position=new)
            if (await connection.execute(guarded)).rowcount != 1:
                raise StaleWorkerError(f"generation {self.number} does not stand at {old}")
            await self._rows.write(connection, steps)
            await put_parked(connection, PARKED, park)
            if free is not None:
                await connection.execute(delete(PARKED).where(PARKED.c.stream == free))

    async def close(self) -> None:
        """Release the connections."""
        await close_engine(self._writer)
        await close_engine(self._reader)


def check_names(tables: MetaData) -> None:
    """Refuse tables that would collide with the generation's own. Raises ValueError."""
    for table in tables.tables.values():
        if table.name in _META.tables or table.schema is not None:
            raise ValueError(f"{table.name}: the name is taken, or it names a schema")
