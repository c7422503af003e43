"""Explains events: one sentence each, Vietnamese and English, with the clause the step belongs to.

Pure; the audit's timeline and `dvk replay` share it.
"""

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

TEMPLATES: Final[Mapping[type[Event], Template]] = MappingProxyType(
    {
        **steps_registration.TEMPLATES,
        **steps_running.TEMPLATES,
        **steps_evaluation.TEMPLATES,
        **steps_decision.TEMPLATES,
    }
)
"""A test fails for a published event without a sentence."""

_NO_NAMES: Final[Mapping[UUID, str]] = MappingProxyType({})


class Explanation(msgspec.Struct, frozen=True):
    """What an event says. `clause` is the guideline's where the step is the guideline's."""

    vi: str
    en: str
    clause: str | None


def explain(event: Event, names: Mapping[UUID, str] = _NO_NAMES) -> Explanation:
    """The sentences for an event; `names` by id, of organisations. Shows no personal data."""
    template = TEMPLATES[type(event)]
    return Explanation(
        vi=_sentence(template.vi, event, "vi", names),
        en=_sentence(template.en, event, "en", names),
        clause=template.clause,
    )


class _Fields:
    """The event's fields as phrases, asked for by name."""

    def __init__(self, event: Event, language: Language, names: Mapping[UUID, str]) -> None:
        self._event = event
        self._language = language
        self._names = names

    def __getitem__(self, field: str) -> str:
        return phrase(field, getattr(self._event, field), self._language, self._names)


def _sentence(template: str, event: Event, language: Language, names: Mapping[UUID, str]) -> str:
    return template.format_map(_Fields(event, language, names))
