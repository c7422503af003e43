"""The bodies that are there, by everything a cell may name them by."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final
from uuid import UUID

from dvk.api import Api, Json
from dvk.importing.checking import CheckedCells
from shared.contracts.values import LineKind
from shared.host.text import fold

SUGGESTIONS_MAX: Final = 3


@dataclass(frozen=True)
class KnownBody:
    """A body as the list of organisations has it today, or as a table that is read enters it."""

    id: UUID
    code: str | None
    name: str
    kind: str
    level: str
    place: str
    category: str | None
    superiors: Mapping[LineKind, UUID]
    ended: bool = False
    established_on: date | None = None
    """As the table says it; of a body that is there the server knows."""

    @classmethod
    def of(cls, row: Json) -> "KnownBody":
        """From a row of the list of organisations."""
        lines: tuple[LineKind, ...] = ("party", "vertical", "territory")
        return cls(
            id=UUID(row["organization_id"]),
            code=row["code"],
            name=row["name"],
            kind=row["kind"],
            level=row["level"],
            place=row["place"],
            category=row["category"],
            superiors={
                line: UUID(row[f"{line}_superior"])
                for line in lines
                if row[f"{line}_superior"] is not None
            },
            ended=row["ended_on"] is not None,
        )


@dataclass(frozen=True)
class KnownBodies:
    """All of them, by id."""

    by_id: Mapping[UUID, KnownBody]

    @classmethod
    def of(cls, bodies: Iterable[KnownBody]) -> "KnownBodies":
        """The last of each id."""
        return cls({body.id: body for body in bodies})

    @cached_property
    def by_code(self) -> Mapping[str, KnownBody]:
        """Bodies that have a code; no two share one."""
        return {body.code: body for body in self.by_id.values() if body.code is not None}

    @cached_property
    def by_name(self) -> Mapping[str, Sequence[KnownBody]]:
        """By name without case and diacritics, those that are still there."""
        found: dict[str, list[KnownBody]] = defaultdict(list)
        for body in self.by_id.values():
            if not body.ended:
                found[fold(body.name)].append(body)
        return found

    @cached_property
    def _words(self) -> Sequence[tuple[frozenset[str], str]]:
        return [(frozenset(fold(body.name).split()), body.name) for body in self.by_id.values()]

    def named(self, row: CheckedCells, column: str) -> KnownBody | None:
        """The one body that a cell names by code, id or name, or nothing and a fault."""
        text = row.cell(column)
        if text is None:
            return None
        found = self.called(text)
        if len(found) == 1:
            return found[0]
        if found:
            ids = ", ".join(f"{body.code or body.id} ({body.place})" for body in found)
            row.fault(
                column,
                f"có {len(found)} đơn vị tên «{text}»; hãy ghi mã: {ids}.",
                f"{len(found)} bodies are called “{text}”; write the code: {ids}.",
            )
            return None
        words = frozenset(fold(text).split())
        near = sorted(self._words, key=lambda entry: -len(words & entry[0]))[:SUGGESTIONS_MAX]
        names = "; ".join(name for _, name in near)
        row.fault(
            column,
            f"không có đơn vị «{text}». Gần giống: {names}.",
            f"there is no body “{text}”. Similar: {names}.",
        )
        return None

    def called(self, text: str) -> Sequence[KnownBody]:
        """The bodies that a text may mean: the one of that code or id, else all of that name."""
        coded = self.by_code.get(text.upper())
        if coded is not None:
            return (coded,)
        try:
            known = self.by_id.get(UUID(text))
        except ValueError:
            return self.by_name.get(fold(text), ())
        return () if known is None else (known,)


async def fetch_bodies(api: Api, *, ended: bool = False) -> list[KnownBody]:
    """The bodies of today; with `ended` those that are no more, too."""
    asked = {"ended": "true"} if ended else {}
    return [KnownBody.of(row) async for row in api.pages("registration", "/organizations", asked)]
