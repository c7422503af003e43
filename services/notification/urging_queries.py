"""What is overdue at which body, as drafts of urging letters; and the letters that went out (clause IV.2)."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import Row, Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notification.deadline_rows import MISSED, deadlines, reminders
from services.notification.domain.urging import MATTERS_MAX, Overdue
from services.notification.inspection_rows import demands
from services.notification.readmodel import SUCCESSIONS, letters, models, organizations
from services.notification.reminding import RULED, STILL_ASKED
from shared.contracts.notification import Matter
from shared.contracts.values import ModelId, OrganizationId
from shared.domain.time import legal_date
from shared.host.cursor import Order, PageParameters, fetch_page
from shared.host.lists import into, where_equal
from shared.host.policy import Role
from shared.host.service import NotFoundError, Page, Query
from shared.host.successions import after, around

OVERDUE_MAX: Final = 2000
"""Overdue matters looked at for drafts, the longest overdue first; what is left comes once these are done."""

_SEES_ALL: Final = frozenset({Role.OFFICE_CLERK, Role.AUDITOR, Role.ADMINISTRATOR})

MATTER_NAMES: Final[Mapping[Matter, tuple[str, str]]] = MappingProxyType(
    {
        "written_results": ("báo cáo kết quả bằng văn bản", "written results"),
        "reporting_session": ("hội nghị báo cáo kết quả", "reporting session"),
        "registration_answer": ("trả lời đăng ký", "answer to the registration"),
        "help_assignment": ("phân công giúp tháo gỡ khó khăn", "assigning help with a difficulty"),
        "help": ("giúp tháo gỡ khó khăn", "help with a difficulty"),
        "revocation": ("quyết định việc hủy bỏ công nhận", "decision on the revocation"),
        "remedy": ("khắc phục theo yêu cầu kiểm tra", "remedy that an inspection asked for"),
    }
)

_OVERDUE: Final = (
    select(
        deadlines,
        func.coalesce(models.c.name, demands.c.document_number).label("name"),
        reminders.c.urging_days,
        reminders.c.event_id.label("rules"),
    )
    .select_from(RULED)
    .where(
        reminders.c.days == MISSED,
        deadlines.c.done == 0,
        deadlines.c.said_days == MISSED,
        deadlines.c.responsible.is_not(None),
        STILL_ASKED,
    )
    .order_by(deadlines.c.missed_last_day, deadlines.c.deadline_id)
    .limit(OVERDUE_MAX)
)


async def overdue_of(
    read: AsyncConnection, body: UUID, today: date
) -> tuple[tuple[Overdue, ...], tuple[UUID, ...]]:
    """What is overdue at a body, or at one it succeeded; and the rules' events to cite."""
    rows = (await read.execute(await _of_body(read, body, today))).all()
    matters = tuple(
        Overdue(
            deadline_id=UUID(row.deadline_id),
            matter=row.matter,
            model=None if row.model is None else ModelId(UUID(row.model)),
            last_day=date.fromisoformat(row.missed_last_day),
            urging_days=row.urging_days,
        )
        for row in rows
    )
    return matters, tuple(dict.fromkeys(UUID(row.rules) for row in rows))


async def _of_body(read: AsyncConnection, body: UUID, today: date) -> Select[Any]:
    stands = await around(read, SUCCESSIONS, (body,), today)
    bodies = [str(one) for one in stands.stands_for(body, None, today)]
    return _OVERDUE.where(deadlines.c.responsible.in_(bodies))


class ListUrgingDrafts(msgspec.Struct, frozen=True, kw_only=True):
    """Filters of the drafts."""

    body: UUID | None = None


class DraftMatter(msgspec.Struct, frozen=True, kw_only=True):
    """Something overdue: what, since when; `title` is the model's name, or the document's number where it is about
    no model.
    """

    deadline_id: UUID
    matter: Matter
    model_id: UUID | None
    title: str
    last_day: date
    days_overdue: int


class UrgingDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A letter to a body, ready to be completed, numbered and sent."""

    body: UUID
    body_name: str
    matters: list[DraftMatter]
    vi: str
    en: str


class UrgingDrafts(msgspec.Struct, frozen=True, kw_only=True):
    """The drafts, the body that is overdue for longest first."""

    items: list[UrgingDraft]


async def list_urging_drafts(query: Query[ListUrgingDrafts]) -> UrgingDrafts:
    """Drafts of urging letters, one for each body at which something is overdue (clause IV.2)."""
    today, wanted = legal_date(query.now), query.parameters.body
    statement = _OVERDUE if wanted is None else await _of_body(query.read, wanted, today)
    rows = (await query.read.execute(statement)).all()
    named = {OrganizationId(UUID(row.responsible)) for row in rows}
    ends = (await after(query.read, SUCCESSIONS, named, today)).graph
    found: dict[OrganizationId, list[DraftMatter]] = {}
    for row in rows:
        body = ends.holder_on(OrganizationId(UUID(row.responsible)), None, today)
        if body is not None and len(found.setdefault(body, [])) < MATTERS_MAX:
            found[body].append(_matter(row, today))
    names = select(organizations.c.organization_id, organizations.c.name).where(
        organizations.c.organization_id.in_([str(one) for one in found])
    )
    known = {row.organization_id: row.name for row in (await query.read.execute(names)).all()}
    return UrgingDrafts(
        items=[_draft(body, known.get(str(body), str(body)), each) for body, each in found.items()]
    )


def _matter(row: Row[*tuple[Any, ...]], today: date) -> DraftMatter:
    last_day = date.fromisoformat(row.missed_last_day)
    return DraftMatter(
        deadline_id=UUID(row.deadline_id),
        matter=row.matter,
        model_id=None if row.model is None else UUID(row.model),
        title=row.name,
        last_day=last_day,
        days_overdue=(today - last_day).days,
    )


def _draft(body: UUID, name: str, matters: list[DraftMatter]) -> UrgingDraft:
    vi, en = [], []
    for number, one in enumerate(matters, 1):
        in_vi, in_en = MATTER_NAMES[one.matter]
        vi.append(
            f"{number}. {in_vi.capitalize()} – {_about(one, 'mô hình', 'văn bản')}: hạn {one.last_day:%d/%m/%Y}, "
            f"quá hạn {one.days_overdue} ngày."
        )
        en.append(
            f"{number}. {in_en.capitalize()}, {_about(one, 'model', 'document')}: due {one.last_day.isoformat()}, "
            f"{one.days_overdue} days overdue."
        )
    return UrgingDraft(
        body=body,
        body_name=name,
        matters=matters,
        vi="\n".join(
            (
                f"Kính gửi: {name}",
                "Về việc đôn đốc thực hiện phong trào thi đua “Dân vận khéo”",
                "Qua theo dõi, đến nay các nội dung sau đã quá hạn nhưng chưa được thực hiện:",
                *vi,
                "Đề nghị quý cơ quan, đơn vị khẩn trương thực hiện và báo cáo kết quả. Trân trọng./.",
            )
        ),
        en="\n".join(
            (
                f"To: {name}",
                "Urging the implementation of the “Skilful Mass Mobilisation” movement",
                "The following is overdue and has not been done:",
                *en,
                "Please see to it without delay and report the result.",
            )
        ),
    )


def _about(one: DraftMatter, model: str, document: str) -> str:
    return f"{document if one.model_id is None else model} “{one.title}”"


class ListUrgingLetters(PageParameters, frozen=True, kw_only=True):
    """Filters of the letters."""

    body: UUID | None = None


class UrgingLetterRow(msgspec.Struct, frozen=True, kw_only=True):
    """A letter on record."""

    urging_id: UUID
    body: UUID
    urged_by: UUID
    document_number: str
    issued_on: date
    text: str
    reason: str | None


async def list_urging_letters(query: Query[ListUrgingLetters]) -> Page[UrgingLetterRow]:
    """Urging letters that went out, the newest first. A body sees those to itself and to whom it succeeded; the
    Office, auditors and administrators see all.
    """
    statement = where_equal(select(letters), (letters.c.body, query.parameters.body))
    actor, today = query.actor, legal_date(query.now)
    if actor is None or not actor.roles & _SEES_ALL:
        if actor is None or actor.organization is None:
            raise NotFoundError("organization")
        stands = await around(query.read, SUCCESSIONS, (actor.organization,), today)
        own = stands.stands_for(actor.organization, None, today)
        statement = statement.where(letters.c.body.in_([str(one) for one in own]))
    order = (
        Order(letters.c.issued_on, descending=True),
        Order(letters.c.urging_id, descending=True),
    )
    return await fetch_page(query.read, statement, order, query.parameters, into(UrgingLetterRow))
