"""What evaluation answers about appraising teams: who is in one, what is waiting for whom, and the scores.

Whoever scores sees no other's points before the own are in.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, get_args
from uuid import UUID

import msgspec
from sqlalchemy import func, select

from services.evaluation import facts
from services.evaluation.ballot_queries import NoParameters, holds_today, may_read_names
from services.evaluation.domain.appraisal import APPRAISAL
from services.evaluation.domain.appraisal_state import Appraisal
from services.evaluation.domain.scoring import Standard
from services.evaluation.domain.sealing import ids_of, own_in
from services.evaluation.persons import person
from services.evaluation.readmodel import SUCCESSIONS, appraisals, models
from services.evaluation.shown import ShownScore, with_marks
from services.evaluation.team_facts import appraiser_of, score_of, standing_team
from services.evaluation.team_rows import appraisers, sealed
from shared.contracts.appraisal import (
    Appraiser,
    CriterionResult,
    CriterionScored,
    DivergenceFlagged,
    DivergenceResolved,
    DossierCorrected,
    ScoreSealed,
)
from shared.contracts.values import CategoryId, Forgettable, OrganizationId, WorkField
from shared.domain.time import legal_date
from shared.host.cursor import Order, PageParameters, fetch_page
from shared.host.lists import Statement, into
from shared.host.policy import Role
from shared.host.service import NotFoundError, Page, Query
from shared.host.successions import where_standing

TEAM_READERS: Final = (Role.APPRAISER, Role.OFFICE_CLERK, Role.AUDITOR)
APPRAISERS: Final = (Role.APPRAISER,)
APPRAISERS_READ_MAX: Final = 2_000
"""Members of teams looked through for one page of a person's list: names lie in the vault, one by one."""

# --- who is in a team --------------------------------------------------------------------------


class NamedAppraiser(msgspec.Struct, frozen=True, kw_only=True):
    """An appraiser; the rest is None once erased. `scored` are the criteria whose score is in."""

    appraiser: UUID
    name: str | None
    account: str | None
    organization: UUID | None
    scored: int = 0


class TeamView(msgspec.Struct, frozen=True, kw_only=True):
    """Who appraises a dossier, how far each has come, and who stepped back."""

    appraisal_id: UUID
    criteria: int
    members: tuple[NamedAppraiser, ...]
    recused: tuple[NamedAppraiser, ...]


async def get_team(query: Query[NoParameters]) -> TeamView:
    """Who appraises a dossier, by name: for the appraising unit, the team itself, and auditors."""
    state = (await query.load(APPRAISAL, query.path_id("appraisal_id"))).state
    opened = state.opened
    if opened is None or query.actor is None:
        raise NotFoundError("appraisal")
    own = await appraiser_of(query, state.team, query.actor.subject)
    if own is None and not await may_read_names(
        query, opened.model, appraising_unit=opened.appraising_unit
    ):
        raise NotFoundError("appraisal")
    standard, _ = await facts.standard_of(query, opened)
    recused = (
        Appraiser(appraiser_id=one.appraiser, person=one.person) for one in state.recused.values()
    )
    return TeamView(
        appraisal_id=opened.appraisal_id,
        criteria=len(standard.criteria),
        members=tuple([await _named(query, one, state) for one in state.team]),
        recused=tuple([await _named(query, one, state) for one in recused]),
    )


async def _named(
    query: Query[NoParameters], one: Appraiser, state: Appraisal | None
) -> NamedAppraiser:
    found = await person(query, one.person)
    return NamedAppraiser(
        appraiser=one.appraiser_id,
        name=None if found is None else found.name,
        account=None if found is None else found.account,
        organization=None if found is None else found.organization,
        scored=0 if state is None else len(state.sealed.get(one.appraiser_id, {})),
    )


class FieldTeamView(msgspec.Struct, frozen=True, kw_only=True):
    """A unit's team for a field. `assigned_by` is the unit itself, or one that left it its team."""

    field: WorkField
    assigned_by: UUID
    members: tuple[NamedAppraiser, ...]


class FieldTeamsView(msgspec.Struct, frozen=True, kw_only=True):
    """A unit's teams; a field without one is not among them."""

    unit: UUID
    teams: tuple[FieldTeamView, ...]


async def list_field_teams(query: Query[NoParameters]) -> FieldTeamsView:
    """The teams that appraise for a unit, by field and name: for the unit, and auditors."""
    unit = OrganizationId(query.path_id("unit"))
    if not await may_read_names(query, None, appraising_unit=unit):
        raise NotFoundError("unit")
    teams = []
    for field in get_args(WorkField):
        team = await standing_team(query, unit, field)
        if team is not None and team.assigned.members:
            members = tuple([await _named(query, one, None) for one in team.assigned.members])
            view = FieldTeamView(field=field, assigned_by=team.assigned.unit, members=members)
            teams.append(view)
    return FieldTeamsView(unit=unit, teams=tuple(teams))


# --- the work list -----------------------------------------------------------------------------


class ListMine(PageParameters, frozen=True, kw_only=True):
    """`unit` is the appraising unit, your own organisation when it is not said."""

    unit: UUID | None = None


class MineRow(msgspec.Struct, frozen=True, kw_only=True):
    """A dossier you have to appraise. `scored` are the criteria whose score of yours is in; `corrected_at` says
    when the dossier was corrected for the last time since it opened.
    """

    appraisal_id: UUID
    appraiser: UUID
    model: UUID
    model_name: str | None
    model_address: str | None
    year: int
    appraising_unit: UUID
    opened_at: datetime
    corrected_at: datetime | None
    scored: int


class _Member(MineRow, frozen=True, kw_only=True):
    """A member of a team of the unit, who may be anybody."""

    payload: UUID
    commitment: str


async def list_mine(query: Query[ListMine]) -> Page[MineRow]:
    """The open appraisals in whose team you are, the longest open first: your work list. A page may hold fewer than
    asked for; `next` says whether there is more to look through.
    """
    actor = query.actor
    unit = query.parameters.unit or (None if actor is None else actor.organization)
    if actor is None or unit is None:
        return Page(items=[])
    statement = await _members_of(query, unit)
    order = (
        Order(appraisals.c.opened_at),
        Order(appraisals.c.appraisal_id),
        Order(appraisers.c.appraiser),
    )
    wanted, found, read = query.parameters, list[MineRow](), 0
    accounts: dict[UUID, str | None] = {}
    while True:
        # As many at once as the page may hold: where all are the caller's, none is left over.
        page = await fetch_page(query.read, statement, order, wanted, into(_Member))
        for one in page.items:
            if one.payload not in accounts:
                reference = Forgettable(payload=one.payload, commitment=one.commitment)
                known = await person(query, reference)
                accounts[one.payload] = None if known is None else known.account
            if accounts[one.payload] == actor.subject:
                found.append(_shown(one))
        read += len(page.items)
        if found or page.next is None or read >= APPRAISERS_READ_MAX:
            return Page(items=found, next=page.next)
        wanted = msgspec.structs.replace(wanted, cursor=page.next)


async def _members_of(query: Query[ListMine], unit: UUID) -> Statement:
    """Who is in a team of a unit's open appraisals, with the dossier."""
    scored = (
        select(func.count())
        .select_from(sealed)
        .where(
            sealed.c.appraisal_id == appraisers.c.appraisal_id,
            sealed.c.appraiser == appraisers.c.appraiser,
        )
        .scalar_subquery()
    )
    statement = (
        select(
            appraisals,
            appraisers.c.appraiser,
            appraisers.c.payload,
            appraisers.c.commitment,
            models.c.name.label("model_name"),
            models.c.address.label("model_address"),
            scored.label("scored"),
        )
        .select_from(
            appraisers.join(appraisals, appraisals.c.team == appraisers.c.team).outerjoin(
                models, models.c.model_id == appraisals.c.model
            )
        )
        .where(appraisals.c.status == "opened")
    )
    return await where_standing(
        query.read,
        SUCCESSIONS,
        statement,
        appraisals.c.model,
        legal_date(query.now),
        (appraisals.c.appraising_unit, unit, "appraising_unit"),
    )


def _shown(member: _Member) -> MineRow:
    """The dossier; who the person is was only looked at."""
    return MineRow(**{name: getattr(member, name) for name in MineRow.__struct_fields__})


# --- scores ------------------------------------------------------------------------------------


class AppraiserScores(msgspec.Struct, frozen=True, kw_only=True):
    """One appraiser's scores; `appraiser` is None for the unit's own. `scored` says how many are in, `scores`
    are those you may see.
    """

    appraiser: UUID | None
    scored: int
    scores: tuple[ShownScore, ...]


class ScoresView(msgspec.Struct, frozen=True, kw_only=True):
    """The scores of an appraisal: your own at once, others' of the team once yours are in, the unit's officers'
    once all are, everybody once the appraisal is complete. `results` follow from them at completion.
    `corrections` are what was corrected in the dossier since it opened.
    """

    appraisal_id: UUID
    criteria: int
    appraisers: tuple[AppraiserScores, ...]
    corrections: tuple[DossierCorrected, ...]
    divergences: tuple[DivergenceFlagged, ...]
    resolutions: tuple[DivergenceResolved, ...]
    results: tuple[CriterionResult, ...]


async def get_scores(query: Query[NoParameters]) -> ScoresView:
    """The scores of an appraisal by appraiser, as far as you may see them yet."""
    state = (await query.load(APPRAISAL, query.path_id("appraisal_id"))).state
    opened = state.opened
    if opened is None or query.actor is None:
        raise NotFoundError("appraisal")
    standard, _ = await facts.standard_of(query, opened)
    own = await appraiser_of(query, state.team, query.actor.subject)
    unit = opened.appraising_unit
    inside = own is not None or await holds_today(query, opened.model, appraising_unit=unit)
    shown = state.appraised is not None or inside
    ids: tuple[UUID | None, ...] = tuple(one.appraiser_id for one in state.team) or (None,)
    views = []
    for appraiser in ids:
        scores = tuple(one for one in state.scores if one.appraiser == appraiser)
        in_vault = {} if appraiser is None else state.sealed.get(appraiser, {})
        if (
            appraiser is not None
            and not state.is_open_record
            and _sees(state, own, appraiser, standard)
        ):
            scores = await _revealed(query, state, appraiser, in_vault)
        views.append(
            AppraiserScores(
                appraiser=appraiser,
                scored=len(scores) if appraiser is None else len(in_vault),
                scores=with_marks(state, scores) if shown else (),
            )
        )
    return ScoresView(
        appraisal_id=opened.appraisal_id,
        criteria=len(standard.criteria),
        appraisers=tuple(views),
        corrections=tuple(state.corrections.values()),
        divergences=tuple(state.divergences.values()) if shown else (),
        resolutions=tuple(state.resolutions.values()) if shown else (),
        results=() if state.appraised is None else state.appraised.results,
    )


def _sees(state: Appraisal, own: Appraiser | None, appraiser: UUID, standard: Standard) -> bool:
    """Whether a member of the team sees a score that is still sealed: the own, and others' with all the
    own in.
    """
    if own is None:
        return False
    return own.appraiser_id == appraiser or own_in(state, own.appraiser_id, ids_of(standard))


async def _revealed(
    query: Query[NoParameters],
    state: Appraisal,
    appraiser: UUID,
    in_vault: Mapping[CategoryId, ScoreSealed],
) -> tuple[CriterionScored, ...]:
    assert state.opened is not None
    scores = []
    for criterion, held in in_vault.items():
        score = await score_of(query, held.score)
        if score is not None:
            scores.append(
                CriterionScored(
                    appraisal_id=state.opened.appraisal_id,
                    criterion=criterion,
                    points=score.points,
                    evidence=score.evidence,
                    files=score.files,
                    appraiser=appraiser,
                    on_behalf=held.on_behalf,
                )
            )
    return tuple(scores)
