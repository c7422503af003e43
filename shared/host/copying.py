"""Handlers whose rows copy an event: a column takes the field of its name unless told otherwise.

A column without a source, or one that cannot hold its field, is found where the handler is declared.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Final, TypeVar
from uuid import UUID

import msgspec
from msgspec import inspect
from sqlalchemy import Boolean, Column, Integer, String, Table

from shared.contracts.event import Event
from shared.host.rows import Add, Patch, Put, RowChange, Value
from shared.host.service import Handler, Recorded, on

E = TypeVar("E", bound=Event)

Made = Callable[[Recorded[E]], str | int | float | bool | UUID | None]
"""Makes a value of what was recorded. An id is put as its text."""

Source = Value | Made[E]
"""Where the value of a column comes from: it is always the same, or made."""

_OF_RECORD: Final[Mapping[str, Made[Event]]] = {
    "event_id": lambda recorded: recorded.id,
    "position": lambda recorded: recorded.stored.position,
}


def recorded_at(recorded: Recorded[Event]) -> str:
    """A source: when the event was recorded, as text."""
    return recorded.at.isoformat()


def puts(event_type: type[E], table: Table, **given: Source[E]) -> Handler:
    """On `event_type` put a row: a column is what is `given`, else the event's field of its name, and
    `event_id` and `position` are the record's. A column that may be NULL and has no source is NULL.

    Fields of text, whole numbers, truth values, ids and dates are copied; anything else, an instant
    too, is `given` as the column is to hold it. Raises ValueError for what cannot be copied or given.
    """
    copied = {*_OF_RECORD, *given, *event_type.__struct_fields__}
    names = [c.name for c in table.columns if not c.nullable or c.name in copied]
    row_of = _copier(event_type, table, names, given)

    def put(recorded: Recorded[E]) -> tuple[RowChange, ...]:
        return (Put(table, row_of(recorded)),)

    return on(event_type, put)


def patches(event_type: type[E], table: Table, *copied: str, **given: Source[E]) -> Handler:
    """On `event_type` set the columns `copied` and `given`, in the row whose key the event holds in
    fields of the same names. Copies, gives and raises as `puts` does.
    """
    key_of = _key(event_type, table)
    changes_of = _copier(event_type, table, (*copied, *given), given)

    def patch(recorded: Recorded[E]) -> tuple[RowChange, ...]:
        return (Patch(table, key_of(recorded), changes_of(recorded)),)

    return on(event_type, patch)


def adds(event_type: type[E], table: Table, **amounts: int) -> Handler:
    """On `event_type` add to columns of the row whose key the event holds in fields of the same names.
    Raises as `puts` does.
    """
    key_of = _key(event_type, table)
    _check_columns(table, amounts)

    def add(recorded: Recorded[E]) -> tuple[RowChange, ...]:
        return (Add(table, key_of(recorded), amounts),)

    return on(event_type, add)


def _key(event_type: type[E], table: Table) -> Callable[[Recorded[E]], dict[str, Value]]:
    return _copier(event_type, table, table.primary_key.columns.keys(), {})


def _copier(
    event_type: type[E], table: Table, names: Sequence[str], given: Mapping[str, Source[E]]
) -> Callable[[Recorded[E]], dict[str, Value]]:
    """Makes the columns `names`. What goes where is looked up now, so that an event costs no more."""
    _check_columns(table, (*names, *given))
    fields = {field.name: field for field in _fields(event_type)}
    sources: Mapping[str, Source[E]] = {**_OF_RECORD, **given}
    copied: list[str] = []
    fixed: dict[str, Value] = {}
    made: list[tuple[str, Made[E]]] = []
    for name in names:
        if name in sources:
            source = sources[name]
            if callable(source):
                made.append((name, source))
            else:
                fixed[name] = source
        elif name in fields and _holds(table.columns[name], fields[name].type):
            copied.append(name)
        else:
            raise ValueError(f"{table.name}.{name} takes nothing of {event_type.__name__}")

    if len(copied) == 1:  # of one field attrgetter makes no tuple
        name = copied.pop()
        made.append((name, _field(name)))
    read = attrgetter(*copied) if copied else None

    def columns_of(recorded: Recorded[E]) -> dict[str, Value]:
        row = fixed.copy()
        if read is not None:
            values = msgspec.to_builtins(read(recorded.event))
            row.update(zip(copied, values))  # noqa: B905 - of one length, and to look costs an event
        for name, value_of in made:
            row[name] = msgspec.to_builtins(value_of(recorded))
        return row

    return columns_of


def _check_columns(table: Table, names: Iterable[str]) -> None:
    for name in names:
        if name not in table.columns:
            raise ValueError(f"{table.name} has no column {name}")


def _field(name: str) -> Made[Event]:
    return lambda recorded: getattr(recorded.event, name)


def _fields(event_type: type[Event]) -> tuple[inspect.Field, ...]:
    shape = inspect.type_info(event_type)
    assert isinstance(shape, inspect.StructType)
    return shape.fields


def _holds(column: Column[object], kind: inspect.Type) -> bool:
    """Whether `column` can hold every value of this type as msgspec.to_builtins turns it out."""
    match kind:
        case inspect.UnionType(types=types):
            return all(_holds(column, alternative) for alternative in types)
        case inspect.NoneType():
            return column.nullable is True
        case inspect.StrType() | inspect.UUIDType() | inspect.DateType():
            return isinstance(column.type, String)
        case inspect.LiteralType(values=values):
            return isinstance(column.type, String) and all(isinstance(v, str) for v in values)
        case inspect.BoolType():
            return isinstance(column.type, Boolean)
        case inspect.IntType():
            return isinstance(column.type, Integer)
        case _:
            return False
