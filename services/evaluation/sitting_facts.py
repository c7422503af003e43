"""What a sitting and its ballots rest on: which round a dossier is in, who votes on it, who is recused."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.evaluation import facts
from services.evaluation.conflict_facts import Dossier, joint_holders_of, ties_of
from services.evaluation.domain.appraisal import APPRAISAL
from services.evaluation.domain.appraisal_state import Appraisal
from services.evaluation.domain.ballot import (
    BALLOT,
    CouncilFacts,
    FormerBallot,
    OpenBallot,
    Opening,
    RepeatBallot,
)
from services.evaluation.domain.council import COUNCIL, Council
from services.evaluation.domain.sitting import SITTING, Agenda
from services.evaluation.persons import Revealing
from services.evaluation.readmodel import models
from services.evaluation.successors import standing_for
from shared.contracts.appraisal import AppraisalOpened
from shared.contracts.council import CouncilMember
from shared.contracts.sitting import Candidate
from shared.contracts.values import (
    AppraisalId,
    BallotId,
    CouncilId,
    Line,
    OrganizationId,
    SittingId,
)
from shared.domain.time import legal_date
from shared.host.service import Loaded, NotFoundError


class Source(facts.Loading, Revealing, Protocol):
    """Calls and reactions can both do it."""

    @property
    def now(self) -> datetime:
        """The present instant."""
        ...

    @property
    def read(self) -> AsyncConnection:
        """The read model."""
        ...


class Round(msgspec.Struct, frozen=True, kw_only=True):
    """The ballot a dossier comes to next. `former` is the one that is repeated; `places_left` where that was
    tied for the last places.
    """

    ballot_id: BallotId
    number: int
    former: FormerBallot | None = None
    former_event: UUID | None = None
    places_left: int | None = None

    @property
    def stands(self) -> bool:
        """A ballot is open or has decided: nothing is left to vote on."""
        return self.former is not None and not (self.former.undecided and self.former.repeatable)


async def round_of(source: facts.Loading, appraisal: AppraisalId) -> Round:
    """Where a dossier stands between its rounds; a rule set allows ten repetitions at most."""
    number, last = 1, None
    while True:
        ballot = facts.ballot_id(appraisal, number)
        loaded = await source.load(BALLOT, ballot)
        if loaded.state.opened is None:
            break
        last, number = loaded, number + 1
    if last is None or last.state.opened is None:
        return Round(ballot_id=ballot, number=1)
    opened, state = last.state.opened, last.state
    undecided, repeatable, places_left = state.undecided, state.repeatable, None
    sitting = (await source.load(SITTING, opened.sitting)).state
    if sitting.opened is not None and sitting.counted is not None and sitting.opened.places:
        results = sitting.counted.results
        own = next((one for one in results if one.ballot_id == opened.ballot_id), None)
        if own is not None and own.outcome == "tied_for_place":
            taken = sum(one.outcome == "adopted" for one in results)
            undecided, repeatable = True, own.repeatable
            places_left = sitting.opened.places - taken
    return Round(
        ballot_id=ballot,
        number=number,
        former=FormerBallot(
            ballot_id=opened.ballot_id,
            round=opened.round,
            undecided=undecided,
            repeatable=repeatable,
        ),
        former_event=last.event_id,
        places_left=places_left,
    )


class Elector(msgspec.Struct, frozen=True, kw_only=True):
    """A member of the council that votes, and its pseudonym in one ballot."""

    member: CouncilMember
    pseudonym: UUID


class Convened(msgspec.Struct, frozen=True, kw_only=True):
    """The sitting a ballot is opened in: the council, its roles as they are, and the question."""

    sitting_id: SittingId
    council: CouncilId
    state: Council
    event_id: UUID | None
    question: Line


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """The command that opens a ballot, the events it rests on and its rule set, and what the dossier has in
    common with others of its sitting.
    """

    command: OpenBallot | RepeatBallot
    cites: tuple[UUID, ...]
    dossier_event: UUID | None
    rules: str
    candidate: Candidate
    agenda: Agenda
    decided: bool
    """A former ballot is open, or decided: there is nothing to vote on."""


async def convened(
    source: facts.Loading, sitting: SittingId, council: CouncilId, question: Line
) -> Convened:
    """The council that meets. Raises NotFoundError."""
    loaded: Loaded[Council] = await source.load(COUNCIL, council)
    if loaded.state.formed is None:
        raise NotFoundError("council")
    return Convened(
        sitting_id=sitting,
        council=council,
        state=loaded.state,
        event_id=loaded.event_id,
        question=question,
    )


async def prepare(
    source: Source,
    meeting: Convened,
    appraisal: AppraisalId,
    ballot_round: Round,
    electors: Sequence[Elector],
) -> Prepared:
    """How the ballot on a dossier is opened. Raises NotFoundError."""
    dossier, formed = await source.load(APPRAISAL, appraisal), meeting.state.formed
    if dossier.state.opened is None:
        raise NotFoundError("appraisal")
    assert formed is not None
    opened, today = dossier.state.opened, legal_date(source.now)
    settings, cited = await facts.rules_of(source, opened.rule_set, opened.rule_set_version)
    judged, ends = await _judged(source, dossier.state, opened, formed.body)
    standing = judged.standing
    about, rules = facts.ballot_facts(dossier.state, opened, settings, standing)
    ties, tied = await ties_of(
        source.read,
        source,
        judged,
        (meeting.council, tuple(one.member for one in electors)),
        today,
    )
    recused = {tie.member_id for tie in ties}
    voting = [one for one in electors if one.member.member_id not in recused]
    opening = Opening(
        about=about,
        council=CouncilFacts(
            body=standing["body"], roles=meeting.state.roles, in_term=meeting.state.in_term(today)
        ),
        electorate=tuple(sorted(one.pseudonym for one in voting)),
        rules=rules,
        chair=next((one.pseudonym for one in voting if one.member.role == "chair"), None),
        ties=ties,
    )
    events = (
        dossier.event_id,
        meeting.event_id,
        ballot_round.former_event,
        *cited,
        *ends,
        *tied,
    )
    return Prepared(
        command=_command(source, meeting, ballot_round, opening),
        cites=tuple(event for event in events if event is not None),
        dossier_event=dossier.event_id,
        rules=facts.rule_set_name(opened),
        candidate=_candidate(opened, ballot_round),
        agenda=Agenda(
            deciding_body=about.deciding_body,
            appraising_unit=about.appraising_unit,
            rule_set=opened.rule_set,
            rule_set_version=opened.rule_set_version,
            written_votes=settings.written_votes.value,
            minutes=settings.minutes.value,
            places_left=ballot_round.places_left,
        ),
        decided=ballot_round.former is not None and not ballot_round.former.undecided,
    )


async def _judged(
    source: Source, state: Appraisal, opened: AppraisalOpened, body: OrganizationId
) -> tuple[Dossier, tuple[UUID, ...]]:
    """The dossier with who holds its duties today, that of the council's `body` too, and the events of the
    successions.
    """
    today = legal_date(source.now)
    duties = {
        "deciding_body": opened.deciding_body,
        "appraising_unit": opened.appraising_unit,
        "body": body,
        "committee": opened.committee,
        "holder": opened.holder,
    }
    standing, ends = await standing_for(source.read, duties, opened.model, today)
    joint, more = await joint_holders_of(source.read, opened, today)
    dossier = Dossier(state=state, opened=opened, standing=standing, joint=joint)
    return dossier, (*ends, *more)


def _candidate(opened: AppraisalOpened, ballot_round: Round) -> Candidate:
    former = ballot_round.former
    return Candidate(
        appraisal_id=opened.appraisal_id,
        model=opened.model,
        ballot_id=ballot_round.ballot_id,
        round=ballot_round.number,
        former=None if former is None else former.ballot_id,
    )


def _command(
    source: Source, meeting: Convened, ballot_round: Round, opening: Opening
) -> OpenBallot | RepeatBallot:
    if ballot_round.former is None:
        return OpenBallot(
            sitting=meeting.sitting_id,
            council=meeting.council,
            question=meeting.question,
            ballot_id=ballot_round.ballot_id,
            opening=opening,
            at=source.now,
        )
    return RepeatBallot(
        sitting=meeting.sitting_id,
        council=meeting.council,
        question=meeting.question,
        ballot_id=ballot_round.ballot_id,
        opening=opening,
        former=ballot_round.former,
        at=source.now,
    )


async def model_names(
    read: AsyncConnection, candidates: Sequence[Candidate]
) -> dict[AppraisalId, str]:
    """What people call the dossiers of an agenda: their models' names, else their ids."""
    wanted = [str(one.model) for one in candidates]
    statement = select(models.c.model_id, models.c.name).where(models.c.model_id.in_(wanted))
    names = {row.model_id: row.name for row in (await read.execute(statement)).all()}
    return {one.appraisal_id: names.get(str(one.model), str(one.model)) for one in candidates}
