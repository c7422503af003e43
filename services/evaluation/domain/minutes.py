"""The minutes of a sitting: drafted from the record, with reservations, signed by the roles the rules name (practice).

Nobody types them: they follow from what stands in the record, so that anybody can draft them again and compare
the hash that was signed.
"""

import hashlib
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from services.evaluation.domain.sitting_state import Attends, Sitting, opened_of
from shared.contracts.appraisal import EnteredOnBehalf
from shared.contracts.evaluation import TallyLine
from shared.contracts.running import Sha256
from shared.contracts.sitting import (
    CandidateResult,
    Dropped,
    MinutesDrafted,
    MinutesSigned,
    ReservationEntered,
    Signatory,
)
from shared.contracts.values import (
    Account,
    AppraisalId,
    BallotId,
    CouncilId,
    CouncilRole,
    Forgettable,
    Line,
    ModelId,
    OrganizationId,
    RuleSetId,
    SittingId,
    Text,
)
from shared.domain.attachments import FileContent
from shared.domain.decider import Request
from shared.domain.refusal import Refusal
from shared.domain.time import Instant

# --- what they say ----------------------------------------------------------------------------

TAG: Final = b"dvk/minutes/v1\n"
"""What is hashed begins with it, so that the hash is one of minutes and of nothing else."""


class CountedDossier(msgspec.Struct, frozen=True, kw_only=True):
    """What the ballot on one dossier said: a fact of the ballot's stream. Without quorum there are no `lines`."""

    ballot_id: BallotId
    model: ModelId
    round: int
    eligible: int
    recused: int
    voted: int
    approve: int
    reject: int
    abstain: int
    lines: tuple[TallyLine, ...]


class SeatMinutes(msgspec.Struct, frozen=True, kw_only=True):
    """Who belonged to the sitting and how; the secretary stands in no attendance list."""

    seat: UUID
    role: CouncilRole
    attends: Attends | None


class DossierMinutes(msgspec.Struct, frozen=True, kw_only=True):
    """One dossier: the count, and what came of it."""

    counted: CountedDossier
    result: CandidateResult


class ReservationMinutes(msgspec.Struct, frozen=True, kw_only=True):
    """A member's reservation. Its words lie in the vault; `commitment` is to them."""

    seat: UUID
    appraisal: AppraisalId | None
    commitment: str


class Minutes(msgspec.Struct, frozen=True, kw_only=True):
    """The minutes as they stand. What is signed is the hash of this."""

    sitting_id: SittingId
    council: CouncilId
    council_body: OrganizationId
    question: Line
    rule_set: RuleSetId
    rule_set_version: int
    closed_at: datetime
    places: int | None
    seats: tuple[SeatMinutes, ...]
    dossiers: tuple[DossierMinutes, ...]
    dropped: tuple[Dropped, ...]
    reservations: tuple[ReservationMinutes, ...]
    signatories: tuple[Signatory, ...]


def minutes_of(
    state: Sitting,
    ballots: tuple[CountedDossier, ...],
    reservations: tuple[ReservationMinutes, ...] = (),
) -> Minutes:
    """The minutes of a counted sitting, with the reservations on record and with these."""
    opened, closed, counted = opened_of(state), state.closed, state.counted
    assert closed is not None
    assert counted is not None
    of_ballot = {one.ballot_id: one for one in ballots}
    return Minutes(
        sitting_id=opened.sitting_id,
        council=opened.council,
        council_body=opened.council_body,
        question=opened.question,
        rule_set=opened.rule_set,
        rule_set_version=opened.rule_set_version,
        closed_at=closed.closed_at,
        places=opened.places,
        seats=tuple(
            SeatMinutes(
                seat=one.seat,
                role=one.role,
                attends=None if one.role == "secretary" else state.attends(one.seat),
            )
            for one in opened.roll
        ),
        dossiers=tuple(
            DossierMinutes(counted=of_ballot[one.ballot_id], result=one) for one in counted.results
        ),
        dropped=() if state.settled is None else state.settled.dropped,
        reservations=(
            *(_reservation(one.seat, one.appraisal, one.words) for one in state.reservations),
            *reservations,
        ),
        signatories=signatories_of(state),
    )


def _reservation(
    seat: UUID, appraisal: AppraisalId | None, words: Forgettable
) -> ReservationMinutes:
    return ReservationMinutes(seat=seat, appraisal=appraisal, commitment=words.commitment)


def encoded(minutes: Minutes) -> bytes:
    """The minutes as JSON: the bytes that are hashed, behind the tag."""
    return msgspec.json.encode(minutes)


def hash_of(minutes: Minutes) -> Sha256:
    """SHA-256 over the tag and the JSON, in hex."""
    return hashlib.sha256(TAG + encoded(minutes)).hexdigest()


def signatories_of(state: Sitting) -> tuple[Signatory, ...]:
    """Who has to sign: the seats of the roles the rules name. A substitute that sat holds the seat."""
    opened = opened_of(state)
    return tuple(
        Signatory(seat=one.seat, role=one.role)
        for role in opened.minutes
        for one in opened.roll
        if one.role == role
    )


# --- commands ---------------------------------------------------------------------------------


class DraftMinutes(Request, frozen=True, kw_only=True):
    """Draft the minutes. Nobody asks for it: it follows from the count."""

    ballots: tuple[CountedDossier, ...]
    at: Instant


class EnterReservationForm(Request, frozen=True, kw_only=True):
    """What you hold against it: your reservation on a dossier, or on the sitting as a whole."""

    words: Text
    appraisal: AppraisalId | None = None


class EnterReservation(Request, frozen=True, kw_only=True):
    """Add a member's reservation, its words in the vault."""

    seat: UUID
    words: Forgettable
    appraisal: AppraisalId | None
    ballots: tuple[CountedDossier, ...]
    at: Instant


class SignMinutesForm(Request, frozen=True, kw_only=True):
    """The hash of the minutes you read: you sign these and no others."""

    minutes: Sha256


class SignMinutes(SignMinutesForm, frozen=True, kw_only=True):
    """Sign as the holder of a seat."""

    seat: UUID
    at: Instant


class SignOnPaperForm(SignMinutesForm, frozen=True, kw_only=True):
    """The hash of the minutes that were printed and signed, and the scan in Base64."""

    content: FileContent


class SignOnPaper(SignMinutesForm, frozen=True, kw_only=True):
    """Enter the signature of a signatory without an account from the signed paper."""

    seat: UUID
    paper: Sha256
    entered_by: Account
    has_account: bool
    at: Instant


# --- rules ------------------------------------------------------------------------------------

NOT_DRAFTED: Final = Refusal(
    "minutes-not-drafted",
    vi="Phiên họp này chưa có biên bản: chưa kiểm phiếu xong, hoặc quy định không yêu cầu ký biên bản.",
    en="This sitting has no minutes: it is not counted yet, or its rules ask for none.",
    practice="minutes",
)
NOT_A_SIGNATORY: Final = Refusal(
    "minutes-not-yours",
    vi="Biên bản này không do bạn ký. Người giữ vai trò ký tại phiên họp, hoặc người đã họp thay, phải tự ký.",
    en="These minutes are not yours to sign. Who held the role at the sitting, or sat for its holder, signs.",
    practice="minutes",
)
OTHER_MINUTES: Final = Refusal(
    "minutes-changed",
    vi="Biên bản hiện hành khác bản bạn ký: có ý kiến bảo lưu mới, hoặc mã kiểm tra ghi sai. Hãy đọc lại biên bản "
    "và ký theo mã của bản đó.",
    en="The minutes that stand are not those you sign: there is a new reservation, or the hash is wrong. Read them "
    "again and sign under their hash.",
    practice="minutes",
)
ALREADY_SIGNED: Final = Refusal(
    "minutes-signed",
    vi="Biên bản đã đủ chữ ký nên không thêm ý kiến bảo lưu được nữa.",
    en="The minutes bear every signature, and take no further reservation.",
    practice="minutes",
)
RESERVED_TWICE: Final = Refusal(
    "reservation-twice",
    vi="Bạn đã ghi ý kiến bảo lưu cho phiên họp này. Mỗi người ghi một lần.",
    en="Your reservation on this sitting is recorded. Each member has one.",
    practice="minutes",
)
NOT_ATTENDING: Final = Refusal(
    "reservation-not-attending",
    vi="Chỉ người có mặt hoặc được hỏi bằng văn bản mới ghi ý kiến bảo lưu vào biên bản.",
    en="Only members present or asked in writing have a reservation in the minutes.",
    practice="minutes",
)
RESERVATION_FOREIGN: Final = Refusal(
    "reservation-foreign",
    vi="Hồ sơ này không bỏ phiếu ở phiên họp. Hãy chọn hồ sơ trong biên bản, hoặc bỏ trống để bảo lưu chung.",
    en="This dossier was not voted on in the sitting. Choose one of the minutes, or none for the whole sitting.",
    practice="minutes",
)
SIGNATORY_HAS_ACCOUNT: Final = Refusal(
    "minutes-signatory-has-account",
    vi="Người này có tài khoản nên tự ký trên hệ thống; chỉ nhập bản giấy thay người không có tài khoản.",
    en="This signatory has an account and signs himself; papers are entered for those without one.",
    practice="minutes",
)


def draft_minutes(state: Sitting, command: DraftMinutes) -> tuple[MinutesDrafted, ...]:
    """Once the sitting is counted, where the rules ask for signatures and something was voted on."""
    opened = opened_of(state)
    if state.counted is None or not state.counted.results or not opened.minutes:
        return ()
    if state.drafted is not None:
        return ()
    return (
        MinutesDrafted(
            sitting_id=opened.sitting_id,
            council_body=opened.council_body,
            question=opened.question,
            minutes=hash_of(minutes_of(state, command.ballots)),
            signatories=signatories_of(state),
        ),
    )


def enter_reservation(state: Sitting, command: EnterReservation) -> tuple[ReservationEntered, ...]:
    """One a member, until the last signature. What was signed before no longer stands: it lacks the reservation."""
    opened = opened_of(state)
    own = next((one for one in state.reservations if one.seat == command.seat), None)
    if own is not None and (own.words, own.appraisal) == (command.words, command.appraisal):
        return ()
    if state.drafted is None:
        raise NOT_DRAFTED()
    if state.minutes_signed:
        raise ALREADY_SIGNED()
    if own is not None:
        raise RESERVED_TWICE()
    if state.attends(command.seat) not in ("present", "asked"):
        raise NOT_ATTENDING()
    if command.appraisal not in (None, *(one.appraisal_id for one in state.candidates)):
        raise RESERVATION_FOREIGN()
    new = _reservation(command.seat, command.appraisal, command.words)
    return (
        ReservationEntered(
            sitting_id=opened.sitting_id,
            council_body=opened.council_body,
            question=opened.question,
            awaiting=tuple(one.role for one in state.drafted.signatories),
            seat=command.seat,
            appraisal=command.appraisal,
            words=command.words,
            minutes=hash_of(minutes_of(state, command.ballots, (new,))),
        ),
    )


def sign_minutes(state: Sitting, command: SignMinutes | SignOnPaper) -> tuple[MinutesSigned, ...]:
    """Each signatory once, and no other minutes than those that stand."""
    opened = opened_of(state)
    if state.drafted is None:
        raise NOT_DRAFTED()
    role = next((one.role for one in state.drafted.signatories if one.seat == command.seat), None)
    if role is None:
        raise NOT_A_SIGNATORY()
    if command.minutes != state.minutes:
        raise OTHER_MINUTES()
    if command.seat not in {one.seat for one in state.unsigned}:
        return ()
    on_behalf = None
    if isinstance(command, SignOnPaper):
        if command.has_account:
            raise SIGNATORY_HAS_ACCOUNT()
        on_behalf = EnteredOnBehalf(entered_by=command.entered_by, paper=command.paper)
    return (
        MinutesSigned(
            sitting_id=opened.sitting_id,
            seat=command.seat,
            role=role,
            minutes=command.minutes,
            awaiting=tuple(one.role for one in state.unsigned if one.seat != command.seat),
            on_behalf=on_behalf,
        ),
    )
