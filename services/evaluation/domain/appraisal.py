"""The appraisal of a model's year: scored, posted in public, advised on. Stream `appraisal-<id>`.

Its parts stand in `scoring`, `posting` and `advice`; the state in `appraisal_state`.
"""

from types import MappingProxyType
from typing import Final

from services.evaluation.domain.advice import Discontinue, IssueAdvice, discontinue, issue_advice
from services.evaluation.domain.appraisal_state import Appraisal, AppraisalEvent, evolve, stage
from services.evaluation.domain.conflict import DeclareConflict, declare_conflict
from services.evaluation.domain.correcting import NoteCorrection, note_correction
from services.evaluation.domain.posting import (
    AnswerOpinion,
    ClosePosting,
    OpenPosting,
    ReceiveOpinion,
    answer_opinion,
    close_posting,
    open_posting,
    receive_opinion,
)
from services.evaluation.domain.rescoring import CorrectScore, CorrectSheet, correct_score
from services.evaluation.domain.scoring import (
    CheckGate,
    CompleteAppraisal,
    OpenAppraisal,
    ScoreCriterion,
    check_gate,
    complete_appraisal,
    open_appraisal,
    score_criterion,
)
from services.evaluation.domain.sealing import (
    EnterSheet,
    OpenScore,
    ResolveDivergence,
    SealScore,
    enter_sheet,
    open_score,
    resolve_divergence,
    seal_score,
)
from services.evaluation.domain.team import (
    AssignTeam,
    RecuseAppraiser,
    assign_team,
    recuse_appraiser,
)
from services.evaluation.domain.visits import (
    RecordVisit,
    ScheduleVisit,
    record_visit,
    schedule_visit,
)
from shared.domain.decider import Decider

AppraisalCommand = (
    OpenAppraisal
    | CheckGate
    | AssignTeam
    | RecuseAppraiser
    | ScoreCriterion
    | SealScore
    | EnterSheet
    | OpenScore
    | ResolveDivergence
    | CorrectScore
    | CorrectSheet
    | NoteCorrection
    | ScheduleVisit
    | RecordVisit
    | CompleteAppraisal
    | OpenPosting
    | ReceiveOpinion
    | AnswerOpinion
    | ClosePosting
    | DeclareConflict
    | IssueAdvice
    | Discontinue
)


def decide(state: Appraisal, command: AppraisalCommand) -> tuple[AppraisalEvent, ...]:
    """What follows from `command`. Raises RefusedError."""
    match command:
        case OpenAppraisal():
            return open_appraisal(state, command)
        case CheckGate():
            return check_gate(state, command)
        case AssignTeam():
            return assign_team(state, command)
        case RecuseAppraiser():
            return recuse_appraiser(state, command)
        case ScoreCriterion():
            return score_criterion(state, command)
        case SealScore():
            return seal_score(state, command)
        case EnterSheet():
            return enter_sheet(state, command)
        case OpenScore():
            return open_score(state, command)
        case ResolveDivergence():
            return resolve_divergence(state, command)
        case CorrectScore() | CorrectSheet():
            return correct_score(state, command)
        case NoteCorrection():
            return note_correction(state, command)
        case ScheduleVisit():
            return schedule_visit(state, command)
        case RecordVisit():
            return record_visit(state, command)
        case CompleteAppraisal():
            return complete_appraisal(state, command)
        case OpenPosting():
            return open_posting(state, command)
        case ReceiveOpinion():
            return receive_opinion(state, command)
        case AnswerOpinion():
            return answer_opinion(state, command)
        case ClosePosting():
            return close_posting(state, command)
        case DeclareConflict():
            return declare_conflict(state, command)
        case IssueAdvice():
            return issue_advice(state, command)
        case Discontinue():
            return discontinue(state, command)


APPRAISAL: Final[Decider[Appraisal, AppraisalCommand, AppraisalEvent]] = Decider(
    category="appraisal",
    initial_state=Appraisal(),
    decide=decide,
    evolve=evolve,
    stage=stage,
    commands=MappingProxyType(
        {
            "OpenAppraisal": OpenAppraisal,
            "CheckGate": CheckGate,
            "AssignTeam": AssignTeam,
            "RecuseAppraiser": RecuseAppraiser,
            "ScoreCriterion": ScoreCriterion,
            "SealScore": SealScore,
            "EnterSheet": EnterSheet,
            "OpenScore": OpenScore,
            "ResolveDivergence": ResolveDivergence,
            "CorrectScore": CorrectScore,
            "CorrectSheet": CorrectSheet,
            "NoteCorrection": NoteCorrection,
            "ScheduleVisit": ScheduleVisit,
            "RecordVisit": RecordVisit,
            "CompleteAppraisal": CompleteAppraisal,
            "OpenPosting": OpenPosting,
            "ReceiveOpinion": ReceiveOpinion,
            "AnswerOpinion": AnswerOpinion,
            "ClosePosting": ClosePosting,
            "DeclareConflict": DeclareConflict,
            "IssueAdvice": IssueAdvice,
            "Discontinue": Discontinue,
        }
    ),
)
