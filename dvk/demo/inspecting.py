"""An inspection of a commune's committee in summer: found, commented on, concluded, remedied; one remedy too late.
Another was opened of the wrong body and is withdrawn (clause IV.2).
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

from dvk.api import Json
from dvk.demo.player import YEAR, Player, instant
from dvk.demo.province import CLERK
from dvk.demo.setup import Ground
from dvk.keys import key_of

_INSPECTED: Final = "dang-uy-do-luong"
_BY_MISTAKE: Final = "dang-uy-yen-thanh"
_NUMBER: Final = f"21-QĐ/BTGDV-{YEAR}"

_FINDINGS: Final[tuple[Json, ...]] = (
    {
        "nature": "strength",
        "text": "Cấp ủy họp giao ban hằng tháng với các đơn vị đăng ký (nội dung trình diễn).",
        "about": "III.2.1a",
    },
    {
        "nature": "shortcoming",
        "text": "Chưa có sổ theo dõi khó khăn và việc giúp tháo gỡ.",
        "about": "III.2.1a",
        "remedy": "Lập sổ theo dõi, ghi rõ người giúp và ngày phải xong.",
        "remedy_by": f"{YEAR}-07-24",
    },
    {
        "nature": "violation",
        "text": "Hai mô hình đã triển khai khi chưa có kế hoạch được duyệt.",
        "about": "III.1.2a",
        "remedy": "Duyệt kế hoạch, báo cáo nguyên nhân và trách nhiệm.",
        "remedy_by": f"{YEAR}-07-31",
    },
)


async def summer(player: Player, ground: Ground) -> None:
    """July: what was found is told, commented on and concluded; the first remedy is returned once."""
    body = player.province.user(_INSPECTED, "committee_officer")

    async def open_them() -> None:
        one = await _open(player, ground, _INSPECTED, _NUMBER)
        other = await _open(player, ground, _BY_MISTAKE, f"22-QĐ/BTGDV-{YEAR}")
        reason = {"reason": "Ghi nhầm đơn vị được kiểm tra."}
        await _write(player, f"/inspections/{other}/withdrawal", reason)
        ground.inspection = one

    async def find() -> None:
        for number, finding in enumerate(_FINDINGS):
            path = f"/inspections/{ground.inspection}/findings"
            await _write(player, path, finding, step=str(number))

    async def comment() -> None:
        words = {"text": "Cán bộ theo dõi mới nhận việc; cấp ủy đã phân công lại."}
        await _write(player, f"/inspections/{ground.inspection}/comments", words, user=body)

    async def conclude() -> None:
        conclusion = {
            "document_number": f"25-KL/BTGDV-{YEAR}",
            "concluded_on": f"{YEAR}-07-20",
            "conclusion": "Lãnh đạo, chỉ đạo tốt; việc theo dõi và duyệt kế hoạch còn thiếu sót (trình diễn).",
        }
        await _write(player, f"/inspections/{ground.inspection}/conclusion", conclusion)

    async def remedy() -> None:
        path = await _remedy(player, ground, 1)
        await _write(player, path, {"text": "Đã lập sổ theo dõi."}, user=body)

    async def give_back() -> None:
        path = await _remedy(player, ground, 1)
        again = {"reason": "Sổ chưa ghi ngày phải xong.", "remedy_by": f"{YEAR}-08-05"}
        await _write(player, f"{path}/return", again)

    async def remedy_again() -> None:
        path = await _remedy(player, ground, 1)
        await _write(player, path, {"text": "Đã ghi đủ ngày phải xong từng việc."}, user=body)
        await _write(player, f"{path}/acceptance", {})

    for at, vi, en, play in (
        (instant(7, 6), "6/7: quyết định kiểm tra", "6 July: inspections opened", open_them),
        (instant(7, 9), "9/7: kiểm tra tại cơ sở", "9 July: inspected on the spot", find),
        (instant(7, 13), "13/7: đơn vị giải trình", "13 July: the body comments", comment),
        (instant(7, 20), "20/7: kết luận kiểm tra", "20 July: the conclusion", conclude),
        (instant(7, 22), "22/7: báo cáo khắc phục", "22 July: a remedy reported", remedy),
        (instant(7, 23), "23/7: trả lại, nêu lý do", "23 July: returned with a reason", give_back),
        (instant(8, 4), "4/8: khắc phục xong", "4 August: remedied", remedy_again),
    ):
        await _once(player, vi, en, at, play)


async def autumn(player: Player, ground: Ground) -> None:
    """August: what was overdue and had gone up the line is remedied, too."""
    body = player.province.user(_INSPECTED, "committee_officer")

    async def remedy() -> None:
        path = await _remedy(player, ground, 2)
        words = {"text": "Đã duyệt kế hoạch; đã kiểm điểm người phụ trách."}
        await _write(player, path, words, user=body)
        await _write(player, f"{path}/acceptance", {})

    await _once(
        player,
        "12/8: khắc phục việc quá hạn",
        "12 August: what was overdue is remedied",
        instant(8, 12),
        remedy,
    )


async def _once(
    player: Player, vi: str, en: str, at: datetime, play: Callable[[], Awaitable[None]]
) -> None:
    await player.phase(vi, en, at, [None], lambda _: play())


async def _open(player: Player, ground: Ground, body: str, number: str) -> str:
    opening = {
        "body": str(player.province.ids[body]),
        "movement": str(ground.movement),
        "document_number": number,
        "issued_on": f"{YEAR}-07-03",
        "begins_on": f"{YEAR}-07-08",
        "ends_on": f"{YEAR}-07-10",
        "purpose": "Việc lãnh đạo, theo dõi, giúp đỡ các mô hình 6 tháng đầu năm.",
        "inspectors": ["Trưởng phòng Đoàn thể", "Chuyên viên Văn phòng Ban"],
    }
    return await _write(player, "/inspections", opening, step=number)


async def _remedy(player: Player, ground: Ground, place: int) -> str:
    """The address of a finding's remedy; findings stand in the order in which they were made."""
    path = f"/inspections/{ground.inspection}"
    found = (await player.api.read("notification", path))["findings"]
    return f"{path}/findings/{found[place]['recorded']['finding_id']}/remedy"


async def _write(
    player: Player, path: str, body: Json, *, user: str = CLERK, step: str = ""
) -> str:
    """A write of an inspection; its key follows from instant, seed, address and step. The id of the inspection."""
    assert player.api.at is not None
    key = key_of(player.api.at, "demo-inspection", str(player.seed), path, step)
    return (await player.api.write("notification", path, body, user=user, key=key)).id
