"""The urging letters a body was sent (clause IV.2). Stream `urging-<organisation id>`."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Annotated, Final
from uuid import UUID

import msgspec

from shared.contracts.notification import BodyUrged, UrgedMatter
from shared.contracts.values import Line, OrganizationId, Text
from shared.domain.decider import Decider, Request
from shared.domain.refusal import Refusal
from shared.domain.time import Instant, legal_date

MATTERS_MAX: Final = 100
"""Matters of one letter."""


class Urgings(msgspec.Struct, frozen=True):
    """The letters by their number, and when each deadline was urged last."""

    letters: Mapping[str, BodyUrged] = MappingProxyType({})
    urged_on: Mapping[UUID, date] = MappingProxyType({})


def evolve(state: Urgings, event: BodyUrged) -> Urgings:
    """What is known after `event`."""
    urged = {one.deadline_id: event.issued_on for one in event.matters}
    return Urgings(
        letters=MappingProxyType({**state.letters, event.document_number: event}),
        urged_on=MappingProxyType({**state.urged_on, **urged}),
    )


class UrgeBodyForm(Request, frozen=True, kw_only=True):
    """A letter as it went out: to whom, about which overdue deadlines. `reason` says why a body is urged again
    for the same so soon.
    """

    body: OrganizationId
    document_number: Line
    issued_on: date
    deadlines: Annotated[tuple[UUID, ...], msgspec.Meta(min_length=1, max_length=MATTERS_MAX)]
    text: Text
    reason: Text | None = None


class Overdue(UrgedMatter, frozen=True, kw_only=True):
    """A matter that is overdue at the body today, and the days its rules leave between two letters."""

    urging_days: int


class UrgeBody(UrgeBodyForm, frozen=True, kw_only=True):
    """Record the letter that `urged_by` sent. `overseers` are those who may: above the body in any line, or the
    launching body.
    """

    urging_id: UUID
    urged_by: OrganizationId
    overseers: tuple[OrganizationId, ...]
    overdue: tuple[Overdue, ...]
    at: Instant


NOT_OVERDUE: Final = Refusal(
    "matter-not-overdue",
    vi="Có việc không còn quá hạn ở đơn vị này. Hãy mở lại dự thảo công văn đôn đốc.",
    en="Something in the letter is not overdue at this body. Open the draft again.",
    clause="IV.2",
)
URGED_LATELY: Final = Refusal(
    "urged-lately",
    vi="Việc này đã đôn đốc ngày {urged_on}, chưa đủ {days} ngày. Muốn đôn đốc lại hãy nêu lý do.",
    en="The body was urged for this on {urged_on}, less than {days} days ago. Give a reason to urge it again.",
    practice="urging_days",
)
ISSUED_AHEAD: Final = Refusal(
    "urging-issued-ahead",
    vi="Ngày công văn {issued_on} ở sau hôm nay. Hãy ghi ngày đã ban hành.",
    en="The letter's date {issued_on} lies in the future. Enter the day it was issued.",
)
NUMBER_TAKEN: Final = Refusal(
    "urging-number-taken",
    vi="Công văn số {number} gửi đơn vị này đã có nội dung khác. Hãy kiểm tra lại số.",
    en="A letter {number} to this body stands on record with other content. Check the number.",
)


def decide(state: Urgings, command: UrgeBody) -> tuple[BodyUrged, ...]:
    """What follows from `command`. Raises RefusedError."""
    known = {one.deadline_id: one for one in command.overdue}
    former = state.letters.get(command.document_number)
    if former is not None:
        named = {one.deadline_id for one in former.matters}
        same = (former.issued_on, former.text) == (command.issued_on, command.text)
        if same and named == set(command.deadlines):
            return ()
        raise NUMBER_TAKEN(number=command.document_number)
    if command.issued_on > legal_date(command.at):
        raise ISSUED_AHEAD(issued_on=command.issued_on.isoformat())
    if not known.keys() >= set(command.deadlines):
        raise NOT_OVERDUE()
    matters = [known[one] for one in dict.fromkeys(command.deadlines)]
    if command.reason is None:
        for one in matters:
            _check_pause(state, one, command.issued_on)
    return (
        BodyUrged(
            urging_id=command.urging_id,
            body=command.body,
            urged_by=command.urged_by,
            document_number=command.document_number,
            issued_on=command.issued_on,
            text=command.text,
            matters=tuple(
                UrgedMatter(
                    deadline_id=one.deadline_id,
                    matter=one.matter,
                    model=one.model,
                    last_day=one.last_day,
                )
                for one in matters
            ),
            reason=command.reason,
        ),
    )


def _check_pause(state: Urgings, one: Overdue, issued_on: date) -> None:
    urged_on = state.urged_on.get(one.deadline_id)
    if urged_on is not None and (issued_on - urged_on).days < one.urging_days:
        raise URGED_LATELY(urged_on=urged_on.isoformat(), days=one.urging_days)


URGING: Final[Decider[Urgings, UrgeBody, BodyUrged]] = Decider(
    category="urging",
    initial_state=Urgings(),
    decide=decide,
    evolve=evolve,
    commands=MappingProxyType({"UrgeBody": UrgeBody}),
)
