"""What holds for a model whatever commands come, in whatever order."""

from datetime import date
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.registration.domain.answering import RequestSupplement, SupplySupplement
from services.registration.domain.correction import CorrectEntry
from services.registration.domain.evidence import AttachEvidence, WithdrawEvidence
from services.registration.domain.extension import GrantExtension
from services.registration.domain.facts import HolderFacts
from services.registration.domain.holders import ChangeHolder
from services.registration.domain.life import EndModel, ReattestModel, ResumeModel, SuspendModel
from services.registration.domain.model import MODEL
from services.registration.domain.model_commands import (
    AcceptRegistration,
    ModelCommand,
    RecordLaunchingBodyRegistration,
    ReportProgress,
    ReturnRegistration,
)
from services.registration.domain.model_state import Model, ModelEvent
from services.registration.domain.plan import AssignCoreTeam, RevisePlan
from services.registration.domain.support import PraiseModel
from shared.contracts.registration import (
    LatenessRecorded,
    ModelRegistered,
    ModelWithdrawn,
    RegistrationAccepted,
    ResultsReported,
    WrittenResultsSubmitted,
)
from shared.contracts.running import PlanAdopted
from shared.contracts.values import OrganizationId
from shared.domain.refusal import RefusedError
from tests.support.dossier import (
    COMMITTEE,
    JANUARY,
    OCTOBER,
    SEPTEMBER,
    accept_late,
    adopt_plan,
    hold_session,
    miss_session,
    register,
    rules,
    schedule_session,
    submit,
    submit_late,
    survey_site,
    team,
    withdraw,
    year,
)

COMMANDS: tuple[ModelCommand, ...] = (
    survey_site,
    register,
    RecordLaunchingBodyRegistration(register_number="15/2026", at=JANUARY),
    AcceptRegistration(at=JANUARY),
    ReturnRegistration(reasons="Chưa rõ.", at=JANUARY),
    RequestSupplement(missing="Danh sách hộ.", reasons="Chưa rõ.", rules=rules, at=JANUARY),
    SupplySupplement(answer="Có 42 hộ.", rules=rules, at=JANUARY),
    ChangeHolder(
        holder_kind="collective",
        holder=OrganizationId(UUID(int=31)),
        holder_name="Chi hội Phụ nữ bản Cằng",
        category="I.1.1-4",
        reason="Bàn giao.",
        agreement="Biên bản số 3",
        holder_facts=HolderFacts(
            organization=OrganizationId(UUID(int=31)), committees=(COMMITTEE,)
        ),
        rules=rules,
        at=JANUARY,
    ),
    adopt_plan,
    AssignCoreTeam(members=team, at=JANUARY),
    ReportProgress(until=date(2026, 1, 20), narrative="Khởi công.", at=JANUARY),
    submit,
    submit_late,
    accept_late,
    schedule_session,
    hold_session,
    miss_session,
    RevisePlan(
        targets=adopt_plan.targets,
        measures="Thêm lực lượng.",
        resources=adopt_plan.resources,
        starts_on=adopt_plan.starts_on,
        ends_on=adopt_plan.ends_on,
        reason="Thiếu người.",
        at=JANUARY,
    ),
    PraiseModel(by=COMMITTEE, reasons="Làm tốt.", at=JANUARY),
    AttachEvidence(
        shows="Biên bản", sha256="ab" * 32, media_type="image/png", size_bytes=9, at=JANUARY
    ),
    WithdrawEvidence(sha256="ab" * 32, reason="Nhầm tệp.", at=SEPTEMBER),
    GrantExtension(due_before=date(2026, 10, 10), reason="Bão.", at=SEPTEMBER, movement_year=year),
    CorrectEntry(entry="results.households", becomes="66", reason="Nhầm.", at=OCTOBER),
    SuspendModel(reason="Lũ.", at=SEPTEMBER),
    ResumeModel(reason="Hết lũ.", at=SEPTEMBER),
    ReattestModel(by=COMMITTEE, finding="Còn hoạt động.", at=OCTOBER),
    EndModel(ended_on=date(2026, 9, 1), reason="Hết kế hoạch.", at=OCTOBER),
    withdraw,
)
histories = st.lists(st.sampled_from(COMMANDS), max_size=30)


def played(commands: list[ModelCommand]) -> tuple[list[ModelEvent], Model]:
    events: list[ModelEvent] = []
    state = MODEL.initial_state
    for command in commands:
        try:
            new = MODEL.decide(state, command)
        except RefusedError:
            continue
        events.extend(new)
        state = MODEL.fold(new, state)
    return events, state


@given(histories)
def test_nothing_follows_a_withdrawal(commands: list[ModelCommand]) -> None:
    events, _ = played(commands)
    assert all(not isinstance(event, ModelWithdrawn) for event in events[:-1])


@given(histories)
def test_results_are_reported_at_most_once_and_never_without_registration_and_writing(
    commands: list[ModelCommand],
) -> None:
    kinds = [type(event) for event in played(commands)[0]]
    assert kinds.count(ResultsReported) <= 1
    if ResultsReported in kinds:
        before = kinds[: kinds.index(ResultsReported)]
        assert {ModelRegistered, RegistrationAccepted, PlanAdopted} <= set(before)
        assert WrittenResultsSubmitted in before


@given(histories)
def test_a_report_before_october_is_never_late(commands: list[ModelCommand]) -> None:
    in_time = [command for command in commands if command is not submit_late]
    assert LatenessRecorded not in {type(event) for event in played(in_time)[0]}


@given(histories, st.sampled_from(COMMANDS))
def test_a_command_that_took_effect_is_refused_or_quiet_when_it_comes_again(
    commands: list[ModelCommand], command: ModelCommand
) -> None:
    _, state = played(commands)
    try:
        after = MODEL.fold(MODEL.decide(state, command), state)
        again = MODEL.decide(after, command)
    except RefusedError:
        return
    assert again == ()
