"""Site visits of an appraisal: called for a day, recorded with what was found. Practice: Cửa Lò 2018."""

from datetime import date
from typing import Annotated, Final
from uuid import UUID

import msgspec

from services.evaluation.domain.appraisal_state import Appraisal, unfinished
from services.evaluation.domain.scoring import FILES_MAX
from services.evaluation.domain.team import member_of
from shared.contracts.appraisal import SiteVisited, SiteVisitScheduled
from shared.contracts.running import Sha256
from shared.contracts.values import Forgettable, Line, Text
from shared.domain.decider import Request
from shared.domain.refusal import Refusal
from shared.domain.time import Instant, legal_date

VISITS_MAX: Final = 30
"""Visits of one appraisal."""
VISITORS_MAX: Final = 30
"""Persons named as visitors of one visit."""

# --- commands ---------------------------------------------------------------------------------


class ScheduleVisitForm(Request, frozen=True, kw_only=True):
    """When and where a visit is to be. `visit` is the one that is moved, None for a new one."""

    on: date
    place: Line
    visit: UUID | None = None


class ScheduleVisit(ScheduleVisitForm, frozen=True, kw_only=True):
    """Schedule a visit, or move it."""

    visit: UUID
    at: Instant


class VisitRecord(Request, frozen=True, kw_only=True):
    """What form and command have in common. `appraisers` are those of the team who came, by id; `files` are
    hashes of evidence attached to the model.
    """

    on: date
    place: Line
    findings: Text
    appraisers: Annotated[tuple[UUID, ...], msgspec.Meta(max_length=VISITORS_MAX)] = ()
    files: Annotated[tuple[Sha256, ...], msgspec.Meta(max_length=FILES_MAX)] = ()


class RecordVisitForm(VisitRecord, frozen=True, kw_only=True):
    """What was found on a visit, and who came. `visit` is the scheduled one, None for one that was not.
    `visitors` are names, kept apart: write none into the findings, they are public.
    """

    visit: UUID | None = None
    visitors: Annotated[tuple[Line, ...], msgspec.Meta(max_length=VISITORS_MAX)] = ()


class RecordVisit(VisitRecord, frozen=True, kw_only=True):
    """Record a visit, names already replaced by a reference; recording it again replaces the former."""

    visit: UUID
    visitors: Forgettable | None
    at: Instant


# --- rules ------------------------------------------------------------------------------------

VISIT_UNKNOWN: Final = Refusal(
    "visit-unknown",
    vi="Hồ sơ không có buổi kiểm tra thực địa này. Hãy lấy mã từ lịch.",
    en="The appraisal has no such visit. Take its id from the schedule.",
)
VISIT_BACKDATED: Final = Refusal(
    "visit-backdated",
    vi="Ngày {on} đã qua. Hãy hẹn một ngày từ hôm nay, hoặc ghi kết quả nếu đã đi.",
    en="{on} has passed. Name a day from today on, or record the visit if it took place.",
)
VISIT_AHEAD: Final = Refusal(
    "visit-ahead",
    vi="Ngày {on} chưa đến, chưa ghi được kết quả. Hãy lên lịch buổi kiểm tra.",
    en="{on} is still to come, so nothing was found yet. Schedule the visit.",
)
VISIT_DONE: Final = Refusal(
    "visit-done",
    vi="Buổi kiểm tra này đã có kết quả, không dời ngày được nữa.",
    en="This visit has taken place and can no longer be moved.",
)
VISIT_WITHOUT_VISITOR: Final = Refusal(
    "visit-without-visitor",
    vi="Hãy ghi ai đã đi kiểm tra thực địa: thành viên tổ thẩm định hoặc họ tên người đi.",
    en="Say who was there: appraisers of the team, or the visitors' names.",
)
VISITS_FULL: Final = Refusal(
    "visits-full",
    vi="Hồ sơ đã có {maximum} buổi kiểm tra thực địa, mức nhiều nhất.",
    en="The appraisal has {maximum} visits, the most there can be.",
)


def schedule_visit(state: Appraisal, command: ScheduleVisit) -> tuple[SiteVisitScheduled, ...]:
    """From today on; one that took place stays where it was."""
    opening = unfinished(state)
    known = state.visits.get(command.visit)
    if isinstance(known, SiteVisited):
        raise VISIT_DONE()
    event = SiteVisitScheduled(
        appraisal_id=opening.appraisal_id,
        model=opening.model,
        visit_id=command.visit,
        on=command.on,
        place=command.place,
    )
    if known == event:
        return ()
    if command.on < legal_date(command.at):
        raise VISIT_BACKDATED(on=command.on.isoformat())
    _refuse_too_many(state, command.visit)
    return (event,)


def record_visit(state: Appraisal, command: RecordVisit) -> tuple[SiteVisited, ...]:
    """With the day, the place, who was there and what was found; whether it had been scheduled or not."""
    opening = unfinished(state)
    for appraiser in command.appraisers:
        member_of(state.team, appraiser)
    if not command.appraisers and command.visitors is None:
        raise VISIT_WITHOUT_VISITOR()
    if command.on > legal_date(command.at):
        raise VISIT_AHEAD(on=command.on.isoformat())
    _refuse_too_many(state, command.visit)
    event = SiteVisited(
        appraisal_id=opening.appraisal_id,
        model=opening.model,
        visit_id=command.visit,
        on=command.on,
        place=command.place,
        appraisers=command.appraisers,
        visitors=command.visitors,
        findings=command.findings,
        files=command.files,
    )
    return () if state.visits.get(command.visit) == event else (event,)


def _refuse_too_many(state: Appraisal, visit: UUID) -> None:
    if visit not in state.visits and len(state.visits) >= VISITS_MAX:
        raise VISITS_FULL(maximum=VISITS_MAX)


def refuse_unknown_visit(state: Appraisal, visit: UUID | None) -> None:
    """A visit that is named is there. Decided where the id of a new one is made. Raises RefusedError."""
    if visit is not None and visit not in state.visits:
        raise VISIT_UNKNOWN()
