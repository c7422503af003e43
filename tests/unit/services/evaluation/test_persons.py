"""Pseudonyms of a ballot: stable for a retry, and underivable for whoever reads the public log."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from services.evaluation.persons import Person, freeze_roll, held, seat_of
from services.evaluation.readmodel import READ_MODEL
from shared.contracts.council import CouncilMember
from shared.contracts.values import (
    BallotId,
    Forgettable,
    OrganizationId,
    SittingId,
)
from shared.host.database import ServiceDatabase
from shared.host.ids import derive_id
from shared.host.vault import Vault

BALLOT = BallotId(UUID(int=1))
SITTING = SittingId(UUID(int=3))


CAUSE = UUID(int=9)


@dataclass(frozen=True)
class Kept:
    """The service's vault, as the work of one cause sees it."""

    vault: Vault

    async def keep(self, name: str, content: bytes) -> Forgettable:
        return await self.vault.keep(CAUSE, name, content)

    async def reveal(self, reference: Forgettable) -> bytes | None:
        return await self.vault.reveal(reference)


@asynccontextmanager
async def opened_vault(folder: Path) -> AsyncIterator[Kept]:
    database = await ServiceDatabase.open(f"sqlite:///{folder}", "evaluation", READ_MODEL)
    try:
        yield Kept(Vault(database))
    finally:
        await database.close()


@pytest.fixture
async def vault(tmp_path: Path) -> AsyncIterator[Kept]:
    async with opened_vault(tmp_path / "one") as kept:
        yield kept


async def council(vault: Kept, size: int) -> tuple[CouncilMember, ...]:
    members = []
    for n in range(size):
        content = msgspec.json.encode(
            Person(account=f"hd-{n}", name=f"Ủy viên {n}", organization=OrganizationId(UUID(int=5)))
        )
        person = await vault.keep(f"member-{n}", content)
        members.append(CouncilMember(member_id=UUID(int=100 + n), person=person, role="member"))
    return tuple(members)


async def test_a_retry_gives_the_same_roll_and_another_vault_another(
    vault: Kept, tmp_path: Path
) -> None:
    members = await council(vault, 5)
    first = await freeze_roll(vault, SITTING, members)
    assert await freeze_roll(vault, SITTING, members) == first
    async with opened_vault(tmp_path / "two") as other:
        others = await freeze_roll(other, SITTING, await council(other, 5))
        theirs = {one.pseudonym(BALLOT) for one in await held(other, others)}
    assert not {seat.seat for seat in first} & {seat.seat for seat in others}
    assert not {one.pseudonym(BALLOT) for one in await held(vault, first)} & theirs


async def test_no_pseudonym_follows_from_what_the_log_says(vault: Kept) -> None:
    members = await council(vault, 5)
    roll = await freeze_roll(vault, SITTING, members)
    published = [str(SITTING), str(BALLOT), *(str(m.member_id) for m in members)]
    published += [m.person.commitment for m in members]
    published += [str(one) for seat in roll for one in (seat.seat, seat.person.commitment)]
    roots = (SITTING, BALLOT, *(seat.seat for seat in roll))
    guesses = {derive_id(root, a) for root in roots for a in published}
    guesses |= {
        derive_id(r, a, str(m.member_id)) for r in roots for a in published for m in members
    }
    pseudonyms = {one.pseudonym(BALLOT) for one in await held(vault, roll)}
    assert len(pseudonyms) == 5
    assert not guesses & pseudonyms
    assert [seat.seat for seat in roll] == sorted(seat.seat for seat in roll)


async def test_pseudonyms_differ_from_ballot_to_ballot(vault: Kept) -> None:
    seats = await held(vault, await freeze_roll(vault, SITTING, await council(vault, 5)))
    other = BallotId(UUID(int=2))
    assert len({one.pseudonym(b) for one in seats for b in (BALLOT, other)}) == 10


async def test_an_account_finds_its_own_seat_and_no_other(vault: Kept) -> None:
    seats = await held(vault, await freeze_roll(vault, SITTING, await council(vault, 5)))
    for n in range(5):
        found = seat_of(seats, f"hd-{n}")
        assert found is not None
        assert found.holder.member_id == UUID(int=100 + n)
    assert seat_of(seats, "nguoi-la") is None


async def test_an_erased_member_does_not_vote_and_stops_nothing(vault: Kept) -> None:
    members = await council(vault, 5)
    roll = await freeze_roll(vault, SITTING, members)
    assert await vault.vault.erase(members[0].person.payload)
    assert len(await freeze_roll(vault, SITTING, members)) == 4
    assert await vault.vault.erase(roll[0].person.payload)
    assert len(await held(vault, roll)) == 4
