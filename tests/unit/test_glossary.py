"""docs/reference/glossary.md translates every event, and every word by which an answer says where something stands."""

import re
from collections.abc import Iterator
from typing import Any, Final

import pytest

from scripts import reference
from services.audit.domain.deciders import SOURCES
from shared.host.app import service_document
from shared.host.policy import Role
from tests.support.arrows import drawn

GLOSSARY: Final = reference.ROOT / "docs" / "reference" / "glossary.md"
SAYING: Final = frozenset(
    {"advice", "aim", "choice", "duty", "field", "ground", "level", "outcome", "proposal", "remedy"}
    | {"role", "standing", "status"}
)
"""The fields of answers whose words are translated."""


@pytest.fixture(scope="module")
def sections() -> dict[str, str]:
    """The text of the glossary by heading."""
    parts = re.split(r"^## (.+)\n", GLOSSARY.read_text(), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def entries(section: str) -> list[str]:
    """The words that have a row with a Vietnamese term."""
    return re.findall(r"^\| `([^`]+)` \| [^|`]+ \|", section, flags=re.MULTILINE)


def compare(translated: list[str], wanted: set[str]) -> None:
    assert wanted - set(translated) == set(), "give it a row in docs/reference/glossary.md"
    assert sorted(translated) == sorted(wanted)


def words(part: Any, name: str = "") -> Iterator[str]:  # noqa: ANN401 -- JSON of any shape
    """The words an OpenAPI document allows in the fields of SAYING."""
    if isinstance(part, dict):
        if name in SAYING:
            yield from (word for word in part.get("enum", ()) if isinstance(word, str))
        for key, value in part.items():
            inside = name if key in ("anyOf", "oneOf", "allOf", "items", "schema") else key
            yield from words(value, inside)
    elif isinstance(part, list):
        for value in part:
            yield from words(value, name)


def test_every_event_is_translated_once_and_nothing_else(sections: dict[str, str]) -> None:
    events = {event.__name__ for source in SOURCES for event in source.current.values()}
    compare(entries(sections["Events"]), events)


def test_every_word_in_answers_is_translated_once_and_nothing_else(
    sections: dict[str, str],
) -> None:
    stages = {stage for arrow in drawn() for stage in (arrow.stage, arrow.then)}
    said = {word for service in reference.services() for word in words(service_document(service))}
    compare(entries(sections["Words in answers"]), stages | said | set(Role))
