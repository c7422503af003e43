"""The event store contract over a real PostgreSQL. What only this adapter does: test_eventstore_sql_*."""

import pytest

from shared.eventstore.postgres import PostgresEventStore
from tests.contract.eventstore_kit import Opener
from tests.contract.eventstore_suite import (
    EmptyStoreContract,
    EventStoreContract,
    UniqueIdsContract,
)
from tests.support.postgres import DatabaseUrl


@pytest.mark.integration
class TestPostgresEventStore(EventStoreContract, EmptyStoreContract, UniqueIdsContract):
    """Each test in a database of its own; two clients stand for two processes."""

    @pytest.fixture
    def opener(self, postgres_url: DatabaseUrl) -> Opener:
        return lambda: PostgresEventStore.open(postgres_url)
