"""What registration answers about running models: plans and figures, support, and the work lists."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final, Literal, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import and_, or_, select

from services.registration.domain.model import MODEL
from services.registration.domain.model_state import Model
from services.registration.domain.plan import Plan, Planning, Reached
from services.registration.domain.support import Difficulty
from services.registration.organization_rows import successions
from services.registration.readmodel import models, rule_sets
from services.registration.running_rows import difficulties, plans
from shared.contracts.registration import ModelRegistered
from shared.contracts.running import InterimAssessmentRecorded, ModelPraised
from shared.contracts.values import Duty, OrganizationId
from shared.domain.time import legal_date
from shared.host.cursor import Order, PageParameters, fetch_page
from shared.host.lists import into, where_equal
from shared.host.policy import Role
from shared.host.service import NotFoundError, Page, Query
from shared.host.successions import around

R = TypeVar("R", bound=msgspec.Struct)

RULES_OF_MODEL: Final = and_(
    rule_sets.c.rule_set == models.c.rule_set, rule_sets.c.version == models.c.rule_set_version
)
"""Which version a model's dossier is stamped with."""


class NoParameters(msgspec.Struct, frozen=True, kw_only=True):
    """A read without parameters of its own."""


def registered(model: Model) -> ModelRegistered:
    """The registration of a model. Raises NotFoundError where there is none."""
    if model.registration is None:
        raise NotFoundError("model")
    return model.registration


async def concerns(query: Query[R], registration: ModelRegistered, *duties: Duty) -> bool:
    """Whether the caller's organisation has one of `duties` towards the model today, also as the successor
    of a body that is no more. Auditors see all.
    """
    actor = query.actor
    if actor is None or Role.AUDITOR in actor.roles:
        return actor is not None
    if actor.organization is None:
        return False
    today = legal_date(query.now)
    known = await around(query.read, successions, (actor.organization,), today)
    named: Mapping[Duty, OrganizationId] = {
        "holder": registration.holder,
        "committee": registration.committee,
        "launching_body": registration.launching_body,
        "deciding_body": registration.deciding_body,
    }
    return actor.organization in {
        known.graph.holder_on(named[duty], duty, today, registration.model_id) for duty in duties
    }


# --- plan, figures, core team -----------------------------------------------------------------


class TargetView(msgspec.Struct, frozen=True, kw_only=True):
    """A target beside what was last said of it: by the holder, and by a body that assessed.

    `reached_percent` is the holder's figure of the goal, in whole percent rounded down; None without a
    figure or with a goal of nothing.
    """

    name: str
    unit: str
    goal: Decimal
    reported: Reached | None
    assessed: Reached | None
    reached_percent: int | None


class PlanVersion(msgspec.Struct, frozen=True, kw_only=True):
    """A version of the plan; `event_id` leads to it in the log."""

    version: int
    event_id: UUID
    recorded_on: date
    targets: int
    starts_on: date
    ends_on: date
    reason: str | None


class PlanView(msgspec.Struct, frozen=True, kw_only=True):
    """The plan in force, the figures against its targets, and its history."""

    model_id: UUID
    revision: int
    plan: Plan
    targets: list[TargetView]
    history: list[PlanVersion]


async def get_plan(query: Query[NoParameters]) -> PlanView:
    """The plan in force with the figures against its targets, and every version before."""
    model_id = query.path_id("model_id")
    loaded = await query.load(MODEL, model_id)
    planning = loaded.state.planning
    if planning.plan is None:
        raise NotFoundError("plan")
    history = select(plans).where(plans.c.model_id == str(model_id)).order_by(plans.c.version)
    make = into(PlanVersion)
    return PlanView(
        model_id=model_id,
        revision=loaded.revision,
        plan=planning.plan,
        targets=targets_of(planning),
        history=[make(row) for row in (await query.read.execute(history)).all()],
    )


def targets_of(planning: Planning) -> list[TargetView]:
    """The targets of the plan in force beside what was last said of them."""
    return [
        TargetView(
            name=target.name,
            unit=target.unit,
            goal=target.goal,
            reported=planning.reported.get(target.name),
            assessed=planning.assessed.get(target.name),
            reached_percent=_percent(planning.reported.get(target.name), target.goal),
        )
        for target in (planning.plan.targets if planning.plan is not None else ())
    ]


def _percent(reached: Reached | None, goal: Decimal) -> int | None:
    return None if reached is None or goal <= 0 else int(reached.value * 100 / goal)


class CoreMemberView(msgspec.Struct, frozen=True, kw_only=True):
    """A core member; `member` is the id to name who leaves. An erased name is None."""

    member: UUID
    name: str | None
    role: str
    group: str


class CoreTeamView(msgspec.Struct, frozen=True, kw_only=True):
    """The core members of a model."""

    model_id: UUID
    revision: int
    members: list[CoreMemberView]


async def get_core_team(query: Query[NoParameters]) -> CoreTeamView:
    """The core members by name: for the holder, its committee, the launching body, and auditors."""
    loaded = await query.load(MODEL, query.path_id("model_id"))
    registration = registered(loaded.state)
    if not await concerns(query, registration, "holder", "committee", "launching_body"):
        raise NotFoundError("model")
    members = []
    for member in loaded.state.planning.team:
        name = await query.reveal(member.person)
        members.append(
            CoreMemberView(
                member=member.person.payload,
                name=None if name is None else name.decode(),
                role=member.role,
                group=member.group,
            )
        )
    return CoreTeamView(model_id=registration.model_id, revision=loaded.revision, members=members)


# --- support ----------------------------------------------------------------------------------


class SupportView(msgspec.Struct, frozen=True, kw_only=True):
    """What the mobilisation system did for a model, each in the order it was recorded."""

    model_id: UUID
    revision: int
    praises: tuple[ModelPraised, ...]
    difficulties: tuple[Difficulty, ...]
    assessments: tuple[InterimAssessmentRecorded, ...]


async def get_support(query: Query[NoParameters]) -> SupportView:
    """Praise, difficulties with their help, and interim assessments of a model (clause III.2.1a)."""
    loaded = await query.load(MODEL, query.path_id("model_id"))
    support = loaded.state.support
    return SupportView(
        model_id=registered(loaded.state).model_id,
        revision=loaded.revision,
        praises=support.praises,
        difficulties=tuple(support.difficulties.values()),
        assessments=support.assessments,
    )


class ListDifficulties(PageParameters, frozen=True, kw_only=True):
    """Filters of the list of difficulties; `overdue` asks for what should have been done before today."""

    model: UUID | None = None
    movement: UUID | None = None
    committee: UUID | None = None
    holder: UUID | None = None
    helper: UUID | None = None
    status: Literal["open", "helped", "resolved"] | None = None
    overdue: bool = False


class DifficultyRow(msgspec.Struct, frozen=True, kw_only=True):
    """A difficulty in the list: `open` without help, `helped` once it is assigned, or `resolved`."""

    difficulty_id: UUID
    model_id: UUID
    model_name: str
    holder: UUID
    committee: UUID
    description: str
    raised_on: date
    status: Literal["open", "helped", "resolved"]
    helper: UUID | None
    task: str | None
    due_on: date | None
    resolved_on: date | None


async def list_difficulties(query: Query[ListDifficulties]) -> Page[DifficultyRow]:
    """Difficulties of models, the oldest first (clause III.2.1a). With `overdue` those whose help is late,
    or was not assigned within the days of the rule set (help_days).
    """
    wanted = query.parameters
    statement = where_equal(
        select(
            difficulties,
            models.c.name.label("model_name"),
            models.c.holder,
            models.c.committee,
        ).join(models, models.c.model_id == difficulties.c.model_id),
        (difficulties.c.model_id, wanted.model),
        (models.c.movement, wanted.movement),
        (models.c.committee, wanted.committee),
        (models.c.holder, wanted.holder),
        (difficulties.c.helper, wanted.helper),
        (difficulties.c.status, wanted.status),
    )
    if wanted.overdue:
        today = legal_date(query.now).isoformat()
        late = and_(difficulties.c.status == "helped", difficulties.c.due_on < today)
        unhelped = and_(difficulties.c.status == "open", difficulties.c.help_by < today)
        statement = statement.where(or_(late, unhelped))
    order = (Order(difficulties.c.raised_on), Order(difficulties.c.difficulty_id))
    return await fetch_page(query.read, statement, order, wanted, into(DifficultyRow))


class ListQuietModels(PageParameters, frozen=True, kw_only=True):
    """Filters of the list of quiet models."""

    movement: UUID | None = None
    committee: UUID | None = None
    launching_body: UUID | None = None


class QuietModelRow(msgspec.Struct, frozen=True, kw_only=True):
    """A running model of which nothing was heard since `heard_on`."""

    model_id: UUID
    name: str
    holder: UUID
    committee: UUID
    launching_body: UUID
    heard_on: date


async def list_quiet_models(query: Query[ListQuietModels]) -> Page[QuietModelRow]:
    """Running models that fell quiet, as the record says, and were not heard of since, the longest silent first
    (clauses III.2.1a, IV.2).
    """
    wanted = query.parameters
    statement = where_equal(
        select(models).where(
            models.c.status == "running",
            models.c.suspended == 0,
            models.c.quiet_since == models.c.heard_on,
        ),
        (models.c.movement, wanted.movement),
        (models.c.committee, wanted.committee),
        (models.c.launching_body, wanted.launching_body),
    )
    order = (Order(models.c.heard_on), Order(models.c.model_id))
    return await fetch_page(query.read, statement, order, wanted, into(QuietModelRow))
