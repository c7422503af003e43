"""A commune after July 2025, the provincial bodies over it and a neighbour: entered through the HTTP APIs."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

import msgspec

from dvk.services import SERVICES
from shared.host.ids import derive_id
from shared.host.issuer import User
from shared.host.policy import Role
from shared.host.settings import Settings
from tests.support.recorded import World, world

Json = dict[str, Any]

YEAR: Final = 2026
ADMIN: Final = "administrator-of-province"
PLACE: Final = "Xã Môn Sơn"


@dataclass(frozen=True)
class Body:
    """A body as it is entered; `lines` name who stands above."""

    name: str
    level: str
    place: str
    lines: Mapping[str, str] = field(default_factory=dict)
    category: str | None = None


BODIES: Final[Mapping[str, Body]] = MappingProxyType(
    {
        "province": Body("Tỉnh ủy", "province", "Tỉnh"),
        "commission": Body(
            "Ban Tuyên giáo và Dân vận Tỉnh ủy", "province", "Tỉnh", {"party": "province"}
        ),
        "office": Body("Văn phòng Ban", "province", "Tỉnh", {"party": "commission"}),
        "commune": Body("Đảng ủy xã Môn Sơn", "commune", PLACE, {"party": "province"}),
        "section": Body("Ban Xây dựng Đảng xã Môn Sơn", "commune", PLACE, {"party": "commune"}),
        "cell": Body(
            "Chi bộ bản Cửa Rào",
            "grassroots",
            PLACE,
            {"party": "commune", "territory": "commune"},
            "I.1.1-4",
        ),
        "people": Body(
            "Ủy ban nhân dân xã Môn Sơn",
            "commune",
            PLACE,
            {"party": "commune", "territory": "commune"},
            "I.1.1-2",
        ),
        "front": Body(
            "Ủy ban MTTQ Việt Nam xã Môn Sơn",
            "commune",
            PLACE,
            {"party": "commune", "territory": "commune"},
            "I.1.1-2",
        ),
        "union": Body("Hội Liên hiệp Phụ nữ tỉnh", "province", "Tỉnh", {"party": "province"}),
        "union-staff": Body(
            "Ban Tuyên giáo Hội Phụ nữ tỉnh", "province", "Tỉnh", {"party": "union"}
        ),
        "women": Body(
            "Hội Liên hiệp Phụ nữ xã Môn Sơn",
            "commune",
            PLACE,
            {"party": "commune", "territory": "commune", "vertical": "union"},
            "I.1.1-2",
        ),
        "neighbour": Body("Đảng ủy xã Yên Khê", "commune", "Xã Yên Khê", {"party": "province"}),
        "neighbours-section": Body(
            "Ban Xây dựng Đảng xã Yên Khê", "commune", "Xã Yên Khê", {"party": "neighbour"}
        ),
    }
)
COMPETENCES: Final = (
    ("commission", "I.2.2a", "office"),
    ("commune", "I.2.2b", "section"),
    ("commune", "I.2.2d", "section"),
    ("union", "I.2.2c", "union-staff"),
    ("neighbour", "I.2.2b", "neighbours-section"),
    ("neighbour", "I.2.2d", "neighbours-section"),
)
"""Who recognises under which clause, advised by whom."""

_KEYS: Final = {
    name: UUID(f"018f0000-0000-7000-8000-{number:012d}") for number, name in enumerate(BODIES, 1)
}
IDS: Final = {name: derive_id(key, ADMIN, "id") for name, key in _KEYS.items()}

ACCOUNTS: Final[Mapping[str, Role]] = MappingProxyType(
    {
        "registrant": Role.REGISTRANT,
        "officer": Role.COMMITTEE_OFFICER,
        "appraiser": Role.APPRAISER,
        "chair": Role.CHAIR,
        "secretary": Role.SECRETARY,
        **{f"member-{number}": Role.COUNCIL_MEMBER for number in range(1, 6)},
        "signer": Role.SIGNER,
        "clerk": Role.OFFICE_CLERK,
        "auditor": Role.AUDITOR,
        "administrator": Role.ADMINISTRATOR,
    }
)
USERS: Final = tuple(
    User(
        user=f"{account}-of-{body}", subject=f"{account}-of-{body}", roles=(role,), organization=id_
    )
    for body, id_ in IDS.items()
    for account, role in ACCOUNTS.items()
)
"""One of each in every body: `signer-of-commune`."""
VOTERS: Final = ("chair", *(f"member-{number}" for number in range(1, 6)))
CALENDAR: Final = {
    "year": YEAR,
    "registration_opens": f"{YEAR}-01-02",
    "registration_closes": f"{YEAR}-03-31",
    "results_before": f"{YEAR}-10-01",
    "month_from": f"{YEAR}-10-01",
    "month_to": f"{YEAR}-10-31",
}


def adviser_of(body: str) -> str:
    """The unit that advises a deciding body."""
    return next(adviser for holder, _, adviser in COMPETENCES if holder == body)


@dataclass
class Country:
    """The running services, and what was entered before the story begins."""

    here: World
    criteria: list[Json] = field(default_factory=list)
    rule_set: str = ""
    movement: str = ""
    councils: dict[str, str] = field(default_factory=dict)

    async def on(self, day: date) -> None:
        """Move the clock to nine in the morning in Viet Nam, never back, once all that follows by itself from
        what was done before has followed.
        """
        await self.here.until(self.here.is_settled)
        morning = datetime(day.year, day.month, day.day, 2, tzinfo=UTC)
        self.here.clock.pin(max(morning, self.here.clock.now()))

    async def write(
        self, path: str, body: object = None, *, by: str, key: UUID | None = None
    ) -> Json:
        """What is written; fails where it is refused."""
        answer = await self.here.post(path, body, user=by, key=key)
        assert answer.is_success, f"{path}: {answer.text}"
        written: Json = answer.json()
        return written

    async def enter(self, changed: Mapping[str, object]) -> None:
        """Bodies, competences, the preset with settings `changed`, movement, calendar, councils."""
        for name in BODIES:
            await self._create(name)
        for holder, clause, adviser in COMPETENCES:
            body = {
                "clause": clause,
                "advised_by": str(IDS[adviser]),
                "valid_from": "2025-07-01",
                "source": "Hướng dẫn I.2.2",
            }
            await self.write(
                f"/registration/organizations/{IDS[holder]}/competences", body, by=ADMIN
            )
        await self._adopt(changed)
        await self._launch()
        for deciding in ("commune", "union"):
            await self._form_council(deciding)

    async def _create(self, name: str) -> None:
        body = BODIES[name]
        lines = [{"line": line, "superior": str(IDS[one])} for line, one in body.lines.items()]
        entered = {
            "name": body.name,
            "kind": "cơ quan, đơn vị",
            "level": body.level,
            "place": body.place,
            "established_on": "2025-07-01",
            "category": body.category,
            "lines": lines,
        }
        made = await self.write("/registration/organizations", entered, by=ADMIN, key=_KEYS[name])
        assert made["id"] == str(IDS[name])

    async def _adopt(self, changed: Mapping[str, object]) -> None:
        presets = (await self.here.get("/evaluation/presets"))["items"]
        preset = next(one for one in presets if one["id"] == "dan-van-kheo")
        document = {
            "document_number": "01-HD/BTGDV",
            "issued_on": f"{YEAR}-01-02",
            "effective_on": f"{YEAR}-01-02",
            "adopted_by": str(IDS["commission"]),
        }
        rules = msgspec.json.decode(msgspec.json.encode(preset["rule_set"])) | document
        for setting, value in changed.items():
            rules["settings"][setting] = {"value": value, "source": "practice: mẫu"}
        adopted = await self.write("/evaluation/rule-sets", rules, by="clerk-of-commission")
        self.rule_set = adopted["id"]
        criteria = preset["criteria_set"] | document
        self.criteria = criteria["criteria"]
        await self.write("/evaluation/criteria-sets", criteria, by="clerk-of-commission")

    async def _launch(self) -> None:
        launched = await self.write(
            "/registration/movements",
            {
                "name": "Dân vận khéo 2026–2030",
                "first_year": 2026,
                "last_year": 2030,
                "legal_bases": ["Nghị quyết của Tỉnh ủy"],
                "launching_body": str(IDS["commission"]),
                "rule_set": self.rule_set,
                "rule_set_version": 1,
            },
            by="clerk-of-commission",
        )
        self.movement = launched["id"]
        calendars = f"/registration/movements/{self.movement}/calendars"
        await self.write(calendars, CALENDAR, by="clerk-of-commission")
        # Registering needs the rule set, which comes to registration as an event.
        await self.here.get("/registration/movements")

    async def _form_council(self, body: str) -> None:
        places = [("chair", "chair"), ("secretary", "secretary")]
        places += [(account, "member") for account in VOTERS[1:]]
        formed = await self.write(
            "/evaluation/councils",
            {
                "body": str(IDS[body]),
                "name": f"Hội đồng bình xét, {BODIES[body].name}",
                "rule_set": {"rule_set": self.rule_set, "version": 1},
                "term_from": f"{YEAR}-01-02",
                "members": [
                    {
                        "account": f"{account}-of-{body}",
                        "name": f"Người {account} (mẫu)",
                        "organization": str(IDS[body]),
                        "role": role,
                    }
                    for account, role in places
                ],
            },
            by=f"secretary-of-{body}",
        )
        self.councils[body] = formed["id"]


@asynccontextmanager
async def country(folder: Path, **changed: object) -> AsyncIterator[Country]:
    """Every service over SQLite in `folder`, in January, with the country entered; settings of the rule
    set `changed` from the preset.
    """
    services = [make(Settings.of({})) for make in SERVICES.values()]
    start = datetime(YEAR, 1, 2, 2, tzinfo=UTC)
    async with world(folder, services, (), USERS, start) as here:
        entered = Country(here)
        await entered.enter(changed)
        yield entered
