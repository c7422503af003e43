"""A small service with everything an HTTP operation can have: notebooks that organisations write."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Literal
from uuid import UUID

import httpx
import msgspec
from sqlalchemy import Column, MetaData, String, Table, select

from shared.contracts.event import Catalogue, Event
from shared.contracts.values import Forgettable, Line, Text
from shared.domain.decider import Decider, Request
from shared.domain.refusal import Refusal
from shared.domain.time import Instant
from shared.host.cursor import Order, PageParameters, fetch_page, order_for
from shared.host.issuer import User
from shared.host.policy import ANY, Grant, Parties, Role, Rules
from shared.host.process import Runtime, open_runtime
from shared.host.rows import Put, RowChange
from shared.host.service import (
    Api,
    Call,
    NotFoundError,
    Outcome,
    Page,
    Query,
    ReadModel,
    Recorded,
    Service,
    on,
)
from shared.host.settings import Settings
from shared.host.text import contains, fold

READY_SECONDS_MAX = 20.0
HOLDER = UUID("018f0000-0000-7000-8000-00000000000a")
OTHER = UUID("018f0000-0000-7000-8000-00000000000b")

# --- events, commands, rules ------------------------------------------------------------------


class NotebookOpened(Event, frozen=True):
    notebook_id: UUID
    title: Line
    holder: UUID


class NoteWritten(Event, frozen=True):
    text: Text


class NotebookClosed(Event, frozen=True):
    reason: Line


class OpinionGiven(Event, frozen=True):
    words: Forgettable


NOTEBOOKS = Catalogue(
    "notebooks",
    ("notebook",),
    {
        "NotebookOpened.v1": NotebookOpened,
        "NoteWritten.v1": NoteWritten,
        "NotebookClosed.v1": NotebookClosed,
        "OpinionGiven.v1": OpinionGiven,
    },
)


class OpenNotebookRequest(Request, frozen=True):
    title: Line
    tags: tuple[Line, ...] = ()
    starts_on: Instant | None = None

    examples: ClassVar[tuple[dict[str, object], ...]] = ({"title": "Sổ tay Tổ dân vận"},)


class OpenNotebook(OpenNotebookRequest, frozen=True, kw_only=True):
    notebook_id: UUID
    holder: UUID
    at: Instant


class WriteNoteRequest(Request, frozen=True):
    text: Text
    copies: int = 1


class WriteNote(WriteNoteRequest, frozen=True, kw_only=True):
    at: Instant


class CloseNotebookRequest(Request, frozen=True):
    reason: Line


class CloseNotebook(CloseNotebookRequest, frozen=True, kw_only=True):
    at: Instant


class GiveOpinionRequest(Request, frozen=True):
    words: Text


class GiveOpinion(Request, frozen=True):
    words: Forgettable


class Shred(Request, frozen=True):
    """Granted to nobody."""


NOTEBOOK_CLOSED = Refusal(
    "notebook-closed",
    vi="Sổ đã đóng ngày {day}: hãy mở sổ mới.",
    en="The notebook was closed on {day}: open a new one.",
    clause="II.1",
)
TOO_MANY_COPIES = Refusal(
    "too-many-copies",
    vi="Chỉ được {most} bản.",
    en="There may be {most} copies.",
    practice="notebook.copies_max",
)


class Notebook(msgspec.Struct, frozen=True):
    title: str = ""
    holder: UUID | None = None
    notes: tuple[str, ...] = ()
    closed: bool = False


def decide(state: Notebook, command: Request) -> Sequence[Event]:
    match command:
        case OpenNotebook():
            if state.holder is not None:
                return []
            return [
                NotebookOpened(
                    notebook_id=command.notebook_id, title=command.title, holder=command.holder
                )
            ]
        case WriteNote():
            if state.closed:
                raise NOTEBOOK_CLOSED(day="hôm qua")
            if command.copies > 3:
                raise TOO_MANY_COPIES(most=3)
            return [NoteWritten(text=command.text)] * command.copies
        case CloseNotebook():
            return [] if state.closed else [NotebookClosed(reason=command.reason)]
        case GiveOpinion():
            return [OpinionGiven(words=command.words)]
    raise AssertionError(command)


def evolve(state: Notebook, event: Event) -> Notebook:
    match event:
        case NotebookOpened():
            return Notebook(event.title, event.holder)
        case NoteWritten():
            return msgspec.structs.replace(state, notes=(*state.notes, event.text))
        case NotebookClosed():
            return msgspec.structs.replace(state, closed=True)
    return state


NOTEBOOK: Decider[Notebook, Any, Any] = Decider(
    category="notebook",
    initial_state=Notebook(),
    decide=decide,
    evolve=evolve,
    commands={
        "open-notebook": OpenNotebook,
        "write-note": WriteNote,
        "close-notebook": CloseNotebook,
        "give-opinion": GiveOpinion,
        "shred": Shred,
    },
)


def parties(state: Notebook, command: Request) -> Parties:
    holder = command.holder if isinstance(command, OpenNotebook) else state.holder
    return {"holder": [holder] if holder is not None else []}


RULES: Rules[Notebook, Any, Any] = Rules(
    NOTEBOOK,
    parties,
    {
        OpenNotebook: (Grant(Role.REGISTRANT, "holder"),),
        WriteNote: (Grant(Role.REGISTRANT, "holder"),),
        CloseNotebook: (Grant(Role.REGISTRANT, "holder"), Grant(Role.ADMINISTRATOR, ANY)),
        GiveOpinion: (Grant(Role.PUBLIC, ANY),),
    },
)

# --- read model ---------------------------------------------------------------------------------

_TABLES = MetaData()
_SHELF = Table(
    "shelf",
    _TABLES,
    Column("id", String, primary_key=True),
    Column("title", String, nullable=False),
    Column("folded", String, nullable=False),
)


def _opened(recorded: Recorded[NotebookOpened]) -> Iterable[RowChange]:
    event = recorded.event
    row = {"id": str(event.notebook_id), "title": event.title, "folded": fold(event.title)}
    yield Put(_SHELF, row)


# --- HTTP ---------------------------------------------------------------------------------------


class NotebookView(msgspec.Struct, frozen=True):
    id: UUID
    title: str
    notes: list[str]
    revision: int


class ShelfItem(msgspec.Struct, frozen=True):
    id: str
    title: str


class ShelfParameters(PageParameters, frozen=True, kw_only=True):
    q: str = ""
    sort: Literal["title", "id"] = "title"
    title: tuple[str, ...] = ()


class NoParameters(msgspec.Struct, frozen=True):
    pass


async def open_notebook(call: Call[OpenNotebookRequest]) -> Outcome:
    """Open a notebook

    It belongs to the caller's organisation.
    """
    holder = call.actor.organization
    assert holder is not None
    command = OpenNotebook(
        **msgspec.structs.asdict(call.body), notebook_id=call.new_id, holder=holder, at=call.now
    )
    return await call.execute(NOTEBOOK, call.new_id, command, rules="rules-4")


async def write_note(call: Call[WriteNoteRequest]) -> Outcome:
    """Write a note"""
    command = WriteNote(**msgspec.structs.asdict(call.body), at=call.now)
    return await call.execute(NOTEBOOK, call.path_id("notebook_id"), command, rules="rules-4")


async def close_notebook(call: Call[CloseNotebookRequest]) -> Outcome:
    """Close a notebook"""
    command = CloseNotebook(reason=call.body.reason, at=call.now)
    return await call.execute(NOTEBOOK, call.path_id("notebook_id"), command)


async def give_opinion(call: Call[GiveOpinionRequest]) -> Outcome:
    """Say what you think of a notebook"""
    words = await call.keep("words", call.body.words.encode())
    command = GiveOpinion(words=words)
    return await call.execute(NOTEBOOK, call.path_id("notebook_id"), command)


async def shred_notebook(call: Call[CloseNotebookRequest]) -> Outcome:
    """Shred a notebook"""
    return await call.execute(NOTEBOOK, call.path_id("notebook_id"), Shred())


async def read_notebook(query: Query[NoParameters]) -> NotebookView:
    """A notebook as it stands"""
    notebook_id = query.path_id("notebook_id")
    loaded = await query.load(NOTEBOOK, notebook_id)
    if loaded.state.holder is None:
        raise NotFoundError("notebook")
    return NotebookView(notebook_id, loaded.state.title, list(loaded.state.notes), loaded.revision)


async def list_notebooks(query: Query[ShelfParameters]) -> Page[ShelfItem]:
    """The notebooks there are"""
    wanted = query.parameters
    rows = select(_SHELF).where(_SHELF.c.folded.like(contains(wanted.q), escape="\\"))
    if wanted.title:
        rows = rows.where(_SHELF.c.title.in_(wanted.title))
    orders = {
        "title": (Order(_SHELF.c.folded), Order(_SHELF.c.id)),
        "id": (Order(_SHELF.c.id, descending=True),),
    }
    return await fetch_page(
        query.read,
        rows,
        order_for(wanted.sort, orders),
        wanted,
        lambda row: ShelfItem(row.id, row.title),
    )


async def list_for_auditors(query: Query[ShelfParameters]) -> Page[ShelfItem]:
    """The notebooks, for those who audit"""
    return await list_notebooks(query)


async def break_down(query: Query[NoParameters]) -> NotebookView:
    """Fails in a way nobody thought of"""
    raise ZeroDivisionError("a secret of the inside")


def routes(api: Api) -> None:
    one = "/notebooks/{notebook_id}"
    api.write(
        "/notebooks",
        OpenNotebookRequest,
        open_notebook,
        command=OpenNotebook,
        tag="notebooks",
        creates=True,
    )
    api.write(f"{one}/notes", WriteNoteRequest, write_note, command=WriteNote, tag="notes")
    api.write(
        f"{one}/close", CloseNotebookRequest, close_notebook, command=CloseNotebook, tag="notebooks"
    )
    api.write(
        f"{one}/opinions", GiveOpinionRequest, give_opinion, command=GiveOpinion, tag="opinions"
    )
    api.write(f"{one}/shred", CloseNotebookRequest, shred_notebook, command=Shred, tag="notebooks")
    api.read(one, NoParameters, read_notebook, answer=NotebookView, tag="notebooks", public=True)
    api.read(
        "/notebooks",
        ShelfParameters,
        list_notebooks,
        answer=Page[ShelfItem],
        tag="notebooks",
        public=True,
    )
    api.read(
        "/audit",
        ShelfParameters,
        list_for_auditors,
        answer=Page[ShelfItem],
        tag="audit",
        roles=[Role.AUDITOR],
    )
    api.read("/broken", NoParameters, break_down, answer=NotebookView, tag="broken", public=True)


SERVICE = Service(
    name="notebooks",
    catalogue=NOTEBOOKS,
    rules=(RULES,),
    consumes=(),
    read_model=ReadModel(1, _TABLES, (on(NotebookOpened, _opened),)),
    reactions=(),
    schedules=(),
    routes=routes,
)

# --- running it ---------------------------------------------------------------------------------

USERS = (
    User(user="hoa", subject="user-hoa", roles=(Role.REGISTRANT,), organization=HOLDER),
    User(
        user="an",
        subject="user-an",
        roles=(Role.REGISTRANT,),
        organization=OTHER,
        password="mật khẩu",
    ),
    User(user="root", subject="user-root", roles=(Role.ADMINISTRATOR,)),
    User(user="audit", subject="user-audit", roles=(Role.AUDITOR,)),
)


def key(number: int) -> str:
    """The idempotency key of this number."""
    return str(UUID(int=(0x018F << 112) | (7 << 76) | (2 << 62) | number))


def settings_in(folder: Path, **values: object) -> Settings:
    """Settings of an embedded process on a free port."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "users.json").write_bytes(msgspec.json.encode(USERS))
    return Settings.of({"data_dir": folder, "port": 0, **values})


@dataclass
class Client:
    """Speaks to a running process as one user, or as nobody."""

    http: httpx.AsyncClient
    token: str = ""
    language: str = "en"
    fresh: list[int] = field(default_factory=lambda: [0])

    async def signed_in(self, user: str, password: str = "") -> "Client":
        body = {"user": user, "password": password}
        answer = await self.http.post("/identity/token", json=body)
        assert answer.status_code == 200, answer.text
        return Client(self.http, answer.json()["access_token"], self.language, self.fresh)

    async def send(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        key: str | None = None,
        raw: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> httpx.Response:
        sent = {"accept-language": self.language, **(headers or {})}
        if self.token:
            sent["authorization"] = f"Bearer {self.token}"
        if key is not None:
            sent["idempotency-key"] = key
        content = raw if raw is not None else (msgspec.json.encode(body) if body else None)
        if content is not None:
            sent.setdefault("content-type", "application/json")
        return await self.http.request(method, path, content=content, headers=sent)

    async def post(self, path: str, body: object = None, **more: Any) -> httpx.Response:  # noqa: ANN401
        return await self.send("POST", f"/notebooks{path}", body, **more)

    async def get(self, path: str, **more: Any) -> httpx.Response:  # noqa: ANN401
        return await self.send("GET", f"/notebooks{path}", **more)

    async def notebook(self, title: str = "Sổ tay") -> str:
        answer = await self.post("/notebooks", {"title": title})
        assert answer.status_code == 201, answer.text
        identifier: str = answer.json()["id"]
        return identifier

    async def ready(self) -> None:
        """Wait until the process says that it is ready."""
        async with asyncio.timeout(READY_SECONDS_MAX):
            while (await self.http.get("/health/ready")).status_code != 200:  # noqa: ASYNC110
                await asyncio.sleep(0.05)


@asynccontextmanager
async def following(runtime: Runtime, client: Client) -> AsyncIterator[None]:
    """The workers run, and are ready.

    Cancelled while it still opens its first connections, a worker would leave one to the garbage
    collector, which is worth a warning.
    """
    workers = [asyncio.create_task(worker.run()) for worker in runtime.workers]
    try:
        await client.ready()
        yield
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)


@asynccontextmanager
async def serving(runtime: Runtime) -> AsyncIterator[Client]:
    """A client that drives the application directly, without a socket."""
    transport = httpx.ASGITransport(app=runtime.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://dvk.test") as http:
        yield Client(http)


@asynccontextmanager
async def notebooks_in(folder: Path, **values: object) -> AsyncIterator[tuple[Runtime, Client]]:
    """The service in `folder`, without workers running."""
    async with (
        open_runtime([SERVICE], settings_in(folder, **values)) as runtime,
        serving(runtime) as client,
    ):
        yield runtime, client
