"""A sitting of a council: what people hold, with one or several dossiers on its agenda. Stream `sitting-<id>`.

Each dossier has its own ballot; the sitting opens and closes them, and takes attendance once for all.
"""

from collections import Counter
from types import MappingProxyType
from typing import Annotated, Final
from uuid import UUID

import msgspec

from services.evaluation.domain.attendance import (
    RecordAttendance,
    check_attended,
    record_attendance,
)
from services.evaluation.domain.minutes import (
    DraftMinutes,
    EnterReservation,
    SignMinutes,
    SignOnPaper,
    draft_minutes,
    enter_reservation,
    sign_minutes,
)
from services.evaluation.domain.places import CountedBallot, results_of
from services.evaluation.domain.sitting_state import (
    Sitting,
    SittingEvent,
    evolve,
    opened_of,
    stage,
)
from services.evaluation.domain.written import CorrectWrittenVote, correct_written_vote
from shared.contracts.sitting import (
    AgendaSettled,
    Candidate,
    Dropped,
    Seat,
    SittingClosed,
    SittingCounted,
    SittingOpened,
)
from shared.contracts.values import (
    AppraisalId,
    BallotId,
    CouncilId,
    CouncilRole,
    Line,
    OrganizationId,
    RuleSetId,
    SittingId,
    WrittenVotes,
)
from shared.domain.decider import Decider, Request
from shared.domain.refusal import Refusal
from shared.domain.time import Instant

CANDIDATES_MAX: Final = 40
"""Dossiers on one agenda, so that with the largest council its opening fits one log entry."""

# --- commands ---------------------------------------------------------------------------------


class OpenSittingForm(Request, frozen=True, kw_only=True):
    """Which council meets on which dossiers, and the question put to it on each. `places`: at most so many
    are adopted.
    """

    council: CouncilId
    appraisals: Annotated[
        tuple[AppraisalId, ...], msgspec.Meta(min_length=1, max_length=CANDIDATES_MAX)
    ]
    question: Line
    places: Annotated[int, msgspec.Meta(ge=1, le=CANDIDATES_MAX)] | None = None


class Agenda(msgspec.Struct, frozen=True, kw_only=True):
    """What the dossiers of a sitting have in common, and how many places a former tie left, if one did."""

    deciding_body: OrganizationId
    appraising_unit: OrganizationId
    rule_set: RuleSetId
    rule_set_version: int
    written_votes: WrittenVotes
    minutes: tuple[CouncilRole, ...]
    places_left: int | None = None


class Convening(msgspec.Struct, frozen=True, kw_only=True):
    """What the server adds to an opening. `agendas` has one entry where the dossiers belong together."""

    council_body: OrganizationId
    candidates: tuple[Candidate, ...]
    agendas: tuple[Agenda, ...]
    roll: tuple[Seat, ...] = ()


class OpenSitting(OpenSittingForm, frozen=True, kw_only=True):
    """Open the sitting, its roll frozen. That each dossier can be voted on was asked of its ballot's rules."""

    sitting_id: SittingId
    convening: Convening
    at: Instant


class SettleAgenda(Request, frozen=True, kw_only=True):
    """Say which ballots are open, and which could not be opened."""

    ballots: tuple[BallotId, ...]
    dropped: tuple[Dropped, ...]
    at: Instant


class CloseSittingForm(Request, frozen=True, kw_only=True):
    """Nothing to fill in."""


class CloseSitting(CloseSittingForm, frozen=True, kw_only=True):
    """Close the sitting. `voted` are the seats of those whose votes are recorded, `on_paper` of those whose vote
    was entered from paper.
    """

    voted: tuple[UUID, ...]
    on_paper: tuple[UUID, ...]
    at: Instant


class CountSitting(Request, frozen=True, kw_only=True):
    """Put the counted ballots together, in the agenda's order."""

    ballots: tuple[CountedBallot, ...]
    at: Instant


SittingCommand = (
    OpenSitting
    | SettleAgenda
    | RecordAttendance
    | CorrectWrittenVote
    | CloseSitting
    | CountSitting
    | DraftMinutes
    | EnterReservation
    | SignMinutes
    | SignOnPaper
)

# --- rules ------------------------------------------------------------------------------------

ALREADY_OPENED: Final = Refusal(
    "sitting-exists",
    vi="Phiên họp này đã được mở.",
    en="This sitting has been opened already.",
)
CANDIDATE_TWICE: Final = Refusal(
    "sitting-candidate-twice",
    vi="Hồ sơ «{appraisal}» có tên hai lần trong phiên họp. Hãy bỏ dòng trùng.",
    en="The dossier “{appraisal}” stands on the agenda twice. Remove one.",
)
MIXED: Final = Refusal(
    "sitting-mixed",
    vi="Các hồ sơ của một phiên họp phải cùng cơ quan quyết định, cùng đơn vị tham mưu và cùng phiên bản quy "
    "định. Hãy mở phiên họp riêng cho những hồ sơ khác.",
    en="The dossiers of one sitting have one deciding body, one advising unit and one version of the rules. "
    "Hold another sitting for the others.",
    clause="III.2.1c",
)
PLACES_LEFT: Final = Refusal(
    "sitting-places-left",
    vi="Những hồ sơ này ngang phiếu khi chỉ còn {left} suất. Hãy bỏ phiếu lại với nhiều nhất {left} suất.",
    en="These dossiers were tied when {left} places were left. Vote again with {left} places at most.",
    practice="tie_rule",
)
NOT_SETTLED: Final = Refusal(
    "sitting-not-settled",
    vi="Các lần bỏ phiếu của phiên họp đang được mở. Hãy thử lại sau giây lát.",
    en="The ballots of this sitting are being opened. Try again in a moment.",
)


def decide(state: Sitting, command: SittingCommand) -> tuple[SittingEvent, ...]:
    """What follows from `command`. Raises RefusedError."""
    match command:
        case OpenSitting():
            return _open(state, command)
        case SettleAgenda():
            return _settle(state, command)
        case RecordAttendance():
            return record_attendance(state, command)
        case CorrectWrittenVote():
            return correct_written_vote(state, command)
        case CloseSitting():
            return _close(state, command)
        case CountSitting():
            return _count(state, command)
        case DraftMinutes():
            return draft_minutes(state, command)
        case EnterReservation():
            return enter_reservation(state, command)
        case SignMinutes() | SignOnPaper():
            return sign_minutes(state, command)


def _open(state: Sitting, command: OpenSitting) -> tuple[SittingOpened, ...]:
    if state.opened is not None:
        raise ALREADY_OPENED()
    convening = command.convening
    for appraisal, times in Counter(command.appraisals).items():
        if times > 1:
            raise CANDIDATE_TWICE(appraisal=str(appraisal))
    if len({msgspec.structs.replace(one, places_left=None) for one in convening.agendas}) != 1:
        raise MIXED()
    agenda = convening.agendas[0]
    left = min(
        (o.places_left for o in convening.agendas if o.places_left is not None), default=None
    )
    if left is not None and (command.places is None or command.places > left):
        raise PLACES_LEFT(left=left)
    return (
        SittingOpened(
            sitting_id=command.sitting_id,
            council=command.council,
            council_body=convening.council_body,
            appraising_unit=agenda.appraising_unit,
            question=command.question,
            agenda=convening.candidates,
            roll=convening.roll,
            rule_set=agenda.rule_set,
            rule_set_version=agenda.rule_set_version,
            written_votes=agenda.written_votes,
            minutes=agenda.minutes,
            places=command.places,
        ),
    )


def _settle(state: Sitting, command: SettleAgenda) -> tuple[AgendaSettled, ...]:
    opened = opened_of(state)
    if state.settled is not None:
        return ()
    return (
        AgendaSettled(
            sitting_id=opened.sitting_id, ballots=command.ballots, dropped=command.dropped
        ),
    )


def _close(state: Sitting, command: CloseSitting) -> tuple[SittingClosed, ...]:
    opened = opened_of(state)
    if state.closed is not None:
        return ()
    if state.settled is None:
        raise NOT_SETTLED()
    check_attended(state, command.voted, command.on_paper)
    return (SittingClosed(sitting_id=opened.sitting_id, closed_at=command.at),)


def _count(state: Sitting, command: CountSitting) -> tuple[SittingCounted, ...]:
    """Once every ballot is counted: until then nothing."""
    opened = opened_of(state)
    wanted = tuple(one.ballot_id for one in state.candidates)
    if state.closed is None or state.counted is not None:
        return ()
    if tuple(ballot.ballot_id for ballot in command.ballots) != wanted:
        return ()
    return (
        SittingCounted(
            sitting_id=opened.sitting_id, results=results_of(command.ballots, opened.places)
        ),
    )


SITTING: Final[Decider[Sitting, SittingCommand, SittingEvent]] = Decider(
    category="sitting",
    initial_state=Sitting(),
    decide=decide,
    evolve=evolve,
    stage=stage,
    commands=MappingProxyType(
        {
            "OpenSitting": OpenSitting,
            "SettleAgenda": SettleAgenda,
            "RecordAttendance": RecordAttendance,
            "CorrectWrittenVote": CorrectWrittenVote,
            "CloseSitting": CloseSitting,
            "CountSitting": CountSitting,
            "DraftMinutes": DraftMinutes,
            "EnterReservation": EnterReservation,
            "SignMinutes": SignMinutes,
            "SignOnPaper": SignOnPaper,
        }
    ),
)
