"""Who is present at a sitting and who is asked in writing; the votes must agree with it at the close."""

from typing import Annotated, Final
from uuid import UUID

import msgspec

from services.evaluation.domain.sitting_state import Sitting, unclosed
from services.evaluation.domain.vote import WRITTEN_NOT_ALLOWED
from shared.contracts.sitting import SittingAttendanceRecorded
from shared.domain.decider import Request
from shared.domain.refusal import Refusal
from shared.domain.time import Instant

# --- commands ---------------------------------------------------------------------------------


class RecordAttendanceForm(Request, frozen=True, kw_only=True):
    """Seats of those present and of those absent who are asked in writing."""

    present: Annotated[tuple[UUID, ...], msgspec.Meta(max_length=200)]
    consulted: Annotated[tuple[UUID, ...], msgspec.Meta(max_length=200)] = ()


class RecordAttendance(RecordAttendanceForm, frozen=True, kw_only=True):
    """Record attendance, or correct it before the close. `on_paper` are the seats whose votes were entered from
    paper.
    """

    on_paper: tuple[UUID, ...]
    at: Instant


# --- rules ------------------------------------------------------------------------------------

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


PRESENT_ON_PAPER: Final = Refusal(
    "written-voter-present",
    vi="Đã nhập phiếu giấy của {names}, nên không ghi những người này là có mặt. Hãy ghi là được hỏi bằng văn bản: "
    "phiếu giấy tính một lần, không bỏ phiếu lại tại phiên họp.",
    en="A vote of {names} was entered from paper, so they are not recorded as present. Record them as asked in "
    "writing: the paper counts once, and there is no second vote at the meeting.",
    practice="written_votes",
)


def check_written(present: tuple[UUID, ...], on_paper: tuple[UUID, ...]) -> None:
    """A vote on paper is that of one who was not there. Raises RefusedError."""
    both = tuple(seat for seat in present if seat in on_paper)
    if both:
        raise PRESENT_ON_PAPER(names=", ".join(str(seat) for seat in both))


def check_attended(state: Sitting, voted: tuple[UUID, ...], on_paper: tuple[UUID, ...]) -> None:
    """Votes and attendance at the close. Raises RefusedError."""
    if state.attendance is None:
        raise ATTENDANCE_MISSING()
    missing = unattended(state, voted)
    if missing:
        raise VOTED_UNATTENDED(names=", ".join(str(seat) for seat in missing))
    check_written(state.attendance.present, on_paper)


def unattended(state: Sitting, voted: tuple[UUID, ...]) -> tuple[UUID, ...]:
    """The seats that voted and stand nowhere in the attendance."""
    if state.attendance is None:
        return ()
    there = {*state.attendance.present, *state.attendance.consulted}
    return tuple(seat for seat in voted if seat not in there)


def record_attendance(
    state: Sitting, command: RecordAttendance
) -> tuple[SittingAttendanceRecorded, ...]:
    """By seat, each at most once, as the rules allow and the papers that are in."""
    opened = unclosed(state)
    if command.consulted and opened.written_votes == "none":
        raise WRITTEN_NOT_ALLOWED()
    eligible, seen = set(state.voters), set[UUID]()
    for seat in (*command.present, *command.consulted):
        if seat not in eligible:
            raise NOT_ON_ROLL(seat=str(seat))
        if seat in seen:
            raise ATTENDANCE_TWICE(seat=str(seat))
        seen.add(seat)
    check_written(command.present, command.on_paper)
    event = SittingAttendanceRecorded(
        sitting_id=opened.sitting_id, present=command.present, consulted=command.consulted
    )
    return () if state.attendance == event else (event,)
