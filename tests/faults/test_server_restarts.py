"""RabbitMQ and PostgreSQL go away and come back in the middle of a year: services carry on by themselves."""

import asyncio
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults import invariants
from tests.support.playing import Driver, Kill, play_through, seeds, send_mail
from tests.support.postbox import Postbox, listening
from tests.support.postgres import PrivatePostgres, private_postgres
from tests.support.rabbitmq import PrivateRabbitMQ, private_rabbitmq
from tests.support.running import deployed_apart
from tests.support.servers import Server

# A year with its restarts takes half a minute; the machine may have other things to do.
pytestmark = pytest.mark.timeout(300)

PUT_OFF = 0.2
"""The share of mail that the server wants to see later."""

Servers = tuple[PrivatePostgres, PrivateRabbitMQ]


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    with private_postgres() as postgres, private_rabbitmq() as rabbitmq:
        yield postgres, rabbitmq


def stopped(server: Server) -> Kill:
    """In good order and back: PostgreSQL rolls back what is under way, RabbitMQ closes its connections."""
    return lambda: asyncio.to_thread(server.restart)


def crashed(server: Server) -> Kill:
    """As if the machine had failed, and back."""

    def crash() -> None:
        if isinstance(server, PrivateRabbitMQ):
            server.write_down()
        server.kill()
        server.start()

    return lambda: asyncio.to_thread(crash)


@pytest.mark.parametrize("seed", seeds(1))
async def test_a_year_goes_on_when_either_server_is_stopped_or_crashes(
    tmp_path: Path, servers: Servers, seed: int
) -> None:
    live, anew = tmp_path / "live", tmp_path / "anew"
    live.mkdir()
    anew.mkdir()
    postgres, rabbitmq = servers
    faults = [how(server) for how in (stopped, crashed) for server in servers]
    random.Random(seed).shuffle(faults)  # noqa: S311 - repeatable
    postbox = Postbox(random.Random(seed), PUT_OFF)  # noqa: S311 - repeatable
    async with listening(postbox) as smtp_url:
        with deployed_apart(
            live, postgres.create_database(), rabbitmq.create_vhost(), smtp_url=smtp_url
        ) as processes:
            await processes.start()
            pids = {name: one.pid for name, one in processes.processes.items()}
            async with Driver(processes.addresses) as driver:
                await play_through(driver, seed, faults)
                await send_mail(driver)
                assert {name: one.pid for name, one in processes.processes.items()} == pids
                await processes.stop()
                await invariants.hold(processes, driver.acknowledged, anew, postbox)
