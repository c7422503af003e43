"""A read model of reports filled from events, without a process around it."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, insert, update
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import StaticPool

from services.notification.readmodel import READ_MODEL
from shared.contracts.event import Event
from shared.domain.time import to_microseconds
from shared.eventstore.port import StoredEvent
from shared.host.rows import Add, Patch, Put, Row, RowChange
from shared.host.service import Recorded


class Ledger:
    """Events in the order in which they are told, each with an id and a position."""

    def __init__(self) -> None:
        self.entries: list[Recorded[Event]] = []

    def add(self, at: datetime, *events: Event) -> None:
        """Record events at an instant."""
        for event in events:
            position = len(self.entries) + 1
            stored = StoredEvent(
                id=UUID(int=position << 64 | 0x8000_0000_0000_0000),
                type=type(event).__name__,
                time_us=to_microseconds(at),
                data=b"",
                metadata=b"",
                trace="",
                stream="model-1",
                revision=position,
                position=position,
            )
            self.entries.append(Recorded(event, stored))


@asynccontextmanager
async def counted(entries: Sequence[Recorded[Event]]) -> AsyncIterator[AsyncConnection]:
    """A connection to the read model that follows from the events."""
    engine = create_async_engine("sqlite+aiosqlite://", poolclass=StaticPool)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(READ_MODEL.tables.create_all)
            for change in _changes(entries):
                await _apply(connection, change)
            yield connection
    finally:
        await engine.dispose()


def _changes(entries: Sequence[Recorded[Event]]) -> Iterable[RowChange]:
    for recorded in entries:
        for handler in READ_MODEL.handlers:
            if handler.event_type is type(recorded.event):
                yield from handler.changes(recorded)


async def _apply(connection: AsyncConnection, change: RowChange) -> None:
    table = change.table

    def of(key: Row) -> ColumnElement[bool]:
        return and_(*(table.c[name] == value for name, value in key.items()))

    match change:
        case Put(row=row):
            key = {column.name: row[column.name] for column in table.primary_key.columns}
            await connection.execute(delete(table).where(of(key)))
            await connection.execute(insert(table).values(**row))
        case Patch(key=key, changes=changes):
            await connection.execute(update(table).where(of(key)).values(**changes))
        case Add():
            raise NotImplementedError("no report adds up in rows")
