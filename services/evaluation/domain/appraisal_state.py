"""What is known of an appraisal. Stream `appraisal-<id>`."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final
from uuid import UUID

import msgspec

from shared.contracts.appraisal import (
    AdviceIssued,
    AppraisalDiscontinued,
    AppraisalOpened,
    Appraised,
    Appraiser,
    AppraiserRecused,
    ConflictDeclared,
    ConflictTie,
    CriterionScored,
    DivergenceFlagged,
    DivergenceResolved,
    DossierCorrected,
    GateChecked,
    OpinionAnswered,
    OpinionReceived,
    PostingClosed,
    PostingOpened,
    ScoreCorrected,
    ScoreSealed,
    SiteVisited,
    SiteVisitScheduled,
    TeamAssigned,
)
from shared.contracts.running import CorrectableEntry
from shared.contracts.values import CategoryId, CouncilId, Forgettable, Line, Text
from shared.domain.refusal import Refusal

AppraisalEvent = (
    AppraisalOpened
    | GateChecked
    | TeamAssigned
    | AppraiserRecused
    | ScoreSealed
    | CriterionScored
    | DivergenceFlagged
    | DivergenceResolved
    | ScoreCorrected
    | DossierCorrected
    | SiteVisitScheduled
    | SiteVisited
    | Appraised
    | PostingOpened
    | OpinionReceived
    | OpinionAnswered
    | PostingClosed
    | AdviceIssued
    | ConflictDeclared
    | AppraisalDiscontinued
)


class Opinion(msgspec.Struct, frozen=True):
    """A citizen's opinion; `answer` is None until it is answered."""

    received_on: date
    opinion: Forgettable
    answer: Text | None = None


class Appraisal(msgspec.Struct, frozen=True):
    """`opened` is None before the first event; the later steps are None until they are reached."""

    opened: AppraisalOpened | None = None
    gate: GateChecked | None = None
    team: tuple[Appraiser, ...] = ()
    """Who scores, each for himself; where nobody is named the unit's officers do."""
    team_assigned: bool = False
    """Whether a team ever was."""
    recused: Mapping[UUID, AppraiserRecused] = MappingProxyType({})
    """By appraiser."""
    sealed: Mapping[UUID, Mapping[CategoryId, ScoreSealed]] = MappingProxyType({})
    """The scores that are in, by appraiser and criterion."""
    scores: tuple[CriterionScored, ...] = ()
    """Of the team, once all are in; without a team the unit's own."""
    divergences: Mapping[CategoryId, DivergenceFlagged] = MappingProxyType({})
    resolutions: Mapping[CategoryId, DivergenceResolved] = MappingProxyType({})
    scores_corrected: Mapping[tuple[CategoryId, UUID], ScoreCorrected] = MappingProxyType({})
    """The latest correction of a score after it was opened, by criterion and appraiser."""
    corrections: Mapping[tuple[CorrectableEntry, Line | None], DossierCorrected] = MappingProxyType(
        {}
    )
    """The latest correction of each entry, and of each target's figure, since the appraisal opened."""
    times_corrected: int = 0
    scored_after: Mapping[tuple[CategoryId, UUID | None], int] = MappingProxyType({})
    """How many corrections there were when a criterion was last scored, by an appraiser or the unit; none,
    where it does not say.
    """
    visits: Mapping[UUID, SiteVisitScheduled | SiteVisited] = MappingProxyType({})
    """Visits to the site as they stand, by id."""
    appraised: Appraised | None = None
    posting: PostingOpened | None = None
    opinions: Mapping[UUID, Opinion] = MappingProxyType({})
    posting_closed: PostingClosed | None = None
    conflicts: Mapping[tuple[CouncilId, UUID], ConflictTie] = MappingProxyType({})
    """Declared ties, by council and member."""
    advice: AdviceIssued | None = None
    discontinued: AppraisalDiscontinued | None = None

    @property
    def visited(self) -> tuple[SiteVisited, ...]:
        """The visits that took place."""
        return tuple(one for one in self.visits.values() if isinstance(one, SiteVisited))

    @property
    def is_open_record(self) -> bool:
        """Whether a team's scores have been opened: from then on nobody scores anew."""
        return any(score.appraiser is not None for score in self.scores)

    def score(self, criterion: CategoryId, appraiser: UUID | None) -> CriterionScored | None:
        """The opened score of a criterion, of an appraiser or of the unit."""
        return next(
            (s for s in self.scores if (s.criterion, s.appraiser) == (criterion, appraiser)), None
        )

    def is_before_correction(self, criterion: CategoryId, appraiser: UUID | None) -> bool:
        """Whether the score was given before the dossier was corrected for the last time."""
        return self.scored_after.get((criterion, appraiser), 0) < self.times_corrected


def stage(state: Appraisal) -> str:
    """How far it has come."""
    if state.discontinued is not None:
        return "discontinued"
    if state.advice is not None:
        return "advised"
    if state.posting_closed is not None:
        return "posting-closed"
    if state.posting is not None:
        return "posted"
    if state.appraised is not None:
        return "appraised"
    return "unknown" if state.opened is None else "opened"


def evolve(state: Appraisal, event: AppraisalEvent) -> Appraisal:
    """What is known after `event`."""
    replace = msgspec.structs.replace
    match event:
        case AppraisalOpened():
            return replace(state, opened=event)
        case GateChecked():
            return replace(state, gate=event)
        case TeamAssigned() | AppraiserRecused() | ScoreSealed():
            return _evolve_team(state, event)
        case CriterionScored():
            key = (event.criterion, event.appraiser)
            others = tuple(s for s in state.scores if (s.criterion, s.appraiser) != key)
            # A team's was given when it was sealed: opening it is no judgement anew.
            given = () if event.appraiser is not None else (key,)
            return _scored(replace(state, scores=(*others, event)), *given)
        case DivergenceFlagged():
            flagged = MappingProxyType({**state.divergences, event.criterion: event})
            # Flagged anew, it is to be discussed anew.
            settled = {k: v for k, v in state.resolutions.items() if k != event.criterion}
            return replace(state, divergences=flagged, resolutions=MappingProxyType(settled))
        case DivergenceResolved():
            resolved = MappingProxyType({**state.resolutions, event.criterion: event})
            revised = ((event.criterion, one.appraiser) for one in event.revised)
            return _scored(replace(state, resolutions=resolved), *revised)
        case ScoreCorrected():
            return _rescored(state, event)
        case DossierCorrected():
            corrections = {**state.corrections, (event.entry, event.target): event}
            return replace(
                state,
                corrections=MappingProxyType(corrections),
                times_corrected=state.times_corrected + 1,
            )
        case SiteVisitScheduled() | SiteVisited():
            visits = MappingProxyType({**state.visits, event.visit_id: event})
            return replace(state, visits=visits)
        case Appraised():
            return replace(state, appraised=event)
        case PostingOpened():
            return replace(state, posting=event)
        case OpinionReceived():
            opinion = Opinion(event.received_on, event.opinion)
            return _with_opinion(state, event.opinion_id, opinion)
        case OpinionAnswered():
            answered = replace(state.opinions[event.opinion_id], answer=event.answer)
            return _with_opinion(state, event.opinion_id, answered)
        case PostingClosed():
            return replace(state, posting_closed=event)
        case ConflictDeclared():
            told = (event.council, event.member_id)
            return replace(state, conflicts=MappingProxyType({**state.conflicts, told: event.tie}))
        case AdviceIssued():
            return replace(state, advice=event)
        case AppraisalDiscontinued():
            return replace(state, discontinued=event)


def _evolve_team(
    state: Appraisal, event: TeamAssigned | AppraiserRecused | ScoreSealed
) -> Appraisal:
    replace = msgspec.structs.replace
    match event:
        case TeamAssigned():
            # What the unit's officers had scored gives way to the team.
            state = replace(state, team=event.members, team_assigned=True, scores=())
            return _only_the_teams(state)
        case AppraiserRecused():
            team = tuple(one for one in state.team if one.appraiser_id != event.appraiser)
            recused = MappingProxyType({**state.recused, event.appraiser: event})
            return _only_the_teams(replace(state, team=team, recused=recused))
        case ScoreSealed():
            own = MappingProxyType(
                {**state.sealed.get(event.appraiser, {}), event.criterion: event}
            )
            sealed = MappingProxyType({**state.sealed, event.appraiser: own})
            return _scored(replace(state, sealed=sealed), (event.criterion, event.appraiser))


def _rescored(state: Appraisal, event: ScoreCorrected) -> Appraisal:
    """The correction takes the score's place, and that of what its appraiser said in a discussion."""
    replace, key = msgspec.structs.replace, (event.criterion, event.appraiser)
    score = CriterionScored(
        appraisal_id=event.appraisal_id,
        criterion=event.criterion,
        points=event.points,
        evidence=event.evidence,
        files=event.files,
        appraiser=event.appraiser,
        on_behalf=event.on_behalf,
    )
    resolutions = dict(state.resolutions)
    if (settled := resolutions.get(event.criterion)) is not None:
        others = tuple(one for one in settled.revised if one.appraiser != event.appraiser)
        resolutions[event.criterion] = replace(settled, revised=others)
    after = replace(
        state,
        scores=tuple(score if (s.criterion, s.appraiser) == key else s for s in state.scores),
        resolutions=MappingProxyType(resolutions),
        scores_corrected=MappingProxyType({**state.scores_corrected, key: event}),
    )
    return _scored(after, key)


def _scored(state: Appraisal, *given: tuple[CategoryId, UUID | None]) -> Appraisal:
    """Those scores were given with every correction known so far."""
    if not given or not state.times_corrected:
        return state
    after = {**state.scored_after, **dict.fromkeys(given, state.times_corrected)}
    return msgspec.structs.replace(state, scored_after=MappingProxyType(after))


def _only_the_teams(state: Appraisal) -> Appraisal:
    ids = {one.appraiser_id for one in state.team}
    sealed = MappingProxyType({who: own for who, own in state.sealed.items() if who in ids})
    return msgspec.structs.replace(state, sealed=sealed)


def _with_opinion(state: Appraisal, opinion_id: UUID, opinion: Opinion) -> Appraisal:
    opinions = MappingProxyType({**state.opinions, opinion_id: opinion})
    return msgspec.structs.replace(state, opinions=opinions)


UNKNOWN: Final = Refusal(
    "appraisal-unknown",
    vi="Chưa có hồ sơ thẩm định này. Hồ sơ tự mở khi mô hình đã báo cáo kết quả.",
    en="There is no such appraisal. It opens by itself once the model's results are reported.",
)
DISCONTINUED: Final = Refusal(
    "appraisal-discontinued",
    vi="Mô hình đã rút đăng ký nên việc thẩm định đã dừng.",
    en="The model was withdrawn, so its appraisal has ended.",
    clause="I.2.1a",
)


def opened(state: Appraisal) -> AppraisalOpened:
    """The opening of an appraisal that goes on. Raises RefusedError."""
    if state.opened is None:
        raise UNKNOWN()
    if state.discontinued is not None:
        raise DISCONTINUED()
    return state.opened


ALREADY_APPRAISED: Final = Refusal(
    "already-appraised",
    vi="Thẩm định đã hoàn thành, điểm và kết luận không sửa được nữa.",
    en="The appraisal is complete; points and findings can no longer be changed.",
)


def unfinished(state: Appraisal) -> AppraisalOpened:
    """The opening of an appraisal that is not complete. Raises RefusedError."""
    opening = opened(state)
    if state.appraised is not None:
        raise ALREADY_APPRAISED()
    return opening
