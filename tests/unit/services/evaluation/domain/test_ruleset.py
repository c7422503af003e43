"""Rule sets: settings with their sources, in versions that a dossier can be stamped with."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import msgspec
import pytest

from services.evaluation.domain.adopted import EXPIRY_TOO_EARLY, STAY
from services.evaluation.domain.inheritance import SETTINGS_MISSING, GivenSettings
from services.evaluation.domain.ruleset import (
    ALREADY_EXISTS,
    RULE_SET,
    UNKNOWN,
    VERSION_BACKDATED,
    AdoptRuleSet,
    AdoptRuleSetVersion,
    RuleSetFacts,
)
from services.evaluation.domain.settings import (
    CATEGORY_TWICE,
    NO_CATEGORIES,
    NOT_PUBLIC,
    NOT_THE_GUIDELINES,
    QUOTA_REVERSED,
    REMINDERS_OUT_OF_ORDER,
    SECRET_BALLOT,
    SHARE_OUT_OF_RANGE,
    SOURCE_UNCLEAR,
    SUB_FIELD_TWICE,
    TIE_WITHOUT_REPEAT,
)
from services.evaluation.presets import load_presets
from shared.contracts.evaluation import (
    Fraction,
    Quota,
    RuleSetAdopted,
    RuleSettings,
    Setting,
)
from shared.contracts.particulars import SubField
from shared.contracts.values import OrganizationId, RuleSetId
from shared.domain.refusal import Refusal
from tests.support.specification import specification

NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)
PRESET = load_presets()[0].rule_set


def given(settings: RuleSettings) -> GivenSettings:
    """All of them decided by the body itself."""
    return GivenSettings(**msgspec.structs.asdict(settings))


rule_set = specification(RULE_SET)

adopted = RuleSetAdopted(
    rule_set_id=RuleSetId(UUID(int=1)),
    version=1,
    adopted_by=OrganizationId(UUID(int=2)),
    title=PRESET.title,
    document_number="01-QĐ/BTGDV",
    issued_on=date(2026, 1, 4),
    effective_on=date(2026, 1, 10),
    expires_on=date(2030, 12, 31),
    settings=PRESET.settings,
    transition=STAY,
)
adopt = AdoptRuleSet(
    rule_set_id=adopted.rule_set_id,
    adopted_by=adopted.adopted_by,
    title=adopted.title,
    document_number=adopted.document_number,
    issued_on=adopted.issued_on,
    effective_on=adopted.effective_on,
    expires_on=adopted.expires_on,
    settings=given(adopted.settings),
    known=RuleSetFacts(),
    at=NOW,
)
version = AdoptRuleSetVersion(
    title=adopted.title,
    document_number="02-QĐ/BTGDV",
    issued_on=adopted.issued_on,
    effective_on=date(2027, 1, 1),
    expires_on=None,
    settings=given(adopted.settings),
    known=RuleSetFacts(),
    at=NOW,
)


def settings(**changed: Setting[Any]) -> GivenSettings:
    return given(msgspec.structs.replace(PRESET.settings, **changed))


def test_a_body_adopts_the_preset_by_its_own_document() -> None:
    rule_set.given().when(adopt).then(adopted)


def test_a_rule_set_is_adopted_once() -> None:
    rule_set.given(adopted).when(adopt).then_refused(ALREADY_EXISTS)


def test_a_new_version_stands_beside_the_former() -> None:
    second = msgspec.structs.replace(
        adopted,
        version=2,
        document_number="02-QĐ/BTGDV",
        effective_on=date(2027, 1, 1),
        expires_on=None,
    )
    rule_set.given(adopted).when(version).then(second)
    state = RULE_SET.fold((adopted, second))
    assert (state.version(1), state.version(2), state.version(3)) == (adopted, second, None)
    assert state.version(0) is None


def test_the_same_version_again_changes_nothing() -> None:
    again = msgspec.structs.replace(
        version,
        document_number=adopted.document_number,
        effective_on=adopted.effective_on,
        expires_on=adopted.expires_on,
    )
    rule_set.given(adopted).when(again).then_nothing()


def test_there_is_no_version_of_nothing() -> None:
    rule_set.given().when(version).then_refused(UNKNOWN)


def test_a_version_does_not_take_effect_before_the_former() -> None:
    early = msgspec.structs.replace(version, effective_on=date(2026, 1, 9))
    rule_set.given(adopted).when(early).then_refused(VERSION_BACKDATED)


@pytest.mark.parametrize("expires_on", [date(2026, 1, 10), date(2026, 1, 9)])
def test_expiry_lies_after_effect(expires_on: date) -> None:
    wrong = msgspec.structs.replace(adopt, expires_on=expires_on)
    rule_set.given().when(wrong).then_refused(EXPIRY_TOO_EARLY)


_CATEGORIES = PRESET.settings.categories
_NONE = Fraction(numerator=0, denominator=3)
_FIELD = SubField(id="nong-thon-moi", field="economy", title="Nông thôn mới")
_MORE_THAN_ALL = Fraction(numerator=4, denominator=3)
_TWO_THIRDS = Fraction(numerator=2, denominator=3)
_SURVEY, _MONTH = "guideline III.1.1b", "guideline III.2.1c"


@pytest.mark.parametrize(
    "changed,refusal",
    [
        ({"survey_gate": Setting(value="before_plan", source="because")}, SOURCE_UNCLEAR),
        ({"survey_gate": Setting(value="before_plan", source="practice: ")}, SOURCE_UNCLEAR),
        ({"categories": Setting(value=(), source="guideline I.1.1")}, NO_CATEGORIES),
        (
            {
                "categories": Setting(
                    value=(*_CATEGORIES.value, _CATEGORIES.value[0]), source="guideline I.1.1"
                )
            },
            CATEGORY_TWICE,
        ),
        ({"quorum": Setting(value=_NONE, source="practice: x")}, SHARE_OUT_OF_RANGE),
        ({"quorum": Setting(value=_MORE_THAN_ALL, source="practice: x")}, SHARE_OUT_OF_RANGE),
        ({"threshold": Setting(value=_NONE, source="practice: x")}, SHARE_OUT_OF_RANGE),
        ({"threshold": Setting(value=_MORE_THAN_ALL, source="practice: x")}, SHARE_OUT_OF_RANGE),
        (
            {
                "ballot_mode": Setting(value="none", source="practice: x"),
                "posting_working_days": Setting(value=0, source="practice: x"),
            },
            NOT_PUBLIC,
        ),
        ({"ballot_mode": Setting(value="secret", source="practice: x")}, SECRET_BALLOT),
        ({"quorum": Setting(value=_TWO_THIRDS, source="guideline I.2.1b")}, NOT_THE_GUIDELINES),
        ({"survey_gate": Setting(value="before_plan", source=_SURVEY)}, NOT_THE_GUIDELINES),
        ({"outside_month": Setting(value="allowed", source=_MONTH)}, NOT_THE_GUIDELINES),
        (
            {"survey_gate": Setting(value="before_registration", source=_MONTH)},
            NOT_THE_GUIDELINES,
        ),
        (
            {
                "tie_rule": Setting(value="repeat", source="practice: x"),
                "ballot_repeats_max": Setting(value=0, source="practice: x"),
            },
            TIE_WITHOUT_REPEAT,
        ),
        (
            {"models_per_unit": Setting(value=Quota(at_least=3, at_most=2), source="practice: x")},
            QUOTA_REVERSED,
        ),
        ({"sub_fields": Setting(value=(_FIELD, _FIELD), source="practice: x")}, SUB_FIELD_TWICE),
        ({"reminder_days": Setting(value=(1, 7), source="practice: x")}, REMINDERS_OUT_OF_ORDER),
        ({"reminder_days": Setting(value=(7, 7), source="practice: x")}, REMINDERS_OUT_OF_ORDER),
    ],
)
def test_settings_that_break_a_rule_are_refused(
    changed: dict[str, Setting[Any]], refusal: Refusal
) -> None:
    wrong = settings(**changed)
    rule_set.given().when(msgspec.structs.replace(adopt, settings=wrong)).then_refused(refusal)
    rule_set.given(adopted).when(msgspec.structs.replace(version, settings=wrong)).then_refused(
        refusal
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"ballot_mode": Setting(value="none", source="practice: small body")},
        {"posting_working_days": Setting(value=0, source="practice: ballot only")},
        {"survey_gate": Setting(value="before_plan", source="practice: own")},
    ],
)
def test_a_body_may_decide_differently_what_is_practice(changed: dict[str, Setting[Any]]) -> None:
    chosen = msgspec.structs.replace(PRESET.settings, **changed)
    rule_set.given().when(msgspec.structs.replace(adopt, settings=given(chosen))).then(
        msgspec.structs.replace(adopted, settings=chosen)
    )


def test_without_a_parent_every_setting_is_given() -> None:
    fewer = msgspec.structs.replace(given(PRESET.settings), quorum=None, tie_rule=None)
    refused = (
        rule_set.given()
        .when(msgspec.structs.replace(adopt, settings=fewer))
        .then_refused(SETTINGS_MISSING)
    )
    assert refused.values == {"missing": "quorum, tie_rule"}


def test_what_a_body_can_give_is_what_a_rule_set_has() -> None:
    assert GivenSettings.__struct_fields__ == RuleSettings.__struct_fields__
