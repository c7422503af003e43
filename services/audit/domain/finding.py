"""What verification says: each thing that is wrong, by name, and a verdict over all."""

from collections.abc import Mapping
from uuid import UUID

import msgspec

from services.audit.domain.history import Record
from shared.domain.refusal import RefusedError


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of the log: `index` is its leaf number, `rules` the rule-set version it was decided under."""

    index: int
    event_id: UUID
    stream: str
    revision: int
    type: str
    rules: str | None = None


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is wrong. `code` names the check, one of `clause`, `practice` and `specification` what it
    rests on; `place` is None for what is wrong with a file or a signature.
    """

    code: str
    vi: str
    en: str
    clause: str | None = None
    practice: str | None = None
    specification: str | None = None
    place: Place | None = None


def found(error: RefusedError, at: Record | None = None) -> Finding:
    """What `error` says about the entry `at`."""
    refusal = error.refusal
    return Finding(
        code=refusal.code,
        vi=error.sentence("vi"),
        en=error.sentence("en"),
        clause=refusal.clause,
        practice=refusal.practice,
        specification=refusal.specification,
        place=None if at is None else place_of(at),
    )


def place_of(record: Record) -> Place:
    """Where `record` stands."""
    entry = record.entry
    return Place(
        index=record.index,
        event_id=entry.id,
        stream=entry.stream,
        revision=entry.revision,
        type=entry.type,
        rules=record.metadata.rules,
    )


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """What could not be told from what was given: no fault, and no proof either."""

    code: str
    vi: str
    en: str


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """`checked` counts, by the name of each check, what it looked at."""

    holds: bool
    checked: Mapping[str, int]
    findings: tuple[Finding, ...]
    limits: tuple[Limit, ...]
