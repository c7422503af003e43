"""What was ever written decodes for ever: one golden file for each stored type, never rewritten.

To add the file of a new type: `python -m scripts.reference`.
"""

from pathlib import Path

import msgspec
import pytest

from shared.contracts import evaluation, notification, recognition, registration
from shared.contracts.event import Catalogue

GOLDEN = Path(__file__).parents[2] / "golden"
CATALOGUES = (registration.EVENTS, evaluation.EVENTS, recognition.EVENTS, notification.EVENTS)
STORED_TYPES = [(catalogue, name) for catalogue in CATALOGUES for name in catalogue.types]


@pytest.mark.parametrize("catalogue,stored", STORED_TYPES, ids=[name for _, name in STORED_TYPES])
def test_a_stored_type_decodes_for_ever(catalogue: Catalogue, stored: str) -> None:
    data = (GOLDEN / f"{stored}.json").read_bytes()
    event = catalogue.decode(stored, data)
    if catalogue.type_of(event) == stored:
        # Today's version writes exactly these bytes; an older one is read through its upcaster.
        assert msgspec.json.encode(event) == data


@pytest.mark.parametrize("catalogue,stored", STORED_TYPES, ids=[name for _, name in STORED_TYPES])
def test_a_reader_tolerates_what_a_later_writer_adds(catalogue: Catalogue, stored: str) -> None:
    data = (GOLDEN / f"{stored}.json").read_bytes()
    assert catalogue.decode(stored, b'{"added_later":1,' + data[1:]) == catalogue.decode(
        stored, data
    )


def test_no_golden_file_is_left_without_its_type() -> None:
    written = {path.name.removesuffix(".json") for path in GOLDEN.glob("*.json")}
    assert written == {name for _, name in STORED_TYPES}


def test_a_category_belongs_to_one_service() -> None:
    categories = [category for catalogue in CATALOGUES for category in catalogue.categories]
    assert len(categories) == len(set(categories))
