"""January to September: surveys, registrations, plans, progress, results and reporting sessions."""

import calendar
from typing import Final
from uuid import UUID

from dvk.api import Json, wait_for
from dvk.demo import beside, forms, inspecting, running
from dvk.demo.fates import Fate
from dvk.demo.models import DemoModel
from dvk.demo.player import YEAR, Player, instant
from dvk.demo.province import CLERK
from dvk.demo.setup import Ground
from dvk.errors import RefusedByServerError

_PROGRESS: Final = ((4, 10), (6, 8), (8, 6))
"""Each within sixty days of what was heard before: who is silent for longer is quiet (clause III.2.1a)."""
_LISTED: Final = frozenset(Fate) - {Fate.NOT_LISTED}
_SILENT_IN_JUNE: Final = frozenset({Fate.RESTED})
_WITHDRAWN_IN: Final = 5
_LATE: Final = frozenset({Fate.LATE_ACCEPTED, Fate.LATE_REFUSED})
_ON_TIME: Final = _LISTED - _LATE - {Fate.WITHDRAWN, Fate.SILENT, Fate.EXTENDED}
_SESSION: Final = _ON_TIME - {Fate.SESSION_MISSED}


async def build(player: Player, ground: Ground) -> None:
    """Play the models up to their results."""
    await _register(player, ground)
    await _agree(player)
    await _accept(player, ground)
    await _plan(player)
    await running.winter(player)
    await beside.spring(player, ground)
    april, june, august = _PROGRESS
    await _progress(player, *april)
    await running.spring(player)
    await _withdraw(player)
    await running.early_summer(player)
    await _progress(player, *june)
    await beside.summer(player, ground)
    await running.summer(player)
    await inspecting.summer(player, ground)
    await _progress(player, *august)
    await inspecting.autumn(player, ground)
    await running.autumn(player)
    await _report(player)
    await _report_late(player)


async def _register(player: Player, ground: Ground) -> None:
    async def survey(model: DemoModel) -> None:
        body = forms.survey(model, player.province)
        made = await player.write(
            model, "survey", "registration", "/models", body, user=player.registrant(model)
        )
        player.ids[model.key] = UUID(made.id)

    async def register(model: DemoModel) -> None:
        form = forms.registration(model, player.province, ground.movement)
        attempt = player.of_model(model, "registration", form)
        if model.fate is Fate.NOT_LISTED:
            codes = ("category-not-listed", "individual-category-not-listed")
            player.refused[model.key] = await player.refusal(codes, attempt)
        else:
            await attempt

    await player.phase(
        "Tháng 1: khảo sát địa bàn", "January: surveys", instant(1, 12), player.models, survey
    )
    await player.phase(
        "Tháng 1: đăng ký với cấp ủy",
        "January: registrations",
        instant(1, 20),
        player.models,
        register,
    )


async def _agree(player: Player) -> None:
    """Who is to hold a model with the one that leads agrees to it by itself (practice)."""

    async def agree(model: DemoModel) -> None:
        partner = player.province.partner(model.holder, model.committee).key
        body = {"holder": str(player.province.ids[partner])}
        user = player.province.user(partner, "registrant")
        await player.of_model(model, "joint-consents", body, user=user)

    await player.phase_of(
        "Tháng 1: đơn vị cùng thực hiện đồng thuận",
        "January: joint holders agree",
        instant(1, 22),
        {Fate.JOINT: agree},
    )


async def _accept(player: Player, ground: Ground) -> None:
    numbers = {model.key: number for number, model in enumerate(player.chosen(_LISTED), 1)}

    async def accept(model: DemoModel) -> None:
        number = {"register_number": f"{numbers[model.key]:04d}/{YEAR}-DVK"}
        await player.of_model(model, "register-number", number, user=CLERK)
        if model.fate is Fate.SUPPLEMENTED:
            await running.ask_for_supplement(player, model)
        elif model.fate is Fate.RETURNED:
            reasons = {
                "reasons": "Nội dung chưa nêu rõ đối tượng tham gia và kết quả cần đạt; đề nghị bổ sung."
            }
            await player.of_model(model, "return", reasons, user=player.officer(model))
        else:
            await _accept_one(player, model)

    async def again(model: DemoModel) -> None:
        if model.fate is Fate.SUPPLEMENTED:
            await running.supplement(player, model)
            return
        form = forms.registration(model, player.province, ground.movement)
        form["content"] += " Bổ sung: đối tượng tham gia và kết quả cần đạt nêu trong kế hoạch."
        await player.of_model(model, "registration", form)

    async def accept_again(model: DemoModel) -> None:
        await _accept_one(player, model)

    returned = player.chosen({Fate.RETURNED, Fate.SUPPLEMENTED})
    await player.phase(
        "Tháng 1: cấp ủy tiếp nhận hoặc trả lại",
        "January: accepted or returned",
        instant(1, 26),
        player.chosen(_LISTED),
        accept,
    )
    await player.phase(
        "Tháng 1: đăng ký lại, bổ sung",
        "January: registered again, supplemented",
        instant(1, 30),
        returned,
        again,
    )
    await player.phase(
        "Tháng 2: tiếp nhận lần hai",
        "February: accepted this time",
        instant(2, 2),
        returned,
        accept_again,
    )


async def _accept_one(player: Player, model: DemoModel) -> None:
    """Accepted as it is; where it looks like another model, the officer says why it is not (practice)."""
    user = player.officer(model)
    try:
        await player.of_model(model, "acceptance", {}, user=user)
    except RefusedByServerError as error:
        # Played before and interrupted, it is accepted already.
        if error.code not in ("similarity-unanswered", "registration-not-pending"):
            raise
        body = {"reason": "Đã đối chiếu: khác tập thể, khác nội dung việc làm."}
        path = f"/models/{player.model_id(model)}/acceptance"
        await player.write(model, "alike", "registration", path, body, user=user)


async def _plan(player: Player) -> None:
    async def plan(model: DemoModel) -> None:
        await player.of_model(model, "plan", forms.plan(model, player.seed))
        await player.of_model(model, "core-team", {"members": forms.CORE_TEAM})

    await player.phase(
        "Tháng 2: kế hoạch và lực lượng nòng cốt",
        "February: plans and core members",
        instant(2, 10),
        player.chosen(_LISTED),
        plan,
    )


async def _progress(player: Player, month: int, day: int) -> None:
    async def report(model: DemoModel) -> None:
        body = {
            "until": f"{YEAR}-{month:02d}-{day - 1:02d}",
            "narrative": f"Đến tháng {month}, mô hình được triển khai theo kế hoạch; nhân dân đồng tình.",
            "figures": forms.figures(model, player.seed, month / 12),
        }
        await player.of_model(model, "progress", body)

    reporting = _LISTED - (_SILENT_IN_JUNE if month == _PROGRESS[1][0] else frozenset())
    reporting -= {Fate.WITHDRAWN} if month > _WITHDRAWN_IN else frozenset()
    await player.phase(
        f"Tháng {month}: báo cáo tiến độ",
        f"{calendar.month_name[month]}: progress reports",
        instant(month, day),
        player.chosen(reporting),
        report,
    )


async def _withdraw(player: Player) -> None:
    async def withdraw(model: DemoModel) -> None:
        await player.of_model(
            model,
            "withdrawal",
            {"reason": "Đơn vị chuyển nguồn lực sang nhiệm vụ khác, không tiếp tục được."},
        )

    await player.phase(
        "Tháng 5: rút đăng ký",
        "May: withdrawals",
        instant(_WITHDRAWN_IN, 15),
        player.chosen({Fate.WITHDRAWN}),
        withdraw,
    )


async def _report(player: Player) -> None:
    async def schedule(model: DemoModel) -> None:
        body = {"held_on": f"{YEAR}-09-22", "place": "Hội trường của cấp ủy"}
        await player.of_model(model, "session", body, user=player.officer(model))

    async def results(model: DemoModel) -> None:
        await player.of_model(model, "results", forms.results(model, player.seed))

    async def hold(model: DemoModel) -> None:
        body = {"minutes": f"{player.numbers[model.key]}-BB/{YEAR}"}
        await player.of_model(model, "session/minutes", body, user=player.officer(model))

    await player.phase(
        "Tháng 9: mời họp báo cáo",
        "September: sessions called",
        instant(9, 8),
        player.chosen(_SESSION),
        schedule,
    )
    await player.phase(
        "Tháng 9: báo cáo kết quả",
        "September: written results",
        instant(9, 15),
        player.chosen(_ON_TIME),
        results,
    )
    await player.phase(
        "Tháng 9: hội nghị báo cáo",
        "September: reporting sessions",
        instant(9, 22),
        player.chosen(_SESSION),
        hold,
    )


async def _report_late(player: Player) -> None:
    async def missed(model: DemoModel) -> None:
        async def noted() -> Json | None:
            seen = await player.api.read("registration", f"/models/{player.model_id(model)}")
            return seen if seen["session_missed"] else None

        await wait_for("ReportingSessionMissed", noted)

    async def late(model: DemoModel) -> None:
        body = forms.results(model, player.seed)
        without = player.write(
            model,
            "results-without-reason",
            "registration",
            f"/models/{player.model_id(model)}/results",
            body,
            user=player.registrant(model),
        )
        # Played before and interrupted, the report is in already.
        await player.refusal(("late-without-reason", "results-already-in"), without)
        reason = "Mưa lũ cuối tháng 9 làm gián đoạn việc tổng hợp số liệu."
        await player.of_model(model, "results", {**body, "reason": reason})

    async def accept(model: DemoModel) -> None:
        body = {"reason": "Lý do khách quan, đã có xác nhận của địa phương."}
        await player.of_model(model, "late-acceptance", body, user=player.officer(model))

    unheld = player.chosen(_LATE | {Fate.SILENT, Fate.SESSION_MISSED})
    await player.phase(
        "1/10: hội nghị bị bỏ lỡ được ghi nhận",
        "1 October: missed sessions are noted",
        instant(10, 1, 7),
        unheld,
        missed,
    )
    await player.phase(
        "2/10: báo cáo muộn", "2 October: late reports", instant(10, 2), player.chosen(_LATE), late
    )
    await running.extended(player)
    await player.phase(
        "2/10: tiếp nhận báo cáo muộn có lý do",
        "2 October: late reports accepted for their reason",
        instant(10, 2, 15),
        player.chosen({Fate.LATE_ACCEPTED}),
        accept,
    )
