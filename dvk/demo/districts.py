"""A district of before July 2025, to show how its competence passed on: four communes succeeded it (clause I.2.2d)."""

from typing import Final

from dvk.api import Json
from dvk.demo.player import Player
from dvk.demo.province import ADMINISTRATOR, SETUP_AT, Competence
from dvk.keys import key_of
from shared.host.ids import derive_id

NAME: Final = "Huyện ủy Kỳ Sơn"
"""As the data names it among those whom the communes succeed; of the other districts the data has the names alone."""

_SECTION: Final = "Ban Dân vận Huyện ủy Kỳ Sơn"
_SINCE: Final = "2021-01-01"
_ENDED_ON: Final = "2025-07-01"
_SOURCE: Final = "Kết thúc hoạt động cấp huyện từ 01/7/2025 (dữ liệu trình diễn)"


def _id(name: str) -> str:
    return str(derive_id(key_of(SETUP_AT, "former", name), ADMINISTRATOR, "id"))


async def enter(player: Player) -> None:
    """The district committee with its section: competent until the districts ended, with no successor in general."""

    async def one(name: str) -> None:
        body: Json = {
            "name": name,
            "kind": "Huyện ủy" if name == NAME else "Ban của Huyện ủy",
            "level": "district",
            "place": "Huyện Kỳ Sơn",
            "established_on": _SINCE,
        }
        key = key_of(SETUP_AT, "former", name)
        await player.api.write("registration", "/organizations", body, user=ADMINISTRATOR, key=key)

    async def last(_: None) -> None:
        competent = {
            "clause": "I.2.2d",
            "advised_by": _id(_SECTION),
            "valid_from": _SINCE,
            "source": "Hướng dẫn I.2.2, gạch đầu dòng 4",
        }
        await _of(player, NAME, "competences", competent)
        ended = {"effective_on": _ENDED_ON, "successor": None, "source": _SOURCE}
        for name in (NAME, _SECTION):
            await _of(player, name, "dissolution", ended)

    told = "Cấp huyện trước tháng 7/2025", "A district of before July 2025", SETUP_AT
    await player.phase(*told, (NAME, _SECTION), one)
    await player.phase(*told, [None], last)


async def _of(player: Player, name: str, step: str, body: Json) -> None:
    await player.api.write(
        "registration",
        f"/organizations/{_id(name)}/{step}",
        body,
        user=ADMINISTRATOR,
        key=key_of(SETUP_AT, "former", name, step),
    )


async def succeed(player: Player, competence: Competence) -> None:
    """A commune's committee takes over the district's competence."""
    province = player.province
    await player.api.write(
        "registration",
        f"/organizations/{province.ids[competence.holder]}/competence-successions",
        {
            "clause": competence.clause,
            "former": _id(NAME),
            "advised_by": str(province.ids[province.adviser(competence.holder)]),
            "valid_from": competence.since.isoformat(),
            "source": competence.source,
        },
        user=ADMINISTRATOR,
        key=key_of(SETUP_AT, "competence", competence.holder, competence.clause),
    )
