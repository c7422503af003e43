"""`dvk serve`: any set of services in one process; with `--demo` the whole system, played in."""

import asyncio
import contextlib
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import msgspec
import typer

from dvk.api import Addresses, Api
from dvk.commands.common import settings_with
from dvk.commands.openapi import check_service
from dvk.demo.models import MODELS_MAX, PUBLISHED
from dvk.demo.play import Order, Summary, play
from dvk.demo.player import CONCURRENCY_DEFAULT
from dvk.demo.province import load_province, users_file
from dvk.demo.stage import BarStage, LineStage
from dvk.demo.telling import invitation, told
from dvk.errors import CommandError
from dvk.output import console, run, say, warn
from dvk.services import chosen
from shared.host.logs import configure_logging
from shared.host.process import run_process
from shared.host.settings import PREFIX, Settings

DEMO_FOLDER: Final = Path(".dvk")
PORTS_TRIED_MAX: Final = 20
_MARKER: Final = "demo.json"

ModelCount = Annotated[
    int, typer.Option("--models", min=0, max=MODELS_MAX, help="How many models are played.")
]
Seed = Annotated[int, typer.Option("--seed", help="Which model meets which fate follows from it.")]


def serve(
    services: Annotated[
        list[str] | None,
        typer.Argument(help="The services to serve; all of them if none is named."),
    ] = None,
    *,
    demo: Annotated[
        bool,
        typer.Option("--demo", help="Demo users and clock; the first time a year is played."),
    ] = False,
    data: Annotated[
        Path | None,
        typer.Option(
            "--data", help="The data folder.", show_default="DVK_DATA_DIR; .dvk for --demo"
        ),
    ] = None,
    models: ModelCount = PUBLISHED,
    seed: Seed = 1,
) -> None:
    """Serve services until Ctrl-C. Settings come from DVK_* variables; `dvk config` shows them."""
    for name in services or []:
        check_service(name)
    if demo:
        if services:
            raise CommandError(
                "--demo chạy mọi dịch vụ: hãy bỏ tên dịch vụ.",
                "--demo serves every service: name none.",
                2,
            )
        _serve_demo(data, Order(models, seed, CONCURRENCY_DEFAULT))
        return
    settings = settings_with({} if data is None else {"data_dir": data})
    configure_logging(settings)

    def started(address: str) -> None:
        say(f"Đang phục vụ tại {address}", f"Serving at {address}")

    # Without a terminal the log says the same, in a form that scripts read.
    told_to = started if console().is_terminal else None
    run(run_process(chosen(services or [], settings), settings, started=told_to))


# --- the demonstration ------------------------------------------------------------------------


def _serve_demo(data: Path | None, order: Order) -> None:
    values: dict[str, object] = {"clock": "demo"}
    values |= _unless_set({"data_dir": data or DEMO_FOLDER, "log_level": "warning"}, os.environ)
    if data is not None:
        values["data_dir"] = data
    if f"{PREFIX}PORT" not in os.environ:
        values["port"] = _free_port(str(os.environ.get(f"{PREFIX}HOST", "127.0.0.1")))
    settings = settings_with(values)
    configure_logging(settings)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    if settings.identity_users_file is None:
        # Complete before it has its name: an interrupted start leaves no half file.
        fresh = settings.users_file.with_suffix(".new")
        fresh.write_bytes(msgspec.json.encode(users_file(load_province())))
        fresh.replace(settings.users_file)
    run(_Demonstration(settings, order).serve())


def _unless_set(values: Mapping[str, object], environment: Mapping[str, str]) -> dict[str, object]:
    return {
        name: value for name, value in values.items() if PREFIX + name.upper() not in environment
    }


def _free_port(host: str) -> int:
    """8080, or the next one that nobody listens on. Raises CommandError."""
    first = 8080
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for port in range(first, first + PORTS_TRIED_MAX):
        with socket.socket(family) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                tried.bind((host, port))
                if port != first:
                    say(
                        f"Cổng {first} đang bận, dùng {port}.",
                        f"Port {first} is taken: using {port}.",
                    )
                return port
    raise CommandError(
        f"Các cổng {first} đến {port} đều bận. Hãy đặt DVK_PORT.",
        f"The ports {first} to {port} are all taken. Set DVK_PORT.",
    )


@dataclass
class _Demonstration:
    """A server and, the first time, the play that fills it."""

    settings: Settings
    order: Order

    async def serve(self) -> None:
        playing: asyncio.Task[None] | None = None

        def started(address: str) -> None:
            nonlocal playing
            playing = asyncio.create_task(self._play(address))

        try:
            await run_process(chosen([], self.settings), self.settings, started=started)
        finally:
            if playing is not None:
                playing.cancel()
                await asyncio.gather(playing, return_exceptions=True)

    async def _play(self, address: str) -> None:
        """Play what is missing and say what is there. The server goes on, whatever comes of it."""
        try:
            summary = self._played() or await self._play_now(address)
        except CommandError as error:
            warn(
                f"Trình diễn dừng lại: {error.vi}\nMáy chủ vẫn phục vụ tại {address}; chạy lại để tiếp tục.",
                f"The demonstration stopped: {error.en}\nThe server goes on at {address}; start again to resume.",
            )
            return
        if summary is None:
            say(f"Đang phục vụ tại {address}", f"Serving at {address}")
            return
        out = console()
        for text in ("", told(summary), "", invitation(summary, address), ""):
            out.print(text, markup=False)
        say("Dừng bằng Ctrl-C. Dữ liệu được giữ lại.", "Stop with Ctrl-C. The data stays.")

    def _played(self) -> Summary | None:
        """What a former start played."""
        try:
            return msgspec.json.decode(self._marker.read_bytes(), type=Summary)
        except (FileNotFoundError, msgspec.DecodeError):
            return None

    async def _play_now(self, address: str) -> Summary | None:
        if self.order.models == 0:
            return None
        say(
            f"Đang phục vụ tại {address}. Lần đầu: nhập tỉnh và diễn một năm qua API công khai.",
            f"Serving at {address}. The first time: the province is entered and a year played over the "
            "public API.",
        )
        out = console()
        async with Api(Addresses(address)) as api:
            if out.is_terminal:
                with BarStage(out) as stage:
                    summary = await play(api, self.order, stage)
            else:
                summary = await play(api, self.order, LineStage(out))
        # A crash before this plays again: every step has its key, so nothing happens twice.
        fresh = self._marker.with_suffix(".new")
        fresh.write_bytes(msgspec.json.encode(summary))
        fresh.replace(self._marker)
        return summary

    @property
    def _marker(self) -> Path:
        return self.settings.data_dir / _MARKER
