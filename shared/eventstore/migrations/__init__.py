"""The PostgreSQL event store's schema over time, brought up to date by the adapter when it opens."""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, text

from shared.eventstore.port import StoreError

SCHEMA: Final = "event_store"
"""Log, functions and schema version live beside whatever else the database holds."""

VERSION_TABLE: Final = "version"

_LOCK_KEY: Final = 0x64766B6573
"""Of the advisory lock: two processes that start together must not both migrate."""


def bring_up_to_date(connection: Connection) -> None:
    """Migrate in the transaction of `connection`; a crash leaves the former version.

    A role that may not change the schema can open a log that is up to date. Raises StoreError when the
    log was made by newer software.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    scripts = ScriptDirectory.from_config(config)
    if _version(connection) == scripts.get_current_head():
        return
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
    version = _version(connection)
    try:
        scripts.get_revision(version or "base")
    except CommandError:
        raise StoreError(
            f"The event store has schema version {version}, which this software does not know. "
            "Install the newer software that made it; nothing was changed."
        ) from None
    connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
    command.upgrade(config, "head")


def _version(connection: Connection) -> str | None:
    """The schema version, None for no log at all."""
    table = f"{SCHEMA}.{VERSION_TABLE}"
    if connection.scalar(text("SELECT to_regclass(:table)"), {"table": table}) is None:
        return None
    version: str | None = connection.scalar(text("SELECT version_num FROM event_store.version"))
    return version
