"""A sitting of a council: what people hold, with one or several dossiers on its agenda. Stream `sitting-<id>`.

Each dossier has its own ballot; the sitting opens and closes them, and takes attendance once for all.
"""

from collections import Counter
from types import MappingProxyType
from typing import Annotated, Final
from uuid import UUID

import msgspec

from services.evaluation.domain.places import CountedBallot, results_of
from shared.contracts.sitting import (
    AgendaSettled,
    Candidate,
    Dropped,
    Seat,
    SittingAttendanceRecorded,
    SittingClosed,
    SittingCounted,
    SittingOpened,
)
from shared.contracts.values import (
    AppraisalId,
    BallotId,
    CouncilId,
    Line,
    OrganizationId,
    RuleSetId,
    SittingId,
)
from shared.domain.decider import UNKNOWN as UNKNOWN_STAGE
from shared.domain.decider import Decider, Request
from shared.domain.refusal import Refusal
from shared.domain.time import Instant

SittingEvent = (
    SittingOpened | AgendaSettled | SittingAttendanceRecorded | SittingClosed | SittingCounted
)

CANDIDATES_MAX: Final = 40
"""Dossiers on one agenda, so that with the largest council its opening fits one log entry."""

# --- state ------------------------------------------------------------------------------------


class Sitting(msgspec.Struct, frozen=True):
    """`opened` is None before the opening; the later steps are None until they are reached."""

    opened: SittingOpened | None = None
    settled: AgendaSettled | None = None
    attendance: SittingAttendanceRecorded | None = None
    closed: SittingClosed | None = None
    counted: SittingCounted | None = None

    @property
    def voters(self) -> tuple[UUID, ...]:
        """The seats of those who may vote."""
        roll = () if self.opened is None else self.opened.roll
        return tuple(seat.seat for seat in roll if seat.role != "secretary")

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """The dossiers whose ballots are open."""
        if self.opened is None or self.settled is None:
            return ()
        return tuple(one for one in self.opened.agenda if one.ballot_id in self.settled.ballots)


def evolve(state: Sitting, event: SittingEvent) -> Sitting:
    """What is known after `event`."""
    match event:
        case SittingOpened():
            return msgspec.structs.replace(state, opened=event)
        case AgendaSettled():
            return msgspec.structs.replace(state, settled=event)
        case SittingAttendanceRecorded():
            return msgspec.structs.replace(state, attendance=event)
        case SittingClosed():
            return msgspec.structs.replace(state, closed=event)
        case SittingCounted():
            return msgspec.structs.replace(state, counted=event)


def stage(state: Sitting) -> str:
    """Where a sitting stands, in a word."""
    if state.opened is None:
        return UNKNOWN_STAGE
    if state.counted is not None:
        return "counted"
    if state.closed is not None:
        return "closed"
    return "opening" if state.settled is None else "open"


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


class RecordAttendanceForm(Request, frozen=True, kw_only=True):
    """Seats of those present and of those absent who are asked in writing."""

    present: Annotated[tuple[UUID, ...], msgspec.Meta(max_length=200)]
    consulted: Annotated[tuple[UUID, ...], msgspec.Meta(max_length=200)] = ()


class RecordAttendance(RecordAttendanceForm, frozen=True, kw_only=True):
    """Record attendance, or correct it before the close."""

    at: Instant


class CloseSittingForm(Request, frozen=True, kw_only=True):
    """Nothing to fill in."""


class CloseSitting(CloseSittingForm, frozen=True, kw_only=True):
    """Close the sitting. `voted` are the seats of those whose votes are recorded."""

    voted: tuple[UUID, ...]
    at: Instant


class CountSitting(Request, frozen=True, kw_only=True):
    """Put the counted ballots together, in the agenda's order."""

    ballots: tuple[CountedBallot, ...]
    at: Instant


SittingCommand = OpenSitting | SettleAgenda | RecordAttendance | CloseSitting | CountSitting

# --- rules ------------------------------------------------------------------------------------

ALREADY_OPENED: Final = Refusal(
    "sitting-exists",
    vi="Phiên họp này đã được mở.",
    en="This sitting has been opened already.",
)
UNKNOWN: Final = Refusal(
    "sitting-unknown",
    vi="Chưa có phiên họp này. Hãy mở phiên họp trước.",
    en="There is no such sitting. Open it first.",
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
CLOSED: Final = Refusal(
    "sitting-already-closed",
    vi="Phiên họp đã khép, không sửa được nữa.",
    en="The sitting is closed and can no longer be changed.",
)
NOT_ON_ROLL: Final = Refusal(
    "attendance-not-on-roll",
    vi="Mã «{seat}» không phải người bỏ phiếu của phiên họp. Hãy lấy mã từ danh sách của phiên họp.",
    en="“{seat}” is nobody who votes in this sitting. Take the ids from the sitting's roll.",
)
ATTENDANCE_TWICE: Final = Refusal(
    "attendance-twice",
    vi="Mã «{seat}» ghi hai lần. Một người hoặc có mặt, hoặc được hỏi bằng văn bản.",
    en="“{seat}” stands there twice. A member is present or asked in writing, once.",
    practice="threshold_denominator",
)
ATTENDANCE_MISSING: Final = Refusal(
    "attendance-missing",
    vi="Chưa ghi ai có mặt, ai được hỏi bằng văn bản. Hãy ghi trước khi khép phiên họp.",
    en="Attendance has not been recorded. Record who is present or was asked before closing.",
    practice="threshold_denominator",
)
VOTED_UNATTENDED: Final = Refusal(
    "voted-unattended",
    vi="Có phiếu của người không ghi là có mặt hay được hỏi bằng văn bản: {names}. Hãy ghi lại cho đúng rồi "
    "khép.",
    en="There are votes of members recorded neither as present nor as asked in writing: {names}. Correct the "
    "attendance, then close.",
    practice="threshold_denominator",
)


def unattended(state: Sitting, voted: tuple[UUID, ...]) -> tuple[UUID, ...]:
    """The seats that voted and stand nowhere in the attendance."""
    if state.attendance is None:
        return ()
    there = {*state.attendance.present, *state.attendance.consulted}
    return tuple(seat for seat in voted if seat not in there)


def decide(state: Sitting, command: SittingCommand) -> tuple[SittingEvent, ...]:
    """What follows from `command`. Raises RefusedError."""
    match command:
        case OpenSitting():
            return _open(state, command)
        case SettleAgenda():
            return _settle(state, command)
        case RecordAttendance():
            return _record_attendance(state, command)
        case CloseSitting():
            return _close(state, command)
        case CountSitting():
            return _count(state, command)


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
            places=command.places,
        ),
    )


def _settle(state: Sitting, command: SettleAgenda) -> tuple[AgendaSettled, ...]:
    opened = _opened(state)
    if state.settled is not None:
        return ()
    return (
        AgendaSettled(
            sitting_id=opened.sitting_id, ballots=command.ballots, dropped=command.dropped
        ),
    )


def _record_attendance(
    state: Sitting, command: RecordAttendance
) -> tuple[SittingAttendanceRecorded, ...]:
    opened = _opened(state)
    if state.closed is not None:
        raise CLOSED()
    eligible, seen = set(state.voters), set[UUID]()
    for seat in (*command.present, *command.consulted):
        if seat not in eligible:
            raise NOT_ON_ROLL(seat=str(seat))
        if seat in seen:
            raise ATTENDANCE_TWICE(seat=str(seat))
        seen.add(seat)
    event = SittingAttendanceRecorded(
        sitting_id=opened.sitting_id, present=command.present, consulted=command.consulted
    )
    return () if state.attendance == event else (event,)


def _close(state: Sitting, command: CloseSitting) -> tuple[SittingClosed, ...]:
    opened = _opened(state)
    if state.closed is not None:
        return ()
    if state.settled is None:
        raise NOT_SETTLED()
    if state.attendance is None:
        raise ATTENDANCE_MISSING()
    missing = unattended(state, command.voted)
    if missing:
        raise VOTED_UNATTENDED(names=", ".join(str(seat) for seat in missing))
    return (SittingClosed(sitting_id=opened.sitting_id, closed_at=command.at),)


def _count(state: Sitting, command: CountSitting) -> tuple[SittingCounted, ...]:
    """Once every ballot is counted: until then nothing."""
    opened = _opened(state)
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


def _opened(state: Sitting) -> SittingOpened:
    if state.opened is None:
        raise UNKNOWN()
    return state.opened


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
            "CloseSitting": CloseSitting,
            "CountSitting": CountSitting,
        }
    ),
)
