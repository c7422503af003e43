"""Events of registration that tell how an accepted model is built, stood by and lives; and feedback."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from shared.contracts.event import Event
from shared.contracts.values import (
    DifficultyId,
    FeedbackId,
    Forgettable,
    Line,
    ModelId,
    MovementId,
    OrganizationId,
    Text,
)

# --- plan, core team, progress (III.1.2) --------------------------------------------------------


class Target(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something to reach that can be measured: `goal` in `unit`."""

    name: Line
    unit: Line
    goal: Decimal


class Milestone(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What should stand by when."""

    name: Line
    due_on: date


class PlanAdopted(Event, frozen=True):
    """The plan: criteria to reach, ways and measures, time, resources (clause III.1.2a)."""

    model_id: ModelId
    targets: tuple[Target, ...]
    measures: Text
    milestones: tuple[Milestone, ...]
    resources: Text
    starts_on: date
    ends_on: date


class CoreMember(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A core member: who (kept apart, forgettable), in which role, from which group."""

    person: Forgettable
    role: Line
    group: Line


class CoreTeamAssigned(Event, frozen=True):
    """Core members were assigned (clause III.1.2b)."""

    model_id: ModelId
    members: tuple[CoreMember, ...]


class Figure(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A value reached for a target of the plan, in the target's unit."""

    target: Line
    value: Decimal


class ProgressReported(Event, frozen=True):
    """The holder reported progress for the time up to `until`."""

    model_id: ModelId
    until: date
    narrative: Text
    figures: tuple[Figure, ...]


class PlanRevised(Event, frozen=True):
    """The plan as it is from now on, and why it changed; `version` counts from the adopted plan's 1
    (clause III.1.2a).
    """

    model_id: ModelId
    version: int
    targets: tuple[Target, ...]
    measures: Text
    milestones: tuple[Milestone, ...]
    resources: Text
    starts_on: date
    ends_on: date
    reason: Text


class CoreTeamChanged(Event, frozen=True):
    """Core members joined, or left: `left` are the payload ids of their references (clause III.1.2b)."""

    model_id: ModelId
    joined: tuple[CoreMember, ...]
    left: tuple[UUID, ...]
    reason: Text


class ModelPraised(Event, frozen=True):
    """A body of the mobilisation system praised the model in time (clause III.2.1a)."""

    model_id: ModelId
    by: OrganizationId
    reasons: Text


class DifficultyRaised(Event, frozen=True):
    """Something stands in the model's way (clause III.2.1a). `help_by` is the last day to assign help
    with it (practice: `help_days`).
    """

    model_id: ModelId
    difficulty_id: DifficultyId
    raised_on: date
    help_by: date
    description: Text


class HelpAssigned(Event, frozen=True):
    """`helper` is to help with a difficulty until `due_on`; assigned again, the last holds
    (clause III.2.1a).
    """

    model_id: ModelId
    difficulty_id: DifficultyId
    by: OrganizationId
    helper: OrganizationId
    task: Text
    due_on: date


class DifficultyResolved(Event, frozen=True):
    """The difficulty is overcome (clause III.2.1a)."""

    model_id: ModelId
    difficulty_id: DifficultyId
    resolved_on: date
    resolution: Text


Standing = Literal["strong", "steady", "weak"]
"""How a model stands between its reports (practice: strong ones are replicated, weak ones consolidated)."""


class InterimAssessmentRecorded(Event, frozen=True):
    """A body of the mobilisation system assessed quality and effect, beside the holder's own reports;
    `figures` are its own (clause III.2.1a).
    """

    model_id: ModelId
    by: OrganizationId
    assessed_on: date
    standing: Standing
    quality: Text
    effectiveness: Text
    figures: tuple[Figure, ...]


# --- evidence, time, corrections, life ----------------------------------------------------------

Sha256 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$(?!\n)", examples=["ab" * 32])]
"""SHA-256 in hex of a file's bytes."""

MediaType = Literal["application/pdf", "image/jpeg", "image/png"]


class EvidenceAttached(Event, frozen=True):
    """A file that shows what was done was attached: kept outside the log under its hash (clause II.3)."""

    model_id: ModelId
    sha256: Sha256
    media_type: MediaType
    size_bytes: int
    shows: Line


class EvidenceWithdrawn(Event, frozen=True):
    """A file was withdrawn and is shown no more; its hash stays."""

    model_id: ModelId
    sha256: Sha256
    reason: Text


class ExtensionGranted(Event, frozen=True):
    """Before the deadline the committee gave more time: results are due before `due_before` (practice;
    clause III.2.1b).
    """

    model_id: ModelId
    year: int
    committee: OrganizationId
    due_before: date
    reason: Text


class ExtensionRefused(Event, frozen=True):
    """The committee gave no more time; `asked_for` is the day that was asked for (practice)."""

    model_id: ModelId
    year: int
    committee: OrganizationId
    asked_for: date
    reason: Text


CorrectableEntry = Literal[
    "register-number",
    "progress.narrative",
    "progress.figure",
    "results.summary",
    "results.figure",
    "results.households",
]
"""What can be corrected; of progress reports the last."""


class EntryCorrected(Event, frozen=True):
    """An entry was wrong: what it said, what it is to say, and why. A figure is named by its target; the
    event that had it stays as it was (practice: entry on behalf of others, from paper).
    """

    model_id: ModelId
    entry: CorrectableEntry
    was: Text
    becomes: Text
    reason: Text
    target: Line | None = None


class ModelSuspended(Event, frozen=True):
    """The model rests."""

    model_id: ModelId
    suspended_on: date
    reason: Text


class ModelResumed(Event, frozen=True):
    """A suspended model goes on."""

    model_id: ModelId
    resumed_on: date
    reason: Text


class ModelEnded(Event, frozen=True):
    """The model is over; what it reached stays."""

    model_id: ModelId
    ended_on: date
    reason: Text


class ModelFellQuiet(Event, frozen=True):
    """Nothing was heard of a running model since `heard_on`, for more than `quiet_after_days` days (practice):
    neither a report of the holder nor an assessment (clauses III.2.1a, IV.2). Said once of each silence.
    """

    model_id: ModelId
    heard_on: date
    quiet_after_days: int

    @property
    def quiet_from(self) -> date:
        """The first day of the silence that is longer than allowed."""
        return self.heard_on + timedelta(days=self.quiet_after_days + 1)


class ModelReattested(Event, frozen=True):
    """A body of the mobilisation system attested that the model still lives (practice: every year)."""

    model_id: ModelId
    year: int
    by: OrganizationId
    attested_on: date
    finding: Text


class ReplicationRecorded(Event, frozen=True):
    """The model was taken from `original` (clause II.5)."""

    model_id: ModelId
    original: ModelId
    taken_over: Text


# --- feedback on the guideline ----------------------------------------------------------------


class FeedbackRaised(Event, frozen=True):
    """A body reported a difficulty or new matter with the guideline to the launching body (clause IV.3).
    `about` names the clause or setting it concerns.
    """

    feedback_id: FeedbackId
    movement: MovementId
    launching_body: OrganizationId
    raised_by: OrganizationId
    raised_on: date
    subject: Line
    content: Text
    about: Line | None = None


FeedbackOutcome = Literal["explained", "rules_adjusted", "noted"]
"""What a feedback leads to: an explanation, a new rule version that cites it, or nothing for now."""


class FeedbackAnswered(Event, frozen=True):
    """The launching body answered (clause IV.3)."""

    feedback_id: FeedbackId
    answered_by: OrganizationId
    answered_on: date
    outcome: FeedbackOutcome
    answer: Text
