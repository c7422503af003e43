"""Sittings over HTTP: opened for several dossiers, attendance once, one sheet a member, closed once."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Final
from uuid import UUID

import msgspec
from msgspec.structs import asdict

from services.evaluation import sitting_queries as queries
from services.evaluation.ballot_queries import NAME_READERS, NoParameters
from services.evaluation.domain.attendance import (
    PRESENT_ON_PAPER,
    VOTED_UNATTENDED,
    RecordAttendance,
    RecordAttendanceForm,
)
from services.evaluation.domain.ballot import ALREADY_OPENED, BALLOT, Ballot
from services.evaluation.domain.sitting import (
    SITTING,
    CloseSitting,
    CloseSittingForm,
    Convening,
    OpenSitting,
    OpenSittingForm,
)
from services.evaluation.domain.sitting_state import Sitting
from services.evaluation.domain.vote import VOTE, vote_id
from services.evaluation.persons import Held, freeze_roll, held
from services.evaluation.sitting_facts import (
    Convened,
    Elector,
    Prepared,
    convened,
    model_names,
    prepare,
    round_of,
)
from shared.contracts.values import AppraisalId, SittingId
from shared.domain.refusal import RefusedError
from shared.host.service import Api, Call, Outcome, Page, Work

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
    sitting = call.path_id("sitting_id")
    state = (await call.load(SITTING, sitting)).state
    seats = () if state.opened is None else await held(call, state.opened.roll)
    # Only of one without an account a paper can have been entered.
    without = [one for one in seats if one.holder.account is None]
    on_paper = (await voted(call, state, without)).on_paper
    command = RecordAttendance(**asdict(call.body), on_paper=on_paper, at=call.now)
    with naming(seats):
        return await call.execute(SITTING, sitting, command)


async def close_sitting(call: Call[CloseSittingForm]) -> Outcome:
    """Close the sitting. Its ballots close and are counted by themselves."""
    sitting = call.path_id("sitting_id")
    state = (await call.load(SITTING, sitting)).state
    seats = () if state.opened is None else await held(call, state.opened.roll)
    votes = Voted() if state.closed is not None else await voted(call, state, seats)
    command = CloseSitting(voted=votes.seats, on_paper=votes.on_paper, at=call.now)
    with naming(seats):
        return await call.execute(SITTING, sitting, command)


@contextmanager
def naming(seats: Sequence[Held]) -> Iterator[None]:
    """The record knows seats; the secretary is told names."""
    try:
        yield
    except RefusedError as error:
        if error.refusal not in (VOTED_UNATTENDED, PRESENT_ON_PAPER):
            raise
        ids = str(error.values["names"]).split(", ")
        names = [one.holder.name for one in seats if str(one.seat.seat) in ids]
        raise error.refusal(names=", ".join(names)) from error


class Voted(msgspec.Struct, frozen=True):
    """The seats of those who voted on any of the dossiers, and of those whose vote was entered from paper."""

    seats: tuple[UUID, ...] = ()
    on_paper: tuple[UUID, ...] = ()


async def voted(work: Work, state: Sitting, seats: Sequence[Held]) -> Voted:
    """Whose votes are recorded."""
    found, on_paper = list[UUID](), list[UUID]()
    for one in seats:
        for candidate in state.candidates:
            ballot = candidate.ballot_id
            cast = (await work.load(VOTE, vote_id(ballot, one.pseudonym(ballot)))).state.cast
            if cast is not None:
                found.append(one.seat.seat)
                if cast.on_behalf is not None:
                    on_paper.append(one.seat.seat)
                break
    return Voted(tuple(found), tuple(on_paper))


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
