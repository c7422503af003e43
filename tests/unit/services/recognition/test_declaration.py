"""What the service declares is whole: a policy row for every command, every refusal in its README."""

from pathlib import Path
from types import ModuleType

import pytest

from services.recognition.domain import after_refusals, case_refusals, review_refusals
from services.recognition.policy import RULES
from services.recognition.service import SERVICE
from shared.domain import workingdays
from shared.domain.refusal import Refusal
from shared.host.operations import Operations

REFUSALS = (case_refusals, after_refusals, review_refusals, workingdays)
README = Path(__file__).parents[4] / "services" / "recognition" / "README.md"


def test_every_command_has_a_row_in_the_policy_table() -> None:
    for rules in RULES:
        assert set(rules.grants) == set(rules.decider.commands.values())


def test_every_route_has_someone_who_may_take_it() -> None:
    operations = Operations.of(SERVICE)
    assert all(operation.grants for operation in operations if hasattr(operation, "grants"))


@pytest.mark.parametrize("module", REFUSALS, ids=lambda module: module.__name__)
def test_every_refusal_stands_in_the_readme_with_what_it_cites(module: ModuleType) -> None:
    rows = README.read_text().splitlines()
    for refusal in vars(module).values():
        if isinstance(refusal, Refusal):
            cited = refusal.clause or (refusal.practice and f"practice `{refusal.practice}`") or ""
            start = f"| `{refusal.code}` | {cited} |".replace("|  |", "| |")
            assert any(row.startswith(start) for row in rows), start
