"""The public posting of an appraisal (clause I.2.1b; days are practice): opinions come in and are answered."""

from datetime import date
from typing import Final
from uuid import UUID

import msgspec

from services.evaluation.domain.appraisal_state import Appraisal, Opinion, opened
from shared.contracts.appraisal import (
    OpinionAnswered,
    OpinionReceived,
    PostingClosed,
    PostingOpened,
)
from shared.contracts.values import Forgettable, Line, Text
from shared.domain.decider import Request
from shared.domain.refusal import Refusal
from shared.domain.time import Instant, legal_date
from shared.domain.workingdays import last_of_working_days

OPINIONS_MAX: Final = 500
"""Opinions on one posting: each has to be read and answered by a person."""


class PostingRules(msgspec.Struct, frozen=True, kw_only=True):
    """What the dossier's rule set says about postings."""

    working_days: int
    holidays: tuple[date, ...]


# --- commands ---------------------------------------------------------------------------------


class OpenPostingForm(Request, frozen=True, kw_only=True):
    """Where people can read the posting."""

    where: Line


class OpenPosting(OpenPostingForm, frozen=True, kw_only=True):
    """Post the appraisal in public, for at least the rule set's working days."""

    rules: PostingRules
    at: Instant


class ReceiveOpinionForm(Request, frozen=True, kw_only=True):
    """A citizen's opinion, signed with name and address (practice: Decree 98/2023 art. 46 §2)."""

    name: Line
    address: Line
    words: Text


class ReceiveOpinion(Request, frozen=True, kw_only=True):
    """Record that an opinion came in; name, address and words lie in the vault."""

    opinion_id: UUID
    opinion: Forgettable
    at: Instant


class AnswerOpinionForm(Request, frozen=True, kw_only=True):
    """The public answer. It must not repeat what identifies the citizen."""

    answer: Text


class AnswerOpinion(AnswerOpinionForm, frozen=True, kw_only=True):
    """Answer an opinion."""

    opinion_id: UUID
    at: Instant


class ClosePostingForm(Request, frozen=True, kw_only=True):
    """Nothing to fill in: the days and the answers decide."""


class ClosePosting(ClosePostingForm, frozen=True, kw_only=True):
    """Close the posting."""

    at: Instant


# --- rules ------------------------------------------------------------------------------------

NOT_APPRAISED: Final = Refusal(
    "not-appraised",
    vi="Thẩm định chưa hoàn thành. Hãy chấm đủ và kết luận trước khi niêm yết.",
    en="The appraisal is not complete. Complete it before posting it.",
    clause="I.2.1c",
)
NO_POSTING: Final = Refusal(
    "no-posting",
    vi="Quy định áp dụng cho hồ sơ này không có niêm yết.",
    en="The rule set of this dossier has no posting.",
    practice="posting_working_days",
)
ALREADY_POSTED: Final = Refusal(
    "already-posted",
    vi="Hồ sơ này đã được niêm yết.",
    en="This appraisal has been posted already.",
)
ALREADY_ADVISED: Final = Refusal(
    "posting-after-advice",
    vi="Đã tham mưu cho cơ quan quyết định, hồ sơ không niêm yết nữa.",
    en="The advice has gone to the deciding body; the appraisal is no longer posted.",
    practice="posting_working_days",
)
NOT_POSTED: Final = Refusal(
    "not-posted",
    vi="Hồ sơ này hiện không niêm yết.",
    en="This appraisal is not posted at present.",
)
POSTING_OVER: Final = Refusal(
    "posting-over",
    vi="Thời gian niêm yết đã hết ngày {closes_on}. Hãy gửi ý kiến trực tiếp cho đơn vị thẩm định.",
    en="The posting ended on {closes_on}. Write to the appraising unit directly.",
    practice="posting_working_days",
)
OPINIONS_FULL: Final = Refusal(
    "opinions-full",
    vi="Niêm yết này đã nhận đủ {maximum} ý kiến. Hãy gửi ý kiến trực tiếp cho đơn vị thẩm định.",
    en="This posting has taken {maximum} opinions. Write to the appraising unit directly.",
)
OPINION_UNKNOWN: Final = Refusal(
    "opinion-unknown",
    vi="Niêm yết này không có ý kiến đó.",
    en="There is no such opinion on this posting.",
)
ALREADY_ANSWERED: Final = Refusal(
    "opinion-answered",
    vi="Ý kiến này đã được trả lời.",
    en="This opinion has been answered.",
)
POSTING_RUNS: Final = Refusal(
    "posting-runs",
    vi="Niêm yết đủ {closes_on} mới hết hạn. Hãy khép từ ngày hôm sau.",
    en="The posting runs to the end of {closes_on}. Close it from the day after.",
    practice="posting_working_days",
)
OPINIONS_UNANSWERED: Final = Refusal(
    "opinions-unanswered",
    vi="Còn {unanswered} ý kiến chưa được trả lời. Hãy trả lời trước khi khép niêm yết.",
    en="{unanswered} opinions have no answer yet. Answer them before closing the posting.",
    practice="posting_working_days",
)


def open_posting(state: Appraisal, command: OpenPosting) -> tuple[PostingOpened, ...]:
    """Posted until the last of the working days, counted from the day after opening."""
    opening = opened(state)
    if state.appraised is None:
        raise NOT_APPRAISED()
    if command.rules.working_days == 0:
        raise NO_POSTING()
    if state.posting is not None:
        raise ALREADY_POSTED()
    if state.advice is not None:
        raise ALREADY_ADVISED()
    opens_on = legal_date(command.at)
    closes_on = last_of_working_days(opens_on, command.rules.working_days, command.rules.holidays)
    return (
        PostingOpened(
            appraisal_id=opening.appraisal_id,
            model=opening.model,
            opens_on=opens_on,
            closes_on=closes_on,
            where=command.where,
        ),
    )


def receive_opinion(state: Appraisal, command: ReceiveOpinion) -> tuple[OpinionReceived, ...]:
    """Opinions come in while the posting stands, its last day included."""
    posting = takes_opinions(state, command.at)
    return (
        OpinionReceived(
            appraisal_id=posting.appraisal_id,
            opinion_id=command.opinion_id,
            received_on=legal_date(command.at),
            opinion=command.opinion,
        ),
    )


def answer_opinion(state: Appraisal, command: AnswerOpinion) -> tuple[OpinionAnswered, ...]:
    """Every opinion gets one answer, in public."""
    posting = _posted(state)
    opinion: Opinion | None = state.opinions.get(command.opinion_id)
    if opinion is None:
        raise OPINION_UNKNOWN()
    if opinion.answer == command.answer:
        return ()
    if opinion.answer is not None:
        raise ALREADY_ANSWERED()
    return (
        OpinionAnswered(
            appraisal_id=posting.appraisal_id,
            opinion_id=command.opinion_id,
            answer=command.answer,
        ),
    )


def close_posting(state: Appraisal, command: ClosePosting) -> tuple[PostingClosed, ...]:
    """Not before the days have passed and every opinion has its answer."""
    if state.posting_closed is not None:
        return ()
    posting = _posted(state)
    if legal_date(command.at) <= posting.closes_on:
        raise POSTING_RUNS(closes_on=posting.closes_on.isoformat())
    unanswered = sum(opinion.answer is None for opinion in state.opinions.values())
    if unanswered:
        raise OPINIONS_UNANSWERED(unanswered=unanswered)
    return (
        PostingClosed(
            appraisal_id=posting.appraisal_id, model=posting.model, opinions=len(state.opinions)
        ),
    )


def takes_opinions(state: Appraisal, at: Instant) -> PostingOpened:
    """The posting, if it takes one more opinion. Asked before a citizen's words are kept, so that
    refused ones are not kept at all. Raises RefusedError.
    """
    posting = _posted(state)
    if legal_date(at) > posting.closes_on:
        raise POSTING_OVER(closes_on=posting.closes_on.isoformat())
    if len(state.opinions) >= OPINIONS_MAX:
        raise OPINIONS_FULL(maximum=OPINIONS_MAX)
    return posting


def _posted(state: Appraisal) -> PostingOpened:
    opened(state)
    if state.posting is None or state.posting_closed is not None:
        raise NOT_POSTED()
    return state.posting
