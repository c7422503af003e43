"""Pseudonyms of a ballot: stable for a retry, and underivable for whoever reads the public log."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from services.evaluation.persons import Person, chair_among, freeze_electorate, pseudonym_of
from services.evaluation.readmodel import READ_MODEL
from shared.contracts.evaluation import CouncilMember
from shared.contracts.values import (
    BallotId,
    Forgettable,
    OrganizationId,
)
from shared.host.database import ServiceDatabase
from shared.host.ids import derive_id
from shared.host.vault import Vault

BALLOT = BallotId(UUID(int=1))


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


async def test_a_retry_gives_the_same_pseudonyms_and_another_vault_others(
    vault: Kept, tmp_path: Path
) -> None:
    members = await council(vault, 5)
    first = await freeze_electorate(vault, BALLOT, members)
    assert await freeze_electorate(vault, BALLOT, members) == first
    async with opened_vault(tmp_path / "two") as other:
        others = await freeze_electorate(other, BALLOT, await council(other, 5))
    assert not {v.pseudonym for v in first} & {v.pseudonym for v in others}


async def test_no_pseudonym_follows_from_what_the_log_says(vault: Kept) -> None:
    members = await council(vault, 5)
    electorate = await freeze_electorate(vault, BALLOT, members)
    published = [str(BALLOT), *(str(m.member_id) for m in members)]
    published += [m.person.commitment for m in members]
    published += [v.person.commitment for v in electorate]
    guesses = {derive_id(BALLOT, a) for a in published}
    guesses |= {derive_id(BALLOT, a, str(m.member_id)) for a in published for m in members}
    assert not guesses & {voter.pseudonym for voter in electorate}
    assert [v.pseudonym for v in electorate] == sorted(v.pseudonym for v in electorate)


async def test_an_account_finds_its_own_pseudonym_and_no_other(vault: Kept) -> None:
    electorate = await freeze_electorate(vault, BALLOT, await council(vault, 5))
    found = {await pseudonym_of(vault, electorate, f"hd-{n}") for n in range(5)}
    assert found == {voter.pseudonym for voter in electorate}
    assert await pseudonym_of(vault, electorate, "nguoi-la") is None


async def test_the_chair_is_found_among_the_voters_unless_the_chair_does_not_vote(
    vault: Kept,
) -> None:
    members = await council(vault, 5)
    first = msgspec.structs.replace(members[0], role="chair")
    plain = tuple(msgspec.structs.replace(one, role="member") for one in members[1:])
    electorate = await freeze_electorate(vault, BALLOT, (first, *plain))
    assert await chair_among(vault, electorate, (first, *plain)) in {
        voter.pseudonym for voter in electorate
    }
    without = await freeze_electorate(vault, BALLOT, plain)
    assert await chair_among(vault, without, (first, *plain)) is None
    assert await chair_among(vault, electorate, plain) is None


async def test_an_erased_member_does_not_vote_and_stops_nothing(vault: Kept) -> None:
    members = await council(vault, 5)
    assert await vault.vault.erase(members[0].person.payload)
    assert len(await freeze_electorate(vault, BALLOT, members)) == 4
