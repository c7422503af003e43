"""An open ballot on one appraisal: electorate, attendance, close, tally. Stream `ballot-<id>`.

Nobody gives it commands: it opens and closes with the sitting it belongs to, and is counted after.

Votes stand in streams of their own (`vote`). `BallotClosed` is the cut-off: what stands before it in
the log counts, what stands after it does not, so a vote and the close may race without doubt.
"""

from types import MappingProxyType
from typing import Final
from uuid import UUID

import msgspec

from services.evaluation.domain.conflict import Tie, recusals
from services.evaluation.domain.makeup import check_makeup
from services.evaluation.domain.outcome import (
    NOTHING_TO_REPEAT,
    REPEATS_EXHAUSTED,
    result_of,
)
from services.evaluation.domain.tally import RecordedVote, count
from shared.contracts.evaluation import (
    AttendanceRecorded,
    BallotClosed,
    BallotMode,
    BallotOpened,
    BallotTallied,
    CouncilMakeup,
    Denominator,
    Fraction,
    QuorumMissed,
    TieRule,
)
from shared.contracts.sitting import ConflictFound, MemberRecused
from shared.contracts.values import (
    AppraisalId,
    BallotId,
    CouncilId,
    CouncilRole,
    Line,
    ModelId,
    OrganizationId,
    RuleSetId,
    SittingId,
)
from shared.domain.decider import Decider, Request
from shared.domain.refusal import Refusal
from shared.domain.time import Instant

BallotEvent = (
    ConflictFound
    | MemberRecused
    | BallotOpened
    | AttendanceRecorded
    | BallotClosed
    | BallotTallied
    | QuorumMissed
)

# --- state ------------------------------------------------------------------------------------


class Ballot(msgspec.Struct, frozen=True):
    """`opened` is None before the opening; the later steps are None until they are reached."""

    recused: tuple[MemberRecused, ...] = ()
    opened: BallotOpened | None = None
    attendance: AttendanceRecorded | None = None
    closed: BallotClosed | None = None
    tallied: BallotTallied | None = None
    quorum_missed: QuorumMissed | None = None

    @property
    def pseudonyms(self) -> tuple[UUID, ...]:
        """Those who may vote."""
        return () if self.opened is None else self.opened.electorate

    @property
    def undecided(self) -> bool:
        """Counted without a decision: no quorum, or a tie under rules that repeat it."""
        tied = self.opened is not None and self.opened.tie_rule == "repeat" and self.tallied
        return self.quorum_missed is not None or bool(tied and tied.tied)

    @property
    def repeatable(self) -> bool:
        """The council may vote again."""
        result = self.tallied or self.quorum_missed
        return result is not None and result.repeatable

    @property
    def counted(self) -> tuple[UUID, ...] | None:
        """Whose votes count; None before the tally."""
        result = self.tallied or self.quorum_missed
        return None if result is None else result.counted


def stage(state: Ballot) -> str:
    """How far it has come."""
    if state.quorum_missed is not None:
        return "quorum-missed"
    if state.tallied is not None:
        return "tallied"
    if state.closed is not None:
        return "closed"
    return "unknown" if state.opened is None else "open"


def evolve(state: Ballot, event: BallotEvent) -> Ballot:
    """What is known after `event`."""
    match event:
        case ConflictFound():
            return state
        case MemberRecused():
            return msgspec.structs.replace(state, recused=(*state.recused, event))
        case BallotOpened():
            return msgspec.structs.replace(state, opened=event)
        case AttendanceRecorded():
            return msgspec.structs.replace(state, attendance=event)
        case BallotClosed():
            return msgspec.structs.replace(state, closed=event)
        case BallotTallied():
            return msgspec.structs.replace(state, tallied=event)
        case QuorumMissed():
            return msgspec.structs.replace(state, quorum_missed=event)


# --- commands ---------------------------------------------------------------------------------


class AppraisalFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The appraisal voted on. `ready`: appraised, and its posting closed where there is one."""

    appraisal_id: AppraisalId
    model: ModelId
    appraising_unit: OrganizationId
    deciding_body: OrganizationId
    ready: bool
    discontinued: bool
    rule_set: RuleSetId
    rule_set_version: int


class BallotRules(msgspec.Struct, frozen=True, kw_only=True):
    """What the dossier's rule set says about ballots."""

    mode: BallotMode
    quorum: Fraction
    threshold: Fraction
    threshold_denominator: Denominator
    tie_rule: TieRule
    repeats_max: int
    makeup: CouncilMakeup


class CouncilFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The council that votes: its body, the roles of all that sit, and whether it is in its term."""

    body: OrganizationId
    roles: tuple[CouncilRole, ...]
    in_term: bool


class FormerBallot(msgspec.Struct, frozen=True, kw_only=True):
    """The ballot that is repeated. `undecided`: without quorum, or tied where a tie is repeated;
    `repeatable`: rounds are left.
    """

    ballot_id: BallotId
    round: int
    undecided: bool
    repeatable: bool


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """What the server adds to an opening: the facts it rests on, and the electorate it froze."""

    about: AppraisalFacts
    council: CouncilFacts
    electorate: tuple[UUID, ...]
    rules: BallotRules
    chair: UUID | None
    ties: tuple[Tie, ...] = ()
    """Of members that are not in the electorate for them."""


class OpenBallot(Request, frozen=True, kw_only=True):
    """Open the first ballot on an appraisal, its electorate under the sitting's pseudonyms for it."""

    sitting: SittingId
    council: CouncilId
    question: Line
    ballot_id: BallotId
    opening: Opening
    at: Instant


class RepeatBallot(Request, frozen=True, kw_only=True):
    """Open the next ballot after one that missed its quorum, or tied where a tie is repeated."""

    sitting: SittingId
    council: CouncilId
    question: Line
    ballot_id: BallotId
    opening: Opening
    former: FormerBallot
    at: Instant


class CloseBallot(Request, frozen=True, kw_only=True):
    """Close the ballot with its sitting, whose attendance it takes; the tally follows by itself."""

    present: tuple[UUID, ...]
    consulted: tuple[UUID, ...]
    at: Instant


class TallyBallot(Request, frozen=True, kw_only=True):
    """Count. `votes` are all that were found, `cut_off` is the position of `BallotClosed`."""

    votes: tuple[RecordedVote, ...]
    cut_off: int
    at: Instant


BallotCommand = OpenBallot | RepeatBallot | CloseBallot | TallyBallot

# --- rules ------------------------------------------------------------------------------------

ALREADY_OPENED: Final = Refusal(
    "ballot-exists",
    vi="Hồ sơ này đang được bỏ phiếu, hoặc đã có kết quả bỏ phiếu.",
    en="This dossier is being voted on, or its ballot has decided.",
)
UNKNOWN: Final = Refusal(
    "ballot-unknown",
    vi="Chưa có lần bỏ phiếu này. Bỏ phiếu được mở cùng phiên họp.",
    en="There is no such ballot. It opens with its sitting.",
)
NO_BALLOT: Final = Refusal(
    "no-ballot",
    vi="Quy định áp dụng cho hồ sơ này không có bỏ phiếu.",
    en="The rule set of this dossier has no ballot.",
    practice="ballot_mode",
)
APPRAISAL_DISCONTINUED: Final = Refusal(
    "ballot-appraisal-discontinued",
    vi="Mô hình đã rút đăng ký nên không còn gì để bỏ phiếu.",
    en="The model was withdrawn, so there is nothing to vote on.",
    clause="I.2.1a",
)
POSTING_NOT_CLOSED: Final = Refusal(
    "ballot-before-posting-closed",
    vi="Chỉ bỏ phiếu sau khi thẩm định xong và niêm yết đã khép. Hãy khép niêm yết trước.",
    en="The council votes after the appraisal is complete and its posting closed. Close the posting first.",
    practice="posting_working_days",
)
FOREIGN_COUNCIL: Final = Refusal(
    "foreign-council",
    vi="Hội đồng phải thuộc cơ quan quyết định hoặc đơn vị tham mưu của hồ sơ này.",
    en="The council must belong to the deciding body or the appraising unit of this dossier.",
    clause="III.2.1c",
)
TERM_OVER: Final = Refusal(
    "council-out-of-term",
    vi="Hội đồng chưa đến hoặc đã hết nhiệm kỳ. Hãy gia hạn nhiệm kỳ hoặc chọn hội đồng khác.",
    en="The council's term has not begun or is over. Extend its term or choose another council.",
    practice="council",
)
NOT_IN_ELECTORATE: Final = Refusal(
    "attendance-not-in-electorate",
    vi="Mã «{pseudonym}» không có trong danh sách bỏ phiếu.",
    en="“{pseudonym}” is not in the electorate.",
)
NOT_CLOSED: Final = Refusal(
    "ballot-not-closed",
    vi="Bỏ phiếu chưa khép nên chưa kiểm phiếu được.",
    en="The ballot is not closed, so it cannot be tallied.",
)


def decide(state: Ballot, command: BallotCommand) -> tuple[BallotEvent, ...]:
    """What follows from `command`. Raises RefusedError."""
    match command:
        case OpenBallot():
            return _open(state, command, None)
        case RepeatBallot():
            return _repeat(state, command)
        case CloseBallot():
            return _close(state, command)
        case TallyBallot():
            return _tally(state, command)


def _open(
    state: Ballot, command: OpenBallot | RepeatBallot, former: FormerBallot | None
) -> tuple[BallotEvent, ...]:
    """The recusals stand before the opening, in one append: none is without the other."""
    if state.opened is not None:
        raise ALREADY_OPENED()
    opening = command.opening
    appraisal, rules = opening.about, opening.rules
    if rules.mode == "none":
        raise NO_BALLOT()
    if appraisal.discontinued:
        raise APPRAISAL_DISCONTINUED()
    if not appraisal.ready:
        raise POSTING_NOT_CLOSED()
    if opening.council.body not in (appraisal.deciding_body, appraisal.appraising_unit):
        raise FOREIGN_COUNCIL()
    if not opening.council.in_term:
        raise TERM_OVER()
    check_makeup(rules.makeup, opening.council.roles, len(opening.electorate))
    return (
        *recusals(command.ballot_id, appraisal.appraisal_id, command.council, opening.ties),
        BallotOpened(
            ballot_id=command.ballot_id,
            sitting=command.sitting,
            appraisal_id=appraisal.appraisal_id,
            model=appraisal.model,
            council=command.council,
            council_body=opening.council.body,
            appraising_unit=appraisal.appraising_unit,
            question=command.question,
            electorate=opening.electorate,
            quorum=rules.quorum,
            threshold=rules.threshold,
            threshold_denominator=rules.threshold_denominator,
            tie_rule=rules.tie_rule,
            repeats_max=rules.repeats_max,
            rule_set=appraisal.rule_set,
            rule_set_version=appraisal.rule_set_version,
            round=1 if former is None else former.round + 1,
            former=None if former is None else former.ballot_id,
            chair=opening.chair if rules.tie_rule == "chair_decides" else None,
        ),
    )


def _repeat(state: Ballot, command: RepeatBallot) -> tuple[BallotEvent, ...]:
    if not command.former.undecided:
        raise NOTHING_TO_REPEAT()
    if not command.former.repeatable:
        raise REPEATS_EXHAUSTED(rounds=command.former.round)
    return _open(state, command, command.former)


def _close(state: Ballot, command: CloseBallot) -> tuple[AttendanceRecorded | BallotClosed, ...]:
    """The attendance stands with the close, in one append: none is without the other."""
    opened = _opened(state)
    if state.closed is not None:
        return ()
    for pseudonym in (*command.present, *command.consulted):
        if pseudonym not in state.pseudonyms:
            raise NOT_IN_ELECTORATE(pseudonym=str(pseudonym))
    return (
        AttendanceRecorded(
            ballot_id=opened.ballot_id, present=command.present, consulted=command.consulted
        ),
        BallotClosed(
            ballot_id=opened.ballot_id, appraisal_id=opened.appraisal_id, closed_at=command.at
        ),
    )


def _tally(state: Ballot, command: TallyBallot) -> tuple[BallotTallied | QuorumMissed, ...]:
    opened = _opened(state)
    if state.closed is None or state.attendance is None:
        raise NOT_CLOSED()
    if state.counted is not None:
        return ()
    result = count(
        state.pseudonyms,
        state.attendance.present,
        state.attendance.consulted,
        command.votes,
        command.cut_off,
    )
    return (result_of(opened, result),)


def _opened(state: Ballot) -> BallotOpened:
    if state.opened is None:
        raise UNKNOWN()
    return state.opened


BALLOT: Final[Decider[Ballot, BallotCommand, BallotEvent]] = Decider(
    category="ballot",
    initial_state=Ballot(),
    decide=decide,
    evolve=evolve,
    stage=stage,
    commands=MappingProxyType(
        {
            "OpenBallot": OpenBallot,
            "RepeatBallot": RepeatBallot,
            "CloseBallot": CloseBallot,
            "TallyBallot": TallyBallot,
        }
    ),
)
