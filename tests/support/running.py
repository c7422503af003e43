"""Real service processes over their lives: started by `dvk serve`, killed by pid, started again on the same data.

`embedded` is one process with SQLite and the in-process bus; `deployed_apart` one process a service, with
PostgreSQL and RabbitMQ. Those with a `Plan` run armed, see armed.py.
"""

import asyncio
import contextlib
import signal
import sys
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec

from dvk.api import Addresses
from dvk.demo.province import load_province, users_file
from dvk.services import SERVICES
from tests.support.armed import Plan
from tests.support.guard import Launch
from tests.support.servers import HOST, ServerFailedError, Service, free_port, plain_environment

DVK: Final = Path(sys.executable).parent / "dvk"
ROOT: Final = Path(__file__).parents[2]
LOOK_SECONDS: Final = 0.02
ANSWER_SECONDS_MAX: Final = 2.0


@dataclass(frozen=True)
class Processes:
    """What runs. `processes` are by name: each service, or `all` for those in one process."""

    processes: Mapping[str, Service]
    addresses: Addresses
    store_url: str
    databases_url: str
    logs: Mapping[str, Path]
    plans: Mapping[str, Plan] = field(default_factory=dict)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def start(self) -> None:
        """Start what does not run, and wait until it answers."""
        await asyncio.gather(*(self._start(name) for name in self.processes))

    async def kill(self, names: Sequence[str]) -> None:
        """End them as a crash would, and start them again on the same data and port."""
        async with self._turn:
            for name in names:
                await asyncio.to_thread(self.processes[name].kill)
                if name in self.plans:
                    self.plans[name].take_death()  # it may have died by its own hand just before
            await self.start()

    @contextlib.asynccontextmanager
    async def revived(self) -> AsyncIterator[None]:
        """Start those again that die by their plan; a death by nobody's hand is an error."""
        over = asyncio.Event()

        async def revive() -> None:
            while not over.is_set():
                for name, one in self.processes.items():
                    async with self._turn:
                        if not one.is_running():
                            await self._revive(name)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(over.wait(), LOOK_SECONDS)

        async with asyncio.TaskGroup() as group:
            group.create_task(revive())
            yield
            over.set()

    async def _revive(self, name: str) -> None:
        plan, log = self.plans.get(name), self.logs[name]
        if plan is None or not plan.take_death():
            raise ServerFailedError(f"{name} ended by itself:\n{log.read_text('utf-8', 'replace')}")
        await self._start(name)

    async def _start(self, name: str) -> None:
        """Until it lives: it may die by its plan before it answers."""
        plan, one = self.plans.get(name), self.processes[name]
        while not one.is_running():
            await asyncio.to_thread(one.kill)  # it is dead, and this clears up after it
            try:
                await asyncio.to_thread(one.start)
            except ServerFailedError:
                if plan is None or not plan.take_death():
                    raise

    async def rebuild(self, service: str) -> int:
        """`dvk rebuild`: its exit code, which is not 0 where the service died meanwhile."""
        own = self.addresses.own.get(service, self.addresses.base)
        urls = [self.addresses.base, f"{service}={own}"]
        rebuilding = await asyncio.create_subprocess_exec(
            str(DVK),
            *("rebuild", service, "--json"),
            *(f"--url={url}" for url in urls),
            env=plain_environment(self.logs[next(iter(self.logs))].parent),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        return await rebuilding.wait()

    async def stop(self) -> None:
        """SIGTERM, and time to finish. Raises ServerFailedError for one that does not end."""
        await asyncio.gather(*(asyncio.to_thread(one.stop) for one in self.processes.values()))

    def end(self) -> None:
        """Leave nothing behind."""
        for one in self.processes.values():
            one.kill()


@contextmanager
def embedded(folder: Path, *, plan: Plan | None = None, smtp_url: str = "") -> Iterator[Processes]:
    """All services in one process; not started yet. It dies by its plan, if it has one."""
    port = free_port()
    data = folder / "all"
    one = _process(folder, "all", [], port, _mail(smtp_url), plan)
    processes = Processes(
        {"all": one},
        Addresses(f"http://{HOST}:{port}"),
        f"sqlite:///{data / 'events.db'}",
        f"sqlite:///{data}",
        {"all": folder / "all.log"},
        {} if plan is None else {"all": plan},
    )
    try:
        yield processes
    finally:
        processes.end()


@contextmanager
def deployed_apart(
    folder: Path,
    postgres_url: str,
    rabbitmq_url: str,
    *,
    plans: Mapping[str, Plan] | None = None,
    smtp_url: str = "",
) -> Iterator[Processes]:
    """Each service in a process of its own; not started yet. Registration is the issuer for all."""
    plans = plans or {}
    ports = {name: free_port() for name in SERVICES}
    urls = {name: f"http://{HOST}:{port}" for name, port in ports.items()}
    issuer = f"{urls['registration']}/identity"
    common = {
        "DVK_EVENT_STORE_URL": postgres_url,
        "DVK_DATABASE_URL": postgres_url,
        "DVK_BUS_URL": rabbitmq_url,
        **_mail(smtp_url),
    }
    foreign = {"DVK_IDENTITY_ISSUER": issuer}
    processes = Processes(
        {
            name: _process(
                folder,
                name,
                [name],
                port,
                common | ({} if name == "registration" else foreign),
                plans.get(name),
            )
            for name, port in ports.items()
        },
        Addresses(urls["registration"], urls),
        postgres_url,
        postgres_url,
        {name: folder / f"{name}.log" for name in SERVICES},
        plans,
    )
    try:
        yield processes
    finally:
        processes.end()


def _mail(smtp_url: str) -> Mapping[str, str]:
    return {"DVK_SMTP_URL": smtp_url} if smtp_url else {}


def _process(  # noqa: PLR0917 - each is another thing
    folder: Path,
    name: str,
    services: Sequence[str],
    port: int,
    more: Mapping[str, str],
    plan: Plan | None,
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
    command = [str(DVK)]
    if plan is not None:
        command = [sys.executable, "-m", "tests.support.armed", str(plan.file)]
        environment["PYTHONPATH"] = str(ROOT)
    launch = Launch(
        command=[*command, "serve", *services],
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
