"""Fixtures every test may ask for; a server starts only when the first test wants it.

    postgres      (session)   PrivatePostgres, fsync off: its data is thrown away
    postgres_url  (function)  a fresh, empty database: postgresql+asyncpg://…
    rabbitmq      (session)   PrivateRabbitMQ
    rabbitmq_url  (function)  a fresh, empty virtual host: amqp://…

A test that kills or restarts a server starts its own: ``with private_postgres() as server: …``.
"""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.support.postgres import DatabaseUrl, PrivatePostgres, postgres_bin, private_postgres
from tests.support.rabbitmq import (
    AmqpUrl,
    PrivateRabbitMQ,
    erlang_program,
    private_rabbitmq,
    rabbitmq_server,
)
from tests.support.servers import ServerMissingError, server_user

# A slow machine is no wrong answer: no deadline an example; `--hypothesis-profile=long` looks harder.
settings.register_profile("usual", deadline=None, print_blob=True)
settings.register_profile("long", settings.get_profile("usual"), max_examples=2_000)
settings.load_profile("usual")

# A test has these marks by where it lies or by the fixture it asks for, without writing them.
MARKS_OF_FOLDERS = frozenset({"integration", "e2e", "faults", "browser"})
FIXTURES_WITH_SERVERS = frozenset({"postgres", "rabbitmq"})


def pytest_itemcollected(item: pytest.Item) -> None:
    folder = item.path.relative_to(item.config.rootpath / "tests").parts[0]
    if folder in MARKS_OF_FOLDERS:
        item.add_marker(folder)
    if FIXTURES_WITH_SERVERS.intersection(getattr(item, "fixturenames", ())):
        item.add_marker("integration")


def pytest_collection_finish(session: pytest.Session) -> None:
    """Say in one sentence, before the first test, that a server is missing; never skip."""
    wanted = {name for item in session.items for name in getattr(item, "fixturenames", ())}
    try:
        if "postgres" in wanted:
            postgres_bin()
            server_user("postgres")
        if "rabbitmq" in wanted:
            rabbitmq_server()
            erlang_program("erl_call")
            server_user("rabbitmq")
    except ServerMissingError as error:
        raise pytest.UsageError(str(error)) from None


@pytest.fixture(scope="session")
def postgres() -> Iterator[PrivatePostgres]:
    with private_postgres(fsync=False) as server:
        yield server


@pytest.fixture(scope="session")
def rabbitmq() -> Iterator[PrivateRabbitMQ]:
    with private_rabbitmq() as server:
        yield server


@pytest.fixture
def postgres_url(postgres: PrivatePostgres) -> Iterator[DatabaseUrl]:
    url = postgres.create_database()
    yield url
    postgres.drop_database(url)


@pytest.fixture
def rabbitmq_url(rabbitmq: PrivateRabbitMQ) -> Iterator[AmqpUrl]:
    url = rabbitmq.create_vhost()
    yield url
    rabbitmq.drop_vhost(url)
