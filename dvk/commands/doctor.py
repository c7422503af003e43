"""`dvk doctor`: what is configured, what answers, what lags, and what to do about it."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Final

import msgspec
import typer
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from dvk.api import Addresses, Api
from dvk.commands.common import AsJson, Urls
from dvk.errors import UnreachableError
from dvk.language import in_words
from dvk.output import console, run, say_json
from shared.eventstore.esdb import EventStoreDbEventStore
from shared.host.outage import is_outage
from shared.host.process import open_bus, open_store
from shared.host.settings import Settings

CHECK_SECONDS_MAX: Final = 10.0
FREE_BYTES_MIN: Final = 1024**3
"""Less free space than this is a warning: a log that cannot grow stops every service."""
_OK: Final = 200


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What a check found, and what to do where it found something wrong."""

    check: str
    ok: bool
    vi: str
    en: str


def doctor(*, url: Urls = None, as_json: AsJson = False) -> None:
    """Check the settings, the server, and what it depends on. Exits with 1 when something is wrong."""
    settings = Settings.load()
    found = run(_findings(settings, Addresses.of(url or [], settings.address)))
    if as_json:
        say_json(found)
    else:
        for finding in found:
            sentence = in_words(finding.vi, finding.en).replace("\n", "\n     ")
            mark = "ok " if finding.ok else "!! "
            console().print(f"{mark}  {finding.check}: {sentence}", markup=False)
    if not all(finding.ok for finding in found):
        raise typer.Exit(1)


async def _findings(settings: Settings, addresses: Addresses) -> list[Finding]:
    found = [
        Finding(
            check="settings",
            ok=True,
            vi=f"hợp lệ ({settings.environment}); xem: dvk config",
            en=f"valid ({settings.environment}); see: dvk config",
        )
    ]
    serving = False
    async with Api(addresses) as api:
        for address in addresses.processes:
            async for finding in _server(api, address):
                serving = serving or (finding.ok and finding.check.startswith("server"))
                found.append(finding)
    found += [_space(settings.data_dir)]
    # An embedded store has one process: while the server has it, the server tells of it.
    if not (serving and settings.store_url.startswith("sqlite:")):
        found.append(await _asked("event store", lambda: _store(settings)))
    if not settings.bus_url.startswith("inprocess:"):
        found.append(await _asked("bus", lambda: _bus(settings)))
    if settings.databases_url.startswith("postgresql"):
        found.append(await _asked("database", lambda: _database(settings)))
    return found


# --- the server -------------------------------------------------------------------------------


async def _server(api: Api, address: str) -> AsyncIterator[Finding]:
    try:
        answer = await api.look(f"{address}/health/ready")
    except UnreachableError:
        yield Finding(
            check=f"server {address}",
            ok=False,
            vi="không trả lời. Hãy khởi động: dvk serve (hoặc dvk serve --demo), hoặc nêu --url.",
            en="does not answer. Start it: dvk serve (or dvk serve --demo), or name it with --url.",
        )
        return
    yield Finding(
        check=f"server {address}",
        ok=answer.status_code == _OK,
        vi="sẵn sàng."
        if answer.status_code == _OK
        else "đang chạy nhưng chưa sẵn sàng; xem bên dưới.",
        en="ready." if answer.status_code == _OK else "runs but is not ready; see below.",
    )
    for name, check in msgspec.json.decode(answer.content)["checks"].items():
        if not check["ok"]:
            reasons = "; ".join(check["reasons"])
            yield Finding(
                check=name,
                ok=False,
                vi=f"{reasons}. {_TO_DO_VI.get(name, _FOLLOW_VI)}",
                en=f"{reasons}. {_TO_DO_EN.get(name, _FOLLOW_EN)}",
            )
    async for finding in _figures(api, address):
        yield finding


_TO_DO_VI: Final = {
    "store": "Hãy xem kho sự kiện có chạy và DVK_EVENT_STORE_URL có đúng không.",
    "bus": "Hãy xem RabbitMQ có chạy và DVK_BUS_URL có đúng không.",
}
_TO_DO_EN: Final = {
    "store": "See whether the event store runs and DVK_EVENT_STORE_URL is right.",
    "bus": "See whether RabbitMQ runs and DVK_BUS_URL is right.",
}
_FOLLOW_VI: Final = "Dịch vụ tự bắt kịp; nếu không giảm, xem nhật ký và dvk parked."
_FOLLOW_EN: Final = (
    "The service catches up by itself; where it does not, see the log and dvk parked."
)


async def _figures(api: Api, address: str) -> AsyncIterator[Finding]:
    """Parked subjects and lags, as the metrics tell them."""
    answer = await api.look(f"{address}/metrics")
    for line in answer.text.splitlines():
        name, _, value = line.rpartition(" ")
        if name.startswith("dvk_parked_subjects{") and float(value) > 0:
            service = name.partition('service="')[2].partition('"')[0]
            yield Finding(
                check=f"parked {service}",
                ok=False,
                vi=f"{float(value):.0f} dòng sự kiện bị gác lại. Hãy xem: dvk parked {service}",
                en=f"{float(value):.0f} streams are parked. See: dvk parked {service}",
            )


# --- what the settings name -------------------------------------------------------------------


def _space(folder: Path) -> Finding:
    place = folder.absolute()
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    enough = free >= FREE_BYTES_MIN
    return Finding(
        check="disk",
        ok=enough,
        vi=f"còn {free / 1024**3:.1f} GiB tại {place}." + ("" if enough else " Hãy dọn bớt."),
        en=f"{free / 1024**3:.1f} GiB free at {place}." + ("" if enough else " Make room."),
    )


async def _asked(check: str, ask: Callable[[], Awaitable[Finding]]) -> Finding:
    try:
        async with asyncio.timeout(CHECK_SECONDS_MAX):
            return await ask()
    except Exception as error:
        known = is_outage(error) or isinstance(error, ValueError | TimeoutError | OSError)
        if not known:
            raise
        return Finding(
            check=check,
            ok=False,
            vi=f"không dùng được ({type(error).__name__}): hãy xem nó có chạy và địa chỉ có đúng không.",
            en=f"cannot be used ({type(error).__name__}): see whether it runs and its address is right.",
        )


async def _store(settings: Settings) -> Finding:
    url = settings.store_url
    if url.startswith("sqlite:"):
        file = Path(make_url(url).database or "")
        if not await asyncio.to_thread(file.exists):
            return _fine("event store", f"{file} chưa có.", f"{file} is made at the first start.")
    store = await open_store(url)
    try:
        head = await store.head()
        problems = await store.audit_settings() if isinstance(store, EventStoreDbEventStore) else []
    finally:
        await store.close()
    if problems:
        told = "; ".join(problems)
        return Finding(
            check="event store",
            ok=False,
            vi=f"{told}. Sổ phải còn nguyên: hãy bỏ thiết lập đó và đối chiếu với một bản sao.",
            en=f"{told}. The log must stay whole: remove the setting, and compare with a mirror.",
        )
    return _fine("event store", f"trả lời, tới vị trí {head}.", f"answers, up to position {head}.")


async def _bus(settings: Settings) -> Finding:
    bus = open_bus(settings.bus_url)
    try:
        if not await bus.reachable():
            raise ConnectionError("bus")
    finally:
        await bus.close()
    return _fine("bus", "trả lời.", "answers.")


async def _database(settings: Settings) -> Finding:
    url = make_url(settings.databases_url).set(drivername="postgresql+asyncpg")
    engine = create_async_engine(url)
    try:
        async with engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
    finally:
        await engine.dispose()
    return _fine("database", "trả lời.", "answers.")


def _fine(check: str, vi: str, en: str) -> Finding:
    return Finding(check=check, ok=True, vi=vi, en=en)
