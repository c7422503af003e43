"""The minutes of a sitting over HTTP: read as data and as text, reservations entered, signed."""

from typing import Final
from uuid import UUID

import msgspec

from services.evaluation.ballot_queries import NAME_READERS, NoParameters, may_read_names
from services.evaluation.domain.ballot import BALLOT
from services.evaluation.domain.conflict import RECUSED
from services.evaluation.domain.minutes import (
    NOT_A_SIGNATORY,
    EnterReservation,
    EnterReservationForm,
    Minutes,
    SignMinutes,
    SignMinutesForm,
    SignOnPaper,
    SignOnPaperForm,
    minutes_of,
)
from services.evaluation.domain.minutes_text import text_of
from services.evaluation.domain.sitting import SITTING
from services.evaluation.domain.sitting_state import Sitting
from services.evaluation.domain.vote import NOT_A_VOTER
from services.evaluation.minutes_facts import counted_dossiers, named
from services.evaluation.persons import Held, held, seat_of
from shared.contracts.running import Sha256
from shared.contracts.sitting import MinutesSigned, Signatory, SittingOpened
from shared.contracts.values import Forgettable
from shared.domain.attachments import BASE64_BYTES_MAX, media_type_of
from shared.host.files import hash_of as file_hash
from shared.host.policy import Role
from shared.host.service import Api, Call, Download, NotFoundError, Outcome, Query

READERS: Final = (*NAME_READERS, Role.COUNCIL_MEMBER)
"""Who may read the text with its names: those who may learn them anyway, and who belonged to the sitting."""

# --- signing ----------------------------------------------------------------------------------


async def sign_minutes(call: Call[SignMinutesForm]) -> Outcome:
    """Sign the minutes you read, by their hash. With the last signature that the rules ask for the advice follows."""
    sitting = call.path_id("sitting_id")
    state = (await call.load(SITTING, sitting)).state
    if state.opened is None:
        raise NotFoundError("sitting")
    own = seat_of(await held(call, state.opened.roll), call.actor.subject)
    if own is None:
        raise NOT_A_SIGNATORY()
    seat = own.seat.seat
    command = SignMinutes(minutes=call.body.minutes, seat=seat, at=call.now)
    return await call.execute(SITTING, sitting, command, pseudonym=seat)


async def sign_on_paper(call: Call[SignOnPaperForm]) -> Outcome:
    """Enter the signature of a signatory without an account: the minutes, printed and signed, as a scan (PDF, JPEG or
    PNG, at most 5 MiB). The record names who entered it and the scan's hash.
    """
    sitting, content = call.path_id("sitting_id"), call.body.content
    state = (await call.load(SITTING, sitting)).state
    if state.opened is None:
        raise NotFoundError("sitting")
    seat = call.path_id("seat")
    holders = {one.seat.seat: one.holder for one in await held(call, state.opened.roll)}
    command = SignOnPaper(
        minutes=call.body.minutes,
        seat=seat,
        paper=file_hash(content),
        entered_by=call.actor.subject,
        has_account=seat in holders and holders[seat].account is not None,
        at=call.now,
    )
    await call.permit(SITTING, sitting, command)
    SITTING.decide(state, command)
    media_type_of(content)
    # The scan is kept before the event that names its hash: a crash in between leaves a file nobody refers to.
    await call.files.put(content)
    return await call.execute(SITTING, sitting, command)


# --- reservations -----------------------------------------------------------------------------

_UNKEPT: Final = Forgettable(payload=UUID(int=0), commitment="")


async def enter_reservation(call: Call[EnterReservationForm]) -> Outcome:
    """Put your reservation into the minutes before they are signed, once. Its words are kept apart and can be erased;
    the minutes have another hash with it, so who signed them before signs again.
    """
    sitting, form = call.path_id("sitting_id"), call.body
    state = (await call.load(SITTING, sitting)).state
    if state.opened is None:
        raise NotFoundError("sitting")
    own = seat_of(await held(call, state.opened.roll), call.actor.subject)
    if own is None or not own.votes:
        raise NOT_A_VOTER()
    await _refuse_recused(call, state, own)
    ballots, cites = await counted_dossiers(call, state)
    draft = EnterReservation(
        seat=own.seat.seat,
        words=_UNKEPT,
        appraisal=form.appraisal,
        ballots=ballots,
        at=call.now,
    )
    await call.permit(SITTING, sitting, draft)
    words = await _said_before(call, state, own)
    if words is None:
        SITTING.decide(state, draft)  # what is refused is not kept
        words = await call.keep("reservation", form.words.encode())
    command = msgspec.structs.replace(draft, words=words)
    return await call.execute(SITTING, sitting, command, cites=cites, pseudonym=own.seat.seat)


async def _refuse_recused(call: Call[EnterReservationForm], state: Sitting, own: Held) -> None:
    for candidate in state.candidates:
        if candidate.appraisal_id == call.body.appraisal:
            for tie in (await call.load(BALLOT, candidate.ballot_id)).state.recused:
                if tie.member_id == own.holder.member_id:
                    raise RECUSED(reason=tie.reason)


async def _said_before(
    call: Call[EnterReservationForm], state: Sitting, own: Held
) -> Forgettable | None:
    """The words on record, where they are the same: sent again, they change nothing."""
    for one in state.reservations:
        if one.seat == own.seat.seat and await call.reveal(one.words) == call.body.words.encode():
            return one.words
    return None


# --- reading ----------------------------------------------------------------------------------


class MinutesView(msgspec.Struct, frozen=True, kw_only=True):
    """The minutes as they stand, by seats. `sha256` is over `dvk/minutes/v1`, a line break, and the JSON of `minutes`
    as it stands here. `signatures` are of these minutes; `awaiting` have yet to sign them.
    """

    sha256: Sha256
    minutes: Minutes
    signatures: tuple[MinutesSigned, ...]
    awaiting: tuple[Signatory, ...]


async def get_minutes(query: Query[NoParameters]) -> MinutesView:
    """The minutes of a sitting as data: attendance by seat, results under every denominator, reservations."""
    state, minutes = await _minutes(query)
    assert state.minutes is not None
    return MinutesView(
        sha256=state.minutes,
        minutes=minutes,
        signatures=tuple(one for one in state.signatures if one.minutes == state.minutes),
        awaiting=state.unsigned,
    )


async def get_minutes_text(query: Query[NoParameters]) -> Download:
    """The minutes as text, in Vietnamese, with names and the words of reservations: for who belonged to the sitting,
    the council's secretary and chair, and auditors.
    """
    state, minutes = await _minutes(query)
    opened, actor = state.opened, query.actor
    assert opened is not None
    roll = await held(query, opened.roll)
    sits = actor is not None and seat_of(roll, actor.subject) is not None
    if not sits and not await _reads_names(query, opened):
        raise NotFoundError("minutes")
    text = text_of(minutes, await named(query.read, query, state))
    return Download(content=text.encode(), media_type="text/plain; charset=utf-8")


async def _minutes(query: Query[NoParameters]) -> tuple[Sitting, Minutes]:
    state = (await query.load(SITTING, query.path_id("sitting_id"))).state
    if state.drafted is None:
        raise NotFoundError("minutes")
    ballots, _ = await counted_dossiers(query, state)
    return state, minutes_of(state, ballots)


async def _reads_names(query: Query[NoParameters], opened: SittingOpened) -> bool:
    """Whether the caller is of those who may read a council's names, for the body or the unit of this sitting."""
    roles = frozenset[str]() if query.actor is None else query.actor.roles
    return any(role in roles for role in NAME_READERS) and await may_read_names(
        query, None, body=opened.council_body, appraising_unit=opened.appraising_unit
    )


async def get_signed_paper(query: Query[NoParameters]) -> Download:
    """The scan of minutes that a signatory without an account signed: for the council's secretary and chair, and
    auditors.
    """
    state = (await query.load(SITTING, query.path_id("sitting_id"))).state
    opened, seat = state.opened, query.path_id("seat")
    if opened is None or not await _reads_names(query, opened):
        raise NotFoundError("paper")
    for one in reversed(state.signatures):
        if one.seat == seat and one.on_behalf is not None:
            content = await query.files.get(one.on_behalf.paper)
            if content is not None:
                return Download(content=content, media_type=media_type_of(content))
    raise NotFoundError("paper")


_TAG: Final = "sittings"
_PAPER_BYTES_MAX: Final = BASE64_BYTES_MAX + 8_192
"""The scan, and the hash."""


def routes(api: Api) -> None:
    """Declare the routes of minutes."""
    one = "/sittings/{sitting_id}/minutes"
    seat = "/sittings/{sitting_id}/seats/{seat}/signature"
    api.write(f"{one}/signatures", SignMinutesForm, sign_minutes, command=SignMinutes, tag=_TAG)
    api.write(
        f"{one}/reservations",
        EnterReservationForm,
        enter_reservation,
        command=EnterReservation,
        tag=_TAG,
    )
    api.write(
        seat,
        SignOnPaperForm,
        sign_on_paper,
        command=SignOnPaper,
        tag=_TAG,
        body_bytes_max=_PAPER_BYTES_MAX,
    )
    api.read(one, NoParameters, get_minutes, answer=MinutesView, tag=_TAG, public=True)
    api.read(
        f"{one}/text", NoParameters, get_minutes_text, answer=Download, tag=_TAG, roles=READERS
    )
    api.read(seat, NoParameters, get_signed_paper, answer=Download, tag=_TAG, roles=NAME_READERS)
