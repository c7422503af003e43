"""What audit answers to anyone: timelines, states as at a time, streams, the log."""

import base64
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.audit.domain.deciders import decode
from services.audit.domain.timeline import explain
from services.audit.readmodel import entries, organizations, roots
from services.audit.replay import TooLongError, is_ours, read_whole, replay, up_to
from shared.contracts.event import Event
from shared.contracts.metadata import Metadata, OnBehalf
from shared.domain.logentry import encode_entry
from shared.domain.time import from_microseconds
from shared.eventstore.port import START, STREAM_NAME_BYTES_MAX, StoredEvent
from shared.host.cursor import Order, PageParameters, fetch_page
from shared.host.errors import Fault, InvalidError, TooLargeError
from shared.host.lists import into
from shared.host.service import Log, NotFoundError, Page, Query

LOG_PAGE_ENTRIES_MAX: Final = 1_000
POSITION_MAX: Final = 2**63 - 1
"""And of a revision: more than the columns of a store hold can be no place in the log."""

# --- the timeline of a model --------------------------------------------------------------------


class TimelineOf(PageParameters, frozen=True, kw_only=True):
    """Whose timeline."""

    model: UUID


class _Place(msgspec.Struct, frozen=True):
    position: int
    stream: str
    revision: int


class TimelineEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An event in the story of a model: what it says, who acted for whom, and what it relied on.

    `actor` is an account's id, of a vote its pseudonym, of an automatic step `service:<name>`.
    `cites` are the ids of events of other streams. `on_behalf` is there where the organisation entered for the
    bodies it names, from the paper with that SHA-256.
    """

    position: int
    at: datetime
    stream: str
    revision: int
    event_id: UUID
    type: str
    vi: str
    en: str
    clause: str | None
    actor: str
    organization: UUID | None
    organization_name: str | None
    rules: str | None
    cites: tuple[UUID, ...]
    on_behalf: OnBehalf | None


async def get_timeline(query: Query[TimelineOf]) -> Page[TimelineEntry]:
    """Everything that concerns a model, in the order it was recorded, each step explained."""
    of_model = (
        select(entries.c.position, entries.c.stream, entries.c.revision)
        .join(roots, roots.c.stream == entries.c.root)
        .where(roots.c.model_id == str(query.parameters.model))
    )
    places = await fetch_page(
        query.read,
        of_model,
        (Order(entries.c.position),),
        query.parameters,
        into(_Place),
    )
    if not places.items and query.parameters.cursor is None:
        raise NotFoundError("model")
    events = await _events_at(query.log, places.items)
    names = await _names(query.read, events)
    return Page(items=[_told(event, names) for event in events], next=places.next)


async def _events_at(log: Log, places: Sequence[_Place]) -> list[StoredEvent]:
    """The events at these places: a read for each stream among them, in the order of the log."""
    wanted: dict[str, list[int]] = {}
    for place in places:
        wanted.setdefault(place.stream, []).append(place.revision)
    found: list[StoredEvent] = []
    for stream, revisions in wanted.items():
        first, last = revisions[0], revisions[-1]
        found += await log.read_stream(stream, after_revision=first - 1, limit=last - first + 1)
    listed = {place.position for place in places}
    return sorted(
        (event for event in found if event.position in listed), key=lambda event: event.position
    )


def _told(stored: StoredEvent, names: Mapping[UUID, str]) -> TimelineEntry:
    metadata = msgspec.json.decode(stored.metadata, type=Metadata)
    said = explain(decode(stored), names, metadata.on_behalf)
    return TimelineEntry(
        position=stored.position,
        at=from_microseconds(stored.time_us),
        stream=stored.stream,
        revision=stored.revision,
        event_id=stored.id,
        type=stored.type,
        vi=said.vi,
        en=said.en,
        clause=said.clause,
        actor=metadata.actor,
        organization=metadata.organization,
        organization_name=None
        if metadata.organization is None
        else names.get(metadata.organization),
        rules=metadata.rules,
        cites=metadata.cites,
        on_behalf=metadata.on_behalf,
    )


async def _names(read: AsyncConnection, events: Sequence[StoredEvent]) -> dict[UUID, str]:
    """The names of the organisations that occur in the events."""
    ids = {str(found) for stored in events for found in _ids_in(stored)}
    if not ids:
        return {}
    known = await read.execute(
        select(organizations).where(organizations.c.organization_id.in_(sorted(ids)))
    )
    return {UUID(row.organization_id): row.name for row in known}


def _ids_in(stored: StoredEvent) -> Iterable[UUID]:
    event: Event = decode(stored)
    yield from (value for value in msgspec.structs.astuple(event) if isinstance(value, UUID))
    metadata = msgspec.json.decode(stored.metadata, type=Metadata)
    if metadata.organization is not None:
        yield metadata.organization
    if metadata.on_behalf is not None:
        yield from metadata.on_behalf.bodies


# --- streams ------------------------------------------------------------------------------------


class AsAt(msgspec.Struct, frozen=True, kw_only=True):
    """`at` is a position of the log, or an instant like 2026-10-12T03:00:00Z; without it, now."""

    at: Annotated[str, msgspec.Meta(max_length=40)] | None = None


class StreamState(msgspec.Struct, frozen=True, kw_only=True):
    """A stream's state as at a time, as its service's own rules fold it, and the events it follows from.

    Personal data stands in it as references only.
    """

    stream: str
    revision: int
    position: int
    at: datetime
    state: msgspec.Raw
    events: tuple[UUID, ...]


async def get_stream_state(query: Query[AsAt]) -> StreamState:
    """The state of anything as at a time."""
    stream = _stream(query.path_text("stream"))
    at = _moment(query.parameters.at)
    try:
        events = up_to(await read_whole(query.log, stream), at)
    except TooLongError as error:
        raise TooLargeError(
            "Dòng sự kiện này quá dài để dựng lại trong một lần; hãy đọc từng trang sự kiện.",
            "This stream is too long to be replayed in one answer; read its events page by page.",
        ) from error
    if not events:
        raise NotFoundError("stream")
    replayed = replay(events)
    last = events[-1]
    return StreamState(
        stream=stream,
        revision=last.revision,
        position=last.position,
        at=from_microseconds(last.time_us),
        state=replayed.state,
        events=tuple(event.id for event in events),
    )


class StreamPage(msgspec.Struct, frozen=True, kw_only=True):
    """Which events of a stream: those after revision `after`."""

    after: Annotated[int, msgspec.Meta(ge=-1, le=POSITION_MAX)] = -1
    limit: Annotated[int, msgspec.Meta(ge=1, le=LOG_PAGE_ENTRIES_MAX)] = 100


class EventView(msgspec.Struct, frozen=True, kw_only=True):
    """An event as stored: `data` and `metadata` are its JSON."""

    event_id: UUID
    type: str
    revision: int
    position: int
    at: datetime
    data: msgspec.Raw
    metadata: msgspec.Raw


class StreamEvents(msgspec.Struct, frozen=True, kw_only=True):
    """Events of a stream; go on with `after` the last one's revision until none come."""

    stream: str
    events: tuple[EventView, ...]


async def list_stream_events(query: Query[StreamPage]) -> StreamEvents:
    """The events of a stream as they were stored."""
    stream, wanted = _stream(query.path_text("stream")), query.parameters
    page = await query.log.read_stream(stream, after_revision=wanted.after, limit=wanted.limit)
    if not page and wanted.after < 0:
        raise NotFoundError("stream")
    return StreamEvents(stream=stream, events=tuple(_view(event) for event in page))


def _view(stored: StoredEvent) -> EventView:
    return EventView(
        event_id=stored.id,
        type=stored.type,
        revision=stored.revision,
        position=stored.position,
        at=from_microseconds(stored.time_us),
        data=msgspec.Raw(stored.data),
        metadata=msgspec.Raw(stored.metadata),
    )


def _stream(name: str) -> str:
    if not is_ours(name) or len(name.encode()) > STREAM_NAME_BYTES_MAX:
        raise NotFoundError("stream")
    return name


def _moment(text: str | None) -> int | datetime | None:
    if text is None:
        return None
    if text.isascii() and text.isdigit():
        return int(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        vi = "at là một vị trí trong sổ, hoặc thời điểm có múi giờ như 2026-10-12T03:00:00Z."
        en = "at is a position of the log, or an instant with its zone like 2026-10-12T03:00:00Z."
        raise InvalidError(vi, en, [Fault("at", vi, en)])
    return moment


# --- the log ------------------------------------------------------------------------------------


class LogPageOf(msgspec.Struct, frozen=True, kw_only=True):
    """Which part of the log: the entries after position `after`."""

    after: Annotated[int, msgspec.Meta(ge=START, le=POSITION_MAX)] = START
    limit: Annotated[int, msgspec.Meta(ge=1, le=LOG_PAGE_ENTRIES_MAX)] = 100


class LogEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry: its position and its bytes in base64, as they are hashed."""

    position: int
    entry: str


class LogEntries(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the log; go on with `after` = `scanned_to` until no entries come."""

    entries: tuple[LogEntry, ...]
    scanned_to: int


async def read_log(query: Query[LogPageOf]) -> LogEntries:
    """The log itself, entry by entry, for whoever keeps a mirror or checks it.

    docs/reference/log-entry.md describes the bytes of an entry.
    """
    wanted = query.parameters
    page = await query.log.read_log(after=wanted.after, limit=wanted.limit)
    return LogEntries(
        entries=tuple(
            LogEntry(position=event.position, entry=base64.b64encode(encode_entry(event)).decode())
            for event in page.events
        ),
        scanned_to=page.scanned_to,
    )
