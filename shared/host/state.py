"""The state of a service: what is kept beside its read model. Its schema, and small reads and writes.

Kept are the relay's and the reactions' checkpoints, the parked subjects, which generation of the read
model is current, and personal data. Every write is durable when it returns.
"""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    delete,
    insert,
    inspect,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.eventstore.port import START
from shared.host.merging import Checker, RowBatch, Step
from shared.host.rows import Add, PatchWhere, Put, Remove
from shared.host.transactions import Transactions
from shared.host.writing import RowStatements

STATE: Final = MetaData()

SCHEMA: Final = Table(
    "state_schema", STATE, Column("version", Integer, primary_key=True, autoincrement=False)
)

CHECKPOINTS: Final = Table(
    "checkpoints",
    STATE,
    Column("name", String(100), primary_key=True),
    Column("position", BigInteger, nullable=False),
)

GENERATIONS: Final = Table(
    "generations",
    STATE,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("fingerprint", String(64), nullable=False),
    Column("columns", Text, nullable=False),
    Column("role", String(10), nullable=False),
)


def parked_table(name: str, metadata: MetaData) -> Table:
    """Parked subjects: of reactions in the state, of projections in their generation."""
    return Table(
        name,
        metadata,
        Column("stream", String(200), primary_key=True),
        Column("revision", BigInteger, nullable=False),
        Column("position", BigInteger, nullable=False),
        Column("event_type", String(200), nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("error", String(200), nullable=False),
        Column("sentence", Text, nullable=False),
        Column("since_us", BigInteger, nullable=False),
    )


PARKED: Final = parked_table("parked", STATE)

REPLAYS: Final = Table("replays", STATE, Column("stream", String(200), primary_key=True))

PAYLOADS: Final = Table(
    "payloads",
    STATE,
    Column("id", String(36), primary_key=True),
    Column("commitment", String(64), nullable=False),
    Column("salt", LargeBinary, nullable=True),
    Column("content", LargeBinary, nullable=True),
)


_CHECKER: Final = Checker(STATE)

SCHEMA_VERSION: Final = 1
"""The version of these tables. Whoever changes them raises it and says how to get there."""


class NewerStateError(Exception):
    """A newer release has written the state; this one would not understand it."""


class StaleWorkerError(Exception):
    """Another worker has moved the checkpoint: this one is no longer the active one."""


@dataclass(frozen=True)
class Parked:
    """A subject that waits: its event at `revision` failed, later ones of the stream queue behind it.

    `sentence` says where it failed, never what the event holds.
    """

    stream: str
    revision: int
    position: int
    event_type: str
    attempts: int
    error: str
    sentence: str
    since_us: int


@dataclass(frozen=True)
class GenerationRow:
    """A generation of the read model as the state knows it. `role`: current, building or old."""

    number: int
    fingerprint: str
    columns: str
    role: str


async def migrate(connection: AsyncConnection) -> None:
    """Bring the schema up to date, inside the caller's transaction. Raises NewerStateError."""
    await connection.run_sync(_migrate)


def _migrate(connection: Connection) -> None:
    if not inspect(connection).has_table(SCHEMA.name):
        STATE.create_all(connection)
        connection.execute(insert(SCHEMA).values(version=SCHEMA_VERSION))
    held = connection.execute(select(SCHEMA.c.version)).scalar_one()
    if held != SCHEMA_VERSION:
        raise NewerStateError(f"the state has schema {held}, this release knows {SCHEMA_VERSION}")


class State:
    """Checkpoints, parked subjects of reactions, wanted replays."""

    def __init__(self, engine: AsyncEngine, writer: Transactions) -> None:
        """Both are of the state, and closed with this."""
        self.engine = engine
        self._writer = writer
        self._statements = RowStatements(writer.sql)

    async def close(self) -> None:
        """Release the connections."""
        await self.engine.dispose()
        await self._writer.close()

    async def checkpoint(self, name: str) -> int:
        """The position kept under `name`, START for none."""
        async with self.engine.connect() as connection:
            query = select(CHECKPOINTS.c.position).where(CHECKPOINTS.c.name == name)
            held = (await connection.execute(query)).scalar_one_or_none()
        return START if held is None else held

    async def move(
        self,
        name: str,
        old: int,
        new: int,
        *,
        park: Collection[Parked] = (),
        free: str | None = None,
    ) -> None:
        """Move a checkpoint, park subjects and free one, all or nothing.

        Raises StaleWorkerError when the checkpoint does not stand at `old`.
        """
        moves = PatchWhere(CHECKPOINTS, {"name": name, "position": old}, {"position": new})
        statements = (
            *self._statements.of(_begun(name) if old == START else ()),
            self._statements.where(moves, guards=True),
            *self._statements.of(parking(_CHECKER, PARKED, park, free)),
        )
        # The engine's one connection on SQLite is held for its turn: two writers of a file wait for each
        # other by looking again ever later, and the unlucky one does so for seconds.
        async with self.engine.connect():
            moved = await self._writer.run(statements)
        if not moved:
            raise StaleWorkerError(f"{name} does not stand at {old}")

    async def parked(self) -> Sequence[Parked]:
        """The parked subjects of reactions, oldest first."""
        async with self.engine.connect() as connection:
            return await read_parked(connection, PARKED)

    async def ask_replay(self, stream: str) -> None:
        """Record that someone wants `stream` replayed; any process may, the active worker does it."""
        async with self.engine.begin() as connection:
            query = select(REPLAYS.c.stream).where(REPLAYS.c.stream == stream)
            if (await connection.execute(query)).scalar_one_or_none() is None:
                await connection.execute(insert(REPLAYS).values(stream=stream))

    async def replays(self) -> Sequence[str]:
        """The streams someone wants replayed."""
        async with self.engine.connect() as connection:
            return (await connection.execute(select(REPLAYS.c.stream))).scalars().all()

    async def end_replay(self, stream: str) -> None:
        """The replay was tried."""
        async with self.engine.begin() as connection:
            await connection.execute(delete(REPLAYS).where(REPLAYS.c.stream == stream))

    async def generations(self) -> Sequence[GenerationRow]:
        """The generations there are, by number."""
        async with self.engine.connect() as connection:
            rows = await connection.execute(select(GENERATIONS).order_by(GENERATIONS.c.number))
            return [GenerationRow(r.number, r.fingerprint, r.columns, r.role) for r in rows]

    async def put_generation(self, row: GenerationRow) -> None:
        """Note a new generation before anything of it exists: what a crash leaves can be found."""
        async with self.engine.begin() as connection:
            await connection.execute(insert(GENERATIONS).values(**_columns_of(row)))

    async def make_current(self, number: int) -> None:
        """Switch to `number`; the one before it becomes old. One transaction, so there is always one."""
        async with self.engine.begin() as connection:
            current = GENERATIONS.c.role == "current"
            await connection.execute(update(GENERATIONS).where(current).values(role="old"))
            mine = GENERATIONS.c.number == number
            await connection.execute(update(GENERATIONS).where(mine).values(role="current"))

    async def remove_generation(self, number: int) -> None:
        """Forget a generation whose place is gone."""
        async with self.engine.begin() as connection:
            await connection.execute(delete(GENERATIONS).where(GENERATIONS.c.number == number))


def _columns_of(row: GenerationRow) -> dict[str, str | int]:
    return {
        "number": row.number,
        "fingerprint": row.fingerprint,
        "columns": row.columns,
        "role": row.role,
    }


def _begun(name: str) -> Sequence[Step]:
    """Makes the checkpoint, at 0, which is START, if there is none."""
    batch = RowBatch(_CHECKER)
    batch.add([Add(CHECKPOINTS, {"name": name}, {})])
    return batch.steps


def parking(
    checker: Checker, table: Table, park: Collection[Parked], free: str | None
) -> Sequence[Step]:
    """Puts parked subjects into `table` and takes the one that is free out of it."""
    batch = RowBatch(checker)
    batch.add([Put(table, asdict(subject)) for subject in park])
    if free is not None:
        batch.add([Remove(table, {"stream": free})])
    return batch.steps


async def read_parked(connection: AsyncConnection, table: Table) -> Sequence[Parked]:
    """The parked subjects in `table`, oldest first."""
    rows = await connection.execute(select(table).order_by(table.c.position))
    return [Parked(**row) for row in rows.mappings()]
