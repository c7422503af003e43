"""Starts the containers of the Compose files as processes, each with its command and environment as written.

What stands in for a container engine is listed in one place, `replacements`: addresses and, to play a year, the
clock. Secrets come in as they do for Compose, as variables.
"""

import asyncio
import itertools
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

import httpx

from tests.support.compose import ROOT, Composition, Container, demanded
from tests.support.guard import Launch
from tests.support.postgres import PrivatePostgres, postgres_bin
from tests.support.rabbitmq import PrivateRabbitMQ
from tests.support.servers import HOST, Service, free_port, plain_environment

STEP_SECONDS_MAX: Final = 60.0
READY_SECONDS_MAX: Final = 2.0
RELAY_BYTES: Final = 65_536


class Replacement(NamedTuple):
    """One thing that is not as the files say. A name of capitals is a variable, anything else an
    address, replaced wherever it stands in a variable's value.
    """

    what: str
    by: str
    why: str


@dataclass(frozen=True)
class Surroundings:
    """The real servers a test gives, and what a `.env` would say."""

    postgres: PrivatePostgres
    rabbitmq: PrivateRabbitMQ
    vhost: str
    variables: Mapping[str, str]
    eventstore: str | None = None
    """Host and port; None where the record lies elsewhere."""


def replacements(given: Surroundings, *, port: int, data: Path, demo: bool) -> list[Replacement]:
    """Everything that differs from the files for one process."""
    server = "a container's name leads nowhere here; the server is a real one on loopback"
    own = "a container has an address, a port and a file system of its own; processes share the machine's"
    year = "production refuses the demo clock, and without it a year takes a year"
    made = [
        Replacement("postgres:5432", f"{HOST}:{given.postgres.port}", server),
        Replacement("PGHOST", HOST, server),
        Replacement("PGPORT", str(given.postgres.port), server),
        Replacement("eventstore:2113", given.eventstore or "eventstore:2113", server),
        Replacement("rabbitmq:5672/", f"{HOST}:{given.rabbitmq.port}/{given.vhost}", server),
        Replacement("DVK_HOST", HOST, own),
        Replacement("DVK_PORT", str(port), own),
        Replacement("DVK_DATA_DIR", str(data), own),
    ]
    if demo:
        made += [
            Replacement("DVK_ENVIRONMENT", "embedded", year),
            Replacement("DVK_CLOCK", "demo", year),
        ]
    return made


def variables(
    files: Sequence[Path], given: tuple[PrivatePostgres, PrivateRabbitMQ], **more: str
) -> dict[str, str]:
    """A `.env` with every variable the files demand: made-up secrets, but the servers' own passwords."""
    postgres, rabbitmq = given
    made = {name: secrets.token_hex(16) for name in demanded(files)}
    made |= {"POSTGRES_PASSWORD": postgres.password, "RABBITMQ_PASSWORD": rabbitmq.password}
    return {**made, "SITE_HOST": "dvk.example", **more}


# --- one process ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Process:
    """A running container's stand-in."""

    name: str
    container: Container
    environment: Mapping[str, str]
    log: Path
    url: str
    service: Service

    def healthy(self) -> bool:
        """What the container's own health check says: its command, in its environment."""
        assert self.container.healthcheck is not None
        kind, *command = self.container.healthcheck.test
        assert kind == "CMD"
        return _completed(command, self.environment).returncode == 0

    def lines(self) -> list[str]:
        """What it has written so far."""
        return self.log.read_text("utf-8").splitlines()

    def stop(self) -> None:
        """As Compose does: SIGTERM, and time to finish. Raises ServerFailedError."""
        self.service.stop()


def environment_of(container: Container, replaced: Sequence[Replacement]) -> dict[str, str]:
    """The container's environment with the replacements, and what its image would set."""
    environment = dict(container.environment)
    for what, by, _ in replaced:
        if what.isupper():
            # The clock is the one variable a container does not have itself.
            if what in environment or (what == "DVK_CLOCK" and "DVK_HOST" in environment):
                environment[what] = by
        else:
            environment = {name: text.replace(what, by) for name, text in environment.items()}
    path = os.pathsep.join((str(Path(sys.executable).parent), str(postgres_bin()), os.defpath))
    return plain_environment(Path("/nonexistent")) | {"PATH": path} | environment


def prepare(composition: Composition, given: Surroundings) -> list[str]:
    """Run what others wait for to its end, in order; their names. Raises AssertionError when one fails."""
    made = composition.started()
    names = _prepares(made)
    for name in names:
        _run_to_its_end(made[name], given)
    return names


def _run_to_its_end(container: Container, given: Surroundings) -> None:
    replaced = replacements(given, port=0, data=Path("/nonexistent"), demo=False)
    command = [str(container.mounted(part) or part) for part in container.command]
    done = _completed(command, environment_of(container, replaced))
    assert done.returncode == 0, done.stdout


def _completed(
    command: Sequence[str], environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    # Found in the environment's PATH, as in the container; the image's working directory is the repository.
    return subprocess.run(
        ["/usr/bin/env", *command],
        cwd=ROOT,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=STEP_SECONDS_MAX,
        check=False,
    )


def start(
    name: str, container: Container, given: Surroundings, folder: Path, *, demo: bool
) -> Process:
    """Start a service's container as a process and wait until it says it is ready.

    Raises ServerFailedError with the end of its log.
    """
    folder.mkdir(parents=True)
    port = free_port()
    replaced = replacements(given, port=port, data=folder / "data", demo=demo)
    environment = environment_of(container, replaced)
    log, url = folder / "log", f"http://{HOST}:{port}"
    launch = Launch(
        command=["/usr/bin/env", *container.command],
        user=None,
        environment=environment,
        folder=str(folder),
        log=str(log),
    )
    service = Service(launch, is_ready=lambda _pid: _ready(url), stop=signal.SIGTERM)
    service.start()
    return Process(name, container, environment, log, url, service)


def _ready(url: str) -> bool:
    try:
        return httpx.get(
            f"{url}/health/ready", timeout=READY_SECONDS_MAX, trust_env=False
        ).is_success
    except httpx.TransportError:
        return False


# --- all of them ------------------------------------------------------------------------------


@dataclass
class Deployment:
    """What runs. `addresses` are where callers find each service: before its replicas, where it has several."""

    processes: list[Process] = field(default_factory=list)
    addresses: dict[str, str] = field(default_factory=dict)

    def of(self, service: str) -> list[Process]:
        """The replicas of a service."""
        return [process for process in self.processes if process.name == service]


@asynccontextmanager
async def deployed(
    composition: Composition,
    given: Surroundings,
    folder: Path,
    *,
    demo: bool,
    replicas: Mapping[str, int] | None = None,
) -> AsyncIterator[Deployment]:
    """`up --scale`: what prepares runs to its end, then the services start, all at once. Killed at the end.

    The servers and the gateway are not started: the former are real ones already, the latter is an image of
    somebody else's. In its place requests go round the replicas connection by connection.
    """
    made = composition.started()
    waited_for = await asyncio.to_thread(prepare, composition, given)
    ours = {
        name: one for name, one in made.items() if one.build is not None and name not in waited_for
    }
    running = Deployment()
    async with AsyncExitStack() as stack:
        starting = [
            asyncio.to_thread(start, name, one, given, folder / f"{name}-{number}", demo=demo)
            for name, one in ours.items()
            for number in range(1, (replicas or {}).get(name, 1) + 1)
        ]
        outcomes = await asyncio.gather(*starting, return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, Process):
                running.processes.append(outcome)
                stack.callback(outcome.service.kill)
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome
        for name in ours:
            urls = [process.url for process in running.of(name)]
            running.addresses[name] = await stack.enter_async_context(_in_front_of(urls))
        yield running


def _prepares(containers: Mapping[str, Container]) -> list[str]:
    """The containers that others wait for to end, each after those it needs itself."""
    ending = {
        name
        for one in containers.values()
        for name, dependency in one.depends_on.items()
        if dependency.condition == "service_completed_successfully"
    }
    return [name for name in containers if name in ending]


@asynccontextmanager
async def _in_front_of(urls: Sequence[str]) -> AsyncIterator[str]:
    """An address whose connections go to each of `urls` in turn."""
    turns = itertools.cycle(int(url.rpartition(":")[2]) for url in urls)
    relays: set[asyncio.Task[None]] = set()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection(HOST, next(turns))
        for source, sink in ((reader, there_writer), (there_reader, writer)):
            relay = asyncio.create_task(_pass_on(source, sink))
            relays.add(relay)
            relay.add_done_callback(relays.discard)

    server = await asyncio.start_server(accept, HOST, 0)
    try:
        yield f"http://{HOST}:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for relay in relays:
            relay.cancel()
        await asyncio.gather(*relays, return_exceptions=True)


async def _pass_on(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    try:
        with suppress(ConnectionError):
            while chunk := await source.read(RELAY_BYTES):
                sink.write(chunk)
                await sink.drain()
    finally:
        sink.close()
