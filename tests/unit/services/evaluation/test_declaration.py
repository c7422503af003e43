"""The service's declaration: every command has its row, refusals their own codes, the preset is adoptable."""

from uuid import UUID

import msgspec
import pytest

from services.evaluation.domain.criteria import CRITERIA, AdoptCriteria
from services.evaluation.domain.ruleset import RULE_SET, AdoptRuleSet
from services.evaluation.policy import RULES
from services.evaluation.presets import Preset, load_presets
from services.evaluation.service import SERVICE
from shared.contracts.event import Event
from shared.domain.time import Instant
from shared.host.app import refusals_of
from shared.host.operations import Operations, WriteOperation
from shared.host.policy import Role

BY_ITSELF = {"OpenAppraisal", "IssueAdvice", "Discontinue", "TallyBallot"}
PRESETS = load_presets()


def test_every_command_has_its_row_and_only_what_follows_by_itself_has_no_grant() -> None:
    for rules in RULES:
        assert set(rules.grants) == set(rules.decider.commands.values())
    ungranted = {
        command.__name__
        for rules in RULES
        for command, grants in rules.grants.items()
        if not grants
    }
    assert ungranted == BY_ITSELF


def test_the_deciders_own_the_services_categories() -> None:
    owned = sorted(rules.decider.category for rules in RULES)
    assert owned == sorted(SERVICE.catalogue.categories)


def test_every_operation_can_be_served_and_opinions_alone_need_no_account() -> None:
    writes = [op for op in Operations.of(SERVICE) if isinstance(op, WriteOperation)]
    public = [op.id for op in writes if any(g.role is Role.PUBLIC for g in op.grants)]
    assert public == ["send_opinion"]


def test_refusals_have_codes_of_their_own_and_name_a_person_what_to_do() -> None:
    refusals = refusals_of([SERVICE])
    assert len(refusals) > 50
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
    body = msgspec.to_builtins(preset.rule_set) | {"adopted_by": str(UUID(int=1))}
    rule_set = msgspec.convert(body | {"rule_set_id": str(UUID(int=2)), "at": at}, AdoptRuleSet)
    assert RULE_SET.decide(RULE_SET.initial_state, rule_set)
    body = msgspec.to_builtins(preset.criteria_set) | {"adopted_by": str(UUID(int=1))}
    criteria = msgspec.convert(
        body | {"criteria_set_id": str(UUID(int=3)), "at": at}, AdoptCriteria
    )
    assert CRITERIA.decide(CRITERIA.initial_state, criteria)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.id)
def test_a_presets_holidays_are_in_order_and_distinct(preset: Preset) -> None:
    holidays = preset.rule_set.settings.holidays.value
    assert list(holidays) == sorted(set(holidays))
    assert {day.year for day in holidays} == {2025, 2026, 2027}
