"""What a table's columns are called, whatever the people who keep it write above them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from shared.host.text import fold


@dataclass(frozen=True)
class Column:
    """A column: its name, its title in Vietnamese, other names, whether every row needs it."""

    name: str
    title: str
    others: tuple[str, ...] = ()
    required: bool = False
    length_max: int = 200


@dataclass(frozen=True)
class Columns:
    """The columns of one kind of table."""

    all: tuple[Column, ...]

    def __iter__(self) -> Iterator[Column]:
        return iter(self.all)

    @cached_property
    def by_name(self) -> Mapping[str, Column]:
        """The columns by name."""
        return {column.name: column for column in self.all}

    @cached_property
    def _known(self) -> Mapping[str, str]:
        return {
            _spelled(name): column.name
            for column in self.all
            for name in (column.name, column.title, *column.others)
        }

    def called(self, header: str) -> str | None:
        """The column that a header means, whatever its case, diacritics, marks or underscores."""
        return self._known.get(_spelled(header))


def _spelled(header: str) -> str:
    """Letters and digits alone: "Ngày khảo sát (*):" and "ngay_khao-sat" are one."""
    return "".join(c for c in fold(header) if c.isalnum())
