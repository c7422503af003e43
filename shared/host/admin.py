"""What an administrator does to a running service: rebuild its read model, replay what is parked, find what is
kept of a person.

    POST /<service>/admin/rebuild   begin; a rebuild under way goes on       → RebuildState
    GET  /<service>/admin/rebuild   how far it is                            → RebuildState
    GET  /<service>/admin/parked    the subjects that wait, oldest first     → ParkedSubjects
    POST /<service>/admin/parked    take a subject's waiting events again    → ParkedSubjects
    POST /<service>/admin/personal-data   pieces of personal data that hold a text  → Pieces

They are operations of the process, for one with the role administrator alone, and appear in no event.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Final, Literal
from uuid import UUID

import msgspec
import structlog

from shared.domain.time import from_microseconds
from shared.host.asgi import Reply, read_body
from shared.host.authority import forbidden
from shared.host.endpoints import Endpoint, Exchange, signed_in
from shared.host.errors import StandbyError
from shared.host.identity import Verifier
from shared.host.outage import is_outage
from shared.host.parking import ParkedSubject
from shared.host.parsing import JsonParser
from shared.host.policy import Actor, Role
from shared.host.rebuild import Progress
from shared.host.service import NotFoundError
from shared.host.vault import SEARCHED_MAX, Vault
from shared.host.worker import Worker

BODY_BYTES_MAX: Final = 4_096
SEARCH_CHARACTERS_MIN: Final = 3

_LOG = structlog.get_logger("dvk.admin")


class RebuildState(msgspec.Struct, frozen=True, kw_only=True):
    """How a rebuild is: events taken, the position they reach, the end of the log when it began.
    `error` names what ended a failed one; beginning again goes on from its last batch.
    """

    state: Literal["idle", "running", "done", "failed"] = "idle"
    events: int = 0
    position: int = 0
    head: int = 0
    error: str | None = None


class ParkedView(msgspec.Struct, frozen=True, kw_only=True):
    """A subject that waits: its event at `revision` failed, later ones of the stream queue behind it."""

    stream: str
    part: Literal["projection", "reaction"]
    revision: int
    position: int
    event_type: str
    attempts: int
    error: str
    sentence: str
    since: datetime


class ParkedSubjects(msgspec.Struct, frozen=True):
    """What a service has parked, oldest event first."""

    items: tuple[ParkedView, ...]


class ReplayForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose waiting events are taken again."""

    stream: str


class SearchForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A name, an address, an account: in the body, for addresses are written down in logs."""

    text: Annotated[str, msgspec.Meta(min_length=SEARCH_CHARACTERS_MIN, max_length=200)]


class Piece(msgspec.Struct, frozen=True):
    """Something personal that is kept, by the id to erase it with."""

    payload_id: UUID
    content: str


class Pieces(msgspec.Struct, frozen=True):
    """What was found; `complete` is false where there may be more."""

    items: tuple[Piece, ...]
    complete: bool


class Admin:
    """The administrator's operations on one service of this process."""

    def __init__(self, worker: Worker, verifier: Verifier, vault: Vault) -> None:
        self._worker = worker
        self._verifier = verifier
        self._vault = vault
        self._search: JsonParser[SearchForm] = JsonParser(SearchForm)
        self._replay: JsonParser[ReplayForm] = JsonParser(ReplayForm)
        self._state = RebuildState()
        self._rebuilding: asyncio.Task[None] | None = None

    def endpoints(self) -> Mapping[tuple[str, str], Endpoint]:
        """What the service's application adds, by method and path."""
        return {
            ("POST", "/admin/rebuild"): self._begin_rebuild,
            ("GET", "/admin/rebuild"): self._rebuild_state,
            ("GET", "/admin/parked"): self._parked,
            ("POST", "/admin/parked"): self._replay_parked,
            ("POST", "/admin/personal-data"): self._find_personal_data,
        }

    async def close(self) -> None:
        """End a rebuild that runs. What it has built is kept: the next start goes on with it."""
        if self._rebuilding is not None:
            self._rebuilding.cancel()
            await asyncio.gather(self._rebuilding, return_exceptions=True)

    async def _begin_rebuild(self, exchange: Exchange) -> Reply:
        await self._permit(exchange)
        if self._rebuilding is None or self._rebuilding.done():
            if not (await self._worker.readiness()).active:
                raise StandbyError(
                    "Tiến trình này đang dự phòng: hãy gửi tới tiến trình đang hoạt động của dịch vụ.",
                    "This process stands by: ask the one whose worker is active for this service.",
                )
            self._state = RebuildState(state="running")
            self._rebuilding = asyncio.create_task(self._rebuild())
        return _answer(self._state, 202)

    async def _rebuild(self) -> None:
        def seen(progress: Progress) -> None:
            self._state = msgspec.structs.replace(
                self._state,
                events=progress.events,
                position=progress.position,
                head=progress.head,
            )

        try:
            await self._worker.rebuild(seen)
        except Exception as error:  # noqa: BLE001 - told by the state and, unless an outage, logged
            # A crash or an outage leaves what was built: begun again, it goes on from there.
            self._state = msgspec.structs.replace(
                self._state, state="failed", error=type(error).__name__
            )
            if not is_outage(error):
                _LOG.error("rebuild_failed", exc_info=error)
            return
        self._state = msgspec.structs.replace(self._state, state="done")

    async def _rebuild_state(self, exchange: Exchange) -> Reply:
        await self._permit(exchange)
        return _answer(self._state)

    async def _parked(self, exchange: Exchange) -> Reply:
        await self._permit(exchange)
        return _answer(await self._subjects())

    async def _replay_parked(self, exchange: Exchange) -> Reply:
        await self._permit(exchange)
        raw = await read_body(exchange.receive, exchange.headers, BODY_BYTES_MAX)
        stream = self._replay.parse(raw).stream
        subjects = await self._subjects()
        if all(subject.stream != stream for subject in subjects.items):
            raise NotFoundError("parked subject")
        await self._worker.parking.replay(stream)
        return _answer(subjects, 202)

    async def _subjects(self) -> ParkedSubjects:
        return ParkedSubjects(tuple(_view(parked) for parked in await self._worker.parking.list()))

    async def _find_personal_data(self, exchange: Exchange) -> Reply:
        actor = await self._permit(exchange)
        raw = await read_body(exchange.receive, exchange.headers, BODY_BYTES_MAX)
        found = await self._vault.search(self._search.parse(raw).text)
        # Who looked is kept, what for is not: the text is personal itself.
        _LOG.info("personal_data_searched", actor=actor.subject, found=len(found))
        pieces = tuple(Piece(payload, content) for payload, content in found)
        return _answer(Pieces(pieces, complete=len(pieces) < SEARCHED_MAX))

    async def _permit(self, exchange: Exchange) -> Actor:
        """The administrator who calls. Raises UnauthenticatedError or ForbiddenError for anybody else."""
        actor = signed_in(await self._verifier.actor(exchange.headers.get(b"authorization")))
        if Role.ADMINISTRATOR not in actor.roles:
            raise forbidden()
        return actor


def _view(parked: ParkedSubject) -> ParkedView:
    subject = parked.subject
    return ParkedView(
        stream=subject.stream,
        part=parked.part,
        revision=subject.revision,
        position=subject.position,
        event_type=subject.event_type,
        attempts=subject.attempts,
        error=subject.error,
        sentence=subject.sentence,
        since=from_microseconds(subject.since_us),
    )


def _answer(document: msgspec.Struct, status: int = 200) -> Reply:
    reply = Reply(status, msgspec.json.encode(document))
    reply.headers.append((b"cache-control", b"no-store"))
    return reply
