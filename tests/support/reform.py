"""A province before 1 July 2025, entered through the HTTP APIs, and the steps of a model's year in it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import msgspec

from dvk.services import SERVICES
from services.evaluation.facts import appraisal_id
from services.recognition.reactions import case_id
from shared.contracts.values import CaseId, ModelId
from shared.host.ids import derive_id
from shared.host.issuer import User
from shared.host.policy import Role
from shared.host.settings import Settings
from tests.support.recorded import World, world

Json = dict[str, Any]

ADMIN: Final = "admin"
LONG_AGO: Final = "2010-01-01"


def _key(number: int) -> UUID:
    return UUID(f"018f0000-0000-7000-8000-{number:012d}")


def _id(number: int) -> UUID:
    """The id of the body created under a key by the administrator."""
    return derive_id(_key(number), ADMIN, "id")


NAMES: Final = {
    "province": "Tỉnh ủy",
    "commission": "Ban Dân vận Tỉnh ủy",
    "propaganda": "Ban Tuyên giáo Tỉnh ủy",
    "office": "Văn phòng Ban Dân vận",
    "district": "Huyện ủy Con Cuông",
    "board": "Ban Dân vận Huyện ủy",
    "mon-son": "Đảng ủy xã Môn Sơn",
    "luc-da": "Đảng ủy xã Lục Dạ",
    "cell": "Chi bộ bản Cửa Rào",
    "commune": "Đảng ủy xã Môn Sơn (mới)",
    "section": "Ban Xây dựng Đảng xã Môn Sơn",
    "neighbour": "Đảng ủy xã Yên Khê (mới)",
    "neighbours-section": "Ban Xây dựng Đảng xã Yên Khê",
}
IDS: Final = {name: _id(number) for number, name in enumerate(NAMES, 1)}
KEYS: Final = {name: _key(number) for number, name in enumerate(NAMES, 1)}

_LEVELS: Final = {"district": "district", "board": "district", "cell": "grassroots"}
_PLACES: Final = {
    "province": "province",
    "commission": "province",
    "propaganda": "province",
    "office": "province",
}


def _users() -> tuple[User, ...]:
    acting = [
        (ADMIN, Role.ADMINISTRATOR, "province"),
        ("cell-secretary", Role.REGISTRANT, "cell"),
        ("clerk", Role.OFFICE_CLERK, "commission"),
        ("new-clerk", Role.OFFICE_CLERK, "propaganda"),
        ("board-appraiser", Role.APPRAISER, "board"),
        ("district-signer", Role.SIGNER, "district"),
        ("mon-son-officer", Role.COMMITTEE_OFFICER, "mon-son"),
        ("commune-officer", Role.COMMITTEE_OFFICER, "commune"),
        ("section-appraiser", Role.APPRAISER, "section"),
        ("commune-signer", Role.SIGNER, "commune"),
    ]
    return tuple(
        User(user=name, subject=name, roles=(role,), organization=IDS[body])
        for name, role, body in acting
    )


class Province:
    """The running services and the steps of the story."""

    def __init__(self, here: World) -> None:
        self.here = here
        self.preset: Json = {}
        self.rule_set = ""
        self.movement = ""

    def at(self, year: int, month: int, day: int) -> None:
        """Move the clock to nine in the morning in Viet Nam."""
        self.here.clock.pin(datetime(year, month, day, 2, tzinfo=UTC))

    async def ok(self, path: str, body: object = None, *, user: str) -> Json:
        answer = await self.here.post(path, body, user=user)
        assert answer.is_success, f"{path}: {answer.text}"
        written: Json = answer.json()
        return written

    async def refused(self, path: str, body: object = None, *, user: str) -> Json:
        answer = await self.here.post(path, body, user=user)
        assert not answer.is_success, answer.text
        problem: Json = answer.json()
        return problem

    # --- the graph ------------------------------------------------------------------------

    async def create(self, name: str, since: str, **superiors: str) -> None:
        lines = [{"line": line, "superior": str(IDS[one])} for line, one in superiors.items()]
        body = {
            "name": NAMES[name],
            "kind": "party_committee",
            "level": _PLACES.get(name, _LEVELS.get(name, "commune")),
            "place": "Con Cuông",
            "established_on": since,
            "category": "I.1.1-4" if name == "cell" else None,
            "lines": lines,
        }
        answer = await self.here.post(
            "/registration/organizations", body, user=ADMIN, key=KEYS[name]
        )
        assert answer.is_success, answer.text
        assert answer.json()["id"] == str(IDS[name])

    async def change(self, which: str, what: str, **body: object) -> Json:
        """A change of the graph by the administrator."""
        return await self.ok(f"/registration/organizations/{IDS[which]}/{what}", body, user=ADMIN)

    async def before_the_reform(self) -> None:
        """The province, a district with its mobilisation board, two communes, a cell; the Commission."""
        await self.create("province", LONG_AGO)
        await self.create("commission", LONG_AGO, party="province")
        await self.create("propaganda", LONG_AGO, party="province")
        await self.create("office", LONG_AGO, party="commission")
        await self.create("district", LONG_AGO, party="province", territory="province")
        await self.create("board", LONG_AGO, party="district")
        await self.create("mon-son", LONG_AGO, party="district", territory="district")
        await self.create("luc-da", LONG_AGO, party="district", territory="district")
        await self.create("cell", LONG_AGO, party="mon-son", territory="mon-son")
        await self._competence("commission", "I.2.2a", "office", LONG_AGO)
        await self._competence("district", "I.2.2d", "board", LONG_AGO)

    async def _competence(self, name: str, clause: str, adviser: str, since: str) -> None:
        await self.change(
            name,
            "competences",
            clause=clause,
            advised_by=str(IDS[adviser]),
            valid_from=since,
            source="Hướng dẫn I.2.2",
        )

    async def the_reform_is_entered(self) -> None:
        """The districts' end, the communes' and the commissions' mergers, and who holds which competence."""
        day, source = "2025-07-01", "Nghị quyết 202/2025/QH15"
        await self.create("commune", day, party="province", territory="province")
        await self.create("section", day, party="commune")
        await self.create("neighbour", day, party="province", territory="province")
        await self.create("neighbours-section", day, party="neighbour")
        for old in ("mon-son", "luc-da"):
            await self.change(
                old, "merger", into=str(IDS["commune"]), effective_on=day, source=source
            )
        await self._competence("commune", "I.2.2b", "section", day)
        await self._succeeds("commune", "I.2.2d", former="district", adviser="section")
        await self._succeeds("neighbour", "I.2.2d", former="district", adviser="neighbours-section")
        await self._succeeds("propaganda", "I.2.2a", former="commission", adviser="office")
        for abolished in ("board", "district"):
            await self.change(
                abolished, "dissolution", successor=None, effective_on=day, source=source
            )
        await self.change(
            "commission", "merger", into=str(IDS["propaganda"]), effective_on=day, source=source
        )
        await self.change(
            "propaganda",
            "names",
            name="Ban Tuyên giáo và Dân vận Tỉnh ủy",
            valid_from=day,
            source=source,
        )

    async def _succeeds(self, heir: str, clause: str, *, former: str, adviser: str) -> None:
        await self.change(
            heir,
            "competence-successions",
            clause=clause,
            former=str(IDS[former]),
            advised_by=str(IDS[adviser]),
            valid_from="2025-07-01",
            source="Công văn hướng dẫn sau sắp xếp",
        )

    # --- rules, movement, calendar --------------------------------------------------------

    async def adopt(self) -> None:
        """Rules with a short posting, no ballot, no proposal: what this story is about is who may do what."""
        presets = (await self.here.get("/evaluation/presets"))["items"]
        self.preset = next(one for one in presets if one["id"] == "dan-van-kheo")
        document = {
            "document_number": "01-HD/BDVTU",
            "issued_on": "2024-01-02",
            "effective_on": "2024-01-02",
            "adopted_by": str(IDS["commission"]),
        }
        rules = msgspec.json.decode(msgspec.json.encode(self.preset["rule_set"])) | document
        for setting, value in (
            ("posting_working_days", 1),
            ("ballot_mode", "none"),
            ("proposal", "none"),
            ("holidays", ["2024-09-02", "2025-09-02"]),
        ):
            rules["settings"][setting] = {"value": value, "source": "practice: mẫu"}
        adopted = await self.ok("/evaluation/rule-sets", rules, user="clerk")
        self.rule_set = adopted["id"]
        criteria = self.preset["criteria_set"] | document
        await self.ok("/evaluation/criteria-sets", criteria, user="clerk")
        launched = await self.ok(
            "/registration/movements",
            {
                "name": "Dân vận khéo 2024–2026",
                "first_year": 2024,
                "last_year": 2026,
                "legal_bases": ["Nghị quyết của Tỉnh ủy"],
                "launching_body": str(IDS["commission"]),
                "rule_set": self.rule_set,
                "rule_set_version": 1,
            },
            user="clerk",
        )
        self.movement = launched["id"]

    async def calendar(self, year: int, *, user: str) -> None:
        await self.ok(
            f"/registration/movements/{self.movement}/calendars",
            {
                "year": year,
                "registration_opens": f"{year}-01-02",
                "registration_closes": f"{year}-08-31",
                "results_before": f"{year}-10-01",
                "month_from": f"{year}-10-01",
                "month_to": f"{year}-10-31",
            },
            user=user,
        )

    # --- a model's year -------------------------------------------------------------------

    def registration(self, name: str, *, deciding_body: str, committee: str = "mon-son") -> Json:
        today = self.here.clock.now().date()
        return {
            "movement": self.movement,
            "year": today.year,
            "name": name,
            "address": "Bản Cửa Rào",
            "field": "culture-society",
            "content": "Trồng và chăm sóc đường hoa, giữ bản sạch.",
            "basis": "Nguyện vọng của nhân dân trong bản.",
            "holder_kind": "collective",
            "holder": str(IDS["cell"]),
            "holder_name": NAMES["cell"],
            "category": "I.1.1-4",
            "committee": str(IDS[committee]),
            "deciding_body": str(IDS[deciding_body]),
        }

    async def survey(self) -> ModelId:
        survey = {
            "surveyed_by": str(IDS["cell"]),
            "surveyed_on": self.here.clock.now().date().isoformat(),
            "place": "Bản Cửa Rào",
            "situation": "Đường vào bản lầy lội.",
            "advantages": "Nhân dân đồng tình.",
            "difficulties": "Thiếu kinh phí.",
        }
        made = await self.ok("/registration/models", survey, user="cell-secretary")
        return ModelId(UUID(made["id"]))

    async def register(self, model: ModelId, body: Json) -> Json:
        return await self.ok(
            f"/registration/models/{model}/registration", body, user="cell-secretary"
        )

    async def build(self, model: ModelId, year: int) -> None:
        """The plan, with one target."""
        plan = {
            "targets": [{"name": "Đường hoa", "unit": "m", "goal": "1000"}],
            "measures": "Vận động từng hộ.",
            "milestones": [{"name": "Sơ kết", "due_on": f"{year}-06-30"}],
            "resources": "Nhân dân góp công.",
            "starts_on": f"{year}-02-10",
            "ends_on": f"{year}-12-15",
        }
        await self.ok(f"/registration/models/{model}/plan", plan, user="cell-secretary")

    async def report(self, model: ModelId, year: int, *, officer: str) -> None:
        """Session called and held by the committee, results reported by the cell."""
        one = f"/registration/models/{model}"
        session = {"held_on": f"{year}-09-20", "place": "Hội trường xã"}
        await self.ok(f"{one}/session", session, user=officer)
        results = {"summary": "Đạt kế hoạch.", "figures": [{"target": "Đường hoa", "value": "900"}]}
        await self.ok(f"{one}/results", results, user="cell-secretary")
        self.at(year, 9, 20)
        await self.ok(f"{one}/session/minutes", {"minutes": "BB-01"}, user=officer)

    async def appraise(self, model: ModelId, year: int, *, appraiser: str) -> Json:
        """The appraisal as opened, then its steps up to the end of the posting: the advice follows by itself."""
        one = f"/evaluation/appraisals/{appraisal_id(model, year)}"

        async def opened() -> Json | None:
            answer = await self.here.read(one, user=appraiser)
            found: Json = answer.json()
            return found if answer.status_code == 200 else None

        found = await self.here.until(opened)
        gate = {"passed": True, "finding": "Chấp hành tốt."}
        await self.ok(f"{one}/gate", gate, user=appraiser)
        for criterion in self.preset["criteria_set"]["criteria"]:
            score = {"criterion": criterion["id"], "points": 15, "evidence": "Biên bản số 3"}
            await self.ok(f"{one}/scores", score, user=appraiser)
        await self.ok(f"{one}/completion", {"summary": "Mô hình đạt."}, user=appraiser)
        await self.ok(f"{one}/posting", {"where": "Nhà văn hóa bản"}, user=appraiser)
        self.at(year, 10, 8)
        await self.ok(f"{one}/posting/closure", user=appraiser)
        opened_as: Json = found["opened"]
        return opened_as

    async def case(self, model: ModelId, year: int) -> tuple[CaseId, Json]:
        """The case, once competence is determined."""
        case = case_id(model, year)

        async def determined() -> Json | None:
            answer = await self.here.read(f"/recognition/cases/{case}")
            found: Json = answer.json()
            return found if answer.status_code == 200 and found["competence"] else None

        return case, await self.here.until(determined)

    async def graph(self, on: date) -> dict[str, Json]:
        """The list of organisations as at a day, by name."""
        page = await self.here.get("/registration/organizations", on=on, limit=200)
        return {row["name"]: row for row in page["items"]}


@asynccontextmanager
async def province(folder: Path) -> AsyncIterator[Province]:
    """Run every service in January 2024, with nothing recorded yet."""
    services = [make(Settings.of({})) for make in SERVICES.values()]
    start = datetime(2024, 1, 2, 2, tzinfo=UTC)
    async with world(folder, services, (), _users(), start) as here:
        yield Province(here)
