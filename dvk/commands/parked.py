"""`dvk parked`: what a service could not take, and taking it again."""

import asyncio
from typing import Annotated, Final

import typer

from dvk.api import Api, Json
from dvk.commands.common import AsJson, Urls, addresses
from dvk.commands.openapi import check_service
from dvk.commands.rebuild import Administrator, Token
from dvk.demo.province import ADMINISTRATOR
from dvk.errors import CommandError
from dvk.language import in_words
from dvk.output import console, run, say, say_json, table

REPLAY_SECONDS_MAX: Final = 10.0
"""How long is looked for the outcome of a replay."""
LOOK_SECONDS: Final = 0.2


def parked(
    service: Annotated[str, typer.Argument(help="The service.")],
    *,
    stream: Annotated[
        str | None,
        typer.Option(
            "--replay", metavar="SUBJECT", help="Take this stream's waiting events again."
        ),
    ] = None,
    user: Administrator = ADMINISTRATOR,
    token: Token = None,
    url: Urls = None,
    as_json: AsJson = False,
) -> None:
    """List the streams a service has parked, or replay one. Exits with 1 while something is parked."""
    check_service(service)
    items = run(_parked(service, stream, user, token, url))
    if as_json:
        say_json({"items": items})
    elif not items:
        say("Không có gì bị gác lại.", "Nothing is parked.")
    else:
        columns = [
            in_words(*titles).replace("\n", " / ")
            for titles in (
                ("Dòng", "stream"),
                ("Phần", "part"),
                ("Sự kiện", "event"),
                ("Lần thử", "attempts"),
                ("Lỗi", "error"),
                ("Từ", "since"),
            )
        ]
        rows = [
            [
                item["stream"],
                item["part"],
                f"#{item['position']} {item['event_type']}",
                str(item["attempts"]),
                f"{item['error']} {item['sentence']}",
                item["since"],
            ]
            for item in items
        ]
        console().print(table(service, columns, rows))
    if items:
        raise typer.Exit(1)


async def _parked(
    service: str, stream: str | None, user: str, token: str | None, url: list[str] | None
) -> list[Json]:
    async with Api(addresses(url)) as api:
        if token is not None:
            api.use_token(user, token)
        items = await _items(api, service, user)
        if stream is None:
            return items
        waiting = {(item["stream"], item["part"]): item["attempts"] for item in items}
        if all(name != stream for name, _ in waiting):
            raise CommandError(f"{stream} không bị gác lại.", f"{stream} is not parked.")
        await api.post(service, "/admin/parked", {"stream": stream}, user=user)
        return await _outcome(api, service, user, stream, waiting)


async def _outcome(
    api: Api, service: str, user: str, stream: str, before: dict[tuple[str, str], int]
) -> list[Json]:
    """What is parked once the replay has shown an effect: gone, or one more attempt."""
    until = asyncio.get_running_loop().time() + REPLAY_SECONDS_MAX
    while True:
        items = await _items(api, service, user)
        same = any(
            item["stream"] == stream and item["attempts"] == before.get((stream, item["part"]))
            for item in items
        )
        if not same or asyncio.get_running_loop().time() > until:
            return items
        await asyncio.sleep(LOOK_SECONDS)


async def _items(api: Api, service: str, user: str) -> list[Json]:
    items: list[Json] = (await api.read(service, "/admin/parked", user=user))["items"]
    return items
