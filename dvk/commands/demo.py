"""`dvk demo`: a year of any size, played against a running server."""

import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from dvk.api import Api
from dvk.commands.common import AsJson, Urls, addresses
from dvk.commands.serve import ModelCount, Seed
from dvk.demo.models import PUBLISHED
from dvk.demo.play import Order, Summary, play
from dvk.demo.player import CONCURRENCY_DEFAULT, CONCURRENCY_MAX
from dvk.demo.province import load_province, users_file
from dvk.demo.stage import BarStage, LineStage
from dvk.demo.telling import told
from dvk.errors import CommandError, RefusedByServerError
from dvk.output import console, run, say, say_json

Concurrency = Annotated[
    int,
    typer.Option("--concurrency", min=1, max=CONCURRENCY_MAX, help="Models played side by side."),
]
UsersFile = Annotated[
    Path | None,
    typer.Option(
        "--write-users",
        help="Only write the demo users as DVK_IDENTITY_USERS_FILE wants them, and end.",
    ),
]


def demo(
    *,
    models: ModelCount = PUBLISHED,
    seed: Seed = 1,
    url: Urls = None,
    concurrency: Concurrency = CONCURRENCY_DEFAULT,
    write_users: UsersFile = None,
    as_json: AsJson = False,
) -> None:
    """Play a year against a running server with demo users and demo clock. Interrupted, it goes on
    where it stopped when called again.
    """
    if write_users is not None:
        users = users_file(load_province())
        write_users.write_bytes(msgspec.json.encode(users))
        say(f"{write_users}: {len(users)} người dùng.", f"{write_users}: {len(users)} users.")
        return
    summary = run(_play(url, Order(models, seed, concurrency), quiet=as_json))
    if as_json:
        say_json(summary)
    else:
        sys.stdout.write(f"{told(summary)}\n")


async def _play(url: list[str] | None, order: Order, *, quiet: bool) -> Summary:
    out = console(error=quiet)
    async with Api(addresses(url)) as api:
        try:
            if out.is_terminal:
                with BarStage(out) as stage:
                    return await play(api, order, stage)
            return await play(api, order, LineStage(out))
        except RefusedByServerError as error:
            if error.code != "registration-closed":
                raise
            raise CommandError(
                "Đồng hồ của máy chủ này đã qua mùa đăng ký. Hãy dùng máy chủ mới: "
                "dvk serve --demo --models 0 --data <thư mục khác>.",
                "This server's clock has passed the time of registration. Use a fresh one: "
                "dvk serve --demo --models 0 --data <another folder>.",
            ) from error
