"""A body or a unit is merged while dossiers wait: its successor goes on with its council, with its teams."""

from datetime import date, timedelta
from pathlib import Path

from services.evaluation.service import SERVICE
from shared.contracts import registration
from shared.contracts.registration import OrganizationMerged
from shared.host.policy import Role
from tests.support import story
from tests.support.evaluating import ONE, RESULTS_IN, USERS, Evaluation, sitting_of
from tests.support.recorded import user, world
from tests.support.story import COMMITTEE, ELSEWHERE, SECTION, UNION

HEIRS = (
    user("heirs-secretary", Role.SECRETARY, UNION),
    user("heirs-appraiser", Role.APPRAISER, UNION),
)


async def test_the_successor_opens_the_ballot_of_the_council_it_took_over(tmp_path: Path) -> None:
    sources = (registration.EVENTS,)
    async with world(tmp_path, [SERVICE], sources, (*USERS, *HEIRS), RESULTS_IN) as here:
        played = await Evaluation.of(here)
        await played.posting_closed()
        council = await played.council()
        tomorrow = here.clock.now() + timedelta(days=1)
        merged = OrganizationMerged(
            organization_id=COMMITTEE, into=UNION, effective_on=tomorrow.date(), source="NQ"
        )
        await here.record(registration.EVENTS, f"organization-{COMMITTEE}", merged)
        await here.until(here.is_ready)
        here.clock.pin(tomorrow)

        sittings, body = "/evaluation/sittings", sitting_of(council)
        denied = await played.refused(sittings, body, user="secretary")
        assert denied["status"] == 403
        written = await played.ok(sittings, body, user="heirs-secretary")
        opened = (await here.get(f"{sittings}/{written['id']}"))["opened"]
        assert opened["council_body"] == str(UNION)

        # A new council is formed by the successor in its own name, not in that of what is no more.
        form = {
            "body": str(COMMITTEE),
            "name": "Hội đồng khác",
            "rule_set": {"rule_set": played.rule_set, "version": 1},
            "term_from": "2026-10-21",
            "members": [],
        }
        assert (await played.refused("/evaluation/councils", form, user="heirs-secretary"))[
            "status"
        ] == 403


async def test_the_team_of_a_field_appraises_for_the_unit_that_took_over(tmp_path: Path) -> None:
    sources = (registration.EVENTS,)
    async with world(tmp_path, [SERVICE], sources, (*USERS, *HEIRS), RESULTS_IN) as here:
        played = await Evaluation.of(here)
        one = {"account": "appraiser", "name": "Vi Văn Thử", "organization": str(SECTION)}
        other = {"account": None, "name": "Lô Thị Thử", "organization": str(ELSEWHERE)}
        form = {"unit": str(SECTION), "field": story.registered().field, "members": [one, other]}
        await played.ok("/evaluation/teams", form, user="appraiser")
        merged = OrganizationMerged(
            organization_id=SECTION, into=UNION, effective_on=date(2026, 9, 25), source="NQ"
        )
        await here.record(registration.EVENTS, f"organization-{SECTION}", merged)
        await played.opened()

        async def followed() -> list[str] | None:
            view = await here.get(f"{ONE}/team", user="heirs-appraiser")
            return [member["name"] for member in view["members"]] or None

        assert await here.until(followed) == ["Vi Văn Thử", "Lô Thị Thử"]
        (listed,) = (await here.get(f"/evaluation/teams/{UNION}", user="heirs-appraiser"))["teams"]
        assert (listed["assigned_by"], len(listed["members"])) == (str(SECTION), 2)

        refused = await played.refused("/evaluation/teams", form, user="heirs-appraiser")
        assert refused["type"] == "/problems/team-of-an-ended-unit"
        own = {**form, "unit": str(UNION), "members": [one]}
        refused = await played.refused("/evaluation/teams", own, user="heirs-appraiser")
        assert refused["type"] == "/problems/team-change-unexplained"
        await played.ok("/evaluation/teams", own | {"reason": "Sáp nhập."}, user="heirs-appraiser")
        (listed,) = (await here.get(f"/evaluation/teams/{UNION}", user="heirs-appraiser"))["teams"]
        assert (listed["assigned_by"], len(listed["members"])) == (str(UNION), 1)


async def test_who_took_a_dossier_over_reads_what_its_unit_read(tmp_path: Path) -> None:
    sources = (registration.EVENTS,)
    async with world(tmp_path, [SERVICE], sources, (*USERS, *HEIRS), RESULTS_IN) as here:
        played = await Evaluation.of(here)
        await played.opened()
        one = {"account": "appraiser", "name": "Vi Văn Thử", "organization": str(SECTION)}
        await played.ok(f"{ONE}/team", {"members": [one]}, user="appraiser")
        body = {"passed": True, "finding": "Tốt."}
        await played.ok(f"{ONE}/gate", body, user="appraiser")
        await played.council()
        for path in ("", "/team"):
            view = await here.read(f"{ONE}{path}", user="heirs-appraiser")
            assert view.status_code == 404 or view.json()["gate"] is None
        tomorrow = here.clock.now() + timedelta(days=1)
        for former in (SECTION, COMMITTEE):
            merged = OrganizationMerged(
                organization_id=former, into=UNION, effective_on=tomorrow.date(), source="NQ"
            )
            await here.record(registration.EVENTS, f"organization-{former}", merged)
        await here.until(here.is_ready)
        here.clock.pin(tomorrow)
        assert (await here.get(ONE, user="heirs-appraiser"))["gate"]["finding"] == "Tốt."
        team = await here.get(f"{ONE}/team", user="heirs-appraiser")
        assert [member["name"] for member in team["members"]] == ["Vi Văn Thử"]
        (council,) = (await here.get("/evaluation/councils", user="auditor"))["items"]
        members = f"/evaluation/councils/{council['council_id']}/members"
        assert (await here.read(members, user="heirs-secretary")).status_code == 200
        # The unit is no more, and with it what its officers saw before the completion.
        assert (await here.get(ONE, user="appraiser"))["gate"] is None
