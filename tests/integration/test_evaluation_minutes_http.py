"""Minutes over HTTP: drafted by themselves, read, reserved on, signed by who holds the roles, and then the advice."""

import base64
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from services.evaluation.domain.minutes import TAG
from tests.support.evaluating import APPRAISAL, MEMBERS, Evaluation, evaluating

SOURCE = "practice: the committee's own rules"
WORDS = "Đề nghị kiểm tra lại số hộ tham gia trước khi đề nghị"
SCAN = b"%PDF-1.7\n% bien ban da ky"


@pytest.fixture
async def evaluation(tmp_path: Path) -> AsyncIterator[Evaluation]:
    async with evaluating(tmp_path) as evaluation:
        yield evaluation


async def counted(evaluation: Evaluation, without_account: tuple[str, ...] = ()) -> str:
    """A counted sitting whose minutes chair and secretary have to sign."""
    roles = {"value": ["chair", "secretary"], "source": SOURCE}
    await evaluation.posting_closed(minutes=roles)
    sitting = await evaluation.sitting(await evaluation.council(without_account=without_account))
    voting = [one for one in ("chair", *MEMBERS[:4]) if one not in without_account]
    await evaluation.attend(sitting, *voting, consulted=MEMBERS[4:])
    sheet = {"votes": [{"appraisal": str(APPRAISAL), "choice": "approve"}]}
    for member in (*voting, MEMBERS[4]):
        await evaluation.ok(f"{sitting}/sheets", sheet, user=member)
    await evaluation.ok(f"{sitting}/closure", user="secretary")
    await minutes_of(evaluation, sitting)
    return sitting


async def minutes_of(evaluation: Evaluation, sitting: str) -> dict[str, Any]:
    """The minutes once they are drafted."""

    async def look() -> dict[str, Any] | None:
        answer = await evaluation.here.read(f"{sitting}/minutes")
        found: dict[str, Any] = answer.json()
        return found if answer.status_code == 200 else None

    return await evaluation.here.until(look)


async def sign(evaluation: Evaluation, sitting: str, user: str, minutes: str) -> dict[str, Any]:
    body = {"minutes": minutes}
    answer = await evaluation.here.post(f"{sitting}/minutes/signatures", body, user=user)
    said: dict[str, Any] = answer.json()
    return said


async def test_the_advice_follows_when_the_last_role_has_signed(evaluation: Evaluation) -> None:
    here = evaluation.here
    sitting = await counted(evaluation)
    answer = await here.read(f"{sitting}/minutes")
    shown = answer.json()
    # Anybody can hash what is shown.
    plain = answer.content.split(b'"minutes":', 1)[1].rsplit(b',"signatures":', 1)[0]
    assert shown["sha256"] == hashlib.sha256(TAG + plain).hexdigest()
    lines = shown["minutes"]["dossiers"][0]["counted"]["lines"]
    assert [(one["base"], one["voted_in_writing"]) for one in lines] == [(6, 1), (5, 0), (6, 1)]
    assert [one["role"] for one in shown["awaiting"]] == ["chair", "secretary"]
    unsigned = (await here.get("/evaluation/sittings", status="unsigned", awaiting="chair"))[
        "items"
    ]
    assert [one["awaiting"] for one in unsigned] == [["chair", "secretary"]]
    assert (await evaluation.appraisal())["advice"] is None

    stranger = await sign(evaluation, sitting, "stranger", shown["sha256"])
    assert stranger["type"].endswith("/minutes-not-yours")
    member = await sign(evaluation, sitting, MEMBERS[0], shown["sha256"])
    assert (member["type"].rpartition("/")[2], member["practice"]) == (
        "minutes-not-yours",
        "minutes",
    )
    other = await sign(evaluation, sitting, "chair", "0" * 64)
    assert other["type"].endswith("/minutes-changed")
    first = await sign(evaluation, sitting, "secretary", shown["sha256"])
    assert first["events"] == ["dvk.evaluation.MinutesSigned.v1"]
    assert (await sign(evaluation, sitting, "secretary", shown["sha256"]))["events"] == []
    seen = await here.get(sitting)
    assert [one["role"] for one in seen["awaiting"]] == ["chair"]
    await evaluation.caught_up()
    left = (await here.get("/evaluation/sittings", awaiting="secretary"))["items"]
    assert [one["awaiting"] for one in left] == []
    assert (await evaluation.appraisal())["advice"] is None
    await sign(evaluation, sitting, "chair", shown["sha256"])
    advice = (await evaluation.appraisal("advice"))["advice"]
    assert advice["advice"] == "recognise"
    await evaluation.caught_up()
    (row,) = (await here.get("/evaluation/sittings", status="signed"))["items"]
    assert row["awaiting"] == []
    stored = await evaluation.stored(f"sitting-{sitting.rpartition('/')[2]}")
    signed = [one for one in stored if one.type.endswith(".MinutesSigned.v1")]
    assert not any(b'"chair"' in one.metadata for one in signed), "a seat signs, no account"


async def test_a_reservation_changes_what_is_signed_and_its_words_are_kept_apart(
    evaluation: Evaluation,
) -> None:
    here = evaluation.here
    sitting = await counted(evaluation)
    path = f"{sitting}/minutes/reservations"
    body = {"words": WORDS, "appraisal": str(APPRAISAL)}
    before = (await minutes_of(evaluation, sitting))["sha256"]
    await sign(evaluation, sitting, "secretary", before)
    assert (await evaluation.refused(path, body, user="stranger"))["type"].endswith("/not-a-voter")
    await evaluation.ok(path, body, user=MEMBERS[0])
    assert (await evaluation.ok(path, body, user=MEMBERS[0]))["events"] == []
    twice = await evaluation.refused(path, {"words": "Khác."}, user=MEMBERS[0])
    assert twice["type"].endswith("/reservation-twice")

    after = await minutes_of(evaluation, sitting)
    assert after["sha256"] != before
    assert [one["role"] for one in after["awaiting"]] == ["chair", "secretary"]
    old = await sign(evaluation, sitting, "chair", before)
    assert old["type"].endswith("/minutes-changed")
    stored = await evaluation.stored(f"sitting-{sitting.rpartition('/')[2]}")
    said = b"".join(one.data + one.metadata for one in stored).decode()
    assert WORDS not in said and MEMBERS[0] not in said
    assert WORDS not in (await here.read(f"{sitting}/minutes")).text

    for reader in ("secretary", "auditor", MEMBERS[1]):
        text = (await here.read(f"{sitting}/minutes/text", user=reader)).text
        assert WORDS in text and f"Người {MEMBERS[0]}" in text and after["sha256"] in text
    for other in ("stranger", "foreign-secretary"):
        answer = await here.read(f"{sitting}/minutes/text", user=other)
        assert answer.status_code == 404, other
    for signer in ("secretary", "chair"):
        await sign(evaluation, sitting, signer, after["sha256"])
    await evaluation.appraisal("advice")
    late = await evaluation.refused(path, {"words": "Muộn."}, user=MEMBERS[1])
    assert late["type"].endswith("/minutes-signed")


async def test_who_has_no_account_signs_on_paper_and_the_scan_is_kept(
    evaluation: Evaluation,
) -> None:
    here = evaluation.here
    sitting = await counted(evaluation, without_account=("chair",))
    seats = await evaluation.seats(sitting)
    minutes = (await minutes_of(evaluation, sitting))["sha256"]
    body = {"minutes": minutes, "content": base64.b64encode(SCAN).decode()}
    path = f"{sitting}/seats/{seats['chair']}/signature"
    assert (await evaluation.refused(path, body, user=MEMBERS[0]))["status"] == 403
    own = f"{sitting}/seats/{seats['secretary']}/signature"
    has = await evaluation.refused(own, body, user="secretary")
    assert has["type"].endswith("/minutes-signatory-has-account")
    await evaluation.ok(path, body, user="secretary")
    assert (await here.read(path, user="auditor")).content == SCAN
    assert (await here.read(path, user="foreign-secretary")).status_code == 404
    await sign(evaluation, sitting, "secretary", minutes)
    assert (await evaluation.appraisal("advice"))["advice"]["advice"] == "recognise"


async def test_without_roles_that_sign_there_are_no_minutes_and_the_advice_follows(
    evaluation: Evaluation,
) -> None:
    await evaluation.posting_closed()
    ballot = await evaluation.ballot()
    await evaluation.vote(ballot, "approve", "chair", *MEMBERS)
    await evaluation.close(ballot)
    assert (await evaluation.appraisal("advice"))["advice"]["advice"] == "recognise"
    sitting = await evaluation.sitting_of(ballot)
    assert (await evaluation.here.read(f"{sitting}/minutes")).status_code == 404
    none = await sign(evaluation, sitting, "chair", "0" * 64)
    assert none["type"].endswith("/minutes-not-drafted")
