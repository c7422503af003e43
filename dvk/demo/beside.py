"""What happens in the province beside the models: bodies change, offices pass on, the guideline is asked about and
amended, reports are issued, people ask to be forgotten.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final
from uuid import UUID

from dvk.api import Json, Written
from dvk.demo.appraising import appraisal_of
from dvk.demo.deciding import case_of
from dvk.demo.fates import Fate
from dvk.demo.models import DemoModel
from dvk.demo.player import YEAR, Player, instant
from dvk.demo.province import ADMINISTRATOR, CLERK, COMMISSION
from dvk.demo.setup import PRESET, Ground
from dvk.keys import key_of

COMMITTEE: Final = "dang-uy-do-luong"
PLACE: Final = "Xã Đô Lương"
_ASKED_AT: Final = instant(3, 5)
_ANSWERED_AT: Final = instant(4, 3)
_REORGANISED_AT: Final = instant(7, 1)
_URGED_AT: Final = instant(10, 23, 14)
_OVER_AT: Final = instant(12, 18)
_LAST_DAY: Final = f"{YEAR}-11-30"


async def _write(
    player: Player, step: str, service: str, path: str, body: Json, *, user: str
) -> Written:
    """A write that is about no model; its key follows from instant, seed and step."""
    assert player.api.at is not None
    key = key_of(player.api.at, "demo-beside", str(player.seed), step)
    return await player.api.write(service, path, body, user=user, key=key)


async def _once(
    player: Player, vi: str, en: str, at: datetime, play: Callable[[], Awaitable[None]]
) -> None:
    """A phase with one thing in it."""
    await player.phase(vi, en, at, [None], lambda _: play())


# --- spring -----------------------------------------------------------------------------------


async def spring(player: Player, ground: Ground) -> None:
    """March and April: a delegation, a longer term, feedback on the guideline and a rule set that answers it."""
    raised: dict[str, str] = {}

    async def ask() -> None:
        officer = player.province.user(COMMITTEE, "committee_officer")
        for name, (subject, content, about) in _FEEDBACK.items():
            body = {
                "movement": str(ground.movement),
                "subject": subject,
                "content": content,
                "about": about,
            }
            made = await _write(player, name, "registration", "/feedback", body, user=officer)
            raised[name] = made.id
        delegation = {
            "organization": str(player.province.ids[COMMITTEE]),
            "role": "committee_officer",
            "delegate": player.province.user("ban-xdd-do-luong", "appraiser"),
            "valid_from": f"{YEAR}-06-22",
            "valid_until": f"{YEAR}-07-10",
            "document": f"12-UQ/{YEAR}",
        }
        made = await _write(
            player, "delegation", "registration", "/delegations", delegation, user=officer
        )
        ground.delegation = made.id
        await _lengthen_term(player, ground)

    async def answer() -> None:
        for name, (outcome, words) in _ANSWERS.items():
            path = f"/feedback/{raised[name]}/answer"
            body = {"outcome": outcome, "answer": words}
            await _write(player, f"answer-{name}", "registration", path, body, user=CLERK)
        await _amend(player, ground, raised["posting"])

    await _once(
        player,
        "Tháng 3: phản ánh về hướng dẫn, ủy quyền, nhiệm kỳ hội đồng",
        "March: feedback on the guideline, a delegation, a council's term",
        _ASKED_AT,
        ask,
    )
    await _once(
        player,
        "Tháng 4: trả lời phản ánh, sửa quy định",
        "April: feedback answered, the rules amended",
        _ANSWERED_AT,
        answer,
    )


_FEEDBACK: Final = {
    "posting": (
        "Số ngày niêm yết ở vùng cao",
        "Bản ở xa trung tâm, mười ngày làm việc chưa đủ để nhân dân biết và góp ý.",
        "posting_working_days",
    ),
    "category": (
        "Mô hình của hội quần chúng",
        "Hội quần chúng cấp xã có được đăng ký như tập thể hay không?",
        "I.1.1",
    ),
}
_ANSWERS: Final = {
    "posting": ("rules_adjusted", "Từ năm sau niêm yết mười hai ngày làm việc."),
    "category": ("explained", "Đăng ký qua cấp ủy, đơn vị quản lý trực tiếp của hội."),
}


async def _lengthen_term(player: Player, ground: Ground) -> None:
    council = next(iter(ground.councils.items()), None)
    if council is None:
        return
    body, council_id = council
    change = {"term_until": f"{YEAR + 4}-12-31", "reason": "Theo giai đoạn của phong trào."}
    chair = player.province.councils[body].chair
    path = f"/councils/{council_id}/changes"
    await _write(player, "term", "evaluation", path, change, user=chair)


async def _amend(player: Player, ground: Ground, feedback: str) -> None:
    """A new version for the next year, which cites the feedback it follows (clause IV.3)."""
    presets = (await player.api.read("evaluation", "/presets"))["items"]
    preset = next(one for one in presets if one["id"] == PRESET)["rule_set"]
    longer = {"value": 12, "source": "practice: phản ánh của Đảng ủy xã Đô Lương (trình diễn)"}
    body = {
        **preset,
        "document_number": "07-QĐ/BTGDV",
        "issued_on": _ANSWERED_AT.date().isoformat(),
        "effective_on": f"{YEAR + 1}-01-01",
        "settings": {**preset["settings"], "posting_working_days": longer},
        "answers": [feedback],
    }
    path = f"/rule-sets/{ground.rule_set}/versions"
    await _write(player, "rules-2", "evaluation", path, body, user=CLERK)


# --- summer -----------------------------------------------------------------------------------


async def summer(player: Player, ground: Ground) -> None:
    """July: hamlets of a commune are rearranged, the half-year's report is issued, a delegation ends early."""

    async def rearrange() -> None:
        hamlets = {name: await _hamlet(player, name, "2025-07-01") for name in _HAMLETS}
        parts = [await _hamlet(player, name, f"{YEAR}-07-01") for name in ("Xóm 5A", "Xóm 5B")]
        source = f"Nghị quyết 07/NQ-HĐND, năm {YEAR} (trình diễn)"
        day = {"source": source, "effective_on": f"{YEAR}-07-01"}
        from_day = {"source": source, "valid_from": f"{YEAR}-07-01"}
        changes: dict[tuple[str, str], Json] = {
            ("Xóm 3", "merger"): {**day, "into": hamlets["Xóm 2"]},
            ("Xóm 2", "names"): {**from_day, "name": "Xóm Đông, xã Đô Lương"},
            ("Xóm 4", "places"): {**from_day, "place": "Xã Yên Thành", "level": "grassroots"},
            ("Xóm 5", "split"): {
                **day,
                "parts": [
                    {"organization": parts[0], "duties": ["holder"]},
                    {"organization": parts[1]},
                ],
                "default_successor": parts[1],
            },
            ("Xóm 6", "dissolution"): {**day, "successor": None},
        }
        for (name, change), body in changes.items():
            path = f"/organizations/{hamlets[name]}/{change}"
            await _write(player, f"{name}-{change}", "registration", path, body, user=ADMINISTRATOR)
        await _report(player, {"period": f"{YEAR}-H1"})
        ends = {"ends_on": f"{YEAR}-07-03", "reason": "Cán bộ trở lại làm việc sớm."}
        officer = player.province.user(COMMITTEE, "committee_officer")
        path = f"/delegations/{ground.delegation}/end"
        await _write(player, "delegation-end", "registration", path, ends, user=officer)

    await _once(
        player,
        "1/7: sắp xếp xóm, báo cáo 6 tháng",
        "1 July: hamlets rearranged, the half-year's report",
        _REORGANISED_AT,
        rearrange,
    )


_HAMLETS: Final = ("Xóm 2", "Xóm 3", "Xóm 4", "Xóm 5", "Xóm 6")


async def _hamlet(player: Player, name: str, since: str) -> str:
    province = player.province
    body = {
        "name": f"{name}, xã Đô Lương (trình diễn)",
        "kind": province.kinds["residential_area"].vi,
        "level": "grassroots",
        "place": PLACE,
        "established_on": since,
        "lines": [{"line": "territory", "superior": str(province.ids[COMMITTEE])}],
    }
    made = await _write(player, name, "registration", "/organizations", body, user=ADMINISTRATOR)
    return made.id


async def _report(player: Player, period: Json) -> None:
    body = {"body": str(player.province.ids[COMMISSION]), "line": "register", **period}
    await _write(player, "report", "notification", "/issued-reports", body, user=CLERK)


# --- autumn -----------------------------------------------------------------------------------


async def autumn(player: Player) -> None:
    """October: the Office urges the bodies at which something is overdue (clause IV.2)."""

    async def urge() -> None:
        drafts = await player.api.read("notification", "/urging-drafts", user=CLERK)
        for number, draft in enumerate(drafts["items"][:_LETTERS], 1):
            body = {
                "body": draft["body"],
                "document_number": f"{number}-CV/{YEAR}",
                "issued_on": _URGED_AT.date().isoformat(),
                "deadlines": [matter["deadline_id"] for matter in draft["matters"]],
                "text": draft["vi"],
            }
            step = f"urging-{draft['body']}"
            await _write(player, step, "notification", "/urging-letters", body, user=CLERK)

    await _once(
        player,
        "23/10: đôn đốc việc quá hạn",
        "23 October: what is overdue is urged",
        _URGED_AT,
        urge,
    )


_LETTERS: Final = 3
"""Bodies that are urged, those overdue for longest."""


# --- winter -----------------------------------------------------------------------------------


async def winter(player: Player) -> None:
    """December: an office passes on, the year's report, notices read, and what people asked to be forgotten."""

    async def close() -> None:
        province = player.province
        signer = province.user(COMMITTEE, "signer")
        handover = {
            "organization": str(province.ids[COMMITTEE]),
            "role": "signer",
            "predecessor": signer,
            "successor": f"{signer}-{YEAR + 1}",
            "effective_on": f"{YEAR + 1}-01-01",
            "document": f"41-QĐ/{YEAR}",
        }
        await _write(
            player, "handover", "registration", "/offices/handovers", handover, user=signer
        )
        await _report(player, {"from": f"{YEAR}-01-01", "until": _LAST_DAY})
        inbox = await player.api.read("notification", "/inbox", {"limit": 1}, user=CLERK)
        for notice in inbox["items"]:
            path = f"/notices/{notice['notice_id']}/acknowledgements"
            await _write(player, "read", "notification", path, {}, user=CLERK)

    async def forget_members(model: DemoModel) -> None:
        path = f"/models/{player.model_id(model)}/core-team"
        team = await player.api.read("registration", path, user=player.officer(model))
        await _forget(player, "registration", UUID(team["members"][0]["member"]))

    async def forget_citizen(model: DemoModel) -> None:
        model_id = player.model_id(model)
        for service, stream, kind, kept in (
            ("evaluation", f"appraisal-{appraisal_of(model_id)}", "OpinionReceived", "opinion"),
            ("recognition", f"case-{case_of(model_id)}", "ComplaintLodged", "complaint"),
        ):
            await player.api.settled()
            seen = await player.api.read("audit", f"/streams/{stream}/events", {"limit": 1_000})
            for event in seen["events"]:
                if event["type"].split(".")[2] == kind:
                    await _forget(player, service, UUID(event["data"][kept]["payload"]))

    await _once(
        player,
        "18/12: bàn giao, báo cáo năm",
        "18 December: an office handed over, the year's report",
        _OVER_AT,
        close,
    )
    await player.phase_of(
        "18/12: xóa dữ liệu cá nhân theo yêu cầu",
        "18 December: personal data erased on request",
        _OVER_AT,
        {Fate.WITHDRAWN: forget_members, Fate.AMENDED: forget_citizen},
    )


async def _forget(player: Player, service: str, payload: UUID) -> None:
    body = {"reason": "asked_by_the_person"}
    path = f"/personal-data/{payload}/erasure"
    await _write(player, f"forget-{payload}", service, path, body, user=ADMINISTRATOR)
