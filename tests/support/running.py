"""Real service processes over their lives: started by `dvk serve`, killed by pid, started again on the same data.

`embedded` is one process with SQLite and the in-process bus; `deployed_apart` one process a service, with
PostgreSQL and RabbitMQ. `Driver` plays a year against them and remembers every write that was acknowledged.
"""

import asyncio
import os
import random
import signal
import sys
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec
from rich.console import Console

from dvk.api import Addresses, Api, Json, Written
from dvk.demo.play import Order, Summary, play
from dvk.demo.province import load_province, users_file
from dvk.demo.stage import LineStage
from dvk.services import SERVICES
from tests.support.guard import Launch
from tests.support.servers import HOST, Service, free_port, plain_environment

DVK: Final = Path(sys.executable).parent / "dvk"
ANSWER_SECONDS_MAX: Final = 2.0
PAUSE_SECONDS_MAX: Final = 0.05
"""How long after an acknowledged write a fault happens, at most: other requests, and what follows by
itself from this one, are under way then."""
WRITES_OF_SETUP: Final = 475
"""Writes that enter the province. Most faults should meet what comes after them."""
WRITES_OF_YEAR: Final = 640
"""Writes of the whole year, roughly: it depends on the seed."""
MODELS: Final = 6
"""A short year: one refused at the registration, one returned, one that nobody may recognise, the others decided."""
CONCURRENCY: Final = 8


def seeds(usual: int) -> range:
    """The seeds a test plays: `usual` many, or as many as FAULT_SEEDS says."""
    return range(int(os.environ.get("FAULT_SEEDS", usual)))


# --- processes --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Processes:
    """What runs. `processes` are by name: each service, or `all` for those in one process."""

    processes: Mapping[str, Service]
    addresses: Addresses
    store_url: str
    databases_url: str
    logs: Mapping[str, Path]

    async def start(self) -> None:
        """Start what does not run, and wait until it answers."""
        await asyncio.gather(*(asyncio.to_thread(one.start) for one in self.processes.values()))

    async def kill(self, names: Sequence[str]) -> None:
        """End them as a crash would, and start them again on the same data and port."""
        for name in names:
            await asyncio.to_thread(self.processes[name].kill)
        await self.start()

    async def stop(self) -> None:
        """SIGTERM, and time to finish. Raises ServerFailedError for one that does not end."""
        await asyncio.gather(*(asyncio.to_thread(one.stop) for one in self.processes.values()))

    def end(self) -> None:
        """Leave nothing behind."""
        for one in self.processes.values():
            one.kill()


@contextmanager
def embedded(folder: Path) -> Iterator[Processes]:
    """All services in one process; not started yet."""
    port = free_port()
    data = folder / "all"
    one = _process(folder, "all", [], port, {})
    processes = Processes(
        {"all": one},
        Addresses(f"http://{HOST}:{port}"),
        f"sqlite:///{data / 'events.db'}",
        f"sqlite:///{data}",
        {"all": folder / "all.log"},
    )
    try:
        yield processes
    finally:
        processes.end()


@contextmanager
def deployed_apart(folder: Path, postgres_url: str, rabbitmq_url: str) -> Iterator[Processes]:
    """Each service in a process of its own; not started yet. Registration is the issuer for all."""
    ports = {name: free_port() for name in SERVICES}
    urls = {name: f"http://{HOST}:{port}" for name, port in ports.items()}
    issuer = f"{urls['registration']}/identity"
    common = {
        "DVK_EVENT_STORE_URL": postgres_url,
        "DVK_DATABASE_URL": postgres_url,
        "DVK_BUS_URL": rabbitmq_url,
        "DVK_IDENTITY_ISSUER": issuer,
    }
    foreign = {"DVK_IDENTITY_JWKS_URL": f"{issuer}/jwks"}
    processes = Processes(
        {
            name: _process(
                folder, name, [name], port, common | ({} if name == "registration" else foreign)
            )
            for name, port in ports.items()
        },
        Addresses(urls["registration"], urls),
        postgres_url,
        postgres_url,
        {name: folder / f"{name}.log" for name in SERVICES},
    )
    try:
        yield processes
    finally:
        processes.end()


def _process(
    folder: Path, name: str, services: Sequence[str], port: int, more: Mapping[str, str]
) -> Service:
    users = folder / "users.json"
    users.write_bytes(msgspec.json.encode(users_file(load_province())))
    environment = plain_environment(folder) | {
        "DVK_DATA_DIR": str(folder / name),
        "DVK_HOST": HOST,
        "DVK_PORT": str(port),
        "DVK_CLOCK": "demo",
        "DVK_LOG_LEVEL": "warning",
        "DVK_LOG_FORMAT": "json",
        "DVK_IDENTITY_USERS_FILE": str(users),
        **more,
    }
    launch = Launch(
        command=[str(DVK), "serve", *services],
        user=None,
        environment=environment,
        folder=str(folder),
        log=str(folder / f"{name}.log"),
    )
    alive = f"http://{HOST}:{port}/health/live"
    return Service(launch, is_ready=lambda _pid: _answers(alive), stop=signal.SIGTERM)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=ANSWER_SECONDS_MAX):  # noqa: S310 - our own http
            return True
    except (urllib.error.URLError, OSError):
        return False


Fault = Callable[[], Awaitable[object]]
"""Does harm, and returns when what was harmed runs again."""


# --- the year ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Acknowledged:
    """A write that was answered: what was asked for under which key, and the answer."""

    service: str
    path: str
    key: UUID
    written: Written


class Driver(Api):
    """The demonstration's client: repeats what was not answered under the same key, and keeps the answers."""

    def __init__(self, addresses: Addresses) -> None:
        super().__init__(addresses)
        self.acknowledged: list[Acknowledged] = []
        self._answered = asyncio.Event()

    async def write(
        self, service: str, path: str, body: Json, *, user: str | None, key: UUID
    ) -> Written:
        """See Api.write."""
        written = await super().write(service, path, body, user=user, key=key)
        self.acknowledged.append(Acknowledged(service, path, key, written))
        self._answered.set()
        return written

    async def reached(self, writes: int) -> None:
        """Wait until so many writes were acknowledged."""
        while len(self.acknowledged) < writes:
            self._answered.clear()
            await self._answered.wait()


async def play_through(driver: Driver, seed: int, faults: Sequence[Fault]) -> Summary:
    """Play a year to its end while each of `faults` happens at a moment drawn from `seed`."""
    chance = random.Random(seed)  # noqa: S311 - repeatable
    moments = [chance.randint(1, WRITES_OF_SETUP)]
    moments += sorted(chance.sample(range(WRITES_OF_SETUP, WRITES_OF_YEAR), len(faults) - 1))
    over = asyncio.Event()

    async def happen() -> None:
        for writes, fault in zip(moments, faults, strict=True):
            waiting = [
                asyncio.create_task(driver.reached(writes)),
                asyncio.create_task(over.wait()),
            ]
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in waiting:
                task.cancel()
            await asyncio.sleep(chance.uniform(0, PAUSE_SECONDS_MAX))
            await fault()

    async with asyncio.TaskGroup() as group:
        group.create_task(happen())
        summary = await play(
            driver, Order(MODELS, seed, CONCURRENCY), LineStage(Console(quiet=True))
        )
        over.set()
    # A fault of the last moments leaves work, too.
    await driver.settled()
    return summary
