"""A running model's plan, its revisions, its core team, and what it has reached (clauses III.1.2a, III.1.2b)."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Annotated, Final
from uuid import UUID

import msgspec

from shared.contracts.registration import ModelRegistered, WrittenResultsSubmitted
from shared.contracts.running import (
    CoreMember,
    CoreTeamAssigned,
    CoreTeamChanged,
    Figure,
    InterimAssessmentRecorded,
    Milestone,
    PlanAdopted,
    PlanRevised,
    ProgressReported,
    Target,
)
from shared.contracts.values import Line, Text
from shared.domain.decider import Request
from shared.domain.refusal import Refusal
from shared.domain.time import Instant

Figures = Annotated[tuple[Figure, ...], msgspec.Meta(max_length=50)]

CORE_MEMBERS_MAX: Final = 100

# --- state ------------------------------------------------------------------------------------


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """The plan in force. `version` is 1 as adopted; a revision says why it was needed."""

    version: int
    targets: tuple[Target, ...]
    measures: Text
    milestones: tuple[Milestone, ...]
    resources: Text
    starts_on: date
    ends_on: date
    reason: Text | None = None


class Reached(msgspec.Struct, frozen=True, kw_only=True):
    """The last figure said for a target, and for the time up to when."""

    value: Decimal
    until: date


class Planning(msgspec.Struct, frozen=True):
    """`reported` are the holder's own figures, `assessed` those of the bodies beside it, by target."""

    plan: Plan | None = None
    team: tuple[CoreMember, ...] = ()
    reported: Mapping[str, Reached] = MappingProxyType({})
    assessed: Mapping[str, Reached] = MappingProxyType({})


PlanningEvent = (
    PlanAdopted
    | PlanRevised
    | CoreTeamAssigned
    | CoreTeamChanged
    | ProgressReported
    | WrittenResultsSubmitted
    | InterimAssessmentRecorded
)


def evolve(state: Planning, event: PlanningEvent) -> Planning:
    """What is known of the plan after `event`."""
    known = msgspec.structs.replace
    match event:
        case PlanAdopted():
            return known(state, plan=_plan(event, version=1, reason=None))
        case PlanRevised():
            names = {target.name for target in event.targets}
            return known(
                state,
                plan=_plan(event, version=event.version, reason=event.reason),
                reported=_of(names, state.reported),
                assessed=_of(names, state.assessed),
            )
        case CoreTeamAssigned():
            return known(state, team=event.members)
        case CoreTeamChanged():
            stay = (member for member in state.team if member.person.payload not in event.left)
            return known(state, team=(*stay, *event.joined))
        case ProgressReported():
            return known(state, reported=_said(state.reported, event.figures, event.until))
        case WrittenResultsSubmitted():
            return known(state, reported=_said(state.reported, event.figures, event.submitted_on))
        case InterimAssessmentRecorded():
            return known(state, assessed=_said(state.assessed, event.figures, event.assessed_on))


def _plan(event: PlanAdopted | PlanRevised, *, version: int, reason: str | None) -> Plan:
    return Plan(
        version=version,
        targets=event.targets,
        measures=event.measures,
        milestones=event.milestones,
        resources=event.resources,
        starts_on=event.starts_on,
        ends_on=event.ends_on,
        reason=reason,
    )


def _of(names: set[str], figures: Mapping[str, Reached]) -> Mapping[str, Reached]:
    return MappingProxyType({name: figures[name] for name in figures if name in names})


def _said(
    known: Mapping[str, Reached], figures: Iterable[Figure], until: date
) -> Mapping[str, Reached]:
    said = {figure.target: Reached(value=figure.value, until=until) for figure in figures}
    return MappingProxyType({**known, **said})


# --- commands ---------------------------------------------------------------------------------


class AdoptPlanForm(Request, frozen=True, kw_only=True):
    """The plan of clause III.1.2a."""

    targets: Annotated[tuple[Target, ...], msgspec.Meta(max_length=50)]
    measures: Text
    milestones: Annotated[tuple[Milestone, ...], msgspec.Meta(max_length=50)] = ()
    resources: Text
    starts_on: date
    ends_on: date


class AdoptPlan(AdoptPlanForm, frozen=True, kw_only=True):
    """Adopt the plan; the model runs from then on."""

    at: Instant


class RevisePlanForm(AdoptPlanForm, frozen=True, kw_only=True):
    """The whole plan as it shall be, and why it changes."""

    reason: Text


class RevisePlan(RevisePlanForm, frozen=True, kw_only=True):
    """Revise the plan; the former one stays on record."""

    at: Instant


class CoreMemberForm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A core member as one enters it; the name is kept apart, forgettable."""

    person: Line
    role: Line
    group: Line


class AssignCoreTeamForm(Request, frozen=True, kw_only=True):
    """The core members of clause III.1.2b."""

    members: Annotated[
        tuple[CoreMemberForm, ...], msgspec.Meta(min_length=1, max_length=CORE_MEMBERS_MAX)
    ]


class CoreTeamRecord(Request, frozen=True, kw_only=True):
    """The core members with their names as references: what stands in the record."""

    members: tuple[CoreMember, ...]


class AssignCoreTeam(CoreTeamRecord, frozen=True, kw_only=True):
    """Assign the core members."""

    at: Instant


class ChangeCoreTeamForm(Request, frozen=True, kw_only=True):
    """Who joins, who leaves (by the ids that the core team's list gives), and why."""

    joined: Annotated[tuple[CoreMemberForm, ...], msgspec.Meta(max_length=CORE_MEMBERS_MAX)] = ()
    left: Annotated[tuple[UUID, ...], msgspec.Meta(max_length=CORE_MEMBERS_MAX)] = ()
    reason: Text


class CoreTeamChangeRecord(Request, frozen=True, kw_only=True):
    """Who joins, as references, and who leaves: what stands in the record."""

    joined: tuple[CoreMember, ...]
    left: tuple[UUID, ...]
    reason: Text


class ChangeCoreTeam(CoreTeamChangeRecord, frozen=True, kw_only=True):
    """Change the core team."""

    at: Instant


PlanningCommand = AdoptPlan | RevisePlan | AssignCoreTeam | ChangeCoreTeam

# --- rules ------------------------------------------------------------------------------------

PLAN_WITHOUT_TARGETS: Final = Refusal(
    "plan-without-targets",
    vi="Kế hoạch phải xác định tiêu chí cần đạt được. Hãy ghi ít nhất một chỉ tiêu đo được.",
    en="A plan states the criteria to reach. Enter at least one target that can be measured.",
    clause="III.1.2a",
)
TARGET_TWICE: Final = Refusal(
    "plan-target-twice",
    vi="Chỉ tiêu '{target}' ghi hai lần. Hãy bỏ một dòng.",
    en="The target '{target}' stands there twice. Remove one.",
    clause="III.1.2a",
)
PLAN_ENDS_BEFORE_START: Final = Refusal(
    "plan-ends-before-start",
    vi="Kế hoạch kết thúc trước khi bắt đầu. Hãy sửa thời gian thực hiện.",
    en="The plan ends before it starts. Correct the time.",
    clause="III.1.2a",
)
PLAN_ADOPTED: Final = Refusal(
    "plan-already-adopted",
    vi="Mô hình đã có kế hoạch. Muốn thay đổi, hãy điều chỉnh kế hoạch và nêu lý do.",
    en="The model has its plan. To change it, revise it and say why.",
    clause="III.1.2a",
)
NOT_RUNNING: Final = Refusal(
    "model-not-running",
    vi="Mô hình chưa có kế hoạch. Hãy thông qua kế hoạch trước khi báo cáo.",
    en="The model has no plan yet. Adopt the plan before reporting.",
    clause="III.1.2a",
)
UNKNOWN_TARGET: Final = Refusal(
    "figure-without-target",
    vi="Kế hoạch không có chỉ tiêu '{target}'. Hãy dùng tên chỉ tiêu trong kế hoạch.",
    en="The plan has no target '{target}'. Use the name of a target of the plan.",
    clause="III.1.2a",
)
CORE_TEAM_ASSIGNED: Final = Refusal(
    "core-team-already-assigned",
    vi="Lực lượng nòng cốt đã được phân công. Hãy ghi ai vào, ai ra và lý do.",
    en="The core members are assigned. Say who joins, who leaves, and why.",
    clause="III.1.2b",
)
CORE_TEAM_MISSING: Final = Refusal(
    "core-team-missing",
    vi="Chưa phân công lực lượng nòng cốt. Hãy phân công trước khi thay đổi.",
    en="No core members are assigned. Assign them before changing them.",
    clause="III.1.2b",
)
NOT_IN_CORE_TEAM: Final = Refusal(
    "core-member-unknown",
    vi="Người được ghi là ra khỏi lực lượng nòng cốt không có trong danh sách. Hãy xem lại danh sách.",
    en="Whoever is to leave the core team is not on its list. Look at the list again.",
    clause="III.1.2b",
)
CORE_TEAM_EMPTY: Final = Refusal(
    "core-team-empty",
    vi="Mô hình cần ít nhất một thành viên nòng cốt. Hãy ghi người thay thế.",
    en="A model needs at least one core member. Enter who takes over.",
    clause="III.1.2b",
)
CORE_TEAM_TOO_LARGE: Final = Refusal(
    "core-team-too-large",
    vi="Lực lượng nòng cốt có tối đa {most} người. Hãy ghi ai ra khỏi danh sách.",
    en="A core team has at most {most} members. Say who leaves it.",
)


def check_figures(plan: Plan, figures: Iterable[Figure]) -> None:
    """Raises RefusedError for a figure of something that is no target of the plan."""
    targets = {target.name for target in plan.targets}
    for figure in figures:
        if figure.target not in targets:
            raise UNKNOWN_TARGET(target=figure.target)


def decide(
    state: Planning, command: PlanningCommand, registration: ModelRegistered
) -> tuple[PlanningEvent, ...]:
    """What follows from `command` for an accepted model. Raises RefusedError."""
    match command:
        case AdoptPlan():
            return _adopt(state, command, registration)
        case RevisePlan():
            return _revise(state, command, registration)
        case AssignCoreTeam():
            return _assign(state, command, registration)
        case ChangeCoreTeam():
            return _change(state, command, registration)


def _check(command: AdoptPlan | RevisePlan) -> None:
    if not command.targets:
        raise PLAN_WITHOUT_TARGETS()
    names = [target.name for target in command.targets]
    for name in names:
        if names.count(name) > 1:
            raise TARGET_TWICE(target=name)
    if command.ends_on < command.starts_on:
        raise PLAN_ENDS_BEFORE_START()


def _adopt(
    state: Planning, command: AdoptPlan, registration: ModelRegistered
) -> tuple[PlanningEvent, ...]:
    _check(command)
    adopted = PlanAdopted(
        model_id=registration.model_id,
        targets=command.targets,
        measures=command.measures,
        milestones=command.milestones,
        resources=command.resources,
        starts_on=command.starts_on,
        ends_on=command.ends_on,
    )
    if state.plan is None:
        return (adopted,)
    if state.plan == _plan(adopted, version=1, reason=None):
        return ()
    raise PLAN_ADOPTED()


def _revise(
    state: Planning, command: RevisePlan, registration: ModelRegistered
) -> tuple[PlanningEvent, ...]:
    if state.plan is None:
        raise NOT_RUNNING()
    _check(command)
    revised = PlanRevised(
        model_id=registration.model_id,
        version=state.plan.version + 1,
        targets=command.targets,
        measures=command.measures,
        milestones=command.milestones,
        resources=command.resources,
        starts_on=command.starts_on,
        ends_on=command.ends_on,
        reason=command.reason,
    )
    # The same plan once more is no revision, whatever the reason says.
    same = _plan(revised, version=state.plan.version, reason=state.plan.reason) == state.plan
    return () if same else (revised,)


def _assign(
    state: Planning, command: AssignCoreTeam, registration: ModelRegistered
) -> tuple[PlanningEvent, ...]:
    if not state.team:
        return (CoreTeamAssigned(model_id=registration.model_id, members=command.members),)
    if state.team == command.members:
        return ()
    raise CORE_TEAM_ASSIGNED()


def _change(
    state: Planning, command: ChangeCoreTeam, registration: ModelRegistered
) -> tuple[PlanningEvent, ...]:
    if not state.team:
        raise CORE_TEAM_MISSING()
    there = {member.person.payload for member in state.team}
    joining = tuple(one for one in command.joined if one.person.payload not in there)
    if not joining and not command.left:
        return ()
    if not there.issuperset(command.left):
        raise NOT_IN_CORE_TEAM()
    after = len(there) - len(set(command.left)) + len(joining)
    if after == 0:
        raise CORE_TEAM_EMPTY()
    if after > CORE_MEMBERS_MAX:
        raise CORE_TEAM_TOO_LARGE(most=CORE_MEMBERS_MAX)
    return (
        CoreTeamChanged(
            model_id=registration.model_id,
            joined=joining,
            left=tuple(dict.fromkeys(command.left)),
            reason=command.reason,
        ),
    )
