"""What audit keeps: which streams concern a model, and where each of their events stands."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from sqlalchemy import BigInteger, Column, Index, MetaData, String, Table

from services.audit.domain.deciders import SOURCES
from shared.contracts.appraisal import AppraisalOpened
from shared.contracts.evaluation import BallotOpened, VoteCast
from shared.contracts.event import Event
from shared.contracts.exemplar import AwardProposed
from shared.contracts.inspection import InspectionOpened
from shared.contracts.notification import DeadlineApproached, DeadlineMissed, NoticeQueued
from shared.contracts.recognition import CaseOpened
from shared.contracts.registration import ModelRegistered, OrganizationCreated, SiteSurveyed
from shared.host.copying import puts
from shared.host.rows import Put, RowChange
from shared.host.service import Handler, ReadModel, Recorded, on

TABLES: Final = MetaData()
_ID: Final = 36
_STREAM: Final = 200

CONCERNING: Final = frozenset(
    {
        "model",
        "appraisal",
        "sitting",
        "ballot",
        "vote",
        "case",
        "award",
        "notice",
        "deadline",
        "inspection",
    }
)
"""Categories whose streams each concern one model, or none."""

roots: Final = Table(
    "roots",
    TABLES,
    Column("stream", String(_STREAM), primary_key=True),
    Column("model_id", String(_ID), nullable=False),
    Index("roots_by_model", "model_id", "stream"),
)
"""The streams that say which model they are about."""

entries: Final = Table(
    "entries",
    TABLES,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("root", String(_STREAM), nullable=False),
    Column("stream", String(_STREAM), nullable=False),
    Column("revision", BigInteger, nullable=False),
    Index("entries_by_root", "root", "position"),
)
"""Where the events stand. `root` is the stream itself, of a vote its ballot's."""

organizations: Final = Table(
    "organizations",
    TABLES,
    Column("organization_id", String(_ID), primary_key=True),
    Column("name", String(200), nullable=False),
)


def _model(event: Event) -> UUID | None:
    """The model a stream is about, where the event says it."""
    match event:
        case SiteSurveyed() | ModelRegistered():
            return event.model_id
        case AppraisalOpened() | BallotOpened() | CaseOpened() | AwardProposed() | NoticeQueued():
            return event.model
        case DeadlineApproached() | DeadlineMissed() | InspectionOpened():
            return event.model
        case _:
            return None


def _stands(recorded: Recorded[Event]) -> Iterable[RowChange]:
    event, stored = recorded.event, recorded.stored
    if stored.category not in CONCERNING:
        return
    root = f"ballot-{event.ballot_id}" if isinstance(event, VoteCast) else stored.stream
    yield Put(
        entries,
        {
            "position": stored.position,
            "root": root,
            "stream": stored.stream,
            "revision": stored.revision,
        },
    )
    model = _model(event)
    if model is not None:
        yield Put(roots, {"stream": stored.stream, "model_id": str(model)})


def _handlers() -> Iterable[Handler]:
    for source in SOURCES:
        for event_type in source.current.values():
            if event_type is OrganizationCreated:
                yield puts(OrganizationCreated, organizations)
            else:
                yield on(event_type, _stands)


READ_MODEL: Final = ReadModel(version=4, tables=TABLES, handlers=tuple(_handlers()))
