"""A model's course over HTTP: evidence, more time, corrections, rest and end, lineage; and feedback."""

from base64 import b64encode
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest

from shared.contracts import registration
from shared.contracts.registration import OrganizationMerged
from shared.contracts.values import ModelId
from shared.domain.attachments import FILE_BYTES_MAX
from shared.host.ids import new_key
from tests.support import story
from tests.support.recorded import World, denied, ok
from tests.support.registering import ONE, TEAM, paper_of, registering, runs_by_plan
from tests.support.story import CELL, COMMITTEE, ELSEWHERE, MODEL, OFFICE, YEAR

SEPTEMBER = datetime(2026, 9, 20, 3, tzinfo=UTC)
OCTOBER = datetime(2026, 10, 3, 3, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 10, 3, tzinfo=UTC)
COPY = ModelId(UUID("018f0000-0000-7000-8000-0000000000d1"))
SCAN = b"%PDF-1.7\n" + "biên bản họp dân".encode()
HASH = sha256(SCAN).hexdigest()


def file(content: bytes) -> dict[str, str]:
    return {"shows": "Biên bản họp dân", "content": b64encode(content).decode()}


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[World]:
    async with registering(tmp_path, at=SEPTEMBER, bodies=(CELL,)) as here:
        for model in (MODEL, COPY):
            await runs_by_plan(here, model)
        yield here


async def test_evidence_is_attached_read_by_those_who_may_and_withdrawn(
    here: World, tmp_path: Path
) -> None:
    written = await ok(here, f"{ONE}/evidence", file(SCAN), "registrant")
    assert written["events"] == ["dvk.registration.EvidenceAttached.v1"]
    assert (tmp_path / "files" / "registration" / HASH[:2] / HASH).read_bytes() == SCAN
    (listed,) = (await here.get(f"{ONE}/evidence"))["files"]
    assert (listed["attached"]["sha256"], listed["attached"]["size_bytes"]) == (HASH, len(SCAN))

    one = f"{ONE}/evidence/{HASH}"
    for reader in ("registrant", "officer", "clerk", "appraiser", "auditor"):
        answer = await here.read(one, user=reader)
        assert (answer.status_code, answer.content) == (200, SCAN), reader
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.headers["content-disposition"] == "attachment"
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert (await here.read(one)).status_code == 401
    assert (await here.read(one, user="stranger")).status_code == 404
    assert (await here.read(f"{ONE}/evidence/{'0' * 64}", user="auditor")).status_code == 404

    await denied(here, f"{one}/withdrawal", {"reason": "Sai."}, "stranger", "auditor")
    await ok(here, f"{one}/withdrawal", {"reason": "Có hình trẻ em."}, "registrant")
    assert (await here.read(one, user="registrant")).status_code == 404
    assert (await here.read(one, user="auditor")).content == SCAN
    (listed,) = (await here.get(f"{ONE}/evidence"))["files"]
    assert listed["withdrawn"]["reason"] == "Có hình trẻ em."


async def test_a_file_comes_before_its_event_and_a_retry_finds_both(
    here: World, tmp_path: Path
) -> None:
    key = new_key(SEPTEMBER)
    first = await here.post(f"{ONE}/evidence", file(SCAN), user="registrant", key=key)
    again = await here.post(f"{ONE}/evidence", file(SCAN), user="registrant", key=key)
    assert first.json() == again.json()
    assert again.headers["idempotent-replayed"] == "true"
    other = await here.post(f"{ONE}/evidence", file(SCAN + b"."), user="registrant", key=key)
    assert other.json()["type"].endswith("/idempotency-conflict")
    kept = [path.name for path in (tmp_path / "files").rglob("*") if path.is_file()]
    assert HASH in kept


async def test_a_file_that_cannot_be_kept_leaves_no_event(here: World, tmp_path: Path) -> None:
    (tmp_path / "files").write_text("where the folder should be")
    answer = await here.post(f"{ONE}/evidence", file(SCAN), user="registrant")
    assert answer.status_code >= 500
    assert (await here.get(f"{ONE}/evidence"))["files"] == []


async def test_a_successor_reads_what_its_predecessor_could(here: World) -> None:
    await here.record(
        registration.EVENTS, f"organization-{CELL}", story.created(CELL, "Chi bộ bản Cửa Rào")
    )
    await ok(here, f"{ONE}/core-team", TEAM, "registrant")
    assert (await here.read(f"{ONE}/core-team", user="stranger")).status_code == 404
    merged = OrganizationMerged(
        organization_id=CELL,
        effective_on=SEPTEMBER.date(),
        into=ELSEWHERE,
        source="Quyết định sáp nhập",
    )
    await here.record(registration.EVENTS, f"organization-{CELL}", merged)
    shown = await here.get(f"{ONE}/core-team", user="stranger")
    assert shown["members"][0]["name"] == "Lô Văn Thử"


async def test_only_files_of_known_kind_and_size_are_kept_and_only_from_those_who_may(
    here: World, tmp_path: Path
) -> None:
    answer = await here.post(f"{ONE}/evidence", file(b"<html>"), user="registrant")
    assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[-1]) == (
        409,
        "evidence-type",
    )
    largest = b"%PDF-1.7\n".ljust(FILE_BYTES_MAX, b"0")
    await denied(here, f"{ONE}/evidence", file(largest), "stranger")
    assert not (tmp_path / "files").exists()
    too_large = await here.post(f"{ONE}/evidence", file(largest + b"0"), user="registrant")
    assert too_large.status_code == 422
    far_too_large = await here.post(f"{ONE}/evidence", file(largest * 2), user="registrant")
    assert far_too_large.status_code == 413
    await ok(here, f"{ONE}/evidence", file(largest), "registrant")
    other = await here.post(f"{ONE}/praises", {"reasons": "a" * 300_000}, user="officer")
    assert other.status_code == 413


async def test_more_time_keeps_results_from_being_late_and_the_session_from_being_missed(
    here: World,
) -> None:
    extension = {"due_before": "2026-10-06", "reason": "Bão số 5."}
    await denied(here, f"{ONE}/extensions", extension, "registrant", "clerk", "foreigner")
    refusal = {"asked_for": "2026-11-01", "reason": "Quá dài."}
    await ok(here, f"{ONE}/extension-refusals", refusal, "officer")
    await ok(here, f"{ONE}/extensions", extension, "officer")
    assert (await here.get(ONE))["results_extended_to"] == "2026-10-06"
    here.clock.pin(OCTOBER)
    results = {"summary": "Hoàn thành.", "figures": [{"target": "Đường hoa", "value": 820}]}
    written = await ok(here, f"{ONE}/results", results, "registrant")
    assert written["events"] == ["dvk.registration.WrittenResultsSubmitted.v1"]

    async def other_missed() -> bool | None:
        shown = await here.get(f"/registration/models/{COPY}")
        return True if shown["session_missed"] else None

    await here.until(other_missed)
    shown = await here.get(ONE)
    assert (shown["session_missed"], shown["results_extended_to"]) == (False, "2026-10-06")
    late = await here.post(f"/registration/models/{COPY}/extensions", extension, user="officer")
    assert late.json()["type"].endswith("/extension-after-deadline")
    assert late.json()["practice"]


async def test_entries_are_corrected_by_whoever_may_enter_them(here: World) -> None:
    await ok(here, f"{ONE}/register-number", {"register_number": "15/2026"}, "clerk")
    await ok(here, f"{ONE}/results", {"summary": "Xong.", "households": 65}, "registrant")
    number = {"entry": "register-number", "becomes": "51/2026", "reason": "Nhập nhầm."}
    await denied(here, f"{ONE}/corrections", number, "registrant", "officer", "foreigner")
    await ok(here, f"{ONE}/corrections", number, "clerk")
    households = {"entry": "results.households", "becomes": "56", "reason": "Nhập nhầm."}
    await denied(here, f"{ONE}/corrections", households, "clerk", "stranger")
    paper = await paper_of(here, CELL)
    await ok(here, f"{ONE}/corrections", households, "officer", paper)
    shown = await here.get(ONE)
    assert (shown["register_number"], shown["results"]["households"]) == ("51/2026", 56)
    rows = (await here.get("/registration/models"))["items"]
    assert {row["register_number"] for row in rows} == {"51/2026", None}


async def test_a_model_rests_goes_on_is_attested_and_ends(here: World) -> None:
    reason = {"reason": "Lũ quét."}
    await denied(here, f"{ONE}/suspension", reason, "stranger", "foreigner")
    await ok(here, f"{ONE}/suspension", reason, "registrant")
    assert (await here.get(ONE))["suspended"] is True
    here.clock.pin(DECEMBER)

    async def quiet() -> list[str] | None:
        rows = (await here.get("/registration/quiet-models", user="clerk"))["items"]
        return [row["model_id"] for row in rows] or None

    assert await here.until(quiet) == [str(COPY)]
    await ok(here, f"{ONE}/resumption", {"reason": "Đã khắc phục."}, "registrant")

    work = {"for_year": YEAR, "committee": COMMITTEE}
    waiting = (await here.get("/registration/unattested-models", user="officer", **work))["items"]
    assert {row["model_id"] for row in waiting} == {str(MODEL), str(COPY)}
    finding = {"finding": "Đường hoa vẫn được chăm sóc."}
    await denied(here, f"{ONE}/attestations", finding, "registrant", "foreigner")
    await ok(here, f"{ONE}/attestations", finding, "officer")
    waiting = (await here.get("/registration/unattested-models", user="officer", **work))["items"]
    assert [row["model_id"] for row in waiting] == [str(COPY)]
    await ok(here, f"/registration/models/{COPY}/attestations", finding, "officer")
    assert await quiet() is None
    life = await here.get(f"{ONE}/life")
    assert (life["suspended"], [one["year"] for one in life["attested"]]) == (False, [YEAR])

    await ok(here, f"{ONE}/end", {"ended_on": "2026-12-01", "reason": "Xong."}, "registrant")
    rows = (await here.get("/registration/models", status="ended"))["items"]
    assert [row["model_id"] for row in rows] == [str(MODEL)]


async def test_lineage_is_followed_both_ways_and_never_in_a_circle(here: World) -> None:
    copy = f"/registration/models/{COPY}"
    taken = {"original": str(MODEL), "taken_over": "Cách vận động từng hộ."}
    await denied(here, f"{copy}/original", taken, "stranger", "clerk")
    unknown = await here.post(
        f"{copy}/original", {**taken, "original": str(ELSEWHERE)}, user="registrant"
    )
    assert unknown.json()["type"].endswith("/original-unknown")
    await ok(here, f"{copy}/original", taken, "registrant")
    assert (await here.get(f"{copy}/lineage"))["originals"] == [str(MODEL)]
    (row,) = (await here.get(f"{ONE}/copies"))["items"]
    assert (row["model_id"], row["taken_over"]) == (str(COPY), "Cách vận động từng hộ.")
    back = await here.post(f"{ONE}/original", {**taken, "original": str(COPY)}, user="registrant")
    assert back.json()["clause"] == "II.5"


async def test_feedback_reaches_the_launching_body_and_gets_its_answer(here: World) -> None:
    body = {
        "movement": str(story.MOVEMENT),
        "subject": "Thời hạn báo cáo của bản vùng sâu",
        "content": "Các bản xa không kịp báo cáo trước 1/10.",
        "about": "III.2.1b",
    }
    await denied(here, "/registration/feedback", body, "auditor")
    written = await ok(here, "/registration/feedback", body, "registrant")
    one = f"/registration/feedback/{written['id']}"
    (row,) = (await here.get("/registration/feedback", user="clerk", answered="false"))["items"]
    assert (row["raised_by"], row["launching_body"]) == (str(CELL), str(OFFICE))
    answer = {"outcome": "rules_adjusted", "answer": "Sẽ bổ sung quy định gia hạn."}
    await denied(here, f"{one}/answer", answer, "officer", "registrant")
    await ok(here, f"{one}/answer", answer, "clerk")
    assert (await here.get("/registration/feedback", user="clerk", answered="false"))["items"] == []
    shown = await here.get(one, user="registrant")
    assert shown["answered"]["outcome"] == "rules_adjusted"
    assert (await here.read(one)).status_code == 401
