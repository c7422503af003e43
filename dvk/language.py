"""In which languages the command speaks: as LANG says, or both."""

import os
from collections.abc import Mapping
from typing import Final

from shared.domain.refusal import Language

_VARIABLES: Final = ("LC_ALL", "LC_MESSAGES", "LANG")


def languages(environment: Mapping[str, str] = os.environ) -> tuple[Language, ...]:
    """Vietnamese, English, or both with Vietnamese first where the environment asks for neither."""
    for name in _VARIABLES:
        value = environment.get(name, "").lower()
        if value.startswith("vi"):
            return ("vi",)
        if value.startswith("en"):
            return ("en",)
        if value:
            break
    return ("vi", "en")


def in_words(vi: str, en: str, spoken: tuple[Language, ...] | None = None) -> str:
    """The text in each language spoken, one below the other; once where both are the same."""
    texts = {"vi": vi, "en": en}
    return "\n".join(dict.fromkeys(texts[language] for language in spoken or languages()))
