"""Before the year: the province is entered, rules adopted, the movement launched, councils formed."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from dvk.api import Json
from dvk.demo import districts
from dvk.demo.fates import REACHES_BALLOT
from dvk.demo.player import YEAR, Player
from dvk.demo.province import (
    ADMINISTRATOR,
    CLERK,
    COMMISSION,
    SETUP_AT,
    Body,
    Competence,
    Council,
)
from dvk.keys import key_of
from shared.domain.time import legal_date

MOVEMENT: Final = "Phong trào thi đua “Dân vận khéo” giai đoạn 2026–2030"
PRESET: Final = "dan-van-kheo"
SUBSCRIBERS: Final = (CLERK, "ky-cua-lo", "cb-dan-van-do-luong")
"""Who has mail besides the inbox."""

_CALENDARS: Final[dict[int, Json]] = {
    YEAR: {
        "registration_opens": f"{YEAR}-01-01",
        "registration_closes": f"{YEAR}-03-31",
        "results_before": f"{YEAR}-10-01",
        "month_from": f"{YEAR}-10-01",
        "month_to": f"{YEAR}-10-31",
    },
    YEAR + 1: {
        "registration_opens": f"{YEAR}-11-01",
        "registration_closes": f"{YEAR + 1}-09-30",
        "results_before": f"{YEAR + 1}-10-01",
        "month_from": f"{YEAR + 1}-10-01",
        "month_to": f"{YEAR + 1}-10-31",
    },
}
"""The year that is played, and the next one, whose registration is open when the play is over."""


class Ground:
    """What a year stands on. `criteria` are those it is judged by, `councils` by deciding body; `review` is that of the
    year's end, once it is open.
    """

    def __init__(self) -> None:
        self.movement = UUID(int=0)
        self.rule_set = UUID(int=0)
        self.criteria: list[Json] = []
        self.councils: dict[str, UUID] = {}
        self.review = ""
        self.delegation = ""
        self.inspection = ""


TEAM_FIELDS: Final = ("economy", "culture-society", "security-defence")


async def enter_province(player: Player) -> Ground:
    """Enter everything; what is there already stays as it is."""
    ground = Ground()
    await _bodies(player)
    await districts.enter(player)
    await _competences(player)
    # Before the rules: of these, too, one is told by mail (clause N).
    await player.phase(
        "Đăng ký nhận thông báo qua thư",
        "Mail subscriptions",
        SETUP_AT,
        SUBSCRIBERS,
        lambda user: _subscribe(player, user),
    )
    await _rules(player, ground)
    await _councils(player, ground)
    await _teams(player)
    return ground


async def _bodies(player: Player) -> None:
    province = player.province

    async def create(body: Body) -> None:
        created = await player.api.write(
            "registration",
            "/organizations",
            {
                "name": body.name,
                "kind": province.kinds[body.kind].vi,
                "level": body.level,
                "place": province.units[body.place].name,
                "established_on": "2025-07-01",
                "category": province.kinds[body.kind].category,
                "lines": [
                    {"line": line, "superior": str(province.ids[superior])}
                    for line, superior in body.lines.items()
                    if superior is not None
                ],
            },
            user=ADMINISTRATOR,
            key=key_of(SETUP_AT, "organization", body.key),
        )
        assert UUID(created.id) == province.ids[body.key]

    for number, wave in enumerate(province.waves(), 1):
        await player.phase(
            f"Nhập đơn vị, cấp {number}", f"Bodies, level {number}", SETUP_AT, wave, create
        )


async def _competences(player: Player) -> None:
    province = player.province

    async def assign(competence: Competence) -> None:
        if competence.succeeds == districts.NAME:
            await districts.succeed(player, competence)
            return
        await player.api.write(
            "registration",
            f"/organizations/{province.ids[competence.holder]}/competences",
            {
                "clause": competence.clause,
                "advised_by": str(province.ids[province.adviser(competence.holder)]),
                "valid_from": competence.since.isoformat(),
                "source": competence.source,
            },
            user=ADMINISTRATOR,
            key=key_of(SETUP_AT, "competence", competence.holder, competence.clause),
        )

    await player.phase(
        "Thẩm quyền công nhận (I.2.2)",
        "Competences (I.2.2)",
        SETUP_AT,
        province.competences,
        assign,
    )


async def _rules(player: Player, ground: Ground) -> None:
    """The preset adopted as it is, and the movement under it."""
    api, commission = player.api, str(player.province.ids[COMMISSION])

    async def adopt(_: None) -> None:
        presets = (await api.read("evaluation", "/presets"))["items"]
        preset = next(one for one in presets if one["id"] == PRESET)
        rule_set = await api.write(
            "evaluation",
            "/rule-sets",
            {**preset["rule_set"], **_document("01-QĐ/BTGDV"), "adopted_by": commission},
            user=CLERK,
            key=key_of(SETUP_AT, "rule-set"),
        )
        await api.write(
            "evaluation",
            "/criteria-sets",
            {**preset["criteria_set"], **_document("02-QĐ/BTGDV"), "adopted_by": commission},
            user=CLERK,
            key=key_of(SETUP_AT, "criteria-set"),
        )
        ground.rule_set = UUID(rule_set.id)
        ground.criteria = preset["criteria_set"]["criteria"]
        movement = await api.write(
            "registration",
            "/movements",
            _movement(commission, rule_set.id),
            user=CLERK,
            key=key_of(SETUP_AT, "movement"),
        )
        ground.movement = UUID(movement.id)
        for year, dates in _CALENDARS.items():
            await api.write(
                "registration",
                f"/movements/{movement.id}/calendars",
                {"year": year, **dates},
                user=CLERK,
                key=key_of(SETUP_AT, "calendar", str(year)),
            )
        # Registering needs the rule set, which comes to registration as an event.
        await api.read("registration", "/movements", {"at_least": rule_set.position})

    await player.phase(
        "Quy định, tiêu chí, phong trào và lịch",
        "Rules, criteria, movement, calendar",
        SETUP_AT,
        [None],
        adopt,
    )


def _document(number: str) -> Json:
    """The document by which the Commission adopts, issued and in force on the day of entry."""
    day = legal_date(SETUP_AT).isoformat()
    return {"document_number": number, "issued_on": day, "effective_on": day}


def _movement(commission: str, rule_set: str) -> Json:
    return {
        "name": MOVEMENT,
        "first_year": 2026,
        "last_year": 2030,
        "legal_bases": [
            "Hướng dẫn xây dựng, công nhận mô hình, điển hình “Dân vận khéo” (dữ liệu trình diễn)"
        ],
        "launching_body": commission,
        "rule_set": rule_set,
        "rule_set_version": 1,
    }


async def _councils(player: Player, ground: Ground) -> None:
    """Those that will vote."""
    province = player.province
    deciding = {model.deciding_body for model in player.models if model.fate in REACHES_BALLOT}
    needed = [council for body, council in province.councils.items() if body in deciding]

    async def form(council: Council) -> None:
        formed = await player.api.write(
            "evaluation",
            "/councils",
            {
                "body": str(province.ids[council.organisation]),
                "name": council.name,
                "rule_set": {"rule_set": str(ground.rule_set), "version": 1},
                "term_from": legal_date(SETUP_AT).isoformat(),
                "members": list(_members(player, council)),
            },
            user=council.chair,
            key=key_of(SETUP_AT, "council", council.key),
        )
        ground.councils[council.organisation] = UUID(formed.id)

    await player.phase("Hội đồng bình xét", "Assessment councils", SETUP_AT, needed, form)


async def _teams(player: Player) -> None:
    """Three teams by field, as Cửa Lò had them in 2018; elsewhere the unit's officers appraise."""
    province, unit = player.province, "ban-xdd-cua-lo"
    users = province.acting[unit, "appraiser"]
    members = [
        {
            "account": user,
            "name": province.offices[user].title,
            "organization": str(province.ids[unit]),
        }
        for user in users
    ]

    async def assign(field: str) -> None:
        await player.api.write(
            "evaluation",
            "/teams",
            {"unit": str(province.ids[unit]), "field": field, "members": members},
            user=users[0],
            key=key_of(SETUP_AT, "team", unit, field),
        )

    await player.phase(
        "Tổ thẩm định theo lĩnh vực",
        "Appraising teams by field",
        SETUP_AT,
        TEAM_FIELDS,
        assign,
    )


def _members(player: Player, council: Council) -> Iterable[Json]:
    for user in (*council.members, council.secretary):
        role = "chair" if user == council.chair else "member"
        yield {
            "account": user,
            "name": player.province.offices[user].title,
            "organization": str(player.province.ids[player.province.offices[user].organisation]),
            "role": "secretary" if user == council.secretary else role,
        }
    # One without an account: it is absent, asked in writing, and its signed paper is entered.
    yield {
        "name": "Người có uy tín trong nhân dân (trình diễn)",
        "organization": str(player.province.ids[council.organisation]),
        "role": "member",
    }


async def _subscribe(player: Player, user: str) -> None:
    await player.api.write(
        "notification",
        "/subscriptions",
        {"language": "vi", "email": f"{user}@dan-van-kheo.example"},
        user=user,
        key=key_of(SETUP_AT, "subscription", user),
    )
