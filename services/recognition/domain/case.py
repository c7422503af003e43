"""A case before a deciding body, from the advice to what becomes of its decision. Stream `case-<id>`."""

from types import MappingProxyType
from typing import Final

import msgspec

from services.recognition.domain import (
    afterwards,
    complaints,
    deciding,
    determining,
    exemplar,
    proposing,
    revocation,
)
from services.recognition.domain.afterwards import AmendDecision, IssueCertificate
from services.recognition.domain.case_state import Case, CaseEvent, Events, evolve, stage
from services.recognition.domain.complaints import AnswerComplaint, LodgeComplaint
from services.recognition.domain.deciding import Decline, Recognize
from services.recognition.domain.determining import DetermineCompetence, NameDecidingBody
from services.recognition.domain.exemplar import (
    DecideAnew,
    GiveEndorsement,
    PutForward,
    RefuseEndorsement,
    Suspend,
    WaiveEndorsement,
)
from services.recognition.domain.proposing import (
    RecordDuplicate,
    RecordEarlier,
    ReturnProposal,
    SubmitProposal,
    WithdrawDuplicate,
)
from services.recognition.domain.revocation import DismissRevocation, ProposeRevocation, Revoke
from shared.contracts.holding import JointHolders
from shared.contracts.recognition import (
    AchievementEntered,
    Advice,
    CaseDiscontinued,
    CaseOpened,
    Ground,
)
from shared.contracts.values import (
    AchievementId,
    Aim,
    AppraisalId,
    CaseId,
    HolderKind,
    ModelId,
    MovementId,
    OrganizationId,
    RuleSetId,
    Text,
)
from shared.domain.decider import Decider, Request
from shared.domain.time import Instant

# --- commands ---------------------------------------------------------------------------------


class AdviceFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What the appraising unit advised, and on what."""

    appraisal: AppraisalId
    model: ModelId
    movement: MovementId
    year: int
    aim: Aim
    holder: OrganizationId
    joint_holders: JointHolders = ()
    committee: OrganizationId
    appraising_unit: OrganizationId
    deciding_body: OrganizationId
    advice: Advice
    rule_set: RuleSetId
    rule_set_version: int


class OpenCase(Request, frozen=True, kw_only=True):
    """Open the case on the advice, with the events that show the principles of clause I.2.1. `earlier`
    are the cases that came first with the same achievement.
    """

    case_id: CaseId
    at: Instant
    advice: AdviceFacts
    holder_kind: HolderKind
    grounds: tuple[Ground, ...]
    achievement: AchievementId
    joint_achievements: tuple[AchievementId, ...] = ()
    earlier: tuple[AchievementEntered, ...] = ()


class Discontinue(Request, frozen=True, kw_only=True):
    """The model was withdrawn."""

    at: Instant
    reason: Text


ExemplarCommand = (
    PutForward | GiveEndorsement | RefuseEndorsement | WaiveEndorsement | Suspend | DecideAnew
)
AfterCommand = (
    IssueCertificate
    | AmendDecision
    | LodgeComplaint
    | AnswerComplaint
    | ProposeRevocation
    | DismissRevocation
    | Revoke
)
CaseCommand = (
    OpenCase
    | DetermineCompetence
    | NameDecidingBody
    | RecordDuplicate
    | RecordEarlier
    | WithdrawDuplicate
    | SubmitProposal
    | ReturnProposal
    | Recognize
    | Decline
    | Discontinue
    | AfterCommand
    | ExemplarCommand
)

# --- rules ------------------------------------------------------------------------------------


def decide(state: Case, command: CaseCommand) -> Events:
    """What follows from `command`. Raises RefusedError."""
    match command:
        case OpenCase():
            return _open(state, command)
        case DetermineCompetence():
            return determining.determine(state, command)
        case NameDecidingBody():
            return determining.name(state, command)
        case RecordDuplicate():
            return proposing.record_duplicate(state, command)
        case RecordEarlier():
            return proposing.record_earlier(state, command)
        case WithdrawDuplicate():
            return proposing.withdraw_duplicate(state, command)
        case SubmitProposal():
            return proposing.submit_proposal(state, command)
        case ReturnProposal():
            return proposing.return_proposal(state, command)
        case Recognize():
            return deciding.recognize(state, command)
        case Decline():
            return deciding.decline(state, command)
        case Discontinue():
            return _discontinue(state, command)
        case _:
            return _decide_afterwards(state, command)


def _decide_exemplar(state: Case, command: ExemplarCommand) -> Events:
    match command:
        case PutForward():
            return exemplar.put_forward(state, command)
        case GiveEndorsement():
            return exemplar.give(state, command)
        case RefuseEndorsement():
            return exemplar.refuse_endorsement(state, command)
        case WaiveEndorsement():
            return exemplar.waive(state, command)
        case Suspend():
            return exemplar.suspend(state, command)
        case DecideAnew():
            return exemplar.decide_anew(state, command)


def _decide_afterwards(state: Case, command: AfterCommand | ExemplarCommand) -> Events:
    match command:
        case IssueCertificate():
            return afterwards.issue_certificate(state, command)
        case AmendDecision():
            return afterwards.amend(state, command)
        case LodgeComplaint():
            return complaints.lodge(state, command)
        case AnswerComplaint():
            return complaints.answer(state, command)
        case ProposeRevocation():
            return revocation.propose(state, command)
        case DismissRevocation():
            return revocation.dismiss(state, command)
        case Revoke():
            return revocation.revoke(state, command)
        case _:
            return _decide_exemplar(state, command)


def _open(state: Case, command: OpenCase) -> Events:
    if state.opened is not None:
        return ()
    advice = command.advice
    return (
        CaseOpened(
            case_id=command.case_id,
            model=advice.model,
            movement=advice.movement,
            year=advice.year,
            achievement=command.achievement,
            aim=advice.aim,
            holder=advice.holder,
            holder_kind=command.holder_kind,
            committee=advice.committee,
            appraisal=advice.appraisal,
            appraising_unit=advice.appraising_unit,
            deciding_body=advice.deciding_body,
            advice=advice.advice,
            grounds=command.grounds,
            rule_set=advice.rule_set,
            rule_set_version=advice.rule_set_version,
            joint_holders=advice.joint_holders,
            joint_achievements=command.joint_achievements,
        ),
        *(proposing.named(command.case_id, advice.model, earlier) for earlier in command.earlier),
    )


def _discontinue(state: Case, command: Discontinue) -> Events:
    opened = state.opened
    if opened is None or state.decision is not None or state.discontinued is not None:
        return ()
    return (CaseDiscontinued(case_id=opened.case_id, model=opened.model, reason=command.reason),)


CASE: Final[Decider[Case, CaseCommand, CaseEvent]] = Decider(
    category="case",
    initial_state=Case(),
    decide=decide,
    evolve=evolve,
    stage=stage,
    commands=MappingProxyType(
        {
            "OpenCase": OpenCase,
            "DetermineCompetence": DetermineCompetence,
            "NameDecidingBody": NameDecidingBody,
            "RecordDuplicate": RecordDuplicate,
            "RecordEarlier": RecordEarlier,
            "WithdrawDuplicate": WithdrawDuplicate,
            "SubmitProposal": SubmitProposal,
            "ReturnProposal": ReturnProposal,
            "Recognize": Recognize,
            "Decline": Decline,
            "Discontinue": Discontinue,
            "IssueCertificate": IssueCertificate,
            "AmendDecision": AmendDecision,
            "LodgeComplaint": LodgeComplaint,
            "AnswerComplaint": AnswerComplaint,
            "ProposeRevocation": ProposeRevocation,
            "DismissRevocation": DismissRevocation,
            "Revoke": Revoke,
            "PutForward": PutForward,
            "GiveEndorsement": GiveEndorsement,
            "RefuseEndorsement": RefuseEndorsement,
            "WaiveEndorsement": WaiveEndorsement,
            "Suspend": Suspend,
            "DecideAnew": DecideAnew,
        }
    ),
)
