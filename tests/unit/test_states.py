"""docs/reference/states.md draws what the deciders do: all of it, and nothing else."""

import pytest

from scripts import reference
from services.audit.domain.deciders import SOURCES
from shared.contracts.event import Catalogue


def test_the_page_draws_the_arrows_that_the_code_has() -> None:
    assert reference.STATES.read_text() == reference.states(), "run `make reference`"


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.service)
def test_every_published_event_is_an_arrow(source: Catalogue) -> None:
    """An event that no specification's command leads to would be missing on the page."""
    drawn = {arrow.event for arrow in reference.found_arrows()}
    assert {event.__name__ for event in source.current.values()} - drawn == set()
