"""The servers the other tests stand on: real, private, durable, and gone when the test run is."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aio_pika
import asyncpg
import pytest

from tests.support.postgres import DatabaseUrl, PrivatePostgres, private_postgres
from tests.support.rabbitmq import AmqpUrl, PrivateRabbitMQ, private_rabbitmq
from tests.support.servers import ServerFailedError

GONE_SECONDS_MAX = 15.0


@contextlib.asynccontextmanager
async def connected(url: DatabaseUrl) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(url.replace("postgresql+asyncpg", "postgresql"))
    try:
        yield connection
    finally:
        await connection.close()


async def publish(url: AmqpUrl, body: bytes) -> None:
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel(publisher_confirms=True)
        await channel.declare_queue("letters", durable=True, arguments={"x-queue-type": "quorum"})
        message = aio_pika.Message(body, delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
        await channel.default_exchange.publish(message, routing_key="letters")


async def receive(url: AmqpUrl) -> bytes:
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        queue = await channel.get_queue("letters")
        # A quorum queue elects its leader after a restart before it hands anything out.
        message = await queue.get(timeout=10)
        await message.ack()
        return message.body


# ── PostgreSQL ───────────────────────────────────────────────────────────────────────────────────


async def test_postgres_answers(postgres_url: DatabaseUrl) -> None:
    async with connected(postgres_url) as connection:
        assert await connection.fetchval("SELECT 6 * 7") == 42


async def test_each_test_has_an_empty_database_and_no_superuser(
    postgres: PrivatePostgres, postgres_url: DatabaseUrl
) -> None:
    async with connected(postgres_url) as connection:
        await connection.execute("CREATE TABLE models (name text)")
        assert await connection.fetchval("SHOW is_superuser") == "off"
    async with connected(postgres.create_database()) as connection:
        assert await connection.fetchval("SELECT to_regclass('models')") is None


async def test_the_administrator_may_do_everything(postgres: PrivatePostgres) -> None:
    async with connected(postgres.admin_url) as connection:
        assert await connection.fetchval("SHOW is_superuser") == "on"


@pytest.mark.parametrize("how", ["restart", "crash"])
async def test_postgres_keeps_what_it_confirmed(how: str) -> None:
    with private_postgres() as server:
        async with connected(server.url) as connection:
            assert await connection.fetchval("SHOW fsync") == "on"
            await connection.execute("CREATE TABLE models (name text)")
            await connection.execute("INSERT INTO models VALUES ('Dân vận khéo')")
        first_pid = server.pid
        if how == "restart":
            server.restart()
        else:
            server.kill()
            with pytest.raises(ServerFailedError, match="not running"):
                _ = server.pid
            server.start()
        assert server.pid != first_pid
        async with connected(server.url) as connection:
            assert await connection.fetchval("SELECT name FROM models") == "Dân vận khéo"


def test_a_database_name_is_checked(postgres: PrivatePostgres) -> None:
    with pytest.raises(ValueError, match="letters"):
        postgres.create_database('x"; DROP DATABASE dvk; --')


# ── RabbitMQ ─────────────────────────────────────────────────────────────────────────────────────


async def test_rabbitmq_carries_a_message(rabbitmq_url: AmqpUrl) -> None:
    await publish(rabbitmq_url, b"xin chao")
    assert await receive(rabbitmq_url) == b"xin chao"


async def test_each_test_has_an_empty_virtual_host(
    rabbitmq: PrivateRabbitMQ, rabbitmq_url: AmqpUrl
) -> None:
    await publish(rabbitmq_url, b"xin chao")
    with pytest.raises(aio_pika.exceptions.ChannelNotFoundEntity):
        await receive(rabbitmq.create_vhost())


@pytest.fixture(scope="module")
def other_rabbitmq() -> Iterator[PrivateRabbitMQ]:
    """One that may be restarted; it takes some seconds to start, so two tests share it."""
    with private_rabbitmq() as server:
        yield server


async def test_rabbitmq_keeps_what_it_confirmed(other_rabbitmq: PrivateRabbitMQ) -> None:
    url = other_rabbitmq.create_vhost("durable")
    await publish(url, b"before the restart")
    other_rabbitmq.restart()
    assert await receive(url) == b"before the restart"
    await publish(url, b"before the crash")
    other_rabbitmq.kill()
    other_rabbitmq.start()
    assert await receive(url) == b"before the crash"


# ── Side by side, and gone ───────────────────────────────────────────────────────────────────────


async def test_two_servers_of_each_kind_live_side_by_side(
    postgres: PrivatePostgres, rabbitmq: PrivateRabbitMQ, other_rabbitmq: PrivateRabbitMQ
) -> None:
    with private_postgres(fsync=False) as other_postgres:
        for server in (postgres, other_postgres):
            async with connected(server.url) as connection:
                assert await connection.fetchval("SHOW port") == str(server.port)
        for broker in (rabbitmq, other_rabbitmq):
            await publish(broker.url, broker.node.encode())
        for broker in (rabbitmq, other_rabbitmq):
            assert await receive(broker.url) == broker.node.encode()
        other_postgres.kill()
        other_rabbitmq.kill()
        assert postgres.pid
        assert rabbitmq.pid


HOLDER = """
import sys, time
from tests.support.postgres import private_postgres
from tests.support.rabbitmq import private_rabbitmq
with private_postgres(fsync=False) as postgres, private_rabbitmq() as rabbitmq:
    print(postgres.pid, rabbitmq.pid, postgres.folder, rabbitmq.folder, flush=True)
    time.sleep(600)
"""


def processes_mentioning(folder: str) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):  # it ended while we looked
            if folder.encode() in entry.read_bytes():
                found.append(int(entry.parent.name))
    return found


def wait_until_gone(pids: list[int], folders: list[str]) -> None:
    deadline = time.monotonic() + GONE_SECONDS_MAX
    while any(Path(f"/proc/{pid}").exists() for pid in pids) or any(
        processes_mentioning(folder) for folder in folders
    ):
        assert time.monotonic() < deadline, "a server outlived its test run"
        time.sleep(0.05)


def parent_of(pid: int) -> int:
    """The second field after the name in parentheses, which may itself hold anything."""
    return int(Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[1])


@pytest.mark.parametrize("victim", ["test run", "guards"])
def test_no_server_outlives_a_kill_9(victim: str, pytestconfig: pytest.Config) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER],
        cwd=pytestconfig.rootpath,
        stdout=subprocess.PIPE,
        text=True,
    )
    with holder:
        assert holder.stdout is not None
        postgres_pid, rabbitmq_pid, *folders = holder.stdout.readline().split()
        pids = [int(postgres_pid), int(rabbitmq_pid)]
        assert all(processes_mentioning(folder) for folder in folders)
        for doomed in [holder.pid] if victim == "test run" else map(parent_of, pids):
            os.kill(doomed, signal.SIGKILL)
        wait_until_gone(pids, folders)
        holder.kill()
    if victim == "guards":
        for folder in folders:  # nobody was left to do it
            shutil.rmtree(folder)
    deadline = time.monotonic() + GONE_SECONDS_MAX
    while any(Path(folder).exists() for folder in folders):
        assert time.monotonic() < deadline, "a killed test run leaves its data behind"
        time.sleep(0.05)
