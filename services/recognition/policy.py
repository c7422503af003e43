"""Who may give which command in recognition."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from uuid import UUID

from services.recognition.domain.achievement import (
    ACHIEVEMENT,
    Achievement,
    EnterAchievement,
)
from services.recognition.domain.afterwards import AmendDecision, IssueCertificate
from services.recognition.domain.award import (
    AWARD,
    Award,
    AwardCommand,
    AwardEvent,
    ProposeAward,
    RecordOutcome,
    SuspendAward,
)
from services.recognition.domain.case import (
    CASE,
    CaseCommand,
    Discontinue,
    OpenCase,
)
from services.recognition.domain.case_state import Case, CaseEvent
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
from services.recognition.domain.review import (
    REVIEW,
    CloseReview,
    OpenReview,
    Review,
    ReviewCommand,
    ReviewEvent,
)
from services.recognition.domain.revocation import DismissRevocation, ProposeRevocation, Revoke
from shared.contracts.recognition import AchievementEntered
from shared.host.policy import ANY, Grant, Parties, Role, Rules

DECIDING_BODY: Final = "deciding_body"
COMMITTEE: Final = "committee"
HOLDER: Final = "holder"
APPRAISING_UNIT: Final = "appraising_unit"
ENDORSER: Final = "endorser"
REVIEWING_BODY: Final = "reviewing_body"

_BY_REACTION_ALONE: Final[tuple[Grant, ...]] = ()
_BY_EVERYONE: Final = (Grant(Role.PUBLIC, ANY),)
_BY_SIGNER: Final = (Grant(Role.SIGNER, DECIDING_BODY),)
_BY_DECIDING_BODY: Final = (*_BY_SIGNER, Grant(Role.OFFICE_CLERK, DECIDING_BODY))
_BY_ENDORSER: Final = (
    Grant(Role.SIGNER, ENDORSER),
    Grant(Role.COMMITTEE_OFFICER, ENDORSER),
    Grant(Role.COMMITTEE_OFFICER, COMMITTEE),
)
_BY_REVIEWING_BODY: Final = (
    Grant(Role.SIGNER, REVIEWING_BODY),
    Grant(Role.OFFICE_CLERK, REVIEWING_BODY),
)
_BY_SUBMITTING_UNIT: Final = (
    Grant(Role.APPRAISER, APPRAISING_UNIT),
    Grant(Role.COMMITTEE_OFFICER, COMMITTEE),
)


def _parties(state: Case, command: CaseCommand) -> Parties:
    opened = state.opened
    if opened is None:
        return {}
    return {
        ENDORSER: {command.endorser}
        if isinstance(command, GiveEndorsement | RefuseEndorsement)
        else (),
        DECIDING_BODY: {state.deciding_body or opened.deciding_body},
        COMMITTEE: {opened.committee},
        HOLDER: {opened.holder, *(one.organization for one in opened.joint_holders)},
        APPRAISING_UNIT: {opened.appraising_unit},
    }


def _model(state: Case, _: CaseCommand) -> UUID | None:
    return None if state.opened is None else state.opened.model


def _no_parties(_: Achievement, __: EnterAchievement) -> Parties:
    return {}


_GRANTS: Final[Mapping[type[CaseCommand], tuple[Grant, ...]]] = MappingProxyType(
    {
        OpenCase: _BY_REACTION_ALONE,
        DetermineCompetence: (
            *_BY_SIGNER,
            Grant(Role.COMMITTEE_OFFICER, COMMITTEE),
            Grant(Role.ADMINISTRATOR, ANY),
        ),
        NameDecidingBody: (
            Grant(Role.REGISTRANT, HOLDER),
            Grant(Role.COMMITTEE_OFFICER, COMMITTEE),
        ),
        RecordDuplicate: (*_BY_DECIDING_BODY, *_BY_SUBMITTING_UNIT),
        RecordEarlier: _BY_REACTION_ALONE,
        WithdrawDuplicate: _BY_DECIDING_BODY,
        SubmitProposal: _BY_SUBMITTING_UNIT,
        ReturnProposal: _BY_DECIDING_BODY,
        Recognize: _BY_SIGNER,
        Decline: _BY_SIGNER,
        Discontinue: _BY_REACTION_ALONE,
        IssueCertificate: _BY_DECIDING_BODY,
        AmendDecision: _BY_SIGNER,
        LodgeComplaint: _BY_EVERYONE,
        AnswerComplaint: _BY_SIGNER,
        ProposeRevocation: (*_BY_SUBMITTING_UNIT, *_BY_DECIDING_BODY),
        DismissRevocation: _BY_SIGNER,
        Revoke: _BY_SIGNER,
        PutForward: (*_BY_SUBMITTING_UNIT, *_BY_DECIDING_BODY),
        GiveEndorsement: _BY_ENDORSER,
        RefuseEndorsement: _BY_ENDORSER,
        WaiveEndorsement: (Grant(Role.COMMITTEE_OFFICER, COMMITTEE), *_BY_DECIDING_BODY),
        Suspend: _BY_REACTION_ALONE,
        DecideAnew: _BY_SIGNER,
    }
)

CASE_RULES: Final[Rules[Case, CaseCommand, CaseEvent]] = Rules(CASE, _parties, _GRANTS, _model)
ACHIEVEMENT_RULES: Final[Rules[Achievement, EnterAchievement, AchievementEntered]] = Rules(
    ACHIEVEMENT, _no_parties, MappingProxyType({EnterAchievement: _BY_REACTION_ALONE})
)


def _reviewing(state: Review, command: ReviewCommand) -> Parties:
    if isinstance(command, OpenReview):
        return {REVIEWING_BODY: {command.opened_by}}
    return {} if state.opened is None else {REVIEWING_BODY: {state.opened.opened_by}}


REVIEW_RULES: Final[Rules[Review, ReviewCommand, ReviewEvent]] = Rules(
    REVIEW,
    _reviewing,
    MappingProxyType({OpenReview: _BY_REVIEWING_BODY, CloseReview: _BY_REVIEWING_BODY}),
)


def _awarding(state: Award, command: AwardCommand) -> Parties:
    if isinstance(command, ProposeAward):
        return {DECIDING_BODY: {command.exemplar.decided_by}}
    return {} if state.proposed is None else {DECIDING_BODY: {state.proposed.proposed_by}}


AWARD_RULES: Final[Rules[Award, AwardCommand, AwardEvent]] = Rules(
    AWARD,
    _awarding,
    MappingProxyType(
        {
            ProposeAward: _BY_DECIDING_BODY,
            RecordOutcome: _BY_DECIDING_BODY,
            SuspendAward: _BY_REACTION_ALONE,
        }
    ),
)
RULES: Final = (CASE_RULES, ACHIEVEMENT_RULES, REVIEW_RULES, AWARD_RULES)
