"""Which errors mean that something cannot be reached now, so that trying again later is the answer."""

import asyncio
import sqlite3
from typing import Final

import asyncpg
import sqlalchemy.exc

from shared.bus.port import BusUnavailableError
from shared.eventstore.port import StoreUnavailableError
from shared.host.errors import BusyError

BACK_OFF_SECONDS_MIN: Final = 0.05
BACK_OFF_SECONDS_MAX: Final = 10.0

SQLITE_OUTAGES: Final = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
    }
)

POSTGRES_OUTAGES: Final = ("08", "40", "53", "55", "57", "58")
"""Classes of SQLSTATE: connection, rollback, resources, object state, operator, system."""


def is_outage(error: BaseException) -> bool:
    """Whether `error` comes from a store, bus or database that is away, busy or full."""
    match error:
        case StoreUnavailableError() | BusUnavailableError() | BusyError():
            return True
        case sqlalchemy.exc.TimeoutError():
            return True
        case OSError():  # TimeoutError and every ConnectionError among them
            return True
        case asyncpg.InterfaceError() | sqlalchemy.exc.InterfaceError():
            return True
        case asyncpg.InternalClientError():
            # Asked between the server's farewell and the end of the connection, the driver says no
            # more than that it is in the wrong state.
            return True
        case asyncpg.PostgresError():
            return str(error.sqlstate or "").startswith(POSTGRES_OUTAGES)
        case sqlite3.Error():
            return _driver_says_outage(error)
        case sqlalchemy.exc.DBAPIError():
            return error.connection_invalidated or _driver_says_outage(error.orig)
    return False


def _driver_says_outage(error: BaseException | None) -> bool:
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", None)
        return code is not None and code & 0xFF in SQLITE_OUTAGES
    return str(getattr(error, "sqlstate", None) or "").startswith(POSTGRES_OUTAGES)


class BackOff:
    """Waits longer after each failure in a row, up to a limit."""

    def __init__(self) -> None:
        self._seconds = BACK_OFF_SECONDS_MIN

    async def wait(self) -> None:
        """Sleep; twice as long the next time."""
        seconds = self._seconds
        self._seconds = min(2 * seconds, BACK_OFF_SECONDS_MAX)
        await asyncio.sleep(seconds)

    def reset(self) -> None:
        """It works again."""
        self._seconds = BACK_OFF_SECONDS_MIN
