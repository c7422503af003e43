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
    ConflictDeclared,
    ConflictTie,
    CriterionScored,
    GateChecked,
    OpinionAnswered,
    OpinionReceived,
    PostingClosed,
    PostingOpened,
)
from shared.contracts.values import CategoryId, CouncilId, Forgettable, Text
from shared.domain.refusal import Refusal

AppraisalEvent = (
    AppraisalOpened
    | GateChecked
    | CriterionScored
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
    scores: Mapping[CategoryId, CriterionScored] = MappingProxyType({})
    appraised: Appraised | None = None
    posting: PostingOpened | None = None
    opinions: Mapping[UUID, Opinion] = MappingProxyType({})
    posting_closed: PostingClosed | None = None
    conflicts: Mapping[tuple[CouncilId, UUID], ConflictTie] = MappingProxyType({})
    """Declared ties, by council and member."""
    advice: AdviceIssued | None = None
    discontinued: AppraisalDiscontinued | None = None


def evolve(state: Appraisal, event: AppraisalEvent) -> Appraisal:
    """What is known after `event`."""
    replace = msgspec.structs.replace
    match event:
        case AppraisalOpened():
            return replace(state, opened=event)
        case GateChecked():
            return replace(state, gate=event)
        case CriterionScored():
            scores = MappingProxyType({**state.scores, event.criterion: event})
            return replace(state, scores=scores)
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
