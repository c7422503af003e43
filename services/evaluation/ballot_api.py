"""Ballots over HTTP: opening, attendance, voting, closing."""

from typing import TypeVar
from uuid import UUID

from msgspec.structs import asdict

from services.evaluation import ballot_queries as queries
from services.evaluation import facts
from services.evaluation.conflict_facts import Dossier, ballot_stands, ties_of
from services.evaluation.domain.appraisal import APPRAISAL
from services.evaluation.domain.ballot import (
    BALLOT,
    Ballot,
    CloseBallot,
    CloseBallotForm,
    CouncilFacts,
    FormerBallot,
    OpenBallot,
    OpenBallotForm,
    Opening,
    RecordAttendance,
    RecordAttendanceForm,
    RepeatBallot,
    RepeatBallotForm,
)
from services.evaluation.domain.conflict import (
    NOT_A_MEMBER,
    RECUSED,
    DeclareConflict,
    DeclareConflictForm,
)
from services.evaluation.domain.council import COUNCIL
from services.evaluation.domain.vote import (
    CAME_TOO_LATE,
    NOT_A_VOTER,
    VOTE,
    CastVote,
    CastVoteForm,
    vote_id,
)
from services.evaluation.persons import chair_among, freeze_electorate, person, pseudonym_of
from services.evaluation.successors import standing_for
from shared.contracts.values import AppraisalId, BallotId, CouncilId
from shared.domain.decider import Request
from shared.domain.time import legal_date
from shared.host.service import Api, Call, Loaded, NotFoundError, Outcome, Page

F = TypeVar("F", bound=Request)


async def open_ballot(call: Call[OpenBallotForm]) -> Outcome:
    """Open the ballot on an appraisal whose posting is closed. The council's voting members become its
    electorate, each under a fresh pseudonym.
    """
    ballot = facts.ballot_id(call.body.appraisal, 1)
    opening, cites, rules = await _opening(call, ballot, call.body.appraisal, call.body.council)
    command = OpenBallot(**asdict(call.body), ballot_id=ballot, opening=opening, at=call.now)
    return await call.execute(BALLOT, ballot, command, cites=cites, rules=rules)


async def repeat_ballot(call: Call[RepeatBallotForm]) -> Outcome:
    """Vote again after a ballot that missed its quorum, or tied where the rules repeat a tie. The answer
    names the new ballot.
    """
    former = await call.load(BALLOT, call.path_id("ballot_id"))
    opened = former.state.opened
    if opened is None:
        raise NotFoundError("ballot")
    ballot = facts.ballot_id(opened.appraisal_id, opened.round + 1)
    opening, cites, rules = await _opening(call, ballot, opened.appraisal_id, call.body.council)
    command = RepeatBallot(
        **asdict(call.body),
        ballot_id=ballot,
        opening=opening,
        former=FormerBallot(
            ballot_id=opened.ballot_id,
            round=opened.round,
            undecided=former.state.undecided,
            repeatable=former.state.repeatable,
        ),
        at=call.now,
    )
    cited = () if former.event_id is None else (former.event_id,)
    return await call.execute(BALLOT, ballot, command, cites=(*cited, *cites), rules=rules)


async def _opening(
    call: Call[F], ballot: BallotId, appraisal: AppraisalId, council: CouncilId
) -> tuple[Opening, tuple[UUID, ...], str]:
    dossier = await call.load(APPRAISAL, appraisal)
    formed = await call.load(COUNCIL, council)
    if dossier.state.opened is None:
        raise NotFoundError("appraisal")
    if formed.state.formed is None:
        raise NotFoundError("council")
    opened = dossier.state.opened
    settings, cited = await facts.rules_of(call, opened.rule_set, opened.rule_set_version)
    duties = {
        "deciding_body": opened.deciding_body,
        "appraising_unit": opened.appraising_unit,
        "body": formed.state.formed.body,
        "committee": opened.committee,
        "holder": opened.holder,
    }
    standing, ends = await standing_for(call.read, duties, opened.model, legal_date(call.now))
    about, rules = facts.ballot_facts(dossier.state, opened, settings, standing)
    # Nothing is kept for an electorate that cannot come about: one exists, or it is too early.
    exists = (await call.load(BALLOT, ballot)).revision >= 0
    sitting = () if exists or not about.ready else formed.state.voting_members
    ties, tied = await ties_of(
        call.read,
        call,
        Dossier(state=dossier.state, opened=opened, standing=standing),
        (council, sitting),
        legal_date(call.now),
    )
    recused = {tie.member_id for tie in ties}
    members = tuple(member for member in sitting if member.member_id not in recused)
    electorate = await freeze_electorate(call, ballot, members)
    opening = Opening(
        about=about,
        council=CouncilFacts(
            body=standing["body"],
            roles=formed.state.roles,
            in_term=formed.state.in_term(legal_date(call.now)),
        ),
        electorate=electorate,
        rules=rules,
        chair=await chair_among(call, electorate, members),
        ties=ties,
    )
    events = (dossier.event_id, formed.event_id, *cited, *ends, *tied)
    cites = tuple(event for event in events if event is not None)
    return opening, cites, facts.rule_set_name(opened)


async def record_attendance(call: Call[RecordAttendanceForm]) -> Outcome:
    """Record by pseudonym who is present and which absent members were asked in writing."""
    command = RecordAttendance(**asdict(call.body), at=call.now)
    return await call.execute(BALLOT, call.path_id("ballot_id"), command)


async def close_ballot(call: Call[CloseBallotForm]) -> Outcome:
    """Close the ballot. Votes recorded before this moment count; the tally follows by itself."""
    return await call.execute(BALLOT, call.path_id("ballot_id"), CloseBallot(at=call.now))


async def cast_vote(call: Call[CastVoteForm]) -> Outcome:
    """Cast your vote, once. It is recorded under your pseudonym of this ballot."""
    ballot = BallotId(call.path_id("ballot_id"))
    before = (await call.load(BALLOT, ballot)).state
    if before.opened is None:
        raise NotFoundError("ballot")
    pseudonym = await pseudonym_of(call, before.opened.electorate, call.actor.subject)
    if pseudonym is None:
        await _refuse_recused(call, before)
        raise NOT_A_VOTER()
    command = CastVote(
        **asdict(call.body),
        ballot_id=ballot,
        pseudonym=pseudonym,
        ballot_closed=before.closed is not None,
        at=call.now,
    )
    outcome = await call.execute(VOTE, vote_id(ballot, pseudonym), command, pseudonym=pseudonym)
    # The ballot may have closed between reading it and recording the vote: the order in the log
    # decides, and the voter is told.
    if not _counts(await call.load(BALLOT, ballot), pseudonym, outcome.position):
        raise CAME_TOO_LATE()
    return outcome


async def _refuse_recused(call: Call[CastVoteForm], ballot: Ballot) -> None:
    """Tell a recused member why there is no vote. Raises RefusedError."""
    for recused in ballot.recused:
        council = (await call.load(COUNCIL, recused.council)).state
        for member in council.members:
            found = await person(call, member.person)
            if found is None or member.member_id != recused.member_id:
                continue
            if found.account == call.actor.subject:
                raise RECUSED(reason=recused.reason)


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
        ballot_stands=await ballot_stands(call, appraisal),
        at=call.now,
    )
    return await call.execute(APPRAISAL, appraisal, command)


def _counts(ballot: Loaded[Ballot], pseudonym: UUID, position: int) -> bool:
    if ballot.state.closed is None:
        return True
    if ballot.state.counted is not None:
        return pseudonym in ballot.state.counted
    return position < ballot.position  # nothing but its tally follows a close


def routes(api: Api) -> None:
    """Declare the routes of ballots."""
    tag, one = "ballots", "/ballots/{ballot_id}"
    api.write("/ballots", OpenBallotForm, open_ballot, command=OpenBallot, tag=tag, creates=True)
    api.write(f"{one}/repeat", RepeatBallotForm, repeat_ballot, command=RepeatBallot, tag=tag)
    api.write(
        f"{one}/attendance",
        RecordAttendanceForm,
        record_attendance,
        command=RecordAttendance,
        tag=tag,
    )
    api.write(f"{one}/closure", CloseBallotForm, close_ballot, command=CloseBallot, tag=tag)
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
