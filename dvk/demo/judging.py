"""October: postings and ballots."""

from dvk.api import Json
from dvk.demo.appraising import appraisal_of, appraise, appraiser
from dvk.demo.fates import REACHES_BALLOT, Fate, drawn
from dvk.demo.models import DemoModel
from dvk.demo.player import Player, instant
from dvk.demo.setup import Ground
from dvk.demo.sitting import sit


async def judge(player: Player, ground: Ground) -> None:
    """Play October up to the councils' votes."""
    await appraise(player, ground)
    await _post(player)
    await _declare(player, ground)
    await sit(player, ground)


# --- posting ----------------------------------------------------------------------------------


async def _post(player: Player) -> None:
    async def opine(model: DemoModel) -> None:
        body = {
            "name": "Một người dân (trình diễn)",
            "address": model.address,
            "words": "Đề nghị nêu rõ phần đóng góp của nhân dân và cách duy trì mô hình sau năm nay.",
        }
        path = f"/postings/{appraisal_of(player.model_id(model))}/opinions"
        await player.write(model, "opinion", "evaluation", path, body, user=None)

    async def answer(model: DemoModel) -> None:
        user = appraiser(player, model)
        path = f"/appraisals/{appraisal_of(player.model_id(model))}/opinions"
        opinions = (await player.api.read("evaluation", path, user=user))["opinions"]
        for opinion in opinions:
            body = {
                "answer": "Phần đóng góp của nhân dân đã nêu trong báo cáo; tổ nòng cốt tiếp tục duy trì."
            }
            step = f"answer-{opinion['opinion_id']}"
            await player.write(
                model, step, "evaluation", f"{path}/{opinion['opinion_id']}/answer", body, user=user
            )

    async def withdraw(model: DemoModel) -> None:
        reason = {"reason": "Đơn vị xin rút để hoàn thiện mô hình, đăng ký lại năm sau."}
        await player.of_model(model, "withdrawal", reason)

    async def close(model: DemoModel) -> None:
        path = f"/appraisals/{appraisal_of(player.model_id(model))}/posting/closure"
        await player.write(model, "closure", "evaluation", path, {}, user=appraiser(player, model))

    opinions = player.chosen({Fate.OPINION, Fate.AMENDED})
    await player.phase(
        "7/10: rút khi đang thẩm định",
        "7 October: withdrawn while appraised",
        instant(10, 7),
        player.chosen({Fate.WITHDRAWN_LATE}),
        withdraw,
    )
    await player.phase(
        "8/10: ý kiến nhân dân", "8 October: citizens' opinions", instant(10, 8), opinions, opine
    )
    await player.phase(
        "12/10: trả lời ý kiến", "12 October: answers", instant(10, 12), opinions, answer
    )
    await player.phase(
        "20/10: khép niêm yết sau 10 ngày làm việc",
        "20 October: postings closed after 10 working days",
        instant(10, 20),
        player.chosen(REACHES_BALLOT),
        close,
    )


async def _declare(player: Player, ground: Ground) -> None:
    async def declare(model: DemoModel) -> None:
        council = player.province.councils[model.deciding_body]
        tie: Json = {"council": str(ground.councils[model.deciding_body]), "tie": "family"}
        path = f"/appraisals/{appraisal_of(player.model_id(model))}/conflicts"
        member = council.members[drawn(player.seed, model.key, "tie", below=len(council.members))]
        await player.write(model, "tie", "evaluation", path, tie, user=member)

    await player.phase_of(
        "20/10: ủy viên hội đồng khai có liên quan",
        "20 October: a council member declares a tie",
        instant(10, 20),
        {Fate.RECUSED: declare},
    )
