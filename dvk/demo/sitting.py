"""21 October: the councils sit, each on all its dossiers at once."""

from base64 import b64encode
from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass, replace
from typing import Final

from dvk.api import Json, Written, wait_for
from dvk.demo.appraising import appraisal_of
from dvk.demo.fates import REACHES_BALLOT, Fate, drawn
from dvk.demo.models import DemoModel
from dvk.demo.player import Player, instant
from dvk.demo.setup import Ground
from dvk.keys import key_of

AGAINST: Final = frozenset({Fate.VOTED_DOWN, Fate.DEPARTED, Fate.BELOW_STANDARD, Fate.GATE_FAILED})
"""The fates whose council does not approve."""

AGENDA_MAX: Final = 20
"""Dossiers a council takes at one sitting, half of what the service allows."""


SCAN: Final = b"%PDF-1.4\n% scanned paper with a member's opinion (demonstration)\n%%EOF\n"

Write = Callable[[str, str, Json, str], Awaitable[Written]]
"""A step's name, path, body and user."""


@dataclass(frozen=True)
class Sitting:
    """A council, the dossiers on its agenda, and who comes: to one without quorum too few do. Where a paper is
    `mistaken` for another choice, it is put right, and a member has a reservation.
    """

    body: str
    models: tuple[DemoModel, ...]
    name: str
    quorate: bool
    mistaken: bool = False


async def sit(player: Player, ground: Ground) -> None:
    """Every council sits; where too few came it sits again two days later."""

    async def play(sitting: Sitting) -> None:
        await _play(player, ground, sitting)

    usual = REACHES_BALLOT - {Fate.QUORUM_MISSED}
    first = [
        replace(one, mistaken=n == 0) for n, one in enumerate(_sittings(player, usual, "first"))
    ]
    missed = {Fate.QUORUM_MISSED}
    await player.phase(
        "21/10: hội đồng họp, bỏ phiếu",
        "21 October: councils sit and vote",
        instant(10, 21),
        [*first, *_sittings(player, missed, "few", quorate=False)],
        play,
    )
    await player.phase(
        "23/10: họp lại vì thiếu người",
        "23 October: sitting again for want of a quorum",
        instant(10, 23),
        _sittings(player, missed, "again"),
        play,
    )


def _sittings(
    player: Player, fates: Collection[str], name: str, *, quorate: bool = True
) -> Iterable[Sitting]:
    by_body: dict[str, list[DemoModel]] = {}
    for model in player.chosen(fates):
        by_body.setdefault(model.deciding_body, []).append(model)
    for body, models in by_body.items():
        for start in range(0, len(models), AGENDA_MAX):
            agenda = tuple(models[start : start + AGENDA_MAX])
            yield Sitting(body, agenda, f"{name}-{start}", quorate)


async def _play(player: Player, ground: Ground, sitting: Sitting) -> None:
    """Opened, attendance taken, a sheet from each, closed; the count follows by itself."""
    council = player.province.councils[sitting.body]
    secretary = council.secretary

    async def write(step: str, path: str, body: Json, user: str) -> Written:
        assert player.api.at is not None
        key = key_of(player.api.at, "demo", str(player.seed), sitting.body, sitting.name, step)
        return await player.api.write("evaluation", path, body, user=user, key=key)

    opening = _opening(player, ground, sitting)
    path = f"/sittings/{(await write('opening', '/sittings', opening, secretary)).id}"

    async def settled() -> Json | None:
        seen = await player.api.read("evaluation", path)
        return seen if seen["settled"] else None

    candidates = (await wait_for(f"{council.name}: agenda", settled))["candidates"]
    assert len(candidates) == len(sitting.models), sitting
    roll = (await player.api.read("evaluation", f"{path}/roll", user=secretary))["seats"]
    seats = {seat["account"]: seat for seat in roll}
    members = [user for user in council.members if user in seats]
    *present, asked = members if sitting.quorate else members[: max(2, len(members) // 3)]
    elder, elders = seats[None]["seat"], seats[None]["member_id"]
    attendance = {
        "present": [seats[user]["seat"] for user in present],
        "consulted": [seats[asked]["seat"], elder],
    }
    await write("attendance", f"{path}/attendance", attendance, secretary)
    models = {str(player.model_id(model)): model for model in sitting.models}
    for user in (*present, asked):
        member = seats[user]["member_id"]
        free = [one for one in candidates if member not in _recused(one)]
        sheet = [
            {
                "appraisal": one["appraisal"],
                "choice": _choice(player, models[one["model"]], members, user),
            }
            for one in free
        ]
        if sheet:
            await write(f"sheet-{user}", f"{path}/sheets", {"votes": sheet}, user)
    if sitting.quorate:
        on_paper = [
            {"appraisal": one["appraisal"], "choice": _elders(models[one["model"]])}
            for one in candidates
            if elders not in _recused(one)
        ]
        await _enter_paper(write, f"{path}/seats/{elder}", secretary, on_paper, sitting)
    await write("closure", f"{path}/closure", {}, secretary)

    async def counted() -> Json | None:
        seen = await player.api.read("evaluation", path)
        return seen if seen["counted"] else None

    seen = await wait_for(f"{council.name}: count", counted)
    missed = {one["outcome"] == "undecided" for one in seen["candidates"]}
    assert missed == {not sitting.quorate}, sitting
    await _sign_minutes(player, write, path, sitting, present[-1])


def _opening(player: Player, ground: Ground, sitting: Sitting) -> Json:
    return {
        "council": str(ground.councils[sitting.body]),
        "appraisals": [str(appraisal_of(player.model_id(model))) for model in sitting.models],
        "question": "Đồng ý đề nghị công nhận?",
    }


RESERVED: Final = "Đồng ý với kết quả; đề nghị ghi rõ phần đóng góp của nhân dân trong hồ sơ."


async def _sign_minutes(
    player: Player, write: Write, path: str, sitting: Sitting, reserving: str
) -> None:
    """The secretary signs, then the chair; of one sitting with a reservation. A year played on from here signs the
    same: nobody signs before the reservation, which changes the hash.
    """
    council = player.province.councils[sitting.body]

    async def drafted() -> Json | None:
        seen = await player.api.read("evaluation", path)
        return seen if seen["minutes"] else None

    seen = await wait_for(f"{council.name}: minutes", drafted)
    signatures = f"{path}/minutes/signatures"
    if sitting.mistaken:
        words = {"words": RESERVED}
        await write("reservation", f"{path}/minutes/reservations", words, reserving)
        seen = await player.api.read("evaluation", path)
    for user in (council.secretary, council.chair):
        await write(f"signature-{user}", signatures, {"minutes": seen["minutes"]}, user)


async def _enter_paper(
    write: Write, seat: str, secretary: str, sheet: list[Json], sitting: Sitting
) -> None:
    """The signed paper of the member without an account, at one sitting with a line taken wrongly at first."""
    entered = list(sheet)
    if sitting.mistaken:
        entered[0] = {**sheet[0], "choice": "abstain"}
    scan = b64encode(SCAN + sitting.name.encode()).decode()
    await write("paper", f"{seat}/paper", {"votes": entered, "content": scan}, secretary)
    if sitting.mistaken:
        right = {**sheet[0], "reason": "Nhập nhầm dòng khi đọc phiếu giấy."}
        await write("correction", f"{seat}/corrections", right, secretary)


def _elders(model: DemoModel) -> str:
    return "reject" if model.fate in AGAINST else "approve"


def _recused(candidate: Json) -> list[str]:
    return [tie["member_id"] for tie in candidate["recused"]]


def _choice(player: Player, model: DemoModel, members: list[str], user: str) -> str:
    if model.fate in AGAINST:
        return "approve" if members.index(user) % 3 == 0 else "reject"
    dissents = drawn(player.seed, model.key, "dissent", below=3) == 0
    one = members[drawn(player.seed, model.key, "who", below=len(members))]
    return "abstain" if dissents and one == user else "approve"
