"""The inbox over HTTP: what recipients do with a notice, what they subscribe to, what the office sees."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from shared.contracts import registration
from shared.contracts.registration import RegistrationAccepted
from tests.support.notifying import INBOX, inbox, notifying
from tests.support.recorded import World
from tests.support.story import CELL, COMMITTEE, MODEL


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[World]:
    async with notifying(tmp_path) as here:
        yield here


async def test_a_notice_is_marked_read_by_its_recipient_alone(running: World) -> None:
    await running.record(
        registration.EVENTS,
        f"model-{MODEL}",
        RegistrationAccepted(model_id=MODEL, committee=COMMITTEE),
    )
    (told,) = await inbox(running, "holder", "RegistrationAccepted")
    one = f"/notification/notices/{told['notice_id']}/acknowledgements"
    for name in ("committee", "office", "auditor"):
        assert (await running.post(one, user=name)).status_code in (403, 404), name
    assert len((await running.get(INBOX, user="holder", unread="true"))["items"]) == 1

    assert (await running.post(one, user="holder")).status_code == 200
    assert (await running.get(INBOX, user="holder", unread="true"))["items"] == []
    assert (await running.get(INBOX, user="holder"))["items"][0]["acknowledged"] is True


async def test_the_inbox_goes_page_by_page(running: World) -> None:
    for _ in range(5):
        await running.record(
            registration.EVENTS,
            f"model-{MODEL}",
            RegistrationAccepted(model_id=MODEL, committee=COMMITTEE),
        )

    async def all_there() -> bool | None:
        return len(await inbox(running, "holder", "RegistrationAccepted")) == 5 or None

    await running.until(all_there)
    causes: list[str] = []
    cursor = None
    while True:
        page = await running.get(INBOX, user="holder", limit=2, cursor=cursor)
        causes += [row["cause"] for row in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert len(causes) == len(set(causes)) == 5


async def test_an_organisation_sets_and_reads_its_own_subscription(running: World) -> None:
    own = "/notification/subscriptions/own"
    assert (await running.get(own, user="holder"))["email"] is None
    wanted = {"language": "en", "email": "chi-bo@cua-rao.example"}
    first = await running.post("/notification/subscriptions", wanted, user="holder")
    assert first.status_code == 200, first.text
    same = await running.post("/notification/subscriptions", wanted, user="holder")
    assert same.json()["events"] == []

    assert (await running.get(own, user="holder"))["email"] == "chi-bo@cua-rao.example"
    assert (await running.get(own, user="committee"))["email"] is None
    page = await running.runtime.store.read_stream(f"subscription-{CELL}")
    await running.post("/notification/subscriptions", {"language": "vi"}, user="holder")
    kept = await running.get(own, user="holder")
    assert (kept["language"], kept["email"]) == ("vi", "chi-bo@cua-rao.example")
    await running.post("/notification/subscriptions", {"email": None}, user="holder")
    ended = await running.get(own, user="holder")
    assert (ended["language"], ended["email"]) == ("vi", None)
    assert b"cua-rao.example" not in b"".join(event.data + event.metadata for event in page)


async def test_who_acts_for_no_organisation_has_neither_inbox_nor_subscription(
    running: World,
) -> None:
    assert (await running.read(INBOX, user="auditor")).status_code == 404
    assert (await running.read(INBOX)).status_code == 401
    answer = await running.post("/notification/subscriptions", {}, user="auditor")
    assert answer.status_code in (403, 404)


async def test_without_a_mail_server_the_office_sees_what_waits(running: World) -> None:
    wanted = {"email": "chi-bo@cua-rao.example"}
    await running.post("/notification/subscriptions", wanted, user="holder")
    await running.record(
        registration.EVENTS,
        f"model-{MODEL}",
        RegistrationAccepted(model_id=MODEL, committee=COMMITTEE),
    )

    async def waiting() -> dict[str, Any] | None:
        page = await running.get("/notification/notices", user="office", status="waiting")
        return page["items"][0] if page["items"] else None

    row = await running.until(waiting)
    assert (row["channel"], row["attempts"], row["error"]) == ("email", 0, None)
    assert (await running.get("/notification/notices", user="office", status="dead"))["items"] == []


async def test_only_the_office_sees_what_was_not_sent(running: World) -> None:
    assert (await running.get("/notification/notices", user="office"))["items"] == []
    assert (await running.read("/notification/notices", user="holder")).status_code == 403
    retry = f"/notification/notices/{UUID(int=1)}/retries"
    assert (await running.post(retry, user="holder")).status_code == 403
    answer = await running.post(retry, user="office")
    assert answer.json()["type"].endswith("/notice-unknown")


@pytest.mark.parametrize(
    "body",
    [
        {"email": "không phải địa chỉ"},
        {"language": "fr"},
        {"unknown": 1},
        {"email": "a@b.example\r\nBcc: c@d.example"},
    ],
)
async def test_bad_input_changes_nothing(running: World, body: dict[str, Any]) -> None:
    answer = await running.post("/notification/subscriptions", body, user="holder")
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert not await running.runtime.store.read_stream(f"subscription-{CELL}")


async def test_who_mistypes_an_address_is_told_what_is_wanted(running: World) -> None:
    answer = await running.post("/notification/subscriptions", {"email": "a b"}, user="holder")
    assert answer.status_code == 422
    assert "phải là địa chỉ thư điện tử" in answer.json()["detail"]
