"""What only the PostgreSQL event store does: migrations, roles, several processes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest
from sqlalchemy import make_url

from shared.eventstore.port import (
    START,
    Appended,
    Expect,
    InvalidAppendError,
    StoreError,
    StoreUnavailableError,
)
from shared.eventstore.postgres import PostgresEventStore
from tests.contract.eventstore_kit import (
    Names,
    follow_until,
    read_whole_log,
)
from tests.support.postgres import DatabaseUrl, PrivatePostgres

WAIT_SECONDS_MAX = 20


@pytest.fixture
def names() -> Names:
    return Names("")


@pytest.fixture
async def store(postgres_url: DatabaseUrl) -> AsyncIterator[PostgresEventStore]:
    store = await PostgresEventStore.open(postgres_url)
    yield store
    await store.close()


@asynccontextmanager
async def sql(url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        yield connection
    finally:
        await connection.close()


def database_of(url: str) -> str:
    return url.rpartition("/")[2]


# ── Schema ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event_store.events SET data = ''",
        "DELETE FROM event_store.events",
        "TRUNCATE event_store.events",
        "UPDATE event_store.head SET position = position - 1",
        "DELETE FROM event_store.head",
        "TRUNCATE event_store.head",
    ],
)
async def test_not_even_the_owner_changes_the_log(
    store: PostgresEventStore, postgres_url: DatabaseUrl, names: Names, statement: str
) -> None:
    await store.append(names.stream(), Expect.NO_STREAM, names.events(2))

    async with sql(postgres_url) as connection:
        with pytest.raises(asyncpg.RestrictViolationError, match="append-only"):
            await connection.execute(statement)
    assert len(await read_whole_log(store, after=START)) == 2
    assert await store.head() == 2


async def test_processes_that_start_together_migrate_once(postgres_url: DatabaseUrl) -> None:
    stores = await asyncio.gather(*(PostgresEventStore.open(postgres_url) for _ in range(4)))

    assert [await store.head() for store in stores] == [START] * 4
    for store in stores:
        await store.close()


async def test_a_log_of_newer_software_is_refused(
    store: PostgresEventStore, postgres_url: DatabaseUrl
) -> None:
    async with sql(postgres_url) as connection:
        await connection.execute("UPDATE event_store.version SET version_num = '9999'")

    with pytest.raises(StoreError, match=r"version 9999.*Install the newer"):
        await PostgresEventStore.open(postgres_url)


async def test_commits_that_a_crash_could_lose_are_refused(
    store: PostgresEventStore, postgres: PrivatePostgres, postgres_url: DatabaseUrl
) -> None:
    postgres.sql(f"ALTER DATABASE {database_of(postgres_url)} SET synchronous_commit = off")

    with pytest.raises(StoreError, match="synchronous_commit is off"):
        await PostgresEventStore.open(postgres_url)


@pytest.mark.parametrize("wrong", [{"port": 1}, {"password": "wrong"}, {"database": "nothing"}])
async def test_a_server_that_cannot_be_reached_is_said_to_be(
    postgres_url: DatabaseUrl, wrong: dict[str, str | int]
) -> None:
    url = make_url(postgres_url).set(drivername="postgresql", **wrong)  # type: ignore[arg-type]

    with pytest.raises(StoreUnavailableError, match="cannot be reached"):
        await PostgresEventStore.open(url.render_as_string(hide_password=False))


async def test_a_log_that_is_gone_is_unavailable(
    store: PostgresEventStore, postgres_url: DatabaseUrl, names: Names
) -> None:
    async with sql(postgres_url) as connection:
        await connection.execute("DROP SCHEMA event_store CASCADE")

    with pytest.raises(StoreUnavailableError):
        await store.read_log()
    with pytest.raises(StoreUnavailableError):
        await store.append(names.stream(), Expect.ANY, names.events(1))


# ── Roles ────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
async def service(
    store: PostgresEventStore, postgres: PrivatePostgres, postgres_url: DatabaseUrl
) -> AsyncIterator[DatabaseUrl]:
    """A login role that may append to `ballot` and `posting`."""
    name = f"service_{database_of(postgres_url)}"
    postgres.sql(f"CREATE ROLE {name} LOGIN PASSWORD '{postgres.password}'")
    async with sql(postgres_url) as connection:
        await connection.execute(
            "SELECT event_store.grant_service($1, $2)", name, ["ballot", "posting"]
        )
    yield postgres.database_url(database_of(postgres_url), name)
    postgres.sql(f"DROP OWNED BY {name}", database_of(postgres_url))
    postgres.sql(f"DROP ROLE {name}")


async def test_a_service_role_appends_to_its_own_categories_alone(
    service: DatabaseUrl, names: Names
) -> None:
    store = await PostgresEventStore.open(service)
    try:
        await store.append("ballot-1", Expect.NO_STREAM, names.events(2))
        with pytest.raises(InvalidAppendError, match="may not append to model-1"):
            await store.append("model-1", Expect.NO_STREAM, names.events(1))
        with pytest.raises(InvalidAppendError, match="may not append to ballots-1"):
            await store.append("ballots-1", Expect.ANY, names.events(1))

        outcomes = await asyncio.gather(
            store.append("posting-1", Expect.NO_STREAM, names.events(1)),
            store.append("model-1", Expect.NO_STREAM, names.events(1)),
            store.append("ballot-1", 1, names.events(1)),
            store.append("posting-2", Expect.ANY, names.events(1)),
            return_exceptions=True,
        )

        assert [type(outcome) for outcome in outcomes] == [
            Appended,
            InvalidAppendError,
            Appended,
            Appended,
        ]
        log = await read_whole_log(store, after=START)
        assert {event.stream for event in log} == {"ballot-1", "posting-1", "posting-2"}
        assert [event.position for event in log] == [1, 2, 3, 4, 5]
    finally:
        await store.close()


async def test_a_service_role_reads_and_follows_everything(
    store: PostgresEventStore, service: DatabaseUrl, names: Names
) -> None:
    reader = await PostgresEventStore.open(service)
    try:
        following = asyncio.create_task(follow_until(reader, 3, after=START))
        await store.append("model-1", Expect.NO_STREAM, names.events(3))
        assert len(await asyncio.wait_for(following, WAIT_SECONDS_MAX)) == 3
    finally:
        await reader.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event_store.events SET data = ''",
        "DELETE FROM event_store.events",
        "TRUNCATE event_store.events",
        "DELETE FROM event_store.head",
        "INSERT INTO event_store.writers VALUES (current_user, 'model')",
        "SELECT event_store.grant_service(current_user, '{model}')",
        "ALTER TABLE event_store.events DISABLE ROW LEVEL SECURITY",
        "DROP TRIGGER events_are_final ON event_store.events",
    ],
)
async def test_a_service_role_has_no_way_around(service: DatabaseUrl, statement: str) -> None:
    async with sql(service) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)


async def test_granting_again_replaces_what_was_granted(
    store: PostgresEventStore, postgres_url: DatabaseUrl, service: DatabaseUrl, names: Names
) -> None:
    role = make_url(service).username
    async with sql(postgres_url) as connection:
        await connection.execute("SELECT event_store.grant_service($1, $2)", role, ["model"])
    appender = await PostgresEventStore.open(service)
    try:
        await appender.append("model-1", Expect.NO_STREAM, names.events(1))
        with pytest.raises(InvalidAppendError):
            await appender.append("ballot-1", Expect.NO_STREAM, names.events(1))
    finally:
        await appender.close()


async def test_a_role_without_rights_is_told_who_must_start_first(
    postgres: PrivatePostgres, postgres_url: DatabaseUrl
) -> None:
    name = f"stranger_{database_of(postgres_url)}"
    postgres.sql(f"CREATE ROLE {name} LOGIN PASSWORD '{postgres.password}'")
    try:
        with pytest.raises(StoreError, match="Start once with a role that may create it"):
            await PostgresEventStore.open(postgres.database_url(database_of(postgres_url), name))
    finally:
        postgres.sql(f"DROP ROLE {name}")


# ── Several processes ────────────────────────────────────────────────────────────────────────────


async def test_an_append_waits_for_the_one_before_it_and_readers_wait_for_nobody(
    store: PostgresEventStore, postgres_url: DatabaseUrl, names: Names
) -> None:
    """Another process has been given positions and has not committed: nobody may overtake it."""
    stream = names.stream()
    await store.append(stream, Expect.NO_STREAM, names.events(1))
    async with sql(postgres_url) as other:
        transaction = other.transaction()
        await transaction.start()
        await other.execute("UPDATE event_store.head SET position = position + 1")
        await other.execute(
            "INSERT INTO event_store.events"
            " (position, id, stream, revision, type, time_us, data, metadata, trace)"
            " VALUES (2, gen_random_uuid(), $1, 1, 't.v1', 1, '', '', '')",
            stream,
        )
        waiting = [
            asyncio.ensure_future(store.append(names.stream(), Expect.NO_STREAM, names.events(1))),
            asyncio.ensure_future(store.append(stream, 0, names.events(1))),
            asyncio.ensure_future(store.append(stream, 1, names.events(1))),
            asyncio.ensure_future(store.append(stream, Expect.ANY, names.events(1))),
        ]
        done, _ = await asyncio.wait(waiting, timeout=0.3)
        assert not done
        assert [event.position for event in (await store.read_log()).events] == [1]
        await transaction.commit()

    outcomes = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(outcome).__name__ for outcome in outcomes] == [
        "Appended",
        "WrongRevisionError",
        "Appended",
        "Appended",
    ]
    log = await read_whole_log(store, after=START)
    assert [event.position for event in log] == [1, 2, 3, 4, 5]
    said = [outcome for outcome in outcomes if isinstance(outcome, Appended)]
    assert said == [Appended(event.revision, event.position) for event in log[2:]]


async def test_an_append_is_told_the_position_it_has_after_waiting_for_another_process(
    store: PostgresEventStore, postgres_url: DatabaseUrl, names: Names
) -> None:
    """Nothing collides here, so nothing but the lock keeps a head read too early from being answered."""
    streams = [names.stream(), names.stream()]
    async with sql(postgres_url) as other:
        transaction = other.transaction()
        await transaction.start()
        await other.execute("UPDATE event_store.head SET position = position + 1")
        waiting = asyncio.gather(
            *(store.append(stream, Expect.ANY, names.events(1)) for stream in streams)
        )
        done, _ = await asyncio.wait([waiting], timeout=0.3)
        assert not done
        await transaction.commit()

    said = [result.position for result in await waiting]

    assert said == [event.position for event in await read_whole_log(store, after=START)] == [2, 3]


async def test_in_a_batch_an_append_that_conflicts_fails_alone(
    store: PostgresEventStore, names: Names
) -> None:
    first, second = names.stream(), names.stream()
    taken = names.events(1)
    standing = await store.append(second, Expect.NO_STREAM, taken)

    outcomes = await asyncio.gather(
        store.append(first, Expect.NO_STREAM, names.events(2)),
        store.append(second, 4, names.events(1)),
        store.append(second, 0, names.events(1)),
        store.append(first, Expect.NO_STREAM, names.events(1)),
        store.append(first, 1, names.events(1)),
        store.append(names.stream(), Expect.NO_STREAM, taken),
        store.append(second, Expect.NO_STREAM, taken),
        return_exceptions=True,
    )

    assert [type(outcome).__name__ for outcome in outcomes] == [
        "Appended",
        "WrongRevisionError",
        "Appended",
        "WrongRevisionError",
        "Appended",
        "EventIdTakenError",
        "Appended",
    ]
    assert outcomes[6] == standing
    assert [e.position for e in await read_whole_log(store, after=START)] == [1, 2, 3, 4, 5]


async def test_closing_waits_for_every_append_that_was_begun(
    postgres_url: DatabaseUrl, names: Names
) -> None:
    store = await PostgresEventStore.open(postgres_url)
    calls = [
        asyncio.ensure_future(store.append(names.stream(), Expect.NO_STREAM, names.events(1)))
        for _ in range(50)
    ]
    await asyncio.sleep(0)

    await store.close()

    assert all(isinstance(outcome, Appended) for outcome in await asyncio.gather(*calls))
