"""A whole province, driven at random by right and wrong hands through the HTTP APIs, is as the rules say after every
step; and a rule that is broken on purpose is noticed.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from services.evaluation.domain import posting
from services.registration.domain import model, reporting
from tests.support.playing import seeds
from tests.support.wandering import Strayed, shortened, wander

STEPS: Final = 400
LONG: Final = "FAULT_SEEDS" in os.environ
SEEDS_MAX: Final = 12
"""Of a long run: some thousands of steps."""


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", list(seeds(1))[:SEEDS_MAX])
async def test_the_province_is_as_the_rules_say(tmp_path: Path, seed: int) -> None:
    try:
        wanderer = await wander(tmp_path, seed, STEPS)
    except Strayed as strayed:
        shorter = tmp_path / "again"
        shorter.mkdir()
        raise await shortened(shorter, strayed, seed) from None
    assert wanderer.answers["accepted"] > STEPS // 4
    assert len(wanderer.answers) > 10, "few refusals were met"


MUTATIONS: Final[tuple[tuple[str, object, str, Callable[..., object]], ...]] = (
    (
        "late results count at once",
        reporting,
        "_results_count",
        lambda state: state.results is not None,
    ),
    ("a return is not recorded", model, "_return", lambda _state, _command: ()),
    ("any day is in time", reporting, "legal_date", lambda at: at.date().replace(month=1)),
    ("a posting of no days", posting, "last_of_working_days", lambda start, _days, _off: start),
)
"""Rules of the services, each broken in its one place."""
EARLY: Final = 2
"""Those that a short run meets."""


@pytest.mark.timeout(1_800)
@pytest.mark.parametrize(
    "mutation", MUTATIONS if LONG else MUTATIONS[:EARLY], ids=lambda one: one[0]
)
async def test_a_broken_rule_is_noticed(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    mutation: tuple[str, object, str, Callable[..., object]],
) -> None:
    name, place, attribute, broken = mutation
    monkeypatch.setattr(place, attribute, broken)
    for seed in range(SEEDS_MAX):
        folder = tmp_path / str(seed)
        folder.mkdir()
        try:
            await wander(folder, seed, STEPS)
        except Strayed:
            return
    pytest.fail(f"nobody noticed: {name}")
