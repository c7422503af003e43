"""Rule sets and criteria are adopted by documents that hold for a time and follow one another."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from services.evaluation.domain.adopted import (
    BACKDATED,
    EFFECT_BEFORE_ISSUE,
    ISSUED_LATER,
    OVERLAPS,
    REPLACED_ALREADY,
    REPLACED_UNKNOWN,
    TRANSITION_NOT_KEPT,
    TRANSITION_SOURCE_UNCLEAR,
)
from services.evaluation.domain.criteria import CriteriaFacts
from services.evaluation.domain.ruleset import RuleSetFacts
from shared.contracts.adopted import AdoptedVersion, ends_on, in_force
from shared.contracts.evaluation import Setting
from shared.contracts.values import RuleSetId
from shared.domain.refusal import Refusal
from tests.unit.services.evaluation.domain import test_criteria, test_ruleset
from tests.unit.services.evaluation.domain.test_criteria import criteria
from tests.unit.services.evaluation.domain.test_ruleset import rule_set

replace = msgspec.structs.replace
adopt, adopted, version = test_ruleset.adopt, test_ruleset.adopted, test_ruleset.version
FORMER = RuleSetId(UUID(int=11))
former = AdoptedVersion(
    document=FORMER,
    version=1,
    title="Hướng dẫn 2016",
    effective_on=date(2025, 7, 1),
    expires_on=None,
    replaces=(),
)


def known(*others: AdoptedVersion) -> RuleSetFacts:
    return RuleSetFacts(others=others)


@pytest.mark.parametrize(
    "changed,refusal",
    [
        ({"issued_on": date(2026, 1, 6)}, ISSUED_LATER),
        ({"effective_on": date(2026, 1, 3)}, EFFECT_BEFORE_ISSUE),
        ({"effective_on": date(2026, 1, 4)}, BACKDATED),
        (
            {"transition": Setting(value="more_favourable", source="practice: Law 06/2026/QH16")},
            TRANSITION_NOT_KEPT,
        ),
        (
            {"transition": Setting(value="stay", source="guideline IV.1")},
            TRANSITION_SOURCE_UNCLEAR,
        ),
    ],
)
def test_a_document_that_breaks_a_rule_is_refused(
    changed: dict[str, Any], refusal: Refusal
) -> None:
    rule_set.given().when(replace(adopt, **changed)).then_refused(refusal)
    criteria.given().when(replace(test_criteria.adopt, **changed)).then_refused(refusal)


def test_today_in_viet_nam_is_early_enough_and_an_hour_past_its_midnight_is_too_late() -> None:
    last_minute = datetime(2026, 1, 10, 16, 59, tzinfo=UTC)
    rule_set.given().when(replace(adopt, at=last_minute)).then(adopted)
    after_midnight = replace(adopt, at=last_minute + timedelta(minutes=1))
    rule_set.given().when(after_midnight).then_refused(BACKDATED)


def test_a_version_is_not_backdated_either_though_the_same_again_stays_quiet() -> None:
    late = datetime(2027, 3, 1, tzinfo=UTC)
    rule_set.given(adopted).when(replace(version, at=late)).then_refused(BACKDATED)
    second = replace(
        adopted,
        version=2,
        document_number=version.document_number,
        effective_on=version.effective_on,
        expires_on=None,
    )
    rule_set.given(adopted, second).when(replace(version, at=late)).then_nothing()


def test_a_set_that_overlaps_another_says_what_it_replaces() -> None:
    refused = rule_set.given().when(replace(adopt, known=known(former))).then_refused(OVERLAPS)
    assert refused.refusal.clause == "IV.1"
    assert refused.values["title"] == "Hướng dẫn 2016"
    naming = replace(adopt, known=known(former), replaces=(FORMER,))
    rule_set.given().when(naming).then(replace(adopted, replaces=(FORMER,)))
    again = replace(test_criteria.adopt, known=CriteriaFacts(others=(former,)))
    criteria.given().when(again).then_refused(OVERLAPS)


@pytest.mark.parametrize(
    "other",
    [
        replace(former, expires_on=date(2026, 1, 10)),
        replace(former, effective_on=date(2030, 12, 31)),
    ],
    ids=["ends-that-day", "begins-when-it-ends"],
)
def test_one_after_the_other_is_no_overlap(other: AdoptedVersion) -> None:
    facts = known(other)
    rule_set.given().when(replace(adopt, known=facts)).then(adopted)


def test_only_what_the_body_has_can_be_replaced() -> None:
    rule_set.given().when(replace(adopt, replaces=(FORMER,))).then_refused(REPLACED_UNKNOWN)


def test_a_replaced_set_gets_no_further_version() -> None:
    successor = replace(former, document=RuleSetId(UUID(int=12)), replaces=(adopted.rule_set_id,))
    rule_set.given(adopted).when(replace(version, known=known(successor))).then_refused(
        REPLACED_ALREADY
    )


# --- when a version holds ----------------------------------------------------------------------

second = replace(former, version=2, effective_on=date(2026, 1, 1))
third = replace(second, document=UUID(int=12), version=1, effective_on=date(2027, 1, 1))


def test_a_version_holds_until_it_expires_is_followed_or_is_replaced() -> None:
    assert ends_on(former, (former,)) is None
    assert ends_on(former, (former, second)) == date(2026, 1, 1)
    replacing = replace(third, replaces=(FORMER,))
    assert ends_on(second, (former, second, replacing)) == date(2027, 1, 1)
    short = replace(second, expires_on=date(2026, 6, 1))
    assert ends_on(short, (former, short, replacing)) == date(2026, 6, 1)
    assert in_force((former, short), date(2026, 5, 31)) == short
    assert in_force((former, short), date(2026, 6, 1)) is None
    assert in_force((former, short), date(2025, 6, 30)) is None


_dates = st.dates(min_value=date(2026, 1, 1), max_value=date(2026, 12, 31))


@for_all(
    effects=st.lists(_dates, min_size=1, max_size=6).map(sorted),
    lasting=st.lists(st.integers(min_value=1, max_value=300) | st.none(), min_size=6, max_size=6),
    on=_dates,
)
def test_at_most_one_version_of_a_set_holds_on_any_day(
    effects: list[date], lasting: list[int | None], on: date
) -> None:
    versions = tuple(
        replace(
            former,
            version=number + 1,
            effective_on=effective,
            expires_on=None if days is None else effective + timedelta(days=days),
        )
        for number, (effective, days) in enumerate(zip(effects, lasting, strict=False))
    )
    holding = [
        one
        for one in versions
        if one.effective_on <= on and ((end := ends_on(one, versions)) is None or on < end)
    ]
    assert len(holding) <= 1
    assert in_force(versions, on) == (holding[0] if holding else None)
