"""Events of the recognition service: cases and their decisions."""

from datetime import date
from types import MappingProxyType
from typing import Final, Literal
from uuid import UUID

import msgspec

from shared.contracts.event import Catalogue, Event
from shared.contracts.exemplar import (
    AwardOutcomeRecorded,
    AwardProposed,
    DependentRecognitionDecided,
    DependentRecognitionSuspended,
    EndorsementGiven,
    EndorsementRefused,
    EndorsementWaived,
    ExemplarPutForward,
    ReviewClosed,
    ReviewOpened,
)
from shared.contracts.holding import JointHolders
from shared.contracts.personal import PersonalDataErased
from shared.contracts.values import (
    AchievementId,
    Aim,
    AppraisalId,
    CaseId,
    CompetenceClause,
    Forgettable,
    HolderKind,
    Line,
    ModelId,
    MovementId,
    OrganizationId,
    RuleSetId,
    Text,
)

Advice = Literal["recognise", "decline"]


class Ground(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A principle of clause I.2.1 and the event that shows it."""

    clause: Literal["I.2.1a", "I.2.1b", "I.2.1c"]
    event_id: UUID


class CaseOpened(Event, frozen=True):
    """On the appraising unit's advice a case lies before the deciding body, with its grounds.

    `achievement` is what the case asks to recognise: the same work of the same holder in a year.
    `holder_kind` is the registration's: of an individual, `holder` is the committee of residence or
    work, which itself may be competent.
    """

    case_id: CaseId
    model: ModelId
    movement: MovementId
    year: int
    achievement: AchievementId
    aim: Aim
    holder: OrganizationId
    holder_kind: HolderKind
    committee: OrganizationId
    appraisal: AppraisalId
    appraising_unit: OrganizationId
    deciding_body: OrganizationId
    advice: Advice
    grounds: tuple[Ground, ...]
    rule_set: RuleSetId
    rule_set_version: int
    joint_holders: JointHolders = ()
    joint_achievements: tuple[AchievementId, ...] = ()
    """Those of the joint holders: work of any of them is the same."""


class CompetentBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A body competent for the case, and the clause that makes it so."""

    organization: OrganizationId
    clause: CompetenceClause


class CompetenceDetermined(Event, frozen=True):
    """Every competent body (clause I.2.2 lets them overlap), as the graph stood on `as_of`.

    `successor` decides in the place of the body that the registration named, where that one is no more or
    another succeeded in its competence; `named_body_competent` is said of whoever decides.
    """

    case_id: CaseId
    as_of: date
    bodies: tuple[CompetentBody, ...]
    named_body_competent: bool
    successor: OrganizationId | None = None


class DecidingBodyNamed(Event, frozen=True):
    """The holder named one of the competent bodies, for the one named before is not competent (clause
    I.2.2).
    """

    case_id: CaseId
    model: ModelId
    organization: OrganizationId
    named_by: OrganizationId


class AchievementEntered(Event, frozen=True):
    """A case about this achievement was advised on. Cases stand in the order of the stream: of two, the
    later one is recognised only if the earlier one ended without a recognition (practice:
    `same_achievement`). A case that is reopened enters once more, behind all others; `again` is the complaint
    that reopened it. A case that people found to be about the same enters the row of the other, too.
    """

    achievement: AchievementId
    case_id: CaseId
    model: ModelId
    deciding_body: OrganizationId
    again: UUID | None = None


class DuplicateFound(Event, frozen=True):
    """An earlier case is about the same achievement: same holder, name and place, or as somebody found
    who compared the two. `other_body` decides there.
    """

    case_id: CaseId
    model: ModelId
    other_case: CaseId
    other_model: ModelId
    other_body: OrganizationId
    finding: Text | None = None


class DuplicateWithdrawn(Event, frozen=True):
    """A finding of `DuplicateFound` by people was wrong: the case no longer waits for the other."""

    case_id: CaseId
    model: ModelId
    other_case: CaseId
    reason: Text


class ProposalSubmitted(Event, frozen=True):
    """The submitting unit proposes to the deciding body that it recognise (practice: `proposal`)."""

    case_id: CaseId
    submitted_by: OrganizationId
    submitted_to: OrganizationId
    document_number: Line
    submitted_on: date
    summary: Text


class ProposalReturned(Event, frozen=True):
    """The deciding body gave the proposal back, with reasons; it may be submitted again."""

    case_id: CaseId
    returned_by: OrganizationId
    returned_to: OrganizationId
    returned_on: date
    reasons: Text


class Recognized(Event, frozen=True):
    """The competent body recognised the model.

    `clauses` are all that make the body competent: they overlap and none takes precedence (clause
    I.2.2; a commune committee stands under b and d).
    """

    case_id: CaseId
    model: ModelId
    movement: MovementId
    year: int
    aim: Aim
    holder: OrganizationId
    committee: OrganizationId
    appraising_unit: OrganizationId
    decided_by: OrganizationId
    clauses: tuple[CompetenceClause, ...]
    decision_number: Line
    decided_on: date
    signer_office: Line
    signer: Forgettable
    outside_month_reason: Text | None = None
    joint_holders: JointHolders = ()


class Declined(Event, frozen=True):
    """The competent body declined, with reasons. `clauses` as in Recognized."""

    case_id: CaseId
    model: ModelId
    movement: MovementId
    year: int
    aim: Aim
    holder: OrganizationId
    committee: OrganizationId
    appraising_unit: OrganizationId
    decided_by: OrganizationId
    clauses: tuple[CompetenceClause, ...]
    decision_number: Line
    decided_on: date
    signer_office: Line
    signer: Forgettable
    reasons: Text
    outside_month_reason: Text | None = None
    joint_holders: JointHolders = ()


class DecisionDepartedFromAdvice(Event, frozen=True):
    """The decision departs from the advice; the reason is public (clause III.2.1c)."""

    case_id: CaseId
    advice: Advice
    reason: Text


class CertificateIssued(Event, frozen=True):
    """The deciding body issued the certificate of its recognition, under a number of its own."""

    case_id: CaseId
    model: ModelId
    issued_by: OrganizationId
    certificate_number: Line
    issued_on: date
    decision_number: Line
    joint_holders: JointHolders = ()
    """Whom it names beside the holder of the case."""


class DecisionAmended(Event, frozen=True):
    """The deciding body amended its decision by another document: what changes, and why, in public.
    `complaint` is the one upheld that led to it.
    """

    case_id: CaseId
    model: ModelId
    decision_number: Line
    amended_by: OrganizationId
    amendment_number: Line
    amended_on: date
    changes: Text
    reasons: Text
    signer_office: Line
    signer: Forgettable
    complaint: UUID | None = None


class ComplaintLodged(Event, frozen=True):
    """A complaint about the decision came in; its words, the name and the address are kept apart
    (practice: `complaint_days`).
    """

    case_id: CaseId
    model: ModelId
    complaint_id: UUID
    lodged_on: date
    complaint: Forgettable


ComplaintOutcome = Literal["upheld", "dismissed"]
Remedy = Literal["amendment", "revocation", "new_decision"]


class ComplaintAnswered(Event, frozen=True):
    """The public answer to a complaint; one that is upheld leads to an amendment, to the proposal of a
    revocation or, about a refusal, to a new decision.
    """

    case_id: CaseId
    model: ModelId
    complaint_id: UUID
    answered_by: OrganizationId
    answered_on: date
    outcome: ComplaintOutcome
    answer: Text
    remedy: Remedy | None = None


class CaseReopened(Event, frozen=True):
    """A refusal does not hold, because a complaint about it was upheld: the case waits for a new decision
    (practice: `complaint_days`).
    """

    case_id: CaseId
    model: ModelId
    complaint_id: UUID
    former_decision: Line
    reopened_on: date


RevocationGround = Literal[
    "false_achievements", "forged_dossier", "unlawful_procedure", "violation_concluded"
]
"""Practice, emulation law art. 93 §2: fraud in declaring achievements; a false or forged dossier; appraisal
or proposal against the law; a later conclusion of violations in the period."""


class RevocationProposed(Event, frozen=True):
    """It was reported that the recognition rests on what does not hold. `report_by` is the last day to
    report a ground concluded on `concluded_on`, `decide_by` the last to decide (practice:
    `revocation_report_days`, `revocation_decision_working_days`).
    """

    case_id: CaseId
    model: ModelId
    ground: RevocationGround
    finding: Text
    concluded_on: date
    proposed_by: OrganizationId
    proposed_on: date
    report_by: date
    reported_late: bool
    decide_by: date
    complaint: UUID | None = None


class RevocationDismissed(Event, frozen=True):
    """The deciding body found no ground to revoke; the recognition stands."""

    case_id: CaseId
    model: ModelId
    dismissed_by: OrganizationId
    dismissed_on: date
    reasons: Text


class RecognitionRevoked(Event, frozen=True):
    """The deciding body revoked its recognition. What rested on it is suspended and decided anew."""

    case_id: CaseId
    model: ModelId
    movement: MovementId
    year: int
    aim: Aim
    holder: OrganizationId
    committee: OrganizationId
    appraising_unit: OrganizationId
    revoked_by: OrganizationId
    ground: RevocationGround
    reasons: Text
    revokes: Line
    decision_number: Line
    decided_on: date
    decided_late: bool
    signer_office: Line
    signer: Forgettable


class CaseDiscontinued(Event, frozen=True):
    """The model was withdrawn before a decision."""

    case_id: CaseId
    model: ModelId
    reason: Text


EVENTS: Final = Catalogue(
    service="recognition",
    categories=("case", "achievement", "review", "award", "personal_recognition"),
    current=MappingProxyType(
        {
            "CaseOpened.v1": CaseOpened,
            "CompetenceDetermined.v1": CompetenceDetermined,
            "DecidingBodyNamed.v1": DecidingBodyNamed,
            "AchievementEntered.v1": AchievementEntered,
            "DuplicateFound.v1": DuplicateFound,
            "DuplicateWithdrawn.v1": DuplicateWithdrawn,
            "ProposalSubmitted.v1": ProposalSubmitted,
            "ProposalReturned.v1": ProposalReturned,
            "Recognized.v1": Recognized,
            "Declined.v1": Declined,
            "DecisionDepartedFromAdvice.v1": DecisionDepartedFromAdvice,
            "CaseDiscontinued.v1": CaseDiscontinued,
            "CertificateIssued.v1": CertificateIssued,
            "DecisionAmended.v1": DecisionAmended,
            "ComplaintLodged.v1": ComplaintLodged,
            "ComplaintAnswered.v1": ComplaintAnswered,
            "CaseReopened.v1": CaseReopened,
            "RevocationProposed.v1": RevocationProposed,
            "RevocationDismissed.v1": RevocationDismissed,
            "RecognitionRevoked.v1": RecognitionRevoked,
            "ReviewOpened.v1": ReviewOpened,
            "ReviewClosed.v1": ReviewClosed,
            "ExemplarPutForward.v1": ExemplarPutForward,
            "EndorsementGiven.v1": EndorsementGiven,
            "EndorsementRefused.v1": EndorsementRefused,
            "EndorsementWaived.v1": EndorsementWaived,
            "DependentRecognitionSuspended.v1": DependentRecognitionSuspended,
            "DependentRecognitionDecided.v1": DependentRecognitionDecided,
            "AwardProposed.v1": AwardProposed,
            "AwardOutcomeRecorded.v1": AwardOutcomeRecorded,
            "PersonalDataErased.v1": PersonalDataErased,
        }
    ),
)
