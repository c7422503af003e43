"""What registration shows of entries made on behalf of others: the metadata of a model's events tells them."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import BigInteger, Column, Index, String, Table

from services.registration.tables import ID_CHARACTERS, TABLES
from shared.contracts import registration
from shared.contracts.event import Event
from shared.host.copying import recorded_at
from shared.host.ids import paper_id
from shared.host.rows import Put, RowChange, Value
from shared.host.service import Handler, Recorded, on

entries_from_paper: Final = Table(
    "entries_from_paper",
    TABLES,
    Column("event_id", String(ID_CHARACTERS), primary_key=True),
    Column("body", String(ID_CHARACTERS), primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("event", String(60), nullable=False),
    Column("model_id", String(ID_CHARACTERS), nullable=False),
    Column("entered_by", String(ID_CHARACTERS), nullable=False),
    Column("paper_id", String(ID_CHARACTERS), nullable=False),
    Column("paper", String(64), nullable=False),
    Column("recorded_at", String(40), nullable=False),
    Index("entries_from_paper_by_time", "position", "body"),
    Index("entries_from_paper_of_model", "model_id", "position"),
    Index("entries_from_paper_of_body", "body", "position"),
)


def _entered(recorded: Recorded[Event]) -> Iterable[RowChange]:
    if not recorded.is_on_behalf:
        return
    metadata = recorded.metadata
    assert metadata.on_behalf is not None
    assert metadata.organization is not None
    row: dict[str, Value] = {
        "event_id": str(recorded.id),
        "position": recorded.stored.position,
        "event": type(recorded.event).__name__,
        "model_id": recorded.stored.stream.partition("-")[2],
        "entered_by": str(metadata.organization),
        "paper_id": str(paper_id(metadata.organization, metadata.on_behalf.paper)),
        "paper": metadata.on_behalf.paper,
        "recorded_at": recorded_at(recorded),
    }
    for body in metadata.on_behalf.bodies:
        yield Put(entries_from_paper, {**row, "body": str(body)})


HANDLERS: Final[tuple[Handler, ...]] = tuple(
    on(event_type, _entered)
    for event_type in registration.EVENTS.current.values()
    if "model_id" in event_type.__struct_fields__
)
"""Every event of a model."""
