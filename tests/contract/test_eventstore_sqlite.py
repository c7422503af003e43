"""The event store contract over a SQLite file. What only this adapter does: test_eventstore_sql_sqlite.py."""

from pathlib import Path

import pytest

from shared.eventstore.sqlite import SqliteEventStore
from tests.contract.eventstore_kit import Opener
from tests.contract.eventstore_suite import (
    EmptyStoreContract,
    EventStoreContract,
    UniqueIdsContract,
)


class TestSqliteEventStore(EventStoreContract, EmptyStoreContract, UniqueIdsContract):
    """One process, and in it one client, has the file open."""

    two_clients = False

    @pytest.fixture
    def opener(self, tmp_path: Path) -> Opener:
        return lambda: SqliteEventStore.open(tmp_path / "events.db")
