"""A posting over HTTP: public to read, open to opinions of citizens whose words stay out of the record."""

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from shared.host.ids import new_key
from tests.support import story
from tests.support.evaluating import (
    AFTER_POSTING,
    APPRAISAL,
    CITIZEN,
    ONE,
    POSTED,
    POSTING,
    WORDS,
    Evaluation,
    evaluating,
)


@pytest.fixture
async def evaluation(tmp_path: Path) -> AsyncIterator[Evaluation]:
    async with evaluating(tmp_path) as evaluation:
        yield evaluation


async def test_anyone_reads_the_posting_and_sends_an_opinion_that_is_answered_in_public(
    evaluation: Evaluation,
) -> None:
    here = evaluation.here
    await evaluation.posted()
    (row,) = (await here.get("/evaluation/postings", q="DUONG HOA", open="true"))["items"]
    assert (row["opens_on"], row["closes_on"]) == ("2026-10-05", "2026-10-19")

    sent = await here.http.post(f"{POSTING}/opinions", json=CITIZEN)
    assert sent.status_code == 200, sent.text
    here.position = sent.json()["position"]
    shown = await here.get(POSTING)
    (opinion,) = shown["opinions"]
    assert opinion["answer"] is None
    assert WORDS not in str(shown)

    here.clock.pin(AFTER_POSTING)
    problem = await evaluation.refused(f"{ONE}/posting/closure", user="appraiser")
    assert problem["type"].endswith("/opinions-unanswered")
    inside = await here.get(f"{ONE}/opinions", user="appraiser")
    assert inside["opinions"][0]["words"] == WORDS
    await evaluation.ok(
        f"{ONE}/opinions/{opinion['opinion_id']}/answer",
        {"answer": "Chi bộ đã phân công chăm sóc."},
        user="appraiser",
    )
    await evaluation.ok(f"{ONE}/posting/closure", user="appraiser")
    shown = await here.get(POSTING)
    assert shown["closed"] is True
    assert shown["opinions"][0]["answer"] == "Chi bộ đã phân công chăm sóc."


async def test_the_log_holds_neither_the_citizens_words_nor_who_sent_them(
    evaluation: Evaluation,
) -> None:
    here = evaluation.here
    await evaluation.posted()
    token = (await here.http.post("/identity/token", json={"user": "registrant"})).json()
    headers = {"authorization": f"Bearer {token['access_token']}"}
    sent = await here.http.post(f"{POSTING}/opinions", json=CITIZEN, headers=headers)
    assert sent.is_success
    event = (await evaluation.stored(f"appraisal-{APPRAISAL}"))[-1]
    record = (event.data + event.metadata).decode()
    for secret in (*CITIZEN.values(), "registrant", str(story.CELL)):
        assert secret not in record
    assert msgspec.json.decode(event.metadata)["actor"] == "public"


async def test_an_opinion_sent_again_with_its_key_is_received_once(evaluation: Evaluation) -> None:
    here = evaluation.here
    await evaluation.posted()
    headers = {"idempotency-key": str(new_key(POSTED))}
    first = await here.http.post(f"{POSTING}/opinions", json=CITIZEN, headers=headers)
    again = await here.http.post(f"{POSTING}/opinions", json=CITIZEN, headers=headers)
    assert first.json() == again.json()
    other = {**CITIZEN, "words": "Khác"}
    conflict = await here.http.post(f"{POSTING}/opinions", json=other, headers=headers)
    assert conflict.status_code == 422


async def test_the_posting_does_not_close_early_and_takes_nothing_afterwards(
    evaluation: Evaluation,
) -> None:
    await evaluation.posted()
    problem = await evaluation.refused(f"{ONE}/posting/closure", user="appraiser")
    assert problem["practice"] == "posting_working_days"
    assert problem["rule_set"].endswith("/1")
    evaluation.here.clock.pin(AFTER_POSTING)
    late = await evaluation.here.http.post(f"{POSTING}/opinions", json=CITIZEN)
    assert late.json()["type"].endswith("/posting-over")
