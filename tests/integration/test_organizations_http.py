"""The organisation graph over HTTP: a split whose parts take models, and lists that follow it on the day."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from shared.contracts import registration
from shared.contracts.values import ModelId, OrganizationId
from shared.host.ids import organization_of_code
from shared.host.policy import Role
from tests.support import story
from tests.support.recorded import World, user
from tests.support.registering import registering
from tests.support.story import CELL, COMMITTEE, ELSEWHERE, MODEL, OFFICE, SECTION, UNION

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
DAY, DAY_BEFORE = date(2026, 3, 10), date(2026, 3, 9)
NORTH, SOUTH = UNION, ELSEWHERE
OTHER_MODEL = ModelId(UUID("018f0000-0000-7000-8000-0000000000c1"))
NAMES = {
    CELL: "Chi bộ bản Cửa Rào",
    COMMITTEE: "Đảng ủy xã Môn Sơn",
    NORTH: "Đảng ủy xã Môn Sơn Bắc",
    SOUTH: "Đảng ủy xã Môn Sơn Nam",
    SECTION: "Ban Xây dựng Đảng",
    OFFICE: "Ban Tuyên giáo và Dân vận",
}
ONE = f"/registration/organizations/{COMMITTEE}"
COMPARED = {"reason": "Đã đối chiếu: hai đoạn đường khác nhau."}
SPLIT = {
    "effective_on": DAY.isoformat(),
    "parts": [
        {"organization": str(NORTH)},
        {"organization": str(SOUTH), "models": [str(MODEL)]},
    ],
    "default_successor": str(NORTH),
    "source": "Nghị quyết 12/NQ-HĐND",
}


USERS = (
    user("admin", Role.ADMINISTRATOR, None),
    user("old", Role.COMMITTEE_OFFICER, COMMITTEE),
    user("north", Role.COMMITTEE_OFFICER, NORTH),
    user("south", Role.COMMITTEE_OFFICER, SOUTH),
)


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[World]:
    async with registering(tmp_path, at=NOW, users=USERS, bodies=()) as running:
        for body, name in NAMES.items():
            events = [story.created(body, name)]
            await running.record(registration.EVENTS, f"organization-{body}", *events)
        await running.record(
            registration.EVENTS, f"organization-{CELL}", story.line(CELL, "party", COMMITTEE)
        )
        for model in (MODEL, OTHER_MODEL):
            await running.record(registration.EVENTS, f"model-{model}", story.registered(model))
        await running.get("/registration/models")
        yield running


async def done(answer: httpx.Response) -> None:
    assert answer.is_success, answer.text


async def models_of(here: World, committee: OrganizationId) -> set[str]:
    page = await here.get("/registration/models", committee=committee)
    return {row["model_id"] for row in page["items"]}


async def test_from_the_day_of_the_split_each_part_has_the_models_it_took(here: World) -> None:
    await done(await here.post(f"{ONE}/split", SPLIT, user="admin"))
    assert await models_of(here, COMMITTEE) == {str(MODEL), str(OTHER_MODEL)}
    assert await models_of(here, SOUTH) == set()

    here.clock.pin(datetime(2026, 3, 10, 2, tzinfo=UTC))
    assert await models_of(here, COMMITTEE) == set()
    assert await models_of(here, NORTH) == {str(OTHER_MODEL)}
    assert await models_of(here, SOUTH) == {str(MODEL)}

    accept = f"/registration/models/{MODEL}/acceptance"
    assert (await here.post(accept, COMPARED, user="north")).status_code == 403
    assert (await here.post(accept, COMPARED, user="old")).status_code == 403
    await done(await here.post(accept, COMPARED, user="south"))
    await done(
        await here.post(f"/registration/models/{OTHER_MODEL}/acceptance", COMPARED, user="north")
    )

    one = f"{ONE}/successors"
    whole = await here.get(one, duty="committee", on=DAY)
    single = await here.get(one, duty="committee", on=DAY, model=MODEL)
    assert (whole["holder"], single["holder"]) == (str(NORTH), str(SOUTH))


async def test_the_list_shows_a_day_and_what_was_no_more_only_when_asked(here: World) -> None:
    await done(await here.post(f"{ONE}/split", SPLIT, user="admin"))
    rename = {"name": "Đảng ủy xã Bắc Sơn", "valid_from": DAY.isoformat(), "source": "NQ"}
    move = {"place": "xã Lục Dạ", "level": "commune", "valid_from": DAY.isoformat(), "source": "NQ"}
    one = f"/registration/organizations/{NORTH}"
    await done(await here.post(f"{one}/names", rename, user="admin"))
    await done(await here.post(f"{one}/places", move, user="admin"))

    async def found(**asked: Any) -> dict[str, object]:  # noqa: ANN401 - as they stand in the query
        page = await here.get("/registration/organizations", **asked)
        return {row["organization_id"]: row["name"] for row in page["items"]}

    three = {str(body): NAMES[body] for body in (COMMITTEE, NORTH, SOUTH)}
    assert await found(q="mon son", on=DAY_BEFORE) == three
    assert await found(q="luc da", on=DAY) == {str(NORTH): "Đảng ủy xã Bắc Sơn"}
    assert str(COMMITTEE) not in await found(on=DAY)
    assert str(COMMITTEE) in await found(on=DAY, ended="true")
    assert await found(on=date(2025, 6, 30)) == {}

    view = await here.get(one, on=DAY)
    assert (view["name"], view["place"]) == ("Đảng ủy xã Bắc Sơn", "xã Lục Dạ")
    former = await here.get(one, on=DAY_BEFORE)
    assert (former["name"], former["ended"]) == (NAMES[NORTH], False)
    assert (await here.get(ONE, on=DAY))["ended"] is True


async def test_only_the_administrator_changes_the_graph(here: World) -> None:
    bodies = {
        "split": SPLIT,
        "merger": {"into": str(NORTH), "effective_on": DAY.isoformat(), "source": "NQ"},
        "dissolution": {"successor": None, "effective_on": DAY.isoformat(), "source": "NQ"},
        "names": {"name": "Khác", "valid_from": DAY.isoformat(), "source": "NQ"},
    }
    for what, body in bodies.items():
        assert (await here.post(f"{ONE}/{what}", body, user="old")).status_code == 403
    # Whoever ends a body without a successor has to say so.
    silent = {"effective_on": DAY.isoformat(), "source": "NQ"}
    answer = await here.post(f"{ONE}/dissolution", silent, user="admin")
    assert answer.status_code == 422, answer.text


async def test_on_the_day_itself_the_successor_may_at_once_and_the_former_body_soon_no_more(
    here: World,
) -> None:
    accept = f"/registration/models/{MODEL}/acceptance"
    assert (await here.post(accept, COMPARED, user="north")).status_code == 403
    merger = {"into": str(NORTH), "effective_on": NOW.date().isoformat(), "source": "NQ"}
    await done(await here.post(f"{ONE}/merger", merger, user="admin"))
    assert (await here.get(ONE))["ended"] is True
    await here.get("/registration/organizations")  # the read model has seen the merger
    await done(await here.post(accept, COMPARED, user="north"))

    async def denied() -> bool | None:
        answer = await here.post(accept, COMPARED, user="old")
        assert answer.status_code in (
            403,
            409,
        )  # 409: permitted still, and there is nothing to accept
        return True if answer.status_code == 403 else None

    assert await here.until(denied)


BODY = {
    "name": "Đảng ủy xã Tam Quang",
    "kind": "Đảng ủy xã, phường",
    "level": "commune",
    "place": "Xã Tam Quang",
    "established_on": "2025-07-01",
    "code": "H40.5.9",
}


async def test_a_superior_that_nobody_created_is_refused_with_what_to_do(here: World) -> None:
    nobody = str(organization_of_code("H40.5"))
    below = {**BODY, "lines": [{"line": "party", "superior": nobody}]}
    line = {"line": "vertical", "superior": nobody, "valid_from": DAY.isoformat()}
    competence = {
        "clause": "I.2.2b",
        "advised_by": nobody,
        "valid_from": DAY.isoformat(),
        "source": "NQ",
    }
    writes = {"": below, f"/{COMMITTEE}/lines": line, f"/{COMMITTEE}/competences": competence}
    for path, body in writes.items():
        refused = await here.post(f"/registration/organizations{path}", body, user="admin")
        problem = refused.json()
        assert (refused.status_code, problem["type"]) == (
            409,
            "/problems/other-organization-unknown",
        )
        assert "Create it first" in problem["detail"] or "Hãy tạo" in problem["detail"]
    above = {**BODY, "name": "Tỉnh ủy", "code": "H40.5"}
    for body in (above, below):
        await done(await here.post("/registration/organizations", body, user="admin"))
    await done(
        await here.post(f"/registration/organizations/{COMMITTEE}/lines", line, user="admin")
    )


async def test_a_code_names_one_body_whoever_enters_it_and_its_id_is_known_before(
    here: World,
) -> None:
    first = await here.post("/registration/organizations", BODY, user="admin")
    await done(first)
    assert first.json()["id"] == str(organization_of_code("H40.5.9"))
    again = await here.post("/registration/organizations", {**BODY, "name": "Khác"}, user="admin")
    assert (again.status_code, again.json()["type"]) == (409, "/problems/organization-exists")
    at_least = first.json()["position"]
    page = await here.get("/registration/organizations", code="H40.5.9", at_least=at_least)
    assert [(row["name"], row["code"]) for row in page["items"]] == [(BODY["name"], "H40.5.9")]
