"""Persons in the vault: what a reference in the log stands for, and the pseudonyms of one ballot."""

from typing import Protocol
from uuid import UUID

import msgspec

from shared.contracts.evaluation import CouncilMember, Voter
from shared.contracts.values import BallotId, Forgettable, OrganizationId
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


async def freeze_electorate(
    vault: Keeping, ballot: BallotId, members: tuple[CouncilMember, ...]
) -> tuple[Voter, ...]:
    """The voters of one ballot under fresh pseudonyms, in an order that says nothing.

    The log is public and the ids in it can be derived by anyone, so a pseudonym must not follow from
    ballot and member alone: it follows from a seal as well, the commitment to a payload that no event
    names. The same cause finds the same seal, so a retry gives the same pseudonyms. A member whose
    data was erased has left the council and does not vote.
    """
    seal = await vault.keep("electorate", ballot.bytes)
    voters: list[Voter] = []
    for member in members:
        content = await vault.reveal(member.person)
        if content is not None:
            pseudonym = derive_id(ballot, seal.commitment, str(member.member_id))
            kept = await vault.keep(f"voter-{pseudonym}", content)
            voters.append(Voter(pseudonym=pseudonym, person=kept))
    return tuple(sorted(voters, key=lambda voter: voter.pseudonym))


async def chair_among(
    vault: Revealing, electorate: tuple[Voter, ...], members: tuple[CouncilMember, ...]
) -> UUID | None:
    """The chair's pseudonym in this electorate, None where the chair does not vote."""
    for member in members:
        found = await person(vault, member.person) if member.role == "chair" else None
        if found is not None and found.account is not None:
            return await pseudonym_of(vault, electorate, found.account)
    return None


async def pseudonym_of(
    vault: Revealing, electorate: tuple[Voter, ...], account: str
) -> UUID | None:
    """Under which pseudonym an account votes in this electorate, None for one that does not."""
    for voter in electorate:
        found = await person(vault, voter.person)
        if found is not None and found.account == account:
            return voter.pseudonym
    return None
