"""`dvk rebuild`: a service's read model anew from the log, through the running server."""

import asyncio
from typing import Annotated, Final

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from dvk.api import Api, Json
from dvk.commands.common import AsJson, Urls, addresses
from dvk.commands.openapi import check_service
from dvk.demo.province import ADMINISTRATOR
from dvk.errors import CommandError
from dvk.output import console, run, say, say_json

LOOK_SECONDS: Final = 0.2

Administrator = Annotated[
    str, typer.Option("--user", help="An administrator of the embedded issuer.")
]
Token = Annotated[
    str | None,
    typer.Option("--token", envvar="DAN_VAN_KHEO_TOKEN", help="A token instead of --user."),
]


def rebuild(
    service: Annotated[str, typer.Argument(help="The service whose read model is built anew.")],
    *,
    user: Administrator = ADMINISTRATOR,
    token: Token = None,
    url: Urls = None,
    as_json: AsJson = False,
) -> None:
    """Build a service's read model anew from the log, while it serves. Interrupted here, it goes on
    there; calling again shows how far it is.
    """
    check_service(service)
    state = run(_rebuild(service, user, token, url, quiet=as_json))
    if as_json:
        say_json(state)
    if state["state"] != "done":
        raise CommandError(
            f"Chưa dựng lại xong ({state['error']}). Hãy chạy lại: phần đã dựng được giữ.",
            f"The rebuild ended early ({state['error']}). Run it again: what was built is kept.",
        )
    if not as_json:
        say(
            f"Đã dựng lại {service} từ {state['events']} sự kiện.",
            f"{service} was rebuilt from {state['events']} events.",
        )


async def _rebuild(
    service: str, user: str, token: str | None, url: list[str] | None, *, quiet: bool
) -> Json:
    async with Api(addresses(url)) as api:
        if token is not None:
            api.use_token(user, token)
        state = await api.post(service, "/admin/rebuild", {}, user=user)
        shown = Progress(
            TextColumn(service),
            BarColumn(),
            TextColumn("{task.completed}/{task.total}"),
            TimeElapsedColumn(),
            console=console(error=True),
            disable=quiet,
            transient=True,
        )
        with shown as progress:
            task = progress.add_task(service, total=None)
            while state["state"] == "running":
                progress.update(task, completed=state["position"], total=state["head"] or None)
                await asyncio.sleep(LOOK_SECONDS)
                state = await api.read(service, "/admin/rebuild", user=user)
        return state
