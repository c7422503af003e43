"""Voting sheets over HTTP: a member's own, and the signed paper of one without an account who is absent."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final
from uuid import UUID

import msgspec

from services.evaluation.ballot_api import counts
from services.evaluation.ballot_queries import NAME_READERS, NoParameters, may_read_names
from services.evaluation.domain.attendance import NOT_ON_ROLL
from services.evaluation.domain.ballot import BALLOT
from services.evaluation.domain.sheet import (
    PARTLY_LATE,
    SHEET_FOREIGN,
    Line,
    PaperForm,
    SheetForm,
    check_sheet,
)
from services.evaluation.domain.sitting import CANDIDATES_MAX, NOT_SETTLED, SITTING
from services.evaluation.domain.sitting_state import Sitting
from services.evaluation.domain.vote import (
    NOT_A_VOTER,
    VOTE,
    CastVote,
    EnterWrittenVote,
    vote_id,
)
from services.evaluation.domain.written import CorrectWrittenVote, CorrectWrittenVoteForm
from services.evaluation.persons import Held, held, seat_of
from services.evaluation.sitting_facts import model_names
from shared.contracts.sitting import Candidate, SittingOpened
from shared.contracts.values import AppraisalId, BallotId, Choice
from shared.domain.attachments import BASE64_BYTES_MAX, media_type_of
from shared.domain.refusal import RefusedError
from shared.host.files import hash_of
from shared.host.service import Api, Call, Download, Loaded, NotFoundError, Outcome, Query, Work

Names = Mapping[AppraisalId, str]
"""What people call the dossiers."""


async def _opened(work: Call[SheetForm], sitting: UUID) -> tuple[Loaded[Sitting], SittingOpened]:
    loaded = await work.load(SITTING, sitting)
    if loaded.state.opened is None:
        raise NotFoundError("sitting")
    return loaded, loaded.state.opened


# --- one's own --------------------------------------------------------------------------------


async def hand_in_sheet(call: Call[SheetForm]) -> Outcome:
    """Vote on every dossier of the sitting at once, under your pseudonym of each ballot.

    The sheet is checked whole before anything is written; sending it again changes nothing.
    """
    loaded, opened = await _opened(call, call.path_id("sitting_id"))
    state = loaded.state
    own = seat_of(await held(call, opened.roll), call.actor.subject)
    if own is None or not own.votes:
        raise NOT_A_VOTER()
    if state.settled is None:
        raise NOT_SETTLED()
    names = await model_names(call.read, state.candidates)
    check_sheet(call.body, await _lines(call, state, own, names), closed=state.closed is not None)
    voter = own

    async def cast(ballot: BallotId, choice: Choice) -> Outcome:
        return await _cast(call, (state, opened), ballot, voter, choice)

    return await _record(call, loaded, own, names, cast)


async def _lines(work: Work, state: Sitting, voter: Held, names: Names) -> dict[AppraisalId, Line]:
    """What is known of each dossier for this voter."""
    lines: dict[AppraisalId, Line] = {}
    for one in state.candidates:
        ballot = (await work.load(BALLOT, one.ballot_id)).state
        pseudonym = voter.pseudonym(one.ballot_id)
        cast = (await work.load(VOTE, vote_id(one.ballot_id, pseudonym))).state.cast
        recused = (r.reason for r in ballot.recused if r.member_id == voter.holder.member_id)
        lines[one.appraisal_id] = Line(
            name=names[one.appraisal_id],
            recused=next(recused, None),
            cast=None if cast is None else cast.choice,
        )
    return lines


async def _cast(
    call: Call[SheetForm],
    about: tuple[Sitting, SittingOpened],
    ballot: BallotId,
    own: Held,
    choice: Choice,
) -> Outcome:
    """One line. A crash after it leaves the lines before: the sheet sent again goes on where it stopped."""
    state, opened = about
    pseudonym = own.pseudonym(ballot)
    command = CastVote(
        choice=choice,
        ballot_id=ballot,
        pseudonym=pseudonym,
        ballot_closed=False,
        attends=state.attends(own.seat.seat),
        written_votes=opened.written_votes,
        at=call.now,
    )
    try:
        return await call.execute(VOTE, vote_id(ballot, pseudonym), command, pseudonym=pseudonym)
    except RefusedError:
        # Recorded under another key: the same choice is the same vote.
        loaded = await call.load(VOTE, vote_id(ballot, pseudonym))
        cast = loaded.state.cast
        if cast is None or cast.choice != choice:
            raise
        stream = f"{VOTE.category}-{vote_id(ballot, pseudonym)}"
        return Outcome(stream, loaded.revision, loaded.position, (cast,), repeated=True)


async def _record(
    call: Call[SheetForm],
    meeting: Loaded[Sitting],
    voter: Held,
    names: Names,
    cast: Callable[[BallotId, Choice], Awaitable[Outcome]],
) -> Outcome:
    """Line by line; the caller is told where the sitting closed meanwhile."""
    sitting = call.path_id("sitting_id")
    ballots = {one.appraisal_id: one.ballot_id for one in meeting.state.candidates}
    votes = {
        line.appraisal: await cast(ballots[line.appraisal], line.choice) for line in call.body.votes
    }
    if (await call.load(SITTING, sitting)).state.closed is not None:
        await _tell_late(call, voter, {ballots[one]: (names[one], v) for one, v in votes.items()})
    return Outcome(
        stream=f"sitting-{sitting}",
        revision=meeting.revision,
        position=max(vote.position for vote in votes.values()),
        events=tuple(event for vote in votes.values() for event in vote.events),
        repeated=all(vote.repeated for vote in votes.values()),
    )


async def _tell_late(
    work: Work, voter: Held, votes: Mapping[BallotId, tuple[str, Outcome]]
) -> None:
    """The sitting closed meanwhile: the order in the log decides, and the voter is told."""
    late = []
    for ballot, (name, vote) in votes.items():
        if not counts(await work.load(BALLOT, ballot), voter.pseudonym(ballot), vote.position):
            late.append(name)
    if late:
        raise PARTLY_LATE(candidates="; ".join(late))


# --- from paper -------------------------------------------------------------------------------


async def enter_paper(call: Call[PaperForm]) -> Outcome:
    """Enter the signed paper of a member without an account who is absent and asked in writing, with its scan (PDF,
    JPEG or PNG, at most 5 MiB): a line for every dossier the member may vote on.

    The record names who entered it and the scan's hash, under the member's pseudonym of each ballot.
    """
    loaded, opened = await _opened(call, call.path_id("sitting_id"))
    state, content = loaded.state, call.body.content
    voter = await _voter(call, opened)
    draft = _written(call, state, voter, opened.agenda[0], "abstain")
    await call.permit(VOTE, vote_id(draft.ballot_id, draft.pseudonym), draft)
    if state.settled is None:
        raise NOT_SETTLED()
    names = await model_names(call.read, state.candidates)
    lines = await _lines(call, state, voter, names)
    unsaid = {one: msgspec.structs.replace(line, cast=None) for one, line in lines.items()}
    check_sheet(call.body, unsaid, closed=False)
    candidates = {one.appraisal_id: one for one in state.candidates}
    commands = {
        candidates[line.appraisal].ballot_id: _written(
            call, state, voter, candidates[line.appraisal], line.choice
        )
        for line in call.body.votes
    }
    for ballot, command in commands.items():
        stands = await call.load(VOTE, vote_id(ballot, command.pseudonym))
        VOTE.decide(stands.state, command)
    media_type_of(content)
    # The scan is kept before the events that name its hash: a crash in between leaves a file nobody refers to.
    await call.files.put(content)

    async def enter(ballot: BallotId, _choice: Choice) -> Outcome:
        command = commands[ballot]
        return await call.execute(VOTE, vote_id(ballot, command.pseudonym), command)

    return await _record(call, loaded, voter, names, enter)


async def _voter(
    call: Call[PaperForm] | Call[CorrectWrittenVoteForm], opened: SittingOpened
) -> Held:
    """Whose paper it is, by seat. Raises RefusedError."""
    wanted = call.path_id("seat")
    for one in await held(call, opened.roll):
        if one.seat.seat == wanted and one.votes:
            return one
    raise NOT_ON_ROLL(seat=str(wanted))


def _written(
    call: Call[PaperForm], state: Sitting, voter: Held, candidate: Candidate, choice: Choice
) -> EnterWrittenVote:
    assert state.opened is not None
    return EnterWrittenVote(
        choice=choice,
        ballot_id=candidate.ballot_id,
        pseudonym=voter.pseudonym(candidate.ballot_id),
        paper=hash_of(call.body.content),
        entered_by=call.actor.subject,
        model=candidate.model,
        council_body=state.opened.council_body,
        appraising_unit=state.opened.appraising_unit,
        ballot_closed=state.closed is not None,
        attends=state.attends(voter.seat.seat),
        written_votes=state.opened.written_votes,
        has_account=voter.holder.account is not None,
        at=call.now,
    )


async def correct_written_vote(call: Call[CorrectWrittenVoteForm]) -> Outcome:
    """Put right what was entered wrongly from a paper, with the reason, before the sitting closes."""
    sitting, form = call.path_id("sitting_id"), call.body
    state = (await call.load(SITTING, sitting)).state
    if state.opened is None:
        raise NotFoundError("sitting")
    draft = CorrectWrittenVote(
        ballot_id=state.opened.agenda[0].ballot_id,
        pseudonym=state.opened.sitting_id,
        cast=None,
        choice=form.choice,
        reason=form.reason,
        at=call.now,
    )
    await call.permit(SITTING, sitting, draft)
    voter = await _voter(call, state.opened)
    ballots = {one.appraisal_id: one.ballot_id for one in state.candidates}
    if form.appraisal not in ballots:
        raise SHEET_FOREIGN(candidate=str(form.appraisal))
    ballot = ballots[form.appraisal]
    pseudonym = voter.pseudonym(ballot)
    vote = await call.load(VOTE, vote_id(ballot, pseudonym))
    cast = vote.state.cast
    command = msgspec.structs.replace(
        draft,
        ballot_id=ballot,
        pseudonym=pseudonym,
        cast=None if cast is None or cast.on_behalf is None else cast.choice,
    )
    cites = () if vote.event_id is None else (vote.event_id,)
    return await call.execute(SITTING, sitting, command, cites=cites)


async def get_paper(query: Query[NoParameters]) -> Download:
    """The scan of a member's signed paper once the sitting is closed: for the council's secretary and chair, and
    auditors.
    """
    state = (await query.load(SITTING, query.path_id("sitting_id"))).state
    opened = state.opened
    if (
        opened is None
        or state.closed is None
        or not await may_read_names(
            query,
            opened.agenda[0].model,
            body=opened.council_body,
            appraising_unit=opened.appraising_unit,
        )
    ):
        raise NotFoundError("paper")
    wanted = query.path_id("seat")
    for one in await held(query, opened.roll):
        for candidate in state.candidates if one.seat.seat == wanted else ():
            ballot = candidate.ballot_id
            cast = (await query.load(VOTE, vote_id(ballot, one.pseudonym(ballot)))).state.cast
            if cast is None or cast.on_behalf is None:
                continue
            content = await query.files.get(cast.on_behalf.paper)
            if content is not None:
                return Download(content=content, media_type=media_type_of(content))
    raise NotFoundError("paper")


_TAG: Final = "sittings"
_PAPER_BYTES_MAX: Final = BASE64_BYTES_MAX + CANDIDATES_MAX * 256
"""The scan, and the choices."""


def routes(api: Api) -> None:
    """Declare the routes of sheets."""
    seat = "/sittings/{sitting_id}/seats/{seat}"
    api.write("/sittings/{sitting_id}/sheets", SheetForm, hand_in_sheet, command=CastVote, tag=_TAG)
    api.write(
        f"{seat}/paper",
        PaperForm,
        enter_paper,
        command=EnterWrittenVote,
        tag=_TAG,
        body_bytes_max=_PAPER_BYTES_MAX,
    )
    api.write(
        f"{seat}/corrections",
        CorrectWrittenVoteForm,
        correct_written_vote,
        command=CorrectWrittenVote,
        tag=_TAG,
    )
    api.read(
        f"{seat}/paper",
        NoParameters,
        get_paper,
        answer=Download,
        tag=_TAG,
        roles=NAME_READERS,
    )
