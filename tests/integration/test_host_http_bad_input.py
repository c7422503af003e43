"""Bad input: a clear problem document each, and nothing changed."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from shared.host.process import Runtime
from tests.support.notebooks import Client, notebooks_in

NESTED = b"[" * 100_000


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[tuple[Runtime, Client]]:
    async with notebooks_in(tmp_path) as (runtime, client):
        yield runtime, await client.signed_in("hoa")


async def problem_of(
    served: tuple[Runtime, Client],
    status: int,
    code: str,
    path: str = "/notebooks",
    method: str = "POST",
    **sent: Any,  # noqa: ANN401 - as Client.send takes it
) -> dict[str, Any]:
    """The document; checks that it is one, in both languages, and that nothing was recorded."""
    runtime, client = served
    documents: list[dict[str, Any]] = []
    for language in ("vi", "en"):
        headers = {**sent.get("headers", {}), "accept-language": language}
        answer = await client.send(method, f"/notebooks{path}", **{**sent, "headers": headers})
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["content-language"] == language
        document = answer.json()
        assert document["type"] == f"/problems/{code}"
        assert document["status"] == status
        assert document["title"]
        assert document["detail"]
        assert document["instance"].startswith("urn:uuid:")
        documents.append(document)
    assert documents[0]["detail"] != documents[1]["detail"]
    assert await runtime.store.head() == 0
    page = await client.send("GET", documents[1]["type"])
    assert page.status_code == 200
    return documents[1]


@pytest.mark.parametrize(
    "raw,status,code",
    [
        (b"", 422, "invalid"),
        (b"{", 400, "malformed"),
        (b"nonsense", 400, "malformed"),
        (b'{"title": "a"}{', 400, "malformed"),
        (b'{"title": "\xff\xfe"}', 400, "malformed"),
        (b'{"title": "\xed\xa0\x80"}', 400, "malformed"),
        (b'{"title": "a\x00b"}', 400, "malformed"),
        (b'{"title": "a\\u0000b"}', 422, "invalid"),
        (b'{"title": "\\ud800"}', 400, "malformed"),
        (NESTED, 422, "invalid"),
        (b'{"title": ' + NESTED, 422, "invalid"),
        (b'{"title": "\\u0061", "tags": ' + NESTED, 400, "malformed"),
        (b"[]", 422, "invalid"),
        (b"null", 422, "invalid"),
        (b"{}", 422, "invalid"),
        (b'{"title": 7}', 422, "invalid"),
        (b'{"title": ""}', 422, "invalid"),
        (b'{"title": "   "}', 422, "invalid"),
        (b'{"title": "a\\nb"}', 422, "invalid"),
        (b'{"title": "' + b"x" * 201 + b'"}', 422, "invalid"),
        (b'{"title": "a", "titel": "b"}', 422, "invalid"),
        (b'{"title": "a", "holder": "018f0000-0000-7000-8000-00000000000b"}', 422, "invalid"),
        (b'{"title": "a", "tags": [1]}', 422, "invalid"),
        (b'{"title": "a", "starts_on": "2026-09-30T02:00:00"}', 422, "invalid"),
        (b'{"title": "a", "starts_on": 1}', 422, "invalid"),
        (b'{"title": "' + b"x" * 300_000 + b'"}', 413, "too-large"),
    ],
    ids=lambda value: repr(value[:30]) if isinstance(value, bytes) else None,
)
async def test_bodies(served: tuple[Runtime, Client], raw: bytes, status: int, code: str) -> None:
    await problem_of(served, status, code, raw=raw)


async def test_a_fault_deep_inside_is_named_by_its_path(served: tuple[Runtime, Client]) -> None:
    problem = await problem_of(served, 422, "invalid", raw=b'{"title": "a", "tags": ["b", 1]}')
    assert problem["errors"] == [
        {"path": "$.tags[1]", "detail": "item 2 of “tags”: it must be text, not a whole number"}
    ]


async def test_a_body_without_a_declared_length_is_still_bounded(
    served: tuple[Runtime, Client],
) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"x" * 10_000

    _, client = served
    answer = await client.http.post(
        "/notebooks/notebooks",
        content=chunks(),
        headers={"authorization": f"Bearer {client.token}", "content-type": "application/json"},
    )
    assert answer.status_code == 413


@pytest.mark.parametrize("declared", ["text/plain", "application/xml", "multipart/form-data", ""])
async def test_media_types(served: tuple[Runtime, Client], declared: str) -> None:
    await problem_of(
        served,
        415,
        "unsupported-media-type",
        raw=b'{"title": "a"}',
        headers={"content-type": declared},
    )


async def test_a_charset_beside_the_media_type_is_fine(served: tuple[Runtime, Client]) -> None:
    _, client = served
    answer = await client.post(
        "/notebooks",
        raw=b'{"title": "a"}',
        headers={"content-type": "Application/JSON; charset=utf-8"},
    )
    assert answer.status_code == 201


@pytest.mark.parametrize(
    "headers",
    [
        {"idempotency-key": "one"},
        {"idempotency-key": "c1a3e6f0-7d2a-4c55-9a8e-2f5d2f1f0a11"},
        {"if-match": "3"},
        {"if-match": '"three"'},
        {"if-match": '"' + "9" * 400 + '"'},
        {"if-match": 'W/"3"'},
        {"if-match": "*"},
    ],
    ids=repr,
)
async def test_headers(served: tuple[Runtime, Client], headers: dict[str, str]) -> None:
    await problem_of(served, 400, "malformed", raw=b'{"title": "a"}', headers=headers)


@pytest.mark.parametrize(
    "path,method,status,code",
    [
        ("/nix", "GET", 404, "not-found"),
        ("/notebooks/not-a-uuid", "GET", 404, "not-found"),
        ("/notebooks/018f0000-0000-7000-8000-0000000000ff", "GET", 404, "not-found"),
        ("/notebooks/%0d%0aset-cookie:x", "GET", 404, "not-found"),
        ("/notebooks/..%2f..%2fetc", "GET", 404, "not-found"),
        ("/notebooks", "DELETE", 405, "method-not-allowed"),
        ("/notebooks", "OPTIONS", 405, "method-not-allowed"),
        ("/notebooks?nix=1", "GET", 422, "invalid"),
        ("/notebooks?limit=0", "GET", 422, "invalid"),
        ("/notebooks?limit=ten", "GET", 422, "invalid"),
        ("/notebooks?sort=colour", "GET", 422, "invalid"),
        ("/notebooks?q=%ff", "GET", 400, "malformed"),
        ("/notebooks?q=%00", "GET", 422, "invalid"),
        ("/notebooks?at_least=soon", "GET", 422, "invalid"),
        ("/notebooks?at_least=-1", "GET", 422, "invalid"),
        ("/notebooks?cursor=" + "A" * 3_000, "GET", 422, "invalid"),
    ],
)
async def test_addresses_and_queries(
    served: tuple[Runtime, Client], path: str, method: str, status: int, code: str
) -> None:
    await problem_of(served, status, code, path, method)


async def test_an_unexpected_fault_tells_nothing_of_its_inside(
    served: tuple[Runtime, Client],
) -> None:
    problem = await problem_of(served, 500, "unexpected", "/broken", "GET")
    assert "secret" not in repr(problem)
    assert "ZeroDivision" not in repr(problem)


@pytest.mark.parametrize(
    "path,method,body,status",
    [
        ("/identity/token", "POST", b'{"user": "hoa", "admin": true}', 422),
        ("/identity/token", "POST", b"{", 400),
        ("/identity/token", "POST", b'{"user": "nix"}', 401),
        ("/identity/token", "POST", b'{"user": "' + b"x" * 5_000 + b'"}', 413),
        ("/identity/token", "GET", None, 405),
        ("/nix", "GET", None, 404),
        ("/problems/nix", "GET", None, 404),
        ("/identity", "GET", None, 404),
    ],
    ids=str,
)
async def test_the_processs_own_addresses_answer_in_the_same_way(
    served: tuple[Runtime, Client], path: str, method: str, body: bytes | None, status: int
) -> None:
    answer = await served[1].send(method, path, raw=body)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status


async def test_a_position_that_was_given_by_nobody_is_not_yet_reached(
    served: tuple[Runtime, Client],
) -> None:
    await problem_of(served, 503, "not-yet", "/notebooks?at_least=5", "GET")
