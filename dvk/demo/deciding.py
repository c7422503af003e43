"""The end of October: what comes before some decisions, and the decisions."""

from functools import partial
from typing import Final
from uuid import UUID

from dvk.api import Json, Written, wait_for
from dvk.demo.appraising import appraiser
from dvk.demo.fates import DECIDED, DECLINED, Fate
from dvk.demo.models import DemoModel
from dvk.demo.player import YEAR, Player, instant
from shared.host.ids import derive_id

_IN_OCTOBER: Final = DECIDED - {Fate.AFTER_MONTH, Fate.EXEMPLAR}
_REFUSED_AT_FIRST: Final = DECLINED | {Fate.REFUSAL_UNDONE}


def case_of(model: UUID) -> UUID:
    """The id recognition gives the case."""
    return derive_id(model, "case", str(YEAR))


async def on_case(
    player: Player, model: DemoModel, step: str, body: Json, *, user: str | None
) -> Written:
    """A write on the model's case: `step` is what follows in its address."""
    path = f"/cases/{case_of(player.model_id(model))}/{step}"
    return await player.write(model, step, "recognition", path, body, user=user)


def decider(model: DemoModel) -> str:
    """The body that decides in the end: where another was named by mistake, the committee."""
    return model.committee if model.fate is Fate.NAMED_ANEW else model.deciding_body


def signer(player: Player, model: DemoModel) -> str:
    """Who signs for it."""
    return player.province.user(decider(model), "signer")


def signed(player: Player, model: DemoModel, number: str) -> Json:
    """A document of the deciding body: its number, and who signs it."""
    user = signer(player, model)
    return {
        "decision_number": f"{number}-QĐ/{YEAR}",
        "signer_office": player.province.offices[user].title,
        "signer_name": f"Người ký {number} (trình diễn)",
    }


async def opened(player: Player, model: DemoModel) -> Json:
    """The case, once it is there with its competence; advice and case follow from the ballot by themselves."""
    path = f"/cases/{case_of(player.model_id(model))}"

    async def look() -> Json | None:
        case = await player.api.found("recognition", path)
        return case if case is not None and case["competence"] is not None else None

    return await wait_for(f"{model.name}: case", look)


async def decide(player: Player) -> None:
    """Play what comes before some decisions, and the decisions."""
    await _before(player)
    await _decide(player)


# --- before -----------------------------------------------------------------------------------


async def _propose(player: Player, model: DemoModel) -> None:
    await opened(player, model)
    body = {
        "document_number": f"{player.numbers[model.key]}-TTr/{YEAR}",
        "summary": "Đề nghị công nhận theo kết quả thẩm định và bình xét.",
    }
    await on_case(player, model, "proposal", body, user=player.officer(model))


async def _give_back(player: Player, model: DemoModel) -> None:
    reasons = {"reasons": "Tờ trình thiếu biên bản kiểm phiếu kèm theo."}
    await on_case(player, model, "proposal/return", reasons, user=signer(player, model))


async def _before(player: Player) -> None:
    propose, give_back = partial(_propose, player), partial(_give_back, player)

    async def find(model: DemoModel) -> None:
        await opened(player, model)
        other = _other(player, model)
        await opened(player, other)
        body = {
            "other_case": str(case_of(player.model_id(other))),
            "finding": "Cùng cách làm, địa bàn gần nhau; có thể là một việc đăng ký hai nơi.",
        }
        await on_case(player, model, "duplicates", body, user=appraiser(player, model))

    async def take_back(model: DemoModel) -> None:
        other = case_of(player.model_id(_other(player, model)))
        reason = {"reason": "Đã đối chiếu thực địa: hai địa bàn, hai tập thể khác nhau."}
        step = f"duplicates/{other}/withdrawal"
        await on_case(player, model, step, reason, user=signer(player, model))

    async def name(model: DemoModel) -> None:
        await opened(player, model)
        committee = {"organization": str(player.province.ids[model.committee])}
        await on_case(player, model, "deciding-body", committee, user=player.registrant(model))

    async def withdraw(model: DemoModel) -> None:
        await opened(player, model)
        reason = {"reason": "Tập thể xin dừng để sắp xếp lại tổ chức, đăng ký lại năm sau."}
        await player.of_model(model, "withdrawal", reason)

    await player.phase_of(
        "23/10: tờ trình, nghi trùng, nêu lại nơi quyết định",
        "23 October: proposals, a suspected duplicate, another body named",
        instant(10, 23, 14),
        {
            Fate.PROPOSED: propose,
            Fate.THOUGHT_DUPLICATE: find,
            Fate.NAMED_ANEW: name,
            Fate.WITHDRAWN_BEFORE_DECISION: withdraw,
        },
    )
    await player.phase_of(
        "23/10: trả lại tờ trình, kết luận không trùng",
        "23 October: a proposal returned, no duplicate after all",
        instant(10, 23, 16),
        {Fate.PROPOSED: give_back, Fate.THOUGHT_DUPLICATE: take_back},
    )
    await player.phase_of(
        "26/10: trình lại",
        "26 October: proposed again",
        instant(10, 26, 8),
        {Fate.PROPOSED: propose},
    )


def _other(player: Player, model: DemoModel) -> DemoModel:
    """Another model that is decided on: what the one is mistaken for."""
    alike = player.chosen(_IN_OCTOBER - {Fate.THOUGHT_DUPLICATE})
    return next((one for one in alike if one.field == model.field), alike[0])


# --- decisions --------------------------------------------------------------------------------


async def _decide(player: Player) -> None:
    async def one(model: DemoModel) -> None:
        await decision(player, model)

    async def in_vain(model: DemoModel) -> None:
        attempt = decision(player, model)
        code = await player.refusal(("no-competent-body", "body-not-competent"), attempt)
        player.refused[model.key] = code

    await player.phase(
        "26/10: cơ quan có thẩm quyền quyết định",
        "26 October: decisions",
        instant(10, 26),
        player.chosen(_IN_OCTOBER),
        one,
    )
    await player.phase(
        "27/10: không cơ quan nào có thẩm quyền",
        "27 October: nobody is competent",
        instant(10, 27),
        player.chosen({Fate.NO_COMPETENT_BODY}),
        in_vain,
    )


async def after_the_month(player: Player) -> None:
    """What took longer than October, with its reason."""

    async def one(model: DemoModel) -> None:
        await decision(player, model)

    await player.phase(
        "10/11: quyết định sau tháng 10, có lý do",
        "10 November: decided after October, with the reason",
        instant(11, 10),
        player.chosen({Fate.AFTER_MONTH}),
        one,
    )


async def decision(player: Player, model: DemoModel, *, anew: bool = False) -> Written:
    """The decision as its signer enters it, once the case is there; `anew` after a refusal was undone."""
    await opened(player, model)
    number = str(player.numbers[model.key])
    terms = signed(player, model, f"{number}A" if anew else number)
    if model.fate is Fate.DEPARTED:
        terms["departure_reason"] = (
            "Mô hình đạt tiêu chuẩn, nhân dân đồng tình; Ban Thường vụ thống nhất công nhận và yêu cầu "
            "khắc phục điểm hội đồng nêu."
        )
    if model.fate is Fate.AFTER_MONTH:
        terms["outside_month_reason"] = "Chờ xác minh bổ sung về nguồn lực huy động."
    if model.fate not in _REFUSED_AT_FIRST or anew:
        return await on_case(player, model, "recognition", terms, user=signer(player, model))
    terms["reasons"] = (
        "Theo kết quả thẩm định và bình xét, mô hình chưa đủ điều kiện công nhận năm nay."
    )
    if model.fate is Fate.REFUSAL_UNDONE:
        terms["departure_reason"] = "Cho rằng hồ sơ chưa nêu rõ phần việc của nhân dân."
        terms["reasons"] = "Chưa thấy rõ phần việc do nhân dân bàn, nhân dân làm."
    return await on_case(player, model, "refusal", terms, user=signer(player, model))
