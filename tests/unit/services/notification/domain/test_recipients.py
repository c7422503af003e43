"""Whom an event concerns."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.notification.domain.recipients import RULES, recipients
from shared.contracts.evaluation import EVENTS as EVALUATION
from shared.contracts.event import Catalogue
from shared.contracts.notification import EVENTS as NOTIFICATION
from shared.contracts.notification import Relation
from shared.contracts.recognition import EVENTS as RECOGNITION
from shared.contracts.registration import EVENTS as REGISTRATION
from shared.contracts.values import OrganizationId

HOLDER, COMMITTEE, SECTION, OFFICE = (OrganizationId(UUID(int=n)) for n in range(1, 5))


def test_each_is_told_in_the_relation_that_concerns_it_most() -> None:
    told = recipients(
        ("holder", "committee", "appraising_unit", "launching_body"),
        {"holder": [HOLDER], "committee": [COMMITTEE], "launching_body": [OFFICE]},
    )
    assert told == ((HOLDER, "holder"), (COMMITTEE, "committee"), (OFFICE, "launching_body"))


def test_a_committee_that_is_also_the_holder_is_told_once() -> None:
    told = recipients(("holder", "committee"), {"holder": [HOLDER], "committee": [HOLDER]})
    assert told == ((HOLDER, "holder"),)


def test_several_units_in_one_relation_are_all_told() -> None:
    told = recipients(("appraising_unit",), {"appraising_unit": [SECTION, OFFICE]})
    assert [organization for organization, _ in told] == [SECTION, OFFICE]


def test_every_rule_names_a_published_event_once_and_its_source() -> None:
    catalogues: tuple[Catalogue, ...] = (REGISTRATION, EVALUATION, RECOGNITION, NOTIFICATION)
    published = {event for catalogue in catalogues for event in catalogue.current.values()}
    kinds = [rule.event_type for rule in RULES]
    assert len(kinds) == len(set(kinds))
    assert set(kinds) <= published
    for rule in RULES:
        assert rule.relations
        assert rule.source.startswith(("guideline ", "practice: "))


relations: st.SearchStrategy[Relation] = st.sampled_from(
    ("holder", "committee", "appraising_unit", "deciding_body", "organizer", "launching_body")
)
organizations = st.integers(1, 4).map(lambda n: OrganizationId(UUID(int=n)))


@given(
    st.lists(relations, unique=True).map(tuple),
    st.dictionaries(relations, st.lists(organizations, max_size=3)),
)
def test_nobody_is_told_twice_and_nobody_concerned_is_left_out(
    asked: tuple[Relation, ...], parties: dict[Relation, list[OrganizationId]]
) -> None:
    told = [organization for organization, _ in recipients(asked, parties)]
    assert len(told) == len(set(told))
    assert set(told) == {body for relation in asked for body in parties.get(relation, ())}
