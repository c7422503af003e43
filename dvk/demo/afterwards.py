"""After the decisions: complaints, certificates, a revocation and what rests on it, exemplars, who still lives."""

from typing import Final

from dvk.api import Json, wait_for
from dvk.demo.deciding import (
    after_the_month,
    case_of,
    decider,
    decision,
    on_case,
    opened,
    signed,
    signer,
)
from dvk.demo.fates import DECIDED, DECLINED, Fate
from dvk.demo.models import DemoModel
from dvk.demo.player import YEAR, Player, instant
from dvk.demo.province import CLERK
from dvk.demo.setup import Ground
from dvk.keys import key_of

_CERTIFIED: Final = DECIDED - DECLINED - {Fate.EXEMPLAR}
_CERTIFIES_LATER: Final = "dang-uy-cua-lo"
"""Its certificates wait for whoever tries the signer's work on the finished year."""
_REVIEWED_AT: Final = instant(11, 16)
_CLOSED_AT: Final = instant(12, 4)
_ENDORSERS: Final = {
    "committee": ("commune_party_committee", "direct_party_committee"),
    "government": ("commune_peoples_committee",),
    "organisations": ("commune_womens_union", "commune_farmers_union"),
}
"""Who endorses for each part (clause III.2.2c), by kind of body in the holder's place. The Front's part is waived:
below the commune it has none of its own."""


async def after_decisions(player: Player, ground: Ground) -> None:
    """Play the rest of October, November and December."""
    await _complaints(player)
    await after_the_month(player)
    await _certificates(player)
    await _exemplars(player, ground)
    await _revocations(player)
    await _fall(player, ground)
    await _attest(player)


# --- complaints -------------------------------------------------------------------------------


async def _complaints(player: Player) -> None:
    async def complain(model: DemoModel) -> None:
        body = {
            "name": "Một người khiếu nại (trình diễn)",
            "address": model.address,
            "words": "Đề nghị xem lại quyết định: chưa phản ánh đúng phần đóng góp của các hộ trong xóm.",
        }
        await on_case(player, model, "complaints", body, user=None)

    async def amend(model: DemoModel) -> None:
        for complaint in await _answer(player, model, "amendment"):
            terms = signed(player, model, f"{player.numbers[model.key]}S")
            body: Json = {
                "amendment_number": terms.pop("decision_number"),
                "changes": "Bổ sung số hộ cùng đóng góp vào phần kết quả được công nhận.",
                "reasons": "Khiếu nại đúng: danh sách kèm hồ sơ thiếu một nhóm hộ.",
                "complaint": complaint,
                **terms,
            }
            await on_case(player, model, "amendments", body, user=signer(player, model))

    async def reopen(model: DemoModel) -> None:
        await _answer(player, model, "new_decision")

    async def anew(model: DemoModel) -> None:
        await decision(player, model, anew=True)

    await player.phase_of(
        "27/10: khiếu nại quyết định",
        "27 October: complaints",
        instant(10, 27),
        {Fate.AMENDED: complain, Fate.REFUSAL_UNDONE: complain},
    )
    await player.phase_of(
        "29/10: trả lời khiếu nại, sửa đổi quyết định",
        "29 October: complaints upheld, a decision amended",
        instant(10, 29),
        {Fate.AMENDED: amend, Fate.REFUSAL_UNDONE: reopen},
    )
    await player.phase_of(
        "30/10: quyết định lại",
        "30 October: decided anew",
        instant(10, 30),
        {Fate.REFUSAL_UNDONE: anew},
    )


async def _answer(player: Player, model: DemoModel, remedy: str) -> list[str]:
    """Uphold every complaint; the complaints' ids."""
    user = signer(player, model)
    path = f"/cases/{case_of(player.model_id(model))}/complaints"
    lodged = (await player.api.read("recognition", path, user=user))["complaints"]
    body = {
        "outcome": "upheld",
        "answer": "Đã xác minh: nội dung phản ánh là đúng.",
        "remedy": remedy,
    }
    complaints = [one["complaint_id"] for one in lodged]
    for complaint in complaints:
        await on_case(player, model, f"complaints/{complaint}/answer", body, user=user)
    return complaints


async def _certificates(player: Player) -> None:
    async def certify(model: DemoModel) -> None:
        body = {"certificate_number": f"{player.numbers[model.key]:04d}/{YEAR}-GCN"}
        await on_case(player, model, "certificate", body, user=signer(player, model))

    due = [one for one in player.chosen(_CERTIFIED) if decider(one) != _CERTIFIES_LATER]
    await player.phase(
        "12/11: cấp giấy chứng nhận",
        "12 November: certificates",
        instant(11, 12),
        due,
        certify,
    )


# --- exemplars --------------------------------------------------------------------------------


async def _exemplars(player: Player, ground: Ground) -> None:
    """At the Commission's interim review (clause III.2.2): put forward, endorsed, recognised, proposed for an award."""
    if not player.chosen({Fate.EXEMPLAR}):
        return

    async def open_review(_: None) -> None:
        body = {
            "movement": str(ground.movement),
            "occasion": "interim",
            "title": f"Sơ kết phong trào “Dân vận khéo” năm {YEAR} (trình diễn)",
        }
        key = key_of(_REVIEWED_AT, "review")
        made = await player.api.write("recognition", "/reviews", body, user=CLERK, key=key)
        ground.review = made.id

    async def put_forward(model: DemoModel) -> None:
        await opened(player, model)
        rests_on = [str(player.model_id(one)) for one in _basis(player, model)]
        body = {"review": ground.review, "models": rests_on}
        await on_case(player, model, "review", body, user=player.officer(model))
        await _endorse(player, model, hesitating=True)

    async def recognise(model: DemoModel) -> None:
        await _endorse(player, model, hesitating=False)
        await decision(player, model)
        body = {
            "award": "Bằng khen của Chủ tịch Ủy ban nhân dân tỉnh",
            "proposed_to": "Ủy ban nhân dân tỉnh",
            "document_number": f"{player.numbers[model.key]}-TTr/{YEAR}",
        }
        await on_case(player, model, "awards", body, user=signer(player, model))

    await player.phase(
        "16/11: mở đợt sơ kết",
        "16 November: the interim review opens",
        _REVIEWED_AT,
        [None],
        open_review,
    )
    await player.phase_of(
        "16/11: đưa điển hình ra sơ kết, lấy ý kiến nơi cư trú",
        "16 November: exemplars put forward and endorsed",
        _REVIEWED_AT,
        {Fate.EXEMPLAR: put_forward},
    )
    await player.phase_of(
        "18/11: công nhận điển hình, đề nghị khen thưởng",
        "18 November: exemplars recognised, awards proposed",
        instant(11, 18),
        {Fate.EXEMPLAR: recognise},
    )


def _basis(player: Player, model: DemoModel) -> list[DemoModel]:
    """What an exemplar rests on: one that will be revoked, and one that stays."""
    number = player.chosen({Fate.EXEMPLAR}).index(model)
    revoked = player.chosen({Fate.REVOKED})
    standing = player.chosen(_CERTIFIED - {Fate.REVOKED})
    pairs = [models[number % len(models)] for models in (revoked, standing) if models]
    return list(dict.fromkeys(pairs))


async def _endorse(player: Player, model: DemoModel, *, hesitating: bool) -> None:
    """Each part endorses or is waived; the committee hesitates at first, and gives its word two days later."""
    hesitates, *others = _ENDORSERS
    if not hesitating:
        await _part(player, model, hesitates, _given(player, model, hesitates))
        return
    refused = {"reasons": "Đề nghị nêu rõ kết quả duy trì trước khi có ý kiến."}
    await _part(player, model, hesitates, refused, step="endorsements/refusals")
    for part in others:
        await _part(player, model, part, _given(player, model, part))
    await _waive(player, model, "front", "Nơi của chủ thể không có Ban công tác Mặt trận riêng.")


def _given(player: Player, model: DemoModel, part: str) -> Json:
    return {"document_number": f"{player.numbers[model.key]}-CV/{part}"}


async def _part(
    player: Player, model: DemoModel, part: str, said: Json, *, step: str = "endorsements"
) -> None:
    """The word of the body that speaks for a part in the holder's place; where there is none, it is waived."""
    endorser = _endorser(player, model, _ENDORSERS[part])
    if endorser is None:
        await _waive(player, model, part, "Nơi của chủ thể không có tổ chức này.")
        return
    body = {"part": part, "endorser": str(player.province.ids[endorser]), **said}
    await _on_case_once(player, model, step, part, body)


async def _waive(player: Player, model: DemoModel, part: str, reason: str) -> None:
    waived = {"part": part, "reason": reason}
    await _on_case_once(player, model, "endorsements/waivers", part, waived)


async def _on_case_once(player: Player, model: DemoModel, step: str, part: str, body: Json) -> None:
    """By the committee's officer; several parts do the same step at one time, each under a key of its own."""
    path = f"/cases/{case_of(player.model_id(model))}/{step}"
    key, user = f"{step}-{part}", player.officer(model)
    await player.write(model, key, "recognition", path, body, user=user)


def _endorser(player: Player, model: DemoModel, kinds: tuple[str, ...]) -> str | None:
    bodies = player.province.bodies
    place = bodies[model.holder].place
    return next(
        (body.key for body in bodies.values() if body.kind in kinds and body.place == place), None
    )


# --- revocation -------------------------------------------------------------------------------


async def _revocations(player: Player) -> None:
    """One falls for figures that were made up, one stays (practice: emulation law art. 93 §2)."""

    async def propose(model: DemoModel) -> None:
        ground = {
            "ground": "false_achievements",
            "finding": "Kết luận xác minh: số hộ tham gia trong báo cáo cao hơn thực tế.",
            "concluded_on": f"{YEAR}-11-20",
        }
        await on_case(player, model, "revocation", {"reported": ground}, user=player.officer(model))

    async def revoke(model: DemoModel) -> None:
        terms = signed(player, model, f"{player.numbers[model.key]}H")
        terms["reasons"] = "Số liệu báo cáo không đúng thực tế, theo kết luận xác minh."
        await on_case(player, model, "revocation/decision", terms, user=signer(player, model))

    async def dismiss(model: DemoModel) -> None:
        reasons = {"reasons": "Chênh lệch do cách tính của hai kỳ báo cáo, không phải khai khống."}
        await on_case(player, model, "revocation/dismissal", reasons, user=signer(player, model))

    await player.phase_of(
        "24/11: đề nghị hủy công nhận",
        "24 November: revocations proposed",
        instant(11, 24),
        {Fate.REVOKED: propose, Fate.CLEARED: propose},
    )
    await player.phase_of(
        "26/11: hủy, hoặc giữ nguyên công nhận",
        "26 November: revoked, or dismissed",
        instant(11, 26),
        {Fate.REVOKED: revoke, Fate.CLEARED: dismiss},
    )


async def _fall(player: Player, ground: Ground) -> None:
    """An exemplar that rested on what fell is decided anew, and holds on what is left; its award is granted."""

    async def hold(model: DemoModel) -> None:
        if any(one.fate is Fate.REVOKED for one in _basis(player, model)):
            await _suspended(player, model)
            terms = signed(player, model, f"{player.numbers[model.key]}G")
            terms |= {"holds": True, "reasons": "Còn mô hình khác được công nhận làm cơ sở."}
            await on_case(player, model, "suspension/decision", terms, user=signer(player, model))
        case = str(case_of(player.model_id(model)))
        async for award in player.api.pages("recognition", "/awards", {"case_id": case}):
            outcome = {
                "outcome": "granted",
                "document_number": f"{player.numbers[model.key]}/QĐ-UBND",
                "decided_on": f"{YEAR}-12-04",
            }
            path = f"/awards/{award['award_id']}/outcome"
            await player.write(
                model, "award", "recognition", path, outcome, user=signer(player, model)
            )

    async def close(_: None) -> None:
        body = {"conclusions": "Công nhận các điển hình đủ điều kiện; rà soát mô hình đã bị hủy."}
        path, key = f"/reviews/{ground.review}/closure", key_of(_CLOSED_AT, "review-closed")
        await player.api.write("recognition", path, body, user=CLERK, key=key)

    if not player.chosen({Fate.EXEMPLAR}):
        return
    await player.phase_of(
        "4/12: quyết định lại điển hình, kết quả khen thưởng",
        "4 December: exemplars decided anew, awards granted",
        _CLOSED_AT,
        {Fate.EXEMPLAR: hold},
    )
    await player.phase(
        "4/12: kết thúc đợt sơ kết", "4 December: the review closes", _CLOSED_AT, [None], close
    )


async def _suspended(player: Player, model: DemoModel) -> None:
    path = f"/cases/{case_of(player.model_id(model))}"

    async def look() -> Json | None:
        case = await player.api.read("recognition", path)
        return case if case["fallen"] else None

    await wait_for(f"{model.name}: suspended", look)


# --- who still lives --------------------------------------------------------------------------


async def _attest(player: Player) -> None:
    async def attest(model: DemoModel) -> None:
        finding = {
            "finding": "Mô hình vẫn sinh hoạt đều, nhân dân tự duy trì (nội dung trình diễn)."
        }
        await player.of_model(model, "attestations", finding, user=player.officer(model))

    async def end(model: DemoModel) -> None:
        reason = "Tuyến đường đã hoàn thành, bàn giao cho địa phương quản lý."
        await player.of_model(model, "end", {"ended_on": f"{YEAR}-12-10", "reason": reason})

    await player.phase_of(
        "15/12: xác nhận mô hình còn hoạt động, hoặc đã kết thúc",
        "15 December: models attested to live, or ended",
        instant(12, 15),
        {
            Fate.PRAISED: attest,
            Fate.REPLICATED: attest,
            Fate.HELPED: attest,
            Fate.ENDED: end,
        },
    )
