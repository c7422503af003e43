"""What is known of a sitting, and what every command on one asks first."""

from typing import Final, Literal
from uuid import UUID

import msgspec

from shared.contracts.running import Sha256
from shared.contracts.sitting import (
    AgendaSettled,
    Candidate,
    MinutesDrafted,
    MinutesSigned,
    ReservationEntered,
    Signatory,
    SittingAttendanceRecorded,
    SittingClosed,
    SittingCounted,
    SittingOpened,
    WrittenVoteCorrected,
)
from shared.contracts.values import BallotId, Choice
from shared.domain.decider import UNKNOWN as UNKNOWN_STAGE
from shared.domain.refusal import Refusal

SittingEvent = (
    SittingOpened
    | AgendaSettled
    | SittingAttendanceRecorded
    | WrittenVoteCorrected
    | SittingClosed
    | SittingCounted
    | MinutesDrafted
    | ReservationEntered
    | MinutesSigned
)

Attends = Literal["present", "asked", "absent", "unrecorded"]
"""What the attendance says of a member: `asked` is absent and asked in writing."""


class Sitting(msgspec.Struct, frozen=True):
    """`opened` is None before the opening; the later steps are None until they are reached."""

    opened: SittingOpened | None = None
    settled: AgendaSettled | None = None
    attendance: SittingAttendanceRecorded | None = None
    corrections: tuple[WrittenVoteCorrected, ...] = ()
    """Of votes entered from paper, in the order they were made."""
    closed: SittingClosed | None = None
    counted: SittingCounted | None = None
    drafted: MinutesDrafted | None = None
    reservations: tuple[ReservationEntered, ...] = ()
    signatures: tuple[MinutesSigned, ...] = ()
    """Also of minutes that stand no longer."""

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

    @property
    def minutes(self) -> Sha256 | None:
        """The hash of the minutes that stand."""
        if self.reservations:
            return self.reservations[-1].minutes
        return None if self.drafted is None else self.drafted.minutes

    @property
    def unsigned(self) -> tuple[Signatory, ...]:
        """Who has yet to sign the minutes that stand."""
        signed = {one.seat for one in self.signatures if one.minutes == self.minutes}
        signatories = () if self.drafted is None else self.drafted.signatories
        return tuple(one for one in signatories if one.seat not in signed)

    @property
    def minutes_signed(self) -> bool:
        """Whether there are minutes and they bear every signature."""
        return self.drafted is not None and not self.unsigned

    @property
    def awaits_minutes(self) -> bool:
        """Whether the advice waits for signatures: the rules ask for them, and something was voted on."""
        asked = self.opened is not None and bool(self.opened.minutes)
        voted = self.counted is not None and bool(self.counted.results)
        return asked and voted and not self.minutes_signed

    def attends(self, seat: UUID) -> Attends:
        """What the attendance says of a seat."""
        if self.attendance is None:
            return "unrecorded"
        if seat in self.attendance.present:
            return "present"
        return "asked" if seat in self.attendance.consulted else "absent"

    def corrected(self, ballot: BallotId, pseudonym: UUID, cast: Choice) -> Choice:
        """What counts for a vote that was cast: the last correction of it, if there was one."""
        for one in reversed(self.corrections):
            if (one.ballot_id, one.pseudonym) == (ballot, pseudonym):
                return one.choice
        return cast


def evolve(state: Sitting, event: SittingEvent) -> Sitting:
    """What is known after `event`."""
    match event:
        case SittingOpened():
            return msgspec.structs.replace(state, opened=event)
        case AgendaSettled():
            return msgspec.structs.replace(state, settled=event)
        case SittingAttendanceRecorded():
            return msgspec.structs.replace(state, attendance=event)
        case WrittenVoteCorrected():
            return msgspec.structs.replace(state, corrections=(*state.corrections, event))
        case SittingClosed():
            return msgspec.structs.replace(state, closed=event)
        case SittingCounted():
            return msgspec.structs.replace(state, counted=event)
        case MinutesDrafted():
            return msgspec.structs.replace(state, drafted=event)
        case ReservationEntered():
            return msgspec.structs.replace(state, reservations=(*state.reservations, event))
        case MinutesSigned():
            return msgspec.structs.replace(state, signatures=(*state.signatures, event))


def stage(state: Sitting) -> str:
    """Where a sitting stands, in a word."""
    if state.opened is None:
        return UNKNOWN_STAGE
    if state.drafted is not None:
        return "unsigned" if state.unsigned else "signed"
    if state.counted is not None:
        return "counted"
    if state.closed is not None:
        return "closed"
    return "opening" if state.settled is None else "open"


# --- what every command asks ------------------------------------------------------------------

UNKNOWN: Final = Refusal(
    "sitting-unknown",
    vi="Chưa có phiên họp này. Hãy mở phiên họp trước.",
    en="There is no such sitting. Open it first.",
)
CLOSED: Final = Refusal(
    "sitting-already-closed",
    vi="Phiên họp đã khép, không sửa được nữa.",
    en="The sitting is closed and can no longer be changed.",
)


def opened_of(state: Sitting) -> SittingOpened:
    """The opening. Raises RefusedError."""
    if state.opened is None:
        raise UNKNOWN()
    return state.opened


def unclosed(state: Sitting) -> SittingOpened:
    """The opening of a sitting that is not closed. Raises RefusedError."""
    opened = opened_of(state)
    if state.closed is not None:
        raise CLOSED()
    return opened
