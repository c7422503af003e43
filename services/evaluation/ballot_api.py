"""Ballots over HTTP: voting on one dossier, declaring a tie. They open and close with their sitting."""

from uuid import UUID

from msgspec.structs import asdict

from services.evaluation import ballot_queries as queries
from services.evaluation.domain.appraisal import APPRAISAL
from services.evaluation.domain.ballot import BALLOT, Ballot
from services.evaluation.domain.conflict import (
    NOT_A_MEMBER,
    RECUSED,
    DeclareConflict,
    DeclareConflictForm,
)
from services.evaluation.domain.council import COUNCIL
from services.evaluation.domain.sitting import SITTING
from services.evaluation.domain.vote import (
    CAME_TOO_LATE,
    NOT_A_VOTER,
    VOTE,
    CastVote,
    CastVoteForm,
    vote_id,
)
from services.evaluation.persons import held, person, seat_of
from services.evaluation.sitting_facts import round_of
from shared.contracts.values import AppraisalId, BallotId
from shared.host.service import Api, Call, Loaded, NotFoundError, Outcome, Page


async def cast_vote(call: Call[CastVoteForm]) -> Outcome:
    """Cast your vote, once. It is recorded under your pseudonym of this ballot."""
    ballot = BallotId(call.path_id("ballot_id"))
    before = (await call.load(BALLOT, ballot)).state
    if before.opened is None:
        raise NotFoundError("ballot")
    sitting = (await call.load(SITTING, before.opened.sitting)).state
    assert sitting.opened is not None
    own = seat_of(await held(call, sitting.opened.roll), call.actor.subject)
    if own is None or not own.votes:
        raise NOT_A_VOTER()
    for tie in before.recused:
        if tie.member_id == own.holder.member_id:
            raise RECUSED(reason=tie.reason)
    pseudonym = own.pseudonym(ballot)
    command = CastVote(
        **asdict(call.body),
        ballot_id=ballot,
        pseudonym=pseudonym,
        ballot_closed=before.closed is not None or sitting.closed is not None,
        attends=sitting.attends(own.seat.seat),
        written_votes=sitting.opened.written_votes,
        at=call.now,
    )
    outcome = await call.execute(VOTE, vote_id(ballot, pseudonym), command, pseudonym=pseudonym)
    # The ballot may have closed between reading it and recording the vote: the order in the log
    # decides, and the voter is told.
    if not counts(await call.load(BALLOT, ballot), pseudonym, outcome.position):
        raise CAME_TOO_LATE()
    return outcome


async def declare_conflict(call: Call[DeclareConflictForm]) -> Outcome:
    """Declare your own tie to a model before your council's ballot on it opens: you do not vote on it."""
    appraisal = AppraisalId(call.path_id("appraisal_id"))
    council = (await call.load(COUNCIL, call.body.council)).state
    if (await call.load(APPRAISAL, appraisal)).state.opened is None:
        raise NotFoundError("appraisal")
    for member in council.members:
        found = await person(call, member.person)
        if found is not None and found.account == call.actor.subject:
            break
    else:
        raise NOT_A_MEMBER()
    command = DeclareConflict(
        **asdict(call.body),
        member_id=member.member_id,
        ballot_stands=(await round_of(call, appraisal)).stands,
        at=call.now,
    )
    return await call.execute(APPRAISAL, appraisal, command)


def counts(ballot: Loaded[Ballot], pseudonym: UUID, position: int) -> bool:
    """Whether a vote recorded at a position of the log counts, as far as is known yet."""
    if ballot.state.closed is None:
        return True
    if ballot.state.counted is not None:
        return pseudonym in ballot.state.counted
    return position < ballot.position  # nothing but its tally follows a close


def routes(api: Api) -> None:
    """Declare the routes of ballots."""
    tag, one = "ballots", "/ballots/{ballot_id}"
    api.write(f"{one}/votes", CastVoteForm, cast_vote, command=CastVote, tag=tag)
    api.write(
        "/appraisals/{appraisal_id}/conflicts",
        DeclareConflictForm,
        declare_conflict,
        command=DeclareConflict,
        tag="appraisals",
    )
    api.read(
        "/ballots",
        queries.ListBallots,
        queries.list_ballots,
        answer=Page[queries.BallotRow],
        tag=tag,
        public=True,
    )
    api.read(
        one,
        queries.NoParameters,
        queries.get_ballot,
        answer=queries.BallotView,
        tag=tag,
        public=True,
    )
    api.read(
        f"{one}/electorate",
        queries.NoParameters,
        queries.get_electorate,
        answer=queries.ElectorateView,
        tag=tag,
        roles=queries.NAME_READERS,
    )
