"""Entry on behalf over HTTP: from a signed paper that is kept first, seen by everyone for ever, and told to whom it concerns."""

from base64 import b64encode
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest

from shared.contracts.metadata import Metadata, OnBehalf
from shared.host.ids import new_key, paper_id
from tests.support.recorded import World, denied, ok
from tests.support.registering import ONE, PLAN, form, paper_of, registering
from tests.support.story import CELL, COMMITTEE, ELSEWHERE, MODEL, OFFICE, UNION

SCAN = b"%PDF-1.7\n" + "Báo cáo tháng 1, chi bộ bản Cửa Rào".encode()
HASH = sha256(SCAN).hexdigest()
PAPERS = "/registration/papers"
PROGRESS = {"until": "2026-02-09", "narrative": "Đã trồng 400 m.", "figures": []}


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[World]:
    bodies = (OFFICE, COMMITTEE, ELSEWHERE, CELL, UNION)
    async with registering(tmp_path, bodies=bodies, surveyed=(MODEL,)) as here:
        yield here


def scan(*signers: object, content: bytes = SCAN) -> dict[str, Any]:
    return {
        "what": "Báo cáo tháng 1 của chi bộ bản Cửa Rào",
        "signed_by": [str(one) for one in signers],
        "content": b64encode(content).decode(),
    }


async def refused(here: World, path: str, body: object, paper: str | None, user: str) -> str:
    answer = await here.post(path, body, user=user, paper=paper)
    assert answer.status_code == 409, answer.text
    assert answer.json()["detail"]
    code: str = answer.json()["type"].removeprefix("/problems/")
    return code


async def running(here: World) -> str:
    """The officer has entered registration and plan from the cell's paper; its hash."""
    paper = await paper_of(here, CELL)
    await ok(here, f"{ONE}/registration", form(), "officer", paper)
    await ok(here, f"{ONE}/acceptance", {}, "officer")
    await ok(here, f"{ONE}/plan", PLAN, "officer", paper)
    return paper


async def recorded(here: World) -> list[tuple[str, Metadata]]:
    stored = await here.runtime.store.read_stream(f"model-{MODEL}")
    return [
        (event.type.split(".")[2], msgspec.json.decode(event.metadata, type=Metadata))
        for event in stored
    ]


async def test_what_the_officer_enters_says_for_ever_for_whom_and_from_which_paper(
    here: World,
) -> None:
    paper = await running(here)
    await ok(here, f"{ONE}/progress", PROGRESS, "officer", paper)
    kept = await here.runtime.store.read_stream(f"paper_registration-{paper_id(COMMITTEE, paper)}")
    by_type = dict(await recorded(here))
    for name in ("ModelRegistered", "PlanAdopted", "ProgressReported"):
        metadata = by_type[name]
        assert metadata.on_behalf == OnBehalf(bodies=(CELL,), paper=paper), name
        assert (metadata.actor, metadata.organization) == ("officer", COMMITTEE)
        assert kept[0].id in metadata.cites
    # What the committee does in its own right is its own.
    assert by_type["RegistrationAccepted"].on_behalf is None

    rows = (await here.get("/registration/entries-from-paper", model=MODEL))["items"]
    assert [row["event"] for row in rows] == ["ProgressReported", "PlanAdopted", "ModelRegistered"]
    for row in rows:
        assert (row["body"], row["entered_by"]) == (str(CELL), str(COMMITTEE))
        assert (row["paper"], row["paper_id"]) == (paper, str(paper_id(COMMITTEE, paper)))
    mine = await here.get("/registration/entries-from-paper", body=CELL, entered_by=COMMITTEE)
    assert mine["items"] == rows
    assert (await here.get("/registration/entries-from-paper", body=UNION))["items"] == []


async def test_it_is_refused_without_a_paper_and_nothing_is_recorded(here: World) -> None:
    before = await recorded(here)
    assert await refused(here, f"{ONE}/registration", form(), None, "officer") == "paper-needed"
    unknown = sha256(b"nowhere").hexdigest()
    assert await refused(here, f"{ONE}/registration", form(), unknown, "officer") == "paper-unknown"
    others = await paper_of(here, UNION)
    assert await refused(here, f"{ONE}/registration", form(), others, "officer") == "paper-unknown"
    # The same paper of the same cell, but kept by another organisation.
    foreign = await paper_of(here, CELL, user="foreigner", what="Của nơi khác")
    assert await refused(here, f"{ONE}/registration", form(), foreign, "officer") == "paper-unknown"
    assert await recorded(here) == before
    for malformed in ("ab", "AB" * 32, "ab" * 33, "ag" * 32):
        answer = await here.post(f"{ONE}/registration", form(), user="officer", paper=malformed)
        assert (answer.status_code, "Dvk-Paper" in answer.text) == (400, True), malformed


async def test_a_paper_opens_nothing_to_whom_no_row_allows_it(here: World) -> None:
    paper = await running(here)
    foreign = await paper_of(here, CELL, user="foreigner")
    for user, named in (("foreigner", foreign), ("stranger", paper), ("clerk", paper)):
        answer = await here.post(f"{ONE}/progress", PROGRESS, user=user, paper=named)
        assert answer.status_code == 403, (user, answer.text)


async def test_in_the_own_name_a_paper_is_refused(here: World) -> None:
    paper = await running(here)
    assert await refused(here, f"{ONE}/progress", PROGRESS, paper, "registrant") == (
        "paper-not-needed"
    )
    praise = {"reasons": "Huy động được cả bản tham gia."}
    assert await refused(here, f"{ONE}/praises", praise, paper, "officer") == "paper-not-needed"
    await ok(here, f"{ONE}/progress", PROGRESS, "registrant")
    assert (await recorded(here))[-1][1].on_behalf is None


async def test_a_repeated_key_with_another_paper_is_another_request(here: World) -> None:
    paper = await running(here)
    later = await paper_of(here, CELL, what="Báo cáo giấy tháng 3")
    key = new_key(here.clock.now())
    path = f"{ONE}/progress"
    first = await here.post(path, PROGRESS, user="officer", paper=paper, key=key)
    again = await here.post(path, PROGRESS, user="officer", paper=paper, key=key)
    assert again.json() == first.json()
    assert again.headers["idempotent-replayed"] == "true"
    for other in (later, None):
        answer = await here.post(path, PROGRESS, user="officer", paper=other, key=key)
        assert answer.json()["type"].endswith("/idempotency-conflict"), answer.text


async def test_a_wrong_entry_is_corrected_by_the_body_or_from_its_next_paper(here: World) -> None:
    paper = await running(here)
    await ok(here, f"{ONE}/results", {"summary": "Xong.", "households": 65}, "officer", paper)
    wrong = {"entry": "results.households", "becomes": "56", "reason": "Nhập nhầm so với giấy."}
    assert await refused(here, f"{ONE}/corrections", wrong, None, "officer") == "paper-needed"
    await ok(here, f"{ONE}/corrections", wrong, "officer", paper)
    assert (await here.get(ONE))["results"]["households"] == 56
    itself = wrong | {"becomes": "57", "reason": "Chi bộ đếm lại."}
    await ok(here, f"{ONE}/corrections", itself, "registrant")
    corrections = [one for name, one in await recorded(here) if name == "EntryCorrected"]
    assert [one.on_behalf for one in corrections] == [OnBehalf(bodies=(CELL,), paper=paper), None]


async def test_a_scan_is_kept_checked_and_shown_to_those_concerned(
    here: World, tmp_path: Path
) -> None:
    await denied(here, PAPERS, scan(CELL), "registrant", "clerk", "appraiser")
    first = await ok(here, PAPERS, scan(CELL), "officer")
    assert first["id"] == str(paper_id(COMMITTEE, HASH))
    assert (tmp_path / "files" / "registration" / HASH[:2] / HASH).read_bytes() == SCAN
    added = await ok(here, PAPERS, scan(CELL, UNION), "officer")
    assert added["events"] == ["dvk.registration.PaperKept.v1"]
    assert (await ok(here, PAPERS, scan(UNION), "officer"))["events"] == []
    one = f"{PAPERS}/{first['id']}"
    shown = await here.get(one)
    assert (shown["kept"]["sha256"], shown["kept"]["size_bytes"]) == (HASH, len(SCAN))
    assert shown["signed_by"] == [str(CELL), str(UNION)]
    for reader in ("officer", "registrant", "union", "auditor"):
        answer = await here.read(f"{one}/scan", user=reader)
        assert (answer.status_code, answer.content) == (200, SCAN), reader
    for reader in ("stranger", "foreigner", "clerk"):
        assert (await here.read(f"{one}/scan", user=reader)).status_code == 404, reader
    assert (await here.read(f"{one}/scan")).status_code == 401


async def test_what_is_no_scan_is_refused(here: World) -> None:
    text = await here.post(PAPERS, scan(CELL, content=b"Bao cao"), user="officer")
    assert text.json()["type"].endswith("/evidence-type")
    for bad in (
        scan(),
        scan(CELL, content=b""),
        scan("x"),
        scan(CELL) | {"what": " "},
        scan(CELL) | {"kept_by": str(ELSEWHERE)},
        scan(*[CELL] * 201),
    ):
        assert (await here.post(PAPERS, bad, user="officer")).status_code in (400, 422), bad
    nobody = await here.post(PAPERS, scan(MODEL), user="officer")
    assert nobody.status_code == 404
    kept = await here.runtime.store.read_log(after=0, categories=["paper_registration"])
    assert not kept.events
