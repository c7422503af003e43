"""Alembic's entry point. The connection is handed over; there is nothing to configure."""

from alembic import context

from shared.eventstore.migrations import SCHEMA, VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"],
    version_table=VERSION_TABLE,
    version_table_schema=SCHEMA,
)
with context.begin_transaction():
    context.run_migrations()
