"""Explains events: one sentence each, Vietnamese and English, with the clause the step belongs to.

Pure; the audit's timeline and `dvk replay` share it.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from uuid import UUID

import msgspec

from services.audit.domain import (
    steps_decision,
    steps_evaluation,
    steps_registration,
    steps_running,
)
from services.audit.domain.phrases import Language, Template, phrase
from shared.contracts.event import Event
from shared.contracts.metadata import OnBehalf

TEMPLATES: Final[Mapping[type[Event], Template]] = MappingProxyType(
    {
        **steps_registration.TEMPLATES,
        **steps_running.TEMPLATES,
        **steps_evaluation.TEMPLATES,
        **steps_decision.TEMPLATES,
    }
)
"""A test fails for a published event without a sentence."""

_FROM_PAPER: Final = (
    " (Nhập thay {bodies} từ văn bản giấy {paper}….)",
    " (Entered on behalf of {bodies} from the paper {paper}….)",
)
HASH_DIGITS: Final = 12
"""Of a scan's SHA-256 in a sentence; the record has all of it."""

_PART: Final = re.compile(r"\[(?P<said>[^\[\]]*\{(?P<field>\w+)\}[^\[\]]*)\]")
"""See Template: what is said where a field has a value, and left out where it has none."""
_NO_NAMES: Final[Mapping[UUID, str]] = MappingProxyType({})


class Explanation(msgspec.Struct, frozen=True):
    """What an event says. `clause` is the guideline's where the step is the guideline's."""

    vi: str
    en: str
    clause: str | None


def explain(
    event: Event, names: Mapping[UUID, str] = _NO_NAMES, on_behalf: OnBehalf | None = None
) -> Explanation:
    """The sentences for an event; `names` by id, of organisations. Shows no personal data. `on_behalf` is the
    record's: in whose name it was entered by another.
    """
    template = TEMPLATES[type(event)]
    return Explanation(
        vi=_sentence(template.vi, event, "vi", names) + _entered("vi", on_behalf, names),
        en=_sentence(template.en, event, "en", names) + _entered("en", on_behalf, names),
        clause=template.clause,
    )


def _entered(language: Language, on_behalf: OnBehalf | None, names: Mapping[UUID, str]) -> str:
    if on_behalf is None:
        return ""
    bodies = ", ".join(phrase("body", body, language, names) for body in on_behalf.bodies)
    said = _FROM_PAPER[0] if language == "vi" else _FROM_PAPER[1]
    return said.format(bodies=bodies, paper=on_behalf.paper[:HASH_DIGITS])


class _Fields:
    """The event's fields as phrases, asked for by name."""

    def __init__(self, event: Event, language: Language, names: Mapping[UUID, str]) -> None:
        self._event = event
        self._language = language
        self._names = names

    def __getitem__(self, field: str) -> str:
        return phrase(field, getattr(self._event, field), self._language, self._names)


def _sentence(template: str, event: Event, language: Language, names: Mapping[UUID, str]) -> str:
    whole = _PART.sub(
        lambda part: "" if getattr(event, part["field"]) is None else part["said"], template
    )
    return whole.format_map(_Fields(event, language, names))
