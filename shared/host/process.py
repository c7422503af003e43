"""Runs services in a process: opens what they need, serves, follows, and ends in order."""

import asyncio
import contextlib
import gc
import signal
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

import structlog
import uvicorn
from sqlalchemy.engine import make_url
from starlette.types import ASGIApp

from shared.bus.inprocess import InProcessBus
from shared.bus.port import Bus
from shared.domain.time import from_microseconds
from shared.eventstore.port import EventStore
from shared.host.admin import Admin
from shared.host.app import AppParts, create_app
from shared.host.clock import Clock, DemoClock, SystemClock
from shared.host.commands import Executor
from shared.host.database import ServiceDatabase
from shared.host.endpoints import ServiceParts
from shared.host.files import FolderFiles
from shared.host.health import Check, Health
from shared.host.identity import CLOCK_SKEW_SECONDS, Claims, Verifier
from shared.host.issuer import TOKEN_SECONDS, Issuer
from shared.host.keys import Keys, keys_at, keys_of
from shared.host.known_successions import KnownSuccessions
from shared.host.metrics import Metrics
from shared.host.outage import BackOff, is_outage
from shared.host.service import Service
from shared.host.settings import Settings
from shared.host.signing import SigningKeys
from shared.host.standing import Standings
from shared.host.tracing import Tracing
from shared.host.vault import Vault
from shared.host.worker import Worker

OPEN_SECONDS_MAX: Final = 60.0
"""How long a start waits for a server that is not there yet."""

BACKLOG_CONNECTIONS: Final = 2_048
"""Connections that may wait to be accepted; uvicorn's own figure."""

GARBAGE_THRESHOLDS_OBJECTS: Final = (10_000, 10, 10)
"""When Python looks for reference cycles; nearly everything here is freed without that."""

_LOG = structlog.get_logger("dvk.process")

T = TypeVar("T")


class StartError(Exception):
    """The process cannot start; the message says in a sentence what is missing."""


@dataclass(frozen=True)
class Runtime:
    """What runs in a process, opened."""

    app: ASGIApp
    workers: Sequence[Worker]
    store: EventStore
    bus: Bus
    clock: Clock
    databases: Sequence[ServiceDatabase]


@asynccontextmanager
async def open_runtime(services: Sequence[Service], settings: Settings) -> AsyncIterator[Runtime]:
    """Open store, bus and databases and put the application together; nothing runs yet.

    Closed in the opposite order. Raises StartError.
    """
    async with AsyncExitStack() as stack:
        await asyncio.to_thread(settings.data_dir.mkdir, parents=True, exist_ok=True)
        store = await _opened("event store", lambda: open_store(settings.store_url))
        stack.push_async_callback(store.close)
        bus = open_bus(settings.bus_url)
        stack.push_async_callback(bus.close)
        clock = await _clock(settings, store)
        tracing = _tracing(services, settings)
        stack.callback(tracing.close)
        metrics = Metrics()
        issuer, verifier = _identity(settings)
        parts: list[ServiceParts] = []
        workers: list[Worker] = []
        for service in services:
            database = await _opened(
                f"database of {service.name}", partial(_database, settings, service)
            )
            stack.push_async_callback(database.close)
            executor = Executor(
                store,
                service.catalogue,
                clock=clock,
                sole_writer=settings.writes_alone,
                observe=clock.observe if isinstance(clock, DemoClock) else None,
                metrics=metrics,
                tracing=tracing,
            )
            files = FolderFiles(settings.files_folder / service.name)
            workers.append(Worker(service, store, bus, database, executor, clock, files=files))
            parts.append(
                ServiceParts(
                    service,
                    store,
                    executor,
                    database,
                    Vault(database, files=files),
                    clock,
                    verifier,
                    metrics,
                    tracing,
                    settings.body_bytes_max,
                    Standings(database, service.standing),
                    KnownSuccessions(database, service.successions),
                    files,
                )
            )
        by_name = dict(zip((service.name for service in services), workers, strict=True))
        health = Health({"store": _answers(store), "bus": bus.reachable}, by_name, metrics)
        vaults = {part.service.name: part.vault for part in parts}
        admins = {name: Admin(worker, verifier, vaults[name]) for name, worker in by_name.items()}
        for admin in admins.values():
            stack.push_async_callback(admin.close)
        app = create_app(AppParts(parts, clock, health, issuer, admins))
        databases = [part.database for part in parts]
        yield Runtime(app, workers, store, bus, clock, databases)


async def run_process(
    services: Sequence[Service],
    settings: Settings,
    *,
    started: Callable[[str], None] | None = None,
) -> None:
    """Serve `services` until SIGTERM or SIGINT; a second signal ends at once.

    `started` is told the address as soon as it answers; `/health/ready` says when all has caught up.
    A crash at any moment is as good as an end: everything is durable or done again.
    Raises StartError.
    """
    stop = asyncio.Event()
    with _signals(stop):
        async with open_runtime(services, settings) as runtime:
            _set_garbage_collection()
            listening = _listen(settings)
            server = _server(runtime.app, settings)
            serving = asyncio.create_task(server.serve([listening]))
            following = [asyncio.create_task(worker.run()) for worker in runtime.workers]
            stopping = asyncio.create_task(stop.wait())
            try:
                port = listening.getsockname()[1]
                _LOG.info("serving", host=settings.host, port=port)
                if started is not None:
                    started(settings.public_url or f"http://{settings.host}:{port}")
                await asyncio.wait(
                    [serving, stopping, *following], return_when=asyncio.FIRST_COMPLETED
                )
                failed = [task for task in following if task.done() and not stop.is_set()]
            finally:
                # Requests first: their commands still need the store, and their readers the workers.
                server.should_exit = True
                await asyncio.wait([serving])
                await _finish(following, settings.shutdown_seconds_max)
                stopping.cancel()
            for task in (serving, *failed):
                task.result()
    _LOG.info("stopped")


async def open_store(url: str) -> EventStore:
    """The event store at `url`."""
    scheme = url.partition(":")[0].partition("+")[0]
    if scheme == "sqlite":
        # Imported here and below so that a process loads the client of the server it uses alone.
        from shared.eventstore.sqlite import SqliteEventStore  # noqa: PLC0415

        path = Path(make_url(url).database or "events.db")
        await asyncio.to_thread(path.parent.mkdir, parents=True, exist_ok=True)
        return await SqliteEventStore.open(path)
    if scheme == "postgresql":
        from shared.eventstore.postgres import PostgresEventStore  # noqa: PLC0415

        return await PostgresEventStore.open(url)
    from shared.eventstore.esdb import EventStoreDbEventStore  # noqa: PLC0415

    return await EventStoreDbEventStore.open(url)


def open_bus(url: str) -> Bus:
    """The bus at `url`."""
    if url.startswith("inprocess:"):
        return InProcessBus()
    from shared.bus.rabbitmq import RabbitMqBus  # noqa: PLC0415

    return RabbitMqBus(url)


def _database(settings: Settings, service: Service) -> Awaitable[ServiceDatabase]:
    return ServiceDatabase.open(settings.databases_url, service.name, service.read_model)


async def _opened(what: str, open_it: Callable[[], Awaitable[T]]) -> T:
    """Try until it is there, as servers that start together need; other faults end the start."""
    back_off = BackOff()
    loop = asyncio.get_running_loop()
    until = loop.time() + OPEN_SECONDS_MAX
    while True:
        try:
            return await open_it()
        except Exception as error:
            if not is_outage(error) or loop.time() > until:
                raise StartError(f"The {what} cannot be opened: {error}") from error
            _LOG.warning("waiting", what=what, error=type(error).__name__)
        await back_off.wait()


async def _clock(settings: Settings, store: EventStore) -> Clock:
    if settings.clock == "system":
        return SystemClock()
    clock = DemoClock(settings.data_dir / "clock.json")
    last = await store.read_log_backwards(limit=1)
    if last.events:
        clock.observe(from_microseconds(last.events[0].time_us))
    return clock


def _tracing(services: Sequence[Service], settings: Settings) -> Tracing:
    if not settings.otlp_endpoint:
        return Tracing()
    name = services[0].name if len(services) == 1 else "embedded"
    return Tracing.exporting_to(settings.otlp_endpoint, f"dvk-{name}")


def _identity(settings: Settings) -> tuple[Issuer | None, Verifier]:
    names = Claims(
        settings.identity_subject_claim,
        settings.identity_roles_claim,
        settings.identity_organization_claim,
    )
    issuer = None
    if settings.identity_jwks_url:
        source = keys_at(settings.identity_jwks_url)
    elif settings.identity_issuer:
        source = keys_of(settings.identity_issuer)
    else:
        names = Claims()
        issuer = Issuer(
            SigningKeys(settings.data_dir, TOKEN_SECONDS + CLOCK_SKEW_SECONDS),
            settings.users_file,
            settings.issuer,
            settings.identity_audience,
        )
        source = issuer.keys
    verifier = Verifier(Keys(source), settings.issuer, settings.identity_audience, time.time, names)
    return issuer, verifier


def _answers(store: EventStore) -> Check:
    async def check() -> bool:
        await store.head()
        return True

    return check


def _set_garbage_collection() -> None:
    """Leave what is loaded out of every later search for cycles: it stays, and searching it would hold
    up all requests for a tenth of a second at a time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE_THRESHOLDS_OBJECTS)


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
        listening.listen(BACKLOG_CONNECTIONS)  # whoever is told the address is not turned away
    except OSError as error:
        listening.close()
        raise StartError(
            f"{settings.host}:{settings.port} cannot be listened on ({error.strerror}): "
            "stop what uses it, or set DVK_PORT."
        ) from error
    return listening


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the process's: uvicorn would raise them again once it has stopped."""
        yield


def _server(app: ASGIApp, settings: Settings) -> uvicorn.Server:
    return _Server(
        uvicorn.Config(
            app,
            loop="none",
            http="httptools",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=settings.shutdown_seconds_max,
        )
    )


@contextlib.contextmanager
def _signals(stop: asyncio.Event) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    handled = (signal.SIGTERM, signal.SIGINT)

    def asked() -> None:
        if stop.is_set():
            # Asked twice: what a kill would leave is left, and the next start carries on from it.
            for number in handled:
                loop.remove_signal_handler(number)
            signal.raise_signal(signal.SIGKILL)
        stop.set()

    for number in handled:
        loop.add_signal_handler(number, asked)
    try:
        yield
    finally:
        for number in handled:
            loop.remove_signal_handler(number)


async def _finish(tasks: Sequence[asyncio.Task[None]], seconds_max: int) -> None:
    for task in tasks:
        task.cancel()
    if tasks:
        _, late = await asyncio.wait(tasks, timeout=seconds_max)
        if late:
            _LOG.warning("not_finished", count=len(late))
