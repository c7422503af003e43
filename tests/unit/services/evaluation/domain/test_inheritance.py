"""A body's rule set builds on the province's: it decides practice for itself and leaves the guideline alone."""

from datetime import date
from typing import Any, Literal
from uuid import UUID

import msgspec
import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from services.evaluation.domain.inheritance import (
    COLLECTIVE_ADDED,
    COLLECTIVE_SHUT_OUT,
    GUIDELINE_RETAGGED,
    INDIVIDUAL_SHUT_OUT,
    MONTH_WEAKENED,
    PARENT_MISSING,
    PARENT_NOT_IN_FORCE,
    PARENT_OWN,
    PARENT_UNKNOWN,
    SUB_FIELD_DROPPED,
    SURVEY_WEAKENED,
    GivenSettings,
    ParentRules,
    inherited,
    settle,
)
from services.evaluation.domain.ruleset import RULE_SET, AdoptRuleSet, RuleSetFacts
from services.evaluation.domain.settings import is_guidelines
from shared.contracts.evaluation import (
    Category,
    InheritedSetting,
    RuleSettings,
    RuleSetVersion,
    Setting,
)
from shared.contracts.particulars import SubField
from shared.contracts.values import OrganizationId, RuleSetId, SurveyGate
from shared.domain.refusal import Refusal, RefusedError
from tests.unit.services.evaluation.domain.test_ruleset import PRESET, adopt, adopted, rule_set

replace = msgspec.structs.replace
NAMES = RuleSettings.__struct_fields__
PROVINCES = RuleSetVersion(rule_set=RuleSetId(UUID(int=20)), version=3)
FURTHER_UP = RuleSetVersion(rule_set=RuleSetId(UUID(int=21)), version=1)
parent = ParentRules(
    rules=PROVINCES,
    adopted_by=OrganizationId(UUID(int=22)),
    effective_on=date(2025, 7, 1),
    ends_on=None,
    settings=PRESET.settings,
    inherited=(InheritedSetting(setting="holidays", decided_in=FURTHER_UP),),
)
FOUR_DAYS = Setting(value=4, source="practice: Quy định của xã")
own = replace(
    adopt,
    parent=PROVINCES,
    settings=GivenSettings(posting_working_days=FOUR_DAYS),
    known=RuleSetFacts(parent_rules=parent),
)


def giving(**settings: Setting[Any]) -> AdoptRuleSet:
    return replace(own, settings=GivenSettings(**settings))


def test_what_a_body_leaves_open_is_its_parents_and_says_where_it_was_decided() -> None:
    expected = replace(
        adopted,
        parent=PROVINCES,
        settings=replace(PRESET.settings, posting_working_days=FOUR_DAYS),
        inherited=tuple(
            InheritedSetting(
                setting=name, decided_in=FURTHER_UP if name == "holidays" else PROVINCES
            )
            for name in NAMES
            if name != "posting_working_days"
        ),
    )
    rule_set.given().when(own).then(expected)


_CATEGORIES = PRESET.settings.categories.value
_SOURCE = PRESET.settings.categories.source


HEALTH = SubField(id="bao-hiem-y-te", field="culture-society", title="Bảo hiểm y tế")
COUNTRYSIDE = SubField(id="nong-thon-moi", field="economy", title="Nông thôn mới")


def test_a_body_adds_sub_fields_and_keeps_those_of_its_parent() -> None:
    listed = Setting(value=(HEALTH,), source="practice: tỉnh")
    above = replace(parent, settings=replace(parent.settings, sub_fields=listed))

    def with_fields(*fields: SubField) -> AdoptRuleSet:
        chosen = GivenSettings(sub_fields=Setting(value=fields, source="practice: xã"))
        return replace(own, settings=chosen, known=RuleSetFacts(parent_rules=above))

    (event,) = RULE_SET.decide(RULE_SET.initial_state, with_fields(HEALTH, COUNTRYSIDE))
    assert event.settings.sub_fields.value == (HEALTH, COUNTRYSIDE)
    moved = replace(HEALTH, field="economy")
    for fields in ((COUNTRYSIDE,), (moved,)):
        rule_set.given().when(with_fields(*fields)).then_refused(SUB_FIELD_DROPPED)


def _categories(*chosen: Category) -> dict[str, Setting[Any]]:
    return {"categories": Setting(value=chosen, source=_SOURCE)}


@pytest.mark.parametrize(
    "changed,refusal,clause",
    [
        (
            {"survey_gate": Setting(value="before_plan", source="practice: own")},
            SURVEY_WEAKENED,
            "III.1.1b",
        ),
        (
            {"outside_month": Setting(value="allowed", source="practice: own")},
            MONTH_WEAKENED,
            "III.2.1c",
        ),
        (_categories(*_CATEGORIES[1:]), COLLECTIVE_SHUT_OUT, "I.1.1"),
        (_categories(*_CATEGORIES[:-1]), INDIVIDUAL_SHUT_OUT, "I.1.2"),
        (
            _categories(
                *_CATEGORIES, Category(id="x", holder_kind="collective", title="Thôn, bản")
            ),
            COLLECTIVE_ADDED,
            "I.1.1",
        ),
        (
            {"survey_gate": Setting(value="before_registration", source="practice: own")},
            GUIDELINE_RETAGGED,
            None,
        ),
    ],
)
def test_the_guidelines_own_settings_are_not_weakened(
    changed: dict[str, Setting[Any]], refusal: Refusal, clause: str | None
) -> None:
    refused = rule_set.given().when(giving(**changed)).then_refused(refusal)
    assert refused.refusal.clause == clause


def test_the_list_of_individuals_is_open() -> None:
    more = (*_CATEGORIES, Category(id="I.1.2-9", holder_kind="individual", title="Người có uy tín"))
    (event,) = RULE_SET.decide(RULE_SET.initial_state, giving(**_categories(*more)))
    assert event.settings.categories.value == more


def test_a_parent_is_one_that_holds_and_of_another_body() -> None:
    rule_set.given().when(replace(own, known=RuleSetFacts())).then_refused(PARENT_UNKNOWN)
    for changed in (
        {"ends_on": date(2026, 1, 10)},
        {"effective_on": date(2026, 1, 11)},
    ):
        facts = RuleSetFacts(parent_rules=replace(parent, **changed))
        rule_set.given().when(replace(own, known=facts)).then_refused(PARENT_NOT_IN_FORCE)
    last_day = RuleSetFacts(parent_rules=replace(parent, ends_on=date(2026, 1, 11)))
    assert RULE_SET.decide(RULE_SET.initial_state, replace(own, known=last_day))
    facts = RuleSetFacts(parent_rules=replace(parent, adopted_by=adopted.adopted_by))
    rule_set.given().when(replace(own, known=facts)).then_refused(PARENT_OWN)


def test_where_the_province_has_its_set_a_body_builds_on_it() -> None:
    alone = replace(adopt, known=RuleSetFacts(provinces="Hướng dẫn của tỉnh"))
    assert rule_set.given().when(alone).then_refused(PARENT_MISSING).refusal.clause == "IV.1"
    assert RULE_SET.decide(
        RULE_SET.initial_state,
        replace(own, known=RuleSetFacts(parent_rules=parent, provinces="Hướng dẫn của tỉnh")),
    )


@for_all(given=st.sets(st.sampled_from(NAMES)))
def test_every_setting_is_either_the_bodys_own_or_says_where_it_comes_from(given: set[str]) -> None:
    chosen = GivenSettings(**{name: getattr(PRESET.settings, name) for name in given})
    assert settle(chosen, parent) == PRESET.settings
    assert {one.setting for one in inherited(chosen, parent)} == set(NAMES) - given


@for_all(
    gate=st.sampled_from(["before_registration", "before_plan"]),
    month=st.sampled_from(["reason_required", "allowed"]),
    kept=st.sets(st.sampled_from(_CATEGORIES)),
    source=st.sampled_from(["guideline III.1.1b", "guideline III.2.1c", "practice: own"]),
)
def test_whatever_is_adopted_under_a_parent_keeps_the_guidelines_own_settings(
    gate: SurveyGate,
    month: Literal["reason_required", "allowed"],
    kept: set[Category],
    source: str,
) -> None:
    command = giving(
        survey_gate=Setting(value=gate, source=source),
        outside_month=Setting(value=month, source="guideline III.2.1c"),
        categories=Setting(value=tuple(kept), source=_SOURCE),
    )
    try:
        (event,) = RULE_SET.decide(RULE_SET.initial_state, command)
    except RefusedError:
        return
    assert event.settings.survey_gate == PRESET.settings.survey_gate
    assert event.settings.outside_month == PRESET.settings.outside_month
    assert set(event.settings.categories.value) == set(_CATEGORIES)
    assert is_guidelines(event.settings.survey_gate.source)
