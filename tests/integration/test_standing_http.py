"""Acting for an organisation over HTTP: what registration records, another service honours on the day."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest

from services.notification.service import notification_service
from services.registration.service import SERVICE as REGISTRATION
from shared.contracts import evaluation, recognition, registration
from shared.contracts.metadata import Metadata
from shared.contracts.registration import OrganizationCreated
from shared.contracts.values import OrganizationId
from shared.host.policy import Role
from shared.host.process import open_runtime
from shared.host.settings import Settings
from tests.support.recorded import World, user, world

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
TODAY = date(2026, 3, 2)
DAY = timedelta(days=1)
COMMITTEE = OrganizationId(UUID("018f0000-0000-7000-8000-0000000000a1"))
SECTION = OrganizationId(UUID("018f0000-0000-7000-8000-0000000000a2"))
DELEGATIONS = "/registration/delegations"
HANDOVERS = "/registration/offices/handovers"
OWN = "/notification/subscriptions/own"


USERS = (
    user("lan", Role.SIGNER, COMMITTEE),
    user("nam", Role.APPRAISER, SECTION),
    user("thu", None, COMMITTEE),
    user("admin", Role.ADMINISTRATOR, None),
)


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[World]:
    services = [REGISTRATION, notification_service(None)]
    sources = (evaluation.EVENTS, recognition.EVENTS)
    async with world(tmp_path, services, sources, USERS, NOW) as running:
        for organization in (COMMITTEE, SECTION):
            created = OrganizationCreated(
                organization_id=organization,
                name=f"Đảng ủy {organization}",
                kind="party_committee",
                level="commune",
                place="xã Môn Sơn",
                established_on=date(2025, 7, 1),
            )
            await running.record(registration.EVENTS, f"organization-{organization}", created)
        yield running


def delegation(**changes: object) -> dict[str, object]:
    return {
        "organization": str(COMMITTEE),
        "role": "signer",
        "delegate": "nam",
        "valid_from": str(TODAY + DAY),
        "valid_until": str(TODAY + 7 * DAY),
        "document": "Giấy ủy quyền số 3",
        **changes,
    }


def handover(**changes: object) -> dict[str, object]:
    return {
        "organization": str(COMMITTEE),
        "role": "signer",
        "predecessor": "lan",
        "successor": "thu",
        "effective_on": str(TODAY + DAY),
        "document": "Quyết định số 12-QĐ/ĐU",
        **changes,
    }


def on(here: World, days: int) -> None:
    here.clock.pin(NOW + days * DAY)


async def subscribes(here: World, who: str, acting_for: UUID | None = None) -> int:
    """Whether `who` may do in notification, which knows registration's events alone, what signers may."""
    await here.get(OWN, user="lan")  # waits until notification has followed what was written
    answer = await here.post(
        "/notification/subscriptions", {"language": "vi"}, user=who, acting_for=acting_for
    )
    return answer.status_code


async def is_refused(here: World, who: str, acting_for: UUID | None = None) -> bool | None:
    """Looked for again: what was taken away is honoured within a second."""
    return await subscribes(here, who, acting_for) == 403 or None


async def recorded(here: World, answer: httpx.Response, stream: str) -> Metadata:
    written: dict[str, Any] = answer.json()
    page = await here.runtime.store.read_stream(stream, after_revision=written["revision"] - 1)
    return msgspec.json.decode(page[0].metadata, type=Metadata)


async def test_a_delegate_acts_from_the_first_day_to_the_last(here: World) -> None:
    assert (await here.post(DELEGATIONS, delegation(), user="lan")).status_code == 201
    for day, allowed in ((0, False), (1, True), (7, True), (8, False)):
        on(here, day)
        status = await subscribes(here, "nam", COMMITTEE)
        assert status == (200 if allowed else 403), day
    on(here, 1)
    assert await subscribes(here, "nam") == 200, "for the own organisation, as ever"


async def test_what_a_delegate_does_names_both_and_cites_the_delegation(here: World) -> None:
    granted = await here.post(DELEGATIONS, delegation(valid_from=str(TODAY)), user="lan")
    await here.get(OWN, user="lan")
    done = await here.post(
        "/notification/subscriptions", {"language": "en"}, user="nam", acting_for=COMMITTEE
    )
    metadata = await recorded(here, done, f"subscription-{COMMITTEE}")
    assert (metadata.actor, metadata.organization) == ("nam", COMMITTEE)
    stream = await here.runtime.store.read_stream(f"delegation-{granted.json()['id']}")
    assert metadata.cites == (stream[0].id,)


async def test_an_ended_delegation_holds_no_more(here: World) -> None:
    granted = await here.post(DELEGATIONS, delegation(valid_from=str(TODAY)), user="lan")
    assert await subscribes(here, "nam", COMMITTEE) == 200
    end = {"ends_on": str(TODAY + DAY), "reason": "Đã trở lại"}
    path = f"{DELEGATIONS}/{granted.json()['id']}/end"
    assert (await here.post(path, end, user="thu")).status_code == 403
    assert (await here.post(path, end, user="lan")).status_code == 200
    assert await subscribes(here, "nam", COMMITTEE) == 200
    on(here, 1)
    assert await here.until(lambda: is_refused(here, "nam", COMMITTEE))


async def test_one_delegates_the_own_role_in_the_own_organisation(here: World) -> None:
    for body, who, status in (
        (delegation(role="chair"), "lan", 403),
        (delegation(organization=str(SECTION)), "lan", 403),
        (delegation(delegate="thu"), "nam", 403),
        (delegation(organization=str(UUID(int=5))), "lan", 404),
        (delegation(role="council_member"), "lan", 422),
        (delegation(role="chair"), "admin", 201),
    ):
        answer = await here.post(DELEGATIONS, body, user=who)
        assert answer.status_code == status, (body, answer.text)


async def test_a_delegate_passes_nothing_on(here: World) -> None:
    await here.post(DELEGATIONS, delegation(valid_from=str(TODAY)), user="lan")
    await here.get(DELEGATIONS, user="lan")
    onwards = await here.post(
        DELEGATIONS, delegation(delegate="thu"), user="nam", acting_for=COMMITTEE
    )
    assert onwards.json()["type"].endswith("/delegation-delegated-on")
    away = await here.post(HANDOVERS, handover(predecessor="nam"), user="nam", acting_for=COMMITTEE)
    assert away.json()["type"].endswith("/office-handed-over-by-delegate")


async def test_an_office_goes_on_its_day_and_the_token_of_the_predecessor_with_it(
    here: World,
) -> None:
    assert (await here.post(HANDOVERS, handover(), user="thu")).status_code == 403
    assert (await here.post(HANDOVERS, handover(), user="lan")).status_code == 200
    assert await subscribes(here, "lan") == 200
    assert await subscribes(here, "thu") == 403
    on(here, 1)
    assert await here.until(lambda: is_refused(here, "lan"))
    assert await subscribes(here, "thu") == 200


async def test_a_successor_from_elsewhere_says_for_whom_and_an_administrator_undoes_a_mistake(
    here: World,
) -> None:
    taken = handover(successor="nam", effective_on=str(TODAY))
    assert (await here.post(HANDOVERS, taken, user="admin")).status_code == 200
    assert await subscribes(here, "nam", COMMITTEE) == 200
    back = handover(predecessor="nam", successor="lan", effective_on=str(TODAY))
    assert (await here.post(HANDOVERS, back, user="admin")).status_code == 200

    assert await here.until(lambda: is_refused(here, "nam", COMMITTEE))
    assert await subscribes(here, "lan") == 200


async def test_nobody_acts_for_another_organisation_without_a_paper(here: World) -> None:
    assert await subscribes(here, "nam", COMMITTEE) == 403
    assert await subscribes(here, "lan", COMMITTEE) == 200, "one's own needs none"
    headers = {"dvk-acting-for": "somebody"}
    token = await here.http.post("/identity/token", json={"user": "lan"})
    headers["authorization"] = f"Bearer {token.json()['access_token']}"
    malformed = await here.http.get(OWN, headers=headers)
    assert malformed.status_code == 400


async def test_lists_show_what_concerns_the_reader(here: World) -> None:
    await here.post(DELEGATIONS, delegation(), user="lan")
    await here.post(HANDOVERS, handover(), user="lan")
    for who, seen in (("lan", 1), ("nam", 1), ("thu", 1), ("admin", 1)):
        assert len((await here.get(DELEGATIONS, user=who))["items"]) == seen, who
    await here.post(
        DELEGATIONS,
        delegation(organization=str(SECTION), role="appraiser", delegate="huy"),
        user="nam",
    )
    for who, seen in (("lan", 1), ("nam", 2), ("admin", 2)):
        assert len((await here.get(DELEGATIONS, user=who))["items"]) == seen, who
    for who, seen in (("lan", 1), ("nam", 0), ("thu", 1), ("admin", 1)):
        assert len((await here.get(HANDOVERS, user=who))["items"]) == seen, who


async def test_while_nobody_can_tell_who_stands_in_for_whom_no_signed_in_caller_acts(
    tmp_path: Path,
) -> None:
    (tmp_path / "users.json").write_bytes(msgspec.json.encode(USERS))
    settings = Settings.of({"data_dir": tmp_path, "public_url": "http://dvk.test"})
    # No worker runs, so there is no read model yet: as in the first moments of a new service.
    async with open_runtime([REGISTRATION], settings) as runtime:
        transport = httpx.ASGITransport(app=runtime.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://dvk.test") as http:
            token = await http.post("/identity/token", json={"user": "lan"})
            headers = {"authorization": f"Bearer {token.json()['access_token']}"}
            answer = await http.post(DELEGATIONS, json=delegation(), headers=headers)
            assert answer.status_code == 503, answer.text
            assert await runtime.store.head() == 0
