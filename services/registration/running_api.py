"""The routes of running models: plan and core team, and how the mobilisation system stands by them."""

from typing import Final, TypeVar

import msgspec
from msgspec.structs import asdict

from services.registration import facts, running_queries
from services.registration.domain.model import MODEL
from services.registration.domain.plan import (
    AdoptPlan,
    AdoptPlanForm,
    AssignCoreTeam,
    AssignCoreTeamForm,
    ChangeCoreTeam,
    ChangeCoreTeamForm,
    CoreMemberForm,
    RevisePlan,
    RevisePlanForm,
)
from services.registration.domain.support import (
    AssignHelp,
    AssignHelpForm,
    PraiseModel,
    PraiseModelForm,
    RaiseDifficulty,
    RaiseDifficultyForm,
    RecordInterimAssessment,
    RecordInterimAssessmentForm,
    ResolveDifficulty,
    ResolveDifficultyForm,
)
from shared.contracts.running import CoreMember
from shared.contracts.values import DifficultyId, OrganizationId
from shared.host.authority import forbidden
from shared.host.service import Api, Call, Outcome, Page, Work

R = TypeVar("R", bound=msgspec.Struct)

_ONE: Final = "/models/{model_id}"
_DIFFICULTY: Final = f"{_ONE}/difficulties/{{difficulty_id}}"
_TAG: Final = "running models"


# --- plan and core team -----------------------------------------------------------------------


async def adopt_plan(call: Call[AdoptPlanForm]) -> Outcome:
    """Adopt the plan: targets, measures, time, resources (clause III.1.2a)."""
    command = AdoptPlan(**asdict(call.body), at=call.now)
    return await call.execute(MODEL, call.path_id("model_id"), command)


async def revise_plan(call: Call[RevisePlanForm]) -> Outcome:
    """Revise the plan, with the reason; former versions stay on record (clause III.1.2a)."""
    command = RevisePlan(**asdict(call.body), at=call.now)
    return await call.execute(MODEL, call.path_id("model_id"), command)


async def assign_core_team(call: Call[AssignCoreTeamForm]) -> Outcome:
    """Assign core members (clause III.1.2b); their names are kept apart and can be erased."""
    command = AssignCoreTeam(members=await _kept(call, call.body.members), at=call.now)
    return await call.execute(MODEL, call.path_id("model_id"), command)


async def change_core_team(call: Call[ChangeCoreTeamForm]) -> Outcome:
    """Change the core team: who joins, who leaves, and why (clause III.1.2b)."""
    command = ChangeCoreTeam(
        joined=await _kept(call, call.body.joined),
        left=call.body.left,
        reason=call.body.reason,
        at=call.now,
    )
    return await call.execute(MODEL, call.path_id("model_id"), command)


async def _kept(work: Work, members: tuple[CoreMemberForm, ...]) -> tuple[CoreMember, ...]:
    return tuple(
        [
            CoreMember(
                person=await work.keep(f"core-{index}", member.person.encode()),
                role=member.role,
                group=member.group,
            )
            for index, member in enumerate(members)
        ]
    )


def acting(call: Call[R]) -> OrganizationId:
    """The body the caller acts for. Raises ForbiddenError where it is none."""
    if call.actor.organization is None:
        raise forbidden()
    return OrganizationId(call.actor.organization)


# --- support (III.2.1a) -----------------------------------------------------------------------


async def praise_model(call: Call[PraiseModelForm]) -> Outcome:
    """Praise a model in time, as a body of the mobilisation system (clause III.2.1a)."""
    command = PraiseModel(**asdict(call.body), by=acting(call), at=call.now)
    return await call.execute(MODEL, call.path_id("model_id"), command)


async def raise_difficulty(call: Call[RaiseDifficultyForm]) -> Outcome:
    """Tell the mobilisation system of a difficulty (clause III.2.1a)."""
    model = call.path_id("model_id")
    rules, cited = await facts.rules_of(call, (await call.load(MODEL, model)).state)
    command = RaiseDifficulty(
        **asdict(call.body),
        difficulty_id=DifficultyId(call.derive("difficulty")),
        help_days=rules.help_days,
        at=call.now,
    )
    return await call.execute(MODEL, model, command, cites=(cited,), rules=rules.name)


async def assign_help(call: Call[AssignHelpForm]) -> Outcome:
    """Assign a body to help with a difficulty until a day (clause III.2.1a)."""
    cites = await facts.of_helper(call, call.body.helper)
    command = AssignHelp(
        **asdict(call.body),
        by=acting(call),
        difficulty_id=DifficultyId(call.path_id("difficulty_id")),
        at=call.now,
    )
    return await call.execute(MODEL, call.path_id("model_id"), command, cites=cites)


async def resolve_difficulty(call: Call[ResolveDifficultyForm]) -> Outcome:
    """Record how a difficulty was overcome (clause III.2.1a)."""
    command = ResolveDifficulty(
        **asdict(call.body), difficulty_id=DifficultyId(call.path_id("difficulty_id")), at=call.now
    )
    return await call.execute(MODEL, call.path_id("model_id"), command)


async def record_interim_assessment(call: Call[RecordInterimAssessmentForm]) -> Outcome:
    """Record a body's own assessment of quality and effect, beside the holder's reports (clause
    III.2.1a).
    """
    command = RecordInterimAssessment(**asdict(call.body), by=acting(call), at=call.now)
    return await call.execute(MODEL, call.path_id("model_id"), command)


def routes(api: Api) -> None:
    """Declare the routes of running models."""
    _plan_routes(api)
    _support_routes(api)


def _plan_routes(api: Api) -> None:
    api.write(f"{_ONE}/plan", AdoptPlanForm, adopt_plan, command=AdoptPlan, tag=_TAG)
    api.write(f"{_ONE}/plan/revisions", RevisePlanForm, revise_plan, command=RevisePlan, tag=_TAG)
    api.write(
        f"{_ONE}/core-team",
        AssignCoreTeamForm,
        assign_core_team,
        command=AssignCoreTeam,
        tag=_TAG,
    )
    api.write(
        f"{_ONE}/core-team/changes",
        ChangeCoreTeamForm,
        change_core_team,
        command=ChangeCoreTeam,
        tag=_TAG,
    )
    api.read(
        f"{_ONE}/plan",
        running_queries.NoParameters,
        running_queries.get_plan,
        answer=running_queries.PlanView,
        tag=_TAG,
        public=True,
    )
    api.read(
        f"{_ONE}/core-team",
        running_queries.NoParameters,
        running_queries.get_core_team,
        answer=running_queries.CoreTeamView,
        tag=_TAG,
    )


def _support_routes(api: Api) -> None:
    api.write(f"{_ONE}/praises", PraiseModelForm, praise_model, command=PraiseModel, tag=_TAG)
    api.write(
        f"{_ONE}/difficulties",
        RaiseDifficultyForm,
        raise_difficulty,
        command=RaiseDifficulty,
        tag=_TAG,
    )
    api.write(f"{_DIFFICULTY}/help", AssignHelpForm, assign_help, command=AssignHelp, tag=_TAG)
    api.write(
        f"{_DIFFICULTY}/resolution",
        ResolveDifficultyForm,
        resolve_difficulty,
        command=ResolveDifficulty,
        tag=_TAG,
    )
    api.write(
        f"{_ONE}/interim-assessments",
        RecordInterimAssessmentForm,
        record_interim_assessment,
        command=RecordInterimAssessment,
        tag=_TAG,
    )
    api.read(
        f"{_ONE}/support",
        running_queries.NoParameters,
        running_queries.get_support,
        answer=running_queries.SupportView,
        tag=_TAG,
    )
    api.read(
        "/difficulties",
        running_queries.ListDifficulties,
        running_queries.list_difficulties,
        answer=Page[running_queries.DifficultyRow],
        tag=_TAG,
    )
    api.read(
        "/quiet-models",
        running_queries.ListQuietModels,
        running_queries.list_quiet_models,
        answer=Page[running_queries.QuietModelRow],
        tag=_TAG,
    )
