"""A plan is revised with its history, and a core team changes with reasons (clauses III.1.2a, III.1.2b)."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import msgspec

from services.registration.domain import model_refusals as refuse
from services.registration.domain import plan
from services.registration.domain.model import MODEL
from services.registration.domain.plan import ChangeCoreTeam, Reached, RevisePlan
from shared.contracts.running import (
    CoreMember,
    CoreTeamAssigned,
    CoreTeamChanged,
    Figure,
    InterimAssessmentRecorded,
    PlanRevised,
    ProgressReported,
    Target,
)
from shared.contracts.values import Forgettable
from tests.support.dossier import (
    COMMITTEE,
    JANUARY,
    MODEL_ID,
    accepted,
    adopt_plan,
    model,
    planned,
    registered,
    results,
    running,
    surveyed,
    team,
    withdrawn,
)

JUNE = datetime(2026, 6, 10, 3, tzinfo=UTC)
TARGETS = (
    Target(name="Đường bê tông", unit="m", goal=Decimal(900)),
    Target(name="Cây xanh", unit="cây", goal=Decimal(50)),
)
revise = RevisePlan(
    targets=TARGETS,
    measures=adopt_plan.measures,
    resources=adopt_plan.resources,
    starts_on=adopt_plan.starts_on,
    ends_on=adopt_plan.ends_on,
    reason="Nhân dân hiến thêm đất.",
    at=JUNE,
)
revised = PlanRevised(
    model_id=MODEL_ID,
    version=2,
    targets=TARGETS,
    measures=planned.measures,
    milestones=(),
    resources=planned.resources,
    starts_on=planned.starts_on,
    ends_on=planned.ends_on,
    reason=revise.reason,
)
assigned = CoreTeamAssigned(model_id=MODEL_ID, members=team)
NEW = CoreMember(person=Forgettable(UUID(int=9), "cd"), role="Tổ phó", group="Hội Nông dân")
change = ChangeCoreTeam(
    joined=(NEW,), left=(team[0].person.payload,), reason="Chuyển công tác.", at=JUNE
)
changed = CoreTeamChanged(model_id=MODEL_ID, joined=(NEW,), left=change.left, reason=change.reason)


class TestRevision:
    def test_a_revision_is_the_next_version_with_its_reason(self) -> None:
        model.given(*running).when(revise).then(revised)
        again = msgspec.structs.replace(revise, targets=TARGETS[:1], reason="Thiếu cây giống.")
        model.given(*running, revised).when(again).then(
            msgspec.structs.replace(
                revised, version=3, targets=TARGETS[:1], reason="Thiếu cây giống."
            )
        )

    def test_the_plan_in_force_stays_quiet_whatever_the_reason(self) -> None:
        model.given(*running, revised).when(revise).then_nothing()
        model.given(*running, revised).when(
            msgspec.structs.replace(revise, reason="Như cũ.")
        ).then_nothing()

    def test_what_is_revised_has_been_adopted(self) -> None:
        model.given(surveyed, registered, accepted).when(revise).then_refused(plan.NOT_RUNNING)

    def test_a_revision_is_a_whole_plan(self) -> None:
        for wrong, refusal in (
            (msgspec.structs.replace(revise, targets=()), plan.PLAN_WITHOUT_TARGETS),
            (msgspec.structs.replace(revise, targets=TARGETS * 2), plan.TARGET_TWICE),
            (
                msgspec.structs.replace(revise, ends_on=date(2026, 1, 1)),
                plan.PLAN_ENDS_BEFORE_START,
            ),
        ):
            model.given(*running).when(wrong).then_refused(refusal)

    def test_results_and_withdrawal_close_the_plan(self) -> None:
        model.given(*running, results).when(revise).then_refused(refuse.RESULTS_ALREADY_IN)
        model.given(*running, withdrawn).when(revise).then_refused(refuse.WITHDRAWN)


class TestFigures:
    def test_each_target_keeps_its_last_figure_of_the_holder_and_of_the_body(self) -> None:
        progress = ProgressReported(
            model_id=MODEL_ID,
            until=date(2026, 5, 31),
            narrative="Đã làm 400 m.",
            figures=(Figure(target="Đường bê tông", value=Decimal(400)),),
        )
        found = InterimAssessmentRecorded(
            model_id=MODEL_ID,
            by=COMMITTEE,
            assessed_on=date(2026, 6, 5),
            standing="steady",
            quality="Đạt.",
            effectiveness="Tốt.",
            figures=(Figure(target="Đường bê tông", value=Decimal(380)),),
        )
        planning = MODEL.fold((*running, progress, found, revised)).planning
        assert planning.reported == {
            "Đường bê tông": Reached(value=Decimal(400), until=date(2026, 5, 31))
        }
        assert planning.assessed == {
            "Đường bê tông": Reached(value=Decimal(380), until=date(2026, 6, 5))
        }

    def test_a_target_that_was_dropped_takes_its_figures_with_it(self) -> None:
        progress = ProgressReported(
            model_id=MODEL_ID,
            until=date(2026, 5, 31),
            narrative="Đã làm 400 m.",
            figures=(Figure(target="Đường bê tông", value=Decimal(400)),),
        )
        dropped = msgspec.structs.replace(revised, targets=TARGETS[1:])
        assert MODEL.fold((*running, progress, dropped)).planning.reported == {}


class TestCoreTeam:
    def test_members_join_and_leave_with_the_reason(self) -> None:
        model.given(*running, assigned).when(change).then(changed)
        assert MODEL.fold((*running, assigned, changed)).planning.team == (NEW,)

    def test_nobody_joining_or_leaving_stays_quiet(self) -> None:
        nobody = msgspec.structs.replace(change, joined=team, left=())
        model.given(*running, assigned).when(nobody).then_nothing()

    def test_there_is_a_team_before_it_changes(self) -> None:
        model.given(*running).when(change).then_refused(plan.CORE_TEAM_MISSING)

    def test_who_is_assigned_is_changed_and_not_assigned_again(self) -> None:
        again = plan.AssignCoreTeam(members=(NEW,), at=JANUARY)
        model.given(*running, assigned).when(again).then_refused(plan.CORE_TEAM_ASSIGNED)

    def test_only_a_member_leaves(self) -> None:
        model.given(*running, assigned, changed).when(change).then_refused(plan.NOT_IN_CORE_TEAM)

    def test_somebody_stays(self) -> None:
        alone = msgspec.structs.replace(change, joined=())
        model.given(*running, assigned).when(alone).then_refused(plan.CORE_TEAM_EMPTY)

    def test_a_team_has_an_upper_bound(self) -> None:
        many = tuple(
            msgspec.structs.replace(NEW, person=Forgettable(UUID(int=100 + number), "cd"))
            for number in range(plan.CORE_MEMBERS_MAX)
        )
        crowd = msgspec.structs.replace(change, joined=many, left=())
        model.given(*running, assigned).when(crowd).then_refused(plan.CORE_TEAM_TOO_LARGE)
