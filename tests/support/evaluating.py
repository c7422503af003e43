"""Evaluation among recorded events of registration, and the steps from reported results to the advice."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any
from uuid import UUID

import msgspec

from services.evaluation import facts
from services.evaluation.service import SERVICE
from shared.contracts import registration
from shared.contracts.holding import JointHolders
from shared.contracts.registration import ResultsReported
from shared.contracts.values import AppraisalId, ModelId, OrganizationId, RuleSetId
from shared.eventstore.port import StoredEvent
from shared.host.policy import Role
from tests.support import story
from tests.support.recorded import World, user, world
from tests.support.story import COMMITTEE, ELSEWHERE, MODEL, OFFICE, SECTION, YEAR

RESULTS_IN = datetime(2026, 9, 25, 2, tzinfo=UTC)
POSTED = datetime(2026, 10, 5, 2, tzinfo=UTC)
AFTER_POSTING = datetime(2026, 10, 20, 2, tzinfo=UTC)
DOCUMENT = {
    "document_number": "01-QĐ/BTGDV",
    "issued_on": "2026-09-20",
    "effective_on": "2026-09-25",
}
"""By which the office adopts the preset, on the day the results are in."""
APPRAISAL = facts.appraisal_id(MODEL, YEAR)
ONE = f"/evaluation/appraisals/{APPRAISAL}"
POSTING = f"/evaluation/postings/{APPRAISAL}"
MEMBERS = tuple(f"hd-{n}" for n in range(5))
WORDS = "Đường hoa đẹp nhưng đoạn cuối bản bỏ cỏ"
CITIZEN = {"name": "Lò Thị Thử Nghiệm", "address": "Bản Cửa Rào", "words": WORDS}


USERS = (
    user("clerk", Role.OFFICE_CLERK, OFFICE),
    user("officer", Role.COMMITTEE_OFFICER, COMMITTEE),
    user("appraiser", Role.APPRAISER, SECTION),
    user("foreign-appraiser", Role.APPRAISER, ELSEWHERE),
    user("chair", Role.CHAIR, COMMITTEE),
    user("secretary", Role.SECRETARY, COMMITTEE),
    user("foreign-secretary", Role.SECRETARY, ELSEWHERE),
    user("registrant", Role.REGISTRANT, story.CELL),
    user("auditor", Role.AUDITOR, ELSEWHERE),
    user("stranger", Role.COUNCIL_MEMBER, ELSEWHERE),
    *(user(name, Role.COUNCIL_MEMBER, COMMITTEE) for name in MEMBERS),
)


@dataclass
class Evaluation:
    """The world with evaluation in it, and the steps every test takes."""

    here: World
    preset: dict[str, Any]
    rule_set: str = ""
    """The rule set adopted last."""
    joint: JointHolders = ()
    """Who holds the model together with the cell."""

    @classmethod
    async def of(cls, here: World) -> "Evaluation":
        """In a world that evaluation runs in."""
        presets = (await here.get("/evaluation/presets"))["items"]
        preset = next(one for one in presets if one["id"] == "dan-van-kheo")
        for part in ("rule_set", "criteria_set"):
            preset[part] |= DOCUMENT
        return cls(here, preset)

    async def ok(self, path: str, body: object = None, *, user: str) -> dict[str, Any]:
        answer = await self.here.post(path, body, user=user)
        assert answer.is_success, answer.text
        written: dict[str, Any] = answer.json()
        return written

    async def refused(self, path: str, body: object = None, *, user: str) -> dict[str, Any]:
        answer = await self.here.post(path, body, user=user)
        assert not answer.is_success, answer.text
        problem: dict[str, Any] = answer.json()
        return problem

    async def adopt_rules(self, **changed: object) -> str:
        body = msgspec.json.decode(msgspec.json.encode(self.preset["rule_set"]))
        # Minutes have their own tests; elsewhere the advice follows from the count.
        body["settings"] |= {"minutes": {"value": [], "source": "practice: mẫu"}} | changed
        written = await self.ok(
            "/evaluation/rule-sets", {**body, "adopted_by": str(OFFICE)}, user="clerk"
        )
        self.rule_set = str(written["id"])
        return self.rule_set

    async def adopt_criteria(self, by: OrganizationId = OFFICE, user: str = "clerk") -> str:
        body = {**self.preset["criteria_set"], "adopted_by": str(by)}
        return str((await self.ok("/evaluation/criteria-sets", body, user=user))["id"])

    async def register(self, rule_set: str) -> None:
        registered = msgspec.structs.replace(
            story.registered(), rule_set=RuleSetId(UUID(rule_set)), joint_holders=self.joint
        )
        await self.here.record(registration.EVENTS, f"model-{MODEL}", registered)

    async def assign_competence(self) -> None:
        await self.here.record(
            registration.EVENTS,
            f"organization-{COMMITTEE}",
            story.competence(COMMITTEE, "I.2.2b"),
        )

    async def report_results(self, model: ModelId = MODEL) -> None:
        reported = ResultsReported(model_id=model, year=YEAR, late=False, session="held")
        await self.here.record(registration.EVENTS, f"model-{model}", reported)

    async def appraisal(self, part: str = "opened", *, one: str = ONE) -> dict[str, Any]:
        """The appraisal, once that part of it is there."""

        async def look() -> dict[str, Any] | None:
            answer = await self.here.read(one, user="appraiser")
            found: dict[str, Any] = answer.json()
            return found if answer.status_code == 200 and found[part] is not None else None

        return await self.here.until(look)

    async def opened(self, **changed: object) -> None:
        """Rules, criteria, competence, registration and results are in: the appraisal is open."""
        rule_set = await self.adopt_rules(**changed)
        await self.adopt_criteria()
        await self.assign_competence()
        await self.register(rule_set)
        await self.report_results()
        await self.appraisal()

    async def appraise(self, points: int = 15, *, one: str = ONE) -> None:
        await self.ok(
            f"{one}/gate", {"passed": True, "finding": "Chấp hành tốt."}, user="appraiser"
        )
        for criterion in self.preset["criteria_set"]["criteria"]:
            body = {"criterion": criterion["id"], "points": points, "evidence": "Biên bản số 3"}
            await self.ok(f"{one}/scores", body, user="appraiser")
        await self.ok(f"{one}/completion", {"summary": "Mô hình đạt."}, user="appraiser")

    async def posted(self, **changed: object) -> None:
        await self.opened(**changed)
        await self.appraise()
        self.here.clock.pin(POSTED)
        await self.ok(f"{ONE}/posting", {"where": "Nhà văn hóa bản"}, user="appraiser")

    async def posting_closed(self, **changed: object) -> None:
        await self.posted(**changed)
        self.here.clock.pin(AFTER_POSTING)
        await self.ok(f"{ONE}/posting/closure", user="appraiser")

    async def council(
        self,
        works: Mapping[str, OrganizationId] = MappingProxyType({}),
        without_account: Collection[str] = (),
    ) -> str:
        """A chair, a secretary and five members; all work at the committee unless `works` says else."""
        places = [("chair", "chair"), ("secretary", "secretary")]
        places += [(member, "member") for member in MEMBERS]
        body = {
            "body": str(COMMITTEE),
            "name": "Hội đồng bình xét xã Môn Sơn",
            "rule_set": {"rule_set": self.rule_set, "version": 1},
            "term_from": "2026-09-25",
            "term_until": "2027-12-31",
            "members": [
                {"account": None if account in without_account else account}
                | {"name": f"Người {account}", "role": role}
                | {"organization": str(works.get(account, COMMITTEE))}
                for account, role in places
            ],
        }
        return str((await self.ok("/evaluation/councils", body, user="secretary"))["id"])

    async def ballot(self, works: Mapping[str, OrganizationId] = MappingProxyType({})) -> str:
        """An open ballot of a council with six votes, where everyone is present."""
        one = await self.open_ballot(await self.council(works))
        await self.everyone_present(one)
        return one

    async def open_ballot(self, council: str) -> str:
        """The ballot of a sitting on the one appraisal."""
        sitting = await self.sitting(council)
        (candidate,) = (await self.here.get(sitting))["candidates"]
        return f"/evaluation/ballots/{candidate['ballot']}"

    async def sitting(
        self, council: str, *appraisals: AppraisalId, places: int | None = None
    ) -> str:
        """A sitting whose ballots are open."""
        body = sitting_of(council, *appraisals) | ({} if places is None else {"places": places})
        written = await self.ok("/evaluation/sittings", body, user="secretary")
        sitting = f"/evaluation/sittings/{written['id']}"

        async def settled() -> dict[str, Any] | None:
            found: dict[str, Any] = await self.here.get(sitting)
            return found if found["settled"] else None

        await self.here.until(settled)
        await self.caught_up()
        return sitting

    async def seats(self, sitting: str) -> dict[str, str]:
        """The seats of a sitting by account, or by what the account would be."""
        roll = await self.here.get(f"{sitting}/roll", user="secretary")
        return {one["name"].removeprefix("Người "): one["seat"] for one in roll["seats"]}

    async def sitting_of(self, ballot: str) -> str:
        """The sitting a ballot belongs to."""
        return f"/evaluation/sittings/{(await self.here.get(ballot))['opened']['sitting']}"

    async def everyone_present(self, ballot: str) -> None:
        """At the sitting a ballot belongs to."""
        await self.attend(await self.sitting_of(ballot), "chair", *MEMBERS)

    async def attend(self, sitting: str, *present: str, consulted: Sequence[str] = ()) -> None:
        seats = await self.seats(sitting)
        body = {
            "present": [seats[one] for one in present if one in seats],
            "consulted": [seats[one] for one in consulted],
        }
        await self.ok(f"{sitting}/attendance", body, user="secretary")

    async def close(self, ballot: str, user: str = "chair") -> None:
        """Close the sitting a ballot belongs to."""
        await self.ok(f"{await self.sitting_of(ballot)}/closure", user=user)

    async def counted(self, sitting: str) -> dict[str, Any]:
        """The sitting once it is counted."""

        async def look() -> dict[str, Any] | None:
            found: dict[str, Any] = await self.here.get(sitting)
            return found if found["counted"] else None

        return await self.here.until(look)

    async def vote(self, ballot: str, choice: str, *voters: str) -> None:
        for voter in voters:
            await self.ok(f"{ballot}/votes", {"choice": choice}, user=voter)

    async def result(self, ballot: str) -> dict[str, Any]:
        """The ballot once it is counted."""

        async def look() -> dict[str, Any] | None:
            found: dict[str, Any] = await self.here.get(ballot)
            return found if found["tallied"] or found["quorum_missed"] else None

        return await self.here.until(look)

    async def caught_up(self) -> None:
        """Let the next reads see what evaluation did by itself."""
        self.here.position = await self.here.runtime.store.head()

    async def stored(self, stream: str) -> list[StoredEvent]:
        return list(await self.here.runtime.store.read_stream(stream))


def sitting_of(council: str, *appraisals: AppraisalId) -> dict[str, Any]:
    """What opens a sitting; on the one appraisal unless others are named."""
    return {
        "council": council,
        "appraisals": [str(one) for one in appraisals or (APPRAISAL,)],
        "question": "Đề nghị công nhận mô hình?",
    }


@asynccontextmanager
async def evaluating(folder: Path) -> AsyncIterator[Evaluation]:
    """Run evaluation on the day the results come in, with nothing recorded yet."""
    async with world(folder, [SERVICE], (registration.EVENTS,), USERS, RESULTS_IN) as here:
        yield await Evaluation.of(here)
