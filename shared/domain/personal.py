"""The erasure of one piece of personal data. Stream `personal_<service>-<payload id>`."""

from types import MappingProxyType
from uuid import UUID

import msgspec

from shared.contracts.personal import ErasureReason, PersonalDataErased
from shared.domain.decider import Decider, Request
from shared.domain.time import Instant

CATEGORY_PREFIX = "personal_"


class PersonalData(msgspec.Struct, frozen=True):
    """Whether the piece was erased."""

    erased: PersonalDataErased | None = None


class ErasePersonalDataForm(Request, frozen=True, kw_only=True):
    """Why it is erased."""

    reason: ErasureReason


class ErasePersonalData(ErasePersonalDataForm, frozen=True, kw_only=True):
    """Erase the piece, a payload or a `file` (SHA-256 in hex). `is_kept` says that it is there: a file that
    was erased can be brought again.
    """

    payload: UUID
    is_kept: bool
    at: Instant
    file: str | None = None


def evolve(state: PersonalData, event: PersonalDataErased) -> PersonalData:
    """What is known after `event`."""
    return msgspec.structs.replace(state, erased=event)


def decide(state: PersonalData, command: ErasePersonalData) -> tuple[PersonalDataErased, ...]:
    """Nothing is refused: what was erased and is not there again stays erased."""
    if state.erased is not None and not command.is_kept:
        return ()
    erased = PersonalDataErased(payload=command.payload, reason=command.reason, file=command.file)
    return (erased,)


def erasing(service: str) -> Decider[PersonalData, ErasePersonalData, PersonalDataErased]:
    """The aggregate of `service`, in a category of its own: a service appends to its categories alone."""
    return Decider(
        category=f"{CATEGORY_PREFIX}{service}",
        initial_state=PersonalData(),
        decide=decide,
        evolve=evolve,
        commands=MappingProxyType({"ErasePersonalData": ErasePersonalData}),
    )
