"""The application on a real port, in a thread: for tests whose client is not asynchronous."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Final, TypeVar

import uvicorn
from anyio.from_thread import BlockingPortal, start_blocking_portal

from shared.host.process import Runtime, open_runtime
from shared.host.service import Service
from shared.host.settings import Settings

START_SECONDS_MAX: Final = 20.0
LOOK_SECONDS: Final = 0.01

T = TypeVar("T")


@dataclass(frozen=True)
class Listening:
    """What answers at `address`. Outside `following` no worker runs: nothing happens but what is asked for."""

    address: str
    runtime: Runtime
    _portal: BlockingPortal

    def call(self, ask: Callable[[], Awaitable[T]]) -> T:
        """What `ask` gives in the thread of the application."""
        return self._portal.call(ask)

    @contextmanager
    def following(self) -> Iterator[None]:
        """Let the workers run meanwhile."""
        with self._portal.wrap_async_context_manager(_working(self.runtime)):
            yield


@contextmanager
def listening(services: Sequence[Service], settings: Settings) -> Iterator[Listening]:
    """Serve `services` on a free port of loopback."""
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(_serving(services, settings)) as (runtime, port),
    ):
        yield Listening(f"http://127.0.0.1:{port}", runtime, portal)


@asynccontextmanager
async def _serving(
    services: Sequence[Service], settings: Settings
) -> AsyncIterator[tuple[Runtime, int]]:
    async with open_runtime(services, settings) as runtime:
        config = uvicorn.Config(
            runtime.app, port=0, http="httptools", ws="none", lifespan="off", log_config=None
        )
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve())
        try:
            async with asyncio.timeout(START_SECONDS_MAX):
                while not server.started:  # noqa: ASYNC110 -- nothing rings
                    await asyncio.sleep(LOOK_SECONDS)
            port: int = server.servers[0].sockets[0].getsockname()[1]
            yield runtime, port
        finally:
            server.should_exit = True
            await serving


@asynccontextmanager
async def _working(runtime: Runtime) -> AsyncIterator[None]:
    following = [asyncio.create_task(worker.run()) for worker in runtime.workers]
    try:
        yield
    finally:
        for task in following:
            task.cancel()
        await asyncio.gather(*following, return_exceptions=True)
