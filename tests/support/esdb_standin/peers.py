"""The stand-in seen from outside: as a process, and behind a relay that can fall silent."""

import asyncio
import sys
from asyncio import StreamReader, StreamWriter
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

START_SECONDS_MAX: Final = 20
ROOT: Final = Path(__file__).parents[3]


@asynccontextmanager
async def standin_process(file: Path, port: int = 0) -> AsyncIterator[tuple[Process, str]]:
    """A stand-in in a process of its own and its connection string; killed at the end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.support.esdb_standin",
        f"--file={file}",
        f"--port={port}",
        cwd=ROOT,
        stdout=PIPE,
    )
    try:
        assert process.stdout is not None
        line = await asyncio.wait_for(process.stdout.readline(), START_SECONDS_MAX)
        yield process, line.decode().strip()
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


class Silencer:
    """A relay to 127.0.0.1:`target`. Connections open when it falls silent stay open and dead."""

    def __init__(self, target: int) -> None:
        self.port = 0
        self._target = target
        self._relays: set[asyncio.Task[None]] = set()
        self._writers: list[StreamWriter] = []
        self._server: asyncio.Server | None = None

    def silence(self) -> None:
        """Pass nothing on in connections that are open now."""
        for relay in self._relays:
            relay.cancel()

    async def start(self) -> None:
        """Listen on a free port."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close everything."""
        self.silence()
        for writer in self._writers:
            writer.close()
        if self._server is not None:
            self._server.close()

    async def _accept(self, reader: StreamReader, writer: StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self._target)
        self._writers += [writer, there_writer]
        for source, sink in ((reader, there_writer), (there_reader, writer)):
            relay = asyncio.create_task(_pass_on(source, sink))
            self._relays.add(relay)
            relay.add_done_callback(self._relays.discard)


async def _pass_on(source: StreamReader, sink: StreamWriter) -> None:
    with suppress(ConnectionError):
        while chunk := await source.read(65_536):
            sink.write(chunk)
            await sink.drain()
        sink.close()


@asynccontextmanager
async def silencer(target: int) -> AsyncIterator[Silencer]:
    """A running relay."""
    relay = Silencer(target)
    await relay.start()
    try:
        yield relay
    finally:
        await relay.stop()
