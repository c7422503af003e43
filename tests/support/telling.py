"""The words in which stories are told: each verb is what somebody does through the HTTP APIs, or what one reads
there afterwards. A rule that makes everyone take one more step changes one of these and no story.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal
from uuid import UUID

from services.evaluation.facts import appraisal_id
from services.recognition.reactions import case_id
from shared.contracts.values import Aim, ModelId
from tests.support.country import ADMIN, BODIES, IDS, VOTERS, YEAR, Country, adviser_of, country
from tests.support.recorded import World
from tests.support.replaying import record_follows

Json = dict[str, Any]

SURVEYED: Final = date(YEAR, 1, 12)
REGISTERED: Final = date(YEAR, 1, 20)
ACCEPTED: Final = date(YEAR, 1, 26)
PLANNED: Final = date(YEAR, 2, 10)
CALLED: Final = date(YEAR, 9, 8)
WRITTEN: Final = date(YEAR, 9, 15)
SESSION: Final = date(YEAR, 9, 22)
APPRAISED: Final = date(YEAR, 10, 5)
CLOSED: Final = date(YEAR, 10, 20)
"""After ten working days."""
VOTED: Final = date(YEAR, 10, 21)
DECIDED: Final = date(YEAR, 10, 26)

Part = Literal["committee", "government", "front", "organisations"]


@dataclass(frozen=True)
class Work:
    """A model or exemplar, by the names of the bodies concerned."""

    id: ModelId
    name: str
    holder: str
    decides: str
    committee: str

    @property
    def registrant(self) -> str:
        """Who writes for the holder."""
        return f"registrant-of-{self.holder}"

    @property
    def officer(self) -> str:
        """Who acts for the committee."""
        return f"officer-of-{self.committee}"

    @property
    def appraiser(self) -> str:
        """Who appraises in the unit that advises the deciding body."""
        return f"appraiser-of-{adviser_of(self.decides)}"

    @property
    def secretary(self) -> str:
        """Of the council."""
        return f"secretary-of-{self.decides}"

    @property
    def signer(self) -> str:
        """Of the deciding body."""
        return f"signer-of-{self.decides}"

    @property
    def clerk(self) -> str:
        """Of the deciding body."""
        return f"clerk-of-{self.decides}"

    @property
    def model(self) -> str:
        """Its address in registration."""
        return f"/registration/models/{self.id}"

    @property
    def appraisal(self) -> str:
        """Its address in evaluation."""
        return f"/evaluation/appraisals/{appraisal_id(self.id, YEAR)}"

    @property
    def posting(self) -> str:
        """Where its posting is read."""
        return f"/evaluation/postings/{appraisal_id(self.id, YEAR)}"

    @property
    def case_id(self) -> UUID:
        """Of its case."""
        return case_id(self.id, YEAR)

    @property
    def case(self) -> str:
        """Its address in recognition."""
        return f"/recognition/cases/{self.case_id}"


class Tale:
    """Tells what happens, and reads what is known of it."""

    def __init__(self, told_in: Country) -> None:
        self.country = told_in
        self.here: World = told_in.here
        self.on = told_in.on
        self.write = told_in.write

    async def refused(self, path: str, body: object = None, *, by: str, because: str) -> Json:
        """An attempt that is refused with a code, and how the refusal reads."""
        answer = await self.here.post(path, body, user=by)
        assert not answer.is_success, answer.text
        problem: Json = answer.json()
        assert problem["type"].rpartition("/")[2] == because, problem
        return problem

    async def forbidden(self, path: str, body: object = None, *, by: str) -> None:
        """An attempt by somebody who may not."""
        answer = await self.here.post(path, body, user=by)
        assert answer.status_code in (403, 404), answer.text

    # --- January to March -----------------------------------------------------------------

    async def surveys_and_registers(
        self,
        holder: str,
        name: str,
        *,
        decides: str,
        aim: Aim = "model",
        committee: str = "commune",
        by: str | None = None,
    ) -> Work:
        """The holder, or somebody for it, surveys the place and registers with the committee."""
        who = by or f"registrant-of-{holder}"
        await self.on(SURVEYED)
        survey = {
            "surveyed_by": str(IDS[holder]),
            "surveyed_on": SURVEYED.isoformat(),
            "place": "Bản Cửa Rào",
            "situation": "Đường vào bản lầy lội.",
            "advantages": "Nhân dân đồng tình.",
            "difficulties": "Thiếu kinh phí.",
        }
        made = await self.write("/registration/models", survey, by=who)
        work = Work(ModelId(UUID(made["id"])), name, holder, decides, committee)
        await self.on(REGISTERED)
        await self.write(f"{work.model}/registration", self.registration(work, aim), by=who)
        return work

    def registration(self, work: Work, aim: Aim = "model") -> Json:
        """The form."""
        return {
            "movement": self.country.movement,
            "year": YEAR,
            "aim": aim,
            "name": work.name,
            "address": "Bản Cửa Rào, xã Môn Sơn",
            "field": "culture-society",
            "content": f"{work.name}: vận động từng hộ cùng làm, cùng giữ.",
            "basis": "Nguyện vọng của nhân dân trong bản.",
            "holder_kind": "collective",
            "holder": str(IDS[work.holder]),
            "holder_name": BODIES[work.holder].name,
            "category": BODIES[work.holder].category,
            "committee": str(IDS[work.committee]),
            "deciding_body": str(IDS[work.decides]),
        }

    async def is_accepted(self, work: Work) -> None:
        """By its committee; the launching body enters its number."""
        await self.on(ACCEPTED)
        number = {"register_number": f"{work.name[:20]}/{YEAR}"}
        await self.write(f"{work.model}/register-number", number, by="clerk-of-commission")
        await self.write(f"{work.model}/acceptance", by=work.officer)

    async def is_planned(self, work: Work) -> None:
        """With one target, and two core members."""
        await self.on(PLANNED)
        plan = {
            "targets": [{"name": "Hộ dân tham gia", "unit": "hộ", "goal": "60"}],
            "measures": "Vận động từng hộ.",
            "milestones": [{"name": "Sơ kết", "due_on": f"{YEAR}-06-30"}],
            "resources": "Nhân dân góp công.",
            "starts_on": f"{YEAR}-02-10",
            "ends_on": f"{YEAR}-12-15",
        }
        await self.write(f"{work.model}/plan", plan, by=work.registrant)
        team = [
            {"person": "Người nòng cốt (mẫu)", "role": "Trưởng nhóm", "group": "Tổ dân vận"},
            {"person": "Người giúp việc (mẫu)", "role": "Thành viên", "group": "Hội Phụ nữ"},
        ]
        await self.write(f"{work.model}/core-team", {"members": team}, by=work.registrant)

    # --- September ------------------------------------------------------------------------

    async def is_called_to_report(self, work: Work) -> None:
        """By its committee, which organises the session."""
        await self.on(CALLED)
        session = {"held_on": SESSION.isoformat(), "place": "Hội trường xã"}
        await self.write(f"{work.model}/session", session, by=work.officer)

    async def reports_in_writing(self, work: Work) -> None:
        """In time."""
        await self.on(WRITTEN)
        await self.write(f"{work.model}/results", self.results(), by=work.registrant)

    def results(self, reason: str | None = None) -> Json:
        """The form."""
        figures = [{"target": "Hộ dân tham gia", "value": "65"}]
        return {"summary": "Đạt kế hoạch.", "figures": figures, "households": 65} | (
            {} if reason is None else {"reason": reason}
        )

    async def reports_at_the_session(self, work: Work) -> None:
        """The session is held, with minutes."""
        await self.on(SESSION)
        minutes = {"minutes": "Biên bản hội nghị báo cáo"}
        await self.write(f"{work.model}/session/minutes", minutes, by=work.officer)

    async def works_through_the_year(self, *works: Work) -> None:
        """From the acceptance to the reported results, each thing in its time."""
        for step in (
            self.is_accepted,
            self.is_planned,
            self.is_called_to_report,
            self.reports_in_writing,
            self.reports_at_the_session,
        ):
            for work in works:
                await step(work)

    # --- October --------------------------------------------------------------------------

    async def is_appraised(self, work: Work, points: int = 16) -> None:
        """Passing the gate, with so many of 20 points for each criterion; 14 are enough."""
        await self.on(APPRAISED)

        async def opened() -> bool | None:
            return (await self.here.read(work.appraisal, user=work.appraiser)).is_success or None

        await self.here.until(opened)
        gate = {"passed": True, "finding": "Chấp hành tốt."}
        await self.write(f"{work.appraisal}/gate", gate, by=work.appraiser)
        for criterion in self.country.criteria:
            score = {"criterion": criterion["id"], "points": points, "evidence": "Biên bản số 3"}
            await self.write(f"{work.appraisal}/scores", score, by=work.appraiser)
        concluding = {"summary": "Đã thẩm định hồ sơ và thực địa."}
        await self.write(f"{work.appraisal}/completion", concluding, by=work.appraiser)

    async def is_posted(self, work: Work) -> None:
        """In public, from the day of the appraisal on."""
        where = {"where": "Nhà văn hóa bản"}
        await self.write(f"{work.appraisal}/posting", where, by=work.appraiser)

    async def posting_ends(self, work: Work) -> None:
        """After its working days."""
        await self.on(CLOSED)
        await self.write(f"{work.appraisal}/posting/closure", by=work.appraiser)

    async def council_votes(self, work: Work, *, approve: int, reject: int = 0) -> Json:
        """The council of the deciding body meets, votes and is counted: the tally. Of its six votes those
        that neither approve nor reject abstain.
        """
        await self.on(VOTED)
        opening = {
            "appraisals": [str(appraisal_id(work.id, YEAR))],
            "council": self.country.councils[work.decides],
            "question": f"Đề nghị công nhận «{work.name}»?",
        }
        made = await self.write("/evaluation/sittings", opening, by=work.secretary)
        sitting = f"/evaluation/sittings/{made['id']}"

        async def settled() -> Json | None:
            found: Json = await self.here.get(sitting)
            return found if found["settled"] else None

        (candidate,) = (await self.here.until(settled))["candidates"]
        ballot = f"/evaluation/ballots/{candidate['ballot']}"
        roll = (await self.here.get(f"{sitting}/roll", user=work.secretary))["seats"]
        present = [seat["seat"] for seat in roll if seat["role"] != "secretary"]
        await self.write(f"{sitting}/attendance", {"present": present}, by=work.secretary)
        choices = ["approve"] * approve + ["reject"] * reject
        choices += ["abstain"] * (len(VOTERS) - len(choices))
        for account, choice in zip(VOTERS, choices, strict=True):
            sheet = {"votes": [{"appraisal": candidate["appraisal"], "choice": choice}]}
            await self.write(f"{sitting}/sheets", sheet, by=f"{account}-of-{work.decides}")
        await self.write(f"{sitting}/closure", by=work.secretary)

        async def tallied() -> Json | None:
            found: Json | None = (await self.here.get(ballot))["tallied"]
            return found

        result = await self.here.until(tallied)
        await self._minutes_are_signed(work, sitting)
        return result

    async def _minutes_are_signed(self, work: Work, sitting: str) -> None:
        """By secretary and chair, as the preset asks."""

        async def drafted() -> str | None:
            found: str | None = (await self.here.get(sitting))["minutes"]
            return found

        minutes = {"minutes": await self.here.until(drafted)}
        for account in (work.secretary, f"chair-of-{work.decides}"):
            await self.write(f"{sitting}/minutes/signatures", minutes, by=account)

    async def is_assessed(self, *works: Work) -> None:
        """Appraised, posted for its days, voted for by all: the advice follows."""
        for work in works:
            await self.is_appraised(work)
            await self.is_posted(work)
        for work in works:
            await self.posting_ends(work)
        for work in works:
            await self.council_votes(work, approve=len(VOTERS))

    async def advice_on(self, work: Work) -> Json:
        """The case that the advice opened, once its competence is determined."""
        return await self.case_with(work, "competence")

    async def case_with(self, work: Work, part: str) -> Json:
        """The case once `part` of it is there."""

        async def look() -> Json | None:
            answer = await self.here.read(work.case)
            case: Json = answer.json()
            return case if answer.status_code == 200 and case[part] else None

        return await self.here.until(look)

    # --- the decision and after -----------------------------------------------------------

    def decision(self, work: Work, number: str, **terms: str) -> Json:
        """A document's number and signer, with what else stands in it."""
        return {
            "decision_number": number,
            "signer_office": f"Người có thẩm quyền, {BODIES[work.decides].name}",
            "signer_name": "Người Ký Thử",
            **terms,
        }

    async def is_recognised(self, work: Work, number: str, **terms: str) -> None:
        """By the body named in its registration."""
        await self.advice_on(work)
        deciding = f"{work.case}/recognition"
        await self.write(deciding, self.decision(work, number, **terms), by=work.signer)

    async def public_decision(self, work: Work) -> Json:
        """What everybody reads of it."""
        found: Json = await self.here.get(f"/recognition/decisions/{work.case_id}")
        return found

    async def opens_review(self, body: str, occasion: str, title: str) -> str:
        """A review of the movement; its id."""
        review = {"movement": self.country.movement, "occasion": occasion, "title": title}
        made = await self.write("/recognition/reviews", review, by=f"clerk-of-{body}")
        return str(made["id"])

    async def is_put_forward(self, work: Work, review: str, *, resting_on: Sequence[Work]) -> None:
        """Before the review."""
        forward = {"review": review, "models": [str(one.id) for one in resting_on]}
        await self.write(f"{work.case}/review", forward, by=work.appraiser)

    async def is_endorsed(self, work: Work, part: Part, body: str) -> None:
        """By a body of its own place."""
        given = {"part": part, "endorser": str(IDS[body]), "document_number": "5-CV"}
        await self.write(f"{work.case}/endorsements", given, by=f"officer-of-{body}")

    async def is_endorsed_by_its_place(self, work: Work) -> None:
        """By committee, government, Front and organisations."""
        await self.is_endorsed(work, "committee", "commune")
        await self.is_endorsed(work, "government", "people")
        await self.is_endorsed(work, "front", "front")
        await self.is_endorsed(work, "organisations", "women")

    async def complains(self, work: Work, words: str) -> str:
        """A citizen, signed; the complaint's id as the deciding body sees it."""
        lodged = {"name": "Người Dân Thử", "address": "Bản Cửa Rào", "words": words}
        await self.write(f"{work.case}/complaints", lodged, by=ADMIN)
        seen = await self.here.get(f"{work.case}/complaints", user=work.clerk)
        return str(next(one["complaint_id"] for one in seen["complaints"] if one["words"] == words))

    # --- what is known of it --------------------------------------------------------------

    async def hears(self, user: str, kind: str, work: Work) -> None:
        """A notice of this kind about the model lies in the inbox of the user's body."""

        async def look() -> bool | None:
            return (kind in await self.inbox(user, work)) or None

        assert await self.here.until(look)

    async def inbox(self, user: str, work: Work) -> list[str]:
        """The kinds of all notices about the model that the user's body has."""
        page = await self.here.get("/notification/inbox", user=user, limit=200)
        return [one["kind"] for one in page["items"] if one["model_id"] == str(work.id)]

    async def timeline(self, work: Work) -> list[Json]:
        """What the audit tells of the model, in order."""
        items: list[Json] = (await self.here.get("/audit/timeline", model=str(work.id), limit=200))[
            "items"
        ]
        return items

    async def tells_in_order(self, work: Work, *kinds: str) -> None:
        """The timeline has these steps in this order, whatever else lies between; each with a sentence in
        both languages.
        """
        items = await self.timeline(work)
        assert all(one["vi"] and one["en"] for one in items)
        told = iter(one["type"].split(".")[2] for one in items)
        for kind in kinds:
            assert kind in told, (kind, [one["type"] for one in items])

    async def state_of(self, work: Work, stream: str, *, on: date | None = None) -> Json:
        """The state of the model's `model`, `appraisal` or `case`, now or at the end of a day, as the audit
        replays it.
        """
        of = {"model": self.id_of(work), "appraisal": str(appraisal_id(work.id, YEAR))}
        name = of.get(stream, str(work.case_id))
        at = None if on is None else f"{on.isoformat()}T16:59:59Z"
        found: Json = await self.here.get(f"/audit/streams/{stream}-{name}/state", at=at)
        state: Json = found["state"]
        return state

    def id_of(self, work: Work) -> str:
        """Of the model."""
        return str(work.id)

    async def all_follows_from_the_record(self) -> None:
        """Once nothing is left to do, every event in the log follows again from its command."""
        await self.here.until(self.here.is_settled)
        assert await record_follows(self.here.runtime.store)


@asynccontextmanager
async def telling(folder: Path, **changed: object) -> AsyncIterator[Tale]:
    """A tale that begins in January; settings of the rule set `changed` from the preset."""
    async with country(folder, **changed) as told_in:
        yield Tale(told_in)
