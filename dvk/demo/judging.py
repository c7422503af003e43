"""October and after: postings, ballots, decisions."""

from typing import Final
from uuid import UUID

from dvk.api import Json, Written, wait_for
from dvk.demo.appraising import appraisal_of, appraise, appraiser
from dvk.demo.fates import (
    DECIDED,
    DECLINED,
    REACHES_BALLOT,
    Fate,
)
from dvk.demo.models import DemoModel
from dvk.demo.player import YEAR, Player, instant
from dvk.demo.setup import Ground
from dvk.demo.sitting import sit
from shared.host.ids import derive_id

_IN_OCTOBER: Final = DECIDED - {Fate.AFTER_MONTH}


def case_of(model: UUID) -> UUID:
    """The id recognition gives the case."""
    return derive_id(model, "case", str(YEAR))


async def judge(player: Player, ground: Ground) -> None:
    """Play October and November."""
    await appraise(player, ground)
    await _post(player)
    await sit(player, ground)
    await _decide(player)


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

    opinions = player.chosen({Fate.OPINION})
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


# --- decisions --------------------------------------------------------------------------------


async def _decide(player: Player) -> None:
    numbers = {model.key: number for number, model in enumerate(player.models, 1)}

    async def decide(model: DemoModel) -> None:
        await _decision(player, model, numbers[model.key])

    async def in_vain(model: DemoModel) -> None:
        attempt = _decision(player, model, numbers[model.key])
        code = await player.refusal(("no-competent-body", "body-not-competent"), attempt)
        player.refused[model.key] = code

    await player.phase(
        "26/10: cơ quan có thẩm quyền quyết định",
        "26 October: decisions",
        instant(10, 26),
        player.chosen(_IN_OCTOBER),
        decide,
    )
    await player.phase(
        "27/10: không cơ quan nào có thẩm quyền",
        "27 October: nobody is competent",
        instant(10, 27),
        player.chosen({Fate.NO_COMPETENT_BODY}),
        in_vain,
    )
    await player.phase(
        "10/11: quyết định sau tháng 10, có lý do",
        "10 November: decided after October, with the reason",
        instant(11, 10),
        player.chosen({Fate.AFTER_MONTH}),
        decide,
    )


async def _decision(player: Player, model: DemoModel, number: int) -> Written:
    """The decision as its signer enters it, once the case is there."""
    path = f"/cases/{case_of(player.model_id(model))}"

    async def opened() -> Json | None:
        case = await player.api.found("recognition", path)
        return case if case is not None and case["competence"] is not None else None

    await wait_for(f"{model.name}: case", opened)
    signer = player.province.user(model.deciding_body, "signer")
    terms: Json = {
        "decision_number": f"{number}-QĐ/{YEAR}",
        "signer_office": player.province.offices[signer].title,
        "signer_name": f"Người ký {number} (trình diễn)",
    }
    if model.fate is Fate.DEPARTED:
        terms["departure_reason"] = (
            "Mô hình đạt tiêu chuẩn, nhân dân đồng tình; Ban Thường vụ thống nhất công nhận và yêu cầu "
            "khắc phục điểm hội đồng nêu."
        )
    if model.fate is Fate.AFTER_MONTH:
        terms["outside_month_reason"] = "Chờ xác minh bổ sung về nguồn lực huy động."
    if model.fate in DECLINED:
        terms["reasons"] = (
            "Theo kết quả thẩm định và bình xét, mô hình chưa đủ điều kiện công nhận năm nay."
        )
        return await player.write(
            model, "decision", "recognition", f"{path}/refusal", terms, user=signer
        )
    return await player.write(
        model, "decision", "recognition", f"{path}/recognition", terms, user=signer
    )
