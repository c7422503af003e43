"""Whole transactions handed to an engine at once: a batch of rows and its position, or neither."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncEngine

from shared.host.writing import PostgresSql, Sql, SqliteSql, Statement


class Transactions(Protocol):
    """The writing side of a database."""

    @property
    def sql(self) -> Sql:
        """What its statements are written in."""
        ...

    async def run(self, statements: Iterable[Statement]) -> bool:
        """Execute all in one transaction; False, and nothing is written, when a guard says so.

        Cancelled, it may still take effect. Raises the driver's errors, nothing is written then: unless
        it was an outage, after which that is unknown.
        """
        ...

    async def close(self) -> None:
        """Release the connection, once what is under way has ended. Idempotent."""
        ...


class SqliteTransactions:
    """One thread with one connection: a transaction is one way there and back."""

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        """`connect` opens a connection that is not tied to a thread and begins nothing by itself."""
        self.sql = SqliteSql()
        self._connect = connect
        self._connection: sqlite3.Connection | None = None
        self._thread = ThreadPoolExecutor(1, "rows-write")

    async def run(self, statements: Iterable[Statement]) -> bool:
        """See Transactions.run. `statements` are gone through in the thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._run, statements)

    async def close(self) -> None:
        """See Transactions.close."""
        # A cancelled transaction goes on in the thread: its end is waited for, here too.
        await asyncio.shield(asyncio.to_thread(self._close))

    def _run(self, statements: Iterable[Statement]) -> bool:
        if self._connection is None:
            self._connection = self._connect()
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            done = self._execute(self._connection, statements)
            self._connection.execute("COMMIT" if done else "ROLLBACK")
        except BaseException:
            # Whatever state it is in: closing takes the transaction back, the next one opens anew.
            self._disconnect()
            raise
        return done

    def _execute(self, connection: sqlite3.Connection, statements: Iterable[Statement]) -> bool:
        for statement in statements:
            changed = connection.executemany(statement.sql, statement.executions).rowcount
            if statement.guards and changed != 1:
                return False
        return True

    def _close(self) -> None:
        self._thread.shutdown()
        self._disconnect()

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


class PostgresTransactions:
    """A connection of the driver; a statement is a round trip."""

    def __init__(self, engine: AsyncEngine) -> None:
        """`engine` is closed with this."""
        self.sql = PostgresSql()
        self._engine = engine

    async def run(self, statements: Iterable[Statement]) -> bool:
        """See Transactions.run."""
        async with self._engine.connect() as connection, connection.begin() as transaction:
            for statement in statements:
                for parameters in statement.executions:
                    done = await connection.exec_driver_sql(statement.sql, parameters)
                    if statement.guards and done.rowcount != 1:
                        await transaction.rollback()
                        return False
        return True

    async def close(self) -> None:
        """See Transactions.close."""
        await self._engine.dispose()
