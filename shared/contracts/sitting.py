"""Events of the evaluation service about one sitting of a council: the meeting people hold, with its agenda."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from shared.contracts.appraisal import ConflictTie, EnteredOnBehalf
from shared.contracts.event import Event
from shared.contracts.running import Sha256
from shared.contracts.values import (
    AppraisalId,
    BallotId,
    Choice,
    CouncilId,
    CouncilRole,
    Forgettable,
    Line,
    ModelId,
    OrganizationId,
    RuleSetId,
    SittingId,
    Text,
    WrittenVotes,
)


class Seat(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who belongs to one sitting, under an id of that sitting alone; `person` holds account, name, and the
    key from which the person's pseudonyms in the sitting's ballots follow.
    """

    seat: UUID
    role: CouncilRole
    person: Forgettable


class Candidate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A dossier on the agenda and the ballot that is held on it. `round` counts from 1; `former` is the
    ballot that is repeated.
    """

    appraisal_id: AppraisalId
    model: ModelId
    ballot_id: BallotId
    round: int
    former: BallotId | None = None


class Dropped(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A dossier on which no ballot could be opened after all: the refusal's code and its sentence."""

    ballot_id: BallotId
    code: Line
    reason: Text


class SittingOpened(Event, frozen=True):
    """A council meets on one or several dossiers (practice). Its roll and agenda are frozen; the ballots
    follow from it.

    `written_votes` and `minutes` are what their rules say. With `places` no more than so many are adopted: those with the most approvals among the ones that
    reached the threshold.
    """

    sitting_id: SittingId
    council: CouncilId
    council_body: OrganizationId
    appraising_unit: OrganizationId
    question: Line
    agenda: tuple[Candidate, ...]
    roll: tuple[Seat, ...]
    rule_set: RuleSetId
    rule_set_version: int
    written_votes: WrittenVotes
    minutes: tuple[CouncilRole, ...]
    places: int | None = None


class AgendaSettled(Event, frozen=True):
    """The ballots of a sitting are open: it can be voted in. `dropped` are those that could not be."""

    sitting_id: SittingId
    ballots: tuple[BallotId, ...]
    dropped: tuple[Dropped, ...]


class ConflictFound(Event, frozen=True):
    """The system found that a council member has a tie to the dossier's holder (practice)."""

    ballot_id: BallotId
    appraisal_id: AppraisalId
    council: CouncilId
    member_id: UUID
    tie: ConflictTie


class MemberRecused(Event, frozen=True):
    """A member does not vote in a ballot, for a tie found or declared (practice). It stands before the
    ballot's opening; the member is not in the electorate.
    """

    ballot_id: BallotId
    appraisal_id: AppraisalId
    council: CouncilId
    member_id: UUID
    tie: ConflictTie
    reason: Text


class SittingAttendanceRecorded(Event, frozen=True):
    """Who is present and which absent members are asked in writing, by seat, once for all ballots."""

    sitting_id: SittingId
    present: tuple[UUID, ...]
    consulted: tuple[UUID, ...]


class WrittenVoteCorrected(Event, frozen=True):
    """A vote that was entered wrongly from a paper was put right before the sitting closed (practice). It stands in
    the stream of the sitting, so that its close decides what came in time; it names no seat.
    """

    sitting_id: SittingId
    ballot_id: BallotId
    pseudonym: UUID
    former_choice: Choice
    choice: Choice
    reason: Text


class SittingClosed(Event, frozen=True):
    """The voting is over; the ballots close and are counted by themselves."""

    sitting_id: SittingId
    closed_at: datetime


CandidateOutcome = Literal[
    "adopted", "not_adopted", "quorum_missed", "no_place", "tied_for_place", "undecided"
]
"""`no_place` reached the threshold and came after the last place; `tied_for_place` had as many approvals as
others where the places ended. `undecided` may be voted on again."""


class CandidateResult(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What came of one dossier: its approvals under the denominator that governs, and the outcome.
    `repeatable`: the council may vote on it again, nothing is decided yet.
    """

    ballot_id: BallotId
    appraisal_id: AppraisalId
    approve: int
    base: int
    outcome: CandidateOutcome
    repeatable: bool


class SittingCounted(Event, frozen=True):
    """Every ballot of a sitting is counted, and the places, where there are any, are filled: derived from the
    ballots, never typed in.
    """

    sitting_id: SittingId
    results: tuple[CandidateResult, ...]


class Signatory(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A seat whose holder signs the minutes, and the role the rules ask for."""

    seat: UUID
    role: CouncilRole


class MinutesDrafted(Event, frozen=True):
    """The minutes of a counted sitting were drafted from the record (practice): `minutes` is their hash, the
    signatories hold the roles that the rules name.
    """

    sitting_id: SittingId
    council_body: OrganizationId
    question: Line
    minutes: Sha256
    signatories: tuple[Signatory, ...]


class ReservationEntered(Event, frozen=True):
    """A member put a reservation into the minutes before they were signed (practice): on a dossier, or on the
    sitting as a whole. Its words are kept apart. `minutes` is the hash of the minutes with it; all in `awaiting`
    sign these, also who signed the minutes without it.
    """

    sitting_id: SittingId
    council_body: OrganizationId
    question: Line
    awaiting: tuple[CouncilRole, ...]
    seat: UUID
    appraisal: AppraisalId | None
    words: Forgettable
    minutes: Sha256


class MinutesSigned(Event, frozen=True):
    """A signatory signed the minutes whose hash is `minutes` (practice). `awaiting` have yet to; when nobody has, the
    advice follows. `on_behalf` where it was entered from the signed paper of one without an account.
    """

    sitting_id: SittingId
    seat: UUID
    role: CouncilRole
    minutes: Sha256
    awaiting: tuple[CouncilRole, ...]
    on_behalf: EnteredOnBehalf | None = None
