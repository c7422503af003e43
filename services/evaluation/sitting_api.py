"""Sittings over HTTP: opened for several dossiers, attendance once, one sheet a member, closed once."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

import msgspec
from msgspec.structs import asdict

from services.evaluation import sitting_queries as queries
from services.evaluation.ballot_api import counts
from services.evaluation.ballot_queries import NAME_READERS, NoParameters
from services.evaluation.domain.ballot import ALREADY_OPENED, BALLOT, Ballot
from services.evaluation.domain.sheet import PARTLY_LATE, Line, SheetForm, check_sheet
from services.evaluation.domain.sitting import (
    NOT_SETTLED,
    SITTING,
    VOTED_UNATTENDED,
    CloseSitting,
    CloseSittingForm,
    Convening,
    OpenSitting,
    OpenSittingForm,
    RecordAttendance,
    RecordAttendanceForm,
    Sitting,
    unattended,
)
from services.evaluation.domain.vote import NOT_A_VOTER, VOTE, CastVote, vote_id
from services.evaluation.persons import Held, freeze_roll, held, seat_of
from services.evaluation.sitting_facts import (
    Convened,
    Elector,
    Prepared,
    convened,
    model_names,
    prepare,
    round_of,
)
from shared.contracts.evaluation import Choice
from shared.contracts.values import AppraisalId, BallotId, SittingId
from shared.domain.refusal import RefusedError
from shared.host.service import Api, Call, NotFoundError, Outcome, Page

# --- opening ----------------------------------------------------------------------------------


async def open_sitting(call: Call[OpenSittingForm]) -> Outcome:
    """Open a sitting of a council on one or several dossiers; their ballots open by themselves.

    A dossier without a decision, for want of a quorum or by a tie that the rules repeat, comes into its next
    round. Every dossier is checked before anything is written.
    """
    form, sitting = call.body, SittingId(call.new_id)
    begun = await call.load(SITTING, sitting)
    meeting = await convened(call, sitting, form.council, form.question)
    if begun.revision >= 0:  # sent again: the record says what it was opened with
        return await call.execute(SITTING, sitting, _opening(call, sitting, meeting, ()))
    prepared = [await _prepared(call, meeting, one) for one in dict.fromkeys(form.appraisals)]
    command = _opening(call, sitting, meeting, prepared)
    await call.permit(SITTING, sitting, command)
    await _refuse_unfit(call, prepared)
    SITTING.decide(begun.state, command)
    # Nothing is kept for a roll that cannot come about.
    roll = await freeze_roll(call, sitting, meeting.state.sitting_members)
    convening = msgspec.structs.replace(command.convening, roll=roll)
    # What each ballot rests on is cited where it opens; here it would not fit.
    events = (meeting.event_id, *(one.dossier_event for one in prepared))
    return await call.execute(
        SITTING,
        sitting,
        msgspec.structs.replace(command, convening=convening),
        cites=tuple(event for event in events if event is not None),
        rules=prepared[0].rules,
    )


async def _prepared(
    call: Call[OpenSittingForm], meeting: Convened, appraisal: AppraisalId
) -> Prepared:
    ballot_round = await round_of(call, appraisal)
    # Who votes under which pseudonym is settled later; how many do, and who is recused, is asked now.
    electors = [Elector(member=m, pseudonym=m.member_id) for m in meeting.state.voting_members]
    return await prepare(call, meeting, appraisal, ballot_round, electors)


def _opening(
    call: Call[OpenSittingForm],
    sitting: SittingId,
    meeting: Convened,
    prepared: Sequence[Prepared],
) -> OpenSitting:
    assert meeting.state.formed is not None
    bodies = [one.command.opening.council.body for one in prepared]
    return OpenSitting(
        **asdict(call.body),
        sitting_id=sitting,
        convening=Convening(
            council_body=bodies[0] if bodies else meeting.state.formed.body,
            candidates=tuple(one.candidate for one in prepared),
            agendas=tuple(one.agenda for one in prepared),
        ),
        at=call.now,
    )


async def _refuse_unfit(call: Call[OpenSittingForm], prepared: Sequence[Prepared]) -> None:
    """Ask each ballot's own rules whether it can be opened. Raises RefusedError, which names the dossier where
    there are several.
    """
    for one in prepared:
        try:
            if one.decided:
                raise ALREADY_OPENED()
            BALLOT.decide(Ballot(), one.command)
        except RefusedError as error:
            if len(prepared) == 1:
                raise
            names = await model_names(call.read, [one.candidate])
            raise _about(error, names[one.candidate.appraisal_id]) from error


def _about(error: RefusedError, candidate: str) -> RefusedError:
    named = replace(
        error.refusal,
        vi=f"Hồ sơ «{{candidate}}»: {error.refusal.vi}",
        en=f"The dossier “{{candidate}}”: {error.refusal.en}",
    )
    return RefusedError(named, {**error.values, "candidate": candidate})


# --- attendance, close ------------------------------------------------------------------------


async def record_attendance(call: Call[RecordAttendanceForm]) -> Outcome:
    """Record by seat who is present and which absent members are asked in writing, once for all ballots."""
    command = RecordAttendance(**asdict(call.body), at=call.now)
    return await call.execute(SITTING, call.path_id("sitting_id"), command)


async def close_sitting(call: Call[CloseSittingForm]) -> Outcome:
    """Close the sitting. Its ballots close and are counted by themselves."""
    sitting = call.path_id("sitting_id")
    state = (await call.load(SITTING, sitting)).state
    seats = () if state.opened is None else await held(call, state.opened.roll)
    voted = await _voted(call, state, seats) if state.closed is None else ()
    command = CloseSitting(voted=voted, at=call.now)
    try:
        return await call.execute(SITTING, sitting, command)
    except RefusedError as error:
        if error.refusal != VOTED_UNATTENDED:
            raise
        # The record knows seats; the secretary is told names.
        missing = unattended(state, voted)
        names = [one.holder.name for one in seats if one.seat.seat in missing]
        raise VOTED_UNATTENDED(names=", ".join(names)) from error


async def _voted(
    call: Call[CloseSittingForm], state: Sitting, seats: Sequence[Held]
) -> tuple[UUID, ...]:
    """The seats of those who voted on any of the dossiers."""
    voted: list[UUID] = []
    for one in seats:
        for candidate in state.candidates:
            ballot = candidate.ballot_id
            if (await call.load(VOTE, vote_id(ballot, one.pseudonym(ballot)))).revision >= 0:
                voted.append(one.seat.seat)
                break
    return tuple(voted)


# --- sheets -----------------------------------------------------------------------------------


async def hand_in_sheet(call: Call[SheetForm]) -> Outcome:
    """Vote on every dossier of the sitting at once, under your pseudonym of each ballot.

    The sheet is checked whole before anything is written; sending it again changes nothing.
    """
    sitting = call.path_id("sitting_id")
    loaded = await call.load(SITTING, sitting)
    state = loaded.state
    if state.opened is None:
        raise NotFoundError("sitting")
    own = seat_of(await held(call, state.opened.roll), call.actor.subject)
    if own is None or not own.votes:
        raise NOT_A_VOTER()
    if state.settled is None:
        raise NOT_SETTLED()
    names = await model_names(call.read, state.candidates)
    check_sheet(call.body, await _lines(call, state, own, names), closed=state.closed is not None)
    ballots = {one.appraisal_id: one.ballot_id for one in state.candidates}
    votes = {
        line.appraisal: await _cast(call, ballots[line.appraisal], own, line.choice)
        for line in call.body.votes
    }
    if (await call.load(SITTING, sitting)).state.closed is not None:
        await _tell_late(call, own, {ballots[one]: (names[one], v) for one, v in votes.items()})
    return Outcome(
        stream=f"sitting-{sitting}",
        revision=loaded.revision,
        position=max(vote.position for vote in votes.values()),
        events=tuple(event for vote in votes.values() for event in vote.events),
        repeated=all(vote.repeated for vote in votes.values()),
    )


async def _lines(
    call: Call[SheetForm], state: Sitting, own: Held, names: Mapping[AppraisalId, str]
) -> dict[AppraisalId, Line]:
    """What is known of each dossier for this voter."""
    lines: dict[AppraisalId, Line] = {}
    for one in state.candidates:
        ballot = (await call.load(BALLOT, one.ballot_id)).state
        pseudonym = own.pseudonym(one.ballot_id)
        cast = (await call.load(VOTE, vote_id(one.ballot_id, pseudonym))).state.cast
        recused = (r.reason for r in ballot.recused if r.member_id == own.holder.member_id)
        lines[one.appraisal_id] = Line(
            name=names[one.appraisal_id],
            recused=next(recused, None),
            cast=None if cast is None else cast.choice,
        )
    return lines


async def _cast(call: Call[SheetForm], ballot: BallotId, own: Held, choice: Choice) -> Outcome:
    """One line. A crash after it leaves the lines before: the sheet sent again goes on where it stopped."""
    pseudonym = own.pseudonym(ballot)
    command = CastVote(
        choice=choice, ballot_id=ballot, pseudonym=pseudonym, ballot_closed=False, at=call.now
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


async def _tell_late(
    call: Call[SheetForm], own: Held, votes: Mapping[BallotId, tuple[str, Outcome]]
) -> None:
    """The sitting closed meanwhile: the order in the log decides, and the voter is told."""
    late = []
    for ballot, (name, vote) in votes.items():
        if not counts(await call.load(BALLOT, ballot), own.pseudonym(ballot), vote.position):
            late.append(name)
    if late:
        raise PARTLY_LATE(candidates="; ".join(late))


_TAG: Final = "sittings"


def routes(api: Api) -> None:
    """Declare the routes of sittings."""
    one = "/sittings/{sitting_id}"
    api.write(
        "/sittings", OpenSittingForm, open_sitting, command=OpenSitting, tag=_TAG, creates=True
    )
    api.write(
        f"{one}/attendance",
        RecordAttendanceForm,
        record_attendance,
        command=RecordAttendance,
        tag=_TAG,
    )
    api.write(f"{one}/sheets", SheetForm, hand_in_sheet, command=CastVote, tag=_TAG)
    api.write(f"{one}/closure", CloseSittingForm, close_sitting, command=CloseSitting, tag=_TAG)
    api.read(
        "/sittings",
        queries.ListSittings,
        queries.list_sittings,
        answer=Page[queries.SittingRow],
        tag=_TAG,
        public=True,
    )
    api.read(
        one,
        NoParameters,
        queries.get_sitting,
        answer=queries.SittingView,
        tag=_TAG,
        public=True,
    )
    api.read(
        f"{one}/roll",
        NoParameters,
        queries.get_roll,
        answer=queries.RollView,
        tag=_TAG,
        roles=NAME_READERS,
    )
