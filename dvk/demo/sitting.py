"""21 October: the councils sit, each on all its dossiers at once."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Sitting:
    """A council, the dossiers on its agenda, and who comes: to one without quorum too few do."""

    body: str
    models: tuple[DemoModel, ...]
    name: str
    quorate: bool


async def sit(player: Player, ground: Ground) -> None:
    """Every council sits; where too few came it sits again two days later."""

    async def play(sitting: Sitting) -> None:
        await _play(player, ground, sitting)

    usual = REACHES_BALLOT - {Fate.QUORUM_MISSED}
    missed = {Fate.QUORUM_MISSED}
    await player.phase(
        "21/10: hội đồng họp, bỏ phiếu",
        "21 October: councils sit and vote",
        instant(10, 21),
        [*_sittings(player, usual, "first"), *_sittings(player, missed, "few", quorate=False)],
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

    opening: Json = {
        "council": str(ground.councils[sitting.body]),
        "appraisals": [str(appraisal_of(player.model_id(model))) for model in sitting.models],
        "question": "Đồng ý đề nghị công nhận?",
    }
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
    attendance = {
        "present": [seats[user]["seat"] for user in present],
        "consulted": [seats[asked]["seat"]],
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
    await write("closure", f"{path}/closure", {}, secretary)

    async def counted() -> Json | None:
        seen = await player.api.read("evaluation", path)
        return seen if seen["counted"] else None

    seen = await wait_for(f"{council.name}: count", counted)
    missed = {one["outcome"] == "undecided" for one in seen["candidates"]}
    assert missed == {not sitting.quorate}, sitting


def _recused(candidate: Json) -> list[str]:
    return [tie["member_id"] for tie in candidate["recused"]]


def _choice(player: Player, model: DemoModel, members: list[str], user: str) -> str:
    if model.fate in AGAINST:
        return "approve" if members.index(user) % 3 == 0 else "reject"
    dissents = drawn(player.seed, model.key, "dissent", below=3) == 0
    one = members[drawn(player.seed, model.key, "who", below=len(members))]
    return "abstain" if dissents and one == user else "approve"
