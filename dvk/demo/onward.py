"""December: what goes on in the next year, whose registration is open."""

from dvk.api import Json, wait_for
from dvk.demo.fates import Fate
from dvk.demo.models import DemoModel
from dvk.demo.player import YEAR, Player, instant


async def go_on(player: Player) -> None:
    """Registration for the next year is open: a term goes on by itself, another model is continued for that year."""
    continued: dict[str, str] = {}

    async def extend(model: DemoModel) -> None:
        path = f"/models/{player.model_id(model)}"

        async def begun() -> Json | None:
            seen = await player.api.read("registration", path)
            return seen if seen["reports_year"] > YEAR else None

        await wait_for(f"{model.name}: {YEAR + 1}", begun)
        body = {"last_year": YEAR + 2, "reason": "Còn hai thôn đăng ký làm theo trong giai đoạn."}
        await player.of_model(model, "term", body, user=player.officer(model))

    async def continue_one(model: DemoModel) -> None:
        made = await player.of_model(model, "continuation", {"year": YEAR + 1})
        continued[model.key] = made.id

    async def accept(model: DemoModel) -> None:
        path = f"/models/{continued[model.key]}/acceptance"
        reason = {"reason": "Tiếp tục mô hình của năm trước."}
        user = player.officer(model)
        await player.write(model, "acceptance-continued", "registration", path, reason, user=user)

    await player.phase_of(
        f"16/12: mô hình tiếp tục trong năm {YEAR + 1}",
        f"16 December: models go on in {YEAR + 1}",
        instant(12, 16),
        {Fate.TERM: extend, Fate.CONTINUED: continue_one},
    )
    await player.phase_of(
        "17/12: cấp ủy chấp nhận mô hình tiếp tục, kèm kế hoạch",
        "17 December: what is continued is accepted, with its plan",
        instant(12, 17),
        {Fate.CONTINUED: accept},
    )
