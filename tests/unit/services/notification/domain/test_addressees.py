"""Who is told of a rule set: by relation to the body that adopted it and by kind (clause N)."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import pytest

from services.notification.domain.addressees import Body, addressees
from shared.contracts.evaluation import Addressees
from shared.contracts.values import LineKind, OrganizationId

NAMES = (
    "committee",
    "commission",
    "office",
    "front",
    "commune",
    "section",
    "cell",
    "clerk",
    "stranger",
)
ID = {name: OrganizationId(UUID(int=n)) for n, name in enumerate(NAMES, 1)}


def body(name: str, kind: str, **superiors: str) -> Body:
    lines: tuple[LineKind, ...] = ("party", "vertical", "territory")
    return Body(
        organization=ID[name],
        kind=kind,
        superiors={line: ID[superiors[line]] for line in lines if line in superiors},
    )


PROVINCE: Sequence[Body] = (
    body("committee", "provincial committee"),
    body("commission", "commission", territory="committee"),
    body("office", "division", vertical="commission", territory="committee"),
    body("front", "front", territory="committee"),
    body("commune", "commune committee", party="committee", territory="committee"),
    body("section", "section", vertical="commission", party="commune"),
    body("cell", "cell", party="section", vertical="section"),
    body("clerk", "team", vertical="section"),
    body("stranger", "front"),
)


def told(*wanted: Addressees, by: str = "commission") -> Mapping[str, set[str]]:
    names = {identifier: name for name, identifier in ID.items()}
    found = addressees(wanted, ID[by], PROVINCE)
    return {relation: {names[one] for one in bodies} for relation, bodies in found.items()}


def test_the_body_above_is_told() -> None:
    assert told(Addressees(relation="above")) == {"body_above": {"committee"}}


def test_bodies_of_the_named_kinds_beside_it_are_told() -> None:
    wanted = Addressees(relation="beside", kinds=("front", "commune committee"))
    assert told(wanted) == {"body_beside": {"front", "commune"}}


def test_bodies_below_are_told_down_to_the_last_of_a_line() -> None:
    assert told(Addressees(relation="below")) == {
        "body_below": {"office", "section", "cell", "clerk"}
    }


def test_one_line_does_not_lead_on_into_another() -> None:
    # The section stands under the commune in the party line; the clerk under the section in another.
    assert told(Addressees(relation="below"), by="commune") == {"body_below": {"section", "cell"}}


@pytest.mark.parametrize("relation", ["above", "beside", "below"])
def test_a_body_outside_every_line_has_nobody_to_tell_and_is_told_by_nobody(relation: str) -> None:
    wanted = Addressees(relation=relation)  # type: ignore[arg-type]
    assert told(wanted, by="stranger") == {f"body_{relation}": set()}
    assert "stranger" not in told(wanted)[f"body_{relation}"]


def test_who_adopts_is_not_told_of_it() -> None:
    every = [
        Addressees(relation="above"),
        Addressees(relation="beside"),
        Addressees(relation="below"),
    ]
    assert "commission" not in {name for names in told(*every).values() for name in names}
