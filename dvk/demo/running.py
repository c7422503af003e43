"""What happens to some models while they run: supplements, difficulties, praise, changes, rest, more time."""

from base64 import b64encode
from datetime import datetime
from typing import Final
from uuid import UUID

from dvk.api import Json
from dvk.demo import forms
from dvk.demo.fates import DECIDED, Fate
from dvk.demo.models import DemoModel
from dvk.demo.player import YEAR, Player, instant
from dvk.demo.province import CLERK

SESSIONS_CALLED_AT: Final = instant(9, 8)
EXTENDED_TO: Final = f"{YEAR}-10-03"
_REPORTED_AT: Final = instant(10, 2)
_HEARD_AT: Final = instant(10, 2, 15)
_HEARD_ON: Final = f"{YEAR}-10-02"


async def ask_for_supplement(player: Player, model: DemoModel) -> None:
    """The committee asks once for what is missing, instead of sending everything back (practice)."""
    body = {
        "missing": "Số hộ, số người dự kiến tham gia; lực lượng phối hợp.",
        "reasons": "Cần có để theo dõi và đánh giá kết quả vào cuối năm.",
    }
    await player.of_model(model, "supplement-request", body, user=player.officer(model))


async def supplement(player: Player, model: DemoModel) -> None:
    """The holder supplies it, and the content says so from now on."""
    added = (
        f"{model.name}. Bổ sung: toàn bộ hộ trên địa bàn tham gia; phối hợp Mặt trận và đoàn thể."
    )
    answer = {"answer": "Đã bổ sung đối tượng và lực lượng.", "changes": {"content": added}}
    await player.of_model(model, "supplement", answer)


async def winter(player: Player) -> None:
    """What a model was taken from, once its plan stands (clause II.5)."""

    async def replicate(model: DemoModel) -> None:
        taken = "Cách tuyên truyền theo từng nhóm hộ và quy ước do nhân dân tự bàn."
        await player.of_model(
            model, "original", {"original": str(_original(player)), "taken_over": taken}
        )

    await player.phase_of(
        "Tháng 2: ghi nguồn nhân rộng",
        "February: what was taken from another model",
        instant(2, 20),
        {Fate.REPLICATED: replicate},
    )


def _original(player: Player) -> UUID:
    """The first model that stays the usual course."""
    copied = player.chosen(DECIDED - {Fate.REPLICATED})[0]
    return player.model_id(copied)


async def spring(player: Player) -> None:
    """After the first reports: praise, a difficulty with its help, a model that rests (clause III.2.1a)."""

    async def praise(model: DemoModel) -> None:
        reasons = {
            "reasons": "Cách làm mới, nhân dân hưởng ứng ngay từ quý I (nội dung trình diễn)."
        }
        await player.of_model(model, "praises", reasons, user=CLERK)
        await _assess(player, model, "strong", instant(4, 20))

    async def stuck(model: DemoModel) -> None:
        trouble = {"description": "Một số hộ chưa đồng thuận hiến đất; thiếu kinh phí vật liệu."}
        await player.of_model(model, "difficulties", trouble)

    async def rest(model: DemoModel) -> None:
        reason = {
            "reason": "Tập trung phòng, chống dịch trên địa bàn; tạm dừng sinh hoạt đông người."
        }
        await player.of_model(model, "suspension", reason)

    async def help_them(model: DemoModel) -> None:
        await _assess(player, model, "weak", instant(4, 27))
        for difficulty in await _difficulties(player, model):
            body = {
                "helper": str(player.province.ids[model.committee]),
                "task": "Đối thoại với các hộ; bố trí hỗ trợ vật liệu.",
                "due_on": f"{YEAR}-06-15",
            }
            step = f"difficulties/{difficulty}/help"
            await player.of_model(model, step, body, user=player.officer(model))

    await player.phase_of(
        "Tháng 4: biểu dương, khó khăn, tạm dừng",
        "April: praise, difficulties, a model rests",
        instant(4, 20),
        {Fate.PRAISED: praise, Fate.HELPED: stuck, Fate.RESTED: rest},
    )
    await player.phase_of(
        "Tháng 4: phân công hỗ trợ",
        "April: help is assigned",
        instant(4, 27),
        {Fate.HELPED: help_them},
    )


async def _assess(player: Player, model: DemoModel, standing: str, at: datetime) -> None:
    body: Json = {
        "assessed_on": at.date().isoformat(),
        "standing": standing,
        "quality": "Nền nếp sinh hoạt và cách vận động đã kiểm tra tại chỗ (nội dung trình diễn).",
        "effectiveness": "Đối chiếu với chỉ tiêu kế hoạch và ý kiến của nhân dân.",
        "figures": forms.figures(model, player.seed, at.month / 12),
    }
    await player.of_model(model, "interim-assessments", body, user=player.officer(model))


async def _difficulties(player: Player, model: DemoModel) -> list[str]:
    path = f"/models/{player.model_id(model)}/support"
    seen = await player.api.read("registration", path, user=player.officer(model))
    return [one["raised"]["difficulty_id"] for one in seen["difficulties"]]


async def early_summer(player: Player) -> None:
    """The difficulty is overcome; a plan and a core team change, with reasons (clauses III.1.2a, b)."""

    async def resolve(model: DemoModel) -> None:
        for difficulty in await _difficulties(player, model):
            done = {"resolution": "Các hộ đã đồng thuận; vật liệu đã bàn giao cho tổ nòng cốt."}
            await player.of_model(model, f"difficulties/{difficulty}/resolution", done)

    async def revise(model: DemoModel) -> None:
        plan = forms.plan(model, player.seed)
        plan["resources"] += " Bổ sung nguồn xã hội hóa."
        reason = "Có thêm doanh nghiệp trên địa bàn cùng góp sức."
        await player.of_model(model, "plan/revisions", {**plan, "reason": reason})
        path = f"/models/{player.model_id(model)}/core-team"
        team = await player.api.read("registration", path, user=player.officer(model))
        change = {
            "joined": [forms.NEW_CORE_MEMBER],
            "left": [team["members"][-1]["member"]],
            "reason": "Đồng chí cũ chuyển công tác.",
        }
        await player.of_model(model, "core-team/changes", change)

    await player.phase_of(
        "Tháng 6: tháo gỡ xong, điều chỉnh kế hoạch",
        "June: difficulties resolved, plans revised",
        instant(6, 3),
        {Fate.HELPED: resolve, Fate.REVISED: revise},
    )


async def summer(player: Player) -> None:
    """What rested goes on; another body of the committee takes a model over."""

    async def resume(model: DemoModel) -> None:
        reason = {"reason": "Dịch đã được kiểm soát; tổ nòng cốt sinh hoạt trở lại."}
        await player.of_model(model, "resumption", reason)

    async def hand_on(model: DemoModel) -> None:
        key = _takes_over(player, model)
        if key is None:
            return
        body: Json = {
            "holder_kind": "collective",
            "holder": str(player.province.ids[key]),
            "holder_name": player.province.bodies[key].name,
            "category": player.province.category(key),
            "reason": "Tập thể cũ sắp xếp lại; tập thể nhận tiếp có lực lượng nòng cốt tham gia từ đầu.",
            "agreement": f"Biên bản bàn giao ngày 1/7/{YEAR}",
        }
        await player.of_model(model, "holder", body, user=player.officer(model))
        player.holders[model.key] = key

    await player.phase_of(
        "Tháng 7: hoạt động trở lại, bàn giao mô hình",
        "July: resumed, taken over",
        instant(7, 2),
        {Fate.RESTED: resume, Fate.TAKEN_OVER: hand_on},
    )


def _takes_over(player: Player, model: DemoModel) -> str | None:
    """Another body right under the same committee that may register, and is not to appraise it."""
    bodies, appraising = player.province.bodies.values(), player.province.adviser(model.committee)
    return next(
        (
            body.key
            for body in bodies
            if body.lines["party"] == model.committee
            and body.key not in (model.holder, appraising)
            and player.province.category(body.key) is not None
        ),
        None,
    )


async def autumn(player: Player) -> None:
    """August: evidence, a correction; September: more time asked for."""

    async def show(model: DemoModel) -> None:
        path, holder = f"/models/{player.model_id(model)}/evidence", player.registrant(model)
        for number in (1, 2):
            shown = {"shows": f"Ảnh hoạt động {number} (trình diễn)", "content": _photo(number)}
            step = f"evidence-{number}"
            await player.write(model, step, "registration", path, shown, user=holder)
        seen = await player.api.read("registration", path)
        wrong = seen["files"][-1]["attached"]["sha256"]
        reason = {"reason": "Đính kèm nhầm ảnh của mô hình khác."}
        await player.of_model(model, f"evidence/{wrong}/withdrawal", reason)

    async def correct(model: DemoModel) -> None:
        figure = forms.figures(model, player.seed, 8 / 12)[0]
        body = {
            "entry": "progress.figure",
            "target": figure["target"],
            "becomes": str(int(figure["value"]) - 2),
            "reason": "Cộng trùng hai hộ khi tổng hợp.",
        }
        await player.of_model(model, "corrections", body)

    await player.phase_of(
        "Tháng 8: minh chứng, đính chính",
        "August: evidence, corrections",
        instant(8, 20),
        {Fate.PRAISED: show, Fate.REVISED: correct, Fate.FROM_PAPER: correct},
    )
    await _more_time(player)


async def _more_time(player: Player) -> None:
    async def grant(model: DemoModel) -> None:
        officer = player.officer(model)
        reason = "Mưa lũ kéo dài, chưa tổng hợp đủ số liệu."
        terms = {"due_before": EXTENDED_TO, "reason": reason}
        await player.of_model(model, "extensions", terms, user=officer)
        session = {"held_on": _HEARD_ON, "place": "Hội trường của cấp ủy"}
        await player.of_model(model, "session", session, user=officer)

    async def refuse(model: DemoModel) -> None:
        terms = {"asked_for": f"{YEAR}-10-10", "reason": "Không nêu được khó khăn khách quan."}
        await player.of_model(model, "extension-refusals", terms, user=player.officer(model))

    await player.phase_of(
        "Tháng 9: xét gia hạn báo cáo",
        "September: more time granted or refused",
        SESSIONS_CALLED_AT,
        {Fate.EXTENDED: grant, Fate.LATE_REFUSED: refuse},
    )


async def extended(player: Player) -> None:
    """Those with more time report within it, and are heard."""

    async def report(model: DemoModel) -> None:
        await player.of_model(model, "results", forms.results(model, player.seed))

    async def hear(model: DemoModel) -> None:
        body = {"minutes": f"{player.numbers[model.key]}-BB/{YEAR}"}
        await player.of_model(model, "session/minutes", body, user=player.officer(model))

    await player.phase_of(
        "2/10: báo cáo trong hạn đã gia hạn",
        "2 October: reports within the time given",
        _REPORTED_AT,
        {Fate.EXTENDED: report},
    )
    await player.phase_of(
        "2/10: hội nghị báo cáo",
        "2 October: their reporting sessions",
        _HEARD_AT,
        {Fate.EXTENDED: hear},
    )


def _photo(number: int) -> str:
    content = b"%PDF-1.4\n% photograph " + str(number).encode() + b" (demonstration)\n%%EOF\n"
    return b64encode(content).decode()
