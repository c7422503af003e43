"""The event store in PostgreSQL: many processes append to one log and follow it."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Sequence
from typing import Final, TypeVar

import asyncpg
import sqlalchemy.exc
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from shared.eventstore.follow import (
    FOLLOW_PAGE_EVENTS,
    Bell,
    follow_pages,
)
from shared.eventstore.groupcommit import Append, GroupCommit, Outcome
from shared.eventstore.migrations import bring_up_to_date
from shared.eventstore.port import (
    READ_LIMIT_MAX,
    START,
    Appended,
    Expected,
    LogPage,
    NewEvent,
    StoredEvent,
    StoreError,
    StoreUnavailableError,
)
from shared.eventstore.postgres_log import UNAVAILABLE, Session, driver_of
from shared.eventstore.validation import category_set, check_append, page_limit

READ_CONNECTIONS: Final = 4
CONNECTIONS: Final = READ_CONNECTIONS + 1
"""Readers share four; one appends and listens."""

CONNECT_SECONDS_MAX: Final = 10
STATEMENT_SECONDS_MAX: Final = 30
HEAD_LOCK_SECONDS_MAX: Final = 10
"""A process that is frozen while it holds the head row is cut off, or nobody could append."""

READ_ATTEMPTS_MAX: Final = READ_CONNECTIONS + 1
"""After a restart of the server each pooled connection is found dead once."""

NUMBER_MAX: Final = 2**63 - 1

_SELECT: Final = (
    "SELECT id, type, time_us, data, metadata, trace, stream, revision, position"
    " FROM event_store.events"
)
_EACH_CATEGORY: Final = (
    "SELECT event.* FROM unnest($1::text[]) AS wanted (category) CROSS JOIN LATERAL"
)
_HEAD: Final = "SELECT position FROM event_store.head"

T = TypeVar("T")


class PostgresEventStore:
    """EventStore in a PostgreSQL database. Use it from the event loop that opened it.

    Positions are 1, 2, 3 … without gaps. Repeats are recognised as in SqliteEventStore. A role that may not
    write a category (see `event_store.grant_service` in the migrations) gets InvalidAppendError.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        """Use `open`."""
        self._engine = engine
        self._bell = Bell()
        self._session = Session(engine, self._bell.ring)
        self._appends = GroupCommit(self._commit)
        self._listener = asyncio.create_task(self._session.listen())

    @classmethod
    async def open(cls, url: str) -> "PostgresEventStore":
        """Open the store in the database at `url` (postgresql://…), making or migrating its schema.

        Raises StoreError when the database is not fit (newer schema, commits that are not durable, no
        right to migrate); StoreUnavailableError when it cannot be reached.
        """
        engine = create_async_engine(
            make_url(url).set(drivername="postgresql+asyncpg"),
            pool_size=CONNECTIONS,
            max_overflow=0,
            pool_timeout=STATEMENT_SECONDS_MAX,
            connect_args={
                "timeout": CONNECT_SECONDS_MAX,
                "command_timeout": STATEMENT_SECONDS_MAX,
                "server_settings": {
                    "application_name": "event-store",
                    "default_transaction_isolation": "read committed",
                    # Statements here are planned alike for any values, and are too short to compile.
                    "plan_cache_mode": "force_generic_plan",
                    "jit": "off",
                    "lock_timeout": f"{HEAD_LOCK_SECONDS_MAX}s",
                    "idle_in_transaction_session_timeout": f"{HEAD_LOCK_SECONDS_MAX}s",
                },
            },
        )
        try:
            await _prepare(engine)
        except BaseException:
            await engine.dispose()
            raise
        return cls(engine)

    async def append(self, stream: str, expected: Expected, events: Sequence[NewEvent]) -> Appended:
        """See EventStore.append."""
        check_append(stream, expected, events)
        return await self._appends.append(Append(stream, expected, events))

    async def read_stream(
        self, stream: str, *, after_revision: int = -1, limit: int = READ_LIMIT_MAX
    ) -> Sequence[StoredEvent]:
        """See EventStore.read_stream."""
        return await self._events(
            _SELECT + " WHERE stream = $1 AND revision > $2 ORDER BY revision LIMIT $3",
            stream,
            after_revision,
            page_limit(limit),
        )

    async def read_stream_backwards(
        self, stream: str, *, before_revision: int | None = None, limit: int = READ_LIMIT_MAX
    ) -> Sequence[StoredEvent]:
        """See EventStore.read_stream_backwards."""
        return await self._events(
            _SELECT + " WHERE stream = $1 AND revision < $2 ORDER BY revision DESC LIMIT $3",
            stream,
            NUMBER_MAX if before_revision is None else before_revision,
            page_limit(limit),
        )

    async def read_log(
        self,
        *,
        after: int = START,
        categories: Collection[str] | None = None,
        limit: int = READ_LIMIT_MAX,
    ) -> LogPage:
        """See EventStore.read_log."""
        count = page_limit(limit)
        if categories is None:
            events = await self._events(_log_query(">"), after, count)
            return LogPage(events, events[-1].position if events else after)
        # Before the events: what is committed in between may be on the page, and is not skipped.
        head = max(await self.head(), after)
        events = await self._events(_categories_query(">"), category_set(categories), after, count)
        last = events[-1].position if events else after
        return LogPage(events, last if len(events) == count else max(last, head))

    async def read_log_backwards(
        self,
        *,
        before: int | None = None,
        categories: Collection[str] | None = None,
        limit: int = READ_LIMIT_MAX,
    ) -> LogPage:
        """See EventStore.read_log_backwards."""
        count = page_limit(limit)
        below = NUMBER_MAX if before is None else before
        if categories is None:
            events = await self._events(_log_query("<"), below, count)
        else:
            events = await self._events(
                _categories_query("<"), category_set(categories), below, count
            )
        return LogPage(events, events[-1].position if len(events) == count else START)

    def follow(
        self, *, after: int = START, categories: Collection[str] | None = None
    ) -> AsyncGenerator[LogPage, None]:
        """See EventStore.follow."""
        return follow_pages(
            lambda position: self.read_log(
                after=position, categories=categories, limit=FOLLOW_PAGE_EVENTS
            ),
            self._bell,
            after,
            categories,
        )

    async def head(self) -> int:
        """See EventStore.head."""

        async def read(connection: asyncpg.Connection) -> int:
            head: int = await connection.fetchval(_HEAD)
            return head

        return await self._read(read)

    async def close(self) -> None:
        """See EventStore.close."""
        await self._appends.close()
        self._bell.close()
        self._listener.cancel()
        await asyncio.wait({self._listener})
        await self._session.close()
        await self._engine.dispose()

    async def _commit(self, batch: Sequence[Append]) -> Sequence[Outcome]:
        return await self._session.write(batch)

    async def _events(self, query: str, *parameters: object) -> Sequence[StoredEvent]:
        async def read(connection: asyncpg.Connection) -> Sequence[StoredEvent]:
            return [StoredEvent(*row) for row in await connection.fetch(query, *parameters)]

        return await self._read(read)

    async def _read(self, read: Callable[[asyncpg.Connection], Awaitable[T]]) -> T:
        self._bell.check_open()
        attempt = 0
        while True:
            try:
                async with driver_of(self._engine) as connection:
                    return await read(connection)
            except UNAVAILABLE as error:
                attempt += 1
                if attempt == READ_ATTEMPTS_MAX:
                    raise StoreUnavailableError(f"PostgreSQL did not answer: {error!r}") from error
            except asyncpg.PostgresError as error:
                raise StoreUnavailableError(f"PostgreSQL refused to read: {error!r}") from error


async def _prepare(engine: AsyncEngine) -> None:
    try:
        async with engine.begin() as connection:
            await connection.run_sync(bring_up_to_date)
        async with driver_of(engine) as driver:
            durable = await driver.fetchval("SHOW synchronous_commit") != "off"
    except sqlalchemy.exc.ProgrammingError as error:
        raise StoreError(
            f"The event store's schema could not be brought up to date: {error.orig}. "
            "Start once with a role that may create it, then grant this one what it may write."
        ) from error
    except UNAVAILABLE as error:
        raise StoreUnavailableError(f"PostgreSQL cannot be reached: {error}") from error
    if not durable:
        raise StoreError(
            "PostgreSQL's synchronous_commit is off: a crash would lose what was acknowledged. Set it to on."
        )


def _log_query(side: str) -> str:
    order = "ASC" if side == ">" else "DESC"
    return _SELECT + f" WHERE position {side} $1 ORDER BY position {order} LIMIT $2"


def _categories_query(side: str) -> str:
    """One bounded index scan per category: `category = ANY(…)` may sort the whole rest of the log."""
    order = "ASC" if side == ">" else "DESC"
    ordered = f"ORDER BY position {order} LIMIT $3"
    scan = _SELECT + f" WHERE category = wanted.category AND position {side} $2 {ordered}"
    return f"{_EACH_CATEGORY} ({scan}) AS event {ordered}"
