"""What a contract is made of: events with stored names, versions and upcasters."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

import msgspec

TYPE_PREFIX: Final = "dvk"


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """A fact that was recorded. Readers tolerate fields they do not know."""


class UnknownEventTypeError(Exception):
    """The stored type is not in the catalogue: a newer contract wrote it, or it belongs elsewhere."""


Upcaster = Callable[[Event], Event]


@dataclass(frozen=True)
class Catalogue:
    """The events of one service under their stored names.

    `current` maps `<EventType>.v<N>` to the struct written today. `former` maps older names to the
    struct that still decodes them and the upcaster to today's. Names are never renamed or reused;
    a golden file per name must decode for ever.
    """

    service: str
    categories: tuple[str, ...]
    current: Mapping[str, type[Event]]
    former: Mapping[str, tuple[type[Event], Upcaster]] = field(
        default_factory=lambda: MappingProxyType({})
    )

    def __post_init__(self) -> None:
        if len(set(self.current.values())) != len(self.current):
            msg = f"{self.service}: an event type stands under two names"
            raise ValueError(msg)

    @property
    def types(self) -> tuple[str, ...]:
        """Every stored type, today's and former ones."""
        return tuple(
            f"{TYPE_PREFIX}.{self.service}.{name}" for name in (*self.current, *self.former)
        )

    def type_of(self, event: Event) -> str:
        """The stored type to write `event` under. Raises UnknownEventTypeError."""
        for name, struct in self.current.items():
            if struct is type(event):
                return f"{TYPE_PREFIX}.{self.service}.{name}"
        raise UnknownEventTypeError(type(event).__name__)

    def decode(self, stored_type: str, data: bytes) -> Event:
        """The event in today's shape. Raises UnknownEventTypeError, msgspec.ValidationError."""
        name = stored_type.removeprefix(f"{TYPE_PREFIX}.{self.service}.")
        struct = self.current.get(name)
        if struct is not None:
            return msgspec.json.decode(data, type=struct)
        if name in self.former:
            old, upcast = self.former[name]
            return upcast(msgspec.json.decode(data, type=old))
        raise UnknownEventTypeError(stored_type)
