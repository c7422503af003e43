"""What a body adopts in versions, by documents: a rule set, a set of criteria (clause IV.1).

A version is followed, never changed; a dossier stays under the one it is stamped with.
"""

from datetime import date
from typing import Annotated, Final, Generic, TypeVar
from uuid import UUID

import msgspec

from shared.contracts.adopted import AdoptedVersion, ends_on
from shared.contracts.evaluation import (
    CriteriaSetAdopted,
    OpenDossiers,
    RuleSetAdopted,
    Setting,
)
from shared.contracts.values import Line
from shared.domain.decider import Request
from shared.domain.refusal import Refusal
from shared.domain.time import Instant, legal_date

A = TypeVar("A", bound=RuleSetAdopted | CriteriaSetAdopted)

REPLACED_MAX: Final = 20
ANSWERS_MAX: Final = 50


class Adopted(msgspec.Struct, Generic[A], frozen=True):
    """Every version adopted; version n stands at index n - 1."""

    versions: tuple[A, ...] = ()

    def version(self, number: int) -> A | None:
        """The version a dossier was stamped with, None if there is no such version."""
        return self.versions[number - 1] if 1 <= number <= len(self.versions) else None


def evolve(state: Adopted[A], event: A) -> Adopted[A]:
    """What is known after `event`."""
    return Adopted(versions=(*state.versions, event))


STAY: Final[Setting[OpenDossiers]] = Setting(
    value="stay",
    source="practice: Law 06/2026/QH16 (dossiers received earlier stay on the old law)",
)


class AdoptionForm(Request, frozen=True, kw_only=True):
    """The document that adopts a version. `effective_on` is the first day on which it holds, `expires_on`
    the first on which it no longer does. `answers` are feedbacks to the Commission that it follows
    (clause IV.3).
    """

    title: Line
    document_number: Line
    issued_on: date
    effective_on: date
    expires_on: date | None = None
    transition: Setting[OpenDossiers] = STAY
    answers: Annotated[tuple[UUID, ...], msgspec.Meta(max_length=ANSWERS_MAX)] = ()


ISSUED_LATER: Final = Refusal(
    "adoption-issued-later",
    vi="Văn bản ghi ngày ban hành {issued_on}, sau hôm nay ({today}). Hãy nhập khi văn bản đã ban hành.",
    en="The document says it is issued on {issued_on}, after today ({today}). Enter it once it is issued.",
)
BACKDATED: Final = Refusal(
    "adoption-backdated",
    vi="Ngày có hiệu lực {effective_on} đã qua (hôm nay {today}): hồ sơ đã lập theo quy định của ngày ấy. "
    "Hãy chọn hôm nay hoặc ngày sau.",
    en="The day of effect {effective_on} is past (today is {today}): dossiers were made under the rules of "
    "that day. Choose today or later.",
    clause="IV.1",
)
EFFECT_BEFORE_ISSUE: Final = Refusal(
    "adoption-effect-before-issue",
    vi="Văn bản ban hành {issued_on} không thể có hiệu lực từ {effective_on}. Hãy sửa một trong hai ngày.",
    en="A document issued on {issued_on} cannot hold from {effective_on}. Correct one of the two.",
)
EXPIRY_TOO_EARLY: Final = Refusal(
    "expires-before-effect",
    vi="Ngày hết hiệu lực {expires_on} phải sau ngày có hiệu lực {effective_on}.",
    en="The expiry {expires_on} must lie after the day of effect {effective_on}.",
)
OVERLAPS: Final = Refusal(
    "adoption-overlaps",
    vi="Cơ quan đã có “{title}”, còn hiệu lực từ {effective_on} ({other}). Hãy ghi văn bản mới thay thế nó "
    "(replaces), hoặc ban hành phiên bản mới của nó.",
    en="The body has “{title}”, which holds from {effective_on} on ({other}). Say that the new one replaces "
    "it, or adopt a new version of it.",
    clause="IV.1",
)
REPLACED_UNKNOWN: Final = Refusal(
    "adoption-replaces-unknown",
    vi="Văn bản được thay thế ({other}) không phải của cơ quan này, hoặc chưa nhận được. Hãy xem lại mã.",
    en="What it replaces ({other}) is not this body's, or has not arrived here. Check the id.",
)
REPLACED_ALREADY: Final = Refusal(
    "adoption-replaced-already",
    vi="Văn bản này đã được “{title}” thay thế từ {effective_on}. Hãy sửa đổi văn bản ấy.",
    en="“{title}” replaces this from {effective_on} on. Amend that one.",
)
TRANSITION_NOT_KEPT: Final = Refusal(
    "transition-not-kept",
    vi="Hồ sơ đang mở ở lại với phiên bản đã áp dụng (stay). Việc chọn quy định có lợi hơn cho từng hồ sơ chưa "
    "được hỗ trợ.",
    en="Open dossiers stay under their version (stay). Choosing the more favourable one for each of them is "
    "not supported yet.",
    practice="transition",
)
TRANSITION_SOURCE_UNCLEAR: Final = Refusal(
    "transition-source-unclear",
    vi="Điều khoản chuyển tiếp phải ghi nguồn: «practice: <văn bản>». Hướng dẫn không quy định việc này.",
    en="The transition clause names its source: “practice: <document>”. The guideline says nothing on it.",
    practice="transition",
)


FEEDBACK_UNKNOWN: Final = Refusal(
    "answers-unknown",
    vi="Chưa nhận được phản ánh {feedback}. Hãy xem lại mã phản ánh mà văn bản tiếp thu.",
    en="The feedback {feedback} has not arrived here. Check the id of what the document follows.",
    clause="IV.3",
)


def says_the_same(former: A, event: A) -> bool:
    """Whether `event` as the next version would say what `former` says already."""
    return msgspec.structs.replace(event, version=former.version) == former


def check_document(form: AdoptionForm, at: Instant) -> None:
    """The dates and clauses of the document by themselves. Raises RefusedError."""
    today, effective_on = legal_date(at), form.effective_on.isoformat()
    if form.issued_on > today:
        raise ISSUED_LATER(issued_on=form.issued_on.isoformat(), today=today.isoformat())
    if form.effective_on < form.issued_on:
        raise EFFECT_BEFORE_ISSUE(issued_on=form.issued_on.isoformat(), effective_on=effective_on)
    if form.effective_on < today:
        raise BACKDATED(effective_on=effective_on, today=today.isoformat())
    if form.expires_on is not None and form.expires_on <= form.effective_on:
        raise EXPIRY_TOO_EARLY(expires_on=form.expires_on.isoformat(), effective_on=effective_on)
    kind, _, document = form.transition.source.partition(" ")
    if kind != "practice:" or not document.strip():
        raise TRANSITION_SOURCE_UNCLEAR()
    if form.transition.value != "stay":
        raise TRANSITION_NOT_KEPT()


def check_among_others(own: AdoptedVersion, others: tuple[AdoptedVersion, ...]) -> None:
    """The version beside the body's other documents: what overlaps is replaced by name, and what was
    replaced is amended no more. Raises RefusedError.
    """
    others = tuple(other for other in others if other.document != own.document)
    for other in others:
        if own.document in other.replaces:
            raise REPLACED_ALREADY(title=other.title, effective_on=other.effective_on.isoformat())
    documents = {other.document for other in others}
    for replaced in own.replaces:
        if replaced not in documents:
            raise REPLACED_UNKNOWN(other=str(replaced))
    for other in others:
        if other.document not in own.replaces and _overlap(own, other, others):
            raise OVERLAPS(
                title=other.title,
                effective_on=other.effective_on.isoformat(),
                other=str(other.document),
            )


def check_answers(answers: tuple[UUID, ...], feedbacks: tuple[UUID, ...]) -> None:
    """The feedbacks a document follows are among those raised. Raises RefusedError."""
    for feedback in answers:
        if feedback not in feedbacks:
            raise FEEDBACK_UNKNOWN(feedback=str(feedback))


def _overlap(
    own: AdoptedVersion, other: AdoptedVersion, others: tuple[AdoptedVersion, ...]
) -> bool:
    end = ends_on(other, others)
    if end is not None and end <= max(own.effective_on, other.effective_on):
        return False
    return own.expires_on is None or other.effective_on < own.expires_on
