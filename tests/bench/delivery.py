"""Row 6: from a command in registration to its notice in the log of notification, through RabbitMQ.

Notification runs as `dvk serve notification`, a process of its own; registration's executor and worker in this
one. The time runs from when the command was due, so a system that cannot keep up does not look fast, to when
this process has read the stored notice out of the log.
"""

import asyncio
import contextlib
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final
from uuid import UUID

import aio_pika
import msgspec
from aio_pika.abc import AbstractIncomingMessage

from services.registration.domain.facts import HolderFacts, MovementYear, RegistrationRules
from services.registration.domain.model import MODEL
from services.registration.domain.model_commands import RegisterModel
from services.registration.service import SERVICE
from shared.contracts.evaluation import Category, Quota
from shared.contracts.notification import NoticeQueued
from shared.contracts.values import Likeness, ModelId
from shared.eventstore.port import EventStore
from shared.host.clock import SystemClock
from shared.host.commands import Executor
from shared.host.ids import derive_id, new_key
from shared.host.process import open_runtime
from shared.host.settings import Settings
from tests.bench import engines, history
from tests.bench.appends import make_work
from tests.bench.commands import caller
from tests.bench.processes import DVK, serving
from tests.bench.report import Bench, Goal, Result, run_async
from tests.support.servers import HOST, free_port

GOAL_RATE: Final = 500
RATES: Final = (500, 250, 100, 50, 20, 5)
BURST: Final = 400
BURST_RATE: Final = 10_000
WARM: Final = 50
"""Commands before a burst: connections, topology and prepared statements are there by then."""

CAPACITY_USED_MAX: Final = 0.8
"""Latency is measured at the highest rate that is at most this share of what a burst showed to be possible."""

SECONDS: Final = 5.0
WARM_SECONDS: Final = 1.0
LATE_SECONDS_MAX: Final = 1.0
"""A rate is kept up if the last notice is there this long after the last command."""

DRAIN_SECONDS_MAX: Final = 60.0
COMMITS: Final = 400
BODY: Final = b"x" * 840
_POLL_SECONDS: Final = 0.02
CATEGORIES: Final = (Category(id="I.1.1-4", holder_kind="collective", title="Chi bộ, tổ dân vận"),)


@dataclass(frozen=True)
class Times:
    """Milliseconds; whether the rate was kept up; and seconds from the first to the last."""

    p50: float
    p99: float
    kept_up: bool = True
    elapsed: float = 0.0


def times(seconds: Sequence[float], *, kept_up: bool = True, elapsed: float = 0.0) -> Times:
    """Of what was measured."""
    ordered = sorted(seconds)
    p99 = ordered[len(ordered) * 99 // 100]
    return Times(statistics.median(ordered) * 1e3, p99 * 1e3, kept_up, elapsed)


def registration(model: ModelId, clock: SystemClock) -> RegisterModel:
    """A model registered with a committee that has launched the movement itself: one is told of it."""
    return RegisterModel(
        movement=history.MOVEMENT,
        year=2026,
        name="Đường hoa bản Cửa Rào",
        address="Bản Cửa Rào, xã Môn Sơn",
        field="culture-society",
        content=history.REGISTERED.content,
        basis=history.REGISTERED.basis,
        holder_kind="collective",
        holder=history.HOLDER,
        holder_name="Chi bộ bản Cửa Rào",
        category="I.1.1-4",
        committee=history.COMMITTEE,
        deciding_body=history.COMMITTEE,
        model_id=model,
        at=clock.now(),
        holder_facts=HolderFacts(organization=history.HOLDER, committees=(history.COMMITTEE,)),
        movement_year=MovementYear(
            movement=history.MOVEMENT,
            year=2026,
            launching_body=history.COMMITTEE,
            registration_opens=date(2020, 1, 1),
            registration_closes=date(2100, 1, 1),
            results_before=date(2100, 10, 1),
            movement_ends_with=2030,
        ),
        rules=RegistrationRules(
            rule_set=history.RULE_SET,
            version=1,
            categories=CATEGORIES,
            survey_gate="before_plan",
            lateness_effect="accept_with_reason",
            answer_working_days=5,
            holidays=tuple(date(year, 1, 1) for year in range(2020, 2101)),
            help_days=15,
            supplements_max=1,
            term_years_max=3,
            models_per_unit=Quota(at_least=0, at_most=None),
            similarity=Likeness(name_percent=60, place_percent=70, content_percent=60),
        ),
    )


async def paced(rate: int, count: int, send: Callable[[float], Awaitable[None]]) -> None:
    """Call `send` with the moment it is due, `count` times, `rate` a second, without waiting for the former."""
    loop = asyncio.get_running_loop()
    begins = loop.time()
    async with asyncio.TaskGroup() as group:
        for number in range(count):
            due = begins + number / rate
            if due > loop.time():
                await asyncio.sleep(due - loop.time())
            group.create_task(_sent(send, time.perf_counter() - (loop.time() - due)))


async def _sent(send: Callable[[float], Awaitable[None]], due: float) -> None:
    await send(due)


async def notices(store: EventStore, rate: int, count: int, warm_seconds: float) -> Times:
    """Register `count` models at `rate` and wait for each one's notice."""
    clock = SystemClock()
    executor = Executor(store, SERVICE.catalogue, clock=clock)
    due_at: dict[UUID, float] = {}
    taken: list[float] = []
    begun = time.perf_counter()
    warm_until = begun + warm_seconds
    decoder = msgspec.json.Decoder(NoticeQueued)
    all_seen = asyncio.Event()

    async def watch(after: int) -> None:
        seen = 0
        async with contextlib.aclosing(store.follow(after=after, categories=["notice"])) as pages:
            async for page in pages:
                now = time.perf_counter()
                for stored in page.events:
                    if not stored.type.endswith(".NoticeQueued.v1"):
                        continue
                    due = due_at.pop(decoder.decode(stored.data).cause)
                    seen += 1
                    if due >= warm_until:
                        taken.append(now - due)
                if seen == count:
                    all_seen.set()

    async def send(due: float) -> None:
        model = ModelId(new_key(clock.now()))
        who = caller(clock)
        due_at[derive_id(who.cause, f"model-{model}", "0")] = due
        await executor.execute(MODEL, model, registration(model, clock), caller=who)

    watching = asyncio.create_task(watch(await store.head()))
    try:
        await paced(rate, count, send)
        ended = time.perf_counter()
        async with asyncio.timeout(DRAIN_SECONDS_MAX):
            await asyncio.wait(
                [watching, waiting := asyncio.create_task(all_seen.wait())],
                return_when=asyncio.FIRST_COMPLETED,
            )
        if not waiting.done():
            await watching
        now = time.perf_counter()
        kept_up = now - ended <= LATE_SECONDS_MAX
        return times(taken, kept_up=kept_up, elapsed=now - begun)
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def round_trip(url: str, rate: int, seconds: float) -> Times:
    """The broker alone: a persistent message into a quorum queue, confirmed, and out again."""
    taken: list[float] = []
    due_at: dict[str, float] = {}
    warm_until = time.perf_counter() + WARM_SECONDS
    async with await aio_pika.connect(url) as connection:
        out, into = await connection.channel(), await connection.channel()
        await into.set_qos(prefetch_count=256)
        queue = await into.declare_queue(
            "bench", durable=True, arguments={"x-queue-type": "quorum"}
        )

        async def arrived(message: AbstractIncomingMessage) -> None:
            due = due_at.pop(message.message_id or "")
            if due >= warm_until:
                taken.append(time.perf_counter() - due)
            await message.ack()

        async def send(due: float) -> None:
            name = str(len(due_at)) + str(due)
            due_at[name] = due
            message = aio_pika.Message(
                BODY, message_id=name, delivery_mode=aio_pika.DeliveryMode.PERSISTENT
            )
            await out.default_exchange.publish(message, routing_key="bench")

        tag = await queue.consume(arrived)
        await paced(rate, int(rate * (seconds + WARM_SECONDS)), send)
        async with asyncio.timeout(DRAIN_SECONDS_MAX):
            while due_at:  # noqa: ASYNC110 - what it waits for sets no event
                await asyncio.sleep(_POLL_SECONDS)
        await queue.cancel(tag)
        await queue.delete(if_unused=False, if_empty=False)
    return times(taken)


async def commit_ms(url: str) -> float:
    """One durable commit of the store, the median of many."""
    work = make_work(1, COMMITS, BODY)
    return await engines.postgres_raw(work, url) / work.count * 1e3


@contextlib.asynccontextmanager
async def deployed(folder: Path, database: str, broker: str) -> AsyncIterator[EventStore]:
    """Registration at work in this process; its store."""
    settings = Settings.of(
        {
            "data_dir": folder / "registration",
            "event_store_url": database,
            "database_url": database,
            "bus_url": broker,
        }
    )
    async with open_runtime([SERVICE], settings) as runtime:
        working = asyncio.create_task(runtime.workers[0].run())
        try:
            while not (await runtime.workers[0].readiness()).ready:  # noqa: ASYNC110 - no event says so
                await asyncio.sleep(_POLL_SECONDS)
            yield runtime.store
        finally:
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)


@dataclass(frozen=True)
class Deployment:
    """Where registration finds what notification uses."""

    folder: Path
    broker: str
    database: str

    async def burst(self, count: int) -> float:
        """Notices a second while there is always one waiting."""
        async with deployed(self.folder, self.database, self.broker) as store:
            await notices(store, BURST_RATE, WARM, 0.0)
            return count / (await notices(store, BURST_RATE, count, 0.0)).elapsed

    async def steady(self, rate: int, seconds: float) -> tuple[Times, Times]:
        """The broker alone, then the whole way, at the same rate."""
        alone = await round_trip(self.broker, rate, seconds)
        async with deployed(self.folder, self.database, self.broker) as store:
            count = int(rate * (seconds + WARM_SECONDS))
            return alone, await notices(store, rate, count, WARM_SECONDS)


@contextlib.contextmanager
def deployment(bench: Bench) -> Iterator[Deployment]:
    """Notification serving, with a database and a virtual host of its own."""
    broker = bench.rabbitmq().create_vhost()
    with bench.fresh_folder() as folder, bench.fresh_database() as database:
        port = free_port()
        environment = {
            "DVK_DATA_DIR": str(folder / "notification"),
            "DVK_PORT": str(port),
            "DVK_EVENT_STORE_URL": database,
            "DVK_DATABASE_URL": database,
            "DVK_BUS_URL": broker,
            "DVK_LOG_LEVEL": "warning",
        }
        command = [str(DVK), "serve", "notification"]
        ready = f"http://{HOST}:{port}/health/ready"
        with serving(command, ready, folder / "notification.log", environment):
            yield Deployment(folder, broker, database)


def run(bench: Bench) -> Result:
    """Measure the row."""
    result = Result("6 from a command to its stored notice, RabbitMQ and PostgreSQL")
    with deployment(bench) as system:
        burst = bench.count(BURST)
        result.add(
            "burst",
            "/s",
            bench.in_turns({"command → notice": lambda: run_async(system.burst(burst))}),
        )
        capacity = result.median("burst", "command → notice")
        result.goals.append(Goal(f"notices/s of a burst / {GOAL_RATE}", capacity / GOAL_RATE, 1))
        rate = next((r for r in RATES if r <= capacity * CAPACITY_USED_MAX), RATES[-1])
        _steady(bench, system, result, rate)
    return result


def _steady(bench: Bench, system: Deployment, result: Result, rate: int) -> None:
    raw: list[Times] = []
    ours: list[Times] = []
    commits: list[float] = []
    for _ in range(bench.passes):
        with bench.fresh_database() as url:
            commits.append(run_async(commit_ms(url)))
        alone, through = run_async(system.steady(rate, SECONDS / 2 if bench.quick else SECONDS))
        raw.append(alone)
        ours.append(through)
    name = f"{rate}/s"
    broker, whole, commit = "RabbitMQ round trip", "command → notice", "one commit, PostgreSQL"
    result.add(f"{name} p50", "ms", {broker: [t.p50 for t in raw], whole: [t.p50 for t in ours]})
    result.add(f"{name} p99", "ms", {broker: [t.p99 for t in raw], whole: [t.p99 for t in ours]})
    result.add(f"{name} commit", "ms", {commit: commits})
    limit = 4 * result.median(f"{name} p99", broker) + 2 * result.median(f"{name} commit", commit)
    what = f"{name}: p99 / (4 × the broker's p99 + 2 commits)"
    ratio = result.median(f"{name} p99", whole) / limit
    result.goals.append(Goal(what, ratio, 1, at_least=False))
    if not all(one.kept_up for one in ours):
        result.notes.append(f"{name} were not kept up in every pass: the queue grew")
