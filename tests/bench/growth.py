"""Row 7: append, load and a page of a list, with ten thousand events behind them and with a million."""

import asyncio
import contextlib
import random
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import UUID

import httpx

from services.registration.domain.model import MODEL
from services.registration.service import SERVICE
from shared.contracts.registration import EVENTS
from shared.eventstore.port import Expect
from shared.host.clock import SystemClock
from shared.host.commands import Executor
from shared.host.ids import new_key
from shared.host.process import Runtime, open_runtime
from shared.host.settings import Settings
from tests.bench import history
from tests.bench.report import Bench, Result, run_async

SIZES: Final = (10_000, 100_000, 1_000_000)
SIZES_QUICK: Final = (10_000, 100_000)
APPENDS: Final = 400
LOADS: Final = 200
PAGES: Final = 40
FLAT: Final = 1.15
_CATCH_UP_SECONDS_MAX: Final = 600.0
_SEED: Final = 7
_LATER: Final = datetime(2026, 11, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Grown:
    """A system with a history behind it, its projections caught up and resting."""

    runtime: Runtime
    models: list[UUID]
    client: httpx.AsyncClient
    built_per_second: float


@contextlib.asynccontextmanager
async def grown(folder: Path, events: int) -> AsyncIterator[Grown]:
    """Open and fill one."""
    settings = Settings.of({"data_dir": folder, "port": 0})
    async with open_runtime([SERVICE], settings) as runtime:
        models = await history.fill(runtime.store, events // history.EVENTS_PER_MODEL)
        started = time.perf_counter()
        working = asyncio.create_task(runtime.workers[0].run())
        try:
            head = await runtime.store.head()
            caught_up = await runtime.databases[0].wait_for(
                SERVICE.name, head, _CATCH_UP_SECONDS_MAX
            )
            if not caught_up:
                raise AssertionError("the read model did not catch up")
        finally:
            working.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await working
        rate = head / (time.perf_counter() - started)
        transport = httpx.ASGITransport(app=runtime.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://bench") as client:
            yield Grown(runtime, models, client, rate)


async def _median_us(count: int, once: Callable[[], Awaitable[object]]) -> float:
    taken: list[float] = []
    for _ in range(count):
        started = time.perf_counter()
        await once()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken) * 1e6


async def append_us(system: Grown) -> float:
    """Appending one event to a new stream, alone."""
    story = history.Story((history.SURVEYED,))
    store = system.runtime.store

    async def append() -> None:
        model = new_key(_LATER)
        await store.append(f"model-{model}", Expect.NO_STREAM, story.events(model, 0, _LATER))

    return await _median_us(APPENDS, append)


async def load_us(system: Grown, chance: random.Random) -> float:
    """Loading a model that is in no cache."""
    store, clock = system.runtime.store, SystemClock()

    async def load() -> None:
        executor = Executor(store, EVENTS, clock=clock)
        loaded = await executor.load(MODEL, chance.choice(system.models))
        if loaded.revision != history.EVENTS_PER_MODEL - 1:
            raise AssertionError(f"the model stands at {loaded.revision}")

    return await _median_us(LOADS, load)


async def page_us(system: Grown) -> float:
    """A page of fifty models over HTTP, each the one after the former."""
    following = "/registration/models?limit=50"

    async def page() -> None:
        nonlocal following
        answer = await system.client.get(following)
        cursor = answer.raise_for_status().json()["next"]
        following = f"/registration/models?limit=50&cursor={cursor}"
        if cursor is None:
            following = "/registration/models?limit=50"

    return await _median_us(PAGES, page)


async def _measure(bench: Bench, folder: Path, result: Result) -> None:
    sizes = SIZES_QUICK if bench.quick else SIZES
    chance = random.Random(_SEED)  # noqa: S311 - repeatable
    async with contextlib.AsyncExitStack() as stack:
        systems = {
            f"{size:,} events": await stack.enter_async_context(grown(folder / str(size), size))
            for size in sizes
        }
        works: dict[str, Callable[[Grown], Awaitable[float]]] = {
            "append": append_us,
            "load": lambda system: load_us(system, chance),
            "page of a list": page_us,
        }
        for work, measured in works.items():
            values: dict[str, list[float]] = {name: [] for name in systems}
            for _ in range(2 * bench.passes - 1):
                for name, system in systems.items():
                    values[name].append(await measured(system))
            result.add(work, "µs", values)
            first, *_, last = systems
            result.aim(work, last, first, FLAT, at_least=False)
        for name, system in systems.items():
            result.notes.append(
                f"read model of {name} built at {system.built_per_second:,.0f} events/s"
            )


def run(bench: Bench) -> Result:
    """Measure the row."""
    result = Result("7 as the history grows (SQLite)")
    with bench.fresh_folder() as folder:
        run_async(_measure(bench, folder, result))
    return result
