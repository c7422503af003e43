"""Who may give which command in evaluation."""

from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from services.evaluation.domain.advice import Discontinue, IssueAdvice
from services.evaluation.domain.appraisal import APPRAISAL, AppraisalCommand
from services.evaluation.domain.appraisal_state import Appraisal
from services.evaluation.domain.attendance import RecordAttendance
from services.evaluation.domain.ballot import (
    BALLOT,
    Ballot,
    BallotCommand,
    CloseBallot,
    OpenBallot,
    RepeatBallot,
    TallyBallot,
)
from services.evaluation.domain.conflict import DeclareConflict
from services.evaluation.domain.correcting import NoteCorrection
from services.evaluation.domain.council import (
    COUNCIL,
    ChangeCouncil,
    Council,
    CouncilCommand,
    FormCouncil,
)
from services.evaluation.domain.criteria import (
    CRITERIA,
    AdoptCriteria,
    AdoptCriteriaVersion,
    CriteriaCommand,
    CriteriaSet,
)
from services.evaluation.domain.field_team import FIELD_TEAM, AssignFieldTeam, FieldTeam
from services.evaluation.domain.minutes import (
    DraftMinutes,
    EnterReservation,
    SignMinutes,
    SignOnPaper,
)
from services.evaluation.domain.posting import (
    AnswerOpinion,
    ClosePosting,
    OpenPosting,
    ReceiveOpinion,
)
from services.evaluation.domain.rescoring import CorrectScore, CorrectSheet
from services.evaluation.domain.ruleset import (
    RULE_SET,
    AdoptRuleSet,
    AdoptRuleSetVersion,
    RuleSet,
    RuleSetCommand,
)
from services.evaluation.domain.scoring import (
    CheckGate,
    CompleteAppraisal,
    OpenAppraisal,
    ScoreCriterion,
)
from services.evaluation.domain.sealing import EnterSheet, OpenScore, ResolveDivergence, SealScore
from services.evaluation.domain.sitting import (
    SITTING,
    CloseSitting,
    CountSitting,
    OpenSitting,
    SettleAgenda,
    SittingCommand,
)
from services.evaluation.domain.sitting_state import Sitting
from services.evaluation.domain.team import AssignTeam, RecuseAppraiser
from services.evaluation.domain.visits import RecordVisit, ScheduleVisit
from services.evaluation.domain.vote import VOTE, CastVote, EnterWrittenVote, Vote, VoteCommand
from services.evaluation.domain.written import CorrectWrittenVote
from shared.host.policy import ANY, Grant, Parties, Role, Rules

ADOPTER: Final = "adopter"
BODY: Final = "body"
APPRAISING_UNIT: Final = "appraising_unit"

_BY_ADOPTER: Final = (Grant(Role.OFFICE_CLERK, ADOPTER), Grant(Role.COMMITTEE_OFFICER, ADOPTER))
_BY_BODY: Final = tuple(
    Grant(role, BODY)
    for role in (Role.SECRETARY, Role.CHAIR, Role.OFFICE_CLERK, Role.COMMITTEE_OFFICER)
)
_BY_APPRAISER: Final = (Grant(Role.APPRAISER, APPRAISING_UNIT),)
_BY_UNIT: Final = (*_BY_APPRAISER, Grant(Role.OFFICE_CLERK, APPRAISING_UNIT))
# A team draws on several bodies: who belongs to it is asked of the team, whatever body sent him.
_BY_TEAM: Final = (Grant(Role.APPRAISER, ANY),)
# A council's secretary may serve in the unit that advises rather than in the body itself.
_BY_COUNCIL: Final = tuple(
    Grant(role, relation)
    for role in (Role.SECRETARY, Role.CHAIR)
    for relation in (BODY, APPRAISING_UNIT)
)
# Papers are entered by the one who does not vote.
_BY_SECRETARY: Final = (Grant(Role.SECRETARY, BODY), Grant(Role.SECRETARY, APPRAISING_UNIT))
# Membership is asked of the frozen electorate: a member votes whatever body sent him.
_BY_VOTER: Final = (Grant(Role.COUNCIL_MEMBER, ANY), Grant(Role.CHAIR, ANY))
# Who holds a seat is asked of the sitting's roll.
_BY_SEAT: Final = (*_BY_VOTER, Grant(Role.SECRETARY, ANY))
_BY_EVERYONE: Final = (Grant(Role.PUBLIC, ANY),)
_BY_ITSELF: Final[tuple[Grant, ...]] = ()


def _adopter(state: RuleSet | CriteriaSet, command: RuleSetCommand | CriteriaCommand) -> Parties:
    if state.versions:
        return {ADOPTER: {state.versions[-1].adopted_by}}
    if isinstance(command, AdoptRuleSet | AdoptCriteria):
        return {ADOPTER: {command.adopted_by}}
    return {}


def _council_parties(state: Council, command: CouncilCommand) -> Parties:
    if state.formed is not None:
        return {BODY: {state.formed.body}}
    return {BODY: {command.body}} if isinstance(command, FormCouncil) else {}


def _unit(_state: FieldTeam, command: AssignFieldTeam) -> Parties:
    return {APPRAISING_UNIT: {command.unit}}


def _appraisal_parties(state: Appraisal, _command: AppraisalCommand) -> Parties:
    return {} if state.opened is None else {APPRAISING_UNIT: {state.opened.appraising_unit}}


def _sitting_parties(state: Sitting, command: SittingCommand) -> Parties:
    if isinstance(command, OpenSitting):
        convening = command.convening
        units = {one.appraising_unit for one in convening.agendas}
        return {
            BODY: {convening.council_body},
            APPRAISING_UNIT: units if len(units) == 1 else set(),
        }
    if state.opened is None:
        return {}
    return {
        BODY: {state.opened.council_body},
        APPRAISING_UNIT: {state.opened.appraising_unit},
    }


def _ballot_parties(_state: Ballot, _command: BallotCommand) -> Parties:
    return {}


def _dossiers_model(state: Appraisal, _command: object) -> UUID | None:
    return None if state.opened is None else state.opened.model


def _agendas_model(state: Sitting, _command: object) -> UUID | None:
    return None if state.opened is None else state.opened.agenda[0].model


def _vote_parties(_state: Vote, command: VoteCommand) -> Parties:
    if isinstance(command, EnterWrittenVote):
        return {BODY: {command.council_body}, APPRAISING_UNIT: {command.appraising_unit}}
    return {}


def _votes_model(_state: Vote, command: VoteCommand) -> UUID | None:
    return command.model if isinstance(command, EnterWrittenVote) else None


RULES: Final[tuple[Rules[Any, Any, Any], ...]] = (
    Rules(
        RULE_SET,
        _adopter,
        MappingProxyType({AdoptRuleSet: _BY_ADOPTER, AdoptRuleSetVersion: _BY_ADOPTER}),
    ),
    Rules(
        CRITERIA,
        _adopter,
        MappingProxyType({AdoptCriteria: _BY_ADOPTER, AdoptCriteriaVersion: _BY_ADOPTER}),
    ),
    Rules(
        COUNCIL,
        _council_parties,
        MappingProxyType({FormCouncil: _BY_BODY, ChangeCouncil: _BY_BODY}),
    ),
    Rules(FIELD_TEAM, _unit, MappingProxyType({AssignFieldTeam: _BY_UNIT})),
    Rules(
        APPRAISAL,
        _appraisal_parties,
        MappingProxyType(
            {
                OpenAppraisal: _BY_ITSELF,
                CheckGate: _BY_APPRAISER,
                AssignTeam: _BY_UNIT,
                RecuseAppraiser: _BY_TEAM,
                ScoreCriterion: _BY_APPRAISER,
                SealScore: _BY_TEAM,
                EnterSheet: _BY_UNIT,
                OpenScore: _BY_ITSELF,
                ResolveDivergence: _BY_APPRAISER,
                CorrectScore: _BY_TEAM,
                CorrectSheet: _BY_UNIT,
                NoteCorrection: _BY_ITSELF,
                ScheduleVisit: _BY_APPRAISER,
                RecordVisit: _BY_APPRAISER,
                CompleteAppraisal: _BY_APPRAISER,
                OpenPosting: _BY_APPRAISER,
                ReceiveOpinion: _BY_EVERYONE,
                AnswerOpinion: _BY_APPRAISER,
                ClosePosting: _BY_APPRAISER,
                DeclareConflict: _BY_VOTER,
                IssueAdvice: _BY_ITSELF,
                Discontinue: _BY_ITSELF,
            }
        ),
        _dossiers_model,
    ),
    Rules(
        SITTING,
        _sitting_parties,
        MappingProxyType(
            {
                OpenSitting: _BY_COUNCIL,
                SettleAgenda: _BY_ITSELF,
                RecordAttendance: _BY_COUNCIL,
                CorrectWrittenVote: _BY_SECRETARY,
                CloseSitting: _BY_COUNCIL,
                CountSitting: _BY_ITSELF,
                DraftMinutes: _BY_ITSELF,
                EnterReservation: _BY_VOTER,
                SignMinutes: _BY_SEAT,
                SignOnPaper: _BY_SECRETARY,
            }
        ),
        _agendas_model,
    ),
    Rules(
        BALLOT,
        _ballot_parties,
        MappingProxyType(
            {
                OpenBallot: _BY_ITSELF,
                RepeatBallot: _BY_ITSELF,
                CloseBallot: _BY_ITSELF,
                TallyBallot: _BY_ITSELF,
            }
        ),
    ),
    Rules(
        VOTE,
        _vote_parties,
        MappingProxyType({CastVote: _BY_VOTER, EnterWrittenVote: _BY_SECRETARY}),
        _votes_model,
    ),
)
