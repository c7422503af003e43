"""Makes or migrates the record in PostgreSQL and says who may append what; ends when that is done.

Runs before the services, at every start: they have no right to change the schema. EVENTS_OWNER_URL is
`postgresql://…` of a role that owns the log; the services' roles carry the services' names.
A crash leaves the former schema or the new one, and the next run carries on.
"""  # noqa: INP001 - run, not imported

import asyncio
import os
import sys

import asyncpg

from dvk.services import chosen
from shared.eventstore.port import StoreError
from shared.eventstore.postgres import PostgresEventStore
from shared.host.settings import Settings


async def prepare(url: str) -> None:
    """Bring the log at `url` up to date and grant each service its categories.

    Raises StoreError, OSError, asyncpg.PostgresError.
    """
    store = await PostgresEventStore.open(url)
    await store.close()
    connection = await asyncpg.connect(url)
    try:
        for service in chosen((), Settings.load()):
            await connection.execute(
                "SELECT event_store.grant_service($1, $2)",
                service.name,
                list(service.catalogue.categories),
            )
    finally:
        await connection.close()


if __name__ == "__main__":
    try:
        asyncio.run(prepare(os.environ["EVENTS_OWNER_URL"]))
    except (StoreError, OSError, asyncpg.PostgresError) as error:
        sys.exit(f"The record cannot be prepared: {error}")
