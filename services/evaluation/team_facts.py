"""Gathers what a team's rules need: who is who in the vault, who has a tie, which evidence there is."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.evaluation.conflict_facts import dossier_of, found_ties
from services.evaluation.domain.appraisal_state import Appraisal
from services.evaluation.domain.conflict import Tie
from services.evaluation.domain.field_team import FIELD_TEAM, whose_team
from services.evaluation.domain.team import NOT_AN_APPRAISER, AppraiserForm
from services.evaluation.facts import Loading
from services.evaluation.persons import Person, Revealing, person
from services.evaluation.readmodel import SUCCESSIONS
from services.evaluation.team_rows import evidence
from shared.contracts.appraisal import AppraisalOpened, Appraiser, FieldTeamAssigned
from shared.contracts.running import Sha256
from shared.contracts.values import (
    CategoryId,
    Forgettable,
    ModelId,
    OrganizationId,
    TeamId,
    WorkField,
)
from shared.domain.time import legal_date
from shared.host.ids import derive_id
from shared.host.service import Work
from shared.host.successions import after, around


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """What a sealed score says; it lies in the vault until the whole team's are in."""

    points: int
    evidence: str
    files: tuple[Sha256, ...] = ()


def team_id(unit: OrganizationId, field: WorkField) -> TeamId:
    """The one team of a unit for a field."""
    return TeamId(derive_id(unit, "team", field))


class StandingTeam(msgspec.Struct, frozen=True, kw_only=True):
    """The team that appraises a field for a unit, whose it is, and the events that say so."""

    assigned: FieldTeamAssigned
    cites: tuple[UUID, ...]


class Source(Loading, Protocol):
    """Calls, reactions and reads can all do it."""

    @property
    def now(self) -> datetime:
        """The present instant."""
        ...

    @property
    def read(self) -> AsyncConnection:
        """The read model."""
        ...


async def standing_team(
    source: Source, unit: OrganizationId, field: WorkField, model: ModelId | None = None
) -> StandingTeam | None:
    """The unit's own team for a field, else the one that was left to it by a unit it succeeded."""
    on = legal_date(source.now)
    own = await source.load(FIELD_TEAM, team_id(unit, field))
    if own.state.assigned is not None and own.event_id is not None:
        return StandingTeam(assigned=own.state.assigned, cites=(own.event_id,))
    ends = await around(source.read, SUCCESSIONS, (unit,), on)
    teams: dict[OrganizationId, StandingTeam] = {}
    for one in ends.graph.successions:
        held = await source.load(FIELD_TEAM, team_id(one.organization, field))
        if held.state.assigned is not None and held.event_id is not None:
            cites = (held.event_id, *ends.cites)
            teams[one.organization] = StandingTeam(assigned=held.state.assigned, cites=cites)
    whose = whose_team(ends.graph, unit, teams, on, model=model)
    return None if whose is None else teams[whose]


async def is_no_more(source: Source, unit: OrganizationId) -> bool:
    """Whether the unit has ended."""
    on = legal_date(source.now)
    return (await after(source.read, SUCCESSIONS, (unit,), on)).graph.ended(unit, on)


def of_dossier(state: Appraisal) -> tuple[Appraiser, ...]:
    """Everyone an appraisal knows as an appraiser: its team, and who was recused."""
    recused = (
        Appraiser(appraiser_id=one.appraiser, person=one.person) for one in state.recused.values()
    )
    return (*state.team, *recused)


async def named(
    work: Work, forms: Sequence[AppraiserForm], known: Iterable[Appraiser]
) -> tuple[Appraiser, ...]:
    """The appraisers of a form. Who is `known` keeps his id and, unless something about him changed, his
    reference; who is new gets one.
    """
    persons = [(one, await person(work, one.person)) for one in known]
    members: list[Appraiser] = []
    for number, form in enumerate(forms):
        wanted = Person(account=form.account, name=form.name, organization=form.organization)
        same = next((one for one, found in persons if found == wanted), None)
        if same is not None:
            members.append(same)
            continue
        by_account = (
            one
            for one, found in persons
            if found is not None and form.account is not None and found.account == form.account
        )
        former = next(by_account, None)
        kept = await work.keep(f"appraiser-{number}", msgspec.json.encode(wanted))
        appraiser = work.derive("appraiser", str(number)) if former is None else former.appraiser_id
        members.append(Appraiser(appraiser_id=appraiser, person=kept))
    return tuple(members)


async def ties_among(
    work: Work, state: Appraisal, opened: AppraisalOpened, members: Sequence[Appraiser]
) -> tuple[tuple[Tie, ...], tuple[UUID, ...]]:
    """Who of `members` has a tie to the dossier's holder, found on the graph of today."""
    on = legal_date(work.now)
    dossier, ends = await dossier_of(work.read, state, opened, on)
    people = {one.appraiser_id: one.person for one in members}
    found, cites = await found_ties(work.read, work, dossier, people, on)
    ties = tuple(Tie(member_id=who, tie=tie, found=True) for who, tie in found.items())
    return ties, (*ends, *cites) if ties else ()


async def appraiser_of(
    vault: Revealing, members: Iterable[Appraiser], account: str
) -> Appraiser | None:
    """Who of the team an account is, None for one that is not in it."""
    for member in members:
        found = await person(vault, member.person)
        if found is not None and found.account == account:
            return member
    return None


async def the_appraiser(vault: Revealing, members: Iterable[Appraiser], account: str) -> Appraiser:
    """Who of the team an account is. Raises RefusedError for one that is not in it."""
    member = await appraiser_of(vault, members, account)
    if member is None:
        raise NOT_AN_APPRAISER()
    return member


async def attached(read: AsyncConnection, model: ModelId, files: Sequence[Sha256]) -> set[Sha256]:
    """Which of some files are attached to a model and not withdrawn."""
    if not files:
        return set()
    statement = select(evidence.c.sha256).where(
        evidence.c.model_id == str(model),
        evidence.c.sha256.in_(files),
        evidence.c.withdrawn.is_(False),
    )
    return set((await read.execute(statement)).scalars())


async def score_of(vault: Revealing, reference: Forgettable) -> Score | None:
    """A sealed score, None once erased."""
    content = await vault.reveal(reference)
    return None if content is None else msgspec.json.decode(content, type=Score)


async def seal(
    work: Work, former: Forgettable | None, criterion: CategoryId, score: Score
) -> Forgettable:
    """Keep a score; one that says what the former said is the former."""
    if former is not None and await score_of(work, former) == score:
        return former
    return await work.keep(f"score-{criterion}", msgspec.json.encode(score))
