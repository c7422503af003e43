"""Appraising teams over HTTP: assigning them, scoring as one of them, discussing what lies far apart."""

from typing import Final
from uuid import UUID

import msgspec
from msgspec.structs import asdict

from services.evaluation import facts, score_sheet_queries, team_facts, team_queries
from services.evaluation.ballot_queries import NoParameters
from services.evaluation.domain.appraisal import APPRAISAL
from services.evaluation.domain.appraisal_state import Appraisal, unfinished
from services.evaluation.domain.field_team import (
    FIELD_TEAM,
    AssignFieldTeam,
    AssignFieldTeamForm,
)
from services.evaluation.domain.rescoring import CorrectScoreForm, CorrectSheetForm
from services.evaluation.domain.scoring import Standard, refuse_points, refuse_unknown_files
from services.evaluation.domain.sealing import (
    SHEET_BEFORE_OWN,
    SHEET_HAS_ACCOUNT,
    EnterSheet,
    ResolveDivergence,
    ResolveDivergenceForm,
    SealScore,
    SealScoreForm,
    SheetForm,
    SheetScore,
    ids_of,
    own_in,
)
from services.evaluation.domain.team import (
    AssignTeam,
    AssignTeamForm,
    RecuseAppraiser,
    RecuseAppraiserForm,
    member_of,
    refuse_appraisers_twice,
)
from services.evaluation.persons import person
from shared.contracts.appraisal import AppraisalOpened
from shared.domain.attachments import BASE64_BYTES_MAX, media_type_of
from shared.host.files import hash_of
from shared.host.service import Api, Call, Download, NotFoundError, Outcome, Page


async def assign_field_team(call: Call[AssignFieldTeamForm]) -> Outcome:
    """Assign your unit's team for a field, whole: appraisals that open from now on follow it. Accounts and
    names are kept apart and can be erased. Changing a team asks for the reason, also one that was left to
    your unit by another it succeeded.
    """
    form = call.body
    refuse_appraisers_twice(form.members)
    team = team_facts.team_id(form.unit, form.field)
    standing = await team_facts.standing_team(call, form.unit, form.field)
    former = None if standing is None else standing.assigned.members
    draft = AssignFieldTeam(
        unit=form.unit,
        field=form.field,
        reason=form.reason,
        team_id=team,
        members=(),
        passed_on=former,
        unit_ended=await team_facts.is_no_more(call, form.unit),
        at=call.now,
    )
    await call.permit(FIELD_TEAM, team, draft)
    members = await team_facts.named(call, form.members, former or ())
    command = msgspec.structs.replace(draft, members=members)
    passed = standing is not None and standing.assigned.unit != form.unit
    cites = standing.cites if standing is not None and passed else ()
    return await call.execute(FIELD_TEAM, team, command, cites=cites)


async def assign_team(call: Call[AssignTeamForm]) -> Outcome:
    """Assign the team of one appraisal, whole: only its appraisers score from then on, each for himself.
    Who has a tie to the holder is refused. Without members the unit's officers score.
    """
    form = call.body
    refuse_appraisers_twice(form.members)
    appraisal, state, dossier = await dossier_of(call)
    await call.permit(APPRAISAL, appraisal, AssignTeam(members=(), at=call.now))
    members = await team_facts.named(call, form.members, team_facts.of_dossier(state))
    ties, cites = await team_facts.ties_among(call, state, dossier, members)
    command = AssignTeam(members=members, ties=ties, reason=form.reason, at=call.now)
    rules = facts.rule_set_name(dossier)
    return await call.execute(APPRAISAL, appraisal, command, cites=cites, rules=rules)


async def recuse_appraiser(call: Call[RecuseAppraiserForm]) -> Outcome:
    """Declare your own tie to the model you are to appraise: you step back from the team, and what you
    scored does not count.
    """
    appraisal, state, dossier = await dossier_of(call)
    member = await team_facts.the_appraiser(call, team_facts.of_dossier(state), call.actor.subject)
    command = RecuseAppraiser(tie=call.body.tie, appraiser=member.appraiser_id, at=call.now)
    return await call.execute(
        APPRAISAL,
        appraisal,
        command,
        rules=facts.rule_set_name(dossier),
        pseudonym=member.appraiser_id,
    )


async def seal_score(call: Call[SealScoreForm]) -> Outcome:
    """Score a criterion as one of the team. Nobody sees your points before the whole team's are in, and
    you see no other's before your own are; until then you may score again.
    """
    appraisal, state, dossier = await dossier_of(call)
    member = await team_facts.the_appraiser(call, state.team, call.actor.subject)
    return await _seal(call, (appraisal, state, dossier), member.appraiser_id)


async def _seal(
    call: Call[SealScoreForm], about: tuple[UUID, Appraisal, AppraisalOpened], appraiser: UUID
) -> Outcome:
    appraisal, state, dossier = about
    form = call.body
    standard, cites = await facts.standard_of(call, dossier)
    unfinished(state)
    refuse_points(standard, form.criterion, form.points)
    refuse_unknown_files(
        form.files, await team_facts.attached(call.read, dossier.model, form.files)
    )
    score = team_facts.Score(points=form.points, evidence=form.evidence, files=form.files)
    held = state.sealed.get(appraiser, {}).get(form.criterion)
    former = None if held is None else held.score
    command = SealScore(
        appraiser=appraiser,
        criterion=form.criterion,
        score=await team_facts.seal(call, former, form.criterion, score),
        standard=standard,
        at=call.now,
    )
    return await call.execute(
        APPRAISAL,
        appraisal,
        command,
        cites=cites,
        rules=facts.rule_set_name(dossier),
        pseudonym=appraiser,
    )


async def enter_sheet(call: Call[SheetForm]) -> Outcome:
    """Enter the paper score sheet of an appraiser without an account, with its scan (PDF, JPEG or PNG, at most
    5 MiB). The record names who entered it. Who is of the team himself gives all his own scores first.
    """
    appraisal, state, dossier = await dossier_of(call)
    standard, cites = await facts.standard_of(call, dossier)
    appraiser, form = call.path_id("appraiser"), call.body
    paper = hash_of(form.content)
    draft = EnterSheet(
        appraiser=appraiser,
        scores=(),
        paper=paper,
        entered_by=call.actor.subject,
        standard=standard,
        at=call.now,
    )
    await call.permit(APPRAISAL, appraisal, draft)
    unfinished(state)
    await _may_enter(call, state, appraiser, standard)
    media_type_of(form.content)
    for one in form.scores:
        refuse_points(standard, one.criterion, one.points)
        known = await team_facts.attached(call.read, dossier.model, one.files)
        refuse_unknown_files(one.files, known)
    # The scan is kept before the event that names its hash: a crash in between leaves a file nobody refers to.
    await call.files.put(form.content)
    held = state.sealed.get(appraiser, {})
    scores = []
    for one in form.scores:
        score = team_facts.Score(points=one.points, evidence=one.evidence, files=one.files)
        former = held[one.criterion].score if one.criterion in held else None
        kept = await team_facts.seal(call, former, one.criterion, score)
        scores.append(SheetScore(criterion=one.criterion, score=kept))
    command = msgspec.structs.replace(draft, scores=tuple(scores))
    rules = facts.rule_set_name(dossier)
    return await call.execute(APPRAISAL, appraisal, command, cites=cites, rules=rules)


async def _may_enter(
    call: Call[SheetForm], state: Appraisal, appraiser: UUID, standard: Standard
) -> None:
    """For one without an account, by one who is not swayed by it any more. Raises RefusedError."""
    await refuse_an_account(call, state, appraiser)
    own = await team_facts.appraiser_of(call, state.team, call.actor.subject)
    if own is not None and not own_in(state, own.appraiser_id, ids_of(standard)):
        raise SHEET_BEFORE_OWN()


async def refuse_an_account(
    call: Call[SheetForm] | Call[CorrectSheetForm], state: Appraisal, appraiser: UUID
) -> None:
    """Papers are entered for those without an account alone. Raises RefusedError."""
    found = await person(call, member_of(state.team, appraiser).person)
    if found is not None and found.account is not None:
        raise SHEET_HAS_ACCOUNT()


async def resolve_divergence(call: Call[ResolveDivergenceForm]) -> Outcome:
    """Record the discussion of a criterion on which the team lay far apart, and the points of those who
    changed theirs.
    """
    appraisal, _, dossier = await dossier_of(call)
    standard, cites = await facts.standard_of(call, dossier)
    command = ResolveDivergence(**asdict(call.body), standard=standard, at=call.now)
    rules = facts.rule_set_name(dossier)
    return await call.execute(APPRAISAL, appraisal, command, cites=cites, rules=rules)


async def dossier_of(
    call: Call[AssignTeamForm]
    | Call[RecuseAppraiserForm]
    | Call[SealScoreForm]
    | Call[SheetForm]
    | Call[CorrectScoreForm]
    | Call[CorrectSheetForm]
    | Call[ResolveDivergenceForm],
) -> tuple[UUID, Appraisal, AppraisalOpened]:
    """The appraisal of the address. Raises NotFoundError."""
    appraisal = call.path_id("appraisal_id")
    state = (await call.load(APPRAISAL, appraisal)).state
    if state.opened is None:
        raise NotFoundError("appraisal")
    return appraisal, state, state.opened


_TAG: Final = "appraisals"
_ONE: Final = "/appraisals/{appraisal_id}"
SHEET_BYTES_MAX: Final = BASE64_BYTES_MAX + 2 * 1024 * 1024
"""The scan, and the scores."""


def routes(api: Api) -> None:
    """Declare the routes of teams."""
    api.write(
        "/teams", AssignFieldTeamForm, assign_field_team, command=AssignFieldTeam, tag="teams"
    )
    api.write(f"{_ONE}/team", AssignTeamForm, assign_team, command=AssignTeam, tag=_TAG)
    api.write(
        f"{_ONE}/team/recusals",
        RecuseAppraiserForm,
        recuse_appraiser,
        command=RecuseAppraiser,
        tag=_TAG,
    )
    api.write(f"{_ONE}/team/scores", SealScoreForm, seal_score, command=SealScore, tag=_TAG)
    api.write(
        f"{_ONE}/team/{{appraiser}}/sheet",
        SheetForm,
        enter_sheet,
        command=EnterSheet,
        tag=_TAG,
        body_bytes_max=SHEET_BYTES_MAX,
    )
    api.write(
        f"{_ONE}/divergences",
        ResolveDivergenceForm,
        resolve_divergence,
        command=ResolveDivergence,
        tag=_TAG,
    )
    _reads(api)


def _reads(api: Api) -> None:
    api.read(
        "/teams/{unit}",
        NoParameters,
        team_queries.list_field_teams,
        answer=team_queries.FieldTeamsView,
        tag="teams",
        roles=team_queries.TEAM_READERS,
    )
    api.read(
        f"{_ONE}/team/{{appraiser}}/sheet",
        score_sheet_queries.AskSheet,
        score_sheet_queries.get_sheet,
        answer=Download,
        tag=_TAG,
        roles=team_queries.TEAM_READERS,
    )
    api.read(
        "/appraisals/mine",
        team_queries.ListMine,
        team_queries.list_mine,
        answer=Page[team_queries.MineRow],
        tag=_TAG,
        roles=team_queries.APPRAISERS,
    )
    api.read(
        f"{_ONE}/team",
        NoParameters,
        team_queries.get_team,
        answer=team_queries.TeamView,
        tag=_TAG,
        roles=team_queries.TEAM_READERS,
    )
    api.read(
        f"{_ONE}/scores",
        NoParameters,
        team_queries.get_scores,
        answer=team_queries.ScoresView,
        tag=_TAG,
    )
