"""The published descriptions say what the code does; `make reference` writes them again."""

from pathlib import Path

import pytest

from scripts import reference


@pytest.mark.parametrize("path", sorted(reference.documents()), ids=str)
def test_a_published_document_is_in_step(path: Path) -> None:
    assert path.read_text() == reference.documents()[path], "run `make reference`"
