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
    drawn,
)
from dvk.demo.models import DemoModel
from dvk.demo.player import YEAR, Player, instant
from dvk.demo.setup import Ground
from shared.host.ids import derive_id

AGAINST: Final = frozenset({Fate.VOTED_DOWN, Fate.DEPARTED, Fate.BELOW_STANDARD, Fate.GATE_FAILED})
"""The fates whose council does not approve."""

_IN_OCTOBER: Final = DECIDED - {Fate.AFTER_MONTH}


def ballot_of(model: UUID, round_number: int) -> UUID:
    """The id of the ballot in a round."""
    return derive_id(appraisal_of(model), "ballot", str(round_number))


def case_of(model: UUID) -> UUID:
    """The id recognition gives the case."""
    return derive_id(model, "case", str(YEAR))


async def judge(player: Player, ground: Ground) -> None:
    """Play October and November."""
    await appraise(player, ground)
    await _post(player)
    await _vote(player, ground)
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


# --- ballots ----------------------------------------------------------------------------------


async def _vote(player: Player, ground: Ground) -> None:
    async def first(model: DemoModel) -> None:
        await _ballot(player, ground, model, 1)

    async def second(model: DemoModel) -> None:
        await _ballot(player, ground, model, 2)

    await player.phase(
        "21/10: hội đồng bỏ phiếu",
        "21 October: councils vote",
        instant(10, 21),
        player.chosen(REACHES_BALLOT),
        first,
    )
    await player.phase(
        "23/10: bỏ phiếu lại vì thiếu người",
        "23 October: voting again for want of a quorum",
        instant(10, 23),
        player.chosen({Fate.QUORUM_MISSED}),
        second,
    )


async def _ballot(player: Player, ground: Ground, model: DemoModel, number: int) -> None:
    """One ballot: opened, attendance taken, votes cast, closed; the tally follows by itself."""
    model_id, council = player.model_id(model), player.province.councils[model.deciding_body]
    ballot, secretary = ballot_of(model_id, number), council.secretary
    path = f"/ballots/{ballot}"
    terms: Json = {
        "council": str(ground.councils[model.deciding_body]),
        "question": f"Đề nghị công nhận: {model.name}"[:200],
    }
    if number == 1:
        opening = {**terms, "appraisal": str(appraisal_of(model_id))}
        await player.write(model, "ballot-1", "evaluation", "/ballots", opening, user=secretary)
    else:
        again = f"/ballots/{ballot_of(model_id, number - 1)}/repeat"
        await player.write(model, f"ballot-{number}", "evaluation", again, terms, user=secretary)
    voters = (await player.api.read("evaluation", f"{path}/electorate", user=secretary))["voters"]
    pseudonyms = {voter["account"]: voter["pseudonym"] for voter in voters}
    # Members with a tie to the holder were recused when the ballot opened.
    members = [user for user in council.members if user in pseudonyms]
    voting = _voting(player, model, members, number)
    *present, asked = voting
    attendance = {
        "present": [pseudonyms[user] for user in present],
        "consulted": [pseudonyms[asked]],
    }
    await player.write(
        model,
        f"attendance-{number}",
        "evaluation",
        f"{path}/attendance",
        attendance,
        user=secretary,
    )
    for user, choice in voting.items():
        step = f"vote-{number}-{user}"
        await player.write(
            model, step, "evaluation", f"{path}/votes", {"choice": choice}, user=user
        )
    await player.write(
        model, f"close-{number}", "evaluation", f"{path}/closure", {}, user=secretary
    )

    async def counted() -> Json | None:
        seen = await player.api.read("evaluation", path)
        return seen if seen["tallied"] or seen["quorum_missed"] else None

    seen = await wait_for(f"{model.name}: tally", counted)
    missed = model.fate is Fate.QUORUM_MISSED and number == 1
    assert (seen["quorum_missed"] is not None) == missed, model


def _voting(player: Player, model: DemoModel, members: list[str], number: int) -> dict[str, str]:
    """Who votes how. Half the council is too few for a quorum of two thirds."""
    if model.fate is Fate.QUORUM_MISSED and number == 1:
        return dict.fromkeys(members[: len(members) // 2], "approve")
    if model.fate in AGAINST:
        return {
            user: "approve" if index % 3 == 0 else "reject" for index, user in enumerate(members)
        }
    choices = dict.fromkeys(members, "approve")
    if drawn(player.seed, model.key, "dissent", below=3) == 0:
        choices[members[drawn(player.seed, model.key, "who", below=len(members))]] = "abstain"
    return choices


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
