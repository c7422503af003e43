"""A dossier whose deciding body is merged before its ballot: the successor goes on with its council."""

from datetime import timedelta
from pathlib import Path

from services.evaluation.service import SERVICE
from shared.contracts import registration
from shared.contracts.registration import OrganizationMerged
from shared.host.policy import Role
from tests.support.evaluating import RESULTS_IN, USERS, Evaluation, sitting_of
from tests.support.recorded import user, world
from tests.support.story import COMMITTEE, UNION

HEIRS = (user("heirs-secretary", Role.SECRETARY, UNION),)


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
