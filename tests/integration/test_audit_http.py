"""Audit over HTTP: the story of a model, any state as at any time, and the log itself."""

import base64
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from services.audit.domain.deciders import SOURCES
from services.audit.service import SERVICE
from services.notification.reactions import notice_id
from services.recognition.reactions import case_id
from shared.contracts import evaluation, notification, recognition, registration
from shared.contracts.metadata import OnBehalf
from shared.contracts.notification import NoticeDelivered, NoticeQueued
from shared.contracts.recognition import CaseOpened, Ground
from shared.contracts.registration import RegistrationAccepted
from shared.contracts.values import AchievementId, ModelId
from shared.domain.logentry import decode_entry
from tests.support import story
from tests.support.recorded import World, world
from tests.support.story import APPRAISAL, BALLOT, CELL, COMMITTEE, MODEL, VOTER, YEAR

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
OTHER = ModelId(UUID("018f0000-0000-7000-8000-0000000000d1"))
ACHIEVEMENT = AchievementId(UUID("018f0000-0000-7000-8000-0000000000d2"))
CASE = case_id(MODEL, YEAR)
PAPER = "cd" * 32


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path, [SERVICE], SOURCES, (), NOW) as here:
        await tell_the_story(here)
        yield here


async def tell_the_story(here: World) -> None:
    model = f"model-{MODEL}"
    await here.record(
        registration.EVENTS,
        f"organization-{COMMITTEE}",
        story.created(COMMITTEE, "Đảng ủy xã Môn Sơn"),
    )
    await here.record(
        registration.EVENTS, f"organization-{CELL}", story.created(CELL, "Chi bộ bản Cửa Rào")
    )
    (registered,) = await here.record(
        registration.EVENTS,
        model,
        story.registered(),
        organization=COMMITTEE,
        on_behalf=OnBehalf(bodies=(CELL,), paper=PAPER),
    )
    await here.record(registration.EVENTS, f"model-{OTHER}", story.registered(OTHER, "Khác"))
    here.clock.pin(NOW + timedelta(days=1))
    await here.record(
        registration.EVENTS,
        model,
        RegistrationAccepted(model_id=MODEL, committee=COMMITTEE),
        actor="cb-mon-son",
        organization=COMMITTEE,
    )
    await here.record(
        evaluation.EVENTS, f"appraisal-{APPRAISAL}", story.appraisal_opened(), story.appraised()
    )
    await here.record(evaluation.EVENTS, f"ballot-{BALLOT}", story.ballot_opened())
    await here.record(
        evaluation.EVENTS, f"vote-{BALLOT}-{VOTER}", story.vote_cast(), actor=str(VOTER)
    )
    opened = CaseOpened(
        case_id=CASE,
        achievement=ACHIEVEMENT,
        model=MODEL,
        movement=story.MOVEMENT,
        year=YEAR,
        aim="model",
        holder=CELL,
        holder_kind="collective",
        committee=COMMITTEE,
        appraisal=APPRAISAL,
        appraising_unit=story.SECTION,
        deciding_body=COMMITTEE,
        advice="recognise",
        grounds=(Ground(clause="I.2.1a", event_id=registered),),
        rule_set=story.RULE_SET,
        rule_set_version=1,
    )
    await here.record(recognition.EVENTS, f"case-{CASE}", opened, cites=(registered,))
    notice = notice_id(registered, CELL, "inbox")
    queued = NoticeQueued(
        notice_id=notice,
        recipient=CELL,
        relation="holder",
        channel="inbox",
        kind="Recognized",
        model=MODEL,
        title=story.MODEL_NAME,
        cause=registered,
        cause_at=NOW,
        source="guideline I.2.2b",
        rules="018f0000-0000-7000-8000-0000000000a4/1",
    )
    await here.record(
        notification.EVENTS, f"notice-{notice}", queued, NoticeDelivered(notice_id=notice)
    )


async def test_the_timeline_tells_a_models_story_across_all_streams_in_order(
    running: World,
) -> None:
    page = await running.get("/audit/timeline", model=MODEL)
    names = [entry["type"].split(".")[2] for entry in page["items"]]
    assert names == [
        "ModelRegistered",
        "RegistrationAccepted",
        "AppraisalOpened",
        "Appraised",
        "BallotOpened",
        "VoteCast",
        "CaseOpened",
        "NoticeQueued",
        "NoticeDelivered",
    ]
    positions = [entry["position"] for entry in page["items"]]
    assert positions == sorted(positions)
    other = await running.get("/audit/timeline", model=OTHER)
    assert len(other["items"]) == 1


async def test_each_step_says_what_it_is_who_acted_and_what_it_relied_on(
    running: World,
) -> None:
    entries = (await running.get("/audit/timeline", model=MODEL))["items"]
    registered, accepted, case = entries[0], entries[1], entries[6]
    assert accepted["vi"] == "Đảng ủy xã Môn Sơn chấp nhận đăng ký."
    assert accepted["en"] == "Đảng ủy xã Môn Sơn accepted the registration."
    assert (accepted["actor"], accepted["organization_name"]) == (
        "cb-mon-son",
        "Đảng ủy xã Môn Sơn",
    )
    assert registered["clause"] == "III.1.1c"
    assert registered["organization"] == str(COMMITTEE)
    assert registered["on_behalf"] == {"bodies": [str(CELL)], "paper": PAPER}
    assert registered["vi"].endswith(
        "(Nhập thay Chi bộ bản Cửa Rào từ văn bản giấy cdcdcdcdcdcd….)"
    )
    assert accepted["on_behalf"] is None
    assert case["cites"] == [registered["event_id"]]
    assert entries[5]["actor"] == str(VOTER)


async def test_the_timeline_goes_page_by_page_without_losing_a_step(running: World) -> None:
    whole = (await running.get("/audit/timeline", model=MODEL))["items"]
    found, cursor = [], None
    while True:
        page = await running.get("/audit/timeline", model=MODEL, limit=2, cursor=cursor)
        found += page["items"]
        cursor = page["next"]
        if cursor is None:
            break
    assert found == whole


async def test_a_state_is_shown_as_at_an_instant_and_as_at_a_position(running: World) -> None:
    path = f"/audit/streams/model-{MODEL}/state"
    now = await running.get(path)
    assert (now["state"]["status"], now["revision"]) == ("accepted", 1)
    assert len(now["events"]) == 2

    before = await running.get(path, at="2026-03-02T02:00:00Z")
    assert (before["state"]["status"], before["revision"]) == ("registered", 0)
    in_viet_nam = await running.get(path, at="2026-03-02T09:00:00+07:00")
    assert in_viet_nam == before
    assert await running.get(path, at=before["position"]) == before
    assert await running.get(path, at=now["position"]) == now
    nothing_yet = await running.read(path, at="2026-03-01T00:00:00Z")
    assert nothing_yet.status_code == 404


@pytest.mark.parametrize("at", ["yesterday", "2026-03-02T02:00:00", "-1", "٣"])
async def test_a_moment_that_is_none_is_refused(running: World, at: str) -> None:
    answer = await running.read(f"/audit/streams/model-{MODEL}/state", at=at)
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"].startswith("application/problem+json")


async def test_states_of_every_service_can_be_replayed(running: World) -> None:
    for stream in (
        f"organization-{COMMITTEE}",
        f"appraisal-{APPRAISAL}",
        f"ballot-{BALLOT}",
        f"vote-{BALLOT}-{VOTER}",
        f"case-{CASE}",
    ):
        answer = await running.get(f"/audit/streams/{stream}/state")
        assert answer["state"], stream


async def test_a_streams_events_are_shown_as_stored(running: World) -> None:
    path = f"/audit/streams/model-{MODEL}/events"
    events = (await running.get(path))["events"]
    assert [event["revision"] for event in events] == [0, 1]
    assert events[0]["data"]["name"] == story.MODEL_NAME
    assert events[1]["metadata"]["actor"] == "cb-mon-son"
    assert (await running.get(path, after=0))["events"] == events[1:]
    assert (await running.get(path, after=1))["events"] == []


@pytest.mark.parametrize(
    "stream", ["model-none", "secret-1", "%00", "x" * 300, "model", "..%2f..%2fetc"]
)
async def test_an_unknown_stream_is_not_found(running: World, stream: str) -> None:
    for part in ("state", "events"):
        answer = await running.read(f"/audit/streams/{stream}/{part}")
        assert answer.status_code == 404, stream


async def test_an_unknown_model_has_no_timeline(running: World) -> None:
    assert (await running.read("/audit/timeline", model=UUID(int=7))).status_code == 404
    assert (await running.read("/audit/timeline", model="none")).status_code in (400, 422)


async def test_the_log_is_public_entry_by_entry_as_it_is_hashed(running: World) -> None:
    found, after = [], 0
    while True:
        page = await running.get("/audit/log", after=after, limit=3)
        if not page["entries"]:
            break
        found += page["entries"]
        after = page["scanned_to"]
    stored = (await running.runtime.store.read_log()).events
    assert [entry["position"] for entry in found] == [event.position for event in stored]
    for entry, event in zip(found, stored, strict=True):
        decoded = decode_entry(base64.b64decode(entry["entry"]))
        assert (decoded.id, decoded.stream, decoded.data) == (event.id, event.stream, event.data)


async def test_nobody_needs_to_sign_in_and_nobody_can_write(running: World) -> None:
    answer = await running.http.post(f"/audit/streams/model-{MODEL}/state", json={})
    assert answer.status_code == 405
