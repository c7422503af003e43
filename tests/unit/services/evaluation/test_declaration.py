"""The service's declaration: every command has its row, refusals their own codes, the preset is adoptable."""

from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest

from services.evaluation.domain.criteria import CRITERIA, AdoptCriteria
from services.evaluation.domain.inheritance import ParentRules
from services.evaluation.domain.ruleset import RULE_SET, AdoptRuleSet, RuleSetFacts
from services.evaluation.domain.settings import GUIDELINE_SETTINGS, each, is_guidelines
from services.evaluation.presets import Preset, Variation, load_presets, load_variations
from services.evaluation.service import SERVICE
from shared.contracts.evaluation import RuleSettings, RuleSetVersion
from shared.contracts.event import Event
from shared.contracts.values import OrganizationId, RuleSetId
from shared.domain.time import Instant
from shared.domain.workingdays import HOLIDAYS_UNKNOWN
from shared.host.app import refusals_of
from shared.host.operations import Operations, WriteOperation
from shared.host.policy import Role

BY_ITSELF = {
    "OpenAppraisal",
    "OpenScore",
    "NoteCorrection",
    "IssueAdvice",
    "Discontinue",
    "TallyBallot",
    "OpenBallot",
    "RepeatBallot",
    "CloseBallot",
    "SettleAgenda",
    "CountSitting",
    "DraftMinutes",
}
PRESETS = load_presets()


def test_every_command_has_its_row_and_only_what_follows_by_itself_has_no_grant() -> None:
    for rules in SERVICE.rules:
        assert set(rules.grants) == set(rules.decider.commands.values())
    ungranted = {
        command.__name__
        for rules in SERVICE.rules
        for command, grants in rules.grants.items()
        if not grants
    }
    assert ungranted == BY_ITSELF


def test_the_deciders_own_the_services_categories() -> None:
    owned = sorted(rules.decider.category for rules in SERVICE.rules)
    assert owned == sorted(SERVICE.catalogue.categories)


def test_every_operation_can_be_served_and_opinions_alone_need_no_account() -> None:
    writes = [op for op in Operations.of(SERVICE) if isinstance(op, WriteOperation)]
    public = [op.id for op in writes if any(g.role is Role.PUBLIC for g in op.grants)]
    assert public == ["send_opinion"]


def test_refusals_have_codes_of_their_own_and_name_a_person_what_to_do() -> None:
    refusals = refusals_of([SERVICE])
    assert len(refusals) > 50
    assert HOLIDAYS_UNKNOWN in refusals, "what shared rules refuse has its page too"
    for refusal in refusals:
        assert refusal.vi.endswith((".", ".»"))
        assert refusal.en.endswith(".")


def test_the_readme_lists_every_refusal(pytestconfig: pytest.Config) -> None:
    readme = (pytestconfig.rootpath / "services/evaluation/README.md").read_text()
    missing = [r.code for r in refusals_of([SERVICE]) if f"`{r.code}`" not in readme]
    assert missing == []


def test_handlers_cover_events_of_the_catalogues_alone() -> None:
    known: set[type[Event]] = set()
    for catalogue in (SERVICE.catalogue, *SERVICE.consumes):
        known |= set(catalogue.current.values())
    assert {handler.event_type for handler in SERVICE.read_model.handlers} <= known
    assert {reaction.event_type for reaction in SERVICE.reactions} <= known


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.id)
def test_a_preset_can_be_adopted_as_it_stands(preset: Preset) -> None:
    at = msgspec.json.decode(b'"2026-01-05T08:00:00Z"', type=Instant)
    document = {
        "adopted_by": str(UUID(int=1)),
        "document_number": "01-QĐ/BTGDV",
        "issued_on": "2026-01-05",
        "effective_on": "2026-01-05",
        "known": {},
        "at": at,
    }
    body = msgspec.to_builtins(preset.rule_set) | document
    rule_set = msgspec.convert(body | {"rule_set_id": str(UUID(int=2))}, AdoptRuleSet)
    assert RULE_SET.decide(RULE_SET.initial_state, rule_set)
    body = msgspec.to_builtins(preset.criteria_set) | document
    criteria = msgspec.convert(body | {"criteria_set_id": str(UUID(int=3))}, AdoptCriteria)
    assert CRITERIA.decide(CRITERIA.initial_state, criteria)


@pytest.mark.parametrize("variation", load_variations(), ids=lambda one: one.id)
def test_a_variation_can_be_adopted_on_top_of_a_preset(variation: Variation) -> None:
    at = datetime(2026, 1, 5, 8, tzinfo=UTC)
    parent = RuleSetVersion(rule_set=RuleSetId(UUID(int=9)), version=1)
    for preset in PRESETS:
        above = ParentRules(
            rules=parent,
            adopted_by=OrganizationId(UUID(int=8)),
            effective_on=at.date(),
            ends_on=None,
            settings=preset.rule_set.settings,
            inherited=(),
        )
        command = AdoptRuleSet(
            rule_set_id=RuleSetId(UUID(int=2)),
            adopted_by=OrganizationId(UUID(int=1)),
            title=variation.id,
            document_number="01-QĐ/ĐU",
            issued_on=at.date(),
            effective_on=at.date(),
            parent=parent,
            settings=variation.settings,
            known=RuleSetFacts(parent_rules=above),
            at=at,
        )
        (event,) = RULE_SET.decide(RULE_SET.initial_state, command)
        own = set(RuleSettings.__struct_fields__) - {one.setting for one in event.inherited}
        assert own
        assert not any(is_guidelines(getattr(event.settings, name).source) for name in own)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.id)
def test_a_preset_says_what_is_the_guidelines_and_what_is_practice(preset: Preset) -> None:
    guidelines = {name for name, one in each(preset.rule_set.settings) if is_guidelines(one.source)}
    assert guidelines == set(GUIDELINE_SETTINGS)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.id)
def test_a_presets_holidays_are_in_order_and_distinct(preset: Preset) -> None:
    holidays = preset.rule_set.settings.holidays.value
    assert list(holidays) == sorted(set(holidays))
    assert {day.year for day in holidays} == {2025, 2026, 2027}
