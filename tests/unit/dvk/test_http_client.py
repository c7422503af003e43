"""The small HTTP client against a real socket."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from dvk.api import Addresses
from dvk.errors import CommandError
from dvk.http import Client, TransportError

Replies = Callable[[bytes], bytes | None]


@asynccontextmanager
async def peer(reply: Replies) -> AsyncIterator[tuple[str, list[int]]]:
    """A server that answers each request as `reply` says; None breaks off. Counts connections."""
    connections: list[int] = []
    serving: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(1)
        task = asyncio.current_task()
        assert task is not None
        serving.add(task)
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                answer = reply(head)
                if answer is None:
                    break
                writer.write(answer)
        except asyncio.IncompleteReadError:
            pass
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        yield f"http://127.0.0.1:{port}", connections
        await asyncio.gather(*serving)


async def test_a_connection_is_used_again() -> None:
    async with peer(lambda _: b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-A: b\r\n\r\nok") as (
        url,
        seen,
    ):
        client = Client()
        for _ in range(3):
            answer = await client.request("GET", f"{url}/a?b=c", {})
            assert (answer.status, answer.body, answer.headers["x-a"]) == (200, b"ok", "b")
        client.close()
        assert len(seen) == 1


async def test_an_answer_in_chunks_is_put_together() -> None:
    chunks = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"
    async with peer(lambda _: chunks) as (url, _):
        client = Client()
        assert (await client.request("GET", url, {})).body == b"abc"
        client.close()


async def test_a_connection_that_breaks_off_is_never_used_again() -> None:
    answers = iter([None, b"HTTP/1.1 204 No Content\r\n\r\n"])
    async with peer(lambda _: next(answers)) as (url, seen):
        client = Client()
        with pytest.raises(TransportError):
            await client.request("GET", url, {})
        assert (await client.request("GET", url, {})).status == 204
        client.close()
        assert len(seen) == 2


async def test_what_is_no_http_is_a_transport_error() -> None:
    async with peer(lambda _: b"SSH-2.0\r\n\r\n") as (url, _):
        with pytest.raises(TransportError):
            await Client().request("GET", url, {})


async def test_a_line_break_cannot_become_a_header() -> None:
    with pytest.raises(ValueError, match="line break"):
        await Client().request("GET", "http://127.0.0.1:1/", {"x": "a\r\nb: c"})


def test_services_can_have_addresses_of_their_own() -> None:
    one = Addresses.of(["http://a:1/"], "http://d")
    assert one.service("audit") == "http://a:1/audit"
    several = Addresses.of(["audit=http://b:2", "http://a:1"], "http://d")
    assert several.service("audit") == "http://b:2/audit"
    assert several.service("evaluation") == "http://a:1/evaluation"
    assert several.processes == ["http://b:2", "http://a:1"]
    assert Addresses.of([], "http://d").service("audit") == "http://d/audit"
    with pytest.raises(CommandError, match="no address"):
        Addresses.of(["localhost:8080"], "http://d")
