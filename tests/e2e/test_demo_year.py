"""The demonstration as a user meets it: `dvk serve --demo`, a year of every fate, and a second start."""

import base64
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from dvk.demo.fates import DECIDED, DECLINED, TOLD, Fate
from scripts.reference import catalogues
from services.audit.domain.deciders import DECIDERS, decode
from shared.contracts.event import TYPE_PREFIX
from shared.domain.logentry import decode_entry
from shared.eventstore.port import START
from tests.support.arrows import not_drawn
from tests.support.playing import stored_of
from tests.support.serving import Serving, dvk, serving_demo

pytestmark = pytest.mark.timeout(600)
"""The first test waits for the whole year, whatever else the machine does."""
MODELS = len(Fate)
"""The smallest year that holds every fate once."""
PLAYED = "Stop with Ctrl-C"
NOT_PLAYED = {
    "dvk.registration.QuotaPlaceTaken.v1": "the preset that is adopted sets no upper limit",
    "dvk.registration.QuotaPlaceFreed.v1": "the preset that is adopted sets no upper limit",
    "dvk.registration.QuotaPlaceLapsed.v1": "it follows from a crash between two writes alone",
    "dvk.notification.NoticeFailed.v1": "it follows from a mail server that fails; here there is none",
    "dvk.notification.NoticeRetried.v1": "nothing failed that could be retried",
    "dvk.notification.PersonalDataErased.v1": "an address is the office's own: nobody asks",
}
"""The events of the contracts that no year shows, each with the reason."""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "data"


@pytest.fixture(scope="module")
def server(data: Path) -> Iterator[Serving]:
    with serving_demo(data, MODELS) as server:
        server.wait_until_said(PLAYED)
        yield server


@pytest.fixture(scope="module")
def decisions(server: Serving) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = server.get("/recognition/decisions?year=2026&limit=200")["items"]
    return found


def decided_as(server: Serving, fate_step: str) -> list[str]:
    """The models whose timeline holds an event of this type."""
    models = server.get("/registration/models?year=2026&limit=200")["items"]
    return [
        model["model_id"]
        for model in models
        if fate_step in {step["type"] for step in timeline(server, model["model_id"])}
    ]


def timeline(server: Serving, model: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = server.get(f"/audit/timeline?model={model}&limit=200")["items"]
    return found


def test_the_summary_tells_every_fate_once_and_what_to_try(server: Serving) -> None:
    said = server.said()
    for fate in Fate:
        assert re.search(rf"^ +1  {re.escape(TOLD[fate].en)}$", said, re.MULTILINE), fate
    assert f"{MODELS} models, {len(DECIDED)} decisions" in said
    assert f"curl -s '{server.address}/recognition/decisions?year=2026&limit=3'" in said
    assert "Traceback" not in said


def test_every_event_occurs_or_is_listed_with_why_not(server: Serving) -> None:
    stored: set[str] = set()
    after = START
    while (page := server.get(f"/audit/log?limit=1000&after={after}"))["entries"]:
        entries = (decode_entry(base64.b64decode(row["entry"])) for row in page["entries"])
        stored |= {entry.type for entry in entries}
        after = page["scanned_to"]
    declared = {
        f"{TYPE_PREFIX}.{catalogue.service}.{name}"
        for catalogue in catalogues()
        for name in catalogue.current
    }
    assert declared - stored == NOT_PLAYED.keys()


def test_what_fell_took_the_exemplar_along_and_was_decided_anew(server: Serving) -> None:
    rows = server.get("/recognition/decisions?year=2026&limit=200")["items"]
    (exemplar,) = [row for row in rows if row["aim"] == "exemplar"]
    assert exemplar["standing"] == "stands"
    case = server.get(f"/recognition/cases/{exemplar['case_id']}")
    (revoked,) = server.get("/recognition/decisions?year=2026&standing=revoked")["items"]
    basis = {one["case_id"] for one in case["put_forward"]["rests_on"]}
    assert revoked["case_id"] in basis and len(basis) == 2
    (award,) = server.get("/recognition/awards")["items"]
    assert (award["case_id"], award["status"]) == (exemplar["case_id"], "granted")


def test_the_public_decisions_are_those_of_the_summary(
    server: Serving, decisions: list[dict[str, Any]]
) -> None:
    outcomes = Counter(decision["status"] for decision in decisions)
    assert outcomes == {
        "recognized": len(DECIDED - DECLINED),
        "declined": len(DECLINED),
    }
    in_october = [d for d in decisions if d["decided_on"].startswith("2026-10-")]
    assert len(in_october) == len(decisions) - 2, "one was late, and an exemplar has no month"


def test_every_step_of_the_year_is_drawn(server: Serving) -> None:
    states: dict[str, Any] = {}
    after = 0
    while entries := server.get(f"/audit/log?after={after}&limit=1000")["entries"]:
        for row in entries:
            stored = stored_of(row)
            decider = DECIDERS[stored.category]
            before = states.get(stored.stream, decider.initial_state)
            event = decode(stored)
            assert not_drawn(decider, before, [event]) == set()
            states[stored.stream] = decider.evolve(before, event)
        after = entries[-1]["position"]
    assert len(states) > MODELS


def test_a_cell_without_an_account_is_entered_by_its_commune_from_its_papers(
    server: Serving,
) -> None:
    rows = server.get("/registration/entries-from-paper?limit=200")["items"]
    ((model, cell, officer),) = {(row["model_id"], row["body"], row["entered_by"]) for row in rows}
    months = sorted(row["recorded_at"][5:7] for row in rows if row["event"] == "ProgressReported")
    assert months == ["04", "06", "08"]
    assert {"ModelRegistered", "PlanAdopted", "WrittenResultsSubmitted"} <= {
        r["event"] for r in rows
    }
    assert len({row["paper"] for row in rows}) > len(months), "a paper each time"
    (fixed,) = [row for row in rows if row["event"] == "EntryCorrected"]
    steps = {step["event_id"]: step for step in timeline(server, model)}
    name = server.get(f"/registration/organizations/{cell}")["name"]
    for row in rows:
        step = steps[row["event_id"]]
        assert step["on_behalf"] == {"bodies": [cell], "paper": row["paper"]}
        assert f"(Nhập thay {name} từ văn bản giấy {row['paper'][:12]}….)" in step["vi"]
        assert step["organization"] == officer
    assert {step["type"].split(".")[2] for step in steps.values()} >= {"Recognized"}
    # The committee's own acts are its own, and what others hold they enter themselves.
    assert all(
        steps[one]["on_behalf"] is None for one in steps.keys() - {r["event_id"] for r in rows}
    )
    said = dvk("replay", "model", model, "--url", server.address).stdout
    assert f"Entered on behalf of {name} from the paper {fixed['paper'][:12]}" in said


def test_a_decision_against_the_advice_says_so_in_public(
    server: Serving, decisions: list[dict[str, Any]]
) -> None:
    against = [d for d in decisions if d["status"] == "recognized" and d["advice"] == "decline"]
    assert len(against) == 1
    case = server.get(f"/recognition/cases/{against[0]['case_id']}")
    assert case["departure"]["reason"]


def test_a_decision_after_october_states_its_reason(
    server: Serving, decisions: list[dict[str, Any]]
) -> None:
    late = [d for d in decisions if d["decided_on"].startswith("2026-11-")]
    recognised = [server.get(f"/recognition/cases/{d['case_id']}")["recognized"] for d in late]
    reasons = {one["aim"]: one["outside_month_reason"] for one in recognised}
    assert reasons.keys() == {"model", "exemplar"}
    assert reasons["model"] and not reasons["exemplar"]


def test_a_ballot_without_quorum_was_repeated(server: Serving) -> None:
    ballots = server.get("/evaluation/ballots?limit=200")["items"]
    (second,) = [ballot for ballot in ballots if ballot["round"] == 2]
    view = server.get(f"/evaluation/ballots/{second['ballot_id']}")
    former = server.get(f"/evaluation/ballots/{view['opened']['former']}")
    assert former["quorum_missed"] is not None and former["tallied"] is None
    assert view["tallied"]["adopted"] is True


def test_a_missed_session_did_not_hold_the_model_back(server: Serving) -> None:
    missed = decided_as(server, "dvk.registration.ReportingSessionMissed.v1")
    recognized = decided_as(server, "dvk.recognition.Recognized.v1")
    assert set(missed) & set(recognized)


def test_the_timeline_tells_the_year_in_order_and_in_both_languages(
    server: Serving, decisions: list[dict[str, Any]]
) -> None:
    recognized = next(d for d in decisions if d["status"] == "recognized")
    steps = timeline(server, recognized["model_id"])
    types = [step["type"].split(".")[2] for step in steps]
    story = ("SiteSurveyed", "ModelRegistered", "PlanAdopted", "ResultsReported", "Appraised",
             "PostingClosed", "BallotTallied", "AdviceIssued", "CaseOpened", "Recognized")  # fmt: skip
    assert [types.index(step) for step in story] == sorted(types.index(step) for step in story)
    assert [step["at"] for step in steps] == sorted(step["at"] for step in steps)
    assert all(step["vi"] and step["en"] for step in steps)


def test_the_holder_was_told(server: Serving) -> None:
    user = re.search(r"dvk token (\S+)", server.said())
    assert user is not None
    inbox = server.get("/notification/inbox?limit=200", server.token(user[1]))["items"]
    told = {(notice["kind"], notice["relation"]) for notice in inbox}
    assert ("Recognized", "holder") in told
    # Notices carry the year's time, not the machine's: each was queued when its cause happened.
    assert all(notice["queued_at"][:10] == notice["cause_at"][:10] for notice in inbox)


def test_nothing_was_parked_and_nothing_is_behind(server: Serving) -> None:
    checked = dvk("doctor", "--url", server.address)
    assert checked.returncode == 0, checked.stdout
    for service in ("registration", "evaluation", "recognition", "notification", "audit"):
        assert dvk("parked", service, "--url", server.address).returncode == 0


def test_replay_shows_a_model_as_it_was(server: Serving, decisions: list[dict[str, Any]]) -> None:
    model = next(d for d in decisions if d["status"] == "recognized")["model_id"]
    in_may = dvk("replay", "model", model, "--at", "2026-05-31", "--url", server.address)
    assert in_may.returncode == 0
    assert '"status": "running"' in in_may.stdout
    assert "progress" in in_may.stdout and "Decision" not in in_may.stdout
    now = dvk("replay", "model", model, "--url", server.address)
    assert '"status": "reported"' in now.stdout
    ballots = server.get(f"/evaluation/ballots?model={model}")["items"]
    ballot = dvk("replay", "ballot", ballots[0]["ballot_id"], "--json", "--url", server.address)
    steps = Counter(step["type"] for step in json.loads(ballot.stdout)["timeline"])
    assert steps["dvk.evaluation.BallotOpened.v1"] == 1
    assert steps["dvk.evaluation.VoteCast.v1"] >= 6


def test_a_rebuild_gives_the_same_lists(server: Serving) -> None:
    before = server.get("/registration/models?year=2026&limit=200")
    rebuilt = dvk("rebuild", "registration", "--url", server.address)
    assert rebuilt.returncode == 0, rebuilt.stderr
    assert server.get("/registration/models?year=2026&limit=200") == before


def test_only_an_administrator_rebuilds(server: Serving) -> None:
    refused = dvk("rebuild", "registration", "--user", "kiem-tra", "--url", server.address)
    assert refused.returncode == 1
    with pytest.raises(httpx.HTTPStatusError, match="401"):
        server.get("/registration/admin/parked")


def test_a_second_start_keeps_everything_and_plays_nothing(
    server: Serving, data: Path, decisions: list[dict[str, Any]]
) -> None:
    assert server.stop() == 0
    with serving_demo(data, MODELS) as again:
        said = again.wait_until_said(PLAYED, seconds_max=20)
        assert f"{MODELS} models, {len(DECIDED)} decisions" in said
        assert "surveys" not in said
        assert again.get("/recognition/decisions?year=2026&limit=200")["items"] == decisions
        assert again.stop() == 0


def test_an_interrupted_year_is_played_to_its_end(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving_demo(data, MODELS) as server:
        server.wait_until_said("progress reports")
        server.kill()
    with serving_demo(data, MODELS) as again:
        said = again.wait_until_said(PLAYED)
        assert f"{MODELS} models, {len(DECIDED)} decisions" in said
        models = again.get("/registration/models?year=2026&limit=200")["items"]
        assert len(models) == MODELS - 1
        reports = Counter(
            model["progress_reports"] for model in models if model["status"] != "withdrawn"
        )
        assert reports.keys() == {2, 3} and reports[2] == 1, "one model rested in June"
        assert again.stop() == 0
