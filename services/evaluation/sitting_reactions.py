"""What a sitting leads to by itself: its ballots open, close and are counted, and the advice follows.

Every step is a command of its own stream that is recognised when it is repeated; whatever crashes in
between, the reaction runs again and goes on.
"""

from typing import Final
from uuid import UUID

from sqlalchemy import func, select

from services.evaluation.domain.advice import BallotResult, NoQuorum
from services.evaluation.domain.ballot import (
    ALREADY_OPENED,
    BALLOT,
    Ballot,
    CloseBallot,
    TallyBallot,
)
from services.evaluation.domain.minutes import DraftMinutes
from services.evaluation.domain.places import CountedBallot
from services.evaluation.domain.sitting import SITTING, CountSitting, SettleAgenda
from services.evaluation.domain.sitting_state import Sitting
from services.evaluation.domain.tally import RecordedVote
from services.evaluation.domain.vote import VOTE, vote_id
from services.evaluation.minutes_facts import counted_dossiers
from services.evaluation.persons import Held, held
from services.evaluation.reactions import advise
from services.evaluation.readmodel import ballots
from services.evaluation.sitting_facts import Convened, Elector, convened, prepare, round_of
from shared.contracts.council import CouncilMember
from shared.contracts.evaluation import BallotClosed, BallotOpened, BallotTallied, QuorumMissed
from shared.contracts.sitting import (
    CandidateResult,
    Dropped,
    MinutesDrafted,
    MinutesSigned,
    SittingClosed,
    SittingCounted,
    SittingOpened,
)
from shared.contracts.values import AppraisalId, BallotId, SittingId
from shared.domain.refusal import RefusedError
from shared.host.service import Recorded, Work, when


async def on_sitting_opened(recorded: Recorded[SittingOpened], work: Work) -> None:
    """Open the ballots. A dossier on which none can be opened any more is dropped, with the refusal."""
    event = recorded.event
    if (await work.load(SITTING, event.sitting_id)).state.settled is not None:
        return
    meeting = await convened(work, event.sitting_id, event.council, event.question)
    seats = await held(work, event.roll)
    opened, dropped = list[BallotId](), list[Dropped]()
    for candidate in event.agenda:
        try:
            await _open(work, meeting, candidate.appraisal_id, candidate.ballot_id, seats)
        except RefusedError as error:
            reason, code = error.sentence("vi"), error.refusal.code
            dropped.append(Dropped(ballot_id=candidate.ballot_id, code=code, reason=reason))
        else:
            opened.append(candidate.ballot_id)
    command = SettleAgenda(ballots=tuple(opened), dropped=tuple(dropped), at=work.now)
    await work.execute(SITTING, event.sitting_id, command)


async def _open(
    work: Work,
    meeting: Convened,
    appraisal: AppraisalId,
    ballot: BallotId,
    seats: tuple[Held, ...],
) -> None:
    """A crash after this one leaves the ballots before it open: they are recognised, and the rest follows."""
    stands = (await work.load(BALLOT, ballot)).state.opened
    if stands is not None and stands.sitting == meeting.sitting_id:
        return
    electors = [
        Elector(
            member=CouncilMember(
                member_id=one.holder.member_id, person=one.seat.person, role=one.seat.role
            ),
            pseudonym=one.pseudonym(ballot),
        )
        for one in seats
        if one.votes
    ]
    ballot_round = await round_of(work, appraisal)
    one = await prepare(work, meeting, appraisal, ballot_round, electors)
    if one.decided or ballot_round.ballot_id != ballot:
        raise ALREADY_OPENED()
    await work.execute(BALLOT, ballot, one.command, cites=one.cites, rules=one.rules)


async def on_sitting_closed(recorded: Recorded[SittingClosed], work: Work) -> None:
    """Close the ballots, each with what the sitting's attendance says of its electorate."""
    sitting = (await work.load(SITTING, recorded.event.sitting_id)).state
    assert sitting.opened is not None
    assert sitting.attendance is not None
    seats = {one.seat.seat: one for one in await held(work, sitting.opened.roll)}

    def pseudonyms(attending: tuple[UUID, ...], ballot: BallotOpened) -> tuple[UUID, ...]:
        found = {seats[seat].pseudonym(ballot.ballot_id) for seat in attending if seat in seats}
        return tuple(one for one in ballot.electorate if one in found)

    for candidate in sitting.candidates:
        opened = (await work.load(BALLOT, candidate.ballot_id)).state.opened
        assert opened is not None
        command = CloseBallot(
            present=pseudonyms(sitting.attendance.present, opened),
            consulted=pseudonyms(sitting.attendance.consulted, opened),
            at=work.now,
        )
        await work.execute(BALLOT, candidate.ballot_id, command, cites=(recorded.id,))
    if not sitting.candidates:
        await _count(work, recorded.event.sitting_id, sitting)


async def on_ballot_closed(recorded: Recorded[BallotClosed], work: Work) -> None:
    """Tally. The close stands in the log already, so whatever crashes here, the count is the same: so do the
    corrections, which end with the sitting.
    """
    event = recorded.event
    ballot = (await work.load(BALLOT, event.ballot_id)).state
    assert ballot.opened is not None
    meeting = await work.load(SITTING, ballot.opened.sitting)
    votes, cites = list[RecordedVote](), list[UUID]()
    if meeting.state.corrections and meeting.event_id is not None:
        cites.append(meeting.event_id)
    for pseudonym in ballot.pseudonyms:
        loaded = await work.load(VOTE, vote_id(event.ballot_id, pseudonym))
        cast = loaded.state.cast
        if cast is not None:
            votes.append(
                RecordedVote(
                    pseudonym=pseudonym,
                    choice=meeting.state.corrected(event.ballot_id, pseudonym, cast.choice),
                    position=loaded.position,
                    on_paper=cast.on_behalf is not None,
                )
            )
        if loaded.event_id is not None:
            cites.append(loaded.event_id)
    command = TallyBallot(votes=tuple(votes), cut_off=recorded.stored.position, at=work.now)
    await work.execute(BALLOT, event.ballot_id, command, cites=cites)


async def on_counted(
    recorded: Recorded[BallotTallied] | Recorded[QuorumMissed], work: Work
) -> None:
    """When it was the last ballot of its sitting, put the results together.

    The rows have taken this event before, so that of ballots counted side by side the last one sees all.
    """
    opened = (await work.load(BALLOT, recorded.event.ballot_id)).state.opened
    assert opened is not None
    uncounted = (
        select(func.count())
        .select_from(ballots)
        .where(ballots.c.sitting == str(opened.sitting), ballots.c.status.in_(("open", "closed")))
    )
    if not await work.read.scalar(uncounted):
        await _count(work, opened.sitting, (await work.load(SITTING, opened.sitting)).state)


async def _count(work: Work, sitting: SittingId, state: Sitting) -> None:
    counted, cites = list[CountedBallot](), list[UUID]()
    for candidate in state.candidates:
        loaded = await work.load(BALLOT, candidate.ballot_id)
        if loaded.state.counted is None:
            return
        counted.append(await _counted(work, state, loaded.state))
        if loaded.event_id is not None:
            cites.append(loaded.event_id)
    command = CountSitting(ballots=tuple(counted), at=work.now)
    await work.execute(SITTING, sitting, command, cites=cites)


async def _counted(work: Work, sitting: Sitting, ballot: Ballot) -> CountedBallot:
    opened, missed, tallied = ballot.opened, ballot.quorum_missed, ballot.tallied
    assert opened is not None
    if missed is not None:
        approve, base = missed.voted, missed.eligible
    else:
        assert tallied is not None
        governing = next(line for line in tallied.lines if line.governs)
        approve, base = governing.approve, governing.base
    chair = None
    if opened.chair is not None and opened.chair in (ballot.counted or ()):
        cast = (await work.load(VOTE, vote_id(opened.ballot_id, opened.chair))).state.cast
        assert cast is not None
        chair = sitting.corrected(opened.ballot_id, opened.chair, cast.choice)
    return CountedBallot(
        ballot_id=opened.ballot_id,
        appraisal_id=opened.appraisal_id,
        quorum_missed=missed is not None,
        approve=approve,
        base=base,
        adopted=tallied is not None and tallied.adopted,
        repeatable=ballot.repeatable,
        rounds_left=opened.round <= opened.repeats_max,
        tie_rule=opened.tie_rule,
        chair_approves=chair == "approve",
    )


async def on_sitting_counted(recorded: Recorded[SittingCounted], work: Work) -> None:
    """Draft the minutes where the rules ask for signatures, else issue the advice."""
    event = recorded.event
    state = (await work.load(SITTING, event.sitting_id)).state
    if not state.awaits_minutes:
        await _advise(work, state, (recorded.id,))
        return
    ballots, cites = await counted_dossiers(work, state)
    command = DraftMinutes(ballots=ballots, at=work.now)
    await work.execute(SITTING, event.sitting_id, command, cites=cites)


async def on_minutes(
    recorded: Recorded[MinutesDrafted] | Recorded[MinutesSigned], work: Work
) -> None:
    """With the last signature that is needed, issue the advice."""
    state = (await work.load(SITTING, recorded.event.sitting_id)).state
    if state.minutes_signed:
        await _advise(work, state, (recorded.id,))


async def _advise(work: Work, state: Sitting, cites: tuple[UUID, ...]) -> None:
    """On every dossier that is decided; on the others the council may vote again."""
    assert state.opened is not None
    assert state.counted is not None
    for result in state.counted.results:
        if not result.repeatable:
            ballot = (await work.load(BALLOT, result.ballot_id)).state
            of_ballot = _result(ballot, result, state.opened.places)
            await advise(
                work,
                result.appraisal_id,
                of_ballot,
                cites,
                minutes_unsigned=state.awaits_minutes,
            )


def _result(ballot: Ballot, result: CandidateResult, places: int | None) -> BallotResult | NoQuorum:
    """What the advice says of the ballot."""
    opened, missed = ballot.opened, ballot.quorum_missed
    assert opened is not None
    if missed is not None:
        return NoQuorum(
            ballot_id=opened.ballot_id,
            voted=missed.voted,
            eligible=missed.eligible,
            quorum=missed.quorum,
            round=opened.round,
        )
    tied = ballot.tallied is not None and ballot.tallied.tied
    return BallotResult(
        ballot_id=opened.ballot_id,
        approve=result.approve,
        base=result.base,
        threshold=opened.threshold,
        adopted=result.outcome == "adopted",
        tie=opened.tie_rule if tied else None,
        places=places,
        outcome=result.outcome,
    )


REACTIONS: Final = (
    when(SittingOpened, on_sitting_opened),
    when(SittingClosed, on_sitting_closed),
    when(BallotClosed, on_ballot_closed),
    when(BallotTallied, on_counted),
    when(QuorumMissed, on_counted),
    when(SittingCounted, on_sitting_counted),
    when(MinutesDrafted, on_minutes),
    when(MinutesSigned, on_minutes),
)
