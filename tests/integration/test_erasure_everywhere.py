"""What was erased is nowhere any more: a year is played, every piece of personal data that any service keeps
is erased, and then every byte that the system left on the disk is searched for it.
"""

import base64
import hashlib
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path
from typing import cast
from uuid import UUID

import httpx
import msgspec
import pytest

from dvk.api import Addresses, Api
from dvk.demo.appraising import EVIDENCE
from dvk.demo.models import choose_models
from dvk.demo.play import Order, play
from dvk.demo.province import ADMINISTRATOR, load_province, users_file
from dvk.services import SERVICES
from shared.host.process import open_runtime
from shared.host.settings import Settings
from tests.support.notebooks import Client, following
from tests.support.recorded import World
from tests.support.silence import Silent

ADDRESS = "http://dvk.test"
MODELS = 12
PERSONAL_CHARACTERS_MIN = 6
"""Shorter texts are in any file by chance."""

KEEPING = ("registration", "evaluation", "recognition", "notification")


def pieces_of(folder: Path, service: str) -> dict[UUID, bytes]:
    """What the vault of a service holds."""
    with closing(sqlite3.connect(folder / f"{service}.state.db")) as connection:
        rows = connection.execute("SELECT id, content FROM payloads WHERE content IS NOT NULL")
        return {UUID(name): content for name, content in rows}


def texts_in(content: bytes) -> Iterator[str]:
    """The words of a piece: a name or an address as it is, or the texts of a JSON document."""
    try:
        document = msgspec.json.decode(content)
    except msgspec.DecodeError:
        try:
            yield content.decode()
        except UnicodeDecodeError:
            return  # no words: the seal of a roll
        return
    if isinstance(document, dict):
        document.pop("member_id", None)  # an id that the record has as well
    values = document.values() if isinstance(document, dict) else [document]
    yield from (value for value in values if isinstance(value, str))


def found_in(folder: Path, wanted: set[str]) -> list[str]:
    """Where a text still lies, as UTF-8 or as JSON escapes it."""
    found = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        for text in wanted:
            escaped = text.encode("ascii", "backslashreplace")
            if text.encode() in content or escaped in content:
                found.append(f"{path.name}: {text}")
    return found


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "issuer").mkdir()
    users = tmp_path / "issuer" / "users.json"
    users.write_bytes(msgspec.json.encode(users_file(load_province())))
    data = tmp_path / "data"
    return Settings.of(
        {
            "data_dir": data,
            "clock": "demo",
            "public_url": ADDRESS,
            "identity_users_file": users,
        }
    )


@pytest.fixture
async def played(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    services = [make(settings) for make in SERVICES.values()]
    async with open_runtime(services, settings) as runtime:
        transport = httpx.ASGITransport(app=runtime.app)
        async with (
            httpx.AsyncClient(transport=transport, base_url=ADDRESS) as http,
            following(runtime, Client(http)),
            Api(Addresses(ADDRESS)) as api,
        ):
            api._client = http  # the play over the application itself, without a socket
            await play(api, Order(MODELS, 1, 1), Silent())
            await api.settled()
            yield http


async def test_what_is_erased_lies_in_no_store(
    played: httpx.AsyncClient, settings: Settings
) -> None:
    province = load_province()
    # An account is the actor of what it did, an organisation acts: ids in the record, and no names. A model's
    # place is record.
    public = {office.id for office in province.offices.values()} | set(
        map(str, province.ids.values())
    )
    public |= {model.address for model in choose_models(province, MODELS, 1)}
    public.add(EVIDENCE)  # of scores that were sealed until the whole team's were in
    pieces = {service: pieces_of(settings.data_dir, service) for service in KEEPING}
    words = {
        text
        for kept in pieces.values()
        for content in kept.values()
        for text in texts_in(content)
        if len(text) >= PERSONAL_CHARACTERS_MIN and text not in public
    }
    assert len(words) >= MODELS, "the year keeps names, or nothing is shown here"
    assert found_in(settings.data_dir, words), "they are found as long as they are kept"

    admin = await Client(played).signed_in(ADMINISTRATOR)
    erasure = {"reason": "asked_by_the_person"}
    for service, kept in pieces.items():
        for payload in kept:
            path = f"/{service}/personal-data/{payload}/erasure"
            answer = await admin.send("POST", path, erasure)
            assert answer.status_code == 200, answer.text
            assert answer.json()["events"] == [f"dvk.{service}.PersonalDataErased.v1"]

    async def all_erased() -> bool | None:
        left = [pieces_of(settings.data_dir, service) for service in KEEPING]
        return None if any(left) else True

    assert await World.until(cast("World", None), all_erased)
    assert (await played.get("/health/settled")).json() == {"settled": True}
    assert found_in(settings.data_dir, words) == []


async def test_an_administrator_finds_what_is_kept_of_a_person_and_nobody_else_does(
    played: httpx.AsyncClient, settings: Settings
) -> None:
    admin = await Client(played).signed_in(ADMINISTRATOR)
    path = "/registration/admin/personal-data"
    found = (await admin.send("POST", path, {"text": "BI THU chi bo"})).json()
    kept = pieces_of(settings.data_dir, "registration")
    expected = {str(p): c.decode() for p, c in kept.items() if "Bí thư chi bộ" in c.decode()}
    assert expected
    assert {item["payload_id"]: item["content"] for item in found["items"]} == expected
    assert found["complete"] is True
    payload = next(iter(expected))
    erasure = f"/registration/personal-data/{payload}/erasure"
    assert (await admin.send("POST", erasure, {"reason": "kept_by_mistake"})).status_code == 200

    async def gone() -> bool | None:
        again = (await admin.send("POST", path, {"text": "bí thư chi bộ"})).json()
        return payload not in {item["payload_id"] for item in again["items"]} or None

    assert await World.until(cast("World", None), gone)
    assert (await admin.send("POST", path, {"text": "b"})).status_code == 422
    clerk = next(o.id for o in load_province().offices.values() if o.role == "office_clerk")
    other = await Client(played).signed_in(clerk)
    assert (await other.send("POST", path, {"text": "Bí thư"})).status_code == 403
    assert (await Client(played).send("POST", path, {"text": "Bí thư"})).status_code == 401


async def test_a_file_is_erased_wherever_it_is_referred_to(
    played: httpx.AsyncClient, settings: Settings
) -> None:
    name = "Nguyễn Thị Mẫu, thôn Đông"
    content = b"%PDF-1.7\n" + name.encode()
    province = load_province()
    models = (await played.get("/registration/models?limit=200")).json()["items"]
    path = ""
    for office in province.offices.values():
        own = [m for m in models if m["holder"] == str(province.ids[office.organisation])]
        if office.role == "registrant" and own and not path:
            holder = await Client(played).signed_in(office.id)
            tried = f"/registration/models/{own[0]['model_id']}/evidence"
            body = {"content": base64.b64encode(content).decode(), "shows": "Biên bản họp thôn"}
            if (await holder.send("POST", tried, body)).status_code == 200:
                path = tried
    assert path, "one of the models takes evidence"
    digest = hashlib.sha256(content).hexdigest()
    auditor = next(o.id for o in province.offices.values() if o.role == "auditor")
    reader = await Client(played).signed_in(auditor)
    assert (await reader.send("GET", f"{path}/{digest}")).content == content
    assert found_in(settings.data_dir, {name})
    admin = await Client(played).signed_in(ADMINISTRATOR)
    erasure = {"reason": "asked_by_the_person"}
    for wrong, status in (("0" * 64, 404), ("none", 404)):
        answer = await admin.send("POST", f"/registration/files/{wrong}/erasure", erasure)
        assert answer.status_code == status
    done = await admin.send("POST", f"/registration/files/{digest}/erasure", erasure)
    assert done.status_code == 200, done.text

    async def gone() -> bool | None:
        answer = await reader.send("GET", f"{path}/{digest}")
        return answer.status_code == 404 or None

    assert await World.until(cast("World", None), gone)
    assert found_in(settings.data_dir, {name}) == []
    assert digest in (await played.get(path)).text, "its hash stays in the record"


async def test_only_an_administrator_erases_and_only_what_is_kept(
    played: httpx.AsyncClient, settings: Settings
) -> None:
    admin = await Client(played).signed_in(ADMINISTRATOR)
    payload = next(iter(pieces_of(settings.data_dir, "registration")))
    path = f"/registration/personal-data/{payload}/erasure"
    other = next(
        office.id for office in load_province().offices.values() if office.role == "signer"
    )
    signer = await Client(played).signed_in(other)
    reason = {"reason": "no_longer_needed"}
    assert (await signer.send("POST", path, reason)).status_code == 403
    assert (await Client(played).send("POST", path, reason)).status_code == 401
    free = {"reason": "Bà Nguyễn Thị Hoa xin xóa"}
    assert (await admin.send("POST", path, free)).status_code == 422
    missing = f"/registration/personal-data/{UUID(int=7)}/erasure"
    assert (await admin.send("POST", missing, reason)).status_code == 404
    assert (await admin.send("POST", path, reason)).status_code == 200
    again = await admin.send("POST", path, reason)
    assert again.status_code == 200
