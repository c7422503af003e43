"""`dvk replay`: anything as it was at any time, and how it came about."""

from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

import msgspec
import typer

from dvk.api import Api, Json
from dvk.commands.common import AsJson, Urls, addresses
from dvk.errors import USAGE, CommandError, RefusedByServerError
from dvk.language import in_words
from dvk.output import console, run, say_json
from shared.domain.time import VIET_NAM

_NOT_FOUND: Final = 404


class Kind(StrEnum):
    """What is replayed; `stream` takes a stream's full name."""

    MODEL = "model"
    BALLOT = "ballot"
    CASE = "case"
    STREAM = "stream"


At = Annotated[
    str | None,
    typer.Option("--at", help="As at an instant (2026-10-12T09:00+07:00) or the end of a day."),
]
Position = Annotated[
    int | None, typer.Option("--position", min=0, help="As at a position of the log.")
]


def replay(
    kind: Annotated[Kind, typer.Argument(help="model, ballot, case, or stream.")],
    name: Annotated[str, typer.Argument(metavar="ID", help="Its id, or the stream's name.")],
    *,
    at: At = None,
    position: Position = None,
    url: Urls = None,
    as_json: AsJson = False,
) -> None:
    """Show the state and the timeline of a model, ballot, case or stream, as at any time."""
    if at is not None and position is not None:
        raise CommandError(
            "Hãy dùng --at hoặc --position, không cả hai.",
            "Use --at or --position, not both.",
            USAGE,
        )
    moment = str(position) if position is not None else _instant(at)
    found = run(_replay(_stream(kind, name), moment, url))
    if as_json:
        say_json(found)
    else:
        _show(found)


def _stream(kind: Kind, name: str) -> str:
    if kind is Kind.STREAM:
        return name
    try:
        return f"{kind}-{UUID(name)}"
    except ValueError as error:
        raise CommandError(
            f"«{name}» không phải mã UUID.", f"“{name}” is no UUID.", USAGE
        ) from error


def _instant(text: str | None) -> str | None:
    """RFC 3339; a day means its end in Viet Nam, where every legal date is."""
    if text is None:
        return None
    try:
        if len(text) == len("2026-10-12"):
            at = datetime.combine(date.fromisoformat(text), time.max, VIET_NAM)
        else:
            at = datetime.fromisoformat(text)
            if at.tzinfo is None:
                at = at.replace(tzinfo=VIET_NAM)
    except ValueError as error:
        raise CommandError(
            f"«{text}» không phải thời điểm như 2026-10-12 hoặc 2026-10-12T09:00+07:00.",
            f"“{text}” is no time like 2026-10-12 or 2026-10-12T09:00+07:00.",
            USAGE,
        ) from error
    return at.astimezone(UTC).isoformat()


async def _replay(stream: str, moment: str | None, url: list[str] | None) -> Json:
    async with Api(addresses(url)) as api:
        try:
            state = await api.read("audit", f"/streams/{stream}/state", {"at": moment})
        except RefusedByServerError as error:
            if error.status != _NOT_FOUND:
                raise
            raise CommandError(
                f"Vào lúc đó chưa có {stream}.", f"There was no {stream} at that time."
            ) from error
        model = _model_of(stream, state["state"])
        timeline = (
            []
            if model is None
            else [
                step
                async for step in api.pages("audit", "/timeline", {"model": model})
                if _before(step, moment)
            ]
        )
    if not stream.startswith("model-"):
        root = stream.partition("-")[2]
        timeline = [step for step in timeline if root in step["stream"]]
    return {**state, "timeline": timeline}


def _before(step: Json, moment: str | None) -> bool:
    """Whether a step had happened by the moment asked for."""
    if moment is None:
        return True
    if moment.isdigit():
        return int(step["position"]) <= int(moment)
    return datetime.fromisoformat(step["at"]) <= datetime.fromisoformat(moment)


def _model_of(stream: str, state: Json) -> str | None:
    """The model that the stream is about."""
    category, _, rest = stream.partition("-")
    if category == "model":
        return rest
    opened = state.get("opened") or state.get("queued") or {}
    model = opened.get("model")
    return None if model is None else str(model)


def _show(found: Json) -> None:
    out = console()
    out.print(f"{found['stream']}  @ {found['at']}  (#{found['position']})", markup=False)
    told = [step for step in found["timeline"] if not step["stream"].startswith("notice-")]
    for step in told:
        at = datetime.fromisoformat(step["at"]).astimezone(VIET_NAM)
        by = step["organization_name"] or step["actor"]
        clause = f" [{step['clause']}]" if step["clause"] else ""
        out.print(f"\n{at:%d/%m/%Y %H:%M}  #{step['position']}  {by}{clause}", markup=False)
        out.print(in_words(step["vi"], step["en"]), markup=False)
    notices = len(found["timeline"]) - len(told)
    if notices:
        out.print(
            f"\n{in_words(f'{notices} bước gửi thông báo (xem --json)', f'{notices} steps of notices (see --json)')}",
            markup=False,
        )
    out.print(f"\n{in_words('Trạng thái', 'State').replace(chr(10), ' / ')}:", markup=False)
    state = msgspec.json.format(msgspec.json.encode(found["state"])).decode()
    out.print(state, markup=False)
