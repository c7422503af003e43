"""The log in PostgreSQL: the connection that appends and listens, its transaction and its retries."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Final, NoReturn
from uuid import UUID

import asyncpg
import sqlalchemy.exc
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.eventstore.follow import BACK_OFF_SECONDS_MAX, BACK_OFF_SECONDS_MIN
from shared.eventstore.groupcommit import (
    NO_REVISION,
    Append,
    Outcome,
    Place,
    Placed,
    expected_revision,
    ids_of,
    place_events,
    settle,
)
from shared.eventstore.port import (
    Appended,
    Expect,
    InvalidAppendError,
    StoreUnavailableError,
)

RETRY_SECONDS: Final = (0.02, 0.1, 0.5)
"""Pause before each further attempt: a server that restarts is waited for by the caller, not here."""

PROBE_SECONDS: Final = 15
"""How long a connection that died without a word stays unnoticed."""

UNAVAILABLE: Final = (
    OSError,  # refused, reset, timed out
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,  # the connection is closed
    asyncpg.InternalClientError,  # the server's answer broke off
    asyncpg.OperatorInterventionError,  # shutting down, starting up
    asyncpg.TransactionRollbackError,  # deadlock, serialization
    asyncpg.InsufficientResourcesError,  # disk full, too many connections
    asyncpg.LockNotAvailableError,
    asyncpg.InvalidTransactionStateError,  # idle in transaction for too long
    sqlalchemy.exc.DBAPIError,  # any of these while connecting
    sqlalchemy.exc.TimeoutError,
)

_COLUMNS: Final = "id, stream, revision, type, time_us, data, metadata, trace"
_INSERT: Final = (  # built from constants alone
    f"INSERT INTO event_store.events (position, {_COLUMNS})"  # noqa: S608
    " SELECT before + new.number, new.id, new.stream, new.revision, new.type, new.time_us, new.data,"
    " new.metadata, new.trace FROM head, unnest($1::uuid[], $2::text[], $3::bigint[], $4::text[],"
    f" $5::bigint[], $6::bytea[], $7::bytea[], $8::text[]) WITH ORDINALITY AS new ({_COLUMNS}, number)"
)
_STORE: Final = f"""
WITH head AS (
    UPDATE event_store.head SET position = position + cardinality($1::uuid[])
    RETURNING position - cardinality($1::uuid[]) AS before
), stored AS ({_INSERT})
SELECT before, pg_notify('event_store', '') FROM head"""  # noqa: S608

# The head row is locked before anything is checked against a snapshot that may be older than the lock. A
# revision that stands in the snapshot stands for ever; one that came later violates a constraint.
_STORE_IF_ALL_FIT: Final = f"""
WITH head AS (
    UPDATE event_store.head SET position = position + cardinality($1::uuid[])
    WHERE NOT EXISTS (
        SELECT FROM unnest($9::text[], $10::bigint[]) AS assumed (stream, revision)
        WHERE assumed.revision >= 0 AND NOT EXISTS (
            SELECT FROM event_store.events AS standing
            WHERE standing.stream = assumed.stream AND standing.revision = assumed.revision))
    RETURNING position - cardinality($1::uuid[]) AS before
), stored AS ({_INSERT})
SELECT before, pg_notify('event_store', '') FROM head"""  # noqa: S608

# The same for the one event of a lone writer, without arrays: a tenth faster.
_STORE_ALONE_IF_IT_FITS: Final = f"""
WITH head AS (
    UPDATE event_store.head SET position = position + 1
    WHERE $3::bigint = 0 OR EXISTS (
        SELECT FROM event_store.events AS standing
        WHERE standing.stream = $2 AND standing.revision = $3::bigint - 1)
    RETURNING position - 1 AS before
), stored AS (
    INSERT INTO event_store.events (position, {_COLUMNS})
    SELECT before + 1, $1, $2, $3, $4, $5, $6, $7, $8 FROM head
)
SELECT before, pg_notify('event_store', '') FROM head"""  # noqa: S608

_LOCK_HEAD: Final = "SELECT position FROM event_store.head FOR UPDATE"
_REVISIONS: Final = """
SELECT wanted.stream,
    (SELECT max(revision) FROM event_store.events AS event WHERE event.stream = wanted.stream)
FROM unnest($1::text[]) AS wanted (stream)"""
_PLACES: Final = "SELECT id, stream, revision, position FROM event_store.events WHERE id = ANY($1)"


@asynccontextmanager
async def driver_of(engine: AsyncEngine) -> AsyncIterator[asyncpg.Connection]:
    """A pooled connection at driver level; after an error it does not return to the pool."""
    async with engine.connect() as connection:
        try:
            yield await _driver(connection)
        except BaseException:
            await connection.invalidate()
            raise


async def _driver(connection: AsyncConnection) -> asyncpg.Connection:
    raw = await connection.get_raw_connection()
    driver = raw.driver_connection
    assert isinstance(driver, asyncpg.Connection)
    return driver


class Session:
    """The connection through which this process appends and hears of others' appends.

    One for both: PostgreSQL tells a connection of its own notifications with the answer to its commit, where
    another one would have to be woken for each. `on_notification` is called for every commit, ours or not.
    """

    def __init__(self, engine: AsyncEngine, on_notification: Callable[[], None]) -> None:
        self._engine = engine
        self._on_notification = on_notification
        self._using = asyncio.Lock()
        self._pooled: AsyncConnection | None = None
        self._connection: asyncpg.Connection | None = None
        self._lost = asyncio.Event()

    async def write(self, batch: Sequence[Append]) -> Sequence[Outcome]:
        """Commit `batch` in one transaction; durable on return, each append with an outcome of its own.

        A crash or a lost connection leaves all of the batch or nothing. Since an id stands once in the
        log, trying the same batch again is safe, and finds out.
        """
        reason = ""
        for pause_seconds in (*RETRY_SECONDS, None):
            async with self._using:
                try:
                    return await self._write_once(batch)
                except UNAVAILABLE as error:
                    await self._discard()
                    reason = f"PostgreSQL did not take the append: {error!r}"
            if pause_seconds is not None:
                await asyncio.sleep(pause_seconds)
        return [StoreUnavailableError(reason) for _ in batch]

    async def listen(self) -> NoReturn:
        """Keep the connection up, so that notifications arrive, until cancelled."""
        back_off_seconds = BACK_OFF_SECONDS_MIN
        while True:
            if await self._is_up():
                back_off_seconds = BACK_OFF_SECONDS_MIN
                with suppress(TimeoutError):
                    async with asyncio.timeout(PROBE_SECONDS):
                        await self._lost.wait()
            else:
                await asyncio.sleep(back_off_seconds)
                back_off_seconds = min(2 * back_off_seconds, BACK_OFF_SECONDS_MAX)

    async def close(self) -> None:
        """Give up the connection. Nobody may be writing or listening."""
        await self._discard()

    async def _is_up(self) -> bool:
        """Whether the connection answers, made anew if it was lost."""
        async with self._using:
            try:
                connection = await self._connected()
                await connection.execute("SELECT 1")  # notices one that died without a word
            except UNAVAILABLE:
                await self._discard()
                return False
            return True

    async def _connected(self) -> asyncpg.Connection:
        connection = self._connection
        if connection is None or connection.is_closed():
            await self._discard()
            self._pooled = await self._engine.connect()
            connection = await _driver(self._pooled)
            self._lost = lost = asyncio.Event()
            connection.add_termination_listener(lambda _: lost.set())
            await connection.add_listener("event_store", lambda *_: self._on_notification())
            self._connection = connection
            self._on_notification()  # of what was appended while nobody listened
        return connection

    async def _discard(self) -> None:
        pooled, self._pooled, self._connection = self._pooled, None, None
        if pooled is not None:
            await pooled.invalidate()
            await pooled.close()

    async def _write_once(self, batch: Sequence[Append]) -> Sequence[Outcome]:
        connection = await self._connected()
        try:
            outcomes = await _write_if_all_fit(connection, batch)
            if outcomes is not None:
                return outcomes
            try:
                return await _write_group(connection, batch, look_ids_up=False)
            except asyncpg.UniqueViolationError:
                # An id of a fitting append stands in the log: rare enough to find out by failing.
                return await _write_group(connection, batch, look_ids_up=True)
        except asyncpg.InsufficientPrivilegeError as error:
            if len(batch) == 1:
                append = batch[0]
                return [InvalidAppendError(f"this role may not append to {append.stream}: {error}")]
        # One of them may not write its category; the others must not suffer for it.
        return [outcome for append in batch for outcome in await self._write_once([append])]


async def _write_if_all_fit(
    connection: asyncpg.Connection, batch: Sequence[Append]
) -> Sequence[Outcome] | None:
    """Commit the batch in one round trip, supposing each stream is where its first append wants it.

    None, and nothing stored, when it is not so or cannot be supposed: the usual batch has no conflict.
    """
    heads: dict[str, int] = {}
    for append in batch:
        if append.expected is Expect.ANY:
            return None
        heads.setdefault(append.stream, expected_revision(append.expected))
    assumed = dict(heads)
    placed, results = place_events(batch, head=0, heads=heads, taken={})
    if None in results:
        return None
    try:
        columns = _columns(placed)
        if len(placed) == 1:
            alone = [column[0] for column in columns]
            before = await connection.fetchval(_STORE_ALONE_IF_IT_FITS, *alone)
        else:
            before = await connection.fetchval(
                _STORE_IF_ALL_FIT, *columns, list(assumed), list(assumed.values())
            )
    except asyncpg.UniqueViolationError:
        return None
    if before is None:
        return None
    return [Appended(one.revision, before + one.position) for one in results if one is not None]


async def _write_group(
    connection: asyncpg.Connection, batch: Sequence[Append], *, look_ids_up: bool
) -> Sequence[Outcome]:
    """Commit what fits of the batch, deciding each append under the lock."""
    streams = list({append.stream for append in batch})
    async with connection.transaction():
        head: int = await connection.fetchval(_LOCK_HEAD)
        # Begun after the lock was given, a statement sees everything the lock waited for.
        rows = await connection.fetch(_REVISIONS, streams)
        heads = {stream: NO_REVISION if last is None else last for stream, last in rows}
        taken = await _places(connection, batch) if look_ids_up else {}
        placed, results = place_events(batch, head=head, heads=heads, taken=taken)
        if placed:
            await connection.execute(_STORE, *_columns(placed))
        misfits = [append for append, result in zip(batch, results, strict=True) if result is None]
        places = await _places(connection, misfits) if misfits else {}
        return [
            result or settle(append, heads[append.stream], places)
            for append, result in zip(batch, results, strict=True)
        ]


def _columns(placed: Sequence[Placed]) -> tuple[list[object], ...]:
    """All but the positions, as arrays: ids, streams, revisions, types, times, data, metadata, traces."""
    return (
        [one.event.id for one in placed],
        [one.stream for one in placed],
        [one.revision for one in placed],
        [one.event.type for one in placed],
        [one.event.time_us for one in placed],
        [one.event.data for one in placed],
        [one.event.metadata for one in placed],
        [one.event.trace for one in placed],
    )


async def _places(connection: asyncpg.Connection, appends: Sequence[Append]) -> dict[UUID, Place]:
    rows = await connection.fetch(_PLACES, ids_of(appends))
    return {row["id"]: Place(row["stream"], row["revision"], row["position"]) for row in rows}
