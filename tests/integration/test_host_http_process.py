"""A whole process: it answers at once, is ready when it has caught up, ends in order, starts again."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared.host.process import StartError, open_runtime
from shared.host.tracing import Tracing
from tests.support.notebooks import SERVICE, Client, notebooks_in, settings_in

SECONDS_MAX = 20.0
FROZEN_OBJECTS_MIN = 50_000
"""FastAPI and SQLAlchemy alone are more."""
PROGRAM = """
import sys, uvloop
from pathlib import Path
from shared.host.logs import configure_logging
from shared.host.process import run_process
from tests.support.notebooks import SERVICE, settings_in
settings = settings_in(Path(sys.argv[1]), port=int(sys.argv[2]), log_format="json")
configure_logging(settings)
uvloop.run(run_process([SERVICE], settings, started=lambda url: print(url, flush=True)))
"""


@asynccontextmanager
async def process(
    folder: Path, port: int = 0, program: str = PROGRAM
) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("DVK_")}
    started = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", program, str(folder), str(port)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment | {"PYTHONPATH": str(Path.cwd())},
    )
    try:
        assert started.stdout is not None
        async with asyncio.timeout(SECONDS_MAX):
            address = (await started.stdout.readline()).decode().strip()
        assert address, (await started.communicate())[1].decode()
        yield started, address
    finally:
        if started.returncode is None:
            started.kill()
        await started.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_it_serves_ends_in_order_and_keeps_everything(
    tmp_path: Path, number: signal.Signals
) -> None:
    async with process(tmp_path) as (running, address):
        async with httpx.AsyncClient(base_url=address) as http:
            await Client(http).ready()
            hoa = await Client(http).signed_in("hoa")
            answer = await hoa.post("/notebooks", {"title": "Sổ tay"})
            assert answer.status_code == 201
            position = answer.headers["dvk-position"]
            listed = await hoa.get(f"/notebooks?at_least={position}")
            assert len(listed.json()["items"]) == 1
            malformed = await http.options("*")
            assert malformed.status_code == 404
        running.send_signal(number)
        async with asyncio.timeout(SECONDS_MAX):
            _, errors = await running.communicate()
        assert running.returncode == 0, errors.decode()
        lines = [json.loads(line) for line in errors.decode().splitlines()]
        assert [lines[0]["event"], lines[-1]["event"]] == ["serving", "stopped"]
        assert b"Traceback" not in errors
    async with process(tmp_path) as (_, address), httpx.AsyncClient(base_url=address) as http:
        await Client(http).ready()
        again = await Client(http).get("/notebooks")
        assert [item["title"] for item in again.json()["items"]] == ["Sổ tay"]


async def test_killed_in_the_middle_it_has_lost_nothing_it_acknowledged(tmp_path: Path) -> None:
    acknowledged: list[str] = []
    async with (
        process(tmp_path) as (running, address),
        httpx.AsyncClient(base_url=address) as http,
    ):
        hoa = await Client(http).signed_in("hoa")

        async def write() -> None:
            while True:
                answer = await hoa.post("/notebooks", {"title": "Sổ"})
                acknowledged.append(answer.json()["id"])
                if len(acknowledged) == 50:
                    running.kill()

        with pytest.raises(httpx.TransportError):
            await asyncio.gather(*(write() for _ in range(8)))
    async with process(tmp_path) as (_, address), httpx.AsyncClient(base_url=address) as http:
        for notebook in acknowledged:
            assert (await Client(http).get(f"/notebooks/{notebook}")).status_code == 200


async def test_what_is_loaded_is_left_out_of_searches_for_cycles(tmp_path: Path) -> None:
    """Searching it all would hold up every request for a tenth of a second, again and again."""
    telling = PROGRAM.replace("import sys,", "import gc, sys,").replace(
        "print(url,", "print(gc.get_freeze_count(),"
    )
    async with process(tmp_path, program=telling) as (_, frozen):
        assert int(frozen) > FROZEN_OBJECTS_MIN


async def test_a_port_in_use_is_said_in_a_sentence(tmp_path: Path) -> None:
    async with process(tmp_path / "first") as (_, address):
        port = int(address.rpartition(":")[2])
        with pytest.raises(AssertionError, match="set DVK_PORT"):
            async with process(tmp_path / "second", port):
                pass


async def test_a_second_process_on_the_same_sqlite_file_is_refused(tmp_path: Path) -> None:
    async with process(tmp_path):
        with pytest.raises(StartError, match="event store"):
            async with open_runtime([SERVICE], settings_in(tmp_path)):
                pass


# --- the demo clock -------------------------------------------------------------------------------


async def test_a_demo_clock_is_moved_by_a_header_and_only_forward(tmp_path: Path) -> None:
    async with notebooks_in(tmp_path, clock="demo") as (runtime, client):
        hoa = await client.signed_in("hoa")

        async def opened(clock: str) -> int:
            answer = await hoa.post("/notebooks", {"title": "Sổ"}, headers={"dvk-clock": clock})
            assert answer.status_code == 201, answer.text
            page = await runtime.store.read_log_backwards(limit=1)
            return page.events[0].time_us // 1_000_000

        assert await opened("2025-02-03T00:00:00Z") == 1_738_540_800
        assert await opened("2025-02-04T07:00:00+07:00") == 1_738_627_200
        assert await opened("2025-02-03T00:00:00Z") == 1_738_627_200
        assert await opened("release") > 1_738_627_200
        for clock in ("yesterday", "0001-01-01T00:00:00+23:59"):
            bad = await hoa.get("/notebooks", headers={"dvk-clock": clock})
            assert bad.status_code == 400
            assert bad.json()["type"] == "/problems/malformed"
    async with notebooks_in(tmp_path, clock="demo") as (runtime, _):
        page = await runtime.store.read_log_backwards(limit=1)
        assert runtime.clock.now().timestamp() >= page.events[0].time_us / 1e6


async def test_with_the_systems_clock_the_header_means_nothing(tmp_path: Path) -> None:
    async with notebooks_in(tmp_path) as (runtime, client):
        hoa = await client.signed_in("hoa")
        headers = {"dvk-clock": "2001-01-01T00:00:00Z"}
        await hoa.post("/notebooks", {"title": "Sổ"}, headers=headers)
        page = await runtime.store.read_log()
        assert page.events[0].time_us > 1_700_000_000_000_000


# --- traces ---------------------------------------------------------------------------------------


async def test_spans_are_exported_below_the_callers_and_the_event_carries_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exporter = InMemorySpanExporter()
    through: Callable[[str, str], Tracing] = lambda _, name: Tracing.through(exporter, name)  # noqa: E731
    monkeypatch.setattr(Tracing, "exporting_to", through)
    trace_id, span_id = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
    async with notebooks_in(tmp_path, otlp_endpoint="http://collector.test") as (runtime, client):
        hoa = await client.signed_in("hoa")
        parent = f"00-{trace_id}-{span_id}-01"
        await hoa.post("/notebooks", {"title": "Sổ"}, headers={"traceparent": parent})
        (event,) = (await runtime.store.read_log()).events
    spans = {span.name: span for span in exporter.get_finished_spans()}
    assert spans.keys() == {"append", "notebooks.open_notebook"}
    request = spans["notebooks.open_notebook"]
    assert request.parent is not None
    assert request.context is not None
    assert f"{request.context.trace_id:032x}" == trace_id
    assert f"{request.parent.span_id:016x}" == span_id
    assert event.trace == f"00-{trace_id}-{request.context.span_id:016x}-01"
    append = spans["append"]
    assert append.parent is not None
    assert append.parent.span_id == request.context.span_id
