"""What evaluation does by itself: opens appraisals, tallies closed ballots, issues the advice."""

from typing import Final
from uuid import UUID

from services.evaluation import facts, team_facts
from services.evaluation.domain.advice import BallotResult, Discontinue, IssueAdvice, NoQuorum
from services.evaluation.domain.appraisal import APPRAISAL
from services.evaluation.domain.appraisal_state import Appraisal
from services.evaluation.domain.correcting import NoteCorrection
from services.evaluation.domain.sealing import OpenScore, all_in
from services.evaluation.domain.team import AssignTeam
from shared.contracts.appraisal import (
    AppraisalOpened,
    AppraiserRecused,
    PostingClosed,
    ScoreSealed,
    TeamAssigned,
)
from shared.contracts.evaluation import (
    CriteriaSetAdopted,
    RuleSetAdopted,
)
from shared.contracts.registration import CompetenceAssigned, ModelWithdrawn, ResultsReported
from shared.contracts.running import EntryCorrected
from shared.contracts.values import AppraisalId, ModelId
from shared.domain.time import Instant
from shared.host.service import Loaded, Recorded, Schedule, Work, when

WAITING_PAGE_MAX: Final = 500
"""Waiting models read at once."""


async def on_results(recorded: Recorded[ResultsReported], work: Work) -> None:
    """Open the appraisal. What is missing for it leaves the model on the waiting list."""
    await _open(work, recorded.event.model_id, recorded.event.year, recorded.at)


async def open_waiting(work: Work) -> None:
    """Open the appraisals that had to wait and can open now: for criteria, say, that took effect today.

    Every waiting model is looked at, so that one that waits for ever holds up no other.
    """
    page = await facts.unopened(work.read, WAITING_PAGE_MAX)
    while page:
        for waiting in page:
            await _open(work, waiting.model_id, waiting.year, work.now)
        page = await facts.unopened(work.read, WAITING_PAGE_MAX, after=page[-1])


async def on_missing_piece(
    _recorded: Recorded[CriteriaSetAdopted]
    | Recorded[RuleSetAdopted]
    | Recorded[CompetenceAssigned],
    work: Work,
) -> None:
    """Open at once what waited for it."""
    await open_waiting(work)


async def _open(work: Work, model: ModelId, year: int, at: Instant) -> None:
    opening = await facts.opening_of(work.read, model, year, at)
    if isinstance(opening, facts.Opening):
        command = opening.command
        await work.execute(
            APPRAISAL,
            command.appraisal_id,
            command,
            cites=opening.cites,
            rules=f"{command.rule_set}/{command.rule_set_version}",
        )


async def on_withdrawal(recorded: Recorded[ModelWithdrawn], work: Work) -> None:
    """End the appraisals of a withdrawn model."""
    event = recorded.event
    for year in await facts.reported_years(work.read, event.model_id):
        command = Discontinue(reason=event.reason, at=work.now)
        appraisal = facts.appraisal_id(event.model_id, year)
        await work.execute(APPRAISAL, appraisal, command, cites=(recorded.id,))


async def on_correction(recorded: Recorded[EntryCorrected], work: Work) -> None:
    """Tell the appraisal of what was reported last that its dossier was corrected."""
    event = recorded.event
    years = await facts.reported_years(work.read, event.model_id)
    if not years:
        return
    command = NoteCorrection(
        entry=event.entry,
        target=event.target,
        was=event.was,
        becomes=event.becomes,
        reason=event.reason,
        corrected_at=recorded.at,
        at=work.now,
    )
    appraisal = facts.appraisal_id(event.model_id, years[-1])
    await work.execute(APPRAISAL, appraisal, command, cites=(recorded.id,))


async def on_opened(recorded: Recorded[AppraisalOpened], work: Work) -> None:
    """End an appraisal that opened while its model was being withdrawn."""
    event = recorded.event
    withdrawal = await facts.withdrawal_of(work.read, event.model)
    if withdrawal is not None:
        reason, cause = withdrawal
        command = Discontinue(reason=reason, at=work.now)
        await work.execute(APPRAISAL, event.appraisal_id, command, cites=(cause,))
        return
    await _follow_field_team(work, event)


async def _follow_field_team(work: Work, event: AppraisalOpened) -> None:
    """The appraisal gets the team its unit assigned to the field, or was left by a unit it succeeded; who has
    a tie stays out of it.
    """
    team = await team_facts.standing_team(work, event.appraising_unit, event.field, event.model)
    if team is None:
        return
    members = team.assigned.members
    state = (await work.load(APPRAISAL, event.appraisal_id)).state
    ties, cites = await team_facts.ties_among(work, state, event, members)
    command = AssignTeam(members=members, ties=ties, follows_field=True, at=work.now)
    await work.execute(
        APPRAISAL,
        event.appraisal_id,
        command,
        cites=(*team.cites, *cites),
        rules=facts.rule_set_name(event),
    )


async def on_team_or_score(
    recorded: Recorded[ScoreSealed] | Recorded[TeamAssigned] | Recorded[AppraiserRecused],
    work: Work,
) -> None:
    """Open the scores once everyone's are in: that may be because one who had not scored has left.

    They are opened one by one; what a crash leaves is opened when the reaction runs again.
    """
    appraisal = recorded.event.appraisal_id
    state = (await work.load(APPRAISAL, appraisal)).state
    dossier = state.opened
    assert dossier is not None
    standard, cites = await facts.standard_of(work, dossier)
    if state.appraised is not None or not all_in(state, standard):
        return
    settings, cited = await facts.rules_of(work, dossier.rule_set, dossier.rule_set_version)
    commands: list[OpenScore] = []
    for member in state.team:
        for criterion, held in state.sealed[member.appraiser_id].items():
            score = await team_facts.score_of(work, held.score)
            if score is None:  # erased meanwhile: it is given again, and this runs again
                return
            commands.append(
                OpenScore(
                    appraiser=member.appraiser_id,
                    criterion=criterion,
                    payload=held.score.payload,
                    points=score.points,
                    evidence=score.evidence,
                    files=score.files,
                    standard=standard,
                    divergence=settings.divergence.value,
                    at=work.now,
                )
            )
    for command in commands:
        await work.execute(
            APPRAISAL,
            appraisal,
            command,
            cites=(*cites, *cited),
            rules=facts.rule_set_name(dossier),
        )


async def on_posting_closed(recorded: Recorded[PostingClosed], work: Work) -> None:
    """Issue the advice where the rule set has no ballot."""
    await advise(work, recorded.event.appraisal_id, None, ())


async def advise(
    work: Work,
    appraisal: AppraisalId,
    ballot: BallotResult | NoQuorum | None,
    cites: tuple[UUID, ...],
    *,
    minutes_unsigned: bool = False,
) -> None:
    """Issue the advice that follows from an appraisal and its last ballot."""
    loaded: Loaded[Appraisal] = await work.load(APPRAISAL, appraisal)
    dossier = loaded.state.opened
    assert dossier is not None
    settings, cited = await facts.rules_of(work, dossier.rule_set, dossier.rule_set_version)
    if ballot is None and settings.ballot_mode.value != "none":
        return
    command = IssueAdvice(
        posting_working_days=settings.posting_working_days.value,
        ballot_mode=settings.ballot_mode.value,
        ballot=ballot,
        minutes_unsigned=minutes_unsigned,
        at=work.now,
    )
    await work.execute(
        APPRAISAL,
        appraisal,
        command,
        cites=(*cites, *cited),
        rules=facts.rule_set_name(dossier),
    )


REACTIONS: Final = (
    when(ResultsReported, on_results),
    when(CriteriaSetAdopted, on_missing_piece),
    when(RuleSetAdopted, on_missing_piece),
    when(CompetenceAssigned, on_missing_piece),
    when(ModelWithdrawn, on_withdrawal),
    when(EntryCorrected, on_correction),
    when(AppraisalOpened, on_opened),
    when(TeamAssigned, on_team_or_score),
    when(AppraiserRecused, on_team_or_score),
    when(ScoreSealed, on_team_or_score),
    when(PostingClosed, on_posting_closed),
)
SCHEDULES: Final = (Schedule("waiting-appraisals", 60, open_waiting),)
