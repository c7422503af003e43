"""A service that trusts an issuer elsewhere: found by discovery, over HTTP, as production does it."""

import asyncio
import base64
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from tests.support.notebooks import Client, notebooks_in
from tests.support.serving import free_port

SECONDS_MAX = 20.0
ISSUER = """
import sys, uvloop
from pathlib import Path
from shared.host.process import run_process
from tests.support.notebooks import SERVICE, settings_in
settings = settings_in(Path(sys.argv[1]), port=int(sys.argv[2]))
uvloop.run(run_process([SERVICE], settings, started=lambda url: print(url, flush=True)))
"""


@asynccontextmanager
async def issuing(folder: Path, port: int) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process whose embedded issuer signs the tokens."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("DVK_")}
    started = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", ISSUER, str(folder), str(port)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=environment | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    try:
        assert started.stdout is not None
        async with asyncio.timeout(SECONDS_MAX):
            assert await started.stdout.readline()
        yield started
    finally:
        if started.returncode is None:
            started.kill()
        await started.communicate()


async def people(http: httpx.AsyncClient, user: str) -> str:
    answer = await http.post("/identity/token", json={"user": user, "password": "mật khẩu"})
    token: str = answer.json()["access_token"]
    return token


def tampered(token: str, **changes: object) -> str:
    head, claims, signature = token.split(".")
    told = json.loads(base64.urlsafe_b64decode(claims + "===")) | changes
    body = base64.urlsafe_b64encode(json.dumps(told).encode()).decode().rstrip("=")
    return f"{head}.{body}.{signature}"


async def test_discovery_leads_to_the_keys_and_known_keys_outlive_the_issuer(
    tmp_path: Path,
) -> None:
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    async with (
        notebooks_in(tmp_path / "service", identity_issuer=f"{base}/identity") as (_, client),
        httpx.AsyncClient(base_url=base) as http,
    ):
        # Started before its issuer, the service says that it cannot tell yet who calls.
        early = await Client(client.http, "a.b.c").post("/notebooks", {"title": "Sổ"})
        assert early.status_code == 503
        await asyncio.sleep(1.0)  # the first keys are asked for once a second
        async with issuing(tmp_path / "issuer", port):
            document = (await http.get("/identity/.well-known/openid-configuration")).json()
            assert document["issuer"] == f"{base}/identity"
            assert (await http.get(document["jwks_uri"])).json()["keys"]
            token, later = await people(http, "hoa"), await people(http, "an")
            hoa = Client(client.http, token)
            assert (await hoa.post("/notebooks", {"title": "Sổ"})).status_code == 201
            for forged in (tampered(token, sub="x"), tampered(token, aud="y"), token[:-4] + "AAAA"):
                refused = await Client(client.http, forged).post("/notebooks", {"title": "Sổ"})
                assert refused.status_code == 401, forged
        # The issuer is gone; whoever holds a token of it, seen before or not, works on.
        assert (await hoa.post("/notebooks", {"title": "Sổ hai"})).status_code == 201
        an = Client(client.http, later)
        assert (await an.post("/notebooks", {"title": "Sổ ba"})).status_code == 201
        own_issuer = await client.http.get("/identity/jwks")
        assert own_issuer.status_code == 404


async def test_a_machine_signs_in_with_client_credentials_as_any_oauth_library_does(
    tmp_path: Path,
) -> None:
    port = free_port()
    form = {"grant_type": "client_credentials"}
    async with (
        issuing(tmp_path, port),
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http,
    ):
        answer = await http.post(
            "/identity/token", data=form, auth=("an", "m%E1%BA%ADt+kh%E1%BA%A9u")
        )
        assert answer.status_code == 200, answer.text
        assert answer.headers["cache-control"] == "no-store"
        assert answer.json()["token_type"] == "Bearer"
        made = await Client(http, answer.json()["access_token"]).post("/notebooks", {"title": "Sổ"})
        assert made.status_code == 201
        wrong = await http.post("/identity/token", data=form, auth=("an", "x"))
        assert (wrong.status_code, wrong.json()) == (401, {"error": "invalid_client"})
        assert wrong.headers["www-authenticate"] == 'Basic realm="dvk"'
        other = await http.post("/identity/token", data={"grant_type": "password"})
        assert (other.status_code, other.json()) == (400, {"error": "unsupported_grant_type"})


async def test_an_issuer_that_speaks_in_anothers_name_is_not_believed(tmp_path: Path) -> None:
    port = free_port()
    async with (
        issuing(tmp_path / "issuer", port),
        notebooks_in(tmp_path / "service", identity_issuer=f"http://localhost:{port}/identity") as (
            _,
            client,
        ),
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http,
    ):
        hoa = Client(client.http, await people(http, "hoa"))
        assert (await hoa.post("/notebooks", {"title": "Sổ"})).status_code == 503
