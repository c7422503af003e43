"""Every clause of the guideline has a home in the code and a specification that shows it."""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from shared.domain.clauses import CLAUSES

ROOT = Path(__file__).resolve().parents[2]
CITED = re.compile(r'clause="([^"]+)"')


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a clause's rule lives (`module` or `module:name`), and the test that shows it."""

    home: str
    shown_by: str


PLACES = msgspec.json.decode(
    (ROOT / "docs" / "reference" / "clauses.json").read_bytes(), type=dict[str, Place]
)


def test_every_clause_has_its_place_and_no_place_is_for_another() -> None:
    assert list(PLACES) == list(CLAUSES)


@pytest.mark.parametrize("clause", CLAUSES)
def test_its_rule_is_where_the_catalogue_says(clause: str) -> None:
    module, _, name = PLACES[clause].home.partition(":")
    home = importlib.import_module(module)
    assert not name or hasattr(home, name)
    text = Path(str(home.__file__)).read_text("utf-8")
    assert re.search(rf"\b{re.escape(clause)}\b", text), f"{module} does not name the clause"


@pytest.mark.parametrize("clause", CLAUSES)
def test_a_specification_shows_it(clause: str) -> None:
    file, _, name = PLACES[clause].shown_by.partition("::")
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    functions = {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert name in functions


def _cited() -> Iterator[tuple[Path, str]]:
    for folder in ("shared", "services"):
        for path in (ROOT / folder).rglob("*.py"):
            for clause in CITED.findall(path.read_text("utf-8")):
                yield path, clause


def test_only_clauses_of_the_catalogue_are_cited() -> None:
    unknown = {(path.name, clause) for path, clause in _cited() if clause not in CLAUSES}
    assert not unknown


def test_clauses_are_cited_at_all() -> None:
    assert len({clause for _, clause in _cited()}) > 15
