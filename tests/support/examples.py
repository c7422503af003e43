"""Makes an example of any contract from its type alone: the same type gives the same example."""

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import singledispatch
from typing import Annotated
from uuid import UUID

import msgspec
import msgspec.inspect as mi

TEXTS = ("Vận động nhân dân hiến đất làm đường", "I.1.1-2", "don-vi@example.vn")


def example(type_: type[msgspec.Struct]) -> msgspec.Struct:
    """An example with every optional field filled."""
    value = _value(mi.type_info(type_))
    return msgspec.convert(value, type_)


@singledispatch
def _value(info: mi.Type) -> object:
    raise TypeError(f"no example for {info}")


@_value.register
def _(info: mi.StructType) -> object:
    return {field.encode_name: _value(field.type) for field in info.fields}


@_value.register
def _(info: mi.StrType) -> object:
    for text in TEXTS:
        try:
            return msgspec.convert(text, msgspec_str(info))
        except msgspec.ValidationError:
            continue
    raise TypeError(f"no text for {info}")


def msgspec_str(info: mi.StrType) -> object:
    """The annotated type that `info` describes."""
    return Annotated[
        str,
        msgspec.Meta(min_length=info.min_length, max_length=info.max_length, pattern=info.pattern),
    ]


@_value.register
def _(_info: mi.BytesType) -> object:
    return b"%PDF-1.7"


@_value.register
def _(info: mi.IntType) -> object:
    return 2026 if info.ge is None else max(info.ge, min(7, info.le or 7))


@_value.register
def _(_info: mi.BoolType) -> object:
    return True


@_value.register
def _(_info: mi.UUIDType) -> object:
    return str(UUID("01a5e3c0-7000-7abc-8def-0123456789ab"))


@_value.register
def _(_info: mi.DateType) -> object:
    return date(2026, 10, 1).isoformat()


@_value.register
def _(_info: mi.DateTimeType) -> object:
    return datetime(2026, 10, 1, 1, 2, 3, 456789, tzinfo=UTC).isoformat()


@_value.register
def _(_info: mi.DecimalType) -> object:
    return str(Decimal("1647.5"))


@_value.register
def _(info: mi.LiteralType) -> object:
    return min(info.values, key=str)


@_value.register
def _(info: mi.UnionType) -> object:
    return _value(next(kind for kind in info.types if not isinstance(kind, mi.NoneType)))


@_value.register
def _(info: mi.VarTupleType) -> object:
    return [_value(info.item_type)]


@_value.register
def _(info: mi.Metadata) -> object:
    return (info.extra_json_schema or {}).get("examples", [None])[0] or _value(info.type)
