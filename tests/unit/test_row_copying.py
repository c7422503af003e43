"""Handlers that copy events into rows: what they write, and what they refuse where they are declared."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Literal
from uuid import UUID

import pytest
from sqlalchemy import BigInteger, Boolean, Column, Integer, MetaData, String, Table

from shared.contracts.event import Event
from shared.contracts.values import Forgettable, Line, ModelId
from shared.domain.time import to_microseconds
from shared.eventstore.port import StoredEvent
from shared.host.copying import adds, patches, puts, recorded_at
from shared.host.rows import Add, Patch, Put, RowChange
from shared.host.service import Handler, Recorded

TABLES = MetaData()
things = Table(
    "things",
    TABLES,
    Column("thing_id", String(36), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("due_on", String(32)),
    Column("open", Boolean, nullable=False),
    Column("count", Integer, nullable=False),
    Column("closed_because", String(200)),
    Column("made_at", String(32), nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("event_id", String(36), nullable=False),
)


class ThingMade(Event, frozen=True):
    """Has a field for most columns, and some that no column copies."""

    thing_id: ModelId
    name: Line
    kind: Literal["large", "small"]
    due_on: date | None
    open: bool
    met_at: datetime
    person: Forgettable


class ThingClosed(Event, frozen=True):
    """Has the key, and a field that no column is named after."""

    thing_id: ModelId
    reason: Line


ID = ModelId(UUID("0f0e0d0c-0b0a-8908-8706-050403020100"))
EVENT_ID = UUID("00112233-4455-8677-8899-aabbccddeeff")
MADE = ThingMade(
    thing_id=ID,
    name="Đường hoa",
    kind="large",
    due_on=date(2026, 10, 1),
    open=True,
    met_at=datetime(2026, 1, 1, tzinfo=UTC),
    person=Forgettable(payload=ID, commitment=""),
)


def on_record(handler: Handler, event: Event) -> Sequence[RowChange]:
    """What `handler` makes of `event`, recorded at position 7."""
    stored = StoredEvent(
        id=EVENT_ID,
        type="",
        time_us=to_microseconds(datetime(2026, 9, 1, 2, 3, 4, tzinfo=UTC)),
        data=b"",
        metadata=b"",
        trace="",
        stream="thing-1",
        revision=0,
        position=7,
    )
    assert handler.event_type is type(event)
    return tuple(handler.changes(Recorded(event, stored)))


def test_a_row_is_the_fields_the_record_and_what_is_given() -> None:
    handler = puts(
        ThingMade, things, name=lambda r: r.event.name.upper(), count=0, made_at=recorded_at
    )
    assert on_record(handler, MADE) == (
        Put(
            things,
            {
                "thing_id": "0f0e0d0c-0b0a-8908-8706-050403020100",
                "name": "ĐƯỜNG HOA",
                "kind": "large",
                "due_on": "2026-10-01",
                "open": True,
                "count": 0,
                "made_at": "2026-09-01T02:03:04+00:00",
                "position": 7,
                "event_id": "00112233-4455-8677-8899-aabbccddeeff",
            },
        ),
    )


def test_a_patch_sets_what_is_named_and_nothing_else() -> None:
    copies = patches(ThingMade, things, "due_on", "open", count=1)
    assert on_record(copies, MADE) == (
        Patch(things, {"thing_id": str(ID)}, {"count": 1, "due_on": "2026-10-01", "open": True}),
    )
    closes = patches(ThingClosed, things, open=False, closed_because=lambda r: r.event.reason)
    assert on_record(closes, ThingClosed(thing_id=ID, reason="đổi")) == (
        Patch(things, {"thing_id": str(ID)}, {"open": False, "closed_because": "đổi"}),
    )


def test_an_id_that_is_made_is_put_as_its_text() -> None:
    names_its_record = patches(ThingClosed, things, closed_because=lambda r: r.id)
    assert on_record(names_its_record, ThingClosed(thing_id=ID, reason="đổi")) == (
        Patch(things, {"thing_id": str(ID)}, {"closed_because": str(EVENT_ID)}),
    )


def test_an_amount_is_added() -> None:
    assert on_record(adds(ThingClosed, things, count=2), ThingClosed(thing_id=ID, reason="x")) == (
        Add(things, {"thing_id": str(ID)}, {"count": 2}),
    )


@pytest.mark.parametrize(
    "declare,column",
    [
        (lambda: puts(ThingMade, things, made_at=recorded_at), "count"),
        (lambda: puts(ThingMade, things, made_at=recorded_at, count=0, nmae="x"), "nmae"),
        (lambda: patches(ThingClosed, things, "name"), "name"),
        (lambda: patches(ThingClosed, things, "closed_because"), "closed_because"),
        (lambda: patches(ThingClosed, things, closed=1), "closed"),
        (lambda: adds(ThingClosed, things, counts=1), "counts"),
    ],
)
def test_a_column_without_a_source_is_found_where_it_is_declared(
    declare: Callable[[], Handler], column: str
) -> None:
    with pytest.raises(ValueError, match=rf"\b{column}\b"):
        declare()


@pytest.mark.parametrize(
    "column",
    [
        pytest.param(Column("name", Integer), id="text in a number"),
        pytest.param(Column("open", Integer), id="a truth value in a number"),
        pytest.param(Column("due_on", String, nullable=False), id="maybe nothing, never NULL"),
        pytest.param(Column("person", String), id="a structure"),
        pytest.param(Column("met_at", String), id="an instant"),
    ],
)
def test_a_column_that_cannot_hold_its_field_is_found_where_it_is_declared(
    column: Column[object],
) -> None:
    key = Column[object]("thing_id", String(36), primary_key=True)
    table = Table("loose", MetaData(), key, column)
    with pytest.raises(ValueError, match=rf"loose\.{column.name}"):
        patches(ThingMade, table, column.name)
