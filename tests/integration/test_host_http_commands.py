"""A service over HTTP: commands, retries, revisions, permissions, reads that follow writes."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.host.process import Runtime
from tests.support.notebooks import Client, following, key, notebooks_in

NOWHERE = "018f0000-0000-7000-8000-0000000000ff"
SETTLED_SECONDS_MAX = 20.0


@pytest.fixture
async def runtime(tmp_path: Path) -> AsyncIterator[tuple[Runtime, Client]]:
    async with notebooks_in(tmp_path) as (runtime, client), following(runtime, client):
        yield runtime, client


@pytest.fixture
async def nobody(runtime: tuple[Runtime, Client]) -> Client:
    return runtime[1]


@pytest.fixture
async def hoa(nobody: Client) -> Client:
    return await nobody.signed_in("hoa")


@pytest.fixture
async def an(nobody: Client) -> Client:
    return await nobody.signed_in("an", "mật khẩu")


async def events(runtime: tuple[Runtime, Client]) -> int:
    return len((await runtime[0].store.read_log()).events)


# --- commands -------------------------------------------------------------------------------------


async def test_creating_answers_where_the_thing_is_and_at_which_revision(hoa: Client) -> None:
    answer = await hoa.post("/notebooks", {"title": "Sổ tay"}, key=key(1))
    assert answer.status_code == 201
    body = answer.json()
    assert body["events"] == ["dvk.notebooks.NotebookOpened.v1"]
    assert body["revision"] == 0
    assert answer.headers["location"] == f"/notebooks/notebooks/{body['id']}"
    assert answer.headers["etag"] == '"0"'
    assert answer.headers["dvk-position"] == str(body["position"])
    assert answer.headers["idempotency-key"] == key(1)
    assert answer.headers["cache-control"] == "no-store"
    read = await hoa.send("GET", answer.headers["location"])
    assert read.json()["title"] == "Sổ tay"
    assert read.headers["etag"] == '"0"'


async def test_the_id_follows_from_the_person_and_the_key(hoa: Client, an: Client) -> None:
    body = {"title": "Sổ tay"}
    first = await hoa.post("/notebooks", body, key=key(1))
    other = await an.post("/notebooks", body, key=key(1))
    assert first.json()["id"] != other.json()["id"]


async def test_without_a_key_the_server_makes_one_and_says_it(hoa: Client) -> None:
    first = await hoa.post("/notebooks", {"title": "Sổ tay"})
    second = await hoa.post("/notebooks", {"title": "Sổ tay"})
    assert first.json()["id"] != second.json()["id"]
    again = await hoa.post("/notebooks", {"title": "Sổ tay"}, key=first.headers["idempotency-key"])
    assert again.json() == first.json()


async def test_the_same_key_and_body_give_the_same_answer(
    hoa: Client, runtime: tuple[Runtime, Client]
) -> None:
    first = await hoa.post("/notebooks", {"title": "Sổ tay"}, key=key(1))
    notebook = first.json()["id"]
    await hoa.post(f"/notebooks/{notebook}/notes", {"text": "một"})
    again = await hoa.post("/notebooks", {"title": "Sổ tay"}, key=key(1))
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["idempotent-replayed"] == "true"
    assert await events(runtime) == 2


async def test_the_same_key_with_another_body_is_a_conflict(
    hoa: Client, runtime: tuple[Runtime, Client]
) -> None:
    await hoa.post("/notebooks", {"title": "Sổ tay"}, key=key(1))
    answer = await hoa.post("/notebooks", {"title": "Sổ khác"}, key=key(1))
    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/idempotency-conflict"
    assert await events(runtime) == 1


async def test_text_is_the_same_in_every_normal_form(hoa: Client) -> None:
    await hoa.post("/notebooks", {"title": "Sổ tay"}, key=key(1))
    again = await hoa.post("/notebooks", {"title": "Sô\u0309 tay"}, key=key(1))
    assert again.status_code == 201


async def test_a_stale_revision_is_told_and_nothing_changes(
    hoa: Client, runtime: tuple[Runtime, Client]
) -> None:
    notebook = await hoa.notebook()
    one = f"/notebooks/{notebook}/notes"
    assert (await hoa.post(one, {"text": "a"}, headers={"if-match": '"0"'})).status_code == 200
    stale = await hoa.post(one, {"text": "b"}, headers={"if-match": '"0"'})
    assert stale.status_code == 412
    assert stale.json()["type"] == "/problems/stale-revision"
    assert await events(runtime) == 2


async def test_a_refusal_cites_its_ground_in_the_callers_language(
    hoa: Client, runtime: tuple[Runtime, Client]
) -> None:
    notebook = await hoa.notebook()
    await hoa.post(f"/notebooks/{notebook}/close", {"reason": "xong"})
    one, body = f"/notebooks/{notebook}/notes", {"text": "a"}
    refused = await hoa.post(one, body, headers={"accept-language": "fr, vi;q=0.9, en;q=0.8"})
    assert refused.status_code == 409
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.headers["content-language"] == "vi"
    problem = refused.json()
    assert problem["type"] == "/problems/notebook-closed"
    assert problem["clause"] == "II.1"
    assert problem["rule_set"] == "rules-4"
    assert problem["detail"] == "Sổ đã đóng ngày hôm qua: hãy mở sổ mới."
    in_english = await hoa.post(one, body, headers={"accept-language": "en-GB"})
    assert in_english.json()["detail"].startswith("The notebook was closed")
    page = await hoa.send("GET", problem["type"])
    assert page.json()[0]["clause"] == "II.1"
    assert await events(runtime) == 2


async def test_a_public_command_records_no_account_even_when_signed_in(
    hoa: Client, nobody: Client, runtime: tuple[Runtime, Client]
) -> None:
    notebook = await hoa.notebook()
    for client in (hoa, nobody):
        answer = await client.post(f"/notebooks/{notebook}/opinions", {"words": "Rất hay"})
        assert answer.status_code == 200
    log = (await runtime[0].store.read_log()).events
    for event in log[1:]:
        assert b"user-hoa" not in event.metadata
        assert "Rất hay".encode() not in event.data + event.metadata


async def test_a_trace_goes_through_to_the_event(
    hoa: Client, runtime: tuple[Runtime, Client]
) -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    answer = await hoa.post("/notebooks", {"title": "Sổ"}, headers={"traceparent": trace})
    assert answer.headers["traceparent"] == trace
    (event,) = (await runtime[0].store.read_log()).events
    assert event.trace == trace
    bad = await hoa.post("/notebooks", {"title": "Sổ"}, headers={"traceparent": "00-nix"})
    assert bad.status_code == 201
    assert bad.headers["traceparent"] != "00-nix"


# --- permission -----------------------------------------------------------------------------------


async def test_nobody_commands_without_signing_in(
    nobody: Client, runtime: tuple[Runtime, Client]
) -> None:
    answer = await nobody.post("/notebooks", {"title": "Sổ tay"})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert await events(runtime) == 0


async def test_what_is_not_yours_and_what_is_not_there_look_the_same(
    hoa: Client, an: Client, runtime: tuple[Runtime, Client]
) -> None:
    notebook = await hoa.notebook()
    answers = [
        await an.post(f"/notebooks/{some}/notes", {"text": "a"}, headers=headers)
        for some in (notebook, NOWHERE)
        for headers in ({}, {"if-match": '"9"'})
    ]
    assert {answer.status_code for answer in answers} == {403}
    assert len({answer.json()["detail"] for answer in answers}) == 1
    assert await events(runtime) == 1


async def test_a_role_without_any_row_is_refused_before_its_body_is_read(nobody: Client) -> None:
    auditor = await nobody.signed_in("audit")
    answer = await auditor.post("/notebooks", raw=b"{")
    assert answer.status_code == 403


async def test_a_command_nobody_is_granted_is_denied_to_everyone(
    hoa: Client, nobody: Client
) -> None:
    notebook = await hoa.notebook()
    for client in (hoa, await nobody.signed_in("root")):
        answer = await client.post(f"/notebooks/{notebook}/shred", {"reason": "x"})
        assert answer.status_code == 403


async def test_a_role_that_may_act_on_any_may(hoa: Client, nobody: Client) -> None:
    notebook = await hoa.notebook()
    root = await nobody.signed_in("root")
    assert (await root.post(f"/notebooks/{notebook}/close", {"reason": "x"})).status_code == 200


async def test_reads_for_a_role_are_for_that_role(hoa: Client, nobody: Client) -> None:
    assert (await nobody.get("/audit")).status_code == 401
    assert (await hoa.get("/audit")).status_code == 403
    await hoa.notebook()
    auditor = await nobody.signed_in("audit")
    position = (await hoa.post("/notebooks", {"title": "b"})).headers["dvk-position"]
    assert (await auditor.get(f"/audit?at_least={position}")).status_code == 200


async def test_a_bad_token_is_refused_even_where_none_is_needed(nobody: Client) -> None:
    answer = await Client(nobody.http, "x.y.z").get("/notebooks")
    assert answer.status_code == 401


# --- reads ----------------------------------------------------------------------------------------


async def test_a_list_shows_what_was_just_written(hoa: Client) -> None:
    position = ""
    for title in ("Sổ Đường hoa", "Sổ đường tàu", "Sổ ghi"):
        position = (await hoa.post("/notebooks", {"title": title})).headers["dvk-position"]
    found = await hoa.get(f"/notebooks?at_least={position}&q=DUONG&sort=title")
    assert found.status_code == 200, found.text
    assert [item["title"] for item in found.json()["items"]] == ["Sổ Đường hoa", "Sổ đường tàu"]


async def test_pages_are_linked(hoa: Client) -> None:
    position = ""
    for number in range(5):
        answer = await hoa.post("/notebooks", {"title": f"Sổ {number}"})
        position = answer.headers["dvk-position"]
    titles: list[str] = []
    path = f"/notebooks/notebooks?limit=2&at_least={position}&q=so"
    while path:
        page = await hoa.send("GET", path)
        assert page.status_code == 200, page.text
        titles += [item["title"] for item in page.json()["items"]]
        path = page.links["next"]["url"] if "next" in page.links else ""
    assert titles == [f"Sổ {number}" for number in range(5)]


async def test_an_unchanged_list_is_not_sent_again(hoa: Client) -> None:
    position = (await hoa.post("/notebooks", {"title": "Sổ"})).headers["dvk-position"]
    first = await hoa.get(f"/notebooks?at_least={position}")
    again = await hoa.get("/notebooks", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert first.headers["cache-control"] == "public, no-cache"


@pytest.mark.parametrize("position", ["99999", "999999999999999999"])
async def test_a_position_nobody_has_reached_yet_is_asked_for_again_later(
    hoa: Client, position: str
) -> None:
    answer = await hoa.get(f"/notebooks?at_least={position}")
    assert answer.status_code == 503
    assert answer.json()["type"] == "/problems/not-yet"
    assert answer.headers["retry-after"] == "1"


async def test_head_is_get_without_a_body(hoa: Client) -> None:
    notebook = await hoa.notebook()
    answer = await hoa.send("HEAD", f"/notebooks/notebooks/{notebook}")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["etag"] == '"0"'


# --- what describes it ----------------------------------------------------------------------------


async def test_readiness_names_what_it_looked_at(hoa: Client) -> None:
    position = (await hoa.post("/notebooks", {"title": "Sổ"})).headers["dvk-position"]
    await hoa.get(f"/notebooks?at_least={position}")
    for path in ("/health/ready", "/notebooks/health/ready"):
        answer = await hoa.send("GET", path)
        assert answer.status_code == 200, answer.text
        assert answer.json()["checks"].keys() == {"store", "bus", "notebooks"}
    assert (await hoa.send("GET", "/notebooks/health/live")).json() == {"live": True}


async def test_it_is_settled_when_everything_is_followed_and_not_before(tmp_path: Path) -> None:
    async with notebooks_in(tmp_path) as (runtime, client):
        hoa = await client.signed_in("hoa")
        await hoa.post("/notebooks", {"title": "Sổ"})
        settled = await hoa.send("GET", "/health/settled")
        assert (settled.status_code, settled.json()) == (200, {"settled": False})
        async with following(runtime, hoa):
            async with asyncio.timeout(SETTLED_SECONDS_MAX):
                while not (await hoa.send("GET", "/health/settled")).json()["settled"]:  # noqa: ASYNC110
                    await asyncio.sleep(0.01)


async def test_figures_are_exposed_without_ids(hoa: Client) -> None:
    notebook = await hoa.notebook()
    for path in ("/metrics", "/notebooks/metrics"):
        answer = await hoa.send("GET", path)
        assert answer.headers["content-type"].startswith("text/plain")
        counted = (
            'dvk_http_requests_total{operation="open_notebook",service="notebooks",status="201"}'
        )
        assert f"{counted} 1.0" in answer.text
        assert "dvk_append_seconds_count" in answer.text
        assert notebook not in answer.text


async def test_the_index_is_for_programs_and_for_people(hoa: Client) -> None:
    assert (await hoa.send("GET", "/")).json()["services"] == ["notebooks"]
    page = await hoa.send("GET", "/", headers={"accept": "text/html"})
    assert "/notebooks/docs" in page.text
    docs = await hoa.get("/docs")
    assert "Open a notebook" in docs.text
    assert "http" not in docs.text.replace("http-equiv", "")
