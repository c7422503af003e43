"""Pseudonyms of a ballot: stable for a retry, and underivable for whoever reads the public log."""

import hashlib
from uuid import UUID

import msgspec

from services.evaluation.persons import Person, freeze_electorate, pseudonym_of
from shared.contracts.evaluation import BallotOpened, CouncilMember, Fraction
from shared.contracts.values import (
    AppraisalId,
    BallotId,
    CouncilId,
    Forgettable,
    ModelId,
    OrganizationId,
    RuleSetId,
)
from shared.host.ids import derive_id

BALLOT = BallotId(UUID(int=1))


class MemoryVault:
    """Keeps in memory what a vault keeps on disk: the same name gives the same reference."""

    def __init__(self, salt: bytes) -> None:
        self._salt = salt
        self.kept: dict[UUID, bytes] = {}

    async def keep(self, name: str, content: bytes) -> Forgettable:
        payload = derive_id(UUID(int=9), name)
        self.kept[payload] = content
        return Forgettable(payload, hashlib.sha256(self._salt + content).hexdigest())

    async def reveal(self, reference: Forgettable) -> bytes | None:
        return self.kept.get(reference.payload)


async def council(vault: MemoryVault, size: int) -> tuple[CouncilMember, ...]:
    members = []
    for n in range(size):
        content = msgspec.json.encode(Person(account=f"hd-{n}", name=f"Ủy viên {n}"))
        person = await vault.keep(f"member-{n}", content)
        members.append(CouncilMember(member_id=UUID(int=100 + n), person=person, role="member"))
    return tuple(members)


async def test_a_retry_gives_the_same_pseudonyms_and_another_vault_others() -> None:
    vault = MemoryVault(b"one")
    members = await council(vault, 5)
    first = await freeze_electorate(vault, BALLOT, members)
    assert await freeze_electorate(vault, BALLOT, members) == first
    other = MemoryVault(b"two")
    others = await freeze_electorate(other, BALLOT, await council(other, 5))
    assert not {v.pseudonym for v in first} & {v.pseudonym for v in others}


async def test_no_pseudonym_follows_from_what_the_log_says() -> None:
    vault = MemoryVault(b"one")
    members = await council(vault, 5)
    electorate = await freeze_electorate(vault, BALLOT, members)
    published = [str(BALLOT), *(str(m.member_id) for m in members)]
    published += [m.person.commitment for m in members]
    published += [v.person.commitment for v in electorate]
    guesses = {derive_id(BALLOT, a) for a in published}
    guesses |= {derive_id(BALLOT, a, str(m.member_id)) for a in published for m in members}
    assert not guesses & {voter.pseudonym for voter in electorate}
    assert [v.pseudonym for v in electorate] == sorted(v.pseudonym for v in electorate)


async def test_an_account_finds_its_own_pseudonym_and_no_other() -> None:
    vault = MemoryVault(b"one")
    electorate = await freeze_electorate(vault, BALLOT, await council(vault, 5))
    opened = BallotOpened(
        ballot_id=BALLOT,
        appraisal_id=AppraisalId(UUID(int=2)),
        model=ModelId(UUID(int=3)),
        council=CouncilId(UUID(int=4)),
        council_body=OrganizationId(UUID(int=5)),
        appraising_unit=OrganizationId(UUID(int=6)),
        question="Đồng ý?",
        electorate=electorate,
        quorum=Fraction(numerator=2, denominator=3),
        threshold=Fraction(numerator=7, denominator=10),
        threshold_denominator="all",
        rule_set=RuleSetId(UUID(int=7)),
        rule_set_version=1,
        round=1,
    )
    found = {await pseudonym_of(vault, opened, f"hd-{n}") for n in range(5)}
    assert found == {voter.pseudonym for voter in electorate}
    assert await pseudonym_of(vault, opened, "nguoi-la") is None


async def test_an_erased_member_does_not_vote_and_stops_nothing() -> None:
    vault = MemoryVault(b"one")
    members = await council(vault, 5)
    del vault.kept[members[0].person.payload]
    assert len(await freeze_electorate(vault, BALLOT, members)) == 4
