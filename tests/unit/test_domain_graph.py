"""The organisation graph as at a day: superiors, ends, and who holds a duty."""

from datetime import date
from uuid import UUID

import pytest

from shared.contracts.registration import (
    OrganizationDissolved,
    OrganizationMerged,
    OrganizationSplit,
    Part,
)
from shared.contracts.values import ModelId, OrganizationId
from shared.domain.graph import Graph, GraphLine, OrganizationEnded, Succession

BEFORE, DAY, LATER = date(2025, 6, 30), date(2025, 7, 1), date(2026, 1, 1)
MODEL, OTHER_MODEL = ModelId(UUID(int=71)), ModelId(UUID(int=72))


def body(number: int) -> OrganizationId:
    return OrganizationId(UUID(int=number))


OLD, NORTH, SOUTH, HEIR, CELL, TOP = (body(n) for n in range(1, 7))
PARTS = (
    Part(organization=NORTH),
    Part(organization=SOUTH, duties=("holder",), models=(MODEL,)),
)
SPLIT = Succession(organization=OLD, effective_on=DAY, successor=NORTH, parts=PARTS)
MERGED = Succession(organization=NORTH, effective_on=LATER, successor=HEIR)
NOBODY = Succession(organization=SOUTH, effective_on=LATER, successor=None)
GRAPH = Graph(
    lines=(
        GraphLine(organization=CELL, line="party", superior=OLD, valid_from=BEFORE),
        GraphLine(organization=HEIR, line="party", superior=OLD, valid_from=BEFORE),
        GraphLine(organization=OLD, line="party", superior=TOP, valid_from=BEFORE),
    ),
    successions=(SPLIT, MERGED, NOBODY),
)


@pytest.mark.parametrize(
    "event,expected",
    [
        (
            OrganizationDissolved(
                organization_id=OLD, effective_on=DAY, successor=None, source="NQ"
            ),
            Succession(organization=OLD, effective_on=DAY, successor=None),
        ),
        (
            OrganizationMerged(organization_id=OLD, into=HEIR, effective_on=DAY, source="NQ"),
            Succession(organization=OLD, effective_on=DAY, successor=HEIR),
        ),
        (
            OrganizationSplit(
                organization_id=OLD,
                effective_on=DAY,
                parts=PARTS,
                default_successor=NORTH,
                source="NQ",
            ),
            SPLIT,
        ),
    ],
)
def test_each_end_says_who_succeeds(event: OrganizationEnded, expected: Succession) -> None:
    assert Succession.of(event) == expected


def test_a_body_holds_its_duties_until_the_day_before_its_end() -> None:
    assert GRAPH.holder_on(OLD, "committee", BEFORE) == OLD
    assert not GRAPH.ended(OLD, BEFORE)
    assert GRAPH.ended(OLD, DAY)


def test_a_part_takes_the_duties_and_the_models_it_names_and_the_default_the_rest() -> None:
    assert GRAPH.holder_on(OLD, "committee", DAY) == NORTH
    assert GRAPH.holder_on(OLD, "holder", DAY, OTHER_MODEL) == SOUTH
    assert GRAPH.holder_on(OLD, "committee", DAY, MODEL) == SOUTH
    assert GRAPH.holder_on(OLD, None, DAY) == NORTH


def test_succession_goes_on_through_the_successors_and_may_end_with_nobody() -> None:
    assert GRAPH.holder_on(OLD, "committee", LATER) == HEIR
    assert GRAPH.holder_on(OLD, "committee", LATER, MODEL) is None


def test_in_a_line_the_default_successor_stands_where_the_former_body_did() -> None:
    assert GRAPH.above(CELL, "party", BEFORE) == (OLD, TOP)
    assert GRAPH.superior(CELL, "party", DAY) == NORTH
    assert GRAPH.superior(CELL, "party", LATER) == HEIR


def test_nobody_comes_to_stand_above_itself() -> None:
    assert GRAPH.superior(HEIR, "party", BEFORE) == OLD
    assert GRAPH.superior(HEIR, "party", LATER) is None
