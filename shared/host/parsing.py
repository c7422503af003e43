r"""From bytes to typed requests: bounded, NFC, and every fault said in words.

Text is brought to Unicode NFC. Doing that to a JSON text as a whole is sound only while it holds no
escapes: `\n` followed by a combining acute would become `\ń`, and an escaped mark would stay apart.
So a text without `\u` that is NFC as it stands (a quick check) is parsed as it is, any other is parsed
first, its strings are normalised, and it is parsed again into the type asked for.
"""

import re
import unicodedata
from decimal import Decimal
from typing import Final, Generic, TypeVar
from urllib.parse import parse_qsl

import msgspec
from msgspec.inspect import (
    FrozenSetType,
    ListType,
    SetType,
    StructType,
    Type,
    UnionType,
    VarTupleType,
    type_info,
)

from shared.host.errors import InvalidError, MalformedError
from shared.host.faults import fault_of

R = TypeVar("R", bound=msgspec.Struct)

QUERY_FIELDS_MAX: Final = 64
INTEGER_BITS_MAX: Final = 63
"""What the integer columns of every store hold; a larger number would stop a projection."""

_LONG_NUMBER: Final = re.compile(rb"[0-9][0-9]{18}")
"""19 digits or more. Written so that the search leaps to digits: `[0-9]{19}` tries every byte."""
_EXACT_DECODER: Final = msgspec.json.Decoder(float_hook=Decimal)
_EXACT_ENCODER: Final = msgspec.json.Encoder(decimal_format="number")
"""Numbers pass through as they were written, not through a float."""

_NEVER_IN_TEXT: Final = "\0"


class JsonParser(Generic[R]):
    """Parses request bodies into `type_`."""

    def __init__(self, type_: type[R]) -> None:
        self._decoder = msgspec.json.Decoder(type_)

    def parse(self, raw: bytes) -> R:
        """The request. Raises MalformedError for what is not JSON, InvalidError for what does not fit."""
        try:
            return self._decoder.decode(raw if _plain(raw) else _cleaned(raw))
        except msgspec.ValidationError as error:
            raise _invalid(error) from error
        except msgspec.DecodeError as error:
            raise MalformedError(
                f"Nội dung không phải JSON hợp lệ: {error}.", f"The body is no valid JSON: {error}."
            ) from error
        except UnicodeDecodeError as error:
            raise MalformedError(
                f"Nội dung không phải UTF-8 (byte {error.start}).",
                f"The body is not UTF-8 (byte {error.start}).",
            ) from error
        except RecursionError as error:
            raise MalformedError(
                "JSON lồng nhau quá sâu.", "The JSON is nested too deeply."
            ) from error


class QueryParser(Generic[R]):
    """Parses query strings into `type_`. Fields that hold several values may be repeated."""

    def __init__(self, type_: type[R]) -> None:
        self._type = type_
        info = type_info(type_)
        assert isinstance(info, StructType)
        self._repeatable = {f.encode_name: _holds_several(f.type) for f in info.fields}

    def parse(self, query: bytes) -> tuple[R, str | None]:
        """The parameters, and `at_least` as it stands. Raises MalformedError, InvalidError."""
        values: dict[str, str | list[str]] = {}
        at_least = None
        for name, value in _pairs(query):
            if name == "at_least":
                at_least = value
            elif self._repeatable.get(name, False):
                several = values.setdefault(name, [])
                assert isinstance(several, list)
                several.append(value)
            elif name not in self._repeatable:
                raise InvalidError(
                    f"Không có tham số “{name}” ở đây. Có: {self._names()}.",
                    f"There is no parameter {name!r} here. There are: {self._names()}.",
                )
            elif name in values:
                raise InvalidError(
                    f"Tham số “{name}” chỉ được ghi một lần.", f"Give {name!r} once only."
                )
            else:
                values[name] = value
        try:
            return msgspec.convert(values, self._type, strict=False), at_least
        except msgspec.ValidationError as error:
            raise _invalid(error) from error

    def _names(self) -> str:
        return ", ".join((*self._repeatable, "at_least"))


def _pairs(query: bytes) -> list[tuple[str, str]]:
    if not query:
        return []
    try:
        pairs = parse_qsl(
            query.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=QUERY_FIELDS_MAX,
        )
    except UnicodeError as error:
        raise MalformedError(
            "Tham số trên địa chỉ không phải UTF-8.", "The query is not UTF-8."
        ) from error
    except ValueError as error:
        raise MalformedError(
            f"Quá nhiều tham số: tối đa {QUERY_FIELDS_MAX}.",
            f"Too many query parameters: at most {QUERY_FIELDS_MAX}.",
        ) from error
    return [(name, _clean_text(value)) for name, value in pairs]


def _holds_several(type_: Type) -> bool:
    if isinstance(type_, UnionType):
        return any(_holds_several(part) for part in type_.types)
    return isinstance(type_, ListType | SetType | FrozenSetType | VarTupleType)


def _plain(raw: bytes) -> bool:
    """Whether the bytes may be parsed as they are. Raises UnicodeDecodeError."""
    if b"\\u" in raw or _LONG_NUMBER.search(raw) is not None:
        return False
    return raw.isascii() or unicodedata.is_normalized("NFC", raw.decode())


def _cleaned(raw: bytes) -> bytes:
    raw.decode()
    return _EXACT_ENCODER.encode(_clean(_EXACT_DECODER.decode(raw)))


def _clean(value: object) -> object:
    if isinstance(value, str):
        return _clean_text(value)
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {_clean_text(name): _clean(item) for name, item in value.items()}
    if isinstance(value, int) and value.bit_length() > INTEGER_BITS_MAX:
        raise InvalidError(
            "Có một số nguyên vượt quá 64 bit.", "An integer is larger than 64 bits hold."
        )
    return value


def _clean_text(text: str) -> str:
    if _NEVER_IN_TEXT in text:
        raise InvalidError(
            "Văn bản không được chứa ký tự NUL.", "A text must not hold the NUL character."
        )
    return unicodedata.normalize("NFC", text)


def _invalid(error: msgspec.ValidationError) -> InvalidError:
    fault = fault_of(str(error))
    return InvalidError(f"{fault.vi}.", f"{fault.en}.", [fault])
