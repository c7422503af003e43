"""Persons in the vault: what a reference in the log stands for, and the pseudonyms of a sitting's ballots."""

from typing import Protocol
from uuid import UUID

import msgspec

from shared.contracts.council import CouncilMember
from shared.contracts.sitting import Seat
from shared.contracts.values import BallotId, Forgettable, OrganizationId, SittingId
from shared.host.ids import derive_id


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """`account` is the subject of the person's token, None without one; `name` is what people read."""

    account: str | None
    name: str
    organization: OrganizationId
    """Where the person works: conflicts of interest are found by it."""


class Citizen(msgspec.Struct, frozen=True, kw_only=True):
    """A citizen's signed opinion on a posting."""

    name: str
    address: str
    words: str


class Revealing(Protocol):
    """Opens what a reference stands for."""

    async def reveal(self, reference: Forgettable) -> bytes | None:
        """See Work.reveal."""
        ...


class Keeping(Revealing, Protocol):
    """Also keeps."""

    async def keep(self, name: str, content: bytes) -> Forgettable:
        """See Work.keep."""
        ...


async def person(vault: Revealing, reference: Forgettable) -> Person | None:
    """The person, None once erased."""
    content = await vault.reveal(reference)
    return None if content is None else msgspec.json.decode(content, type=Person)


async def citizen(vault: Revealing, reference: Forgettable) -> Citizen | None:
    """The opinion with its signature, None once erased."""
    content = await vault.reveal(reference)
    return None if content is None else msgspec.json.decode(content, type=Citizen)


class SeatHolder(Person, frozen=True, kw_only=True):
    """Who holds a seat of a sitting. The person's pseudonyms in its ballots follow from `key`."""

    member_id: UUID
    key: UUID


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A seat and who holds it."""

    seat: Seat
    holder: SeatHolder

    @property
    def votes(self) -> bool:
        """Whether the holder votes: the secretary takes the minutes."""
        return self.seat.role != "secretary"

    def pseudonym(self, ballot: BallotId) -> UUID:
        """Under which pseudonym the holder votes in a ballot of the sitting.

        The log is public and the ids in it can be derived by anyone, so it must not follow from what stands
        there: it follows from the key, which only the vault knows.
        """
        return derive_id(ballot, str(self.holder.key))


async def freeze_roll(
    vault: Keeping, sitting: SittingId, members: tuple[CouncilMember, ...]
) -> tuple[Seat, ...]:
    """The seats of one sitting, in an order that says nothing.

    Seats and keys follow from a seal, the commitment to a payload that no event names. The same cause finds
    the same seal, so a retry gives the same roll. A member whose data was erased has left the council.
    """
    seal = await vault.keep("roll", sitting.bytes)
    roll: list[Seat] = []
    for member in members:
        found = await person(vault, member.person)
        if found is None:
            continue
        names = (seal.commitment, str(member.member_id))
        holder = SeatHolder(
            account=found.account,
            name=found.name,
            organization=found.organization,
            member_id=member.member_id,
            key=derive_id(sitting, *names, "key"),
        )
        seat = derive_id(sitting, *names, "seat")
        kept = await vault.keep(f"seat-{seat}", msgspec.json.encode(holder))
        roll.append(Seat(seat=seat, role=member.role, person=kept))
    return tuple(sorted(roll, key=lambda seat: seat.seat))


async def held(vault: Revealing, roll: tuple[Seat, ...]) -> tuple[Held, ...]:
    """The seats whose holders' data is not erased."""
    found: list[Held] = []
    for seat in roll:
        content = await vault.reveal(seat.person)
        if content is not None:
            holder = msgspec.json.decode(content, type=SeatHolder)
            found.append(Held(seat=seat, holder=holder))
    return tuple(found)


def seat_of(seats: tuple[Held, ...], account: str) -> Held | None:
    """The seat of an account, None for one that has none."""
    return next((one for one in seats if one.holder.account == account), None)
