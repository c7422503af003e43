"""What an administrator does to a running service over HTTP: rebuild, see what is parked, replay it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shared.host.process import open_runtime
from shared.host.rows import RowChange
from shared.host.service import ReadModel, Recorded, on
from tests.support.notebooks import (
    SERVICE,
    Client,
    NotebookOpened,
    following,
    notebooks_in,
    serving,
    settings_in,
)

SECONDS_MAX = 10.0
BAD = "cannot be taken"


class BrokenError(Exception):
    """A handler that is wrong about one event."""


class Handler:
    """Takes notebooks as the service does, but for one title until it is repaired."""

    def __init__(self) -> None:
        self.broken = True
        self._takes = SERVICE.read_model.handlers[0].changes

    def __call__(self, recorded: Recorded[NotebookOpened]) -> Iterable[RowChange]:
        if self.broken and recorded.event.title == BAD:
            raise BrokenError
        return self._takes(recorded)


@asynccontextmanager
async def administered(folder: Path, handler: Handler) -> AsyncIterator[tuple[Client, Client]]:
    """A running service, seen by an administrator and by a registrant."""
    tables = SERVICE.read_model.tables
    service = replace(SERVICE, read_model=ReadModel(1, tables, (on(NotebookOpened, handler),)))
    async with (
        open_runtime([service], settings_in(folder)) as runtime,
        serving(runtime) as client,
        following(runtime, client),
    ):
        yield await client.signed_in("root"), await client.signed_in("hoa")


async def eventually(
    client: Client, path: str, holds: Callable[[dict[str, Any]], bool]
) -> dict[str, Any]:
    async with asyncio.timeout(SECONDS_MAX):
        while True:
            document: dict[str, Any] = (await client.get(path)).json()
            if holds(document):
                return document
            await asyncio.sleep(0.02)


async def test_a_rebuild_runs_beside_the_service_and_tells_how_far_it_is(tmp_path: Path) -> None:
    handler = Handler()
    async with administered(tmp_path, handler) as (root, hoa):
        assert (await root.get("/admin/rebuild")).json()["state"] == "idle"
        for number in range(5):
            await hoa.notebook(f"Sổ {number}")
        started = await root.post("/admin/rebuild")
        assert (started.status_code, started.json()["state"]) == (202, "running")
        done = await eventually(root, "/admin/rebuild", lambda state: state["state"] != "running")
        assert (done["state"], done["events"], done["error"]) == ("done", 5, None)
        assert len((await hoa.get("/notebooks")).json()["items"]) == 5


async def test_a_parked_subject_is_listed_and_replayed_once_it_can_be_taken(tmp_path: Path) -> None:
    handler = Handler()
    async with administered(tmp_path, handler) as (root, hoa):
        stream = f"notebook-{await hoa.notebook(BAD)}"
        parked = await eventually(root, "/admin/parked", lambda found: bool(found["items"]))
        (subject,) = parked["items"]
        assert (subject["stream"], subject["part"], subject["attempts"]) == (
            stream,
            "projection",
            1,
        )
        assert (subject["error"], BAD in subject["sentence"]) == ("BrokenError", False)

        assert (await root.post("/admin/parked", {"stream": stream})).status_code == 202
        await eventually(root, "/admin/parked", lambda found: found["items"][0]["attempts"] == 2)

        handler.broken = False
        await root.post("/admin/parked", {"stream": stream})
        await eventually(root, "/admin/parked", lambda found: not found["items"])
        assert [item["title"] for item in (await hoa.get("/notebooks")).json()["items"]] == [BAD]
        unknown = await root.post("/admin/parked", {"stream": stream})
        assert unknown.status_code == 404


@pytest.mark.parametrize("path", ["/admin/rebuild", "/admin/parked"])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_nobody_but_an_administrator(tmp_path: Path, method: str, path: str) -> None:
    async with notebooks_in(tmp_path) as (_, client):
        address = f"/notebooks{path}"
        assert (await client.send(method, address)).status_code == 401
        for user in ("hoa", "audit"):
            assert (await (await client.signed_in(user)).send(method, address)).status_code == 403


async def test_a_process_that_stands_by_says_so(tmp_path: Path) -> None:
    async with notebooks_in(tmp_path) as (_, client):
        root = await client.signed_in("root")
        refused = await root.post("/admin/rebuild")
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
        assert "stands by" in refused.json()["detail"]
