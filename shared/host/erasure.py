"""How a service erases personal data: what it adds to its policy table, its routes and its reactions.

The event comes first and the deletion follows as a reaction to it: a crash between them is made good when the
service goes on, and a vault that was restored from a backup older than the event erases again what the
event says, as far as the reactions are taken again from there.
"""

import re
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from msgspec.structs import asdict

from shared.contracts.personal import PersonalDataErased
from shared.contracts.values import Forgettable
from shared.domain.decider import Decider
from shared.domain.personal import ErasePersonalData, ErasePersonalDataForm, PersonalData
from shared.host.files import DamagedFileError
from shared.host.policy import ANY, Grant, Role, Rules
from shared.host.service import Api, Call, NotFoundError, Outcome, Reaction, Recorded, Work, when

Erasure = Decider[PersonalData, ErasePersonalData, PersonalDataErased]

_TAG: Final = "personal data"
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_BY_ADMINISTRATOR: Final = (Grant(Role.ADMINISTRATOR, ANY),)


def erasure_rules(erasure: Erasure) -> Rules[Any, Any, Any]:
    """Whose table row it is: an administrator's, on a person's demand."""
    return Rules(
        erasure, lambda _s, _c: {}, MappingProxyType({ErasePersonalData: _BY_ADMINISTRATOR})
    )


def erasure_routes(api: Api, erasure: Erasure, *, files: bool = False) -> None:
    """The routes `POST /personal-data/{payload_id}/erasure` and, for a service with `files`,
    `POST /files/{hash}/erasure`.
    """

    async def erase_personal_data(call: Call[ErasePersonalDataForm]) -> Outcome:
        """Erase a piece of personal data for good: a name, an address, an opinion, a complaint.

        `payload_id` stands in the reference that events hold. Other pieces about the person are erased
        one by one, so that nobody is erased who only has the same name.
        """
        payload = call.path_id("payload_id")
        kept = await call.reveal(Forgettable(payload, "")) is not None
        return await _erase_piece(call, erasure, payload, kept=kept, file=None)

    api.write(
        "/personal-data/{payload_id}/erasure",
        ErasePersonalDataForm,
        erase_personal_data,
        command=ErasePersonalData,
        tag=_TAG,
    )
    if not files:
        return

    async def erase_file(call: Call[ErasePersonalDataForm]) -> Outcome:
        """Erase a file for good, wherever it is referred to; its hash stays in the record."""
        file = call.path_text("hash")
        if _HASH.fullmatch(file) is None:
            raise NotFoundError("file")
        try:
            kept = await call.files.get(file) is not None
        except DamagedFileError:
            kept = True
        return await _erase_piece(call, erasure, UUID(file[:32]), kept=kept, file=file)

    api.write(
        "/files/{hash}/erasure",
        ErasePersonalDataForm,
        erase_file,
        command=ErasePersonalData,
        tag=_TAG,
    )


async def _erase_piece(
    call: Call[ErasePersonalDataForm],
    erasure: Erasure,
    payload: UUID,
    *,
    kept: bool,
    file: str | None,
) -> Outcome:
    if not kept and (await call.load(erasure, payload)).state.erased is None:
        raise NotFoundError("personal data")
    command = ErasePersonalData(
        **asdict(call.body), payload=payload, is_kept=kept, file=file, at=call.now
    )
    return await call.execute(erasure, payload, command)


async def _erase(recorded: Recorded[PersonalDataErased], work: Work) -> None:
    # Another service's piece is not kept here: then nothing is there to delete.
    event = recorded.event
    if event.file is None:
        await work.erase(event.payload)
    else:
        await work.erase_file(event.file)


ERASE: Final[Reaction] = when(PersonalDataErased, _erase)
"""What every service with personal data declares among its reactions."""
