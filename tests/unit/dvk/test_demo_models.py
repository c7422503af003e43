"""The demonstration's choice of models and fates: from the seed alone, and every fate where it fits."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dvk.demo.fates import DECIDED, TOLD, Fate
from dvk.demo.models import PUBLISHED, choose_models
from dvk.demo.province import Province, load_province, users_file
from shared.host.policy import Role

PROVINCE = load_province()


@pytest.fixture(scope="module")
def province() -> Province:
    return PROVINCE


@settings(max_examples=25)
@given(st.integers(1, 300), st.integers(0, 1000))
def test_as_many_models_as_asked_for_each_with_its_own_key(count: int, seed: int) -> None:
    models = choose_models(PROVINCE, count, seed)
    assert len(models) == len({model.key for model in models}) == count
    assert models == choose_models(PROVINCE, count, seed)
    assert sum(model.generated for model in models) == max(0, count - PUBLISHED)


@settings(max_examples=25)
@given(st.integers(len(Fate), 300), st.integers(0, 1000))
def test_a_year_that_is_large_enough_holds_every_fate(count: int, seed: int) -> None:
    assert {model.fate for model in choose_models(PROVINCE, count, seed)} == set(Fate)


@settings(max_examples=25)
@given(st.integers(0, 1000))
def test_at_least_forty_of_the_published_models_are_decided(seed: int) -> None:
    fates = Counter(model.fate for model in choose_models(PROVINCE, PUBLISHED, seed))
    assert sum(fates[fate] for fate in DECIDED) >= 40


@settings(max_examples=10)
@given(st.integers(1, 500), st.integers(0, 1000))
def test_somebody_is_there_for_every_step_of_every_model(count: int, seed: int) -> None:
    for model in choose_models(PROVINCE, count, seed):
        assert PROVINCE.user(model.committee, "committee_officer")
        if model.fate is not Fate.NOT_LISTED:
            assert PROVINCE.user(PROVINCE.adviser(model.deciding_body), "appraiser")
            assert PROVINCE.user(model.deciding_body, "signer")
            assert model.deciding_body in PROVINCE.councils


def test_every_fate_is_told_in_both_languages() -> None:
    assert TOLD.keys() == set(Fate)
    assert all(told.vi and told.en for told in TOLD.values())


def test_bodies_come_after_those_above_them(province: Province) -> None:
    seen: set[str] = set()
    for wave in province.waves():
        for body in wave:
            assert seen.issuperset(filter(None, body.lines.values()))
        seen.update(body.key for body in wave)
    assert seen == province.bodies.keys()


def test_an_adviser_is_never_the_decider(province: Province) -> None:
    for competence in province.competences:
        adviser = province.adviser(competence.holder)
        assert adviser in province.bodies and adviser != competence.holder


def test_every_council_is_complete_and_its_secretary_does_not_vote(province: Province) -> None:
    for council in province.councils.values():
        assert council.secretary not in council.members
        assert council.chair in council.members
        assert all(user in province.offices for user in (*council.members, council.secretary))


def test_demo_users_have_known_roles_and_organisations(province: Province) -> None:
    users = users_file(province)
    assert len({user["user"] for user in users}) == len(users)
    ids = {str(found) for found in province.ids.values()}
    for user in users:
        assert [Role(role) for role in user["roles"]]
        assert user["organization"] in ids
