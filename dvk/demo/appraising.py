"""The beginning of October: appraisals, by the unit's officer or by a team, each of it for himself."""

from base64 import b64encode
from collections.abc import Iterable
from typing import Final
from uuid import UUID

from dvk.api import Json, wait_for
from dvk.demo.fates import REACHES_APPRAISAL, Fate, drawn
from dvk.demo.models import DemoModel
from dvk.demo.player import YEAR, Player, instant
from dvk.demo.setup import Ground
from shared.domain.time import legal_date
from shared.host.ids import derive_id

TEAM_FATES: Final = frozenset({Fate.OPINION, Fate.BELOW_STANDARD, Fate.RECUSED})
"""A team always appraises these; of the others it appraises one in four."""
APPRAISED_AT: Final = instant(10, 5)
VISITED_ON: Final = legal_date(APPRAISED_AT)
SCAN: Final = b"%PDF-1.4\n% scanned score sheet (demonstration)\n%%EOF\n"
EVIDENCE: Final = "Báo cáo kết quả, kiểm tra tại chỗ và ý kiến nhân dân (nội dung trình diễn)."
"""What every score rests on. Sealed at first, it is public once the scores are open."""
TEAM_MIN: Final = 2
"""Appraisers a unit has at least to form a team of."""


def appraisal_of(model: UUID) -> UUID:
    """The id evaluation gives the appraisal of a model's year: one thing, one id."""
    return derive_id(model, "appraisal", str(YEAR))


def _appraisers(player: Player, model: DemoModel) -> tuple[str, ...]:
    return player.province.acting[player.province.adviser(model.deciding_body), "appraiser"]


def appraiser(player: Player, model: DemoModel) -> str:
    """Who appraises in the unit that advises the model's deciding body."""
    users = _appraisers(player, model)
    return users[drawn(player.seed, model.key, "appraiser", below=len(users))]


def members_of(player: Player, users: Iterable[str]) -> list[Json]:
    """Users as members of a team."""
    offices, ids = player.province.offices, player.province.ids
    return [
        {
            "account": user,
            "name": offices[user].title,
            "organization": str(ids[offices[user].organisation]),
        }
        for user in users
    ]


async def appraise(player: Player, ground: Ground) -> None:
    """Play the appraisals to their posting."""

    async def one(model: DemoModel) -> None:
        user = appraiser(player, model)
        path = _path(player, model)

        async def there() -> Json | None:
            return await player.api.found("evaluation", path, user=user)

        appraisal = await wait_for(f"{model.name}: appraisal", there)
        passed = model.fate is not Fate.GATE_FAILED
        gate = {"passed": passed, "finding": _FOUND[passed]}
        await player.write(model, "gate", "evaluation", f"{path}/gate", gate, user=user)
        if model.fate is Fate.RECUSED:
            await _guest_steps_back(player, model)
            await _score_as_team(player, ground, model)
        elif appraisal["appraisers"] or await _assigned(player, model):
            await _score_as_team(player, ground, model)
        else:
            for criterion in ground.criteria:
                points = _points(player, model, criterion)
                await _score(player, model, criterion, points, path=f"{path}/scores", user=user)
        if model.fate is Fate.OPINION:
            await _corrected_meanwhile(player, model, path)
        summary = {"summary": "Thẩm định theo bộ tiêu chí đang áp dụng, trên hồ sơ và tại chỗ."}
        await player.write(
            model, "completion", "evaluation", f"{path}/completion", summary, user=user
        )
        where = {"where": "Trụ sở Ủy ban nhân dân và trang thông tin của xã, phường"}
        await player.write(model, "posting", "evaluation", f"{path}/posting", where, user=user)

    await player.phase(
        "5/10: thẩm định và niêm yết",
        "5 October: appraised and posted",
        APPRAISED_AT,
        player.chosen(REACHES_APPRAISAL),
        one,
    )


def _path(player: Player, model: DemoModel) -> str:
    return f"/appraisals/{appraisal_of(player.model_id(model))}"


async def _assigned(player: Player, model: DemoModel) -> bool:
    """Whether the unit gives the dossier to a team, of all its appraisers."""
    users = _appraisers(player, model)
    by_lot = drawn(player.seed, model.key, "team", below=4) == 0
    if len(users) < TEAM_MIN or not (by_lot or model.fate in TEAM_FATES):
        return False
    body: Json = {"members": members_of(player, users)}
    if model.fate is Fate.BELOW_STANDARD:
        unit = player.province.ids[player.province.adviser(model.deciding_body)]
        elder = {"name": "Người không có tài khoản (trình diễn)", "organization": str(unit)}
        body["members"].append(elder)
    path = f"{_path(player, model)}/team"
    await player.write(model, "team", "evaluation", path, body, user=appraiser(player, model))
    return True


async def _guest_steps_back(player: Player, model: DemoModel) -> None:
    """The unit's officers ask for one of another unit; family at the holder, that one steps back (practice)."""
    own = _appraisers(player, model)
    every = [office.id for office in player.province.offices.values() if office.role == "appraiser"]
    guests = [user for user in every if user not in own]
    guest = guests[drawn(player.seed, model.key, "guest", below=len(guests))]
    path = f"{_path(player, model)}/team"
    body: Json = {
        "members": members_of(player, (*own, guest)),
        "reason": "Mời thêm chuyên viên đơn vị khác cùng thẩm định.",
    }
    await player.write(model, "team", "evaluation", path, body, user=appraiser(player, model))
    tie = {"tie": "family"}
    await player.write(model, "recusal", "evaluation", f"{path}/recusals", tie, user=guest)


async def _score_as_team(player: Player, ground: Ground, model: DemoModel) -> None:
    """Each scores for himself; where citizens will have something to say, the team was of two minds too."""
    path, users = _path(player, model), _appraisers(player, model)
    await _visit(player, model, path)
    disputed = ground.criteria[0] if model.fate is Fate.OPINION else None
    for number, user in enumerate(users):
        for criterion in ground.criteria:
            points = _points(player, model, criterion)
            if criterion is disputed and number > 0:
                points = int(criterion["points_max"]) * 2 // 5
            await _score(player, model, criterion, points, path=f"{path}/team/scores", user=user)
    appraisers = (await player.api.read("evaluation", path, user=users[0]))["appraisers"]
    for number, one in enumerate(appraisers[len(users) :]):
        sheet: Json = {
            "scores": [
                _score_of(criterion, _points(player, model, criterion))
                for criterion in ground.criteria
            ],
            "content": b64encode(SCAN).decode(),
        }
        await player.write(
            model, f"sheet-{number}", "evaluation", f"{path}/team/{one}/sheet", sheet, user=users[0]
        )
    expected = len(appraisers) * len(ground.criteria)

    async def opened() -> Json | None:
        view = await player.api.read("evaluation", path, user=users[0])
        return view if len(view["scores"]) == expected else None

    view = await wait_for(f"{model.name}: scores", opened)
    if disputed is None:
        return
    last = ground.criteria[-1]
    slip = _score_of(last, _points(player, model, last) - 1)
    slip["reason"] = "Cộng nhầm một ý của tiêu chí (nội dung trình diễn)."
    to = f"{path}/team/scores/corrections"
    await player.write(model, "slip", "evaluation", to, slip, user=users[0])
    agreed = _points(player, model, disputed)
    body: Json = {
        "criterion": disputed["id"],
        "discussion": "Tổ đối chiếu hồ sơ với ảnh hiện trường, thống nhất mức điểm (nội dung trình diễn).",
        "revised": [{"appraiser": one, "points": agreed} for one in view["appraisers"][1:]],
    }
    user = appraiser(player, model)
    await player.write(model, "discussion", "evaluation", f"{path}/divergences", body, user=user)


async def _corrected_meanwhile(player: Player, model: DemoModel, path: str) -> None:
    """The holder finds a slip in its results; the appraisal is told before it is complete (practice)."""
    body: Json = {
        "entry": "results.summary",
        "becomes": "Đạt kế hoạch; số hộ tham gia đã đối chiếu với danh sách (nội dung trình diễn).",
        "reason": "Bản đầu ghi thiếu ý về đối chiếu danh sách.",
    }
    await player.of_model(model, "corrections", body)
    user = appraiser(player, model)

    async def told() -> Json | None:
        view = await player.api.read("evaluation", path, user=user)
        return view if view["corrections"] else None

    await wait_for(f"{model.name}: correction", told)


async def _visit(player: Player, model: DemoModel, path: str) -> None:
    """The team goes to see it (practice: Cửa Lò 2018)."""
    user = appraiser(player, model)
    called: Json = {"on": VISITED_ON.isoformat(), "place": model.address}
    await player.write(
        model, "visit-call", "evaluation", f"{path}/visits/schedule", called, user=user
    )
    of_model = {"model": str(player.model_id(model))}

    async def scheduled() -> Json | None:
        page = await player.api.read("evaluation", "/visits", of_model, user=user)
        return page["items"][0] if page["items"] else None

    visit = await wait_for(f"{model.name}: visit", scheduled)
    view = await player.api.read("evaluation", path, user=user)
    found: Json = {
        **called,
        "visit": visit["visit_id"],
        "appraisers": view["appraisers"],
        "visitors": ["Trưởng ban công tác Mặt trận (trình diễn)"],
        "findings": "Mô hình hoạt động như báo cáo; nhân dân tham gia và tự quản (nội dung trình diễn).",
    }
    await player.write(model, "visit", "evaluation", f"{path}/visits", found, user=user)


async def _score(
    player: Player, model: DemoModel, criterion: Json, points: int, *, path: str, user: str
) -> None:
    score = _score_of(criterion, points)
    step = f"score-{criterion['id']}-{user}"
    await player.write(model, step, "evaluation", path, score, user=user)


def _score_of(criterion: Json, points: int) -> Json:
    return {
        "criterion": criterion["id"],
        "points": points,
        "evidence": EVIDENCE,
    }


_FOUND: Final = {
    True: "Chấp hành đúng chủ trương của Đảng, pháp luật của Nhà nước.",
    False: "Có khoản huy động chưa đúng quy định về công khai, dân chủ (nội dung trình diễn).",
}
_LEAST_SHARE: Final = {True: 50, False: 75}
"""Percent of a criterion's points that a model below the standard, or any other, gets at least."""


def _points(player: Player, model: DemoModel, criterion: Json) -> int:
    least = _LEAST_SHARE[model.fate is Fate.BELOW_STANDARD]
    share = least + drawn(player.seed, model.key, "points", criterion["id"], below=20)
    return int(criterion["points_max"]) * share // 100
