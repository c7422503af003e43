"""A code says one thing: whoever looks it up finds one sentence, wherever it was said."""

import importlib
import pkgutil
from collections import defaultdict

import services
import shared
from shared.domain.refusal import Refusal

WITHOUT_MIGRATIONS = "migrations"


def declared() -> dict[str, set[Refusal]]:
    found: dict[str, set[Refusal]] = defaultdict(set)
    for root in (services, shared):
        for module in pkgutil.walk_packages(root.__path__, f"{root.__name__}."):
            if WITHOUT_MIGRATIONS in module.name:
                continue
            for value in vars(importlib.import_module(module.name)).values():
                if isinstance(value, Refusal):
                    found[value.code].add(value)
    return found


def test_a_code_has_one_declaration() -> None:
    codes = declared()
    assert len(codes) > 200, "refusals are found"
    twice = {code: refusals for code, refusals in codes.items() if len(refusals) > 1}
    assert not twice
