"""A whole province, driven at random by right and wrong hands through the HTTP APIs, is as the rules say after every
step; and a rule that is broken on purpose is noticed.

Each of MUTATIONS breaks one rule of the services in its one place; the first EARLY are tried whenever the tests run, all of
them with FAULT_SEEDS set (`FAULT_SEEDS=1 pytest -k noticed`): competence, the month and one achievement were each found so
by the first seed. A run that is over before anything is decided, or before what was revoked brings down what rests
on it, fails as well: see REACHED.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from services.evaluation.domain import posting
from services.recognition.domain import deciding
from services.registration.domain import model, reporting
from tests.support.wandering import Strayed, shortened, wander

STEPS: Final = 700
LONG: Final = "FAULT_SEEDS" in os.environ
SEEDS_MAX: Final = 12
"""Of a long run: some thousands of steps."""
FIRST: Final = 5
"""The first seed of a short run: by it everything of REACHED comes to pass."""
DECIDED: Final = frozenset({"AppraisalOpened", "AdviceIssued", "CaseOpened"})
"""What every province comes to, and at least one decision."""
REACHED: Final = frozenset(
    {
        *("JointHolderConsented", "SupplementSupplied", "SimilarityFound", "QuotaPlaceTaken"),
        *("TeamAssigned", "ScoreSealed", "DivergenceResolved", "Recognized", "Declined"),
        *("DuplicateFound", "CaseReopened", "DecisionDepartedFromAdvice", "CertificateIssued"),
        *("ExemplarPutForward", "EndorsementGiven", "RevocationProposed", "RecognitionRevoked"),
        *("DependentRecognitionSuspended", "DependentRecognitionDecided", "QuorumMissed"),
        *("LatenessRecorded", "LateReportAccepted"),
    }
)
MET: Final = {
    FIRST: frozenset(
        {
            *("forbidden", "quota-full", "joint-consent-missing", "appraiser-conflict"),
            *("body-not-competent", "achievement-recognised"),
        }
    ),
    13: frozenset({"outside-month", "achievement-under-consideration"}),
}
"""Refusals, by the seed that comes to them: the seeds of a short run."""


SEEDS: Final = [*MET, *range(100, 100 + SEEDS_MAX - len(MET))] if LONG else list(MET)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", SEEDS)
async def test_the_province_is_as_the_rules_say(tmp_path: Path, seed: int) -> None:
    try:
        wanderer = await wander(tmp_path, seed, STEPS)
    except Strayed as strayed:
        shorter = tmp_path / "again"
        shorter.mkdir()
        raise await shortened(shorter, strayed, seed) from None
    assert wanderer.answers["accepted"] > STEPS // 4
    assert len(wanderer.answers) > 10, "few refusals were met"
    happened = wanderer.happened.keys()
    assert happened >= DECIDED and happened & {"Recognized", "Declined"}, wanderer.happened
    if seed == FIRST:
        assert happened >= REACHED, REACHED - happened
    met = MET.get(seed, frozenset())
    assert wanderer.answers.keys() >= met, met - wanderer.answers.keys()


MUTATIONS: Final[tuple[tuple[str, object, str, Callable[..., object]], ...]] = (
    ("a return is not recorded", model, "_return", lambda _state, _command: ()),
    (
        "any body is competent",
        deciding,
        "competent_under",
        lambda state: (state.deciding_body, ("I.2.2b",)),
    ),
    (
        "any month is the month",
        deciding,
        "_outside_month_reason",
        lambda _opened, _command, _rules: None,
    ),
    (
        "one achievement, recognised twice",
        deciding,
        "_check_duplicates",
        lambda _state, _command, _rules: None,
    ),
    (
        "late results count at once",
        reporting,
        "_results_count",
        lambda state: state.results is not None,
    ),
    ("any day is in time", reporting, "legal_date", lambda at: at.date().replace(month=1)),
    ("a posting of no days", posting, "last_of_working_days", lambda start, _days, _off: start),
)
"""Rules of the services, each broken in its one place."""
EARLY: Final = 2
"""Those that the first run meets."""


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
    for seed in range(FIRST, FIRST + SEEDS_MAX):
        folder = tmp_path / str(seed)
        folder.mkdir()
        try:
            await wander(folder, seed, STEPS)
        except Strayed:
            return
    pytest.fail(f"nobody noticed: {name}")
